"""Tells whether a path fits a pattern as people write them for folders: ``*.md``, ``drafts/``, ``old/**/page-?.html``.

Pure. Every part of a path is looked at once, so that no pattern takes long.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Final

_ANY: Final = "**"


def fits_any(path: str, patterns: Iterable[str]) -> bool:
    """Whether a path (with ``/``, relative to where the patterns are written) fits one of the patterns."""
    return any(fits(path, pattern) for pattern in patterns)


def fits(path: str, pattern: str) -> bool:
    """Whether the path, or a folder above it, fits the pattern.

    ``*`` and ``?`` stay within one name, ``**`` stands for any number of folders. A pattern without ``/`` but at its
    end fits in every folder; any other counts from where it is written. Capitals count.
    """
    wanted = [part for part in pattern.split("/") if part not in ("", ".")]
    if "/" not in pattern.rstrip("/"):
        wanted.insert(0, _ANY)
    reached = _opened({0}, wanted)
    for part in path.split("/"):
        reached = _opened({n for at in reached for n in _next(at, part, wanted)}, wanted)
        if len(wanted) in reached:
            return True
    return False


def _next(at: int, part: str, wanted: list[str]) -> tuple[int, ...]:
    if at == len(wanted):
        return ()
    if wanted[at] == _ANY:
        return (at,)
    return (at + 1,) if fnmatchcase(part, wanted[at]) else ()


def _opened(places: set[int], wanted: list[str]) -> set[int]:
    """The places with those that are reached when ``**`` stands for no folder."""
    found = set(places)
    for at in sorted(places):
        here = at
        while here < len(wanted) and wanted[here] == _ANY:
            here += 1
            found.add(here)
    return found
