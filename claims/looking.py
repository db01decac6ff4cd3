"""Judges documents one by one against a library: the claims of each, and what they say for comparison with others.

What documents repeat is judged once, and told as one kind of claim at many places (``claims/repeats.py``).
"""

from __future__ import annotations

from array import array
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from claims.checked_claims import CheckedClaim, curated_claim, read_claim
from claims.checked_documents import CheckedDocument, Unchecked
from claims.conflicts import Stated
from claims.documents import REMEMBERED
from claims.memory import Memory
from claims.repeats import Claims, Kind, claim_mark
from claims.sayings import Said, said

if TYPE_CHECKING:
    from claims.collection import Collection
    from claims.documents import Document, Segment
    from claims.engine import Judge
    from claims.judged import Judged
    from claims.sources import Source


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """A document judged by itself: its claims, and what they say for comparison with those of others.

    The ids of the latter follow on ``name``, which is empty for a registered source.
    """

    checked: CheckedDocument
    sayings: tuple[Stated, ...]
    name: str = ""

    def named(self, name: str, *, path: str | None = None) -> Looked:
        """The same with the document's name before the ids of its claims; also under another path."""
        claims = self.checked.claims.called(name) if isinstance(self.checked.claims, Claims) else self.checked.claims
        checked = msgspec.structs.replace(self.checked, claims=claims, path=self.checked.path if path is None else path)
        return Looked(checked=checked, sayings=self.sayings, name=name)


class _Repeated(NamedTuple):
    """A judgement, what is told of it, what it says for comparison, and what it is told as: by the passage, and in a
    laid-out file by its page or paragraph."""

    judgement: Judged
    claim: CheckedClaim
    said: Said
    kinds: dict[tuple[str, str | None], Kind]

    def kind(self, text: str, place: str | None) -> Kind:
        known = self.kinds.get((text, place))
        if known is None:
            text = self.claim.text if text == self.claim.text else text  # one string for all places
            known = Kind(msgspec.structs.replace(self.claim, text=text, place=place))
            self.kinds[text, place] = known
        return known


class Looking:
    """Judges documents one by one against a library; what they repeat is judged once.

    ``blind`` judges a registered source as if it were unknown.
    """

    def __init__(self, collection: Collection, judge: Judge, *, blind: bool = False) -> None:
        self._collection = collection
        self._judge = judge
        self._registered = {} if blind else {source.sha256: source for source in collection.sources.values()}
        self._seen: Memory[int, tuple[tuple[Segment, ...], Looked]] = Memory(64)
        self._repeated: Memory[int, _Repeated] = Memory()

    def knows(self, document: Document) -> bool:
        """Whether the document is a registered source, whose claims have ids of their own."""
        return document.sha256 in self._registered

    def look(self, document: Document, name: str = "") -> Looked:
        """The document with its claims, whose ids begin with ``name``."""
        source = self._registered.get(document.sha256)
        if source is not None:
            return Looked(checked=_registered(document, source, self._collection), sayings=source.claims)
        if len(document.text) > REMEMBERED:
            return _judged(document, self._collection, self._judge, self._repeated).named(name)
        # What was read before from the same bytes has the same segments; they are kept with what was seen in them.
        _, seen = self._seen.get(id(document.segments)) or (None, None)
        if seen is None:
            seen = _judged(document, self._collection, self._judge, self._repeated)
            self._seen.keep(id(document.segments), (document.segments, seen))
        return seen.named(name, path=document.path)


def _judged(document: Document, collection: Collection, judge: Judge, repeated: Memory[int, _Repeated]) -> Looked:
    """The document with its claims, which have no name yet before their numbers."""
    kinds: list[Kind] = []
    places = array("I")
    sayings: list[Stated] = []
    told: set[int] = set()
    unchecked = _notes(document)
    examined = judge.examine(document)
    for left in examined.left_out:
        if left.unread:
            unchecked.append(_unchecked(document, left.reason, left.start))
    for read in examined.reads:
        judgement, start = read.judgement, read.assertion.start
        if judgement.unchecked is not None:
            unchecked.append(_unchecked(document, judgement.unchecked, start))
            continue
        known = repeated.get(id(judgement))  # kept with the claim, so that no other can have its identity
        if known is None:
            new = _Repeated(judgement, read_claim(read, collection), said("", read, collection), {})
            known = repeated.keep(id(judgement), new)
        kinds.append(known.kind(document.text[start : read.assertion.end], document.place(start)))
        places.append(start)
        places.extend(document.position(start))
        if id(judgement) not in told:  # what is said again in the same words is compared once
            told.add(id(judgement))
            sayings.append(known.said.called(claim_mark(len(kinds))))
    done = CheckedDocument(
        path=document.path,
        sha256=document.sha256,
        source=None,
        words=_words(document),
        claims=Claims(kinds, places),
        unchecked=tuple(unchecked),
        on_subject=examined.on_subject,
    )
    return Looked(checked=done, sayings=tuple(sayings))


def _registered(document: Document, source: Source, collection: Collection) -> CheckedDocument:
    return CheckedDocument(
        path=document.path,
        sha256=document.sha256,
        source=source.id,
        words=_words(document),
        claims=tuple(curated_claim(claim, document, collection) for claim in source.claims),
        unchecked=tuple(_notes(document)),
    )


def _notes(document: Document) -> list[Unchecked]:
    return [Unchecked(reason=note.reason, line=note.line or None) for note in document.unread]


def _unchecked(document: Document, reason: str, start: int) -> Unchecked:
    return Unchecked(reason=reason, line=document.position(start)[0], place=document.place(start))


def _words(document: Document) -> int:
    return sum(_words_of(segment.text) for segment in document.segments)


@lru_cache(maxsize=8192)  # pages repeat each other
def _words_of(text: str) -> int:
    return len(text.split())
