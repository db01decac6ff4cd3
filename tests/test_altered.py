"""Claims that repeat an allowed wording word for word but for a detail, in a tiny library."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.altered import Worded, alterations, may_repeat, parted
from tests.tiny import Engine, others, proposition, tiny

ALLOWED = "After one ketamine infusion people with resistant depression had fewer symptoms for a week."
SAID = {
    "the denial": (ALLOWED.replace("had fewer", "had not fewer"), {"sign"}),
    "the treatment": (ALLOWED.replace("ketamine", "lithium"), {"intervention"}),
    "the route": (ALLOWED.replace("infusion", "spray"), {"route"}),
    "a promise on top": (f"It is guaranteed that {ALLOWED[0].lower()}{ALLOWED[1:]}", {"certainty"}),
    "nothing": (ALLOWED, set()),
    "a wider concept": (ALLOWED.replace("resistant depression", "depression"), set()),
    "nothing, as a clause": ("People with resistant depression had fewer symptoms for a week.", set()),
    "nothing, denied and undone": (ALLOWED.replace("had fewer", "had not only fewer"), set()),
}
WORDS = ("ketamine", "lithium", "infusion", "not", "never", "people", "with", "depression", "had", "fewer", "always")


@pytest.fixture(scope="module")
def engine() -> Engine:
    carried = proposition("week", "Symptoms are fewer for a week after a ketamine infusion.", ALLOWED)
    return Engine(tiny(carried, *others()))


def details(engine: Engine, claim: str, wording: str) -> set[str] | None:
    mine, theirs = Worded(claim), Worded(wording)
    places = parted(mine, theirs) if may_repeat(mine.known, theirs.words) else None
    if places is None:
        return None
    return set(alterations(mine, theirs, places, engine.reader, engine.collection.lexicon))


@pytest.mark.parametrize("changed", SAID)
def test_each_changed_detail_is_named(engine: Engine, changed: str) -> None:
    claim, expected = SAID[changed]
    assert details(engine, claim, ALLOWED) == expected


def test_a_denial_taken_away_is_seen_where_only_empty_words_are_left(engine: Engine) -> None:
    wording = "Whether lithium adds to the infusion has not been found."
    assert details(engine, wording.replace("has not been", "has been"), wording) == {"sign"}


def test_another_way_to_deny_is_no_alteration(engine: Engine) -> None:
    wording = "The Agency did not call the infusion approved for people with depression."
    assert details(engine, wording.replace("did not call", "does not call"), wording) == set()


def test_a_denial_that_other_words_come_with_is_left_to_the_scorecard(engine: Engine) -> None:
    wording = "The long trial of the infusion for depression was not yet finished."
    assert details(engine, wording.replace("not yet finished", "stopped"), wording) == set()


def test_two_treatments_named_in_another_order_are_the_same(engine: Engine) -> None:
    wording = "Response did not differ between lithium and ketamine in people with depression."
    assert details(engine, wording.replace("lithium and ketamine", "ketamine and lithium"), wording) == set()


@pytest.mark.parametrize(
    "free",
    [
        "Lithium does not help anybody who is depressed within a week.",
        "A week later depressive symptoms of those with resistant depression were fewer thanks to lithium.",
        "Ketamine.",
        "",
    ],
)
def test_a_claim_in_its_own_words_repeats_nothing(engine: Engine, free: str) -> None:
    assert details(engine, free, ALLOWED) is None


@given(st.lists(st.sampled_from(WORDS), min_size=3, max_size=14))
def test_a_text_repeats_itself_in_every_detail(words: list[str]) -> None:
    text = Worded(" ".join(words))
    found = parted(text, text)
    assert found is None or found.changed == 0


@pytest.mark.parametrize("changed", ["the denial", "the treatment", "the route"])
def test_a_wording_with_a_detail_changed_is_not_carried(engine: Engine, changed: str) -> None:
    assert engine.judge(ALLOWED).verdict == "supported"
    assert engine.judge(SAID[changed][0]).verdict != "supported"


def test_a_denial_taken_away_that_only_the_words_show_is_not_carried() -> None:
    wording = "What ketamine adds to lithium in people with resistant depression has not been found."
    engine = Engine(tiny(proposition("adds", wording), *others()))
    assert engine.judge(wording).verdict == "supported"
    judged = engine.judge(wording.replace("has not been", "has been"))
    assert (judged.verdict, judged.faults) == ("contradicted", ("polarity",))


def test_what_another_wording_is_about_is_no_alteration() -> None:
    """The same told of lithium is carried as well, by the words of another proposition."""
    told = ALLOWED.replace("ketamine", "lithium")
    both = Engine(tiny(proposition("one", ALLOWED), proposition("two", told), *others()))
    assert both.judge(told).verdict == "supported"
