"""The wordings of one topic side by side, as a snapshot keeps them: a table with a lane for each wording.

A claim is likened to the wordings of a topic together: which of its features they have is looked up once for all, and
what each weighs in a wording is one byte of the table.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
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

    ``keys`` are features, first those that wordings affirm, then from ``affirmed`` on those that wordings deny;
    ``parts`` has for each its weight in all wordings, ``allowed`` for each wording whether it is. ``rows`` are ``Rows``
    in MessagePack, which few wordings are asked for.
    """

    topic: str
    first: int
    keys: list[str]
    affirmed: int
    scales: bytes
    parts: bytes
    allowed: bytes
    norms: bytes
    rows: bytes


class Rows(msgspec.Struct, frozen=True, array_like=True):
    """For each wording the places of its features in order, and how many are its own."""

    places: list[bytes]
    said: list[int]


_ROWS: Final = msgspec.msgpack.Decoder(Rows)


def table_of(topic: str, first: int, rows: Sequence[Row], scales: Mapping[str, float]) -> Table:
    """The table of a topic; ``scales`` says what each feature weighs."""
    told = [[(key in row.negated, key) for key, _ in row.features] for row in rows]
    keys = sorted({key for keys in told for key in keys})
    place_of = {key: place for place, key in enumerate(keys)}
    parts = bytearray(len(keys) * len(rows))
    for lane, row in enumerate(rows):
        for key, (_, base) in zip(told[lane], row.features, strict=True):
            parts[place_of[key] * len(rows) + lane] = _parts_of(base)
    return Table(
        topic=topic,
        first=first,
        keys=[key for _, key in keys],
        affirmed=sum(not denied for denied, _ in keys),
        scales=array("d", (scales[key] for _, key in keys)).tobytes(),
        parts=bytes(parts),
        allowed=bytes(row.allowed for row in rows),
        norms=array("d", (row.norm for row in rows)).tobytes(),
        rows=msgspec.msgpack.encode(
            Rows(
                places=[array("H", map(place_of.__getitem__, of)).tobytes() for of in told],
                said=[row.said for row in rows],
            )
        ),
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
        self._affirmed = dict(zip(table.keys[: table.affirmed], count()))
        self._denied = dict(zip(table.keys[table.affirmed :], count(table.affirmed)))
        self._scales = memoryview(table.scales).cast("d")
        self._norms = memoryview(table.norms).cast("d")
        self._rows: Rows | None = None
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
        if not denied.keys().isdisjoint(alike):
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
        parts = self._parts(number)
        found = {}
        for key in keys:
            for sign, places in ((1, self._affirmed), (-1, self._denied)):
                place = places.get(key)
                if place is not None and parts[place]:
                    found[key, sign] = _BASES[parts[place]] * self._scales[place]
        return found

    def known(self, number: int) -> Features:
        """The features of a form."""
        known = self._known.get(number)
        if known is None:
            known = self._known[number] = self._read(number)
        return known

    def _read(self, number: int) -> Features:
        table, lane = self._table, number - self.numbers.start
        if self._rows is None:
            self._rows = _ROWS.decode(table.rows)
        places = memoryview(self._rows.places[lane]).cast("H").tolist()
        keys = list(map(table.keys.__getitem__, places))
        bases = list(map(_BASES.__getitem__, map(self._parts(number).__getitem__, places)))
        weights = dict(zip(keys, map(mul, bases, map(self._scales.__getitem__, places)), strict=True))
        negated = frozenset([key for key, place in zip(keys, places, strict=True) if place >= table.affirmed])
        return Features(weights, bases, negated, self._rows.said[lane], self._norms[lane])

    def _parts(self, number: int) -> bytes:
        """What each feature weighs in a form."""
        return self._table.parts[number - self.numbers.start :: len(self.numbers)]
