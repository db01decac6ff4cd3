"""What the wordings of a topic allow: figures, years, and what gives a bent wording away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.propositions import Carried, EvidenceLink, Scope
from claims.wordings import Bent, Fit, bent_share, qualified, wordings_of
from tests.tiny import Engine, after, bent, finding, proposition, study, tiny

ENGINE = Engine(
    tiny(
        proposition(
            "works",
            "In trials about two thirds of people with resistant depression responded to ketamine after a day.",
            "In one trial 64% of 73 people responded to 35 mg of ketamine within 24 hours.",
            "Ketamine may help 50 to 70% of people with resistant depression.",
            "In a trial published in 2013 most people with resistant depression responded to ketamine.",
            scope=Scope(intervention=("ketamine",), population=("resistant",), outcome=("response",)),
            values=(Carried(aspect="share", low=50, high=71, unit="%", time=after(24, "h")),),
            evidence=(EvidenceLink(finding="Larch2020.1", stance="supports"),),
            bent=[
                bent("number", "overstated", "Ketamine helps 95% of people with resistant depression."),
                bent("absolute", "overstated", "Every one of the people with resistant depression responds."),
                bent("drug", "contradicted", "Lithium helps two thirds of people with resistant depression."),
                bent("population", "overstated", "Ketamine helps two thirds of children."),
                bent("polarity", "contradicted", "People with resistant depression do not respond to ketamine."),
                bent("duration", "overstated", "The response to ketamine is permanent."),
            ],
        ),
        study("Larch2020", finding("Larch2020", 1, "64% against 28%", value=64, unit="%", comparator_value=28)),
    )
)
WORKS = ENGINE.wordings("works")
BENT = [WORKS.of_bent(number) for number in WORKS.bent_numbers]


def fit(text: str) -> Fit:
    return WORKS.fit(ENGINE.frame(text))


def kinds(text: str) -> tuple[int, int, int, int]:
    found = fit(text)
    return len(found.fitting), len(found.beyond), found.above, found.unknown


# Figures


@pytest.mark.parametrize(
    "text",
    [
        "64% responded.",
        "About two thirds responded.",
        "Between 50 and 70% responded.",
        "60% responded.",
        "28% on midazolam",
        "73 people responded.",
        "within a day",
        "within 24 hours",
        "0.035 g of ketamine",
    ],
)
def test_a_figure_that_is_carried_fits(text: str) -> None:
    assert kinds(text) == (1, 0, 0, 0)


@pytest.mark.parametrize(
    ("text", "above"),
    [("95% responded.", 1), ("12% responded.", 0), ("after three weeks", 1), ("after ten minutes", 0)],
)
def test_a_figure_outside_what_is_carried_is_beyond(text: str, above: int) -> None:
    assert kinds(text) == (0, 1, above, 0)


def test_a_figure_of_a_unit_that_is_not_carried_is_unknown() -> None:
    assert kinds("It costs $300.") == (0, 0, 0, 1)
    assert kinds("The scale fell by 7.95 points.") == (0, 0, 0, 1)


def test_words_without_figures_fit_nothing() -> None:
    assert fit("People respond.") == Fit()


@pytest.mark.parametrize(
    ("text", "right", "wrong"), [("in 2013", 1, ()), ("in 2020", 1, ()), ("in 1999", 0, (1999.0,))]
)
def test_years_are_held_against_the_years_on_record(text: str, right: int, wrong: tuple[float, ...]) -> None:
    found = fit(f"It was shown {text}.")
    assert (found.years, found.wrong_years) == (right, wrong)
    assert (found.fitting, found.beyond) == ((), ())


def test_a_year_is_not_wrong_where_no_year_is_known() -> None:
    plain = Engine(tiny(proposition("works", "Ketamine helps.")))
    assert plain.wordings("works").fit(ENGINE.frame("in 1999")) == Fit()


@given(st.floats(min_value=50, max_value=71))
def test_every_share_within_the_carried_interval_fits(share: float) -> None:
    assert kinds(f"{share:.1f}% responded.") == (1, 0, 0, 0)


@given(st.floats(min_value=76, max_value=100))
def test_no_share_above_the_carried_interval_fits(share: float) -> None:
    assert kinds(f"{share:.1f}% responded.") == (0, 1, 1, 0)


# Signs and certainty


def test_what_the_wordings_say_is_known_with_its_sign() -> None:
    assert WORKS.signs["outcome:response"] == 1
    assert "intervention:lithium" not in WORKS.signs
    assert WORKS.names("intervention") == {"ketamine", "any-drug"}


def test_what_most_wordings_say_is_the_core() -> None:
    assert "intervention:ketamine" in WORKS.core
    assert not any(key[0] in "nqy" for key in WORKS.core)
    assert Engine(tiny(proposition("works", "Ketamine helps."))).wordings("works").core == ()


def test_wordings_without_a_form_are_left_out() -> None:
    whole = ENGINE.wordings("works")
    (named,) = [n for n in whole.allowed if "n:35:mg" in ENGINE.forms.form(n).frame.features]
    part = wordings_of(whole.topic, ENGINE.forms, ENGINE.findings, frozenset({named}))
    assert "n:35:mg" in whole.signs
    assert "n:35:mg" not in part.signs
    assert named not in part.allowed


@pytest.mark.parametrize(
    ("text", "is_qualified"),
    [
        ("Ketamine may help.", True),
        ("In one trial ketamine helped.", True),
        ("It helps some people.", True),
        ("Ketamine helps.", False),
        ("Ketamine always helps.", False),
    ],
)
def test_a_hedge_or_the_kind_of_study_qualifies(text: str, is_qualified: bool) -> None:
    assert qualified(ENGINE.frame(text)) is is_qualified


# What gives a bent wording away


def told(fault: str) -> Bent:
    (found,) = [one for one in BENT if one.fault == fault]
    return found


def share(fault: str, text: str) -> float:
    frame = ENGINE.frame(text)
    return bent_share(told(fault), frame, WORKS.fit(frame))


@pytest.mark.parametrize(
    ("fault", "key", "sign"),
    [
        ("absolute", "s:all", 1),
        ("drug", "intervention:lithium", 1),
        ("population", "s:child", 1),
        ("polarity", "outcome:response", -1),
        ("duration", "s:permanent", 1),
    ],
)
def test_a_bent_wording_is_given_away_by_what_its_fault_is_about(fault: str, key: str, sign: int) -> None:
    assert (key, sign) in told(fault).tells


def test_what_the_allowed_wordings_say_gives_nothing_away() -> None:
    for one in BENT:
        assert not any(key in WORKS.signs and WORKS.signs[key] in (sign, 0) for key, sign in one.tells)


def test_the_words_of_another_fault_give_nothing_away() -> None:
    assert not any(key.startswith("s:") for key, _ in told("drug").tells)
    assert not any(key.startswith("intervention:") for key, _ in told("absolute").tells)


@pytest.mark.parametrize(
    ("fault", "bent_so", "not_so"),
    [
        ("absolute", "All people with resistant depression respond.", "People with resistant depression respond."),
        ("drug", "Lithium helps in resistant depression.", "Ketamine helps in resistant depression."),
        ("number", "Ketamine helps 90% of people.", "Ketamine helps 64% of people."),
        ("polarity", "People do not respond to ketamine.", "People respond to ketamine."),
        ("duration", "It works for the rest of your life, permanently.", "It works for a day."),
    ],
)
def test_a_claim_shares_the_fault_or_does_not(fault: str, bent_so: str, not_so: str) -> None:
    assert share(fault, bent_so) > 0.4
    assert share(fault, not_so) == 0


@given(
    st.lists(
        st.sampled_from(
            ["all", "lithium", "children", "not", "respond", "95%", "permanent", "ketamine", "people", "64%"]
        ),
        max_size=8,
    )
)
def test_a_share_of_tells_lies_between_0_and_1(parts: list[str]) -> None:
    text = " ".join(parts)
    for one in BENT:
        assert 0 <= share(one.fault, text) <= 1 + 1e-9
