"""The words of English figures, read from ``claims/data/quantities.toml``: what each word or phrase can mean.

Lists and tables in the file are strings, so that reading it costs a millisecond; here they become one entry a phrase.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, Literal

import msgspec

from claims.kept_records import load_kept_record
from claims.sources import Bound
from evidence.records import Record
from evidence.vocabulary import TimeUnit

Kind = Literal[
    "percentage",
    "count",
    "duration",
    "frequency",
    "dose",
    "money",
    "age",
    "year",
    "date",
    "ratio",
    "ordinal",
    "interval",
]

DATA: Final = Path(__file__).resolve().parent / "data" / "quantities.toml"
_PIECE: Final = re.compile(r"[^\W0-9_]+(?:['’][^\W0-9_]+)*|[^\w\s]|[0-9_]")
# A figure may begin with a phrase of these roles; a phrase with another facet than those of _SILENT begins one too.
_STARTERS: Final = frozenset(
    {"article", "opening", "age", "every", "p_value", "spread", "ratio_name", "label", "month", "ci", "dash"}
    | {"numbered", "time_point"}
)
_SILENT: Final = frozenset({"scale", "suffix", "noun", "unit"})


class Words(Record, frozen=True, kw_only=True):
    """The data file as it stands: lists are strings with commas, tables are lines with bars."""

    numbers: str
    scales: str
    money_scales: str
    indefinite: str
    parts: str
    fractions: str
    ordinals: str
    vague: str
    times: str
    folds: str
    multiples: str
    rates: str
    currencies: str
    units: str
    stretches: str
    pairs: str
    spans: str
    year_bounds: str
    eras: str
    bounds: dict[Bound, str]
    suffixes: dict[Bound, str]
    nouns: dict[str, str]
    roles: dict[str, str]


class UnitWord(msgspec.Struct, frozen=True):
    """What a word of measure stands for: ``factor`` of ``symbol``, which compounds join (mg/kg)."""

    symbol: str
    kind: Kind
    factor: float = 1.0


class Span(msgspec.Struct, frozen=True):
    """A stretch of time that a phrase stands for; ``high`` None is open. The unit of a pair is its first word's."""

    unit: str
    low: float
    high: float | None


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """All that a word or phrase can mean; None or empty where it does not."""

    number: float | None = None
    scale: float | None = None
    indefinite: float | None = None
    part: float | None = None
    ordinal: float | None = None
    vague: tuple[float, float] | None = None
    times: float | None = None
    fold: float | None = None
    multiple: float | None = None
    rate: tuple[float, TimeUnit] | None = None
    currency: str | None = None
    unit: UnitWord | None = None
    stretch: Span | None = None
    span: Span | None = None
    bound: Bound | None = None
    suffix: Bound | None = None
    year_bound: Bound | None = None
    era: tuple[float, float] | None = None
    noun: str | None = None
    roles: frozenset[str] = frozenset()
    starts: bool = False


NOTHING: Final = Entry()


class Vocabulary(msgspec.Struct, frozen=True, kw_only=True):
    """Entries by phrase, phrases of several tokens by their first two, and what two bare times span.

    ``heads`` are the words that are more than a word by themselves: a phrase or a number may begin there.
    """

    entries: Mapping[str, Entry]
    longer: Mapping[tuple[str, str], tuple[tuple[str, ...], ...]]
    heads: frozenset[str]
    pairs: Mapping[tuple[str, str], Span]
    money_scales: Mapping[str, float]


@functools.cache
def vocabulary() -> Vocabulary:
    """The words of the data file, read once. Raises LibraryError when the file is damaged."""
    words = load_kept_record(DATA, Words, name=DATA.name)
    facets: dict[str, dict[str, object]] = {}
    for phrase, facet, value in (*_values(words), *_tables(words)):
        facets.setdefault(phrase, {})[facet] = value
    for role, listed in words.roles.items():
        for phrase in _listed(listed):
            entry = facets.setdefault(phrase, {})
            entry["roles"] = (*entry.get("roles", ()), role)  # type: ignore[misc]
    entries: dict[str, Entry] = {}
    longer: dict[tuple[str, str], list[tuple[str, ...]]] = {}
    for phrase, entry in facets.items():
        if phrase.isalpha():
            entries[phrase] = _entry(entry)
        else:
            parts = tuple(_PIECE.findall(phrase))
            entries[" ".join(parts)] = _entry(entry)
            if len(parts) > 1:
                longer.setdefault(parts[:2], []).append(parts)
    return Vocabulary(
        entries=entries,
        longer={two: tuple(sorted(found, key=len, reverse=True)) for two, found in longer.items()},
        heads=frozenset(first for first, _ in longer)
        | {word for word, entry in entries.items() if entry.number is not None or "article" in entry.roles},
        pairs={(first, second): _span(*cells) for first, second, *cells in _rows(words.pairs)},
        money_scales={word: float(value) for word, value in _mapped(words.money_scales)},
    )


def _values(words: Words) -> Iterator[tuple[str, str, object]]:
    """Phrase, facet and value of everything that has one."""
    numbers = {"number": words.numbers, "scale": words.scales, "indefinite": words.indefinite, "part": words.parts}
    numbers |= {"ordinal": words.ordinals, "times": words.times, "fold": words.folds, "multiple": words.multiples}
    for facet, text in numbers.items():
        yield from ((phrase, facet, float(value)) for phrase, value in _mapped(text))
    yield from ((phrase, "number", float(value)) for phrase, value in _mapped(words.fractions))
    for facet, text in {"vague": words.vague, "era": words.eras}.items():
        yield from ((phrase, facet, tuple(map(float, value.split()))) for phrase, value in _mapped(text))
    for facet, text in {"currency": words.currencies, "year_bound": words.year_bounds}.items():
        yield from ((phrase, facet, value) for phrase, value in _mapped(text))
    for phrase, value in _mapped(words.rates):
        count, unit = value.split()
        yield phrase, "rate", (float(count), msgspec.convert(unit, TimeUnit))


def _tables(words: Words) -> Iterator[tuple[str, str, object]]:
    """Phrase, facet and value of everything listed by what it means."""
    for symbol, kind, factor, listed in _rows(words.units):
        unit = UnitWord(symbol, msgspec.convert(kind, Kind), float(factor))
        yield from ((phrase, "unit", unit) for phrase in _listed(listed))
    for facet, text in {"stretch": words.stretches, "span": words.spans}.items():
        for unit_name, low, high, listed in _rows(text):
            yield from ((phrase, facet, _span(low, high, unit_name)) for phrase in _listed(listed))
    lists: dict[str, Mapping[Bound, str] | Mapping[str, str]]
    lists = {"bound": words.bounds, "suffix": words.suffixes, "noun": words.nouns}
    for facet, table in lists.items():
        for value, listed in table.items():
            yield from ((phrase, facet, value) for phrase in _listed(listed))


def _entry(facets: dict[str, object]) -> Entry:
    """The meanings of one phrase. ``starts`` says whether a figure may begin with it."""
    if facets.keys() == {"roles"}:
        return _entry_of_roles(facets["roles"])
    roles = frozenset(facets.pop("roles", ()))  # type: ignore[call-overload]
    starts = not roles.isdisjoint(_STARTERS) or not facets.keys() <= _SILENT
    return Entry(**facets, roles=roles, starts=starts)  # type: ignore[arg-type]


@functools.cache  # half of all words have roles only, and few sets of them
def _entry_of_roles(roles: tuple[str, ...]) -> Entry:
    return Entry(roles=frozenset(roles), starts=not _STARTERS.isdisjoint(roles))


def _span(low: str, high: str, unit: str = "") -> Span:
    return Span(unit, float(low), float(high) if high else None)


def _rows(text: str) -> Iterator[list[str]]:
    for line in text.strip().splitlines():
        yield [cell.strip() for cell in line.split("|")]


def _listed(text: str) -> list[str]:
    return ["," if word == "comma" else word for word in map(str.strip, text.split(",")) if word]


def _mapped(text: str) -> Iterator[tuple[str, str]]:
    for item in text.split(","):
        word, _, value = item.rpartition("=")
        yield word.strip(), value.strip()
