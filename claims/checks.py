"""The cross-checks of a whole library: every id resolves, every verdict rests on something, nothing is overdue.

File-level faults (syntax, unknown keys, words outside a vocabulary) are found while loading; here the parts are held
against each other. Each check yields problems with file, line and cure.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from claims.collection import load_collection
from claims.propositions import STATEMENT_WORDS, Place, Proposition, Scope
from claims.sources import ANCHOR_WORDS, PARAPHRASE_WORDS, Claim, anchor_faults, read_source_text
from claims.standing import SUPPORTING, lost_support
from evidence.library import cross_check
from evidence.problems import LibraryError, Problem, StorageError, UsageError
from evidence.records import line_of, read_text
from evidence.vocabulary import HOURS_IN, Statistic, in_range

if TYPE_CHECKING:
    from claims.collection import Collection
    from claims.propositions import Position
    from evidence.paths import LibraryPaths

_ID = re.compile(r"^[a-z0-9]+(-[a-z0-9.]+)*$")


# Faults that leave an id pointing at nothing: no snapshot is built over them.
_BROKEN: Final = frozenset(
    {"anchor", "concept", "conflict", "finding", "id", "orphan-reference", "orphan-study", "proposition", "reference"}
)


def require_sound(collection: Collection, paths: LibraryPaths) -> None:
    """Raises LibraryError when an id of the library resolves to nothing; other faults are for ``library check``."""
    problems = check_collection(collection, paths, today=dt.date.min)
    broken = [problem for problem in problems if problem.code in _BROKEN]
    if broken:
        raise LibraryError(*broken)


def check_library(paths: LibraryPaths, *, today: dt.date, texts: Path | None = None) -> list[Problem]:
    """Every problem of a library's files: those of reading them, or, when they can be read, of their parts together.

    Raises UsageError when ``texts`` is no folder.
    """
    if texts is not None and not texts.is_dir():
        raise UsageError(f"{texts}: no such folder; --sources takes the folder of the source texts")
    try:
        collection = load_collection(paths)
    except LibraryError as error:
        return list(error.problems)
    return check_collection(collection, paths, today=today, texts=texts)


def check_collection(
    collection: Collection, paths: LibraryPaths, *, today: dt.date, texts: Path | None = None
) -> list[Problem]:
    """Every problem of a loaded library, by file and line.

    ``today`` decides which reviews are due. ``texts`` is the folder of the source texts; without it anchors are not
    held against them.
    """
    found: list[Problem] = [
        *cross_check(collection.library, paths),
        *_study_concepts(collection, paths),
        *_propositions(collection, today),
        *_claims(collection),
        *_curated_conflicts(collection, paths),
        *_shared_ids(collection, paths),
        *_unused_references(collection, paths),
    ]
    if texts is not None:
        found += _anchors(collection, texts)
    return sorted(set(found))


def _study_concepts(collection: Collection, paths: LibraryPaths) -> Iterator[Problem]:
    for key, study in collection.library.studies.items():
        uses: list[tuple[str, str, str]] = [  # where in the file, slot, concept
            *((".population", "population", c) for c in study.population),
            *((".intervention", "intervention", c) for c in study.intervention),
            *((".comparator", "intervention", c) for c in study.comparator),
            *((".route", "route", c) for c in study.route),
        ]
        for position, finding in enumerate(study.findings):
            at = f".findings[{position}]"
            uses += [(f"{at}.outcome", "outcome", finding.outcome), (f"{at}.species", "species", finding.species)]
            uses += [(f"{at}.aspect", "aspect", finding.aspect)] if finding.aspect else []
            uses += [(f"{at}.measure", "measure", finding.measure)] if finding.measure else []
            uses += [(f"{at}.population", "population", c) for c in finding.population or ()]
            uses += [(f"{at}.intervention", "intervention", c) for c in finding.intervention or ()]
            uses += [(f"{at}.comparator", "intervention", c) for c in finding.comparator or ()]
            uses += [(f"{at}.route", "route", c) for c in finding.route or ()]
        for at, slot, concept in uses:
            fault = _concept_fault(collection, slot, concept)
            if fault:
                path = paths.studies / f"{key}.toml"
                line = line_of(read_text(path), at)
                yield Problem(file=paths.name_of(path), line=line, code="concept", message=fault, cure=_CONCEPT_CURE)


def _propositions(collection: Collection, today: dt.date) -> Iterator[Problem]:
    for proposition in collection.propositions.values():
        place = collection.places[proposition.id]
        for code, message, cure in _proposition_faults(collection, proposition, today):
            yield _at(place, code, f"proposition {proposition.id}: {message}", cure)


def _proposition_faults(
    collection: Collection, proposition: Proposition, today: dt.date
) -> Iterator[tuple[str, str, str]]:
    if not _ID.match(proposition.id):
        yield "id", "the id has characters other than a-z, 0-9 and hyphens", "rename it"
    if len(proposition.statement.split()) > STATEMENT_WORDS:
        yield "words", f"the statement has more than {STATEMENT_WORDS} words", "shorten it"
    yield from _scope_faults(collection, proposition.scope)
    yield from _position_faults(collection, proposition.positions)
    for value in proposition.values:
        yield from _figure_faults(collection, value.aspect, value.low, value.high, value.unit)
    yield from _finding_faults(collection, (link.finding for link in proposition.evidence))
    stances = {link.stance for link in proposition.evidence}
    if not stances or (stances == {"context"} and proposition.polarity != "not-shown"):
        yield (
            "evidence",
            "no finding supports or opposes it",
            "link the findings it rests on, or say that it is not shown",
        )
    gone = [f"{key} ({collection.library.not_current[key]})" for key in lost_support(proposition, collection.library)]
    if gone:
        yield (
            "retracted",
            f"all that supports it was retracted: {', '.join(gone)}",
            "link a sound finding, or change the statement and review it anew",
        )
    if not proposition.wordings:
        yield "wording", "has no allowed wording", "add a sentence that copy may print"
    if proposition.valid_from and proposition.valid_until and proposition.valid_from > proposition.valid_until:
        yield "dates", "valid_from is after valid_until", "swap them"
    if proposition.review_by <= proposition.reviewed:
        yield "dates", "review_by is not after reviewed", "set the next review"
    elif proposition.review_by < today:
        yield "review-due", f"its review was due on {proposition.review_by}", "review it and set reviewed and review_by"


def _claims(collection: Collection) -> Iterator[Problem]:
    for claim in collection.claims.values():
        place = collection.places[claim.id]
        for code, message, cure in _claim_faults(collection, claim):
            yield _at(place, code, f"claim {claim.id}: {message}", cure)
    for source in collection.sources.values():
        place = Place(file=next((collection.places[c.id].file for c in source.claims), source.id), line=0)
        for claim in source.claims:
            if claim.source != source.id:
                yield _at(
                    collection.places[claim.id],
                    "id",
                    f"claim {claim.id} stands in source {source.id}",
                    "give it that source's id",
                )
            if not 0 <= claim.start < claim.end <= source.length:
                yield _at(
                    collection.places[claim.id],
                    "anchor",
                    f"claim {claim.id}: its span lies outside the text",
                    "correct start and end",
                )
        for item in source.references:
            if item.reference not in collection.library.references:
                message = f"source {source.id}: item {item.number} names the unknown reference {item.reference}"
                yield _at(place, "reference", message, "add it to the bibliography or correct the key")


def _claim_faults(collection: Collection, claim: Claim) -> Iterator[tuple[str, str, str]]:
    if len(claim.paraphrase.split()) > PARAPHRASE_WORDS:
        yield "words", f"the paraphrase has more than {PARAPHRASE_WORDS} words", "shorten it"
    if len(claim.anchor.split()) > ANCHOR_WORDS:
        yield "words", f"the anchor has more than {ANCHOR_WORDS} words", "keep its first words"
    yield from _scope_faults(collection, claim.slots)
    yield from _position_faults(collection, claim.positions)
    for quantity in claim.quantities:
        yield from _figure_faults(collection, quantity.aspect, quantity.low, quantity.high, quantity.unit)
    yield from _finding_faults(collection, (link.finding for link in claim.evidence))
    for key in claim.references:
        if key not in collection.library.references:
            yield "reference", f"unknown reference {key}", "add it to the bibliography or correct the key"
    for twice in sorted({p for p in claim.propositions if claim.propositions.count(p) > 1}):
        yield "proposition", f"proposition {twice} is named twice", "name it once"
    for proposition_id in claim.propositions:
        if proposition_id not in collection.propositions:
            yield "proposition", f"unknown proposition {proposition_id}", "write it or correct the id"
    yield from _verdict_faults(collection, claim)


def _verdict_faults(collection: Collection, claim: Claim) -> Iterator[tuple[str, str, str]]:
    sound = [
        link.stance
        for link in claim.evidence
        if link.finding in collection.library.findings and not collection.library.standing_of(link.finding).is_retracted
    ]
    if claim.verdict == "supported" and SUPPORTING.isdisjoint(sound):
        yield (
            "verdict",
            "is supported, but no sound finding supports it",
            "link a supporting finding or change the verdict",
        )
    if claim.verdict == "contradicted" and "opposes" not in sound:
        judged_by = [collection.propositions[p] for p in claim.propositions if p in collection.propositions]
        if not any(p.category == "regulatory" for p in judged_by):
            yield "verdict", "is contradicted, but no finding or regulatory fact opposes it", "link what opposes it"
    if claim.verdict == "vague" and not claim.missing:
        yield "verdict", "is vague, but does not say what is missing", "list it in missing"
    if claim.verdict in ("overstated", "contradicted") and not claim.faults:
        yield "verdict", f"is {claim.verdict}, but names no fault", "list what goes wrong in faults"
    if claim.verdict in claim.also:
        yield "verdict", "lists its own verdict among the alternatives", "remove it from also"


def _scope_faults(collection: Collection, scope: Scope) -> Iterator[tuple[str, str, str]]:
    for slot, concepts in scope.items():
        for concept in concepts:
            fault = _concept_fault(collection, "intervention" if slot == "comparator" else slot, concept)
            if fault:
                yield "concept", fault, _CONCEPT_CURE


def _position_faults(collection: Collection, positions: Iterable[Position]) -> Iterator[tuple[str, str, str]]:
    for position in positions:
        fault = _concept_fault(collection, "aspect", position.aspect)
        if fault:
            yield "concept", fault, _CONCEPT_CURE
        elif position.value not in collection.lexicon[position.aspect].positions:
            known = ", ".join(collection.lexicon[position.aspect].positions) or "none"
            yield "position", f"'{position.value}' is no position of {position.aspect}", f"use one of: {known}"


def _figure_faults(
    collection: Collection, aspect: str, low: float | None, high: float | None, unit: str | None
) -> Iterator[tuple[str, str, str]]:
    fault = _concept_fault(collection, "aspect", aspect)
    if fault:
        yield "concept", fault, _CONCEPT_CURE
        return
    if low is None and high is None:
        yield "figure", f"{aspect} has no figure", "add low, high or both"
    if low is not None and high is not None and low > high:
        yield "figure", f"{aspect}: low {low:g} is above high {high:g}", "swap them"
    expected = collection.lexicon[aspect].unit
    if expected and unit != expected and not {unit, expected} <= set(HOURS_IN):
        yield "figure", f"{aspect} is in {unit or 'no unit'}", f"use {expected}"
    statistic: Statistic = "proportion" if unit == "%" and expected == "%" else "range"
    for number in (low, high):
        if number is not None and unit and not in_range(number, unit=unit, statistic=statistic):
            yield "figure", f"{aspect}: {number:g} is outside the range of {unit}", "correct the figure"


def _finding_faults(collection: Collection, findings: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    seen: set[str] = set()
    for finding in findings:
        if finding not in collection.library.findings:
            yield "finding", f"unknown finding {finding}", "add it to its study or correct the id"
        if finding in seen:
            yield "finding", f"finding {finding} is linked twice", "keep one link"
        seen.add(finding)


def _curated_conflicts(collection: Collection, paths: LibraryPaths) -> Iterator[Problem]:
    file = paths.name_of(paths.conflicts)
    seen: dict[object, int] = {}
    for position, conflict in enumerate(collection.curated_conflicts):
        for mark in (conflict.id, (conflict.topic, frozenset(conflict.claims))):
            if seen.setdefault(mark, position) != position:
                message = f"conflict {conflict.id} repeats another: the same id, or the same topic and claims"
                yield Problem(file=file, code="conflict", message=message, cure="keep one of them")
        if len(set(conflict.claims)) < len(conflict.claims):
            message = f"conflict {conflict.id} names a claim twice"
            yield Problem(file=file, code="conflict", message=message, cure="name it once")
        for claim in conflict.claims:
            if claim not in collection.claims:
                message = f"conflict {conflict.id} names the unknown claim {claim}"
                yield Problem(file=file, code="conflict", message=message, cure="correct the id or remove the conflict")


def _shared_ids(collection: Collection, paths: LibraryPaths) -> Iterator[Problem]:
    """Ids that two kinds of record share: ``show`` could not tell them apart."""
    library = collection.library
    kinds: list[tuple[str, Iterable[str], Path]] = [
        ("reference", library.references, paths.bibliography),
        ("finding", library.findings, paths.studies),
        ("concept", collection.lexicon.concepts, paths.lexicon),
        ("proposition", collection.propositions, paths.propositions),
        ("source", collection.sources, paths.sources),
        ("claim", collection.claims, paths.sources),
        ("conflict", [conflict.id for conflict in collection.curated_conflicts], paths.conflicts),
    ]
    taken: dict[str, str] = {}
    for kind, ids, path in kinds:
        for key in ids:
            other = taken.setdefault(key, kind)
            if other != kind:
                message = f"{kind} {key} has the id of a {other}"
                yield Problem(file=paths.name_of(path), code="id", message=message, cure="rename one of them")


def _unused_references(collection: Collection, paths: LibraryPaths) -> Iterator[Problem]:
    """References with no finding, which no claim and no reference list names; a draft has yet to get its findings."""
    library = collection.library
    used = {finding.key for finding in library.findings.values()}
    used |= {key for claim in collection.claims.values() for key in claim.references}
    used |= {item.reference for source in collection.sources.values() for item in source.references}
    used |= {key for key, study in library.studies.items() if study.draft}
    for key, reference in library.references.items():
        if key not in used:
            yield Problem(
                file=paths.name_of(paths.bibliography),
                line=reference.line,
                code="unused",
                message=f"reference {key} has no finding and nothing names it",
                cure="add its findings or remove the entry and its study file",
            )


def _anchors(collection: Collection, texts: Path) -> Iterator[Problem]:
    for source in collection.sources.values():
        try:
            text = read_source_text(source, texts)
        except StorageError as error:
            place, _, message = str(error).partition(": ")
            yield Problem(file=place, code="text", message=message)
            continue
        yield from anchor_faults(source, text, collection.places)


_CONCEPT_CURE: Final = "define it in the lexicon or correct the id"


def _concept_fault(collection: Collection, slot: str, concept: str) -> str | None:
    if concept not in collection.lexicon:
        return f"unknown {slot} concept '{concept}'"
    actual = collection.lexicon[concept].slot
    return None if actual == slot else f"'{concept}' is a concept of slot {actual}, not of {slot}"


def _at(place: Place, code: str, message: str, cure: str) -> Problem:
    return Problem(file=place.file, line=place.line, code=code, message=message, cure=cure)
