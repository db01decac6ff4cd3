"""The wordings that a library knows, each with its verdict, as an index in which a claim finds its nearest.

A form is a proposition's statement, an allowed wording, a wording that bends it, or a finding's summary. Forms that
share rare features with a claim are ranked by the cosine of their weighted features: that only ranks candidates, what
is judged is how the claim compares with what the proposition's forms allow.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, Literal, Protocol

import msgspec

from claims.frames import Frame
from claims.propositions import Carried, Fault, Qualifier, Scope, Verdict
from evidence.studies import TimePoint

if TYPE_CHECKING:
    from claims.collection import Collection
    from claims.frames import FrameReader
    from claims.propositions import Proposition
    from evidence.studies import Finding, Study

Kind = Literal["statement", "wording", "bent", "finding"]
FINDING: Final = "finding:"  # begins the id of a topic made from one finding
_FACTUAL: Final = frozenset({"label", "regulatory", "statistics"})
# How much a feature's slot counts when wordings are ranked.
_SLOT_WEIGHT: Final[Mapping[str, float]] = {
    "study": 1.2,
    "outcome": 0.9,
    "intervention": 1.0,
    "route": 0.9,
    "population": 1.0,
    "agency": 1.2,
    "setting": 1.0,
    "species": 1.2,
    "measure": 0.7,
    "aspect": 0.5,
    "s": 1.0,
    "w": 1.0,
    "q": 0.6,
    "y": 1.0,
    "n": 1.1,
}
_COMMON: Final = 0.06  # a feature in more than this share of all forms finds no candidates
_FEW: Final = 100  # but never one that no more forms than these have
_UNKNOWN: Final = 0.8  # a feature that no form has weighs this share of the rarest
_FLIPPED: Final = 0.3  # what a shared feature counts when one side denies it
_SCOPE_WEIGHT: Final = 0.5
_WIDER_WEIGHT: Final = 0.25
_STUDY_WEIGHT: Final = 0.8
_YEAR_WEIGHT: Final = 0.4


class Topic(msgspec.Struct, frozen=True, kw_only=True):
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


class Form(msgspec.Struct, frozen=True, kw_only=True):
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


class Vector(msgspec.Struct, frozen=True, kw_only=True):
    """The weighted features of a frame and their length."""

    weights: dict[str, float]
    norm: float


class Store(Protocol):
    """Where forms are kept. Forms of one topic have neighbouring numbers."""

    @property
    def total(self) -> int: ...
    def rarity(self, key: str) -> float | None: ...
    def postings(self, key: str) -> Sequence[tuple[int, float]]: ...
    def form(self, number: int) -> Form: ...
    def norm(self, number: int) -> float: ...
    def topic(self, topic: str) -> Topic: ...
    def numbers(self, topic: str) -> range: ...


class Forms:
    """Forms and their index, read from a store as they are needed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._unknown = math.log(store.total + 1) * _UNKNOWN
        self._scales: dict[str, float] = {}

    def form(self, number: int) -> Form:
        return self._store.form(number)

    def topic(self, topic: str) -> Topic:
        return self._store.topic(topic)

    def of_topic(self, topic: str) -> range:
        return self._store.numbers(topic)

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

    def vector(self, frame: Frame) -> Vector:
        weights = {key: weight * self.scale(key) for key, weight in frame.features.items()}
        return Vector(weights=weights, norm=math.sqrt(sum(w * w for w in weights.values())) or 1.0)

    def nearest(
        self, frame: Frame, vector: Vector, *, limit: int, without: frozenset[int] = frozenset()
    ) -> list[tuple[float, int]]:
        """The forms most like a frame, nearest first, as (likeness from 0 to 1, number of the form)."""
        scores: dict[int, float] = defaultdict(float)
        for key, weight in vector.weights.items():
            for number, other in self._store.postings(key):
                scores[number] += weight * other
        for number in without:
            scores.pop(number, None)
        rough = heapq.nsmallest(limit * 3 // 2, scores, key=lambda n: (-scores[n], n))
        found = [(self.likeness(frame, vector, number), number) for number in rough]
        return sorted(found, key=lambda item: (-item[0], item[1]))[:limit]

    def likeness(self, frame: Frame, vector: Vector, number: int) -> float:
        """The cosine of a frame and a form; what one of them denies and the other says counts little."""
        known = self._store.form(number).frame
        features, shared = known.features, 0.0
        for key, weight in vector.weights.items():
            matching = features.get(key)
            if matching is not None:
                agreed = frame.sign(key) == known.sign(key)
                shared += weight * matching * self.scale(key) * (1.0 if agreed else _FLIPPED)
        return shared / (vector.norm * self._store.norm(number))


class MemoryStore:
    """Forms held in memory, as they are when a library is built. Immutable after construction."""

    def __init__(self, topics: Iterable[Topic], forms: Sequence[Form]) -> None:
        self.topics = {topic.id: topic for topic in topics}
        self.forms = tuple(forms)
        self.total = len(self.forms)
        counts = Counter(key for form in self.forms for key in form.frame.features)
        self.rarities = {key: math.log((self.total + 1) / (count + 0.5)) for key, count in counts.items()}
        self.index: dict[str, list[tuple[int, float]]] = defaultdict(list)
        self.norms: list[float] = []
        self._numbers: dict[str, range] = {}
        for number, form in enumerate(self.forms):
            first = self._numbers[form.topic].start if form.topic in self._numbers else number
            self._numbers[form.topic] = range(first, number + 1)
            square = 0.0
            for key, base in form.frame.features.items():
                weight = base * self.rarities[key] * slot_weight(key)
                square += weight * weight
                if counts[key] <= max(_FEW, self.total * _COMMON):
                    self.index[key].append((number, weight))
            self.norms.append(math.sqrt(square) or 1.0)

    def rarity(self, key: str) -> float | None:
        return self.rarities.get(key)

    def postings(self, key: str) -> Sequence[tuple[int, float]]:
        return self.index.get(key, ())

    def form(self, number: int) -> Form:
        return self.forms[number]

    def norm(self, number: int) -> float:
        return self.norms[number]

    def topic(self, topic: str) -> Topic:
        return self.topics[topic]

    def numbers(self, topic: str) -> range:
        return self._numbers.get(topic, range(0))


def slot_weight(key: str) -> float:
    """How much a feature's slot counts when wordings are ranked."""
    return _SLOT_WEIGHT.get(key.split(":", 1)[0], 1.0)


def build_forms(collection: Collection, reader: FrameReader) -> tuple[list[Topic], list[Form]]:
    """Every wording of a library, read. The costly step, done when a library is built."""
    topics: list[Topic] = []
    forms: list[Form] = []
    for proposition in collection.propositions.values():
        topics.append(_topic(proposition, collection))
        forms += _wordings(proposition, reader)
    for study in collection.library.studies.values():
        for finding in study.findings:
            topic = _finding_topic(finding, study)
            topics.append(topic)
            forms += _tellings(topic, finding, _study_context(topic, study, collection, reader), reader)
    return topics, forms


def _topic(proposition: Proposition, collection: Collection) -> Topic:
    years: set[float] = {float(day.year) for day in (proposition.valid_from, proposition.valid_until) if day}
    years |= {v for value in proposition.values if value.unit == "year" for v in (value.low, value.high) if v}
    for link in proposition.evidence:
        finding = collection.library.findings.get(link.finding)
        if finding is not None:
            years |= set(_years(finding, collection.library.study_of(finding.id)))
    return Topic(
        id=proposition.id,
        scope=proposition.scope,
        values=proposition.values,
        findings=tuple(link.finding for link in proposition.evidence),
        requires=proposition.requires,
        affirms=proposition.polarity == "affirms",
        factual=proposition.certainty == "fact",
        years=tuple(sorted(years)),
    )


def _wordings(proposition: Proposition, reader: FrameReader) -> Iterator[Form]:
    def form(kind: Kind, text: str) -> Form:
        return Form(topic=proposition.id, kind=kind, verdict="supported", frame=reader.read(text))

    yield form("statement", proposition.statement)
    for wording in proposition.wordings:
        yield form("wording", wording.text)
    for number, distortion in enumerate(proposition.distortions):
        for text in distortion.texts:
            yield Form(
                topic=proposition.id,
                kind="bent",
                verdict=distortion.verdict,
                frame=reader.read(text),
                fault=distortion.kind,
                missing=distortion.missing,
                bend=number,
            )


def _tellings(topic: Topic, finding: Finding, context: Mapping[str, float], reader: FrameReader) -> Iterator[Form]:
    for text in (finding.summary, *finding.wordings):
        yield Form(topic=topic.id, kind="finding", verdict="supported", frame=reader.read(text, context=context))
    for number, bent in enumerate(finding.bent):
        yield Form(
            topic=topic.id,
            kind="bent",
            verdict=bent.verdict,
            frame=reader.read(bent.text, context=context),
            fault=bent.kind,
            bend=number,
        )


def _finding_topic(finding: Finding, study: Study) -> Topic:
    def scoped(slot: str) -> tuple[str, ...]:
        own: tuple[str, ...] | None = getattr(finding, slot)
        wide: tuple[str, ...] = getattr(study, slot)
        return wide if own is None else own

    low, high = finding.bounds
    values = [
        _carried(finding, low, high, finding.time),
        _carried(finding, *(finding.comparator_value,) * 2, finding.time),
    ]
    if finding.ci:
        values.append(_carried(finding, finding.ci.low, finding.ci.high, None))
    if study.n:
        values.append(Carried(aspect=finding.outcome, low=study.n, high=study.n, unit="people"))
    if study.n_studies:
        values.append(Carried(aspect=finding.outcome, low=study.n_studies, high=study.n_studies, unit="trials"))
    if study.dose:
        values.append(Carried(aspect=finding.outcome, low=study.dose.low, high=study.dose.high, unit=study.dose.unit))
    if study.sessions:
        low, high = study.sessions.low, study.sessions.high
        values.append(Carried(aspect=finding.outcome, low=low, high=high, unit="sessions"))
    return Topic(
        id=f"{FINDING}{finding.id}",
        scope=Scope(
            intervention=scoped("intervention"),
            route=scoped("route"),
            population=scoped("population"),
            comparator=scoped("comparator"),
            outcome=(finding.outcome,),
            species=(finding.species,) if finding.species else (),
        ),
        values=tuple(value for value in values if value is not None),
        findings=(finding.id,),
        factual=study.design in _FACTUAL,
        years=tuple(_years(finding, study)),
    )


def _carried(finding: Finding, low: float | None, high: float | None, time: TimePoint | None) -> Carried | None:
    if finding.unit is None or (low is None and high is None):
        return None
    return Carried(aspect=finding.aspect or finding.outcome, low=low, high=high, unit=finding.unit, time=time)


def _years(finding: Finding, study: Study) -> Iterator[float]:
    year = year_of(study.bibkey)
    if year is not None:
        yield year
    if finding.date:
        yield float(finding.date.year)
    if finding.unit == "year":
        yield from (v for v in finding.bounds if v is not None)


def year_of(bibkey: str) -> float | None:
    """The year in a bib key, ``None`` when it has none."""
    for start in range(len(bibkey) - 3):
        part = bibkey[start : start + 4]
        if part.isdigit() and part[:2] in ("19", "20"):
            return float(part)
    return None


def _study_context(topic: Topic, study: Study, collection: Collection, reader: FrameReader) -> dict[str, float]:
    """What a finding's record says beside its summary: whom, which drug and route, which trial, which year."""
    context: dict[str, float] = {}
    for slot in ("intervention", "route", "population", "comparator", "outcome"):
        name = "intervention" if slot == "comparator" else slot
        for concept in getattr(topic.scope, slot):
            context[f"{name}:{concept}"] = _SCOPE_WEIGHT
            for wider in collection.lexicon.wider(concept):
                context.setdefault(f"{name}:{wider}", _WIDER_WEIGHT)
    if study.names:
        named = reader.read(study.names[0])
        context |= {key: _STUDY_WEIGHT for key in named.features if key.startswith("study:")}
    year = year_of(study.bibkey)
    if year is not None:
        context[f"y:{year:g}"] = _YEAR_WEIGHT
    return context
