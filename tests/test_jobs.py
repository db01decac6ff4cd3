"""``check --jobs N``: the same bytes for any N, and no document that keeps the others from being checked."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.conftest import SMALL, TEXTS, Invoke

APPROVED = "Ketamine is FDA approved for depression.\n"
NOT_APPROVED = "The FDA has not approved ketamine for depression.\n"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, claimwise: Invoke) -> Path:
    """Pages that contradict each other, names that need a number, a registered text, and files that cannot be read."""
    claimwise("library", "build", "--library", SMALL)
    folder = tmp_path / "site"
    shutil.copytree(TEXTS, folder / "texts")
    for number in range(6):
        (folder / f"part-{number}").mkdir()
        text = APPROVED if number % 2 else NOT_APPROVED
        (folder / f"part-{number}" / "index.md").write_text(f"# Page {number}\n\n{text}", encoding="utf-8")
    (folder / "broken.txt").write_bytes(b"%PDF-1.7 not text")
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize("format", ["json", "text", "html"])
def test_any_number_of_processes_gives_the_same_bytes(site: Path, claimwise: Invoke, format: str) -> None:
    words = ("check", ".", "-", "missing.md", "--library", SMALL, "--against-sources", "--format", format)
    alone, two, many = (claimwise(*words, "--jobs", n, stdin=APPROVED.encode()) for n in (1, 2, 5))
    assert alone.stdout == two.stdout == many.stdout
    assert alone.stderr == two.stderr == many.stderr
    assert alone.exit_code == two.exit_code == many.exit_code == 1
    if format == "json":
        found = json.loads(alone.stdout)
        assert found["conflicts"]
        assert "index.2-c01" in {claim["id"] for document in found["documents"] for claim in document["claims"]}


def test_a_document_that_ends_its_process_is_told_and_the_others_are_checked(
    site: Path, claimwise: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claims.jobs.LOOKER", ("tests.worker_tasks", "frail_looker"))
    Path("poison.md").write_text(APPROVED, encoding="utf-8")
    result = claimwise("check", "part-0", "poison.md", "part-2", "--library", SMALL, "--jobs", 2, "--format", "json")
    assert result.exit_code == 2
    assert result.stderr == ("claimwise: poison.md: ended the process that read it, twice (killed by SIGKILL)\n")
    documents = json.loads(result.stdout)["documents"]
    assert [len(document["claims"]) for document in documents] == [1, 1, 0]


def test_less_than_one_process_is_a_wrong_use(claimwise: Invoke) -> None:
    assert claimwise("check", "x.md", "--jobs", 0).exit_code != 0
