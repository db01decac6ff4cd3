"""How a work that is not current is shown beside a claim: at its evidence, and in what is said of the verdict."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from claims.report import ConflictEnd, EvidenceItem
    from claims.verdicts import RuleHit


def stance_text(item: EvidenceItem) -> str:
    """``supports``, or ``supports, retracted 2021-03-04``."""
    return f"{item.stance}, {item.standing}" if item.standing else item.stance


def said_of_works(rules: Iterable[RuleHit], reason: str) -> list[str]:
    """What the rules on references say that the reason does not say already."""
    return [hit.message for hit in rules if hit.code.startswith("RF") and reason not in hit.message]


def whole_reason(rules: Iterable[RuleHit], reason: str) -> str:
    """The reason with what is said of the works behind it, on one line."""
    said = said_of_works(rules, reason)
    return "; ".join([reason.rstrip("."), *said]) if said else reason


def end_text(end: ConflictEnd) -> str:
    """`` (rests on Murrough2013a retracted 2021-03-04)`` for a claim that does, else nothing."""
    return f" (rests on {', '.join(end.rests_on)})" if end.rests_on else ""
