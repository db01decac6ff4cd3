"""How often marks occur, kept so that a few marks are looked up without reading the others into memory.

A topic has some hundreds of marks and a claim some dozens, of which the topic knows a few.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import compress, repeat
from operator import and_
from typing import Final

import msgspec

_ROOM: Final = 8  # slots for each mark, at least: of the marks that are none, one in eight is looked up in vain

_COPIED: Final = 1 << 14  # bytes that are copied to be searched


class MarkCounts(msgspec.Struct, frozen=True, array_like=True):
    """A number below 2 ** 64 for each mark below 2 ** 32.

    ``marks`` are in order and have their numbers at the same places of ``counts``; ``slots`` has a 1 where the lowest
    bits of any mark point.
    """

    slots: memoryview = memoryview(b"\0")  # in place: those of a large library are half a megabyte
    marks: memoryview = memoryview(b"")
    counts: memoryview = memoryview(b"")

    def items(self) -> Iterator[tuple[int, int]]:
        """All marks, in order, with their numbers."""
        return zip(self.marks.cast("I"), self.counts.cast("Q"), strict=True)

    def among(self, marks: Sequence[int]) -> dict[int, int]:
        """Those of these marks that there are, with their numbers."""
        pointed = map(and_, marks, repeat(len(self.slots) - 1))
        known: array[int] | memoryview
        if len(self.marks) > _COPIED:
            known = self.marks.cast("I")
        else:
            known = array("I")
            known.frombytes(self.marks)  # searched faster
        counts = self.counts.cast("Q")
        last, found = len(known), {}
        for mark in compress(marks, map(self.slots.__getitem__, pointed)):
            place = bisect_left(known, mark)
            if place < last and known[place] == mark:
                found[mark] = counts[place]
        return found


def mark_counts(counted: Mapping[int, int]) -> MarkCounts:
    """The marks with their numbers, to be kept."""
    marks = sorted(counted)
    slots = bytearray(1 << (_ROOM * len(marks) - 1).bit_length() if marks else 1)
    for mark in marks:
        slots[mark & len(slots) - 1] = 1
    counts = array("Q", map(counted.__getitem__, marks))
    return MarkCounts(memoryview(slots), memoryview(array("I", marks)).cast("B"), memoryview(counts).cast("B"))
