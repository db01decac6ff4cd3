"""Patterns that say which words give an answer to an aspect: text of the lexicon into what a claim is matched with.

A pattern is terms that must all hold: ``a|b`` one of these features, ``-a`` a feature that is denied, ``~a`` one that
is there, denied or not, ``!a`` none of it (``!-a``: not denied), ``longer:5:month`` and ``shorter:6:week`` a time told,
``just:1:sessions`` a figure.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from evidence.vocabulary import HOURS_IN

# Features that nearly every claim has tell least of what a pattern asks for.
_PLAIN: Final = ("intervention:", "route:", "population:")


class Pattern(NamedTuple):
    """``needed``: groups of features (``-`` before one that is denied, ``~`` before either) of which each must have one
    in the claim.

    ``without``: features that must not be there. ``span``: least and greatest hours of a time that the claim tells.
    ``just``: figures that the claim gives, with their units.
    """

    needed: tuple[tuple[str, ...], ...]
    without: tuple[str, ...] = ()
    span: tuple[float, float] | None = None
    just: tuple[tuple[float, str], ...] = ()

    @property
    def features(self) -> frozenset[str]:
        """Every feature the pattern speaks of, without signs."""
        return frozenset(key.lstrip("-~") for group in (*self.needed, self.without) for key in group)

    @property
    def rarest(self) -> tuple[str, ...]:
        """The features of the group by which a claim is best found, without signs."""
        group = min(self.needed, key=lambda keys: (any(key.lstrip("-~").startswith(_PLAIN) for key in keys), len(keys)))
        return tuple(key.lstrip("-~") for key in group)


def patterns(texts: Iterable[str]) -> tuple[Pattern, ...]:
    """The patterns of an answer. Raises ValueError with the term that cannot be read."""
    return tuple(map(_pattern, texts))


def _pattern(text: str) -> Pattern:
    needed: list[tuple[str, ...]] = []
    without: list[str] = []
    least, most = 0.0, math.inf
    just: list[tuple[float, str]] = []
    for term in text.split():
        kind, _, rest = term.partition(":")
        if kind == "longer":
            least = _hours(term, rest)
        elif kind == "shorter":
            most = _hours(term, rest)
        elif kind == "just":
            just.append(_figure(term, rest))
        elif term.startswith("!"):
            without.append(_feature(term, term[1:]))
        else:
            needed.append(tuple(_feature(term, key) for key in term.split("|")))
    if not needed:
        raise ValueError(f"'{text}' asks for no feature")
    span = (least, most) if (least, most) != (0.0, math.inf) else None
    return Pattern(tuple(needed), tuple(without), span, tuple(just))


def _feature(term: str, key: str) -> str:
    slot, _, name = key.lstrip("-~").partition(":")
    if not slot.isalpha() or not name:
        raise ValueError(f"'{term}' is no term")
    return key


def _figure(term: str, rest: str) -> tuple[float, str]:
    number, _, unit = rest.partition(":")
    if not unit or not number.replace(".", "", 1).isdigit():
        raise ValueError(f"'{term}' is no figure with its unit")
    return float(number), unit


def _hours(term: str, rest: str) -> float:
    number, unit = _figure(term, rest)
    hours: Mapping[str, float] = dict(HOURS_IN.items())
    if unit not in hours:
        raise ValueError(f"'{term}' is no time")
    return number * hours[unit]
