"""What a read claim says, in the form in which curated claims are compared, and the conflicts among such claims.

A figure takes its aspect from the proposition it was held against; slots that the claim leaves open are taken from that
proposition too, so that a figure for one drug, route or population never meets a figure for another. A claim that a
proposition refutes also parts from one that the same proposition supports, however each is worded; so do read claims
that meet on a topic which carries the one and refutes the other (``pairing``). Precision first:
what cannot be placed does not conflict, nor do figures that the library holds side by side.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Final

import msgspec

from claims.conflicts import Conflict, CuratedConflict, Severity, Stated, between, comparable, find_conflicts
from claims.copies import Copies
from claims.figures import scaled
from claims.lexicon import ConflictKind
from claims.pairing import Placed, at_other_times, opposed, parted
from claims.propositions import SCOPE_SLOTS, Category, Fault, Position, Scope, Verdict
from claims.sources import ClaimPolarity, Quantity
from evidence.vocabulary import HOURS_IN

if TYPE_CHECKING:
    from claims.collection import Collection
    from claims.contrasts import Contrast
    from claims.engine import Read
    from claims.figures import PairedFigure
    from claims.judged import Match
    from claims.lexicon import Lexicon
    from claims.pairing import Opposed
    from claims.propositions import Proposition
    from claims.quantities import Measured

_PHRASE: Final = 80
_SIMILAR: Final = 0.55  # of words, between claim and proposition
_DECISIVE: Final = ("outcome", "intervention", "agency", "route")
_SURE: Final = frozenset({"supported", "overstated", "contradicted"})
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
_MOST: Final = 2  # pairs of one refuted claim by one proposition
_TELLING: Final = frozenset({"outcome", "aspect", "measure", "s", "n"})  # feature slots that say something of a thing
_UNCOUNTED: Final = frozenset({"year", "date", "ordinal"})
_DATES: Final = frozenset({"year", "date", "age"})
_UNTOLD: Final = frozenset({*HOURS_IN, "sessions", None})  # units of figures that say when or of how many, not how much


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A read claim for comparison.

    ``propositions`` names the one it answers with yes or no: empty unless the two are close. ``judged_by`` is the one
    that decided its verdict. ``carried`` are the aspects for which the evidence carries its figure. ``moment`` is when
    its figures were measured, in hours; ``None`` when unsaid.
    ``placed`` is the claim among the topics it is near. ``statement`` is the same for claims that state the same in the
    same words and surroundings; empty when that is not known.
    """

    id: str
    paraphrase: str
    importance: Severity
    polarity: ClaimPolarity
    propositions: tuple[str, ...]
    slots: Scope
    quantities: tuple[Quantity, ...] = ()
    positions: tuple[Position, ...] = ()
    verdict: Verdict
    judged_by: str | None = None
    carried: frozenset[str] = frozenset()
    moment: tuple[float, float] | None = None
    placed: Placed | None = None
    statement: bytes = b""

    def called(self, claim_id: str) -> Said:
        """The same of another claim that states the same."""
        return msgspec.structs.replace(self, id=claim_id)


def said(claim_id: str, read: Read, collection: Collection) -> Said:
    """What the claim says for comparison with others; without a proposition it compares with nothing."""
    found = _said(claim_id, read, collection)
    content = msgspec.json.encode((read.assertion.text, found.called("")), order="deterministic")
    return msgspec.structs.replace(found, statement=hashlib.blake2b(content, digest_size=16).digest())


def _end(bound: float | None, open_end: float) -> float:
    return open_end if bound is None else bound


def _said(claim_id: str, read: Read, collection: Collection) -> Said:
    assertion, match = read.assertion, read.judgement.match
    known = read.judgement.proposition
    proposition = collection.propositions.get(known) if known and read.judgement.verdict in _SURE else None
    figures = match.figures if match and proposition else ()
    return Said(
        id=claim_id,
        paraphrase=shorten_middle(" ".join(assertion.text.split()), _PHRASE),
        importance=proposition.importance if proposition else 1,
        polarity=assertion.polarity,
        propositions=(proposition.id,) if proposition and _close(match) else (),
        slots=_filled(assertion.slots, proposition.scope) if proposition else assertion.slots,
        quantities=_quantities(figures),
        positions=proposition.positions if proposition and read.judgement.verdict == "supported" else (),
        verdict=read.judgement.verdict,
        judged_by=proposition.id if proposition else None,
        carried=frozenset(paired.aspect for paired in figures if paired.inside),
        moment=_moment(assertion.measured, match),
        placed=_placed(read),
    )


def conflicts_among(
    documents: Iterable[Iterable[Stated]],
    others: Iterable[Stated],
    collection: Collection,
    opposite: Mapping[str, str] | None = None,
) -> tuple[Conflict, ...]:
    """Conflicts that touch a claim of ``documents``, gravest first; ``others`` are claims of registered sources.

    What a document says twice in the same way is compared once, by the first place; what many say in the same words is
    compared once too, and told in pairs of near places. Conflicts that a curator saw are kept when all their claims are
    present. ``opposite`` gives the contrary of a sense, where it was read before.
    """
    copies, once = Copies(), _Once()
    for claims in documents:
        copies.add(once.of(claims))
    checked = frozenset(copies.first)
    copies.add(others)
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
    kept = [c for c in found if not c.computed or _stands(c, pool, collection.lexicon)]
    pairs = {frozenset(conflict.claims) for conflict in kept}
    by_kin = (*_by_topic(pool, collection, opposite), *_by_words(pool, collection, opposite))
    for conflict in (*_by_verdict(pool, collection), *by_kin):
        if not checked.isdisjoint(conflict.claims) and frozenset(conflict.claims) not in pairs:
            pairs.add(frozenset(conflict.claims))
            kept.append(conflict)
    told = (each for conflict in kept for each in _of_copies(conflict, copies))
    return tuple(sorted(told, key=lambda c: (-c.severity, c.kind, c.topic, c.claims)))


def _of_copies(conflict: Conflict, copies: Copies) -> Iterator[Conflict]:
    """The conflict at every place that states the one or the other."""
    if not conflict.computed:
        yield conflict
        return
    left, right = conflict.claims
    for one, other in copies.pairs(left, right):
        yield between(conflict, one, other)


def shorten_middle(text: str, width: int) -> str:
    """``text`` at most ``width`` long: beginning and end stay, an ellipsis stands for the middle."""
    if len(text) <= width:
        return text
    tail = width // 3
    return f"{text[: width - tail - 3].rstrip()} … {text[-tail:].lstrip()}"


def _filled(slots: Scope, scope: Scope) -> Scope:
    return Scope(**{slot: getattr(slots, slot) or getattr(scope, slot) for slot in SCOPE_SLOTS})


def _close(match: Match | None) -> bool:
    """Whether claim and proposition speak of the same thing, so that "yes" and "no" to it are answers to each other."""
    if match is None:
        return True
    same = all(match.relation(slot) in ("same", "narrower", "free") for slot in _DECISIVE)
    return same and not match.uncovered and match.similarity >= _SIMILAR


def _quantities(figures: Sequence[PairedFigure]) -> tuple[Quantity, ...]:
    """The figures with their aspects; where several answer one aspect, those outside may belong to something else."""
    counts = Counter(paired.aspect for paired in figures)
    sure = [paired for paired in figures if paired.inside or counts[paired.aspect] == 1]
    return tuple(_quantity(paired.figure, paired.aspect) for paired in sure)


def _quantity(figure: Measured, aspect: str) -> Quantity:
    bound = "about" if figure.approximate and figure.bound == "exact" else figure.bound
    return Quantity(aspect=aspect, low=figure.low, high=figure.high, unit=figure.unit, bound=bound)


def _moment(measured: Iterable[Measured], match: Match | None) -> tuple[float, float] | None:
    """When the claim's figures were measured: its times that answer no aspect themselves."""
    answering = {(p.figure.start, p.figure.end) for p in match.figures} if match else set()
    times = [m for m in measured if m.unit in HOURS_IN and (m.start, m.end) not in answering]
    bounds = [scaled(time, "h") for time in times]
    return (min(low for low, _ in bounds), max(high for _, high in bounds)) if bounds else None


def _placed(read: Read) -> Placed:
    assertion, judgement = read.assertion, read.judgement
    times = [_when(m) for m in assertion.measured if m.unit in HOURS_IN and m.kind not in _DATES]
    others = [m for m in assertion.measured if m.unit not in _UNTOLD and m.kind not in _UNCOUNTED]
    return Placed(
        id="",
        verdict=judgement.verdict,
        faults=judgement.faults,
        slots=assertion.slots,
        stated=assertion.stated,
        topics=judgement.topics,
        telling=any(key.partition(":")[0] in _TELLING for key in assertion.frame.own),
        figures=frozenset((_end(m.low, -math.inf), _end(m.high, math.inf), m.unit or "") for m in others),
        moment=(min(low for low, _ in times), max(high for _, high in times)) if times else None,
        frame=assertion.frame,
    )


def _when(time: Measured) -> tuple[float, float]:
    """A time in hours; week 8 begins before its end, the first month long before."""
    low, high = scaled(time, "h")
    return (low - HOURS_IN[time.unit] / 2 if time.kind == "ordinal" and time.unit in HOURS_IN else low), high


def _stands(conflict: Conflict, pool: Mapping[str, Stated], lexicon: Lexicon) -> bool:
    """Whether a computed conflict with a read claim in it is kept; one between curated claims always is."""
    claims = [pool[claim] for claim in conflict.claims]
    if not any(isinstance(claim, Said) for claim in claims):
        return True
    if _are_moments(conflict.topic, claims, lexicon):
        return False
    if conflict.kind == "polarity":
        return "contradicted" in {_verdict(claim) for claim in claims} <= _SURE
    if all(isinstance(claim, Said) for claim in claims) and not _of_one_question(conflict, claims):
        return False
    if all(_carries(claim, conflict.topic) for claim in claims):
        # One proposition may carry a range whose ends are two plans for one course, but not two results of one trial.
        return len({_judged_by(claim) for claim in claims}) == 1 and conflict.kind != "numeric"
    return not _apart_in_time(conflict.topic, claims, lexicon)


def _of_one_question(conflict: Conflict, claims: Sequence[Stated]) -> bool:
    """Whether read claims answer one question: rates judged by two propositions are of two trials or groups, and named
    answers that the evidence carries both hold at two dates or places."""
    if conflict.kind == "numeric":
        return len({_judged_by(claim) for claim in claims}) == 1
    figures = {quantity.aspect for claim in claims for quantity in claim.quantities}
    return conflict.topic in figures or {_verdict(claim) for claim in claims} != {"supported"}


def _by_verdict(pool: Mapping[str, Stated], collection: Collection) -> Iterator[Conflict]:
    """Pairs of which one proposition supports the one and refutes the other; one of them was read, not curated."""
    judged: dict[str, dict[str, list[Stated]]] = {}
    for claim in pool.values():
        for key in claim.propositions[:1]:
            judged.setdefault(key, {}).setdefault(_verdict(claim), []).append(claim)
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


def _by_topic(
    pool: Mapping[str, Stated], collection: Collection, opposite: Mapping[str, str] | None
) -> Iterator[Conflict]:
    """Pairs of read claims of which one topic, or two that share findings, carry the one and refute the other."""
    claims = _placed_claims(pool)
    for pair in opposed((placed for _, placed in claims.values()), collection, opposite):
        proposition = _of_pair(pair, pool, collection)
        (right, _), (wrong, placed) = claims[pair.carried], claims[pair.refuted]
        if proposition is None:
            yield _worded(right, wrong, _kind(None, placed.faults), collection)
        else:
            yield _against(proposition, right.id, wrong.id, _kind(proposition.category, placed.faults))


def _by_words(
    pool: Mapping[str, Stated], collection: Collection, opposite: Mapping[str, str] | None
) -> Iterator[Conflict]:
    """Pairs of read claims that say the contrary of each other in words that are alike."""
    claims = _placed_claims(pool)
    for pair in parted((placed for _, placed in claims.values()), collection.lexicon, opposite):
        kinds = (kind for contrast, kind in _KINDS_BY_CONTRAST.items() if contrast in pair.contrasts)
        yield _worded(claims[pair.left][0], claims[pair.right][0], next(kinds), collection)


def _placed_claims(pool: Mapping[str, Stated]) -> dict[str, tuple[Said, Placed]]:
    return {
        c.id: (c, msgspec.structs.replace(c.placed, id=c.id))
        for c in pool.values()
        if isinstance(c, Said) and c.placed is not None
    }


def _worded(left: Said, right: Said, kind: ConflictKind, collection: Collection) -> Conflict:
    """A conflict that no one proposition words: each claim is told by itself."""
    proposition = collection.propositions.get(left.judged_by or right.judged_by or "")
    shared = sorted(set(left.slots.outcome) & set(right.slots.outcome))
    question = " and ".join(collection.lexicon.label(outcome) for outcome in shared) or "the same question"
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


def _of_pair(pair: Opposed, pool: Mapping[str, Stated], collection: Collection) -> Proposition | None:
    """The proposition that says what a pair disagrees on: a topic of the pair, or one that judged a claim of it."""
    topics = (pair.carried_by, pair.refuted_by, _judged_by(pool[pair.carried]), _judged_by(pool[pair.refuted]))
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
        explanation=f"{proposition.statement}: {right} says so, {wrong} says otherwise",
    )


def _verdict(claim: Stated) -> str:
    return str(getattr(claim, "verdict", ""))


def _judged_by(claim: Stated) -> str | None:
    if isinstance(claim, Said):
        return claim.judged_by
    return claim.propositions[0] if claim.propositions else None


def _carries(claim: Stated, aspect: str) -> bool:
    """Whether the evidence carries the claim's answer to this aspect."""
    return aspect in claim.carried if isinstance(claim, Said) else _verdict(claim) == "supported"


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


class _Once:
    """Tells claims of a document that repeat an earlier one; what a statement says is looked at once in a run."""

    def __init__(self) -> None:
        self._kinds: dict[bytes, int] = {}
        self._contents: dict[object, int] = {}

    def of(self, claims: Iterable[Stated]) -> Iterable[Stated]:
        """The claims of one document without those that say again what an earlier one says."""
        seen: dict[int, Stated] = {}
        for claim in claims:
            seen.setdefault(self._kind(claim), claim)
        return seen.values()

    def _kind(self, claim: Stated) -> int:
        statement: bytes = getattr(claim, "statement", b"")
        kind = self._kinds.get(statement) if statement else None
        if kind is None:
            kind = self._contents.setdefault(_content(claim), len(self._contents))
            if statement:
                self._kinds[statement] = kind
        return kind


def _content(claim: Stated) -> object:
    figures = tuple((q.aspect, q.low, q.high, q.unit, q.bound) for q in claim.quantities)
    positions = tuple((p.aspect, p.value) for p in claim.positions)
    moment = getattr(claim, "moment", None)
    placed = claim.placed if isinstance(claim, Said) else None
    near = (placed.topics, placed.faults, placed.figures, placed.moment) if placed else ()
    judged = (_judged_by(claim), _verdict(claim), claim.propositions[:1], claim.polarity, near)
    return (tuple(claim.slots.items()), figures, positions, judged, moment)


def _standing(claim: Stated) -> object:
    """What of a claim decides, beside scope and answer, whether a conflict with it stands."""
    if not isinstance(claim, Said):
        return claim.id
    rates = claim.placed is not None and any(unit == "%" for _, _, unit in claim.placed.figures)
    aspects = frozenset(quantity.aspect for quantity in claim.quantities)
    return claim.verdict, claim.judged_by, claim.carried, claim.moment, claim.propositions, rates, aspects
