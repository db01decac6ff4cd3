"""Which lines of which files changed since a branch was left, as git tells it.

Compares the working tree with the merge base of a revision and HEAD, so that what others changed meanwhile is not
blamed on the branch; follows renames, and takes files that git does not know yet as new. ``git`` runs without a shell.
"""

from __future__ import annotations

import os
import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path, PurePath
from typing import Final

import msgspec

from claims.git import is_shallow, run_git
from claims.readers import binary_reader_of
from evidence.problems import StorageError, UsageError

_HUNK: Final = re.compile(r"@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@")
_ESCAPE: Final = re.compile(r'\\([abtnvfr"\\]|[0-7]{3})')
_ESCAPES: Final = dict(zip("abtnvfr", "\a\b\t\n\v\f\r", strict=True))
_OPTION: Final = "--diff"
_DIFF: Final = (
    "diff", "--unified=0", "--inter-hunk-context=0",
    "--no-color", "--no-ext-diff", "--no-textconv", "--find-renames", "--ignore-submodules",
    "--src-prefix=a/", "--dst-prefix=b/", "--diff-filter=d",
)  # fmt: skip


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """Changed lines by real path: spans of 1-based lines with both ends in; ``None`` where the whole file counts."""

    files: dict[str, tuple[tuple[int, int], ...] | None]

    def has_file(self, path: str) -> bool:
        return _real(os.path.abspath(path)) in self.files  # noqa: PTH100 - links are followed, once

    def touches(self, path: str, first: int, last: int) -> bool:
        """Whether one of these lines of the file was changed."""
        spans = self.files.get(_real(os.path.abspath(path)), ())  # noqa: PTH100
        if spans is None:
            return True
        at = bisect_left(spans, first, key=_end)  # spans stand in order, so the first that reaches so far decides
        return at < len(spans) and spans[at][0] <= last


@lru_cache(maxsize=1024)  # every claim of a document asks
def _real(path: str) -> str:
    return os.path.realpath(path)


def _end(span: tuple[int, int]) -> int:
    return span[1]


def changed_since(revision: str, folder: Path) -> Changed:
    """What changed since the merge base of ``revision`` and HEAD, in the repository that ``folder`` lies in.

    Raises UsageError where there is no repository or no such revision, StorageError where the history does not reach.
    """
    if not revision or revision.startswith("-"):
        raise UsageError(f"'{revision}' is no revision; name a branch, tag or commit, such as origin/main")
    top = _top(folder)
    commit = _run(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").strip()
    if not commit:
        raise _unknown(revision, top)
    base = _run(top, "merge-base", commit, "HEAD").strip()
    if not base:
        if _is_shallow(top):
            raise StorageError(f"{_SHALLOW}, so where HEAD left '{revision}' is not known; {_DEEPEN}")
        raise UsageError(f"'{revision}' and HEAD have no commit in common; name a revision that HEAD comes from")
    files: dict[str, tuple[tuple[int, int], ...] | None] = {}
    diff = _run(top, *_DIFF, base, "--", must=True)
    for name, spans in parse_diff(diff):
        # The lines of a PDF that git takes for text are not those of the text that is read from it.
        files[os.path.realpath(top / name)] = spans if binary_reader_of(PurePath(name).suffix.lower()) is None else None
    for name in _run(top, "ls-files", "--others", "--exclude-standard", "-z", must=True).split("\0"):
        if name:
            files[os.path.realpath(top / name)] = None
    return Changed(files=files)


_SHALLOW: Final = "the clone is shallow"
_DEEPEN: Final = "fetch its history first: git fetch --unshallow (in an action: fetch-depth: 0)"


def parse_diff(text: str) -> Iterator[tuple[str, tuple[tuple[int, int], ...] | None]]:
    """The files of a diff without context, by their new names, with the spans of new lines; ``None`` if binary.

    A place from which lines were only taken is the line before and after it.
    """
    name, spans, binary = "", [(0, 0)], False
    spans.clear()
    left = 0  # lines of a hunk that are yet to come, so that none is taken for a header
    for line in text.split("\n"):
        if left:
            left -= line[:1] in ("+", "-")
        elif line.startswith("diff --git "):
            if name:
                yield name, None if binary else tuple(spans)
            name, spans, binary = _named_twice(line.removeprefix("diff --git ")), [], False
        elif line.startswith("rename to "):
            name = _unquoted(line.removeprefix("rename to "))
        elif line.startswith("Binary files "):
            binary = True
        elif line.startswith("+++ ") and line != "+++ /dev/null":
            name = _unquoted(line.removeprefix("+++ ").rstrip("\t")).removeprefix("b/")
        elif hunk := _HUNK.match(line):
            begin, count = int(hunk.group(1)), int(hunk.group(2) or 1)
            spans.append((begin, begin + count - 1) if count else (max(begin, 1), begin + 1))
            left = _hunk_lines(line)
    if name:
        yield name, None if binary else tuple(spans)


def _hunk_lines(header: str) -> int:
    """How many lines a hunk without context has."""
    old, new = header.split(" ")[1:3]
    return sum(int(part.partition(",")[2] or 1) if "," in part else 1 for part in (old, new))


def _named_twice(rest: str) -> str:
    """The name in ``a/NAME b/NAME``; where the two differ, other lines of the header say it."""
    half = rest[: (len(rest) - 1) // 2]
    return _unquoted(half).removeprefix("a/")


def _unquoted(name: str) -> str:
    """A name as git prints it, without the quotes and escapes of C."""
    if not (len(name) > 1 and name.startswith('"') and name.endswith('"')):
        return name
    raw = bytearray()
    at = 1
    for found in _ESCAPE.finditer(name, 1, len(name) - 1):
        raw += name[at : found.start()].encode("utf-8", "surrogateescape")
        sign = found.group(1)
        raw += bytes([int(sign, 8) & 0xFF]) if len(sign) == 3 else _ESCAPES.get(sign, sign).encode()
        at = found.end()
    raw += name[at:-1].encode("utf-8", "surrogateescape")
    return os.fsdecode(bytes(raw))


def _top(folder: Path) -> Path:
    found = _run(folder, "rev-parse", "--show-toplevel").rstrip("\n")
    if not found:
        raise UsageError(f"{folder}: not in a git repository, so --diff has nothing to compare with; leave it out")
    return Path(found)


def _unknown(revision: str, top: Path) -> Exception:
    if _is_shallow(top):
        return StorageError(f"{_SHALLOW} and does not hold '{revision}'; {_DEEPEN}")
    return UsageError(f"git knows no revision '{revision}'; fetch it, or name a branch, tag or commit")


def _is_shallow(top: Path) -> bool:
    return is_shallow(top, option=_OPTION)


def _run(folder: Path, *arguments: str, must: bool = False) -> str:
    return os.fsdecode(run_git(folder, *arguments, option=_OPTION, must=must))
