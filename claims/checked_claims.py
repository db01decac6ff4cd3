"""One claim of a checked document: as it was read and judged, or as a curator found it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from claims.comparisons import Comparison
from claims.propositions import Verdict
from claims.report import EvidenceItem, evidence_item
from claims.standing import claim_as_it_stands
from claims.verdicts import GRAVITY, RuleHit

if TYPE_CHECKING:
    from claims.collection import Collection
    from claims.documents import Document
    from claims.engine import Read
    from claims.sources import Claim


class Weighed(msgspec.Struct, frozen=True, kw_only=True):
    """One comparison that weighed for (above 0) or against a claim; the names are those of ``comparisons``."""

    comparison: str
    weight: float


class CheckedClaim(msgspec.Struct, frozen=True, kw_only=True):
    """One claim of a document. ``start`` and ``end`` are code points of the file, lines and columns are 1-based.

    In a Word or PDF file they count in the extracted text, and ``place`` (else ``None``) says the page or paragraph.
    ``paraphrase`` is the curator's, ``None`` for a claim that was read just now. ``comparisons`` say slot by slot how
    the claim stands to its proposition, ``tally`` what weighed most, ``support`` from 0 to 1 how far the evidence
    carries it; they are empty for a curated claim. ``status``: ``new``, ``baseline``, ``ignored``, or ``unchanged`` for
    the old side of a new conflict; ``status_reason`` says why it is not new.
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
    status_reason: str | None = None
    place: str | None = None

    @property
    def where(self) -> str:
        """Where a person finds it: ``paragraph 3`` or ``page 2``, in a text file line and column."""
        return self.place or f"{self.line}:{self.column}"

    @property
    def is_problem(self) -> bool:
        """Whether the claim needs work: a verdict short of supported that is more than a note."""
        return self.verdict in GRAVITY and not self.is_note

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


def read_claim(read: Read, collection: Collection) -> CheckedClaim:
    """A claim with all but its name and place."""
    assertion, judgement = read.assertion, read.judgement
    proposition = collection.propositions.get(judgement.proposition or "")
    aspects = {(p.figure.start, p.figure.end): p.aspect for p in judgement.match.figures} if judgement.match else {}
    return CheckedClaim(
        id="",
        start=assertion.start,
        end=assertion.end,
        line=0,
        column=0,
        end_line=0,
        end_column=0,
        text=assertion.text,
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


def curated_claim(claim: Claim, document: Document, collection: Collection) -> CheckedClaim:
    """A claim of a registered source as its curator found it."""
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
        place=document.place(claim.start),
    )
