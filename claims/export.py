"""The library in formats of other programs: CSV tables, JSON, BibTeX, RIS; the linked-data ones are in ``exchange``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from claims.evidence_table import COLUMNS, evidence_table
from claims.exchange import claim_reviews, csl_json, web_annotations
from claims.reporters.as_json import to_json
from claims.reporters.tabular import write_csv
from claims.standing import claim_as_it_stands
from evidence.bibliography import Reference, render_bibtex
from evidence.files import write_atomically

if TYPE_CHECKING:
    from claims.collection import Collection

FORMATS: Final = ("csv", "csv-excel", "json", "bibtex", "ris", "csl", "claimreview", "annotations")
_BYTE_ORDER_MARK: Final = "\ufeff"  # without it Excel takes a CSV file for text of the machine's own code page
TABLES: Final = ("claims", "propositions", "findings", "references", "conflicts")
# https://en.wikipedia.org/wiki/RIS_(file_format): the types our entry types map to; GEN is the generic one.
_RIS_TYPE: Final = {
    "article": "JOUR",
    "book": "BOOK",
    "incollection": "CHAP",
    "techreport": "RPRT",
    "phdthesis": "THES",
    "online": "ELEC",
}


def export(collection: Collection, *, kind: str, table: str) -> str:
    """The library as text. ``table`` chooses the table for the two kinds of CSV; the others take no notice of it."""
    match kind:
        case "csv":
            return _csv(collection, table)
        case "csv-excel":
            return f"{_BYTE_ORDER_MARK}{_csv(collection, table)}"
        case "json":
            return _json(collection)
        case "csl":
            return csl_json(collection)
        case "claimreview":
            return claim_reviews(collection)
        case "annotations":
            return web_annotations(collection)
        case "bibtex":
            return "\n\n".join(render_bibtex(reference) for reference in collection.library.references.values())
        case _:
            return "\n\n".join(_ris(reference) for reference in collection.library.references.values())


def save(path: Path, text: str) -> str:
    """Writes an export to a file in one step; what to tell the user. Raises StorageError."""
    write_atomically(path, f"{text}\n")
    return f"wrote {path}"


def _csv(collection: Collection, table: str) -> str:
    header: tuple[str, ...]
    rows: Iterable[tuple[object, ...]]
    match table:
        case "claims":
            header = (
                "id",
                "source",
                "start",
                "end",
                "verdict",
                "importance",
                "category",
                "paraphrase",
                "reason",
                "propositions",
                "findings",
            )
            rows = (
                (
                    c.id,
                    c.source,
                    c.start,
                    c.end,
                    stands.verdict,
                    c.importance,
                    c.category,
                    c.paraphrase,
                    stands.reason,
                    " ".join(c.propositions),
                    " ".join(f"{e.finding}:{e.stance}" for e in c.evidence),
                )
                for c in collection.claims.values()
                for stands in (claim_as_it_stands(c, collection.library),)
            )
            return write_csv(header, rows)
        case "propositions":
            header = (
                "id",
                "category",
                "importance",
                "polarity",
                "certainty",
                "statement",
                "findings",
                "reviewed",
                "review_by",
            )
            rows = (
                (
                    p.id,
                    p.category,
                    p.importance,
                    p.polarity,
                    p.certainty,
                    p.statement,
                    " ".join(f"{e.finding}:{e.stance}" for e in p.evidence),
                    p.reviewed,
                    p.review_by,
                )
                for p in collection.propositions.values()
            )
            return write_csv(header, rows)
        case "findings":
            return write_csv(COLUMNS, (row.cells() for row in evidence_table(collection)))
        case "references":
            header = ("key", "type", "authors", "title", "container", "year", "doi", "pmid", "pmcid")
            rows = (
                (r.key, r.kind, "; ".join(r.people), r.title, r.container, r.year, r.doi, r.pmid, r.pmcid)
                for r in collection.library.references.values()
            )
            return write_csv(header, rows)
        case _:
            header = ("id", "kind", "severity", "topic", "claims", "explanation")
            rows = (
                (c.id, c.kind, c.severity, c.topic, " ".join(c.claims), c.explanation) for c in collection.conflicts
            )
            return write_csv(header, rows)


def _json(collection: Collection) -> str:
    return to_json(
        {
            "schema": "claimwise/library/1",
            "library": collection.manifest,
            "references": list(collection.library.references.values()),
            "studies": list(collection.library.studies.values()),
            "verifications": list(collection.library.verifications.values()),
            "concepts": collection.lexicon.concepts,
            "propositions": list(collection.propositions.values()),
            "sources": list(collection.sources.values()),
            "conflicts": collection.conflicts,
        }
    )


def _ris(reference: Reference) -> str:
    lines = [f"TY  - {_RIS_TYPE.get(reference.kind, 'GEN')}", f"ID  - {reference.key}"]
    lines += [f"AU  - {author}" for author in reference.people]
    fields = (("TI", reference.title), ("T2", reference.container), ("PY", reference.year), ("VL", reference.volume))
    lines += [f"{tag}  - {value}" for tag, value in (*fields, ("IS", reference.number)) if value]
    if reference.pages:
        first, _, last = reference.pages.replace("--", "-").partition("-")
        lines.append(f"SP  - {first.strip()}")
        lines += [f"EP  - {last.strip()}"] if last else []
    lines += [f"DO  - {reference.doi}"] if reference.doi else []
    lines += [f"AN  - {reference.pmid}"] if reference.pmid else []
    lines += [f"UR  - {reference.url}"] if reference.url else []
    return "\n".join([*(f"{line[:6]}{' '.join(line[6:].split())}" for line in lines), "ER  - "])
