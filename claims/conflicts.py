"""Conflicts: claims that cannot all hold, or that a reader cannot reconcile.

Three ways two claims part, each computed from what the claims say and none from their verdicts:

* figures   both answer the same aspect with intervals that lie apart (or overlap too little to be one statement)
* positions both answer the same aspect with named answers that cannot both hold
* polarity  both are judged by the same proposition first, and one affirms what the other denies

Claims whose scope differs (another drug, route, population, comparator) do not conflict: a figure for one route says
nothing of another. What needs judgement is curated in ``conflicts.toml``.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import combinations
from operator import ne
from pathlib import Path
from typing import Final, Literal, Protocol, TypeVar

import msgspec

from claims.copies import nearest_pairs
from claims.lexicon import Concept, ConflictKind, Lexicon
from claims.propositions import Position, Scope
from claims.sources import ClaimPolarity, Quantity, source_of
from evidence.problems import LibraryError, Problem
from evidence.records import Record, convert, line_of, parse_toml, read_text
from evidence.studies import amount
from evidence.vocabulary import HOURS_IN

Severity = Literal[1, 2, 3]
A = TypeVar("A")

COMPARED_SLOTS: Final = ("intervention", "route", "population", "outcome", "comparator", "setting", "agency", "species")
# A figure said to be "about" x, or said plainly, stands for x give or take a tenth.
TOLERANCE: Final = 0.10
# Two ranges are one statement when they share at least this part of their joint span.
SHARED_PART: Final = 0.34


class Stated(Protocol):
    """What is compared of a claim, whether a curator read it or the checker. ``paraphrase`` may be its own words."""

    @property
    def id(self) -> str: ...
    @property
    def paraphrase(self) -> str: ...
    @property
    def importance(self) -> Severity: ...
    @property
    def polarity(self) -> ClaimPolarity: ...
    @property
    def propositions(self) -> tuple[str, ...]: ...
    @property
    def slots(self) -> Scope: ...
    @property
    def quantities(self) -> tuple[Quantity, ...]: ...
    @property
    def positions(self) -> tuple[Position, ...]: ...


class Conflict(Record, frozen=True, kw_only=True):
    """Two claims (more, where a curator says so) that part; ``says`` is what each says, in the order of ``claims``."""

    id: str
    kind: ConflictKind
    topic: str
    severity: Severity
    claims: tuple[str, ...]
    says: tuple[str, ...] = ()
    question: str = ""
    explanation: str
    computed: bool = True


class Side(Record, frozen=True, kw_only=True):
    """What the claims of one text say on one side of a disagreement."""

    says: str
    claims: tuple[str, ...]


class Disagreement(Record, frozen=True, kw_only=True):
    """Conflicts on one question between the same texts, as a reader meets them: once, with two sides.

    ``conflicts`` are the ids of the pairs. ``sides`` is empty for a curated conflict, whose explanation says it all.
    """

    severity: Severity
    kind: ConflictKind
    topic: str
    question: str
    sides: tuple[Side, ...]
    conflicts: tuple[str, ...]
    explanation: str


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
    if not path.exists() and not path.is_symlink():
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
    claims: Mapping[str, Stated],
    lexicon: Lexicon,
    *,
    curated: Iterable[CuratedConflict] = (),
    alike: Callable[[Stated], object] | None = None,
) -> tuple[Conflict, ...]:
    """Every conflict among ``claims``, gravest first, then by kind, topic and claim ids. One per pair and topic.

    ``alike`` tells claims apart that give one answer for one scope; those that it does not are compared once, and when
    many of them part from many others, each is paired with the nearest. ``None`` pairs all with all.
    """
    found: dict[tuple[str, frozenset[str]], Conflict] = {}
    given = _Given(claims, alike)
    for conflict in (*map(_curated, curated), *_by_position(given, lexicon), *_by_figure(given, lexicon)):
        found.setdefault((conflict.topic, frozenset(conflict.claims)), conflict)
    pairs = {claim_ids for _, claim_ids in found}
    for conflict in _by_polarity(given, lexicon):
        if frozenset(conflict.claims) not in pairs:  # a named aspect says more than "yes against no"
            found[conflict.topic, frozenset(conflict.claims)] = conflict
    return tuple(sorted(found.values(), key=lambda c: (-c.severity, c.kind, c.topic, c.claims)))


class _Given:
    """The claims that are compared, and which of them are one answer."""

    def __init__(self, claims: Mapping[str, Stated], alike: Callable[[Stated], object] | None) -> None:
        self.claims = tuple(claims.values())
        self.kinds = [number if alike is None else alike(claim) for number, claim in enumerate(self.claims)]

    def parting(
        self,
        answers: Iterable[tuple[int, A]],
        lexicon: Lexicon,
        ignore: Sequence[str],
        parts: Callable[[A, A], object],
    ) -> Iterator[tuple[tuple[Stated, A], tuple[Stated, A]]]:
        """Pairs of claims of one scope whose answers part. ``answers`` are by the number of the claim, in order."""
        groups: dict[object, list[int]] = {}
        first: list[tuple[A, Scope, list[int]]] = []
        for number, answer in answers:
            scope = self.claims[number].slots
            key = (answer, *(getattr(scope, slot) for slot in COMPARED_SLOTS if slot not in ignore), self.kinds[number])
            if key not in groups:
                groups[key] = []
                first.append((answer, scope, groups[key]))
            groups[key].append(number)
        for (a, here, left), (b, there, right) in combinations(first, 2):
            if parts(a, b) and comparable(here, there, lexicon, ignore):
                for one, other in nearest_pairs(left, right):
                    if one != other:
                        ends = (self.claims[one], a), (self.claims[other], b)
                        yield ends if one < other else (ends[1], ends[0])


def disagreements(conflicts: Iterable[Conflict]) -> tuple[Disagreement, ...]:
    """Conflicts gathered as a reader meets them: pairs that part in the same way between the same texts are one."""
    groups: dict[tuple[str, frozenset[tuple[str, str]]], list[Conflict]] = defaultdict(list)
    for conflict in conflicts:
        said = zip(conflict.claims, conflict.says, strict=False)
        ends = frozenset((source_of(claim), says) for claim, says in said) or frozenset({(conflict.id, "")})
        groups[conflict.topic, ends].append(conflict)
    gathered = []
    for (topic, group), found in groups.items():
        claims: dict[tuple[str, str], dict[str, None]] = {end: {} for end in sorted(group)}
        for conflict in found:
            for claim, says in zip(conflict.claims, conflict.says, strict=False):
                claims[source_of(claim), says].setdefault(claim)
        first = found[0]
        gathered.append(
            Disagreement(
                severity=first.severity,
                kind=first.kind,
                topic=topic,
                question=first.question,
                sides=tuple(Side(says=says, claims=tuple(sorted(ids))) for (_, says), ids in claims.items() if ids),
                conflicts=tuple(conflict.id for conflict in found),
                explanation=first.explanation,
            )
        )
    return tuple(gathered)


def _curated(entry: CuratedConflict) -> Conflict:
    return Conflict(
        id=entry.id,
        kind=entry.kind,
        topic=entry.topic,
        severity=entry.severity,
        claims=entry.claims,
        explanation=entry.explanation,
        computed=False,
    )


def _by_position(given: _Given, lexicon: Lexicon) -> Iterator[Conflict]:
    answers: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for number, claim in enumerate(given.claims):
        for position in claim.positions:
            answers[position.aspect].append((number, position.value))
    for topic, told in answers.items():
        aspect = lexicon[topic]
        if aspect.compare != "position" or aspect.conflict is None:
            continue
        for (left, a), (right, b) in given.parting(told, lexicon, aspect.ignore, partial(_excluding, aspect)):
            ends = (left.id, in_words(a)), (right.id, in_words(b))
            yield pair_of(topic, aspect.conflict, aspect.severity, aspect.label, ends)


def _by_figure(given: _Given, lexicon: Lexicon) -> Iterator[Conflict]:
    figures: dict[str, list[tuple[int, Quantity]]] = defaultdict(list)
    for number, claim in enumerate(given.claims):
        for quantity in claim.quantities:
            figures[quantity.aspect].append((number, quantity))
    for topic, told in figures.items():
        aspect = lexicon[topic]
        if aspect.compare != "interval" or aspect.conflict is None:
            continue
        for (left, a), (right, b) in given.parting(told, lexicon, aspect.ignore, intervals_part):
            ends = (left.id, _figure(left, a)), (right.id, _figure(right, b))
            yield pair_of(topic, aspect.conflict, aspect.severity, aspect.label, ends)


def _by_polarity(given: _Given, lexicon: Lexicon) -> Iterator[Conflict]:
    judged: dict[str, list[tuple[int, ClaimPolarity]]] = defaultdict(list)
    for number, claim in enumerate(given.claims):
        if claim.propositions:
            judged[claim.propositions[0]].append((number, claim.polarity))
    words = {"affirms": "yes", "denies": "no"}
    for topic, told in judged.items():
        for (left, a), (right, b) in given.parting(told, lexicon, (), ne):
            shared = sorted(set(left.slots.outcome) & set(right.slots.outcome))
            if shared:
                question = " and ".join(lexicon.label(outcome) for outcome in shared)
                severity = max(left.importance, right.importance)
                yield pair_of(topic, "polarity", severity, question, ((left.id, words[a]), (right.id, words[b])))


def pair_of(
    topic: str, kind: ConflictKind, severity: Severity, question: str, ends: tuple[tuple[str, str], tuple[str, str]]
) -> Conflict:
    """The conflict of two claims; ``ends`` are the claims, each with its answer to the question."""
    (left, a), (right, b) = ends
    return Conflict(
        id=f"cf-{topic}-{left}-{right}",
        kind=kind,
        topic=topic,
        severity=severity,
        claims=(left, right),
        says=(a, b),
        question=question,
        explanation=f"{question}: {left} says {a}, {right} says {b}",
    )


def between(conflict: Conflict, left: str, right: str) -> Conflict:
    """A computed conflict of two claims, told of two others that state the same."""
    if (left, right) == conflict.claims:
        return conflict
    one, other = conflict.claims
    about, _, told = conflict.explanation.partition(f": {one} says ")
    a, _, b = told.partition(f", {other} says ")
    return msgspec.structs.replace(
        conflict,
        id=f"cf-{conflict.topic}-{left}-{right}",
        claims=(left, right),
        explanation=f"{about}: {left} says {a}, {right} says {b}",
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


def _excluding(aspect: Concept, left: str, right: str) -> bool:
    return left != right and (left, right) not in aspect.together and (right, left) not in aspect.together


def _figure(claim: Stated, quantity: Quantity) -> str:
    """The figure; where the claim gives words instead of one, its paraphrase and how it was read."""
    text = amount(quantity.low, quantity.high, quantity.unit)
    return f"“{claim.paraphrase}” (read as {text})" if quantity.bound == "about" else text


def in_words(position: str) -> str:
    """A named answer as a reader sees it."""
    return position.replace("-", " ")
