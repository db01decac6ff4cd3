"""The HTML report in headless Chromium: keys, filters, contrast, widths; no error and no request leaves the page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from claims.collection import load_collection
from evidence.paths import library_paths
from tests.conftest import SMALL
from tests.html_pages import COPY, page_of

CHROMIUM = Path("/usr/bin/chromium")
playwright = pytest.importorskip("playwright.sync_api", reason="the Python package playwright is not installed")
if not CHROMIUM.exists():
    pytest.skip("no Chromium at /usr/bin/chromium", allow_module_level=True)

FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
HOSTILE = (
    "vague: <script>document.title='run'</script><img src=//example.org/x onerror=\"document.title='run'\"> מילה\n"
)
OTHER = f"contradicted by=response-24h aspect=response-rate: Only 5% respond within a day.\n{HOSTILE}"
# Contrast of every visible text with what lies behind it, worked out from computed colours; those below WCAG AA.
FAINT = """() => {
  const context = Object.assign(document.createElement("canvas"), {width: 1, height: 1}).getContext("2d", {willReadFrequently: true});
  const seen = new Map();
  const rgba = (colour) => {
    if (!seen.has(colour)) {
      context.clearRect(0, 0, 1, 1); context.fillStyle = colour; context.fillRect(0, 0, 1, 1);
      seen.set(colour, Array.from(context.getImageData(0, 0, 1, 1).data));
    }
    return seen.get(colour);
  };
  const over = (top, below) => [0, 1, 2].map((i) => (top[i] * top[3] + below[i] * (255 - top[3])) / 255);
  const behind = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) layers.push(rgba(getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255]);
  };
  const light = (colour) => {
    const [r, g, b] = colour.map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const faint = [];
  let read = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility() || element.closest("script, .unseen")) continue;
    const style = getComputedStyle(element);
    const ink = rgba(element instanceof SVGElement ? style.fill : style.color);
    const paper = behind(element);
    const [a, b] = [light(over(ink, paper)), light(paper)].sort((x, y) => y - x);
    read += 1;
    if ((a + 0.05) / (b + 0.05) < 4.5) faint.push(element.outerHTML.slice(0, 120) + ` ${((a + 0.05) / (b + 0.05)).toFixed(2)}`);
  }
  return {read, faint};
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    texts = {"offer.md": COPY, "b.txt": OTHER}
    path.write_text(page_of(load_collection(library_paths(SMALL)), texts), encoding="utf-8")
    return path


class Watched:
    """A page with what it said on the console and asked the network for."""

    def __init__(self, page: Any, file: Path) -> None:
        self.page, self.wrong, self.asked = page, [], []
        page.on("console", lambda message: self.wrong.append(message.text))
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))
        page.goto(file.as_uri())

    def active(self, attribute: str) -> str | None:
        found: str | None = self.page.evaluate("name => document.activeElement.getAttribute(name)", attribute)
        return found


@pytest.fixture
def opened(browser: Any, file: Path, request: pytest.FixtureRequest) -> Iterator[Watched]:
    options = {"viewport": {"width": 1300, "height": 900}, **getattr(request, "param", {})}
    context = browser.new_context(**options)
    watched = Watched(context.new_page(), file)
    yield watched
    assert watched.wrong == []
    assert watched.asked == [file.as_uri()]
    context.close()


def test_every_claim_is_reached_by_tab_and_the_focus_shows(opened: Watched) -> None:
    ids = opened.page.evaluate("Array.from(document.querySelectorAll('a.claim'), a => a.id)")
    reached: list[str] = []
    for _ in range(80):
        if reached[-1:] == ids[-1:]:
            break
        opened.page.keyboard.press("Tab")
        if (opened.active("class") or "").startswith("claim"):
            assert opened.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
            reached.append(opened.active("id") or "")
    assert reached == ids
    assert len(ids) == 9


def test_keys_go_from_claim_to_claim_open_the_panel_and_close_it(opened: Watched) -> None:
    press = opened.page.keyboard.press
    press("j")
    assert opened.active("id") == "c1"
    for key, expected in (("j", "c2"), ("ArrowDown", "c3"), ("ArrowUp", "c2"), ("k", "c1"), ("k", "c1"), ("j", "c2")):
        press(key)
        assert opened.active("id") == expected
    press("Enter")
    assert opened.active("id") == "d2"
    assert opened.page.locator(".card:visible").count() == 1
    assert opened.page.locator("#c2").get_attribute("aria-expanded") == "true"
    press("j")
    assert opened.active("id") == "d3"
    press("Escape")
    assert opened.active("id") == "c3"
    assert opened.page.locator(".card:visible").count() == 0


def test_j_and_k_can_be_turned_off(opened: Watched) -> None:
    opened.page.locator(".keys summary").click()
    opened.page.locator("#letters").uncheck()
    opened.page.locator("#c1").focus()
    opened.page.keyboard.press("j")
    assert opened.active("id") == "c1"


def test_the_panel_opens_by_click_and_its_buttons_work(opened: Watched) -> None:
    opened.page.locator("#c4").click()
    card = opened.page.locator(".card:visible")
    assert "contradicted" in card.inner_text()
    card.get_by_label("Next claim").click()
    assert opened.page.locator(".card:visible").get_attribute("id") == "d5"
    opened.page.locator(".card:visible").get_by_label("Close").click()
    assert opened.page.locator(".card:visible").count() == 0
    opened.page.locator(".forest a[href='#c5']").click()
    assert opened.active("id") == "c5"


def test_filters_leave_unmarked_what_they_do_not_fit_and_say_how_many_are_left(opened: Watched) -> None:
    told = opened.page.locator("#shown")
    marked = opened.page.locator("a.claim:not(.off)")
    assert told.inner_text() == "9 of 9 claims marked"
    opened.page.locator("input[value=contradicted]").uncheck()
    assert told.inner_text() == "7 of 9 claims marked"
    opened.page.locator("select[name=category]").select_option("efficacy")
    assert {e.get_attribute("data-category") for e in marked.all()} == {"efficacy"}
    opened.page.locator("select[name=importance]").select_option("3")
    opened.page.locator("select[name=severity]").select_option("error")
    assert [e.get_attribute("data-verdict") for e in marked.all()] == ["overstated"]
    assert opened.page.locator("a.claim.off").first.get_attribute("tabindex") == "-1"
    opened.page.locator("#unfilter").click()
    assert told.inner_text() == "9 of 9 claims marked"
    assert marked.count() == 9


def test_all_details_can_be_shown_below_the_text(opened: Watched) -> None:
    opened.page.locator("#details").click()
    assert opened.page.locator(".card:visible").count() == 9
    opened.page.locator("#c2").click()
    assert opened.active("id") == "d2"


@pytest.mark.parametrize("opened", [{"java_script_enabled": False}], indirect=True)
def test_without_script_everything_can_be_read(opened: Watched) -> None:
    assert opened.page.locator(".card:visible").count() == 9
    assert opened.page.locator("#filters").is_hidden()
    opened.page.locator("#c3").click()
    assert opened.page.url.endswith("#d3")


def test_text_of_a_document_does_not_run(opened: Watched) -> None:
    assert opened.page.title() == "Claim check: 2 documents"
    assert "<script>document.title='run'</script>" in opened.page.locator("#documents").inner_text()


@pytest.mark.parametrize(
    "opened",
    [
        {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
        for width in (1300, 820, 360)
        for scheme in ("light", "dark")
    ],
    indirect=True,
)
def test_contrast_is_enough_and_nothing_overflows(opened: Watched) -> None:
    opened.page.locator("#details").click()
    measured = opened.page.evaluate(FAINT)
    assert measured["read"] > 200
    assert measured["faint"] == []
    assert opened.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("opened", [{"viewport": {"width": 360, "height": 740}}], indirect=True)
def test_on_a_narrow_screen_the_claim_stays_in_sight_above_its_panel(opened: Watched) -> None:
    opened.page.locator("#c7").focus()
    opened.page.keyboard.press("Enter")
    claim, card = (opened.page.locator(name).bounding_box() for name in ("#c7", "#d7"))
    assert 0 <= claim["y"] < card["y"]


def test_in_print_every_card_stands_and_no_control_does(opened: Watched) -> None:
    opened.page.locator("#c1").click()
    opened.page.emulate_media(media="print")
    assert opened.page.locator(".card:visible").count() == 9
    assert opened.page.locator("button:visible").count() == 0
