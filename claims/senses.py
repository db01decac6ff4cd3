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
from claims.kept_records import load_kept_record
from claims.spelling import american, based_words
from evidence.problems import LibraryError, Problem
from evidence.records import Record

SENSES_FILE: Final = Path(__file__).parent / "data" / "senses.toml"
_WORD: Final = re.compile(r"[^\W_](?:[^\W_]|['*])*")
_REMEMBERED: Final = 100_000  # stems
_EXACT: Final = "="  # before a word that counts in this form only
_PARTICLES: Final = frozenset({"up", "down", "out", "off", "away", "back", "against"})
_FARTHEST: Final = 6  # words from a verb to its particle
_STOPPING: Final = frozenset(
    {"and", "or", "but", "of", "in", "on", "at", "by", "for", "with", "from", "to", "as", "than", "that", "which"}
    | {"who", "when", "while", "is", "are", "was", "were", "has", "have", "had"}
)
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

    ``phrases`` are in base form, ``parted`` are those of a verb and a particle that its object may part ("turned it
    down"), ``exact`` single words that count as they stand. ``kept`` are words that count although they are empty,
    ``stems`` those of words that were read before.
    """

    empty: list[str]
    by_stem: dict[str, str]
    kept: list[str]
    phrases: dict[str, str]
    parted: dict[str, dict[str, str]]
    exact: dict[str, str]
    opposite: dict[str, str]
    acting: list[str]
    judging: list[str]
    stems: dict[str, str] = {}


def sense_words(book: SenseBook) -> SenseWords:
    """The words of a book of senses; where two senses claim a word, the first with ``priority`` has it."""
    by_stem: dict[str, str] = {}
    kept: set[str] = set()
    phrases: dict[str, str] = {}
    exact: dict[str, str] = {}
    for name, sense in sorted(book.senses.items(), key=lambda item: not item[1].priority):
        for word in sense.words:
            folded = " ".join(fold(word.removeprefix(_EXACT)).split())
            if word.startswith(_EXACT):
                exact.setdefault(folded, name)
            elif " " in folded:
                phrases.setdefault(based_words(folded)[0], name)
            else:
                by_stem.setdefault(stem(folded), name)
                if sense.priority:
                    kept.add(folded)
    return SenseWords(
        empty=sorted(set(book.empty.split())),
        by_stem=by_stem,
        kept=sorted(kept),
        phrases=phrases,
        parted=_parted(phrases),
        exact=exact,
        opposite=_both_ways(book.senses),
        acting=sorted(f"s:{name}" for name, sense in book.senses.items() if sense.acts),
        judging=sorted(f"s:{name}" for name, sense in book.senses.items() if sense.priority),
    )


class Senses:
    """The senses of a book, ready for reading. Immutable after construction, but that it remembers stems."""

    def __init__(self, words: SenseWords) -> None:
        self.given = words
        self._parted = words.parted
        self._empty = frozenset(words.empty) - frozenset(words.kept)
        self._by_stem = words.by_stem
        self.opposite: Mapping[str, str] = words.opposite
        self.acting = frozenset(words.acting)
        self.judging = frozenset(words.judging)
        self.stems = dict(words.stems)
        self._sense_of = list(words.phrases.values())
        built = ahocorasick_rs.Implementation.NoncontiguousNFA
        self._phrases = ahocorasick_rs.AhoCorasick(list(words.phrases), implementation=built)
        self._exact_of = list(words.exact.values())
        self._exact = ahocorasick_rs.AhoCorasick(list(words.exact), implementation=built)

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
        based, starts, ends = based_words(folded)
        found = [
            (starts[low], ends[high - 1], self._sense_of[index])
            for index, low, high in self._phrases.find_matches_as_indexes(based, overlapping=True)
        ]
        found += [
            (start, end, self._exact_of[index])
            for index, start, end in self._exact.find_matches_as_indexes(folded, overlapping=True)
            if bounded(folded, start, end)
        ]
        found += self._parted_phrases(based, starts, ends)
        kept: list[tuple[int, int, str]] = []
        for start, end, sense in sorted(found, key=lambda f: (f[0] - f[1], f[0])):
            if all(end <= low or start >= high for low, high, _ in kept):
                kept.append((start, end, sense))
        return sorted(kept)

    def _parted_phrases(
        self, based: str, starts: Mapping[int, int], ends: Mapping[int, int]
    ) -> Iterator[tuple[int, int, str]]:
        """Verbs whose particle follows their object: the place of the verb, and of the particle."""
        place = 0
        words = based[1:-1].split(" ")  # a sign alone has an empty form
        for position, word in enumerate(words):
            particles = self._parted.get(word)
            after = place + len(word) + 1
            if particles:
                then = after
                for step, other in enumerate(words[position + 1 : position + _FARTHEST]):
                    if step and other in particles:
                        yield starts[place], ends[after], particles[other]
                        yield starts[then], ends[then + len(other) + 1], particles[other]
                        break
                    if not other.isalpha() or other in _STOPPING or other in self._parted:
                        break
                    then += len(other) + 1
            place = after


def stem(word: str) -> str:
    """The stem of a folded word."""
    stemmed: str = _STEMMER.stemWord(american(word.strip("'")))
    return stemmed


@lru_cache(maxsize=4)
def load_senses(path: Path = SENSES_FILE) -> Senses:
    """The senses of a file. Raises LibraryError when the file is wrong or names an opposite that does not exist."""
    book = load_kept_record(path, SenseBook, name=path.name)
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


def _parted(phrases: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Of the phrases in base form those of a verb and a particle, by verb."""
    parted: dict[str, dict[str, str]] = {}
    for phrase, sense in phrases.items():
        verb, _, particle = phrase.strip().partition(" ")
        if particle in _PARTICLES:
            parted.setdefault(verb, {})[particle] = sense
    return parted


def _both_ways(senses: Mapping[str, Sense]) -> dict[str, str]:
    named = {name: sense.opposite for name, sense in senses.items() if sense.opposite}
    back = {opposite: name for name, opposite in reversed(named.items()) if opposite not in named}
    return {**back, **named}
