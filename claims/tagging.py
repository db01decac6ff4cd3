"""Finds concepts and cue words in a text in one pass of an Aho-Corasick automaton built from the lexicon.

Matching ignores case, treats every dash and blank alike, and respects word bounds. Within a slot the longest mention
wins; mentions of different slots may overlap (one word may name a treatment and its route).
"""

from __future__ import annotations

import bisect
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

import ahocorasick_rs
import msgspec

from claims.cues import CueRule
from claims.folding import bounded, fold

if TYPE_CHECKING:
    from claims.cues import CueBook
    from claims.lexicon import Lexicon


class Mention(msgspec.Struct, frozen=True, kw_only=True):
    """A concept named in the text. Several concepts of one slot may share a word."""

    start: int
    end: int
    slot: str
    concepts: tuple[str, ...]
    word: str


class CueWord(msgspec.Struct, frozen=True, kw_only=True):
    """A cue word in the text, with the rule it belongs to."""

    start: int
    end: int
    rule: CueRule
    word: str


Spanned = TypeVar("Spanned", Mention, CueWord)


class Tags(msgspec.Struct, frozen=True, kw_only=True):
    """All mentions and cue words of a text, by position."""

    mentions: tuple[Mention, ...]
    cue_words: tuple[CueWord, ...]
    stops: tuple[int, ...]
    near_stops: tuple[int, ...]


class TagWords(msgspec.Struct, array_like=True):
    """What a tagger looks for, as a snapshot keeps it.

    ``named`` gives for each of ``words`` the place of what it names in ``meanings`` (concepts by slot), or -1. Plurals
    are found by their singular, so that they need not be looked for. ``cues`` are places in the book of cues.
    """

    words: list[str]
    named: list[int]
    plurals: dict[str, int]
    meanings: list[list[tuple[str, tuple[str, ...]]]]
    cues: dict[str, list[int]]
    stops: list[str]
    near_stops: list[str]


def tag_words(lexicon: Lexicon, book: CueBook) -> TagWords:
    """The words of a lexicon and a cue book."""
    concepts: dict[str, dict[str, list[str]]] = {}
    singular: set[str] = set()
    for key, concept in lexicon.concepts.items():
        synonyms = {" ".join(fold(word).split()) for word in concept.synonyms}
        singular |= synonyms
        for word in dict.fromkeys(variants(concept.synonyms)):
            concepts.setdefault(word, {}).setdefault(concept.slot, []).append(key)
    cues: dict[str, list[int]] = {}
    for number, rule in enumerate(book.cues):
        for word in rule.words:
            cues.setdefault(fold(word).strip(), []).append(number)
    stops, near_stops = (sorted({fold(word).strip() for word in words}) for words in (book.stop, book.near_stop))
    words = sorted({*singular, *cues, *stops, *near_stops} - {""})
    looked_for = set(words)
    meanings: dict[tuple[tuple[str, tuple[str, ...]], ...], int] = {}
    named = {
        word: meanings.setdefault(tuple((slot, tuple(keys)) for slot, keys in by_slot.items()), len(meanings))
        for word, by_slot in sorted(concepts.items())
    }
    return TagWords(
        words=words,
        named=[named.get(word, -1) for word in words],
        plurals={word: meaning for word, meaning in named.items() if word not in looked_for},
        meanings=[list(meaning) for meaning in meanings],
        cues=cues,
        stops=stops,
        near_stops=near_stops,
    )


class Tagger:
    """The automaton over a lexicon's synonyms and a cue book's words. Immutable after construction."""

    def __init__(self, words: TagWords, cues: CueBook) -> None:
        self._words = words.words
        self._named = words.named
        self._plurals = words.plurals
        self._meanings = words.meanings
        self._cues = {word: [cues.cues[number] for number in numbers] for word, numbers in words.cues.items()}
        self._stops = frozenset(words.stops)
        self._near_stops = frozenset(words.near_stops)
        # The kind of automaton that is built fastest; on texts of this length it finds as fast as any.
        self._automaton = ahocorasick_rs.AhoCorasick(
            self._words, implementation=ahocorasick_rs.Implementation.NoncontiguousNFA
        )

    @classmethod
    def of(cls, lexicon: Lexicon, cues: CueBook) -> Tagger:
        """The tagger for the words of a lexicon and a cue book, worked out anew."""
        return cls(tag_words(lexicon, cues), cues)

    def tag(self, text: str) -> Tags:
        """Mentions, cue words and stop words of ``text``, each in order of position."""
        folded = fold(text)
        mentions: list[Mention] = []
        cue_words: list[CueWord] = []
        stops: list[int] = []
        near_stops: list[int] = []
        for index, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            word = self._words[index]
            if not bounded(folded, start, end):
                plural = self._plurals.get(f"{word}s", -1) if folded[end : end + 1] == "s" else -1
                if plural >= 0 and bounded(folded, start, end + 1):
                    mentions += self._mentions(plural, start, end + 1, f"{word}s")
                continue
            if self._named[index] >= 0:
                mentions += self._mentions(self._named[index], start, end, word)
            if word in self._cues and not named_by(text, start):
                cue_words += [CueWord(start=start, end=end, rule=rule, word=word) for rule in self._cues[word]]
            if word in self._stops:
                stops.append(start)
            if word in self._near_stops:
                near_stops.append(start)
        return Tags(
            mentions=tuple(_longest(mentions, lambda m: m.slot)),
            cue_words=tuple(_longest(cue_words, lambda c: c.rule.kind)),
            stops=tuple(sorted(stops)),
            near_stops=tuple(sorted(near_stops)),
        )

    def _mentions(self, meaning: int, start: int, end: int, word: str) -> Iterator[Mention]:
        for slot, concepts in self._meanings[meaning]:
            yield Mention(start=start, end=end, slot=slot, concepts=concepts, word=word)


def named_by(text: str, start: int) -> bool:
    """Whether a word is the name of something by its capital inside a sentence: May 2025, Will."""
    return start > 0 and text[start].isupper() and text[start + 1 : start + 2].islower() and text[start - 1] == " "


def variants(words: Iterable[str]) -> Iterable[str]:
    """Each synonym folded, and its simple plural."""
    for word in words:
        folded = " ".join(fold(word).split())
        if folded:
            yield folded
            if folded[-1].isalpha() and not folded.endswith("s") and len(folded) > 3:
                yield f"{folded}s"


def _longest(spans: Iterable[Spanned], group: Callable[[Spanned], str]) -> list[Spanned]:
    """Of items of one group that overlap only the longest stays (the earlier of equals), in order of position."""
    taken: dict[str, list[tuple[int, int]]] = defaultdict(list)
    kept: list[Spanned] = []
    for item in sorted(spans, key=lambda s: (s.start - s.end, s.start)):
        others = taken[group(item)]
        place = bisect.bisect(others, (item.start, item.end))
        before = place > 0 and others[place - 1][1] > item.start
        after = place < len(others) and others[place][0] < item.end
        if not before and not after:
            others.insert(place, (item.start, item.end))
            kept.append(item)
    return sorted(kept, key=lambda s: (s.start, s.end, group(s)))
