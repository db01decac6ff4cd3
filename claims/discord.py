"""What two wordings say against each other: figures, treatments, people, signs that cannot both be meant.

Likeness counts what two wordings share; a wording that shares nearly all and differs in one detail says another thing.
Discord counts such details, so that of the wordings near a claim those that agree with it count most.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from claims.frames import CERTAINTY
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
    "none": 0.15,
    "reversed": 0.4,
    "design": 0.25,
    "surer": 0.1,
    "unsaid": 1.0,
}
OF_FIGURES: Final = frozenset({"figure", "unsaid-figure", "arm", "exchanged", "bound"})
_NONE: Final = "s:none"
_MOST: Final = 2  # figures of a kind that count

Figures = list[tuple[str, list[float], "Measured"]]


def agreement(discords: Mapping[str, float]) -> float:
    """From 0 to 1: what is left of the likeness of a claim and a wording for what they say against each other."""
    return math.exp(-sum(COSTS[name] * value for name, value in discords.items()))


def discords_of(
    frame: Frame, weights: Mapping[str, float], known: Frame, lexicon: Lexicon, opposite: Mapping[str, str]
) -> dict[str, float]:
    """By kind, how much a claim and a wording say against each other; kinds of which there is nothing are left out.
    ``weights`` are those of the claim's features."""
    found = {slot: float(_swapped(_named(frame, slot), _named(known, slot), lexicon)) for slot in _SLOTS}
    found |= _figures(frame, known, lexicon)
    found |= _words(frame, weights, known, lexicon, opposite)
    found["surer"] = max(0, CERTAINTY[frame.certainty] - CERTAINTY[known.certainty])
    found["reversed"] = float(_reversed(frame, known, lexicon))
    found["none"] = float(_of_none(frame) != _of_none(known))
    found["label"] = float(_relabelled(frame, known))
    found["design"] = float(bool(frame.designs and known.designs) and set(frame.designs).isdisjoint(known.designs))
    return {name: value for name, value in found.items() if value}


def _named(frame: Frame, slot: str) -> tuple[str, ...]:
    named = frame.slots.get(slot, ())
    return named + frame.slots.get("comparator", ()) if slot == "intervention" else named


def _swapped(mine: tuple[str, ...], theirs: tuple[str, ...], lexicon: Lexicon) -> bool:
    """Whether each side names a concept that is unrelated to all of the other's; a wider concept beside one of its
    kinds says nothing of its own."""
    if not mine or not theirs or mine == theirs:
        return False
    mine, theirs = _most_specific(mine, lexicon), _most_specific(theirs, lexicon)
    return any(not any(lexicon.related(a, b) for b in theirs) for a in mine) and any(
        not any(lexicon.related(a, b) for a in mine) for b in theirs
    )


def _most_specific(concepts: tuple[str, ...], lexicon: Lexicon) -> tuple[str, ...]:
    return tuple(c for c in concepts if not any(c != other and c in lexicon.wider(other) for other in concepts))


def _words(
    frame: Frame, weights: Mapping[str, float], known: Frame, lexicon: Lexicon, opposite: Mapping[str, str]
) -> dict[str, float]:
    """Signs that differ, opposite senses, and what share of the claim the wording says nothing of."""
    whole = unsaid = 0.0
    flipped = contrary = False
    features = known.features
    for key, weight in weights.items():
        slot, _, name = key.partition(":")
        if slot in "nqy":
            continue
        whole += weight
        if key in features:
            flipped = flipped or (slot in _SIGNED and frame.sign(key) != known.sign(key))
        elif key in frame.own:
            contrary = contrary or (slot == "s" and f"s:{opposite.get(name)}" in features)
            contrary = contrary or (
                slot == "w" and (f"w:un{name}" in features or (name[:2] == "un" and f"w:{name[2:]}" in features))
            )
            unsaid += weight if slot in "sw" or not _said(name, slot, known, lexicon) else 0.0
    return {"sign": float(flipped), "opposite": float(contrary), "unsaid": unsaid / whole if whole else 0.0}


def _said(concept: str, slot: str, known: Frame, lexicon: Lexicon) -> bool:
    return any(lexicon.related(concept, other) for other in _named(known, slot))


def _figures(frame: Frame, known: Frame, lexicon: Lexicon) -> dict[str, float]:
    mine, theirs = _counted(frame), _counted(known)
    if not mine:
        return {"dropped-figures": float(bool(theirs))}
    beyond = unsaid = 0
    elsewhere = turned = False
    for group, values, figure in mine:
        pool = [(value, other) for kind, many, other in theirs if kind == group for value in many]
        if not pool:
            unsaid += 1
        elif not all(any(_same(value, carried, group) for carried, _ in pool) for value in values):
            beyond += 1
        else:
            same = [other for carried, other in pool if any(_same(value, carried, group) for value in values)]
            elsewhere = elsewhere or _other_arm(frame.arm(figure), [known.arm(other) for other in same], lexicon)
            turned = turned or all(_turned(figure, other) for other in same)
    return {
        "figure": min(beyond, _MOST),
        "unsaid-figure": min(unsaid, _MOST),
        "arm": float(elsewhere),
        "bound": float(turned),
        "exchanged": float(_exchanged(frame, mine, known, theirs)),
    }


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
    return all(any(_same(value, other, group) for other in right) for value in left)


def _of_none(frame: Frame) -> bool:
    """Whether a wording denies by a word such as nothing or none, or by a negation."""
    return _NONE in frame.own or "negation" in frame.kinds


def _relabelled(frame: Frame, known: Frame) -> bool:
    """Whether both name something by a number, and by another one."""
    for key in frame.own:
        if key.startswith("l:") and key not in known.features:
            kind = key[: key.rindex(":") + 1]
            if any(other.startswith(kind) for other in known.features):
                return True
    return False


def _same(value: float, carried: float, group: str) -> bool:
    return value == carried if group == "year" else near_values(value, carried, group)


def _other_arm(arm: tuple[str, ...], known: list[tuple[str, ...]], lexicon: Lexicon) -> bool:
    """Whether a figure is told of a treatment that it is told of nowhere in the wording."""
    told = [other for other in known if other]
    return bool(arm and told) and not any(lexicon.related(a, b) for other in told for a in arm for b in other)


def _counted(frame: Frame) -> Figures:
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
    first, second = known.slots.get("intervention", ()), known.slots.get("comparator", ())
    return share(own, second) and share(other, first) and not share(own, first)
