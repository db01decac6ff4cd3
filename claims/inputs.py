"""Gathers what is to be checked: files, folders and standard input, as documents or as reasons why not.

The only module of the check that opens files. One bad file never keeps the others from being checked.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePath
from typing import BinaryIO, Final, NamedTuple

import msgspec

from claims.documents import Document, read_document
from claims.readers import EXTRACTORS, READERS, binary_reader_of
from evidence.files import would_wait
from evidence.problems import UsageError

STDIN: Final = "-"
STDIN_NAME: Final = "stdin"
NAMELESS: Final = "''"
LARGEST: Final = 10_000_000  # bytes of a text file; what is larger is no page
LARGEST_LAID_OUT: Final = 60_000_000  # bytes of a Word or PDF file, most of which is pictures
_SMALL: Final = 2_000_000  # bytes
_LEFT_OUT: Final = frozenset({"node_modules", "__pycache__", "venv"})


class Inputs(msgspec.Struct, frozen=True, kw_only=True):
    """The documents, each file once, and the paths that could not be read with the reason in one line.

    ``left_out`` are files that were named and that the settings leave out.
    """

    documents: tuple[Document, ...]
    unreadable: dict[str, str]
    left_out: tuple[str, ...] = ()

    def only_text(self) -> str:
        """The text of the one document as its reader gave it, empty when none could be read. Raises UsageError for
        several, whose offsets would not be theirs in one output."""
        if len(self.documents) > 1:
            raise UsageError(f"--extracted prints one document; {len(self.documents)} were given")
        return self.documents[0].text if self.documents else ""

    def complaints(self) -> tuple[str, ...]:
        """One line for each file that was not read, or not as it should be."""
        odd = [line for document in self.documents for line in _odd(document)]
        return (*_told(self.unreadable, self.left_out), *odd)


class Listed(NamedTuple):
    """What is to be read: a name to show, and the path, or the bytes of standard input."""

    name: str
    path: str | None
    raw: bytes = b""


class Listing:
    """The files to be read, each once, the paths that cannot be, with the reason, and what the settings leave out."""

    def __init__(self) -> None:
        self.files: list[Listed] = []
        self.unreadable: dict[str, str] = {}
        self.left_out: list[str] = []
        self._odd: dict[int, list[str]] = {}  # by the number of the file, as listed

    def names(self) -> Iterator[str]:
        """All paths, whether they can be read or not."""
        yield from (file.name for file in self.files)
        yield from self.unreadable

    def is_small(self) -> bool:
        """Whether all files together are so small that their documents may be held at once."""
        size = 0
        for file in self.files:
            with contextlib.suppress(OSError, ValueError):  # told when it is read
                size += len(file.raw) if file.path is None else os.stat(file.path).st_size  # noqa: PTH116
            if size > _SMALL:
                return False
        return True

    def read(self, reading: Reading | None = None) -> Inputs:
        """All documents, in the order of the list; ``reading`` reads them, ``None`` reads them here."""
        found = reading(self.files) if reading else map(read_listed, self.files)
        noted = (self._noted(number, read) for number, read in enumerate(found))
        documents = tuple(document for document in noted if document is not None)
        return Inputs(documents=documents, unreadable=self.unreadable, left_out=tuple(self.left_out))

    def read_in_order(self) -> Iterator[Document]:
        """The documents in the order of their paths, each read when it is asked for and not kept."""
        for number in sorted(range(len(self.files)), key=lambda number: self.files[number].name):
            document = self._noted(number, read_listed(self.files[number]))
            if document is not None:
                yield document

    def _noted(self, number: int, read: Document | str) -> Document | None:
        """A document, what is odd of which is remembered; ``None`` for a reason why there is none, which is too."""
        if isinstance(read, str):
            self.unreadable[self.files[number].name] = read
            return None
        if read.unread:
            self._odd[number] = list(_odd(read))
        return read

    def complaints(self) -> tuple[str, ...]:
        """As those of ``Inputs``, when all is read."""
        odd = (line for _, lines in sorted(self._odd.items()) for line in lines)
        return (*_told(self.unreadable, self.left_out), *odd)


def _told(unreadable: Mapping[str, str], left_out: Iterable[str]) -> Iterator[str]:
    yield from (f"{path}: {reason}" for path, reason in sorted(unreadable.items()))
    yield from (f"{path}: left out by the settings ('claimwise config' shows them)" for path in left_out)


def _odd(document: Document) -> Iterator[str]:
    return (f"{document.path}{f':{note.line}' if note.line else ''}: {note.reason}" for note in document.unread)


Admits = Callable[[str], bool]
Reading = Callable[[Sequence[Listed]], Iterable["Document | str"]]  # a document, or a reason why not, for each


def known_suffixes() -> frozenset[str]:
    """The suffixes of the files that a folder is searched for."""
    text = {suffix for reader in READERS for suffix in reader.suffixes}
    return frozenset(text.union(*(extractor.suffixes for extractor in EXTRACTORS)))


def gather(
    paths: Sequence[str],
    *,
    stdin: BinaryIO,
    stdin_name: str = STDIN_NAME,
    admits: Admits | None = None,
    wanted: Admits | None = None,
    reading: Reading | None = None,
) -> Inputs:
    """Reads what ``list_files`` lists; ``reading`` reads what was found, ``None`` reads it here."""
    return list_files(paths, stdin=stdin, stdin_name=stdin_name, admits=admits, wanted=wanted).read(reading)


def list_files(
    paths: Sequence[str],
    *,
    stdin: BinaryIO,
    stdin_name: str = STDIN_NAME,
    admits: Admits | None = None,
    wanted: Admits | None = None,
) -> Listing:
    """Every file named, every readable file below every folder named, and standard input for ``-``.

    Of these only what the settings admit and what is wanted. That none is admitted below a folder is told as a mistake,
    that none is wanted is not. ``None`` stands for all.
    """
    listing = Listing()
    unreadable = listing.unreadable
    seen: set[str] = set()
    for given in dict.fromkeys(paths):
        if not given:
            unreadable[NAMELESS] = "no file has an empty name"
            continue
        found = [given] if given == STDIN else list(_files(given, unreadable))
        admitted = [path for path in found if not admits or admits(stdin_name if path == STDIN else path)]
        if found == [given]:
            out = [path for path in found if path not in admitted]
            listing.left_out += [_shown(stdin_name if path == STDIN else path) for path in out]
        elif found and not admitted:
            unreadable[_shown(given)] = "holds no file that the settings let be checked (include, exclude)"
        for path in filter(wanted, admitted):
            name = _shown(stdin_name if path == STDIN else path)
            try:
                real = STDIN if path == STDIN else os.path.realpath(path)
                if real in seen:
                    continue
                seen.add(real)
                if path == STDIN:
                    listing.files.append(Listed(name, None, stdin.read(_largest(name) + 1)))
                else:
                    listing.files.append(Listed(name, name if name == path else path))
            except (OSError, ValueError) as error:  # ValueError: a NUL in the name
                unreadable[name] = _why(error)
    return listing


def _files(given: str, unreadable: dict[str, str]) -> Iterator[str]:
    """The file itself, or the readable files of a folder in the order of their names; hidden ones are left out."""
    if not os.path.isdir(given):  # noqa: PTH112 - Path.is_dir raises for names that no file can have
        yield given
        return
    suffixes = known_suffixes()
    found: list[str] = []

    def refused(error: OSError) -> None:
        unreadable[_shown(str(error.filename or given))] = _why(error)

    for folder, below, names in os.walk(given, onerror=refused):
        below[:] = sorted(name for name in below if not name.startswith(".") and name not in _LEFT_OUT)
        found += [
            str(Path(folder) / name)
            for name in names
            if Path(name).suffix.lower() in suffixes and not name.startswith(".")
        ]
    if not found and _shown(given) not in unreadable:
        unreadable[_shown(given)] = f"holds no file to check (looked for {', '.join(sorted(suffixes))})"
    yield from sorted(found)


def read_listed(file: Listed) -> Document | str:
    """The document, or in one line why there is none."""
    largest = _largest(file.name)
    try:
        if file.path is None:
            raw = file.raw
        elif would_wait(Path(file.path)):
            return "a pipe or socket, not a file; use - for standard input"
        else:
            with Path(file.path).open("rb") as stream:
                raw = stream.read(largest + 1)
        if len(raw) > largest:
            return f"larger than {largest // 1_000_000} MB; split it"
        return read_document(file.name, raw)
    except UsageError as error:
        return str(error).removeprefix(f"{file.name}: ")
    except (OSError, ValueError) as error:
        return _why(error)
    except (RecursionError, MemoryError):
        return "too deeply nested or too large to be read"


def _largest(name: str) -> int:
    return LARGEST if binary_reader_of(PurePath(name).suffix.lower()) is None else LARGEST_LAID_OUT


def _why(error: OSError | ValueError) -> str:
    reason = getattr(error, "strerror", None) or str(error)
    return "no such file or folder" if isinstance(error, FileNotFoundError) else reason[:1].lower() + reason[1:]


def _shown(path: str) -> str:
    """The path as text that can be printed and written as JSON, whatever bytes it is made of."""
    return os.fsencode(path).decode("utf-8", "replace")
