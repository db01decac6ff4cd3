"""The features of a claim or a wording with what they weigh, ready to be compared."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cached_property
from itertools import islice
from typing import Final

_OUTSIDE: Final = 0.7  # weight of a word that is no part of a concept's name
_FLIPPED: Final = 0.3  # what a shared feature counts when one side denies it
_LENT: Final = 0.5  # weight from which what only the surroundings name counts as said


class Features:
    """The features of a wording, ready to be compared.

    ``weights`` are those of its features times their scale, in the order in which they were read; the first ``said``
    are the wording's own, what follows comes from its surroundings or its record.
    """

    def __init__(
        self, weights: dict[str, float], bases: Collection[float], negated: frozenset[str], said: int, norm: float
    ) -> None:
        self.weights = weights
        self.bases = bases
        self.negated = negated
        self.norm = norm
        self.swappable: list[tuple[str, float, str, str | None]] | None = None  # kept for ``comparisons``
        self._said = said

    @cached_property
    def own(self) -> dict[str, float]:
        """The weights of what the wording itself says."""
        return dict(islice(self.weights.items(), self._said))

    @cached_property
    def words(self) -> frozenset[str]:
        """Its own words and senses outside the names of concepts."""
        said = zip(self.own, self.bases, strict=False)
        return frozenset(key for key, base in said if key[0] in "sw" and key[1] == ":" and base >= _OUTSIDE)

    @cached_property
    def unmeasured(self) -> frozenset[str]:
        """All that the wording itself says but figures, their kinds and years."""
        return frozenset(key for key in self.own if key[0] not in "nqy")

    @cached_property
    def concepts(self) -> dict[str, frozenset[str]]:
        """Its concepts by slot, and studies that it names."""
        return by_slot(self.weights)

    @cached_property
    def lent(self) -> dict[str, tuple[str, ...]]:
        """By slot the names that its surroundings lend it with some weight."""
        found: dict[str, tuple[str, ...]] = {}
        for key, base in islice(zip(self.weights, self.bases, strict=True), self._said, None):
            if base >= _LENT:
                slot, _, name = key.partition(":")
                found[slot] = (*found.get(slot, ()), name)
        return found

    @cached_property
    def whole(self) -> float:
        """The sum of its weights; 1 when it has none."""
        return sum(self.weights.values()) or 1.0

    def sign(self, key: str) -> int:
        return -1 if key in self.negated else 1


class Vector(Features):
    """The features of a claim's frame; ``scales`` say what they weigh, in their order.

    ``alike`` is, by the number of a feature, what it adds to the likeness to a form that affirms it, and to one that
    denies it; ``sharing`` has the former alone, in their order. ``numbers`` has ``None`` for an unknown feature.
    ``found`` keeps the likenesses to forms that were worked out.
    """

    def __init__(
        self,
        weights: dict[str, float],
        bases: Collection[float],
        negated: frozenset[str],
        said: int,
        norm: float,
        scales: Iterable[float],
        numbers: Iterable[int | None],
    ) -> None:
        super().__init__(weights, bases, negated, said, norm)
        self.found: dict[int, float] = {}
        self.alike: dict[int, tuple[float, float]] = {}
        for (key, weight), scale, number in zip(weights.items(), scales, numbers, strict=True):
            if number is not None:
                shared = weight * scale
                opposed = shared * _FLIPPED
                self.alike[number] = (opposed, shared) if key in negated else (shared, opposed)
        self.sharing = [affirmed for affirmed, _ in self.alike.values()]


def by_slot(keys: Iterable[str]) -> dict[str, frozenset[str]]:
    """The names in keys such as ``outcome:response``, by slot; words, senses and figures (``w:bladder``) are none."""
    found: dict[str, set[str]] = {}
    for key in keys:
        if key[1] != ":":
            slot, _, name = key.partition(":")
            found.setdefault(slot, set()).add(name)
    return {slot: frozenset(names) for slot, names in found.items()}
