"""Checks documents against a library: every claim with its verdict, evidence and conflicts, as one value.

Pure: documents, a collection and the engine in, ``CheckResult`` out. Its shape is the JSON of ``check`` (schema
``claimwise/check/1`` in docs/json.md). A registered source is recognised by the hash of its bytes, and what its curator
found is then used.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING, Final, Literal, get_args

import msgspec

from claims.comparing import conflicts_among, said
from claims.comparisons import Comparison
from claims.conflicts import Conflict, Stated
from claims.placing import placed
from claims.propositions import Verdict
from claims.report import (
    SCHEMA,
    VERDICTS,
    EvidenceItem,
    ReportedConflict,
    by_severity,
    evidence_item,
)
from claims.standing import claim_as_it_stands
from claims.verdicts import RuleHit

if TYPE_CHECKING:
    from claims.collection import Collection
    from claims.documents import Document
    from claims.engine import Judge, Read
    from claims.sources import Claim, Source

FailOn = Literal["contradicted", "overstated", "vague", "unsupported", "never"]
FAIL_ON: Final[tuple[FailOn, ...]] = get_args(FailOn)
# Gravest first; a threshold takes in all before it.
_GRAVITY: Final[tuple[Verdict, ...]] = ("contradicted", "overstated", "vague", "unsupported")
_ODD: Final = re.compile(r"[^\w.]+")


class Weighed(msgspec.Struct, frozen=True, kw_only=True):
    """One comparison that weighed for (above 0) or against a claim; the names are those of ``comparisons``."""

    comparison: str
    weight: float


class CheckedClaim(msgspec.Struct, frozen=True, kw_only=True):
    """One claim of a document. ``start`` and ``end`` are code points of the file, lines and columns are 1-based.

    ``paraphrase`` is the curator's, ``None`` for a claim that was read just now. ``comparisons`` say slot by slot how
    the claim stands to its proposition, ``tally`` what weighed most, ``support`` from 0 to 1 how far the evidence
    carries it; they are empty for a curated claim. ``status`` is always ``new`` so far.
    """

    id: str
    start: int
    end: int
    line: int
    column: int
    end_line: int
    end_column: int
    text: str
    paraphrase: str | None
    category: str | None
    proposition: str | None
    slots: dict[str, tuple[str, ...]]
    quantities: tuple[dict[str, object], ...]
    certainty: str
    polarity: str
    verdict: Verdict
    reason: str
    rules: tuple[RuleHit, ...]
    missing: tuple[str, ...]
    evidence: tuple[EvidenceItem, ...]
    suggestion: str | None
    comparisons: tuple[Comparison, ...]
    support: float | None = None
    tally: tuple[Weighed, ...] = ()
    conflicts: tuple[str, ...] = ()
    status: str = "new"

    @property
    def is_problem(self) -> bool:
        """Whether the claim needs work: a verdict short of supported that is more than a note."""
        return self.verdict in _GRAVITY and not self.is_note

    @property
    def rests_on_evidence(self) -> bool:
        """Whether its evidence decides the verdict, or did until it was retracted."""
        return self.verdict not in ("unsupported", "promotional") or any(hit.code == "RF003" for hit in self.rules)

    @property
    def is_warned(self) -> bool:
        """Whether something more than a note is said of the claim, such as a retracted work among several."""
        return any(hit.severity != "note" for hit in self.rules)

    @property
    def is_note(self) -> bool:
        """Whether all that is said of the claim is by the way, such as a fact that only the clinic can show."""
        return bool(self.rules) and all(hit.severity == "note" for hit in self.rules)


class Unchecked(msgspec.Struct, frozen=True, kw_only=True):
    """What could not be checked. ``line`` is 1-based, ``None`` for the whole file."""

    reason: str
    line: int | None


class CheckedDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A document; ``source`` is the id of the registered source it was recognised as.

    ``sha256`` is ``None`` for a file that could not be read; ``words`` counts what the reader took for text.
    ``on_subject`` is false when it never speaks of what the library is about: then nothing in it was judged.
    """

    path: str
    sha256: str | None
    source: str | None
    words: int
    claims: tuple[CheckedClaim, ...]
    unchecked: tuple[Unchecked, ...] = ()
    on_subject: bool = True


class CheckSummary(msgspec.Struct, frozen=True, kw_only=True):
    """Counts over the documents that were read; every verdict is listed, also at 0.

    ``notes`` are claims with a problem's verdict of which only a note is made.
    """

    documents: int
    words: int
    claims: int
    verdicts: dict[str, int]
    notes: int
    conflicts: int
    conflicts_by_severity: dict[str, int]
    unchecked: int


class CheckResult(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a check found. Documents stand in the order of their paths."""

    schema: str
    library: dict[str, str]
    documents: tuple[CheckedDocument, ...]
    conflicts: tuple[ReportedConflict, ...]
    summary: CheckSummary

    def off_subject(self) -> tuple[str, ...]:
        """One line for each document in which nothing was judged, so that its silence is not taken for approval."""
        return tuple(
            f"{document.path}: never speaks of the library's subject; nothing in it was judged"
            for document in self.documents
            if not document.on_subject
        )

    def exit_code(self, fail_on: FailOn = "overstated") -> int:
        """1 with a claim at or above the threshold, else 2 when something could not be checked, else 0."""
        if fail_on != "never":
            failing = _GRAVITY[: _GRAVITY.index(fail_on) + 1]
            claims = (claim for document in self.documents for claim in document.claims)
            if any(claim.verdict in failing and not claim.is_note for claim in claims):
                return 1
        return 2 if self.summary.unchecked else 0


def check_documents(
    documents: Iterable[Document],
    collection: Collection,
    judge: Judge,
    *,
    library_hash: str,
    blind: bool = False,
    against_sources: bool = False,
    unreadable: Mapping[str, str] | None = None,
) -> CheckResult:
    """The check of all documents together, so that conflicts between them are found.

    ``blind`` judges a registered source as if it were unknown. ``against_sources`` adds conflicts with the claims of
    registered sources that are not among the documents. ``unreadable`` maps paths that could not be read to reasons.
    """
    by_hash = {source.sha256: source for source in collection.sources.values()}
    names = _Names(collection.sources)
    checked: list[CheckedDocument] = []
    stated: list[list[Stated]] = []
    for document in sorted(documents, key=lambda d: d.path):
        source = by_hash.get(document.sha256)
        if source is not None and not blind:
            checked.append(_registered(document, source, collection))
            stated.append(list(source.claims))
        else:
            done, sayings = _judged(document, names.of(document.path), collection, judge)
            checked.append(done)
            stated.append(sayings)
    present = {document.sha256 for document in checked}
    others = [c for s in collection.sources.values() if s.sha256 not in present for c in s.claims]
    found = conflicts_among(stated, others if against_sources else (), collection)
    touching: dict[str, list[str]] = {}
    for conflict in found:
        for claim in conflict.claims:
            touching.setdefault(claim, []).append(conflict.id)
    whole = [*(_with_conflicts(d, touching) for d in checked), *map(_unread, (unreadable or {}).items())]
    ordered = tuple(sorted(whole, key=lambda d: d.path))
    return CheckResult(
        schema=SCHEMA,
        library={"name": collection.manifest.name, "hash": library_hash},
        documents=ordered,
        conflicts=placed(found, ordered, collection),
        summary=_summary(ordered, found),
    )


class _Names:
    """Gives each document the name its claims' ids begin with: the file's stem, numbered where it is taken."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = set(taken)

    def of(self, path: str) -> str:
        stem = _ODD.sub("-", PurePath(path).stem).strip("-") or "text"
        name, count = stem, 1
        while name in self._taken:
            count += 1
            name = f"{stem}.{count}"
        self._taken.add(name)
        return name


def _judged(
    document: Document, name: str, collection: Collection, judge: Judge
) -> tuple[CheckedDocument, list[Stated]]:
    claims: list[CheckedClaim] = []
    sayings: list[Stated] = []
    unchecked = _notes(document)
    examined = judge.examine(document)
    for left in examined.left_out:
        if left.unread:
            unchecked.append(Unchecked(reason=left.reason, line=document.position(left.start)[0]))
    for read in examined.reads:
        if read.judgement.unchecked is not None:
            line = document.position(read.assertion.start)[0]
            unchecked.append(Unchecked(reason=read.judgement.unchecked, line=line))
            continue
        claim_id = f"{name}-c{len(claims) + 1:02}"
        claims.append(_read_claim(claim_id, read, document, collection))
        sayings.append(said(claim_id, read, collection))
    done = CheckedDocument(
        path=document.path,
        sha256=document.sha256,
        source=None,
        words=_words(document),
        claims=tuple(claims),
        unchecked=tuple(unchecked),
        on_subject=examined.on_subject,
    )
    return done, sayings


def _read_claim(claim_id: str, read: Read, document: Document, collection: Collection) -> CheckedClaim:
    assertion, judgement = read.assertion, read.judgement
    line, column = document.position(assertion.start)
    end_line, end_column = document.position(assertion.end)
    proposition = collection.propositions.get(judgement.proposition or "")
    aspects = {(p.figure.start, p.figure.end): p.aspect for p in judgement.match.figures} if judgement.match else {}
    return CheckedClaim(
        id=claim_id,
        start=assertion.start,
        end=assertion.end,
        line=line,
        column=column,
        end_line=end_line,
        end_column=end_column,
        text=document.text[assertion.start : assertion.end],
        paraphrase=None,
        category=proposition.category if proposition else None,
        proposition=judgement.proposition,
        slots=dict(assertion.slots.items()),
        quantities=tuple(
            {"aspect": aspects.get((m.start, m.end)), "low": m.low, "high": m.high, "unit": m.unit, "bound": m.bound}
            for m in assertion.measured
        ),
        certainty=assertion.certainty,
        polarity=assertion.polarity,
        verdict=judgement.verdict,
        reason=judgement.reason,
        rules=judgement.rules,
        missing=judgement.missing,
        evidence=tuple(evidence_item(collection, link.finding, link.stance) for link in judgement.evidence),
        suggestion=judgement.suggestion,
        comparisons=judgement.comparisons,
        support=judgement.support,
        tally=tuple(Weighed(comparison=name, weight=weight) for name, weight in judgement.tally),
    )


def _registered(document: Document, source: Source, collection: Collection) -> CheckedDocument:
    return CheckedDocument(
        path=document.path,
        sha256=document.sha256,
        source=source.id,
        words=_words(document),
        claims=tuple(_curated_claim(claim, document, collection) for claim in source.claims),
        unchecked=tuple(_notes(document)),
    )


def _curated_claim(claim: Claim, document: Document, collection: Collection) -> CheckedClaim:
    line, column = document.position(claim.start)
    end_line, end_column = document.position(claim.end)
    stands = claim_as_it_stands(claim, collection.library)
    return CheckedClaim(
        id=claim.id,
        start=claim.start,
        end=claim.end,
        line=line,
        column=column,
        end_line=end_line,
        end_column=end_column,
        text=document.text[claim.start : claim.end],
        paraphrase=claim.paraphrase,
        category=claim.category,
        proposition=claim.propositions[0] if claim.propositions else None,
        slots=dict(claim.slots.items()),
        quantities=tuple(msgspec.to_builtins(quantity) for quantity in claim.quantities),
        certainty=claim.certainty,
        polarity=claim.polarity,
        verdict=stands.verdict,
        reason=stands.reason,
        rules=stands.rules,
        missing=stands.missing,
        evidence=tuple(evidence_item(collection, link.finding, link.stance) for link in claim.evidence),
        suggestion=stands.suggestion,
        comparisons=(),
    )


def _notes(document: Document) -> list[Unchecked]:
    return [Unchecked(reason=note.reason, line=note.line or None) for note in document.unread]


def _unread(entry: tuple[str, str]) -> CheckedDocument:
    path, reason = entry
    nothing = (Unchecked(reason=reason, line=None),)
    return CheckedDocument(path=path, sha256=None, source=None, words=0, claims=(), unchecked=nothing)


def _words(document: Document) -> int:
    return sum(len(segment.text.split()) for segment in document.segments)


def _with_conflicts(document: CheckedDocument, touching: Mapping[str, list[str]]) -> CheckedDocument:
    claims = tuple(
        msgspec.structs.replace(claim, conflicts=tuple(touching[claim.id])) if claim.id in touching else claim
        for claim in document.claims
    )
    return msgspec.structs.replace(document, claims=claims)


def _summary(documents: tuple[CheckedDocument, ...], conflicts: tuple[Conflict, ...]) -> CheckSummary:
    claims = [claim for document in documents for claim in document.claims]
    counted = Counter(claim.verdict for claim in claims)
    return CheckSummary(
        documents=sum(document.sha256 is not None for document in documents),
        words=sum(document.words for document in documents),
        claims=len(claims),
        verdicts={verdict: counted[verdict] for verdict in VERDICTS},
        notes=sum(claim.verdict in _GRAVITY and claim.is_note for claim in claims),
        conflicts=len(conflicts),
        conflicts_by_severity=by_severity(conflicts),
        unchecked=sum(len(document.unchecked) for document in documents),
    )
