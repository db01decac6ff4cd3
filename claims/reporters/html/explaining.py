"""The pages of the rules that occur, as values, so that a file sent to a colleague explains its own codes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from claims.reporters.html import views
from claims.rules import load_rules

if TYPE_CHECKING:
    from claims.rule_links import RuleLinks


def rule_texts(codes: Iterable[str], links: RuleLinks) -> tuple[views.RuleText, ...]:
    """The pages of these rules, in the order of all rules."""
    wanted = frozenset(codes)
    return tuple(
        views.RuleText(
            code=page.code,
            name=page.name,
            checks=page.checks,
            why=page.why,
            example=page.example.text,
            deserves=page.example.verdict or "",
            because=page.example.because,
            better=page.better,
            better_quoted=page.carried_by is not None,
            misses=page.known_misses,
            sources=page.sources,
            url=links.url(page.code),
        )
        for page in (load_rules() if wanted else ())
        if page.code in wanted
    )
