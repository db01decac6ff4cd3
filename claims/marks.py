"""What a figure belongs to, and what numbers and codes only name.

"26% on this drug and 45% on that" ties each figure to its own phrase, so that two texts with the same figures the other
way round do not pass for one. "Schedule III", "step 3" and "the third step" are labels: two of a kind with another
number are two things.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from claims.senses import stem

if TYPE_CHECKING:
    from claims.quantities import Measured

_REACH: Final = 60  # characters of a phrase that are looked at on either side of a figure
_STOP: Final = re.compile(r"[,;:()]|\b(?:and|against|versus|vs|but|while|whereas|compared|than|or)\b")
_ORDINALS: Final = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_ROMAN: Final = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
_CARDINALS: Final = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBERED: Final = re.compile(
    rf"\b([A-Za-z]{{3,20}}) (I{{1,3}}|IV|VI{{0,3}}|IX|X|[1-9]|{'|'.join(_CARDINALS[:-1])})(?![\w.,%-]*\d|\w|%)"
)
_RANKED: Final = re.compile(rf"\b({'|'.join(_ORDINALS)})[ -]([a-z]{{3,20}})(?: ([a-z]{{3,20}}))?", re.IGNORECASE)
_CODE: Final = re.compile(r"\b[A-Z]{1,5}\d[A-Z0-9]{1,7}\b")
_NO_LABEL: Final = frozenset(
    {"the", "and", "for", "with", "than", "about", "over", "under", "was", "were", "had", "are"}
)


def span_of(figure: Measured) -> str:
    """The key of a figure in a frame's ``arms``, ``around`` and ``ties``."""
    return f"{figure.start}-{figure.end}"


def labels_of(text: str, measured: Sequence[Measured]) -> Iterator[tuple[int, int, str]]:
    """The labels of a text with their places, as features, ``l:step:3``; a number that is part of a figure is none."""
    taken = [(figure.start, figure.end) for figure in measured]
    for match in _NUMBERED.finditer(text):
        start, end = match.span(2)
        word, number = match.group(1).lower(), match.group(2)
        if word in _NO_LABEL or any(low < end and start < high for low, high in taken):
            continue
        yield match.start(), match.end(), f"l:{stem(word)}:{_number(number)}"
    for match in _RANKED.finditer(text):
        for word in match.groups()[1:]:  # "the fourth step", "the fourth treatment step"
            if word:
                yield *match.span(), f"l:{stem(word.lower())}:{_ORDINALS.index(match.group(1).lower()) + 1}"
    for match in _CODE.finditer(text):
        yield *match.span(), f"l:code:{match.group()}"


def _number(told: str) -> int:
    for known in (_ROMAN, _CARDINALS):
        if told in known:
            return known.index(told) + 1
    return int(told)


def ties_of(
    folded: str, measured: Sequence[Measured], placed: Sequence[tuple[int, int, str]]
) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Each figure with the features of its phrase, the years in it among them."""
    figures = [m for m in measured if m.kind not in ("ordinal", "year", "date")]
    years = [(m.start, m.end, f"y:{m.low:g}") for m in measured if m.kind in ("year", "date") and m.low]
    known = [*placed, *years]
    for position, figure in enumerate(figures):
        high = figures[position + 1].start if position + 1 < len(figures) else len(folded)
        low = figures[position - 1].end if position else 0
        high, low = min(high, figure.end + _REACH), max(low, figure.start - _REACH)
        stop = _STOP.search(folded, figure.end, high)
        after = _within(known, figure.end, stop.start() if stop else high)
        if not after:
            before = [m.end() for m in _STOP.finditer(folded, low, figure.start)]
            # The stop that parts a figure from what it belongs to ("response: 26%") is no end of the phrase.
            if before and not folded[before[-1] : figure.start].strip():
                before.pop()
            after = _within(known, before[-1] if before else low, figure.start)
        yield span_of(figure), after


def _within(placed: Iterable[tuple[int, int, str]], low: int, high: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for start, end, key in placed if low <= start and end <= high))
