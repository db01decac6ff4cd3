"""What a corpus run reads: files of records and plain files, each with what tells it from another version of itself."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, Literal

import msgspec

from claims.corpus.pages import Page
from claims.corpus.records import read_files, read_jsonl, read_parquet, read_warc
from claims.inputs import known_suffixes
from evidence.problems import StorageError, UsageError

Kind = Literal["parquet", "jsonl", "warc", "files"]
_ENDINGS: Final[tuple[tuple[str, Kind], ...]] = (
    (".parquet", "parquet"),
    (".jsonl", "jsonl"),
    (".jsonl.gz", "jsonl"),
    (".ndjson", "jsonl"),
    (".ndjson.gz", "jsonl"),
    (".warc", "warc"),
    (".warc.gz", "warc"),
    (".wet", "warc"),
    (".wet.gz", "warc"),
)
_GROUP: Final = 1000  # plain files that make one input
_SAMPLE: Final = 65_536  # bytes at either end that are hashed
EXTRA: Final = 'install what reads and writes it: pip install "claimwise[corpus]"'


class InputFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of records, or a group of plain files (``members``, below ``path``).

    ``identity`` is of the size, the time of the last change and both ends of the file: another one is another input.
    """

    name: str
    path: str
    kind: Kind
    identity: str
    members: tuple[str, ...] = ()
    prefix: str = ""

    def pages(self) -> Iterator[Page]:
        """Its documents, in the same order every time."""
        path = Path(self.path)
        match self.kind:
            case "parquet":
                return read_parquet(path, self.name)
            case "jsonl":
                return read_jsonl(path, self.name)
            case "warc":
                return read_warc(path, self.name)
            case "files":
                return read_files(self.members, path, self.prefix)


def find_inputs(given: Sequence[str]) -> tuple[InputFile, ...]:
    """The inputs among the files and below the folders given, in the order of their names.

    Raises UsageError for what is not there or holds nothing to read.
    """
    found: dict[str, InputFile] = {}
    for word in given:
        path = Path(os.path.abspath(word))  # noqa: PTH100 - links stay where they stand
        try:
            inputs = list(_of_folder(path, _prefix(word))) if path.is_dir() else [_of_file(path, _shown(word))]
        except (OSError, ValueError) as error:
            raise UsageError(f"{word}: {getattr(error, 'strerror', None) or error}") from None
        if not inputs:
            raise UsageError(f"{word}: holds no Parquet, JSON Lines, WARC, text, HTML, Word or PDF file")
        for file in inputs:
            found[file.path + "\0" + file.name] = file
    return tuple(sorted(found.values(), key=lambda file: (file.name, file.path)))


def require_readers(inputs: Sequence[InputFile]) -> None:
    """Raises UsageError when what is needed to read the inputs or to write the tables is not installed."""
    from importlib.util import find_spec

    needed = ["pyarrow", *(["warcio"] if any(file.kind == "warc" for file in inputs) else [])]
    for name in needed:
        if find_spec(name) is None:
            raise UsageError(f"a corpus run needs {name}; {EXTRA}")


def _of_folder(folder: Path, prefix: str) -> Iterator[InputFile]:
    plain: list[str] = []
    suffixes = known_suffixes()

    def refused(error: OSError) -> None:
        raise StorageError(f"{error.filename}: {error.strerror}")

    for place, below, names in os.walk(folder, onerror=refused):
        below[:] = sorted(name for name in below if not name.startswith((".", "_")))
        for name in sorted(names):
            path = Path(place) / name
            shown = path.relative_to(folder).as_posix()
            if name.startswith((".", "_")):
                continue
            if _kind(name):
                yield _of_file(path, prefix + shown)
            elif path.suffix.lower() in suffixes:
                plain.append(shown)
    plain.sort()
    for number, at in enumerate(range(0, len(plain), _GROUP)):
        members = tuple(plain[at : at + _GROUP])
        digest = hashlib.sha256()
        for member in members:
            about = (folder / member).stat()
            digest.update(f"{member}\0{about.st_size}\0{about.st_mtime_ns}\0".encode("utf-8", "surrogateescape"))
        name = f"{prefix} files {number:06}"
        yield InputFile(
            name=name, path=str(folder), kind="files", identity=digest.hexdigest(), members=members, prefix=prefix
        )


def _of_file(path: Path, name: str) -> InputFile:
    kind = _kind(path.name)
    about = path.stat()
    if kind is None:
        if path.suffix.lower() not in known_suffixes():
            raise UsageError(f"{path.name}: neither Parquet, JSON Lines, WARC, text, HTML, Word nor PDF")
        identity = f"{about.st_size} {about.st_mtime_ns}"
        prefix = name.removesuffix(path.name)
        return InputFile(
            name=name, path=str(path.parent), kind="files", identity=identity, members=(path.name,), prefix=prefix
        )
    digest = hashlib.sha256(f"{about.st_size}\0{about.st_mtime_ns}\0".encode())
    with path.open("rb") as file:
        digest.update(file.read(_SAMPLE))
        if about.st_size > 2 * _SAMPLE:
            file.seek(-_SAMPLE, os.SEEK_END)
        digest.update(file.read(_SAMPLE))
    return InputFile(name=name, path=str(path), kind=kind, identity=digest.hexdigest())


def _shown(given: str) -> str:
    """A path as it was given, in one way of writing it."""
    return Path(given).as_posix()


def _prefix(given: str) -> str:
    shown = _shown(given)
    return "" if shown == "." else f"{shown.rstrip('/')}/"


def _kind(name: str) -> Kind | None:
    low = name.lower()
    return next((kind for ending, kind in _ENDINGS if low.endswith(ending)), None)
