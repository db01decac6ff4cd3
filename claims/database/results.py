"""Writes the results of a check into a database: documents, their claims, rules and evidence, for SQL and dashboards.

A document's rows are known by its project, path, bytes, library, engine and settings, so that checking again adds
nothing. A changed document gets rows of its own; the older ones stay and say when they were superseded. Documents are
written in batches, each whole or not at all, so a run that was cut off is finished by running it again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec
from sqlalchemy import Table, select, update

from claims.database.connecting import open_engine, reason_of, take_lock
from claims.database.tables import CLAIM, DOCUMENT, EVIDENCE, RULE
from claims.fingerprints import claim_fingerprints

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from claims.checked_claims import CheckedClaim
    from claims.checked_documents import CheckedDocument
    from claims.database.address import Address

BATCH: Final = 100  # documents in a transaction
_ROWS: Final = 10_000  # rows in a statement
_IDENTITY: Final = ("project", "path", "sha256", "library_hash", "engine", "settings")
# What the databases cannot hold in a text: the character 0, and halves of characters.
_UNSTORABLE: Final = {0: "\ufffd", **dict.fromkeys(range(0xD800, 0xE000), "\ufffd")}

Row = dict[str, Any]


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for all documents of a check. ``settings`` names the options that change what is read or judged."""

    project: str
    library: str
    library_hash: str
    engine: str
    settings: tuple[str, ...]
    checked: dt.datetime


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """How many documents were new, and how many stood there; ``failure`` is the reason why the rest is not stored."""

    new: int
    known: int
    wanted: int
    failure: str | None = None

    def told(self, address: Address) -> str:
        """One line for whoever started the run."""
        if self.failure is not None:
            done = f"{self.new + self.known} of {self.wanted} documents are stored"
            return f"{address}: {self.failure}; {done}; run the same check again to store the rest"
        return f"{address}: {self.new} documents stored, {self.known} there already"


def store(documents: Iterable[CheckedDocument], run: Run, address: Address, *, batch: int = BATCH) -> Stored:
    """Writes the documents that were read, in order of path, ``batch`` in a transaction; never raises for the database.

    Several runs may write at once: those of one project take turns, batch by batch.
    """
    entries = {row["id"]: (row, document) for row, document in _entries(documents, run)}
    waiting = [entries[key] for key in sorted(entries, key=lambda key: entries[key][0]["path"])]
    new = known = 0
    try:
        with open_engine(address).connect() as connection:
            for start in range(0, len(waiting), batch):
                part = waiting[start : start + batch]
                with connection.begin():
                    added = _write(connection, part, run)
                new, known = new + added, known + len(part) - added
    except Exception as error:
        reason = reason_of(error)
        if reason is None:
            raise
        return Stored(new=new, known=known, wanted=len(waiting), failure=address.without_secrets(reason))
    return Stored(new=new, known=known, wanted=len(waiting))


def _entries(documents: Iterable[CheckedDocument], run: Run) -> Iterator[tuple[Row, CheckedDocument]]:
    """The row of each document that was read, with the document."""
    for document in documents:
        if document.sha256 is None:
            continue
        row = {
            "project": run.project,
            "path": document.path,
            "sha256": document.sha256,
            "library": run.library,
            "library_hash": run.library_hash,
            "engine": run.engine,
            "settings": " ".join(run.settings),
            "source": document.source,
            "words": document.words,
            "unchecked": len(document.unchecked),
            "on_subject": document.on_subject,
            "checked": run.checked,
            "superseded": None,
        }
        row = _storable(row)
        identity = "\0".join(str(row[name]) for name in _IDENTITY)
        yield {"id": hashlib.sha256(identity.encode()).hexdigest()[:32], **row}, document


def _write(connection: Connection, part: Sequence[tuple[Row, CheckedDocument]], run: Run) -> int:
    """Writes one batch and returns how many of its documents were new."""
    take_lock(connection, f"claimwise project {run.project}")
    ids = [row["id"] for row, _ in part]
    known = set(connection.scalars(select(DOCUMENT.c.id).where(DOCUMENT.c.id.in_(ids))))
    # Only one state of a page is current, so the older one makes room first. A page may also go back to an older state.
    connection.execute(
        update(DOCUMENT)
        .where(DOCUMENT.c.project == part[0][0]["project"], DOCUMENT.c.path.in_([row["path"] for row, _ in part]))
        .where(DOCUMENT.c.superseded.is_(None), DOCUMENT.c.id.not_in(ids))
        .values(superseded=run.checked)
    )
    connection.execute(
        update(DOCUMENT).where(DOCUMENT.c.id.in_(known), DOCUMENT.c.superseded.is_not(None)).values(superseded=None)
    )
    fresh = [(row, document) for row, document in part if row["id"] not in known]
    _insert(connection, DOCUMENT, [row for row, _ in fresh])
    rows: dict[Table, list[Row]] = {CLAIM: [], RULE: [], EVIDENCE: []}
    for row, document in fresh:
        marks = claim_fingerprints(document.claims)
        for position, (claim, mark) in enumerate(zip(document.claims, marks, strict=True), start=1):
            rows[CLAIM].append(_claim(row["id"], position, claim, mark))
            place = {"document": row["id"], "claim": position}
            rows[RULE] += _numbered(
                place, ({"code": r.code, "severity": r.severity, "message": r.message} for r in claim.rules)
            )
            rows[EVIDENCE] += _numbered(
                place, ({"finding": e.finding, "stance": e.stance, "reference": e.reference} for e in claim.evidence)
            )
    for table, entries in rows.items():
        _insert(connection, table, entries)
    return len(fresh)


def _claim(document: str, position: int, claim: CheckedClaim, fingerprint: str) -> Row:
    named = ("line", "place", "text", "category", "proposition", "certainty", "polarity", "verdict", "reason")
    return _storable(
        {
            "document": document,
            "position": position,
            "fingerprint": fingerprint,
            "start_offset": claim.start,
            "end_offset": claim.end,
            **{name: getattr(claim, name) for name in (*named, "suggestion", "support")},
        }
    )


def _numbered(place: Mapping[str, Any], rows: Iterable[Row]) -> Iterator[Row]:
    for position, row in enumerate(rows, start=1):
        yield _storable({**place, "position": position, **row})


def _storable(row: Row) -> Row:
    return {name: value.translate(_UNSTORABLE) if isinstance(value, str) else value for name, value in row.items()}


def _insert(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Adds the rows that are not there; the constraints decide, so a second writer can add nothing twice."""
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as insert_here
    else:
        from sqlalchemy.dialects.sqlite import insert as insert_here  # type: ignore[assignment]
    statement = insert_here(table).on_conflict_do_nothing()
    for start in range(0, len(rows), _ROWS):
        connection.execute(statement, rows[start : start + _ROWS])
