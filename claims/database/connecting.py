"""Opens databases: plain connections for reading, engines for writing; a driver's errors become one line each.

The only module that loads a database driver for PostgreSQL.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from evidence.problems import StorageError, UsageError

if TYPE_CHECKING:
    import psycopg
    from sqlalchemy import Connection, Engine

    from claims.database.address import Address

_WAIT_SECONDS: Final = 30  # for the lock of a SQLite file
_CONNECT_SECONDS: Final = 10  # for a server that does not answer; an address may say otherwise
# A server that has vanished without a word is noticed after a minute, not after the two hours of most systems.
_WATCH: Final = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3, "tcp_user_timeout": 60_000}


def connect_sqlite(address: Address, *, read_only: bool = False) -> sqlite3.Connection:
    """The file's connection, in autocommit mode. Raises StorageError without the folder or, for reading, the file."""
    path = Path(address.place)
    if path.exists() and not path.is_file():
        raise StorageError(f"{address}: is not a regular file; choose another name")
    if read_only and not path.exists():
        raise StorageError(f"{address}: no such file; 'claimwise library build --database {address}' makes it")
    if not path.parent.is_dir():
        raise StorageError(f"{address}: the folder of the file does not exist; make it first")
    uri = f"{path.resolve().as_uri()}?mode={'ro' if read_only else 'rwc'}"
    connection = sqlite3.connect(uri, uri=True, timeout=_WAIT_SECONDS, isolation_level=None)
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def connect_postgresql(address: Address) -> psycopg.Connection[Any]:
    """A connection to the server; what the address leaves open comes from the PG* variables and .pgpass.

    Raises UsageError when the driver is not installed or the address is malformed.
    """
    try:
        import psycopg
        from psycopg.conninfo import conninfo_to_dict
    except ImportError:
        message = 'a PostgreSQL database needs psycopg, which is not installed; pip install "claimwise[postgresql]"'
        raise UsageError(message) from None
    try:
        given = conninfo_to_dict(address.place)
        for port in filter(None, str(given.get("port", "")).split(",")):
            int(port)
    except (psycopg.Error, ValueError):  # the driver's message would repeat the address, or what it takes for the port
        message = "the address of the PostgreSQL database is malformed; write postgresql+psycopg://USER@HOST/NAME"
        raise UsageError(f"{message}, with % codes for special characters of a password") from None
    usual: dict[str, Any] = {"connect_timeout": _CONNECT_SECONDS, "application_name": "claimwise", **_WATCH}
    return psycopg.connect(**{**usual, **given})


def open_engine(address: Address) -> Engine:
    """An engine whose every transaction holds, or none of it. Nothing is connected yet."""
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import NullPool

    if address.kind == "postgresql":
        return create_engine(
            "postgresql+psycopg://",
            creator=lambda: connect_postgresql(address),
            poolclass=NullPool,
            hide_parameters=True,
        )
    engine = create_engine(
        "sqlite://", creator=lambda: connect_sqlite(address), poolclass=NullPool, hide_parameters=True
    )

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # The driver begins a transaction too late, and never for a change of the schema.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


@contextlib.contextmanager
def telling(address: Address) -> Iterator[None]:
    """Turns the errors of drivers into a StorageError that names the database, without its password."""
    try:
        yield
    except Exception as error:
        reason = reason_of(error)
        if reason is None:
            raise
        raise StorageError(f"{address}: {address.without_secrets(reason)}") from None


def reason_of(error: BaseException) -> str | None:
    """The first line of what a driver complains of; ``None`` for an error of another kind."""
    inner = getattr(error, "orig", None) or error  # SQLAlchemy wraps the driver's error
    if not isinstance(inner, sqlite3.Error) and type(inner).__module__.partition(".")[0] != "psycopg":
        return None
    lines = str(inner).strip().splitlines()
    return lines[0].strip() if lines else type(inner).__name__


def take_lock(connection: Connection, name: str) -> None:
    """Lets one writer at a time through until the transaction ends. In SQLite the transaction itself does that."""
    if connection.dialect.name == "postgresql":
        from sqlalchemy import text

        connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})
