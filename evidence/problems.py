"""What can be wrong with the library's files, as values that say where and what to do.

A ``Problem`` is data: loaders raise ``LibraryError`` with one or more of them, ``library check`` collects
them. Nothing here prints.
"""

from __future__ import annotations

import msgspec


class Problem(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One thing wrong with one place of the library.

    ``file`` is relative to the library's root where that is known. ``line`` is 1-based; 0 means the whole file.
    ``cure`` says what to do; it is never empty for a problem a curator can mend.
    """

    file: str
    line: int = 0
    code: str
    message: str
    cure: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        tail = f" ({self.cure})" if self.cure else ""
        return f"{place}: {self.message}{tail}"


class ClaimwiseError(Exception):
    """Root of the errors that a user can cause; the message is one line.

    ClaimwiseError
    ├── LibraryError    the curated data is invalid (exit code 4)
    ├── UsageError      a wrong argument or setting (exit code 3)
    └── StorageError    a snapshot, cache folder or disk that cannot be used (exit code 2)
    """

    exit_code = 3


class UsageError(ClaimwiseError):
    """A wrong argument, filter or path."""


class StorageError(ClaimwiseError):
    """A file that cannot be read or written for reasons outside the library."""

    exit_code = 2


class LibraryError(ClaimwiseError):
    """The library's text files are invalid; ``problems`` says where."""

    exit_code = 4

    def __init__(self, *problems: Problem) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("; ".join(str(problem) for problem in self.problems[:1]))
