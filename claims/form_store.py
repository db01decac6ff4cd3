"""Keeps the forms of a library in its snapshot, so that a check reads only those that it needs.

Opening costs the same however many forms there are: features with what they find, forms and topics are rows that are
read when a claim comes near them, and forgotten when many were read. Written topic by topic, so that a build holds the
numbers of a library, not its wordings.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from claims.form_index import FormIndex, Groups, Posting, grouped, roughly, slot_weight
from claims.forms import Form, Topic, Words
from claims.lanes import Lanes, Row, Table, table_of
from claims.memory import Memory
from claims.study_index import StoredIndex, StudyIndex
from claims.tallies import Gathering, Overall, packed, unpacked
from claims.wordings import Allowance

if TYPE_CHECKING:
    import sqlite3

    from claims.query import Asked

_SCHEMA: Final = (  # what is asked for most stands first, and does so in the file
    "CREATE TABLE form_index (name TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID",
    # A pair of crowded features has postings and no rarity, a feature of most forms a rarity and no postings.
    "CREATE TABLE feature"
    " (key TEXT PRIMARY KEY, number INTEGER, rarity REAL, crowded INTEGER NOT NULL, posted BLOB NOT NULL)",
    "CREATE TABLE lanes (first INTEGER PRIMARY KEY, record BLOB NOT NULL)",
    "CREATE TABLE topic (id TEXT PRIMARY KEY, first INTEGER, last INTEGER, record BLOB NOT NULL, allows BLOB NOT NULL)",
    "CREATE TABLE form (number INTEGER PRIMARY KEY, record BLOB NOT NULL)",
)
_NONE: Final = (None, None, False)  # what a feature is that no form has
_TOGETHER: Final = 100  # rows asked for at once
_STEP: Final = 10  # keys are made up to a multiple of so many, so that few statements are prepared
_KNOWN: Final = 40_000  # features that are remembered
_ALONGSIDE: Final = 60_000  # forms that are remembered side by side
_READ: Final = 10_000  # forms and topics that are remembered whole
_POSTED: Final = 1_000_000  # numbers in the postings that are remembered


class _Side(NamedTuple):
    """What the index does not have of a form."""

    allowed: bool
    said: int
    negated: list[str]


class _Run(NamedTuple):
    """A topic whose forms are numbered from ``first`` up to ``last``."""

    topic: str
    first: int
    last: int


def write_forms(
    connection: sqlite3.Connection,
    topics: Iterable[tuple[Topic, list[Form]]],
    allowance: Callable[[Topic, list[Form], int], Allowance],
    words: Callable[[], Words],
) -> None:
    """Writes every form with its index into a snapshot that is being built.

    ``topics`` come with their forms, read; ``allowance`` is given these with the number of the first; ``words``, to
    read copy with, is asked when all are read.
    """
    encode = msgspec.msgpack.Encoder(order="deterministic").encode  # of sets
    for statement in _SCHEMA:
        connection.execute(statement)
    index, sides, runs, counted = FormIndex(), list[_Side](), list[_Run](), Gathering()
    for topic, forms in topics:
        first = len(sides)
        for form in forms:
            index.add(form.frame.features)
            negated = [key for key in form.frame.features if key in form.frame.negated]
            sides.append(_Side(form.allowed, len(form.frame.own), negated))
        rows = ((first + place, encode(_kept(form))) for place, form in enumerate(forms))
        connection.executemany("INSERT INTO form VALUES (?, ?)", rows)
        allowed = allowance(topic, forms, first)
        counted.add(unpacked(allowed.tally))
        allows = encode(allowed)
        runs.append(_Run(topic.id, first, first + len(forms)))
        connection.execute("INSERT INTO topic VALUES (?, ?, ?, ?, ?)", (*runs[-1], encode(topic), allows))
    index.topics = len(runs)
    rarities, norms, crowded = index.rarities(), index.norms(), index.crowded()
    tables = _tables(index, runs, sides, norms, rarities)
    connection.executemany("INSERT INTO lanes VALUES (?, ?)", ((t.first, msgspec.msgpack.encode(t)) for t in tables))
    numbers = index.numbers
    connection.executemany(
        "INSERT INTO feature VALUES (?, ?, ?, ?, ?)",
        (
            (p.key, numbers.get(p.key), rarities.pop(p.key, None), p.key in crowded, _packed(p))
            for p in index.postings(norms)
        ),
    )
    connection.executemany(
        "INSERT INTO feature VALUES (?, ?, ?, 0, x'')",
        ((key, numbers[key], rarity) for key, rarity in rarities.items()),
    )
    facts = {
        "total": encode(index.total),
        "words": encode(words()),
        "lengths": roughly(norms).tobytes(),
        "firsts": array("I", (run.first for run in runs if run.last > run.first)).tobytes(),
        "overall": packed(counted.tally()),
    }
    connection.executemany("INSERT INTO form_index VALUES (?, ?)", facts.items())


def _kept(form: Form) -> Form:
    """A form without what is kept for its whole topic, or asked of claims alone."""
    return msgspec.structs.replace(form, frame=msgspec.structs.replace(form.frame, runs=(), sides=()))


class StoredForms:
    """Forms read from a snapshot when they are first asked for."""

    def __init__(self, connection: Asked) -> None:
        self._connection = connection
        self._form = msgspec.msgpack.Decoder(Form)
        self._table = msgspec.msgpack.Decoder(Table)
        self._posting = msgspec.msgpack.Decoder(list[tuple[float, bytes]])
        self._topic = msgspec.msgpack.Decoder(Topic)
        self._allowance = msgspec.msgpack.Decoder(Allowance)
        self.total = msgspec.msgpack.decode(self._fact("total"), type=int)
        self._features: Memory[str, tuple[int | None, float | None, bool]] = Memory(_KNOWN)
        self._overall: Overall | None = None
        self._postings: dict[str, Groups] = {}
        self._posted = 0
        self._lanes: dict[int, Lanes] = {}
        self._forms: Memory[int, Form] = Memory(_READ)
        self._topics: Memory[str, tuple[range, Topic, Allowance]] = Memory(_READ)

    def bring(
        self,
        *,
        features: Iterable[str] = (),
        postings: Iterable[str] = (),
        lanes: Iterable[int] = (),
        forms: Iterable[int] = (),
        topics: Iterable[str] = (),
    ) -> None:
        wanted = [key for key in features if self._features.get(key) is None]
        rows = self._rows("SELECT key, number, rarity, crowded FROM feature WHERE key IN ({})", wanted)
        told = {key: (number, rarity, bool(crowded)) for key, number, rarity, crowded in rows}
        for key in wanted:
            self._features.keep(key, told.get(key, _NONE))
        unposted = [key for key in postings if key not in self._postings]
        posted = dict(self._rows("SELECT key, posted FROM feature WHERE key IN ({})", unposted))
        for key in unposted:
            self._keep_postings(key, posted.get(key))
        beside = {self._first(number) for number in lanes if number not in self._lanes}
        for row in self._rows("SELECT record FROM lanes WHERE first IN ({})", sorted(beside)):
            self._keep_lanes(row[0])
        unread = [number for number in forms if self._forms.get(number) is None]
        for row in self._rows("SELECT number, record FROM form WHERE number IN ({})", unread):
            self._read_form(*row)
        near = [topic for topic in topics if self._topics.get(topic) is None]
        for row in self._rows("SELECT id, first, last, record, allows FROM topic WHERE id IN ({})", near):
            self._read_topic(*row)

    def _rows(self, query: str, keys: Sequence[object]) -> Iterator[Any]:
        """The rows of many keys, some at a time: a query costs more than what it reads."""
        for start in range(0, len(keys), _TOGETHER):
            some = list(keys[start : start + _TOGETHER])
            some += some[-1:] * (-len(some) % _STEP)  # few lengths are few statements to prepare
            marks = ", ".join("?" * len(some))
            yield from self._connection.execute(query.format(marks), some).fetchall()

    @cached_property
    def lengths(self) -> Sequence[int]:
        return memoryview(self._fact("lengths")).cast("H")

    @cached_property
    def _firsts(self) -> Sequence[int]:
        """The first form of each topic that has any."""
        return memoryview(self._fact("firsts")).cast("I")

    def _first(self, number: int) -> int:
        """The first form of the topic that a form belongs to."""
        return self._firsts[bisect_right(self._firsts, number) - 1]

    def feature(self, key: str) -> int | None:
        return self._feature(key)[0]

    def rarity(self, key: str) -> float | None:
        return self._feature(key)[1]

    def is_crowded(self, key: str) -> bool:
        return self._feature(key)[2]

    def postings(self, key: str) -> Groups:
        known = self._postings.get(key)
        if known is None:
            row = self._connection.execute("SELECT posted FROM feature WHERE key = ?", (key,)).fetchone()
            known = self._keep_postings(key, row[0] if row else None)
        return known

    def _keep_postings(self, key: str, packed: bytes | None) -> Groups:
        if self._posted > _POSTED:
            self._postings, self._posted = {}, 0
        found = self._postings[key] = _unpacked(self._posting.decode(packed)) if packed else ()
        self._posted += sum(len(numbers) for _, numbers in found) + 1
        return found

    def lanes(self, number: int) -> Lanes:
        lanes = self._lanes.get(number)
        if lanes is None:
            query = "SELECT record FROM lanes WHERE first = ?"
            lanes = self._keep_lanes(self._connection.execute(query, (self._first(number),)).fetchone()[0])
        return lanes

    def _keep_lanes(self, record: bytes) -> Lanes:
        lanes = Lanes(self._table.decode(record))
        if len(self._lanes) >= _ALONGSIDE:
            self._lanes.clear()
        self._lanes.update(dict.fromkeys(lanes.numbers, lanes))
        return lanes

    def form(self, number: int) -> Form:
        form = self._forms.get(number)
        if form is None:
            query = "SELECT record FROM form WHERE number = ?"
            form = self._read_form(number, self._connection.execute(query, (number,)).fetchone()[0])
        return form

    def _read_form(self, number: int, record: bytes) -> Form:
        return self._forms.keep(number, self._form.decode(record))

    def topic(self, topic: str) -> Topic:
        return self._of(topic)[1]

    def numbers(self, topic: str) -> range:
        return self._of(topic)[0]

    def allowance(self, topic: str) -> Allowance | None:
        return self._of(topic)[2]

    def overall(self) -> Overall:
        if self._overall is None:
            self._overall = msgspec.msgpack.decode(self._fact("overall"), type=Overall)
        return self._overall

    def words(self) -> Words:
        return msgspec.msgpack.decode(self._fact("words"), type=Words)

    def studies(self) -> StudyIndex:
        return StoredIndex(self._connection)

    def _fact(self, name: str) -> bytes:
        found: bytes = self._connection.execute("SELECT data FROM form_index WHERE name = ?", (name,)).fetchone()[0]
        return found

    def _feature(self, key: str) -> tuple[int | None, float | None, bool]:
        known = self._features.get(key)
        if known is None:
            query = "SELECT number, rarity, crowded FROM feature WHERE key = ?"
            row = self._connection.execute(query, (key,)).fetchone()
            known = self._features.keep(key, (row[0], row[1], bool(row[2])) if row else _NONE)
        return known

    def _of(self, topic: str) -> tuple[range, Topic, Allowance]:
        known = self._topics.get(topic)
        if known is None:
            query = "SELECT id, first, last, record, allows FROM topic WHERE id = ?"
            known = self._read_topic(*self._connection.execute(query, (topic,)).fetchone())
        return known

    def _read_topic(
        self, topic: str, first: int, last: int, record: bytes, allows: bytes
    ) -> tuple[range, Topic, Allowance]:
        read = range(first, last), self._topic.decode(record), self._allowance.decode(allows)
        return self._topics.keep(topic, read)


def _tables(
    index: FormIndex,
    runs: Iterable[_Run],
    sides: Sequence[_Side],
    norms: Sequence[float],
    rarities: Mapping[str, float],
) -> Iterator[Table]:
    """The tables of all topics with forms."""
    keys, bases, rows = index.keys, index.bases, index.rows()
    scales = {key: rarity * slot_weight(key) for key, rarity in rarities.items()}
    for topic, first, last in runs:
        given = []
        for side, norm, (features, codes) in zip(sides[first:last], norms[first:last], rows, strict=False):
            named = [(keys[f], bases[c]) for f, c in zip(features, codes, strict=True)]
            given.append(Row(named, side.negated, side.said, side.allowed, norm))
        if given:
            yield table_of(topic, first, given, scales, index.numbers)


def _packed(posting: Posting) -> bytes:
    groups = grouped(posting).items()
    return msgspec.msgpack.encode([(weight, array("I", numbers).tobytes()) for weight, numbers in groups])


def _unpacked(groups: list[tuple[float, bytes]]) -> Groups:
    return [(weight, memoryview(numbers).cast("I").tolist()) for weight, numbers in groups]
