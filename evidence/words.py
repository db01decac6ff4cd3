"""The words of a written reference with their places, folded so that spellings of one word compare as equal."""

from __future__ import annotations

import unicodedata
from typing import Final, NamedTuple

from evidence.later import compiled_later

_WORD: Final = compiled_later(r"[^\W_]+(?:['’][^\W_]+)*")
_QUOTES: Final = compiled_later(r"['’]")
_BETWEEN: Final = " .&-\\\t\r\n\u00a0"  # between the words of one name: blanks, the dot of an abbreviation, hyphens
_WITHIN: Final = frozenset({"-", "\u2010", "\u2011", "/", "&", "+", "'", "\u2019", " & "})


class Word(NamedTuple):
    """``joined``: only blanks, dots, hyphens stand before it; ``close``: not even a dot, so the phrase goes on."""

    text: str
    folded: str
    start: int
    end: int
    joined: bool
    close: bool


def fold_word(text: str) -> str:
    """Lower case without accents and apostrophes."""
    plain = unicodedata.normalize("NFKD", text)
    return _QUOTES.sub("", "".join(c for c in plain if not unicodedata.combining(c)).casefold())


def words_of(text: str) -> list[Word]:
    """The words of a text in order. Time grows linearly with its length."""
    words: list[Word] = []
    end = 0
    for found in _WORD.finditer(text):
        gap = text[end : found.start()]
        joined = bool(words) and not gap.strip(_BETWEEN)
        close = bool(words) and (gap.isspace() or gap in _WITHIN)
        words.append(Word(found.group(), fold_word(found.group()), found.start(), found.end(), joined, close))
        end = found.end()
    return words
