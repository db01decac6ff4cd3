"""How often the allowed and the bent wordings of a topic say a thing: so what a claim says tells for or against it.

A comparison with single wordings sees what each shares with the claim. Counting over all wordings of the topics near it
sees what tells the allowed ones from the bent: a mark (a feature with its sign, or two words that stand together) that
bent wordings have and allowed ones lack speaks against a claim that has it.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from zlib import crc32

import msgspec
import Stemmer  # type: ignore[import-not-found]

if TYPE_CHECKING:
    from claims.frames import Frame

_WORD: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\d+(?:[.,]\d+)*%?")
_ENDS: Final = ("^", "$")
_REMEMBERED: Final = 100_000  # pairs of words
_SHIFT: Final = 16  # bits for the bent wordings of a topic that have a mark
_MASK: Final = (1 << _SHIFT) - 1
_HELD_BACK: Final = 8.0  # wordings that a mark's usual share counts for, so that few wordings tell little
_HALF: Final = 0.5
_STEM: Final = Stemmer.Stemmer("english").stemWords


class Tally(msgspec.Struct, array_like=True):
    """The wordings of a topic: how many are allowed and how many bent, and of these how many have each mark, both
    numbers in one (``allowed << 16 | bent``). ``said`` are features, ``runs`` words that stand together."""

    allowed: int = 0
    bent: int = 0
    said: dict[int, int] = {}
    runs: dict[int, int] = {}


def tally_of(wordings: Iterable[tuple[Frame, bool]]) -> Tally:
    """Counts wordings, each read, and whether it is allowed."""
    said, runs = Counter[int](), Counter[int]()
    count = {True: 0, False: 0}
    for frame, allowed in wordings:
        count[allowed] += 1
        one = 1 << _SHIFT if allowed else 1
        for mark in said_by(frame):
            said[mark] += one
        for mark in frame.runs:
            runs[mark] += one
    return Tally(count[True], count[False], dict(sorted(said.items())), dict(sorted(runs.items())))


def packed(tally: Tally) -> bytes:
    """A tally as a library keeps it."""
    return msgspec.msgpack.encode(tally)


def unpacked(kept: bytes) -> Tally:
    """A tally that a library kept; an empty one of nothing."""
    return msgspec.msgpack.decode(kept, type=Tally) if kept else Tally()


def said_by(frame: Frame) -> list[int]:
    """The marks of what a wording itself says; kinds of figures are none."""
    return [_mark(key, negated=key in frame.negated) for key in sorted(frame.own) if key[0] != "q"]


def runs_of(folded: str) -> tuple[int, ...]:
    """The marks of a text's words that stand side by side, or with one word between: with "than" and "not" among them
    they keep the order in which things are said, which features do not."""
    words = [_ENDS[0], *_STEM(_WORD.findall(folded)), _ENDS[1]]
    beside = map(_beside, words, words[1:])
    apart = map(_apart, words, words[2:])
    return tuple(sorted({*beside, *apart}))


def by_said(marks: Sequence[int], near: Sequence[tuple[float, Tally]]) -> float:
    """How far what a claim says is what allowed wordings of the topics near it say (above 0) or bent ones (below);
    each topic counts by its weight."""
    return _telling(marks, near, [(weight, tally.said) for weight, tally in near])


def by_runs(marks: Sequence[int], near: Sequence[tuple[float, Tally]]) -> float:
    """The same of the words that stand together."""
    return _telling(marks, near, [(weight, tally.runs) for weight, tally in near])


def _telling(
    marks: Sequence[int], near: Sequence[tuple[float, Tally]], known: Sequence[tuple[float, Mapping[int, int]]]
) -> float:
    """The sum of the logarithms of the odds of the marks."""
    allowed = sum(weight * tally.allowed for weight, tally in near)
    bent = sum(weight * tally.bent for weight, tally in near)
    total = 0.0
    for mark in marks:
        fine = wrong = 0.0
        for weight, counts in known:
            both = counts.get(mark)
            if both:
                fine += weight * (both >> _SHIFT)
                wrong += weight * (both & _MASK)
        if fine or wrong:
            usual = _HELD_BACK * (fine + wrong + _HALF) / (allowed + bent + 1)
            total += math.log((fine + usual) * (bent + _HELD_BACK) / ((wrong + usual) * (allowed + _HELD_BACK)))
    return total


@lru_cache(maxsize=_REMEMBERED)
def _mark(key: str, *, negated: bool) -> int:
    return crc32(f"-{key}".encode() if negated else key.encode())


@lru_cache(maxsize=_REMEMBERED)
def _beside(first: str, second: str) -> int:
    return crc32(f"{first} {second}".encode())


@lru_cache(maxsize=_REMEMBERED)
def _apart(first: str, second: str) -> int:
    return crc32(f"{first}  {second}".encode())
