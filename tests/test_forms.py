"""The index of wordings: what is nearest, and what likeness means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.forms import Form, Forms, MemoryStore, Topic
from claims.propositions import Scope
from tests.tiny import Engine, bent, finding, others, proposition, study, tiny

ENGINE = Engine(
    tiny(
        proposition(
            "works",
            "Ketamine eases depressive symptoms within a day.",
            "A day after ketamine the symptoms are milder.",
            bent=[bent("absolute", "overstated", "Ketamine always cures depression.")],
        ),
        proposition("dizzy", "Many people feel dizzy during an infusion.", "Dizziness is common."),
        proposition("licence", "The Agency has not approved ketamine.", "Ketamine is not licensed by the Agency."),
        study("Larch2020", finding("Larch2020", 1, "64% responded to one infusion", value=64, unit="%")),
        *others(),
    )
)
FORMS = ENGINE.forms
TEXTS = [
    "Ketamine eases depressive symptoms within a day.",
    "Dizziness is common.",
    "Ketamine is not licensed by the Agency.",
    "64% responded to one infusion",
    "Lithium tastes of salt.",
    "",
]
PIECES = (
    "ketamine", "not", "symptoms", "dizzy", "the", "Agency", "approved", "64%", "common", "a", "day", "always",
    "infusion", "xyz",
)  # fmt: skip
WORDS = st.lists(
    st.sampled_from(PIECES),
    max_size=12,
).map(" ".join)


def nearest(text: str, **options: object) -> list[tuple[float, Form]]:
    frame = ENGINE.frame(text)
    found = FORMS.nearest(FORMS.vector(frame), limit=5, **options)  # type: ignore[arg-type]
    return [(likeness, FORMS.form(number)) for likeness, number in found]


def likeness(text: str, number: int) -> float:
    frame = ENGINE.frame(text)
    return FORMS.likeness(FORMS.vector(frame), number)


def numbers() -> range:
    return range(sum(len(FORMS.of_topic(topic)) for topic in ("works", "dizzy", "licence", "finding:Larch2020.1")))


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("People are often dizzy while the infusion runs.", "dizzy"),
        ("Symptoms of depression ease a day after ketamine.", "works"),
        ("The Agency never approved it.", "licence"),
        ("64% responded.", "finding:Larch2020.1"),
    ],
)
def test_the_nearest_wording_is_one_of_the_same_matter(text: str, topic: str) -> None:
    assert nearest(text)[0][1].topic == topic


def test_a_known_wording_is_like_itself() -> None:
    for text in TEXTS[:3]:
        assert nearest(text)[0][0] == pytest.approx(1.0)


def test_what_shares_no_word_is_near_to_nothing() -> None:
    assert nearest("Trains leave at noon.") == []
    assert nearest("") == []


def test_the_nearest_come_first_and_not_more_than_asked_for() -> None:
    found = [score for score, _ in nearest("Ketamine: dizzy, symptoms, approved by the Agency.")]
    assert found == sorted(found, reverse=True)
    assert 1 < len(found) <= 5


@given(WORDS, st.integers(min_value=0, max_value=len(numbers()) - 1))
def test_likeness_lies_between_0_and_1(text: str, number: int) -> None:
    assert 0 <= likeness(text, number) <= 1 + 1e-9


@given(WORDS, WORDS)
def test_every_form_is_like_itself_and_likeness_goes_both_ways(one: str, other: str) -> None:
    frames = ENGINE.frame(one), ENGINE.frame(other)
    forms = [Form(topic="t", kind="wording", verdict="supported", frame=frame) for frame in frames]
    store = Forms(MemoryStore([Topic(id="t", scope=Scope())], forms))
    vectors = [store.vector(frame) for frame in frames]
    there, back = store.likeness(vectors[0], 1), store.likeness(vectors[1], 0)
    assert there == pytest.approx(back)
    for number, vector in enumerate(vectors):
        itself = store.likeness(vector, number)
        assert itself == pytest.approx(1.0) or not any(vector.weights.values())


@given(
    st.sampled_from(TEXTS),
    st.sampled_from([str.upper, str.lower, str.title]),
    st.sampled_from(["-", "\u2010", "\u2011", "\u2013", "\u2014", "\u2212", "\u00a0"]),
)
def test_case_and_kind_of_dash_do_not_matter(text: str, change: object, dash: str) -> None:
    changed = change(text).replace(" ", dash, 1) if " " in text else change(text)  # type: ignore[operator]
    assert [(round(score, 9), form) for score, form in nearest(changed)] == [
        (round(score, 9), form) for score, form in nearest(text)
    ]


def test_denying_what_a_wording_says_makes_it_less_like() -> None:
    (number,) = [n for n in FORMS.of_topic("licence") if FORMS.form(n).kind == "wording"]
    assert likeness("Ketamine is licensed by the Agency.", number) < likeness(TEXTS[2], number) - 0.1


def test_what_is_left_out_is_not_found() -> None:
    own = frozenset(FORMS.of_topic("dizzy"))
    assert nearest("Dizziness is common.", without=own) == [
        pair for pair in nearest("Dizziness is common.") if pair[1].topic != "dizzy"
    ]


def test_forms_carry_their_verdicts() -> None:
    kinds = [(form.kind, form.verdict, form.allowed) for form in map(FORMS.form, FORMS.of_topic("works"))]
    assert kinds == [
        ("statement", "supported", True),
        ("wording", "supported", True),
        ("bent", "overstated", False),
    ]


def test_a_rare_feature_tells_more_than_a_common_one() -> None:
    assert FORMS.rarity("outcome:dizzy") > FORMS.rarity("intervention:ketamine")
    assert FORMS.rarity("w:unheard") >= FORMS.rarity("intervention:ketamine")


def test_a_finding_is_known_by_what_its_study_says_too() -> None:
    (number,) = FORMS.of_topic("finding:Larch2020.1")
    form = FORMS.form(number)
    assert {"intervention:ketamine", "population:resistant", "y:2020"} <= form.frame.features.keys()
    assert form.frame.features["population:resistant"] < form.frame.features["outcome:response"]


def test_a_short_wording_is_found_among_many_that_share_as_much_with_the_claim() -> None:
    longer = [
        f"Symptoms ease, wrote reader {chr(97 + a)}{chr(97 + b)}q, in letters." for a in range(9) for b in range(9)
    ]
    engine = Engine(
        tiny(proposition("many", longer[0], *longer[1:]), proposition("plain", "Symptoms ease."), *others())
    )
    found = engine.forms.nearest(engine.forms.vector(engine.reader.read("Symptoms ease.")), limit=5)
    assert engine.forms.form(found[0][1]).topic == "plain"
    assert found[0][0] == pytest.approx(1.0)
