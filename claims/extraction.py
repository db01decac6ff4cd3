"""Turns a document into the claims it makes: what is said of whom, by which drug and route, when, how surely.

Each sentence (or table cell, list item) is cut where it says two things, tagged once, and given slots: what its own
words name, then what headings and the sentences before it carry. What makes no claim (questions, instructions,
navigation, quoted myths) is left out here, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from claims.cues import Cue, place_cues
from claims.propositions import SCOPE_SLOTS, Scope
from claims.quantities import Measured, find_quantities
from claims.sentences import split_sentences

if TYPE_CHECKING:
    from claims.documents import Document, Segment
    from claims.tagging import Mention, Tagger

Certainty = Literal["hedged", "plain", "strong", "absolute"]
Polarity = Literal["affirms", "denies"]

# Slots that a sentence takes over from what precedes it when it does not name its own.
CARRIED: Final = ("intervention", "route", "population")
_SKIPPED_KINDS: Final = frozenset({"code", "navigation", "reference"})
_CLAUSE: Final = re.compile(
    r";\s+|,?\s+\b(?:but|whereas|while|although|though|however)\b\s+|,\s+(?:and|which|so)\s+|\s+and\s+"
)
_MIN_WORDS: Final = 3


class Assertion(msgspec.Struct, frozen=True, kw_only=True):
    """One claim as read: its place in the file, its words, and what they say.

    ``stated`` names the slots filled by the claim's own words; the others were carried from its context.
    """

    start: int
    end: int
    text: str
    kind: str
    headings: tuple[str, ...]
    slots: Scope
    stated: frozenset[str]
    measured: tuple[Measured, ...]
    cues: tuple[Cue, ...]
    polarity: Polarity
    certainty: Certainty

    def has(self, *kinds: str) -> bool:
        """Whether any cue of these classes stands in the claim."""
        return any(cue.kind in kinds for cue in self.cues)


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """Words that make no claim, and why."""

    start: int
    end: int
    reason: str


class Extracted(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a document says, in page order."""

    assertions: tuple[Assertion, ...]
    left_out: tuple[LeftOut, ...]


class _Context:
    """What the sentences before have spoken of, by slot; a new heading starts afresh."""

    def __init__(self) -> None:
        self.headings: tuple[str, ...] = ()
        self.slots: dict[str, tuple[str, ...]] = {}
        self.document: dict[str, tuple[str, ...]] = {}

    def enter(self, headings: tuple[str, ...], named: dict[str, tuple[str, ...]]) -> None:
        if headings != self.headings:
            self.headings = headings
            self.slots = {**self.document, **named}

    def carry(self, named: dict[str, tuple[str, ...]]) -> None:
        for slot in CARRIED:
            if named.get(slot):
                self.slots[slot] = named[slot]
                self.document.setdefault(slot, named[slot])


def extract(document: Document, tagger: Tagger) -> Extracted:
    """The document's claims and what was left out. Pure; time grows linearly with the document."""
    assertions: list[Assertion] = []
    left_out: list[LeftOut] = []
    context = _Context()
    for segment in document.segments:
        if segment.kind in _SKIPPED_KINDS:
            continue
        context.enter(segment.headings, _named_in(segment.headings, tagger))
        for start, end in _sentences(segment):
            for found in _read(segment, start, end, tagger, context):
                if isinstance(found, Assertion):
                    assertions.append(found)
                else:
                    left_out.append(found)
    return Extracted(assertions=tuple(assertions), left_out=tuple(left_out))


def _sentences(segment: Segment) -> Iterator[tuple[int, int]]:
    if segment.kind == "table-cell":
        yield 0, len(segment.text)
    else:
        yield from split_sentences(segment.text)


def _read(segment: Segment, start: int, end: int, tagger: Tagger, context: _Context) -> Iterator[Assertion | LeftOut]:
    sentence = segment.text[start:end]
    reason = _no_claim(segment, sentence)
    tags = tagger.tag(sentence)
    cues = place_cues(tags.cue_words, tags.stops, 0, len(sentence))
    named = by_slot(tags.mentions)
    if reason is None and any(cue.kind in ("myth", "reported") for cue in cues):
        reason = "reported or quoted, not asserted"
    if reason is None and any(cue.kind == "instruction" for cue in cues) and "outcome" not in named:
        reason = "an instruction, not an assertion"
    if reason is not None:
        yield _left_out(segment, start, end, reason)
        context.carry(named)
        return
    around = " ".join(filter(None, (segment.row_head, segment.column_head)))
    heads = by_slot(tagger.tag(around).mentions) if around else {}
    measured = find_quantities(sentence)
    pieces = _clauses(sentence, tags.mentions)
    subject = {slot: named[slot] for slot in CARRIED if slot in named}
    for low, high in pieces:
        own = by_slot([m for m in tags.mentions if low <= m.start and m.end <= high])
        filled = {slot: own.get(slot) or heads.get(slot, ()) for slot in SCOPE_SLOTS}
        stated = frozenset(slot for slot, concepts in filled.items() if concepts)
        for slot in CARRIED:
            filled[slot] = filled[slot] or subject.get(slot) or context.slots.get(slot, ())
        source_start, source_end = segment.source_span(start + low, start + high)
        inside = tuple(cue for cue in cues if low <= cue.start < high or cue.covers(low, high))
        yield Assertion(
            start=source_start,
            end=source_end,
            text=sentence[low:high],
            kind=segment.kind,
            headings=segment.headings,
            slots=Scope(**filled),
            stated=stated,
            measured=tuple(m for m in measured if low <= m.start and m.end <= high),
            cues=inside,
            polarity=_polarity(tags.mentions, inside, low, high),
            certainty=_certainty(inside),
        )
    context.carry(named)


def by_slot(mentions: Sequence[Mention]) -> dict[str, tuple[str, ...]]:
    """Concepts by slot, each once, in order of mention."""
    found: dict[str, dict[str, None]] = {}
    for mention in mentions:
        found.setdefault(mention.slot, {}).update(dict.fromkeys(mention.concepts))
    return {slot: tuple(concepts) for slot, concepts in found.items()}


def _named_in(headings: Sequence[str], tagger: Tagger) -> dict[str, tuple[str, ...]]:
    named: dict[str, tuple[str, ...]] = {}
    for heading in headings:
        named.update({s: c for s, c in by_slot(tagger.tag(heading).mentions).items() if s in CARRIED})
    return named


def _clauses(sentence: str, mentions: Sequence[Mention]) -> list[tuple[int, int]]:
    """The sentence cut at conjunctions where both sides name an outcome of their own."""
    outcomes = [m for m in mentions if m.slot == "outcome"]
    pieces: list[tuple[int, int]] = []
    start = 0
    for cut in _CLAUSE.finditer(sentence):
        before = [m for m in outcomes if start <= m.start and m.end <= cut.start()]
        after = [m for m in outcomes if m.start >= cut.end()]
        enough = all(len(part.split()) >= _MIN_WORDS for part in (sentence[start : cut.start()], sentence[cut.end() :]))
        if before and after and enough and {m.concepts for m in before} != {m.concepts for m in after}:
            pieces.append((start, cut.start()))
            start = cut.end()
    pieces.append((start, len(sentence)))
    return pieces


def _no_claim(segment: Segment, sentence: str) -> str | None:
    if sentence.rstrip().endswith("?"):
        return "a question"
    if segment.kind == "quotation":
        return "a quotation"
    if segment.kind == "heading":
        return "a heading"
    if segment.kind != "table-cell" and len(sentence.split()) < _MIN_WORDS:
        return "too short to assert anything"
    return None


def _polarity(mentions: Sequence[Mention], cues: Sequence[Cue], low: int, high: int) -> Polarity:
    """Whether the clause denies what it is about: a negation reaches its first outcome, or all of it if it has none."""
    outcomes = [m for m in mentions if m.slot == "outcome" and low <= m.start and m.end <= high]
    spans = [(m.start, m.end) for m in outcomes[:1]] or [(low, high)]
    negated = any(c.kind == "negation" and any(c.covers(a, b) for a, b in spans) for c in cues)
    return "denies" if negated else "affirms"


def _certainty(cues: Sequence[Cue]) -> Certainty:
    denied = [cue for cue in cues if cue.kind == "negation"]
    kinds = {c.kind for c in cues if not any(n.start <= c.start < n.end for n in denied)}
    if "absolute" in kinds:
        return "absolute"
    if "hedge" in kinds:
        return "hedged"
    return "strong" if "strong" in kinds else "plain"


def _left_out(segment: Segment, start: int, end: int, reason: str) -> LeftOut:
    low, high = segment.source_span(start, end)
    return LeftOut(start=low, end=high, reason=reason)
