"""What a read claim answers to the questions of the lexicon, told from its own words, and which answers part.

An aspect may say in ``told`` which words give which answer (docs/data-format.md): so two claims that share hardly a
word, "most people relapse within weeks" and "you stay well for years", are known to answer one question. A claim that
fits answers of an aspect that exclude each other gives none. Precision first: only what the library carries is held
against what it refutes, and only within one scope.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from itertools import combinations
from typing import TYPE_CHECKING, Final, NamedTuple

from claims.figures import scaled
from claims.pairing import REFUTED, Placed, contrasts_of, meet, other_studies
from claims.propositions import Position
from claims.telling import Pattern, patterns
from evidence.vocabulary import HOURS_IN

if TYPE_CHECKING:
    from claims.frames import Frame
    from claims.lexicon import Concept, Lexicon
    from claims.quantities import Measured

_KEPT: Final = 8  # claims of one scope and answer that others are held against
_SCOPES: Final = 64  # scopes of one answer
_MOST: Final = 3  # pairs of one refuted claim and aspect
_CLOSE: Final = 0.45  # likeness of words of two claims whose verdicts do not tell them apart
_JUDGED: Final = REFUTED | {"supported", "unsupported"}
_LENT: Final = frozenset({"intervention", "route"})  # slots whose features count also when the context lends them


_Held = defaultdict[str, defaultdict[str, dict[object, list[Placed]]]]


class AtOdds(NamedTuple):
    """Two claims whose answers to one aspect part, the one that may hold first; ``says`` are the answers."""

    aspect: str
    held: str
    doubted: str
    says: tuple[str, str]


class Stances:
    """Reads answers off frames. Immutable after construction."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._aspects = lexicon
        # Each pattern is looked up by one group of features of which a claim must have one.
        self._by_key: dict[str, list[tuple[str, str, Pattern]]] = defaultdict(list)
        for aspect, concept in lexicon.concepts.items():
            for position, texts in concept.told.items():
                for pattern in patterns(texts):
                    for key in pattern.rarest:
                        self._by_key[key].append((aspect, position, pattern))

    def of(self, frame: Frame) -> tuple[Position, ...]:
        """The aspects that the claim answers, each with its one answer, in the order of their ids."""
        found: dict[str, set[str]] = defaultdict(set)
        for key in frame.own & self._by_key.keys():
            for aspect, position, pattern in self._by_key[key]:
                if position not in found[aspect] and _fits(pattern, frame):
                    found[aspect].add(position)
        answers = ((aspect, _one_of(values, self._aspects[aspect])) for aspect, values in sorted(found.items()))
        return tuple(Position(aspect=aspect, value=value) for aspect, value in answers if value)


def at_odds(claims: Iterable[Placed], lexicon: Lexicon, opposite: Mapping[str, str] | None = None) -> Iterator[AtOdds]:
    """The pairs of claims whose answers part, in the order of the one that is refuted or says too much, each with those
    worded most like it. ``opposite`` gives the contrary of a sense; ``None`` reads it from its file."""
    stances = Stances(lexicon)
    told = [(claim, stances.of(claim.frame)) for claim in claims if "reported" not in claim.frame.kinds]
    answering = [(claim, answers) for claim, answers in told if answers]
    if not answering:
        return
    contrasts = contrasts_of((claim for claim, _ in answering), opposite)
    held = _holding(answering, lexicon)
    for claim, answers in answering:
        for answer in answers:
            aspect = lexicon[answer.aspect]
            if not _may_fail(claim, answer.value, aspect):
                continue
            against = [
                (-likeness, other.id, value)
                for value, scopes in held[answer.aspect].items()
                if part(aspect, value, answer.value)
                for alike in scopes.values()
                if meet(claim, alike[0], lexicon, aspect.ignore)
                for other in alike
                if not other_studies(other, claim) and _share(aspect.shares, claim.frame, other.frame)
                if (likeness := contrasts.likeness(other.id, claim.id)) >= _least(other, claim, aspect)
            ]
            for _, other_id, value in heapq.nsmallest(_MOST, against):
                yield AtOdds(answer.aspect, other_id, claim.id, (value, answer.value))


def _holding(answering: Iterable[tuple[Placed, tuple[Position, ...]]], lexicon: Lexicon) -> _Held:
    """By aspect, answer and scope, the first claims that may hold: their number does not grow with the run."""
    held: _Held = defaultdict(lambda: defaultdict(dict))
    for claim, answers in answering:
        for answer in answers:
            if _may_hold(claim, answer.value, lexicon[answer.aspect]):
                scopes = held[answer.aspect][answer.value]
                alike = scopes.setdefault(_scope(claim), []) if len(scopes) < _SCOPES else scopes.get(_scope(claim))
                if alike is not None and len(alike) < _KEPT:
                    alike.append(claim)
    return held


def _may_hold(claim: Placed, answer: str, aspect: Concept) -> bool:
    """Whether a claim with this answer may be the one that holds."""
    return answer not in aspect.absolute and claim.verdict in _JUDGED


def _may_fail(claim: Placed, answer: str, aspect: Concept) -> bool:
    """Whether a claim with this answer may be the one that does not; what goes too far need not be refuted."""
    return claim.verdict in (_JUDGED if answer in aspect.absolute else REFUTED)


def _least(held: Placed, doubted: Placed, aspect: Concept) -> float:
    """How alike the words of two claims must be: nothing where the library carries the one and not the other, nor
    where it refutes what goes too far and the question is of one thing only."""
    if held.verdict == "supported" != doubted.verdict:
        return 0.0
    return 0.0 if doubted.verdict in REFUTED and not aspect.shares else _CLOSE


def _scope(claim: Placed) -> object:
    """What of a claim decides whether it meets another."""
    return claim.slots, claim.stated


def _one_of(values: Set[str], aspect: Concept) -> str | None:
    """The answer of a claim that fits these: the one listed first where all hold together, else none."""
    if any(part(aspect, one, other) for one, other in combinations(values, 2)):
        return None
    return min(values, key=aspect.positions.index, default=None)


def part(aspect: Concept, left: str, right: str) -> bool:
    """Whether two answers to a question cannot both hold."""
    return left != right and (left, right) not in aspect.together and (right, left) not in aspect.together


def _share(slots: Iterable[str], left: Frame, right: Frame) -> bool:
    """Whether both name the same concept in each of these slots."""
    return all(not set(left.slots.get(slot, ())).isdisjoint(right.slots.get(slot, ())) for slot in slots)


def _fits(pattern: Pattern, frame: Frame) -> bool:
    return (
        all(any(_has(key, frame) for key in group) for group in pattern.needed)
        and not any(_has(key, frame) if key[0] == "-" else _known(key, frame) for key in pattern.without)
        and (pattern.span is None or _tells_time(*pattern.span, frame))
        and all(any(_gives(m, value, unit) for m in frame.measured) for value, unit in pattern.just)
    )


def _has(key: str, frame: Frame) -> bool:
    name = key.lstrip("-~")
    return _known(name, frame) and (key[0] == "~" or (name in frame.negated) == (key[0] == "-"))


def _known(key: str, frame: Frame) -> bool:
    return key in (frame.features if key.partition(":")[0] in _LENT else frame.own)


def _gives(figure: Measured, value: float, unit: str) -> bool:
    return figure.low == figure.high == value and figure.unit == unit


def _tells_time(least: float, most: float, frame: Frame) -> bool:
    """Whether the claim tells a time between so many hours; "within three weeks" tells three weeks."""
    spans = (scaled(m, "h") for m in frame.measured if m.kind == "duration" and m.unit in HOURS_IN)
    return any(least <= (end if math.isinf(start) else start) and end <= most for start, end in spans)
