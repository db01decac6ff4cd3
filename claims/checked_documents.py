"""What a check tells of one document: its claims, what in it could not be checked, and what is said of itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from claims.verdicts import Severity

if TYPE_CHECKING:
    from claims.checked_claims import CheckedClaim


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
    claims: Sequence[CheckedClaim]
    unchecked: tuple[Unchecked, ...] = ()
    on_subject: bool = True
    remarks: tuple[Remark, ...] = ()
