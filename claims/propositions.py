"""Propositions: the canonical statements that the library takes a position on, and how copy bends them.

Typed form of ``claims/data/propositions/*.toml``; the meaning of each field is in ``docs/data-format.md``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

from evidence import vocabulary
from evidence.problems import LibraryError, Problem
from evidence.records import Record, convert, line_of, parse_toml, read_text, toml_files
from evidence.studies import TimePoint
from evidence.vocabulary import Stance, Unit

Verdict = vocabulary.Verdict
Fault = vocabulary.Fault
Category = Literal[
    "efficacy",
    "onset",
    "durability",
    "dosing",
    "mechanism",
    "safety",
    "regulatory",
    "epidemiology",
    "eligibility",
    "comparison",
    "cost",
    "history",
    "definition",
    "practice",
    "promotion",
]
Polarity = Literal["affirms", "denies", "not-shown", "mixed"]
Certainty = Literal["high", "moderate", "low", "very-low", "fact"]
Qualifier = Literal[
    "number",
    "population",
    "time",
    "comparator",
    "source",
    "outcome",
    "route",
    "denominator",
    "control",
    "definition",
    "intervention",
    "hedge",
    "species",
    "setting",
    "agency",
]
STATEMENT_WORDS: Final = 40
SCOPE_SLOTS: Final = ("intervention", "route", "population", "outcome", "comparator", "setting", "agency", "species")


class Scope(Record, frozen=True, kw_only=True):
    """Concept ids by slot; an empty slot is not restricted. ``comparator`` holds interventions."""

    intervention: tuple[str, ...] = ()
    route: tuple[str, ...] = ()
    population: tuple[str, ...] = ()
    outcome: tuple[str, ...] = ()
    comparator: tuple[str, ...] = ()
    setting: tuple[str, ...] = ()
    agency: tuple[str, ...] = ()
    species: tuple[str, ...] = ()

    def items(self) -> list[tuple[str, tuple[str, ...]]]:
        """Slot and concepts of every slot that says something, in the order of ``SCOPE_SLOTS``."""
        return [(slot, getattr(self, slot)) for slot in SCOPE_SLOTS if getattr(self, slot)]


class Carried(Record, frozen=True, kw_only=True):
    """A figure that the evidence carries: the interval a claim may state without going further."""

    aspect: str
    low: float | None = None
    high: float | None = None
    unit: Unit
    time: TimePoint | None = None
    note: str | None = None


class Position(Record, frozen=True, kw_only=True):
    """A named answer to an aspect's question."""

    aspect: str
    value: str


class EvidenceLink(Record, frozen=True, kw_only=True):
    """A finding and how it stands to the statement or claim that names it."""

    finding: str
    stance: Stance


class Wording(Record, frozen=True, kw_only=True):
    """A sentence that copy may print; it carries every qualifier the proposition requires."""

    text: str


class Distortion(Record, frozen=True, kw_only=True):
    """A known way to bend the statement, with the verdict it deserves.

    ``texts`` are sentences that bend it so, in our own words; ``missing`` is what a vague one leaves out.
    """

    kind: Fault
    change: str
    verdict: Verdict
    reason: str
    missing: tuple[Qualifier, ...] = ()
    texts: tuple[str, ...] = ()


class Proposition(Record, frozen=True, kw_only=True):
    id: str
    category: Category
    statement: str
    polarity: Polarity = "affirms"
    importance: Literal[1, 2, 3]
    certainty: Certainty
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None
    reviewed: dt.date
    review_by: dt.date
    requires: tuple[Qualifier, ...] = ()
    note: str | None = None
    scope: Scope
    values: tuple[Carried, ...] = ()
    positions: tuple[Position, ...] = ()
    evidence: tuple[EvidenceLink, ...] = ()
    wordings: tuple[Wording, ...] = ()
    distortions: tuple[Distortion, ...] = ()


class Place(Record, frozen=True, kw_only=True):
    """Where a record stands: file relative to the root, and line."""

    file: str
    line: int


class _PropositionFile(Record, frozen=True, kw_only=True):
    propositions: tuple[Proposition, ...]


def load_propositions(folder: Path, *, root: Path) -> tuple[dict[str, Proposition], dict[str, Place]]:
    """All propositions by id, and where each stands. Raises LibraryError with every problem found."""
    propositions: dict[str, Proposition] = {}
    places: dict[str, Place] = {}
    problems: list[Problem] = []
    for path in toml_files(folder, name=folder.relative_to(root).as_posix()):
        name = path.relative_to(root).as_posix()
        try:
            text = read_text(path, name=name)
            file = convert(parse_toml(text, name=name), _PropositionFile, text=text, name=name)
        except LibraryError as error:
            problems += error.problems
            continue
        for position, proposition in enumerate(file.propositions):
            line = line_of(text, f".propositions[{position}].id")
            if proposition.id in propositions:
                first = places[proposition.id]
                message = f"proposition {proposition.id} is also defined in {first.file}:{first.line}"
                problems.append(
                    Problem(file=name, line=line, code="proposition", message=message, cure="rename one of them")
                )
            propositions[proposition.id] = proposition
            places[proposition.id] = Place(file=name, line=line)
    if problems:
        raise LibraryError(*problems)
    return dict(sorted(propositions.items())), places


def in_force(proposition: Proposition, day: dt.date) -> bool:
    """Whether the proposition's fact holds on ``day``; facts without dates always do."""
    after_start = proposition.valid_from is None or proposition.valid_from <= day
    before_end = proposition.valid_until is None or day <= proposition.valid_until
    return after_start and before_end


def by_category(propositions: Mapping[str, Proposition]) -> dict[str, int]:
    """How many propositions each category has, in the order of the categories' names."""
    counts: dict[str, int] = {}
    for proposition in propositions.values():
        counts[proposition.category] = counts.get(proposition.category, 0) + 1
    return dict(sorted(counts.items()))
