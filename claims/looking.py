"""Judges documents one by one against a library: the claims of each, and what they say for comparison with others.

What documents repeat is judged once, and told as one kind of claim at many places (``claims/repeats.py``).
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from claims.ahead import WORTH_PARTING, Ahead, GoAhead
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
    from claims.engine import Judge, Read
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


Look = Callable[["Document"], Looked]
Looks = Callable[[Sequence["Document"], Look, GoAhead], Iterable[Looked]]  # each of the documents, in any order


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


class _Block(NamedTuple):
    """The claims of a block that begins a line: what each is told as, where it stands in the block, and what it says,
    by the judgement's identity."""

    reads: tuple[Read, ...]
    kinds: tuple[Kind, ...]
    places: tuple[tuple[int, int, int], ...]
    says: tuple[tuple[int, Said], ...]


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
        self._blocks: Memory[int, _Block] = Memory()

    def knows(self, document: Document) -> bool:
        """Whether the document is a registered source, whose claims have ids of their own."""
        return document.sha256 in self._registered

    def ahead(self, document: Document) -> Ahead | None:
        """The claims of a document, to be judged before it is looked at; ``None`` where there is little to judge, or
        judgements are not remembered that long."""
        if self.knows(document) or len(document.text) > REMEMBERED:
            return None
        claims = self._judge.claims(document)
        return Ahead(claims, self._judge) if sum(len(claim.text) for claim in claims) >= WORTH_PARTING else None

    def look(self, document: Document, name: str = "") -> Looked:
        """The document with its claims, whose ids begin with ``name``."""
        source = self._registered.get(document.sha256)
        if source is not None:
            return Looked(checked=_registered(document, source, self._collection), sayings=source.claims)
        if len(document.text) > REMEMBERED:
            return self._judged(document).named(name)
        # What was read before from the same bytes has the same segments; they are kept with what was seen in them.
        _, seen = self._seen.get(id(document.segments)) or (None, None)
        if seen is None:
            seen = self._judged(document)
            self._seen.keep(id(document.segments), (document.segments, seen))
        return seen.named(name, path=document.path)

    def _judged(self, document: Document) -> Looked:
        """The document with its claims, which have no name yet before their numbers."""
        examined = self._judge.examine(document)
        unchecked = _notes(document)
        unchecked += [_unchecked(document, left.reason, left.start) for left in examined.unread]
        kinds: list[Kind] = []
        places = array("I")
        sayings: list[Stated] = []
        told: set[int] = set()
        for start, reads, kept in examined.parts:
            line, column = document.position(start)
            block = self._block(document, start, line, reads, kept=kept and column == 1, unchecked=unchecked)
            for number, (judgement, said_so) in enumerate(block.says, len(kinds) + 1):
                if judgement not in told:  # what is said again in the same words is compared once
                    told.add(judgement)
                    sayings.append(said_so.called(claim_mark(number)))
            kinds += block.kinds
            for offset, lines, at in block.places:
                places.append(start + offset)
                places.append(line + lines)
                places.append(at)
        done = CheckedDocument(
            path=document.path,
            sha256=document.sha256,
            source=None,
            words=_words(document),
            claims=Claims(kinds, places),
            unchecked=tuple(unchecked),
            on_subject=examined.on_subject,
        )
        if self._judge.kept:
            self._judge.kept.keep_all(document)
        return Looked(checked=done, sayings=tuple(sayings))

    def _block(
        self,
        document: Document,
        start: int,
        line: int,
        reads: tuple[Read, ...],
        *,
        kept: bool,
        unchecked: list[Unchecked],
    ) -> _Block:
        """The claims of a block; its copies have the same where all could be checked. ``unchecked`` gets the others."""
        known = self._blocks.get(id(reads)) if kept else None
        if known is not None:
            return known
        kinds, places, says = [], [], []
        for read in reads:
            judgement, begin = read.judgement, start + read.assertion.start
            if judgement.unchecked is not None:
                unchecked.append(_unchecked(document, judgement.unchecked, begin))
                continue
            found = self._told(read)
            kinds.append(found.kind(document.text[begin : start + read.assertion.end], document.place(begin)))
            its_line, column = document.position(begin)
            places.append((begin - start, its_line - line, column))
            says.append((id(judgement), found.said))
        block = _Block(reads, tuple(kinds), tuple(places), tuple(says))
        if kept and len(kinds) == len(reads):  # with what was read, so that no other can have its identity
            self._blocks.keep(id(reads), block)
        return block

    def _told(self, read: Read) -> _Repeated:
        known = self._repeated.get(id(read.judgement))  # kept with it, so that no other can have its identity
        if known is None:
            claim, says = read_claim(read, self._collection), said("", read, self._collection)
            known = self._repeated.keep(id(read.judgement), _Repeated(read.judgement, claim, says, {}))
        return known


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
