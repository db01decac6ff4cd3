"""General English words that say the same thing, so that two wordings of one claim compare alike.

The words are data (``claims/data/senses.toml``) and know no subject. A word belongs to one sense or to none; then its
stem stands for it. Opposites are known, so that "not recommended" and "advised against" come out the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

import ahocorasick_rs
import snowballstemmer  # type: ignore[import-untyped]

from claims.folding import bounded, fold
from evidence.problems import LibraryError, Problem
from evidence.records import Record, load_record

SENSES_FILE: Final = Path(__file__).parent / "data" / "senses.toml"
_WORD: Final = re.compile(r"[^\W_](?:[^\W_]|['*])*")
_STEMMER: Final = snowballstemmer.stemmer("english")


class Sense(Record, frozen=True, kw_only=True):
    """Words of one meaning; ``opposite`` is the sense that says the contrary. ``priority`` wins a contested word.

    ``acts``: its verbs can begin a second claim after "and".
    """

    words: tuple[str, ...]
    opposite: str | None = None
    priority: bool = False
    acts: bool = False


class SenseBook(Record, frozen=True, kw_only=True):
    """All senses, and the words that carry no content."""

    empty: str
    senses: dict[str, Sense]


class Word:
    """One content word or phrase of a text: its place and the sense or stem it stands for."""

    __slots__ = ("end", "key", "start")

    def __init__(self, start: int, end: int, key: str) -> None:
        self.start = start
        self.end = end
        self.key = key


class Senses:
    """The senses of a book, ready for reading. Immutable after construction."""

    def __init__(self, book: SenseBook) -> None:
        self._empty = frozenset(book.empty.split())
        self._by_stem: dict[str, str] = {}
        self._kept: set[str] = set()
        phrases: dict[str, str] = {}
        self.opposite: Mapping[str, str] = _both_ways(book.senses)
        for name, sense in sorted(book.senses.items(), key=lambda item: not item[1].priority):
            for word in sense.words:
                folded = " ".join(fold(word).split())
                if " " in folded:
                    phrases.setdefault(folded, name)
                else:
                    self._by_stem.setdefault(stem(folded), name)
                    if sense.priority:
                        self._kept.add(folded)
        self.acting = frozenset(f"s:{name}" for name, sense in book.senses.items() if sense.acts)
        self.judging = frozenset(f"s:{name}" for name, sense in book.senses.items() if sense.priority)
        self._phrases = sorted(phrases)
        self._sense_of = [phrases[phrase] for phrase in self._phrases]
        self._automaton = ahocorasick_rs.AhoCorasick(self._phrases)

    def words(self, folded: str) -> Iterator[Word]:
        """The content words of a folded text: phrases first, then the single words outside them. ``key`` is
        ``s:<sense>`` or ``w:<stem>``."""
        taken: list[tuple[int, int]] = []
        for start, end, sense in self._longest_phrases(folded):
            taken.append((start, end))
            yield Word(start, end, f"s:{sense}")
        for match in _WORD.finditer(folded):
            start, end = match.span()
            text = match.group()
            if text[0].isdigit() or (text in self._empty and text not in self._kept):
                continue
            if any(low <= start and end <= high for low, high in taken):
                continue
            stemmed = stem(text)
            named = self._by_stem.get(stemmed)
            yield Word(start, end, f"s:{named}" if named else f"w:{stemmed}")

    def _longest_phrases(self, folded: str) -> list[tuple[int, int, str]]:
        found = [
            (start, end, self._sense_of[index])
            for index, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True)
            if bounded(folded, start, end)
        ]
        kept: list[tuple[int, int, str]] = []
        for start, end, sense in sorted(found, key=lambda f: (f[0] - f[1], f[0])):
            if all(end <= low or start >= high for low, high, _ in kept):
                kept.append((start, end, sense))
        return sorted(kept)


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The stem of a folded word."""
    stemmed: str = _STEMMER.stemWord(word.strip("'"))
    return stemmed


@lru_cache(maxsize=4)
def load_senses(path: Path = SENSES_FILE) -> Senses:
    """The senses of a file. Raises LibraryError when the file is wrong or names an opposite that does not exist."""
    book = load_record(path, SenseBook, name=path.name)
    for name, sense in book.senses.items():
        if sense.opposite is not None and sense.opposite not in book.senses:
            problem = Problem(
                file=path.name,
                code="sense",
                message=f"the opposite of '{name}' is '{sense.opposite}', which is no sense",
                cure="name a sense of this file",
            )
            raise LibraryError(problem)
    return Senses(book)


def _both_ways(senses: Mapping[str, Sense]) -> dict[str, str]:
    named = {name: sense.opposite for name, sense in senses.items() if sense.opposite}
    back = {opposite: name for name, opposite in reversed(named.items()) if opposite not in named}
    return {**back, **named}
