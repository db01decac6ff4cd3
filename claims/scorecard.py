"""What the comparisons of a claim with a topic weigh: points for the evidence carrying it, and else for each verdict.

The points are data (``claims/data/scorecard.toml``). They are given by trees of questions, each on one comparison;
every step down a tree gives or takes points, and the sum of all steps is the sum of the trees, so that what each
comparison gave can be told.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Final, TypeAlias, cast

import msgspec

from claims.kept_records import load_kept_record
from claims.propositions import Verdict
from evidence.records import Record

SCORECARD_FILE: Final = Path(__file__).parent / "data" / "scorecard.toml"
_TOLD: Final = 8
_FARTHEST: Final = 50.0  # points beyond which no more are counted

Told = list[tuple[str, float]]  # comparisons with their values
_Linked: TypeAlias = "tuple[int, float, _Linked, _Linked] | float"


class Card(Record, frozen=True, kw_only=True):
    """What each comparison weighs; unnamed comparisons weigh nothing."""

    base: float
    weights: dict[str, float]

    def total(self, told: Told) -> float:
        return self.base + _weighed(self.weights, told)


class Steps(Record, frozen=True, kw_only=True):
    """The points that a comparison gives: the first of ``points`` up to the first of ``at``, the second up to the
    second, and the last beyond them all. A comparison that is 0 gives none."""

    at: tuple[float, ...]
    points: tuple[float, ...]

    def of(self, value: float) -> float:
        return self.points[bisect_left(self.at, value)]


class Tree(Record, frozen=True, kw_only=True):
    """Questions, the first of which is asked first: whether the comparison of that number is at most ``at``. The
    answer leads to another question, ``low`` if so and else ``high``, or to an end, which is told as -1 - its number.
    ``points``: what is given where one is, at each question, and at each end, ``ends``."""

    asks: tuple[int, ...]
    at: tuple[float, ...]
    low: tuple[int, ...]
    high: tuple[int, ...]
    points: tuple[float, ...]
    ends: tuple[float, ...]


class Scorecard(Record, frozen=True, kw_only=True, dict=True):
    """What each comparison gives for the evidence carrying a claim, by ``weights`` or by ``trees``, which ask for
    comparisons by their number among ``names``; and what it weighs for each verdict when the evidence does not.
    ``meant``: what it gives for a topic being the one that is meant."""

    base: float
    weights: dict[str, float] = msgspec.field(default_factory=dict)
    names: tuple[str, ...] = ()
    trees: tuple[Tree, ...] = ()
    meant: dict[str, Steps] = msgspec.field(default_factory=dict)
    verdicts: dict[Verdict, Card] = msgspec.field(default_factory=dict)

    def support(self, values: Mapping[str, float]) -> float:
        """From 0 to 1, how far the evidence carries the claim."""
        total = self.base + _weighed(self.weights, _told_by(values)) + sum(self._given(values))
        return 1 / (1 + math.exp(-max(-_FARTHEST, min(_FARTHEST, total))))

    def meaning(self, values: Mapping[str, float]) -> float:
        """The higher, the rather a claim speaks of the topic with these comparisons than of another one near it."""
        return sum([self.meant[name].of(value) for name, value in values.items() if value and name in self.meant])

    def fits(self, values: Mapping[str, float]) -> dict[Verdict, float]:
        """How well each verdict fits a claim which the evidence does not carry."""
        told = _told_by(values)
        return {verdict: card.total(told) for verdict, card in self.verdicts.items()}

    def tally(self, values: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
        """What weighed most, for (above 0) or against: each step down a tree is the work of what it asks for."""
        points = {name: self.weights[name] * value for name, value in _told_by(values) if name in self.weights}
        for name, given in self._steps(values):
            points[name] = points.get(name, 0.0) + given
        parts = ((name, round(given, 2)) for name, given in points.items())
        return tuple(sorted((p for p in parts if p[1]), key=lambda p: (-abs(p[1]), p[0]))[:_TOLD])

    def _given(self, values: Mapping[str, float]) -> Iterator[float]:
        """What each tree gives."""
        asked = [values.get(name, 0.0) for name in self.names]
        for tree in self._linked:
            here = tree
            while type(here) is tuple:
                here = here[2] if asked[here[0]] <= here[1] else here[3]
            yield cast("float", here)

    def _steps(self, values: Mapping[str, float]) -> Iterator[tuple[str, float]]:
        for tree in self.trees:
            here = 0 if tree.asks else -1
            points = 0.0
            while here >= 0:
                name = self.names[tree.asks[here]]
                here = tree.low[here] if values.get(name, 0.0) <= tree.at[here] else tree.high[here]
                then = tree.points[here] if here >= 0 else tree.ends[-1 - here]
                yield name, then - points
                points = then

    @cached_property
    def _linked(self) -> list[_Linked]:
        return [_linked(tree, 0 if tree.asks else -1) for tree in self.trees]


def _linked(tree: Tree, here: int) -> _Linked:
    """A tree from here as it is asked fastest: number, bound, and the parts on either side of it, or what it gives."""
    if here < 0:
        return tree.ends[-1 - here]
    return tree.asks[here], tree.at[here], _linked(tree, tree.low[here]), _linked(tree, tree.high[here])


def _told_by(values: Mapping[str, float]) -> Told:
    """The comparisons that tell anything; two in three are 0."""
    return [(name, value) for name, value in values.items() if value]


def _weighed(weights: Mapping[str, float], told: Told) -> float:
    """The sum of the values, each times its weight; an unnamed one weighs nothing."""
    return sum([weights[name] * value for name, value in told if name in weights])


def load_scorecard(path: Path = SCORECARD_FILE) -> Scorecard:
    """The weights. Raises LibraryError when the file is wrong."""
    return load_kept_record(path, Scorecard, name=path.name)
