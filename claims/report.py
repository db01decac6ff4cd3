"""The audit of the registered sources as one value: claims with verdict, evidence, conflicts, and what they add up to.

Pure: built from a collection and filters, handed to a reporter. The shape of ``Report`` is the JSON of ``report``
(schema ``claimwise/check/1`` in docs/json.md).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final, get_args

import msgspec

from claims.conflicts import Conflict, Disagreement, Severity, disagreements
from claims.propositions import Category, Verdict
from claims.standing import claim_as_it_stands, rests_on
from claims.verdicts import RULES, RuleHit, conflict_code
from evidence.standing import Standing

if TYPE_CHECKING:
    from claims.collection import Collection
    from claims.sources import Claim, Source

SCHEMA: Final = "claimwise/check/1"
SEVERITIES: Final[tuple[Severity, ...]] = (3, 2, 1)
VERDICTS: Final[tuple[Verdict, ...]] = get_args(Verdict)
CATEGORIES: Final[tuple[Category, ...]] = get_args(Category)
PROBLEM_VERDICTS: Final = frozenset({"overstated", "vague", "contradicted", "unsupported"})


class ReportFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Which claims to show; empty fields do not restrict."""

    verdicts: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    importance: int = 1

    def admits(self, claim: Claim, verdict: Verdict) -> bool:
        """Whether to show a claim whose verdict is ``verdict`` as things stand."""
        return (
            (not self.verdicts or verdict in self.verdicts)
            and (not self.categories or claim.category in self.categories)
            and claim.importance >= self.importance
        )


class EvidenceItem(msgspec.Struct, frozen=True, kw_only=True):
    """A finding as reports show it; ``standing`` is ``None`` while the work is current."""

    finding: str
    reference: str
    stance: str
    summary: str
    citation: str
    brief: str
    locator: str
    level: str
    verified: str
    standing: Standing | None = None


class ReportedClaim(msgspec.Struct, frozen=True, kw_only=True):
    """A claim as reports show it; ``line`` and ``column`` are 1-based and ``None`` without the text at hand."""

    id: str
    start: int
    end: int
    line: int | None
    column: int | None
    end_line: int | None
    end_column: int | None
    text: str | None
    paraphrase: str
    category: str
    importance: int
    scope: str
    proposition: str | None
    propositions: tuple[str, ...]
    slots: dict[str, tuple[str, ...]]
    quantities: tuple[dict[str, object], ...]
    certainty: str
    polarity: str
    verdict: str
    also: tuple[str, ...]
    reason: str
    rules: tuple[RuleHit, ...]
    missing: tuple[str, ...]
    evidence: tuple[EvidenceItem, ...]
    suggestion: str | None
    conflicts: tuple[str, ...]
    status: str = "new"


class ReportedDocument(msgspec.Struct, frozen=True, kw_only=True):
    path: str
    sha256: str
    source: str | None
    title: str
    publisher: str
    date: str | None
    claims: tuple[ReportedClaim, ...]
    unchecked: tuple[dict[str, object], ...] = ()


class ConflictEnd(msgspec.Struct, frozen=True, kw_only=True):
    """One claim of a conflict. ``rests_on`` names the works behind it that are not current, and how they stand."""

    path: str
    id: str
    start: int
    end: int
    rests_on: tuple[str, ...] = ()


class ReportedConflict(msgspec.Struct, frozen=True, kw_only=True):
    """Claims that clash. ``code`` is the rule of its kind, ``None`` for a kind without one.

    ``status`` is ``new``, or ``baseline`` for one that may stay.
    """

    id: str
    kind: str
    topic: str
    severity: int
    claims: tuple[ConflictEnd, ...]
    says: tuple[str, ...]
    explanation: str
    code: str | None = None
    status: str = "new"


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """Counts over the claims shown; every verdict is listed, also at 0."""

    claims: int
    verdicts: dict[str, int]
    categories: dict[str, int]
    by_document: dict[str, dict[str, int]]
    conflicts: int
    conflicts_by_severity: dict[str, int]
    disagreements: int
    disagreements_by_severity: dict[str, int]
    unchecked: int


class Report(msgspec.Struct, frozen=True, kw_only=True):
    schema: str
    library: dict[str, str]
    documents: tuple[ReportedDocument, ...]
    conflicts: tuple[ReportedConflict, ...]
    disagreements: tuple[Disagreement, ...]
    summary: Summary


def build_report(
    collection: Collection,
    *,
    library_hash: str,
    filters: ReportFilters | None = None,
    texts: Mapping[str, str] | None = None,
) -> Report:
    """The report over the registered sources. ``texts`` holds the text of each source at hand, by source id."""
    chosen = filters or ReportFilters()
    sources = [s for s in collection.sources.values() if not chosen.sources or s.id in chosen.sources]
    library = collection.library
    shown = {
        claim.id
        for source in sources
        for claim in source.claims
        if chosen.admits(claim, claim_as_it_stands(claim, library).verdict)
    }
    conflicts = [c for c in collection.conflicts if any(claim in shown for claim in c.claims)]
    touching: dict[str, list[str]] = {}
    for conflict in conflicts:
        for claim_id in conflict.claims:
            touching.setdefault(claim_id, []).append(conflict.id)
    documents = tuple(
        _document(collection, source, shown, touching, (texts or {}).get(source.id)) for source in sources
    )
    return Report(
        schema=SCHEMA,
        library={"name": collection.manifest.name, "hash": library_hash},
        documents=documents,
        conflicts=tuple(report_conflict(collection, conflict) for conflict in conflicts),
        disagreements=disagreements(conflicts),
        summary=_summary(documents, conflicts),
    )


def report_conflict(collection: Collection, conflict: Conflict) -> ReportedConflict:
    """The conflict with the place of each claim in its document."""
    ends = []
    for claim_id in conflict.claims:
        claim = collection.claims[claim_id]
        path = collection.sources[claim.source].file
        ends.append(conflict_end(claim, path, collection))
    return ReportedConflict(
        id=conflict.id,
        kind=conflict.kind,
        topic=conflict.topic,
        severity=conflict.severity,
        claims=tuple(ends),
        says=conflict.says,
        explanation=conflict.explanation,
        code=conflict_code(conflict.kind),
    )


def conflict_end(claim: Claim, path: str, collection: Collection) -> ConflictEnd:
    """A curated claim as the end of a conflict."""
    works = rests_on(claim.evidence, claim.verdict, collection.library)
    told = tuple(f"{key} {standing}" for key, standing in works.items())
    return ConflictEnd(path=path, id=claim.id, start=claim.start, end=claim.end, rests_on=told)


def _document(
    collection: Collection, source: Source, shown: set[str], touching: Mapping[str, list[str]], text: str | None
) -> ReportedDocument:
    return ReportedDocument(
        path=source.file,
        sha256=source.sha256,
        source=source.id,
        title=source.title,
        publisher=source.publisher,
        date=source.date.isoformat() if source.date else None,
        claims=tuple(
            _claim(collection, claim, touching.get(claim.id, []), text) for claim in source.claims if claim.id in shown
        ),
    )


def _claim(collection: Collection, claim: Claim, conflicts: Iterable[str], text: str | None) -> ReportedClaim:
    start = _position(text, claim.start)
    end = _position(text, claim.end)
    stands = claim_as_it_stands(claim, collection.library)
    return ReportedClaim(
        id=claim.id,
        start=claim.start,
        end=claim.end,
        line=start[0],
        column=start[1],
        end_line=end[0],
        end_column=end[1],
        text=text[claim.start : claim.end] if text is not None else None,
        paraphrase=claim.paraphrase,
        category=claim.category,
        importance=claim.importance,
        scope=claim.scope,
        proposition=claim.propositions[0] if claim.propositions else None,
        propositions=claim.propositions,
        slots=dict(claim.slots.items()),
        quantities=tuple(msgspec.to_builtins(quantity) for quantity in claim.quantities),
        certainty=claim.certainty,
        polarity=claim.polarity,
        verdict=stands.verdict,
        also=claim.also,
        reason=stands.reason,
        rules=stands.rules,
        missing=stands.missing,
        evidence=tuple(evidence_item(collection, link.finding, link.stance) for link in claim.evidence),
        suggestion=stands.suggestion,
        conflicts=tuple(conflicts),
    )


def evidence_item(collection: Collection, finding_id: str, stance: str) -> EvidenceItem:
    """A finding as reports show it, with its citation and evidence level."""
    finding = collection.library.findings[finding_id]
    study = collection.library.study_of(finding_id)
    reference = collection.library.references[finding.key]
    return EvidenceItem(
        finding=finding_id,
        reference=finding.key,
        stance=stance,
        summary=finding.summary,
        citation=reference.citation,
        brief=reference.brief,
        locator=finding.locator,
        level=study.level,
        verified=finding.verified,
        standing=collection.library.not_current.get(finding.key),
    )


def _position(text: str | None, offset: int) -> tuple[int | None, int | None]:
    """1-based line and column (in code points) of an offset."""
    if text is None:
        return None, None
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def _summary(documents: tuple[ReportedDocument, ...], conflicts: list[Conflict]) -> Summary:
    claims = [claim for document in documents for claim in document.claims]
    gathered = disagreements(conflicts)
    return Summary(
        claims=len(claims),
        verdicts=_counts(claim.verdict for claim in claims),
        categories=dict(sorted(Counter(claim.category for claim in claims).items())),
        by_document={d.source or d.path: _counts(claim.verdict for claim in d.claims) for d in documents},
        conflicts=len(conflicts),
        conflicts_by_severity=by_severity(conflicts),
        disagreements=len(gathered),
        disagreements_by_severity=by_severity(gathered),
        unchecked=sum(len(document.unchecked) for document in documents),
    )


def by_severity(conflicts: Iterable[Conflict | Disagreement | ReportedConflict]) -> dict[str, int]:
    """How many there are of each severity, gravest first."""
    counted = Counter(conflict.severity for conflict in conflicts)
    return {str(level): counted[level] for level in SEVERITIES}


def _counts(verdicts: Iterable[str]) -> dict[str, int]:
    counted = Counter(verdicts)
    return {verdict: counted[verdict] for verdict in VERDICTS}


__all__ = ["CATEGORIES", "PROBLEM_VERDICTS", "RULES", "VERDICTS", "Report", "ReportFilters", "build_report"]
