"""Puts a library into a database in place of the one that was there, in one transaction.

The rows are those of the snapshot, so every query gives the same rows in either.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, insert, text

from claims.database.connecting import open_engine, take_lock, telling
from claims.database.schema import prepare
from claims.storage import write_tables
from claims.tables import (
    ClaimRow,
    ConceptRow,
    ConflictRow,
    FigureRow,
    LinkRow,
    MetaRow,
    PropositionRow,
    ScopeRow,
    SourceRow,
    WiderRow,
)
from evidence.problems import StorageError
from evidence.tables import FindingRow, ReferenceRow, StudyRow, VerificationRow

if TYPE_CHECKING:
    from claims.collection import Collection
    from claims.database.address import Address

# Rows that name others come before them.
_TABLES: Final = (
    *(LinkRow, FigureRow, ScopeRow, ConflictRow, ClaimRow, SourceRow, PropositionRow),
    *(FindingRow, VerificationRow, StudyRow, ReferenceRow, WiderRow, ConceptRow, MetaRow),
)


def write_library(
    collection: Collection, address: Address, *, inputs: str, engine: str, progress: Callable[[str], None]
) -> None:
    """Puts the library into the database, where it takes the place of an older state of itself.

    ``inputs`` is the hash of its files, ``engine`` what wrote the rows. A reader sees the old state or the new one.
    Raises StorageError when the database cannot be used or holds another library; then nothing has changed.
    """
    prepare(address)
    with telling(address), open_engine(address).begin() as connection:
        take_lock(connection, "claimwise library")
        name = collection.manifest.name
        known = connection.execute(text("SELECT value FROM meta WHERE key = 'name'")).scalar() or name
        if known != name:
            raise StorageError(f"{address}: holds the library '{known}'; use another database for '{name}'")
        for table in _TABLES:
            connection.execute(delete(table))
        write_tables(connection, collection, inputs, progress)
        connection.execute(insert(MetaRow).values(key="engine", value=engine))
