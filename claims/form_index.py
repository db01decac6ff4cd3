"""Which forms have which features, gathered form by form, and what follows when all are known: weights and postings.

Keeps numbers only, so a library of a million wordings is indexed in a few hundred megabytes. A feature finds the forms
of which it makes a good part, at most ``LONGEST``: those that it says little of are found by what they say more of. In
a library of more than ``LARGE`` topics, which two concepts tell apart, concepts that very many forms have find those
with two of them, so that a claim is looked up in the same time however large the library is.
"""

from __future__ import annotations

import heapq
import math
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Final, NamedTuple

LARGE: Final = 10_000
LONGEST: Final = 1536
_COMMON: Final = 0.15  # a feature in more than this share of all forms finds no candidates
_PART: Final = 0.04  # of the square of a form's length, what a feature makes of it or does not find it
_CROWDED: Final = 1024  # in a large library a feature of more forms finds none, a concept those with another one
_FEW: Final = 100  # but one that no more forms than these have finds them all
_SOME: Final = 128  # forms that a crowded concept finds by itself: those of which it is the most
_TOGETHER: Final = 512  # forms that two of them find
_OF_BOTH: Final = 0.1  # what two of them make at least of a form
_PAIRED: Final = frozenset(
    {"intervention", "population", "outcome", "agency", "study", "setting", "species", "measure"}
)
# How much a feature's slot counts when wordings are ranked.
_SLOT_WEIGHT: Final[Mapping[str, float]] = {
    "study": 1.2,
    "outcome": 0.9,
    "intervention": 1.0,
    "route": 0.9,
    "population": 1.0,
    "agency": 1.2,
    "setting": 1.0,
    "species": 1.2,
    "measure": 0.7,
    "aspect": 0.5,
    "s": 1.0,
    "w": 1.0,
    "q": 0.6,
    "y": 1.0,
    "n": 1.1,
    "l": 0.4,
}


class Posting(NamedTuple):
    """The forms that a feature, or a pair of crowded ones, finds: their numbers in order, and its weight in each."""

    key: str
    numbers: array[int]
    weights: array[float]


Groups = Sequence[tuple[float, Sequence[int]]]  # of a posting: the forms of each weight that occurs, heaviest first


def grouped(posting: Posting) -> dict[float, list[int]]:
    """The forms of each weight, heaviest first: there are few weights."""
    groups: dict[float, list[int]] = {}
    for number, weight in zip(posting.numbers, posting.weights, strict=True):
        groups.setdefault(weight, []).append(number)
    return dict(sorted(groups.items(), reverse=True))


class FormIndex:
    """Features of forms, added in order of their numbers; the rest may be asked when all are added.

    ``keys`` are the features and ``bases`` the weights that they were read with, as ``rows`` count them; ``numbers``
    has the place of each key. ``topics`` is how many topics the forms belong to.
    """

    def __init__(self) -> None:
        self.topics = 0
        self.keys: list[str] = []
        self.bases: list[float] = []
        self.numbers: dict[str, int] = {}
        self._codes: dict[float, int] = {}
        self._counts: list[int] = []
        self._features = array("I")
        self._coded = array("H")
        self._ends = array("Q")

    @property
    def total(self) -> int:
        return len(self._ends)

    def add(self, features: Mapping[str, float]) -> None:
        """One more form's features with the weights they were read with."""
        for key, base in features.items():
            place = self.numbers.get(key)
            if place is None:
                place = self.numbers[key] = len(self.keys)
                self.keys.append(key)
                self._counts.append(0)
            code = self._codes.get(base)
            if code is None:
                code = self._codes[base] = len(self.bases)
                self.bases.append(base)
            self._counts[place] += 1
            self._features.append(place)
            self._coded.append(code)
        self._ends.append(len(self._features))

    def rows(self) -> Iterator[tuple[array[int], array[int]]]:
        """The features of each form, and the weights that they were read with."""
        start = 0
        for end in self._ends:
            yield self._features[start:end], self._coded[start:end]
            start = end

    def rarities(self) -> dict[str, float]:
        """How telling each feature is: the logarithm of one over the share of forms that have it."""
        return dict(zip(self.keys, map(self._rarity, self._counts), strict=True))

    def _rarity(self, count: int) -> float:
        return math.log((self.total + 1) / (count + 0.5))

    def norms(self) -> array[float]:
        """The length of each form's vector of weights; 1 for a form without features."""
        norms = array("d")
        for _, weights in self._weighed():
            square = 0.0
            for weight in weights:
                square += weight * weight
            norms.append(math.sqrt(square) or 1.0)
        return norms

    def crowded(self) -> frozenset[str]:
        """Concepts that so many forms have that they find them only together with another."""
        return frozenset(self.keys[place] for place in self._crowded())

    def postings(self, norms: Sequence[float]) -> Iterator[Posting]:
        """What finds candidates, in no order: features, and pairs of crowded ones by ``pair_of``."""
        most = max(_FEW, self.total * _COMMON if self.topics <= LARGE else _CROWDED)
        crowded = self._crowded()
        listed = {place for place, count in enumerate(self._counts) if count <= most} | crowded
        parts = [_PART if count > _FEW else 0.0 for count in self._counts]
        single: dict[int, tuple[array[int], array[float]]] = {p: (array("I"), array("f")) for p in listed}
        paired: dict[tuple[int, int], tuple[array[int], array[float]]] = {}
        scales = [self._rarity(count) * slot_weight(key) for key, count in zip(self.keys, self._counts, strict=True)]
        for number, (features, weights) in enumerate(self._weighed()):
            square = norms[number] ** 2
            shared: list[tuple[int, float]] = []
            for place, weight in zip(features, weights, strict=True):
                if place in listed:
                    if weight * weight >= parts[place] * square:
                        numbers, values = single[place]
                        numbers.append(number)
                        values.append(weight)
                    if place in crowded:
                        shared.append((place, weight))
            for (left, one), (right, other) in combinations(sorted(shared), 2):
                if (one + other) ** 2 >= _OF_BOTH * square:
                    pair = paired.get((left, right))
                    if pair is None:
                        pair = paired[left, right] = (array("I"), array("f"))
                    pair[0].append(number)
                    pair[1].append(one * scales[left] + other * scales[right])
        for place, (numbers, values) in single.items():
            yield _shortened(Posting(self.keys[place], numbers, values), norms, _SOME if place in crowded else LONGEST)
        for (left, right), (numbers, values) in paired.items():
            key = pair_of(self.keys[left], self.keys[right])
            yield _shortened(Posting(key, numbers, values), norms, _TOGETHER)

    def _crowded(self) -> frozenset[int]:
        if self.topics <= LARGE:
            return frozenset()
        return frozenset(
            place
            for place, (key, count) in enumerate(zip(self.keys, self._counts, strict=True))
            if count > max(_FEW, _CROWDED) and key.partition(":")[0] in _PAIRED
        )

    def _weighed(self) -> Iterator[tuple[array[int], list[float]]]:
        """The features of each form and what they weigh."""
        rarities = list(map(self._rarity, self._counts))
        slots = [slot_weight(key) for key in self.keys]
        for features, codes in self.rows():
            yield features, [self.bases[c] * rarities[f] * slots[f] for f, c in zip(features, codes, strict=True)]


def _shortened(posting: Posting, norms: Sequence[float], most: int) -> Posting:
    """At most so many: those of which it makes the greatest part."""
    if len(posting.numbers) <= most:
        return posting
    places = range(len(posting.numbers))
    kept = heapq.nlargest(most, places, key=lambda p: (posting.weights[p] / norms[posting.numbers[p]], -p))
    kept.sort()
    return Posting(
        posting.key, array("I", (posting.numbers[p] for p in kept)), array("f", (posting.weights[p] for p in kept))
    )


def roughly(norms: Iterable[float]) -> array[int]:
    """Lengths of forms in thousandths, near enough to rank by: half a number's room for each form."""
    return array("H", [min(round(1000 * norm), 65_535) for norm in norms])


def pair_of(left: str, right: str) -> str:
    """The key under which two crowded features are listed together."""
    return f"&{min(left, right)}&{max(left, right)}"  # no feature begins so


def slot_weight(key: str) -> float:
    """How much a feature's slot counts when wordings are ranked."""
    return _SLOT_WEIGHT.get(key.split(":", 1)[0], 1.0)
