"""A Word file as extracted text with segments: headings, lists, tables, notes, text boxes; without tracked deletions.

The extracted text has a paragraph a line and the cells of a table row with tabs between; footnotes follow the body,
headers and footers stand last. ``read_word`` also says which element holds which characters, for ``annotating``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from claims.documents import Extracted, Place, SegmentKind, Unread, WrittenComment
from claims.readers.building import Collector, TextBuilder
from claims.readers.package import Package
from claims.readers.tables import Table
from claims.readers.word_inlines import COMMENT_MARKS, Inline, Inlines, chosen
from claims.readers.word_styles import Numbering, Styles, child, is_on, tag_of, value
from claims.readers.word_tables import THROUGH, Cell, cells_of, height_of, rows_of

if TYPE_CHECKING:
    from lxml import etree

_BULLET: Final = re.compile(r"\s*(?:[•‣◦▪●○∙·*–-]|\d{1,3}[.)])\s+(?=\S)")
_RAISED: Final = re.compile(r"\d{1,3}(?:\s?[,;–-]\s?\d{1,3})*")
_SUPERSCRIPTS: Final = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_SENTENCE_ENDS: Final = (".", "!", ":", ";", ",", "…")
_BY_STYLE: Final[tuple[tuple[str, SegmentKind], ...]] = (
    ("toc", "navigation"),
    ("table of figures", "navigation"),
    ("quote", "quotation"),
    ("intense quote", "quotation"),
    ("bibliography", "reference"),
    ("endnote bibliography", "reference"),
    ("html preformatted", "code"),
    ("macro", "code"),
)
_HEADING_LENGTH, _HEADING_WORDS = 100, 16
_HEAD_LENGTH: Final = 80  # characters of a cell that may head a column
_BOLD_LEVEL: Final = 6  # a bold line is a heading below all that are marked as such


class Piece(NamedTuple):
    """Characters from offset ``start`` on, and where in the body they stand.

    ``node`` is the element in the run that stands for them; ``None`` where a range cannot begin or end within them.
    """

    start: int
    end: int
    holder: etree._Element
    node: etree._Element | None


class WordText(NamedTuple):
    """What was extracted from a file, with the pieces of the body in order."""

    extracted: Extracted
    package: Package
    body: etree._Element
    pieces: list[Piece]


def read_docx(raw: bytes) -> Extracted:
    """The text and segments of a Word file. Raises BinaryFile for bytes that are none, in one line."""
    return read_word(raw).extracted


def read_word(raw: bytes) -> WordText:
    """The same with the elements that hold the text. Raises BinaryFile for bytes that are no Word file."""
    reader = _Reader(Package(raw))
    return WordText(reader.read(), reader.package, reader.body, reader.pieces)


class _Reader:
    """One pass over the parts of a file."""

    def __init__(self, package: Package) -> None:
        self.package = package
        root = package.part(package.main)
        body = child(root, "w:body")
        self.body = body if body is not None else root
        self.pieces: list[Piece] = []
        relations = package.relations(package.main)
        self._parts = [(r.kind, r.target) for r in relations if not r.external]
        self._links = {r.id: r.target for r in relations if r.kind == "hyperlink"}
        self._styles = Styles(self._part("styles"))
        self._numbering = Numbering(self._part("numbering"))
        self._collector, self._builder = Collector(), TextBuilder()
        self._out: list[str] = []
        self._length = 0
        self._places: list[Place] = []
        self._unread: list[Unread] = []
        self._separator = ""
        self._kind: SegmentKind | None = None
        self._anchor: etree._Element | None = None
        self._place: str | None = None
        self._pending: list[Inline] = []
        self._tables: list[Table | None] = []  # None: a table that only places things on the page
        self._list = ("", 0)
        self._paragraphs = self._table_count = 0
        self._notes: list[tuple[str, str, str, etree._Element]] = []
        self._commented: dict[str, tuple[int, int]] = {}

    def read(self) -> Extracted:
        self._blocks(self.body)
        self._all_notes()
        self._kind, self._anchor = "navigation", self.body
        for kind in ("header", "footer"):
            self._place = f"page {kind}"
            for target in dict.fromkeys(name for found, name in self._parts if found == kind):
                root = self.package.part(target)
                if root is not None:
                    self._blocks(root)
        self._put("\n" if self._length else "")
        return Extracted(
            text="".join(self._out),
            segments=tuple(self._collector.finish()),
            places=tuple(self._places),
            unread=tuple(self._unread),
            comments=tuple(self._comments()),
        )

    def _comments(self) -> Iterator[WrittenComment]:
        """The comments that were in the file, in its order."""
        part = self._part("comments") if self._commented else None
        for comment in part if part is not None else ():
            place = self._commented.get(value(comment, "id") or "")
            if place:
                lines = (Inlines(p, {}).text for p in comment.iter() if tag_of(p) == "w:p")
                yield WrittenComment(start=place[0], end=place[1], text="\n".join(lines))

    def _mark_comment(self, key: str) -> None:
        """The first mark of a comment is where it begins, the last where it ends."""
        start, _ = self._commented.get(key, (self._length, 0))
        self._commented[key] = (start, self._length)

    def _part(self, kind: str) -> etree._Element | None:
        return next((self.package.part(target) for found, target in self._parts if found == kind), None)

    # Blocks

    def _blocks(self, container: etree._Element) -> None:
        for block in container:
            tag = tag_of(block)
            if tag == "w:p":
                self._paragraph(block)
            elif tag == "w:tbl":
                self._table(block)
            elif tag == "w:sdt":
                gallery = value(child(block, "w:sdtPr", "w:docPartObj", "w:docPartGallery"))
                kind = self._kind
                self._kind = "navigation" if gallery == "Table of Contents" else kind
                self._blocks(block)
                self._kind = kind
            elif tag in THROUGH:
                self._blocks(block)
            elif tag == "mc:AlternateContent":
                self._blocks(chosen(block))
            elif tag in COMMENT_MARKS:
                self._mark_comment(value(block, "id") or "")
            elif tag == "w:altChunk":
                self._unread.append(Unread(reason="holds an embedded file of another format, which was not read"))
        if self._pending:  # a deleted paragraph mark with no paragraph after it
            pending, self._pending = self._pending, []
            self._write(pending, None, None)

    def _all_notes(self) -> None:
        """The footnotes and endnotes in the order of their calls; those that notes call come last."""
        self._kind = "footnote"
        parts = {
            kind: {value(note, "id"): note for note in root}
            for kind in ("footnote", "endnote")
            if (root := self._part(f"{kind}s")) is not None
        }
        for kind, key, label, holder in self._notes:  # grows while it is read
            note = parts.get(kind, {}).get(key)
            if note is not None:
                self._put(f"{self._separator}[^{label}]: ")
                self._separator = ""
                self._anchor, self._place = holder, f"{kind} {label.lstrip('e')}"
                self._blocks(note)
                self._separator = "\n"

    def _table(self, element: etree._Element) -> None:
        rows = [list(cells_of(row)) for row in rows_of(element)]
        layout = len(rows) < 2 or max(map(len, rows)) < 2
        table = None if layout else Table(self._collector, layout=False)
        outer = self._place
        if table is not None and self._kind is None:
            self._table_count += 1
            number = self._table_count
        else:
            number = 0
        headed = not layout and self._is_head(element, rows[0])
        self._tables.append(table)
        for index, row in enumerate(rows):
            if number:
                self._place = f"table {number}, row {index + 1}"
            separator = ""
            for cell in row:
                if table is not None and cell.merged != "continue":
                    spans = {"colspan": str(cell.width), "rowspan": str(height_of(rows, index, cell))}
                    table.start_cell(spans, head=False, in_head=headed and index == 0)
                if separator:
                    self._separator = separator
                self._blocks(cell.element)
                separator = "\t"
            if table is not None:
                table.end_row()
            self._separator = "\n" if self._length else ""
        self._tables.pop()
        self._place = outer

    def _is_head(self, table: etree._Element, row: list[Cell]) -> bool:
        """Whether a table's first row names its columns: it says so, or its cells are short and look it."""
        first = next(iter(rows_of(table)))
        if is_on(child(first, "w:trPr"), "w:tblHeader"):
            return True
        paragraphs = [Inlines(p, self._links) for cell in row for p in cell.element if tag_of(p) == "w:p"]
        texts = [inlines.text.strip() for inlines in paragraphs]
        if any(len(text) > _HEAD_LENGTH or text.endswith((".", "!")) for text in texts):
            return False
        look = child(table, "w:tblPr", "w:tblLook")
        marked = value(look, "firstRow") in ("1", "true", "on")
        bold = all(item.bold for inlines in paragraphs for item in inlines.items if item.text.strip())
        return marked or bold or not any(character.isdigit() for text in texts for character in text)

    # Paragraphs

    def _paragraph(self, element: etree._Element) -> None:
        inlines = Inlines(element, self._links)
        properties = child(element, "w:pPr")
        items = [*self._pending, *inlines.items]
        if child(properties, "w:rPr", "w:del") is not None and not inlines.boxes:
            self._pending = items  # the deleted mark no longer ends the paragraph
            return
        self._pending = []
        if any(item.text.strip() or item.note for item in items):
            style = value(child(properties, "w:pStyle"))
            self._write(items, style, properties)
        for box, holder in inlines.boxes:
            anchor, place, tables = self._anchor, self._place, self._tables
            self._anchor = holder if anchor is None else anchor
            self._place = self._place or f"text box after paragraph {self._paragraphs}"
            self._tables = []
            self._blocks(box)
            self._anchor, self._place, self._tables = anchor, place, tables

    def _write(self, items: list[Inline], style: str | None, properties: etree._Element | None) -> None:
        shown = "".join(item.text for item in items if item.shown)
        kind, level = self._kind_of(items, shown, style, properties)
        list_id = self._styles.list_id(style, properties)
        bullet = _BULLET.match(shown) if kind in ("prose", "list-item") else None
        if kind == "prose" and (list_id is not None or bullet):
            kind = "list-item"
        self._put(self._separator)
        self._separator = "\n"
        if self._place is None:
            self._paragraphs += 1
        self._places.append(Place(self._length, self._place or f"paragraph {self._paragraphs}"))
        if kind == "list-item" and list_id:
            self._put(self._numbering.label(list_id, value(child(properties, "w:numPr", "w:ilvl")) or "0"))
        number = self._list_number(kind, list_id)
        self._characters(items, bullet.end() if bullet else 0, kind, level, number)
        self._end_segment(kind, level, number)

    def _kind_of(
        self, items: list[Inline], shown: str, style: str | None, properties: etree._Element | None
    ) -> tuple[SegmentKind, int | None]:
        """What a paragraph is by its place, its style, or its look."""
        if self._kind is not None:
            return self._kind, None
        if any(table is not None for table in self._tables):
            return "table-cell", None
        level = self._styles.level(style, properties)
        if level is not None:
            return "heading", level
        for name in self._styles.names(style):
            for beginning, kind in _BY_STYLE:
                if name == beginning or (beginning == "toc" and name.startswith("toc ")):
                    return kind, None
        listed = self._styles.list_id(style, properties) is not None
        if not listed and _looks_headed(items, shown, bold=self._styles.bold(style)):
            return "heading", _BOLD_LEVEL
        return "prose", None

    def _list_number(self, kind: SegmentKind, list_id: str | None) -> int:
        """The number of the list that an item stands in; a paragraph between two items makes two lists of them."""
        if kind != "list-item":
            self._list = ("", 0)
        elif not self._list[1] or self._list[0] != (list_id or ""):
            self._list = (list_id or "", self._collector.new_list())
        return self._list[1]

    def _characters(self, items: list[Inline], skipped: int, kind: SegmentKind, level: int | None, number: int) -> None:
        """Writes the characters; the first ``skipped`` ones, a bullet, are in the extracted text only."""
        broken = False
        for raised, group in _by_raising(items):
            marks = raised and _RAISED.fullmatch("".join(item.text for item in group).strip()) is not None
            if raised:
                self._builder.raise_marker()
            for item in group:
                if item.note:
                    self._note(item)
                elif item.comment:
                    self._mark_comment(item.comment)
                if item.note or item.comment:
                    continue
                if item.text == "\n" and broken:  # two breaks in a row part paragraphs
                    self._end_segment(kind, level, number)
                start = self._put(item.text.translate(_SUPERSCRIPTS) if marks else item.text, item)
                if item.shown:
                    cut = min(skipped, len(item.text))
                    skipped -= cut
                    self._builder.linked = item.linked
                    self._builder.add(item.text[cut:], start + cut)
                if item.text.strip():
                    broken = False
                elif item.text == "\n":
                    broken = True
            if raised:
                self._builder.lower_marker()

    def _end_segment(self, kind: SegmentKind, level: int | None, number: int) -> None:
        table = next((table for table in reversed(self._tables) if table is not None), None)
        if self._builder.is_empty:
            self._builder.take()
        elif table is not None and kind == "table-cell":
            table.add(self._builder, kind, list_id=0)
        else:
            self._collector.add(self._builder, kind, level=level, list_id=number)

    def _note(self, item: Inline) -> None:
        assert item.note is not None
        kind, key = item.note
        number = sum(known[0] == kind for known in self._notes) + 1
        label = f"e{number}" if kind == "endnote" else str(number)
        self._notes.append((kind, key, label, self._anchor if self._anchor is not None else item.holder))
        self._put(f"[^{label}]", item)

    def _put(self, text: str, item: Inline | None = None) -> int:
        """Adds to the extracted text; returns the offset at which it begins."""
        start = self._length
        if text:
            self._out.append(text)
            self._length += len(text)
        if text and item is not None:
            holder = item.holder if self._anchor is None else self._anchor
            self.pieces.append(Piece(start, self._length, holder, item.node if self._anchor is None else None))
        return start


def _looks_headed(items: list[Inline], shown: str, *, bold: bool) -> bool:
    """A short line, all bold, that ends without punctuation."""
    text = shown.strip()
    if len(text) > _HEADING_LENGTH or len(text.split()) > _HEADING_WORDS or text.endswith(_SENTENCE_ENDS):
        return False
    return "\n" not in text and all(item.bold or bold for item in items if item.shown and item.text.strip())


def _by_raising(items: Iterable[Inline]) -> Iterator[tuple[bool, list[Inline]]]:
    """Runs of superscript and of other text in turn."""
    group: list[Inline] = []
    for item in items:
        if group and item.raised != group[0].raised:
            yield group[0].raised, group
            group = []
        group.append(item)
    if group:
        yield group[0].raised, group
