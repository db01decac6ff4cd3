"""Knows again, without reading them, that a library's files, our code and a snapshot are as they were when last read.

A stamp is a hash over the name, size and times of every file that a snapshot depends on. It is kept only when the
youngest of these times is well past, so that a change within the grain of a clock is never missed; without a stamp that
fits, the files are read and hashed as before.
"""

from __future__ import annotations

import contextlib
import hashlib
import marshal
import os
import time
from collections.abc import Iterable
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from evidence.paths import LibraryPaths

_GRAIN: Final = 2_000_000_000  # nanoseconds; the coarsest file systems keep times of two seconds
_READ: Final = (".toml", ".py")  # what is read of a folder, by its suffix
_SUFFIX: Final = ".stamp"
_PLAIN: Final = 2  # a version of marshal in which equal values are equal bytes


_State = tuple[int, int, int, int, int]  # size, times of content and of the file itself, number, mode


class Listing(NamedTuple):
    """The state of many files: a hash, and the youngest time in nanoseconds."""

    digest: str
    youngest: int

    @property
    def is_settled(self) -> bool:
        """Whether any later change of a file would show in its times."""
        return self.youngest < time.time_ns() - _GRAIN


def listing(paths: LibraryPaths, code: Iterable[Path]) -> Listing:
    """How a library's files are now, and those of our code: files, and the modules in folders."""
    return _listing([*paths.single(), *paths.folders(), *code])


def stamped(folder: Path, state: Listing) -> Path | None:
    """The snapshot in the cache ``folder`` that was found sound when all was in this state and has not changed."""
    try:
        name, digest = _place(folder, state).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return None
    path = folder / name
    return path if state_of(path).digest == digest else None


def keep_stamp(folder: Path, state: Listing, path: Path, snapshot: Listing) -> None:
    """Notes that ``path`` is the snapshot of this state; ``snapshot`` is how it was before it was found sound."""
    if not (state.is_settled and snapshot.is_settled):
        return
    place = _place(folder, state)
    draft = place.with_name(f"{place.name}.{os.getpid()}.tmp")
    with contextlib.suppress(OSError):  # it only saves time
        draft.write_text(f"{path.name}\n{snapshot.digest}\n", encoding="utf-8")
        draft.replace(place)


def state_of(path: Path) -> Listing:
    """How a snapshot is now."""
    return _listing((path,))


def tidy_stamps(folder: Path) -> None:
    """Removes the stamps of snapshots that are gone."""
    for stamp in folder.glob(f"*{_SUFFIX}"):
        with contextlib.suppress(OSError, ValueError):
            if not (folder / stamp.read_text(encoding="utf-8").splitlines()[0]).exists():
                stamp.unlink(missing_ok=True)


def _place(folder: Path, state: Listing) -> Path:
    return folder / f"{state.digest[:32]}{_SUFFIX}"


def _listing(places: Iterable[Path]) -> Listing:
    names: list[str] = []
    states: list[_State | None] = []
    for place in map(os.fspath, places):
        inside = _inside(place)
        names += (place, *inside)
        states += _states(place, inside) if inside else [_state(place)]
    known = [state for state in states if state]
    youngest = max((*map(itemgetter(1), known), *map(itemgetter(2), known)), default=0)
    digest = hashlib.sha256("\0".join(names).encode("utf-8", "surrogateescape"))
    digest.update(marshal.dumps(states, _PLAIN))
    return Listing(digest.hexdigest(), youngest)


def _inside(place: str) -> list[str]:
    """The names of what is read of a folder; none when it is a file, or not there."""
    try:
        return sorted([name for name in os.listdir(place) if name.endswith(_READ)])  # noqa: PTH208 - names only
    except OSError:
        return []


def _states(folder: str, names: Iterable[str]) -> list[_State | None]:
    """The states of files of a folder: found from there where the system can, for a path is gone through each time."""
    if os.stat not in os.supports_dir_fd:
        return [_state(os.path.join(folder, name)) for name in names]  # noqa: PTH118 - thousands of files
    try:
        place = os.open(folder, os.O_RDONLY)
    except OSError:
        return [None for _ in names]
    try:
        return [_state(name, place) for name in names]
    finally:
        os.close(place)


def _state(path: str, folder: int | None = None) -> _State | None:
    """How a file is now; ``None`` when there is none."""
    try:
        found = os.stat(path, dir_fd=folder)
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_mode
