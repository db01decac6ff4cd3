"""What tells allowed wordings from bent ones: counted over all wordings of the topics near a claim."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.folding import fold
from claims.frames import Frame
from claims.tallies import Tally, by_runs, by_said, packed, runs_of, said_by, tally_of, unpacked

ALLOWED = (
    "The spray did better than placebo.",
    "The spray was better than placebo after a month.",
    "Relapse was rarer on the spray than on placebo.",
)
BENT = (
    "Placebo did better than the spray.",
    "Placebo was better than the spray after a month.",
    "Relapse was rarer on placebo than on the spray.",
)
TEXTS = st.lists(
    st.sampled_from(["the", "spray", "placebo", "better", "than", "not", "64%", "a", "did", "on", "was"]), max_size=9
).map(" ".join)


def frame(text: str, *own: str, negated: tuple[str, ...] = ()) -> Frame:
    return Frame(
        features=dict.fromkeys(own, 1.0), own=frozenset(own), negated=frozenset(negated), runs=runs_of(fold(text))
    )


KNOWN = tally_of([*((frame(text), True) for text in ALLOWED), *((frame(text), False) for text in BENT)])


def order(text: str) -> float:
    return by_runs(runs_of(fold(text)), [(1.0, KNOWN)])


def test_the_order_of_the_sides_of_a_comparison_tells_by_words_that_stand_together() -> None:
    assert order("In June, the spray did better than placebo did") > 0.5
    assert order("In June, placebo did better than the spray did") < -0.5


def test_words_that_no_wording_has_tell_nothing() -> None:
    assert order("Lithium levels need checks") == 0
    assert by_said([1, 2, 3], [(1.0, KNOWN)]) == by_runs([], []) == 0


def test_a_feature_of_bent_wordings_alone_speaks_against_a_claim() -> None:
    tally = tally_of([(frame("", "s:safe"), True)] * 4 + [(frame("", "s:all"), False)] * 4)
    assert (
        by_said(said_by(frame("", "s:all")), [(1.0, tally)]) < 0 < by_said(said_by(frame("", "s:safe")), [(1.0, tally)])
    )


def test_a_denied_feature_is_another_one() -> None:
    tally = tally_of(
        [(frame("", "s:safe", negated=("s:safe",)), True)] * 4 + [(frame("", "s:safe"), False)] * 4,
    )
    assert by_said(said_by(frame("", "s:safe")), [(1.0, tally)]) < 0
    assert by_said(said_by(frame("", "s:safe", negated=("s:safe",))), [(1.0, tally)]) > 0


def test_kinds_of_figures_are_no_marks() -> None:
    assert said_by(frame("", "q:percentage:%")) == []


def test_a_topic_that_is_further_away_counts_less() -> None:
    against = tally_of([(frame("", "s:all"), False)] * 5 + [(frame("", "s:some"), True)] * 5)
    favour = tally_of([(frame("", "s:all"), True)] * 5 + [(frame("", "s:some"), False)] * 5)
    marks = said_by(frame("", "s:all"))
    assert by_said(marks, [(1.0, favour), (0.2, against)]) > 0 > by_said(marks, [(0.2, favour), (1.0, against)])
    assert by_said(marks, [(1.0, favour), (1.0, against)]) == pytest.approx(0)


@given(st.lists(st.tuples(TEXTS, st.booleans()), max_size=8), TEXTS)
def test_allowed_and_bent_exchanged_tells_the_opposite(wordings: list[tuple[str, bool]], claim: str) -> None:
    one = tally_of((frame(text), fine) for text, fine in wordings)
    other = tally_of((frame(text), not fine) for text, fine in wordings)
    marks = runs_of(fold(claim))
    assert by_runs(marks, [(1.0, one)]) == pytest.approx(-by_runs(marks, [(1.0, other)]))


@given(st.lists(st.tuples(TEXTS, st.booleans()), max_size=8))
def test_a_tally_is_read_back_as_it_was_kept(wordings: list[tuple[str, bool]]) -> None:
    tally = tally_of((frame(text), fine) for text, fine in wordings)
    assert unpacked(packed(tally)) == tally
    assert tally.allowed + tally.bent == len(wordings)


def test_of_nothing_an_empty_tally_is_kept() -> None:
    assert unpacked(b"") == Tally()
