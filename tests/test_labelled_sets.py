"""The labelled pages of the project: that labels fit their pages, and that the packaged checker agrees with them."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from claims.collection import Collection
from claims.documents import read_document
from claims.engine import Judge
from claims.evaluating import Evaluation, evaluate
from claims.labelled import read_labelled

LABELLED = Path(__file__).parent / "labelled"
HELD_OUT = LABELLED / "held-out"
SETS = (*sorted((LABELLED / "fitting").iterdir()), HELD_OUT, LABELLED / "held-out-2", LABELLED / "held-out-3")
OTHERS = sorted((LABELLED / "other-subjects").glob("*.md"))
PAGES = [path for folder in SETS for path in sorted(folder.glob("page-*.labels.json"))]
# A change that breaks the checker falls below these; a few labels more or less do not.
DETECTION, CAUGHT, FLAGS_RIGHT = 0.9, 0.8, 0.75


def name(path: Path) -> str:
    return path.relative_to(LABELLED).as_posix()


def lines(path: Path) -> Iterator[dict[str, Any]]:
    return (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())


@pytest.fixture(scope="session")
def judge(real: Collection) -> Judge:
    return Judge(real)


@pytest.fixture(scope="session")
def held_out(real: Collection, judge: Judge) -> Evaluation:
    # Without the pairs of conflicts, which would have every page read a second time.
    pages = sorted(HELD_OUT.glob("page-*.md"))
    labelled = read_labelled([*pages, HELD_OUT / "minimal-pairs.jsonl"])
    return evaluate(labelled, real, judge, library_hash="", blind=True)


def test_there_are_pages_to_test() -> None:
    assert [len(list(folder.glob("page-*.md"))) for folder in SETS] == [9, 9, 9, 6, 8, 8, 8, 6, 9, 8, 6]
    assert len(OTHERS) == 10


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_labels_fit_their_page(path: Path) -> None:
    made = json.loads(path.read_text(encoding="utf-8"))
    page = path.with_name(path.name.replace(".labels.json", ".md"))
    raw = page.read_bytes()
    assert hashlib.sha256(raw).hexdigest() == made["sha256"]
    text = raw.decode("utf-8")
    unfit = [one["id"] for one in made["labels"] if text[one["start"] : one["end"]] != one["sentence"]]
    assert made["labels"]
    assert not unfit


def test_no_label_has_the_id_of_another() -> None:
    ids = Counter(one["id"] for path in PAGES for one in json.loads(path.read_text(encoding="utf-8"))["labels"])
    assert not [key for key, count in ids.items() if count > 1]


@pytest.mark.parametrize("folder", [folder for folder in SETS if (folder / "minimal-pairs.jsonl").exists()], ids=name)
def test_every_pair_has_two_members_with_names_of_their_own(folder: Path) -> None:
    members = Counter(one["pair_id"] for one in lines(folder / "minimal-pairs.jsonl"))
    named = {(one["pair_id"], one["member"]) for one in lines(folder / "minimal-pairs.jsonl")}
    assert members
    assert set(members.values()) == {2}
    assert len(named) == members.total()


@pytest.mark.parametrize("folder", [folder for folder in SETS if (folder / "conflicts.jsonl").exists()], ids=name)
def test_conflicts_name_labels_of_their_set(folder: Path) -> None:
    known = {one["id"] for path in folder.glob("*.labels.json") for one in json.loads(path.read_text())["labels"]}
    ends = {end for one in lines(folder / "conflicts.jsonl") for end in (one["a"], one["b"])}
    assert ends
    assert ends <= known


def test_no_page_that_is_fitted_on_is_held_out() -> None:
    fitted = {path.read_bytes() for path in (LABELLED / "fitting").rglob("*.md")}
    assert fitted.isdisjoint(path.read_bytes() for path in HELD_OUT.glob("*.md"))


@pytest.mark.parametrize("path", OTHERS, ids=name)
def test_pages_on_other_subjects_have_no_finding(path: Path, judge: Judge) -> None:
    reads = judge.read(read_document(path.name, path.read_bytes()))
    assert [(read.assertion.text, read.judgement.verdict) for read in reads] == []


@pytest.mark.parametrize("path", OTHERS, ids=name)
def test_pages_on_other_subjects_cite_no_work(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\bet al\b|\b(?:19|20)\d\d;\d|^## (?:References|Sources|Further reading)", text, re.MULTILINE)


def test_the_claims_of_held_out_pages_are_found(held_out: Evaluation) -> None:
    assert held_out.measures.documents == 9
    assert held_out.measures.f1 >= DETECTION


def test_problems_on_held_out_pages_are_caught(held_out: Evaluation) -> None:
    got = held_out.measures
    assert got.caught >= CAUGHT * got.problems > 0


def test_flags_on_held_out_pages_are_right(held_out: Evaluation) -> None:
    got = held_out.measures
    assert got.right_flags >= FLAGS_RIGHT * got.flags > 0
