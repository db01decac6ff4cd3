"""Forms kept in a snapshot: what is read back, and what is worked out from it, is what a fresh reading gives."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from claims.collection import load_collection
from claims.documents import read_document
from claims.engine import Judge, forms_of, reader_of
from claims.form_store import StoredForms
from claims.forms import Form, Forms, MemoryStore, Topic
from claims.frames import Frame
from claims.memory import Memory
from claims.propositions import Scope
from claims.storage import write_wordings
from claims.studied import Findings, load_designs
from claims.wordings import allowance_of
from evidence.paths import library_paths
from tests.conftest import SMALL, TEXTS

COLLECTION = load_collection(library_paths(SMALL))
FRESH = forms_of(COLLECTION)
CONNECTION = sqlite3.connect(":memory:")
write_wordings(CONNECTION, COLLECTION)
STORED = StoredForms(CONNECTION)
READERS = reader_of(COLLECTION), reader_of(COLLECTION, STORED)
PIECES = (
    "ketamine", "not", "never", "infusions", "responded", "the", "spray", "all", "64%", "people", "in 2019", "may",
    "a day", "after 24 hours", "placebo", "glutamate", "xyzs", "fades", "FDA", "approved", "resistant depression",
)  # fmt: skip
WORDS = st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join)
NUMBERS = st.integers(min_value=0, max_value=FRESH.total - 1)


def test_every_form_is_read_back_as_it_was_written_but_for_what_only_topics_and_claims_are_asked() -> None:
    assert STORED.total == FRESH.total > 0
    for number in range(FRESH.total):
        fresh = FRESH.form(number)
        assert fresh.frame.runs
        assert STORED.form(number) == replace(fresh, frame=replace(fresh.frame, runs=(), sides=()))


def test_the_features_of_every_form_are_the_same() -> None:
    for number in range(FRESH.total):
        held, fresh = STORED.lanes(number), FRESH.lanes(number)
        assert (held.topic, held.numbers, held.allows(number)) == (fresh.topic, fresh.numbers, fresh.allows(number))
        assert (held.topic, held.allows(number)) == (FRESH.form(number).topic, FRESH.form(number).allowed)
        one, other = held.known(number), fresh.known(number)
        assert one.norm == other.norm == FRESH.norms[number]
        assert (list(one.weights.items()), one.negated) == (list(other.weights.items()), other.negated)
        assert (one.own, one.words, one.concepts, one.lent) == (other.own, other.words, other.concepts, other.lent)


@given(st.lists(NUMBERS, max_size=25))
def test_what_is_brought_together_is_what_is_read_one_by_one(numbers: list[int]) -> None:
    asked = list[str]()
    CONNECTION.set_trace_callback(asked.append)
    together, singly = StoredForms(CONNECTION), StoredForms(CONNECTION)
    keys = [key for number in numbers for key in FRESH.lanes(number).known(number).weights]
    together.bring(lanes=numbers, forms=numbers, postings=[*keys, "w:no-such-word"])
    asked.clear()
    brought = [(together.lanes(n).topic, together.lanes(n).numbers, together.form(n)) for n in numbers]
    listed = [list(together.postings(key)) for key in [*keys, "w:no-such-word"]]
    CONNECTION.set_trace_callback(None)
    assert asked == []
    assert brought == [(singly.lanes(n).topic, singly.lanes(n).numbers, singly.form(n)) for n in numbers]
    assert listed == [list(singly.postings(key)) for key in [*keys, "w:no-such-word"]]


def test_what_topics_allow_is_kept_as_it_is_worked_out() -> None:
    findings = Findings(COLLECTION.library, COLLECTION.lexicon, load_designs())
    for key, topic in FRESH.topics.items():
        assert (STORED.topic(key), STORED.numbers(key)) == (topic, FRESH.numbers(key))
        given = [(number, FRESH.form(number)) for number in FRESH.numbers(key)]
        assert STORED.allowance(key) == allowance_of(topic, given, findings)


@given(WORDS)
def test_a_text_is_read_the_same_with_the_words_of_the_snapshot(text: str) -> None:
    fresh, stored = (reader.read(text) for reader in READERS)
    assert fresh == stored
    assert list(fresh.features) == list(stored.features)


@given(WORDS)
def test_a_snapshot_finds_what_a_fresh_index_finds(text: str) -> None:
    frame = READERS[0].read(text)
    fresh, stored = (forms.nearest(forms.vector(frame), limit=FRESH.total) for forms in (Forms(FRESH), Forms(STORED)))
    assert fresh == stored


@pytest.mark.parametrize("path", sorted(TEXTS.iterdir()), ids=lambda path: path.name)
def test_a_page_is_judged_the_same_from_the_snapshot_and_from_the_files(path: Path) -> None:
    document = read_document(path.name, path.read_bytes())
    fresh = Judge(COLLECTION).examine(document)
    assert fresh.reads
    judge = Judge(COLLECTION, STORED)
    assert judge.examine(document) == fresh
    assert judge.examine(document) == fresh  # now from memory


def test_what_a_page_repeats_is_judged_alike_in_the_same_surroundings_only() -> None:
    claims = Judge(COLLECTION, STORED).read(
        read_document(
            "page.md",
            b"# Ketamine\n\nMost people respond to it.\n\nMost people respond to it.\n\n# Placebo\n\nMost people respond to it.\n",
        )
    )
    first, second, third = claims
    assert first.judgement is second.judgement
    assert first.assertion.start < second.assertion.start < third.assertion.start
    assert first.assertion.slots.intervention != third.assertion.slots.intervention
    assert first.judgement is not third.judgement


KEYS = st.sampled_from([f"w:{letter}" for letter in "abcdefghij"])
FEATURES = st.dictionaries(KEYS, st.sampled_from([0.45, 0.8, 1.0]), min_size=1, max_size=6)


@given(
    st.lists(FEATURES, min_size=1, max_size=60),
    FEATURES,
    st.integers(min_value=1, max_value=6),
    st.frozensets(st.integers(min_value=0, max_value=59), max_size=5),
)
def test_the_nearest_are_among_those_of_which_what_they_share_makes_most(
    wordings: list[dict[str, float]], claim: dict[str, float], limit: int, without: frozenset[int]
) -> None:
    """The candidates are those of which what they share makes most, by adding up every feature of every form."""
    frames = [Frame(features=features, own=frozenset(features)) for features in wordings]
    store = MemoryStore(
        [Topic(id="t", scope=Scope())],
        [Form(topic="t", kind="wording", verdict="supported", frame=frame) for frame in frames],
    )
    forms = Forms(store)
    vector = forms.vector(Frame(features=claim, own=frozenset(claim)))
    scores: dict[int, float] = {}
    for key, weight in vector.weights.items():
        for other, numbers in store.index.get(key, ()):
            scores |= {number: scores.get(number, 0.0) + weight * other for number in numbers}
    scores = {number: score for number, score in scores.items() if number not in without}
    least = max(scores.values(), default=0.0) / 4 if len(scores) > limit * 2 else 0.0
    shares = {number: score / store.lengths[number] for number, score in scores.items() if score >= least}
    best = sorted(shares, key=lambda number: (-shares[number], number))[: limit * 2]
    wanted = sorted((-forms.likeness(vector, number), number) for number in best)[:limit]
    found = forms.nearest(vector, limit=limit, without=without)
    assert found == [(-likeness, number) for likeness, number in wanted]


@given(st.lists(st.integers(min_value=0, max_value=9), max_size=40), st.integers(min_value=1, max_value=5))
def test_a_memory_never_holds_more_than_it_may_and_never_tells_another_value(keys: list[int], most: int) -> None:
    memory: Memory[int, str] = Memory(most)
    for key in keys:
        assert memory.get(key) in (None, str(key))
        assert memory.keep(key, str(key)) == memory.get(key) == str(key)
        assert len(memory) <= most
