"""Studies found by name and findings by figure: alike from a library and from its snapshot."""

from __future__ import annotations

import sqlite3
from typing import get_args

import ahocorasick_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims import study_index
from claims.collection import load_collection
from claims.folding import bounded, fold
from claims.studied import Findings, StudyNames, load_designs
from claims.study_index import LibraryIndex, StoredIndex, write_studies
from evidence.paths import library_paths
from evidence.vocabulary import Unit
from tests.conftest import SMALL

COLLECTION = load_collection(library_paths(SMALL))
CONNECTION = sqlite3.connect(":memory:")
write_studies(CONNECTION, COLLECTION.library)
FRESH, STORED = LibraryIndex(COLLECTION.library), StoredIndex(CONNECTION)
NAMES = {name: keys for by in FRESH.names.values() for name, keys in by.items()}
PIECES = (
    *NAMES,
    *(name.rpartition(" ")[0] for name in NAMES),
    "murrough",
    "s",
    "(",
    ")",
    "2013",
    "2006.",
    "x",
    "-",
    "'s",
)
TEXTS = st.lists(st.sampled_from(PIECES), max_size=8).flatmap(
    lambda words: st.sampled_from(["", " "]).map(lambda between: fold(between.join(words)))
)


@given(TEXTS)
def test_every_name_that_stands_in_a_text_between_bounds_of_words_is_found_in_order(text: str) -> None:
    names = sorted(NAMES)
    automaton = ahocorasick_rs.AhoCorasick(names)
    matches = automaton.find_matches_as_indexes(text, overlapping=True)
    wanted = [(start, end, NAMES[names[index]]) for index, start, end in matches if bounded(text, start, end)]
    assert list(StudyNames(FRESH, load_designs()).find(text)) == wanted
    assert list(StudyNames(STORED, load_designs()).find(text)) == wanted


def test_the_texts_of_this_test_name_studies() -> None:
    assert len(NAMES) > 10
    assert list(StudyNames(STORED, load_designs()).find("as murrough et al. (2013) found"))


@given(st.sampled_from(get_args(Unit)), st.sampled_from([64.0, 28.0, 71.0, 0.5, 1e9]), st.sets(st.just("response")))
def test_a_figure_finds_the_same_findings_in_a_snapshot(unit: str, amount: float, outcomes: set[str]) -> None:
    fresh, stored = (index.telling(unit, amount, outcomes) for index in (FRESH, STORED))
    assert set(fresh) == set(stored)


def test_a_figure_that_many_findings_tell_needs_an_outcome_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert FRESH.telling("%", 64.0, ())
    monkeypatch.setattr(study_index, "MANY", 0)
    for index in (FRESH, STORED):
        assert list(index.telling("%", 64.0, ())) == []
    monkeypatch.setattr(study_index, "MANY", 1)
    findings = Findings(COLLECTION.library, COLLECTION.lexicon, load_designs(), STORED)
    assert findings.values_of("Murrough2013a.1") and not findings.values_of("unheard")
