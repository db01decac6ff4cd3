"""Marks with their numbers are found again, and no others."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from claims.mark_counts import MarkCounts, mark_counts

# Many that share their lowest bits, so that they stand in one slot.
MARKS = st.one_of(st.integers(0, 40).map(lambda high: high << 16 | 5), st.integers(0, 2**32 - 1))


@given(st.dictionaries(MARKS, st.integers(1, 2**64 - 1), max_size=40), st.lists(MARKS, max_size=20))
def test_the_marks_that_there_are_are_found_with_their_numbers(counted: dict[int, int], others: list[int]) -> None:
    kept = mark_counts(counted)
    assert dict(kept.items()) == counted
    asked = [*counted, *others]
    assert kept.among(asked) == counted


def test_nothing_is_among_no_marks() -> None:
    assert MarkCounts().among([0, 1, 5]) == {} == mark_counts({}).among([0])
    assert mark_counts({}) == MarkCounts()
