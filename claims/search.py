"""Search in a snapshot: full text with filters by slot, verdict, category, source and reference; misspelt words mended.

All filters hold at once. A slot filter takes a concept id and finds narrower concepts too: a filter for the wide
concept finds what is said of its kinds.
"""

from __future__ import annotations

import re
import sqlite3
from typing import Final

import msgspec

from claims.propositions import SCOPE_SLOTS
from claims.query import kind_of, where_used
from evidence.problems import UsageError

KINDS: Final = ("claim", "proposition", "finding", "reference", "concept", "conflict")
_WORD: Final = re.compile(r"[\w%./-]+")
# Words that carry no meaning of their own in a query.
_EMPTY_TEXT: Final = """
a an and are as at be by can do does for from how in is it long many much of on one or that the than this to
versus vs what when which who why with
"""
_EMPTY: Final = frozenset(_EMPTY_TEXT.split())
_MEND_CUTOFF: Final = 78  # rapidfuzz ratio below which a word is no plausible misspelling


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """What a hit must be; empty fields do not restrict. ``slots`` holds (slot, concept id) pairs."""

    kinds: tuple[str, ...] = ()
    verdicts: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    reference: str | None = None
    slots: tuple[tuple[str, str], ...] = ()
    importance: int = 1


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """One record found. ``verdict`` is set for claims only."""

    kind: str
    id: str
    title: str
    verdict: str | None = None


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """The hits, best first; ``total`` counts them before the limit; ``mended`` maps misspelt words to those used.

    ``any_word`` says that no record has all the words, so that these have some of them.
    """

    hits: tuple[Hit, ...]
    total: int
    mended: dict[str, str]
    any_word: bool = False


def parse_slots(given: list[str]) -> tuple[tuple[str, str], ...]:
    """``route=nasal`` as (slot, concept) pairs. Raises UsageError for anything else."""
    pairs = []
    for text in given:
        slot, equals, concept = text.partition("=")
        if not (slot and equals and concept):
            raise UsageError(f"'{text}' is not SLOT=CONCEPT, such as route=nasal")
        pairs.append((slot.strip(), concept.strip()))
    return tuple(pairs)


def search(connection: sqlite3.Connection, text: str, filters: Filters, *, limit: int = 20) -> Found:
    """Records whose text has all the words (else any of them), best match first.

    With no text every record that passes the filters is a hit. Raises UsageError for an unknown filter word.
    """
    given = _WORD.findall(text)
    words, mended = _mend(connection, [word for word in given if word.lower() not in _EMPTY] or given)
    if text.strip() and not words:
        raise UsageError(f"'{text}' has no word to search for")
    where, arguments = _conditions(connection, filters)
    total, rows = 0, list[sqlite3.Row]()
    joiner = " "
    for joiner in (" ", " OR ") if len(words) > 1 else (" ",):
        match = joiner.join(_quoted(word) for word in words)
        conditions = [*(["search MATCH ?"] if words else []), *where]
        values = [*([match] if words else []), *arguments]
        clause = f"WHERE {' AND '.join(conditions)}" if conditions else ""
        source = "FROM search LEFT JOIN claim ON search.kind = 'claim' AND claim.id = search.id"
        # Conflicts repeat the words of their claims and concepts are short: both come after what people look for.
        late = "4 * (search.kind IN ('conflict', 'concept'))"
        rank = f"bm25(search, 0, 0, 4.0, 1.0) + {late}" if words else "search.rowid"
        total = connection.execute(f"SELECT count(*) {source} {clause}", values).fetchone()[0]
        rows = connection.execute(
            f"SELECT search.kind, search.id, title, claim.verdict {source} {clause} "
            f"ORDER BY {rank}, search.rowid LIMIT ?",
            [*values, limit],
        ).fetchall()
        if total:
            break
    hits = tuple(Hit(kind=row[0], id=row[1], title=row[2], verdict=row[3]) for row in rows)
    return Found(hits=hits, total=total, mended=mended, any_word=joiner == " OR " and bool(hits))


def _conditions(connection: sqlite3.Connection, filters: Filters) -> tuple[list[str], list[str | int]]:
    where: list[str] = []
    arguments: list[str | int] = []

    def among(column: str, words: tuple[str, ...]) -> None:
        if words:
            where.append(f"{column} IN ({', '.join('?' * len(words))})")
            arguments.extend(words)

    for source in filters.sources:
        known = [row[0] for row in connection.execute("SELECT id FROM source ORDER BY id")]
        if source not in known:
            raise UsageError(f"unknown source '{source}'; use one of {', '.join(known)}")
    among("search.kind", filters.kinds)
    among("claim.verdict", filters.verdicts)
    among("claim.source", filters.sources)
    if filters.importance > 1:
        where.append("claim.importance >= ?")
        arguments.append(filters.importance)
    if filters.categories:
        marks = ", ".join("?" * len(filters.categories))
        where.append(
            f"(claim.category IN ({marks}) OR search.kind = 'proposition' AND search.id IN "
            f"(SELECT id FROM proposition WHERE category IN ({marks})))"
        )
        arguments.extend(filters.categories * 2)
    for slot, concept in filters.slots:
        _require_concept(connection, slot, concept)
        where.append(
            "EXISTS (SELECT 1 FROM scope JOIN wider ON wider.concept = scope.concept WHERE scope.kind = search.kind "
            "AND scope.owner = search.id AND scope.slot = ? AND wider.wider = ?)"
        )
        arguments += [slot, concept]
    if filters.reference is not None:
        users = _users(connection, filters.reference)
        where.append(f"(search.kind || ' ' || search.id) IN ({', '.join('?' * len(users))})")
        arguments.extend(users)
    return where, arguments


def _require_concept(connection: sqlite3.Connection, slot: str, concept: str) -> None:
    if slot not in SCOPE_SLOTS:
        raise UsageError(f"unknown slot '{slot}'; use one of {', '.join(SCOPE_SLOTS)}")
    named = "intervention" if slot == "comparator" else slot
    known = [row[0] for row in connection.execute("SELECT id FROM concept WHERE slot = ? ORDER BY id", (named,))]
    if concept not in known:
        from rapidfuzz import process

        near = [match for match, _, _ in process.extract(concept, known, limit=3, score_cutoff=50)]
        hint = f"; did you mean {', '.join(near)}?" if near else ""
        raise UsageError(f"unknown {slot} '{concept}'{hint}")


def _users(connection: sqlite3.Connection, reference: str) -> list[str]:
    if kind_of(connection, reference) != "reference":
        raise UsageError(f"unknown reference '{reference}'; 'claimwise search --kind reference' lists them")
    links = where_used(connection, "reference", reference)
    return [f"reference {reference}", *(f"{link.kind} {link.owner}" for link in links)]


def _mend(connection: sqlite3.Connection, words: list[str]) -> tuple[list[str], dict[str, str]]:
    """Words that occur nowhere are replaced by the likeliest word that does."""
    mended: dict[str, str] = {}
    for word in dict.fromkeys(words):
        query = "SELECT 1 FROM search WHERE search MATCH ? LIMIT 1"
        if connection.execute(query, (_quoted(word),)).fetchone() or len(word) < 4:
            continue
        from rapidfuzz import fuzz, process

        known = [row[0] for row in connection.execute("SELECT word FROM word")]
        best = process.extractOne(word.lower(), known, scorer=fuzz.ratio, score_cutoff=_MEND_CUTOFF)
        if best:
            mended[word] = best[0]
    return [mended.get(word, word) for word in words], mended


def _quoted(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'
