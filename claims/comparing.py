"""The conflicts among the claims of a run, read and curated ones.

A claim that a proposition refutes parts from one that the same proposition supports, however each is worded; so do read
claims that meet on a topic which carries the one and refutes the other (``pairing``), and those whose words answer one
question in ways that exclude each other (``stances``). Precision first: what cannot be
placed does not conflict, nor do figures that the library holds side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec

from claims.conflict_places import ConflictsAtPlaces, Copies
from claims.conflicts import Conflict, CuratedConflict, Stated, comparable, find_conflicts, in_words, pair_of
from claims.lexicon import ConflictKind
from claims.pairing import Placed, at_other_times, opposed, parted
from claims.partings import DOUBTFUL, Partings, load_partings
from claims.propositions import Category, Fault
from claims.sayings import SURE, Said, judged_by, verdict_of
from claims.senses import load_senses
from claims.stances import at_odds
from evidence.vocabulary import HOURS_IN

if TYPE_CHECKING:
    from claims.collection import Collection
    from claims.contrasts import Contrast
    from claims.lexicon import Lexicon
    from claims.pairing import Opposed
    from claims.propositions import Proposition

_KINDS: Final[Mapping[Category, ConflictKind]] = {
    "regulatory": "regulatory",
    "mechanism": "mechanism",
    "definition": "definition",
    "durability": "duration",
    "onset": "duration",
    "dosing": "schedule",
    "cost": "coverage",
}


_KINDS_BY_FAULT: Final[Mapping[Fault, ConflictKind]] = {
    "regulatory": "regulatory",
    "duration": "duration",
    "onset": "duration",
    "number": "numeric",
    "time": "numeric",
}
# What the question is about tells more of the kind than the fault does.
_TELLING_KINDS: Final[frozenset[ConflictKind]] = frozenset({"regulatory", "mechanism", "definition", "coverage"})
_KINDS_BY_CONTRAST: Final[Mapping[Contrast, ConflictKind]] = {
    "extent": "duration",
    "amount": "numeric",
    "share": "numeric",
    "year": "numeric",
    "opposite": "polarity",
    "negation": "polarity",
}
_PlacedClaims: TypeAlias = "dict[str, tuple[Said, Placed]]"
_MOST: Final = 2  # pairs of one refuted claim by one proposition


def conflicts_among(
    copies: Copies,
    others: Iterable[Stated],
    collection: Collection,
    opposite: Mapping[str, str] | None = None,
) -> ConflictsAtPlaces:
    """Conflicts that touch a claim of ``copies``, gravest first; ``others`` are claims of registered sources.

    What a document says twice in the same way is compared once, by the first place; what many say in the same words is
    compared once too, and told in pairs of near places. Conflicts that a curator saw are kept when all their claims are
    present. ``opposite`` gives the contrary of a sense, where it was read before.
    """
    checked = frozenset(copies.first)
    copies.add_all(others)
    pool = copies.first
    curated = [
        CuratedConflict(
            id=c.id, kind=c.kind, topic=c.topic, severity=c.severity, claims=c.claims, explanation=c.explanation
        )
        for c in collection.conflicts
        if not c.computed and copies.ids.issuperset(c.claims)
    ]
    computed = find_conflicts(pool, collection.lexicon, curated=curated, alike=_standing)
    found = [c for c in computed if not checked.isdisjoint(c.claims)]
    opposite = load_senses().opposite if opposite is None else opposite
    partings = Partings(collection, load_partings(), opposite)
    placed = _placed_claims(pool)
    stand = [c for c in found if not c.computed or _stands(c, pool, collection.lexicon)]
    kept = [c for c in stand if not c.computed or not _doubtful(c, placed, partings)]
    pairs = {frozenset(conflict.claims) for conflict in kept}
    by_kin = (
        *_by_verdict(pool, collection),
        *_by_topic(placed, collection, opposite),
        *_by_words(placed, collection, opposite),
        *_by_answer(placed, collection, opposite),
    )
    for conflict in (
        *(c for c in by_kin if not _doubtful(c, placed, partings)),
        *_by_points(placed, collection, partings),
    ):
        if not checked.isdisjoint(conflict.claims) and frozenset(conflict.claims) not in pairs:
            pairs.add(frozenset(conflict.claims))
            kept.append(conflict)
    return ConflictsAtPlaces(kept, copies)


def _doubtful(conflict: Conflict, claims: _PlacedClaims, partings: Partings) -> bool:
    """Whether two read claims rather both hold, all that they say of each other taken together."""
    placed = [claims[name][1] for name in conflict.claims if name in claims]
    return len(placed) == 2 and partings.score(*placed) < DOUBTFUL


def _stands(conflict: Conflict, pool: Mapping[str, Stated], lexicon: Lexicon) -> bool:
    """Whether a computed conflict with a read claim in it is kept; one between curated claims always is."""
    claims = [pool[claim] for claim in conflict.claims]
    if not any(isinstance(claim, Said) for claim in claims):
        return True
    if _are_moments(conflict.topic, claims, lexicon):
        return False
    if conflict.kind == "polarity":
        return "contradicted" in {verdict_of(claim) for claim in claims} <= SURE
    if all(isinstance(claim, Said) for claim in claims) and not _of_one_question(conflict, claims):
        return False
    if all(_carries(claim, conflict.topic) for claim in claims):
        # One proposition may carry a range whose ends are two plans for one course, but not two results of one trial.
        return len({judged_by(claim) for claim in claims}) == 1 and conflict.kind != "numeric"
    return not _apart_in_time(conflict.topic, claims, lexicon)


def _of_one_question(conflict: Conflict, claims: Sequence[Stated]) -> bool:
    """Whether read claims answer one question: rates judged by two propositions are of two trials or groups, and named
    answers that the evidence carries both hold at two dates or places."""
    if conflict.kind == "numeric":
        return len({judged_by(claim) for claim in claims}) == 1
    figures = {quantity.aspect for claim in claims for quantity in claim.quantities}
    return conflict.topic in figures or {verdict_of(claim) for claim in claims} != {"supported"}


def _by_verdict(pool: Mapping[str, Stated], collection: Collection) -> Iterator[Conflict]:
    """Pairs of which one proposition supports the one and refutes the other; one of them was read, not curated."""
    judged: dict[str, dict[str, list[Stated]]] = {}
    for claim in pool.values():
        for key in claim.propositions[:1]:
            judged.setdefault(key, {}).setdefault(verdict_of(claim), []).append(claim)
    for key, given in judged.items():
        proposition = collection.propositions.get(key)
        if proposition is None:
            continue
        for wrong in given.get("contradicted", ()):
            apart = (
                right
                for right in given.get("supported", ())
                if (isinstance(right, Said) or isinstance(wrong, Said))
                and comparable(right.slots, wrong.slots, collection.lexicon, ())
                and not _at_other_times(right, wrong)
            )
            for right in islice(apart, _MOST):
                kind = _KINDS.get(proposition.category, "polarity")
                yield _against(proposition, right.id, wrong.id, kind)


def _at_other_times(left: Stated, right: Stated) -> bool:
    placed = [claim.placed for claim in (left, right) if isinstance(claim, Said) and claim.placed]
    return len(placed) > 1 and at_other_times(*placed)


def _by_topic(claims: _PlacedClaims, collection: Collection, opposite: Mapping[str, str] | None) -> Iterator[Conflict]:
    """Pairs of read claims of which one topic, or two that share findings, carry the one and refute the other."""
    for pair in opposed((placed for _, placed in claims.values()), collection, opposite):
        proposition = _of_pair(pair, claims, collection)
        (right, _), (wrong, placed) = claims[pair.carried], claims[pair.refuted]
        if proposition is None:
            yield _worded(right, wrong, _kind(None, placed.faults), collection)
        else:
            yield _against(proposition, right.id, wrong.id, _kind(proposition.category, placed.faults))


def _by_words(claims: _PlacedClaims, collection: Collection, opposite: Mapping[str, str] | None) -> Iterator[Conflict]:
    """Pairs of read claims that say the contrary of each other in words that are alike."""
    for pair in parted((placed for _, placed in claims.values()), collection.lexicon, opposite):
        kinds = (kind for contrast, kind in _KINDS_BY_CONTRAST.items() if contrast in pair.contrasts)
        yield _worded(claims[pair.left][0], claims[pair.right][0], next(kinds), collection)


def _by_answer(claims: _PlacedClaims, collection: Collection, opposite: Mapping[str, str] | None) -> Iterator[Conflict]:
    """Pairs of read claims whose words answer one question of the lexicon in ways that cannot both hold."""
    placed = (claim for _, claim in claims.values())
    for pair in at_odds(placed, collection.lexicon, opposite):
        aspect = collection.lexicon[pair.aspect]
        if aspect.conflict is not None:
            ends = (pair.held, in_words(pair.says[0])), (pair.doubted, in_words(pair.says[1]))
            yield pair_of(pair.aspect, aspect.conflict, aspect.severity, aspect.label, ends)


def _by_points(claims: _PlacedClaims, collection: Collection, partings: Partings) -> Iterator[Conflict]:
    """Pairs of read claims near one topic that cannot both hold by all that they say of each other together."""
    for pair in partings.meeting(placed for _, placed in claims.values()):
        (right, _), (wrong, placed) = claims[pair.held], claims[pair.doubted]
        proposition = collection.propositions.get(right.judged_by or wrong.judged_by or "")
        kind = _kind(proposition.category if proposition else None, placed.faults)
        yield _worded(right, wrong, kind, collection)


def _placed_claims(pool: Mapping[str, Stated]) -> _PlacedClaims:
    return {
        c.id: (c, msgspec.structs.replace(c.placed, id=c.id))
        for c in pool.values()
        if isinstance(c, Said) and c.placed is not None
    }


def _worded(left: Said, right: Said, kind: ConflictKind, collection: Collection) -> Conflict:
    """A conflict that no one proposition words: each claim is told by itself."""
    proposition = collection.propositions.get(left.judged_by or right.judged_by or "")
    shared = sorted(set(left.slots.outcome) & set(right.slots.outcome))
    question = " and ".join(collection.lexicon.label(outcome) for outcome in shared)
    question = question or (proposition.statement.rstrip(".") if proposition else "the same question")
    if proposition is not None and kind == "polarity":
        kind = _KINDS.get(proposition.category, kind)
    topic = proposition.id if proposition else next(iter(shared), "wording")
    return Conflict(
        id=f"cf-{topic}-{left.id}-{right.id}",
        kind=kind,
        topic=topic,
        severity=max(left.importance, right.importance),
        claims=(left.id, right.id),
        says=("so", "otherwise"),
        question=question,
        explanation=f"{question}: {left.id} says “{left.paraphrase}”, {right.id} says “{right.paraphrase}”",
    )


def _of_pair(pair: Opposed, claims: _PlacedClaims, collection: Collection) -> Proposition | None:
    """The proposition that says what a pair disagrees on: a topic of the pair, or one that judged a claim of it."""
    topics = (pair.carried_by, pair.refuted_by, claims[pair.carried][0].judged_by, claims[pair.refuted][0].judged_by)
    known = (collection.propositions.get(topic) for topic in topics if topic)
    return next((proposition for proposition in known if proposition is not None), None)


def _kind(category: Category | None, faults: tuple[Fault, ...]) -> ConflictKind:
    kind: ConflictKind = _KINDS.get(category, "polarity") if category else "polarity"
    if kind in _TELLING_KINDS:
        return kind
    return next((_KINDS_BY_FAULT[fault] for fault in faults if fault in _KINDS_BY_FAULT), kind)


def _against(proposition: Proposition, right: str, wrong: str, kind: ConflictKind) -> Conflict:
    return Conflict(
        id=f"cf-{proposition.id}-{right}-{wrong}",
        kind=kind,
        topic=proposition.id,
        severity=proposition.importance,
        claims=(right, wrong),
        says=("so", "otherwise"),
        question=proposition.statement,
        explanation=f"{proposition.statement.rstrip('.')}: {right} says so, {wrong} says otherwise",
    )


def _carries(claim: Stated, aspect: str) -> bool:
    """Whether the evidence carries the claim's answer to this aspect."""
    return aspect in claim.carried if isinstance(claim, Said) else verdict_of(claim) == "supported"


def _are_moments(topic: str, claims: Iterable[Stated], lexicon: Lexicon) -> bool:
    """Whether the times that part only say when each claim's rates were measured: 80% at week 4, 60% at week 8."""
    aspect = lexicon.concepts.get(topic)
    if aspect is None or aspect.unit not in HOURS_IN:
        return False
    rates = [c.placed.figures if isinstance(c, Said) and c.placed else frozenset() for c in claims]
    return all(any(unit == "%" for _, _, unit in figures) for figures in rates)


def _apart_in_time(topic: str, claims: Iterable[Stated], lexicon: Lexicon) -> bool:
    """Whether the figures of a conflict were measured at different times: 64% after a day, 35% after a week."""
    aspect = lexicon.concepts.get(topic)
    if aspect is None or aspect.compare != "interval" or aspect.unit in HOURS_IN:
        return False
    moments = [m for claim in claims if (m := getattr(claim, "moment", None)) is not None]
    return len(moments) > 1 and max(low for low, _ in moments) > min(high for _, high in moments)


def _standing(claim: Stated) -> object:
    """What of a claim decides, beside scope and answer, whether a conflict with it stands."""
    if not isinstance(claim, Said):
        return claim.id
    rates = claim.placed is not None and any(unit == "%" for _, _, unit in claim.placed.figures)
    aspects = frozenset(quantity.aspect for quantity in claim.quantities)
    return claim.verdict, claim.judged_by, claim.carried, claim.moment, claim.propositions, rates, aspects
