"""A work that services know, put into a library: its entry in the bibliography and the beginning of its study file.

Nothing is written before both texts are known to read back; a work that is already there changes nothing.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Literal

import msgspec

from evidence.bibfile import insert_entry, read_bibfile
from evidence.bibliography import Reference, load_bibliography, parse_bibliography
from evidence.files import write_atomically
from evidence.importing.works import new_key
from evidence.lookup import crossref, pubmed
from evidence.lookup.designs import design_of
from evidence.lookup.desk import Desk
from evidence.lookup.merging import Disagreement, merge, same_title
from evidence.lookup.outcomes import Found, NotFound, Unavailable
from evidence.lookup.works import Work, WorkOutcome
from evidence.paths import LibraryPaths
from evidence.problems import StorageError, UsageError
from evidence.vocabulary import Status

_AUTHORS: Final = 3  # as many as an entry names before "and others"
_UNREAD: Final = "expert-opinion"  # the weakest design, for a work whose type no service tells
_HEAD: Final = "# Begun by claimwise evidence add. Read the work, enter scope and findings, then remove draft.\n"

Identifier = tuple[Literal["doi", "pmid"], str]


class Added(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one identifier. ``key`` is the bib key, ``None`` where the work could not be added.

    ``state`` is "added", "present" (nothing was changed), "not-found" or "unavailable". ``sources`` names the service
    of each field; ``remarks`` are lines a curator should see, such as notices and disagreements.
    """

    asked: str
    state: Literal["added", "present", "not-found", "unavailable"]
    key: str | None = None
    citation: str | None = None
    sources: dict[str, str] = {}
    disagreements: tuple[Disagreement, ...] = ()
    remarks: tuple[str, ...] = ()
    unavailable: tuple[Unavailable, ...] = ()


class LookedUp(msgspec.Struct, frozen=True, kw_only=True):
    """The records of one work, the one to follow first; none and nobody ``unavailable`` means that there is no such
    work. ``remarks`` say what a curator should see of the answers."""

    works: tuple[Work, ...] = ()
    unavailable: tuple[Unavailable, ...] = ()
    remarks: tuple[str, ...] = ()


def add(paths: LibraryPaths, identifier: Identifier, desk: Desk, *, today: dt.date) -> Added:
    """Adds the work unless it is there. Raises LibraryError for a bibliography that has faults, StorageError when the
    library cannot be written."""
    kind, value = identifier
    asked = f"doi:{value}" if kind == "doi" else f"PMID {value}"
    references = load_bibliography(paths.bibliography, name=paths.name_of(paths.bibliography))
    known = next((r for r in references.values() if (r.doi if kind == "doi" else r.pmid) == value), None)
    if known is not None and (paths.studies / f"{known.key}.toml").exists():
        return Added(asked=asked, state="present", key=known.key, citation=known.citation)
    found = look_up(identifier, desk)
    if not found.works:
        return Added(
            asked=asked, state="unavailable" if found.unavailable else "not-found", unavailable=found.unavailable
        )
    merged = merge(found.works)
    work = merged.work
    if work.title is None:
        lacking = Unavailable(service=work.service, reason="has a record without a title, which is no entry")
        return Added(asked=asked, state="unavailable", unavailable=(lacking,))
    known = known or _twin(work, references)
    if known is not None and (paths.studies / f"{known.key}.toml").exists():
        return Added(asked=asked, state="present", key=known.key, citation=known.citation)
    reference = known or reference_of(work)
    if known is None:
        key = _started(paths, work) or new_key(reference, _taken(paths, references))
        reference = msgspec.structs.replace(reference, key=key)
    _write(paths, reference, work, is_new=known is None, today=today)
    return Added(
        asked=asked,
        state="added",
        key=reference.key,
        citation=reference.citation,
        sources=merged.sources,
        disagreements=merged.disagreements,
        remarks=(*found.remarks, *_remarks(work)),
        unavailable=found.unavailable,
    )


def look_up(identifier: Identifier, desk: Desk) -> LookedUp:
    """What Crossref and PubMed have of the work, the service of the identifier first."""
    kind, value = identifier
    leading: WorkOutcome
    second: WorkOutcome | None = None
    if kind == "doi":
        leading = crossref.find_work(desk, value)
        pmid = pubmed.find_pmid(desk, value)
        second = pubmed.find_work(desk, pmid.value) if isinstance(pmid, Found) else pmid
    else:
        leading = pubmed.find_work(desk, value)
        if isinstance(leading, Found) and leading.value.doi:
            second = crossref.find_work(desk, leading.value.doi)
    unavailable = tuple(outcome for outcome in (leading, second) if isinstance(outcome, Unavailable))
    if isinstance(leading, Unavailable):
        return LookedUp(unavailable=unavailable)
    works = [leading.value] if isinstance(leading, Found) else []
    remarks = [f"{leading.service} has no such record"] if isinstance(leading, NotFound) else []
    if works and kind == "doi" and works[0].doi != value:
        remarks.append(f"{leading.service} answers with {works[0].doi} for {value}")
    if isinstance(second, Found):
        fault = _stranger(second.value, value if kind == "doi" else None, works)
        if fault is None:
            works.append(second.value)
        else:
            remarks.append(f"{second.service}'s record was left out: {fault}")
    return LookedUp(works=tuple(works), unavailable=unavailable, remarks=tuple(remarks))


def _stranger(second: Work, doi: str | None, works: Sequence[Work]) -> str | None:
    """Why the second record is another work's: a search may answer with a neighbour, a DOI may be misprinted."""
    dois = {doi, *(work.doi for work in works)} - {None}
    if second.doi and second.doi not in dois:
        return f"it has the DOI {second.doi}"
    titles = [work.title for work in works if work.title]
    if second.title and titles and not same_title(titles[0], second.title):
        return f'it has the title "{second.title}"'
    return None


def reference_of(work: Work) -> Reference:
    """The work as an entry of the bibliography that has no key yet."""
    return Reference(
        key="",
        kind=work.kind or "misc",
        title=work.title or "",
        authors=work.authors[:_AUTHORS],
        more_authors=len(work.authors) > _AUTHORS,
        container=work.container,
        year=work.year,
        volume=work.volume,
        number=work.number,
        pages=work.pages,
        doi=work.doi,
        pmid=work.pmid,
        pmcid=work.pmcid,
    )


def study_skeleton(reference: Reference, work: Work, *, today: dt.date) -> str:
    """The beginning of the work's study file: what the services tell, marked as a draft."""
    told = design_of(work.types)
    design, note = (
        (told[0], f"as its publication type says: {told[1]}") if told else (_UNREAD, "not told by any service")
    )
    complete = bool(reference.authors and reference.container and reference.year)
    lines = [
        f"bibkey = {_quoted(reference.key)}",
        *([f"doi = {_quoted(reference.doi)}"] if reference.doi else []),
        f"design = {_quoted(design)}",
        f"design_note = {_quoted(note)}",
        f"status = {_quoted(_status(work))}",
        f'citation = "{"complete" if complete else "incomplete"}"',
        'verified = "no"',
        f"curated = {today.isoformat()}",
        "draft = true",
    ]
    return _HEAD + "\n".join(lines) + "\n"


def require_writable(paths: LibraryPaths) -> None:
    """Raises StorageError, before anything is asked, when the library's files cannot be written."""
    places = (paths.bibliography, paths.bibliography.parent, paths.studies, paths.verification.parent)
    closed = next((place for place in places if place.exists() and not _is_writable(place)), None)
    if closed is not None:
        raise StorageError(f"{closed}: cannot be written; use --library with a folder of your own ('claimwise init')")


def _is_writable(place: Path) -> bool:
    return os.access(place, os.W_OK)


def _write(paths: LibraryPaths, reference: Reference, work: Work, *, is_new: bool, today: dt.date) -> None:
    study = paths.studies / f"{reference.key}.toml"
    begun = not study.exists()
    text = read_bibfile(paths.bibliography, name=paths.name_of(paths.bibliography))
    grown = insert_entry(text, reference) if is_new else text
    _require_readable(grown, reference)
    if begun:
        try:
            paths.studies.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(f"{paths.studies}: cannot be made: {error.strerror}") from None
        write_atomically(study, study_skeleton(reference, work, today=today))
    try:
        if is_new:
            write_atomically(paths.bibliography, grown)
    except StorageError:
        if begun:
            study.unlink(missing_ok=True)
        raise


def _require_readable(text: str, reference: Reference) -> None:
    """Raises UsageError when the bibliography with the new entry would not read back as it should."""
    references, problems = parse_bibliography(text, name="references.bib")
    if problems or reference.key not in references:
        reason = str(problems[0]) if problems else "the entry is lost"
        raise UsageError(f"{reference.key}: the services' record makes no sound entry: {reason}; add it by hand")


def _twin(work: Work, references: Mapping[str, Reference]) -> Reference | None:
    """The entry of the same work under another of its identifiers, or under its title and year."""
    for reference in references.values():
        pairs = ((work.doi, reference.doi), (work.pmid, reference.pmid), (work.pmcid, reference.pmcid))
        if any(ours is not None and ours == theirs for ours, theirs in pairs):
            return reference
        parted = any(ours and theirs and ours != theirs for ours, theirs in pairs)
        same_year = reference.year in (work.year, *work.years)
        if not parted and same_year and same_title(reference.title, work.title or ""):
            return reference
    return None


def _taken(paths: LibraryPaths, references: Mapping[str, Reference]) -> set[str]:
    """The keys in use, in lower case; a study file without an entry keeps its key."""
    files = paths.studies.glob("*.toml") if paths.studies.is_dir() else ()
    return {key.lower() for key in (*references, *(path.stem for path in files))}


def _started(paths: LibraryPaths, work: Work) -> str | None:
    """The study file of a work whose entry was never written, such as after a power cut."""
    if work.doi is None or not paths.studies.is_dir():
        return None
    line = f"doi = {_quoted(work.doi)}\n"
    for path in sorted(paths.studies.glob("*.toml")):
        try:
            if line in path.read_text(encoding="utf-8"):
                return path.stem
        except (OSError, UnicodeDecodeError):
            continue
    return None


def _status(work: Work) -> Status:
    kinds = {notice.kind for notice in work.notices}
    if kinds & {"retraction", "withdrawal"}:
        return "retracted"
    return "concern" if "concern" in kinds else "corrected" if "correction" in kinds else "current"


def _remarks(work: Work) -> Sequence[str]:
    remarks = [f"{n.kind}{f' of {n.date}' if n.date else ''}, told by {n.source}" for n in work.notices]
    if work.notice_of:
        remarks.append("this record is itself a notice about another work")
    return remarks


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
