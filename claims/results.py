"""Holds the figures of a claim against the results that a topic rests on, each with what it was a result of.

That a topic knows a figure says little: it may have been found for another outcome, in the other arm, or after weeks
and not a day. So each figure is held against every finding of the topic that has it, detail by detail.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from claims.faults import Misread
from claims.studied import Told, same_time, scope_of
from claims.wordings import near_values, scaled_unit, scaled_values

if TYPE_CHECKING:
    from claims.frames import Frame
    from claims.lexicon import Lexicon
    from claims.quantities import Measured
    from claims.studied import Findings
    from claims.study_index import Value
    from evidence.studies import Finding, Study

_RESULTS: Final = ("value", "comparator")
_MOST: Final = 3  # figures that count
_BROADEST: Final = 2  # a concept that so few lie above says too little to be another one
DETAILS: Final = ("arm", "outcome", "time", "population", "route", "drug")
NAMES: Final = ("result-told", "result-untold", "result-clean", "result-parts", *(f"result-{one}" for one in DETAILS))


class Results:
    """The results of one library, as claims are held against them."""

    def __init__(self, findings: Findings, lexicon: Lexicon) -> None:
        self._findings = findings
        self._lexicon = lexicon

    def compared(self, frame: Frame, told: Told, topic: Sequence[str]) -> tuple[dict[str, float], Misread | None]:
        """By name, how the figures of a claim stand to the results of a topic's findings: how many are told there, how
        many of the same unit are not, how many agree in every detail, and in which details the others part. Then the
        finding whose result is told of another outcome than it was found for, if there is one."""
        found = dict.fromkeys(NAMES, 0.0)
        misread: Misread | None = None
        if not told.figures or not topic:
            return found, misread
        units = {value.unit for finding in topic for value in self._results(finding)}
        for figure in told.figures:
            finding, best = min(self._partings(figure, frame, told, topic), key=_parts, default=(None, []))
            if finding is None:
                found["result-untold"] += figure.unit in units
                continue
            if "outcome" in best:
                misread = misread or Misread(finding, "outcome")
            found["result-told"] += 1
            found["result-clean"] += not best
            found["result-parts"] += len(best)
            for detail in best:
                found[f"result-{detail}"] = 1.0
        return {name: min(value, _MOST) for name, value in found.items()}, misread

    def _results(self, finding: str) -> list[Value]:
        return [value for value in self._findings.values_of(finding) if value.role in _RESULTS]

    def _partings(
        self, figure: Measured, frame: Frame, told: Told, topic: Iterable[str]
    ) -> Iterator[tuple[str, list[str]]]:
        """Each finding that has the figure, with the details in which the claim parts from it."""
        for name in topic:
            for value in self._results(name):
                if _is(figure, value):
                    yield name, list(self._parted(figure, value.role, name, frame, told))

    def _parted(self, figure: Measured, role: str, name: str, frame: Frame, told: Told) -> Iterator[str]:
        finding, study = self._findings.finding(name)
        if self._other_arm(figure, role, frame, finding, study):
            yield "arm"
        drugs = frame.slots.get("intervention", ()) + frame.slots.get("comparator", ())
        if self._apart(drugs, scope_of(finding, study, "intervention") + scope_of(finding, study, "comparator")):
            yield "drug"
        tied = tuple(key.removeprefix("outcome:") for key in frame.tied(figure) if key.startswith("outcome:"))
        if self._rivals(tied or frame.slots.get("outcome", ()), finding.outcome):
            yield "outcome"
        if told.times and finding.time and not any(same_time(time, finding) for time in told.times):
            yield "time"
        people = tuple(c for c in frame.slots.get("population", ()) if len(self._lexicon.wider(c)) > _BROADEST)
        for slot, named in (("population", people), ("route", frame.slots.get("route", ()))):
            if self._apart(named, scope_of(finding, study, slot)):
                yield slot

    def _other_arm(self, figure: Measured, role: str, frame: Frame, finding: Finding, study: Study) -> bool:
        only = frame.slots.get("intervention", ())
        of = frame.arm(figure) or (only if len(only) == 1 and not frame.slots.get("comparator") else ())
        sides = scope_of(finding, study, "intervention"), scope_of(finding, study, "comparator")
        mine, theirs = sides if role == "value" else sides[::-1]
        return bool(of) and not self._share(of, mine) and self._share(of, theirs)

    def _rivals(self, told: Sequence[str], outcome: str) -> bool:
        """Whether all outcomes that are told are others than this, and one is another of its kind, so
        that the two compete; outcomes of different kinds may go together."""
        if any(self._lexicon.related(one, outcome) for one in told):
            return False
        known = self._lexicon.wider(outcome)
        return any(
            len(self._lexicon.wider(kind)) > 1 for one in told for kind in known.intersection(self._lexicon.wider(one))
        )

    def _apart(self, told: Sequence[str], known: Sequence[str]) -> bool:
        return bool(told and known) and not self._share(told, known)

    def _share(self, left: Iterable[str], right: Iterable[str]) -> bool:
        return any(self._lexicon.related(a, b) for a in left for b in right)


def _parts(told: tuple[str, list[str]]) -> int:
    return len(told[1])


def _is(figure: Measured, value: Value) -> bool:
    """Whether a figure is this result but for rounding; one without a unit may be of any."""
    group, scale = scaled_unit(value.unit)
    own, amounts = scaled_values(figure)
    same_kind = own == group or figure.unit is None
    return same_kind and any(near_values(abs(amount), value.amount * scale, group) for amount in amounts)
