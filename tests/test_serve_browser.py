"""The pages of ``serve`` in a browser: nothing foreign is asked for, all is reached by keyboard, every text can be read."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.serving import running

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PAGES = (
    "",
    "search?q=response",
    "search?route=iv&kind=finding",
    "studies",
    "studies/Murrough2013a",
    "evidence?outcome=response",
    "conflicts",
    "rules",
    "rules/EV003",
    "propositions/PROPOSITION",
    "claims/CLAIM",
    "nothing",
)
WIDTHS = (360, 820, 1280)

# Every text whose contrast with what lies behind it is below that of WCAG AA, with the ratio.
CONTRAST = """() => {
  const parse = (c) => { const m = c.match(/[\\d.]+/g).map(Number); return [m[0], m[1], m[2], m.length > 3 ? m[3] : 1]; };
  const light = (c) => { const f = c.slice(0, 3).map((v) => { v /= 255; return v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; });
    return .2126 * f[0] + .7152 * f[1] + .0722 * f[2]; };
  const behind = (e) => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c[3] === 1) return c; }
    throw new Error("nothing is painted behind a text"); };
  const poor = [];
  let seen = 0;
  for (const e of document.querySelectorAll("body *")) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || !e.getClientRects().length) continue;
    const s = getComputedStyle(e);
    const ink = parse(e instanceof SVGElement ? s.fill : s.color), paper = behind(e);
    const [a, b] = [light(ink), light(paper)].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    const large = parseFloat(s.fontSize) >= 24 || (parseFloat(s.fontSize) >= 18.66 && s.fontWeight >= 700);
    seen += 1;
    if (ratio < (large ? 3 : 4.5)) poor.push([e.tagName, e.textContent.slice(0, 40), ratio]);
  }
  return {seen, poor};
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(tmp_path_factory.mktemp("cache")) as (_, address):
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with playwright.sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


@pytest.fixture(scope="module")
def addresses(address: str, browser: Browser) -> list[str]:
    """One address of every kind of page."""
    page = browser.new_page()
    ids = {}
    for kind in ("proposition", "claim"):
        page.goto(f"{address}search?kind={kind}")
        href = page.locator("ol.hits a").first.get_attribute("href")
        assert href is not None
        ids[kind.upper()] = href.rpartition("/")[2]
    page.close()
    return [address + path.replace("PROPOSITION", ids["PROPOSITION"]).replace("CLAIM", ids["CLAIM"]) for path in PAGES]


def test_no_page_complains_or_asks_for_anything_foreign(page: Page, address: str, addresses: list[str]) -> None:
    heard: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    for one in addresses:
        page.goto(one)
    expected = [text for text in heard if "404" in text]  # the page that is not there
    assert heard == expected
    assert len(expected) == 1
    assert asked
    assert [url for url in asked if not url.startswith(address)] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_contrast_enough(browser: Browser, addresses: list[str], scheme: Any) -> None:
    page = browser.new_page(color_scheme=scheme)
    backgrounds = set()
    for one in addresses:
        page.goto(one)
        found = page.evaluate(CONTRAST)
        assert found["seen"] > 10
        assert found["poor"] == [], one
        backgrounds.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert len(backgrounds) == 1
    page.close()


def test_everything_to_click_is_reached_by_keyboard_and_seen_to_be(page: Page, addresses: list[str]) -> None:
    for one in (addresses[1], addresses[5], addresses[10]):
        page.goto(one)
        wanted = page.evaluate(
            """() => [...document.querySelectorAll("a[href], button, input, select, summary")]
                .filter((e) => e.checkVisibility()).map((e, n) => { e.dataset.stop = n; return n; })"""
        )
        reached = []
        for _ in range(3 * len(wanted)):
            page.keyboard.press("Tab")
            stop, outlined = page.evaluate(
                """() => [document.activeElement.dataset.stop, getComputedStyle(document.activeElement).outlineStyle]"""
            )
            if stop is not None:
                assert outlined != "none", (one, stop)
                reached.append(int(stop))
            if len(set(reached)) == len(wanted):
                break
        assert sorted(set(reached)) == wanted, one
        assert reached[: len(wanted)] == sorted(reached[: len(wanted)]), "the order is that of the page"


def test_every_field_is_labelled(page: Page, addresses: list[str]) -> None:
    for one in addresses:
        page.goto(one)
        bare = page.evaluate(
            """() => [...document.querySelectorAll("input, select")]
                .filter((e) => !e.labels.length || !e.labels[0].textContent.trim()).map((e) => e.name)"""
        )
        assert bare == [], one


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_wider_than_the_window(browser: Browser, addresses: list[str], width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    for one in addresses:
        page.goto(one)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, one
    page.close()


def test_the_instant_filter_hides_rows_and_says_how_many_are_left(page: Page, address: str) -> None:
    page.goto(f"{address}rules")
    rows = page.locator("table.rows tbody tr")
    total = rows.count()
    page.get_by_label("Show only rows with").fill("retracted")
    left = rows.locator("visible=true").count()
    assert 0 < left < total
    assert page.get_by_text(f"{left} of {total}").is_visible()
    page.get_by_label("Show only rows with").fill("")
    assert rows.locator("visible=true").count() == total


def test_without_scripts_search_and_filters_work(browser: Browser, address: str) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(address)
    page.get_by_label("Words, or an id").fill("response")
    page.get_by_role("button", name="Search").click()
    every = page.locator("ol.hits li").count()
    page.get_by_label("Kind").select_option("finding")
    page.get_by_role("button", name="Search").click()
    hits = page.locator("ol.hits li")
    assert 0 < hits.count() < every
    assert all("finding" in text for text in hits.all_inner_texts())
    hits.first.get_by_role("link").click()
    assert "/findings/" in page.url
    page.close()


def test_a_chart_is_drawn_and_told(page: Page, address: str) -> None:
    page.goto(f"{address}evidence?outcome=response")
    row = page.locator("table.chart tbody tr").first
    mark = row.locator("svg rect.dot").first.bounding_box()
    plot = row.locator("td.plot").bounding_box()
    assert mark is not None
    assert plot is not None
    assert plot["x"] <= mark["x"] <= plot["x"] + plot["width"]
    assert "%" in row.locator("td").first.inner_text()


def test_print_leaves_out_what_only_a_screen_needs(page: Page, address: str) -> None:
    page.goto(f"{address}studies")
    assert page.locator("form.filters").is_visible()
    page.emulate_media(media="print")
    assert not page.locator("form.filters").is_visible()
    assert page.locator("table.rows").is_visible()
