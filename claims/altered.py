"""A claim that repeats an allowed wording word for word, but for a detail: a denial, a concept, a promise put on top.

What two texts have in common in the same order is laid side by side; of what stands in one where the other has
something else, only what cannot both be meant counts. Told more freely, a claim is left to the scorecard.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence, Sized
from difflib import SequenceMatcher
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final, NamedTuple

from claims.folding import fold
from claims.forms import FINDING
from claims.verbatim import Departure

if TYPE_CHECKING:
    from claims.collection import Collection
    from claims.comparisons import Compared
    from claims.cues import CueClass
    from claims.forms import Forms
    from claims.frames import FrameReader
    from claims.lexicon import Lexicon
    from claims.tagging import Tags

_SLOTS: Final = ("agency", "intervention", "population", "route", "species")
_WORD: Final = re.compile(r"[^\W_]+(?:['*.,][^\W_]+)*%?")
_FEWEST: Final = 3  # words in common
_SHARE: Final = 0.6  # of the claim's words, for a concept to be named instead of another
_CLOSE: Final = 0.7  # the same for a denial, a promise, a figure
_WHOLE: Final = 0.9  # of the wording's words: the claim has all of it, and more
_PLACES: Final = 4  # where the two part; with more, the one does not repeat the other
_REPEATED: Final = 0.3  # likeness to a topic from which its wordings are looked at
_COVERS: Final = 0.75  # share of a claim that a topic must say too, for what it is about to count
_BROADEST: Final = 2  # a population that so few lie above is people at large

Span = tuple[int, int]


class Parted(NamedTuple):
    """Where a claim (``own``) and a wording that it repeats (``known``) say something else, place by place; an empty
    span where one says nothing. ``within`` is the part of the wording that the claim repeats, ``close`` whether it
    repeats it so closely that small words count."""

    own: list[Span]
    known: list[Span]
    within: Span
    close: bool

    @property
    def changed(self) -> int:
        """How many characters of either are not the other's."""
        return sum(end - start for start, end in (*self.own, *self.known))


def worded(text: str) -> str:
    """The words of a text, folded, with a blank between two: what ``Worded`` is given where they are known."""
    return " ".join(_WORD.findall(fold(text)))


class Worded:
    """A text with its words and their places, to be laid beside others.

    With ``words`` a text is only asked for when it is needed: of most wordings only the words ever are.
    """

    def __init__(self, text: str | Callable[[], str], words: list[str] | None = None) -> None:
        self._given = text
        self.words: list[str] = worded(self.text).split() if words is None else words

    @cached_property
    def text(self) -> str:
        """As it was given."""
        return self._given if isinstance(self._given, str) else self._given()

    @cached_property
    def spans(self) -> list[Span]:
        """The places of its words."""
        return [match.span() for match in _WORD.finditer(fold(self.text))]

    @cached_property
    def known(self) -> frozenset[str]:
        """Its words, each once."""
        return frozenset(self.words)

    def span(self, start: int, end: int) -> Span:
        """The characters from a word up to another; nothing is an empty span."""
        return (self.spans[start][0], self.spans[end - 1][1]) if end > start else (0, 0)


def parted(claim: Worded, wording: Worded) -> Parted | None:
    """Where a claim and a wording that it otherwise repeats say something else; ``None`` when it does not repeat it.

    What a claim leaves out at its beginning or end is no such place if it is more than a word: the claim may be a
    clause of the wording.
    """
    blocks = SequenceMatcher(None, claim.words, wording.words, autojunk=False).get_matching_blocks()
    common = sum(block.size for block in blocks)
    if not _enough(common, claim.words, wording.words, _SHARE):
        return None
    own: list[Span] = []
    known: list[Span] = []
    first, last = 0, len(wording.words)
    a = b = 0
    for block in blocks:  # the last one is empty and stands at the end
        if block.b > b + 1 and block.a == a and not a:
            first = block.b
        elif block.b > b + 1 and block.a == a and not block.size:
            last = b
        elif block.a > a or block.b > b:
            own.append(claim.span(a, block.a))
            known.append(wording.span(b, block.b))
        a, b = block.a + block.size, block.b + block.size
    close = _enough(common, claim.words, wording.words, _CLOSE)
    return Parted(own, known, wording.span(first, last), close) if len(own) <= _PLACES else None


def may_repeat(claim: frozenset[str], wording: list[str]) -> bool:
    """Whether a claim has enough of a wording's words, in whatever order, for ``parted``."""
    shared = len(claim.intersection(wording))
    return shared >= _FEWEST and (shared >= _SHARE * len(claim) or shared >= _WHOLE * len(set(wording)))


def _enough(shared: int, claim: Sized, wording: Sized, share: float) -> bool:
    return shared >= share * len(claim) or shared >= _WHOLE * len(wording)


def alterations(
    claim: Worded, wording: Worded, parted: Parted, reader: FrameReader, lexicon: Lexicon
) -> dict[str, frozenset[str]]:
    """The details in which a claim departs from a wording where the two part: slots, each with the concepts that it
    names instead; ``sign`` for a denial; ``certainty``."""
    mine, theirs = reader.tagger.tag(claim.text), reader.tagger.tag(wording.text)
    found: dict[str, frozenset[str]] = {}
    if parted.close and _denied_otherwise(claim, wording, parted, mine, theirs, reader):
        found["sign"] = frozenset()
    if parted.close and _promised(parted, mine, theirs):
        found["certainty"] = frozenset()
    for slot in _SLOTS:
        said = _telling(slot, mine, parted.own, lexicon) - _telling(slot, theirs, [parted.within], lexicon)
        carried = _telling(slot, theirs, parted.known, lexicon)
        if _unrelated(carried, said, lexicon) and (others := _unrelated(said, carried, lexicon)):
            found[slot] = others
    return found


def _denied_otherwise(
    claim: Worded, wording: Worded, parted: Parted, mine: Tags, theirs: Tags, reader: FrameReader
) -> bool:
    """Whether one of the two denies what the other says, in the same words of content."""
    denials = _cues("negation", mine, [(0, len(claim.text))]) + _cues("negation", theirs, [parted.within])
    return bool(denials % 2) and all(
        _content(claim.text, own, reader) == _content(wording.text, known, reader)
        for own, known in zip(parted.own, parted.known, strict=True)
        if own[1] or _cues("negation", theirs, [known])
    )


def _promised(parted: Parted, mine: Tags, theirs: Tags) -> bool:
    """Whether the claim adds an absolute, and the wording has none."""
    added = [own for own, known in zip(parted.own, parted.known, strict=True) if not known[1]]
    promised = _cues("absolute", mine, added) and not _cues("negation", mine, added)
    return bool(promised) and not _cues("absolute", theirs, [parted.within])


def _unrelated(concepts: frozenset[str], others: frozenset[str], lexicon: Lexicon) -> frozenset[str]:
    return frozenset(c for c in concepts if not any(lexicon.related(c, other) for other in others))


def _cues(kind: CueClass, tags: Tags, spans: list[Span]) -> int:
    """How many cue words of a class reach into the spans; a pseudo cue hides those within it."""
    hidden = [word for word in tags.cue_words if word.rule.kind == "pseudo"]
    return sum(
        word.rule.kind == kind
        and (word.rule.near or kind != "negation" or " not " in f" {word.word} ")  # "is unknown" is one of its words
        and any(word.start < end and start < word.end for start, end in spans)
        and not any(other.start <= word.start and word.end <= other.end for other in hidden)
        for word in tags.cue_words
    )


def _content(text: str, span: Span, reader: FrameReader) -> set[str]:
    return {word.key for word in reader.senses.words(fold(text[slice(*span)]))}


def _telling(slot: str, tags: Tags, spans: list[Span], lexicon: Lexicon) -> frozenset[str]:
    """The concepts of a slot whose names reach into one of the spans, but people at large."""
    return frozenset(
        concept
        for mention in tags.mentions
        if mention.slot == slot and any(mention.start < end and start < mention.end for start, end in spans)
        for concept in mention.concepts
        if slot != "population" or len(lexicon.wider(concept)) > _BROADEST
    )


class Repeated:
    """Finds the allowed wording that a claim repeats but for a detail."""

    def __init__(self, collection: Collection, forms: Forms, reader: FrameReader) -> None:
        self._collection = collection
        self._forms = forms
        self._reader = reader

    def departure(self, claim: str, topics: Sequence[Compared], deciding: Compared) -> Departure | None:
        """What a claim changes in the wording of the topics near it that it repeats most closely; ``None`` when it
        repeats none, changes no detail, or names what another topic as near is about."""
        words = Worded(claim)
        repeated = [
            (places.changed, number, topic, wording, places)
            for topic in topics
            if topic.likeness >= _REPEATED
            for number, wording in self._near(topic.topic, words.known)
            if (places := parted(words, wording)) is not None
        ]
        if not repeated:
            return None
        _, number, topic, wording, places = min(repeated, key=lambda item: item[:2])
        found = alterations(words, wording, places, self._reader, self._collection.lexicon)
        near = [other for other in topics if other.values["covered"] >= _COVERS]
        details = [
            detail
            for detail, concepts in found.items()
            if not any(self._is_about(other, detail, concepts, number) for other in near)
        ]
        fits = any(other.fit.fitting and not (other.fit.beyond or other.fit.unknown) for other in topics)
        changed = set(self._refigured(claim, topic, number, places)) if places.close else set[str]()
        if "n" in changed and topic is deciding and not fits:
            details.append("n")
        if "y" in changed and not any(other.fit.years for other in topics):
            details.append("y")
        return Departure(number=number, details=tuple(details)) if details else None

    def _refigured(self, claim: str, topic: Compared, number: int, places: Parted) -> Iterator[str]:
        """``n`` or ``y`` for a figure or year that the topic does not carry where a wording of it gives another."""
        figures = self._forms.form(number).frame.measured
        for own, known in zip(places.own, places.known, strict=True):
            if any(figure.start < known[1] and known[0] < figure.end for figure in figures):
                if any(figure.start < own[1] and own[0] < figure.end for figure in topic.fit.beyond):
                    yield "n"
                if any(f"{year:.0f}" in claim[slice(*own)] for year in topic.fit.wrong_years):
                    yield "y"

    def _is_about(self, topic: Compared, slot: str, concepts: frozenset[str], of: int) -> bool:
        """Whether a topic is about concepts that a claim names instead of those of a wording."""
        if not concepts:
            return False
        named: tuple[str, ...] = getattr(self._forms.topic(topic.topic).scope, slot)
        if topic.nearest_allowed is not None and topic.nearest_allowed != of:
            slots = self._forms.form(topic.nearest_allowed).frame.slots
            named += slots.get(slot, ()) + (slots.get("comparator", ()) if slot == "intervention" else ())
        return any(self._collection.lexicon.related(a, b) for a in named for b in concepts)

    def _near(self, topic: str, claim: frozenset[str]) -> Iterator[tuple[int, Worded]]:
        """The allowed wordings of a topic that a claim of these words may repeat, with the numbers of their forms."""
        first = self._forms.of_topic(topic)[0]
        for place, told in enumerate(self._forms.topic(topic).worded):
            words = told.split()
            if may_repeat(claim, words):
                yield first + place, Worded(partial(self._text, topic, place), words)

    def _text(self, topic: str, place: int) -> str:
        return self._texts(topic)[place]

    def _texts(self, topic: str) -> Sequence[str]:
        """The allowed wordings of a topic, in the order of its forms."""
        if topic.startswith(FINDING):
            finding = self._collection.library.findings[topic.removeprefix(FINDING)]
            return finding.summary, *finding.wordings
        proposition = self._collection.propositions[topic]
        return proposition.statement, *(wording.text for wording in proposition.wordings)
