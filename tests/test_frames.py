"""What a wording says: senses and their signs, the arms of figures, comparators, and what the context lends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.folding import fold
from claims.senses import load_senses
from tests.tiny import Engine, reference, study, tiny

ENGINE = Engine(tiny(study("Larch2020"), references=[reference("Larch2020", "Larch, Anna", 2020)]))


def keys(text: str) -> set[str]:
    return {word.key for word in load_senses().words(fold(text))}


# Senses


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("it raises the pressure", "the pressure goes up"),
        ("the effect wears off", "the effects fade"),
        ("Never RISK-FREE", "never risk\u2011free"),
        ("it doesn\u2019t help", "it doesn't help"),
    ],
)
def test_two_wordings_of_one_thing_have_the_same_words(one: str, other: str) -> None:
    assert keys(one) == keys(other)


def test_a_phrase_goes_before_the_words_in_it() -> None:
    assert keys("it was not recommended") == {"s:reject"}
    assert keys("it was recommended") == {"s:recommend"}


def test_empty_words_and_digits_carry_nothing() -> None:
    assert keys("and then there were 73 of them") == set()


def test_opposites_are_opposite_both_ways() -> None:
    opposite = load_senses().opposite
    assert opposite["increase"] == "decrease"
    assert opposite["decrease"] == "increase"
    assert opposite["add"] == "replace"
    assert opposite["replace"] == "add"
    assert all(name != other for name, other in opposite.items())


@given(st.lists(st.sampled_from(["not", "recommended", "goes", "up", "risk", "İ", "free", "-", "\n", "'", "*", "ß"])))
def test_words_stand_where_they_say(parts: list[str]) -> None:
    text = " ".join(parts)
    folded = fold(text)
    assert len(folded) == len(text)
    for word in load_senses().words(folded):
        assert 0 <= word.start < word.end <= len(text)
        assert folded[word.start : word.end].strip() == folded[word.start : word.end]


# Signs


@pytest.mark.parametrize(
    "text",
    ["The drug is not recommended for sleep.", "The panel advises against the drug for sleep."],
)
def test_not_recommended_is_advised_against(text: str) -> None:
    frame = ENGINE.frame(text)
    assert frame.has("s:reject")
    assert not frame.has("s:recommend")
    assert frame.sign("s:reject") == 1


def test_a_negation_turns_a_word_into_its_opposite() -> None:
    assert ENGINE.frame("Ketamine does not increase dizziness.").has("s:decrease")
    assert not ENGINE.frame("Ketamine does not increase dizziness.").has("s:increase")


def test_what_has_no_opposite_is_negated() -> None:
    frame = ENGINE.frame("Ketamine is not approved.")
    assert frame.sign("outcome:approval") == -1
    assert ENGINE.frame("Ketamine is approved.").sign("outcome:approval") == 1


@pytest.mark.parametrize("text", ["They had not yet responded.", "They no longer respond.", "They have not responded."])
def test_what_is_not_yet_or_no_longer_so_is_denied(text: str) -> None:
    assert ENGINE.frame(text).sign("outcome:response") == -1


def test_a_bound_of_time_denies_nothing() -> None:
    assert ENGINE.frame("People respond for no longer than a week.").sign("outcome:response") == 1
    assert not ENGINE.frame("It takes no longer than a week to respond.").negated


def test_what_was_decided_against_is_denied() -> None:
    frame = ENGINE.frame("The agency decided against having it approved.")
    assert frame.sign("outcome:approval") == -1
    assert ENGINE.frame("The agency decided on having it approved.").sign("outcome:approval") == 1


def test_a_negation_ends_with_its_clause() -> None:
    frame = ENGINE.frame("Ketamine is not licensed, but symptoms improve.")
    assert (frame.sign("outcome:approval"), frame.sign("outcome:symptoms")) == (-1, 1)
    assert frame.has("s:improve")


def test_a_negation_does_not_reach_back() -> None:
    assert ENGINE.frame("Symptoms improve and nobody is not dizzy.").sign("outcome:symptoms") == 1


def test_what_looks_like_a_negation_is_none() -> None:
    assert ENGINE.frame("Not only symptoms improve.").sign("outcome:symptoms") == 1


def test_two_negations_cancel() -> None:
    assert ENGINE.frame("Never without dizziness.").sign("outcome:dizzy") == 1


@pytest.mark.parametrize(
    ("text", "certainty"),
    [
        ("Symptoms improve.", "plain"),
        ("Symptoms may improve.", "hedged"),
        ("Symptoms are proven to improve.", "strong"),
        ("Symptoms always improve.", "absolute"),
        ("Symptoms may always improve.", "absolute"),
    ],
)
def test_how_sure_a_wording_is(text: str, certainty: str) -> None:
    assert ENGINE.frame(text).certainty == certainty


# Figures and their arms


@pytest.mark.parametrize(
    ("text", "arms"),
    [
        ("64% responded on ketamine.", [("ketamine",)]),
        ("28% on midazolam", [("sedative",)]),
        ("Midazolam: 28%", [("sedative",)]),
        ("Response was 64% (ketamine) vs 28% (midazolam).", [("ketamine",), ("sedative",)]),
        ("Fewer responded to midazolam (28%) than to ketamine (64%).", [("sedative",), ("ketamine",)]),
        ("64% on ketamine and 28% on midazolam responded.", [("ketamine",), ("sedative",)]),
        ("Ketamine: 64%; midazolam: 28%.", [("ketamine",), ("sedative",)]),
        ("64% responded.", [()]),
        ("Ketamine and midazolam were compared in 73 people.", [()]),
        ("More responded to ketamine than to midazolam (64% v 28%).", [("ketamine",), ("sedative",)]),
        ("64% versus 28% responded to ketamine and midazolam.", [("ketamine",), ("sedative",)]),
        (
            "Midazolam brought fewer responses, 28% against 64% on 40 mg of ketamine.",
            [("sedative",), ("ketamine",), ("ketamine",)],
        ),
        ("64% of those given ketamine and 28% of those given midazolam responded.", [("ketamine",), ("sedative",)]),
    ],
)
def test_a_figure_is_tied_to_the_treatment_it_is_told_of(text: str, arms: list[tuple[str, ...]]) -> None:
    frame = ENGINE.frame(text)
    assert [frame.arm(figure) for figure in frame.measured] == arms


def test_a_time_is_told_of_no_arm() -> None:
    frame = ENGINE.frame("Two hours after ketamine 64% responded.")
    assert {figure.unit: frame.arm(figure) for figure in frame.measured} == {"h": (), "%": ("ketamine",)}


def test_figures_and_years_are_features_of_their_own() -> None:
    features = ENGINE.frame("In 2013 64% of 73 people responded.").features
    assert {"y:2013", "n:64:%", "n:73:people"} <= features.keys()


@pytest.mark.parametrize(
    ("text", "comparator"),
    [
        ("Ketamine works better than midazolam.", ("sedative",)),
        ("Ketamine versus placebo: 64% responded.", ("dummy",)),
        ("Compared with placebo nothing changed.", ()),
        ("Ketamine and lithium work.", ()),
    ],
)
def test_what_follows_than_is_the_comparator(text: str, comparator: tuple[str, ...]) -> None:
    assert ENGINE.frame(text).slots.get("comparator", ()) == comparator


def test_a_comparator_is_no_treatment_of_the_claim() -> None:
    assert ENGINE.frame("Ketamine works better than midazolam.").slots["intervention"] == ("ketamine",)


# Concepts and context


def test_a_wider_concept_counts_for_less() -> None:
    features = ENGINE.frame("Ketamine eases symptoms.").features
    assert features["intervention:ketamine"] > features["intervention:any-drug"] > 0


def test_a_word_within_a_concept_counts_for_less() -> None:
    inside, outside = ENGINE.frame("suicide risk").features, ENGINE.frame("a risk of rain").features
    assert inside["s:danger"] < outside["s:danger"]


def test_the_context_lends_less_than_the_words_say() -> None:
    lent = ENGINE.reader.lend("intervention", ["ketamine"], 0.5)
    carried = ENGINE.reader.read("Symptoms ease.", context=lent)
    said = ENGINE.frame("Ketamine eases symptoms.")
    assert 0 < carried.features["intervention:ketamine"] < said.features["intervention:ketamine"]
    assert "intervention:ketamine" not in carried.own
    assert "intervention" not in carried.slots


def test_the_context_changes_nothing_that_is_said() -> None:
    lent = {"intervention:ketamine": 0.5, "outcome:symptoms": 0.1}
    frame = ENGINE.reader.read("Ketamine eases symptoms.", context=lent)
    assert frame.features == ENGINE.frame("Ketamine eases symptoms.").features


def test_a_study_is_named_by_author_and_year() -> None:
    for text in ("Larch et al. (2020) saw it.", "As Larch and colleagues saw.", "The Larch trial was small."):
        assert ENGINE.frame(text).studies == ("Larch2020",)
    assert ENGINE.frame("A larch is a tree.").studies == ()


@given(st.text(alphabet="aknot 64%.,-–'\nİß", max_size=80))
def test_any_text_has_a_frame_with_sound_weights(text: str) -> None:
    frame = ENGINE.frame(text)
    assert all(0 < weight <= 1 for weight in frame.features.values())
    assert frame.negated <= frame.features.keys()
    assert frame == ENGINE.frame(text)
