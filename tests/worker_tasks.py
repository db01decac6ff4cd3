"""What the worker processes of the tests do with an item: among other things, die of it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from claims.corpus.batches import make_checker
from claims.corpus.pages import Checked, Page
from claims.inputs import Listed
from claims.jobs import make_looker
from evidence.problems import StorageError


def obedient(folder: str) -> Callable[[str], object]:
    """A task that does as the item says; ``folder`` is where it notes what it was given."""

    def perform(item: str) -> object:
        (Path(folder) / item).open("a", encoding="utf-8").write("x")
        match item:
            case "die":
                os.kill(os.getpid(), signal.SIGKILL)
            case "die once":
                if len((Path(folder) / item).read_text(encoding="utf-8")) == 1:
                    os._exit(7)
            case "hang":
                time.sleep(600)
            case "fail":
                raise KeyError("no such thing")
            case "shout":
                os.write(1, b"this is not an answer")
        return item.upper()

    return perform


def impossible() -> Callable[[str], object]:
    raise StorageError("library.sqlite: not a usable snapshot")


def stillborn() -> Callable[[str], object]:
    os._exit(3)


def frail_looker(*arguments: object) -> Callable[[Listed], object]:
    """The task of ``check --jobs``, but for files that are called poison."""
    look = make_looker(*arguments)  # type: ignore[arg-type]

    def perform(file: Listed) -> object:
        if "poison" in file.name:
            os.kill(os.getpid(), signal.SIGKILL)
        return look(file)

    return perform


def frail_checker(snapshot: str) -> Callable[[Page], Checked]:
    """The task of ``corpus``, but for pages that are poison, which kill, hang or, the first time, die by chance."""
    check = make_checker(snapshot)
    once = Path(snapshot).with_name(".died-once")

    def perform(page: Page) -> Checked:
        match page.body.partition(b" ")[0]:
            case b"KILL":
                os.kill(os.getpid(), signal.SIGKILL)
            case b"HANG":
                time.sleep(600)
            case b"CHANCE" if not once.exists():
                once.touch()
                os.kill(os.getpid(), signal.SIGKILL)
        return check(page)

    return perform
