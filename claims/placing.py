"""The conflicts of a run with the place of each claim, and with the works behind it that are not current."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from claims.report import ConflictEnd, ReportedConflict, conflict_end
from claims.standing import DECISIVE
from claims.verdicts import conflict_code

if TYPE_CHECKING:
    from claims.checked_claims import CheckedClaim
    from claims.checking import CheckedDocument
    from claims.collection import Collection
    from claims.conflicts import Conflict


def placed(
    conflicts: tuple[Conflict, ...], documents: Iterable[CheckedDocument], collection: Collection
) -> tuple[ReportedConflict, ...]:
    """The conflicts with the place of each claim; claims of registered sources stand in the source's own file."""
    named = {claim for conflict in conflicts for claim in conflict.claims}
    ends = {
        claim.id: ConflictEnd(
            path=document.path, id=claim.id, start=claim.start, end=claim.end, rests_on=_not_current(claim)
        )
        for document in documents
        for claim in document.claims
        if claim.id in named
    }
    for source in collection.sources.values():
        for claim in source.claims:
            if claim.id in named and claim.id not in ends:
                ends[claim.id] = conflict_end(claim, source.file, collection)
    return tuple(
        ReportedConflict(
            id=conflict.id,
            kind=conflict.kind,
            topic=conflict.topic,
            severity=conflict.severity,
            claims=tuple(ends[claim] for claim in conflict.claims),
            says=conflict.says,
            explanation=conflict.explanation,
            code=conflict_code(conflict.kind),
        )
        for conflict in conflicts
    )


def _not_current(claim: CheckedClaim) -> tuple[str, ...]:
    if not claim.rests_on_evidence:
        return ()
    told = (f"{i.reference} {i.standing}" for i in claim.evidence if i.standing and i.stance in DECISIVE)
    return tuple(dict.fromkeys(told))
