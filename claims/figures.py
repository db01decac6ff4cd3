"""Holds the figures of a claim against what the evidence carries: units that compare, bounds, and what lies inside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

import msgspec

from evidence.vocabulary import HOURS_IN

if TYPE_CHECKING:
    from claims.propositions import Carried
    from claims.quantities import Measured
    from evidence.studies import TimePoint

_TOLERANCE: Final = 0.05  # rounding: "about two thirds" for 64%


class PairedFigure(msgspec.Struct, frozen=True, kw_only=True):
    """A figure of the claim and the aspect it answers; ``inside``: it lies in what that aspect carries."""

    figure: Measured
    aspect: str
    inside: bool


def paired_figures(measured: Iterable[Measured], values: Iterable[Carried]) -> Iterator[PairedFigure]:
    """Each figure of the claim with the carried figure it answers to: one it lies inside, else one of its unit.

    A time that only says when another figure was measured is no figure of its own.
    """
    values = tuple(values)
    moments = [value.time for value in values if value.time]
    for figure in measured:
        if figure.kind in ("year", "date", "ordinal", "interval", "age"):
            continue
        rivals = [value for value in values if comparable_units(figure.unit, value.unit)]
        holding = next((value for value in rivals if inside(figure, value)), None)
        if holding is None and any(comparable_units(figure.unit, m.unit) and inside(figure, m) for m in moments):
            continue
        if holding or rivals:
            value = holding or rivals[0]
            yield PairedFigure(figure=figure, aspect=value.aspect, inside=holding is not None)


def comparable_units(left: str | None, right: str | None) -> bool:
    """Whether figures in these units can be held against each other: equal units, or both of time."""
    return left is not None and (left == right or (left in HOURS_IN and right in HOURS_IN))


def scaled(figure: Measured, unit: str) -> tuple[float, float]:
    """The figure's bounds in ``unit``; an open side is infinite."""
    scale = 1.0
    hours: Mapping[str | None, float] = dict(HOURS_IN.items())
    if figure.unit != unit and figure.unit in hours and unit in hours:
        scale = hours[figure.unit] / hours[unit]
    low = float("-inf") if figure.low is None else figure.low * scale
    high = float("inf") if figure.high is None else figure.high * scale
    return low, high


def inside(figure: Measured, value: Carried | TimePoint) -> bool:
    """Whether the figure lies inside the carried interval, rounding allowed; an open figure by the bound it has."""
    low, high = scaled(figure, value.unit)
    floor = float("-inf") if value.low is None else value.low * (1 - _TOLERANCE)
    ceiling = float("inf") if value.high is None else value.high * (1 + _TOLERANCE)
    if figure.low is None:  # "up to 70%" says only where it ends
        return floor <= high <= ceiling
    if figure.high is None:  # "at least two hours"
        return floor <= low <= ceiling
    return floor <= low and high <= ceiling
