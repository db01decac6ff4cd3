"""Two read claims held against each other: what they say of each other, and whether they cannot both hold."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.collection import Collection
from claims.comparing import conflicts_among
from claims.conflict_places import Copies
from claims.contrasts import Contrasts
from claims.documents import read_document
from claims.engine import Judge
from claims.pairing import Placed
from claims.partings import DOUBTFUL, PARTED, Partings, in_order, load_partings
from claims.sayings import Said, said
from claims.scorecard import Scorecard
from claims.senses import load_senses
from tests.tiny import Engine

HOLD = "On day one 64% had responded to ketamine."
CLASH = "On day one nobody had responded to ketamine."
ELSE = "Dizziness was common after the spray."
TEXTS = (
    HOLD,
    CLASH,
    ELSE,
    "Ketamine is not approved for depression.",
    "Ketamine has been approved for depression since 2019.",
    "In 2019 the agency approved the spray.",
    "Half of the patients on placebo responded within 24 hours.",
    "It may help some people.",
)


@pytest.fixture(scope="module")
def judge(engine: Engine) -> Judge:
    return Judge(engine.collection)


def read(judge: Judge, collection: Collection, text: str, name: str) -> Said:
    (one,) = judge.read(read_document(f"{name}.txt", text.encode()))
    told = said(name, one, collection)
    assert told.placed is not None
    return msgspec.structs.replace(told, placed=msgspec.structs.replace(told.placed, id=name))


@pytest.fixture(scope="module")
def placed(judge: Judge, engine: Engine) -> list[Placed]:
    found = [read(judge, engine.collection, text, f"c-{n}").placed for n, text in enumerate(TEXTS)]
    return [claim for claim in found if claim is not None]


def partings(engine: Engine, base: float | None = None) -> Partings:
    card = load_partings() if base is None else Scorecard(base=base)
    return Partings(engine.collection, card, load_senses().opposite)


def test_a_claim_and_its_contrary_part_more_surely_than_claims_of_other_things(
    engine: Engine, placed: list[Placed]
) -> None:
    told = partings(engine)
    assert told.score(placed[0], placed[1]) > told.score(placed[0], placed[2])
    assert told.score(placed[3], placed[4]) > told.score(placed[3], placed[5])


@settings(max_examples=40, deadline=None)
@given(pair=st.tuples(st.integers(0, len(TEXTS) - 1), st.integers(0, len(TEXTS) - 1)))
def test_two_claims_part_as_surely_whichever_is_given_first(
    engine: Engine, placed: list[Placed], pair: tuple[int, int]
) -> None:
    left, right = (placed[number] for number in pair)
    told = partings(engine)
    assert told.values(left, right) == told.values(right, left)
    assert in_order(left, right) == in_order(right, left)


def test_what_is_compared_is_what_the_claims_say(engine: Engine, placed: list[Placed]) -> None:
    told = partings(engine)
    contrary = told.values(placed[3], placed[4])
    assert contrary["contrast-negation"] == contrary["contrast-opposite"] == 1
    assert contrary["contrasts"] == 2
    other = told.values(placed[0], placed[6])
    assert other["other-intervention"] == 3  # both say it in their own words
    assert other["percent-other"] == other["figures-other"] == 1
    same = told.values(placed[0], msgspec.structs.replace(placed[0], id="again"))
    assert same["alike"] == pytest.approx(1)
    assert same["figures-same"] >= 1
    assert same["figures-other"] == same["contrasts"] == 0


def test_the_card_asks_only_for_comparisons_of_two_claims() -> None:
    names = load_partings().names
    told = (
        "held-", "doubted-", "fault-", "contrast-", "discord-", "other-", "same-", "percent-", "time-", "year-",
        "count-", "amount-", "figures-", "answers-", "met", "topic-",
    )  # fmt: skip
    alone = {"support-apart", "surer", "contrasts", "meet", "alike", "both-say", "both-say-most"}
    assert names
    assert [name for name in names if not name.startswith(told) and name not in alone] == []


def conflicts(engine: Engine, judge: Judge, *texts: str) -> int:
    copies = Copies()
    for number, text in enumerate(texts):
        copies.add((read(judge, engine.collection, text, f"p{number}-1"),), f"p{number}")
    return len(conflicts_among(copies, (), engine.collection))


def test_points_against_it_take_back_a_conflict_that_another_comparison_found(
    engine: Engine, judge: Judge, monkeypatch: pytest.MonkeyPatch, undecided: None
) -> None:
    pair = "Ketamine is not approved for depression.", "The agency has cleared ketamine to treat depression."
    assert conflicts(engine, judge, *pair) == 1
    monkeypatch.setattr("claims.comparing.load_partings", lambda: Scorecard(base=-5.0))
    assert conflicts(engine, judge, *pair) == 0


def test_points_for_it_make_a_conflict_of_claims_near_one_topic_and_of_no_others(
    engine: Engine, placed: list[Placed]
) -> None:
    topic = placed[0].topics[:1]
    held = msgspec.structs.replace(placed[0], id="held", verdict="supported", support=0.9, topics=topic)
    doubted = msgspec.structs.replace(placed[7], id="doubted", verdict="unsupported", support=0.1, topics=topic)
    apart = msgspec.structs.replace(doubted, id="apart", topics=())
    sure, unsure = partings(engine, base=5.0), partings(engine, base=-5.0)
    assert [(one.held, one.doubted) for one in sure.meeting([doubted, apart, held])] == [("held", "doubted")]
    assert next(sure.meeting([doubted, held])).score > PARTED
    assert list(unsure.meeting([doubted, apart, held])) == []


def test_another_figure_in_the_same_words_decides_by_itself(engine: Engine, judge: Judge) -> None:
    texts = ("After one infusion 64% respond within a day.", "After one infusion 20% respond within a day.")
    claims = [read(judge, engine.collection, text, name).placed for text, name in zip(texts, "ab", strict=True)]
    one, other = (claim for claim in claims if claim is not None)
    again = msgspec.structs.replace(one, id="again")
    told = partings(engine, base=-5.0)
    assert told.score(one, other) == PARTED
    assert told.score(one, again) < DOUBTFUL


def test_two_claims_that_are_carried_do_not_part_by_points(engine: Engine, placed: list[Placed]) -> None:
    carried = [msgspec.structs.replace(placed[0], id=name, verdict="supported") for name in ("a", "b")]
    assert list(partings(engine, base=5.0).meeting(carried)) == []


def test_the_work_grows_with_the_claims_and_not_with_their_pairs(
    engine: Engine, placed: list[Placed], monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[int] = []
    contrasts = Contrasts.contrasts

    def counted(self: Contrasts, *frames: object) -> object:
        compared.append(1)
        return contrasts(self, *frames)  # type: ignore[arg-type]

    monkeypatch.setattr(Contrasts, "contrasts", counted)
    counts = []
    for many in (40, 80):
        half = [msgspec.structs.replace(placed[0], id=f"a{n:02}", verdict="supported") for n in range(many // 2)]
        rest = [
            msgspec.structs.replace(placed[1], id=f"b{n:02}", verdict="contradicted", topics=placed[0].topics)
            for n in range(many // 2)
        ]
        compared.clear()
        assert len(list(partings(engine, base=5.0).meeting([*half, *rest]))) == 3 * len(rest)
        counts.append(len(compared))
    assert counts[1] == 2 * counts[0]
