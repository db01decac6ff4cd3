"""Holds a claim against the findings of studies: by the trial it names, or by the figures it gives.

A claim that names a trial, or whose figures are those of one finding, is compared with that finding detail by detail:
arm, comparator, outcome, drug, time point, design, figure. What disagrees is a wrong detail of a known study.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from claims.folding import bounded, fold
from claims.kept_records import load_kept_record
from claims.memory import Memory
from claims.study_index import BEGINNING, LibraryIndex, StudyIndex, Value, values_of
from evidence.records import Record
from evidence.vocabulary import HOURS_IN

if TYPE_CHECKING:
    from claims.frames import Frame
    from claims.lexicon import Lexicon
    from claims.quantities import Measured
    from evidence.library import Library
    from evidence.studies import Finding, Study

DESIGNS_FILE: Final = Path(__file__).parent / "data" / "designs.toml"
_KEY_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_WHOLE: Final = 0.6  # a figure told without decimals may be rounded
_SMALL: Final = 10
_APPROXIMATE: Final = 0.05
_EARLIER: Final = 0.85  # how far a time point may lie off and still be told as the same
_LATER: Final = 1.15
# What an agreement adds, and a disagreement takes, when the finding that is meant is sought.
_NAMED: Final = 3.0
_EXACT: Final = 1.5
_PLAIN: Final = 0.8
_EXPLAINED: Final = 1.0
_YEAR: Final = 1.5
_OUTCOME: Final = 1.0
_TIME: Final = 0.8
_DRUG: Final = 0.5
_POPULATION: Final = 0.4
_PARTED: Final = 0.7
_TURNING: Final = frozenset({"negation", "absolute", "strong", "strength"})  # cues that make another claim of a result
_UNEXPLAINED: Final = 0.5
PARTS: Final[Mapping[str, str]] = {  # in what a claim can part from a finding, in words
    "arm": "the arm",
    "comparator": "the comparator",
    "outcome": "the outcome",
    "drug": "the treatment",
    "route": "the route",
    "population": "the group of people",
    "time": "the time point",
    "design": "the design",
    "number": "the figure",
}


class DesignWords(Record, frozen=True, kw_only=True):
    """Words that tell a design, and the study designs (or maskings) that they fit."""

    words: tuple[str, ...]
    designs: tuple[str, ...]
    not_masking: tuple[str, ...] = ()


class DesignBook(Record, frozen=True, kw_only=True):
    """How copy tells designs; studies of a ``silent`` design are never held against such words."""

    silent: tuple[str, ...]
    designs: dict[str, DesignWords]


class StudyNames:
    """The names by which copy speaks of studies: a trial's own, and authors with or without the year."""

    def __init__(self, index: StudyIndex, designs: DesignBook) -> None:
        self._index = index
        self._design_words = [(name, _squeezed(word)) for name, d in designs.designs.items() for word in d.words]

    def find(self, folded: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
        """Start, end and bib keys of every study named in a folded text, by where they end."""
        found = [
            (start + len(name), start, keys)
            for begins in BEGINNING.finditer(folded)
            for start in (begins.start(),)
            for name, keys in self._index.beginning(begins.group()).items()
            if folded.startswith(name, start) and bounded(folded, start, start + len(name))
        ]
        return ((start, end, keys) for end, start, keys in sorted(found))

    def designs(self, folded: str) -> tuple[str, ...]:
        """The kinds of design that a folded text tells."""
        found: dict[str, None] = {}
        for name, word in self._design_words:
            at = folded.find(word)
            if at >= 0 and bounded(folded, at, at + len(word)):
                found[name] = None
        return tuple(found)


class Studied(msgspec.Struct, frozen=True, kw_only=True):
    """The finding that a claim speaks of, and the details in which they part.

    ``explained`` and ``unexplained`` count the claim's figures; ``named``: the claim names the study. ``exact``: it
    names it, its figures are the finding's results, of the arms they were found in, and so is the outcome.
    """

    finding: str
    score: float
    explained: int
    unexplained: int
    parted: tuple[str, ...]
    named: bool
    exact: bool = False

    @property
    def sure(self) -> bool:
        """Whether this finding is beyond doubt the one that is meant."""
        return self.explained + self.named > 0 and (self.named or self.score >= SURE)


SURE: Final = 2.5


class Findings:
    """The findings of a library, found by figure and study. Immutable after construction."""

    def __init__(
        self, library: Library, lexicon: Lexicon, designs: DesignBook, index: StudyIndex | None = None
    ) -> None:
        self._library = library
        self._lexicon = lexicon
        self._designs = designs
        self._index = index or LibraryIndex(library)
        self._values: Memory[str, tuple[Value, ...]] = Memory()

    def values_of(self, finding: str) -> tuple[Value, ...]:
        """Every figure that a finding and its study carry; empty for an unknown finding."""
        known = self._values.get(finding)
        if known is None:
            found = self._library.findings.get(finding)
            values = tuple(values_of(found, self._library.study_of(finding))) if found else ()
            known = self._values.keep(finding, values)
        return known

    def finding(self, name: str) -> tuple[Finding, Study]:
        """A finding and its study, which may lack its findings. Raises KeyError for an unknown one."""
        return self._library.findings[name], self._library.study_of(name)

    def times_of(self, finding: str) -> tuple[float, ...]:
        """When a finding was measured, in hours; empty when it does not say."""
        known = self._library.findings.get(finding)
        if known is None or known.time is None:
            return ()
        return tuple(v * HOURS_IN[known.time.unit] for v in (known.time.low, known.time.high) if v is not None)

    def meant(self, frame: Frame) -> Studied | None:
        """The finding that a claim speaks of, ``None`` when it names no study and gives no known figure."""
        if not frame.measured and not frame.studies:
            return None
        told = Told(frame)
        scores: dict[str, float] = defaultdict(float)
        for key in frame.studies:
            for finding in self._library.studies[key].findings:
                scores[finding.id] += _NAMED
        outcomes = self._outcomes(frame)
        for figure in told.figures:
            units = (figure.unit,) if figure.unit else ("people", "%", "events", "ratio", "fold")
            for amount in _bounds(figure):
                told_by = (self._index.telling(unit, round(abs(amount), 2), outcomes) for unit in units)
                known = {finding for findings in told_by for finding in findings}
                for name in known:
                    scores[name] += _PLAIN if amount == round(amount) else _EXACT
        self._library.bring(scores)
        compared = (self._compare(finding, score, frame, told) for finding, score in scores.items())
        return max(compared, key=lambda s: (s.score, s.explained, s.finding), default=None)

    def _outcomes(self, frame: Frame) -> frozenset[str]:
        """Every outcome that the claim names, and all that are a kind of one or that one is a kind of."""
        named = frame.slots.get("outcome", ())
        return frozenset().union(*(self._lexicon.wider(o) | self._lexicon.narrower(o) for o in named))

    def in_study(self, key: str, frame: Frame) -> Studied | None:
        """The finding of one study that is nearest to a claim which names it; ``None`` when it has no findings."""
        named = msgspec.structs.replace(frame, studies=(key,))
        told = Told(frame)
        study = self._library.studies.get(key)
        compared = (self._compare(f.id, _NAMED, named, told) for f in (study.findings if study else ()))
        return max(compared, key=lambda s: (s.score, s.explained, s.finding), default=None)

    def _compare(self, finding_id: str, score: float, frame: Frame, told: Told) -> Studied:
        finding, study = self._library.findings[finding_id], self._library.study_of(finding_id)
        score, parted, explained, unexplained = self._figures(finding, study, score, frame, told)
        result = parted is not None
        told_exactly = explained and not unexplained and finding.outcome in frame.slots.get("outcome", ())
        told_exactly = told_exactly and frame.kinds.isdisjoint(_TURNING) and not frame.negated
        parted = set(parted or ())
        year = _KEY_YEAR.search(study.bibkey)
        score += _YEAR if year and float(year.group()) in told.years else 0.0
        outcomes = frame.slots.get("outcome", ())
        if any(self._lexicon.related(o, finding.outcome) for o in outcomes):
            score += _OUTCOME
        elif outcomes and result:
            parted.add("outcome")
        drugs = frame.slots.get("intervention", ())
        if self._share(drugs, scope_of(finding, study, "intervention") + scope_of(finding, study, "comparator")):
            score += _DRUG
        elif drugs and scope_of(finding, study, "intervention") and (explained or frame.studies):
            parted.add("drug")
        if told.times and finding.time:
            timely = any(same_time(time, finding) for time in told.times)
            score += _TIME if timely else 0.0
            parted |= {"time"} if result and not timely else set()
        people = [p for p in frame.slots.get("population", ()) if len(self._lexicon.wider(p)) > 1]
        studied = scope_of(finding, study, "population")
        score += _POPULATION if self._share(people, studied) else 0.0
        if study.bibkey in frame.studies:  # what another study may have found is no matter of this one
            parted |= self._apart("population", people, studied) if result else set()
            parted |= self._apart("route", frame.slots.get("route", ()), scope_of(finding, study, "route"))
        parted |= {"design"} if self._misdesigned(frame.designs, study) else set()
        named = study.bibkey in frame.studies
        parted |= {"number"} if named and any(figure.unit == "%" for figure in unexplained) else set()
        return Studied(
            finding=finding_id,
            score=score - _PARTED * len(parted) - _UNEXPLAINED * len(unexplained),
            explained=explained,
            unexplained=len(unexplained),
            parted=tuple(sorted(parted)),
            named=named,
            exact=bool(named and told_exactly and not parted and self._of_their_arms(finding, study, frame, told)),
        )

    def _figures(
        self, finding: Finding, study: Study, score: float, frame: Frame, told: Told
    ) -> tuple[float, set[str] | None, int, list[Measured]]:
        """The score with every figure explained, the arms that part (``None`` when no result is told), and how many
        figures the finding explains and which it does not."""
        own, other = scope_of(finding, study, "intervention"), scope_of(finding, study, "comparator")
        parted: set[str] | None = None
        unexplained: list[Measured] = []
        for figure in told.figures:
            role = role_of(figure, self.values_of(finding.id))
            if role is None:
                unexplained.append(figure)
                continue
            score += _EXPLAINED
            if role in ("value", "comparator"):
                parted = (parted or set()) | self._arm(frame.arm(figure), role, own, other)
        return score, parted, len(told.figures) - len(unexplained), unexplained

    def _of_their_arms(self, finding: Finding, study: Study, frame: Frame, told: Told) -> bool:
        """Whether every figure is a result and is told, in its words or by the only treatment named, of its arm."""
        sides = scope_of(finding, study, "intervention"), scope_of(finding, study, "comparator")
        only = frame.slots.get("intervention", ())
        for figure in told.figures:
            role = role_of(figure, self.values_of(finding.id))
            of = frame.arm(figure) or (only if len(only) == 1 and not frame.slots.get("comparator") else ())
            mine, theirs = sides if role == "value" else sides[::-1]
            if role not in ("value", "comparator") or not self._share(of, mine) or self._share(of, theirs):
                return False
        return True

    def _arm(self, told: tuple[str, ...], role: str, own: tuple[str, ...], other: tuple[str, ...]) -> set[str]:
        mine, theirs = (own, other) if role == "value" else (other, own)
        if not told or not mine or self._share(told, mine):
            return set()
        if self._share(told, theirs):
            return {"arm"}
        return {"comparator" if role == "comparator" else "drug"}

    def _apart(self, name: str, told: Iterable[str], studied: tuple[str, ...]) -> set[str]:
        """The name, when both sides name something and all of it is of another kind."""
        return {name} if told and studied and not self._share(told, studied) else set()

    def _misdesigned(self, told: Iterable[str], study: Study) -> bool:
        if study.design in self._designs.silent:
            return False
        book = self._designs.designs
        return any(
            study.design not in book[name].designs or (study.masking or "") in book[name].not_masking for name in told
        )

    def _share(self, left: Iterable[str], right: Iterable[str]) -> bool:
        return any(self._lexicon.related(a, b) for a in left for b in right)


class Told:
    """The figures of a claim by what they can be held against: results, years, times."""

    def __init__(self, frame: Frame) -> None:
        self.years = {float(int(m.low)) for m in frame.measured if m.kind in ("year", "date") and m.low}
        self.times = [m for m in frame.measured if m.unit in HOURS_IN and m.kind in ("duration", "ordinal")]
        self.figures = [
            m
            for m in frame.measured
            if m.kind not in ("year", "date", "ordinal", "age", "interval", "frequency")
            and m.unit not in HOURS_IN
            and (m.low is not None or m.high is not None)
            and not (m.unit == "trials" and m.low == m.high == 1)  # "not one trial" tells no result
        ]


def load_designs(path: Path = DESIGNS_FILE) -> DesignBook:
    """How designs are told. Raises LibraryError when the file is wrong."""
    return load_kept_record(path, DesignBook, name=path.name)


def role_of(figure: Measured, values: Iterable[Value]) -> str | None:
    """What the figure is in a finding, ``None`` when it is not there; a result goes before an interval or people."""
    low, high = sorted(abs(v) for v in (min(_bounds(figure)), max(_bounds(figure))))
    found: str | None = None
    for value in values:
        if figure.unit and value.unit != figure.unit:
            continue
        slack = _WHOLE if value.amount >= _SMALL and low == round(low) else 0.006 if value.amount < _SMALL else 0.06
        if figure.approximate:
            slack = max(slack, _APPROXIMATE * value.amount)
        fits = abs(low - value.amount) <= slack or abs(high - value.amount) <= slack
        if fits and (found is None or value.role in ("value", "comparator")):
            found = value.role
    return found


def _bounds(figure: Measured) -> tuple[float, ...]:
    return tuple(v for v in (figure.low, figure.high) if v is not None)


def same_time(told: Measured, finding: Finding) -> bool:
    """Whether a time that is told is about when a finding, which has a time, was measured."""
    assert finding.time, "only findings with a time are compared"
    hours = HOURS_IN[finding.time.unit]
    ends = [v * hours for v in (finding.time.low, finding.time.high) if v is not None]
    bounds = [v * HOURS_IN[told.unit] for v in _bounds(told)] if told.unit in HOURS_IN else []
    return bool(ends and bounds) and max(bounds) >= min(ends) * _EARLIER and min(bounds) <= max(ends) * _LATER


def scope_of(finding: Finding, study: Study, slot: str) -> tuple[str, ...]:
    """What a finding says in a slot, else what its study says there."""
    own: tuple[str, ...] | None = getattr(finding, slot)
    wide: tuple[str, ...] = getattr(study, slot)
    return wide if own is None else own


def _squeezed(text: str) -> str:
    return " ".join(fold(text).split())
