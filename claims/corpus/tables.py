"""The two tables of a corpus run as Parquet, and files that are whole or not there. Needs pyarrow."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from evidence.problems import StorageError

if TYPE_CHECKING:
    import pyarrow as pa

DOCUMENTS: Final = "documents"
CLAIMS: Final = "claims"
# Columns with their types, as Arrow and Spark both name them, in the order of the fields of the rows.
COLUMNS: Final[dict[str, dict[str, str]]] = {
    DOCUMENTS: {
        "document_id": "string",
        "url": "string",
        "sha256": "string",
        "words": "int",
        "claims": "int",
        "status": "string",
        "reason": "string",
    },
    CLAIMS: {
        "document_id": "string",
        "url": "string",
        "claim": "int",
        "start": "int",
        "end": "int",
        "line": "int",
        "column": "int",
        "text": "string",
        "verdict": "string",
        "category": "string",
        "severity": "string",
        "rules": "array<string>",
        "missing": "array<string>",
        "reason": "string",
        "evidence": "array<string>",
        "proposition": "string",
        "suggestion": "string",
    },
}


def schema(table: str) -> pa.Schema:
    """The Arrow schema of a table."""
    import pyarrow as pa

    types = {"string": pa.string(), "int": pa.int32(), "array<string>": pa.list_(pa.string())}
    return pa.schema([(name, types[kind]) for name, kind in COLUMNS[table].items()])


def table_of(table: str, rows: Sequence[msgspec.Struct]) -> pa.Table:
    """Rows as an Arrow table. Text that no UTF-8 can hold is mended."""
    import pyarrow as pa

    wanted = schema(table)
    columns = [[_held(getattr(row, name)) for row in rows] for name in wanted.names]
    return pa.Table.from_arrays(
        [pa.array(column, field.type) for column, field in zip(columns, wanted, strict=True)], schema=wanted
    )


def read_table(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """A part as it was written. Raises StorageError when it is damaged."""
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            return file.read(columns=None if columns is None else list(columns))
    except (OSError, ValueError) as error:
        raise _damaged(path, error) from None


def count_rows(path: Path) -> int:
    """How many rows a part has, told from its end alone. Raises StorageError when it is damaged."""
    import pyarrow.parquet as pq

    try:
        rows: int = pq.read_metadata(path).num_rows
    except (OSError, ValueError) as error:
        raise _damaged(path, error) from None
    return rows


def write_table(path: Path, table: pa.Table) -> None:
    """The table as a Parquet file, whole or not at all. Raises StorageError when it cannot be written."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    write_whole(path, sink.getvalue())


def write_whole(path: Path, data: Any) -> None:
    """Bytes written beside ``path``, brought to the disk, then renamed. Raises StorageError when they cannot be."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with draft.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        finally:
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(f"{path}: cannot be written: {error.strerror or error}; make room and run again") from None


def remove_drafts(folders: Iterable[Path]) -> None:
    """Removes what runs that were cut off left behind."""
    for folder in folders:
        for draft in folder.glob(".*.tmp"):
            with contextlib.suppress(OSError):
                draft.unlink()


def _damaged(path: Path, error: Exception) -> StorageError:
    return StorageError(f"{path}: cannot be read ({error}); remove it and run again")


def _held(value: object) -> object:
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
