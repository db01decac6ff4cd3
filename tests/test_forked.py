"""Documents looked at in forked processes: the same result whoever looks, and nothing lost with a process that dies."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from claims import forked
from claims.checking import CheckedDocument, Looked
from claims.documents import Document, read_document
from claims.forked import Forking
from tests.conftest import SMALL, Invoke

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="documents are looked at in forked processes on Linux")
APPROVED = "Ketamine is FDA approved for depression."
NOT_APPROVED = "The FDA has not approved ketamine for depression."


def documents(count: int, *, length: int = 3_000) -> list[Document]:
    """Documents of as many characters, in which no words are those of another."""
    texts = (" ".join(f"w{number}x{at}" for at in range(length // 6))[:length] for number in range(count))
    return [read_document(f"page-{number}.md", text.encode()) for number, text in enumerate(texts)]


def looked(document: Document) -> Looked:
    """What tells in which process a document was looked at."""
    done = CheckedDocument(path=document.path, sha256=str(os.getpid()), source=None, words=0, claims=())
    return Looked(checked=done, sayings=())


def processes_of(seen: Sequence[Looked]) -> set[str | None]:
    return {one.checked.sha256 for one in seen}


_IS_SAFE = forked._is_safe


@pytest.fixture(autouse=True)
def _four_cores_and_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forked, "cores", lambda: 4)
    monkeypatch.setattr(forked, "_is_safe", lambda: True)  # threads that other tests have left hold nothing here


def opened() -> None:
    """Nothing to open anew."""


def slowly(document: Document) -> Looked:
    """Leaves the others time to take a document, too."""
    signal.sigtimedwait([], 0.05)
    return looked(document)


def test_every_document_is_seen_once_by_several_processes() -> None:
    seen = Forking(opened, 3).look(documents(9), slowly)
    assert sorted(one.checked.path for one in seen) == [f"page-{number}.md" for number in range(9)]
    assert 1 < len(processes_of(seen)) <= 3


def test_beside_another_thread_no_fork_is_safe() -> None:
    done = threading.Event()
    waiting = threading.Thread(target=done.wait)
    waiting.start()
    try:
        assert not _IS_SAFE()
    finally:
        done.set()
        waiting.join()


def test_what_a_process_that_dies_has_left_is_done_here() -> None:
    parent = os.getpid()

    def deadly(document: Document) -> Looked:
        if os.getpid() != parent and document.path != "page-0.md":
            os.kill(os.getpid(), signal.SIGKILL)
        return slowly(document)

    seen = Forking(opened, 2).look(documents(6), deadly)
    assert [one.checked.path for one in seen] == [f"page-{number}.md" for number in range(6)]


def test_what_fails_is_told_by_this_process() -> None:
    def failing(document: Document) -> Looked:
        raise KeyError(document.path)

    with pytest.raises(KeyError):
        Forking(opened, 2).look(documents(4), failing)


def test_a_forked_process_opens_the_library_anew_and_this_one_does_not() -> None:
    parent, reopened = os.getpid(), []

    def seen_with(document: Document) -> Looked:
        assert bool(reopened) == (os.getpid() != parent)
        return slowly(document)

    assert len(Forking(lambda: reopened.append(os.getpid()), 2).look(documents(6), seen_with)) == 6
    assert not reopened


@pytest.mark.parametrize(
    ("given", "processes"),
    [
        (documents(1, length=60_000), 1),
        (documents(5, length=100), 1),
        (documents(2), 2),
        (documents(40), 4),
        ([*documents(1), *documents(1), *documents(1)], 1),  # the same three times
    ],
)
def test_as_many_processes_as_have_new_text_to_read(given: list[Document], processes: int) -> None:
    assert forked._paying(given, forked._batches(given)) == processes


class Parts:
    """The claims of a document of which each part is judged by saying in which process, and slowly."""

    def __init__(self) -> None:
        self.taken: dict[int, list[int]] = {}

    def judged(self, part: int, parts: int) -> list[int]:
        assert 0 <= part < parts
        signal.sigtimedwait([], 0.05)
        return [os.getpid()]

    def take(self, part: int, parts: int, judgements: list[int]) -> None:
        assert part < parts
        self.taken[part] = judgements


def test_a_document_that_would_leave_a_process_idle_is_judged_in_parts_and_looked_at_here() -> None:
    claims = Parts()
    seen = Forking(opened, 2).look(documents(3), slowly, lambda _: claims)  # type: ignore[arg-type,return-value]
    assert [one.checked.path for one in seen] == ["page-0.md", "page-1.md", "page-2.md"]
    assert seen[2].checked.sha256 == str(os.getpid())
    assert sorted(claims.taken) == [0, 1, 2, 3]


def test_a_part_that_a_process_left_when_it_died_is_not_waited_for() -> None:
    parent = os.getpid()

    class Deadly(Parts):
        def judged(self, part: int, parts: int) -> list[int]:
            if os.getpid() != parent:
                os.kill(os.getpid(), signal.SIGKILL)
            return super().judged(part, parts)

    claims = Deadly()
    assert len(Forking(opened, 2).look(documents(1), slowly, lambda _: claims)) == 1  # type: ignore[arg-type,return-value]
    assert set(claims.taken) < {0, 1, 2, 3}


def test_one_document_that_has_no_claims_to_part_is_looked_at_as_it_is() -> None:
    assert len(Forking(opened, 2).look(documents(1), slowly, lambda _: None)) == 1


@pytest.mark.parametrize(("length", "processes"), [(300, 1), (1_300, 2), (60_000, 4)])
def test_one_document_takes_as_many_processes_as_have_claims_of_it_to_judge(length: int, processes: int) -> None:
    given = documents(1, length=length)
    assert forked._paying(given, forked._batches(given), lambda _: None) == processes


def printed_by_several_as_by_one(path: Path | str, claimwise: Invoke, monkeypatch: pytest.MonkeyPatch) -> str:
    """What a check of the path prints, which several processes must print as one does."""
    words = ("check", path, "--library", SMALL, "--format", "json")
    forks: list[int] = []
    fork = os.fork
    monkeypatch.setattr(os, "fork", lambda: (forks.append(1), fork())[1])
    several, one = claimwise(*words), claimwise(*words, "--jobs", 1)
    assert forks
    assert (several.stdout, several.stderr, several.exit_code) == (one.stdout, one.stderr, one.exit_code)
    return one.stdout


def test_one_page_in_several_processes_prints_what_one_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, claimwise: Invoke
) -> None:
    page = tmp_path / "page.md"
    said = [f"{APPROVED[:-1]} in {year}. {NOT_APPROVED[:-1]} in {year}." for year in range(1990, 2020)]
    page.write_text("\n\n".join(said), encoding="utf-8")
    claimwise("library", "build", "--library", SMALL)
    assert '"claims"' in printed_by_several_as_by_one(page, claimwise, monkeypatch)


def test_one_core_is_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forked, "cores", lambda: 1)
    assert len(processes_of(Forking(opened).look(documents(8), slowly))) == 1


def test_a_check_in_several_processes_prints_what_one_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, claimwise: Invoke
) -> None:
    monkeypatch.chdir(tmp_path)
    for number in range(6):
        text = "\n\n".join([APPROVED if number % 2 else NOT_APPROVED, *(f"Word {number} {at}." for at in range(400))])
        Path(f"page-{number}.md").write_text(text, encoding="utf-8")
    claimwise("library", "build", "--library", SMALL)
    assert '"conflicts"' in printed_by_several_as_by_one(".", claimwise, monkeypatch)
