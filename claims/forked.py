"""Looks at documents in processes forked off this one, where that is safe and where it pays.

A forked process has the library and the engine as they stand, so it is at work within milliseconds. This process takes
its share too, and whatever a process that died has left. Documents are taken whole, but those that would leave
processes idle at the end: their claims are read before forking and judged in parts. The result never depends on who
looked at what. What the processes judged anew is handed to this one, which writes it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import struct
import sys
import threading
from collections.abc import Callable, Container, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from claims.ahead import WORTH_PARTING
from claims.worker_process import cores, receive, send

if TYPE_CHECKING:
    from claims.ahead import Ahead, GoAhead
    from claims.documents import Document
    from claims.kept_judgements import KeptJudgements
    from claims.kept_results import News
    from claims.looking import Look, Looked

_MOST: Final = 4  # processes; more are told to ``--jobs``
_WORTH: Final = 1_500  # characters of new text for which another process pays: some twenty milliseconds of judging
_JUDGED_BEFORE: Final = 10  # how many times as long as reading text judging it takes, which kept judgements save
_PARTS: Final = 2  # of a document for each process, as they are not done at the same time
_PLACES: Final = 8_192  # in the queue: as many of four bytes as a pipe takes at once
_PLACE: Final = struct.Struct("=I")

Batch = list[int]  # documents, by their places, that one process looks at one after the other
Task = tuple[int, int | None]  # a document to look at, or which part of its claims to judge
Do = Callable[[Task], object]
Found = tuple[Task, object, "News"]  # what became of a task, and what was judged anew for it


class Forking:
    """Looks at documents in ``processes``, or in as many as pay off; ``reopen`` is called in each that is forked off,
    which must not share a connection with this one. ``kept`` has judgements of earlier runs."""

    def __init__(
        self, reopen: Callable[[], None], processes: int | None = None, kept: KeptJudgements | None = None
    ) -> None:
        self._reopen = reopen
        self._processes = processes
        self._kept = kept

    def look(self, documents: Sequence[Document], look: Look, ahead: GoAhead | None = None) -> list[Looked]:
        """What ``look`` sees in each document, in no order. Raises what it raises.

        ``ahead`` has the claims of a document that may be judged before it is looked at.
        """
        kept = self._kept
        known = frozenset(at for at, document in enumerate(documents) if kept and kept.has(document))
        batches = _batches(documents, known)
        wanted = _paying(documents, batches, ahead, known) if self._processes is None else self._processes
        if wanted == 1 or not _is_safe():
            return [look(document) for document in documents]
        begun = _begun(documents, batches, wanted, ahead, known)
        parts = _PARTS * wanted

        def do(task: Task) -> object:
            at, part = task
            return look(documents[at]) if part is None else begun[at].judged(part, parts)

        tasks: list[list[Task]] = [[(at, None) for at in batch] for batch in batches if batch[0] not in begun]
        tasks += [[(at, part)] for at in begun for part in range(parts)]
        if len(tasks) == 1:  # all of its claims were kept
            return [look(document) for document in documents]
        done = self._done(tasks, wanted, do)
        for at, part in done:
            if part is not None:
                begun[at].take(part, parts, done[at, part])
        return [done[at, None] if (at, None) in done else look(document) for at, document in enumerate(documents)]

    def _done(self, tasks: Sequence[list[Task]], processes: int, do: Do) -> dict[Task, Any]:
        """What was done by this process and the others, all but what one that died has left."""
        done: dict[Task, Any] = {}
        queue = _queue(len(tasks))
        helpers: list[_Helper] = []
        try:
            with contextlib.suppress(OSError):  # no more processes, or no memory for them: those that there are do it
                for _ in range(processes - 1):
                    helpers.append(_Helper(lambda: self._work(queue, tasks, do)))  # noqa: PERF401
            for helper in helpers:  # when all are forked: none of them may have a thread beside it
                helper.begin()
            for task in _taken(queue, tasks):
                done[task] = do(task)
            for helper in helpers:
                done |= helper.done()
                if self._kept:
                    self._kept.results.take(helper.news)
        finally:
            os.close(queue)
            for helper in helpers:
                helper.end()
        return done

    def _work(self, queue: int, tasks: Sequence[list[Task]], do: Do) -> Iterator[Found]:
        parent = os.getppid()
        self._reopen()
        if self._kept:
            self._kept.results.reopen()
        for task in _taken(queue, tasks):
            if os.getppid() != parent:
                return  # nobody waits any more
            yield task, do(task), self._kept.results.handed_over() if self._kept else []


class _Helper:
    """A forked process at work, and a thread that reads what it finds."""

    def __init__(self, work: Callable[[], Iterator[Found]]) -> None:
        inlet, outlet = os.pipe()
        try:
            self._process = os.fork()
        except OSError:
            os.close(inlet)
            os.close(outlet)
            raise
        if self._process == 0:
            _serve(outlet, work)
        os.close(outlet)
        self._done: dict[Task, Any] = {}
        self.news: News = []
        self._reading = threading.Thread(target=self._read, args=(os.fdopen(inlet, "rb"),), daemon=True)

    def begin(self) -> None:
        """Reads from now on what it finds."""
        self._reading.start()

    def done(self) -> dict[Task, Any]:
        """What it did, all of it or what it could tell before it died. Waits for its end."""
        self._reading.join()
        return self._done

    def end(self) -> None:
        """Ends it, at once if it is still at work."""
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            os.kill(self._process, signal.SIGKILL)
            os.waitpid(self._process, 0)

    def _read(self, pipe: BinaryIO) -> None:
        with pipe, contextlib.suppress(EOFError, OSError):
            while True:
                found: Any = receive(pipe)
                self._done[found[0]] = found[1]
                self.news += found[2]


def _serve(outlet: int, work: Callable[[], Iterator[Found]]) -> None:
    """The whole life of a forked process. What fails here is done again, and told, by the one that forked it."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        with os.fdopen(outlet, "wb") as pipe:
            for found in work():
                send(pipe, found)
    finally:
        os._exit(0)  # nothing of this process is flushed, closed or told twice


def _batches(documents: Sequence[Document], known: Container[int] = ()) -> list[Batch]:
    """Documents of the same bytes together, as they are judged once; the longest first, as they end last. ``known``
    are those whose judgements were kept."""
    same: dict[int, Batch] = {}
    for at, document in enumerate(documents):
        same.setdefault(id(document.segments), []).append(at)
    return sorted(same.values(), key=lambda batch: (batch[0] in known, -len(documents[batch[0]].text)))


def _paying(
    documents: Sequence[Document],
    batches: Sequence[Batch],
    ahead: GoAhead | None = None,
    known: Container[int] = (),
) -> int:
    """How many processes pay off: as long as one more takes new text off the others.

    What documents repeat is judged once in a process, so that it is no gain to have it judged in several.
    """
    most = min(_MOST, cores())
    if len(batches) == 1 and ahead:
        return max(1, min(most, _new_text(documents, batches, known) // WORTH_PARTING))
    most = min(most, len(batches))
    whole = 0
    for processes in range(1, most + 1):
        longest = max(_new_text(documents, batches[at::processes], known) for at in range(processes))
        if processes > 1 and whole - longest < _WORTH:
            return processes - 1
        whole = longest
    return max(1, most)


def _begun(
    documents: Sequence[Document],
    batches: Sequence[Batch],
    processes: int,
    ahead: GoAhead | None,
    known: Container[int],
) -> dict[int, Ahead]:
    """The documents that are left when all processes have taken as many, read so that their claims can be parted."""
    left = batches[len(batches) - len(batches) % processes :] if ahead else ()
    found = {}
    for batch in left:
        if ahead and _new_text(documents, [batch], known) >= WORTH_PARTING:
            claims = ahead(documents[batch[0]])
            if claims:
                found[batch[0]] = claims
    return found


def _new_text(documents: Sequence[Document], batches: Sequence[Batch], known: Container[int]) -> int:
    """Characters of all different segments; of documents that are ``known``, by what is left to do."""
    texts: dict[bool, set[str]] = {True: set(), False: set()}
    for batch in batches:
        texts[batch[0] in known].update(segment.text for segment in documents[batch[0]].segments)
    return sum(map(len, texts[False])) + sum(map(len, texts[True])) // _JUDGED_BEFORE


def _is_safe() -> bool:
    """Whether a fork has all that this process has: there is no other thread whose locks it would hold for ever."""
    if sys.platform != "linux" or threading.active_count() > 1:
        return False
    try:
        return len(list(Path("/proc/self/task").iterdir())) == 1  # those of libraries too
    except OSError:
        return False


def _queue(tasks: int) -> int:
    """A pipe with a place for each list of tasks, or for several; reading one takes it."""
    inlet, outlet = os.pipe()
    os.write(outlet, b"".join(map(_PLACE.pack, range(min(tasks, _PLACES)))))
    os.close(outlet)
    return inlet


def _taken(queue: int, tasks: Sequence[list[Task]]) -> Iterator[Task]:
    """The tasks that fall to the process that asks."""
    while place := os.read(queue, _PLACE.size):
        for several in tasks[_PLACE.unpack(place)[0] :: _PLACES]:
            yield from several
