"""Finds concepts and cue words in a text in one pass of an Aho-Corasick automaton built from the lexicon.

Matching ignores case, treats every dash and blank alike, and respects word bounds. Within a slot the longest mention
wins; mentions of different slots may overlap (one word may name a treatment and its route).
"""

from __future__ import annotations

import bisect
from collections import defaultdict
from collections.abc import Callable, Iterable
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


class Tagger:
    """The automaton over a lexicon's synonyms and a cue book's words. Immutable after construction."""

    def __init__(self, lexicon: Lexicon, cues: CueBook) -> None:
        self._concepts: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._cues: dict[str, list[CueRule]] = defaultdict(list)
        self._stops = frozenset(fold(word).strip() for word in cues.stop)
        for key, concept in lexicon.concepts.items():
            for word in dict.fromkeys(variants(concept.synonyms)):
                self._concepts[word].append((concept.slot, key))
        for rule in cues.cues:
            for word in rule.words:
                self._cues[fold(word).strip()].append(rule)
        self._words = sorted({*self._concepts, *self._cues, *self._stops} - {""})
        self._automaton = ahocorasick_rs.AhoCorasick(self._words)

    def tag(self, text: str) -> Tags:
        """Mentions, cue words and stop words of ``text``, each in order of position."""
        folded = fold(text)
        mentions: list[Mention] = []
        cue_words: list[CueWord] = []
        stops: list[int] = []
        for index, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            if not bounded(folded, start, end):
                continue
            word = self._words[index]
            by_slot: dict[str, list[str]] = defaultdict(list)
            for slot, concept in self._concepts.get(word, ()):
                by_slot[slot].append(concept)
            mentions += [
                Mention(start=start, end=end, slot=slot, concepts=tuple(concepts), word=word)
                for slot, concepts in by_slot.items()
            ]
            if not named_by(text, start):
                cue_words += [CueWord(start=start, end=end, rule=rule, word=word) for rule in self._cues.get(word, ())]
            if word in self._stops:
                stops.append(start)
        return Tags(
            mentions=tuple(_longest(mentions, lambda m: m.slot)),
            cue_words=tuple(_longest(cue_words, lambda c: c.rule.kind)),
            stops=tuple(sorted(stops)),
        )


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
