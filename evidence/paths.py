"""Where a library's files are: beside the packages, inside an installed wheel, or in a folder of the user's.

The packaged library keeps its study files in ``evidence/data`` and the rest in ``claims/data``; a library of the
user's keeps everything in one folder: ``library.toml``, ``references.bib``, ``studies/``, ``lexicon/``,
``propositions/``, ``sources/`` and, where needed, ``conflicts.toml`` and ``verification.toml``.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from pathlib import Path

from evidence.later import compiled_later
from evidence.problems import LibraryError, UsageError
from evidence.records import Record, toml_files

# A drive of Windows has one letter. A path has lost one of the two slashes.
_URL = compiled_later(r"[A-Za-z][A-Za-z0-9+.-]+:/")


class LibraryPaths(Record, frozen=True, kw_only=True):
    """The places of one library's files. Problems name files relative to ``root``."""

    root: Path
    manifest: Path
    bibliography: Path
    studies: Path
    lexicon: Path
    propositions: Path
    sources: Path
    conflicts: Path
    verification: Path

    def files(self) -> Iterator[Path]:
        """Every input file that exists, in a fixed order."""
        yield from (path for path in self.single() if path.is_file())
        for folder in self.folders():
            with contextlib.suppress(LibraryError):  # the load that follows names the folder
                yield from (path for path in toml_files(folder, name=self.name_of(folder)) if path.is_file())

    def single(self) -> tuple[Path, ...]:
        """The files that stand by themselves, whether they exist or not."""
        return (self.manifest, self.bibliography, self.conflicts, self.verification)

    def folders(self) -> tuple[Path, ...]:
        """The folders whose TOML files are read."""
        return (self.studies, self.lexicon, self.propositions, self.sources)

    def name_of(self, path: Path) -> str:
        """The file's name as problems show it."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)


def packaged_paths() -> LibraryPaths:
    """The library that ships with Claimwise: the checkout's files, else the wheel's."""
    root = Path(__file__).resolve().parent.parent
    inside = root / "evidence" / "references.bib"
    data = root / "claims" / "data"
    return LibraryPaths(
        root=root,
        manifest=data / "library.toml",
        # A wheel carries the bibliography inside the package; a checkout has it at the top.
        bibliography=inside if inside.is_file() else root / "references.bib",
        studies=root / "evidence" / "data" / "studies",
        lexicon=data / "lexicon",
        propositions=data / "propositions",
        sources=data / "sources",
        conflicts=data / "conflicts.toml",
        verification=root / "evidence" / "data" / "verification.toml",
    )


def is_url(place: str) -> bool:
    """Whether the place of a library is the address of a database, not a folder."""
    return _URL.match(place) is not None


def library_paths(folder: Path | None = None) -> LibraryPaths:
    """The paths of the library in ``folder``; ``None`` means the packaged one. Raises UsageError if there is none."""
    if folder is None:
        return packaged_paths()
    if is_url(str(folder)):  # not repeated: it may hold a password
        raise UsageError("this needs a library's text files; --library takes a folder here, not a database")
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder; --library takes a folder with a library.toml")
    if not (folder / "library.toml").is_file():
        raise UsageError(f"{folder}: holds no library.toml, so it is not a library; --library takes a folder with one")
    return LibraryPaths(
        root=folder,
        manifest=folder / "library.toml",
        bibliography=folder / "references.bib",
        studies=folder / "studies",
        lexicon=folder / "lexicon",
        propositions=folder / "propositions",
        sources=folder / "sources",
        conflicts=folder / "conflicts.toml",
        verification=folder / "verification.toml",
    )


def input_hash(paths: LibraryPaths) -> str:
    """SHA-256 over the names and bytes of all input files; same files, same hash."""
    digest = hashlib.sha256()
    for path in paths.files():
        digest.update(f"\0{paths.name_of(path)}\0".encode("utf-8", "surrogateescape"))
        try:
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        except OSError as error:
            digest.update(f"unreadable {error.errno}".encode())  # the load that follows names the file
    return digest.hexdigest()
