"""PDF files: paragraphs, headings, lists and pages out of lines; scans, locked and damaged files in one line."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.documents import BinaryFile, Document, read_document
from tests.conftest import SMALL, Invoke
from tests.office import Word, pdf

pytestmark = pytest.mark.usefixtures("fixed_weights")

APPROVED = "Ketamine is FDA approved for depression."
NOT_APPROVED = "The FDA has not approved ketamine for depression."


def set_lines(*texts: str, top: float = 700, left: float = 72, size: float = 11, step: float = 13) -> list[Word]:
    return [(left, top - step * number, size, text) for number, text in enumerate(texts)]


def read(*pages: list[Word], bold: str = "") -> Document:
    document = read_document("page.pdf", pdf(pages, bold=bold))
    for segment in document.segments:
        for offset, character in enumerate(segment.text):
            written = document.text[segment.source_span(offset, offset + 1)[0]]
            assert written == character or (character == " " and written.isspace())
    return document


def found(*pages: list[Word], bold: str = "") -> list[tuple[str, str]]:
    return [(segment.kind, segment.text) for segment in read(*pages, bold=bold).segments]


def test_lines_become_paragraphs_headings_and_items() -> None:
    page = [
        *set_lines("About the treatment", top=760, size=20),
        *set_lines("The first paragraph goes over two lines of the page and it", "ends here.", top=720),
        *set_lines("The second paragraph stands apart from it.", top=680),
        *set_lines("What it costs", top=650),
        *set_lines("- One item of a list", "- Another item that is long and goes on below", top=630),
        *set_lines("in a second line", top=604, left=80),
    ]
    assert found(page, bold="costs") == [
        ("heading", "About the treatment"),
        ("prose", "The first paragraph goes over two lines of the page and it ends here."),
        ("prose", "The second paragraph stands apart from it."),
        ("heading", "What it costs"),
        ("list-item", "One item of a list"),
        ("list-item", "Another item that is long and goes on below in a second line"),
    ]


def test_a_moved_in_first_line_begins_a_paragraph() -> None:
    page = [
        *set_lines(
            "The first paragraph goes over two lines of the page, and it",
            "ends here at the far right of the lines, where it stops.",
        ),
        *set_lines("The second is moved in and has a second line, too, which", top=674, left=90),
        *set_lines("is not.", top=661),
    ]
    assert [text.split()[0:2] for _, text in found(page)] == [["The", "first"], ["The", "second"]]


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        (("It is an antidepres-", "sant for some."), "It is an antidepressant for some."),
        (("A double-", "blind trial; another double-blind one."), "A double-blind trial; another double-blind one."),
        (("By the Montgomery-", "Smith scale."), "By the Montgomery-Smith scale."),
        (("Over 2-", "3 weeks."), "Over 2-3 weeks."),
    ],
)
def test_a_hyphen_at_the_end_of_a_line_is_dropped_only_where_it_cuts_a_word(
    lines: tuple[str, str], joined: str
) -> None:
    assert found(set_lines(*lines)) == [("prose", joined)]


def test_running_heads_and_page_numbers_are_no_copy_and_paragraphs_go_on_over_the_page() -> None:
    pages = [
        [
            *set_lines("The Example Clinic", top=800, size=9),
            *set_lines(*text),
            *set_lines(str(number), top=30, size=9),
        ]
        for number, text in enumerate((("It begins on the first page and",), ("goes on here.",), ("A third page.",)), 1)
    ]
    document = read(*pages)
    prose = [segment for segment in document.segments if segment.kind == "prose"]
    assert [segment.text for segment in prose] == ["It begins on the first page and goes on here.", "A third page."]
    assert [document.place(segment.source_span(0, 1)[0]) for segment in prose] == ["page 1", "page 3"]
    assert sum(segment.kind == "navigation" for segment in document.segments) == 6


def test_a_claim_in_a_running_foot_is_read_once() -> None:
    pages = [[*set_lines(f"Words of page {n} of this."), *set_lines(APPROVED, top=30, size=9)] for n in "abc"]
    assert found(*pages).count(("prose", APPROVED)) == 1


def test_columns_are_read_one_after_the_other() -> None:
    page = [
        *set_lines("On the left it begins and", "there it ends."),
        *set_lines("On the right it begins", "and ends.", left=320),
    ]
    assert [text for _, text in found(page)] == [
        "On the left it begins and there it ends.",
        "On the right it begins and ends.",
    ]


def test_a_raised_number_is_read_as_superscript() -> None:
    page = [(72, 700, 12, "It helps."), (114.5, 705, 7, "12")]
    assert read(page).text == "It helps.¹²\n"


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.lists(
            st.tuples(
                st.integers(20, 500),
                st.integers(20, 800),
                st.sampled_from((8, 11, 24)),
                st.text("abc .-1•(", min_size=1, max_size=30),
            ),
            max_size=6,
        ),
        min_size=1,
        max_size=4,
    )
)
def test_whatever_stands_where_every_character_is_placed(pages: list[list[Word]]) -> None:
    try:
        document = read(*pages)
    except BinaryFile:
        assert not "".join(text for page in pages for *_, text in page).strip()
    else:
        starts = [segment.source_span(0, 1)[0] for segment in document.segments]
        assert starts == sorted(starts)


# The command


@pytest.fixture
def check(claimwise: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Invoke:
    claimwise("library", "build", "--library", SMALL)
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return lambda *arguments, **options: claimwise("check", *arguments, "--library", SMALL, **options)


def test_findings_are_told_with_their_page(check: Invoke) -> None:
    Path("page.pdf").write_bytes(
        pdf([set_lines("Hello there."), set_lines("Ketamine is FDA ap-", "proved for depression.")])
    )
    result = check("page.pdf")
    assert result.exit_code == 1
    assert "  page 2  contradicted  EV002" in result.stdout
    (document,) = json.loads(check("page.pdf", "--format", "json").stdout)["documents"]
    (claim,) = document["claims"]
    assert claim["place"] == "page 2"
    extracted = check("page.pdf", "--extracted").stdout
    assert extracted[claim["start"] : claim["end"]] == "Ketamine is FDA ap-\nproved for depression."


GOOD = pdf([set_lines(NOT_APPROVED)])


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (pdf([set_lines(NOT_APPROVED)], locked=True), "an encrypted PDF"),
        (pdf([[], []], picture=True), "a scan: pictures of pages without text"),
        (pdf([[]]), "holds no text"),
        (GOOD[:200], "no PDF, or a damaged or incomplete one"),
        (GOOD[:-6], "the end of the file is missing"),
        (b"%PDF-1.7", "no PDF, or a damaged or incomplete one"),
        (b"hello", "no PDF, or a damaged or incomplete one"),
        (b"", "no PDF, or a damaged or incomplete one"),
    ],
    ids=["locked", "scan", "blank", "cut-off", "end-missing", "only-a-name", "text", "empty"],
)
def test_what_cannot_be_read_is_one_line_and_the_rest_is_checked(check: Invoke, raw: bytes, says: str) -> None:
    Path("bad.pdf").write_bytes(raw)
    Path("good.md").write_text(NOT_APPROVED, encoding="utf-8")
    result = check("bad.pdf", "good.md", "--all")
    assert result.exit_code == 2
    assert "1:1  supported" in result.stdout
    assert says in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_page_that_is_a_picture_is_named(check: Invoke) -> None:
    Path("mixed.pdf").write_bytes(pdf([set_lines(NOT_APPROVED), []], picture=True))
    result = check("mixed.pdf")
    assert result.exit_code == 2
    assert "not checked: page 2 is a picture without text" in result.stdout


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 255))
def test_a_changed_byte_is_read_or_refused(place: int, byte: int) -> None:
    raw = bytearray(GOOD)
    raw[place % len(raw)] = byte
    try:
        read_document("a.pdf", bytes(raw))
    except BinaryFile as error:
        assert "\n" not in str(error)


def test_without_the_extra_one_line_says_what_to_install(check: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    Path("page.pdf").write_bytes(GOOD)
    result = check("page.pdf")
    assert result.exit_code == 2
    assert 'pip install "claimwise[pdf]"' in result.stderr
    assert len(result.stderr.splitlines()) == 1
