"""Which treatment a figure is told of: "28% on the other drug", "the other drug: 28%".

Two figures held against each other are told of two treatments in the order in which both were named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from claims.marks import span_of
from evidence.vocabulary import HOURS_IN

if TYPE_CHECKING:
    from claims.quantities import Measured
    from claims.tagging import Mention

Arm = tuple[str, ...]

_REACH: Final = 60  # characters between a figure and the treatment it is told of
_TIED: Final = re.compile(
    r"\b(?:on|with|to|for|given|after|of|under|receiving|taking|had|got)\s+(?:the\s+|a\s+|an\s+|those\s+|people\s+)?$"
)
_DOSED: Final = re.compile(
    r"\d[\d.,]*\s?(?:mg|mcg|\u00b5g|g)(?:/kg)?\s+(?:of\s+)?(?:[\w-]+\s+){0,2}$"
)  # on 180 mg of (it)
_BESIDE: Final = frozenset({"", ":", "("})  # between a treatment and its figure
_NOBODY: Final = re.compile(r"\b(?:none|nobody|no one|nil)\b")
_AGAINST: Final = re.compile(r"\s*,?\s*(?:as )?(?:vs?\.?|versus|against|and|or|compared (?:with|to))\s*")
_LISTED: Final = re.compile(r"\s*(?:and|or|vs?\.?|versus)\s+(?:with |on |for |to |the )*")
_THAN: Final = re.compile(r"\b(?:than|over|against|versus|vs|and|or|compared (?:with|to))\b")
_NO_FIGURE: Final = frozenset({"year", "date", "ordinal"})


def arms_of(folded: str, measured: Sequence[Measured], treatments: Sequence[Mention]) -> Iterator[tuple[str, Arm]]:
    """The span of each figure of which the treatment is told, with that treatment's concepts.

    A dose is told of the treatment beside it; it does not stand between a result and its treatment.
    """
    figures = [m for m in measured if m.kind not in _NO_FIGURE and m.unit not in HOURS_IN]
    results = [m for m in figures if m.kind != "dose"]
    listed = dict(_in_order(folded, results, treatments))
    for figure in figures:
        among = figures if figure.kind == "dose" else results
        place = among.index(figure)
        before = among[place - 1].end if place else 0
        after = among[place + 1].start if place + 1 < len(among) else len(folded)
        concepts = listed.get(span_of(figure)) or _arm(folded, figure, before, after, treatments)
        if concepts:
            yield span_of(figure), concepts


def _in_order(folded: str, results: Sequence[Measured], treatments: Sequence[Mention]) -> Iterator[tuple[str, Arm]]:
    """Two figures held against each other, and two treatments named in the same order before or after them."""
    for place, (one, other) in enumerate(pairwise(results)):
        if one.unit != other.unit or not _AGAINST.fullmatch(folded, one.end, other.start):
            continue
        low = results[place - 1].end if place else 0
        high = results[place + 2].start if place + 2 < len(results) else len(folded)
        named = [m for m in treatments if other.end <= m.start < high][:2]
        if not _both(named) or not _LISTED.fullmatch(folded, named[0].end, named[1].start):
            named = [m for m in treatments if low <= m.start and m.end <= one.start][-2:]
            if not _both(named) or one.start - named[1].end > _REACH or _parted(folded, named, one.start):
                continue
        yield span_of(one), named[0].concepts
        yield span_of(other), named[1].concepts


def _both(named: Sequence[Mention]) -> bool:
    return len(named) == 2 and named[0].concepts != named[1].concepts


def _parted(folded: str, named: Sequence[Mention], until: int) -> bool:
    """Whether two treatments are not held against each other, or something else begins before their figures."""
    between = folded[named[0].end : named[1].start]
    return not _THAN.search(between) or ";" in folded[named[0].end : until]


def _arm(folded: str, figure: Measured, before: int, after: int, treatments: Sequence[Mention]) -> Arm:
    closest = next((m for m in reversed(treatments) if before <= m.start and m.end <= figure.start), None)
    beside = closest is not None and folded[closest.end : figure.start].strip() in _BESIDE
    # The word that joins two arms may be taken for a part of the first one's name.
    if closest and beside and not folded[: figure.start].rstrip().endswith((" and", " or")):
        return closest.concepts
    for mention in treatments:
        between = folded[figure.end : mention.start]
        if figure.end <= mention.start < after and len(between) < _REACH and not _NOBODY.search(between):
            if between.strip() == "(" or (";" not in between and _TIED.search(_DOSED.sub("", between))):
                return mention.concepts
            break
    earlier = [m for m in treatments if before <= m.start and m.end <= figure.start]
    if len(earlier) == 1 and figure.start - earlier[0].end < _REACH:
        return earlier[0].concepts
    return ()
