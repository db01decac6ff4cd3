"""The lexicon: concepts of each slot, their words, their is-a links, and how answers about an aspect compare.

All subject knowledge that the engine uses by name is here as data (``claims/data/lexicon/*.toml``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Literal, get_args

import msgspec

from claims.telling import patterns
from evidence.problems import LibraryError, Problem
from evidence.records import Record, convert, line_of, parse_toml, read_text, toml_files
from evidence.vocabulary import Unit

Slot = Literal["intervention", "route", "population", "outcome", "measure", "species", "setting", "agency", "aspect"]
ConflictKind = Literal[
    "numeric", "polarity", "schedule", "duration", "definition", "regulatory", "coverage", "mechanism"
]
SCOPE_SLOTS = frozenset(
    {"intervention", "route", "population", "outcome", "comparator", "setting", "agency", "species"}
)
Compare = Literal["interval", "position", "none"]


class Concept(Record, frozen=True, kw_only=True):
    """One thing that can be spoken of. The fields after ``note`` belong to aspects only.

    ``told``: by position, patterns of the words that tell it (``telling``). ``shares``: slots in which two claims must
    name one concept. ``absolute``: positions that claim so much that the evidence carries none of them.
    """

    slot: Slot
    label: str
    synonyms: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()
    mesh: str | None = None
    note: str | None = None
    compare: Compare = "none"
    conflict: ConflictKind | None = None
    severity: Literal[1, 2, 3] = 1
    unit: Unit | None = None
    positions: tuple[str, ...] = ()
    together: tuple[tuple[str, str], ...] = ()
    ignore: tuple[str, ...] = ()
    told: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    shares: tuple[str, ...] = ()
    absolute: tuple[str, ...] = ()


class Lexicon:
    """Concepts by id, with the is-a relation closed. Immutable after construction."""

    def __init__(self, concepts: Mapping[str, Concept]) -> None:
        self.concepts: Mapping[str, Concept] = dict(sorted(concepts.items()))
        self._above: dict[str, tuple[str, ...]] = {}
        self._kin: dict[tuple[str, str], frozenset[str]] = {}

    def __contains__(self, concept_id: object) -> bool:
        return concept_id in self.concepts

    def __getitem__(self, concept_id: str) -> Concept:
        return self.concepts[concept_id]

    def label(self, concept_id: str) -> str:
        """The concept's label, or the id itself when it is unknown."""
        concept = self.concepts.get(concept_id)
        return concept.label if concept else concept_id

    def of_slot(self, slot: str) -> Iterator[str]:
        return (key for key, concept in self.concepts.items() if concept.slot == slot)

    def resolve(self, slot: str, word: str) -> str | None:
        """The concept of ``slot`` whose id, label or synonym is ``word`` (case ignored), or ``None``."""
        known = self.concepts.get(word)
        if known is not None and known.slot == slot:
            return word
        wanted = word.lower()
        for key, concept in self.concepts.items():
            if concept.slot == slot and wanted in (concept.label.lower(), *(s.lower() for s in concept.synonyms)):
                return key
        return None

    @cached_property
    def _wider(self) -> dict[str, frozenset[str]]:
        closed: dict[str, frozenset[str]] = {}
        for start in self.concepts:
            reached: set[str] = set()
            open_ids = [start]
            while open_ids:
                here = open_ids.pop()
                if here not in reached and here in self.concepts:
                    reached.add(here)
                    open_ids += self.concepts[here].broader
            closed[start] = frozenset(reached)
        return closed

    def wider(self, concept_id: str) -> frozenset[str]:
        """The concept and everything it is a kind of; empty for an unknown id."""
        return self._wider.get(concept_id, frozenset())

    def above(self, concept_id: str) -> tuple[str, ...]:
        """Everything that the concept is a kind of but itself, by id, so that what is read is the same in every run."""
        known = self._above.get(concept_id)
        if known is None:
            known = self._above[concept_id] = tuple(sorted(self.wider(concept_id) - {concept_id}))
        return known

    def kin(self, slot: str, concept_id: str) -> frozenset[str]:
        """The features (``slot:concept``) of all that the concept is a kind of or that is a kind of it; empty for a
        concept that lies under no other."""
        known = self._kin.get((slot, concept_id))
        if known is None:
            wider = self.wider(concept_id)
            near = wider | self.narrower(concept_id) if len(wider) > 1 else frozenset[str]()
            known = self._kin[slot, concept_id] = frozenset(f"{slot}:{concept}" for concept in near)
        return known

    def related(self, left: str, right: str) -> bool:
        """Whether one concept is the other or a kind of it."""
        return right in self.wider(left) or left in self.wider(right)

    @cached_property
    def _narrower(self) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for key, wider in self._wider.items():
            for concept in wider:
                found.setdefault(concept, set()).add(key)
        return {concept: frozenset(keys) for concept, keys in found.items()}

    def narrower(self, concept_id: str) -> frozenset[str]:
        """The concept and everything that is a kind of it; empty for an unknown id."""
        return self._narrower.get(concept_id, frozenset())


def load_lexicon(folder: Path, *, root: Path) -> Lexicon:
    """All concept files of ``folder``. Raises LibraryError on a bad file, a twice-used id or an unknown link."""
    concepts: dict[str, Concept] = {}
    places: dict[str, tuple[str, int]] = {}
    problems: list[Problem] = []
    for path in toml_files(folder, name=folder.relative_to(root).as_posix()):
        name = path.relative_to(root).as_posix()
        try:
            found = _load_file(path, name)
        except LibraryError as error:
            problems += error.problems
            continue
        for key, (concept, line) in found.items():
            if key in concepts:
                problems.append(_problem(name, line, f"concept {key} is defined twice", "keep one definition"))
            concepts[key] = concept
            places[key] = (name, line)
    for key, message, cure in _concept_faults(concepts):
        problems.append(_problem(*places[key], message, cure))
    if problems:
        raise LibraryError(*problems)
    return Lexicon(concepts)


def _load_file(path: Path, name: str) -> dict[str, tuple[Concept, int]]:
    text = read_text(path, name=name)
    data = parse_toml(text, name=name)
    table = data.get("concepts")
    if not isinstance(table, dict) or set(data) - {"slot", "concepts"}:
        raise LibraryError(
            _problem(name, 1, "expected the keys 'slot' and 'concepts' and no others", "see docs/data-format.md")
        )
    found = {}
    for key, entry in table.items():
        at = f".concepts.{key}"
        whole = {"slot": data["slot"], **entry} if isinstance(entry, dict) and "slot" in data else entry
        found[key] = (convert(whole, Concept, text=text, name=name, at=at), line_of(text, at))
    return found


def _concept_faults(concepts: Mapping[str, Concept]) -> Iterator[tuple[str, str, str]]:
    lexicon = Lexicon(concepts)
    for key, concept in concepts.items():
        for wider in concept.broader:
            if wider not in concepts:
                yield key, f"concept {key}: broader concept {wider} does not exist", "define it or correct the id"
            elif key in lexicon.wider(wider):
                yield key, f"concept {key} and {wider} are each a kind of the other", "remove one of the links"
        if concept.slot == "aspect":
            faults = (*_aspect_faults(concept), *_told_faults(concept, concepts))
            yield from ((key, f"aspect {key}: {message}", cure) for message, cure in faults)


def _aspect_faults(concept: Concept) -> Iterator[tuple[str, str]]:
    if concept.compare == "position" and len(concept.positions) < 2:
        yield "needs at least two positions", "list them"
    if concept.compare != "none" and concept.conflict is None:
        yield "compares but names no kind of conflict", "add conflict"
    for unknown in sorted({p for pair in concept.together for p in pair} - set(concept.positions)):
        yield f"together names '{unknown}', which is no position", "list it or correct it"
    for unknown in sorted({*concept.told, *concept.absolute} - set(concept.positions)):
        yield f"told or absolute names '{unknown}', which is no position", "list it or correct it"
    for unknown in sorted(set(concept.shares) - SCOPE_SLOTS):
        yield f"shares names '{unknown}', which is no slot", f"use one of {', '.join(sorted(SCOPE_SLOTS))}"
    for unknown in sorted(set(concept.ignore) - SCOPE_SLOTS):
        yield f"ignore names '{unknown}', which is no slot", f"use one of {', '.join(sorted(SCOPE_SLOTS))}"


def _told_faults(concept: Concept, concepts: Mapping[str, Concept]) -> Iterator[tuple[str, str]]:
    for texts in concept.told.values():
        try:
            features = {key for pattern in patterns(texts) for key in pattern.features}
        except ValueError as error:
            yield f"told: {error}", "see docs/data-format.md"
            continue
        for slot, _, name in sorted(key.partition(":") for key in features):
            if slot in get_args(Slot) and (name not in concepts or concepts[name].slot != slot):
                yield f"told names '{slot}:{name}', which is no concept", "define it or correct the id"


def _problem(file: str, line: int, message: str, cure: str) -> Problem:
    return Problem(file=file, line=line, code="lexicon", message=message, cure=cure)
