"""Takes apart a reference as people write it: identifiers, years, the words that are left.

No style is assumed. Where title, authors and journal stand is found later, by comparing with works that are known.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Final

from evidence.identifiers import IdentifierKind, find_identifiers
from evidence.later import compiled_later
from evidence.words import Word, words_of

# Of a longer text only this much, in characters, is looked at; no reference is as long.
LONGEST: Final = 1500
_URL: Final = compiled_later(r"\bhttps?://[^\s<>\"]+|\bwww\.[^\s<>\"]+|\bdoi\s?:|\bdoi\b", re.IGNORECASE)
_YEAR: Final = compiled_later(r"(?<![\d–:-])(?:18|19|20)\d\d(?=[a-z]?\b)(?!\s?[–-]\s?\d{3})")


class Written:
    """One reference as written. ``words`` leaves identifiers and links out; places count in ``text``."""

    def __init__(self, text: str) -> None:
        self.text = text[:LONGEST]
        self._found = find_identifiers(self.text)
        masked = self.text
        for found in self._found:
            if found.kind != "nct":  # a registry number may be part of a title
                masked = masked[: found.start] + "|" * (found.end - found.start) + masked[found.end :]
        self.masked = _URL.sub(lambda found: "|" * len(found.group()), masked)

    def identifiers(self, kind: IdentifierKind) -> tuple[str, ...]:
        """The identifiers of one kind, each once, in standard form."""
        return tuple(dict.fromkeys(found.value for found in self._found if found.kind == kind))

    @property
    def is_identified(self) -> bool:
        """Whether any identifier is written."""
        return bool(self._found)

    @cached_property
    def words(self) -> list[Word]:
        return words_of(self.masked)

    def years(self, outside: tuple[int, int] = (0, 0)) -> tuple[int, ...]:
        """The years written, except between the two places."""
        found = _YEAR.finditer(self.masked)
        return tuple(dict.fromkeys(int(y.group()) for y in found if not outside[0] <= y.start() < outside[1]))
