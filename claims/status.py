"""How a library stands: counts, coverage, reviews that are due, figures that were not verified at the source."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import msgspec

from claims.propositions import by_category
from evidence.standing import Standing
from evidence.vocabulary import Verified

if TYPE_CHECKING:
    from claims.collection import Collection
    from evidence.library import Library
    from evidence.verification import VerificationState

SOON_DAYS: Final = 90
_SAID: Final[Mapping[VerificationState, str]] = {"mismatch": "differs", "not-found": "not found"}
_SEEN: Final[Verified] = "yes"


class Due(msgspec.Struct, frozen=True, kw_only=True):
    proposition: str
    review_by: dt.date
    overdue: bool


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """When the services were last asked about the references: of how many, on which days, and what they said.

    ``differing`` says of each work that was not found, or is another than the bibliography says, what differs.
    """

    references: int
    never: int
    oldest: dt.date | None
    newest: dt.date | None
    by_state: dict[str, int]
    differing: dict[str, str]


class LibraryStatus(msgspec.Struct, frozen=True, kw_only=True):
    """``unverified`` lists findings whose figure was not seen in the work itself, by how it was verified."""

    name: str
    hash: str
    counts: dict[str, int]
    propositions_by_category: dict[str, int]
    findings_by_level: dict[str, int]
    identifiers: dict[str, int]
    coverage: dict[str, int]
    due: tuple[Due, ...]
    unverified: dict[str, tuple[str, ...]]
    not_current: dict[str, Standing]
    verification: Asked


def library_status(collection: Collection, *, library_hash: str, today: dt.date) -> LibraryStatus:
    """The state of the library on ``today``; reviews due within ``SOON_DAYS`` are listed."""
    library = collection.library
    claims = collection.claims.values()
    horizon = min(today, dt.date.max - dt.timedelta(days=SOON_DAYS)) + dt.timedelta(days=SOON_DAYS)
    due = [
        Due(proposition=p.id, review_by=p.review_by, overdue=p.review_by < today)
        for p in sorted(collection.propositions.values(), key=lambda p: (p.review_by, p.id))
        if p.review_by <= horizon
    ]
    unverified: dict[str, list[str]] = {}
    for finding in library.findings.values():
        if finding.verified != _SEEN:
            unverified.setdefault(finding.verified, []).append(finding.id)
    judged = [c for c in claims if c.verdict not in ("promotional", "unsupported") and c.scope == "literature"]
    return LibraryStatus(
        name=collection.manifest.name,
        hash=library_hash,
        counts={
            "references": len(library.references),
            "studies": len(library.studies),
            "findings": len(library.findings),
            "propositions": len(collection.propositions),
            "concepts": len(collection.lexicon.concepts),
            "sources": len(collection.sources),
            "claims": len(collection.claims),
            "conflicts": len(collection.conflicts),
        },
        propositions_by_category=by_category(collection.propositions),
        findings_by_level=dict(
            sorted(Counter(library.studies[f.key].level for f in library.findings.values()).items())
        ),
        identifiers={
            "references with a DOI": sum(r.doi is not None for r in library.references.values()),
            "references with a PMID": sum(r.pmid is not None for r in library.references.values()),
            "references with neither": sum(r.doi is None and r.pmid is None for r in library.references.values()),
        },
        coverage={
            "literature claims judged": len(judged),
            "of these with evidence": sum(bool(c.evidence) for c in judged),
            "of these with a proposition": sum(bool(c.propositions) for c in judged),
            "findings linked to a proposition": len(
                {link.finding for p in collection.propositions.values() for link in p.evidence}
            ),
        },
        due=tuple(due),
        unverified={kind: tuple(ids) for kind, ids in sorted(unverified.items())},
        not_current=dict(library.not_current),
        verification=_asked(library),
    )


def _asked(library: Library) -> Asked:
    asked = {key: v for key, v in library.verifications.items() if key in library.references}
    days = [verification.checked for verification in asked.values()]
    return Asked(
        references=len(asked),
        never=len(library.references) - len(asked),
        oldest=min(days, default=None),
        newest=max(days, default=None),
        by_state=dict(sorted(Counter(v.state for v in asked.values()).items())),
        differing={
            key: f"{_SAID[v.state]}: {v.details}" if v.details else _SAID[v.state]
            for key, v in asked.items()
            if v.state in _SAID
        },
    )
