"""What goes in and comes out of a corpus run: pages, and the rows of the two tables."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

Status = Literal["ok", "no-topic", "unreadable", "timed-out", "died"]
STATUSES: Final[tuple[Status, ...]] = ("ok", "no-topic", "unreadable", "timed-out", "died")
INCOMPLETE: Final = frozenset[Status]({"unreadable", "timed-out", "died"})


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """One document to check. ``suffix`` (such as ``.html``) picks the reader of ``body``.

    ``problem``: why there is no body, where the record that should hold it is damaged.
    """

    id: str
    url: str | None = None
    suffix: str = ".txt"
    body: bytes = b""
    problem: str | None = None


class DocumentRow(msgspec.Struct, frozen=True, kw_only=True):
    """A document: one row for each id. ``reason`` says what could not be checked, ``None`` when all was.

    ``sha256`` is of the bytes that were read, ``None`` when there were none; ``words`` are counted in what was judged.
    """

    document_id: str
    url: str | None
    sha256: str | None
    words: int | None
    claims: int
    status: Status
    reason: str | None


class ClaimRow(msgspec.Struct, frozen=True, kw_only=True):
    """A claim of a document, in the words of ``check``; ``claim`` numbers them from 1 in page order."""

    document_id: str
    url: str | None
    claim: int
    start: int
    end: int
    line: int
    column: int
    text: str
    verdict: str
    category: str | None
    severity: str | None
    rules: tuple[str, ...]
    missing: tuple[str, ...]
    reason: str
    evidence: tuple[str, ...]
    proposition: str | None
    suggestion: str | None


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one page."""

    document: DocumentRow
    claims: tuple[ClaimRow, ...] = ()


def without_claims(page: Page, status: Status, reason: str | None, sha256: str | None = None) -> Checked:
    """A page in which nothing was judged, and why."""
    row = DocumentRow(
        document_id=page.id, url=page.url, sha256=sha256, words=None, claims=0, status=status, reason=reason
    )
    return Checked(document=row)
