"""Charts of the numeric topics: what documents claim beside what the evidence carries and what studies found.

A topic is an aspect of the lexicon whose answers compare as intervals. Values and places only; the template draws them
in percent of the width, so a chart fits every screen.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from claims.figures import comparable_units
from claims.reporters.layout import plural
from evidence.studies import amount, number_text
from evidence.vocabulary import HOURS_IN

if TYPE_CHECKING:
    from claims.collection import Collection
    from evidence.studies import Finding

Bounds = tuple[float | None, float | None]
RowKind = Literal["claim", "carried", "finding"]
MOST_FINDINGS: Final = 30
_MARGIN: Final = 3.0  # percent of the width on each side
_WIDE: Final = 40  # from this ratio of greatest to least on, the axis counts in powers of ten
_TICKS: Final = 5


class Claimed(msgspec.Struct, frozen=True, kw_only=True):
    """A figure that claim ``n`` states for an aspect; ``where`` names claim and document."""

    n: int
    where: str
    verdict: str
    aspect: str
    low: float | None
    high: float | None
    unit: str | None
    proposition: str | None
    findings: tuple[str, ...]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a chart; places are percent of the width, ``None`` where nothing is drawn.

    ``start`` and ``end`` are the value (equal for a single figure), ``open_low`` and ``open_high`` say that it has no
    bound there. ``ci`` is the confidence interval, ``other`` the comparator's value.
    """

    kind: RowKind
    label: str
    value: str
    start: float
    end: float
    open_low: bool = False
    open_high: bool = False
    ci: tuple[float, float] | None = None
    other: float | None = None
    claim: int | None = None
    verdict: str = ""
    note: str = ""


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """One topic. ``ticks`` are place in percent and label; ``told`` says in a sentence what the picture shows."""

    title: str
    unit: str
    logarithmic: bool
    ticks: tuple[tuple[float, str], ...]
    rows: tuple[Row, ...]
    left_out: int
    told: str


class _Line(msgspec.Struct, frozen=True, kw_only=True):
    kind: RowKind
    label: str
    value: str
    bounds: Bounds
    ci: tuple[float, float] | None = None
    other: float | None = None
    claim: int | None = None
    verdict: str = ""
    note: str = ""

    def numbers(self) -> Iterator[float]:
        """Everything that has to find room on the axis."""
        yield from (number for number in (*self.bounds, *(self.ci or ()), self.other) if number is not None)


def charts(claimed: Iterable[Claimed], collection: Collection) -> tuple[Chart, ...]:
    """A chart for each aspect that claims answer with figures; those with most claims first."""
    topics: dict[str, list[Claimed]] = {}
    for figure in claimed:
        topics.setdefault(figure.aspect, []).append(figure)
    comparing = {
        aspect: figures
        for aspect, figures in topics.items()
        if (concept := collection.lexicon.concepts.get(aspect)) and concept.compare == "interval"
    }
    ordered = sorted(comparing, key=lambda aspect: (-len(comparing[aspect]), aspect))
    drawn = (_chart(aspect, comparing[aspect], collection) for aspect in ordered)
    return tuple(chart for chart in drawn if chart is not None)


def _chart(aspect: str, claimed: Sequence[Claimed], collection: Collection) -> Chart | None:
    concept = collection.lexicon[aspect]
    unit: str | None = concept.unit
    unit = unit or next((figure.unit for figure in claimed if figure.unit), None)
    told = [line for figure in claimed if (line := _claim_line(figure, unit)) is not None]
    carried, findings = _evidence(aspect, claimed, unit, collection)
    lines = [*told, *carried, *findings[:MOST_FINDINGS]]
    numbers = [number for line in lines for number in line.numbers()]
    if not told or not numbers or not (carried or findings):
        return None
    axis = Axis.over(numbers, share=unit == "%")
    return Chart(
        title=concept.label,
        unit=unit or "",
        logarithmic=axis.logarithmic,
        ticks=tuple((axis.place(tick), _tick_text(tick)) for tick in axis.ticks()),
        rows=tuple(_row(line, axis) for line in lines),
        left_out=max(0, len(findings) - MOST_FINDINGS),
        told=_told(told, carried, findings, unit),
    )


def _claim_line(figure: Claimed, unit: str | None) -> _Line | None:
    bounds = _in_unit((figure.low, figure.high), figure.unit, unit)
    if bounds is None or bounds == (None, None):
        return None
    value = amount(figure.low, figure.high, figure.unit)
    return _Line(kind="claim", label=figure.where, value=value, bounds=bounds, claim=figure.n, verdict=figure.verdict)


def _evidence(
    aspect: str, claimed: Iterable[Claimed], unit: str | None, collection: Collection
) -> tuple[list[_Line], list[_Line]]:
    """What the propositions behind the claims carry for the aspect, and the findings that answer it."""
    claimed = tuple(claimed)
    keys = dict.fromkeys(figure.proposition for figure in claimed if figure.proposition in collection.propositions)
    carried: list[_Line] = []
    named = dict.fromkeys(finding for figure in claimed for finding in figure.findings)
    for key in keys:
        proposition = collection.propositions[key or ""]
        named |= dict.fromkeys(link.finding for link in proposition.evidence)
        for value in proposition.values:
            bounds = _in_unit((value.low, value.high), value.unit, unit)
            if value.aspect == aspect and bounds is not None:
                when = f" ({value.time})" if value.time else ""
                text = amount(value.low, value.high, value.unit)
                carried.append(_Line(kind="carried", label=proposition.statement, value=text + when, bounds=bounds))
    known = [collection.library.findings[key] for key in named if key in collection.library.findings]
    lines = [(finding, line) for finding in known if (line := _finding_line(finding, aspect, unit, collection))]
    lines.sort(key=lambda pair: (collection.library.studies[pair[0].key].level, pair[0].id))
    return carried, [line for _, line in lines]


def _finding_line(finding: Finding, aspect: str, unit: str | None, collection: Collection) -> _Line | None:
    bounds = _in_unit(finding.bounds, finding.unit, unit)
    if finding.aspect != aspect or bounds is None or bounds == (None, None):
        return None
    ci = _in_unit((finding.ci.low, finding.ci.high), finding.unit, unit) if finding.ci else None
    other = _in_unit((finding.comparator_value, None), finding.unit, unit)
    value = amount(*finding.bounds, finding.unit)
    if finding.ci:
        value += f" ({number_text(finding.ci.low)} to {number_text(finding.ci.high)})"
    if finding.comparator_value is not None:
        value += f"; comparator {amount(finding.comparator_value, finding.comparator_value, finding.unit)}"
    standing = collection.library.not_current.get(finding.key)
    return _Line(
        kind="finding",
        label=f"{collection.library.references[finding.key].short}, {finding.id}",
        value=value,
        bounds=bounds,
        ci=(ci[0], ci[1]) if ci and ci[0] is not None and ci[1] is not None else None,
        other=other[0] if other else None,
        note="; ".join(filter(None, (finding.summary, str(standing) if standing else ""))),
    )


def _in_unit(bounds: Bounds, given: str | None, wanted: str | None) -> Bounds | None:
    """The bounds in the unit of the chart; ``None`` when they do not compare."""
    if wanted is None or not comparable_units(given, wanted):
        return None
    hours: dict[str | None, float] = dict(HOURS_IN.items())
    scale = 1.0 if given == wanted else hours[given] / hours[wanted]
    low, high = (None if bound is None else bound * scale for bound in bounds)
    return low, high


def _row(line: _Line, axis: Axis) -> Row:
    low, high = line.bounds
    return Row(
        kind=line.kind,
        label=line.label,
        value=line.value,
        start=axis.place(low) if low is not None else 0.0,
        end=axis.place(high) if high is not None else 100.0,
        open_low=low is None,
        open_high=high is None,
        ci=(axis.place(line.ci[0]), axis.place(line.ci[1])) if line.ci else None,
        other=axis.place(line.other) if line.other is not None else None,
        claim=line.claim,
        verdict=line.verdict,
        note=line.note,
    )


def _tick_text(number: float) -> str:
    """A number short enough for an axis: 20bn, 1.5M, 30k."""
    for least, size, name in ((1e9, 1e9, "bn"), (1e6, 1e6, "M"), (1e4, 1e3, "k")):
        if abs(number) >= least:
            return f"{number / size:g}{name}"
    return number_text(number)


def _told(claimed: Sequence[_Line], carried: Sequence[_Line], findings: Sequence[_Line], unit: str | None) -> str:
    parts = [f"{plural(len(claimed), 'claimed value')} ({_span(claimed, unit)})"]
    if carried:
        parts.append(f"the evidence carries {_span(carried, unit)}")
    if findings:
        parts.append(f"{plural(len(findings), 'finding')} ({_span(findings, unit)})")
    return "; ".join(parts) + "."


def _span(lines: Iterable[_Line], unit: str | None) -> str:
    numbers = [number for line in lines for number in line.bounds if number is not None]
    return amount(min(numbers), max(numbers), unit) if numbers else "no figure"


class Axis(msgspec.Struct, frozen=True, kw_only=True):
    """A scale from ``low`` to ``high``, linear or in powers of ten."""

    low: float
    high: float
    logarithmic: bool

    @classmethod
    def over(cls, numbers: Sequence[float], *, share: bool = False) -> Axis:
        """An axis with room for all numbers; a share in percent has the whole from 0 to 100 where it fits."""
        low, high = min(numbers), max(numbers)
        if share and low >= 0 and high <= 100:
            return cls(low=0.0, high=100.0, logarithmic=False)
        if low > 0 and high / low >= _WIDE:
            return cls(low=low, high=high, logarithmic=True)
        low = 0.0 if 0 < low <= high / 2 else low
        if low == high:
            low, high = (0.0, high * 2) if high > 0 else (low - 1, high + 1)
        return cls(low=low, high=high, logarithmic=False)

    def place(self, number: float) -> float:
        """Where the number stands, in percent of the width."""
        if self.logarithmic:
            share = math.log(max(number, self.low) / self.low) / math.log(self.high / self.low)
        else:
            share = (number - self.low) / (self.high - self.low)
        return round(_MARGIN + (100 - 2 * _MARGIN) * min(max(share, 0.0), 1.0), 2)

    def ticks(self) -> tuple[float, ...]:
        """Round numbers on the axis, about five of them."""
        if self.logarithmic:
            powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
            every = max(1, len(powers) // _TICKS)
            found = tuple(10.0**power for power in powers[::every] if self.low <= 10.0**power <= self.high)
            return found if len(found) > 1 else (self.low, self.high)
        rough = (self.high - self.low) / _TICKS
        power = 10.0 ** math.floor(math.log10(rough))
        step = next((power * times for times in (1, 2, 5) if power * times >= rough), power * 10)
        first, last = math.ceil(self.low / step), math.floor(self.high / step + 1e-9)
        return tuple(round(count * step, 10) for count in range(first, last + 1))
