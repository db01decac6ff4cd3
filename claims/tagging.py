"""Finds concepts and cue words in a text by the lexicon and the book of cues.

Concepts are matched word by word in the base form of words, so that a synonym is found in any spelling and inflection;
cue words as they stand. Case does not matter, every dash and blank is alike. Within a slot the longest mention wins;
mentions of different slots may overlap (one word may name a treatment and its route).
"""

from __future__ import annotations

import bisect
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Final, TypeVar

import ahocorasick_rs
import msgspec

from claims.cues import CueRule
from claims.folding import bounded, fold
from claims.spelling import american, based_words

if TYPE_CHECKING:
    from claims.cues import CueBook
    from claims.lexicon import Lexicon

_NEGATIONS: Final = frozenset({"no", "non", "not", "without", "never", "zero"})
_NEGATING: Final = ("non", "un")  # that a word may begin with
_WITHIN: Final = ("free", "not", "never")  # after the first word: "risk free", "does not work"


class Mention(msgspec.Struct, frozen=True, kw_only=True):
    """A concept named in the text. Several concepts of one slot may share a word; ``denied`` are those that the word
    itself denies ("unapproved")."""

    start: int
    end: int
    slot: str
    concepts: tuple[str, ...]
    word: str
    denied: tuple[str, ...] = ()


class CueWord(msgspec.Struct, frozen=True, kw_only=True):
    """A cue word in the text, with the rule it belongs to."""

    start: int
    end: int
    rule: CueRule
    word: str


Meaning = Iterable[tuple[str, tuple[str, ...], tuple[str, ...]]]
Spanned = TypeVar("Spanned", Mention, CueWord)


class Tags(msgspec.Struct, frozen=True, kw_only=True):
    """All mentions and cue words of a text, by position."""

    mentions: tuple[Mention, ...]
    cue_words: tuple[CueWord, ...]
    stops: tuple[int, ...]
    near_stops: tuple[int, ...]

    @property
    def named(self) -> list[tuple[int, int]]:
        """The spans of the concepts that are mentioned."""
        return [(mention.start, mention.end) for mention in self.mentions]


class TagWords(msgspec.Struct, array_like=True):
    """What a tagger looks for, as a snapshot keeps it.

    ``named`` gives for each of ``synonyms``, in base form between spaces or as it stands, the place of what it names
    in ``meanings`` (by slot the concepts, and those of them that it denies). ``reach`` says of the first word of those
    in base form how many words the longest has. ``cues`` are places in the book of cues, ``words`` all that are looked
    for as they stand.
    """

    synonyms: list[str]
    named: list[int]
    meanings: list[list[tuple[str, tuple[str, ...], tuple[str, ...]]]]
    words: list[str]
    cues: dict[str, list[int]]
    stops: list[str]
    near_stops: list[str]
    reach: dict[str, int]


def tag_words(lexicon: Lexicon, book: CueBook) -> TagWords:
    """The words of a lexicon and a cue book.

    A single word that is listed only inflected ("lasts", not "last") is looked for as it stands.
    """
    concepts: dict[str, dict[str, dict[str, bool]]] = {}
    for key, concept in lexicon.concepts.items():
        folded = [" ".join(fold(synonym).split()) for synonym in concept.synonyms]
        synonyms = {word: based_words(word)[0].strip() for word in folded if word}
        bare = {based for word, based in synonyms.items() if american(word) in (based, f"{based}e")}
        based_forms = frozenset(synonyms.values())
        for word, based in synonyms.items():
            looked_for = f" {based} " if " " in word or based in bare else word
            denies = not based_forms.isdisjoint(_affirmed(based))
            concepts.setdefault(looked_for, {}).setdefault(concept.slot, {})[key] = denies
    cues: dict[str, list[int]] = {}
    for number, rule in enumerate(book.cues):
        for word in rule.words:
            cues.setdefault(fold(word).strip(), []).append(number)
    stops, near_stops = (sorted({fold(word).strip() for word in words}) for words in (book.stop, book.near_stop))
    meanings: dict[tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...], int] = {}
    named = []
    reach: dict[str, int] = {}
    for synonym in sorted(concepts):
        if synonym[0] == " ":
            first, *others = synonym[1:-1].split(" ")
            reach[first] = max(reach.get(first, 0), len(others) + 1)
        meaning = tuple(
            (slot, tuple(keys), tuple(key for key, denied in keys.items() if denied))
            for slot, keys in concepts[synonym].items()
        )
        named.append(meanings.setdefault(meaning, len(meanings)))
    return TagWords(
        synonyms=sorted(concepts),
        named=named,
        meanings=[list(meaning) for meaning in meanings],
        words=sorted({*cues, *stops, *near_stops, *(word for word in concepts if word[0] != " ")} - {""}),
        cues=cues,
        stops=stops,
        near_stops=near_stops,
        reach=reach,
    )


class Tagger:
    """A lexicon's synonyms and a cue book's words, to be found in texts. Immutable after construction."""

    def __init__(self, words: TagWords, cues: CueBook) -> None:
        meant = {word: words.meanings[place] for word, place in zip(words.synonyms, words.named, strict=True)}
        self._meant = meant
        self._reach = words.reach
        self._exact = {word: meaning for word, meaning in meant.items() if word[0] != " "}
        self._cues = {word: [cues.cues[number] for number in numbers] for word, numbers in words.cues.items()}
        self._words = words.words
        self._stops = frozenset(words.stops)
        self._near_stops = frozenset(words.near_stops)
        # The kind of automaton that is built fastest; on texts of this length it finds as fast as any.
        built = ahocorasick_rs.Implementation.NoncontiguousNFA
        self._automaton = ahocorasick_rs.AhoCorasick(self._words, implementation=built)

    @classmethod
    def of(cls, lexicon: Lexicon, cues: CueBook) -> Tagger:
        """The tagger for the words of a lexicon and a cue book, worked out anew."""
        return cls(tag_words(lexicon, cues), cues)

    def tag(self, text: str) -> Tags:
        """Mentions, cue words and stop words of ``text``, each in order of position."""
        folded = fold(text)
        cue_words: list[CueWord] = []
        stops: list[int] = []
        near_stops: list[int] = []
        mentions = list(self._mentions(folded))
        for index, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            if not bounded(folded, start, end):
                continue
            word = self._words[index]
            mentions += self._of(self._exact.get(word, ()), start, end, word)
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

    def _mentions(self, folded: str) -> Iterator[Mention]:
        based, starts, ends = based_words(folded)
        stops = list(ends)  # the space after each word
        for number, (low, stop) in enumerate(zip(starts, stops, strict=True)):
            reach = self._reach.get(based[low + 1 : stop])
            if reach:
                for high in stops[number : number + reach]:
                    meaning = self._meant.get(based[low : high + 1])
                    if meaning:
                        start, end = starts[low], ends[high]
                        yield from self._of(meaning, start, end, folded[start:end])

    def _of(self, meaning: Meaning, start: int, end: int, word: str) -> Iterator[Mention]:
        for slot, concepts, denied in meaning:
            yield Mention(start=start, end=end, slot=slot, concepts=concepts, word=word, denied=denied)


def _affirmed(synonym: str) -> Iterator[str]:
    """What a synonym in base form would say without its negation: of "unapproved" and "not approved", "approved"."""
    first, *rest = synonym.split()
    if first in _NEGATIONS:
        yield " ".join(rest)
    for prefix in _NEGATING:
        if first.startswith(prefix):
            yield " ".join([first.removeprefix(prefix), *rest])
    for word in _WITHIN:
        if word in rest:
            yield " ".join(other for other in [first, *rest] if other != word)


def named_by(text: str, start: int) -> bool:
    """Whether a word is the name of something by its capital inside a sentence: May 2025, Will."""
    return start > 0 and text[start].isupper() and text[start + 1 : start + 2].islower() and text[start - 1] == " "


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
