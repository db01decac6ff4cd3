"""The index of forms: what it finds, that no list grows with the library, and that a snapshot's is the same."""

from __future__ import annotations

import sqlite3
from contextlib import AbstractContextManager
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from claims import form_index
from claims.cues import load_cues
from claims.form_index import FormIndex, pair_of
from claims.form_store import StoredForms, write_forms
from claims.forms import Form, Forms, MemoryStore, Topic, Words
from claims.frames import Frame
from claims.lexicon import Lexicon
from claims.propositions import Scope
from claims.senses import load_senses
from claims.tagging import tag_words
from claims.wordings import Allowance

KEYS = [f"{slot}:{name}" for slot in ("w", "outcome", "intervention") for name in "abcd"]
FEATURES = st.dictionaries(st.sampled_from(KEYS), st.sampled_from([0.45, 0.8, 1.0]), min_size=1, max_size=6)
TOPICS = st.lists(st.lists(FEATURES, min_size=1, max_size=4), min_size=1, max_size=20)
NOTHING = Allowance([], {}, [], 0, [], 0.0, {}, [], b"", {})
WORDS = Words(tag_words(Lexicon({}), load_cues()), load_senses().given)


def frame(features: dict[str, float]) -> Frame:
    negated = frozenset(sorted(features)[:1]) if len(features) % 2 else frozenset[str]()
    return Frame(features=features, own=frozenset(list(features)[:2]), negated=negated)


def written(topics: list[list[dict[str, float]]]) -> tuple[MemoryStore, StoredForms]:
    """The same wordings as a store in memory and as one in a database."""
    made = [
        (
            Topic(id=f"t{number}", scope=Scope()),
            [Form(topic=f"t{number}", kind="wording", verdict="supported", frame=frame(f)) for f in forms],
        )
        for number, forms in enumerate(topics)
    ]
    connection = sqlite3.connect(":memory:")
    write_forms(connection, made, lambda _topic, _forms, _first: NOTHING, lambda: WORDS)
    return MemoryStore([t for t, _ in made], [form for _, forms in made for form in forms]), StoredForms(connection)


def weights_in(store: MemoryStore | StoredForms, number: int) -> list[tuple[str, float]]:
    return list(store.lanes(number).known(number).weights.items())


def crowding(longest: int) -> AbstractContextManager[object]:
    """With lists so short that a small library crowds them, and no feature too common to be listed."""
    few = dict.fromkeys(("LONGEST", "_CROWDED", "_FEW", "_TOGETHER"), longest)
    return patch.multiple(form_index, LARGE=0, _COMMON=1.0, _SOME=1, _OF_BOTH=0.0, **few)


@given(TOPICS, FEATURES, st.integers(min_value=1, max_value=8))
def test_a_store_in_a_snapshot_answers_as_one_in_memory(
    topics: list[list[dict[str, float]]], claim: dict[str, float], longest: int
) -> None:
    with crowding(longest):
        memory, stored = written(topics)
    assert stored.total == memory.total
    for key in KEYS:
        assert (stored.rarity(key), stored.is_crowded(key)) == (memory.rarity(key), memory.is_crowded(key))
        assert list(stored.postings(key)) == list(memory.postings(key))
    for number in range(memory.total):
        assert stored.form(number) == memory.form(number)
        assert weights_in(stored, number) == weights_in(memory, number)
    of = frame(claim)
    fresh, kept = (forms.nearest(forms.vector(of), limit=5) for forms in (Forms(memory), Forms(stored)))
    assert fresh == kept


@given(TOPICS, st.integers(min_value=1, max_value=8))
def test_no_list_is_longer_than_it_may_be_and_pairs_are_those_of_forms_that_have_both(
    topics: list[list[dict[str, float]]], longest: int
) -> None:
    index = FormIndex()
    forms = [features for topic in topics for features in topic]
    for features in forms:
        index.add(features)
    index.topics = len(topics)
    with crowding(longest):
        crowded, postings = index.crowded(), {p.key: p for p in index.postings(index.norms())}
    assert all(len(p.numbers) <= longest for p in postings.values())
    assert all(list(p.numbers) == sorted(p.numbers) for p in postings.values())
    assert all(key[0] != "w" and sum(key in f for f in forms) > longest for key in crowded)
    for left in crowded:
        for right in crowded - {left}:
            both = [number for number, features in enumerate(forms) if left in features and right in features]
            found = postings.get(pair_of(left, right))
            numbers = list(found.numbers) if found else []
            assert set(numbers) <= set(both)
            assert len(numbers) == min(len(both), longest)


def test_what_two_crowded_concepts_share_is_found_among_many() -> None:
    alone = [{"outcome:a": 1.0, f"w:{n}": 1.0} for n in range(20)] + [
        {"intervention:a": 1.0, f"w:x{n}": 1.0} for n in range(20)
    ]
    with crowding(4):
        memory, _ = written(
            [[features] for features in [*alone, {"outcome:a": 1.0, "intervention:a": 1.0, "w:long": 1.0}]]
        )
    claim = frame({"outcome:a": 1.0, "intervention:a": 1.0})
    forms = Forms(memory)
    assert forms.nearest(forms.vector(claim), limit=1)[0][1] == memory.total - 1


OTHERS = [[{f"w:other{number}": 1.0}] for number in range(200)]  # so that what some forms share tells something


def numbers_in(store: MemoryStore, key: str) -> list[int]:
    return sorted(number for _, numbers in store.postings(key) for number in numbers)


def test_a_common_feature_finds_the_forms_of_which_it_makes_a_good_part() -> None:
    little = {"outcome:a": 0.1, **{f"w:{n}": 1.0 for n in range(30)}}
    with patch.multiple(form_index, _FEW=1, _COMMON=1.0):
        memory, _ = written([*([{"outcome:a": 1.0, f"w:x{n}": 1.0}] for n in range(20)), [little], *OTHERS])
    assert not memory.is_crowded("outcome:a")
    assert numbers_in(memory, "outcome:a") == list(range(20))


def test_a_feature_of_few_forms_finds_them_all() -> None:
    little = {"outcome:a": 0.1, **{f"w:{n}": 1.0 for n in range(30)}}
    memory, _ = written([[{"outcome:a": 1.0}], [little], *OTHERS])
    assert numbers_in(memory, "outcome:a") == [0, 1]


def test_in_a_library_that_is_not_large_no_list_is_longer_than_the_longest() -> None:
    longer = [[{"outcome:a": 1.0, **{f"w:{n}-{m}": 1.0 for m in range(n)}}] for n in range(8)]
    with patch.multiple(form_index, LONGEST=3, _FEW=1, _COMMON=1.0):
        memory, _ = written([*longer, *OTHERS])
    assert numbers_in(memory, "outcome:a") == [0, 1, 2]


def test_crowded_concepts_that_no_form_has_together_find_forms_by_themselves() -> None:
    alone = [[{"outcome:a": 1.0, f"w:{n}": 1.0}] for n in range(20)]
    others = [[{"intervention:a": 1.0, f"w:x{n}": 1.0}] for n in range(20)]
    with crowding(4):
        memory, _ = written([*alone, *others, *OTHERS])
    forms = Forms(memory)
    assert forms.nearest(forms.vector(frame({"outcome:a": 1.0, "intervention:a": 1.0})), limit=2)
