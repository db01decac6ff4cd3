"""The passages of checked pages whose verdict rests on a record: what must be looked at when a work changes.

Taken from a finished check; a passage whose verdict fell with a retracted work is still named.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import msgspec

from claims.propositions import Verdict
from claims.standing import DECISIVE
from evidence.problems import UsageError

if TYPE_CHECKING:
    from claims.checked_claims import CheckedClaim
    from claims.checking import CheckResult

KINDS: Final = ("reference", "finding", "proposition")


class Passage(msgspec.Struct, frozen=True, kw_only=True):
    """A claim of a page that rests on the record. ``start`` and ``end`` are code points, lines and columns 1-based;
    ``place`` is the page or paragraph in a Word or PDF file, else ``None``.

    ``rules`` are codes; ``through`` are the findings by which it rests on the record, ``()`` for a proposition.
    """

    path: str
    id: str
    start: int
    end: int
    line: int
    column: int
    verdict: Verdict
    reason: str
    rules: tuple[str, ...]
    text: str
    through: tuple[str, ...]
    place: str | None = None


def require_restable(kind: str, key: str) -> None:
    """Raises UsageError for a record that no page's verdict rests on."""
    if kind not in KINDS:
        raise UsageError(f"{key} is a {kind}; --pages takes the id of a {', '.join(KINDS[:-1])} or {KINDS[-1]}")


def resting_passages(result: CheckResult, kind: str, key: str) -> tuple[Passage, ...]:
    """The passages whose verdict rests on the record, in the order of the documents."""
    return tuple(_passages(result, kind, key))


def _passages(result: CheckResult, kind: str, key: str) -> Iterator[Passage]:
    for document in result.documents:
        for claim in document.claims:
            through = _through(claim, kind, key) if claim.rests_on_evidence else ()
            if through or (kind == "proposition" and claim.proposition == key):
                yield Passage(
                    path=document.path,
                    id=claim.id,
                    start=claim.start,
                    end=claim.end,
                    line=claim.line,
                    column=claim.column,
                    verdict=claim.verdict,
                    reason=claim.reason,
                    rules=tuple(hit.code for hit in claim.rules),
                    text=claim.text,
                    through=through,
                    place=claim.place,
                )


def _through(claim: CheckedClaim, kind: str, key: str) -> tuple[str, ...]:
    deciding = [item for item in claim.evidence if item.stance in DECISIVE]
    if kind == "proposition":
        return ()
    return tuple(item.finding for item in deciding if key in (item.finding, item.reference))
