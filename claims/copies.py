"""Pairs of places: what many places say alike is compared once, and so many pairs are told as there are places.

A site says one sentence on every page. Two sentences that part, each on a thousand pages, make a million pairs, of
which nobody learns more than from the nearest: so few places are paired all with all, of many each with the nearest.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Final

_FEW: Final = 64  # pairs that are all told


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
