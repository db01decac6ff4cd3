"""The audit as JSON (schema ``claimwise/check/1``): the ``Report`` value as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from claims.report import Report
from claims.reporters.layout import Screen
from claims.rule_links import RuleLinks, codes_in, entries

if TYPE_CHECKING:
    from claims.checking import CheckResult


def render(report: Report, screen: Screen) -> str:  # noqa: ARG001 - JSON has no width
    """Indented JSON with keys in the order of the schema."""
    return to_json(with_rules(report, RuleLinks()))


def with_rules(result: Report | CheckResult, links: RuleLinks) -> dict[str, object]:
    """A result with a table of the rules that occur in it, and where each is explained."""
    return {**msgspec.structs.asdict(result), "rules": entries(codes_in(result), links)}


def to_json(value: object) -> str:
    """Any of our values as indented JSON; the same value gives the same bytes."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
