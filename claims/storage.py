"""Writes a library into one SQLite file, built with SQLModel; the reading side is ``claims.snapshot``.

The rows are the same for any order of the input files. The file is complete or absent: it is written beside its
place under another name, closed, and renamed.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
from sqlalchemy import URL, event, insert
from sqlmodel import SQLModel, create_engine

from claims.cues import load_cues
from claims.form_reading import build_forms
from claims.form_store import write_forms
from claims.forms import Form, Topic, Words
from claims.frames import FrameReader
from claims.search_text import search_rows
from claims.senses import Senses, load_senses
from claims.standing import claim_as_it_stands
from claims.studied import Findings, StudyNames, load_designs
from claims.study_index import LibraryIndex, write_studies
from claims.tables import (
    ClaimRow,
    ConceptRow,
    ConflictRow,
    FigureRow,
    LinkRow,
    MetaRow,
    PropositionRow,
    ScopeRow,
    SourceRow,
    WiderRow,
)
from claims.tagging import Tagger, tag_words
from claims.wordings import Allowance, allowance_of
from evidence.problems import StorageError
from evidence.tables import FindingRow, ReferenceRow, StudyRow, VerificationRow

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from claims.collection import Collection
    from claims.propositions import Scope

# "Cwis" as SQLite's application id: tells our files from any other database.
APPLICATION_ID: Final = 0x43776973
SCHEMA_VERSION: Final = 1
_BATCH: Final = 10_000
# For what every check asks first.
_INDEXES: Final = (
    "CREATE INDEX study_not_current ON study (key) WHERE status != 'current'",
    "CREATE INDEX reference_container ON reference (kind, container)",
)
_SEARCH_TABLE: Final = (
    "CREATE VIRTUAL TABLE search USING fts5(kind UNINDEXED, id UNINDEXED, title, body, "
    'tokenize = "porter unicode61 remove_diacritics 2")'
)
_WORDS_TABLE: Final = "CREATE TABLE word (word TEXT PRIMARY KEY) WITHOUT ROWID"

Progress = Callable[[str], None]


def write_snapshot(collection: Collection, path: Path, *, inputs: str, progress: Progress = lambda _: None) -> None:
    """Writes ``collection`` to ``path`` in one step. ``inputs`` is the hash of the files it came from.

    Raises StorageError when the disk or the folder refuses; then nothing is left behind and an older file stays.
    """
    draft, laid_out = (path.with_name(f"{path.name}.{os.getpid()}{step}.tmp") for step in ("", ".laid-out"))
    try:
        draft.unlink(missing_ok=True)
        laid_out.unlink(missing_ok=True)
        _write(collection, draft, inputs, progress)
        _lay_out(draft, laid_out)
        laid_out.replace(path)
    except (OSError, sqlite3.Error) as error:
        raise StorageError(f"{path}: cannot write the snapshot: {_reason(error)}") from None
    except Exception as error:
        if isinstance(getattr(error, "orig", None), sqlite3.Error):  # SQLAlchemy wraps the driver's error
            raise StorageError(f"{path}: cannot write the snapshot: {_reason(error)}") from None
        raise
    finally:
        for left in (draft, laid_out):
            with contextlib.suppress(OSError):
                left.unlink(missing_ok=True)


def _lay_out(draft: Path, path: Path) -> None:
    """Copies a snapshot table by table, as they were created: what is asked for most stands together, in the part of a
    large one that can be mapped into memory."""
    with contextlib.closing(sqlite3.connect(draft)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("VACUUM INTO ?", (str(path),))


def _write(collection: Collection, path: Path, inputs: str, progress: Progress) -> None:
    engine = create_engine(URL.create("sqlite", database=str(path)))

    @event.listens_for(engine, "connect")
    def _fast(connection: sqlite3.Connection, _: object) -> None:
        # The draft is thrown away after any failure, so it needs no journal.
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")

    SQLModel.metadata.create_all(engine)
    with engine.begin() as connection:
        write_tables(connection, collection, inputs, progress)
        for statement in _INDEXES:
            connection.exec_driver_sql(statement)
        progress("full-text index")
        connection.exec_driver_sql(_SEARCH_TABLE)
        connection.exec_driver_sql(_WORDS_TABLE)
        entries = list(search_rows(collection))
        if entries:
            connection.exec_driver_sql("INSERT INTO search VALUES (?, ?, ?, ?)", [tuple(e) for e in entries])
        words = sorted({word for entry in entries for word in entry.words})
        if words:
            connection.exec_driver_sql("INSERT INTO word VALUES (?)", [(word,) for word in words])
        progress("the wordings")
        raw = connection.connection.driver_connection
        assert raw is not None, "a connection is open"
        write_wordings(raw, collection)
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")
    engine.dispose()


def write_tables(connection: Connection, collection: Collection, inputs: str, progress: Progress) -> None:
    """Writes every row of the library into tables that are there and empty."""
    for table, rows in _tables(collection, inputs):
        progress(str(table.__tablename__))
        batch = list(rows)
        for start in range(0, len(batch), _BATCH):
            connection.execute(insert(table), batch[start : start + _BATCH])


def write_wordings(connection: sqlite3.Connection, collection: Collection) -> None:
    """The wordings as read, with the words to read copy with: by a reader of their own, for it remembers stems."""
    tags, senses = tag_words(collection.lexicon, load_cues()), Senses(load_senses().given)
    designs = load_designs()
    names = StudyNames(LibraryIndex(collection.library), designs)
    reader = FrameReader(collection.lexicon, Tagger(tags, load_cues()), senses, names)
    findings = Findings(collection.library, collection.lexicon, designs)

    def words() -> Words:
        return Words(tags, msgspec.structs.replace(senses.given, stems=senses.stems))

    def allowance(topic: Topic, forms: list[Form], first: int) -> Allowance:
        return allowance_of(topic, list(enumerate(forms, first)), findings)

    write_studies(connection, collection.library)
    write_forms(connection, build_forms(collection, reader), allowance, words)


def _tables(collection: Collection, inputs: str) -> Iterator[tuple[type[SQLModel], Iterable[dict[str, Any]]]]:
    manifest = collection.manifest
    meta = {"name": manifest.name, "title": manifest.title, "licence": manifest.licence, "hash": inputs}
    meta["subject"] = " ".join(manifest.subject)
    yield MetaRow, ({"key": key, "value": value} for key, value in meta.items())
    yield (
        ConceptRow,
        (
            {"id": key, "slot": c.slot, "label": c.label, "record": _json(c)}
            for key, c in collection.lexicon.concepts.items()
        ),
    )
    yield (
        WiderRow,
        (
            {"concept": key, "wider": wider}
            for key in collection.lexicon.concepts
            for wider in sorted(collection.lexicon.wider(key))
        ),
    )
    yield from _evidence_tables(collection)
    yield (
        PropositionRow,
        ({**_columns(PropositionRow, p), "record": _json(p)} for p in collection.propositions.values()),
    )
    yield (
        SourceRow,
        (
            {**_columns(SourceRow, s), "record": _json(msgspec.structs.replace(s, claims=()))}
            for s in collection.sources.values()
        ),
    )
    yield (
        ClaimRow,
        (
            # The columns hold the claim as it stands today, so that a search by verdict finds it so.
            {
                **_columns(ClaimRow, c),
                **_columns(ClaimRow, claim_as_it_stands(c, collection.library)),
                "position": position,
                "source": c.source,
                "record": _json(c),
            }
            for position, c in enumerate(collection.claims.values())
        ),
    )
    yield (
        ConflictRow,
        (
            {**_columns(ConflictRow, c), "position": position, "record": _json(c)}
            for position, c in enumerate(collection.conflicts)
        ),
    )
    yield ScopeRow, _scopes(collection)
    yield FigureRow, _figures(collection)
    yield LinkRow, _links(collection)


def _evidence_tables(collection: Collection) -> Iterator[tuple[type[SQLModel], Iterable[dict[str, Any]]]]:
    library = collection.library
    yield (
        ReferenceRow,
        (
            {**_columns(ReferenceRow, r), "authors": "; ".join(r.people), "record": _json(r)}
            for r in library.references.values()
        ),
    )
    yield (
        StudyRow,
        (
            {**_columns(StudyRow, s), "key": s.bibkey, "record": _json(msgspec.structs.replace(s, findings=()))}
            for s in library.studies.values()
        ),
    )
    yield (
        VerificationRow,
        ({**_columns(VerificationRow, v), "record": _json(v)} for v in library.verifications.values()),
    )
    yield (
        FindingRow,
        (
            {
                **_columns(FindingRow, f),
                "position": position,
                "study": f.key,
                "low": f.bounds[0],
                "high": f.bounds[1],
                "record": _json(f),
            }
            for position, f in enumerate(library.findings.values())
        ),
    )


def _scopes(collection: Collection) -> Iterator[dict[str, Any]]:
    def rows(kind: str, owner: str, slots: Iterable[tuple[str, tuple[str, ...]]]) -> Iterator[dict[str, Any]]:
        for slot, concepts in slots:
            for concept in dict.fromkeys(concepts):
                yield {"kind": kind, "owner": owner, "slot": slot, "concept": concept}

    for study in collection.library.studies.values():
        for finding in study.findings:
            inherited = [(s, study.scope_of(finding, s)) for s in ("intervention", "route", "population", "comparator")]
            yield from rows(
                "finding", finding.id, [*inherited, ("outcome", (finding.outcome,)), ("species", (finding.species,))]
            )
    scoped: list[tuple[str, str, Scope]] = [("proposition", p.id, p.scope) for p in collection.propositions.values()]
    scoped += [("claim", c.id, c.slots) for c in collection.claims.values()]
    for kind, owner, scope in scoped:
        yield from rows(kind, owner, scope.items())


def _figures(collection: Collection) -> Iterator[dict[str, Any]]:
    owned: list[tuple[str, str, object]] = []
    owned += (("proposition", p.id, value) for p in collection.propositions.values() for value in p.values)
    owned += (("claim", c.id, quantity) for c in collection.claims.values() for quantity in c.quantities)
    for number, (kind, owner, value) in enumerate(owned, start=1):
        yield {**_columns(FigureRow, value), "id": number, "kind": kind, "owner": owner}


def _links(collection: Collection) -> Iterator[dict[str, Any]]:
    names = ("kind", "owner", "relation", "target_kind", "target")
    return (dict(zip(names, row, strict=True)) for row in _link_rows(collection))


def _link_rows(collection: Collection) -> Iterator[tuple[str, str, str, str, str]]:
    for finding in collection.library.findings.values():
        yield "finding", finding.id, "result of", "reference", finding.key
    for proposition in collection.propositions.values():
        yield from (("proposition", proposition.id, e.stance, "finding", e.finding) for e in proposition.evidence)
    for source in collection.sources.values():
        keys = dict.fromkeys(item.reference for item in source.references)
        yield from (("source", source.id, "lists", "reference", key) for key in keys)
    for claim in collection.claims.values():
        for position, proposition_id in enumerate(dict.fromkeys(claim.propositions)):
            relation = "judged by" if position == 0 else "related to"
            yield "claim", claim.id, relation, "proposition", proposition_id
        yield from (("claim", claim.id, e.stance, "finding", e.finding) for e in claim.evidence)
        yield from (("claim", claim.id, "cites", "reference", key) for key in dict.fromkeys(claim.references))
    for conflict in collection.conflicts:
        yield from (
            ("conflict", conflict.id, "between", "claim", claim_id) for claim_id in dict.fromkeys(conflict.claims)
        )


def _columns(table: type[SQLModel], value: object) -> dict[str, Any]:
    """The table's columns that ``value`` has as attributes, apart from ``record`` and the table's own ``id`` count."""
    names = table.model_fields
    return {name: getattr(value, name) for name in names if name != "record" and hasattr(value, name)}


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _reason(error: BaseException) -> str:
    inner = getattr(error, "orig", None) or error
    return getattr(inner, "strerror", None) or str(inner)
