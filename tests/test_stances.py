"""What claims answer to a question of the lexicon by their own words, and which answers are a conflict."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from claims.collection import Collection, load_collection
from claims.comparing import conflicts_among
from claims.conflict_places import Copies
from claims.engine import reader_of
from claims.frames import FrameReader
from claims.lexicon import Concept, Lexicon, load_lexicon
from claims.pairing import Placed
from claims.propositions import Scope
from claims.sayings import Said
from claims.senses import load_senses
from claims.stances import Stances, at_odds
from claims.telling import patterns
from evidence.paths import library_paths
from evidence.problems import LibraryError
from tests.conftest import SMALL

LASTING = Concept(
    slot="aspect",
    label="does the relief last",
    compare="position",
    conflict="duration",
    severity=2,
    positions=("lasting", "fades", "fades-from-one"),
    together=(("lasting", "fades-from-one"),),
    absolute=("lasting",),
    told={
        "lasting": ("s:improve s:last longer:5:month", "s:improve s:permanent !s:unknown", "-s:return"),
        "fades": ("s:improve s:return|s:fade shorter:2:month !s:single",),
        "fades-from-one": ("s:improve s:fade just:1:sessions",),
    },
)
YEARS = "The improvement lasts for two years."
WEEKS = "The improvement fades within three weeks."


@pytest.fixture(scope="module")
def collection() -> Collection:
    return load_collection(library_paths(SMALL))


@pytest.fixture(scope="module")
def reader(collection: Collection) -> FrameReader:
    return reader_of(collection)


def lexicon_of(collection: Collection, aspect: Concept = LASTING) -> Lexicon:
    return Lexicon({**collection.lexicon.concepts, "relief-lasts": aspect})


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (YEARS, ["lasting"]),
        ("The improvement lasts for two months.", []),
        ("The improvement is permanent.", ["lasting"]),
        ("Whether the improvement is permanent is not known.", []),
        (WEEKS, ["fades"]),
        ("The rash does not return.", ["lasting"]),
        ("The improvement of one session fades within three weeks.", ["fades-from-one"]),
        ("The rash lasts for two years.", []),
        ("The improvement lasts for two years or fades within three weeks.", []),
    ],
    ids=[
        "longer than asked",
        "shorter than asked",
        "another pattern",
        "with what must not be there",
        "shorter",
        "denied",
        "a figure",
        "without what is asked",
        "both answers",
    ],
)
def test_an_answer_is_told_from_the_words(
    collection: Collection, reader: FrameReader, text: str, answer: list[str]
) -> None:
    found = Stances(lexicon_of(collection)).of(reader.read(text))
    assert [position.value for position in found] == answer


def placed(reader: FrameReader, text: str, verdict: Any = "supported", name: str = "", **slots: Any) -> Placed:
    return Placed(
        id=name or text,
        verdict=verdict,
        faults=(),
        slots=Scope(**slots),
        stated=frozenset(slots),
        topics=(),
        frame=reader.read(text),
    )


@pytest.mark.parametrize(
    ("right", "verdict", "slots", "found"),
    [
        (YEARS, "contradicted", {}, True),
        (YEARS, "overstated", {}, True),
        (YEARS, "unsupported", {}, True),
        (YEARS, "supported", {}, True),
        (
            "Gardeners threw the linen and the cough syrup out in spring, as the improvement is permanent.",
            "supported",
            {},
            False,
        ),
        (YEARS, "vague", {}, False),
        (YEARS, "contradicted", {"route": ("nasal",)}, False),
        ("The improvement fades within two weeks.", "contradicted", {}, False),
        ("The improvement lasts for two months.", "contradicted", {}, False),
    ],
    ids=[
        "refuted",
        "going too far",
        "more than the evidence carries, whatever the verdict",
        "carried, but worded alike",
        "carried, and worded otherwise",
        "vague",
        "another route",
        "the same answer",
        "no answer",
    ],
)
def test_answers_that_cannot_both_hold_are_a_pair(
    collection: Collection, reader: FrameReader, right: str, verdict: str, slots: dict[str, Any], found: bool
) -> None:
    claims = placed(reader, WEEKS, route=("iv",)), placed(reader, right, verdict, **slots)
    pairs = [(pair.held, pair.doubted, pair.says) for pair in at_odds(claims, lexicon_of(collection))]
    assert pairs == ([(WEEKS, right, ("fades", "lasting"))] if found else [])


def test_answers_that_hold_together_are_no_pair(collection: Collection, reader: FrameReader) -> None:
    told = {"lasting": LASTING.told["lasting"], "fades-from-one": LASTING.told["fades-from-one"]}
    one = "The improvement of one session fades within three weeks."
    claims = placed(reader, one), placed(reader, YEARS, "contradicted")
    apart = Concept(**{field: getattr(LASTING, field) for field in LASTING.__struct_fields__} | {"told": told})
    strict = Concept(**{f: getattr(apart, f) for f in apart.__struct_fields__} | {"together": ()})
    assert list(at_odds(claims, lexicon_of(collection, apart))) == []
    assert len(list(at_odds(claims, lexicon_of(collection, strict)))) == 1


def test_what_two_claims_must_share_they_name_themselves(collection: Collection, reader: FrameReader) -> None:
    shared = Concept(**{f: getattr(LASTING, f) for f in LASTING.__struct_fields__} | {"shares": ("route",)})
    lexicon = lexicon_of(collection, shared)
    drip, spray = "with infusions", "with nasal spray"
    held = placed(reader, f"{WEEKS[:-1]} {drip}.", name="held")
    for place, expected in ((drip, 1), (spray, 0), ("", 0)):
        doubted = placed(reader, f"{YEARS[:-1]} {place}.", "contradicted", name="doubted")
        assert len(list(at_odds([held, doubted], lexicon))) == expected


def said(claim: Placed) -> Said:
    return Said(
        id=claim.id,
        paraphrase=claim.id,
        importance=1,
        polarity="affirms",
        propositions=(),
        slots=claim.slots,
        verdict=claim.verdict,
        placed=claim,
    )


def test_a_conflict_tells_the_question_and_both_answers(collection: Collection, reader: FrameReader) -> None:
    held, doubted = placed(reader, WEEKS, name="p-1"), placed(reader, YEARS, "contradicted", name="q-1")
    before, collection.lexicon = collection.lexicon, lexicon_of(collection)
    try:
        copies = Copies()
        copies.add((said(held),))
        copies.add((said(doubted),))
        (conflict,) = conflicts_among(copies, (), collection)
    finally:
        collection.lexicon = before
    assert (conflict.topic, conflict.kind, conflict.severity) == ("relief-lasts", "duration", 2)
    assert (conflict.claims, conflict.says) == (("p-1", "q-1"), ("fades", "lasting"))
    assert conflict.explanation == "does the relief last: p-1 says fades, q-1 says lasting"


def test_the_work_grows_with_the_claims_not_with_their_pairs(collection: Collection, reader: FrameReader) -> None:
    lexicon, opposite = lexicon_of(collection), load_senses().opposite
    held, doubted = reader.read(WEEKS), reader.read(YEARS)

    def claims(count: int) -> list[Placed]:
        fields: dict[str, Any] = {"faults": (), "slots": Scope(), "stated": frozenset(), "topics": ()}
        return [
            Placed(id=f"{name}{n}", verdict=verdict, frame=frame, **fields)
            for n in range(count)
            for name, verdict, frame in (("a", "supported", held), ("b", "contradicted", doubted))
        ]

    def seconds(count: int) -> float:
        given = claims(count)
        start = time.process_time()
        assert len(list(at_odds(given, lexicon, opposite))) == 3 * count
        return time.process_time() - start

    small = min(seconds(300) for _ in range(3))
    assert min(seconds(2400) for _ in range(2)) < 8 * 4 * small  # all pairs would take 64 times as long


@pytest.mark.parametrize(
    ("told", "complaint"),
    [
        ('{fades = ["s:return"], gone = ["s:fade"]}', "'gone', which is no position"),
        ('{fades = ["return"]}', "'return' is no term"),
        ('{fades = ["s:return shorter:2:moons"]}', "'shorter:2:moons' is no time"),
        ('{fades = ["s:return just:one:sessions"]}', "'just:one:sessions' is no figure with its unit"),
        ('{fades = ["!s:return"]}', "'!s:return' asks for no feature"),
        ('{fades = ["outcome:glee"]}', "'outcome:glee', which is no concept"),
    ],
)
def test_a_pattern_that_cannot_be_read_is_told_with_its_file_and_line(
    tmp_path: Path, told: str, complaint: str
) -> None:
    entry = f'x = {{label = "x", compare = "position", conflict = "duration", positions = ["lasting", "fades"], told = {told}}}'
    (tmp_path / "aspect.toml").write_text(f'slot = "aspect"\n[concepts]\n{entry}\n', encoding="utf-8")
    with pytest.raises(LibraryError) as caught:
        load_lexicon(tmp_path, root=tmp_path)
    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == ("aspect.toml", 3)
    assert complaint in problem.message


def test_every_sense_that_the_library_asks_for_exists() -> None:
    paths = library_paths(None)
    concepts = load_lexicon(paths.lexicon, root=paths.root).concepts.values()
    asked = {
        key for concept in concepts for texts in concept.told.values() for p in patterns(texts) for key in p.features
    }
    given = load_senses().given
    names = {*given.by_stem.values(), *given.phrases.values(), *given.exact.values()}
    assert {key[2:] for key in asked if key.startswith("s:")} <= names
