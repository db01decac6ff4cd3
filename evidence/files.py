"""Reading files that may not be what they seem, writing so that a reader never sees half of one, and the folder for
what can be made again."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from evidence.problems import StorageError

LARGEST: Final = 100_000_000  # bytes; what people and programs write for us is far smaller
_PIPES: Final = ("/dev/", "/proc/")  # where a shell puts what it pipes in by name


def would_wait(path: Path) -> bool:
    """Whether reading could wait for ever for another program. Raises OSError when there is nothing of that name."""
    mode = path.stat().st_mode
    return (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)) and not str(path.absolute()).startswith(_PIPES)


def read_bounded(path: Path, *, largest: int = LARGEST) -> bytes:
    """The bytes of a file, or of what a shell pipes in by name. Raises OSError, also for a pipe that another program
    would have to fill, for a device, and for more than ``largest`` bytes."""
    mode = path.stat().st_mode
    if would_wait(path) or not (stat.S_ISREG(mode) or stat.S_ISFIFO(mode) or stat.S_ISDIR(mode)):
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    with path.open("rb") as file:
        raw = file.read(largest + 1)
    if len(raw) > largest:
        raise OSError(errno.EFBIG, f"larger than {largest // 1_000_000} MB", str(path))
    return raw


def write_atomically(path: Path, text: str | Iterable[str]) -> None:
    """Writes ``text``, which may come in pieces, as UTF-8 beside ``path``, then renames; a link is followed, an older
    file's rights are kept.

    Raises StorageError when the place is no regular file or cannot be written; an older file then stays.
    """
    try:
        target = path.resolve()
        if target.exists() and not target.is_file():
            raise StorageError(f"{path}: is not a regular file; choose another name")
        draft = target.with_name(f".{os.getpid()}.tmp")
        try:
            with draft.open("w", encoding="utf-8", newline="") as file:  # line ends are the caller's
                file.writelines((text,) if isinstance(text, str) else text)
            if target.exists():
                shutil.copymode(target, draft)
            draft.replace(target)
        finally:
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)
    except (OSError, ValueError) as error:
        raise StorageError(f"{path}: cannot be written: {getattr(error, 'strerror', None) or error}") from None


def cache_folder() -> Path:
    """``CLAIMWISE_CACHE``, else the user's cache folder for claimwise."""
    given = os.environ.get("CLAIMWISE_CACHE")
    if given:
        return Path(given)
    import platformdirs

    try:
        return Path(platformdirs.user_cache_dir("claimwise", appauthor=False))
    except RuntimeError:
        raise StorageError(
            "there is no home folder to keep a cache in; set CLAIMWISE_CACHE to a writable folder"
        ) from None
