"""Which pairs of claims part, and which look-alikes do not. Claims are built here, not read from the library."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.collection import Collection
from claims.conflicts import CuratedConflict, find_conflicts, intervals_part
from claims.lexicon import Lexicon
from claims.propositions import Position, Scope
from claims.sources import Claim, Quantity

SCOPE: dict[str, tuple[str, ...]] = {"intervention": ("ketamine",), "outcome": ("schedule",)}


def claim(id: str, **fields: Any) -> Claim:
    slots = Scope(**{**SCOPE, **fields.pop("slots", {})})
    base: dict[str, Any] = {
        "start": 0,
        "end": 1,
        "sha256": "",
        "anchor": "",
        "paraphrase": id,
        "category": "dosing",
        "importance": 2,
        "verdict": "unsupported",
        "reason": "",
    }
    return Claim(id=id, slots=slots, **{**base, **fields})


def lasting(
    low: float | None, high: float | None, *, aspect: str = "course-length", unit: str = "week", bound: str = "range"
) -> Quantity:
    return Quantity(aspect=aspect, low=low, high=high, unit=unit, bound=bound)  # type: ignore[arg-type]


def kinds(lexicon: Lexicon, *claims: Claim) -> list[tuple[str, str]]:
    return [(c.kind, c.topic) for c in find_conflicts({c.id: c for c in claims}, lexicon)]


@pytest.fixture
def lexicon(small: Collection) -> Lexicon:
    return small.lexicon


def test_ranges_that_lie_apart_conflict(lexicon: Lexicon) -> None:
    left, right = claim("a-1", quantities=(lasting(2, 3),)), claim("b-1", quantities=(lasting(5, 8),))
    (conflict,) = find_conflicts({c.id: c for c in (left, right)}, lexicon)
    assert (conflict.kind, conflict.severity, conflict.claims) == ("schedule", 2, ("a-1", "b-1"))
    assert "a-1 says 2 to 3 weeks, b-1 says 5 to 8 weeks" in conflict.explanation


def test_ranges_that_only_touch_conflict(lexicon: Lexicon) -> None:
    assert kinds(lexicon, claim("a-1", quantities=(lasting(2, 3),)), claim("b-1", quantities=(lasting(3, 6),))) == [
        ("schedule", "course-length")
    ]


def test_figures_in_other_units_are_compared_as_time(lexicon: Lexicon) -> None:
    same = claim("a-1", quantities=(lasting(2, 3),)), claim("b-1", quantities=(lasting(14, 21, unit="day"),))
    apart = claim("a-1", quantities=(lasting(2, 3),)), claim("b-1", quantities=(lasting(60, 90, unit="day"),))
    assert kinds(lexicon, *same) == []
    assert kinds(lexicon, *apart) == [("schedule", "course-length")]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (lasting(2, 3), lasting(2, 3)),
        (lasting(2, 3), lasting(2, 4)),
        (
            lasting(None, 70, aspect="response-rate", unit="%", bound="up-to"),
            lasting(50, 70, aspect="response-rate", unit="%"),
        ),
        (lasting(2, None, bound="at-least"), lasting(3, 3, bound="exact")),
        (
            lasting(66, 66, aspect="response-rate", unit="%", bound="about"),
            lasting(64, 64, aspect="response-rate", unit="%"),
        ),
    ],
    ids=["equal", "mostly shared", "bound met", "open above", "within tolerance"],
)
def test_figures_that_agree_do_not_conflict(lexicon: Lexicon, left: Quantity, right: Quantity) -> None:
    assert kinds(lexicon, claim("a-1", quantities=(left,)), claim("b-1", quantities=(right,))) == []


@pytest.mark.parametrize("slot", ["route", "intervention"])
def test_claims_about_another_route_or_drug_do_not_conflict(lexicon: Lexicon, slot: str) -> None:
    other = {"route": ("nasal",), "intervention": ("placebo",)}[slot]
    mine = {"route": ("iv",), "intervention": ("ketamine",)}[slot]
    left = claim("a-1", quantities=(lasting(2, 3),), slots={slot: mine})
    right = claim("b-1", quantities=(lasting(5, 8),), slots={slot: other})
    assert kinds(lexicon, left, right) == []


def test_a_narrower_concept_is_still_the_same_subject(lexicon: Lexicon) -> None:
    left = claim("a-1", quantities=(lasting(2, 3),), slots={"population": ("depression",)})
    right = claim("b-1", quantities=(lasting(5, 8),), slots={"population": ("trd",)})
    assert kinds(lexicon, left, right) == [("schedule", "course-length")]


def test_named_answers_that_cannot_both_hold_conflict_whatever_the_population(lexicon: Lexicon) -> None:
    yes = claim(
        "a-1", positions=(Position(aspect="approval-status", value="approved"),), slots={"population": ("trd",)}
    )
    no = claim(
        "b-1",
        positions=(Position(aspect="approval-status", value="not-approved"),),
        slots={"population": ("depression",)},
    )
    assert kinds(lexicon, yes, no) == [("regulatory", "approval-status")]
    assert kinds(lexicon, yes, claim("b-1", positions=yes.positions)) == []


def test_affirming_and_denying_the_same_proposition_conflict(lexicon: Lexicon) -> None:
    yes = claim("a-1", propositions=("p",))
    no = claim("b-1", propositions=("p",), polarity="denies")
    assert kinds(lexicon, yes, no) == [("polarity", "p")]
    assert kinds(lexicon, yes, claim("b-1", propositions=("q",), polarity="denies")) == []


def test_a_pair_is_reported_once_when_aspect_and_polarity_both_part(small: Collection) -> None:
    pairs = [frozenset(c.claims) for c in small.conflicts]
    assert len(pairs) == len(set(pairs)) == 3


def test_a_curated_conflict_replaces_the_computed_one_on_its_topic(lexicon: Lexicon) -> None:
    left, right = claim("a-1", quantities=(lasting(2, 3),)), claim("b-1", quantities=(lasting(5, 8),))
    curated = CuratedConflict(
        id="cf-x", kind="schedule", topic="course-length", severity=3, claims=("a-1", "b-1"), explanation="seen"
    )
    (conflict,) = find_conflicts({c.id: c for c in (left, right)}, lexicon, curated=[curated])
    assert (conflict.id, conflict.severity, conflict.computed) == ("cf-x", 3, False)


figures = st.floats(0.1, 100).map(lambda x: round(x, 2))
intervals = st.tuples(st.none() | figures, st.none() | figures).filter(lambda p: any(p) and (None in p or p[0] <= p[1]))


@given(intervals, intervals)
def test_whether_figures_part_does_not_depend_on_their_order(a: tuple[float, float], b: tuple[float, float]) -> None:
    left, right = lasting(*a), lasting(*b)
    assert intervals_part(left, right) == intervals_part(right, left)


@given(intervals)
def test_a_figure_never_parts_from_itself(a: tuple[float, float]) -> None:
    assert intervals_part(lasting(*a), lasting(*a)) is None


def test_the_order_of_claims_does_not_change_the_conflicts(small: Collection) -> None:
    turned = dict(reversed(small.claims.items()))
    forward = {(c.topic, frozenset(c.claims)) for c in find_conflicts(small.claims, small.lexicon)}
    assert {(c.topic, frozenset(c.claims)) for c in find_conflicts(turned, small.lexicon)} == forward
