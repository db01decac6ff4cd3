"""The tables that hold the results of checks, for SQLAlchemy Core; those of the library are in ``claims.tables``.

One row of ``checked_document`` is one text under one path, checked with one library by one engine; the rows of the
other tables belong to it and go with it. The columns are told in docs/database.md.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    text,
)

METADATA: Final = MetaData()
_CURRENT: Final = text("superseded IS NULL")
_CLAIM: Final = ["checked_claim.document", "checked_claim.position"]


def _text(name: str, *, key: bool = False, index: bool = False, nullable: bool = False) -> Column[Any]:
    return Column(name, String(), primary_key=key, nullable=nullable, index=index)


def _count(name: str, *, key: bool = False) -> Column[Any]:
    return Column(name, Integer(), primary_key=key, nullable=False, autoincrement=False)


DOCUMENT: Final = Table(
    "checked_document",
    METADATA,
    _text("id", key=True),
    _text("project"),
    _text("path"),
    _text("sha256", index=True),
    _text("library"),
    _text("library_hash"),
    _text("engine"),
    _text("settings"),
    _text("source", nullable=True),
    _count("words"),
    _count("unchecked"),
    Column("on_subject", Boolean(), nullable=False),
    Column("checked", DateTime(timezone=True), nullable=False, index=True),
    Column("superseded", DateTime(timezone=True), nullable=True),
    UniqueConstraint("project", "path", "sha256", "library_hash", "engine", "settings", name="uq_checked_document"),
    Index(
        "ix_checked_document_current",
        "project",
        "path",
        unique=True,
        postgresql_where=_CURRENT,
        sqlite_where=_CURRENT,
    ),
)
CLAIM: Final = Table(
    "checked_claim",
    METADATA,
    _text("document", key=True),
    _count("position", key=True),
    _text("fingerprint", index=True),
    _count("start_offset"),
    _count("end_offset"),
    _count("line"),
    _text("place", nullable=True),
    _text("text"),
    _text("category", nullable=True),
    _text("proposition", nullable=True, index=True),
    _text("certainty"),
    _text("polarity"),
    _text("verdict", index=True),
    _text("reason"),
    _text("suggestion", nullable=True),
    Column("support", Float(), nullable=True),
    ForeignKeyConstraint(["document"], ["checked_document.id"], ondelete="CASCADE"),
)
RULE: Final = Table(
    "checked_rule",
    METADATA,
    _text("document", key=True),
    _count("claim", key=True),
    _count("position", key=True),
    _text("code", index=True),
    _text("severity"),
    _text("message"),
    ForeignKeyConstraint(["document", "claim"], _CLAIM, ondelete="CASCADE"),
)
EVIDENCE: Final = Table(
    "checked_evidence",
    METADATA,
    _text("document", key=True),
    _count("claim", key=True),
    _count("position", key=True),
    _text("finding", index=True),
    _text("stance"),
    _text("reference", index=True),
    ForeignKeyConstraint(["document", "claim"], _CLAIM, ondelete="CASCADE"),
)
