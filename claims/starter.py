"""A library to begin with: the files of ``claims/data/starter`` written into a folder of the user's.

The folder is complete or untouched: everything is written aside first and moved into place when it is whole.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final

from evidence.problems import StorageError, UsageError

STARTER: Final = Path(__file__).resolve().parent / "data" / "starter"
_MANIFEST: Final = "library.toml"  # what makes a folder a library: moved last


def start_library(folder: Path) -> list[Path]:
    """Writes the starter library into ``folder``, which is made if need be; the paths written, in order.

    Raises UsageError when ``folder`` is no folder or holds anything, StorageError when it cannot be written; it is then
    as it was.
    """
    try:
        existing = _is_empty_folder(folder)
        if not existing:
            folder.parent.mkdir(parents=True, exist_ok=True)
        # Inside a folder that exists, so that a mount or the working folder can be filled; else beside it.
        draft = (folder if existing else folder.parent) / f".{os.getpid()}.tmp"
        try:
            names = _copy_to(draft)
            if existing:
                _fill(draft, folder)
            else:
                draft.rename(folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except (OSError, ValueError) as error:
        raise StorageError(f"{folder}: cannot be written: {getattr(error, 'strerror', None) or error}") from None
    return [folder / name for name in names]


def _is_empty_folder(folder: Path) -> bool:
    """Whether ``folder`` exists and holds nothing; False when there is nothing of that name. Raises UsageError."""
    if not folder.exists() and not folder.is_symlink():
        return False
    if not folder.is_dir():
        raise UsageError(f"{folder}: is not a folder; choose another name")
    if any(folder.iterdir()):
        raise UsageError(f"{folder}: is not empty; name a new folder, or an empty one")
    return True


def _copy_to(draft: Path) -> list[Path]:
    """The names of the files copied. Bytes only: an installed file may be read-only, a library must not be."""
    names = sorted(path.relative_to(STARTER) for path in STARTER.rglob("*") if path.is_file())
    for name in names:
        (draft / name).parent.mkdir(parents=True, exist_ok=True)
        (draft / name).write_bytes((STARTER / name).read_bytes())
    return names


def _fill(draft: Path, folder: Path) -> None:
    """Moves what stands in ``draft`` into ``folder``, the manifest last; takes it all back when a move fails."""
    moved: list[Path] = []
    try:
        for path in sorted(draft.iterdir(), key=lambda path: path.name == _MANIFEST):
            moved.append(path.rename(folder / path.name))  # noqa: PERF401 - a failed move must leave the others listed
    except OSError:
        for path in moved:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        raise
