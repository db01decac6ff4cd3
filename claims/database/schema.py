"""The version of a database's schema: told, set up in an empty database, brought up to date by Alembic's scripts.

Only setting up and migrating loads Alembic; other commands ask for the version and compare.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from claims.database.connecting import open_engine, take_lock, telling
from evidence.problems import StorageError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from claims.database.address import Address

HEAD: Final = "0002"  # the version that this code reads and writes
PUT_ONE: Final = "'claimwise library build --database URL' puts a library into it"
VERSION_TABLE: Final = "claimwise_version"
_TABLES: Final = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite^_%' ESCAPE '^'",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()",
}


class Asks(Protocol):
    """A connection to which SQL can be put: a driver's own, or what makes another look like one."""

    def execute(self, query: str, /) -> Any: ...


class _Plain:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def execute(self, query: str, /) -> Any:
        return self._connection.exec_driver_sql(query)


def version_of(connection: Asks, address: Address) -> str | None:
    """The version of the schema; ``None`` for an empty database. Raises StorageError for another program's tables."""
    tables = {row[0] for row in connection.execute(_TABLES[address.kind]).fetchall()}
    if VERSION_TABLE in tables:
        row = connection.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchone()
        if row is not None:
            return str(row[0])
    elif not tables:
        return None
    raise StorageError(f"{address}: holds tables that are not Claimwise's; use an empty database or schema")


def require_head(version: str | None, address: Address) -> None:
    """Raises StorageError unless the database has the version that this code reads and writes."""
    if version is None:
        raise StorageError(f"{address}: is empty; {PUT_ONE}")
    if version > HEAD:
        raise StorageError(f"{address}: has schema {version} of a newer Claimwise; this one knows {HEAD}, upgrade it")
    if version < HEAD:
        message = f"has schema {version} and this Claimwise needs {HEAD}"
        raise StorageError(f"{address}: {message}; 'claimwise library migrate --database URL' brings it up to date")


def prepare(address: Address) -> None:
    """Sets up the tables in an empty database. Raises StorageError when it has an older or a newer schema."""
    with telling(address):
        engine = open_engine(address)
        with engine.connect() as connection, connection.begin():
            version = version_of(_Plain(connection), address)
        if version is None:
            migrate(address)
        else:
            require_head(version, address)


def migrate(address: Address, to: str = HEAD) -> tuple[str | None, str]:
    """Brings the schema up to date in one transaction, so that it is done or not begun; the version before and after.

    Rows stay. Two that migrate at once wait for each other. Raises StorageError for a newer schema.
    """
    with telling(address), open_engine(address).begin() as connection:
        take_lock(connection, "claimwise schema")
        before = version_of(_Plain(connection), address)
        if before is not None and before > HEAD:
            require_head(before, address)
        if before is None or before < to:
            _upgrade(connection, to)
            return before, to
        return before, before


def _upgrade(connection: Connection, to: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, to)
