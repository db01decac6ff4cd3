"""Pairs of read claims of which the library carries the one and refutes the other, on the same topic.

Candidates come from the topics that both claims are near, never from all pairs, so the work grows with the claims. A
refuted claim is paired with the nearest carried ones only: more of them say nothing new.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from claims.forms import FINDING
from claims.propositions import Fault, Scope, Verdict

if TYPE_CHECKING:
    from claims.collection import Collection
    from claims.comparisons import Compared
    from claims.lexicon import Lexicon

_CARRIED_BY: Final = 0.5  # support of a topic from which it carries a claim, and below which it refutes one
_ABOUT: Final = 0.4  # share of a refuted claim that its topic must speak to
_CARRIED_ABOUT: Final = 0.5  # the same of a carried claim
_LACKING: Final = 0.7  # share of a topic's core that a refuted claim may leave unsaid
_CARRIED_LACKING: Final = 0.75
_SHARED: Final = 1 / 3  # part of all findings of two topics that must bear on both
_LEAST: Final = 0.2  # score of a pair
_MOST: Final = 2  # pairs of one refuted claim
_KEPT: Final = 12  # carried claims looked at for one topic
# Slots in which the claims of a pair must meet when so many of the two say theirs in their own words; what the other
# carries from its surroundings may be wide of it. Outcome and setting are left to the topic: "off-label" and
# "approved" are two outcomes of one question.
_STATED_BY: Final[Mapping[str, int]] = {
    "intervention": 2, "route": 1, "population": 2, "comparator": 1, "agency": 1, "species": 1,
}  # fmt: skip
# A claim with one of these is wrong in itself; with another ("population", "causation") it may hold elsewhere.
_IRRECONCILABLE: Final = frozenset[Fault](
    {
        "number", "time", "duration", "onset", "polarity", "regulatory", "outcome", "absolute", "drug", "attribution",
        "comparator", "certainty", "generalised",
    }
)  # fmt: skip
_REFUTED: Final = frozenset[Verdict]({"contradicted", "overstated"})


class Near(msgspec.Struct, frozen=True, kw_only=True):
    """A topic that a claim was compared with; all but ``topic`` lie between 0 and 1.

    ``support``: how far the topic carries the claim. ``about``: the share of the claim that the topic says too, or
    says the contrary of. ``lacking``: the share of what the topic is about that the claim does not say.
    """

    topic: str
    likeness: float
    support: float
    about: float
    lacking: float


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """A read claim as it is paired. ``stated`` are the slots it fills in its own words.

    ``figures`` are its figures but times, ``moment`` its times in hours, ``None`` when it gives none.
    ``telling``: whether it says something of its own, and does not merely name a thing.
    """

    id: str
    verdict: Verdict
    faults: tuple[Fault, ...]
    slots: Scope
    stated: frozenset[str]
    topics: tuple[Near, ...]
    telling: bool = True
    figures: frozenset[tuple[float | None, float | None, str | None]] = frozenset()
    moment: tuple[float, float] | None = None


class Opposed(NamedTuple):
    """A carried and a refuted claim with the topics they meet by, one and the same unless they share findings."""

    score: float
    carried: str
    refuted: str
    carried_by: str
    refuted_by: str


def near_topics(compared: Iterable[Compared]) -> tuple[Near, ...]:
    """What pairing needs of each topic that a claim was compared with."""
    return tuple(
        Near(
            topic=topic.topic,
            likeness=topic.likeness,
            support=topic.support,
            about=min(1.0, sum(topic.values.get(name, 0.0) for name in ("covered", "denied", "contrary"))),
            lacking=topic.values.get("core-missing", 0.0),
        )
        for topic in compared
    )


def opposed(claims: Iterable[Placed], collection: Collection) -> Iterator[Opposed]:
    """The pairs, in the order of the refuted claims, nearest first."""
    given = [claim for claim in claims if claim.telling]
    findings = _Findings(collection)
    carried: dict[str, list[tuple[float, str, Near, Placed]]] = defaultdict(list)
    for claim in given:
        if claim.verdict == "supported":
            for near in filter(_carries, claim.topics):
                for key in (near.topic, *findings.of(near.topic)):
                    carried[key].append((-near.likeness * near.support, claim.id, near, claim))
    nearest = {key: heapq.nsmallest(_KEPT, found, key=lambda f: f[:2]) for key, found in carried.items()}
    for claim in given:
        if claim.verdict in _REFUTED and not _IRRECONCILABLE.isdisjoint(claim.faults):
            yield from _against(claim, nearest, findings, collection.lexicon)


class _Findings:
    """The findings that bear on a topic."""

    def __init__(self, collection: Collection) -> None:
        self._propositions = collection.propositions
        self._known: dict[str, frozenset[str]] = {}

    def of(self, topic: str) -> frozenset[str]:
        if topic not in self._known:
            proposition = self._propositions.get(topic)
            links = proposition.evidence if proposition else ()
            own = {topic} if topic.startswith(FINDING) else {f"{FINDING}{link.finding}" for link in links}
            self._known[topic] = frozenset(own)
        return self._known[topic]

    def shared(self, left: str, right: str) -> float:
        """From 0 to 1, how far two topics rest on the same findings; 1 for one topic."""
        if left == right:
            return 1.0
        both = self.of(left) | self.of(right)
        return len(self.of(left) & self.of(right)) / len(both) if both else 0.0


def _against(
    claim: Placed, nearest: Mapping[str, list[tuple[float, str, Near, Placed]]], findings: _Findings, lexicon: Lexicon
) -> Iterator[Opposed]:
    best: dict[str, Opposed] = {}
    for near in filter(_refutes, claim.topics):
        seen: set[tuple[str, str]] = set()
        for key in (near.topic, *findings.of(near.topic)):
            for _, other, by, right in nearest.get(key, ()):
                if (other, by.topic) in seen:
                    continue
                seen.add((other, by.topic))
                shared = findings.shared(near.topic, by.topic)
                score = shared**0.5 * near.likeness * (1 - near.support) * by.likeness * by.support
                found = Opposed(score, other, claim.id, by.topic, near.topic)
                if shared < _SHARED or score < _LEAST or (other in best and best[other] >= found):
                    continue
                if _meet(claim, right, lexicon) and _answers(right, claim) and not _at_other_times(claim, right):
                    best[other] = found
    yield from heapq.nsmallest(_MOST, best.values(), key=lambda f: (-f.score, f.carried))


def _carries(near: Near) -> bool:
    return near.support >= _CARRIED_BY and near.about >= _CARRIED_ABOUT and near.lacking <= _CARRIED_LACKING


def _refutes(near: Near) -> bool:
    return near.support < _CARRIED_BY and near.about >= _ABOUT and near.lacking <= _LACKING


def _meet(left: Placed, right: Placed, lexicon: Lexicon) -> bool:
    """Whether the scopes of two claims may be the same."""
    apart = set()
    for slot, least in _STATED_BY.items():
        a, b = getattr(left.slots, slot), getattr(right.slots, slot)
        if a and b and not any(lexicon.related(x, y) for x in a for y in b):
            if (slot in left.stated) + (slot in right.stated) >= least:
                return False
            apart.add(slot)
    return not {"intervention", "route"} <= apart  # each may be misread, but hardly both


def _answers(carried: Placed, refuted: Placed) -> bool:
    """Whether a claim with wrong figures meets one that gives any; one that denies may do without."""
    amounts = bool(carried.figures) or carried.moment is not None
    return amounts or not refuted.figures or "polarity" in refuted.faults


def _at_other_times(left: Placed, right: Placed) -> bool:
    """Whether the claims give other figures for other times; the same figures at another time do conflict."""
    if left.moment is None or right.moment is None or not left.figures or not right.figures:
        return False
    apart = max(left.moment[0], right.moment[0]) > min(left.moment[1], right.moment[1])
    return apart and left.figures.isdisjoint(right.figures)
