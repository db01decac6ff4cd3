"""What tells allowed wordings from bent ones: counted over all wordings of the topics near a claim."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.folding import fold
from claims.frames import Frame
from claims.propositions import Verdict
from claims.tallies import (
    Gathering,
    Odds,
    Tally,
    by_all,
    by_runs,
    by_said,
    packed,
    runs_of,
    said_by,
    tally_of,
    unpacked,
)

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

VERDICTS: st.SearchStrategy[Verdict] = st.sampled_from(("supported", "overstated"))


def frame(text: str, *own: str, negated: tuple[str, ...] = ()) -> Frame:
    return Frame(
        features=dict.fromkeys(own, 1.0), own=frozenset(own), negated=frozenset(negated), runs=runs_of(fold(text))
    )


KNOWN = tally_of([*((frame(text), "supported") for text in ALLOWED), *((frame(text), "contradicted") for text in BENT)])


def order(text: str) -> float:
    return by_runs(runs_of(fold(text)), [(1.0, KNOWN)]).allowed


def test_the_order_of_the_sides_of_a_comparison_tells_by_words_that_stand_together() -> None:
    assert order("In June, the spray did better than placebo did") > 0.5
    assert order("In June, placebo did better than the spray did") < -0.5


def test_words_that_no_wording_has_tell_nothing() -> None:
    assert order("Lithium levels need checks") == 0
    assert by_said([1, 2, 3], [(1.0, KNOWN)]) == by_runs([], []) == Odds()


def tell(tally: Tally, *own: str, negated: tuple[str, ...] = ()) -> Odds:
    return by_said(said_by(frame("", *own, negated=negated)), [(1.0, tally)])


def test_a_feature_of_bent_wordings_alone_speaks_against_a_claim() -> None:
    tally = tally_of([(frame("", "s:safe"), "supported")] * 4 + [(frame("", "s:all"), "overstated")] * 4)
    assert tell(tally, "s:all").allowed < 0 < tell(tally, "s:safe").allowed


def test_a_denied_feature_is_another_one() -> None:
    denied = frame("", "s:safe", negated=("s:safe",))
    tally = tally_of([(denied, "supported")] * 4 + [(frame("", "s:safe"), "contradicted")] * 4)
    assert tell(tally, "s:safe").allowed < 0 < tell(tally, "s:safe", negated=("s:safe",)).allowed


def test_of_what_is_bent_a_feature_tells_how() -> None:
    tally = tally_of([(frame("", "s:all"), "overstated")] * 4 + [(frame("", "s:none"), "contradicted")] * 4)
    assert tell(tally, "s:all").contradicted < 0 < tell(tally, "s:none").contradicted
    assert tell(tally, "s:all").allowed == pytest.approx(tell(tally, "s:none").allowed)


def test_kinds_of_figures_are_no_marks() -> None:
    assert said_by(frame("", "q:percentage:%")) == []


def test_a_topic_that_is_further_away_counts_less() -> None:
    against = tally_of([(frame("", "s:all"), "overstated")] * 5 + [(frame("", "s:some"), "supported")] * 5)
    favour = tally_of([(frame("", "s:all"), "supported")] * 5 + [(frame("", "s:some"), "overstated")] * 5)
    marks = said_by(frame("", "s:all"))
    assert by_said(marks, [(1.0, favour), (0.2, against)]).allowed > 0
    assert by_said(marks, [(0.2, favour), (1.0, against)]).allowed < 0
    assert by_said(marks, [(1.0, favour), (1.0, against)]).allowed == pytest.approx(0)


def test_over_a_whole_library_only_marks_of_several_bent_wordings_tell() -> None:
    gathering = Gathering()
    for verdict, word, times in (
        ("overstated", "s:all", 6),
        ("contradicted", "s:none", 6),
        ("contradicted", "s:rare", 1),
    ):
        gathering.add(tally_of([(frame("", word), verdict)] * times))
    overall = gathering.tally()
    told = [by_all(said_by(frame("", word)), overall.wordings, overall.said) for word in ("s:all", "s:none", "s:rare")]
    assert told[0] < 0 < told[1]
    assert told[2] == 0


@given(st.lists(st.tuples(TEXTS, VERDICTS), max_size=8), TEXTS)
def test_allowed_and_bent_exchanged_tells_the_opposite(wordings: list[tuple[str, Verdict]], claim: str) -> None:
    turned: dict[Verdict, Verdict] = {"supported": "overstated", "overstated": "supported"}
    one = tally_of((frame(text), verdict) for text, verdict in wordings)
    other = tally_of((frame(text), turned[verdict]) for text, verdict in wordings)
    marks = runs_of(fold(claim))
    assert by_runs(marks, [(1.0, one)]).allowed == pytest.approx(-by_runs(marks, [(1.0, other)]).allowed)


@given(st.lists(st.tuples(TEXTS, VERDICTS), max_size=8))
def test_a_tally_is_read_back_as_it_was_kept(wordings: list[tuple[str, Verdict]]) -> None:
    tally = tally_of((frame(text), verdict) for text, verdict in wordings)
    assert unpacked(packed(tally)) == tally
    assert sum(tally.wordings) == len(wordings)


def test_of_nothing_an_empty_tally_is_kept() -> None:
    assert unpacked(b"") == Tally()
