"""The judgement on a claim as a value: verdict, reason, rules, evidence, and what it was compared with."""

from __future__ import annotations

from typing import Final, NamedTuple

import msgspec

from claims.comparisons import Comparison, Relation
from claims.figures import PairedFigure
from claims.pairing import Near
from claims.propositions import EvidenceLink, Fault, Proposition, Qualifier, Verdict
from claims.verdicts import RuleHit

NETWORK: Final = "network"  # what a network that read the claim is called among the comparisons of a tally


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """The proposition a claim was judged by, slot by slot and figure by figure; ``similarity`` only ranked it."""

    proposition: Proposition
    comparisons: tuple[Comparison, ...]
    figures: tuple[PairedFigure, ...]
    similarity: float
    uncovered: tuple[str, ...] = ()

    def relation(self, slot: str) -> Relation:
        return next((c.relation for c in self.comparisons if c.slot == slot), "free")


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """How a claim stands, and why.

    ``proposition`` is the id of the one it is judged by, ``None`` when nothing bears on it. ``tally`` lists what
    weighed most, for (above 0) or against the claim; ``likeness`` is that to the nearest known wording; ``topics`` are
    all it was compared with. ``unchecked`` is the reason when nothing could judge it; its verdict then says nothing.
    """

    verdict: Verdict
    reason: str
    faults: tuple[Fault, ...] = ()
    missing: tuple[Qualifier, ...] = ()
    rules: tuple[RuleHit, ...] = ()
    suggestion: str | None = None
    match: Match | None = None
    proposition: str | None = None
    evidence: tuple[EvidenceLink, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    tally: tuple[tuple[str, float], ...] = ()
    topics: tuple[Near, ...] = ()
    support: float | None = None
    likeness: float = 0.0
    unchecked: str | None = None


class Ruling(NamedTuple):
    """A verdict with its reason, before evidence and suggestion are put to it."""

    verdict: Verdict
    reason: str
    faults: tuple[Fault, ...] = ()
    missing: tuple[Qualifier, ...] = ()
