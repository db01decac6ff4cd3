"""The public functions of ``claims``, for use from Python. ``docs/api.md`` shows them at work."""

from __future__ import annotations

import os
from functools import lru_cache
from io import BytesIO
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from claims.checking import CheckResult, check_documents
from claims.documents import read_document
from claims.engine import Judge, network_if
from claims.form_store import StoredForms
from claims.inputs import Inputs, gather, known_suffixes
from claims.query import meta, open_collection
from claims.snapshot import connect, snapshot_of
from evidence.problems import StorageError, UsageError

if TYPE_CHECKING:
    from claims.collection import Collection


def check(
    text_or_path: str | os.PathLike[str],
    *,
    library: str | os.PathLike[str] | None = None,
    blind: bool = False,
    model: bool = False,
) -> CheckResult:
    """Checks copy: every claim with its verdict, reason, rules, evidence, and the conflicts among them.

    A ``str`` is the text itself, read as Markdown; a path (``pathlib.Path``) is a file, or a folder whose readable
    files are checked together. ``library`` is the folder of another library than the packaged one, or the address of
    the database that holds it. A registered source is recognised by its bytes and reported with its curated claims,
    unless ``blind``. ``model`` has a network read each claim, too; it needs the extra of that name.

    Raises UsageError when a ``str`` can only be the name of a file or the extra is missing, StorageError when nothing
    could be read, LibraryError when the library's files are invalid. The result says in ``summary.unchecked`` what was
    left unchecked.
    """
    inputs = _inputs(text_or_path)
    collection, judge, library_hash = _opened(snapshot_of(library), model)
    return check_documents(
        inputs.documents,
        collection,
        judge,
        library_hash=library_hash,
        blind=blind,
        unreadable=inputs.unreadable,
    )


def _inputs(given: str | os.PathLike[str]) -> Inputs:
    if isinstance(given, str):
        if len(given.split()) == 1 and PurePath(given.strip()).suffix.lower() in known_suffixes():
            raise UsageError(f"'{given.strip()}' is checked as text; to check the file, pass pathlib.Path({given!r})")
        return Inputs(documents=(read_document("text.md", given.encode("utf-8", "replace")),), unreadable={})
    inputs = gather([os.fspath(given)], stdin=BytesIO())
    if not inputs.documents:
        raise StorageError("; ".join(inputs.complaints()))
    return inputs


@lru_cache(maxsize=2)
def _opened(snapshot: Path, model: bool) -> tuple[Collection, Judge, str]:
    """The library of a snapshot and the engine over it; a changed library has another snapshot."""
    connection = connect(snapshot)  # stays open: the engine reads wordings from it as it needs them
    collection = open_collection(connection)
    return collection, Judge(collection, StoredForms(connection), network=network_if(model)), meta(connection)["hash"]
