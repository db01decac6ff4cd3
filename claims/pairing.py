"""Pairs of read claims that cannot both hold: one topic carries the one and refutes the other, or their words part.

Candidates come from the topics that both claims are near, and from rare features that both share, never from all
pairs, so the work grows with the claims. A refuted claim is paired with the nearest carried ones only: more of them
say nothing new.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from claims.contrasts import Contrast, Contrasts
from claims.forms import FINDING
from claims.frames import Frame
from claims.memory import Memory
from claims.propositions import Fault, Scope, Verdict
from claims.senses import load_senses

if TYPE_CHECKING:
    from claims.collection import Collection
    from claims.comparisons import Compared
    from claims.lexicon import Lexicon

_CARRIED_BY: Final = 0.5  # support of a topic from which it carries a claim, and below which it refutes one
_ABOUT: Final = 0.5  # share of a claim that a topic must speak to; below it the pair scores less
_SHARED: Final = 1 / 3  # part of all findings of two topics that must bear on both
_LEAST: Final = 0.13  # score of a pair whose words say the contrary
_UNWORDED: Final = 0.165  # score of another pair
_SURE: Final = 0.2  # score from which the words need not be alike
_ALIKE: Final = 0.1  # likeness of words of two claims that meet by a topic
# Likeness of words of two claims that part by their words: one carried and one not, with two contrasts or with one;
# others; both carried, or of no outcome that they share; with other figures.
_TWICE_CONTRARY: Final = 0.3
_CONTRARY: Final = 0.4
_CLOSE: Final = 0.45
_CLOSER: Final = 0.5
_SAME: Final = 0.75
_MOST: Final = 3  # pairs of one refuted claim
_REMEMBERED: Final = 200_000  # pairs of a refuted and a carried claim's topics
_KEPT: Final = 12  # carried claims looked at for one topic
# Slots in which the claims of a pair must meet when so many of the two say theirs in their own words; what the other
# carries from its surroundings may be wide of it. Outcome and setting are left to the topic: "off-label" and
# "approved" are two outcomes of one question.
SCOPE_OF_PAIRS: Final[Mapping[str, int]] = {
    "intervention": 2, "route": 1, "population": 2, "comparator": 1, "agency": 1, "species": 1,
}  # fmt: skip
# A claim with one of these is wrong in itself; with another ("population", "causation") it may hold elsewhere.
_IRRECONCILABLE: Final = frozenset[Fault](
    {
        "number", "time", "duration", "onset", "polarity", "regulatory", "outcome", "absolute", "drug", "attribution",
        "comparator", "certainty", "generalised",
    }
)  # fmt: skip
REFUTED: Final = frozenset[Verdict]({"contradicted", "overstated"})


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
    ``frame`` is what its words say, ``support`` how far the evidence carries it, from 0 to 1. ``telling``: whether it
    says something of its own, and does not merely name a thing.
    """

    id: str
    verdict: Verdict
    faults: tuple[Fault, ...]
    slots: Scope
    stated: frozenset[str]
    topics: tuple[Near, ...]
    telling: bool = True
    figures: frozenset[tuple[float, float, str]] = frozenset()
    moment: tuple[float, float] | None = None
    frame: Frame = Frame(features={})
    support: float = 0.0


class Opposed(NamedTuple):
    """A carried and a refuted claim with the topics they meet by, one and the same unless they share findings.

    ``contrary``: their words part too.
    """

    score: float
    carried: str
    refuted: str
    carried_by: str
    refuted_by: str
    contrary: bool = False


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


class Parted(NamedTuple):
    """Two claims whose own words say the contrary of each other, the better carried first."""

    likeness: float
    left: str
    right: str
    contrasts: frozenset[Contrast]


def contrasts_of(claims: Iterable[Placed], opposite: Mapping[str, str] | None) -> Contrasts:
    """The claims of one run, ready to be held against each other."""
    known = load_senses().opposite if opposite is None else opposite
    return Contrasts({claim.id: claim.frame for claim in claims}, known)


def opposed(
    claims: Iterable[Placed], collection: Collection, opposite: Mapping[str, str] | None = None
) -> Iterator[Opposed]:
    """The pairs of which a topic carries the one and refutes the other, in the order of the refuted, nearest first.

    ``opposite`` gives the contrary of a sense; ``None`` reads it from the book of senses, which takes a while.
    """
    given = [claim for claim in claims if claim.telling]
    findings = Findings(collection)
    meeting = _Meeting(findings, contrasts_of(given, opposite), collection.lexicon)
    carried: dict[str, list[tuple[float, str, Near, Placed]]] = defaultdict(list)
    for claim in given:
        if claim.verdict == "supported":
            for near in claim.topics:
                if near.support >= _CARRIED_BY:
                    for key in (near.topic, *findings.of(near.topic)):
                        carried[key].append((-nearness_of(near) * near.support, claim.id, near, claim))
    nearest = {key: heapq.nsmallest(_KEPT, found, key=lambda f: f[:2]) for key, found in carried.items()}
    for claim in given:
        if claim.verdict in REFUTED:
            yield from meeting.against(claim, nearest)


def parted(claims: Iterable[Placed], lexicon: Lexicon, opposite: Mapping[str, str] | None = None) -> Iterator[Parted]:
    """The pairs that part by their own words, whatever the library says of them; each once. ``opposite`` as above."""
    given = {claim.id: claim for claim in claims if claim.telling and claim.frame.own}
    contrasts = contrasts_of(given.values(), opposite)
    for one, other in contrasts.candidates():
        left, right = sorted((given[one], given[other]), key=lambda claim: (claim.verdict != "supported", claim.id))
        if _apart(left, right, lexicon) or other_studies(left, right):
            continue
        likeness = contrasts.likeness(one, other)
        found = contrasts.between(one, other) if likeness >= _TWICE_CONTRARY else frozenset[Contrast]()
        if found and _parts(left, right, found, likeness):
            yield Parted(likeness, left.id, right.id, found)


class Findings:
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


class _Meeting:
    """Finds for a refuted claim the carried ones that it meets."""

    def __init__(self, findings: Findings, contrasts: Contrasts, lexicon: Lexicon) -> None:
        self._findings = findings
        self._contrasts = contrasts
        self._lexicon = lexicon
        self._scores: Memory[tuple[int, int], float] = Memory(_REMEMBERED)

    def against(self, claim: Placed, nearest: Mapping[str, list[tuple[float, str, Near, Placed]]]) -> Iterator[Opposed]:
        best: dict[str, Opposed] = {}
        for near in claim.topics:
            if near.support >= _CARRIED_BY:
                continue
            seen: set[tuple[str, str]] = set()
            for key in (near.topic, *self._findings.of(near.topic)):
                for _, other, by, right in nearest.get(key, ()):
                    if (other, by.topic) in seen:
                        continue
                    seen.add((other, by.topic))
                    score = self._score(near, by)
                    if score < _LEAST or (other in best and best[other].score >= score):
                        continue
                    contrary = self._contrary(right, claim)
                    if self._meets(right, claim, score, contrary):
                        best[other] = Opposed(score, other, claim.id, by.topic, near.topic, contrary)
        ranked = sorted(best.values(), key=lambda f: (not f.contrary, -f.score, f.carried))
        yield from ranked[:_MOST]

    def _score(self, refuted: Near, carried: Near) -> float:
        pair = id(refuted), id(carried)  # what pages repeat is near the same topics
        known = self._scores.get(pair)
        if known is None:
            known = self._scores.keep(pair, self._scored(refuted, carried))
        return known

    def _scored(self, refuted: Near, carried: Near) -> float:
        shared = self._findings.shared(refuted.topic, carried.topic)
        if shared < _SHARED:
            return 0.0
        return math.sqrt(shared) * nearness_of(refuted) * nearness_of(carried) * (carried.support - refuted.support)

    def _contrary(self, carried: Placed, refuted: Placed) -> bool:
        return bool(self._contrasts.between(carried.id, refuted.id) - {"amount"})

    def _meets(self, carried: Placed, refuted: Placed, score: float, contrary: bool) -> bool:
        if not meet(refuted, carried, self._lexicon) or not _answers(carried, refuted):
            return False
        if at_other_times(carried, refuted) or other_studies(carried, refuted):
            return False
        if score < _SURE and self._contrasts.likeness(carried.id, refuted.id) < _ALIKE:
            return False
        return contrary or (score >= _UNWORDED and not _IRRECONCILABLE.isdisjoint(refuted.faults))


def nearness_of(near: Near) -> float:
    """How near a claim is to what a topic is about: like it, about it, and leaving little of it unsaid."""
    return near.likeness * min(1.0, near.about / _ABOUT) * math.sqrt(1 - near.lacking)


def _parts(left: Placed, right: Placed, found: frozenset[Contrast], likeness: float) -> bool:
    """Whether contrasts between claims so alike are a conflict."""
    verdicts = {left.verdict, right.verdict}
    carried, refuted = "supported" in verdicts, not verdicts.isdisjoint(REFUTED)
    worded = found & {"opposite", "negation", "share"}
    if not worded:
        figures = found & {"amount", "extent"}
        return bool(figures) and likeness >= _SAME and not at_other_times(left, right)
    if _of_one_outcome(left, right):
        if carried and refuted:
            return likeness >= (_CONTRARY if len(worded) == 1 and "share" not in worded else _TWICE_CONTRARY)
        return (carried or refuted) and likeness >= (_CLOSE if refuted else _CLOSER)
    return carried and (refuted or len(verdicts) == 1) and likeness >= _CLOSER


def _of_one_outcome(left: Placed, right: Placed) -> bool:
    return not set(left.slots.outcome).isdisjoint(right.slots.outcome)


def other_studies(left: Placed, right: Placed) -> bool:
    """Whether each names studies, and none that the other names."""
    a, b = left.frame.studies, right.frame.studies
    return bool(a) and bool(b) and set(a).isdisjoint(b)


def _apart(left: Placed, right: Placed, lexicon: Lexicon) -> bool:
    """Whether two claims speak of other things, at least one of them in its own words."""
    stated = left.stated | right.stated
    return any(slot in stated and differ(slot, left, right, lexicon) for slot in SCOPE_OF_PAIRS)


def meet(left: Placed, right: Placed, lexicon: Lexicon, loose: Container[str] = ()) -> bool:
    """Whether the scopes of two claims may be the same; in a ``loose`` slot only what both say themselves counts."""
    apart = set()
    for slot, least in SCOPE_OF_PAIRS.items():
        if differ(slot, left, right, lexicon):
            if (slot in left.stated) + (slot in right.stated) >= (2 if slot in loose else least):
                return False
            apart.add(slot)
    return not {"intervention", "route"} <= apart  # each may be misread, but hardly both


def differ(slot: str, left: Placed, right: Placed, lexicon: Lexicon) -> bool | None:
    """Whether two claims fill a slot with other things; ``None`` when one leaves it open."""
    a, b = _concepts(slot, left), _concepts(slot, right)
    return not any(lexicon.related(x, y) for x in a for y in b) if a and b else None


def _concepts(slot: str, claim: Placed) -> tuple[str, ...]:
    """What fills a slot; a route that was carried over belongs to the drug that was, not to one newly named."""
    if slot == "route" and slot not in claim.stated and "intervention" in claim.stated:
        return ()
    concepts: tuple[str, ...] = getattr(claim.slots, slot)
    return concepts


def _answers(carried: Placed, refuted: Placed) -> bool:
    """Whether a claim with wrong figures meets one that gives any; one that denies may do without."""
    amounts = bool(carried.figures) or carried.moment is not None
    return amounts or not refuted.figures or "polarity" in refuted.faults


def at_other_times(left: Placed, right: Placed) -> bool:
    """Whether the claims give other figures for other times; the same figures at another time do conflict."""
    if left.moment is None or right.moment is None or not left.figures or not right.figures:
        return False
    apart = max(left.moment[0], right.moment[0]) > min(left.moment[1], right.moment[1])
    return apart and left.figures.isdisjoint(right.figures)
