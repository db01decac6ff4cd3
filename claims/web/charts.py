"""Figures into charts: findings with their intervals, what the evidence carries and what copy claims, on one scale.

A chart is rows with places in percent of its width; the template draws each row as inline SVG beside the same figures
as text. Figures of different units never share a scale.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from claims.evidence_table import interval_text, result_text
from evidence.studies import amount, number_text

if TYPE_CHECKING:
    from claims.propositions import Carried
    from claims.sources import Quantity
    from evidence.studies import Finding

Origin = Literal["finding", "carried", "claim"]
RELATIVE: Final = "relative effect"  # the scale that odds, risk, rate and hazard ratios share
_RATIOS: Final = frozenset({"odds-ratio", "risk-ratio", "hazard-ratio", "rate-ratio"})
_TICKS: Final = 5
_MARGIN: Final = 4.0  # percent of the width left free on both sides, so that no mark is cut
_FROM_ZERO: Final = 0.6  # figures that begin below this part of the largest are drawn from zero


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One row before it is placed. ``low`` and ``high`` are ``None`` where that side is open or unknown.

    ``point`` is the value itself, ``against`` the comparator's. ``scale`` names what figures share an axis with.
    """

    label: str
    href: str
    origin: Origin
    scale: str
    told: str
    point: float | None = None
    low: float | None = None
    high: float | None = None
    against: float | None = None
    note: str | None = None
    badge: str | None = None


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A figure with its places, in percent of the chart's width; ``None`` for what is not drawn."""

    figure: Figure
    point: float | None
    low: float | None
    high: float | None
    against: float | None


class Tick(msgspec.Struct, frozen=True, kw_only=True):
    at: float
    text: str


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """Rows on one axis. ``neutral`` is the place of no effect, ``None`` where the scale has none."""

    title: str
    rows: tuple[Row, ...]
    ticks: tuple[Tick, ...]
    neutral: float | None
    origins: tuple[Origin, ...]
    has_comparators: bool


def finding_figures(finding: Finding, *, label: str, href: str, note: str) -> list[Figure]:
    """What of a finding can be drawn: its value with its interval, and its relative effect."""
    figures = []
    low, high = finding.bounds
    if finding.statistic != "date" and finding.unit and (low, high) != (None, None):
        is_ratio = finding.statistic in _RATIOS
        told = result_text(finding)
        if finding.comparator_value is not None:
            told += f" against {amount(finding.comparator_value, finding.comparator_value, finding.unit)}"
        interval = finding.ci
        figures.append(
            Figure(
                label=label,
                href=href,
                origin="finding",
                scale=RELATIVE if is_ratio else finding.unit,
                told=told + (f" ({_interval(interval.low, interval.high)})" if interval else ""),
                point=finding.value,
                low=interval.low if interval else low,
                high=interval.high if interval else high,
                against=finding.comparator_value,
                note=note,
            )
        )
    effect = finding.effect
    if effect and effect.statistic in _RATIOS:
        figures.append(
            Figure(
                label=label,
                href=href,
                origin="finding",
                scale=RELATIVE,
                told=interval_text(msgspec.structs.replace(finding, ci=None)),
                point=effect.value,
                low=effect.low if effect.low is not None else effect.value,
                high=effect.high if effect.high is not None else effect.value,
                note=note,
            )
        )
    return figures


def carried_figure(value: Carried, *, label: str, href: str) -> Figure:
    """The interval that the evidence carries."""
    told = amount(value.low, value.high, value.unit)
    note = "; ".join(part for part in (f"at {value.time}" if value.time else "", value.note or "") if part)
    return Figure(
        label=label,
        href=href,
        origin="carried",
        scale=value.unit,
        told=told,
        low=value.low,
        high=value.high,
        note=note or None,
    )


def claimed_figure(quantity: Quantity, *, label: str, href: str, badge: str, note: str) -> Figure | None:
    """What a claim states; ``None`` for a figure without unit or bounds."""
    if quantity.unit is None or (quantity.low is None and quantity.high is None):
        return None
    single = quantity.low if quantity.low == quantity.high else None
    return Figure(
        label=label,
        href=href,
        origin="claim",
        scale=quantity.unit,
        told=amount(quantity.low, quantity.high, quantity.unit),
        point=single,
        low=quantity.low,
        high=quantity.high,
        badge=badge,
        note=note,
    )


def build_charts(figures: Iterable[Figure], *, least: int = 2) -> tuple[Chart, ...]:
    """One chart a scale that has at least ``least`` figures, the fullest first; rows in the order given."""
    scales: dict[str, list[Figure]] = {}
    for figure in figures:
        scales.setdefault(figure.scale, []).append(figure)
    groups = sorted((g for g in scales.values() if len(g) >= least), key=lambda g: (-len(g), g[0].scale))
    return tuple(_chart(group) for group in groups)


def _chart(figures: Sequence[Figure]) -> Chart:
    numbers = [n for f in figures for n in (f.point, f.low, f.high, f.against) if n is not None]
    scale = figures[0].scale
    as_log = scale == RELATIVE and min(numbers) > 0
    marks = _log_ticks(numbers) if as_log else _even_ticks(numbers)
    first, last = _turned(marks[0], as_log), _turned(marks[-1], as_log)
    span = (last - first) or 1.0

    def place(number: float | None) -> float | None:
        if number is None:
            return None
        return round(_MARGIN + (_turned(number, as_log) - first) / span * (100 - 2 * _MARGIN), 2)

    def row(figure: Figure) -> Row:
        # A side that is open reaches the end of the axis.
        low = place(figure.low if figure.low is not None or figure.high is None else marks[0])
        high = place(figure.high if figure.high is not None or figure.low is None else marks[-1])
        return Row(figure=figure, point=place(figure.point), low=low, high=high, against=place(figure.against))

    neutral = 1.0 if scale == RELATIVE else 0.0
    return Chart(
        title=_title(scale),
        rows=tuple(row(figure) for figure in figures),
        ticks=tuple(Tick(at=place(mark) or 0.0, text=number_text(mark)) for mark in marks),
        neutral=place(neutral) if marks[0] < neutral < marks[-1] else None,
        origins=tuple(dict.fromkeys(figure.origin for figure in figures)),
        has_comparators=any(figure.against is not None for figure in figures),
    )


def _title(scale: str) -> str:
    if scale == RELATIVE:
        return "Relative effects (ratios)"
    return "Per cent" if scale == "%" else scale.replace("-", " ").capitalize() if scale.islower() else scale


def _turned(number: float, as_log: bool) -> float:
    return math.log10(number) if as_log else number


def _even_ticks(numbers: Sequence[float]) -> list[float]:
    low, high = min(numbers), max(numbers)
    if 0 < low < high * _FROM_ZERO:
        low = 0.0
    elif high < 0 and high > low * _FROM_ZERO:
        high = 0.0
    if low == high:
        low, high = (0.0, high) if high > 0 else (low, 0.0) if low < 0 else (0.0, 1.0)
    raw = (high - low) / _TICKS
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [float(f"{index * step:.10g}") for index in range(first, max(last, first + 1) + 1)]


def _log_ticks(numbers: Sequence[float]) -> list[float]:
    low, high = min(*numbers, 1.0), max(*numbers, 1.0)
    powers = range(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 1)
    steps = [float(f"{step}e{power}") for power in powers for step in (1, 2, 5)]
    first = max(step for step in steps if step <= low)
    last = min(step for step in steps if step >= high)
    inner = [step for step in steps if first <= step <= last]
    thinned = [step for step in inner if len(inner) <= 2 * _TICKS or f"{step:e}".startswith("1")]
    ends = {inner[0], inner[-1], *thinned}
    return sorted(ends) if len(ends) > 1 else [inner[0], inner[0] * 2]


def _interval(low: float, high: float) -> str:
    return f"{number_text(low)} to {number_text(high)}"
