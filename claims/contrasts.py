"""Two read claims held against each other directly: how alike they are worded, and in what they say the contrary.

A contrast is a word against its opposite, a negation on one side only, or figures of one unit that exclude each other.
How alike two claims are is the cosine of their features, rarer ones counting more; opposites count as one feature.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Final, Literal

from claims.figures import scaled
from claims.memory import Memory
from claims.quantity_words import vocabulary
from claims.senses import stem
from evidence.vocabulary import HOURS_IN

if TYPE_CHECKING:
    from claims.frames import Frame
    from claims.quantities import Measured

Contrast = Literal["opposite", "negation", "amount", "extent", "year", "share"]

_WORDED: Final = frozenset({"outcome", "measure", "setting", "s"})  # slots whose features a negation turns round
_COMPARED: Final = _WORDED | {"population", "intervention", "route", "species", "agency", "aspect", "w"}
_QUANTIFYING: Final = frozenset({"all", "some", "none", "common", "rare"})  # senses that say how much, not what
# Senses so general that a negation near them says little of the claim.
_LOOSE: Final = frozenset(f"s:{name}" for name in ("session", "time", "some", "may", "number", "begin", "medicine"))
_PRIOR: Final = 30  # claims that a run is thought to hold besides its own, so that two sentences can be compared
_SLACK: Final = 0.1  # a plain figure stands for itself give or take a tenth
_MANY: Final = 85.0  # per cent that are not nearly all
_INDEXED: Final = 6  # rarest features by which a claim is found
_BUCKET: Final = 24  # claims looked at for one feature
_NEAREST: Final = 8  # candidates of one claim
_REMEMBERED: Final = 200_000  # pairs of frames
_DATED: Final = frozenset({"year", "date"})
_NO_AMOUNT: Final = _DATED | {"ordinal"}
_NO_EXTENT: Final = _DATED | {"ordinal", "interval", "age"}


class Contrasts:
    """Compares the claims of one run; ``opposite`` maps a sense to its contrary. Immutable after construction."""

    def __init__(self, frames: Mapping[str, Frame], opposite: Mapping[str, str]) -> None:
        self._frames = frames
        self._opposite = opposite
        self._counts = Counter(key for frame in frames.values() for key in frame.features)
        # Pages repeat each other, and what they repeat is one frame; so these are kept by the identity of frames.
        self._vectors: dict[int, tuple[dict[str, float], float]] = {}
        self._alike: Memory[tuple[int, int], float] = Memory(_REMEMBERED)
        self._parted: Memory[tuple[int, int], frozenset[Contrast]] = Memory(_REMEMBERED)

    def likeness(self, left: str, right: str) -> float:
        """From 0 to 1, how alike two claims are worded, whether they say the same or the contrary."""
        one, other = self._frames[left], self._frames[right]
        pair = id(one), id(other)
        known = self._alike.get(pair)
        if known is None:
            (a, long), (b, wide) = self._vector(one), self._vector(other)
            if len(b) < len(a):
                a, b = b, a
            shared = sum(weight * b[key] for key, weight in a.items() if key in b)
            known = self._alike.keep(pair, shared / (long * wide) if long and wide else 0.0)
        return known

    def between(self, left: str, right: str) -> frozenset[Contrast]:
        """In what two claims say the contrary of each other; what both could mean is none."""
        a, b = self._frames[left], self._frames[right]
        known = self._parted.get((id(a), id(b)))
        return self._parted.keep((id(a), id(b)), self.contrasts(a, b)) if known is None else known

    def contrasts(self, a: Frame, b: Frame) -> frozenset[Contrast]:
        """In what two wordings say the contrary of each other."""
        found: set[Contrast] = set()
        if self._opposed(a, b) or self._opposed(b, a):
            found.add("opposite")
        shared = (a.own & b.own) - _LOOSE
        if any(key.partition(":")[0] in _WORDED and a.sign(key) != b.sign(key) for key in shared):
            found.add("negation")
        if _all_against_part(a, b) or _all_against_part(b, a):
            found.add("share")
        return frozenset(found | _figures(a.measured, b.measured))

    def candidates(self) -> Iterator[tuple[str, str]]:
        """Pairs that share rare features, each once; their number grows with the claims, not with their pairs."""
        buckets: dict[str, list[str]] = defaultdict(list)
        for name, frame in self._frames.items():
            shared = [key for key in frame.own if self._counts[key] > 1 and is_compared(key)]
            near: Counter[str] = Counter()
            for key in heapq.nsmallest(_INDEXED, shared, key=lambda key: (self._counts[key], key)):
                bucket = buckets[self.folded(key)]
                near.update(bucket)
                if len(bucket) < _BUCKET:
                    bucket.append(name)
            for other, _ in heapq.nsmallest(_NEAREST, near.items(), key=lambda item: (-item[1], item[0])):
                yield other, name

    def _opposed(self, left: Frame, right: Frame) -> bool:
        for key in left.own:
            contrary = self._contrary(key)
            if contrary in right.own and contrary not in left.own and key not in right.own:
                return True
        return False

    def _contrary(self, key: str) -> str | None:
        name = key[2:] if key.startswith("s:") else ""
        return f"s:{self._opposite[name]}" if name in self._opposite and name not in _QUANTIFYING else None

    def folded(self, key: str) -> str:
        """One name for a feature and for its contrary."""
        contrary = self._contrary(key)
        return min(key, contrary) if contrary else key

    def _vector(self, frame: Frame) -> tuple[dict[str, float], float]:
        known = self._vectors.get(id(frame))
        if known is None:
            weights: dict[str, float] = {}
            total = len(self._frames) + _PRIOR
            for key, weight in frame.features.items():
                if is_compared(key):
                    folded = self.folded(key)
                    weights[folded] = max(weights.get(folded, 0.0), weight * math.log(total / (self._counts[key] + 1)))
            known = self._vectors[id(frame)] = weights, math.sqrt(sum(weight**2 for weight in weights.values()))
        return known


def is_compared(key: str) -> bool:
    """Whether a feature counts when two claims are likened: not how much, but what."""
    slot, _, name = key.partition(":")
    return slot in _COMPARED and not (slot == "s" and name in _QUANTIFYING) and key not in _numbers()


@cache
def _numbers() -> frozenset[str]:
    """The features of words that are numbers: they are compared as figures."""
    return frozenset(f"w:{stem(word)}" for word, entry in vocabulary().entries.items() if entry.number is not None)


def _all_against_part(left: Frame, right: Frame) -> bool:
    """Whether one claim says that all or nearly all do what another tells of a part."""
    shares = [[m for m in frame.measured if m.unit == "%"] for frame in (left, right)]
    if shares[0] or not shares[1] or not left.own & {"s:all", "s:most"} or right.own & {"s:all", "s:most"}:
        return False
    return not left.kinds.isdisjoint({"strong", "absolute"}) and all(
        m.high is not None and m.high < _MANY for m in shares[1]
    )


def _figures(left: Iterable[Measured], right: Iterable[Measured]) -> set[Contrast]:
    """How the figures of two claims exclude each other: no figure of one lies in any of the other."""
    a, b = tuple(left), tuple(right)
    found: set[Contrast] = set()
    amounts = [_by_unit(m for m in side if m.kind not in _NO_AMOUNT and m.unit not in HOURS_IN) for side in (a, b)]
    parted = [_part(amounts[0][unit], amounts[1][unit]) for unit in amounts[0].keys() & amounts[1].keys()]
    if any(parted):  # what agrees beside it ("after one infusion") only says that both speak of the same
        found.add("amount")
    times = [[_bounds(m, "h") for m in side if m.kind not in _NO_EXTENT and m.unit in HOURS_IN] for side in (a, b)]
    # A time beside a rate says when the rate was measured, not how long something lasts.
    if _part(*times) and not any("%" in side for side in amounts):
        found.add("extent")
    years = [{m.low for m in side if m.kind in _DATED} for side in (a, b)]
    if all(years) and years[0].isdisjoint(years[1]):
        found.add("year")
    return found


def _by_unit(measured: Iterable[Measured]) -> dict[str, list[tuple[float, float]]]:
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for figure in measured:
        if figure.unit is not None:
            found[figure.unit].append(_bounds(figure, figure.unit))
    return found


def _bounds(figure: Measured, unit: str) -> tuple[float, float]:
    low, high = scaled(figure, unit)
    return low - abs(low) * _SLACK if math.isfinite(low) else low, high + abs(high) * _SLACK if math.isfinite(
        high
    ) else high


def _part(left: Iterable[tuple[float, float]], right: Iterable[tuple[float, float]]) -> bool:
    pairs = [(a, b) for a in left for b in right]
    return bool(pairs) and all(max(a[0], b[0]) > min(a[1], b[1]) for a, b in pairs)
