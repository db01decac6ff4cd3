"""The database tables of lexicon, propositions, sources, claims and conflicts, and what links them.

``scope`` holds every concept that a finding, proposition or claim is about; ``link`` holds every reference from one
record to another; ``figure`` every number. ``record`` is the whole value as JSON. Importing this loads the ORM.
"""

from __future__ import annotations

import datetime as dt

from sqlmodel import Field, SQLModel


class MetaRow(SQLModel, table=True):
    """Name, title, hash of the inputs and version of the schema."""

    __tablename__ = "meta"

    key: str = Field(primary_key=True)
    value: str


class ConceptRow(SQLModel, table=True):
    __tablename__ = "concept"

    id: str = Field(primary_key=True)
    slot: str = Field(index=True)
    label: str
    record: str


class WiderRow(SQLModel, table=True):
    """The is-a relation closed: ``concept`` is ``wider`` or a kind of it."""

    __tablename__ = "wider"

    concept: str = Field(primary_key=True)
    wider: str = Field(primary_key=True, index=True)


class PropositionRow(SQLModel, table=True):
    __tablename__ = "proposition"

    id: str = Field(primary_key=True)
    category: str = Field(index=True)
    statement: str
    polarity: str
    importance: int
    certainty: str
    reviewed: dt.date
    review_by: dt.date
    record: str


class SourceRow(SQLModel, table=True):
    __tablename__ = "source"

    id: str = Field(primary_key=True)
    title: str
    publisher: str
    date: dt.date | None = None
    file: str
    sha256: str
    record: str


class ClaimRow(SQLModel, table=True):
    __tablename__ = "claim"

    id: str = Field(primary_key=True)
    position: int = Field(index=True)
    source: str = Field(foreign_key="source.id", index=True)
    start: int
    end: int
    paraphrase: str
    category: str = Field(index=True)
    importance: int
    verdict: str = Field(index=True)
    polarity: str
    reason: str
    record: str


class ConflictRow(SQLModel, table=True):
    __tablename__ = "conflict"

    id: str = Field(primary_key=True)
    position: int
    kind: str = Field(index=True)
    topic: str = Field(index=True)
    severity: int
    explanation: str
    record: str


class ScopeRow(SQLModel, table=True):
    """One concept in one slot of one record; ``kind`` is finding, proposition or claim."""

    __tablename__ = "scope"

    kind: str = Field(primary_key=True)
    owner: str = Field(primary_key=True)
    slot: str = Field(primary_key=True)
    concept: str = Field(primary_key=True, index=True)


class FigureRow(SQLModel, table=True):
    """One number of a proposition or claim."""

    __tablename__ = "figure"

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    owner: str = Field(index=True)
    aspect: str = Field(index=True)
    low: float | None = None
    high: float | None = None
    unit: str | None = None


class LinkRow(SQLModel, table=True):
    """``owner`` (a claim, proposition, finding, source or conflict) rests on or names ``target``."""

    __tablename__ = "link"

    kind: str = Field(primary_key=True)
    owner: str = Field(primary_key=True)
    relation: str = Field(primary_key=True)
    target_kind: str = Field(primary_key=True)
    target: str = Field(primary_key=True, index=True)
