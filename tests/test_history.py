"""How a record changed over time: ``show --history`` over a library in a git repository."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.history import compared
from tests.conftest import SMALL, Invoke
from tests.test_old_copy import git

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
ALL = Path("library/propositions/all.toml")
Past = Callable[[str], dict[str, Any]]


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with the small library committed, as the working directory."""
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    shutil.copytree(SMALL, tmp_path / "kept" / "library")
    monkeypatch.chdir(tmp_path / "kept")
    git("init")
    git("add", ".")
    git("commit", "-m", "the library as it began")
    return Path("library")


@pytest.fixture
def past(claimwise: Invoke) -> Past:
    def ask(key: str) -> dict[str, Any]:
        done = claimwise("show", key, "--history", "--library", "library", "--format", "json")
        assert done.exit_code == 0, done.stderr
        history: dict[str, Any] = json.loads(done.stdout)["history"]
        return history

    return ask


def edit(path: Path, old: str, new: str, message: str | None) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    if message:
        git("commit", "-am", message)


def test_a_review_is_told_with_what_it_changed_and_other_records_are_not(kept: Path, past: Past) -> None:
    edit(ALL, "reviewed = 2026-11-22", "reviewed = 2026-11-23", "reviewed after the new trial")
    edit(kept / "propositions" / "safety.toml", "reviewed = 2026-11-22", "reviewed = 2026-11-24", "another record")
    first, second = past("response-24h")["changes"]
    assert first["subject"] == "the library as it began"
    assert (second["subject"], second["author"]) == ("reviewed after the new trial", "Ann Example")
    assert second["fields"] == [{"field": "reviewed", "was": "2026-11-22", "now": "2026-11-23"}]


def test_what_is_not_committed_is_the_last_change(kept: Path, past: Past) -> None:
    edit(ALL, "reviewed = 2026-11-22", "reviewed = 2026-11-24", None)
    last = past("response-24h")["changes"][-1]
    assert (last["commit"], last["subject"]) == (None, "not committed yet")
    assert last["fields"] == [{"field": "reviewed", "was": "2026-11-22", "now": "2026-11-24"}]


def test_a_record_that_moves_to_another_file_keeps_its_history(kept: Path, past: Past) -> None:
    text = ALL.read_text(encoding="utf-8")
    (kept / "propositions" / "moved.toml").write_text(text, encoding="utf-8")
    ALL.unlink()
    git("add", "-A")
    git("commit", "-m", "moved")
    history = past("response-24h")
    assert [change["subject"] for change in history["changes"]] == ["the library as it began"]
    assert history["files"] == ["library/propositions/all.toml", "library/propositions/moved.toml"]


def test_a_study_tells_of_its_findings_its_entry_and_what_the_services_said(kept: Path, past: Past) -> None:
    edit(kept / "studies" / "Zarate2006.toml", "n = 18", "n = 17", "counted again")
    edit(kept / "references.bib", "{2006}", "{2007}", "the year")
    (kept / "verification.toml").write_text(
        '[[verifications]]\nkey = "Zarate2006"\nchecked = 2026-11-22\nstate = "agrees"\nsources = ["pubmed"]\n',
        encoding="utf-8",
    )
    git("add", ".")
    git("commit", "-m", "asked")
    changed = {c["subject"]: [f["field"] for f in c["fields"]] for c in past("Zarate2006")["changes"][1:]}
    assert changed["asked"] == ["verification"]
    assert changed["the year"] == ["bibliography"]
    assert changed["counted again"] == ["n"]


@pytest.mark.parametrize(
    ("key", "kind"), [("a-001", "claim"), ("a", "source"), ("iv", "concept"), ("Zarate2006.1", "")]
)
def test_every_kind_of_record_with_a_text_has_a_beginning(kept: Path, past: Past, key: str, kind: str) -> None:
    (only,) = past(key)["changes"]
    assert only["fields"], kind
    assert all(field["was"] is None for field in only["fields"])


def test_people_read_commit_day_and_field(kept: Path, claimwise: Invoke) -> None:
    edit(ALL, "reviewed = 2026-11-22", "reviewed = 2026-11-23", "reviewed after the new trial")
    told = claimwise("show", "response-24h", "--history", "--library", "library").stdout
    assert "reviewed after the new trial (Ann Example)" in told
    assert "reviewed: 2026-11-22 → 2026-11-23" in told
    assert "2 changes in library/propositions/all.toml" in told


def test_without_the_option_git_is_not_asked(claimwise: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    done = claimwise("show", "response-24h", "--library", SMALL, "--format", "json")
    assert (done.exit_code, json.loads(done.stdout)["history"]) == (0, None)


def test_a_library_that_no_repository_keeps_is_told_in_one_line(claimwise: Invoke, library: Path) -> None:
    done = claimwise("show", "response-24h", "--history", "--library", library)
    assert (done.exit_code, done.stdout) == (3, "")
    assert "no git repository keeps these files" in done.stderr.splitlines()[-1]


def test_a_library_in_a_repository_that_does_not_keep_it_has_none(claimwise: Invoke, kept: Path) -> None:
    git("rm", "-r", "--cached", "library")
    git("commit", "-m", "not kept any more")
    done = claimwise("show", "response-24h", "--history", "--library", "library")
    assert (done.exit_code, "no git repository keeps" in done.stderr) == (3, True)


def test_a_version_that_could_not_be_read_is_passed_over(kept: Path, past: Past) -> None:
    whole = ALL.read_text(encoding="utf-8")
    ALL.write_text(whole + "\n[[broken", encoding="utf-8")
    git("commit", "-am", "broken")
    ALL.write_bytes(b"\xff\xfe" + whole.encode("utf-16-le"))
    git("commit", "-am", "not UTF-8")
    ALL.write_text(whole, encoding="utf-8")
    git("commit", "-am", "mended")
    subjects = [change["subject"] for change in past("response-24h")["changes"]]
    assert subjects[0] == "the library as it began"
    assert "broken" not in subjects


def test_a_shallow_clone_says_that_more_may_lie_before(
    kept: Path, past: Past, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(ALL, "reviewed = 2026-11-22", "reviewed = 2026-11-23", "reviewed")
    git("clone", "--depth", "1", Path.cwd().as_uri(), str(tmp_path / "shallow"))
    monkeypatch.chdir(tmp_path / "shallow")
    history = past("response-24h")
    assert (len(history["changes"]), history["complete"]) == (1, False)


_values = st.recursive(st.none() | st.integers() | st.text(max_size=3), lambda v: st.lists(v, max_size=3), max_leaves=5)
_records = st.none() | st.dictionaries(st.sampled_from("abc"), _values.filter(lambda v: v is not None), max_size=3)


@given(_records, _records)
def test_a_comparison_names_exactly_the_fields_that_differ(
    before: dict[str, object] | None, after: dict[str, object] | None
) -> None:
    old, new = before or {}, after or {}
    assert {change.field for change in compared(before, after)} == {
        field for field in {*old, *new} if old.get(field) != new.get(field)
    }
