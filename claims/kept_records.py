"""Keeps the data files of the package in the cache in a form that is read at once: reading TOML takes twenty times as
long, and a check begins with it.

What is kept is known by the size and times of its file, as a snapshot is, and read by its type like the file itself.
Whatever is wrong with it, the file is read instead.
"""

from __future__ import annotations

import contextlib
import os
import zlib
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from claims.stamps import state_of
from evidence.files import cache_folder
from evidence.problems import StorageError
from evidence.records import load_record

T = TypeVar("T")
_DIGEST: Final = 64  # characters of the state of the file, before the record


def load_kept_record(path: Path, kind: type[T], *, name: str) -> T:
    """The TOML file as a value of ``kind``. Raises LibraryError when the file is wrong."""
    try:
        place = cache_folder() / f"{path.stem}-{zlib.crc32(os.fsencode(path)):08x}.record"
    except StorageError:  # there is no place for a cache
        return load_record(path, kind, name=name)
    state = state_of(path)
    kept = b""
    with contextlib.suppress(OSError):
        kept = place.read_bytes()
    if kept[:_DIGEST] == state.digest.encode():
        with contextlib.suppress(msgspec.DecodeError):
            return msgspec.msgpack.decode(memoryview(kept)[_DIGEST:], type=kind)
    record = load_record(path, kind, name=name)
    if state.is_settled:
        _keep(place, state.digest.encode() + msgspec.msgpack.encode(record))
    return record


def _keep(place: Path, data: bytes) -> None:
    draft = place.with_name(f"{place.name}.{os.getpid()}.tmp")
    with contextlib.suppress(OSError):  # it only saves time
        place.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(data)
        draft.replace(place)
