"""How often the allowed and the bent wordings of a topic say a thing: so what a claim says tells for or against it.

A comparison with single wordings sees what each shares with the claim. Counting over all wordings of the topics near it
sees what tells the allowed ones from the bent: a mark (a feature with its sign, or two words that stand together) that
bent wordings have and allowed ones lack speaks against a claim that has it. The same tells whether a claim that is not
carried is more like what is contradicted or like what is overstated.
"""

from __future__ import annotations

import heapq
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from zlib import crc32

import msgspec
import Stemmer  # type: ignore[import-not-found]

from claims.mark_counts import MarkCounts, mark_counts
from claims.poles import count_poles

if TYPE_CHECKING:
    from claims.frames import Frame
    from claims.propositions import Verdict

_WORD: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\d+(?:[.,]\d+)*%?")
_ENDS: Final = ("^", "$")
_REMEMBERED: Final = 100_000  # pairs of words
_BITS: Final = 12  # for the wordings of a topic that have a mark, of each kind
_MOST: Final = (1 << _BITS) - 1
_HELD_BACK: Final = 8.0  # wordings that a mark's usual share counts for, so that few wordings tell little
_HALF: Final = 0.5
_FEWEST: Final = 5  # bent wordings of a whole library that must have a mark
_WIDE: Final = 32  # the same for a whole library
_LOW: Final = (1 << _WIDE) - 1
_KEPT: Final = 50_000  # marks of a whole library, the commonest
_STEM: Final = Stemmer.Stemmer("english").stemWords
_KINDS: Final[Mapping[Verdict, int]] = {"supported": 0, "contradicted": 1, "overstated": 2}
_OTHER: Final = 3


class Tally(msgspec.Struct, array_like=True):
    """How many wordings are allowed, bent so that they are contradicted, or overstated, or of another verdict; and
    for each mark how many of them have it, the four numbers in one, the allowed in its lowest bits. ``said`` are
    features, ``runs`` words that stand together, ``poles`` those of ``claims/poles.py``."""

    wordings: tuple[int, int, int, int] = (0, 0, 0, 0)
    said: MarkCounts = MarkCounts()
    runs: MarkCounts = MarkCounts()
    poles: dict[int, int] = {}


class Odds(msgspec.Struct, frozen=True):
    """Sums of logarithms of odds: ``allowed``, of allowed wordings against bent ones; ``contradicted``, of wordings
    that are contradicted against those that are overstated. 0: nothing told."""

    allowed: float = 0.0
    contradicted: float = 0.0


def tally_of(wordings: Iterable[tuple[Frame, Verdict]]) -> Tally:
    """Counts wordings, each read, by their verdicts; ``supported`` are the allowed ones."""
    said, runs = Counter[int](), Counter[int]()
    count = [0, 0, 0, 0]
    poles: list[tuple[tuple[int, ...], int]] = []
    for frame, verdict in wordings:
        kind = _KINDS.get(verdict, _OTHER)
        if count[kind] == _MOST:
            continue
        count[kind] += 1
        one = 1 << kind * _BITS
        for mark in said_by(frame):
            said[mark] += one
        for mark in frame.runs:
            runs[mark] += one
        poles.append((frame.poles, kind))
    first, second, third, fourth = count
    return Tally((first, second, third, fourth), mark_counts(said), mark_counts(runs), count_poles(poles))


class Overall(msgspec.Struct, array_like=True):
    """The bent wordings of a whole library: how many are contradicted and how many overstated, and for each mark, the
    two numbers in one, the contradicted in its lowest bits."""

    wordings: tuple[int, int] = (0, 0)
    said: MarkCounts = MarkCounts()
    runs: MarkCounts = MarkCounts()


class Gathering:
    """The bent wordings of a whole library, counted topic by topic."""

    def __init__(self) -> None:
        self._said, self._runs = (Counter[int](), Counter[int]()), (Counter[int](), Counter[int]())
        self._count = [0, 0]

    def add(self, tally: Tally) -> None:
        for place in (0, 1):
            self._count[place] += tally.wordings[place + 1]
        for counters, marks in ((self._said, tally.said), (self._runs, tally.runs)):
            for mark, counts in marks.items():
                for place in (0, 1):
                    number = counts >> (place + 1) * _BITS & _MOST
                    if number:
                        counters[place][mark] += number

    def tally(self) -> Overall:
        """The marks that enough wordings have, the commonest if there are very many."""
        return Overall((self._count[0], self._count[1]), _commonest(*self._said), _commonest(*self._runs))


def _commonest(contradicted: Counter[int], overstated: Counter[int]) -> MarkCounts:
    often = [(n, mark) for mark, n in (contradicted + overstated).items() if n >= _FEWEST]
    often = heapq.nlargest(_KEPT, often) if len(often) > _KEPT else often
    return mark_counts({mark: contradicted[mark] | overstated[mark] << _WIDE for _, mark in often})


def packed(tally: Tally | Overall) -> bytes:
    """A tally as a library keeps it."""
    return msgspec.msgpack.encode(tally)


def unpacked(kept: bytes) -> Tally:
    """A topic's tally that a library kept; an empty one of nothing."""
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


def by_said(marks: Sequence[int], near: Sequence[tuple[float, Tally]]) -> Odds:
    """What the wordings of the topics near a claim tell of what it says; each topic counts by its weight."""
    return _odds(marks, near, [(weight, tally.said) for weight, tally in near])


def by_runs(marks: Sequence[int], near: Sequence[tuple[float, Tally]]) -> Odds:
    """The same of the words that stand together."""
    return _odds(marks, near, [(weight, tally.runs) for weight, tally in near])


def by_all(marks: Sequence[int], wordings: tuple[int, int], counts: MarkCounts) -> float:
    """The odds of being contradicted against those of being overstated by all bent wordings of a library."""
    found = counts.among(marks).get
    return sum(_told(both & _LOW, both >> _WIDE, *wordings) for mark in marks if (both := found(mark)))


def _odds(marks: Sequence[int], near: Sequence[tuple[float, Tally]], kept: Sequence[tuple[float, MarkCounts]]) -> Odds:
    fine_ones, contradicted, overstated, others = (
        sum(weight * tally.wordings[kind] for weight, tally in near) for kind in range(4)
    )
    bent = contradicted + overstated + others
    known = [(weight, counts.among(marks)) for weight, counts in kept]
    anywhere = set[int]().union(*(found for _, found in known))
    allowed = contrary = 0.0
    for mark in filter(anywhere.__contains__, marks):
        fine = wrong = over = other = 0.0
        for weight, counts in known:
            found = counts.get(mark)
            if found:
                fine += weight * (found & _MOST)
                wrong += weight * (found >> _BITS & _MOST)
                over += weight * (found >> 2 * _BITS & _MOST)
                other += weight * (found >> 3 * _BITS)
        of_bent = wrong + over + other
        if fine or of_bent:
            allowed += _told(fine, of_bent, fine_ones, bent)
        if wrong or over:
            contrary += _told(wrong, over, contradicted, overstated)
    return Odds(allowed, contrary)


def _told(one: float, other: float, ones: float, others: float) -> float:
    """The logarithm of the odds of a mark that ``one`` of the ``ones`` and ``other`` of the ``others`` have."""
    usual = _HELD_BACK * (one + other + _HALF) / (ones + others + 1)
    return math.log((one + usual) * (others + _HELD_BACK) / ((other + usual) * (ones + _HELD_BACK)))


@lru_cache(maxsize=_REMEMBERED)
def _mark(key: str, *, negated: bool) -> int:
    return crc32(f"-{key}".encode() if negated else key.encode())


@lru_cache(maxsize=_REMEMBERED)
def _beside(first: str, second: str) -> int:
    return crc32(f"{first} {second}".encode())


@lru_cache(maxsize=_REMEMBERED)
def _apart(first: str, second: str) -> int:
    return crc32(f"{first}  {second}".encode())
