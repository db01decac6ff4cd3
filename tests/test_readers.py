"""Readers: what each format yields, and that every character of it stands in the file where the map says."""

from __future__ import annotations

import contextlib
import hashlib
import html
import time
from collections.abc import Callable
from functools import partial
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.documents import BinaryFile, Document, Segment, read_document
from claims.readers import READERS, reader_of
from claims.readers.markdown import read_markdown
from claims.readers.plain import read_plain
from claims.readers.roles import is_boilerplate
from evidence.problems import ClaimwiseError

FORMATS = ("page.md", "page.html", "page.txt")
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


def read(name: str, text: str) -> Document:
    document = read_document(name, text.encode("utf-8"))
    assert_mapped(document)
    return document


def markdown(text: str) -> list[Segment]:
    return list(read("page.md", text).segments)


def page(text: str) -> list[Segment]:
    return list(read("page.html", text).segments)


def plain(text: str) -> list[Segment]:
    return list(read("page.txt", text).segments)


def pairs(segments: list[Segment]) -> list[tuple[str, str]]:
    return [(segment.kind, segment.text) for segment in segments]


def texts(segments: list[Segment], kind: str) -> list[str]:
    return [segment.text for segment in segments if segment.kind == kind]


def assert_mapped(document: Document) -> None:
    """Each character stands in the file at its place, as it is or as an entity; a blank for a blank or a mark-up."""
    last = 0
    for segment in document.segments:
        assert segment.text == " ".join(segment.text.split())
        first, end = segment.source_span(0, len(segment.text))
        assert last <= first < end <= len(document.text)
        last = first
        before = 0
        for index, character in enumerate(segment.text):
            start, stop = segment.source_span(index, index + 1)
            assert before <= start <= stop <= end
            before = start
            written = document.text[start:stop]
            if character != " ":
                assert character in html.unescape(written) or character.translate(SUPERSCRIPTS) == written
                if "&" not in written:
                    assert len(written) == 1


# --- bytes ---


def test_a_document_knows_its_path_hash_and_text() -> None:
    raw = "Café\r\nopen\n".encode()
    document = read_document("notes/menu.txt", raw)
    assert (document.path, document.text) == ("notes/menu.txt", "Café\r\nopen\n")
    assert document.sha256 == hashlib.sha256(raw).hexdigest()
    assert document.unread == ()


@pytest.mark.parametrize("name", FORMATS)
def test_a_byte_order_mark_counts_as_a_code_point_and_is_in_no_segment(name: str) -> None:
    (segment,) = read(name, "\ufeffMood rose quickly.").segments
    assert segment.text == "Mood rose quickly."
    assert segment.source_span(0, 4) == (1, 5)


def test_front_matter_is_seen_behind_a_byte_order_mark() -> None:
    assert pairs(markdown("\ufeff---\ntitle: x\n---\nBody here.\n")) == [("prose", "Body here.")]


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_with_a_mark_is_read(codec: str) -> None:
    document = read_document("page.md", "\ufeff# Título\n\nMás 😀 texto.".encode(codec))
    assert pairs(list(document.segments)) == [("heading", "Título"), ("prose", "Más 😀 texto.")]
    assert document.segments[0].source_span(0, 1) == (3, 4)


def test_other_bytes_are_read_as_windows_1252_and_noted() -> None:
    document = read_document("page.txt", b"First line.\r\n\r\nIt\x92s \x93new\x94 \x96 caf\xe9.")
    assert document.segments[1].text == "It’s “new” – café."
    (note,) = document.unread
    assert "Windows-1252" in note.reason
    assert "decoded text" in note.reason
    assert note.line == 3


@pytest.mark.parametrize(
    "raw",
    [b"text\0more", b"%PDF-1.7\nobj", b"PK\x03\x04rest", b"\xff\xfea\0b", b"\x81\x8d\x8f", bytes(range(1, 256)) * 3],
    ids=["nul", "pdf", "zip", "odd-utf-16", "undefined", "every-byte"],
)
def test_a_binary_file_is_refused_in_one_line(raw: bytes) -> None:
    with pytest.raises(BinaryFile) as error:
        read_document("upload.txt", raw)
    assert isinstance(error.value, ClaimwiseError)
    assert str(error.value).startswith("upload.txt: ")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("text", ["", "\n", " \r\n\t\n", "\ufeff"])
def test_an_empty_file_has_no_segments(name: str, text: str) -> None:
    assert read(name, text).segments == ()


def test_the_suffix_picks_the_reader_and_the_unknown_is_plain() -> None:
    assert {suffix for reader in READERS for suffix in reader.suffixes} == {
        ".md",
        ".markdown",
        ".html",
        ".htm",
        ".txt",
    }
    assert reader_of(".rst") is read_plain
    assert read("PAGE.HTM", "<p>One").segments[0].text == "One"
    assert read("no-suffix", "# One two\n").segments[0].text == "# One two"


def test_positions_count_lines_as_editors_do_and_columns_in_code_points() -> None:
    document = read_document("page.txt", "a\r\né😀z\rlast\n\nend".encode())
    where = {character: document.position(document.text.index(character)) for character in "az"}
    assert where == {"a": (1, 1), "z": (2, 3)}
    assert document.position(document.text.index("last")) == (3, 1)
    assert document.position(len(document.text)) == (5, 4)


def test_a_span_covers_an_entity_whole_and_stops_before_mark_up() -> None:
    text = "<p>Fish &amp; <b>chips</b> &eacute;</p>"
    (segment,) = page(text)
    assert segment.text == "Fish & chips é"

    def span(part: str) -> str:
        at = segment.text.index(part)
        start, end = segment.source_span(at, at + len(part))
        return text[start:end]

    assert span("Fish &") == "Fish &amp;"
    assert span("&") == "&amp;"
    assert span("chips") == "chips"
    assert span("é") == "&eacute;"
    assert span("& chips é") == "&amp; <b>chips</b> &eacute;"


def test_an_empty_span_is_the_place_of_the_character() -> None:
    (segment,) = page("<p>a&amp;b</p>")
    assert segment.source_span(2, 2) == (9, 9)


# --- every format ---


@pytest.mark.parametrize(("name", "frame"), [("p.md", "{}"), ("p.html", "<p>{}</p>"), ("p.txt", "{}")])
def test_blanks_are_single_spaces_and_typography_is_kept(name: str, frame: str) -> None:
    (segment,) = read(
        name, frame.format("A\u00a0dose\u202fof  “0.5\u2009mg”\tcan\u00adnot — yet… help\u200b us.")
    ).segments
    assert segment.text == "A dose of “0.5 mg” cannot — yet… help us."


BOILERPLATE = [
    "We use cookies to give you the best experience. By going on you agree.",
    "© 2024 Harbour Street Clinic. All rights reserved.",
    "Copyright 2023 Harbour Street Clinic, Inc.",
    "(555) 014-2210",
    "Phone: +1 555 014 2210 | Fax: 555-014-2211",
    "hello@harbour.example",
    "Read more »",
    "READ MORE",
    "facebook twitter instagram",
    "Home › Treatments › Infusions",
]
COPY = [
    "Call us today to feel better within hours.",
    "Call us at 555 014 2210 to learn how quickly it works.",
    "In 2019 about 30 of 60 patients improved.",
    "Read more than one study before you decide.",
    "Patients who email us ask about 2023 prices.",
    "0.5 mg/kg",
    "Text",
    "Office and home",
]


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("line", BOILERPLATE)
def test_boilerplate_is_navigation_in_any_format(name: str, line: str) -> None:
    written = f"<p>{line}</p><p>Other words here.</p>" if name.endswith("html") else f"{line}\n\nOther words here.\n"
    assert pairs(list(read(name, written).segments)) == [("navigation", line), ("prose", "Other words here.")]


@pytest.mark.parametrize("line", COPY)
def test_what_says_something_is_no_boilerplate(line: str) -> None:
    assert not is_boilerplate(line)


# --- plain text ---

WRAPPED = (
    "A course is often given twice a week for about two or three\n"
    "weeks, and then the visits are spread out further. Some people\n"
    "stay well for months; others come back sooner.\n"
)


def test_lines_wrapped_by_hand_are_one_paragraph() -> None:
    (segment,) = plain(WRAPPED)
    assert segment.text == WRAPPED.strip().replace("\n", " ")
    assert len(plain(WRAPPED.replace("\n", "\r\n"))) == 1


def test_one_paragraph_a_line_is_kept_apart() -> None:
    long = "This clinic works with private payment only and takes no insurance at all, whatever the plan may be called."
    short = "The second line is a paragraph of its own and ends as one should."
    assert texts(plain(f"{long}\n{short}\nA third one stands here.\n"), "prose") == [
        long,
        short,
        "A third one stands here.",
    ]


def test_lines_that_begin_like_titles_are_not_joined() -> None:
    lines = [
        "Group sessions for adults on Tuesday and Thursday evenings",
        "Single sessions for adults on Monday and Friday mornings",
    ]
    assert [segment.text for segment in plain("\n".join(lines))] == lines


@pytest.mark.parametrize("bullet", ["•", "-", "*", "–", "1.", "2)", "  • ", "12."])
def test_a_bullet_makes_a_list_item_without_the_bullet(bullet: str) -> None:
    assert pairs(plain(f"{bullet} Mood lifted.\n{bullet} Sleep returned.\n")) == [
        ("list-item", "Mood lifted."),
        ("list-item", "Sleep returned."),
    ]


def test_a_list_item_goes_on_in_indented_lines() -> None:
    items = plain("- Mood lifted\n  within a day\n- Sleep returned\n")
    assert texts(items, "list-item") == ["Mood lifted within a day", "Sleep returned"]


def test_a_figure_at_the_start_of_a_line_is_no_bullet() -> None:
    assert pairs(plain("0.5 mg is the usual dose.\n")) == [("prose", "0.5 mg is the usual dose.")]
    assert pairs(plain("*Results differ from person to person.\n"))[0][0] == "prose"


def test_a_short_line_above_a_longer_block_is_a_heading() -> None:
    segments = plain(
        "The Blue Door Clinic\n\nWhat is an infusion?\n\nAn infusion is a slow drip into a vein.\n\nSide effects\n\n- Nausea\n- Dizziness\n"
    )
    assert [(s.text, s.level) for s in segments if s.kind == "heading"] == [
        ("The Blue Door Clinic", 1),
        ("What is an infusion?", 2),
        ("Side effects", 2),
    ]
    assert segments[-1].headings == ("The Blue Door Clinic", "Side effects")
    assert segments[2].headings == ("The Blue Door Clinic", "What is an infusion?")


def test_a_heading_is_found_where_every_line_is_a_paragraph() -> None:
    body = "Most people feel a little sleepy after the visit and should not drive until the next morning."
    assert pairs(plain(f"After the visit\n{body}\n")) == [("heading", "After the visit"), ("prose", body)]


@pytest.mark.parametrize("line", ["It works.", "It works for most people:", "Go slowly,", "and then the rest"])
def test_a_line_with_final_punctuation_or_a_small_letter_is_no_heading(line: str) -> None:
    assert plain(f"{line}\n\nA much longer paragraph follows here, as one does.\n")[0].kind == "prose"


REFERENCES = """The last paragraph.

Updated in May
  1. Mood after Six Visits: A Small Trial. (March 2021). The Journal of Examples.
  2. Sleep and Mood in Adults. (2019). Annals of Illustration.
  3. Guidance on Visits. Society of Made-Up Nurses.
Take the next step
"""


def test_a_numbered_list_of_works_at_the_end_is_references() -> None:
    segments = plain(REFERENCES)
    assert len(texts(segments, "reference")) == 3
    assert segments[-1].text == "Take the next step"


def test_a_numbered_list_of_steps_at_the_end_is_none() -> None:
    steps = "How it goes:\n\n1. You meet the doctor.\n2. You rest for an hour (since 2021 in a new room).\n3. You go home.\n"
    assert texts(plain(steps), "reference") == []


def test_a_list_of_works_with_a_page_after_it_is_none() -> None:
    after = "Here the page goes on with a paragraph that is long enough to show that the list was not its end. " * 2
    assert texts(plain(REFERENCES + "\n" + after), "reference") == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("p.md", "Text.\n\n## References\n\n- Lee, a book without a year\n"),
        ("p.html", "<p>Text.<h2>References</h2><ul><li>Lee, a book without a year</ul>"),
        ("p.txt", "Text.\n\nReferences\n\n- Lee, a book without a year\n"),
    ],
)
def test_items_below_a_heading_of_references_are_references(name: str, text: str) -> None:
    assert texts(list(read(name, text).segments), "reference") == ["Lee, a book without a year"]


# --- Markdown ---


def test_markdown_headings_nest() -> None:
    segments = markdown("# A\n\n## B\n\none\n\n### C\n\n## D {#d}\n\ntwo\n\nE *f*\n===\n\nthree\n")
    assert [(s.text, s.level, s.headings) for s in segments] == [
        ("A", 1, ()),
        ("B", 2, ("A",)),
        ("one", None, ("A", "B")),
        ("C", 3, ("A", "B")),
        ("D", 2, ("A",)),
        ("two", None, ("A", "D")),
        ("E f", 1, ()),
        ("three", None, ("E f",)),
    ]


def test_soft_breaks_are_spaces_and_marks_of_emphasis_go() -> None:
    assert pairs(markdown("It **does**\r\nwork \\* in  \r\nadults &mdash; _often_.\r\n")) == [
        ("prose", "It does work * in adults — often.")
    ]


@pytest.mark.parametrize(
    "mark", ["---\ntitle: Cures all\nx: 1\n---\n", "+++\ntitle = 'Cures all'\n+++\n", "---\r\na: b\r\n---\r\n"]
)
def test_front_matter_is_skipped(mark: str) -> None:
    assert pairs(markdown(mark + "Body.\n")) == [("prose", "Body.")]


def test_text_between_two_rules_is_no_front_matter() -> None:
    assert texts(markdown("---\nIt helps most people.\n\n---\n\nMore.\n\n---\n\nkey: kept\n\n---\n"), "prose") == [
        "It helps most people.",
        "More.",
        "key: kept",
    ]


def test_comments_are_skipped() -> None:
    assert texts(markdown("<!-- draft\n\nnot this --> \n\nOne <!-- nor this --> two.\n"), "prose") == ["One two."]


def test_code_stands_apart_from_prose() -> None:
    segments = markdown("Write `it cures all` there.\n\n```\nx = 1\ny\n```\n\n    indented\n\n- `only`\n")
    assert texts(segments, "code") == ["it cures all", "x = 1 y", "indented", "only"]
    assert texts(segments, "prose") == ["Write there."]


def test_a_quotation_is_one_and_a_note_is_not() -> None:
    assert pairs(markdown("> It saved\n> me.\n>\n> - truly\n\n> [!NOTE]\n> It may not.\n")) == [
        ("quotation", "It saved me."),
        ("quotation", "truly"),
        ("prose", "It may not."),
    ]


def test_link_text_is_prose_without_its_address_and_images_are_silent() -> None:
    assert pairs(
        markdown('See [the trial](https://example.org/x "t") ![a chart](c.png) of [2019][r].\n\n[r]: /y\n')
    ) == [("prose", "See the trial of 2019.")]


def test_lists_are_items_with_their_own_text() -> None:
    segments = markdown("1. One\n   - inner\n   - second\n2. Two\n\n   more of two\n- [x] done\n")
    assert pairs(segments) == [("list-item", text) for text in ("One", "inner", "second", "Two", "more of two", "done")]


def test_bare_links_are_navigation() -> None:
    segments = markdown("- [Home](/)\n- [About](/a)\n\n[One](1) | [Two](2)\n\n- [Linked](/l)\n- Said plainly\n")
    assert texts(segments, "navigation") == ["Home", "About", "One | Two"]
    assert texts(segments, "list-item") == ["Linked", "Said plainly"]


def test_a_linked_sentence_is_still_said() -> None:
    assert pairs(markdown("[It helps nine people in ten.](/x)\n")) == [("prose", "It helps nine people in ten.")]


def test_table_cells_know_their_heads() -> None:
    segments = markdown("| Option | Rate |\n|---|---|\n| Drip | 55&nbsp;% |\n| Pill \\| tablet |\n")
    assert [(s.text, s.row_head, s.column_head) for s in segments] == [
        ("Option", None, None),
        ("Rate", None, None),
        ("Drip", None, "Option"),
        ("55 %", "Drip", "Rate"),
        ("Pill | tablet", None, "Option"),
    ]
    assert {s.kind for s in segments} == {"table-cell"}


def test_footnotes_are_apart_and_their_marks_are_out() -> None:
    assert pairs(markdown("It helps.[^a] More.\n\n[^a]: Lee 2020,\n    page 3.\n")) == [
        ("prose", "It helps. More."),
        ("footnote", "Lee 2020, page 3."),
    ]


def test_struck_text_is_no_longer_said() -> None:
    assert texts(markdown("It ~~cures~~ eases.\n"), "prose") == ["It eases."]
    assert texts(page("<p>It <del>cures</del> eases.</p>"), "prose") == ["It eases."]


def test_html_in_markdown_is_read() -> None:
    segments = markdown(
        "One <b>bold</b><br>two<sup>3</sup>.\n\n<div class='x'>\n<h2>Box &amp; co</h2>\n<p>In <i>a</i> box.</p>\n</div>\n\n> <p>in quotes\n> here</p>\n\nAfter.\n"
    )
    assert pairs(segments) == [
        ("prose", "One bold two."),
        ("heading", "Box & co"),
        ("prose", "In a box."),
        ("quotation", "in quotes here"),
        ("prose", "After."),
    ]
    assert segments[-1].headings == ("Box & co",)


# --- HTML ---


def test_only_what_a_reader_sees_is_read() -> None:
    assert pairs(
        page(
            "<!DOCTYPE html><title>T</title><style>p{}</style><script>if (a<b) '</p>'</script><p>Seen"
            "<template><p>x</p></template><svg><text>x</text></svg><noscript>x</noscript><!-- <p>x -->"
            "<p hidden>x</p><p aria-hidden='true'>x<div style='color:red; DISPLAY : none'><div>x</div>x</div><p>Also seen"
        )
    ) == [("prose", "Seen"), ("prose", "Also seen")]


def test_an_element_hidden_inside_a_sentence_leaves_the_sentence_whole() -> None:
    assert texts(page("<p>It <span hidden>never <div>x</div></span>works.</p>"), "prose") == ["It works."]


def test_what_surrounds_the_page_is_navigation() -> None:
    segments = page(
        "<header><p>Top words</p></header><header><p>Kept</p><h1>Title</h1></header><nav><h2>Go</h2><ul><li>There</ul></nav>"
        "<p>Body</p><form>Name <p>Field</p></form><button>Push it</button><aside>Aside<blockquote>q</blockquote></aside><footer>Foot</footer>"
    )
    assert texts(segments, "navigation") == [
        "Top words",
        "Go",
        "There",
        "Name",
        "Field",
        "Push it",
        "Aside",
        "q",
        "Foot",
    ]
    assert pairs([s for s in segments if s.kind != "navigation"]) == [
        ("prose", "Kept"),
        ("heading", "Title"),
        ("prose", "Body"),
    ]
    assert segments[-1].headings == ("Title",)


def test_a_form_around_the_whole_page_hides_nothing() -> None:
    assert texts(page("<form><h1>Title</h1><p>It helps.</p></form>"), "prose") == ["It helps."]


def test_html_kinds() -> None:
    segments = page(
        "<h3>Head</h3><p>Para<div>Div <div>inner</div> rest</div><ul><li>Item<li>Second<ol><li>nested</ol>tail</ul>"
        "<blockquote><p>Quoted</p></blockquote><pre><code>a &lt; b\n c</code></pre><p>He said <q>so</q> in <code>x</code>.</p>loose"
    )
    assert pairs(segments) == [
        ("heading", "Head"),
        ("prose", "Para"),
        ("prose", "Div"),
        ("prose", "inner"),
        ("prose", "rest"),
        ("list-item", "Item"),
        ("list-item", "Second"),
        ("list-item", "nested"),
        ("list-item", "tail"),
        ("quotation", "Quoted"),
        ("code", "a < b c"),
        ("prose", "He said in ."),
        ("quotation", "so"),
        ("code", "x"),
        ("prose", "loose"),
    ]


def test_citation_marks_are_out_and_powers_stay() -> None:
    (segment,) = page(
        "<p>It rose.<sup>1,2</sup> It fell<sup><a href='#r'>[3]</a></sup> at 10<sup>6</sup> of 25 kg/m<sup>2</sup>, the 4<sup>th</sup>."
    )
    assert segment.text == "It rose. It fell at 10⁶ of 25 kg/m², the 4th."


def test_a_break_is_a_space_and_two_part_paragraphs() -> None:
    assert texts(page("<p>One<br>two<br/>\n<br>three"), "prose") == ["One two", "three"]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("AT&amp;T &lt;5", "AT&T <5"),
        ("a &copy2024 b", "a ©2024 b"),
        ("x&nbsp;&#160;y", "x y"),
        ("&#8217; &#x1F600;", "’ 😀"),
        ("&fjlig; &NotEqualTilde;", "fj ≂̸"),
        ("R&D &unknown; & &#; n&n", "R&D &unknown; & &#; n&n"),
        ("p < 0.05 and a<5", "p < 0.05 and a<5"),
        ("&#128;", "€"),
    ],
)
def test_entities_are_decoded_and_mapped(written: str, shown: str) -> None:
    assert texts(page(f"<p>{written}</p>"), "prose") == [shown]


def test_html_table_cells_know_their_heads() -> None:
    segments = page(
        "<table><thead><tr><th>Option<th>Rate<th>Status</thead><tr><td>Drip<td>55%<td>Open<tr><td rowspan=2>Pill"
        "<td colspan=2>30%<p>more</p><tr><td>x<td>y</table><table><tr><th>Dose</th><td>0.5 mg</td></tr></table>"
    )
    assert [(s.text, s.row_head, s.column_head) for s in segments if s.kind == "table-cell"] == [
        ("Option", None, None),
        ("Rate", None, None),
        ("Status", None, None),
        ("Drip", None, "Option"),
        ("55%", "Drip", "Rate"),
        ("Open", "Drip", "Status"),
        ("Pill", None, "Option"),
        ("30%", "Pill", "Rate"),
        ("more", "Pill", "Rate"),
        ("x", "Pill", "Rate"),
        ("y", "Pill", "Status"),
        ("Dose", None, None),
        ("0.5 mg", "Dose", None),
    ]


def test_a_table_for_layout_holds_prose() -> None:
    assert pairs(page("<table role=presentation><tr><td>Words<td><p>More")) == [("prose", "Words"), ("prose", "More")]


def test_html_lists_of_links_are_navigation() -> None:
    segments = page("<ul><li><a href=1>One</a><li><a href=2>Two</a></ul><ul><li><a href=3>Three</a><li>Said</ul>")
    assert texts(segments, "navigation") == ["One", "Two"]
    assert texts(segments, "list-item") == ["Three", "Said"]


@pytest.mark.parametrize(
    "text",
    [
        "<p>One <b>two",
        "<p>One <a href='x'>two</p",
        '<p class="x>One two',
        "One two<!-- never closed",
        "<p>One two</span></b></li></table>",
    ],
)
def test_unclosed_and_stray_tags_lose_no_words(text: str) -> None:
    assert " ".join(segment.text for segment in page(text)).startswith("One two")


def test_an_unclosed_heading_ends_at_the_next_block() -> None:
    assert pairs(page("<h2>Head<p>Text<h2>Next<ul><li>Item")) == [
        ("heading", "Head"),
        ("prose", "Text"),
        ("heading", "Next"),
        ("list-item", "Item"),
    ]


@pytest.mark.parametrize("tag", ["div", "b", "blockquote", "ul><li", "table><tr><td", "code", "sup", "q"])
def test_deep_nesting_is_read(tag: str) -> None:
    depth = 10_000
    document = read_document("deep.html", f"{f'<{tag}>' * depth}core words".encode())
    assert document.segments[-1].text == "core words"


def test_deep_markdown_is_read() -> None:
    for opening in ("> ", "- ", "*a ", "[", "**", "1. "):
        assert read_document("deep.md", f"{opening * 10_000}core".encode()).segments


# --- invariants ---

WORDS = st.sampled_from(
    ["mood", "café", "naïve", "É", "😀", "👩‍⚕️", "“quoted”", "0.5", "mg/kg", "–", "…", "x", "50%", "它", "no.", "A"]
)
MARKS = st.sampled_from(
    ["&amp;", "&nbsp;", "&eacute;", "&#8211;", "&fjlig;", "&x", "*", "**", "_", "`", "[a](b)", "<b>", "</b>", "<br>", "<p>",
     "</p>", "<sup>1</sup>", "<li>", "<ul>", "</ul>", "<td>", "<q>", "</q>", "<code>", "</code>", "<!-- c -->", "> ", "- ",
     "1. ", "# ", "## ", "|", "|--|--|", "\\*", "~~", "[^1]", "[^1]: ", "<div hidden>", "</div>", "<", "&", "    ", "\t", "```", "---", "\u00ad"]
)  # fmt: skip
GAPS = st.sampled_from([" ", "", "\n", "\r\n", "\n\n", "\r\n\r\n", "  \n", "\u00a0", "\r"])
SOUP = st.lists(st.tuples(WORDS | MARKS, GAPS), max_size=40).map(lambda parts: "".join(a + b for a, b in parts))


@pytest.mark.parametrize("name", FORMATS)
@given(text=SOUP)
@settings(max_examples=150, deadline=None)
def test_every_character_maps_back_to_the_file(name: str, text: str) -> None:
    read(name, text)


PIECES = st.sampled_from(
    ["# One", "## Two", "A line", "- item", "  - deeper", "1. first", "> quoted", "    indented", "[Home](/)", "- [Home](/)",
     "a | b", "--- | ---", "1 | 2", "| 1 | 2 |", "===", "---", "***", "<div>", "</div>", "<p>told", "<table><tr><td>cell",
     "<!-- note", "-->", "```", "~~~", "[x]: /there", "[^1]: A note", "[^1]", "References", "# References",
     "- Smith J. 2019;3:1-9. doi:10.1000/x", "Subscribe now", "*bold", "bold*", "\\", "\t- tabbed", "Zürich 5 &amp; 6"]
)  # fmt: skip


@settings(max_examples=500)
@given(lines=st.lists(st.tuples(PIECES, st.sampled_from(["\n", "\n\n", "\n \n", "\r\n\r\n", "\n\n\n"])), max_size=24))
def test_a_file_read_in_parts_is_as_if_it_were_read_as_a_whole(lines: list[tuple[str, str]]) -> None:
    text = "".join(line + end for line, end in lines)

    def placed() -> list[object]:
        found = [segment.shifted(block.start) for block in read_markdown(text) for segment in block.segments]
        return [
            (s.kind, s.text, s.headings, s.row_head, s.column_head, s.level, [(a, s.base + b) for a, b in s.offsets])
            for s in found
        ]

    in_parts = placed()
    with patch("claims.readers.markdown._parts", lambda text, begin: [(begin, text[begin:])]):
        assert in_parts == placed()


def test_a_text_that_is_told_again_has_the_same_segments_elsewhere() -> None:
    once, _, again = read_document("page.md", b"One line.\n\nAnother.\n\nOne line.\n\n").blocks[:3]
    assert once.kept
    assert again.segments is once.segments
    assert (once.start, again.start) == (0, 21)


@given(words=st.lists(st.lists(WORDS, min_size=1, max_size=12), min_size=1, max_size=6))
@settings(deadline=None)
def test_no_word_of_a_page_is_lost(words: list[list[str]]) -> None:
    expected = [" ".join(paragraph) for paragraph in words]
    written = "\r\n".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in expected)
    assert [segment.text for segment in page(written)] == expected
    plainly = plain("\n\n".join(expected))
    kept = "".join("".join(segment.text.split()) for segment in plainly)
    assert set("".join("".join(paragraph.split()) for paragraph in expected)) - set(kept) <= set("–…-*")


@given(text=st.text(alphabet="<>!-/?='\"abp &;#[]\n", max_size=60))
@settings(deadline=None)
def test_no_html_makes_the_reader_fail(text: str) -> None:
    read("page.html", text)


@given(raw=st.binary(max_size=80))
@settings(deadline=None)
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    for name in FORMATS:
        with contextlib.suppress(BinaryFile):
            assert_mapped(read_document(name, raw))


# --- time ---


def seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


HOSTILE = [
    "<",
    "[",
    "*",
    "|",
    "&",
    "<!--",
    "<a href='",
    '<a b=">"',
    "</",
    "<div>",
    "<ul><li>",
    "- ",
    "> ",
    "`",
    "word ",
    "“",
    "<sup>1",
    "</b><b>",
]


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("piece", HOSTILE)
def test_time_grows_with_the_text(name: str, piece: str) -> None:
    small = (piece * (15_000 // len(piece))).encode()
    # Linear work takes eight times as long, work that grows with the square sixty-four times. No text is read twice.
    once = min(seconds(partial(read_document, name, small + end)) for end in (b"a", b"b"))
    assert min(seconds(partial(read_document, name, small * 8 + end)) for end in (b"a", b"b")) < 30 * once + 0.3


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("piece", ["<", "[", "*", "|", "&", "One line of words without an end "])
def test_a_megabyte_is_read(name: str, piece: str) -> None:
    size = 2_000_000 if len(piece) > 1 else 1_000_000
    assert seconds(lambda: read_document(name, (piece * (size // len(piece))).encode())) < 30
