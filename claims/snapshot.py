"""Finds the snapshot of a library in the cache, builds it when it is missing, stale or damaged, and opens it read-only.

A snapshot is named after the hash of the library's text files and of the code that writes it, so a change means
another name; its own digest
stands in a file beside it, so damage is seen. Several processes may start at once: one builds, the others wait.
Reading uses the standard ``sqlite3`` module; the ORM is loaded only to build.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from claims.stamps import keep_stamp, listing, stamped, state_of, tidy_stamps
from evidence.files import cache_folder
from evidence.paths import input_hash, is_url, library_paths
from evidence.problems import StorageError

if TYPE_CHECKING:
    from claims.collection import Collection
    from claims.database.address import Address
    from evidence.paths import LibraryPaths

_KEPT: Final = 4
_MAPPED: Final = 1 << 30  # bytes up to which a snapshot is read in place; each page of a larger one is met but once
_FRONT: Final = 1 << 26  # bytes of a larger one that are: what is asked for most stands there
_COPIED: Final = 1 << 12  # KiB of the rest that are remembered: what all look-ups go through
_WAIT_SECONDS: Final = 300

Progress = Callable[[str], None]


def open_snapshot(paths: LibraryPaths, *, progress: Progress = lambda _: None) -> sqlite3.Connection:
    """A read-only connection to the library's snapshot, built first if need be.

    Raises LibraryError when the text files are invalid, StorageError when the cache cannot be used.
    """
    return connect(ensure_snapshot(paths, progress=progress))


def ensure_snapshot(paths: LibraryPaths, *, progress: Progress = lambda _: None, rebuild: bool = False) -> Path:
    """The path of a sound snapshot of the library's present text files."""
    folder = cache_folder()
    state = listing(paths, _code())
    known = None if rebuild else stamped(folder, state)
    if known is not None:
        return known
    path = _place(folder, input_hash(paths))
    found = state_of(path)
    if not rebuild and is_sound(path):
        keep_stamp(folder, state, path, found)
        return path
    with _locked(folder):
        while True:
            # The files may have changed while we waited for the lock, and may change while they are read.
            inputs = input_hash(paths)
            path = _place(folder, inputs)
            if not rebuild and is_sound(path):
                break
            collection = _load(paths, progress)
            if input_hash(paths) == inputs:
                _build(collection, path, inputs, progress)
                _tidy(folder, keep=path)
                break
        progress("done")
    return path


def copy_of(stamp: str, load: Callable[[], tuple[Collection, str]], *, progress: Progress = lambda _: None) -> Path:
    """The path of a sound snapshot of what has this stamp, a hash; ``load`` gives it with the hash of its inputs."""
    folder = cache_folder()
    path = _place(folder, stamp)
    if is_sound(path):
        return path
    with _locked(folder):
        if not is_sound(path):
            collection, inputs = load()
            _build(collection, path, inputs, progress)
            _tidy(folder, keep=path)
        progress("done")
    return path


def snapshot_of(place: str | os.PathLike[str] | None, *, progress: Progress = lambda _: None) -> Path:
    """The path of a sound snapshot of the library in a folder or, copied from there, in the database of an address.

    ``None`` means the packaged library. Raises UsageError, LibraryError and StorageError.
    """
    if place is not None and is_url(os.fspath(place)):
        from claims.database.reading import local_copy

        return local_copy(os.fspath(place), progress=progress)
    return ensure_snapshot(library_paths(None if place is None else Path(place)), progress=progress)


def _place(folder: Path, inputs: str) -> Path:
    return folder / f"library-{inputs[:16]}-{code_hash()[:8]}.sqlite"


def write_to(path: Path, /, paths: LibraryPaths, *, progress: Progress = lambda _: None) -> Path:
    """Builds the library's snapshot at ``path``; never over a file that is not one of ours."""
    if path.exists() and not path.is_file():
        raise StorageError(f"{path}: is not a regular file; choose another name")
    if path.exists() and not is_claimwise_database(path):
        raise StorageError(f"{path}: exists and is no Claimwise database; choose another name or remove it")
    collection = _load(paths, progress)
    from claims.storage import write_snapshot

    write_snapshot(collection, path, inputs=input_hash(paths), progress=progress)
    progress("done")
    return path


def write_to_database(address: Address, paths: LibraryPaths, *, progress: Progress = lambda _: None) -> None:
    """Puts the library into a database that is shared. Raises LibraryError, UsageError, StorageError."""
    inputs = input_hash(paths)
    collection = _load(paths, progress)
    from claims.database.library import write_library
    from evidence import __version__

    write_library(collection, address, inputs=inputs, engine=f"{__version__} {code_hash()[:8]}", progress=progress)
    progress("done")


def connect(path: Path) -> sqlite3.Connection:
    """A read-only connection with rows that are read by column name."""
    try:
        connection = sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        connection.row_factory = sqlite3.Row
        size = path.stat().st_size
        connection.execute(f"PRAGMA mmap_size = {size if size <= _MAPPED else _FRONT}")
        connection.execute(f"PRAGMA cache_size = -{_COPIED}")
        connection.execute("SELECT count(*) FROM meta")
    except (sqlite3.Error, OSError) as error:
        raise StorageError(
            f"{path}: not a usable snapshot: {error}; remove it, or run 'claimwise library build'"
        ) from None
    return connection


class Reopened:
    """A snapshot to put questions to, as to a connection, that a forked process opens anew for itself."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._before: list[object] = []
        self.execute = connect(path).execute

    def reopen(self) -> None:
        """A new connection. The one before is left as it is, for the process that opened it to close."""
        self._before.append(self.execute)
        self.execute = connect(self._path).execute


def is_sound(path: Path) -> bool:
    """Whether the snapshot is there and its bytes are those that were written.

    A file of the same size that was not touched since is taken for the same, so that starting does not read all of it.
    """
    try:
        written, _, stamp = _digest_file(path).read_text(encoding="ascii").strip().partition(" ")
        return stamp == _stamp(path) or written == _digest(path)
    except (OSError, UnicodeDecodeError):
        return False


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _stamp(path: Path) -> str:
    """Size and times of a file: writing to it, replacing it or setting its times back changes one of them."""
    facts = path.stat()
    return f"{facts.st_size} {facts.st_mtime_ns} {facts.st_ctime_ns}"


def is_claimwise_database(path: Path) -> bool:
    """Whether the file is a SQLite database that carries Claimwise's application id."""
    from claims.storage import APPLICATION_ID

    try:
        with path.open("rb") as file:
            head = file.read(72)
    except OSError:
        return False
    return head.startswith(b"SQLite format 3\0") and int.from_bytes(head[68:72], "big") == APPLICATION_ID


def _build(collection: Collection, path: Path, inputs: str, progress: Progress) -> None:
    from claims.storage import write_snapshot

    # The digest is written last: until then the file before it, if any, stays sound or is seen not to be.
    write_snapshot(collection, path, inputs=inputs, progress=progress)
    try:
        draft = path.with_name(f"{path.name}.sha256.{os.getpid()}.tmp")
        draft.write_text(f"{_digest(path)} {_stamp(path)}", encoding="ascii")
        draft.replace(_digest_file(path))
    except OSError as error:
        raise _cache_error(path.parent, error) from None


def _load(paths: LibraryPaths, progress: Progress) -> Collection:
    progress("reading the library's files")
    from claims.checks import require_sound
    from claims.collection import load_collection

    collection = load_collection(paths)
    require_sound(collection, paths)
    progress("loading the database layer")
    return collection


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    import filelock

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _cache_error(folder, error) from None
    lock = filelock.FileLock(folder / "build.lock", timeout=_WAIT_SECONDS)
    try:
        lock.acquire()
    except filelock.Timeout:
        message = f"{folder}: another build has held the lock for {_WAIT_SECONDS} s; end it or remove build.lock"
        raise StorageError(message) from None
    except OSError as error:
        raise _cache_error(folder, error) from None
    try:
        yield
    finally:
        lock.release()


def _tidy(folder: Path, *, keep: Path) -> None:
    """Removes drafts that were cut off, and all but the newest few snapshots. Called under the lock."""
    with contextlib.suppress(OSError):
        for draft in (*folder.glob("library-*.tmp"), *folder.glob("*.record.*.tmp")):
            draft.unlink(missing_ok=True)
        old = sorted((p for p in folder.glob("library-*.sqlite") if p != keep), key=lambda p: p.stat().st_mtime)
        for path in old[: max(0, len(old) - _KEPT + 1)]:
            _digest_file(path).unlink(missing_ok=True)
            path.unlink(missing_ok=True)
        tidy_stamps(folder)


def _code() -> list[Path]:
    """The files and folders of our own code, with the words that it reads with."""
    root = Path(__file__).resolve().parent.parent
    words = ("cues.toml", "designs.toml", "senses.toml", "poles.toml", "sides.toml", "quantities.toml")
    return [root / "claims", root / "evidence", *(root / "claims" / "data" / name for name in words)]


def code_hash() -> str:
    """Hash of our own code: when it changes, old snapshots are rebuilt, not misread."""
    digest = hashlib.sha256()
    modules = (path for place in _code() for path in (place.glob("*.py") if place.is_dir() else (place,)))
    for path in sorted(modules):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _digest_file(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")


def _cache_error(folder: Path, error: OSError) -> StorageError:
    reason = error.strerror or str(error)
    return StorageError(
        f"{folder}: the cache folder cannot be used: {reason}; set CLAIMWISE_CACHE to a writable folder"
    )
