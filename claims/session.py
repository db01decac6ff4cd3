"""What every command does before and after its work: open the library, check the words given, know the terminal.

The only module of the package that looks at the terminal and the clock; everything else is given what it needs.
"""

from __future__ import annotations

import datetime as dt
import io
import os
import shutil
import sqlite3
import sys
from collections.abc import Collection as Words
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from claims.reporters.layout import Screen
from claims.snapshot import connect, snapshot_of
from evidence.paths import LibraryPaths, library_paths
from evidence.problems import ClaimwiseError, LibraryError, StorageError, UsageError

__all__ = [
    "LibraryPaths",
    "environment",
    "explain",
    "library_paths",
    "library_snapshot",
    "open_library",
    "parse_day",
    "require_kind",
    "require_known",
    "say",
    "show_count",
    "show_tally",
    "standard_input",
    "this_moment",
    "this_screen",
]


PROBLEMS_SHOWN: Final = 20
_LONG_STEPS: Final = {
    "reading the library's files": "building the library snapshot (once after each change of its files)",
    "reading the database": "copying the library from its database (once after each change there)",
}


class Told(NamedTuple):
    """What to say of an error, one line each, and the exit code."""

    lines: list[str]
    exit_code: int


def explain(error: Exception) -> Told | None:
    """What to tell the user of an error that a user can cause; ``None`` for any other, which is ours to mend."""
    match error:
        case LibraryError(problems=problems):
            lines = [str(problem) for problem in problems[:PROBLEMS_SHOWN]]
            if len(problems) > PROBLEMS_SHOWN:
                lines.append(f"… and {len(problems) - PROBLEMS_SHOWN} more; 'claimwise library check' lists all")
            return Told(lines, error.exit_code)
        case ClaimwiseError():
            return Told([str(error)], error.exit_code)
        case UnicodeEncodeError():
            return Told(["an argument is not valid UTF-8"], UsageError.exit_code)
        case sqlite3.Error():
            return Told([f"the question cannot be put to the snapshot: {error}"], StorageError.exit_code)
        case OSError():
            where = f"{error.filename}: " if error.filename else "the output cannot be written: "
            return Told([f"{where}{error.strerror}"], StorageError.exit_code)
        case _:
            return None


def open_library(place: str | Path | None) -> sqlite3.Connection:
    """The snapshot of the library in a folder or database (``None``: the packaged one), built first if need be."""
    return connect(snapshot_of(place, progress=show_progress))


def library_snapshot(place: str | Path | None) -> Path:
    """The file of that snapshot, for processes that open it themselves."""
    return snapshot_of(place, progress=show_progress)


def show_progress(step: str) -> None:
    """Each step of a build on a terminal, overwritten in place; one line where nobody watches."""
    if sys.stderr.isatty():
        text = "" if step == "done" else f"building the library: {step} …"
        sys.stderr.write(f"\r\x1b[2K{text}")
        sys.stderr.flush()
    elif step in _LONG_STEPS:
        sys.stderr.write(f"{_LONG_STEPS[step]}\n")


def show_count(what: str, done: int, total: int) -> None:
    """How far a long run has come, overwritten in place on a terminal; nothing where nobody watches."""
    if sys.stderr.isatty():
        text = "" if done == total else f"{what}: {done} of {total} …"
        sys.stderr.write(f"\r\x1b[2K{text}")
        sys.stderr.flush()


def show_tally(what: str, done: int) -> None:
    """How far a run of unknown length has come, overwritten in place on a terminal; nothing where nobody watches."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[2K{what}: {done:,} …")
        sys.stderr.flush()


def say(line: str) -> None:
    """One line to whoever started the command, at once."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def environment() -> Mapping[str, str]:
    """The environment variables, for settings."""
    return os.environ


def this_screen() -> Screen:
    """The terminal that standard output goes to; no colour when piped or when NO_COLOR is set."""
    colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
    return Screen(width=shutil.get_terminal_size((100, 24)).columns, colour=colour)


def standard_input() -> BinaryIO:
    """The bytes of standard input; none when the caller closed it."""
    return sys.stdin.buffer if sys.stdin is not None else io.BytesIO()


def require_known(what: str, given: list[str] | None, known: Words[str]) -> tuple[str, ...]:
    """The words given, none as an empty tuple. Raises UsageError for a word that is not ``known``."""
    for word in given or ():
        if word not in known:
            raise UsageError(f"unknown {what} '{word}'; use one of {', '.join(known)}")
    return tuple(given or ())


def require_kind(connection: sqlite3.Connection, key: str) -> str:
    """The kind of record that has this id. Raises UsageError with the nearest ids when there is none."""
    from claims.query import close_ids, kind_of

    kind = kind_of(connection, key)
    if kind is None:
        near = close_ids(connection, key)
        hint = f"did you mean {', '.join(near)}?" if near else "'claimwise search' finds ids"
        raise UsageError(f"no record has the id '{key}'; {hint}")
    return kind


def this_moment() -> dt.datetime:
    """The time, for what is dated when it is written."""
    return dt.datetime.now(dt.UTC)


def parse_day(text: str | None) -> dt.date:
    """A date written as YYYY-MM-DD; today (UTC) for ``None``. Raises UsageError for anything else."""
    try:
        return dt.date.fromisoformat(text) if text else dt.datetime.now(dt.UTC).date()
    except ValueError:
        raise UsageError(f"'{text}' is not a date; write it as YYYY-MM-DD") from None
