"""Cuts text into the pieces of words that a BERT network reads (WordPiece, uncased).

Ours, in a few lines, because the library that does it brings along another one that asks a hub of models, and nothing
here may reach the network. A test holds it against what the library gave.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

UNKNOWN: Final = "[UNK]"
FIRST: Final = "[CLS]"
LAST: Final = "[SEP]"
_INSIDE: Final = "##"  # begins a piece that does not begin a word
_LONGEST: Final = 100  # characters of a word; what is longer is unknown
_IDEOGRAPHS: Final = (
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002a6df\U0002a700-\U0002ceaf\U0002f800-\U0002fa1f"
)
_WORD: Final = re.compile(rf"[{_IDEOGRAPHS}]|[^\s{_IDEOGRAPHS}]+")
_SIGNS: Final = frozenset("$+<=>^`|~")  # ASCII signs that Unicode does not call punctuation


class WordPieces:
    """``pieces`` are all that are known, each at the place that is its number."""

    def __init__(self, pieces: Sequence[str]) -> None:
        self._numbers = {piece: number for number, piece in enumerate(pieces)}
        self._words: dict[str, tuple[int, ...]] = {}
        self.unknown, self.first, self.last = (self._numbers[mark] for mark in (UNKNOWN, FIRST, LAST))

    def of(self, text: str) -> list[int]:
        """The numbers of the pieces of a text."""
        return [number for word in _words(text) for number in self._of_word(word)]

    def _of_word(self, word: str) -> tuple[int, ...]:
        known = self._words.get(word)
        if known is None:
            known = self._words[word] = tuple(self._cut(word))
        return known

    def _cut(self, word: str) -> list[int]:
        """The longest piece that the word begins with, and so on; a word that cannot be cut so is unknown."""
        if len(word) > _LONGEST:
            return [self.unknown]
        found, start = list[int](), 0
        while start < len(word):
            mark = _INSIDE if start else ""
            ends = (end for end in range(len(word), start, -1) if mark + word[start:end] in self._numbers)
            end = next(ends, None)
            if end is None:
                return [self.unknown]
            found.append(self._numbers[mark + word[start:end]])
            start = end
        return found


def _words(text: str) -> Iterator[str]:
    """The words of a text in small letters without accents, each sign by itself."""
    kept = (" " if character.isspace() else character for character in text if character.isspace() or _shown(character))
    plain = unicodedata.normalize("NFD", "".join(kept))
    plain = "".join(character for character in plain if unicodedata.category(character) != "Mn").lower()
    for word in _WORD.findall(plain):
        start = 0
        for place, character in enumerate(word):
            if _is_sign(character):
                if place > start:
                    yield word[start:place]
                yield character
                start = place + 1
        if start < len(word):
            yield word[start:]


def _shown(character: str) -> bool:
    return character != "\ufffd" and not unicodedata.category(character).startswith("C")


def _is_sign(character: str) -> bool:
    return character in _SIGNS or unicodedata.category(character).startswith("P")
