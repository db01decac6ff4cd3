"""Which cells of a document's tables claim something, the head of a row or the cells of it."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from claims.documents import Document, Segment
    from claims.frames import FrameReader

_FIGURES: Final = 24  # of rows with one head that count with it


class Rows:
    """Which cells of a document's tables claim something.

    A row whose head says what is claimed ("Felt better after one visit | 94%") claims it there; in any other row the
    cells do, under the heads of their row and column.
    """

    def __init__(self, document: Document, reader: FrameReader) -> None:
        self._reader = reader
        # By the head of their row, with their column's. A table may stand in a text many times: each cell counts once.
        self._cells: dict[str, dict[tuple[str, str], None]] = {}
        self._known: dict[str, bool] = {}
        self._told: dict[str, tuple[str, ...]] = {}
        self._heads: dict[int, tuple[str, ...]] = {}  # of a block's cells, by its identity
        for _, segments, _ in document.parts:
            if id(segments) in self._heads:
                continue
            heads = dict.fromkeys(s.row_head or s.text for s in segments if s.kind == "table-cell")
            self._heads[id(segments)] = tuple(heads)
            for segment in segments if heads else ():
                if segment.kind == "table-cell" and segment.row_head:
                    cells = self._cells.setdefault(segment.row_head, {})
                    cells[segment.text, segment.column_head or ""] = None

    def bearing(self, segments: tuple[Segment, ...]) -> tuple[object, ...]:
        """What the tables of the document say of the cells in one of its blocks."""
        return tuple([(self._headed(head), self._figures(head)) for head in self._heads[id(segments)]])

    def claims(self, cell: Segment) -> bool:
        """Whether a cell claims something."""
        if cell.row_head is None:
            return bool(self.figures(cell))
        return not (self._headed(cell.row_head) and self._reader.is_bare(cell.text))

    def figures(self, cell: Segment) -> tuple[str, ...]:
        """The figures of a row whose head is this cell and makes the claim; none for any other cell."""
        return self._figures(cell.text) if cell.kind == "table-cell" and cell.row_head is None else ()

    def columns(self, cell: Segment) -> tuple[str, ...]:
        """The heads of the columns in which these figures stand: whose they are."""
        heads = self._cells[cell.text] if self.figures(cell) else ()
        return tuple(islice(dict.fromkeys(column for _, column in heads if column), _FIGURES))

    def _figures(self, head: str) -> tuple[str, ...]:
        told = self._told.get(head)
        if told is None:
            cells = self._cells[head] if self._headed(head) else ()
            bare = dict.fromkeys(text for text, _ in cells if self._reader.is_bare(text))
            told = self._told[head] = tuple(islice(bare, _FIGURES))
        return told

    def _headed(self, head: str) -> bool:
        """Whether a row's head says what is claimed, and its columns do not."""
        known = self._known.get(head)
        if known is None:
            columns = tuple(dict.fromkeys(column for _, column in self._cells.get(head, ())))
            known = self._known[head] = bool(columns) and self._reader.heads_claim(head, columns)
        return known
