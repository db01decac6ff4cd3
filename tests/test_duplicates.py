"""Entries that are perhaps one work, and entries that lack fields of their type."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path
from typing import Any

import pytest

from evidence.bibliography import Reference
from evidence.duplicates import find_alike, find_gaps
from tests.conftest import Invoke

TITLE = "Effects of an invented treatment on imagined outcomes in made-up people"


def work(key: str, title: str = TITLE, **fields: Any) -> Reference:
    given: dict[str, Any] = {"year": 2020, "authors": ("Example, Ann",)}
    return Reference(key=key, kind="article", title=title, **{**given, **fields})


def alike(*references: Reference) -> list[tuple[str, str, str]]:
    return [(pair.key, pair.other, pair.reason) for pair in find_alike({one.key: one for one in references})]


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        (work("B"), "the same title and year"),
        (work("B", TITLE.upper() + "."), "the same title and year"),
        (work("B", year=2015), "the same title, but 2020 and 2015: perhaps an edition or a preprint"),
        (work("B", year=None), "the same title, but 2020 and no year: perhaps an edition or a preprint"),
        (work("B", TITLE.replace("outcomes", "outcome")), "nearly the same title and an author in common"),
        (work("B", TITLE.replace("outcomes", "outcome"), year=2021), "nearly the same title and an author in common"),
        (work("B", TITLE.replace("Effects", "Éffects").replace("made-up", "made up")), "the same title and year"),
    ],
)
def test_titles_that_are_one_work_perhaps(second: Reference, reason: str) -> None:
    assert alike(work("A"), second) == [("B", "A", reason)]


@pytest.mark.parametrize(
    "second",
    [
        work("B", TITLE.replace("outcomes", "outcome"), year=2014),
        work("B", TITLE.replace("outcomes", "outcome"), authors=("Other, Bo",)),
        work("B", TITLE.replace("outcomes", "outcome"), doi="10.5555/b"),
        work("B", TITLE.replace("invented", "observed").replace("imagined", "measured")),
        work("B", "Quite another matter"),
    ],
)
def test_titles_that_are_two_works(second: Reference) -> None:
    assert alike(work("A", doi="10.5555/a"), second) == []


def test_parts_of_a_series_are_two_works() -> None:
    assert alike(work("A", f"{TITLE}: part 1"), work("B", f"{TITLE}: part 2")) == []


def test_what_each_type_lacks() -> None:
    references = [
        work("Whole", container="J", doi="10.5555/x"),
        work("Bare", authors=(), year=None),
        Reference(key="Page", kind="online", title="T"),
        Reference(key="Book", kind="book", title="T", authors=("Example, Ann",), year=2020),
    ]
    gaps = find_gaps({one.key: one for one in references})
    assert [(gap.key, gap.missing, gap.unmarked) for gap in gaps] == [
        ("Bare", ("author", "journal", "year"), True),
        ("Page", ("url",), False),
        ("Book", ("publisher",), False),
    ]


def test_thousands_of_titles_are_compared_in_a_few_seconds() -> None:
    random.seed(1)
    words = [f"{a}{b}{c}" for a in "bcdfgkl" for b in "aeiou" for c in ("nt", "rst", "mor", "tik", "ves")]
    references = {f"K{n}": work(f"K{n}", " ".join(random.choices(words, k=9))) for n in range(8000)}
    references["Twin"] = work("Twin", references["K77"].title)
    begin = time.perf_counter()
    assert ("Twin", "K77") in [(pair.key, pair.other) for pair in find_alike(references)]
    assert time.perf_counter() - begin < 5


def test_the_command_lists_problems_pairs_and_gaps(tmp_path: Path, library: Path, claimwise: Invoke) -> None:
    clean = claimwise("evidence", "lint", "--library", library)
    assert (clean.exit_code, "0 problems, 0 pairs perhaps one work, 0 entries" in clean.stdout) == (0, True)
    path = tmp_path / "x.bib"
    entry = "@article{A,\n  author = {Example, Ann},\n  title = {One title},\n  year = {2020},\n}\n"
    path.write_text(entry + entry.replace("{A,", "{B,").replace("2020", "2019"), encoding="utf-8")
    told = claimwise("evidence", "lint", path)
    assert told.exit_code == 0
    assert "B and A: the same title, but 2020 and 2019" in told.stdout
    assert "A (article) lacks journal, any identifier" in told.stdout
    path.write_text(entry + entry.replace("{A,", "{B,"), encoding="utf-8")
    answer = claimwise("evidence", "lint", path, "--format", "json")
    found = json.loads(answer.stdout)
    assert (answer.exit_code, found["schema"]) == (1, "claimwise/bibliography/1")
    assert [problem["line"] for problem in found["problems"]] == [6]
    assert [(pair["key"], pair["score"]) for pair in found["alike"]] == [("B", 100.0)]
    assert [gap["missing"] for gap in found["missing"]] == [["journal"], ["journal"]]
