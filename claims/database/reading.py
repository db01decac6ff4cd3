"""Reads a library from a database: the questions of ``claims.query``, and the copy that commands work on.

A command asks the database for one row, what state of the library it holds. If the cache has no snapshot of that
state, the records are read and a snapshot is made of them, the same bytes as from the text files; so search and judging
are the same, and as fast, wherever the library is. The drivers are used directly: the ORM is loaded only to copy.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from claims.database.address import Address, parse_address
from claims.database.connecting import connect_postgresql, connect_sqlite, telling
from claims.database.schema import PUT_ONE, require_head, version_of
from claims.query import Asked, Rows, meta, read_collection
from claims.snapshot import copy_of
from evidence.problems import StorageError

if TYPE_CHECKING:
    import psycopg

    from claims.collection import Collection


class Named(tuple[Any, ...]):
    """A row that is read by column name or number, as ``sqlite3.Row`` is."""

    names: dict[str, int]

    def __getitem__(self, key: Any) -> Any:
        return super().__getitem__(self.names[key] if isinstance(key, str) else key)

    def keys(self) -> list[str]:
        """The names of the columns, in order."""
        return list(self.names)


class Server:
    """A connection to PostgreSQL that takes questions as ``sqlite3.Connection`` does: ``?`` for each value."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def execute(self, query: str, values: Sequence[Any] = (), /) -> Rows:
        cursor = self._connection.cursor(row_factory=_named)
        return cursor.execute(query.replace("?", "%s").encode(), values)


def _named(cursor: psycopg.Cursor[Any]) -> Callable[[Sequence[Any]], Named]:
    names = {column.name: number for number, column in enumerate(cursor.description or ())}
    return type("Row", (Named,), {"names": names})


@contextlib.contextmanager
def reading(address: Address) -> Iterator[Asked]:
    """A connection that sees one state of the database while it is open. Raises StorageError, UsageError."""
    with telling(address), contextlib.closing(_opened(address)) as connection:
        if isinstance(connection, sqlite3.Connection):
            connection.row_factory = sqlite3.Row
            connection.execute("BEGIN")
            asked: Asked = connection
        else:
            connection.autocommit = True
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            asked = Server(connection)
        require_head(version_of(asked, address), address)
        yield asked


def _opened(address: Address) -> sqlite3.Connection | psycopg.Connection[Any]:
    return connect_sqlite(address, read_only=True) if address.kind == "sqlite" else connect_postgresql(address)


def local_copy(text: str, *, progress: Callable[[str], None] = lambda _: None) -> Path:
    """The path of a snapshot of the library that the database at an address holds.

    Raises UsageError for an address that is none, StorageError when the database cannot be read or holds no library.
    """
    address = parse_address(text)
    with reading(address) as connection:
        facts = meta(connection)
        if "hash" not in facts:
            raise StorageError(f"{address}: holds no library; {PUT_ONE}")

        def load() -> tuple[Collection, str]:
            progress("reading the database")
            return _records(connection, address), facts["hash"]

        stamp = hashlib.sha256(f"{facts['hash']} {facts.get('engine')}".encode()).hexdigest()
        return copy_of(stamp, load, progress=progress)


def _records(connection: Asked, address: Address) -> Collection:
    try:
        return read_collection(connection)
    except (msgspec.MsgspecError, KeyError) as error:
        message = f"{address}: its records are not as this Claimwise writes them"
        raise StorageError(f"{message} ({error}); put the library into it again, with one version") from None
