"""In what two claims part by their own words, and what only looks like it. Frames are read with the small library."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.collection import Collection, load_collection
from claims.contrasts import Contrasts
from claims.engine import reader_of
from claims.frames import Frame, FrameReader
from claims.pairing import Placed, parted
from claims.propositions import Scope, Verdict
from claims.senses import load_senses
from evidence.paths import library_paths
from tests.conftest import SMALL

SENTENCES = (
    "The rash always improves with the cream.",
    "The rash worsens with the cream.",
    "The cream does not stain linen.",
    "The cream stains linen for 3 weeks.",
    "The stain stays for 12 weeks.",
    "The cream was made in 1970.",
    "The cream was made in 1990 and cleared the rash in 40% of people.",
)


@pytest.fixture(scope="module")
def collection() -> Collection:
    return load_collection(library_paths(SMALL))


@pytest.fixture(scope="module")
def reader(collection: Collection) -> FrameReader:
    return reader_of(collection)


def contrasts(reader: FrameReader, *texts: str) -> Contrasts:
    return Contrasts({text: reader.read(text) for text in texts}, load_senses().opposite)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("The rash improves with the cream.", "The rash worsens with the cream.", {"opposite"}),
        ("The cream is recommended for rashes.", "The cream is not recommended for rashes.", {"opposite"}),
        ("The cream causes rashes.", "The cream never causes rashes.", {"negation"}),
        ("The rash cleared in 64% of people.", "The rash cleared in 30% of people.", {"amount"}),
        ("The rash cleared in 64% of people.", "The rash cleared in about two thirds of people.", set()),
        ("The relief lasts two weeks.", "The relief lasts six months.", {"extent"}),
        ("The relief lasts two weeks.", "The relief lasts 10 to 20 days.", set()),
        ("The cream was approved in 1970.", "The cream was approved in 1990.", {"year"}),
        ("The rash cleared in 64% after 1 day.", "The rash cleared in 64% after 9 weeks.", set()),
        ("The rash improves with the cream.", "The rash improves with the cream.", set()),
    ],
)
def test_claims_part_by_opposites_negations_and_figures(
    reader: FrameReader, left: str, right: str, expected: set[str]
) -> None:
    assert contrasts(reader, left, right).between(left, right) == expected


def test_claims_that_say_the_contrary_are_as_alike_as_those_that_say_the_same(reader: FrameReader) -> None:
    better, worse, other = "The rash improves with cream.", "The rash worsens with cream.", "Linen was dear in 1970."
    held = contrasts(reader, better, worse, other)
    assert held.likeness(better, worse) == pytest.approx(1.0)
    assert held.likeness(better, other) < 0.1


@given(st.sampled_from(SENTENCES), st.sampled_from(SENTENCES))
def test_the_order_of_two_claims_does_not_matter(reader: FrameReader, left: str, right: str) -> None:
    held = contrasts(reader, *SENTENCES)
    assert held.between(left, right) == held.between(right, left)
    assert held.likeness(left, right) == pytest.approx(held.likeness(right, left))
    assert held.between(left, left) == frozenset()


def placed(reader: FrameReader, text: str, verdict: Verdict = "supported", **slots: tuple[str, ...]) -> Placed:
    frame = reader.read(text)
    stated = frozenset(slots)
    return Placed(id=text, verdict=verdict, faults=(), slots=Scope(**slots), stated=stated, topics=(), frame=frame)


@pytest.mark.parametrize(
    ("right", "verdict", "slots", "found"),
    [
        ("The cream worsens the rash.", "contradicted", {}, True),
        ("The cream worsens the rash.", "supported", {}, True),
        ("The cream worsens the rash.", "vague", {}, False),
        ("The cream worsens the rash.", "contradicted", {"route": ("nasal",)}, False),
        ("The cream worsens the cough of gardeners in spring and their sleep at night.", "contradicted", {}, False),
        ("The cream improves the rash.", "contradicted", {}, False),
    ],
    ids=[
        "refuted",
        "both carried",
        "vague, of no outcome that both name",
        "another route",
        "about something else",
        "the same",
    ],
)
def test_claims_alike_in_words_that_say_the_contrary_are_a_pair(
    collection: Collection,
    reader: FrameReader,
    right: str,
    verdict: Verdict,
    slots: dict[str, tuple[str, ...]],
    found: bool,
) -> None:
    one = placed(reader, "The cream improves the rash.", route=("iv",))
    other = placed(reader, f"{right} ", verdict, **slots)
    assert bool(list(parted([one, other], collection.lexicon))) is found


def test_the_number_of_candidates_grows_with_the_claims_not_with_their_pairs(reader: FrameReader) -> None:
    frame = reader.read("The cream improves the rash and never stains linen.")

    def candidates(count: int) -> tuple[int, float]:
        frames: dict[str, Frame] = {f"c{n:05}": frame for n in range(count)}
        start = time.perf_counter()
        found = list(Contrasts(frames, load_senses().opposite).candidates())
        assert len(found) == len(set(found))
        return len(found), time.perf_counter() - start

    assert candidates(400)[0] <= 8 * 400
    small = min(candidates(400)[1] for _ in range(3))
    assert min(candidates(3200)[1] for _ in range(2)) < 8 * 5 * small
