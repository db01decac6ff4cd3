"""The results of checks: documents, their claims, the rules these fall under, the evidence they rest on."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def _text(name: str, *, key: bool = False, index: bool = False, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, _TEXT, primary_key=key, nullable=nullable, index=index)


def _count(name: str, *, key: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), primary_key=key, nullable=False, autoincrement=False)


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "checked_document",
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
        sa.Column("on_subject", sa.Boolean(), nullable=False),
        sa.Column("checked", moment, nullable=False, index=True),
        sa.Column("superseded", moment, nullable=True),
        sa.UniqueConstraint(
            "project", "path", "sha256", "library_hash", "engine", "settings", name="uq_checked_document"
        ),
    )
    op.create_index(
        "ix_checked_document_current",
        "checked_document",
        ["project", "path"],
        unique=True,
        postgresql_where=sa.text("superseded IS NULL"),
        sqlite_where=sa.text("superseded IS NULL"),
    )
    op.create_table(
        "checked_claim",
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
        sa.Column("support", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["document"], ["checked_document.id"], ondelete="CASCADE"),
    )
    for table, columns in {
        "checked_rule": (_text("code", index=True), _text("severity"), _text("message")),
        "checked_evidence": (
            _text("finding", index=True),
            _text("stance"),
            _text("reference", index=True),
        ),
    }.items():
        op.create_table(
            table,
            _text("document", key=True),
            _count("claim", key=True),
            _count("position", key=True),
            *columns,
            sa.ForeignKeyConstraint(
                ["document", "claim"], ["checked_claim.document", "checked_claim.position"], ondelete="CASCADE"
            ),
        )
