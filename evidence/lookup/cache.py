"""Answers of services kept in the user's cache folder, each with the moment it was given.

A damaged entry is an absent one, and a folder that cannot be written only means asking again.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
from pathlib import Path

import msgspec

from evidence.files import write_atomically
from evidence.problems import StorageError


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kept answer. ``body`` is ``None`` when the service answered that it has no such record.

    ``question`` is kept to see that the file holds the answer to this question and no other.
    """

    question: str
    asked: dt.datetime
    body: str | None


class Cache:
    """Kept answers by question, one file each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, question: str) -> Entry | None:
        """The kept answer, of whatever age; ``None`` when there is none that is sound."""
        try:
            entry = msgspec.json.decode(self._place(question).read_bytes(), type=Entry)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None
        return entry if entry.question == question and entry.asked.tzinfo else None

    def keep(self, entry: Entry) -> None:
        """Keeps an answer in place of an older one."""
        place = self._place(entry.question)
        with contextlib.suppress(OSError, StorageError):
            place.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(place, msgspec.json.encode(entry).decode())

    def _place(self, question: str) -> Path:
        name = hashlib.sha256(question.encode("utf-8", "surrogatepass")).hexdigest()
        return self._folder / name[:2] / f"{name[2:34]}.json"
