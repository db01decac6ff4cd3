"""Conflicts: claims that cannot all hold, or that a reader cannot reconcile.

Three ways two claims part, each computed from what the claims say and none from their verdicts:

* figures   both answer the same aspect with intervals that lie apart (or overlap too little to be one statement)
* positions both answer the same aspect with named answers that cannot both hold
* polarity  both are judged by the same proposition first, and one affirms what the other denies

Claims whose scope differs (another drug, route, population, comparator) do not conflict: a figure for the spray says
nothing of the infusion. What needs judgement is curated in ``conflicts.toml``.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from pathlib import Path
from typing import Final, Literal

from claims.lexicon import Concept, ConflictKind, Lexicon
from claims.propositions import Scope
from claims.sources import Claim, Quantity
from evidence.problems import LibraryError, Problem
from evidence.records import Record, convert, line_of, parse_toml, read_text
from evidence.studies import amount
from evidence.vocabulary import HOURS_IN

Severity = Literal[1, 2, 3]

COMPARED_SLOTS: Final = ("intervention", "route", "population", "outcome", "comparator", "setting", "agency", "species")
# A figure said to be "about" x, or said plainly, stands for x give or take a tenth.
TOLERANCE: Final = 0.10
# Two ranges are one statement when they share at least this part of their joint span.
SHARED_PART: Final = 0.34


class Conflict(Record, frozen=True, kw_only=True):
    """Two or more claims that part, with the slot or figure in which they do."""

    id: str
    kind: ConflictKind
    topic: str
    severity: Severity
    claims: tuple[str, ...]
    explanation: str
    computed: bool = True


class CuratedConflict(Record, frozen=True, kw_only=True):
    """A conflict that a curator saw and no comparison finds."""

    id: str
    kind: ConflictKind
    topic: str
    severity: Severity
    claims: tuple[str, ...]
    explanation: str


class _ConflictFile(Record, frozen=True, kw_only=True):
    conflicts: tuple[CuratedConflict, ...] = ()


def load_conflicts(path: Path, *, root: Path) -> tuple[CuratedConflict, ...]:
    """The curated conflicts; none when there is no file. Raises LibraryError on a bad file."""
    if not path.is_file():
        return ()
    name = path.relative_to(root).as_posix()
    text = read_text(path, name=name)
    found = convert(parse_toml(text, name=name), _ConflictFile, text=text, name=name).conflicts
    problems = [
        Problem(
            file=name,
            line=line_of(text, f".conflicts[{position}].claims"),
            code="conflict",
            message=f"conflict {conflict.id} names fewer than two claims",
            cure="name the claims that part",
        )
        for position, conflict in enumerate(found)
        if len(set(conflict.claims)) < 2
    ]
    if problems:
        raise LibraryError(*problems)
    return found


def find_conflicts(
    claims: Mapping[str, Claim], lexicon: Lexicon, *, curated: Iterable[CuratedConflict] = ()
) -> tuple[Conflict, ...]:
    """Every conflict among ``claims``, gravest first, then by kind, topic and claim ids. One per pair and topic."""
    found: dict[tuple[str, frozenset[str]], Conflict] = {}
    for conflict in (*_from_curated(curated), *_by_position(claims, lexicon), *_by_figure(claims, lexicon)):
        found.setdefault((conflict.topic, frozenset(conflict.claims)), conflict)
    pairs = {claim_ids for _, claim_ids in found}
    for conflict in _by_polarity(claims, lexicon):
        if frozenset(conflict.claims) not in pairs:  # a named aspect says more than "yes against no"
            found[conflict.topic, frozenset(conflict.claims)] = conflict
    return tuple(sorted(found.values(), key=lambda c: (-c.severity, c.kind, c.topic, c.claims)))


def _from_curated(curated: Iterable[CuratedConflict]) -> Iterator[Conflict]:
    for entry in curated:
        yield Conflict(
            id=entry.id,
            kind=entry.kind,
            topic=entry.topic,
            severity=entry.severity,
            claims=entry.claims,
            explanation=entry.explanation,
            computed=False,
        )


def _by_position(claims: Mapping[str, Claim], lexicon: Lexicon) -> Iterator[Conflict]:
    answers: dict[str, list[tuple[Claim, str]]] = defaultdict(list)
    for claim in claims.values():
        for position in claim.positions:
            answers[position.aspect].append((claim, position.value))
    for topic, given in answers.items():
        aspect = lexicon[topic]
        if aspect.compare != "position":
            continue
        for (left, a), (right, b) in combinations(given, 2):
            if (
                a == b
                or _hold_together(aspect, a, b)
                or not comparable(left.slots, right.slots, lexicon, aspect.ignore)
            ):
                continue
            says = f"{aspect.label}: {left.id} says {_words(a)}, {right.id} says {_words(b)}"
            yield _conflict(aspect, topic, left, right, says)


def _by_figure(claims: Mapping[str, Claim], lexicon: Lexicon) -> Iterator[Conflict]:
    figures: dict[str, list[tuple[Claim, Quantity]]] = defaultdict(list)
    for claim in claims.values():
        for quantity in claim.quantities:
            figures[quantity.aspect].append((claim, quantity))
    for topic, given in figures.items():
        aspect = lexicon[topic]
        if aspect.compare != "interval":
            continue
        for (left, a), (right, b) in combinations(given, 2):
            if left.id == right.id or not comparable(left.slots, right.slots, lexicon, aspect.ignore):
                continue
            apart = intervals_part(a, b)
            if apart:
                says = f"{aspect.label}: {left.id} says {_figure(a)}, {right.id} says {_figure(b)}; the figures {apart}"
                yield _conflict(aspect, topic, left, right, says)


def _by_polarity(claims: Mapping[str, Claim], lexicon: Lexicon) -> Iterator[Conflict]:
    judged: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims.values():
        if claim.propositions:
            judged[claim.propositions[0]].append(claim)
    for topic, given in judged.items():
        for left, right in combinations(given, 2):
            if left.polarity == right.polarity or not comparable(left.slots, right.slots, lexicon, ()):
                continue
            if not set(left.slots.outcome) & set(right.slots.outcome):
                continue
            outcome = " and ".join(lexicon.label(o) for o in sorted(set(left.slots.outcome) & set(right.slots.outcome)))
            yes, no = (left, right) if left.polarity == "affirms" else (right, left)
            yield Conflict(
                id=f"cf-polarity-{left.id}-{right.id}",
                kind="polarity",
                topic=topic,
                severity=max(left.importance, right.importance),
                claims=(left.id, right.id),
                explanation=f"{outcome}: {yes.id} affirms what {no.id} denies",
            )


def comparable(left: Scope, right: Scope, lexicon: Lexicon, ignore: Iterable[str]) -> bool:
    """Whether two scopes speak of the same thing: in each slot that both state, some concept is a kind of the other."""
    for slot in COMPARED_SLOTS:
        a, b = getattr(left, slot), getattr(right, slot)
        if slot in ignore or not a or not b:
            continue
        if not any(lexicon.related(x, y) for x in a for y in b):
            return False
    return True


def intervals_part(left: Quantity, right: Quantity) -> str | None:
    """How two figures of one aspect part: ``do not overlap``, ``overlap too little``, or ``None`` when they agree.

    An open side ("up to 70%", "at least two hours") claims only its own bound, and a figure that is only "about" so
    much (also a bare word, "within hours", "weeks") has soft edges: such figures part only when they do not overlap.
    """
    scale = _scale(left, right)
    if scale is None:
        return None
    (a_low, a_high), (b_low, b_high) = _widened(left, scale[0]), _widened(right, scale[1])
    if max(a_low, b_low) > min(a_high, b_high):
        return "do not overlap"
    if "about" in (left.bound, right.bound) or math.inf in (a_high, b_high) or -math.inf in (a_low, b_low):
        return None
    shared = min(a_high, b_high) - max(a_low, b_low)
    joint = max(a_high, b_high) - min(a_low, b_low)
    return "overlap too little" if joint > 0 and shared / joint < SHARED_PART else None


def _scale(left: Quantity, right: Quantity) -> tuple[float, float] | None:
    """Factors that bring both figures to one unit; ``None`` when the units cannot be compared."""
    if left.unit == right.unit:
        return 1.0, 1.0
    hours: Mapping[str | None, float] = dict(HOURS_IN.items())
    if left.unit in hours and right.unit in hours:
        return hours[left.unit], hours[right.unit]
    return None


def _widened(quantity: Quantity, factor: float) -> tuple[float, float]:
    low = -math.inf if quantity.low is None else quantity.low * factor
    high = math.inf if quantity.high is None else quantity.high * factor
    if low == high:
        slack = abs(low) * TOLERANCE
        return low - slack, high + slack
    return low, high


def _hold_together(aspect: Concept, left: str, right: str) -> bool:
    return (left, right) in aspect.together or (right, left) in aspect.together


def _conflict(aspect: Concept, topic: str, left: Claim, right: Claim, says: str) -> Conflict:
    assert aspect.conflict is not None  # the lexicon loader refuses a comparing aspect without a kind
    return Conflict(
        id=f"cf-{topic}-{left.id}-{right.id}",
        kind=aspect.conflict,
        topic=topic,
        severity=aspect.severity,
        claims=(left.id, right.id),
        explanation=says,
    )


def _figure(quantity: Quantity) -> str:
    text = amount(quantity.low, quantity.high, quantity.unit)
    return f"about {text}" if quantity.bound == "about" else text


def _words(position: str) -> str:
    return position.replace("-", " ")
