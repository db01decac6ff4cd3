"""What many places say alike is compared once; of its places so many pairs are told as there are places.

A site says one sentence on every page. Two sentences that part, each on a thousand pages, make a million pairs, of
which nobody learns more than from the nearest: so few places are paired all with all, of many each with the nearest.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from claims.conflicts import Stated

_FEW: Final = 64  # pairs that are all told
_PAGE: Final = 1 << 32  # claims of one document are nearer than those of any other


class Copies:
    """The claims of a run by what they state. ``first`` holds by id the first claim of each statement, ``ids`` all."""

    def __init__(self) -> None:
        self.first: dict[str, Stated] = {}
        self.ids: set[str] = set()
        self._by_statement: dict[bytes, str] = {}
        self._places: dict[str, list[int]] = {}
        self._pages: list[list[str]] = []

    def add(self, claims: Iterable[Stated]) -> None:
        """The claims of one more document."""
        page: list[str] = []
        for claim in claims:
            statement: bytes = getattr(claim, "statement", b"")
            first = self._by_statement.setdefault(statement, claim.id) if statement else claim.id
            self.first.setdefault(first, claim)
            self._places.setdefault(first, []).append(len(self._pages) * _PAGE + len(page))
            page.append(claim.id)
        self.ids.update(page)
        self._pages.append(page)

    def pairs(self, left: str, right: str) -> Iterator[tuple[str, str]]:
        """Pairs of claims that state what these two do, the first of their statements."""
        for a, b in nearest_pairs(self._places[left], self._places[right]):
            yield self._claim(a), self._claim(b)

    def _claim(self, place: int) -> str:
        return self._pages[place // _PAGE][place % _PAGE]


def nearest_pairs(left: Sequence[int], right: Sequence[int]) -> Iterable[tuple[int, int]]:
    """Pairs of places on two sides, both in order: all of them when they are few, else each place with the nearest on
    the other side."""
    if len(left) * len(right) <= _FEW:
        return [(a, b) for a in left for b in right]
    near = dict.fromkeys((a, _nearest(a, right)) for a in left)
    return near | dict.fromkeys((_nearest(b, left), b) for b in right)


def _nearest(place: int, others: Sequence[int]) -> int:
    at = bisect_left(others, place)
    return min(others[max(0, at - 1) : at + 1], key=lambda other: abs(other - place))
