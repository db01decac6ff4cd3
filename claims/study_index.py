"""Finds studies by how copy names them, and findings by a figure they tell: from a library, or from its snapshot.

A figure that very many findings tell says nothing by itself; it finds those of them that are about an outcome which
the claim names, so that looking one up costs the same however many findings a library has.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from claims.folding import fold
from claims.memory import Memory

if TYPE_CHECKING:
    import sqlite3

    from claims.query import Asked
    from evidence.bibliography import Reference
    from evidence.library import Library
    from evidence.studies import Finding, Study

MANY: Final = 50  # findings of one figure, from which it needs an outcome beside it
BEGINNING: Final = re.compile(r"[^\W_]+|[\W_]")  # wherever a name may begin, and what it begins with
_WORKS: Final = (
    "trial", "study", "team", "group", "review", "analysis", "comparison", "crossover", "series", "pilot", "report",
    "paper", "data", "patients", "pooled", "meta-analysis",
)  # fmt: skip
_ENOUGH: Final = 16  # of those that are about the outcome too
_KEYED: Final = re.compile(r"([A-Z][a-z]+)(?:19|20)\d\d[a-z]?$")  # a bib key of an author and a year
_SHORTEST: Final = 4  # letters of an author's name that may stand for a work without its year
_REMEMBERED: Final = 50_000
_SCHEMA: Final = (
    "CREATE TABLE study_name (first TEXT, name TEXT, keys TEXT NOT NULL, PRIMARY KEY (first, name)) WITHOUT ROWID",
    "CREATE TABLE told_figure (unit TEXT, amount REAL, outcome TEXT, finding TEXT,"
    " PRIMARY KEY (unit, amount, outcome, finding)) WITHOUT ROWID",
)
Named = Mapping[str, tuple[str, ...]]  # bib keys by name
_NONE: Final[Named] = {}


class Value(NamedTuple):
    """A figure of a finding or of its study; ``role`` is value, comparator, interval, people, trials, sessions, dose or
    effect."""

    role: str
    amount: float
    unit: str


class StudyIndex(Protocol):
    """Where names and figures are looked up."""

    def beginning(self, first: str) -> Named:
        """The names that begin with this word (or sign), each with the bib keys of the works it may mean."""
        ...

    def telling(self, unit: str, amount: float, outcomes: Collection[str]) -> Collection[str]:
        """The findings whose result, or that of its comparator, is this figure: all, or of very many a few that are
        about one of the outcomes."""
        ...


class LibraryIndex:
    """The index of a library held in memory. Immutable after construction."""

    def __init__(self, library: Library) -> None:
        self._library = library

    @cached_property
    def names(self) -> dict[str, dict[str, tuple[str, ...]]]:
        """Names by how they begin."""
        found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for key, study in self._library.studies.items():
            reference = self._library.references.get(key)
            for name in (*study.names, *(_author_forms(reference) if reference else ())):
                squeezed = " ".join(fold(name).split())
                begins = BEGINNING.match(squeezed)
                if begins:
                    found[begins.group()][squeezed].add(key)
        return {first: {name: tuple(sorted(keys)) for name, keys in by.items()} for first, by in found.items()}

    @cached_property
    def figures(self) -> dict[tuple[str, float], dict[str, str]]:
        """The findings of each figure, with their outcomes."""
        found: dict[tuple[str, float], dict[str, str]] = defaultdict(dict)
        for study in self._library.studies.values():
            for finding in study.findings:
                for value in values_of(finding, study):
                    if value.role in ("value", "comparator"):
                        for amount in {round(value.amount, 2), float(round(value.amount))}:
                            found[value.unit, amount][finding.id] = finding.outcome
        return found

    def beginning(self, first: str) -> Named:
        return self.names.get(first, _NONE)

    def telling(self, unit: str, amount: float, outcomes: Collection[str]) -> Collection[str]:
        told = self.figures.get((unit, amount), {})
        if len(told) <= MANY:
            return told
        return sorted(finding for finding, outcome in told.items() if outcome in outcomes)[:_ENOUGH]


class StoredIndex:
    """The index in a snapshot, read as it is asked."""

    def __init__(self, connection: Asked) -> None:
        self._connection = connection
        self._names: Memory[str, Named] = Memory(_REMEMBERED)

    def beginning(self, first: str) -> Named:
        known = self._names.get(first)
        if known is None:
            rows = self._connection.execute("SELECT name, keys FROM study_name WHERE first = ?", (first,)).fetchall()
            known = self._names.keep(first, {row[0]: tuple(row[1].split("\n")) for row in rows} if rows else _NONE)
        return known

    def telling(self, unit: str, amount: float, outcomes: Collection[str]) -> Collection[str]:
        query = "SELECT finding FROM told_figure WHERE unit = ? AND amount = ?"
        rows = self._connection.execute(f"{query} LIMIT {MANY + 1}", (unit, amount)).fetchall()
        if len(rows) > MANY:
            query += f" AND outcome IN ({', '.join('?' * len(outcomes))}) ORDER BY finding LIMIT {_ENOUGH}"
            rows = self._connection.execute(query, (unit, amount, *outcomes)).fetchall()
        return [row[0] for row in rows]


def write_studies(connection: sqlite3.Connection, library: Library) -> None:
    """Writes the index into a snapshot that is being built."""
    for statement in _SCHEMA:
        connection.execute(statement)
    index = LibraryIndex(library)
    named = ((first, name, "\n".join(keys)) for first, by in index.names.items() for name, keys in by.items())
    connection.executemany("INSERT INTO study_name VALUES (?, ?, ?)", sorted(named))
    told = (
        (unit, amount, outcome, finding)
        for (unit, amount), findings in index.figures.items()
        for finding, outcome in findings.items()
    )
    connection.executemany("INSERT INTO told_figure VALUES (?, ?, ?, ?)", sorted(told))


def values_of(finding: Finding, study: Study) -> Iterator[Value]:
    """Every figure that a finding and its study carry."""

    def value(role: str, amount: float | None, unit: str | None) -> Iterator[Value]:
        if amount is not None and unit is not None:
            yield Value(role, abs(float(amount)), unit)  # "fell by 7.95 points" tells a change of -7.95

    for amount in set(finding.bounds):
        yield from value("value", amount, finding.unit)
    yield from value("comparator", finding.comparator_value, finding.unit)
    if finding.ci:
        yield from value("interval", finding.ci.low, finding.unit)
        yield from value("interval", finding.ci.high, finding.unit)
    if finding.effect:
        yield from value("effect", finding.effect.value, "ratio")
    yield from value("people", study.n, "people")
    yield from value("trials", study.n_studies, "trials")
    if study.sessions:
        yield from value("sessions", study.sessions.low, "sessions")
        yield from value("sessions", study.sessions.high, "sessions")
    if study.dose:
        yield from value("dose", study.dose.low, study.dose.unit)
        yield from value("dose", study.dose.high, study.dose.unit)


def _author_forms(reference: Reference) -> Iterator[str]:
    """How copy names a work by its first author."""
    keyed = _KEYED.match(reference.key)
    if not reference.year or not (reference.authors or keyed):
        return
    author = family_name(reference.authors[0]) if reference.authors or not keyed else keyed.group(1)
    year = str(reference.year)
    if len(author) <= 2:
        return
    for form in (
        "{a} {y}",
        "{a} et al. {y}",
        "{a} et al., {y}",
        "{a} and colleagues {y}",
        "{a} ({y})",
        "{a} et al. ({y})",
    ):
        yield form.format(a=author, y=year)
    if len(author) > _SHORTEST:
        for form in ("{a} and colleagues", "{a} et al.", "the {a} trial", "the {a} study", "{a} and others"):
            yield form.format(a=author)
        yield from (f"{author}'s {work}" for work in (*_WORKS, year))


def family_name(author: str) -> str:
    """The family name of an author written as ``Family, Given`` or ``Given Family``."""
    name = author.split(",", maxsplit=1)[0] if "," in author else (author.split() or [""])[-1]
    return name.strip("{} ")
