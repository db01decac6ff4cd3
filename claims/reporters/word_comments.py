"""The findings of a checked document as the comments that a writer reads in Word."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from claims.annotating import Comment
from claims.reporters.checked import View, telling
from claims.reporters.layout import plural
from claims.reporters.standing import stance_text, whole_reason
from claims.rule_links import RuleLinks, checks
from claims.verdicts import rule_name

if TYPE_CHECKING:
    from claims.checked_claims import CheckedClaim
    from claims.checked_documents import CheckedDocument


def word_comments(document: CheckedDocument, view: View, links: RuleLinks) -> tuple[Comment, ...]:
    """One comment for each claim that the view shows: verdict and reason, evidence, a wording that is carried, and
    what each rule checks with where its page is."""
    return tuple(
        Comment(start=claim.start, end=claim.end, lines=tuple(_lines(claim, links)))
        for claim in document.claims
        if view.shows(claim)
    )


def _lines(claim: CheckedClaim, links: RuleLinks) -> Iterator[str]:
    yield f"{claim.verdict.capitalize()}: {whole_reason(claim.rules, claim.reason)}"
    if claim.missing:
        yield f"Missing: {', '.join(claim.missing)}"
    for item in telling(claim):
        yield f"Evidence ({stance_text(item)}): {item.summary.rstrip('.')}. {item.citation} ({item.locator})"
    if claim.suggestion:
        yield f"Better: {claim.suggestion}"
    if claim.conflicts:
        yield f"In {plural(len(claim.conflicts), 'conflict')} with other claims; the report names them."
    for hit in claim.rules:
        yield f"Rule {hit.code} {rule_name(hit.code)}: {checks(hit.code)}. {links.way(hit.code)}"
