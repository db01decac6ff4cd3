"""Figures of a claim against the results a topic rests on: what they were results of, detail by detail."""

from __future__ import annotations

import pytest

from claims.lexicon import Lexicon
from claims.results import DETAILS, NAMES, Results
from claims.studied import Told
from tests.tiny import LEXICON, Engine, after, concept, finding, study, tiny

# Response and remission are two measures of one thing, dizziness is another.
OUTCOMES = Lexicon(
    {
        **LEXICON.concepts,
        "effect": concept("outcome", "effect"),
        "symptoms": concept("outcome", "symptoms", broader=("effect",)),
        "remission": concept("outcome", "remission", "remitted", broader=("symptoms",)),
    }
)

ENGINE = Engine(
    tiny(
        study(
            "Larch2020",
            finding(
                "Larch2020", 1, "64% responded to ketamine after a day, against 28% on midazolam",
                value=64, unit="%", comparator_value=28, time=after(24, "h"),
            ),
            finding("Larch2020", 2, "41.6% felt dizzy", outcome="dizzy", value=41.6, unit="%"),
            finding("Larch2020", 3, "The scale fell by 7.95 points more", outcome="symptoms", value=-7.95, unit="points"),
        ),
        lexicon=OUTCOMES,
    )
)  # fmt: skip
RESULTS = Results(ENGINE.findings, ENGINE.collection.lexicon)
ALL = ("Larch2020.1", "Larch2020.2", "Larch2020.3")


def compared(text: str, *topic: str) -> dict[str, float]:
    frame = ENGINE.frame(text)
    return RESULTS.compared(frame, Told(frame), topic or ALL)[0]


def misread(text: str) -> tuple[str, str] | None:
    frame = ENGINE.frame(text)
    return RESULTS.compared(frame, Told(frame), ALL)[1]


def parted(text: str, *topic: str) -> set[str]:
    found = compared(text, *topic)
    return {detail for detail in DETAILS if found[f"result-{detail}"]}


@pytest.mark.parametrize(
    "text",
    [
        "After a day 64% responded to ketamine.",
        "Some 64.4% responded to ketamine.",
        "Only 28% responded to midazolam.",
        "The scale fell by 7.95 points more on ketamine.",
    ],
)
def test_a_figure_told_of_what_it_was_found_for_is_clean(text: str) -> None:
    found = compared(text)
    assert found["result-clean"] >= 1 and found["result-parts"] == 0, found


@pytest.mark.parametrize(
    ("text", "details"),
    [
        ("After a day 64% remitted on ketamine.", {"outcome"}),
        ("After a day 64% felt dizzy on ketamine.", set()),
        ("After a month 64% responded to ketamine.", {"time"}),
        ("After a day 64% responded to midazolam.", {"arm"}),
        ("After a day 28% responded to ketamine.", {"arm"}),
        ("After a day 64% responded to lithium.", {"drug"}),
        ("After a day 64% responded to ketamine spray.", {"route"}),
    ],
)
def test_a_figure_told_of_something_else_parts_in_that(text: str, details: set[str]) -> None:
    assert parted(text, "Larch2020.1") == details


def test_a_result_told_of_a_rival_outcome_is_misread() -> None:
    assert misread("After a day 64% remitted on ketamine.") == ("Larch2020.1", "outcome")
    assert misread("After a day 64% responded to ketamine.") is None
    assert misread("After a day 93% remitted on ketamine.") is None


def test_of_the_findings_that_have_a_figure_the_one_that_parts_least_counts() -> None:
    assert parted("After a day 41.6% felt dizzy.", "Larch2020.2") == set()
    assert compared("After a day 41.6% felt dizzy.")["result-clean"] == 1


def test_a_figure_of_no_finding_is_untold_where_its_unit_is_known() -> None:
    assert compared("After a day 93% responded to ketamine.")["result-untold"] == 1
    assert compared("It costs 93 dollars.")["result-untold"] == 0


def test_a_share_that_was_worked_out_is_the_rounded_one_of_the_record() -> None:
    assert compared("Of 78 people 50 responded to ketamine, 50 of 78.")["result-told"] >= 1


@pytest.mark.parametrize("text", ["Most responded to ketamine.", "It was published in 2020."])
def test_without_a_result_told_nothing_is_compared(text: str) -> None:
    assert compared(text) == dict.fromkeys(NAMES, 0.0)
    frame = ENGINE.frame("64% responded")
    assert RESULTS.compared(frame, Told(frame), ()) == (dict.fromkeys(NAMES, 0.0), None)


def test_a_claim_that_misreads_a_result_is_contradicted_with_what_was_found() -> None:
    judged = ENGINE.judge("After a day 64% remitted on ketamine.")
    assert judged.verdict == "contradicted"
    assert (
        judged.reason == "the outcome is not as found: 64% responded to ketamine after a day, against 28% on midazolam"
    )
    assert ENGINE.judge("After a day 64% responded to ketamine.").verdict == "supported"
