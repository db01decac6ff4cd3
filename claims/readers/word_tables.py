"""The rows and cells of a Word table as they stand once tracked deletions are carried out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from claims.readers.word_styles import child, tag_of, value

if TYPE_CHECKING:
    from lxml import etree

THROUGH: Final = frozenset({"w:sdtContent", "w:customXml", "w:ins", "w:moveTo"})  # what only surrounds


class Cell(NamedTuple):
    """A cell, the column it begins at, and how many it covers."""

    element: etree._Element
    column: int
    width: int
    merged: str | None  # "restart", "continue", or None


def _within(element: etree._Element, tag: str) -> Iterator[etree._Element]:
    """The parts of a table or row, those in content controls too."""
    for below in element:
        name = tag_of(below)
        if name == tag:
            yield below
        elif name == "w:sdt" or name in THROUGH:
            yield from _within(below, tag)


def rows_of(table: etree._Element) -> Iterator[etree._Element]:
    """The rows that are not deleted."""
    for row in _within(table, "w:tr"):
        if child(row, "w:trPr", "w:del") is None:
            yield row


def cells_of(row: etree._Element) -> Iterator[Cell]:
    """The cells that are not deleted."""
    column = 0
    for cell in _within(row, "w:tc"):
        properties = child(cell, "w:tcPr")
        if child(properties, "w:cellDel") is not None:
            continue
        span = value(child(properties, "w:gridSpan")) or "1"
        width = max(1, min(int(span), 100)) if span.isascii() and span.isdigit() and len(span) < 6 else 1
        merge = child(properties, "w:vMerge")
        merged = None if merge is None else value(merge) or "continue"
        yield Cell(cell, column, width, merged)
        column += width


def height_of(rows: list[list[Cell]], index: int, cell: Cell) -> int:
    """How many rows a cell covers that is merged with those below."""
    if cell.merged != "restart":
        return 1
    height = 1
    for row in rows[index + 1 :]:
        if not any(c.column == cell.column and c.merged == "continue" for c in row):
            break
        height += 1
    return height
