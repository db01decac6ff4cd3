"""A claim that is nearly word for word an allowed wording, with one detail changed.

Where almost all words are the same, what differs is no accident of wording: another treatment, figure, year, people or
agency, a negation, a promise. Claims worded freely are left to the scorecard.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import msgspec

from claims.frames import CERTAINTY

if TYPE_CHECKING:
    from claims.features import Vector
    from claims.forms import Forms
    from claims.frames import Frame
    from claims.lexicon import Lexicon

_FEWEST: Final = 3  # words that two wordings must share at least
_SAME_WORDS: Final = 0.85  # the same of the words that name no concept
_SAME: Final = 0.82  # share of all that either says from which the two are nearly word for word the same
_STRAY: Final = 1  # so many words may come under a negation, or out of it, by the order of words alone
_TELLING: Final = frozenset({"intervention", "population", "agency", "route", "n", "y", "study", "species"})
_CONCEPTS: Final = _TELLING - {"n", "y", "study"}


class Departure(msgspec.Struct, frozen=True, kw_only=True):
    """The allowed wording that a claim nearly repeats, and the details in which it departs from it.

    ``details`` are slots, ``n`` for a figure, ``y`` for a year, ``sign`` for a negation, ``certainty``.
    """

    number: int
    details: tuple[str, ...]


def departure(
    frame: Frame,
    vector: Vector,
    near: list[tuple[float, int]],
    forms: Forms,
    lexicon: Lexicon,
    opposite: Mapping[str, str],
) -> Departure | None:
    """The departure from the nearest allowed wording that the claim nearly repeats; ``None`` when it repeats none, or
    one of them in every detail."""
    found: list[tuple[float, Departure]] = []
    for _, number in near:
        lanes = forms.lanes(number)
        if not lanes.allows(number):
            continue
        known = lanes.known(number)
        shared = _shared(vector.unmeasured, known.unmeasured, forms)
        words = _shared(vector.words, known.words, forms) if len(vector.words & known.words) >= _FEWEST else 0.0
        share = max(shared / _SAME, words / _SAME_WORDS)
        if share < 1:
            continue
        details = _details(frame, forms.form(number).frame, lexicon, opposite)
        if not details:
            return None
        found.append((share, Departure(number=number, details=details)))
    best = max(found, key=lambda item: (item[0], -item[1].number), default=None)
    return best[1] if best else None


def _shared(left: frozenset[str], right: frozenset[str], forms: Forms) -> float:
    """What both say of all that either says, by weight."""
    whole = forms.scales(left | right)
    return forms.scales(left & right) / whole if whole else 0.0


def _details(frame: Frame, known: Frame, lexicon: Lexicon, opposite: Mapping[str, str]) -> tuple[str, ...]:
    details: dict[str, None] = {}
    for slot in sorted(_TELLING):
        mine, theirs = _of(frame, slot), _of(known, slot)
        if slot in _CONCEPTS:
            mine = {c for c in mine if not any(lexicon.related(c, other) for other in theirs)}
            theirs = {c for c in theirs if not any(lexicon.related(c, other) for other in _of(frame, slot))}
        if mine - theirs and theirs - mine:
            details[slot] = None
    if (
        sum(frame.sign(key) != known.sign(key) for key in frame.own & known.own if key[0] in "sw" and key[1] == ":")
        > _STRAY
    ):
        details["sign"] = None
    mine, theirs = _senses(frame), _senses(known)
    if any(opposite.get(sense) in theirs for sense in mine - theirs):
        details["sign"] = None
    if CERTAINTY[frame.certainty] > max(CERTAINTY[known.certainty], CERTAINTY["plain"]):
        details["certainty"] = None
    return tuple(details)


def _senses(frame: Frame) -> set[str]:
    return {key[2:] for key in frame.own if key.startswith("s:")}


def _of(frame: Frame, slot: str) -> set[str]:
    prefix = f"{slot}:"
    if slot in _CONCEPTS:
        named = set(frame.slots.get(slot, ()))
        return named | set(frame.slots.get("comparator", ())) if slot == "intervention" else named
    return {key[len(prefix) :] for key in frame.own if key.startswith(prefix)}
