"""The wordings that a library knows, each with its verdict, as an index in which a claim finds its nearest.

A form is a proposition's statement, an allowed wording, a wording that bends it, or a finding's summary. Forms that
share rare features with a claim are ranked by the cosine of their weighted features: that only ranks candidates, what
is judged is how the claim compares with what the proposition's forms allow.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from operator import mul
from typing import TYPE_CHECKING, Final, Literal, Protocol

import msgspec

from claims.features import Features, Vector
from claims.form_index import FormIndex, Groups, grouped, pair_of, roughly, slot_weight
from claims.frames import Frame
from claims.lanes import Lanes, Row, table_of
from claims.propositions import Carried, Fault, Qualifier, Scope, Verdict
from claims.senses import SenseWords
from claims.tagging import TagWords
from claims.tallies import Gathering, Overall, tally_of

if TYPE_CHECKING:
    from claims.study_index import StudyIndex
    from claims.wordings import Allowance

Kind = Literal["statement", "wording", "bent", "finding"]
FINDING: Final = "finding:"  # begins the id of a topic made from one finding
_ROUGHLY: Final = 2  # forms that are likened to a claim for each that is asked for
_LEAST: Final = 0.25  # of what the form that shares most shares with a claim, others share so much or are left out
_PAIRED: Final = 3  # crowded concepts of a claim of which every two find forms, the weightiest
_ENOUGH: Final = 100  # forms that such pairs find, so that none of them is needed by itself
_UNKNOWN: Final = 0.8  # a feature that no form has weighs this share of the rarest


class Topic(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """What forms are wordings of: a proposition, or one finding. ``requires`` as in a proposition.

    ``worded`` has the words of the allowed wordings in the order of their forms, as ``altered`` compares them.
    """

    id: str
    scope: Scope
    values: tuple[Carried, ...] = ()
    findings: tuple[str, ...] = ()
    requires: tuple[Qualifier, ...] = ()
    affirms: bool = True
    factual: bool = False
    years: tuple[float, ...] = ()
    worded: tuple[str, ...] = ()

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


class Words(msgspec.Struct, array_like=True):
    """What reading with a library's words needs, as far as it can be worked out before."""

    tags: TagWords
    senses: SenseWords


class Store(Protocol):
    """Where forms are kept. Forms of one topic have neighbouring numbers."""

    @property
    def total(self) -> int: ...
    @property
    def lengths(self) -> Sequence[int]:
        """The length of each form's vector of weights, as ``roughly`` tells it."""
        ...

    def bring(
        self,
        *,
        features: Iterable[str] = (),
        postings: Iterable[str] = (),
        lanes: Iterable[int] = (),
        forms: Iterable[int] = (),
        topics: Iterable[str] = (),
    ) -> None:
        """Brings together what will be asked for one by one; a store that has all at hand does nothing."""

    def rarity(self, key: str) -> float | None: ...
    def feature(self, key: str) -> int | None:
        """The number of a feature that forms have."""
        ...

    def is_crowded(self, key: str) -> bool: ...
    def postings(self, key: str) -> Groups: ...
    def lanes(self, number: int) -> Lanes:
        """The forms of the topic that a form belongs to."""
        ...

    def form(self, number: int) -> Form: ...
    def topic(self, topic: str) -> Topic: ...
    def numbers(self, topic: str) -> range: ...
    def allowance(self, topic: str) -> Allowance | None: ...
    def overall(self) -> Overall: ...
    def words(self) -> Words | None: ...
    def studies(self) -> StudyIndex | None: ...


class Forms:
    """Forms and their index, read from a store as they are needed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._unknown = math.log(store.total + 1) * _UNKNOWN
        self._scales: dict[str, float] = {}
        self.lanes = store.lanes
        self.form = store.form
        self.topic = store.topic
        self.of_topic = store.numbers
        self.bring = store.bring
        self.overall = store.overall
        self.allowance = store.allowance  # what the wordings of a topic allow, if that was worked out before

    def known(self, number: int) -> Features:
        """The features of a form."""
        return self._store.lanes(number).known(number)

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
        self._store.bring(features=frame.features)
        scales = list(map(self.scale, frame.features))
        weights = dict(zip(frame.features, map(mul, frame.features.values(), scales), strict=True))
        norm = math.sqrt(sum(w * w for w in weights.values())) or 1.0
        numbers = map(self._store.feature, frame.features)
        return Vector(weights, frame.features.values(), frame.negated, len(frame.own), norm, scales, numbers)

    def nearest(self, vector: Vector, *, limit: int, without: frozenset[int] = frozenset()) -> list[tuple[float, int]]:
        """The forms most like a claim, nearest first, as (likeness from 0 to 1, number of the form)."""
        rough = self._most(vector, limit * _ROUGHLY, without)
        self.liken(vector, rough)
        found = sorted((-vector.found[number], number) for number in rough)
        return [(-likeness, number) for likeness, number in found[:limit]]

    def _most(self, vector: Vector, limit: int, without: frozenset[int]) -> list[int]:
        """The forms of which what they share with a claim makes most, as far as that finds forms: short ones go before
        long ones that share as much."""
        scores: dict[int, float] = {}
        for weight, groups in self._lists(vector):
            for other, numbers in groups:
                shared = weight * other
                for number in numbers:
                    if number in scores:
                        scores[number] += shared
                    else:
                        scores[number] = shared
        for number in without:
            scores.pop(number, None)
        if len(scores) <= limit:
            return list(scores)
        lengths, least = self._store.lengths, max(scores.values()) * _LEAST
        ranked = [number for number, score in scores.items() if score >= least]
        shares = [scores[number] / lengths[number] for number in ranked]
        last = sorted(shares)[-limit:][0]
        first = [(share, -number) for share, number in zip(shares, ranked, strict=True) if share >= last]
        return [-number for _, number in sorted(first, reverse=True)[:limit]]

    def _lists(self, vector: Vector) -> Iterator[tuple[float, Groups]]:
        """What finds forms: the weight, and the forms by theirs. Crowded concepts find them by themselves where no two
        of them find enough."""
        crowded = {key: weight for key, weight in vector.weights.items() if self._store.is_crowded(key)}
        rarest = sorted(crowded, key=crowded.__getitem__)[-_PAIRED:]
        pairs = [(pair_of(left, right), 1.0) for left, right in combinations(rarest, 2)]
        single = [(key, weight) for key, weight in vector.weights.items() if key not in crowded]
        self._store.bring(postings=[key for key, _ in (*single, *pairs)])
        paired = [(weight, self._store.postings(key)) for key, weight in pairs]
        yield from paired
        if crowded and sum(len(numbers) for _, groups in paired for _, numbers in groups) < _ENOUGH:
            single += crowded.items()
            self._store.bring(postings=crowded)
        for key, weight in single:
            yield weight, self._store.postings(key)

    def likeness(self, vector: Vector, number: int) -> float:
        """The cosine of a claim and a form; what one of them denies and the other says counts little."""
        self.liken(vector, (number,))
        return vector.found[number]

    def liken(self, vector: Vector, numbers: Iterable[int]) -> None:
        """Works out the likenesses to these forms, as far as they are not known."""
        unknown = [number for number in numbers if number not in vector.found]
        if len(unknown) > 1:
            self._store.bring(lanes=unknown)
        new: dict[Lanes, list[int]] = {}
        for number in unknown:
            new.setdefault(self._store.lanes(number), []).append(number)
        for lanes, of in new.items():
            lanes.liken(vector, of)

    def liken_all(self, vector: Vector, topic: str) -> None:
        """Works out the likenesses to all forms of a topic."""
        numbers = self.of_topic(topic)
        if numbers:
            self._store.lanes(numbers[0]).liken(vector, numbers)


class MemoryStore:
    """Forms held in memory, as they are when a library is built. Immutable after construction."""

    def __init__(self, topics: Iterable[Topic], forms: Sequence[Form]) -> None:
        self.topics = {topic.id: topic for topic in topics}
        self.forms = tuple(forms)
        self.total = len(self.forms)
        gathered, counted = FormIndex(), Gathering()
        gathered.topics = len(self.topics)
        self._numbers: dict[str, range] = {}
        self._lanes: dict[str, Lanes] = {}
        for number, form in enumerate(self.forms):
            first = self._numbers[form.topic].start if form.topic in self._numbers else number
            self._numbers[form.topic] = range(first, number + 1)
            gathered.add(form.frame.features)
        for numbers in self._numbers.values():
            of_topic = (self.forms[number] for number in numbers)
            counted.add(tally_of((form.frame, form.verdict) for form in of_topic))
        self._overall = counted.tally()
        self.rarities = gathered.rarities()
        self.norms = gathered.norms()
        self.lengths = roughly(self.norms)
        self._crowded = gathered.crowded()
        self._features = gathered.numbers
        self.index: dict[str, Groups] = {p.key: list(grouped(p).items()) for p in gathered.postings(self.norms)}

    def bring(self, **_: object) -> None:
        pass

    def rarity(self, key: str) -> float | None:
        return self.rarities.get(key)

    def feature(self, key: str) -> int | None:
        return self._features.get(key)

    def is_crowded(self, key: str) -> bool:
        return key in self._crowded

    def postings(self, key: str) -> Groups:
        return self.index.get(key, ())

    def lanes(self, number: int) -> Lanes:
        topic = self.forms[number].topic
        known = self._lanes.get(topic)
        if known is None:
            numbers = self.numbers(topic)
            rows = [row_of(self.forms[number], self.norms[number]) for number in numbers]
            scales = {key: self.rarities[key] * slot_weight(key) for row in rows for key, _ in row.features}
            known = self._lanes[topic] = Lanes(table_of(topic, numbers.start, rows, scales, self._features))
        return known

    def form(self, number: int) -> Form:
        return self.forms[number]

    def topic(self, topic: str) -> Topic:
        return self.topics[topic]

    def numbers(self, topic: str) -> range:
        return self._numbers.get(topic, range(0))

    def allowance(self, topic: str) -> Allowance | None:  # noqa: ARG002 - nothing is worked out before
        return None

    def overall(self) -> Overall:
        return self._overall

    def words(self) -> Words | None:
        return None

    def studies(self) -> StudyIndex | None:
        return None


def row_of(form: Form, norm: float) -> Row:
    """A form for the table of its topic; ``norm`` is the length of its vector of weights."""
    frame = form.frame
    return Row(tuple(frame.features.items()), frame.negated, len(frame.own), form.allowed, norm)
