"""``claimwise init``, the starter library it writes, and the second library: both work like the packaged one."""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path

import pytest

from claims.checks import check_library
from claims.collection import load_collection
from claims.propositions import Proposition
from claims.session import parse_day
from claims.starter import STARTER, start_library
from evidence.paths import library_paths
from evidence.problems import StorageError, UsageError
from tests.conftest import Invoke

ROOT = Path(__file__).resolve().parent.parent
SECOND = ROOT / "examples" / "vitamin-d"
PAGE = SECOND / "pages" / "larkfield-supplements.md"


def _files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_started_library_passes_every_check_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    written = start_library(folder)
    assert sorted(path.relative_to(folder).as_posix() for path in written) == _files(folder) == _files(STARTER)
    assert check_library(library_paths(folder), today=parse_day(None), texts=folder / "texts") == []


def test_a_started_library_does_not_fall_due(tmp_path: Path) -> None:
    start_library(tmp_path / "mine")
    assert check_library(library_paths(tmp_path / "mine"), today=parse_day("2090-01-01")) == []


def test_a_started_library_holds_one_of_everything_it_teaches() -> None:
    collection = load_collection(library_paths(STARTER))
    assert len(collection.library.references) == len(collection.library.studies) == len(collection.propositions) == 1
    assert {claim.verdict for claim in collection.claims.values()} == {"supported", "contradicted"}
    slots = {"intervention", "route", "population", "outcome", "measure", "species", "setting", "agency", "aspect"}
    assert all(len(list(collection.lexicon.of_slot(slot))) >= 1 for slot in slots)


def test_its_work_stands_in_the_second_library_in_the_same_words() -> None:
    (key,) = load_collection(library_paths(STARTER)).library.references
    ours, theirs = (load_collection(library_paths(f)).library.references[key] for f in (STARTER, SECOND))
    assert ours.citation == theirs.citation
    assert ours.pmid == theirs.pmid


def test_an_empty_folder_is_filled_and_stays_the_same_folder(tmp_path: Path) -> None:
    before = tmp_path.stat().st_ino
    start_library(tmp_path)
    assert tmp_path.stat().st_ino == before
    assert _files(tmp_path) == _files(STARTER)


def test_missing_folders_above_are_made(tmp_path: Path) -> None:
    assert (tmp_path / "a" / "b" / "library.toml") in start_library(tmp_path / "a" / "b")


@pytest.mark.parametrize("name", ["library.toml", ".hidden", "notes/old.txt"])
def test_a_folder_that_holds_anything_is_refused_and_left_alone(tmp_path: Path, name: str) -> None:
    there = tmp_path / name
    there.parent.mkdir(exist_ok=True)
    there.write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="is not empty"):
        start_library(tmp_path)
    assert _files(tmp_path) == [name]
    assert there.read_text(encoding="utf-8") == "mine"


def test_a_file_in_the_way_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="not a folder"):
        start_library(tmp_path / "mine")
    assert _files(tmp_path) == ["mine"]


@pytest.mark.parametrize("existing", [True, False])
def test_when_a_file_cannot_be_written_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, existing: bool
) -> None:
    folder = tmp_path / "mine"
    if existing:
        folder.mkdir()
    wrote = Path.write_bytes

    def full_at_the_readme(self: Path, data: bytes) -> int:
        if self.name == "README.md":
            raise OSError(28, "No space left on device")
        return wrote(self, data)

    monkeypatch.setattr(Path, "write_bytes", full_at_the_readme)
    with pytest.raises(StorageError, match="No space left on device"):
        start_library(folder)
    assert list(tmp_path.rglob("*")) == ([folder] if existing else [])


def test_when_a_move_fails_nothing_is_left_in_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rename = Path.rename

    def not_the_manifest(self: Path, target: Path) -> Path:
        if self.name == "library.toml":
            raise OSError(5, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", not_the_manifest)
    with pytest.raises(StorageError, match="Input/output error"):
        start_library(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt" or not hasattr(os, "geteuid") or os.geteuid() == 0, reason="rights do not bind")
def test_a_place_without_rights_is_one_line(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(StorageError):
            start_library(tmp_path / "mine")
    finally:
        tmp_path.chmod(0o700)


def test_init_says_what_it_wrote_and_what_comes_next(claimwise: Invoke, tmp_path: Path) -> None:
    result = claimwise("init", tmp_path / "mine")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "library.toml" in result.stdout
    assert f"claimwise library check --library {tmp_path / 'mine'}" in result.stdout
    checked = claimwise("library", "check", "--library", tmp_path / "mine", "--sources", tmp_path / "mine" / "texts")
    assert (checked.exit_code, "clean" in checked.stdout) == (0, True)
    report = json.loads(claimwise("report", "--library", tmp_path / "mine", "--format", "json").stdout)
    assert report["summary"]["claims"] == 2


def test_init_refuses_a_full_folder_with_one_line(claimwise: Invoke, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")
    result = claimwise("init", tmp_path)
    assert (result.exit_code, result.stdout) == (3, "")
    assert len(result.stderr.splitlines()) == 1
    assert _files(tmp_path) == ["thesis.txt"]


@pytest.mark.parametrize("name", ["a\0b", "x" * 300])
def test_a_name_that_can_be_no_folder_is_one_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(StorageError, match="cannot be written"):
        start_library(tmp_path / name)
    assert _files(tmp_path) == []


# The second library: another subject as data alone.


def test_the_second_library_is_clean() -> None:
    problems = check_library(library_paths(SECOND), today=parse_day("2026-11-22"), texts=SECOND / "texts")
    assert problems == []


def test_the_second_library_is_of_a_useful_size() -> None:
    collection = load_collection(library_paths(SECOND))
    assert 8 <= len(collection.library.studies) <= 20
    assert len(collection.propositions) >= 10


def _second() -> list[Proposition]:
    return list(load_collection(library_paths(SECOND)).propositions.values())


@pytest.mark.parametrize("proposition", _second(), ids=lambda proposition: proposition.id)
def test_every_proposition_shows_how_it_is_said_and_how_it_is_bent(proposition: Proposition) -> None:
    assert len(proposition.wordings) >= 5
    assert len(proposition.distortions) >= 3
    assert all(len(distortion.texts) >= 2 for distortion in proposition.distortions)


def test_a_work_of_which_only_the_abstract_was_seen_claims_no_more() -> None:
    library = load_collection(library_paths(SECOND)).library
    for key, study in library.studies.items():
        reference = library.references[key]
        if study.citation == "incomplete":
            assert (reference.doi, reference.pmid, reference.year, reference.authors) == (None, None, None, ())
        else:
            assert reference.doi
            assert reference.pmid
            assert reference.year
            assert reference.authors
        assert all(finding.locator not in ("", "not recorded") for finding in study.findings)


def test_the_labels_fit_the_page() -> None:
    labels = json.loads(PAGE.with_suffix(".labels.json").read_text(encoding="utf-8"))["labels"]
    text = PAGE.read_bytes().decode("utf-8")
    for label in labels:
        assert text[label["start"] : label["end"]] == label["sentence"]
        assert text.count("\n", 0, label["start"]) + 1 == label["line"] == label["end_line"]
    assert {"supported", "overstated", "contradicted", "vague", "unsupported"} <= {
        x["expected_verdict"] for x in labels
    }
    references = load_collection(library_paths(SECOND)).library.references
    assert {key for label in labels for key in label.get("fact_refs", ())} <= set(references)


def test_no_sentence_of_the_page_stands_in_the_library_it_is_judged_by() -> None:
    labels = json.loads(PAGE.with_suffix(".labels.json").read_text(encoding="utf-8"))["labels"]
    known = {
        text.strip().lower()
        for proposition in _second()
        for text in (
            proposition.statement,
            *(wording.text for wording in proposition.wordings),
            *(text for distortion in proposition.distortions for text in distortion.texts),
        )
    }
    assert not known & {label["sentence"].strip().lower() for label in labels}


def test_the_commands_work_on_the_second_library(claimwise: Invoke) -> None:
    checked = claimwise("check", PAGE, "--library", SECOND, "--format", "json", "--fail-on", "never")
    assert checked.exit_code == 0, checked.stderr
    assert json.loads(checked.stdout)["summary"]["claims"] > 10
    measured = claimwise("evaluate", SECOND / "pages", "--library", SECOND)
    assert (measured.exit_code, "25 labelled passages" in measured.stdout) == (0, True)
    conflicts = claimwise("conflicts", "--library", SECOND)
    assert "level below which deficiency begins" in conflicts.stdout
    found = claimwise("search", "bone", "--library", SECOND)
    assert "bone-density-unchanged-one-year" in found.stdout


def test_no_word_of_the_first_subject_stands_in_the_second_library() -> None:
    first = {"ketamine", "esketamine", "depression", "antidepressant", "infusion"}
    for path in (*SECOND.rglob("*"), *STARTER.rglob("*")):
        if path.is_file():
            words = set(path.read_text(encoding="utf-8").lower().split())
            assert not first & words, path


def test_the_docs_show_how_to_begin() -> None:
    for name in ("README.md", "docs/new-library.md"):
        assert "claimwise init" in (ROOT / name).read_text(encoding="utf-8")
    tomllib.loads((STARTER / "library.toml").read_text(encoding="utf-8"))
