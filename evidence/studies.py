"""Studies and their findings: the typed form of ``evidence/data/studies/<bibkey>.toml``.

A finding is one result of a study. Concept ids (outcome, population ...) are plain words here; that they exist in
the lexicon is checked where the lexicon is known (``claims.checks``).
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Final

import msgspec

from evidence.later import compiled_later
from evidence.problems import LibraryError, Problem
from evidence.records import Record, line_of, load_record
from evidence.vocabulary import (
    Citation,
    Design,
    Direction,
    EvidenceLevel,
    Fault,
    Masking,
    Statistic,
    Status,
    TimeFrom,
    TimeUnit,
    Unit,
    Verdict,
    Verified,
    evidence_level,
    in_range,
)

SUMMARY_WORDS = 30
_DECIMALS: Final = 4  # a figure with more comes of reckoning, such as one a month told per week
_VAST: Final = 1e15
_P_VALUE = compiled_later(r"^[<>]?=? ?(0?\.\d+|[01](\.0*)?)$")


class TimePoint(Record, frozen=True, kw_only=True):
    """When something was measured, or how long it lasted; one bound may be ``None`` (open)."""

    low: float | None = None
    high: float | None = None
    unit: TimeUnit
    origin: TimeFrom | None = msgspec.field(default=None, name="from")

    def __str__(self) -> str:
        return amount(self.low, self.high, self.unit)


class Interval(Record, frozen=True, kw_only=True):
    """An amount with its unit; ``None`` leaves a side open."""

    low: float | None = None
    high: float | None = None
    unit: Unit


class Span(Record, frozen=True, kw_only=True):
    """A plain range, such as the number of sessions."""

    low: float
    high: float


class Confidence(Record, frozen=True, kw_only=True):
    """A confidence interval of the finding's value, in the value's unit; ``level`` in percent."""

    level: float = 95
    low: float
    high: float


class Effect(Record, frozen=True, kw_only=True):
    """A relative effect printed beside the value, with its 95% confidence interval where given."""

    statistic: Statistic
    value: float
    low: float | None = None
    high: float | None = None


class BentFinding(Record, frozen=True, kw_only=True):
    """A sentence of ours that tells a finding wrongly; ``kind`` and ``verdict`` as of a proposition's distortion."""

    kind: Fault
    verdict: Verdict
    text: str


class Finding(Record, frozen=True, kw_only=True):
    """One result of one study. A scope slot that is ``None`` is the study's, an empty one holds for none."""

    id: str
    outcome: str
    aspect: str | None = None
    measure: str | None = None
    statistic: Statistic
    value: float | None = None
    low: float | None = None
    high: float | None = None
    date: dt.date | None = None
    unit: Unit | None = None
    comparator: tuple[str, ...] | None = None
    comparator_value: float | None = None
    ci: Confidence | None = None
    effect: Effect | None = None
    p: str | None = None
    time: TimePoint | None = None
    direction: Direction | None = None
    species: str
    summary: str
    locator: str
    verified: Verified
    population: tuple[str, ...] | None = None
    intervention: tuple[str, ...] | None = None
    route: tuple[str, ...] | None = None
    wordings: tuple[str, ...] = ()
    bent: tuple[BentFinding, ...] = ()
    note: str | None = None

    @property
    def key(self) -> str:
        """The bib key of the study the finding belongs to."""
        return self.id.rsplit(".", 1)[0]

    @property
    def bounds(self) -> tuple[float | None, float | None]:
        """The result as an interval: a single value is an interval of no width."""
        return (self.value, self.value) if self.value is not None else (self.low, self.high)


class Study(Record, frozen=True, kw_only=True):
    """The curated record of one reference.

    ``draft`` marks a record that was only begun: nobody has read the work for it, so it may lack findings.
    """

    bibkey: str
    doi: str | None = None
    names: tuple[str, ...] = ()
    design: Design
    masking: Masking | None = None
    design_note: str | None = None
    n: Annotated[int, msgspec.Meta(ge=0, le=10**10)] | None = None
    n_studies: Annotated[int, msgspec.Meta(ge=0, le=10**6)] | None = None
    population: tuple[str, ...] = ()
    population_note: str | None = None
    intervention: tuple[str, ...] = ()
    route: tuple[str, ...] = ()
    dose: Interval | None = None
    sessions: Span | None = None
    regimen_note: str | None = None
    comparator: tuple[str, ...] = ()
    funding: str = "not seen"
    limitations: tuple[str, ...] = ()
    status: Status = "current"
    status_note: str | None = None
    citation: Citation = "complete"
    verified: Verified
    note: str | None = None
    curated: dt.date
    draft: bool = False
    findings: tuple[Finding, ...] = ()

    @property
    def level(self) -> EvidenceLevel:
        return evidence_level(self.design)

    def scope_of(self, finding: Finding, slot: str) -> tuple[str, ...]:
        """The finding's concepts in ``slot`` (intervention, route, population, comparator), else the study's."""
        own: tuple[str, ...] | None = getattr(finding, slot)
        inherited: tuple[str, ...] = getattr(self, slot)
        return inherited if own is None else own


def load_study(path: Path, *, name: str | None = None) -> Study:
    """The study file as a value. Raises LibraryError with file and line when anything in it is wrong."""
    shown = name or str(path)
    study = load_record(path, Study, name=shown)
    problems = study_problems(study, text=path.read_text(encoding="utf-8"), name=shown)
    if path.stem != study.bibkey:
        problems.append(_problem(shown, 1, f"bibkey '{study.bibkey}' differs from the file name", "make them equal"))
    if problems:
        raise LibraryError(*problems)
    return study


def study_problems(study: Study, *, text: str, name: str) -> list[Problem]:
    """What the types cannot see: ids, units, ranges, order of bounds."""
    found: list[Problem] = []
    for position, finding in enumerate(study.findings):
        line = line_of(text, f".findings[{position}].id")
        found += [
            _problem(name, line, f"finding {finding.id}: {m}", cure) for m, cure in _finding_faults(study, finding)
        ]
    ids = [finding.id for finding in study.findings]
    for twin in sorted({i for i in ids if ids.count(i) > 1}):
        found.append(_problem(name, 0, f"finding id {twin} is used twice", "give each finding its own number"))
    return found


def _finding_faults(study: Study, finding: Finding) -> list[tuple[str, str]]:
    faults: list[tuple[str, str]] = []
    if finding.key != study.bibkey:
        faults.append(("the id does not start with the study's bibkey", f"use {study.bibkey}.<number>"))
    if finding.p is not None and not _P_VALUE.match(finding.p):
        faults.append((f"p '{finding.p}' is not a p-value", "write 0.03 or <0.001"))
    if len(finding.summary.split()) > SUMMARY_WORDS:
        faults.append((f"the summary has more than {SUMMARY_WORDS} words", "shorten it"))
    return faults + _figure_faults(finding)


def _figure_faults(finding: Finding) -> list[tuple[str, str]]:
    faults: list[tuple[str, str]] = []
    low, high = finding.bounds
    numbers = [v for v in (finding.value, finding.low, finding.high, finding.comparator_value) if v is not None]
    if finding.value is not None and (finding.low is not None or finding.high is not None):
        faults.append(("has a value and an interval", "keep value, or low and high"))
    if numbers and finding.unit is None:
        faults.append(("has a number without a unit", "add unit"))
    if finding.statistic == "date" and finding.date is None and not numbers:
        faults.append(("is a date without a date", "add date, or value with unit year"))
    if finding.statistic not in ("statement", "date") and not numbers and finding.effect is None:
        faults.append(("has no figure", "add value or low and high, or use statistic = 'statement'"))
    pairs = [(low, high), *((i.low, i.high) for i in (finding.ci, finding.effect, finding.time) if i)]
    if any(a is not None and b is not None and a > b for a, b in pairs):
        faults.append(("a low bound is above its high bound", "swap them"))
    return faults + [
        (f"{number:g} is outside the range of unit {finding.unit}", "correct the value or the statistic")
        for number in numbers
        if finding.unit and not in_range(number, unit=finding.unit, statistic=finding.statistic)
    ]


def amount(low: float | None, high: float | None, unit: str | None) -> str:
    """An interval as text: ``64%``, ``50 to 70%``, ``up to 3 weeks``, ``at least 2 h``; empty without bounds."""
    tail = _unit_text(unit, single=low in (None, high) and high == 1)
    if low is None and high is None:
        return ""
    if low is None:
        return f"up to {number_text(high)}{tail}"
    if high is None:
        return f"at least {number_text(low)}{tail}"
    if low == high:
        return f"{number_text(low)}{tail}"
    return f"{number_text(low)} to {number_text(high)}{tail}"


def _unit_text(unit: str | None, *, single: bool) -> str:
    match unit:
        case None:
            return ""
        case "%":
            return "%"
        case "day" | "week" | "month" | "year":
            return f" {unit}" if single else f" {unit}s"
        case "per-week":
            return " per week"
        case "per-100k":
            return " per 100,000"
        case _:
            return f" {unit.replace('-', ' ')}"


def number_text(value: float | None) -> str:
    """A number without needless digits: 64.0 -> 64, 21000000 -> 21,000,000, 0.229979 -> 0.23; years stay plain."""
    if value is None:
        return ""
    if abs(value) >= _VAST:
        return f"{value:.3g}"
    if value == int(value):
        return f"{int(value):,}" if abs(value) >= 10_000 else f"{int(value)}"  # int: no -0
    exact = f"{value:.10g}"
    if "e" in exact or len(exact.partition(".")[2]) > _DECIMALS:
        exact = f"{value:.3g}" if abs(value) < 1 else f"{value:,.2f}"
    return exact


def _problem(file: str, line: int, message: str, cure: str) -> Problem:
    return Problem(file=file, line=line, code="study", message=message, cure=cure)
