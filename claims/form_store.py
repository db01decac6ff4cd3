"""Keeps the forms of a library in its snapshot, so that a check reads only those that it needs.

Tables: ``feature`` (rarity and postings of each feature), ``form`` and ``topic``. Written when a snapshot is built.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Sequence
from functools import cached_property
from typing import Final

import msgspec

from claims.forms import Form, MemoryStore, Topic

_SCHEMA: Final = (
    "CREATE TABLE feature (key TEXT PRIMARY KEY, rarity REAL NOT NULL, numbers BLOB, weights BLOB) WITHOUT ROWID",
    "CREATE TABLE form (number INTEGER PRIMARY KEY, norm REAL NOT NULL, record BLOB NOT NULL)",
    "CREATE TABLE topic (id TEXT PRIMARY KEY, first INTEGER, last INTEGER, record BLOB NOT NULL) WITHOUT ROWID",
)


def write_forms(connection: sqlite3.Connection, store: MemoryStore) -> None:
    """Writes every form with its index into a snapshot that is being built."""
    encode = msgspec.msgpack.encode
    for statement in _SCHEMA:
        connection.execute(statement)
    connection.executemany("INSERT INTO feature VALUES (?, ?, ?, ?)", map(_feature, _sorted(store)))
    connection.executemany(
        "INSERT INTO form VALUES (?, ?, ?)",
        ((number, store.norm(number), encode(form)) for number, form in enumerate(store.forms)),
    )
    connection.executemany(
        "INSERT INTO topic VALUES (?, ?, ?, ?)",
        (
            (key, numbers.start, numbers.stop, encode(topic))
            for key, topic in sorted(store.topics.items())
            for numbers in (store.numbers(key),)
        ),
    )


class StoredForms:
    """Forms read from a snapshot when they are first asked for."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._form = msgspec.msgpack.Decoder(Form)
        self._topic = msgspec.msgpack.Decoder(Topic)
        self._postings: dict[str, list[tuple[int, float]]] = {}
        self._forms: dict[int, tuple[float, Form]] = {}
        self._topics: dict[str, tuple[range, Topic]] = {}
        self.total: int = connection.execute("SELECT count(*) FROM form").fetchone()[0]

    def rarity(self, key: str) -> float | None:
        return self._rarities.get(key)

    def postings(self, key: str) -> Sequence[tuple[int, float]]:
        known = self._postings.get(key)
        if known is None:
            known = self._postings[key] = self._read_postings(key) if key in self._rarities else []
        return known

    def form(self, number: int) -> Form:
        return self._read(number)[1]

    def norm(self, number: int) -> float:
        return self._read(number)[0]

    def topic(self, topic: str) -> Topic:
        return self._of(topic)[1]

    def numbers(self, topic: str) -> range:
        return self._of(topic)[0]

    @cached_property
    def _rarities(self) -> dict[str, float]:
        return dict(self._connection.execute("SELECT key, rarity FROM feature").fetchall())

    def _read_postings(self, key: str) -> list[tuple[int, float]]:
        found = self._connection.execute("SELECT numbers, weights FROM feature WHERE key = ?", (key,)).fetchone()
        numbers, weights = array("I", found[0] or b""), array("f", found[1] or b"")
        return list(zip(numbers, weights, strict=True))

    def _read(self, number: int) -> tuple[float, Form]:
        known = self._forms.get(number)
        if known is None:
            norm, record = self._connection.execute(
                "SELECT norm, record FROM form WHERE number = ?", (number,)
            ).fetchone()
            known = self._forms[number] = norm, self._form.decode(record)
        return known

    def _of(self, topic: str) -> tuple[range, Topic]:
        known = self._topics.get(topic)
        if known is None:
            first, last, record = self._connection.execute(
                "SELECT first, last, record FROM topic WHERE id = ?", (topic,)
            ).fetchone()
            known = self._topics[topic] = range(first, last), self._topic.decode(record)
        return known


def _sorted(store: MemoryStore) -> list[tuple[str, float, list[tuple[int, float]]]]:
    return [(key, rarity, store.index.get(key, [])) for key, rarity in sorted(store.rarities.items())]


def _feature(entry: tuple[str, float, list[tuple[int, float]]]) -> tuple[str, float, bytes, bytes]:
    key, rarity, postings = entry
    numbers = array("I", (number for number, _ in postings))
    return key, rarity, numbers.tobytes(), array("f", (weight for _, weight in postings)).tobytes()
