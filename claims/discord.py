"""What two wordings say against each other: figures, treatments, people, signs that cannot both be meant.

Likeness counts what two wordings share; a wording that shares nearly all and differs in one detail says another thing.
Discord counts such details, so that of the wordings near a claim those that agree with it count most.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from claims.frames import CERTAINTY
from claims.poles import contrary_poles, poles_in_one
from claims.wordings import near_values, scaled_values
from evidence.vocabulary import HOURS_IN

if TYPE_CHECKING:
    from claims.frames import Frame
    from claims.lexicon import Lexicon
    from claims.quantities import Measured

_SLOTS: Final = ("outcome", "intervention", "route", "population", "agency", "setting", "species", "measure", "aspect")
_SIGNED: Final = frozenset({"outcome", "s", "w"})
_UNCOUNTED: Final = frozenset({"ordinal", "age"})
# How much each kind of discord takes from likeness, as the exponent of a decay; tried out on the labelled pages.
COSTS: Final[Mapping[str, float]] = {
    **dict.fromkeys(_SLOTS, 0.12),
    "outcome": 0.24,
    "route": 0.24,
    "species": 0.24,
    "figure": 0.5,
    "unsaid-figure": 0.1,
    "dropped-figures": 0.05,
    "arm": 0.6,
    "exchanged": 0.6,
    "bound": 0.4,
    "label": 0.4,
    "sign": 0.1,
    "opposite": 0.25,
    "pole": 0.25,
    "none": 0.15,
    "reversed": 0.4,
    "design": 0.25,
    "surer": 0.1,
    "unsaid": 1.0,
}
OF_FIGURES: Final = frozenset({"figure", "unsaid-figure", "arm", "exchanged", "bound"})
_NONE: Final = "s:none"
_NEAR_BOUND: Final = 2.0  # how many times a figure a bound may be, and still tell it
_MOST: Final = 2  # figures of a kind that count
_REMEMBERED: Final = 65_536  # pairs of concept lists

Figures = list[tuple[str, list[float], "Measured"]]


class Side:
    """A wording with what is held against others of it, worked out once for all that it is held against."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.named = {slot: named for slot in _SLOTS if (named := _named(frame, slot))}

    @cached_property
    def figures(self) -> Figures:
        """The figures that count."""
        return counted_figures(self.frame)

    @cached_property
    def poles(self) -> int:
        """The poles at which it stands, a bit for each."""
        return poles_in_one(self.frame.poles)

    @cached_property
    def of_none(self) -> bool:
        """Whether it denies by a word such as nothing or none, or by a negation."""
        return _NONE in self.frame.own or "negation" in self.frame.kinds


class _Telling(NamedTuple):
    """One feature of a claim; ``contrary`` are the features that say its contrary, if the claim itself says it."""

    key: str
    weight: float
    slot: str
    name: str
    signed: bool
    own: bool
    contrary: tuple[str, ...]


class ClaimSide(Side):
    """A claim, to be held against wordings; ``weights`` are those of its features."""

    def __init__(self, frame: Frame, weights: Mapping[str, float], opposite: Mapping[str, str]) -> None:
        super().__init__(frame)
        self.labels = [key for key in frame.own if key.startswith("l:")]
        self.telling: list[_Telling] = []
        self.whole = 0.0
        for key, weight in weights.items():
            slot, _, name = key.partition(":")
            if slot in "nqy":
                continue
            self.whole += weight
            own = key in frame.own
            contrary = _contrary(slot, name, opposite) if own else ()
            self.telling.append(_Telling(key, weight, slot, name, slot in _SIGNED, own, contrary))


def _contrary(slot: str, name: str, opposite: Mapping[str, str]) -> tuple[str, ...]:
    if slot == "s":
        return (f"s:{opposite[name]}",) if name in opposite else ()
    if slot == "w":
        return (f"w:un{name}", f"w:{name[2:]}") if name[:2] == "un" else (f"w:un{name}",)
    return ()


def agreement(discords: Mapping[str, float]) -> float:
    """From 0 to 1: what is left of the likeness of a claim and a wording for what they say against each other."""
    return math.exp(-sum(COSTS[name] * value for name, value in discords.items()))


def discords_of(claim: ClaimSide, wording: Side, lexicon: Lexicon) -> dict[str, float]:
    """By kind, how much a claim and a wording say against each other; kinds of which there is nothing are left out."""
    frame, known = claim.frame, wording.frame
    theirs = wording.named
    found = {
        slot: 1.0 for slot, named in claim.named.items() if slot in theirs and _swapped(named, theirs[slot], lexicon)
    }
    found |= _figures(claim, wording, lexicon)
    found |= _words(claim, wording, lexicon)
    if frame.certainty != known.certainty:
        found["surer"] = max(0, CERTAINTY[frame.certainty] - CERTAINTY[known.certainty])
    found["reversed"] = float(_reversed(frame, known, lexicon))
    found["none"] = float(claim.of_none != wording.of_none)
    found["pole"] = min(_MOST, contrary_poles(claim.poles, wording.poles))
    found["label"] = float(bool(claim.labels) and _relabelled(claim.labels, known))
    found["design"] = float(bool(frame.designs and known.designs) and set(frame.designs).isdisjoint(known.designs))
    return {name: value for name, value in found.items() if value}


def _named(frame: Frame, slot: str) -> tuple[str, ...]:
    named = frame.slots.get(slot, ())
    return named + frame.slots.get("comparator", ()) if slot == "intervention" else named


@lru_cache(maxsize=_REMEMBERED)
def _swapped(mine: tuple[str, ...], theirs: tuple[str, ...], lexicon: Lexicon) -> bool:
    """Whether each side names a concept that is unrelated to all of the other's; a wider concept beside one of its
    kinds says nothing of its own."""
    if mine == theirs:
        return False
    mine, theirs = _most_specific(mine, lexicon), _most_specific(theirs, lexicon)
    return any(not any(lexicon.related(a, b) for b in theirs) for a in mine) and any(
        not any(lexicon.related(a, b) for a in mine) for b in theirs
    )


def _most_specific(concepts: tuple[str, ...], lexicon: Lexicon) -> tuple[str, ...]:
    return tuple(c for c in concepts if not any(c != other and c in lexicon.wider(other) for other in concepts))


def _words(claim: ClaimSide, wording: Side, lexicon: Lexicon) -> dict[str, float]:
    """Signs that differ, opposite senses, and what share of the claim the wording says nothing of."""
    known = wording.frame
    features, named = known.features, wording.named
    mine, theirs = claim.frame.negated, known.negated
    signs_differ = mine != theirs
    unsaid = 0.0
    flipped = contrary = False
    for key, weight, slot, name, signed, own, against in claim.telling:
        if key in features:
            if signs_differ and signed and (key in mine) != (key in theirs):
                flipped = True
        elif own:
            for other in against:
                if other in features:
                    contrary = True
            if slot in "sw" or slot not in named or not any(lexicon.related(name, other) for other in named[slot]):
                unsaid += weight
    whole = claim.whole
    return {"sign": float(flipped), "opposite": float(contrary), "unsaid": unsaid / whole if whole else 0.0}


def _figures(claim: ClaimSide, wording: Side, lexicon: Lexicon) -> dict[str, float]:
    mine, theirs = claim.figures, wording.figures
    if not mine:
        return {"dropped-figures": 1.0} if theirs else {}
    frame, known = claim.frame, wording.frame
    beyond = unsaid = 0
    elsewhere = turned = False
    for group, values, figure in mine:
        pool = [(value, other) for kind, many, other in theirs if kind == group for value in many]
        if not pool:
            unsaid += 1
        elif not all(any(same_value(value, carried, group) for carried, _ in pool) for value in values):
            beyond += not _within_bound(figure, [carried for carried, _ in pool], values[0])
        else:
            same = [other for carried, other in pool if any(same_value(value, carried, group) for value in values)]
            elsewhere = elsewhere or _other_arm(frame.arm(figure), [known.arm(other) for other in same], lexicon)
            turned = turned or all(_turned(figure, other) for other in same)
    return {
        "figure": min(beyond, _MOST),
        "unsaid-figure": min(unsaid, _MOST),
        "arm": float(elsewhere),
        "bound": float(turned),
        "exchanged": float(_exchanged(frame, mine, known, theirs)),
    }


def _within_bound(figure: Measured, carried: Sequence[float], bound: float) -> bool:
    """Whether a figure is only a bound ("fewer than 1 in 200"), and one that is carried keeps to it, not far off."""
    if figure.low is None:
        return any(bound / _NEAR_BOUND <= value <= bound for value in carried)
    return figure.high is None and any(bound <= value <= bound * _NEAR_BOUND for value in carried)


def _turned(figure: Measured, other: Measured) -> bool:
    """Whether one is a floor and the other a ceiling, or each is per another thing."""
    if figure.per and other.per and figure.per != other.per:
        return True
    return (figure.low is None and other.high is None) or (figure.high is None and other.low is None)


def _exchanged(frame: Frame, mine: Figures, known: Frame, theirs: Figures) -> bool:
    """Whether a figure is told of what another figure is told of in the wording, and not of its own."""
    tied = [(group, values, set(frame.tied(figure))) for group, values, figure in mine if group != "year"]
    there = [(group, values, set(known.tied(figure))) for group, values, figure in theirs if group != "year"]
    for group, values, tie in tied:
        same = [i for i, (kind, many, _) in enumerate(there) if kind == group and _all_same(values, many, group)]
        if not same or not tie:
            continue
        own = set().union(*(there[i][2] for i in same))
        for i, (kind, many, other) in enumerate(there):
            if i in same or kind != group or not (tie - own) & (other - own) or tie & (own - other):
                continue
            beside = next((t for g, v, t in tied if g == group and _all_same(v, many, group)), None)
            if beside is None and not own - other:
                continue
            if beside is None or not (beside - tie) & (other - own):
                return True
    return False


def _all_same(left: list[float], right: list[float], group: str) -> bool:
    return all(any(same_value(value, other, group) for other in right) for value in left)


def _relabelled(labels: list[str], known: Frame) -> bool:
    """Whether the wording names by a number what these labels name by another one."""
    for key in labels:
        if key not in known.features:
            kind = key[: key.rindex(":") + 1]
            if any(other.startswith(kind) for other in known.features):
                return True
    return False


def same_value(value: float, carried: float, group: str) -> bool:
    """Whether two values of one group of figures are told as the same."""
    return value == carried if group == "year" else near_values(value, carried, group)


def _other_arm(arm: tuple[str, ...], known: list[tuple[str, ...]], lexicon: Lexicon) -> bool:
    """Whether a figure is told of a treatment that it is told of nowhere in the wording."""
    told = [other for other in known if other]
    return bool(arm and told) and not any(lexicon.related(a, b) for other in told for a in arm for b in other)


def counted_figures(frame: Frame) -> Figures:
    """The figures of a wording that are held against those of another, by group, with their values in one unit."""
    found: Figures = []
    for figure in frame.measured:
        if figure.kind in ("year", "date"):
            found.append(("year", [float(int(figure.low or 0))], figure))
        elif figure.kind not in _UNCOUNTED or figure.unit in HOURS_IN:
            group, values = scaled_values(figure)
            if values and not (group == "#" and max(values) in (0.0, 1.0)):
                found.append((group, values, figure))
    return found


def _reversed(frame: Frame, known: Frame, lexicon: Lexicon) -> bool:
    """Whether the two sides of a comparison have changed places."""

    def share(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
        return any(lexicon.related(a, b) for a in left for b in right)

    own, other = frame.slots.get("intervention", ()), frame.slots.get("comparator", ())
    if not own or not other:
        return False
    first, second = known.slots.get("intervention", ()), known.slots.get("comparator", ())
    return share(own, second) and share(other, first) and not share(own, first)
