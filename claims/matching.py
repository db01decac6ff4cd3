"""Finds the proposition that an assertion is to be judged by, slot by slot; similarity of words only ranks.

A match needs agreement on the outcome and no disagreement on the drug or the agency. The comparison of each slot is
kept: it is what the verdict is computed from, and what ``--explain`` shows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final, Literal

import msgspec
from rapidfuzz import fuzz

from claims.propositions import SCOPE_SLOTS, Carried, Proposition
from claims.tagging import fold
from evidence.studies import TimePoint
from evidence.vocabulary import HOURS_IN

if TYPE_CHECKING:
    from claims.extraction import Assertion
    from claims.lexicon import Lexicon
    from claims.quantities import Measured

# same: one concept of each side is the same; narrower / broader: the claim's is a kind of / wider than the carried
# one; other: they share nothing; missing: the claim does not say; free: the proposition does not restrict the slot.
Relation = Literal["same", "narrower", "broader", "other", "missing", "free"]

_WEIGHTS: Final[Mapping[str, Mapping[Relation, float]]] = {
    "outcome": {"same": 4.0, "narrower": 3.0, "broader": 1.5},
    "intervention": {"same": 3.0, "narrower": 2.5, "broader": 1.5, "missing": 0.0, "other": -9.0},
    "agency": {"same": 2.0, "narrower": 2.0, "broader": 1.0, "missing": -1.5, "other": -9.0},
    "population": {"same": 1.5, "narrower": 1.2, "broader": 0.7, "missing": 0.0, "other": -3.0},
    "route": {"same": 1.5, "narrower": 1.2, "broader": 0.5, "missing": 0.0, "other": -3.0},
    "comparator": {"same": 2.0, "narrower": 1.5, "broader": 1.0, "missing": -1.0, "other": -2.0},
    "setting": {"same": 1.5, "narrower": 1.2, "broader": 0.5, "missing": -1.0, "other": -3.0},
    "species": {"same": 0.5, "narrower": 0.5, "broader": 0.2, "missing": 0.0, "other": -1.5},
}
_UNSAID: Final = {"population": -0.3, "route": -0.3, "comparator": -1.0, "setting": -0.8, "agency": -1.0}
_FIGURE_INSIDE: Final = 3.0
_FIGURE_OUTSIDE: Final = 0.5
_SIMILAR: Final = 6.0
_UNCOVERED: Final = 1.0
_TOLERANCE: Final = 0.05  # rounding: "about two thirds" for 64%
# A proposition that denies, or says that something is not shown or mixed, speaks only of exactly what it names.
_EXACT_SLOTS: Final = ("outcome", "intervention", "agency", "setting", "route")
_COVERED: Final = frozenset({"same", "narrower", "free"})
THRESHOLD: Final = 6.5


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """One slot of the claim against the same slot of the proposition."""

    slot: str
    relation: Relation
    claimed: tuple[str, ...]
    carried: tuple[str, ...]


class PairedFigure(msgspec.Struct, frozen=True, kw_only=True):
    """A figure of the claim and the aspect it answers; ``inside``: it lies in what that aspect carries."""

    figure: Measured
    aspect: str
    inside: bool


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """Why an assertion belongs to a proposition."""

    proposition: Proposition
    comparisons: tuple[Comparison, ...]
    figures: tuple[PairedFigure, ...]
    uncovered: tuple[str, ...]
    similarity: float
    score: float

    def relation(self, slot: str) -> Relation:
        return next((c.relation for c in self.comparisons if c.slot == slot), "free")


class Matcher:
    """The propositions of a library, indexed by outcome. Immutable after construction."""

    def __init__(self, propositions: Mapping[str, Proposition], lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._by_outcome: dict[str, list[Proposition]] = defaultdict(list)
        self._texts: dict[str, tuple[str, ...]] = {}
        for proposition in propositions.values():
            for outcome in proposition.scope.outcome:
                self._by_outcome[outcome].append(proposition)
            self._texts[proposition.id] = tuple(
                fold(text) for text in (proposition.statement, *(w.text for w in proposition.wordings))
            )

    def best(self, assertion: Assertion) -> Match | None:
        """The match with the highest score, or ``None`` when nothing reaches the threshold."""
        words = fold(assertion.text)
        matches = [self._match(assertion, proposition, words) for proposition in self._candidates(assertion)]
        fitting = [match for match in matches if match.score >= THRESHOLD and _applies(match)]
        return max(fitting, key=lambda m: (m.score, m.proposition.importance, m.proposition.id), default=None)

    def _candidates(self, assertion: Assertion) -> Iterable[Proposition]:
        seen: dict[str, Proposition] = {}
        for claimed in assertion.slots.outcome:
            related = self._lexicon.wider(claimed) | self._lexicon.narrower(claimed)
            for outcome in sorted(related):
                for proposition in self._by_outcome.get(outcome, ()):
                    seen.setdefault(proposition.id, proposition)
        return seen.values()

    def _match(self, assertion: Assertion, proposition: Proposition, words: str) -> Match:
        comparisons = tuple(self._compare(assertion, proposition, slot) for slot in SCOPE_SLOTS)
        score = 0.0
        for comparison in comparisons:
            score += _WEIGHTS[comparison.slot].get(comparison.relation, 0.0)
            if comparison.relation == "free" and comparison.slot in assertion.stated:
                score += _UNSAID.get(comparison.slot, 0.0)
        figures = tuple(paired_figures(assertion.measured, proposition))
        similarity = max(fuzz.token_set_ratio(words, text) for text in self._texts[proposition.id]) / 100
        score += sum(_FIGURE_INSIDE if figure.inside else _FIGURE_OUTSIDE for figure in figures)
        score += _SIMILAR * max(0.0, similarity - 0.4)
        uncovered = tuple(c for c in assertion.slots.outcome if not self._covers(c, proposition))
        score -= _UNCOVERED * len(uncovered)
        return Match(
            proposition=proposition,
            comparisons=comparisons,
            figures=figures,
            uncovered=uncovered,
            similarity=similarity,
            score=score,
        )

    def _covers(self, claimed: str, proposition: Proposition) -> bool:
        return any(self._lexicon.related(claimed, carried) for carried in proposition.scope.outcome)

    def _compare(self, assertion: Assertion, proposition: Proposition, slot: str) -> Comparison:
        claimed: tuple[str, ...] = getattr(assertion.slots, slot)
        carried: tuple[str, ...] = getattr(proposition.scope, slot)
        return Comparison(slot=slot, relation=self._relation(claimed, carried), claimed=claimed, carried=carried)

    def _relation(self, claimed: tuple[str, ...], carried: tuple[str, ...]) -> Relation:
        if not carried:
            return "free"
        if not claimed:
            return "missing"
        if set(claimed) & set(carried):
            return "same"
        if any(wider in self._lexicon.wider(c) for c in claimed for wider in carried):
            return "narrower"
        if any(c in self._lexicon.wider(p) for c in claimed for p in carried):
            return "broader"
        return "other"


def _applies(match: Match) -> bool:
    if match.proposition.polarity == "affirms":
        return True
    return all(match.relation(slot) in _COVERED for slot in _EXACT_SLOTS)


def paired_figures(measured: Iterable[Measured], proposition: Proposition) -> Iterator[PairedFigure]:
    """Each figure of the claim with the carried figure it answers to: one it lies inside, else one of its unit.

    A time that only says when another figure was measured is no figure of its own.
    """
    moments = [value.time for value in proposition.values if value.time]
    for figure in measured:
        if figure.kind in ("year", "date", "ordinal", "interval", "age"):
            continue
        rivals = [value for value in proposition.values if comparable_units(figure.unit, value.unit)]
        holding = next((value for value in rivals if inside(figure, value)), None)
        if holding is None and any(comparable_units(figure.unit, m.unit) and inside(figure, m) for m in moments):
            continue
        if holding or rivals:
            value = holding or rivals[0]
            yield PairedFigure(figure=figure, aspect=value.aspect, inside=holding is not None)


def comparable_units(left: str | None, right: str | None) -> bool:
    """Whether figures in these units can be held against each other: equal units, or both of time."""
    return left is not None and (left == right or (left in HOURS_IN and right in HOURS_IN))


def scaled(figure: Measured, unit: str) -> tuple[float, float]:
    """The figure's bounds in ``unit``; an open side is infinite."""
    scale = 1.0
    hours: Mapping[str | None, float] = dict(HOURS_IN.items())
    if figure.unit != unit and figure.unit in hours and unit in hours:
        scale = hours[figure.unit] / hours[unit]
    low = float("-inf") if figure.low is None else figure.low * scale
    high = float("inf") if figure.high is None else figure.high * scale
    return low, high


def inside(figure: Measured, value: Carried | TimePoint) -> bool:
    """Whether the figure lies inside the carried interval, rounding allowed; an open figure by the bound it has."""
    low, high = scaled(figure, value.unit)
    floor = float("-inf") if value.low is None else value.low * (1 - _TOLERANCE)
    ceiling = float("inf") if value.high is None else value.high * (1 + _TOLERANCE)
    if figure.low is None:  # "up to 70%" says only where it ends
        return floor <= high <= ceiling
    if figure.high is None:  # "at least two hours"
        return floor <= low <= ceiling
    return floor <= low and high <= ceiling
