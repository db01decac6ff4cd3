"""The wordings of one topic side by side: a claim is likened to all of them at once.

What a feature weighs in each wording stands in a lane of its own of one long integer, so a multiplication and an
addition count the feature for all wordings together. Weights are whole numbers there: likeness is exact to eight
digits.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

import msgspec

from claims.features import FINE, Features, Vector

_PARTS: Final = 200  # the weight with which a feature was read, from 0 to 1, is kept in so many parts
_BASES: Final = [parts / _PARTS for parts in range(_PARTS + 1)]
_WIDTH: Final = 8  # bytes of a lane
_LOWEST: Final = 0 if sys.byteorder == "little" else _WIDTH - 1  # of them, the one that a small number fills


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
    ``parts`` has for each its weight in all wordings, ``places`` for each wording its features in order.
    """

    topic: str
    first: int
    keys: list[str]
    affirmed: int
    scales: bytes
    parts: bytes
    places: list[bytes]
    said: list[int]
    allowed: list[bool]
    norms: bytes


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
        places=[array("H", map(place_of.__getitem__, of)).tobytes() for of in told],
        said=[row.said for row in rows],
        allowed=[row.allowed for row in rows],
        norms=array("d", (row.norm for row in rows)).tobytes(),
    )


def _parts_of(base: float) -> int:
    parts = round(base * _PARTS)
    assert parts / _PARTS == base, f"a weight of {base} cannot be kept in parts of {_PARTS}"
    return parts


class Lanes:
    """A table in use; ``numbers`` are those of its forms."""

    def __init__(self, table: Table) -> None:
        self.topic = table.topic
        self.numbers = range(table.first, table.first + len(table.said))
        self._table = table
        self._size = len(table.said) * _WIDTH
        self._lanes = bytearray(len(table.parts) * _WIDTH)
        self._lanes[_LOWEST::_WIDTH] = table.parts
        starts = range(0, len(self._lanes), self._size)
        self._affirmed = dict(zip(table.keys[: table.affirmed], starts, strict=False))
        self._denied = dict(zip(table.keys[table.affirmed :], starts[table.affirmed :], strict=True))
        self._norms = memoryview(table.norms).cast("d")
        self._known: dict[int, Features] = {}

    def allows(self, number: int) -> bool:
        """Whether a form is an allowed wording."""
        return self._table.allowed[number - self.numbers.start]

    def liken(self, vector: Vector) -> None:
        """Notes in the vector of a claim how like it is to each form: the cosine of their weights, in which what one
        denies and the other says counts little."""
        total, lanes, size, fine = 0, self._lanes, self._size, vector.fine
        for key, (weight, _) in fine.items():
            start = self._affirmed.get(key)
            if start is not None:
                total += weight * int.from_bytes(lanes[start : start + size], sys.byteorder)
        for key, start in self._denied.items():
            if key in fine:
                total += fine[key][1] * int.from_bytes(lanes[start : start + size], sys.byteorder)
        unit = vector.norm * (_PARTS * FINE)
        shared = memoryview(total.to_bytes(size, sys.byteorder)).cast("Q")
        likenesses = [one / (unit * norm) for one, norm in zip(shared, self._norms, strict=True)]
        vector.found.update(zip(self.numbers, likenesses, strict=True))

    def signed(self, number: int, keys: Iterable[str]) -> dict[tuple[str, int], float]:
        """What these features weigh in a form that has them; with each -1 where the form denies it, else 1."""
        table, lane, wordings = self._table, number - self.numbers.start, len(self.numbers)
        scales = memoryview(table.scales).cast("d")
        found = {}
        for key in keys:
            for sign, starts in ((1, self._affirmed), (-1, self._denied)):
                place = starts.get(key, -1) // self._size
                if place >= 0 and (part := table.parts[place * wordings + lane]):
                    found[key, sign] = _BASES[part] * scales[place]
        return found

    def known(self, number: int) -> Features:
        """The features of a form."""
        known = self._known.get(number)
        if known is None:
            known = self._known[number] = self._read(number - self.numbers.start)
        return known

    def _read(self, lane: int) -> Features:
        table = self._table
        places = memoryview(table.places[lane]).cast("H").tolist()
        parts = table.parts[lane :: len(self.numbers)]
        scales = memoryview(table.scales).cast("d")
        keys = [table.keys[place] for place in places]
        bases = [_BASES[parts[place]] for place in places]
        weights = dict(
            zip(keys, [base * scales[place] for base, place in zip(bases, places, strict=True)], strict=True)
        )
        negated = frozenset([key for key, place in zip(keys, places, strict=True) if place >= table.affirmed])
        return Features(weights, bases, negated, table.said[lane], self._norms[lane])
