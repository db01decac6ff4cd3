"""Hands items to worker processes and hands back an answer for each, whatever becomes of the processes.

A worker that dies is replaced; the item it had is tried once more, alone in a new one, and given up when that dies
too. An item that takes longer than it may ends its worker and is given up. The others never notice.
"""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from types import TracebackType
from typing import Final, TypeVar

import msgspec

from claims.worker_process import Answer, Order, receive, send
from evidence.problems import ClaimwiseError, StorageError

_STARTS: Final = 3  # times a worker may die before it is ready
_LOOK: Final = 0.2  # seconds between two looks at the clock
_COMMAND: Final = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from claims.worker_process import main; main()"
)

T = TypeVar("T")
R = TypeVar("R")


class Lost(msgspec.Struct, frozen=True, kw_only=True):
    """An item without an answer: its worker died, it took too long, or it failed; ``reason`` is one line."""

    status: str  # died, timed-out, failed
    reason: str


class Attendant:
    """Keeps one worker process at work. For one thread; use as a context manager, which ends the process."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._worker: _Worker | None = None
        self._closed = threading.Event()
        self._lock = threading.Lock()

    def __enter__(self) -> Attendant:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Ends the process for good; whoever waits for answers gets an error. May be called from another thread."""
        with self._lock:
            self._closed.set()
        self._stop()

    def _stop(self) -> None:
        with self._lock:
            worker, self._worker = self._worker, None
        if worker is not None:
            worker.stop()

    def answers(self, items: Sequence[object]) -> list[object]:
        """What the task gives for each item, in order; ``Lost`` where it gives nothing.

        Raises what making the task raises (a library that cannot be opened), StorageError when no worker starts.
        """
        done: list[object] = []
        tried = -1
        while len(done) < len(items):
            begun = len(done)
            # What killed one worker is tried alone.
            batch = items[begun : begun + 1] if begun == tried else items[begun:]
            worker = self._running()
            try:
                for answer in worker.answers(batch):
                    done.append(_value(answer))  # noqa: PERF401 - what came before an error is kept
            except (EOFError, OSError):
                self._stop()
                if worker.timed_out:
                    done.append(
                        Lost(status="timed-out", reason=f"took longer than {self._order.seconds:g} s: given up")
                    )
                elif len(done) == tried:
                    done.append(Lost(status="died", reason=f"ended the process that read it, twice ({worker.end})"))
                else:
                    tried = len(done)
        return done

    def _running(self) -> _Worker:
        end = ""
        for _ in range(_STARTS):
            if self._worker is not None:
                return self._worker
            if self._closed.is_set():
                break
            worker = _Worker(self._order)
            try:
                worker.begin()
            except (EOFError, OSError):
                worker.stop()
                end = worker.end
            except ClaimwiseError:
                worker.stop()
                raise
            else:
                with self._lock:
                    if not self._closed.is_set():
                        self._worker = worker
                        return worker
                worker.stop()
        raise StorageError("stopped" if self._closed.is_set() else f"a worker process ends before it is ready ({end})")


def _value(answer: Answer) -> object:
    return answer.value if answer.failed is None else Lost(status="failed", reason=answer.failed)


def in_turn(items: Iterable[T], perform: Callable[[Attendant, T], R], order: Order, jobs: int) -> Iterator[R]:
    """``perform(attendant, item)`` for every item, ``jobs`` at a time, in the order in which they are done.

    Items are taken as they are needed. The first error ends it all, workers included.
    """
    idle: list[Attendant] = []
    every: list[Attendant] = []
    lock = threading.Lock()

    def run(item: T) -> R:
        with lock:
            attendant = idle.pop() if idle else Attendant(order)
            if attendant not in every:
                every.append(attendant)
        try:
            return perform(attendant, item)
        finally:
            with lock:
                idle.append(attendant)

    source = iter(items)
    waiting: set[Future[R]] = set()
    with ThreadPoolExecutor(jobs) as threads:
        try:
            while True:
                while len(waiting) < 2 * jobs and (item := next(source, _END)) is not _END:
                    waiting.add(threads.submit(run, item))  # type: ignore[arg-type]
                if not waiting:
                    break
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for future in done:
                    yield future.result()
        finally:
            for future in waiting:
                future.cancel()
            with lock:
                for attendant in every:
                    attendant.close()


_END: Final = object()


class _Worker:
    """One process, from its start to its end."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self.timed_out = False
        self._ended = False  # by the watch
        self._since: float | None = None
        self._process = subprocess.Popen(  # noqa: S603 - this interpreter and our own text
            [sys.executable, "-c", _COMMAND, json.dumps(sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._stopped = threading.Event()
        if order.seconds is not None:
            threading.Thread(target=self._watch, args=(order.seconds,), daemon=True).start()

    @property
    def end(self) -> str:
        """How the process ended, in a few words."""
        code = self._process.wait()
        if code >= 0:
            return f"exit code {code}"
        with contextlib.suppress(ValueError):
            return f"killed by {signal.Signals(-code).name}"
        return f"killed by signal {-code}"

    def begin(self) -> None:
        """Makes the task. Raises what that raises, EOFError when the process ends instead."""
        assert self._process.stdin is not None and self._process.stdout is not None
        send(self._process.stdin, self._order)  # type: ignore[arg-type]
        problem = receive(self._process.stdout)  # type: ignore[arg-type]
        if isinstance(problem, ClaimwiseError):
            raise problem
        if isinstance(problem, OSError):
            raise StorageError(f"{problem.filename}: {problem.strerror}")

    def answers(self, items: Sequence[object]) -> Iterator[Answer]:
        """An answer for each item. Raises EOFError or OSError when the process ends before the last."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._since = time.monotonic()
        send(self._process.stdin, list(items))  # type: ignore[arg-type]
        for _ in items:
            self._since = since = time.monotonic()
            try:
                answer = receive(self._process.stdout)  # type: ignore[arg-type]
            except (EOFError, OSError):
                limit = self._order.seconds
                # The answer before may have come just as the process was ended for it.
                self.timed_out = self._ended and limit is not None and time.monotonic() - since >= limit
                raise
            self._since = None
            assert isinstance(answer, Answer)
            yield answer

    def stop(self) -> None:
        """Ends the process, at once."""
        self._stopped.set()
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()

    def _watch(self, seconds: float) -> None:
        while not self._stopped.wait(min(_LOOK, seconds / 4)):
            since = self._since
            if since is not None and time.monotonic() - since > seconds:
                self._ended = True
                self._process.kill()
                return
