"""A check as CSV for a spreadsheet: one row a claim, with no cell that a spreadsheet would run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from claims.fingerprints import claim_fingerprints
from claims.reporters.standing import whole_reason
from claims.reporters.tabular import csv_pieces

if TYPE_CHECKING:
    from claims.reporters.check_run import CheckRun

COLUMNS: Final = (
    "path",
    "id",
    "line",
    "column",
    "end_line",
    "end_column",
    "verdict",
    "status",
    "category",
    "says",
    "reason",
    "rules",
    "missing",
    "proposition",
    "findings",
    "references",
    "suggestion",
    "conflicts",
    "fingerprint",
    "rule_pages",
)


def pieces(run: CheckRun) -> Iterator[str]:
    """Every claim in page order, or those of the verdicts asked for."""
    rows = (
        (
            document.path,
            claim.id,
            claim.line,
            claim.column,
            claim.end_line,
            claim.end_column,
            claim.verdict,
            claim.status,
            claim.category,
            claim.text,
            whole_reason(claim.rules, claim.reason),
            " ".join(hit.code for hit in claim.rules),
            " ".join(claim.missing),
            claim.proposition,
            " ".join(f"{item.finding}:{item.stance}" for item in claim.evidence),
            " ".join(dict.fromkeys(item.reference for item in claim.evidence)),
            claim.suggestion,
            " ".join(claim.conflicts),
            mark,
            "; ".join(run.rules.way(hit.code) for hit in claim.rules),
        )
        for document in run.result.documents
        for claim, mark in zip(document.claims, claim_fingerprints(document.claims), strict=True)
        if not run.view.verdicts or run.view.shows(claim)
    )
    return csv_pieces(COLUMNS, rows)
