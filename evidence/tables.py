"""The database tables of the evidence, as SQLModel classes.

Each row carries the columns that queries and people use, and ``record``: the whole value as JSON, from which it is
read back. Importing this module loads the ORM (over a second of CPU): only building does.
"""

from __future__ import annotations

import datetime as dt

from sqlmodel import Field, SQLModel


class ReferenceRow(SQLModel, table=True):
    __tablename__ = "reference"

    key: str = Field(primary_key=True)
    kind: str
    title: str
    authors: str
    container: str | None = None
    year: int | None = Field(default=None, index=True)
    doi: str | None = Field(default=None, index=True)
    pmid: str | None = Field(default=None, index=True)
    pmcid: str | None = None
    citation: str
    record: str


class StudyRow(SQLModel, table=True):
    __tablename__ = "study"

    key: str = Field(primary_key=True, foreign_key="reference.key")
    design: str = Field(index=True)
    level: str = Field(index=True)
    masking: str | None = None
    n: int | None = None
    status: str
    verified: str
    curated: dt.date
    record: str


class VerificationRow(SQLModel, table=True):
    """What the services said of a work when they were last asked."""

    __tablename__ = "verification"

    key: str = Field(primary_key=True)
    checked: dt.date
    state: str = Field(index=True)
    record: str


class FindingRow(SQLModel, table=True):
    __tablename__ = "finding"

    id: str = Field(primary_key=True)
    position: int
    study: str = Field(foreign_key="study.key", index=True)
    outcome: str = Field(index=True)
    aspect: str | None = Field(default=None, index=True)
    measure: str | None = None
    statistic: str
    low: float | None = None
    high: float | None = None
    unit: str | None = None
    comparator_value: float | None = None
    direction: str | None = None
    species: str
    summary: str
    locator: str
    verified: str
    record: str
