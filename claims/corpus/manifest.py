"""The folder of a corpus run: what is run there, by whom just now, and whether a restart goes on with the same.

The library's snapshot is kept in it, so that a run of days never depends on a cache, and every worker, on this machine
or another, reads the same file.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from claims.corpus.inputs import InputFile
from claims.corpus.parts import RECEIPTS
from claims.corpus.tables import CLAIMS, DOCUMENTS, remove_drafts, write_whole
from evidence.problems import StorageError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

SCHEMA: Final = "claimwise/corpus/1"
MANIFEST: Final = "manifest.json"
SNAPSHOT: Final = "library.sqlite"
SUMMARY: Final = "summary.json"
_LOCK: Final = ".lock"
_NAMED: Final = 3  # inputs that have changed, named in one line


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the results depend on. ``seconds`` is the time one document may take."""

    schema: str = SCHEMA
    version: str
    library: str
    library_hash: str
    part_size: int
    seconds: float
    inputs: tuple[InputFile, ...]


@contextlib.contextmanager
def held(output: Path) -> Iterator[None]:
    """The folder for this run alone, made if need be. Raises UsageError while another run has it."""
    import filelock

    try:
        output.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(output / _LOCK, timeout=0)
        lock.acquire()
    except filelock.Timeout:
        raise UsageError(
            f"{output}: another run is writing here; wait for its end or choose another --output"
        ) from None
    except OSError as error:
        raise StorageError(f"{output}: cannot be written: {error.strerror or error}") from None
    try:
        yield
    finally:
        lock.release()


def begin(output: Path, manifest: Manifest, snapshot: Path) -> bool:
    """Prepares the folder; whether a run was begun here before.

    Raises UsageError when that was another run, or when the folder holds something else.
    """
    path = output / MANIFEST
    if path.exists():
        _require_same(output, _read(path), manifest)
        remove_drafts((output, *(output / name for name in (RECEIPTS, CLAIMS, DOCUMENTS))))
        return True
    others = [
        place.name for place in output.iterdir() if place.name not in (_LOCK, SNAPSHOT) and place.suffix != ".tmp"
    ]
    if others:
        raise UsageError(f"{output}: holds {others[0]} and no corpus run; choose an empty folder")
    try:
        write_whole(output / SNAPSHOT, snapshot.read_bytes())
    except OSError as error:
        raise StorageError(f"{snapshot}: {error.strerror or error}") from None
    write_whole(path, msgspec.json.format(msgspec.json.encode(manifest), indent=1))
    return False


def _read(path: Path) -> Manifest:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError) as error:
        raise StorageError(f"{path}: cannot be read ({error}); give another --output") from None


def _require_same(output: Path, before: Manifest, now: Manifest) -> None:
    told = f"{output}: was begun"
    rest = "or choose another --output"
    if (before.schema, before.version) != (now.schema, now.version):
        raise UsageError(
            f"{told} with Claimwise {before.version}, this is {now.version}; finish it with that one {rest}"
        )
    if before.library_hash != now.library_hash:
        raise UsageError(
            f"{told} with the library {before.library} {before.library_hash[:12]}, this is {now.library}"
            f" {now.library_hash[:12]}; give the same library {rest}"
        )
    for option, was, given in (
        ("--part-size", before.part_size, now.part_size),
        ("--time-limit", before.seconds, now.seconds),
    ):
        if was != given:
            raise UsageError(f"{told} with {option} {was:g}, not {given:g}; give the same {rest}")
    changed = _changed(before.inputs, now.inputs)
    if changed:
        more = f" and {len(changed) - _NAMED} more" if len(changed) > _NAMED else ""
        raise UsageError(f"{told} over other inputs: {', '.join(changed[:_NAMED])}{more}; give the same inputs {rest}")


def _changed(before: Sequence[InputFile], now: Sequence[InputFile]) -> list[str]:
    was, given = ({file.name: file for file in files} for files in (before, now))
    gone = [f"{name} is missing" for name in was.keys() - given.keys()]
    new = [f"{name} is new" for name in given.keys() - was.keys()]
    other = [f"{name} has changed" for name in was.keys() & given.keys() if was[name] != given[name]]
    return sorted([*gone, *new, *other])
