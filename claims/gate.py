"""What of a finished check counts: rules selected, comments that ignore, the baseline, changed lines, the exit code.

Pure. Nothing is dropped but what is not on changed lines; what does not count is marked and says why.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from claims.baseline import Baseline, with_baseline
from claims.checking import summarise, whole
from claims.ignores import with_ignores
from claims.placing import Reported, codes_of_conflicts, linked, only
from claims.repeats import Kind, altered, kinds_of
from claims.selection import weighed
from claims.verdicts import conflict_code

if TYPE_CHECKING:
    from claims.changed_lines import Changed
    from claims.checked_claims import CheckedClaim
    from claims.checked_documents import CheckedDocument
    from claims.checking import CheckResult
    from claims.config import Config
    from claims.ignores import Ignore
    from claims.report import ReportedConflict
    from claims.selection import Ruling


def settle(
    result: CheckResult,
    ignores: Mapping[str, Sequence[Ignore]],
    config: Config,
    *,
    today: dt.date,
    baseline: Baseline | None = None,
    changed: Changed | None = None,
) -> CheckResult:
    """The result with every claim marked as new, ignored or in the baseline, and with what was said anew counted.

    ``ignores`` are the comments found in the documents, by path. With ``changed`` only claims and remarks on changed
    lines remain, and the other side of a conflict with them.
    """
    ruled = _Ruled(ignores, config, today)
    documents = tuple(map(ruled.document, result.documents))
    all_conflicts = conflicts = result.conflicts
    codes = codes_of_conflicts(conflicts)
    if not isinstance(conflicts, Reported) or any(not config.ruling(d.path).codes >= codes for d in documents):
        conflicts = only(conflicts, lambda conflict: _reported(conflict, config))
    result = msgspec.structs.replace(result, documents=documents, conflicts=conflicts)
    if baseline is not None:
        result = with_baseline(result, baseline, config.relative)
    if changed is not None:
        result = _on_changed_lines(whole(result), changed)
    if len(result.conflicts) != len(all_conflicts):
        result = msgspec.structs.replace(result, documents=linked(result.documents, result.conflicts))
    return msgspec.structs.replace(result, summary=summarise(result.documents, result.conflicts))


def exit_code(result: CheckResult, config: Config) -> int:
    """1 with a new claim that fails or a remark as grave as an error, else 2 when something was not checked, else 0."""
    for document in result.documents:
        ruling = config.ruling(document.path)
        if any(ruling.fails(claim) for claim, _ in kinds_of(document.claims)):
            return 1
        if ruling.fail_on != "never" and any(remark.severity == "error" for remark in document.remarks):
            return 1
    return 2 if result.summary.unchecked else 0


class _Ruled:
    """Documents under what holds for them: the comments in them, and the rules selected with their severities."""

    def __init__(self, ignores: Mapping[str, Sequence[Ignore]], config: Config, today: dt.date) -> None:
        self._ignores = ignores
        self._config = config
        self._today = today
        self._weighed: dict[tuple[Kind, int], Kind] = {}  # by a ruling's identity; those of the settings stay

    def document(self, checked: CheckedDocument) -> CheckedDocument:
        """The document with its claims and remarks marked."""
        ruling = self._config.ruling(checked.path)
        ignores = self._ignores.get(checked.path)
        if ignores:
            checked = with_ignores(checked, ignores, self._today, ruling.codes)
        remarks = tuple(
            msgspec.structs.replace(remark, severity=ruling.severity.get(remark.code, remark.severity))
            for remark in checked.remarks
        )
        claims = altered(checked.claims, lambda kind: self._as_ruled(kind, ruling))
        return msgspec.structs.replace(checked, claims=claims, remarks=remarks)

    def _as_ruled(self, kind: Kind, ruling: Ruling) -> Kind:
        known = self._weighed.get((kind, id(ruling)))
        if known is None:
            claim = weighed(kind.claim, ruling)
            known = self._weighed[kind, id(ruling)] = kind if claim is kind.claim else Kind(claim)
        return known


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
