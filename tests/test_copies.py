"""Statements that many places make: each is compared once, and its places make as many pairs as there are places."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from claims.copies import nearest_pairs

PLACES = st.lists(st.integers(0, 500), min_size=1, max_size=40, unique=True).map(sorted)


@given(PLACES, PLACES)
def test_every_place_is_in_a_pair_and_no_place_has_a_nearer_one(left: list[int], right: list[int]) -> None:
    pairs = list(nearest_pairs(left, right))
    assert len(pairs) == len(set(pairs)) <= max(64, len(left) + len(right))
    assert {a for a, _ in pairs} == set(left)
    assert {b for _, b in pairs} == set(right)
    if len(left) * len(right) > 64:
        for a, b in pairs:
            assert abs(a - b) in (min(abs(a - other) for other in right), min(abs(b - other) for other in left))


def test_few_places_are_paired_all_with_all() -> None:
    assert list(nearest_pairs(range(8), range(8))) == list(product(range(8), range(8)))
    assert len(list(nearest_pairs(range(8), range(9)))) < 18
