"""Markdown as segments, with front matter, comments, images' descriptions and struck-out text left out.

The parser gives UTF-8 byte ranges; they become code points once, here. Blocks of raw HTML go to the HTML reader.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from typing import Final

from pyromark import Markdown, Options

from claims.documents import Block, Segment, SegmentKind
from claims.memory import Memory
from claims.readers.building import Collector, TextBuilder
from claims.readers.html import read_into
from claims.readers.roles import without_references

_Headings = tuple[tuple[int, str], ...]

_MARKDOWN: Final = Markdown(
    options=Options.ENABLE_TABLES
    | Options.ENABLE_FOOTNOTES
    | Options.ENABLE_STRIKETHROUGH
    | Options.ENABLE_TASKLISTS
    | Options.ENABLE_GFM  # notes and warnings, which would else be quotations
    | Options.ENABLE_HEADING_ATTRIBUTES
)
_WIDE: Final = re.compile(r"[^\x00-\x7f]")
# The parser's own front matter may stand anywhere and would swallow what lies between two rules.
_FRONT: Final = re.compile(r"(---|\+\+\+)[ \t]*(?:\r\n|\n|\r)(?=\s*(?:[#\[]|[\w\"'.-]+[ \t]*[:=]))")
_FENCE: Final = {
    "---": re.compile(r"(?<=[\r\n])(?:---|\.\.\.)[ \t]*(?=[\r\n]|\Z)"),
    "+++": re.compile(r"(?<=[\r\n])\+\+\+[ \t]*(?=[\r\n]|\Z)"),
}
_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
# Fences, raw HTML that goes on over blank lines, and definitions.
_REACHING: Final = re.compile(r"```|~~~|\]:|<(?:[!?]|(?:script|pre|style|textarea)\b)", re.IGNORECASE)
_PART: Final = re.compile(r"\n[ \t]*\r?\n(?=[^\W\d_]|#{1,6}[ \t])")
_KEPT: Final = 20_000  # characters of a part that is remembered
_READ: Final[Memory[tuple[str, _Headings], tuple[tuple[Segment, ...], _Headings]]] = Memory(8_192)
_BLOCKS: Final = frozenset(
    {"Paragraph", "Heading", "BlockQuote", "CodeBlock", "HtmlBlock", "List", "Item", "FootnoteDefinition"}
    | {"Table", "TableHead", "TableRow", "TableCell"}
)


def read_markdown(text: str) -> list[Block]:
    """The segments of a Markdown file (CommonMark with tables, footnotes, task lists and strikethrough).

    Where one part of the file cannot bear on how another is read, each is a block, and a block that repeats an earlier
    one under the same headings is not read again.
    """
    begin = _front_matter(text)
    headings: _Headings = ()
    blocks: list[Block] = []
    for start, part in _parts(text, begin):
        known = _READ.get((part, headings))
        if known is None:
            collector = Collector(headings)
            page = _Page(collector, part)
            for event, reach in _MARKDOWN.events_with_range(part, merge_text=False):
                page.take(event, reach["start"], reach["end"])
            known = tuple(collector.block()), collector.headings
            if len(part) <= _KEPT:
                _READ.keep((part, headings), known)
        found, headings = known
        blocks.append(Block(start, found, kept=len(part) <= _KEPT))
    return _with_references(blocks)


def _parts(text: str, begin: int) -> Iterator[tuple[int, str]]:
    """The text proper in parts that can be read by themselves, each with its place; all of it where that is not sure.

    A line at the margin that begins with a letter or is a heading, after a blank line, ends lists, quotations and
    tables; it does not end fences and some kinds of raw HTML, and definitions of links hold for the whole file.
    """
    if not _REACHING.search(text):
        for found in _PART.finditer(text, begin):
            yield begin, text[begin : found.end()]
            begin = found.end()
    yield begin, text[begin:]


def _with_references(blocks: list[Block]) -> list[Block]:
    """The blocks of a whole file with references marked as such."""
    settled = without_references([segment for block in blocks for segment in block.segments])
    marked, first = [], 0
    for block in blocks:
        found = tuple(settled[first : first + len(block.segments)])
        first += len(found)
        marked.append(block if found == block.segments else Block(block.start, found))
    return marked


def _front_matter(text: str) -> int:
    """Where the text proper begins."""
    opening = _FRONT.match(text)
    closing = _FENCE[opening.group(1)].search(text, opening.end()) if opening else None
    return closing.end() if closing else 0


class _CodePoints:
    """Byte offsets of the UTF-8 form of a text as code-point offsets."""

    def __init__(self, text: str) -> None:
        self._ends, self._surplus = array("Q"), array("Q", [0])
        surplus = 0
        for found in _WIDE.finditer(text):
            extra = len(found.group().encode()) - 1
            self._ends.append(found.start() + surplus + extra + 1)
            surplus += extra
            self._surplus.append(surplus)

    def __call__(self, byte: int) -> int:
        return byte - self._surplus[bisect_right(self._ends, byte)]


class _Page:
    """The state of one pass over the parser's events."""

    def __init__(self, collector: Collector, text: str) -> None:
        self._collector = collector
        self._text = text
        self._code_point = _CodePoints(text)
        self._builder = TextBuilder()
        self._silent = 0
        self._links = 0
        self._quotes: list[bool] = []  # whether each open block quotation is one, not a note to the reader
        self._quoted = 0
        self._footnotes = 0
        self._lists: list[int] = []
        self._level: int | None = None
        self._code: TextBuilder | None = None
        self._html: list[tuple[int, int]] | None = None
        self._columns: list[str] = []
        self._column: int | None = None  # of the open table cell
        self._row_head: str | None = None
        self._in_head = False

    def take(self, event: object, start: int, end: int) -> None:
        """One event with its byte range."""
        start, end = self._code_point(start), self._code_point(end)
        if isinstance(event, dict) and "Text" in event:  # most events; matching patterns takes three times as long
            self._add(event["Text"], start, end)
            return
        match event:
            case "SoftBreak" | "HardBreak":
                self._builder.blank(start, end)
            case {"Start": tag}:
                self._start(*_named(tag))
            case {"End": tag}:
                self._end(_named(tag)[0])
            case {"Code": str(text)}:
                self._inline_code(text, start, end)
            case {"InlineHtml": str(text)}:
                self._tag(text, start, end)
            case {"Html": str()} if self._html is not None:
                self._html.append((start, end))
            case _:
                pass  # rules, citation marks of footnotes, boxes of task lists

    def _add(self, text: str, start: int, end: int) -> None:
        if self._silent:
            return
        builder = self._builder if self._code is None else self._code
        builder.linked = self._links > 0
        source = self._text[start:end]
        if text == source:
            builder.add(text, start)
        elif source.startswith("&"):
            builder.add_decoded(text, start, end)
        else:
            builder.add_aligned(text, source, start)

    def _inline_code(self, text: str, start: int, end: int) -> None:
        if self._silent:
            return
        self._builder.blank(start, end)
        code = TextBuilder()
        source = self._text[start:end]
        ticks = len(source) - len(source.lstrip("`"))
        code.add_aligned(text, source[ticks : len(source) - ticks], start + ticks)
        self._collector.add(code, "code")

    def _tag(self, text: str, start: int, end: int) -> None:
        found = _TAG.match(text)
        if not found or self._silent:
            return
        match found.group(2).lower(), bool(found.group(1)):
            case "br", _:
                self._builder.blank(start, end)
            case "sup", False:
                self._builder.raise_marker()
            case "sup", True:
                self._builder.lower_marker()

    def _start(self, name: str, value: object) -> None:
        if name in _BLOCKS:
            self._flush()
        match name:
            case "Image" | "Strikethrough":
                self._silent += 1
            case "Link":
                self._links += 1
            case "Heading":
                assert isinstance(value, Mapping)
                self._level = int(str(value["level"])[1:])
            case "BlockQuote":
                self._quotes.append(value is None)
                self._quoted += value is None
            case "CodeBlock":
                self._code = TextBuilder()
            case "HtmlBlock":
                self._html = []
            case "List":
                self._lists.append(self._collector.new_list())
            case "FootnoteDefinition":
                self._footnotes += 1
            case _ if name.startswith("Table"):
                self._start_table(name)

    def _start_table(self, name: str) -> None:
        match name:
            case "TableHead":
                self._columns, self._column, self._in_head = [], None, True
            case "TableRow":
                self._column, self._row_head = None, None
            case "TableCell":
                self._column = 0 if self._column is None else self._column + 1

    def _end(self, name: str) -> None:
        if name == "TableCell":
            self._end_cell()
        elif name in _BLOCKS:
            self._flush()
        match name:
            case "Image" | "Strikethrough":
                self._silent -= 1
            case "Link":
                self._links -= 1
            case "Heading":
                self._level = None
            case "BlockQuote":
                self._quoted -= self._quotes.pop()
            case "CodeBlock":
                self._code = None
            case "HtmlBlock":
                self._end_html()
            case "List":
                self._lists.pop()
            case "FootnoteDefinition":
                self._footnotes -= 1
            case "TableHead" | "Table":
                self._in_head, self._column = False, None

    def _end_cell(self) -> None:
        assert self._column is not None
        kind: SegmentKind = "quotation" if self._quoted else "table-cell"
        if self._in_head:
            self._columns.append(self._collector.add(self._builder, kind))
            return
        column_head = self._columns[self._column] if self._column < len(self._columns) else ""
        text = self._collector.add(self._builder, kind, row_head=self._row_head, column_head=column_head or None)
        if self._column == 0:
            self._row_head = text or None

    def _end_html(self) -> None:
        pieces, self._html = self._html or [], None
        if not pieces:
            return
        # What stands between the pieces belongs to Markdown, such as the marks of a quotation: blanked, not cut out.
        begin = at = pieces[0][0]
        parts = []
        for start, end in pieces:
            parts += [" " * (start - at), self._text[start:end]]
            at = end
        kind, _ = self._kind()
        read_into(self._collector, "".join(parts), base=begin, kind=kind)

    def _flush(self) -> None:
        if self._code is not None:
            self._collector.add(self._code, "code")
        if self._builder.is_empty:
            self._builder.take()  # drops blanks
            return
        kind, level = self._kind()
        self._collector.add(self._builder, kind, level=level, list_id=self._lists[-1] if self._lists else 0)

    def _kind(self) -> tuple[SegmentKind, int | None]:
        if self._quoted:
            return "quotation", None
        if self._level is not None:
            return "heading", self._level
        if self._footnotes:
            return "footnote", None
        return ("list-item" if self._lists else "prose"), None


def _named(tag: object) -> tuple[str, object]:
    """A tag's name, and what the parser says of it."""
    if isinstance(tag, Mapping):
        name, value = next(iter(tag.items()))
        return str(name), value
    return str(tag), None
