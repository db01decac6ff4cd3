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
import msgspec
import Stemmer  # type: ignore[import-not-found]

from claims.folding import bounded, fold
from evidence.problems import LibraryError, Problem
from evidence.records import Record, load_record

SENSES_FILE: Final = Path(__file__).parent / "data" / "senses.toml"
_WORD: Final = re.compile(r"[^\W_](?:[^\W_]|['*])*")
_REMEMBERED: Final = 100_000  # stems
_EXACT: Final = "="  # before a word that counts in this form only
_STEMMER: Final = Stemmer.Stemmer("english")


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


class SenseWords(msgspec.Struct, array_like=True):
    """What the senses of a book come to, as a snapshot keeps it: the sense of each stem and of each phrase.

    ``kept`` are words that count although they are empty, ``stems`` those of words that were read before.
    """

    empty: list[str]
    by_stem: dict[str, str]
    kept: list[str]
    phrases: dict[str, str]
    opposite: dict[str, str]
    acting: list[str]
    judging: list[str]
    stems: dict[str, str] = {}


def sense_words(book: SenseBook) -> SenseWords:
    """The words of a book of senses; where two senses claim a word, the first with ``priority`` has it."""
    by_stem: dict[str, str] = {}
    kept: set[str] = set()
    phrases: dict[str, str] = {}
    for name, sense in sorted(book.senses.items(), key=lambda item: not item[1].priority):
        for word in sense.words:
            exact = word.startswith(_EXACT)
            folded = " ".join(fold(word.removeprefix(_EXACT)).split())
            if exact or " " in folded:
                phrases.setdefault(folded, name)
            else:
                by_stem.setdefault(stem(folded), name)
                if sense.priority:
                    kept.add(folded)
    return SenseWords(
        empty=sorted(set(book.empty.split())),
        by_stem=by_stem,
        kept=sorted(kept),
        phrases=phrases,
        opposite=_both_ways(book.senses),
        acting=sorted(f"s:{name}" for name, sense in book.senses.items() if sense.acts),
        judging=sorted(f"s:{name}" for name, sense in book.senses.items() if sense.priority),
    )


class Senses:
    """The senses of a book, ready for reading. Immutable after construction, but that it remembers stems."""

    def __init__(self, words: SenseWords) -> None:
        self.given = words
        self._empty = frozenset(words.empty) - frozenset(words.kept)
        self._by_stem = words.by_stem
        self.opposite: Mapping[str, str] = words.opposite
        self.acting = frozenset(words.acting)
        self.judging = frozenset(words.judging)
        self.stems = dict(words.stems)
        self._phrases = sorted(words.phrases)
        self._sense_of = [words.phrases[phrase] for phrase in self._phrases]
        self._automaton = ahocorasick_rs.AhoCorasick(
            self._phrases, implementation=ahocorasick_rs.Implementation.NoncontiguousNFA
        )

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
            if text[0].isdigit() or text in self._empty:
                continue
            if taken and any(low <= start and end <= high for low, high in taken):
                continue
            stemmed = self.stems.get(text)
            if stemmed is None:
                stemmed = self._stem(text)
            named = self._by_stem.get(stemmed)
            yield Word(start, end, f"s:{named}" if named else f"w:{stemmed}")

    def _stem(self, word: str) -> str:
        stemmed = stem(word)
        if len(self.stems) < _REMEMBERED:
            self.stems[word] = stemmed
        return stemmed

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
    return Senses(sense_words(book))


def _both_ways(senses: Mapping[str, Sense]) -> dict[str, str]:
    named = {name: sense.opposite for name, sense in senses.items() if sense.opposite}
    back = {opposite: name for name, opposite in reversed(named.items()) if opposite not in named}
    return {**back, **named}
