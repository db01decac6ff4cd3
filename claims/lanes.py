"""The wordings of one topic side by side, as a snapshot keeps them: a table with a lane for each wording.

A claim is likened to the wordings of a topic together: which of its features they have is looked up once for all, and
what each weighs in a wording is one byte of the table.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import count
from operator import mul
from typing import Final, NamedTuple

import msgspec

from claims.features import Features, Vector

_PARTS: Final = 200  # the weight with which a feature was read, from 0 to 1, is kept in so many parts
_BASES: Final = [parts / _PARTS for parts in range(_PARTS + 1)]


class Row(NamedTuple):
    """A wording: its features in the order in which they were read, with their weights then; ``said`` are its own."""

    features: Sequence[tuple[str, float]]
    negated: Collection[str]
    said: int
    allowed: bool
    norm: float


class Table(msgspec.Struct, frozen=True, array_like=True):
    """The wordings of a topic, from the form numbered ``first`` on, as they are kept.

    ``features`` are numbers of features, first of those that wordings affirm, then from ``affirmed`` on of those that
    wordings deny; ``parts`` has for each its weight in all wordings, ``allowed`` for each wording whether it is.
    ``rows`` are ``Rows`` in MessagePack, which few tables are asked for.
    """

    topic: str
    first: int
    features: bytes
    affirmed: int
    parts: bytes
    allowed: bytes
    norms: bytes
    rows: memoryview


class Rows(msgspec.Struct, frozen=True, array_like=True):
    """The names of a table's features and what each weighs; for each wording the places of its features in order, and
    how many are its own."""

    keys: list[str]
    scales: list[float]
    places: list[bytes]
    said: list[int]


_ROWS: Final = msgspec.msgpack.Decoder(Rows)


def table_of(
    topic: str, first: int, rows: Sequence[Row], scales: Mapping[str, float], numbers: Mapping[str, int]
) -> Table:
    """The table of a topic; ``scales`` says what each feature weighs, ``numbers`` its number."""
    told = [[(key in row.negated, key) for key, _ in row.features] for row in rows]
    keys = sorted({key for keys in told for key in keys})
    place_of = {key: place for place, key in enumerate(keys)}
    parts = bytearray(len(keys) * len(rows))
    for lane, row in enumerate(rows):
        for key, (_, base) in zip(told[lane], row.features, strict=True):
            parts[place_of[key] * len(rows) + lane] = _parts_of(base)
    packed = msgspec.msgpack.encode(
        Rows(
            keys=[key for _, key in keys],
            scales=[scales[key] for _, key in keys],
            places=[array("H", map(place_of.__getitem__, of)).tobytes() for of in told],
            said=[row.said for row in rows],
        )
    )
    return Table(
        topic=topic,
        first=first,
        features=array("I", (numbers[key] for _, key in keys)).tobytes(),
        affirmed=sum(not denied for denied, _ in keys),
        parts=bytes(parts),
        allowed=bytes(row.allowed for row in rows),
        norms=array("d", (row.norm for row in rows)).tobytes(),
        rows=memoryview(packed),
    )


def _parts_of(base: float) -> int:
    parts = round(base * _PARTS)
    assert abs(parts / _PARTS - base) < 1e-9, f"a weight of {base} cannot be kept in parts of {_PARTS}"
    return parts


class Lanes:
    """A table in use; ``numbers`` are those of its forms."""

    def __init__(self, table: Table) -> None:
        self.topic = table.topic
        self.numbers = range(table.first, table.first + len(table.allowed))
        self._table = table
        features, affirmed = memoryview(table.features).cast("I").tolist(), table.affirmed
        self._affirmed = dict(zip(features[:affirmed], count()))
        self._denied = dict(zip(features[affirmed:], count(affirmed)))
        self._norms = memoryview(table.norms).cast("d")
        self._known: dict[int, Features] = {}

    def allows(self, number: int) -> bool:
        """Whether a form is an allowed wording."""
        return bool(self._table.allowed[number - self.numbers.start])

    def liken(self, vector: Vector, numbers: Sequence[int]) -> None:
        """Notes in the vector of a claim how like it is to these forms: the cosine of their weights, in which what one
        denies and the other says counts little."""
        alike, denied = vector.alike, self._denied
        found = list(map(self._affirmed.get, alike))
        places = [place for place in found if place is not None]
        weights = [shared for shared, place in zip(vector.sharing, found, strict=True) if place is not None]
        if denied and not denied.keys().isdisjoint(alike):
            places += [place for key, place in denied.items() if key in alike]
            weights += [alike[key][1] for key in denied if key in alike]
        parts, first, width = self._table.parts, self.numbers.start, len(self.numbers)
        unit, norms, likeness = vector.norm * _PARTS, self._norms, vector.found
        if numbers == self.numbers and places:
            columns = [parts[place * width : (place + 1) * width] for place in places]
            for number, norm, told in zip(numbers, norms, zip(*columns, strict=True), strict=True):
                likeness[number] = sum(map(mul, weights, told)) / (unit * norm)
            return
        for number in numbers:
            part = parts[number - first :: width].__getitem__
            likeness[number] = sum(map(mul, weights, map(part, places))) / (unit * norms[number - first])

    def signed(self, number: int, keys: Iterable[str]) -> dict[tuple[str, int], float]:
        """What these features weigh in a form that has them; with each -1 where the form denies it, else 1."""
        parts, scales = self._parts(number), self._rows.scales
        found = {}
        for key in keys:
            for sign in (1, -1):
                place = self._places.get((key, sign))
                if place is not None and parts[place]:
                    found[key, sign] = _BASES[parts[place]] * scales[place]
        return found

    def known(self, number: int) -> Features:
        """The features of a form."""
        known = self._known.get(number)
        if known is None:
            known = self._known[number] = self._read(number)
        return known

    def _read(self, number: int) -> Features:
        rows, affirmed, lane = self._rows, self._table.affirmed, number - self.numbers.start
        places = memoryview(rows.places[lane]).cast("H").tolist()
        keys = list(map(rows.keys.__getitem__, places))
        bases = list(map(_BASES.__getitem__, map(self._parts(number).__getitem__, places)))
        weights = dict(zip(keys, map(mul, bases, map(rows.scales.__getitem__, places)), strict=True))
        negated = frozenset([key for key, place in zip(keys, places, strict=True) if place >= affirmed])
        return Features(weights, bases, negated, rows.said[lane], self._norms[lane])

    @cached_property
    def _rows(self) -> Rows:
        return _ROWS.decode(self._table.rows)

    @cached_property
    def _places(self) -> dict[tuple[str, int], int]:
        """Where each feature stands, with -1 as it is denied, else with 1."""
        affirmed = self._table.affirmed
        return {(key, 1 if place < affirmed else -1): place for place, key in enumerate(self._rows.keys)}

    def _parts(self, number: int) -> bytes:
        """What each feature weighs in a form."""
        return self._table.parts[number - self.numbers.start :: len(self.numbers)]
