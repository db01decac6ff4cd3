"""The HTML report without a browser: what it holds, how text is marked, and that nothing of a document can run."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from claims.collection import Collection, load_collection
from claims.documents import read_document
from claims.reporters.html.charts import Axis, Claimed, charts
from claims.reporters.html.links import doi_link
from claims.reporters.html.marking import Span, cut, mark
from claims.reporters.html.rendering import shown
from evidence.paths import library_paths
from evidence.studies import Confidence
from tests.conftest import SMALL, TEXTS, Invoke
from tests.html_pages import COPY, Element, elements, page_of, with_class

HOSTILE = "<script>alert(1)</script> \"quoted' & <img src=x onerror=alert(2)> javascript:alert(3) {{ 7*7 }} ]]> -->"


@pytest.fixture(scope="module")
def collection() -> Collection:
    return load_collection(library_paths(SMALL))


@pytest.fixture(scope="module")
def page(collection: Collection) -> list[Element]:
    other = "contradicted by=response-24h aspect=response-rate: Only 5% respond within a day.\n"
    return elements(page_of(collection, {"offer.md": COPY, "b.md": other}))


# What the page holds


def test_each_claim_is_a_link_to_a_card_of_its_own(page: list[Element]) -> None:
    claims, cards = with_class(page, "claim"), with_class(page, "card")
    assert len(claims) == len(cards) == 8
    assert [claim.attributes["href"] for claim in claims] == [f"#{card.attributes['id']}" for card in cards]
    assert all(claim.tag == "a" and "tabindex" not in claim.attributes for claim in claims)


def test_the_verdict_of_a_claim_is_told_in_words_and_by_a_shape(page: list[Element]) -> None:
    claim = next(c for c in with_class(page, "claim") if c.attributes["data-verdict"] == "contradicted")
    assert claim.text.startswith("contradicted: ")
    uses = {e.attributes["href"] for e in page if e.tag == "use"}
    shapes = {f"#{e.attributes['id']}" for e in page if e.tag == "symbol"}
    assert {"#v-contradicted", "#v-supported"} <= uses <= shapes


def test_a_card_holds_reason_evidence_suggestion_and_slots(collection: Collection) -> None:
    found = elements(page_of(collection, {"a.md": "overstated by=response-24h: Nearly all respond.\n"}))
    (card,) = with_class(found, "card")
    for words in ("Nearly all respond.", "because", "EV003", "Murrough2013a.1", "Held against", "population"):
        assert words in card.text
    links = [
        e.attributes["href"] for e in found if e.tag == "a" and "card" not in e.path and "http" in e.attributes["href"]
    ]
    assert links
    assert all(link.startswith("https://doi.org/10.") for link in links)


def test_every_link_leads_to_doi_org_or_to_an_element_of_the_page(page: list[Element]) -> None:
    ids = {element.attributes["id"] for element in page if "id" in element.attributes}
    for element in page:
        target = element.attributes.get("href", "")
        assert target[:1] != "#" or target[1:] in ids, target
        assert target[:1] in ("", "#") or target.startswith("https://doi.org/"), target
        assert not {"src", "action", "style", "srcset", "poster"} & element.attributes.keys()
        assert not any(name.startswith("on") for name in element.attributes)


def test_ids_are_unique_and_headings_skip_no_level(page: list[Element]) -> None:
    ids = [element.attributes["id"] for element in page if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    levels = [int(e.tag[1]) for e in page if re.fullmatch(r"h[1-6]", e.tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))


def test_the_summary_counts_the_claims_on_the_page(page: list[Element]) -> None:
    (tally,) = with_class(page, "tally")
    counts = {verdict: int(number) for verdict, number in re.findall(r"([a-z]+)(\d+) ", tally.text)}
    assert counts == {
        "supported": 2,
        "overstated": 1,
        "vague": 1,
        "contradicted": 2,
        "unsupported": 1,
        "promotional": 1,
    }


def test_a_numeric_topic_has_a_chart_of_claims_evidence_and_findings(page: list[Element]) -> None:
    (figure,) = [element for element in page if element.tag == "figure"]
    assert "3 claimed values" in figure.text
    assert "the evidence carries" in figure.text
    assert "Murrough2013a.1" in figure.text
    assert len(with_class(page, "k-claim")) == 3
    assert with_class(page, "k-carried")
    assert with_class(page, "point")


@pytest.mark.usefixtures("undecided")
def test_a_conflict_sets_its_passages_side_by_side(collection: Collection) -> None:
    texts = {
        "a.md": "supported by=response-24h aspect=response-rate: 67% respond within a day.\n",
        "b.md": "contradicted by=response-24h aspect=response-rate: Only 5% respond within a day.\n",
    }
    found = elements(page_of(collection, texts))
    (clash,) = with_class(found, "clash")
    assert "67% respond within a day." in clash.text
    assert "Only 5% respond within a day." in clash.text
    assert len(with_class(found, "side")) == 2
    assert any(e.attributes.get("href") == "#x1" for e in found)


def test_what_was_not_checked_is_told_first(collection: Collection) -> None:
    found = elements(page_of(collection, {"a.md": "vague unchecked=too-long: Odd.\n"}))
    (notice,) = with_class(found, "notice")
    assert "a.md: line 1: too-long" in notice.text


def test_a_report_without_the_texts_tells_paraphrases_and_with_them_quotes(claimwise: Invoke) -> None:
    told = claimwise("report", "--format", "html", "--library", SMALL).stdout
    quoted = claimwise("report", "--format", "html", "--library", SMALL, "--sources", TEXTS).stdout
    assert "A series takes two to three weeks." not in told
    assert "The text is not at hand" in told
    assert "A series takes two to three weeks" in quoted
    assert "The text is not at hand" not in quoted
    assert len(with_class(elements(told), "claim")) == len(with_class(elements(quoted), "claim")) == 7


@pytest.mark.usefixtures("fixed_weights")
def test_check_writes_the_page_and_keeps_its_exit_code(
    claimwise: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("draft.md").write_text("# Offer\n\nKetamine is FDA approved for depression.\n", encoding="utf-8")
    result = claimwise("check", "draft.md", "--format", "html", "--library", SMALL)
    assert result.exit_code == 1
    assert result.stdout.startswith("<!DOCTYPE html>")
    (claim,) = with_class(elements(result.stdout), "claim")
    assert claim.attributes["data-verdict"] == "contradicted"
    none = claimwise("check", "draft.md", "--format", "html", "--verdict", "vague", "--library", SMALL)
    assert with_class(elements(none.stdout), "claim") == []
    missing = claimwise("check", "none.md", "--format", "html", "--library", SMALL)
    assert missing.exit_code == 2
    assert "none.md: no such file or folder" in with_class(elements(missing.stdout), "notice")[0].text


# Hostile text


@pytest.mark.parametrize("suffix", ["md", "txt", "html"])
def test_nothing_of_a_document_becomes_markup(collection: Collection, suffix: str) -> None:
    path = f'"><script>alert(0)</script>.{suffix}'
    texts = {path: f"vague: {HOSTILE}\nskip {HOSTILE}\n", "b.txt": f"vague: {HOSTILE}\n"}
    found = elements(page_of(collection, texts))
    assert [element.tag for element in found].count("script") == 1
    assert not [element for element in found if element.tag == "img"]
    assert any("{{ 7*7 }}" in element.text for element in with_class(found, "claim"))


def test_the_policy_admits_only_the_pages_own_style_and_script(collection: Collection) -> None:
    text = page_of(collection, {"a.txt": f"vague: {HOSTILE}\n"})
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert text.count("javascript:") == text.count("javascript:alert(3)")
    assert not re.findall(r"""(?:href|src)=["']?javascript""", text)
    assert not re.findall(r"url\(|@import", text)


def test_controls_and_turns_of_direction_are_replaced_where_they_stand() -> None:
    assert shown("a\x00b\x1bc\u202ed\u2066e\ud800f\tg\nh") == "a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf\tg\nh"
    assert shown("עברית \u200f ok") == "עברית \u200f ok"


def test_a_doi_cannot_leave_doi_org() -> None:
    assert doi_link("10.5555/a<b>\"c d'é?x#y") == "https://doi.org/10.5555/a%3Cb%3E%22c%20d%27%C3%A9%3Fx%23y"
    assert doi_link("javascript:alert(1)") is None
    assert doi_link(None) is None


# Marking


def test_claims_are_marked_in_the_text_as_the_reader_sees_it() -> None:
    text = "# Head\n\nOne &amp; **two** three. Four.\n\n- five\n"
    start, end = text.index("One"), text.index(" Four")
    marked = mark(read_document("a.md", text.encode()), [Span(n=1, start=start, end=end)])
    assert marked.passages == {1: "One & two three."}
    blocks = [block for group in marked.groups for block in group.blocks]
    assert [block.kind for block in blocks] == ["heading", "prose", "list-item"]
    assert [(run.text, run.claim, run.first) for run in blocks[1].runs] == [
        ("One & two three.", 1, True),
        (" Four.", None, False),
    ]


def test_a_claim_over_two_paragraphs_has_one_link_and_is_marked_in_both() -> None:
    text = "One two.\n\nThree four.\n"
    marked = mark(read_document("a.md", text.encode()), [Span(n=4, start=4, end=15)])
    runs = [run for group in marked.groups for block in group.blocks for run in block.runs if run.claim]
    assert [(run.text, run.first) for run in runs] == [("two.", True), ("Three", False)]
    assert marked.passages == {4: "two. Three"}


def test_the_shortest_of_overlapping_claims_has_the_words_and_none_is_lost() -> None:
    runs = cut("abcdef", [(1, 0, 6), (2, 2, 4), (3, 2, 4)])
    assert [(run.text, run.claim, run.first) for run in runs] == [
        ("ab", 1, True),
        ("", 3, True),
        ("cd", 2, True),
        ("ef", 1, False),
    ]


@given(
    text=st.text(min_size=1, max_size=30),
    places=st.lists(st.tuples(st.integers(0, 29), st.integers(1, 30)), max_size=8),
)
def test_runs_hold_the_text_and_each_claim_begins_once(text: str, places: list[tuple[int, int]]) -> None:
    inside = [(n, a, min(b, len(text))) for n, (a, b) in enumerate(places, start=1) if a < min(b, len(text))]
    runs = cut(text, inside)
    assert "".join(run.text for run in runs) == text
    assert sorted(run.claim or 0 for run in runs if run.first) == sorted(n for n, _, _ in inside)


# Charts


@given(numbers=st.lists(st.floats(-1e12, 1e12).filter(lambda x: x == 0 or abs(x) > 1e-6), min_size=1, max_size=9))
def test_an_axis_keeps_the_order_and_stays_in_the_picture(numbers: list[float]) -> None:
    axis = Axis.over(numbers)
    places = [axis.place(number) for number in sorted(numbers)]
    assert places == sorted(places)
    assert all(0 <= place <= 100 for place in places)
    assert 1 <= len(axis.ticks()) <= 12


def test_figures_in_other_units_of_time_stand_on_one_scale_and_other_units_are_left_out(collection: Collection) -> None:
    def claimed(low: float, unit: str) -> Claimed:
        return Claimed(
            n=1, where="a", verdict="vague", aspect="time-to-relapse", low=low, high=low, unit=unit,
            proposition="effect-fades", findings=(),
        )  # fmt: skip

    (chart,) = charts([claimed(14, "day"), claimed(2, "week"), claimed(3, "people")], collection)
    rows = [row for row in chart.rows if row.kind == "claim"]
    assert [row.value for row in rows] == ["14 days", "2 weeks"]
    assert rows[0].start == pytest.approx(rows[1].start)


def test_a_finding_is_drawn_with_its_interval_and_comparator_and_an_open_figure_to_the_edge() -> None:
    collection = load_collection(library_paths(SMALL))
    known = collection.library.findings["Murrough2013a.1"]
    collection.library.findings[known.id] = replace(
        known, value=60, ci=Confidence(low=50, high=75), comparator_value=30, unit="%"
    )
    claimed = Claimed(
        n=1, where="a", verdict="overstated", aspect="response-rate", low=None, high=90, unit="%",
        proposition="response-24h", findings=(),
    )  # fmt: skip
    (chart,) = charts([claimed], collection)
    claim, finding = (next(row for row in chart.rows if row.kind == kind) for kind in ("claim", "finding"))
    assert (claim.open_low, claim.start, claim.open_high, claim.value) == (True, 0, False, "up to 90%")
    assert finding.ci is not None
    assert finding.other is not None
    assert finding.other < finding.ci[0] < finding.start < finding.ci[1] < claim.end


def test_a_topic_without_evidence_or_that_compares_no_figures_has_no_chart(collection: Collection) -> None:
    alone = Claimed(
        n=1, where="a", verdict="vague", aspect="response-rate", low=1, high=2, unit="%", proposition=None, findings=()
    )
    assert charts([alone], collection) == ()
    assert charts([replace(alone, aspect="none-such")], collection) == ()


def test_a_comment_that_ignores_nothing_is_told_on_the_page(claimwise: Invoke, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "Ketamine helps.\n\n<!-- claimwise-ignore EV003 -- not needed -->\n\nHello there.\n", encoding="utf-8"
    )
    claimwise("check", page, "--library", SMALL, "--output", f"html={tmp_path / 'out.html'}")
    told = (tmp_path / "out.html").read_text(encoding="utf-8")
    assert re.search(r'line 3: <a href="#r-CK004"><code>CK004</code></a>, ', told)
