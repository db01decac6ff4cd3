"""A claim against the findings of studies: which finding it speaks of, and in which details they part."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.studies import Confidence, Effect, Interval, Span
from tests.tiny import Engine, after, finding, reference, study, tiny

# Two trials with figures of their own, an open series, and the page of an agency.
ENGINE = Engine(
    tiny(
        study(
            "Larch2020",
            finding(
                "Larch2020", 1, "64% responded to ketamine after a day, against 28% on midazolam",
                value=64, unit="%", comparator_value=28, time=after(24, "h"), effect=Effect(statistic="odds-ratio", value=2.18),
            ),
            finding(
                "Larch2020", 2, "The scale fell by 7.95 points more on ketamine", outcome="symptoms",
                statistic="mean-difference", value=-7.95, unit="points", ci=Confidence(low=-12.71, high=-3.2),
            ),
            names=("LARK-1",), n=73, dose=Interval(low=0.5, high=0.5, unit="mg/kg"), sessions=Span(low=1, high=1),
        ),
        study(
            "Alder2018",
            finding("Alder2018", 1, "41.5% responded after four weeks", value=41.5, unit="%", time=after(4, "week")),
            names=("OAK-2",), comparator=("dummy",), route=("nasal",), n=223,
        ),
        study(
            "Rowan2011",
            finding("Rowan2011", 1, "71% of the people responded", value=71, unit="%"),
            design="single-arm", masking="open", comparator=(), n=24,
        ),
        study(
            "Body2019",
            finding("Body2019", 1, "The label gives dizziness in 29%", outcome="dizzy", value=29, unit="%"),
            design="label", comparator=(),
        ),
        references=[reference("Larch2020", "Larch, Anna", 2020), reference("Alder2018", "Alder, Ben", 2018)],
    )
)  # fmt: skip


def parted(text: str) -> tuple[str, tuple[str, ...]]:
    studied = ENGINE.meant(text)
    assert studied, text
    return studied.finding, studied.parted


# Which finding is meant


@pytest.mark.parametrize(
    "text",
    [
        "In LARK-1 64% responded to ketamine.",
        "In lark\u20111, 64% responded.",
        "Larch et al. (2020) saw a response in 64%.",
        "Larch and colleagues saw a response in 64%.",
        "The Larch trial found that 64% responded.",
        "In the trial of Larch 2020 64% responded.",
    ],
)
def test_a_trial_is_known_by_its_name(text: str) -> None:
    studied = ENGINE.meant(text)
    assert studied
    assert (studied.finding, studied.named, studied.explained, studied.parted) == ("Larch2020.1", True, 1, ())
    assert studied.sure


def test_a_name_within_a_word_names_nothing() -> None:
    assert ENGINE.meant("The SOAK-2000 pump responded.") is None
    assert ENGINE.meant("Larches grow on hills.") is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("64% responded on ketamine, against 28% on midazolam.", "Larch2020.1"),
        ("The MADRS changed by -7.95 points.", "Larch2020.2"),
        ("41.5% responded after four weeks.", "Alder2018.1"),
        ("With an odds ratio of 2.18 64% responded.", "Larch2020.1"),
        ("Of 223 people 41.5% responded.", "Alder2018.1"),
    ],
)
def test_figures_are_the_fingerprint_of_a_finding(text: str, name: str) -> None:
    studied = ENGINE.meant(text)
    assert studied
    assert (studied.finding, studied.named) == (name, False)
    assert studied.explained > 0
    assert studied.unexplained == 0


def test_a_share_told_as_a_whole_number_is_the_same_share() -> None:
    assert parted("42% responded after four weeks.") == ("Alder2018.1", ())
    studied = ENGINE.meant("42% responded after four weeks.")
    assert studied
    assert studied.explained == 1


def test_more_matching_figures_make_it_surer() -> None:
    one, two = ENGINE.meant("64% responded."), ENGINE.meant("64% responded, against 28%.")
    assert one
    assert two
    assert two.score > one.score


@pytest.mark.parametrize("text", ["Ketamine works.", "", "In 2020 it rained.", "After 24 hours people responded."])
def test_without_a_name_and_a_known_figure_nothing_is_meant(text: str) -> None:
    assert ENGINE.meant(text) is None


def test_a_figure_that_nobody_reported_is_no_fingerprint() -> None:
    assert ENGINE.meant("83% responded.") is None


def test_a_dose_or_a_number_of_people_alone_finds_no_finding() -> None:
    assert ENGINE.meant("0.5 mg/kg was given to 73 people.") is None


# Each way in which a claim and its finding part


@pytest.mark.parametrize(
    ("right", "wrong", "detail"),
    [
        ("In LARK-1 64% responded on ketamine.", "In LARK-1 64% responded on midazolam.", "arm"),
        ("In LARK-1 28% responded on midazolam.", "In LARK-1 28% responded on ketamine.", "arm"),
        ("64% responded on ketamine, 28% on midazolam.", "64% responded on midazolam, 28% on ketamine.", "arm"),
        ("In LARK-1 28% responded on midazolam.", "In LARK-1 28% responded on placebo.", "comparator"),
        ("In LARK-1 64% responded.", "In LARK-1 64% felt dizzy.", "outcome"),
        ("In LARK-1 64% responded to ketamine.", "In LARK-1 64% responded to lithium.", "drug"),
        ("LARK-1 tested ketamine.", "LARK-1 tested lithium.", "drug"),
        ("In LARK-1 64% responded after a day.", "In LARK-1 64% responded after two weeks.", "time"),
        ("In OAK-2 41.5% responded after four weeks.", "In OAK-2 41.5% responded after two hours.", "time"),
        ("In the double-blind LARK-1 64% responded.", "In a chart review, LARK-1, 64% responded.", "design"),
        (
            "In an open series of 24 people 71% responded.",
            "In a randomised trial of 24 people 71% responded.",
            "design",
        ),
        ("In LARK-1 64% responded.", "In LARK-1 85% responded.", "number"),
    ],
)
def test_a_wrong_detail_of_a_known_study_is_seen(right: str, wrong: str, detail: str) -> None:
    assert parted(right)[1] == ()
    assert detail in parted(wrong)[1]


def test_a_time_near_the_one_measured_is_the_same_time() -> None:
    assert parted("In LARK-1 64% responded within 24 hours.")[1] == ()
    assert parted("In OAK-2 41.5% responded after a month.")[1] == ()


def test_a_wider_or_narrower_concept_is_no_wrong_detail() -> None:
    assert parted("In LARK-1 64% had fewer symptoms on the medicine.")[1] == ()


def test_a_claim_that_says_less_parts_in_nothing() -> None:
    assert parted("64% in LARK-1")[1] == ()


def test_the_design_told_beside_a_label_is_that_of_something_it_cites() -> None:
    assert parted("In a double-blind trial 29% felt dizzy.") == ("Body2019.1", ())


def test_what_parts_costs_score() -> None:
    right, wrong = (
        ENGINE.meant("In LARK-1 64% responded on ketamine."),
        ENGINE.meant("In LARK-1 64% responded on midazolam."),
    )
    assert right
    assert wrong
    assert right.score > wrong.score


def test_designs_are_told_by_words_of_their_own() -> None:
    assert ENGINE.frame("A double-blind, placebo\u2011controlled trial").designs == ("randomised", "blind")
    assert ENGINE.frame("It opened a trial balloon.").designs == ()


def test_a_finding_knows_its_figures_and_times() -> None:
    roles = {(value.role, value.amount) for value in ENGINE.findings.values_of("Larch2020.1")}
    assert {("value", 64.0), ("comparator", 28.0), ("people", 73.0), ("dose", 0.5), ("effect", 2.18)} <= roles
    assert ENGINE.findings.times_of("Alder2018.1") == (672.0, 672.0)
    assert ENGINE.findings.values_of("Nobody1900.1") == ENGINE.findings.times_of("Nobody1900.1") == ()


@given(
    st.lists(
        st.sampled_from(["LARK-1", "OAK-2", "64%", "28%", "73 people", "on midazolam", "after two weeks", "dizzy", "2020", "not", ";"]),
        max_size=10,
    )
)  # fmt: skip
def test_every_figure_is_explained_or_not(parts: list[str]) -> None:
    text = " ".join(parts)
    frame, studied = ENGINE.frame(text), ENGINE.meant(text)
    if studied is None:
        assert not frame.studies
        return
    assert 0 <= studied.explained + studied.unexplained <= len(frame.measured)
    assert set(studied.parted) <= {"arm", "comparator", "outcome", "drug", "time", "design", "number"}
    assert studied.named == (studied.finding.rsplit(".", 1)[0] in frame.studies)
