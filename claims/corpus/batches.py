"""``check_batch``: pages and an opened library in, the rows of each page out. No state, no files, no network.

What a page says is judged as ``check`` does, page by page; a page that never names the library's subject is dropped
before it is parsed or judged, and says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from claims.corpus.pages import Checked, ClaimRow, DocumentRow, Page, without_claims
from claims.corpus.topic import TopicWords
from claims.engine import Judge
from claims.form_store import StoredForms
from claims.inputs import Listed, read_listed
from claims.looking import Looking
from claims.query import open_collection
from claims.readers import binary_reader_of
from claims.snapshot import connect

if TYPE_CHECKING:
    from claims.checked_claims import CheckedClaim
    from claims.collection import Collection

_REASONS: Final = 3  # named of one document
NO_TOPIC: Final = "never names the library's subject; nothing in it was judged"


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """A library ready to check with."""

    topic: TopicWords
    judge: Judge
    looking: Looking
    sources: frozenset[str]  # hashes of registered texts

    @classmethod
    def of(cls, collection: Collection, judge: Judge) -> Opened:
        """The library of a collection and the engine over it."""
        return cls(
            topic=TopicWords(collection.manifest, collection.lexicon),
            judge=judge,
            looking=Looking(collection, judge),
            sources=frozenset(source.sha256 for source in collection.sources.values()),
        )


def open_snapshot(path: Path) -> Opened:
    """The library of a snapshot file. Raises StorageError when it is none."""
    connection = connect(path)
    collection = open_collection(connection)
    return Opened.of(collection, Judge(collection, StoredForms(connection)))


def check_batch(pages: Iterable[Page], library: Opened) -> list[Checked]:
    """The rows of each page, in the order of the pages."""
    return [_checked(page, library) for page in pages]


def make_checker(snapshot: str) -> Callable[[Page], Checked]:
    """What a worker process does with a page."""
    library = open_snapshot(Path(snapshot))
    return lambda page: check_batch([page], library)[0]


def _checked(page: Page, library: Opened) -> Checked:
    if page.problem is not None:
        return without_claims(page, "unreadable", page.problem)
    sha256 = hashlib.sha256(page.body).hexdigest()
    if (
        sha256 not in library.sources
        and binary_reader_of(page.suffix) is None
        and not library.topic.may_be_in(page.body)
    ):
        return without_claims(page, "no-topic", NO_TOPIC, sha256)
    document = read_listed(Listed(f"page{page.suffix}", None, page.body))
    if isinstance(document, str):
        return without_claims(page, "unreadable", document, sha256)
    if sha256 not in library.sources and not (library.topic.everything or library.judge.names_subject(document)):
        return without_claims(page, "no-topic", NO_TOPIC, sha256)
    checked = library.looking.look(document).checked
    left = [f"{note.where}: {note.reason}" if note.where else note.reason for note in checked.unchecked]
    more = [f"and {len(left) - _REASONS} more"] if len(left) > _REASONS else []
    return Checked(
        document=DocumentRow(
            document_id=page.id,
            url=page.url,
            sha256=sha256,
            words=checked.words,
            claims=len(checked.claims),
            status="ok",
            reason="; ".join([*left[:_REASONS], *more]) or None,
        ),
        claims=tuple(_row(page, number, claim) for number, claim in enumerate(checked.claims, start=1)),
    )


def _row(page: Page, number: int, claim: CheckedClaim) -> ClaimRow:
    severities = {hit.severity for hit in claim.rules}
    return ClaimRow(
        document_id=page.id,
        url=page.url,
        claim=number,
        start=claim.start,
        end=claim.end,
        line=claim.line,
        column=claim.column,
        text=claim.text,
        verdict=claim.verdict,
        category=claim.category,
        severity=next((severity for severity in ("error", "warning", "note") if severity in severities), None),
        rules=tuple(hit.code for hit in claim.rules),
        missing=claim.missing,
        reason=claim.reason,
        evidence=tuple(item.finding for item in claim.evidence),
        proposition=claim.proposition,
        suggestion=claim.suggestion,
    )
