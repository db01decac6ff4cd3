"""Keeps results of earlier runs in the cache folder: short records, each by the hash of all that it depends on.

One SQLite file for all libraries, because processes that run at once each add a little to it: a file written whole
would cost more the more is kept, and the last to rename it would drop what the others found. SQLite's journal undoes
what a killed process began. All of it only saves time: nothing is synced to the disk, nobody waits long for a lock, and
whatever is wrong with the file, it is as if nothing had been kept. A file that is damaged, or not ours, is begun anew
when there is something to write.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

FILE_NAME: Final = "judgements.sqlite"
_MOST: Final = 45_000_000  # bytes, of some 45,000 records; the oldest quarter makes room, as rows are numbered in turn
_OLDEST: Final = "DELETE FROM kept WHERE number <= (SELECT (3 * min(number) + max(number)) / 4 FROM kept)"
_LARGEST: Final = 8_000  # bytes of a record; none is as long, or it is not kept
_HELD: Final = 4_000  # new records that are held until they are written
_OURS: Final = 0x434C4A31  # the file's application id, with the version of its table
_PATIENCE: Final = 0.2  # seconds to wait for another process that writes
_TAIL: Final = 8  # bytes of a key that stand before its record, so that a damaged index passes off no other
# What reading damaged bytes raises; of them sqlite3 makes names, messages and sizes, too.
_UNSOUND: Final = (sqlite3.Error, zlib.error, UnicodeError, TypeError, MemoryError)

News = list[tuple[bytes, bytes]]  # keys with what is stored for them


class KeptResults:
    """Records of earlier runs, and those that are new in this one. Keys have 16 bytes. Nothing here raises."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE_NAME
        self._new: dict[bytes, bytes] = {}
        self._before: list[sqlite3.Connection | None] = []
        self._connection = self._opened()

    def reopen(self) -> None:
        """For a process that was forked off: a connection of its own, and nothing new. The one before is left as it
        is, for the process that opened it to close."""
        self._before.append(self._connection)
        self._connection = self._opened()
        self._new = {}

    @property
    def is_there(self) -> bool:
        """Whether earlier runs kept anything."""
        return self._connection is not None

    def get(self, key: bytes) -> bytes | None:
        """What an earlier run kept under a key; ``None`` when it kept nothing, or it is not sound."""
        if self._connection is None:
            return None
        # Locked, of another table, damaged: then what is judged anew comes in its place, or cannot and the file goes.
        with contextlib.suppress(*_UNSOUND):
            row = self._connection.execute("SELECT record FROM kept WHERE key = ?", (key,)).fetchone()
            if row and row[0][:_TAIL] == key[-_TAIL:]:
                return zlib.decompress(row[0][_TAIL:])  # which has a checksum
        return None

    def keep(self, key: bytes, record: bytes) -> None:
        """Has a record written with the next ones."""
        stored = key[-_TAIL:] + zlib.compress(record, 1)
        if len(stored) <= _LARGEST:
            self.take([(key, stored)])

    def handed_over(self) -> News:
        """What is new, for another process to ``take``; here it is forgotten."""
        new, self._new = list(self._new.items()), {}
        return new

    def take(self, news: Iterable[tuple[bytes, bytes]]) -> None:
        """Has what another process found written with the next ones."""
        self._new.update(news)
        if len(self._new) >= _HELD:
            self.write()

    def write(self) -> None:
        """Writes what is new, if anything is."""
        news = self.handed_over()
        if news:
            with contextlib.suppress(OSError, sqlite3.OperationalError):  # no room or right, or another process writes
                self._file.parent.mkdir(parents=True, exist_ok=True)
                if not self._added(news):
                    for name in (FILE_NAME, f"{FILE_NAME}-journal"):
                        self._file.with_name(name).unlink(missing_ok=True)
                    self._added(news)

    def _opened(self) -> sqlite3.Connection | None:
        with contextlib.suppress(OSError, sqlite3.Error):
            if self._file.is_file():
                return _connected(self._file, "ro")
        return None

    def _added(self, news: News) -> bool:
        """Whether the file is ours, and sound as far as can be told; then it has what is new. Raises OSError, and
        sqlite3.OperationalError when it cannot be written now."""
        os.close(os.open(self._file, os.O_CREAT | os.O_RDWR, 0o600))  # nobody else's business
        try:
            with contextlib.closing(_connected(self._file, "rw")) as connection:
                connection.execute("PRAGMA synchronous = OFF")
                connection.execute("BEGIN IMMEDIATE")
                if not _is_ours(connection):
                    return False
                connection.executemany("INSERT OR REPLACE INTO kept (key, record) VALUES (?, ?)", news)
                while _size(connection) > _MOST and connection.execute(_OLDEST).rowcount:
                    pass
                connection.execute("COMMIT")
                return True
        except sqlite3.OperationalError as error:
            if getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) != sqlite3.SQLITE_ERROR:  # a wrong question
                raise
            return False
        except _UNSOUND:
            return False


class Kept(NamedTuple):
    """Results, and what names the library and the code that they were found with."""

    results: KeptResults
    about: str


def kept_for(snapshot: Path, library_hash: str) -> Kept:
    """What is kept beside a snapshot, whose name has the hash of the code."""
    return Kept(KeptResults(snapshot.parent), f"{snapshot.name} {library_hash}")


def _connected(file: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{file.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=_PATIENCE,
        isolation_level=None,
        check_same_thread=False,
    )


def _size(connection: sqlite3.Connection) -> int:
    """Bytes of the file that hold anything."""
    pages, free, size = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
    )
    return int((pages - free) * size)


def _is_ours(connection: sqlite3.Connection) -> bool:
    """Whether the database is one of ours; an empty one becomes it."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if not tables:
        connection.execute(f"PRAGMA application_id = {_OURS}")
        connection.execute(
            "CREATE TABLE kept (number INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, record BLOB NOT NULL)"
        )
    return application == _OURS or not tables
