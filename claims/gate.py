"""What of a finished check counts: rules selected, comments that ignore, the baseline, changed lines, the exit code.

Pure. Nothing is dropped but what is not on changed lines; what does not count is marked and says why.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from claims.baseline import Baseline, with_baseline
from claims.checking import summarise
from claims.ignores import find_ignores, with_ignores
from claims.selection import weighed
from claims.verdicts import conflict_code

if TYPE_CHECKING:
    from claims.changed_lines import Changed
    from claims.checked_claims import CheckedClaim
    from claims.checking import CheckedDocument, CheckResult
    from claims.config import Config
    from claims.documents import Document
    from claims.report import ReportedConflict


def settle(
    result: CheckResult,
    documents: Iterable[Document],
    config: Config,
    *,
    today: dt.date,
    baseline: Baseline | None = None,
    changed: Changed | None = None,
) -> CheckResult:
    """The result with every claim marked as new, ignored or in the baseline, and with what was said anew counted.

    With ``changed`` only claims and remarks on changed lines remain, and the other side of a conflict with them.
    """
    read = {document.path: document for document in documents}
    settled = tuple(_ruled(d, read.get(d.path), config, today) for d in result.documents)
    conflicts = tuple(c for c in result.conflicts if _reported(c, config))
    result = msgspec.structs.replace(result, documents=settled, conflicts=conflicts)
    if baseline is not None:
        result = with_baseline(result, baseline, config.relative)
    if changed is not None:
        result = _on_changed_lines(result, changed)
    linked = {conflict.id for conflict in result.conflicts}
    settled = tuple(_linked(document, linked) for document in result.documents)
    summary = summarise(settled, result.conflicts)
    return msgspec.structs.replace(result, documents=settled, summary=summary)


def exit_code(result: CheckResult, config: Config) -> int:
    """1 with a new claim that fails or a remark as grave as an error, else 2 when something was not checked, else 0."""
    for document in result.documents:
        ruling = config.ruling(document.path)
        if any(ruling.fails(claim) for claim in document.claims):
            return 1
        if ruling.fail_on != "never" and any(remark.severity == "error" for remark in document.remarks):
            return 1
    return 2 if result.summary.unchecked else 0


def _ruled(checked: CheckedDocument, document: Document | None, config: Config, today: dt.date) -> CheckedDocument:
    ruling = config.ruling(checked.path)
    if document is not None:
        checked = with_ignores(checked, find_ignores(document), today, ruling.codes)
    remarks = tuple(
        msgspec.structs.replace(remark, severity=ruling.severity.get(remark.code, remark.severity))
        for remark in checked.remarks
    )
    claims = tuple(weighed(claim, ruling) for claim in checked.claims)
    return msgspec.structs.replace(checked, claims=claims, remarks=remarks)


def _reported(conflict: ReportedConflict, config: Config) -> bool:
    code = conflict_code(conflict.kind)
    return code is None or any(code in config.ruling(end.path).codes for end in conflict.claims)


def _on_changed_lines(result: CheckResult, changed: Changed) -> CheckResult:
    here = {
        claim.id
        for document in result.documents
        for claim in document.claims
        if changed.touches(document.path, claim.line, claim.end_line)
    }
    conflicts = tuple(c for c in result.conflicts if any(end.id in here for end in c.claims))
    beside = {end.id for conflict in conflicts for end in conflict.claims} - here
    documents = tuple(_of_changed(document, here, beside, changed) for document in result.documents)
    return msgspec.structs.replace(result, documents=documents, conflicts=conflicts)


def _of_changed(document: CheckedDocument, here: set[str], beside: set[str], changed: Changed) -> CheckedDocument:
    claims = tuple(_beside(c) if c.id in beside else c for c in document.claims if c.id in here or c.id in beside)
    remarks = tuple(r for r in document.remarks if changed.touches(document.path, r.line, r.line))
    unchecked = tuple(u for u in document.unchecked if u.line is None or changed.touches(document.path, u.line, u.line))
    return msgspec.structs.replace(document, claims=claims, remarks=remarks, unchecked=unchecked)


def _beside(claim: CheckedClaim) -> CheckedClaim:
    """The old side of a new conflict: shown with it, never counted."""
    if claim.status != "new":
        return claim
    return msgspec.structs.replace(claim, status="unchanged", status_reason="not on a changed line")


def _linked(document: CheckedDocument, linked: set[str]) -> CheckedDocument:
    """The document with its claims naming only conflicts that are reported."""
    if all(linked.issuperset(claim.conflicts) for claim in document.claims):
        return document
    claims = tuple(
        msgspec.structs.replace(claim, conflicts=tuple(c for c in claim.conflicts if c in linked))
        for claim in document.claims
    )
    return msgspec.structs.replace(document, claims=claims)
