"""Words that say contrary things: at which pole a text stands, and what that says against a topic's wordings."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.poles import (
    PoleBook,
    PoleWords,
    against_poles,
    contrary_poles,
    count_poles,
    load_poles,
    poles_in_one,
)
from evidence.problems import LibraryError

# 0 and 1: up and down; 2 and 3: often and seldom; 4 and 5: still and no longer.
WORDS = PoleWords(
    PoleBook(poles=(("rise, go up", "fall, drop, go down"), ("often", "seldom, less often"), ("still", "no longer")))
)
PLACES = st.lists(st.integers(0, 5), max_size=4).map(lambda found: tuple(sorted(set(found))))


def plainly(start: int, end: int) -> int:
    return 1


def poles(text: str, *denied: str) -> tuple[int, ...]:
    """Where a text stands when the words in ``denied`` are negated."""
    return WORDS.find(text, lambda start, end: -1 if text[start:end] in denied else 1)


def test_a_word_stands_at_its_pole_in_every_form_and_in_a_phrase() -> None:
    assert poles("scores rising") == (0,)
    assert poles("scores went: they drop") == (1,)
    assert poles("prices go up") == (0,)
    assert poles("nothing of the kind") == ()


def test_the_longest_phrase_has_its_words_to_itself() -> None:
    assert poles("relapse is less often seen") == (3,)
    assert poles("it is no longer sold") == (5,)


def test_what_is_negated_stands_at_the_other_pole() -> None:
    assert poles("scores did not rise", "rise") == (1,)
    assert poles("scores did not rise") == (0,)


def test_a_claim_at_the_contrary_pole_of_the_allowed_wordings_has_that_against_it() -> None:
    counts = count_poles([((0,), 0), ((0,), 0), ((0, 2), 0), ((1,), 1)])
    contrary, agreeing = against_poles((1,), counts), against_poles((0,), counts)
    assert contrary["pole-against"] > 1 and contrary["pole-for"] == 0 and contrary["pole-bent"] > 1
    assert agreeing["pole-for"] > 1 and agreeing["pole-against"] == 0 and agreeing["pole-bent"] < 0
    assert contrary["pole-sum"] == pytest.approx(-agreeing["pole-sum"])


def test_poles_of_which_no_wording_speaks_and_claims_at_both_tell_nothing() -> None:
    counts = count_poles([((0,), 0)])
    assert set(against_poles((2,), counts).values()) == {0.0}
    assert set(against_poles((0, 1), counts).values()) == {0.0}


@given(PLACES, st.lists(st.tuples(PLACES, st.integers(0, 3)), max_size=12))
def test_exchanging_all_poles_on_both_sides_changes_nothing(
    claim: tuple[int, ...], wordings: list[tuple[tuple[int, ...], int]]
) -> None:
    turned = [(tuple(sorted(place ^ 1 for place in known)), kind) for known, kind in wordings]
    there = against_poles(tuple(sorted(place ^ 1 for place in claim)), count_poles(turned))
    assert there == pytest.approx(against_poles(claim, count_poles(wordings)))


@given(PLACES, PLACES)
def test_contrary_poles_are_those_at_which_each_of_two_stands_alone(
    one: tuple[int, ...], other: tuple[int, ...]
) -> None:
    told = contrary_poles(poles_in_one(one), poles_in_one(other))
    assert told == contrary_poles(poles_in_one(other), poles_in_one(one))
    assert told == sum(place ^ 1 in other and place ^ 1 not in one and place not in other for place in one)


def test_no_pair_of_the_package_has_one_word_at_both_poles() -> None:
    book = load_poles().book
    for one, other in book.poles:
        assert {w.strip() for w in one.split(",")}.isdisjoint(w.strip() for w in other.split(",")), (one, other)


def test_the_words_of_the_package_tell_contrary_texts_apart() -> None:
    told = load_poles().find
    for one, other in (
        ("the gap widened", "the gap narrowed"),
        ("advisers accepted it", "advisers rejected it"),
        ("a blinded trial", "an open-label trial"),
        ("relapse was commoner", "relapse was rarer"),
    ):
        here, there = told(one, plainly), told(other, plainly)
        assert any(place ^ 1 in there for place in here), (one, other)


def test_a_wrong_file_of_poles_is_refused_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "poles.toml"
    for wrong in ('[["up"]]', '[["up, ,rise", "down"]]', '[["up", ""]]'):
        path.write_text(f"poles = {wrong}\n", "utf-8")
        load_poles.cache_clear()
        with pytest.raises(LibraryError, match=r"poles\.toml"):
            load_poles(path)
