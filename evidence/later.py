"""Patterns that are compiled when they are first used: compiling all that a run may need takes a third of its start."""

from __future__ import annotations

import re
from typing import cast


class _Later:
    """Stands for a pattern: has what it has, each part from its first use on by itself."""

    def __init__(self, pattern: str, flags: int) -> None:
        self._told = pattern, flags

    def __getattr__(self, name: str) -> object:
        part = getattr(re.compile(*self._told), name)  # which ``re`` remembers; what it forgets is kept here
        setattr(self, name, part)
        return part


def compiled_later(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """The pattern, for texts that few documents have. Raises ``re.error`` when it is first used, if it is wrong."""
    return cast("re.Pattern[str]", _Later(pattern, flags))
