"""Registered sources and their curated claims: the typed form of ``claims/data/sources/<id>.toml``.

A claim keeps no sentence of its source: a paraphrase, and an anchor (offsets, hash of the passage, at most six of its
words). With the text at hand ``anchor_faults`` says whether the anchors still fit it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from claims.propositions import Category, EvidenceLink, Fault, Place, Position, Qualifier, Scope, Verdict
from evidence.files import read_bounded
from evidence.problems import LibraryError, Problem, StorageError, UsageError
from evidence.records import Record, convert, line_of, parse_toml, read_text, toml_files
from evidence.vocabulary import Unit

Wording = Literal["hedged", "plain", "strong", "absolute"]
ClaimPolarity = Literal["affirms", "denies"]
ClaimScope = Literal["literature", "clinic-specific", "general"]
Bound = Literal["exact", "about", "at-least", "up-to", "range", "less-than", "more-than"]
Attribution = Literal["studies", "experts", "regulator", "named-study", "clinic", "patients"]
PARAPHRASE_WORDS: Final = 20
ANCHOR_WORDS: Final = 6


class Quantity(Record, frozen=True, kw_only=True):
    """A figure that a claim states: the aspect it answers, its bounds, its unit."""

    aspect: str
    low: float | None = None
    high: float | None = None
    unit: Unit | None = None
    bound: Bound = "exact"


class ListedReference(Record, frozen=True, kw_only=True):
    """One item of a source's own reference list, resolved to the bibliography."""

    number: int
    start: Annotated[int, msgspec.Meta(ge=0, le=10**9)]
    end: Annotated[int, msgspec.Meta(ge=0, le=10**9)]
    reference: str


class Claim(Record, frozen=True, kw_only=True):
    """One assertion at one place of a registered source, with its curated verdict."""

    id: str
    start: Annotated[int, msgspec.Meta(ge=0, le=10**9)]
    end: Annotated[int, msgspec.Meta(ge=0, le=10**9)]
    sha256: str
    anchor: str
    paraphrase: str
    category: Category
    importance: Literal[1, 2, 3]
    scope: ClaimScope = "literature"
    polarity: ClaimPolarity = "affirms"
    certainty: Wording = "plain"
    attribution: Attribution | None = None
    references: tuple[str, ...] = ()
    propositions: tuple[str, ...] = ()
    verdict: Verdict
    also: tuple[Verdict, ...] = ()
    faults: tuple[Fault, ...] = ()
    missing: tuple[Qualifier, ...] = ()
    reason: str
    suggestion: str | None = None
    note: str | None = None
    slots: Scope = Scope()
    quantities: tuple[Quantity, ...] = ()
    positions: tuple[Position, ...] = ()
    evidence: tuple[EvidenceLink, ...] = ()

    @property
    def source(self) -> str:
        """The id of the source the claim stands in."""
        return source_of(self.id)


class Source(Record, frozen=True, kw_only=True):
    """A registered document: what it is, the hash of its text, its reference list, its claims in page order."""

    id: str
    file: str
    title: str
    publisher: str
    date: dt.date | None = None
    date_note: str | None = None
    sha256: str
    length: Annotated[int, msgspec.Meta(ge=0, le=10**9)]
    words: Annotated[int, msgspec.Meta(ge=0, le=10**9)]
    curated: dt.date
    references: tuple[ListedReference, ...] = ()
    claims: tuple[Claim, ...] = ()


def source_of(claim_id: str) -> str:
    """The source's id that a claim's id begins with."""
    return claim_id.rsplit("-", 1)[0]


def load_sources(folder: Path, *, root: Path) -> tuple[dict[str, Source], dict[str, Place]]:
    """All sources by id, and where each claim stands. Raises LibraryError with every problem found."""
    sources: dict[str, Source] = {}
    places: dict[str, Place] = {}
    problems: list[Problem] = []
    for path in toml_files(folder, name=folder.relative_to(root).as_posix()):
        name = path.relative_to(root).as_posix()
        try:
            text = read_text(path, name=name)
            source = convert(parse_toml(text, name=name), Source, text=text, name=name)
        except LibraryError as error:
            problems += error.problems
            continue
        if source.id in sources:
            problems.append(_problem(name, 1, f"source {source.id} is defined twice", "give it an id of its own"))
        sources[source.id] = source
        for position, claim in enumerate(source.claims):
            line = line_of(text, f".claims[{position}].id")
            if claim.id in places:
                problems.append(
                    _problem(name, line, f"claim {claim.id} is defined twice", "give each claim its own id")
                )
            places[claim.id] = Place(file=name, line=line)
    if problems:
        raise LibraryError(*problems)
    return dict(sorted(sources.items())), places


def read_texts(sources: Iterable[Source], folder: Path) -> dict[str, str]:
    """The texts of all sources by id. Raises UsageError when ``folder`` is none, StorageError as below."""
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder; --sources takes the folder of the source texts")
    texts = {}
    for source in sources:
        text = read_source_text(source, folder)
        unfit = sum(not _fits(claim, text) for claim in source.claims)
        if unfit:
            message = f"{unfit} of its claims do not fit the text; run 'claimwise library check --sources {folder}'"
            raise StorageError(f"{folder / source.file}: {message}")
        texts[source.id] = text
    return texts


def read_source_text(source: Source, folder: Path) -> str:
    """The source's text from ``folder``, newlines untranslated. Raises StorageError when it is missing or changed."""
    path = folder / source.file
    try:
        raw = read_bounded(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise StorageError(f"{path}: cannot be read: {reason} (give the folder of the texts)") from None
    if hashlib.sha256(raw).hexdigest() != source.sha256:
        message = f"the text differs from the one source {source.id} was curated on"
        raise StorageError(f"{path}: {message} (restore the text, or curate the source again)")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise StorageError(f"{path}: not UTF-8 text (byte {error.start})") from None


def anchor_faults(source: Source, text: str, places: Mapping[str, Place]) -> list[Problem]:
    """Every claim whose offsets, hash or anchor words do not fit the text."""
    faults = []
    for claim in source.claims:
        if not _fits(claim, text):
            place = places[claim.id]
            what = "its passage has another hash, or does not begin with its anchor"
            faults.append(
                _problem(place.file, place.line, f"claim {claim.id}: {what}", "curate its start, end and anchor again")
            )
    return faults


def _fits(claim: Claim, text: str) -> bool:
    passage = text[claim.start : claim.end]
    words = " ".join(passage.split()).startswith(claim.anchor)
    return words and hashlib.sha256(passage.encode()).hexdigest() == claim.sha256


def _problem(file: str, line: int, message: str, cure: str) -> Problem:
    return Problem(file=file, line=line, code="source", message=message, cure=cure)
