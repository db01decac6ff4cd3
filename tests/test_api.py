"""The public API: what it returns, what it raises, what importing it costs, and the examples of its page."""

from __future__ import annotations

import doctest
import subprocess
import sys
from pathlib import Path

import pytest

import claims
from claims import check
from evidence import Library, LibraryError, StorageError, UsageError
from tests.conftest import SMALL, TEXTS, edit

ROOT = Path(__file__).resolve().parent.parent
APPROVED = "Ketamine is FDA approved for depression."


def test_a_text_is_checked() -> None:
    result = check(APPROVED, library=SMALL)
    (claim,) = result.documents[0].claims
    assert (claim.verdict, claim.text, result.exit_code()) == ("contradicted", APPROVED, 1)


def test_a_file_and_a_folder_are_checked() -> None:
    (page,) = check(TEXTS / "page-b.txt", library=str(SMALL)).documents
    assert (page.source, len(page.claims)) == ("b", 4)
    assert len(check(TEXTS, library=SMALL).documents) == 2
    assert check(TEXTS / "page-b.txt", library=SMALL, blind=True).documents[0].source is None


def test_the_same_text_gives_the_same_result() -> None:
    assert check(APPROVED, library=SMALL) == check(APPROVED, library=SMALL)


def test_a_changed_library_is_seen(library: Path) -> None:
    assert (
        check(APPROVED, library=library).documents[0].claims[0].reason == "the FDA has approved it for anaesthesia only"
    )
    edit(library / "propositions" / "all.toml", "for anaesthesia only", "to put people to sleep")
    assert (
        check(APPROVED, library=library).documents[0].claims[0].reason
        == "the FDA has approved it to put people to sleep"
    )


def test_the_name_of_a_file_is_not_taken_for_a_text() -> None:
    with pytest.raises(UsageError, match=r"pass pathlib.Path\('draft.md'\)"):
        check("draft.md", library=SMALL)


def test_nothing_to_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="no such file or folder"):
        check(tmp_path / "gone.md", library=SMALL)
    with pytest.raises(UsageError, match="holds no library"):
        check(APPROVED, library=tmp_path)


def test_what_is_left_unchecked_is_said(tmp_path: Path) -> None:
    (tmp_path / "good.md").write_text(APPROVED, encoding="utf-8")
    (tmp_path / "bad.txt").write_bytes(b"\0")
    assert check(tmp_path, library=SMALL).summary.unchecked == 1


def test_an_unknown_name_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        _ = claims.nonsense
    assert all(getattr(claims, name) for name in claims.__all__)


def test_a_library_is_opened_and_read() -> None:
    library = Library.open(SMALL)
    assert library.finding("Murrough2013a.1") is library.study("Murrough2013a").findings[0]
    assert library.reference("Zarate2006").key == "Zarate2006"
    with pytest.raises(KeyError):
        library.finding("Nobody1900.1")


def test_a_broken_library_is_not_opened(library: Path) -> None:
    (library / "studies" / "Zarate2006.toml").write_text("bibkey = ", encoding="utf-8")
    with pytest.raises(LibraryError):
        Library.open(library)


def test_importing_the_packages_is_cheap() -> None:
    code = (
        "import sys, claims, evidence\n"
        "heavy = {'claims.checking', 'ahocorasick_rs', 'sentencex', 'rapidfuzz', 'sqlmodel', 'bibtexparser'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr


def test_the_examples_of_the_page_are_true(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    failed, tried = doctest.testfile(str(ROOT / "docs" / "api.md"), module_relative=False, encoding="utf-8")
    assert (failed, tried > 5) == (0, True)
