"""Writing files so that a reader never sees half of one."""

from __future__ import annotations

import os
from pathlib import Path

from evidence.problems import StorageError


def write_atomically(path: Path, text: str) -> None:
    """Writes ``text`` as UTF-8 beside ``path``, then renames. Raises StorageError; an older file then stays."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise StorageError(f"{path}: cannot be written: {error.strerror or error}") from None
    finally:
        draft.unlink(missing_ok=True)
