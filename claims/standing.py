"""What a correction, an expression of concern or a retraction does to the verdicts that rested on the work.

The last stage of judging, the same for curated claims and for claims read just now: a verdict that rested on retracted
works alone falls to ``unsupported``; any other stays and names the work under RF003 (retracted), RF004 (corrected) or
RF005 (expression of concern). A library whose works are all current changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

import msgspec

from claims.propositions import EvidenceLink, Qualifier, Verdict
from claims.verdicts import RuleHit, rule_hits, standing_hit

if TYPE_CHECKING:
    from claims.collection import Collection
    from claims.judged import Judged
    from claims.propositions import Proposition
    from claims.sources import Claim
    from evidence.library import Library
    from evidence.standing import Standing
    from evidence.vocabulary import Stance, Status

SUPPORTING: Final[frozenset[Stance]] = frozenset({"supports", "supports-in-part"})
DECISIVE: Final[frozenset[Stance]] = SUPPORTING | {"opposes"}
# What a verdict rests on; the others on all that decides anything. Only these two fall with it: what is overstated or
# vague is so with or without the work.
_BEARING: Final[Mapping[Verdict, frozenset[Stance]]] = {"supported": SUPPORTING, "contradicted": frozenset({"opposes"})}
# These rest on no evidence, even where some stands beside them.
_UNRESTING: Final[frozenset[Verdict]] = frozenset({"unsupported", "promotional"})
_DID: Final[Mapping[Verdict, str]] = {"supported": "supports it", "contradicted": "speaks against it"}
_STATES: Final[tuple[Status, ...]] = ("retracted", "corrected", "concern")


class Revised(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict as it stands with the works behind it as they stand today."""

    verdict: Verdict
    reason: str
    rules: tuple[RuleHit, ...]
    missing: tuple[Qualifier, ...]
    suggestion: str | None


def claim_as_it_stands(claim: Claim, library: Library) -> Revised:
    """A curated claim's verdict, reason, rules and suggestion today."""
    curated = Revised(
        verdict=claim.verdict,
        reason=claim.reason,
        rules=rule_hits(claim),
        missing=claim.missing,
        suggestion=claim.suggestion,
    )
    return _revised(curated, claim.evidence, library, cited=claim.references)


def judged_as_it_stands(judged: Judged, library: Library, *, named: tuple[str, ...] = ()) -> Judged:
    """The judgement on a claim read just now, with what is not current in its evidence weighed.

    ``named`` are the works that the claim may name: several where a name fits several, so that only one is cited.
    """
    if not library.not_current or judged.unchecked is not None:
        return judged
    read = Revised(
        verdict=judged.verdict,
        reason=judged.reason,
        rules=judged.rules,
        missing=judged.missing,
        suggestion=judged.suggestion,
    )
    cited = named if len(named) == 1 else ()
    stands = _revised(read, judged.evidence, library, cited=cited, about=frozenset(named))
    if stands == read:
        return judged
    return msgspec.structs.replace(
        judged,
        verdict=stands.verdict,
        reason=stands.reason,
        rules=stands.rules,
        suggestion=stands.suggestion,
        faults=judged.faults if stands.verdict == judged.verdict else (),
        missing=stands.missing,
    )


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A record that no longer stands as it was curated: a claim's verdict, or a proposition nothing supports now."""

    kind: str
    id: str
    was: Verdict
    now: Verdict


def changes(collection: Collection, records: Iterable[tuple[str, str]]) -> tuple[Change, ...]:
    """Which of the records (kind and id) a retraction has turned, each once."""
    found: dict[tuple[str, str], Change] = {}
    for kind, key in records:
        if kind == "claim":
            claim = collection.claims[key]
            now = claim_as_it_stands(claim, collection.library).verdict
            if now != claim.verdict:
                found[kind, key] = Change(kind=kind, id=key, was=claim.verdict, now=now)
        elif kind == "proposition" and lost_support(collection.propositions[key], collection.library):
            found[kind, key] = Change(kind=kind, id=key, was="supported", now="unsupported")
    return tuple(found.values())


def rests_on(evidence: Iterable[EvidenceLink], verdict: Verdict, library: Library) -> dict[str, Standing]:
    """The works that are not current among those the verdict rests on, by bib key."""
    works = () if verdict in _UNRESTING else _works(evidence, verdict)
    return {key: library.not_current[key] for key in works if key in library.not_current}


def lost_support(proposition: Proposition, library: Library) -> tuple[str, ...]:
    """The retracted works behind a proposition that nothing else supports; none when it stands."""
    works = _works(proposition.evidence, "supported")
    gone = tuple(key for key in works if key in library.not_current and library.not_current[key].is_retracted)
    return gone if len(gone) == len(works) else ()


def standing_of_record(collection: Collection, kind: str, key: str) -> Standing | None:
    """How the work of a reference or finding stands; ``None`` while it is current, and for other kinds of record."""
    library = collection.library
    return library.not_current.get(library.findings[key].key if kind == "finding" else key)


def _revised(
    given: Revised,
    evidence: tuple[EvidenceLink, ...],
    library: Library,
    *,
    cited: tuple[str, ...],
    about: frozenset[str] = frozenset(),
) -> Revised:
    """``cited`` are works to name when they are not current, whatever the verdict rests on. A supported claim that is
    ``about`` works among its evidence rests on those alone."""
    if not library.not_current:
        return given
    works = _works(evidence, given.verdict)
    shown = dict.fromkeys((*(() if given.verdict in _UNRESTING else works), *cited))
    touched = {key: library.not_current[key] for key in shown if key in library.not_current}
    own = tuple(key for key in works if key in about) if given.verdict == "supported" else ()
    gone = [key for key in works if key in library.not_current and library.not_current[key].is_retracted]
    alone = bool(works) and set(own or works) <= set(gone)
    if alone and given.verdict in _BEARING:
        told = "; ".join(_named(key, touched[key], library) for key in (own or works))
        reason = f"{_head(given.verdict, works, own, gone)} retracted: {told}"
        hits = [*_hits(touched, others=False, library=library, but="retracted"), standing_hit("retracted", reason)]
        return Revised(verdict="unsupported", reason=reason, rules=_in_order(hits), missing=(), suggestion=None)
    others = bool(gone) and not alone
    return msgspec.structs.replace(
        given,
        rules=_in_order([*given.rules, *_hits(touched, others=others, library=library)]),
        suggestion=None if alone else given.suggestion,
    )


def _head(verdict: Verdict, works: tuple[str, ...], own: tuple[str, ...], gone: list[str]) -> str:
    if own and len(gone) < len(works):
        return "the work that the claim names was" if len(own) == 1 else "the works that the claim names were"
    return f"{'the only' if len(works) == 1 else 'every'} work that {_DID[verdict]} was"


def _hits(
    touched: Mapping[str, Standing], *, others: bool, library: Library, but: Status | None = None
) -> list[RuleHit]:
    """One hit a state that a work is in, except ``but``; ``others``: sound evidence is left beside retracted works."""
    hits = []
    for state in _STATES:
        told = "; ".join(_named(key, standing, library) for key, standing in touched.items() if standing.state == state)
        if told and state != but:
            remains = "; other evidence remains" if state == "retracted" and others else ""
            hits.append(standing_hit(state, f"{told}{remains}"))
    return hits


def _in_order(hits: Iterable[RuleHit]) -> tuple[RuleHit, ...]:
    return tuple(sorted(hits, key=lambda hit: hit.code))


def _works(evidence: Iterable[EvidenceLink], verdict: Verdict) -> tuple[str, ...]:
    """The works whose findings bear on the verdict, each once."""
    bearing = _BEARING.get(verdict, DECISIVE)
    return tuple(dict.fromkeys(_work(link) for link in evidence if link.stance in bearing))


def _named(key: str, standing: Standing, library: Library) -> str:
    """``Murrough et al. 2013, …, doi:10.… (retracted 2021-03-04, notice doi:10.…)``."""
    reference = library.references.get(key)
    notice = f", notice doi:{standing.doi}" if standing.doi else ""
    return f"{reference.brief if reference else key} ({standing}{notice})"


def _work(link: EvidenceLink) -> str:
    return link.finding.rsplit(".", 1)[0]
