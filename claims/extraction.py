"""Turns a document into the claims it makes: what is said of whom, by which drug and route, when, how surely.

Each sentence (or table cell, list item) is cut where it says two things, tagged once, and given slots: what its own
words name, then what headings and the sentences before it carry. What makes no claim (questions, instructions,
navigation, quoted myths) is left out here, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import msgspec
from msgspec.structs import replace

from claims.clauses import clauses_of
from claims.cues import Cue, joined, place_cues
from claims.frames import Certainty, Frame
from claims.propositions import SCOPE_SLOTS, Scope
from claims.sentences import split_sentences
from claims.table_rows import Rows
from claims.unclaiming import instructs, no_claim
from evidence.later import compiled_later

if TYPE_CHECKING:
    from claims.documents import Document, Segment
    from claims.frames import FrameReader
    from claims.quantities import Measured
    from claims.tagging import Mention

Polarity = Literal["affirms", "denies"]

# Slots that a sentence takes over from what precedes it when it does not name its own.
CARRIED: Final[tuple[str, ...]] = ("intervention", "route", "population")
LENT: Final = ("intervention", "route")  # those of them that also count when wordings are compared
_CARRIED_WEIGHT: Final = 0.5
_HEAD_WEIGHT: Final = 0.8
_SKIPPED_KINDS: Final = frozenset({"code", "navigation", "reference"})
_LEADING: Final = (":", " following", " include", " are")  # how a text ends that leads into a list
_POINTING: Final = compiled_later(
    r"(?:\s+(?:(?:any|one|some|all) of )?(?:the following|as follows|these|such as))?[\s:]*$", re.IGNORECASE
)
_LONGEST_LEAD: Final = 240
_BRIEF: Final = 6  # words of an item that says nothing without the words that lead to it
_BRIEF_IF_CLOSED: Final = 3  # the same of one that ends as a sentence does
_LONGEST: Final = 2000  # characters of a sentence; what is longer is no prose, and its words reach too far


class Assertion(msgspec.Struct, frozen=True, kw_only=True):
    """One claim as read: its place in the file, its words, and what they say.

    ``stated`` names the slots filled by the claim's own words; the others were carried from its context. ``in_house``:
    the columns of its figures are those of the provider itself ("Our patients"). ``lead``: the words without which an
    item of a list says nothing; the places of figures count from where these begin.
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
    frame: Frame
    in_house: bool = False
    lead: str = ""

    @property
    def in_full(self) -> str:
        """Its words, after those that lead into the list it stands in."""
        return f"{self.lead} {self.text}" if self.lead else self.text

    def has(self, *kinds: str) -> bool:
        """Whether any cue of these classes stands in the claim."""
        return any(cue.kind in kinds for cue in self.cues)

    def moved(self, by: int) -> Assertion:
        """The same claim so many code points further on."""
        return replace(self, start=self.start + by, end=self.end + by) if by else self


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """Words that make no claim, and why. ``unread``: they may well make one, but could not be read."""

    start: int
    end: int
    reason: str
    unread: bool = False

    def moved(self, by: int) -> LeftOut:
        """The same words so many code points further on."""
        return replace(self, start=self.start + by, end=self.end + by) if by else self


class Understood(msgspec.Struct, frozen=True, kw_only=True):
    """What a sentence says wherever it stands in the same surroundings; its claims are placed within the sentence.

    ``reason``: why it claims nothing. ``named``: the concepts that the sentences after it take over. ``unread``: it may
    well claim something, but could not be read.
    """

    named: dict[str, tuple[str, ...]]
    reason: str | None = None
    unread: bool = False
    claims: tuple[Assertion, ...] = ()


Sentence = tuple[int, int, Understood]  # from, to, in the segment's text


class Extracted(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a document says, in page order."""

    assertions: tuple[Assertion, ...]
    left_out: tuple[LeftOut, ...]


Slots = tuple[tuple[str, tuple[str, ...]], ...]
_State = tuple[tuple[str, ...] | None, Slots, Slots, str | None]


class Told(NamedTuple):
    """What a block of segments says, placed from where the block begins, and the state of the context after it."""

    assertions: tuple[Assertion, ...]
    left_out: tuple[LeftOut, ...]
    state: _State


ToldAt = tuple[int, Told, bool]  # where it begins, what it says, and whether that is remembered for its copies


class _Context:
    """What headings and the sentences before have spoken of: concepts by slot, and the features they lend.

    ``lead`` is the text that leads into the list which follows, ``None`` where none does.
    """

    def __init__(self, reader: FrameReader) -> None:
        self._reader = reader
        self.lead: str | None = None
        self._headings: tuple[str, ...] | None = None
        self._first: dict[str, tuple[str, ...]] = {}
        self.slots: dict[str, tuple[str, ...]] = {}

    def enter(self, headings: tuple[str, ...]) -> None:
        """Under a new heading what it names holds, else what the document named first."""
        if headings == self._headings:
            return
        self._headings = headings
        self.slots = dict(self._first)
        for heading in headings:
            self.slots |= {s: c for s, c in self._reader.concepts(heading).items() if s in CARRIED}

    def carry(self, named: Mapping[str, tuple[str, ...]]) -> None:
        for slot in CARRIED:
            if named.get(slot):
                self.slots[slot] = named[slot]
                self._first.setdefault(slot, named[slot])

    @property
    def state(self) -> _State:
        """All that what follows depends on."""
        return self._headings, tuple(self.slots.items()), tuple(self._first.items()), self.lead

    def resume(self, state: _State) -> None:
        """Goes on from a state that was reached before."""
        self._headings, slots, first, self.lead = state
        self.slots, self._first = dict(slots), dict(first)

    def lent(self, stated: Mapping[str, tuple[str, ...]], heads: Iterable[str]) -> dict[str, float]:
        """The features that a claim takes over: what its slots leave open, and all of its row and column heads."""
        features: dict[str, float] = {}
        if not stated.get("intervention"):
            for slot in LENT:
                features |= self._reader.lend(slot, self.slots.get(slot, ()), _CARRIED_WEIGHT)
        for head in heads:
            features |= {k: w * _HEAD_WEIGHT for k, w in self._reader.read(head).features.items()}
        return features


def extract(document: Document, reader: FrameReader) -> Extracted:
    """The document's claims and what was left out. Pure; time grows linearly with the document."""
    told = tell(document, reader)
    assertions = tuple(claim.moved(start) for start, block, _ in told for claim in block.assertions)
    left_out = tuple(left.moved(start) for start, block, _ in told for left in block.left_out)
    return Extracted(assertions=assertions, left_out=left_out)


def tell(document: Document, reader: FrameReader) -> list[ToldAt]:
    """What each block of the document says, and where the block begins. What repeats is the very same value."""
    found: list[ToldAt] = []
    context = _Context(reader)
    rows = Rows(document, reader)
    for start, segments, kept in document.parts:
        # Segments are remembered with what they tell, so that no others can have their identity.
        key = (id(segments), context.state, rows.bearing(segments)) if kept else None
        _, told = (key and reader.told.get(key)) or (None, None)
        if told is None:
            told = _told(segments, reader, context, rows)
            if key:
                reader.told.keep(key, (segments, told))
        else:
            context.resume(told.state)
        if told.assertions or told.left_out:
            found.append((start, told, kept))
    return found


def _told(segments: Iterable[Segment], reader: FrameReader, context: _Context, rows: Rows) -> Told:
    assertions: list[Assertion] = []
    left_out: list[LeftOut] = []
    for segment in segments:
        if segment.kind in _SKIPPED_KINDS:
            continue
        context.enter(segment.headings)
        if segment.kind != "list-item":
            context.lead = _lead(segment, reader)
        if segment.kind == "table-cell" and not rows.claims(segment):
            left_out.append(_left_out(segment, 0, len(segment.text), "the head of a row or column, or its bare figure"))
            continue
        for start, end, understood in _sentences_of(segment, reader, context, rows):
            if understood.reason is not None:
                left_out.append(_left_out(segment, start, end, understood.reason, unread=understood.unread))
            for claim in understood.claims:
                low, high = segment.source_span(start + claim.start, start + claim.end)
                assertions.append(replace(claim, start=low, end=high, headings=segment.headings))
    return Told(tuple(assertions), tuple(left_out), context.state)


def _sentences_of(segment: Segment, reader: FrameReader, context: _Context, rows: Rows) -> Sequence[Sentence]:
    """The sentences of a segment with what they say; the context takes over what they name.

    Running text that was read before in the same surroundings is not taken apart again.
    """
    if segment.kind == "table-cell":
        return (_read(segment, 0, len(segment.text), reader, context, rows),)
    key = (segment.text, segment.kind, segment.row_head, segment.column_head, context.lead, *context.slots.items())
    known = reader.read_before.get(key)
    if known is None:
        spans = split_sentences(segment.text)
        return reader.read_before.keep(key, [_read(segment, *span, reader, context, rows) for span in spans])
    for _, _, understood in known:
        context.carry(understood.named)
    return known


def _lead(segment: Segment, reader: FrameReader) -> str | None:
    """The text of a segment if it leads into a list and says of what its items are told; a mere head leads nowhere."""
    text = segment.text.rstrip()
    led = segment.kind == "prose" and text.endswith(_LEADING) and len(text) <= _LONGEST_LEAD
    return text if led and reader.predicates(text) and not instructs(text, reader) else None


def _read(segment: Segment, start: int, end: int, reader: FrameReader, context: _Context, rows: Rows) -> Sentence:
    sentence = segment.text[start:end]
    if len(sentence) > _LONGEST:
        reason = f"a sentence of more than {_LONGEST} characters"
        return start, end, Understood(named={}, reason=reason, unread=True)
    heads = [head for head in (segment.row_head, segment.column_head) if head and head != sentence]
    heads += rows.figures(segment)
    columns = rows.columns(segment)
    lead = ""
    if context.lead and segment.kind == "list-item":
        before, lead = _leading(context.lead, sentence)
        heads += [before] if before else []
    key = (sentence, segment.kind, lead, *heads, *columns, *context.slots.items())
    understood = reader.understood.get(key)
    if understood is None:
        understood = reader.understood.keep(key, _understood(segment, sentence, heads, lead, columns, reader, context))
    context.carry(understood.named)
    return start, end, understood


def _leading(lead: str, item: str) -> tuple[str, str]:
    """The text that leads into a list, parted before its last sentence; all of it is the first part for an item that
    says something by itself."""
    words = len(item.split())
    if words > (_BRIEF_IF_CLOSED if item.rstrip().endswith((".", "!")) else _BRIEF):
        return lead, ""
    last, _ = split_sentences(lead)[-1]
    return lead[:last].rstrip(), _POINTING.sub("", lead[last:])


def _understood(
    segment: Segment,
    sentence: str,
    heads: list[str],
    led_by: str,
    columns: tuple[str, ...],
    reader: FrameReader,
    context: _Context,
) -> Understood:
    tags = reader.tagger.tag(sentence)
    cues = place_cues(tags.cue_words, tags.stops, tags.near_stops, 0, len(sentence), joined(sentence, tags.named))
    named = by_slot(tags.mentions)
    reason = no_claim(segment, sentence, cues, led=bool(context.lead and tags.mentions))
    if reason is not None:
        return Understood(named=named, reason=reason)
    in_heads = [m for head in (*heads, led_by) for m in reader.tagger.tag(head).mentions]
    of_heads = by_slot(in_heads)
    treatments = {m.concepts for m in in_heads if m.slot == "intervention"}
    under = next(iter(treatments)) if len(treatments) == 1 else ()
    in_house = any(word.rule.kind == "in-house" for head in columns for word in reader.tagger.tag(head).cue_words)
    subject = {slot: named[slot] for slot in CARRIED if slot in named}
    claims: list[Assertion] = []
    for low, high, lead in clauses_of(sentence, tags.mentions, cues, reader):
        own, before = _within(tags.mentions, low, high), led_by
        stated = {**of_heads, **own}
        if lead:
            stated, before = {**of_heads, **_within(tags.mentions, *lead), **own}, sentence[slice(*lead)]
        carried = {**context.slots, **subject}
        filled = {slot: stated.get(slot) or (carried.get(slot, ()) if slot in CARRIED else ()) for slot in SCOPE_SLOTS}
        text = sentence[low:high]
        lent = context.lent({**subject, **stated}, heads)
        if "intervention" not in own and "intervention" in subject:
            lent |= reader.lend("intervention", subject["intervention"], _CARRIED_WEIGHT)
        in_full = f"{before} {text}" if before else text
        frame = reader.read(in_full, context=lent, under=() if "intervention" in named else under)
        inside = tuple(cue for cue in cues if low <= cue.start < high or cue.covers(low, high))
        claims.append(
            Assertion(
                start=low,
                end=high,
                text=text,
                kind=segment.kind,
                headings=(),
                slots=Scope(**{**filled, "comparator": frame.slots.get("comparator", ())}),
                stated=frozenset(slot for slot, concepts in stated.items() if concepts),
                measured=frame.measured,
                cues=inside,
                polarity=_polarity(tags.mentions, inside, low, high),
                certainty=frame.certainty,
                frame=frame,
                in_house=in_house,
                lead=before,
            )
        )
    return Understood(named=named, claims=tuple(claims))


def by_slot(mentions: Sequence[Mention]) -> dict[str, tuple[str, ...]]:
    """Concepts by slot, each once, in order of mention."""
    found: dict[str, dict[str, None]] = {}
    for mention in mentions:
        found.setdefault(mention.slot, {}).update(dict.fromkeys(mention.concepts))
    return {slot: tuple(concepts) for slot, concepts in found.items()}


def _within(mentions: Sequence[Mention], low: int, high: int) -> dict[str, tuple[str, ...]]:
    return by_slot([m for m in mentions if low <= m.start and m.end <= high])


def _polarity(mentions: Sequence[Mention], cues: Sequence[Cue], low: int, high: int) -> Polarity:
    """Whether the clause denies what it is about: a negation reaches its first outcome, or all of it if it has none."""
    outcomes = [m for m in mentions if m.slot == "outcome" and low <= m.start and m.end <= high]
    spans = [(m.start, m.end) for m in outcomes[:1]] or [(low, high)]
    negated = any(c.kind == "negation" and any(c.covers(a, b) for a, b in spans) for c in cues)
    return "denies" if negated else "affirms"


def _left_out(segment: Segment, start: int, end: int, reason: str, *, unread: bool = False) -> LeftOut:
    low, high = segment.source_span(start, end)
    return LeftOut(start=low, end=high, reason=reason, unread=unread)
