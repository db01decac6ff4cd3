"""Writing files so that a reader never sees half of one."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

from evidence.problems import StorageError


def write_atomically(path: Path, text: str) -> None:
    """Writes ``text`` as UTF-8 beside ``path``, then renames; a link is followed, an older file's rights are kept.

    Raises StorageError when the place is no regular file or cannot be written; an older file then stays.
    """
    try:
        target = path.resolve()
        if target.exists() and not target.is_file():
            raise StorageError(f"{path}: is not a regular file; choose another name")
        draft = target.with_name(f".{os.getpid()}.tmp")
        try:
            draft.write_text(text, encoding="utf-8", newline="")  # line ends are the caller's
            if target.exists():
                shutil.copymode(target, draft)
            draft.replace(target)
        finally:
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)
    except (OSError, ValueError) as error:
        raise StorageError(f"{path}: cannot be written: {getattr(error, 'strerror', None) or error}") from None
