"""The audit as JSON (schema ``claimwise/check/1``): the ``Report`` value as it is."""

from __future__ import annotations

import msgspec

from claims.report import Report
from claims.reporters.layout import Screen


def render(report: Report, screen: Screen) -> str:  # noqa: ARG001 - JSON has no width
    """Indented JSON with keys in the order of the schema."""
    return to_json(report)


def to_json(value: object) -> str:
    """Any of our values as indented JSON; the same value gives the same bytes."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
