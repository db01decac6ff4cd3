"""Cases made of a tiny library's own wordings: what is changed, and what is left alone."""

from __future__ import annotations

import pytest

from claims.collection import Collection
from claims.engine import Judge, reader_of
from claims.metamorphic import Case, cases
from claims.metamorphosis import judge_cases
from claims.propositions import Carried, Proposition, Scope
from tests.tiny import others, proposition, tiny

DRUG = Scope(intervention=("ketamine",), outcome=("symptoms",))
AWAY = Scope(intervention=("lithium",), outcome=("suicide",))


def library(*wordings: str, scope: Scope = DRUG, also: tuple[Proposition, ...] = ()) -> Collection:
    told = proposition("told", "Symptoms ease for a time.", *wordings, scope=scope)
    return tiny(told, proposition("away", "Other matters.", scope=AWAY), *also, *others())


def made(collection: Collection) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for case in cases(collection, reader_of(collection)):
        if case.of == "told":
            found.setdefault(case.change, []).append(case.text)
    return found


@pytest.mark.parametrize(
    ("wording", "denied"),
    [
        ("Ketamine is approved.", "Ketamine is not approved."),
        ("Ketamine is not yet approved.", "Ketamine is already approved."),
        ("Symptoms did not ease with ketamine.", "Symptoms did indeed ease with ketamine."),
    ],
)
def test_a_denial_is_put_in_or_taken_away(wording: str, denied: str) -> None:
    assert made(library(wording))["negation"] == [denied]


@pytest.mark.parametrize(
    "wording",
    [
        "Ketamine was given before anyone was randomised.",
        "Little is known of ketamine.",
        "Is ketamine approved? Ask them.",
    ],
)
def test_what_a_second_denial_would_spoil_and_what_is_asked_is_left_alone(wording: str) -> None:
    assert "negation" not in made(library(wording))


def test_a_treatment_is_named_instead_in_the_same_place() -> None:
    assert made(library("Ketamine eases symptoms."))["intervention"] == ["Lithium eases symptoms."]


def test_a_treatment_in_a_question_or_a_compound_is_left_alone() -> None:
    assert "intervention" not in made(library("What is ketamine? The leaflet says.", "A non-ketamine day."))


def test_what_is_denied_of_a_treatment_is_true_of_others_too_and_no_case() -> None:
    assert "intervention" not in made(library("Ketamine does not ease symptoms."))


def test_a_changed_figure_leaves_the_number_beside_it_as_it_was() -> None:
    rates = Carried(aspect="share", low=1, high=1, unit="%")
    text = "About 1 in 100 people felt dizzy on ketamine."
    known = tiny(proposition("told", "Some felt dizzy.", text, scope=DRUG, values=(rates,)))
    assert made(known)["figure"] == ["About 97 in 100 people felt dizzy on ketamine."]


def test_what_another_proposition_tells_of_a_treatment_is_no_case() -> None:
    same = proposition("same", "Lithium eases them too.", scope=Scope(intervention=("lithium",), outcome=("symptoms",)))
    assert "intervention" not in made(library("Ketamine eases symptoms.", also=(same,)))


def test_an_instruction_gets_no_promise() -> None:
    found = made(library("Avoid ketamine.", "Ketamine eases symptoms."))
    assert len(found["promise"]) == 1
    assert "ketamine eases symptoms" in found["promise"][0]


def test_of_an_instruction_nothing_is_said_and_that_is_right() -> None:
    collection = library("Ketamine eases symptoms.")
    told = [
        Case(of="told", change="none", original=text, text=text) for text in ("Avoid lithium with it.", "Why ketamine?")
    ]
    found = judge_cases(told, Judge(collection), each=2)
    assert (found.judged, found.right) == ({"none": 2}, {"none": 1})
    assert [failure.text for failure in found.failures] == ["Why ketamine?"]
