"""Checks documents against a library: every claim with its verdict, evidence and conflicts, as one value.

Pure: documents, a collection and the engine in, ``CheckResult`` out. Its shape is the JSON of ``check`` (schema
``claimwise/check/1`` in docs/json.md). A registered source is recognised by the hash of its bytes, and what its curator
found is then used.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import PurePath
from typing import TYPE_CHECKING, Final, get_args

import msgspec

from claims.checked_claims import CheckedClaim, curated_claim, placed_claim, read_claim
from claims.comparing import conflicts_among
from claims.conflicts import Conflict, Stated
from claims.documents import REMEMBERED
from claims.memory import Memory
from claims.placing import placed
from claims.report import SCHEMA, VERDICTS, ReportedConflict, by_severity
from claims.sayings import Said, said
from claims.verdicts import GRAVITY, FailOn, Severity

if TYPE_CHECKING:
    from claims.collection import Collection
    from claims.documents import Document, Segment
    from claims.engine import Judge
    from claims.judged import Judged
    from claims.propositions import Verdict
    from claims.sources import Source

FAIL_ON: Final[tuple[FailOn, ...]] = get_args(FailOn)
STATUSES: Final = ("new", "baseline", "ignored")
_ODD: Final = re.compile(r"[^\w.]+")


class Unchecked(msgspec.Struct, frozen=True, kw_only=True):
    """What could not be checked. ``line`` is 1-based, ``None`` for the whole file.

    ``place`` is the page or paragraph of a Word or PDF file.
    """

    reason: str
    line: int | None
    place: str | None = None

    @property
    def where(self) -> str:
        """Where a person finds it; empty for the whole file."""
        return self.place or (f"line {self.line}" if self.line else "")


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of a document itself, not of a claim: an ignore that does nothing. The line is 1-based."""

    code: str
    message: str
    severity: Severity
    line: int
    column: int


class CheckedDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A document; ``source`` is the id of the registered source it was recognised as.

    ``sha256`` is ``None`` for a file that could not be read; ``words`` counts what the reader took for text.
    ``on_subject`` is false when it never speaks of what the library is about: then nothing in it was judged.
    """

    path: str
    sha256: str | None
    source: str | None
    words: int
    claims: tuple[CheckedClaim, ...]
    unchecked: tuple[Unchecked, ...] = ()
    on_subject: bool = True
    remarks: tuple[Remark, ...] = ()


class CheckSummary(msgspec.Struct, frozen=True, kw_only=True):
    """Counts over the documents that were read; every verdict is listed, also at 0.

    ``notes`` are claims with a problem's verdict of which only a note is made. ``statuses`` counts the problems that
    are new, in the baseline and ignored, and what else is more than noted.
    """

    documents: int
    words: int
    claims: int
    verdicts: dict[str, int]
    notes: int
    conflicts: int
    conflicts_by_severity: dict[str, int]
    unchecked: int
    statuses: dict[str, int]
    remarks: int


class CheckResult(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a check found. Documents stand in the order of their paths."""

    schema: str
    library: dict[str, str]
    documents: tuple[CheckedDocument, ...]
    conflicts: tuple[ReportedConflict, ...]
    summary: CheckSummary

    def off_subject(self) -> tuple[str, ...]:
        """One line for each document in which nothing was judged, so that its silence is not taken for approval."""
        return tuple(
            f"{document.path}: never speaks of the library's subject; nothing in it was judged"
            for document in self.documents
            if not document.on_subject
        )

    def exit_code(self, fail_on: FailOn = "overstated") -> int:
        """1 with a claim at or above the threshold, else 2 when something could not be checked, else 0."""
        if fail_on != "never":
            failing = GRAVITY[: GRAVITY.index(fail_on) + 1]
            claims = (claim for document in self.documents for claim in document.claims)
            if any(claim.verdict in failing and not claim.is_note and claim.status == "new" for claim in claims):
                return 1
        return 2 if self.summary.unchecked else 0


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """A document judged by itself: its claims, and what they say for comparison with those of others."""

    checked: CheckedDocument
    sayings: tuple[Stated, ...]

    def named(self, name: str, *, path: str | None = None) -> Looked:
        """The same with the document's name before the ids of its claims, which were made without one; also under
        another path."""
        claims = tuple(msgspec.structs.replace(claim, id=f"{name}{claim.id}") for claim in self.checked.claims)
        sayings = tuple(
            saying.called(f"{name}{saying.id}") if isinstance(saying, Said) else saying for saying in self.sayings
        )
        checked = msgspec.structs.replace(self.checked, claims=claims, path=self.checked.path if path is None else path)
        return Looked(checked=checked, sayings=sayings)


Look = Callable[["Document"], Looked]
Looks = Callable[[Sequence["Document"], Look], Iterable[Looked]]  # each of the documents, in any order


class Looking:
    """Judges documents one by one against a library; what they repeat is judged once.

    ``blind`` judges a registered source as if it were unknown.
    """

    def __init__(self, collection: Collection, judge: Judge, *, blind: bool = False) -> None:
        self._collection = collection
        self._judge = judge
        self._registered = {} if blind else {source.sha256: source for source in collection.sources.values()}
        self._seen: Memory[int, tuple[tuple[Segment, ...], Looked]] = Memory(64)
        self._repeated: Memory[int, tuple[Judged, CheckedClaim, Said]] = Memory()

    def knows(self, document: Document) -> bool:
        """Whether the document is a registered source, whose claims have ids of their own."""
        return document.sha256 in self._registered

    def look(self, document: Document, name: str = "") -> Looked:
        """The document with its claims, whose ids begin with ``name``."""
        source = self._registered.get(document.sha256)
        if source is not None:
            return Looked(checked=_registered(document, source, self._collection), sayings=source.claims)
        if len(document.text) > REMEMBERED:
            return _judged(document, name, self._collection, self._judge, self._repeated)
        # What was read before from the same bytes has the same segments; they are kept with what was seen in them.
        _, seen = self._seen.get(id(document.segments)) or (None, None)
        if seen is None:
            seen = _judged(document, "", self._collection, self._judge, self._repeated)
            self._seen.keep(id(document.segments), (document.segments, seen))
        return seen.named(name, path=document.path)


def check_documents(
    documents: Iterable[Document],
    collection: Collection,
    judge: Judge,
    *,
    library_hash: str,
    blind: bool = False,
    against_sources: bool = False,
    unreadable: Mapping[str, str] | None = None,
    looks: Looks | None = None,
) -> CheckResult:
    """The check of all documents together, so that conflicts between them are found.

    ``blind`` judges a registered source as if it were unknown. ``against_sources`` adds conflicts with the claims of
    registered sources that are not among the documents. ``unreadable`` maps paths that could not be read to reasons.
    ``looks`` has the documents looked at wherever it likes; ``None`` looks at one after the other here.
    """
    looking = Looking(collection, judge, blind=blind)
    if looks:
        looked = named_in_order(looks(tuple(documents), looking.look), collection)
    else:
        names = _Names(collection.sources)
        looked = [
            looking.look(document, "" if looking.knows(document) else names.of(document.path))
            for document in sorted(documents, key=lambda d: d.path)
        ]
    return compared(
        looked,
        collection,
        library_hash=library_hash,
        against_sources=against_sources,
        unreadable=unreadable,
        opposite=judge.opposite,
    )


def named_in_order(looked: Iterable[Looked], collection: Collection) -> list[Looked]:
    """What was looked at without names, in the order of the paths and with the names that one look at all gives."""
    names = _Names(collection.sources)
    ordered = sorted(looked, key=lambda done: done.checked.path)
    return [done if done.checked.source else done.named(names.of(done.checked.path)) for done in ordered]


def compared(
    looked: Iterable[Looked],
    collection: Collection,
    *,
    library_hash: str,
    against_sources: bool = False,
    unreadable: Mapping[str, str] | None = None,
    opposite: Mapping[str, str] | None = None,
) -> CheckResult:
    """What was looked at, as one result with the conflicts between the documents; parameters as ``check_documents``.

    ``opposite`` gives the contrary of a sense, where it was read before.
    """
    looks = tuple(looked)
    checked = [done.checked for done in looks]
    stated = [done.sayings for done in looks]
    present = {document.sha256 for document in checked}
    others = [c for s in collection.sources.values() if s.sha256 not in present for c in s.claims]
    found = conflicts_among(stated, others if against_sources else (), collection, opposite)
    touching: dict[str, list[str]] = {}
    for conflict in found:
        for claim in conflict.claims:
            touching.setdefault(claim, []).append(conflict.id)
    whole = [*(_with_conflicts(d, touching) for d in checked), *map(_unread, (unreadable or {}).items())]
    ordered = tuple(sorted(whole, key=lambda d: d.path))
    return CheckResult(
        schema=SCHEMA,
        library={"name": collection.manifest.name, "hash": library_hash},
        documents=ordered,
        conflicts=placed(found, ordered, collection),
        summary=summarise(ordered, found),
    )


class _Names:
    """Gives each document the name its claims' ids begin with: the file's stem, numbered where it is taken."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = set(taken)

    def of(self, path: str) -> str:
        stem = _ODD.sub("-", PurePath(path).stem).strip("-") or "text"
        name, count = stem, 1
        while name in self._taken:
            count += 1
            name = f"{stem}.{count}"
        self._taken.add(name)
        return name


def _judged(
    document: Document,
    name: str,
    collection: Collection,
    judge: Judge,
    repeated: Memory[int, tuple[Judged, CheckedClaim, Said]],
) -> Looked:
    claims: list[CheckedClaim] = []
    sayings: list[Stated] = []
    told: set[int] = set()
    unchecked = _notes(document)
    examined = judge.examine(document)
    for left in examined.left_out:
        if left.unread:
            unchecked.append(_unchecked(document, left.reason, left.start))
    for read in examined.reads:
        if read.judgement.unchecked is not None:
            unchecked.append(_unchecked(document, read.judgement.unchecked, read.assertion.start))
            continue
        claim_id = f"{name}-c{len(claims) + 1:02}"
        known = repeated.get(id(read.judgement))  # kept with the claim, so that no other can have its identity
        if known is None:
            new = read.judgement, read_claim(read, collection), said(claim_id, read, collection)
            known = repeated.keep(id(read.judgement), new)
        claims.append(placed_claim(known[1], claim_id, read, document))
        if id(read.judgement) not in told:  # what is said again in the same words is compared once
            told.add(id(read.judgement))
            sayings.append(known[2].called(claim_id))
    done = CheckedDocument(
        path=document.path,
        sha256=document.sha256,
        source=None,
        words=_words(document),
        claims=tuple(claims),
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


def _unread(entry: tuple[str, str]) -> CheckedDocument:
    path, reason = entry
    nothing = (Unchecked(reason=reason, line=None),)
    return CheckedDocument(path=path, sha256=None, source=None, words=0, claims=(), unchecked=nothing)


def _words(document: Document) -> int:
    return sum(_words_of(segment.text) for segment in document.segments)


@lru_cache(maxsize=8192)  # pages repeat each other
def _words_of(text: str) -> int:
    return len(text.split())


def _with_conflicts(document: CheckedDocument, touching: Mapping[str, list[str]]) -> CheckedDocument:
    claims = tuple(
        msgspec.structs.replace(claim, conflicts=tuple(touching[claim.id])) if claim.id in touching else claim
        for claim in document.claims
    )
    return msgspec.structs.replace(document, claims=claims)


def summarise(
    documents: tuple[CheckedDocument, ...], conflicts: tuple[Conflict, ...] | tuple[ReportedConflict, ...]
) -> CheckSummary:
    """What the documents and the conflicts between them add up to."""
    # Claims that pages repeat share their rules, so that few kinds of them are looked at.
    kinds: dict[tuple[Verdict, str, int], CheckedClaim] = {}
    numbers: Counter[tuple[Verdict, str, int]] = Counter()
    for document in documents:
        for claim in document.claims:
            kind = claim.verdict, claim.status, id(claim.rules)
            kinds.setdefault(kind, claim)
            numbers[kind] += 1
    counted: Counter[str] = Counter()
    found: Counter[str] = Counter()
    notes = 0
    for kind, claim in kinds.items():
        counted[claim.verdict] += numbers[kind]
        notes += numbers[kind] * (claim.verdict in GRAVITY and claim.is_note)
        found[claim.status] += numbers[kind] * (claim.is_problem or claim.is_warned)
    return CheckSummary(
        documents=sum(document.sha256 is not None for document in documents),
        words=sum(document.words for document in documents),
        claims=numbers.total(),
        verdicts={verdict: counted[verdict] for verdict in VERDICTS},
        notes=notes,
        conflicts=len(conflicts),
        conflicts_by_severity=by_severity(conflicts),
        unchecked=sum(len(document.unchecked) for document in documents),
        statuses={status: found[status] for status in STATUSES},
        remarks=sum(len(document.remarks) for document in documents),
    )
