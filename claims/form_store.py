"""Keeps the forms of a library in its snapshot, so that a check reads only those that it needs.

What every claim is compared with (features, postings, the topic of each form) is kept as columns that load at once;
the rest of a form, its topic and what that allows are records read when they are asked for. Written when a snapshot is
built, read on the same machine.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Callable, Iterable, Mapping
from itertools import accumulate
from operator import mul
from typing import TYPE_CHECKING, Any, Final

import msgspec

from claims.forms import Form, Known, MemoryStore, Topic, Words, slot_weight
from claims.wordings import Allowance

if TYPE_CHECKING:
    from claims.frames import Frame

_SCHEMA: Final = (
    "CREATE TABLE form_index (name TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE form (number INTEGER PRIMARY KEY, record BLOB NOT NULL)",
    "CREATE TABLE topic (id TEXT PRIMARY KEY, first INTEGER, last INTEGER, record BLOB NOT NULL, allows BLOB NOT NULL)",
)
_ALLOWED: Final = 1  # marks of a form
_NEGATED: Final = 2
_NOTHING: Final = frozenset[str]()


class _Index(msgspec.Struct, array_like=True):
    """The names that the columns count in."""

    keys: list[str]  # features, in order of name
    bases: list[float]  # weights that features have in forms
    topics: list[str]


def write_forms(
    connection: sqlite3.Connection, store: MemoryStore, allowance: Callable[[str], Allowance], words: Words
) -> None:
    """Writes every form with its index, and the words to read with, into a snapshot that is being built."""
    encode = msgspec.msgpack.encode
    for statement in _SCHEMA:
        connection.execute(statement)
    columns = {**_columns(store), "words": encode(words, order="deterministic")}
    connection.executemany("INSERT INTO form_index VALUES (?, ?)", sorted(columns.items()))
    connection.executemany(
        "INSERT INTO form VALUES (?, ?)",
        ((number, encode(_slim(form), order="deterministic")) for number, form in enumerate(store.forms)),
    )
    connection.executemany(
        "INSERT INTO topic VALUES (?, ?, ?, ?, ?)",
        (
            (key, numbers.start, numbers.stop, encode(topic), encode(allowance(key), order="deterministic"))
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
        self._allowance = msgspec.msgpack.Decoder(Allowance)
        columns = dict(connection.execute("SELECT name, data FROM form_index").fetchall())
        index = msgspec.msgpack.decode(columns["names"], type=_Index)
        self._keys, self._bases, self._topic_ids = index.keys, index.bases, index.topics
        self._ids = dict(zip(index.keys, range(len(index.keys)), strict=True))
        self._rarities = _column("d", columns["rarities"])
        self._scales = [r * slot_weight(key) for key, r in zip(index.keys, self._rarities, strict=True)]
        self._posted = _column("I", columns["posted"])
        self._numbers = _column("I", columns["numbers"])
        self._weights = _column("f", columns["weights"])
        self._starts = _column("I", columns["starts"])
        self._features = _column("I", columns["features"])
        self._codes = _column("I", columns["codes"])
        self._said = _column("I", columns["said"])
        self._norms = _column("d", columns["norms"])
        self._topic_of = _column("I", columns["topic_of"])
        self._marks = columns["marks"]
        self._negated = msgspec.msgpack.decode(columns["negated"], type=dict[int, list[int]])
        self._words: bytes = columns["words"]
        self._postings: dict[str, Mapping[int, float]] = {}
        self._known: dict[int, Known] = {}
        self._forms: dict[int, Form] = {}
        self._topics: dict[str, tuple[range, Topic, Allowance]] = {}
        self.total = len(self._norms)

    def rarity(self, key: str) -> float | None:
        found = self._ids.get(key)
        return None if found is None else self._rarities[found]

    def postings(self, key: str) -> Mapping[int, float]:
        known = self._postings.get(key)
        if known is None:
            found = self._ids.get(key)
            span = slice(0, 0) if found is None else slice(self._posted[found], self._posted[found + 1])
            known = self._postings[key] = dict(zip(self._numbers[span], self._weights[span], strict=True))
        return known

    def known(self, number: int) -> Known:
        known = self._known.get(number)
        if known is None:
            span = slice(self._starts[number], self._starts[number + 1])
            features = self._features[span]
            marks = self._marks[number]
            bases = tuple(map(self._bases.__getitem__, self._codes[span]))
            scaled = map(mul, bases, map(self._scales.__getitem__, features))
            weights = dict(zip(map(self._keys.__getitem__, features), scaled, strict=True))
            negated = _NOTHING
            if marks & _NEGATED:
                negated = frozenset(self._keys[features[place]] for place in self._negated[number])
            known = Known(weights, bases, negated, self._said[number], self._norms[number])
            known.topic, known.allowed = self._topic_ids[self._topic_of[number]], bool(marks & _ALLOWED)
            self._known[number] = known
        return known

    def form(self, number: int) -> Form:
        form = self._forms.get(number)
        if form is None:
            query = "SELECT record FROM form WHERE number = ?"
            slim = self._form.decode(self._connection.execute(query, (number,)).fetchone()[0])
            form = self._forms[number] = msgspec.structs.replace(slim, frame=self._whole(slim.frame, number))
        return form

    def topic(self, topic: str) -> Topic:
        return self._of(topic)[1]

    def numbers(self, topic: str) -> range:
        return self._of(topic)[0]

    def allowance(self, topic: str) -> Allowance | None:
        return self._of(topic)[2]

    def words(self) -> Words:
        return msgspec.msgpack.decode(self._words, type=Words)

    def _of(self, topic: str) -> tuple[range, Topic, Allowance]:
        known = self._topics.get(topic)
        if known is None:
            first, last, record, allows = self._connection.execute(
                "SELECT first, last, record, allows FROM topic WHERE id = ?", (topic,)
            ).fetchone()
            allowance = self._allowance.decode(allows)
            known = self._topics[topic] = range(first, last), self._topic.decode(record), allowance
        return known

    def _whole(self, frame: Frame, number: int) -> Frame:
        """A frame with the features that the index has of it."""
        known = self.known(number)
        features = dict(zip(known.weights, known.bases, strict=True))
        return msgspec.structs.replace(frame, features=features, negated=known.negated, own=frozenset(known.own))


def _slim(form: Form) -> Form:
    """A form without what the index has of it."""
    frame = msgspec.structs.replace(form.frame, features={}, negated=_NOTHING, own=_NOTHING)
    return msgspec.structs.replace(form, frame=frame)


def _columns(store: MemoryStore) -> dict[str, bytes]:
    encode = msgspec.msgpack.encode
    forms = store.forms
    keys = sorted(store.rarities)
    bases = sorted({base for form in forms for base in form.frame.features.values()})
    topics = sorted(store.topics)
    ids, codes, places = (dict(zip(names, range(len(names)), strict=True)) for names in (keys, bases, topics))
    postings = [store.index.get(key, {}) for key in keys]
    negated = {
        number: [place for place, key in enumerate(form.frame.features) if key in form.frame.negated]
        for number, form in enumerate(forms)
        if form.frame.negated
    }
    return {
        "names": encode(_Index(keys, bases, topics)),
        "rarities": array("d", (store.rarities[key] for key in keys)).tobytes(),
        "posted": _starts(map(len, postings)),
        "numbers": array("I", (number for posted in postings for number in posted)).tobytes(),
        "weights": array("f", (weight for posted in postings for weight in posted.values())).tobytes(),
        "starts": _starts(len(form.frame.features) for form in forms),
        "features": array("I", (ids[key] for form in forms for key in form.frame.features)).tobytes(),
        "codes": array("I", (codes[base] for form in forms for base in form.frame.features.values())).tobytes(),
        "said": array("I", (len(form.frame.own) for form in forms)).tobytes(),
        "norms": array("d", store.norms).tobytes(),
        "topic_of": array("I", (places[form.topic] for form in forms)).tobytes(),
        "marks": bytes(_ALLOWED * form.allowed + _NEGATED * bool(form.frame.negated) for form in forms),
        "negated": encode(negated),
    }


def _starts(lengths: Iterable[int]) -> bytes:
    """Where each of several runs of these lengths begins, and where the last one ends."""
    return array("I", accumulate(lengths, initial=0)).tobytes()


def _column(code: str, data: bytes) -> array[Any]:
    column = array(code)
    column.frombytes(data)
    return column
