"""A claim as it is held against wordings and topics: what every comparison needs of it, worked out once.

A claim meets some hundred wordings of half a dozen topics, so whatever depends on the claim alone is kept here, and
what it and a wording say against each other is found once for all who ask.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from claims.discord import ClaimSide, Side, discords_of
from claims.memory import Memory
from claims.propositions import SCOPE_SLOTS

if TYPE_CHECKING:
    from claims.features import Vector
    from claims.forms import Forms
    from claims.frames import Frame
    from claims.lexicon import Lexicon

_BROADEST = 2  # a concept that so few lie above says too little to be another one


class Against:
    """What claims and the forms of one library say against each other."""

    def __init__(self, forms: Forms, lexicon: Lexicon, opposite: Mapping[str, str]) -> None:
        self._forms = forms
        self._sides: Memory[int, Side] = Memory()
        self.lexicon = lexicon
        self.opposite = opposite

    def bring(self, numbers: Iterable[int]) -> None:
        """Reads together the forms that will be asked for."""
        self._forms.bring(forms=[number for number in numbers if self._sides.get(number) is None])

    def side(self, number: int) -> Side:
        """A form, to be held against claims."""
        side = self._sides.get(number)
        if side is None:
            side = self._sides.keep(number, Side(self._forms.form(number).frame))
        return side


class Covering(NamedTuple):
    """A feature of the claim: ``deniable`` may be denied, ``sayable`` may be left unsaid by a topic. ``opposite`` is
    the feature of the contrary sense, if there is one."""

    key: str
    weight: float
    sign: int
    deniable: bool
    sayable: bool
    opposite: str | None


class SlotSaid(NamedTuple):
    """What a claim says in one slot: its own concepts or those lent to it, and the own ones that tell something."""

    slot: str
    said: tuple[str, ...]
    telling: tuple[str, ...]


class Held:
    """A claim's frame and vector, ready to be compared."""

    def __init__(self, frame: Frame, vector: Vector, against: Against) -> None:
        self.frame = frame
        self.vector = vector
        self._against = against
        self._discords: dict[int, dict[str, float]] = {}

    def bring(self, numbers: Iterable[int]) -> None:
        """Reads together the forms that it will be held against."""
        self._against.bring(numbers)

    def discords(self, number: int) -> dict[str, float]:
        """By kind, how much the claim and a form say against each other."""
        found = self._discords.get(number)
        if found is None:
            found = self._discords[number] = discords_of(self._side, self._against.side(number), self._against.lexicon)
        return found

    @cached_property
    def _side(self) -> ClaimSide:
        return ClaimSide(self.frame, self.vector.weights, self._against.opposite)

    @cached_property
    def covering(self) -> list[Covering]:
        """Its features but the kinds of figures, in the order in which they were read."""
        opposite, negated = self._against.opposite, self.vector.negated
        return [
            Covering(
                key=key,
                weight=weight,
                sign=-1 if key in negated else 1,
                deniable=key[0] in "so",
                sayable=key[0] not in "ny",
                opposite=f"s:{opposite[key[2:]]}" if key.startswith("s:") and key[2:] in opposite else None,
            )
            for key, weight in self.vector.weights.items()
            if key[0] != "q"
        ]

    @cached_property
    def labels(self) -> list[str]:
        """What it names by a number or a code: a step, a schedule, an enzyme."""
        return [key for key in self.frame.own if key.startswith("l:")]

    @cached_property
    def slots(self) -> list[SlotSaid]:
        """What it says in each slot."""
        lent, wider = self.vector.lent, self._against.lexicon.wider
        found = []
        for slot in SCOPE_SLOTS:
            own = self.frame.slots.get(slot, ())
            telling = tuple(c for c in own if slot != "population" or len(wider(c)) > _BROADEST)
            found.append(SlotSaid(slot, own or lent.get(slot, ()), telling))
        return found
