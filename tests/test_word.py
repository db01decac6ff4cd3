"""Word files: what is read of them, comments at the right words in a copy, and files that no program should trust."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.annotating import Comment, annotate
from claims.citing import find_citations
from claims.citing.linking import Bibliographer
from claims.collection import Collection
from claims.documents import BinaryFile, Document, read_document
from tests.conftest import SMALL, Invoke
from tests.office import body_text, commented, docx, paragraph, part, run, word_parts, zipped

pytestmark = pytest.mark.usefixtures("fixed_weights")

APPROVED = "Ketamine is FDA approved for depression."
NOT_APPROVED = "The FDA has not approved ketamine for depression."
DAY = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)


def read(body: str, **more: dict[str, str]) -> Document:
    document = read_document("draft.docx", docx(body, **more))
    for segment in document.segments:
        for offset, character in enumerate(segment.text):
            start, _ = segment.source_span(offset, offset + 1)
            written = document.text[start]
            assert written == character or (character == " " and written.isspace()) or written in "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"
    return document


def found(body: str, **more: dict[str, str]) -> list[tuple[str, str]]:
    return [(segment.kind, segment.text) for segment in read(body, **more).segments]


def test_a_document_made_by_a_program_is_read_with_its_structure() -> None:
    made = pytest.importorskip("docx").Document()
    made.add_heading("About the treatment", 1)
    made.add_paragraph("A plain sentence of the clinic.")
    made.add_paragraph("Fast relief for many.", style="List Bullet")
    made.add_paragraph("Second of all.", style="List Number")
    table = made.add_table(2, 2)
    for index, text in enumerate(("Drug", "Response", "Ketamine", "70% of patients")):
        table.cell(index // 2, index % 2).text = text
    file = io.BytesIO()
    made.save(file)
    document = read_document("draft.docx", file.getvalue())
    assert [(s.kind, s.text) for s in document.segments] == [
        ("heading", "About the treatment"),
        ("prose", "A plain sentence of the clinic."),
        ("list-item", "Fast relief for many."),
        ("list-item", "Second of all."),
        ("table-cell", "Drug"),
        ("table-cell", "Response"),
        ("table-cell", "Ketamine"),
        ("table-cell", "70% of patients"),
    ]
    assert document.segments[1].headings == ("About the treatment",)
    assert (document.segments[-1].row_head, document.segments[-1].column_head) == ("Ketamine", "Response")
    assert document.text.splitlines()[-1] == "Ketamine\t70% of patients"
    places = [document.place(s.source_span(0, 1)[0]) for s in document.segments]
    assert (places[0], places[-1]) == ("paragraph 1", "table 1, row 2")


def test_inserted_text_is_read_and_deleted_text_is_not() -> None:
    body = paragraph(
        run("It ")
        + f'<w:del w:id="1">{run("always ").replace("w:t", "w:delText")}</w:del>'
        + f'<w:ins w:id="2">{run("often ")}</w:ins>'
        + f'<w:moveFrom w:id="3">{run("gone ")}</w:moveFrom><w:moveTo w:id="4">{run("here ")}</w:moveTo>'
        + run("secret ", "<w:vanish/>")
        + run("helps.")
    )
    assert found(body) == [("prose", "It often here helps.")]


def test_a_deleted_paragraph_mark_joins_what_it_parted() -> None:
    deleted = "<w:rPr><w:del w:id='1'/></w:rPr>"
    assert found(paragraph("It helps ", deleted) + paragraph("many people.")) == [("prose", "It helps many people.")]
    assert found(paragraph("The last.", deleted)) == [("prose", "The last.")]


def test_deleted_rows_and_cells_are_left_out_and_merged_cells_keep_their_heads() -> None:
    def cell(text: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text) if text else '<w:p/>'}</w:tc>"

    rows = [
        cell("Drug") + cell("Outcome") + cell("Rate"),
        cell("Ketamine", '<w:vMerge w:val="restart"/>') + cell("Response") + cell("70%"),
        cell("", "<w:vMerge/>") + cell("Remission") + cell("30%"),
    ]
    gone = f'<w:tr><w:trPr><w:del w:id="1"/></w:trPr>{cell("Old")}{cell("Row")}{cell("99%")}</w:tr>'
    document = read(f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}{gone}</w:tbl>")
    cells = {segment.text: segment for segment in document.segments}
    assert "99%" not in cells
    assert (cells["30%"].row_head, cells["30%"].column_head) == ("Ketamine", "Rate")


def test_a_table_that_only_places_text_is_running_text() -> None:
    table = f"<w:tbl><w:tr><w:tc>{paragraph(APPROVED)}</w:tc></w:tr></w:tbl>"
    assert found(table) == [("prose", APPROVED)]


def test_text_boxes_are_read_once() -> None:
    box = f"<w:txbxContent>{paragraph('In the box.')}</w:txbxContent>"
    both = f"<mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent>"
    assert found(paragraph(run("Around it.") + f"<w:r>{both}</w:r>")) == [
        ("prose", "Around it."),
        ("prose", "In the box."),
    ]
    old = f"<w:r><w:pict>{box}</w:pict></w:r>"
    assert found(paragraph(old)) == [("prose", "In the box.")]


def test_notes_follow_the_text_and_headers_are_no_copy() -> None:
    call = '<w:r><w:footnoteReference w:id="7"/></w:r><w:r><w:endnoteReference w:id="3"/></w:r>'
    document = read(
        paragraph(run("It helps.") + call + run(" Often.")),
        more={
            "footnotes": f'<w:footnote w:id="0" w:type="separator"/><w:footnote w:id="7">{paragraph("A remark.")}</w:footnote>',
            "endnotes": f'<w:endnote w:id="3">{paragraph("Another.")}</w:endnote>',
            "header1": paragraph("The Example Clinic"),
        },
    )
    assert document.text == "It helps.[^1][^e1] Often.\n[^1]: A remark.\n[^e1]: Another.\nThe Example Clinic\n"
    kinds = [(segment.kind, segment.text) for segment in document.segments]
    assert kinds == [
        ("prose", "It helps. Often."),
        ("footnote", "A remark."),
        ("footnote", "Another."),
        ("navigation", "The Example Clinic"),
    ]
    assert [document.place(s.source_span(0, 1)[0]) for s in document.segments[1:]] == [
        "footnote 1",
        "endnote 1",
        "page header",
    ]


def test_headings_are_known_by_style_outline_and_look() -> None:
    styles = (
        '<w:style w:styleId="Top"><w:name w:val="heading 2"/></w:style>'
        '<w:style w:styleId="Mine"><w:name w:val="House"/><w:basedOn w:val="Top"/></w:style>'
        '<w:style w:styleId="Loop"><w:name w:val="Loop"/><w:basedOn w:val="Loop"/></w:style>'
        '<w:style w:styleId="Cited"><w:name w:val="Bibliography"/></w:style>'
        '<w:style w:styleId="C1"><w:name w:val="toc 1"/></w:style>'
    )
    body = "".join(
        (
            paragraph("In the list of contents", '<w:pStyle w:val="C1"/>'),
            paragraph("By a style that rests on one", '<w:pStyle w:val="Mine"/>'),
            paragraph("By its outline level", '<w:outlineLvl w:val="2"/>'),
            paragraph(run("By its look", "<w:b/>")),
            paragraph(run("Bold, but a sentence.", "<w:b/>")),
            paragraph("Of a style that rests on itself.", '<w:pStyle w:val="Loop"/>'),
            paragraph("Example A. A made-up work.", '<w:pStyle w:val="Cited"/>'),
        )
    )
    document = read(body, more={"styles": styles})
    assert [(s.kind, s.level) for s in document.segments] == [
        ("navigation", None),
        ("heading", 2),
        ("heading", 3),
        ("heading", 6),
        ("prose", None),
        ("prose", None),
        ("reference", None),
    ]


def test_lists_show_their_numbers_in_the_extracted_text_only() -> None:
    numbering = (
        '<w:abstractNum w:abstractNumId="5"><w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="2"><w:abstractNumId w:val="5"/></w:num>'
    )
    item = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="2"/></w:numPr>'
    body = paragraph("First.", item) + paragraph("Second.", item) + paragraph("• Typed by hand.")
    document = read(body, more={"numbering": numbering})
    assert document.text == "1. First.\n2. Second.\n• Typed by hand.\n"
    assert [(s.kind, s.text) for s in document.segments] == [
        ("list-item", "First."),
        ("list-item", "Second."),
        ("list-item", "Typed by hand."),
    ]


def test_raised_citations_and_linked_identifiers_are_found_as_citations(small: Collection) -> None:
    library = small.library
    key, reference = next((k, r) for k, r in library.references.items() if r.doi)
    link = f'<w:hyperlink r:id="L1">{run("this trial")}</w:hyperlink>'
    body = paragraph(run("It helps.") + run("2", '<w:vertAlign w:val="superscript"/>')) + paragraph(
        run("As ") + link + run(" showed, it helps.")
    )
    document = read(body, links={"L1": f"https://doi.org/{reference.doi}"})
    assert [segment.text for segment in document.segments] == ["It helps.", "As this trial showed, it helps."]
    citations = find_citations(document, Bibliographer(library))
    assert key in {citation.reference for citation in citations}
    assert document.text.startswith("It helps.²\n")


# Comments


RUNS = st.lists(st.text(alphabet="ab <&é\t", min_size=1, max_size=9), min_size=1, max_size=6)


@settings(max_examples=40, deadline=None)
@given(paragraphs=st.lists(RUNS, min_size=1, max_size=3), data=st.data())
def test_comments_stand_at_their_words_and_the_text_is_unchanged(
    paragraphs: list[list[str]], data: st.DataObject
) -> None:
    raw = docx("".join(paragraph("".join(run(escape(text)) for text in runs)) for runs in paragraphs))
    document = read_document("draft.docx", raw)
    if not document.text.strip():
        return
    lines = [(i, line) for i, line in enumerate(document.text.splitlines()) if line.strip()]
    wanted: dict[str, str] = {}
    comments = []
    for number in range(data.draw(st.integers(1, 4))):
        index, line = data.draw(st.sampled_from(lines))
        first = sum(len(before) + 1 for before in document.text.splitlines()[:index])
        start = data.draw(st.integers(0, len(line) - 1))
        end = data.draw(st.integers(start + 1, len(line)))
        wanted[f"n{number}"] = line[start:end]
        comments.append(Comment(start=first + start, end=first + end, lines=(f"n{number}",)))
    made = annotate(raw, comments, written=DAY)
    assert {k: v.replace("\t", " ") for k, v in commented(made).items()} == {
        k: v.replace("\t", " ") for k, v in wanted.items()
    }
    assert body_text(made) == body_text(raw)
    assert read_document("draft.docx", made).segments == document.segments


def test_comments_that_were_there_stay_and_other_parts_are_the_same_bytes() -> None:
    parts = word_parts(
        paragraph(
            '<w:commentRangeStart w:id="4"/>' + run("Old.") + '<w:commentRangeEnd w:id="4"/>'
            '<w:r><w:commentReference w:id="4"/></w:r>' + run(" New.")
        ),
        {"comments": f'<w:comment w:id="4" w:author="Ann Example">{paragraph("Mine")}</w:comment>'},
    )
    raw = zipped({**parts, "word/media/picture.bin": b"\0\1\2" * 99, "word/vbaProject.bin": b"\3"})
    made = annotate(raw, [Comment(start=5, end=9, lines=("Ours", "and more"))], written=DAY)
    told = [(c.text, c.start, c.end) for c in read_document("draft.docx", made).comments]
    assert told == [("Mine", 0, 4), ("Ours\nand more", 5, 9)]
    assert commented(made) == {"Mine": "Old.", "Ours\nand more": "New."}
    before, after = (zipfile.ZipFile(io.BytesIO(file)) for file in (raw, made))
    assert before.namelist() == after.namelist()
    changed = {name for name in before.namelist() if before.read(name) != after.read(name)}
    assert changed == {"word/document.xml", "word/comments.xml"}
    assert b'w:author="Claimwise"' in after.read("word/comments.xml")


def test_a_comment_on_a_note_or_box_stands_where_it_hangs() -> None:
    call = '<w:r><w:footnoteReference w:id="7"/></w:r>'
    box = f"<w:r><w:pict><w:txbxContent>{paragraph('In the box.')}</w:txbxContent></w:pict></w:r>"
    raw = docx(
        paragraph(run("It helps.") + call + box),
        {"footnotes": f'<w:footnote w:id="7">{paragraph("A remark.")}</w:footnote>'},
    )
    text = read_document("draft.docx", raw).text
    comments = [
        Comment(start=text.index(words), end=text.index(words) + len(words), lines=(words,))
        for words in ("In the box.", "A remark.")
    ]
    made = annotate(raw, comments, written=DAY)
    assert set(commented(made)) == {"In the box.", "A remark."}
    xml = zipfile.ZipFile(io.BytesIO(made)).read("word/document.xml").decode()
    assert xml.index("commentRangeStart") < xml.index("footnoteReference")
    inside = xml[xml.index("<w:txbxContent") : xml.index("</w:txbxContent")]
    assert "comment" not in inside


# The command


@pytest.fixture
def check(claimwise: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Invoke:
    claimwise("library", "build", "--library", SMALL)
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return lambda *arguments, **options: claimwise("check", *arguments, "--library", SMALL, **options)


def test_a_draft_comes_back_with_a_comment_at_each_finding(check: Invoke) -> None:
    raw = docx(
        paragraph(run("Welcome. Ketamine is ") + run("FDA appr", "<w:b/>") + run("oved for depression. Call us."))
    )
    Path("draft.docx").write_bytes(raw)
    result = check("draft.docx", "--annotate", "out.docx")
    assert result.exit_code == 1
    assert "  paragraph 1  contradicted  EV002" in result.stdout
    assert result.stderr == "claimwise: 1 comment written to out.docx\n"
    assert Path("draft.docx").read_bytes() == raw
    ((said, words),) = commented(Path("out.docx").read_bytes()).items()
    assert words == APPROVED
    lines = said.split("\n")
    assert lines[0].startswith("Contradicted: ")
    assert any(line.startswith("Evidence (opposes): ") and "2023" in line for line in lines)
    assert "Better: Ketamine is not approved by the FDA for depression." in lines
    assert sorted(path.name for path in Path().iterdir()) == ["draft.docx", "out.docx"]


def test_a_draft_without_findings_comes_back_without_comments(check: Invoke) -> None:
    Path("draft.docx").write_bytes(docx(paragraph(NOT_APPROVED)))
    result = check("draft.docx", "--annotate", "out.docx")
    assert (result.exit_code, result.stderr) == (0, "claimwise: 0 comments written to out.docx\n")
    assert body_text(Path("out.docx").read_bytes()) == NOT_APPROVED


def test_offsets_count_in_the_extracted_text(check: Invoke) -> None:
    Path("draft.docx").write_bytes(docx(paragraph("Hello.") + paragraph(APPROVED)))
    text = check("draft.docx", "--extracted").stdout
    (document,) = json.loads(check("draft.docx", "--format", "json").stdout)["documents"]
    (claim,) = document["claims"]
    assert text[claim["start"] : claim["end"]] == claim["text"] == APPROVED
    assert (claim["line"], claim["place"]) == (2, "paragraph 2")
    assert "draft.docx:paragraph 2: contradicted" in check("draft.docx", "--format", "compact").stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("draft.docx", "--annotate", "draft.docx"), "is itself checked"),
        (("draft.docx", "--annotate", "./link.docx"), "is itself checked"),
        (("draft.docx", "a.md", "--annotate", "a.md"), "must end in .docx"),
        (("draft.docx", "--annotate", "out.md"), "must end in .docx"),
        (("draft.docx", "--annotate", "gone/out.docx"), "its folder does not exist"),
        (("a.md", "--annotate", "out.docx"), "takes one Word document (.docx); none could be read"),
        ((".", "--annotate", "out.docx"), "takes one Word document (.docx); 2 could be read"),
        ((".", "--extracted"), "--extracted prints one document; 3 were given"),
        (("-", "--stdin-filename", "x.docx", "--annotate", "out.docx"), "needs a file, not standard input"),
    ],
)
def test_what_cannot_be_annotated_is_said_in_one_line(check: Invoke, arguments: tuple[str, ...], says: str) -> None:
    raw = docx(paragraph(APPROVED))
    for name in ("draft.docx", "other.docx"):
        Path(name).write_bytes(raw)
    Path("link.docx").symlink_to("draft.docx")
    Path("a.md").write_text(APPROVED, encoding="utf-8")
    result = check(*arguments, stdin=raw)
    assert (result.exit_code, result.stdout) == (3, "")
    assert says in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert Path("draft.docx").read_bytes() == raw
    assert not Path("out.docx").exists()


# What no program should trust


def damaged(**changes: str | bytes | None) -> bytes:
    parts: dict[str, str | bytes | None] = {**word_parts(paragraph(APPROVED)), **changes}
    return zipped({name: content for name, content in parts.items() if content is not None})


ENTITIES = (
    '<!DOCTYPE w:document [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c SYSTEM "file:///etc/hostname">]>'
)


def twice() -> bytes:
    """A Word file with a second text under the name of the first."""
    made = io.BytesIO(docx(paragraph(APPROVED)))
    with zipfile.ZipFile(made, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("word/document.xml", part("document", "<w:body/>"))
    return made.getvalue()


HOSTILE = {
    "bomb": (damaged(**{"word/document.xml": b" " * 40_000_000}), "unpacks to more than 24 MB"),
    "bomb-in-notes": (
        damaged(
            **{
                "word/_rels/document.xml.rels": word_parts("", {"footnotes": "x"})["word/_rels/document.xml.rels"],
                "word/footnotes.xml": b" " * 40_000_000,
            }
        ),
        "unpacks to more than 24 MB",
    ),
    "entities": (damaged(**{"word/document.xml": ENTITIES + part("document", "&b;&c;")}), "declares a document type"),
    "entities-utf-16": (
        damaged(**{"word/document.xml": (ENTITIES + part("document", "&b;")).encode("utf-16")}),
        "declares a document type",
    ),
    "entities-in-types": (damaged(**{"_rels/.rels": f"{ENTITIES}<a>&b;</a>"}), "declares a document type"),
    "no-document": (zipped({"a.txt": "hello"}), "holds no Word document"),
    "part-twice": (twice(), "holds a part twice"),
    "broken-xml": (damaged(**{"word/document.xml": "<w:document"}), "no well-formed XML"),
    "deep": (damaged(**{"word/document.xml": "<a>" * 5000 + "</a>" * 5000}), "no well-formed XML"),
    "empty": (b"", "an empty file"),
    "no-zip": (b"hello there", "damaged or incomplete"),
    "cut-off": (docx(paragraph(APPROVED))[:-30], "damaged or incomplete"),
    "encrypted": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "encrypted Word file or an old .doc"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_one_line_and_the_rest_is_checked(check: Invoke, name: str) -> None:
    raw, says = HOSTILE[name]
    Path("bad.docx").write_bytes(raw)
    Path("good.md").write_text(NOT_APPROVED, encoding="utf-8")
    result = check("bad.docx", "good.md", "--all")
    assert result.exit_code == 2
    assert "1:1  supported" in result.stdout
    assert says in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_every_cut_of_a_file_is_read_or_refused() -> None:
    raw = docx(paragraph(APPROVED))
    for length in range(0, len(raw), 7):
        try:
            document = read_document("a.docx", raw[:length])
        except BinaryFile as error:
            assert "\n" not in str(error)
        else:
            assert APPROVED in document.text


@settings(max_examples=40, deadline=None)
@given(place=st.integers(0, 10_000), byte=st.integers(0, 255))
def test_a_changed_byte_is_read_or_refused(place: int, byte: int) -> None:
    raw = bytearray(docx(paragraph(APPROVED)))
    raw[place % len(raw)] = byte
    try:
        read_document("a.docx", bytes(raw))
    except BinaryFile as error:
        assert "\n" not in str(error)


def test_without_the_extra_one_line_says_what_to_install(check: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "lxml", None)
    Path("draft.docx").write_bytes(docx(paragraph(APPROVED)))
    result = check("draft.docx")
    assert result.exit_code == 2
    assert 'pip install "claimwise[docx]"' in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_comment_in_word_ignores_what_stands_under_it_with_a_reason(check: Invoke) -> None:
    def draft(said: str) -> bytes:
        body = '<w:commentRangeStart w:id="4"/>' + run(APPROVED) + '<w:commentRangeEnd w:id="4"/>'
        body += '<w:r><w:commentReference w:id="4"/></w:r>' + run(" Hello.")
        return zipped(
            word_parts(
                paragraph(body),
                {"comments": f'<w:comment w:id="4" w:author="Ann Example">{paragraph(said)}</w:comment>'},
            )
        )

    Path("draft.docx").write_bytes(draft("claimwise-ignore all -- quoted from an advertisement"))
    assert check("draft.docx").exit_code == 0
    Path("draft.docx").write_bytes(draft("claimwise-ignore all -- quoted until=2026-01-01"))
    expired = check("draft.docx", "--today", "2026-11-22")
    assert expired.exit_code == 1
    assert "CK005" in expired.stdout
