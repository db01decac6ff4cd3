"""Questions to a snapshot: read records back, search, follow links. Standard ``sqlite3`` only.

Every function takes the connection that ``claims.snapshot`` opened, or one to a shared database that holds the same
rows (``claims.database.reading``), and returns typed values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol, TypeVar

import msgspec

from claims.collection import Collection, Manifest
from claims.conflicts import Conflict
from claims.lexicon import Concept, Lexicon
from claims.propositions import Proposition
from claims.sources import Claim, Source
from evidence.bibliography import Reference
from evidence.library import Library
from evidence.studies import Finding, Study
from evidence.verification import Verification

T = TypeVar("T")

RECORD_TYPES: Final[Mapping[str, type]] = {
    "claim": Claim,
    "proposition": Proposition,
    "finding": Finding,
    "reference": Reference,
    "conflict": Conflict,
    "source": Source,
    "concept": Concept,
    "study": Study,
}
_KEY_COLUMN: Final = {"reference": "key", "study": "key", "verification": "key"}


class Rows(Protocol):
    """The answer to a question: rows that are read by column name or number."""

    def __iter__(self) -> Iterator[Any]: ...
    def fetchone(self) -> Any: ...
    def fetchall(self) -> list[Any]: ...


class Asked(Protocol):
    """Whatever SQL can be put to, with ``?`` for each value, as ``sqlite3.Connection`` does it."""

    def execute(self, query: str, values: Sequence[Any] = ..., /) -> Rows: ...


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """One record that names another: ``claim 003-017 supports finding Murrough2013a.2``."""

    kind: str
    owner: str
    relation: str
    target_kind: str
    target: str


def meta(connection: Asked) -> dict[str, str]:
    """Name, title, licence and hash of the library."""
    return {row["key"]: row["value"] for row in connection.execute("SELECT key, value FROM meta")}


def record(connection: Asked, kind: str, key: str) -> object | None:
    """The record of that kind and id, or ``None``."""
    column = _KEY_COLUMN.get(kind, "id")
    row = connection.execute(f"SELECT record FROM {kind} WHERE {column} = ?", (key,)).fetchone()
    return msgspec.json.decode(row["record"], type=RECORD_TYPES[kind]) if row else None


def records(connection: Asked, kind: type[T], table: str, keys: Iterable[str] | None = None) -> list[T]:
    """All records of a table, or those with the given keys, in stored order."""
    column = _KEY_COLUMN.get(table, "id")
    query = f"SELECT record FROM {table}"
    arguments: tuple[str, ...] = ()
    if keys is not None:
        arguments = tuple(dict.fromkeys(keys))
        query += f" WHERE {column} IN ({', '.join('?' * len(arguments))})"
    order = "position" if table in ("claim", "finding", "conflict") else column
    rows = connection.execute(f"{query} ORDER BY {order}", arguments)
    decoder = msgspec.json.Decoder(kind)
    return [decoder.decode(row["record"]) for row in rows]


def kind_of(connection: Asked, key: str) -> str | None:
    """Which kind of record an id names: claim, proposition, finding, reference, conflict, source or concept."""
    for kind in ("claim", "proposition", "finding", "reference", "conflict", "source", "concept"):
        column = _KEY_COLUMN.get(kind, "id")
        if connection.execute(f"SELECT 1 FROM {kind} WHERE {column} = ?", (key,)).fetchone():
            return kind
    return None


def close_ids(connection: Asked, key: str, limit: int = 3) -> list[str]:
    """Ids that look like ``key``, best first, for "did you mean"."""
    from rapidfuzz import fuzz, process

    ids = [
        row[0]
        for kind in ("claim", "proposition", "finding", "reference", "conflict", "source", "concept")
        for row in connection.execute(f"SELECT {_KEY_COLUMN.get(kind, 'id')} FROM {kind}")
    ]
    lowered = {i.lower(): i for i in ids}
    if key.lower() in lowered:
        return [lowered[key.lower()]]
    return [match for match, _, _ in process.extract(key, ids, scorer=fuzz.ratio, limit=limit, score_cutoff=60)]


_TITLE_COLUMN: Final = {
    "claim": "paraphrase",
    "proposition": "statement",
    "finding": "summary",
    "reference": "citation",
    "conflict": "explanation",
    "source": "title",
    "concept": "label",
}


def title(connection: Asked, kind: str, key: str) -> str:
    """The one line by which a record is known. Raises KeyError for an unknown id."""
    column = _KEY_COLUMN.get(kind, "id")
    row = connection.execute(f"SELECT {_TITLE_COLUMN[kind]} FROM {kind} WHERE {column} = ?", (key,)).fetchone()
    if row is None:
        raise KeyError(key)
    return str(row[0])


def links_to(connection: Asked, kind: str, key: str) -> list[Link]:
    """Every record that names the given one directly."""
    rows = connection.execute(
        "SELECT kind, owner, relation, target_kind, target FROM link WHERE target = ? AND target_kind = ? "
        "ORDER BY kind, owner, relation",
        (key, kind),
    )
    return [Link(**dict(row)) for row in rows]


def where_used(connection: Asked, kind: str, key: str) -> list[Link]:
    """Every record that rests on the given one, directly or through findings and propositions."""
    found: dict[Link, None] = {}
    waiting = [(kind, key)]
    seen = set(waiting)
    while waiting:
        for link in links_to(connection, *waiting.pop(0)):
            found.setdefault(link)
            step = (link.kind, link.owner)
            if step not in seen:
                seen.add(step)
                waiting.append(step)
    return list(found)


def read_collection(connection: Asked) -> Collection:
    """The whole library from its snapshot, equal to the one that was written (apart from places in files)."""
    findings: dict[str, list[Finding]] = {}
    for finding in records(connection, Finding, "finding"):
        findings.setdefault(finding.key, []).append(finding)
    studies = {
        s.bibkey: msgspec.structs.replace(s, findings=tuple(findings.get(s.bibkey, ())))
        for s in records(connection, Study, "study")
    }
    library = Library(
        references={r.key: r for r in records(connection, Reference, "reference")},
        studies=studies,
        verifications={v.key: v for v in records(connection, Verification, "verification")},
    )
    propositions = {p.id: p for p in records(connection, Proposition, "proposition")}
    return _collection(connection, library, propositions)


def open_collection(connection: Asked) -> Collection:
    """The same library, but for its evidence and propositions read when they are asked for: the connection stays
    open."""
    from claims.stored import Stored, StoredLibrary

    return _collection(connection, StoredLibrary(connection), Stored(connection, Proposition, "proposition"))


def _collection(connection: Asked, library: Library, propositions: Mapping[str, Proposition]) -> Collection:
    facts = meta(connection)
    claims: dict[str, list[Claim]] = {}
    for claim in records(connection, Claim, "claim"):
        claims.setdefault(claim.source, []).append(claim)
    sources = {
        s.id: msgspec.structs.replace(s, claims=tuple(claims.get(s.id, ())))
        for s in records(connection, Source, "source")
    }
    read = msgspec.json.Decoder(Concept).decode
    concepts = {row["id"]: read(row["record"]) for row in connection.execute("SELECT id, record FROM concept")}
    return Collection(
        manifest=Manifest(
            name=facts["name"],
            title=facts["title"],
            licence=facts["licence"],
            subject=tuple(facts["subject"].split()),
        ),
        library=library,
        lexicon=Lexicon(concepts),
        propositions=propositions,
        sources=sources,
        stored_conflicts=tuple(records(connection, Conflict, "conflict")),
    )
