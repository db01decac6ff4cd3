"""Spellings and inflections of one word have one form; words of other meanings keep their own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.senses import load_senses
from claims.spelling import base_form, based_words

ONE_WORD = [
    "randomised randomized randomises randomizing",
    "behaviour behavior behaviours",
    "paediatric pediatric",
    "labelled labeled labelling",
    "centre center centres",
    "programme program programs",
    "enrol enroll enrolled enrolling enrols",
    "licence license licensed",
    "approve approved approves approving",
    "stop stops stopped stopping",
    "pass passes passed passing",
    "study studies studied",
    "dose doses",
    "patient's patient patients",
]


@pytest.mark.parametrize("words", ONE_WORD)
def test_spellings_and_inflections_of_a_word_are_one_form(words: str) -> None:
    assert len({base_form(word) for word in words.split()}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("rate", "rats"),
        ("relation", "related"),
        ("four", "for"),
        ("status", "state"),
        ("fall", "fail"),
        ("even", "event"),
    ],
)
def test_words_of_other_meanings_stay_apart(one: str, other: str) -> None:
    assert base_form(one) != base_form(other)


@given(st.text())
def test_each_word_in_base_form_is_found_again_in_its_text(text: str) -> None:
    based, starts, ends = based_words(text)
    assert len(starts) == len(ends) == len(based.split(" ")) - 2 or not starts
    assert all(text[start:end].strip() for start, end in zip(starts.values(), ends.values(), strict=True))


@pytest.mark.parametrize(
    ("text", "sense"),
    [
        ("they turned it down", "s:reject"),
        ("the agency turns the new pill down", "s:reject"),
        ("prices went up after they turned", "w:turn"),
    ],
)
def test_a_verb_finds_its_particle_behind_its_object(text: str, sense: str) -> None:
    assert sense in {word.key for word in load_senses().words(text)}
    assert ("s:reject" in {word.key for word in load_senses().words(text)}) == (sense == "s:reject")
