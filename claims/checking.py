"""Checks documents against a library: every claim with its verdict, evidence and conflicts, as one value.

Pure: documents, a collection and the engine in, ``CheckResult`` out. Its shape is the JSON of ``check`` (schema
``claimwise/check/1`` in docs/json.md). A registered source is recognised by the hash of its bytes, and what its curator
found is then used.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Final, get_args

import msgspec

from claims.checked_documents import CheckedDocument, Unchecked
from claims.comparing import conflicts_among
from claims.conflict_places import Copies
from claims.conflicts import Stated
from claims.looking import Looked, Looking, Looks
from claims.placing import ClaimsById, Reported, linked, severities
from claims.repeats import kinds_among
from claims.report import SCHEMA, VERDICTS, ReportedConflict
from claims.verdicts import GRAVITY, FailOn

if TYPE_CHECKING:
    from claims.collection import Collection
    from claims.documents import Document
    from claims.engine import Judge
    from claims.entailment import Facts

FAIL_ON: Final[tuple[FailOn, ...]] = get_args(FailOn)
STATUSES: Final = ("new", "baseline", "ignored")
_ODD: Final = re.compile(r"[^\w.]+")


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
    """Everything a check found. Documents stand in the order of their paths.

    The claims of a document, and the conflicts, are tuples, or in a large run sequences that make each when it is asked
    for.
    """

    schema: str
    library: dict[str, str]
    documents: tuple[CheckedDocument, ...]
    conflicts: Sequence[ReportedConflict]
    summary: CheckSummary

    def claims_by_id(self) -> ClaimsById:
        """What finds a claim, and its document, by its id."""
        return ClaimsById(self.documents)

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
            claims = (claim for claim, _ in kinds_among(document.claims for document in self.documents))
            if any(claim.verdict in failing and not claim.is_note and claim.status == "new" for claim in claims):
                return 1
        return 2 if self.summary.unchecked else 0


def check_documents(
    documents: Iterable[Document],
    collection: Collection,
    judge: Judge,
    *,
    library_hash: str,
    blind: bool = False,
    against_sources: bool = False,
    unreadable: Mapping[str, str] | None = None,
) -> CheckResult:
    """The check of all documents together, so that conflicts between them are found.

    ``blind`` judges a registered source as if it were unknown. ``against_sources`` adds conflicts with the claims of
    registered sources that are not among the documents. ``unreadable`` maps paths that could not be read to reasons.
    """
    return whole(
        check_in_order(
            sorted(documents, key=lambda d: d.path),
            collection,
            judge,
            library_hash=library_hash,
            blind=blind,
            against_sources=against_sources,
            unreadable=unreadable,
        )
    )


def check_in_order(
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
    """As ``check_documents``, of documents that come in the order of their paths and are taken one by one: none is
    kept. ``unreadable`` may grow while they come. The result makes claims and conflicts when they are asked for.

    ``looks`` takes all documents at once and has them looked at wherever it likes; ``None`` looks at them here.
    """
    looking = Looking(collection, judge, blind=blind)
    if looks:
        looked = named_in_order(looks(tuple(documents), looking.look, looking.ahead), collection)
    else:
        names = _Names(collection.sources)
        looked = (looking.look(d, "" if looking.knows(d) else names.of(d.path)) for d in documents)
    return compared(
        looked,
        collection,
        library_hash=library_hash,
        against_sources=against_sources,
        unreadable=unreadable,
        opposite=judge.opposite,
        network=judge.network,
    )


def whole(result: CheckResult) -> CheckResult:
    """The same result with all of its claims and conflicts made."""
    documents = tuple(msgspec.structs.replace(d, claims=tuple(d.claims)) for d in result.documents)
    return msgspec.structs.replace(result, documents=documents, conflicts=tuple(result.conflicts))


def named_in_order(looked: Iterable[Looked], collection: Collection) -> Iterator[Looked]:
    """What was looked at without names, in the order of the paths and with the names that one look at all gives."""
    names = _Names(collection.sources)
    for done in sorted(looked, key=lambda done: done.checked.path):
        yield done if done.checked.source else done.named(names.of(done.checked.path))


def compared(
    looked: Iterable[Looked],
    collection: Collection,
    *,
    library_hash: str,
    against_sources: bool = False,
    unreadable: Mapping[str, str] | None = None,
    opposite: Mapping[str, str] | None = None,
    network: Facts | None = None,
) -> CheckResult:
    """What was looked at, as one result with the conflicts between the documents; parameters as ``check_in_order``.

    ``opposite`` gives the contrary of a sense, where it was read before; ``network`` is the one that read the claims.
    """
    copies = Copies()
    checked = []
    for done in looked:
        copies.add(done.sayings, done.name)
        checked.append(done.checked)
    others: list[Stated] = []
    if against_sources:
        present = {document.sha256 for document in checked}
        others = [c for s in collection.sources.values() if s.sha256 not in present for c in s.claims]
    found = conflicts_among(copies, others, collection, opposite)
    copies.forget()
    checked += map(_unread, (unreadable or {}).items())
    checked.sort(key=lambda document: document.path)
    conflicts = Reported(found, ClaimsById(checked), collection)
    documents = linked(checked, conflicts)
    return CheckResult(
        schema=SCHEMA,
        library={"name": collection.manifest.name, "hash": library_hash, **read_by(network)},
        documents=documents,
        conflicts=conflicts,
        summary=summarise(documents, conflicts),
    )


def read_by(network: Facts | None) -> dict[str, str]:
    """What is told of the network that read the claims, if one did."""
    return {"model": f"{network.name} {network.sha256[:8]}"} if network else {}


class _Names:
    """Gives each document the name its claims' ids begin with: the file's stem, numbered where it is taken."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = set(taken)
        self._last: dict[str, int] = {}  # number that a stem was given, so that no lower one is tried again

    def of(self, path: str) -> str:
        stem = _ODD.sub("-", PurePath(path).stem).strip("-") or "text"
        count = self._last.get(stem, 1)
        name = stem if count == 1 else f"{stem}.{count}"
        while name in self._taken:
            count += 1
            name = f"{stem}.{count}"
        self._last[stem] = count
        self._taken.add(name)
        return name


def _unread(entry: tuple[str, str]) -> CheckedDocument:
    path, reason = entry
    nothing = (Unchecked(reason=reason, line=None),)
    return CheckedDocument(path=path, sha256=None, source=None, words=0, claims=(), unchecked=nothing)


def summarise(documents: Sequence[CheckedDocument], conflicts: Sequence[ReportedConflict]) -> CheckSummary:
    """What the documents and the conflicts between them add up to."""
    counted: Counter[str] = Counter()
    found: Counter[str] = Counter()
    notes = claims = read = words = unchecked = remarks = 0
    for document in documents:
        read += document.sha256 is not None
        words += document.words
        unchecked += len(document.unchecked)
        remarks += len(document.remarks)
    for claim, number in kinds_among(document.claims for document in documents):
        claims += number
        counted[claim.verdict] += number
        notes += number * (claim.verdict in GRAVITY and claim.is_note)
        found[claim.status] += number * (claim.is_problem or claim.is_warned)
    return CheckSummary(
        documents=read,
        words=words,
        claims=claims,
        verdicts={verdict: counted[verdict] for verdict in VERDICTS},
        notes=notes,
        conflicts=len(conflicts),
        conflicts_by_severity=severities(conflicts),
        unchecked=unchecked,
        statuses={status: found[status] for status in STATUSES},
        remarks=remarks,
    )
