"""The wordings that a library knows, each with its verdict, as an index in which a claim finds its nearest.

A form is a proposition's statement, an allowed wording, a wording that bends it, or a finding's summary. Forms that
share rare features with a claim are ranked by the cosine of their weighted features: that only ranks candidates, what
is judged is how the claim compares with what the proposition's forms allow.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import islice, repeat
from operator import mul
from typing import TYPE_CHECKING, Final, Literal, Protocol

import msgspec

from claims.form_index import FormIndex, pairs_of, slot_weight
from claims.frames import Frame
from claims.propositions import Carried, Fault, Qualifier, Scope, Verdict
from claims.senses import SenseWords
from claims.tagging import TagWords

if TYPE_CHECKING:
    from claims.study_index import StudyIndex
    from claims.wordings import Allowance

Kind = Literal["statement", "wording", "bent", "finding"]
FINDING: Final = "finding:"  # begins the id of a topic made from one finding
_ZEROS: Final = repeat(0.0)
_UNKNOWN: Final = 0.8  # a feature that no form has weighs this share of the rarest
_FLIPPED: Final = 0.3  # what a shared feature counts when one side denies it
_OUTSIDE: Final = 0.7  # weight of a word that is no part of a concept's name
_LENT: Final = 0.5  # weight from which what only the surroundings name counts as said


class Topic(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """What forms are wordings of: a proposition, or one finding. ``requires`` as in a proposition."""

    id: str
    scope: Scope
    values: tuple[Carried, ...] = ()
    findings: tuple[str, ...] = ()
    requires: tuple[Qualifier, ...] = ()
    affirms: bool = True
    factual: bool = False
    years: tuple[float, ...] = ()

    @property
    def is_finding(self) -> bool:
        return self.id.startswith(FINDING)


class Form(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """One wording; ``fault`` and ``missing`` say what is wrong with a bent one. ``bend`` numbers the distortion."""

    topic: str
    kind: Kind
    verdict: Verdict
    frame: Frame
    fault: Fault | None = None
    missing: tuple[Qualifier, ...] = ()
    bend: int | None = None

    @property
    def allowed(self) -> bool:
        return self.kind != "bent"


class Features:
    """The features of a wording, ready to be compared.

    ``weights`` are those of its features times their scale, in the order in which they were read; the first ``said``
    are the wording's own, what follows comes from its surroundings or its record.
    """

    def __init__(
        self, weights: dict[str, float], bases: Collection[float], negated: frozenset[str], said: int, norm: float
    ) -> None:
        self.weights = weights
        self.bases = bases
        self.negated = negated
        self.norm = norm
        self.swappable: list[tuple[str, float, str, str | None]] | None = None  # kept for ``comparisons``
        self._said = said

    @cached_property
    def own(self) -> dict[str, float]:
        """The weights of what the wording itself says."""
        return dict(islice(self.weights.items(), self._said))

    @cached_property
    def words(self) -> frozenset[str]:
        """Its own words and senses outside the names of concepts."""
        said = zip(self.own, self.bases, strict=False)
        return frozenset(key for key, base in said if key[0] in "sw" and key[1] == ":" and base >= _OUTSIDE)

    @cached_property
    def unmeasured(self) -> frozenset[str]:
        """All that the wording itself says but figures, their kinds and years."""
        return frozenset(key for key in self.own if key[0] not in "nqy")

    @cached_property
    def concepts(self) -> dict[str, frozenset[str]]:
        """Its concepts by slot, and studies that it names."""
        return by_slot(self.weights)

    @cached_property
    def lent(self) -> dict[str, tuple[str, ...]]:
        """By slot the names that its surroundings lend it with some weight."""
        found: dict[str, tuple[str, ...]] = {}
        for key, base in islice(zip(self.weights, self.bases, strict=True), self._said, None):
            if base >= _LENT:
                slot, _, name = key.partition(":")
                found[slot] = (*found.get(slot, ()), name)
        return found

    @cached_property
    def whole(self) -> float:
        """The sum of its weights; 1 when it has none."""
        return sum(self.weights.values()) or 1.0

    def sign(self, key: str) -> int:
        return -1 if key in self.negated else 1


class Known(Features):
    """The features of a form."""

    topic: str
    allowed: bool


class Vector(Features):
    """The features of a claim's frame. ``found`` keeps the likenesses to forms that were worked out."""

    found: dict[int, float]


class Words(msgspec.Struct, array_like=True):
    """What reading with a library's words needs, as far as it can be worked out before."""

    tags: TagWords
    senses: SenseWords


class Store(Protocol):
    """Where forms are kept. Forms of one topic have neighbouring numbers."""

    @property
    def total(self) -> int: ...
    def bring(
        self,
        *,
        features: Iterable[str] = (),
        known: Iterable[int] = (),
        forms: Iterable[int] = (),
        topics: Iterable[str] = (),
    ) -> None:
        """Brings together what will be asked for one by one; a store that has all at hand does nothing."""

    def rarity(self, key: str) -> float | None: ...
    def is_crowded(self, key: str) -> bool: ...
    def postings(self, key: str) -> Mapping[int, float]: ...
    def known(self, number: int) -> Known: ...
    def form(self, number: int) -> Form: ...
    def topic(self, topic: str) -> Topic: ...
    def numbers(self, topic: str) -> range: ...
    def allowance(self, topic: str) -> Allowance | None: ...
    def words(self) -> Words | None: ...
    def studies(self) -> StudyIndex | None: ...


class Forms:
    """Forms and their index, read from a store as they are needed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._unknown = math.log(store.total + 1) * _UNKNOWN
        self._scales: dict[str, float] = {}
        self.known = store.known
        self.form = store.form
        self.topic = store.topic
        self.of_topic = store.numbers
        self.bring = store.bring
        self.allowance = store.allowance  # what the wordings of a topic allow, if that was worked out before

    def rarity(self, key: str) -> float:
        """How telling a feature is: the logarithm of one over the share of forms that have it."""
        known = self._store.rarity(key)
        return self._unknown if known is None else known

    def scale(self, key: str) -> float:
        """What a feature weighs: its rarity, and how much its slot counts."""
        scale = self._scales.get(key)
        if scale is None:
            scale = self._scales[key] = self.rarity(key) * slot_weight(key)
        return scale

    def scales(self, keys: Iterable[str]) -> float:
        """What several features weigh together."""
        return sum(map(self.scale, sorted(keys)))

    def vector(self, frame: Frame) -> Vector:
        bases = frame.features.values()
        self._store.bring(features=[key for key in frame.features if key not in self._scales])
        weights = {key: weight * self.scale(key) for key, weight in frame.features.items()}
        norm = math.sqrt(sum(w * w for w in weights.values())) or 1.0
        vector = Vector(weights, bases, frame.negated, len(frame.own), norm)
        vector.found = {}
        return vector

    def nearest(
        self, frame: Frame, vector: Vector, *, limit: int, without: frozenset[int] = frozenset()
    ) -> list[tuple[float, int]]:
        """The forms most like a frame, nearest first, as (likeness from 0 to 1, number of the form)."""
        rough = self._most(vector, limit * 3 // 2, without)
        self._store.bring(known=rough)
        found = [(-self.likeness(frame, vector, number), number) for number in rough]
        return [(-likeness, number) for likeness, number in sorted(found)[:limit]]

    def _most(self, vector: Vector, limit: int, without: frozenset[int]) -> list[int]:
        """The forms that share most of what is rare, by weight; of equal ones the first."""
        scores: defaultdict[int, float] = defaultdict(float)
        for key, weight in vector.weights.items():
            for number, other in self._store.postings(key).items():
                scores[number] += weight * other
        for pair in pairs_of([key for key in vector.weights if self._store.is_crowded(key)]):
            for number, weight in self._store.postings(pair).items():
                scores[number] += weight
        for number in without:
            scores.pop(number, None)
        if len(scores) <= limit:
            return list(scores)
        least = heapq.nlargest(limit, scores.values())[-1]
        ranked = sorted((-score, number) for number, score in scores.items() if score >= least)
        return [number for _, number in ranked[:limit]]

    def likeness(self, frame: Frame, vector: Vector, number: int) -> float:
        """The cosine of a frame and a form; what one of them denies and the other says counts little."""
        likeness = vector.found.get(number)
        if likeness is None:
            known = self._store.known(number)
            weights = known.weights
            shared = sum(map(mul, map(weights.get, vector.weights, _ZEROS), vector.weights.values()))
            if known.negated != frame.negated:
                for key in sorted(known.negated ^ frame.negated):
                    if key in weights and key in vector.weights:
                        shared -= weights[key] * vector.weights[key] * (1.0 - _FLIPPED)
            likeness = vector.found[number] = shared / (vector.norm * known.norm)
        return likeness


class MemoryStore:
    """Forms held in memory, as they are when a library is built. Immutable after construction."""

    def __init__(self, topics: Iterable[Topic], forms: Sequence[Form]) -> None:
        self.topics = {topic.id: topic for topic in topics}
        self.forms = tuple(forms)
        self.total = len(self.forms)
        gathered = FormIndex()
        self._numbers: dict[str, range] = {}
        self._known: dict[int, Known] = {}
        for number, form in enumerate(self.forms):
            first = self._numbers[form.topic].start if form.topic in self._numbers else number
            self._numbers[form.topic] = range(first, number + 1)
            gathered.add(form.frame.features)
        self.rarities = gathered.rarities()
        self.norms = gathered.norms()
        self._crowded = gathered.crowded()
        self.index = {p.key: dict(zip(p.numbers, p.weights, strict=True)) for p in gathered.postings(self.norms)}

    def bring(self, **_: object) -> None:
        pass

    def rarity(self, key: str) -> float | None:
        return self.rarities.get(key)

    def is_crowded(self, key: str) -> bool:
        return key in self._crowded

    def postings(self, key: str) -> Mapping[int, float]:
        return self.index.get(key, {})

    def known(self, number: int) -> Known:
        known = self._known.get(number)
        if known is None:
            form = self.forms[number]
            frame = form.frame
            weights = {key: base * (self.rarities[key] * slot_weight(key)) for key, base in frame.features.items()}
            known = Known(weights, frame.features.values(), frame.negated, len(frame.own), self.norms[number])
            known.topic, known.allowed = form.topic, form.allowed
            self._known[number] = known
        return known

    def form(self, number: int) -> Form:
        return self.forms[number]

    def topic(self, topic: str) -> Topic:
        return self.topics[topic]

    def numbers(self, topic: str) -> range:
        return self._numbers.get(topic, range(0))

    def allowance(self, topic: str) -> Allowance | None:  # noqa: ARG002 - nothing is worked out before
        return None

    def words(self) -> Words | None:
        return None

    def studies(self) -> StudyIndex | None:
        return None


def by_slot(keys: Iterable[str]) -> dict[str, frozenset[str]]:
    """The names in keys such as ``outcome:response``, by slot; words, senses and figures (``w:bladder``) are none."""
    found: dict[str, set[str]] = {}
    for key in keys:
        if key[1] != ":":
            slot, _, name = key.partition(":")
            found.setdefault(slot, set()).add(name)
    return {slot: frozenset(names) for slot, names in found.items()}
