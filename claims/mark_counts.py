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

_ROOM: Final = 8  # slots for each mark, at least: one look-up in eight or fewer goes on in vain


class MarkCounts(msgspec.Struct, frozen=True, array_like=True):
    """A number for each mark, both below 2 ** 64 and marks below 2 ** 32. ``marks`` are in order, with their numbers at
    the same places of ``counts``; ``slots`` has a 1 where the lowest bits of any mark point."""

    slots: bytes = b"\0"
    marks: bytes = b""
    counts: bytes = b""

    def items(self) -> Iterator[tuple[int, int]]:
        """All marks, in order, with their numbers."""
        return zip(memoryview(self.marks).cast("I"), memoryview(self.counts).cast("Q"), strict=True)

    def among(self, marks: Sequence[int]) -> dict[int, int]:
        """Those of these marks that there are, with their numbers."""
        pointed = map(and_, marks, repeat(len(self.slots) - 1))
        known, counts = memoryview(self.marks).cast("I"), memoryview(self.counts).cast("Q")
        found = {}
        for mark in compress(marks, map(self.slots.__getitem__, pointed)):
            place = bisect_left(known, mark)
            if place < len(known) and known[place] == mark:
                found[mark] = counts[place]
        return found


def mark_counts(counted: Mapping[int, int]) -> MarkCounts:
    """The marks with their numbers, to be kept."""
    if not counted:
        return MarkCounts()
    marks = sorted(counted)
    slots = bytearray(1 << (_ROOM * len(marks) - 1).bit_length())
    for mark in marks:
        slots[mark & len(slots) - 1] = 1
    return MarkCounts(bytes(slots), array("I", marks).tobytes(), array("Q", map(counted.__getitem__, marks)).tobytes())
