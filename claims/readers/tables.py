"""One HTML table while it is read: which column a cell stands in, and which heads belong to it.

A row shows only at its end whether it was a row of heads, so its cells are given theirs then.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from claims.documents import SegmentKind
from claims.readers.building import Collector, TextBuilder

# Wider and longer spans than these are mistakes or malice; they must not cost time.
_MOST_COLUMNS, _MOST_ROWS = 100, 1000
_HEADED: Final = frozenset({"table-cell", "list-item", "quotation"})


class _Cell:
    def __init__(self, column: int, width: int, rows: int, *, head: bool, row_scope: bool, in_head: bool) -> None:
        self.column = column
        self.width = width
        self.rows = rows
        self.head = head
        self.row_scope = row_scope
        self.in_head = in_head
        self.texts: list[str] = []
        self.segments: list[int] = []

    @property
    def text(self) -> str:
        return " ".join(self.texts)

    @property
    def heads_column(self) -> bool:
        return self.in_head or (self.head and not self.row_scope)


class Table:
    """Rows and cells are begun as their tags come; ``layout`` marks a table that only places things on the page."""

    def __init__(self, collector: Collector, *, layout: bool) -> None:
        self.layout = layout
        self._collector = collector
        self._row_number = 0
        self._row: list[_Cell] = []
        self._columns: dict[int, str] = {}
        self._heads_above = 0  # how many cells the row above had, if it was one of heads
        self._spanned: dict[int, tuple[int, str]] = {}  # column -> last row that a cell from above covers, its text

    def start_cell(self, attributes: Mapping[str, str], *, head: bool, in_head: bool) -> None:
        """Begins a cell of the current row; ``head`` is a th, ``in_head`` any cell of a thead."""
        column = self._row[-1].column + self._row[-1].width if self._row else 0
        while column < _MOST_COLUMNS and self._spanned.get(column, (-1, ""))[0] >= self._row_number:
            column += 1
        width = max(1, min(_number(attributes.get("colspan")), _MOST_COLUMNS - column))
        rows = _number(attributes.get("rowspan"))
        row_scope = attributes.get("scope", "").lower() in ("row", "rowgroup")
        self._row.append(_Cell(column, width, rows, head=head, row_scope=row_scope, in_head=in_head))

    def add(self, builder: TextBuilder, kind: SegmentKind, *, list_id: int) -> None:
        """Takes the builder's text as a segment of the current cell."""
        index = len(self._collector.segments)
        text = self._collector.add(builder, kind, list_id=list_id)
        if text and self._row and kind in _HEADED:
            self._row[-1].texts.append(text)
            self._row[-1].segments.append(index)

    def end_row(self) -> None:
        """Gives the cells of the row their heads."""
        row, self._row = self._row, []
        if not row:
            return
        if all(cell.heads_column for cell in row):
            self._set_columns(row)
        else:
            self._heads_above = 0
            self._give_heads(row)
        for cell in row:
            if cell.rows > 1:
                covered = (self._row_number + cell.rows - 1, cell.text)
                self._spanned.update(dict.fromkeys(range(cell.column, cell.column + cell.width), covered))
        self._row_number += 1

    def _set_columns(self, row: list[_Cell]) -> None:
        if len(row) == 1 and self._columns and not row[0].in_head:
            return  # a line across the table that names the rows below it
        above = self._columns if self._heads_above > 1 else {}
        self._columns = dict(above)
        for cell in row:
            for column in range(cell.column, cell.column + cell.width):
                self._columns[column] = f"{above.get(column, '')} {cell.text}".strip()
        self._heads_above = len(row)

    def _give_heads(self, row: list[_Cell]) -> None:
        until, carried = self._spanned.get(0, (-1, ""))
        first = next((cell for cell in row if cell.head), row[0])
        if until >= self._row_number and not first.head:
            row_head, first_cell = carried, None
        else:
            row_head, first_cell = first.text, first
        for cell in row:
            for index in cell.segments:
                self._collector.change(
                    index,
                    row_head=None if cell is first_cell else row_head or None,
                    column_head=self._columns.get(cell.column) or None,
                )


def _number(written: str | None) -> int:
    digits = (written or "").strip()
    return max(1, min(int(digits), _MOST_ROWS)) if digits.isascii() and digits.isdigit() and len(digits) < 6 else 1
