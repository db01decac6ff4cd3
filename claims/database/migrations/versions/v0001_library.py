"""The library: the tables that a snapshot has, without what only a local copy needs (full text, wordings as read)."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# Words sort by their code points in both databases, so that the same query gives the same rows in the same order.
_TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def _text(name: str, target: str | None = None, *, key: bool = False, index: bool = False) -> sa.Column[str]:
    links = [sa.ForeignKey(target)] if target else []
    return sa.Column(name, _TEXT, *links, primary_key=key, nullable=False, index=index)


def _maybe(name: str, *, index: bool = False) -> sa.Column[str]:
    return sa.Column(name, _TEXT, nullable=True, index=index)


def _count(name: str, *, index: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False, index=index)


def _number(name: str) -> sa.Column[float]:
    return sa.Column(name, sa.Float(), nullable=True)


def _day(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Date(), nullable=nullable)


def upgrade() -> None:
    op.create_table("meta", _text("key", key=True), _text("value"))
    op.create_table("concept", _text("id", key=True), _text("slot", index=True), _text("label"), _text("record"))
    op.create_table("wider", _text("concept", key=True), _text("wider", key=True, index=True))
    _evidence()
    op.create_table(
        "proposition",
        _text("id", key=True),
        _text("category", index=True),
        _text("statement"),
        _text("polarity"),
        _count("importance"),
        _text("certainty"),
        _day("reviewed"),
        _day("review_by"),
        _text("record"),
    )
    _sources()
    op.create_table(
        "scope",
        _text("kind", key=True),
        _text("owner", key=True),
        _text("slot", key=True),
        _text("concept", key=True, index=True),
    )
    op.create_table(
        "figure",
        sa.Column("id", sa.Integer(), primary_key=True),
        _text("kind"),
        _text("owner", index=True),
        _text("aspect", index=True),
        _number("low"),
        _number("high"),
        _maybe("unit"),
    )
    op.create_table(
        "link",
        _text("kind", key=True),
        _text("owner", key=True),
        _text("relation", key=True),
        _text("target_kind", key=True),
        _text("target", key=True, index=True),
    )


def _evidence() -> None:
    op.create_table(
        "reference",
        _text("key", key=True),
        _text("kind"),
        _text("title"),
        _text("authors"),
        _maybe("container"),
        sa.Column("year", sa.Integer(), nullable=True, index=True),
        _maybe("doi", index=True),
        _maybe("pmid", index=True),
        _maybe("pmcid"),
        _text("citation"),
        _text("record"),
    )
    op.create_table(
        "study",
        _text("key", "reference.key", key=True),
        _text("design", index=True),
        _text("level", index=True),
        _maybe("masking"),
        sa.Column("n", sa.Integer(), nullable=True),
        _text("status"),
        _text("verified"),
        _day("curated"),
        _text("record"),
    )
    op.create_table(
        "verification", _text("key", key=True), _day("checked"), _text("state", index=True), _text("record")
    )
    op.create_table(
        "finding",
        _text("id", key=True),
        _count("position"),
        _text("study", "study.key", index=True),
        _text("outcome", index=True),
        _maybe("aspect", index=True),
        _maybe("measure"),
        _text("statistic"),
        _number("low"),
        _number("high"),
        _maybe("unit"),
        _number("comparator_value"),
        _maybe("direction"),
        _text("species"),
        _text("summary"),
        _text("locator"),
        _text("verified"),
        _text("record"),
    )


def _sources() -> None:
    op.create_table(
        "source",
        _text("id", key=True),
        _text("title"),
        _text("publisher"),
        _day("date", nullable=True),
        _text("file"),
        _text("sha256"),
        _text("record"),
    )
    op.create_table(
        "claim",
        _text("id", key=True),
        _count("position", index=True),
        _text("source", "source.id", index=True),
        _count("start"),
        _count("end"),
        _text("paraphrase"),
        _text("category", index=True),
        _count("importance"),
        _text("verdict", index=True),
        _text("polarity"),
        _text("reason"),
        _text("record"),
    )
    op.create_table(
        "conflict",
        _text("id", key=True),
        _count("position"),
        _text("kind", index=True),
        _text("topic", index=True),
        _count("severity"),
        _text("explanation"),
        _text("record"),
    )
