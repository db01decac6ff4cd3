"""Which refuted claims meet a carried one, and which only look like it. Claims are built here; no engine is needed."""

from __future__ import annotations

import time
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.collection import Collection, load_collection
from claims.comparing import conflicts_among
from claims.conflict_places import Copies
from claims.documents import read_document
from claims.engine import Judge
from claims.pairing import Near, Opposed, Placed, opposed
from claims.propositions import Scope
from claims.sayings import Said, said
from evidence.paths import library_paths
from tests.conftest import SMALL

TOPIC = "response-24h"
pytestmark = pytest.mark.usefixtures("undecided")
PERCENT = frozenset({(90.0, 90.0, "%")})


@pytest.fixture(scope="module")
def collection() -> Collection:
    return load_collection(library_paths(SMALL))


def near(topic: str = TOPIC, support: float = 0.9, **fields: float) -> Near:
    values: dict[str, float] = {"likeness": 0.8, "about": 0.9, "lacking": 0.1, **fields}
    return Near(topic=topic, support=support, **values)


def carried(name: str = "a", *topics: Near, **fields: Any) -> Placed:
    given: dict[str, Any] = {"slots": Scope(), "stated": frozenset(), **fields}
    return Placed(id=name, verdict="supported", faults=(), topics=topics or (near(),), **given)


def refuted(name: str = "b", *topics: Near, **fields: Any) -> Placed:
    given: dict[str, Any] = {"slots": Scope(), "stated": frozenset(), "verdict": "contradicted", **fields}
    given.setdefault("faults", ("polarity",))
    return Placed(id=name, topics=topics or (near(support=0.1),), **given)


def pairs(collection: Collection, *claims: Placed) -> list[tuple[str, str]]:
    return [(pair.carried, pair.refuted) for pair in opposed(claims, collection)]


def test_a_claim_that_a_topic_refutes_meets_the_one_that_it_carries(collection: Collection) -> None:
    (pair,) = opposed([carried(), refuted()], collection)
    assert (pair.carried, pair.refuted, pair.carried_by, pair.refuted_by) == ("a", "b", TOPIC, TOPIC)
    assert 0 < pair.score <= 1


def test_topics_that_rest_on_the_same_findings_are_one_question(collection: Collection) -> None:
    links = collection.propositions["not-approved"].evidence
    finding = f"finding:{links[0].finding}"
    expected = [("a", "b")] if len(links) <= 3 else []
    claims = carried("a", near(finding)), refuted("b", near("not-approved", 0.1))
    assert pairs(collection, *claims) == expected == [("a", "b")]
    assert pairs(collection, carried("a", near(finding)), refuted("b", near(TOPIC, 0.1))) == []


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (carried(), refuted(verdict="vague")),
        (carried(), refuted(faults=("population",))),
        (carried(), refuted("b", near("not-approved", 0.1))),
        (carried(), refuted("b", near(support=0.8))),
        (carried(), refuted("b", near(support=0.1, about=0.2))),
        (carried(), refuted("b", near(support=0.1, lacking=0.9))),
        (carried("a", near(about=0.1)), refuted()),
        (carried("a", near(lacking=0.9)), refuted()),
        (carried("a", near(support=0.4)), refuted()),
        (carried("a", near(likeness=0.2)), refuted()),
        (carried(telling=False), refuted()),
        (carried(), refuted(faults=("number",), figures=PERCENT)),
    ],
    ids=[
        "vague",
        "holds for others",
        "another topic",
        "the topic carries both",
        "mostly about something else",
        "past the point",
        "carried by the way",
        "carried past the point",
        "hardly carried",
        "far off",
        "a mere name",
        "a figure, but none against it",
    ],
)
def test_what_does_not_answer_the_same_question_is_no_pair(collection: Collection, left: Placed, right: Placed) -> None:
    assert pairs(collection, left, right) == []


@pytest.mark.parametrize(
    ("left", "right", "stated", "meet"),
    [
        (Scope(route=("iv",)), Scope(route=("nasal",)), {"route"}, False),
        (Scope(route=("iv",)), Scope(route=("nasal",)), set(), True),
        (Scope(route=("iv",)), Scope(route=("nasal",)), {"intervention"}, True),
        (Scope(route=("iv",)), Scope(), {"route"}, True),
        (
            Scope(route=("iv",), intervention=("ketamine",)),
            Scope(route=("nasal",), intervention=("esketamine",)),
            set(),
            False,
        ),
        (Scope(population=("trd",)), Scope(population=("depression",)), {"population"}, True),
    ],
    ids=[
        "said",
        "only carried from the surroundings",
        "carried past a drug that is named",
        "left open",
        "drug and route",
        "a kind of the other",
    ],
)
def test_claims_of_another_scope_do_not_meet(
    collection: Collection, left: Scope, right: Scope, stated: set[str], meet: bool
) -> None:
    own = frozenset(stated)
    found = pairs(collection, carried(slots=left, stated=own), refuted(slots=right, stated=own))
    assert bool(found) is meet


def test_other_figures_at_another_time_hold_together_but_the_same_do_not(collection: Collection) -> None:
    day, month = (24.0, 24.0), (672.0, 672.0)
    right = carried(figures=frozenset({(64.0, 64.0, "%")}), moment=day)
    other = refuted(faults=("number",), figures=PERCENT, moment=month)
    assert pairs(collection, right, other) == []
    assert pairs(collection, right, msgspec.structs.replace(other, moment=day)) == [("a", "b")]
    moved = msgspec.structs.replace(other, figures=right.figures, faults=("time",))
    assert pairs(collection, right, moved) == [("a", "b")]


def test_a_refuted_claim_meets_its_three_nearest_and_no_more(collection: Collection) -> None:
    crowd = [carried(f"a{n:02}", near(likeness=0.4 + n / 100)) for n in range(40)]
    assert pairs(collection, *crowd, refuted()) == [("a39", "b"), ("a38", "b"), ("a37", "b")]


@given(st.permutations(range(6)))
def test_the_order_of_the_carried_claims_does_not_matter(collection: Collection, order: list[int]) -> None:
    claims = [carried(f"a{n}", near(likeness=0.5 + (n % 3) / 10)) for n in order]
    sorted_claims = sorted(claims, key=lambda claim: claim.id)
    assert pairs(collection, *claims, refuted()) == pairs(collection, *sorted_claims, refuted())


def test_the_work_grows_with_the_claims_not_with_their_pairs(collection: Collection) -> None:
    def seconds(count: int) -> float:
        claims = [c for n in range(count) for c in (carried(f"a{n}"), refuted(f"b{n}"))]
        start = time.perf_counter()
        found: list[Opposed] = list(opposed(claims, collection))
        assert len(found) == 3 * count
        return time.perf_counter() - start

    small = min(seconds(300) for _ in range(3))
    assert min(seconds(2400) for _ in range(2)) < 8 * 5 * small  # all pairs would take 64 times as long


def stated(*documents: list[Said]) -> Copies:
    copies = Copies()
    for claims in documents:
        copies.add(tuple(claims))
    return copies


def spoken(placed: Placed) -> Said:
    return Said(
        id=placed.id,
        paraphrase="",
        importance=1,
        polarity="affirms",
        propositions=(),
        slots=placed.slots,
        verdict=placed.verdict,
        placed=placed,
    )


@pytest.mark.parametrize(
    ("topic", "fault", "kind"),
    [
        (TOPIC, "number", "numeric"),
        (TOPIC, "duration", "duration"),
        (TOPIC, "polarity", "polarity"),
        ("not-approved", "number", "regulatory"),
    ],
)
def test_a_pair_is_a_conflict_whose_kind_comes_from_the_question_and_the_fault(
    collection: Collection, topic: str, fault: str, kind: str
) -> None:
    right, wrong = carried("p-1", near(topic)), refuted("q-1", near(topic, 0.1), faults=(fault,))
    (conflict,) = conflicts_among(stated([spoken(right)], [spoken(wrong)]), (), collection)
    assert (conflict.claims, conflict.topic, conflict.kind) == (("p-1", "q-1"), topic, kind)
    assert conflict.says == ("so", "otherwise")
    assert conflict.question == collection.propositions[topic].statement
    assert conflict.severity == collection.propositions[topic].importance


def test_a_pair_said_twice_in_one_document_is_told_once(collection: Collection) -> None:
    again = [spoken(refuted(f"q-{n}")) for n in range(5)]
    assert len(conflicts_among(stated([spoken(carried("p-1"))], again), (), collection)) == 1


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        (
            "Up to 70%, at least 20% and 45% of people respond.",
            "Up to 70%, at least 20% and 45% of people respond.",
            True,
        ),
        (
            "Up to 70%, at least 20% and 45% of people respond.",
            "Up to 71%, at least 20% and 45% of people respond.",
            False,
        ),
        ("70% of people respond to an infusion.", "70% of people  respond to an infusion.", True),
        ("70% of people respond to an infusion.", "70% of people respond to the infusion.", False),
    ],
)
def test_the_same_words_are_one_statement(collection: Collection, left: str, right: str, same: bool) -> None:
    def statement(text: str) -> bytes:  # read anew each time, as in another process
        (read,) = Judge(collection).read(read_document("p.md", text.encode()))
        return said("p-1", read, collection).statement

    assert (statement(left) == statement(right)) is same


def test_the_engine_names_the_topics_that_a_claim_was_compared_with(collection: Collection) -> None:
    text = b"Two thirds of people with resistant depression respond within a day of an infusion."
    (read,) = Judge(collection).read(read_document("p.md", text))
    topics = {topic.topic: topic for topic in read.judgement.topics}
    assert TOPIC in topics
    for topic in topics.values():
        assert all(0 <= value <= 1 for value in (topic.likeness, topic.support, topic.about, topic.lacking))
    placed = said("p-1", read, collection).placed
    assert placed is not None
    assert placed.topics == read.judgement.topics
    assert placed.telling
    assert placed.moment is not None
