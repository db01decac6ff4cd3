"""Reads every wording that a library knows into forms: the costly step, done when a library is built.

A finding's forms also carry what its record says beside its words: whom, which treatment and route, which year.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from claims.altered import worded
from claims.forms import FINDING, Form, Kind, Topic
from claims.propositions import Carried, Scope

if TYPE_CHECKING:
    from claims.collection import Collection
    from claims.frames import FrameReader
    from claims.propositions import Proposition
    from evidence.studies import Finding, Study, TimePoint

_FACTUAL: Final = frozenset({"label", "regulatory", "statistics"})
_SCOPE_WEIGHT: Final = 0.5
_WIDER_WEIGHT: Final = 0.25
_STUDY_WEIGHT: Final = 0.8
_YEAR_WEIGHT: Final = 0.4


def build_forms(collection: Collection, reader: FrameReader) -> Iterator[tuple[Topic, list[Form]]]:
    """Every topic of a library with its wordings, read. The costly step, done when a library is built."""
    for proposition in collection.propositions.values():
        yield _topic(proposition, collection), list(_wordings(proposition, reader))
    for study in collection.library.studies.values():
        for finding in study.findings:
            topic = _finding_topic(finding, study)
            context = _study_context(topic, study, collection, reader)
            yield topic, list(_tellings(topic, finding, context, reader))


def texts_of(topic: str, collection: Collection) -> tuple[str, ...]:
    """The words of a topic's forms, in the order of their numbers."""
    if topic.startswith(FINDING):
        finding = collection.library.findings[topic.removeprefix(FINDING)]
        return (finding.summary, *finding.wordings, *(bent.text for bent in finding.bent))
    proposition = collection.propositions[topic]
    bent = (text for distortion in proposition.distortions for text in distortion.texts)
    return (proposition.statement, *(wording.text for wording in proposition.wordings), *bent)


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
        worded=tuple(map(worded, (proposition.statement, *(wording.text for wording in proposition.wordings)))),
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
        worded=tuple(map(worded, (finding.summary, *finding.wordings))),
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
            for wider in collection.lexicon.above(concept):
                context.setdefault(f"{name}:{wider}", _WIDER_WEIGHT)
    context[f"study:{study.bibkey}"] = _STUDY_WEIGHT
    if study.names:
        named = reader.read(study.names[0])
        context |= {key: _STUDY_WEIGHT for key in named.features if key.startswith("study:")}
    year = year_of(study.bibkey)
    if year is not None:
        context[f"y:{year:g}"] = _YEAR_WEIGHT
    return context
