"""An import: the kind of a file told from its content, what of it is new, and the library's files with that in them.

Nothing is written before the bibliography with the new entries is known to read back without a problem.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, Literal

import msgspec

from evidence.bibfile import insert_entries, read_bibfile
from evidence.bibliography import Reference, parse_bibliography, work_title
from evidence.files import read_bounded, write_atomically
from evidence.importing.bibtex import read_bibtex
from evidence.importing.csl import read_csl
from evidence.importing.ris import TAG, read_ris
from evidence.importing.watch import NEEDED, Notices, read_notices
from evidence.importing.works import Works, new_key, problem
from evidence.paths import LibraryPaths
from evidence.problems import LibraryError, Problem, StorageError, UsageError
from evidence.verification import load_verifications, save_verifications

FileKind = Literal["bibtex", "ris", "csl-json", "retraction-watch"]
_SUFFIXES: Final[dict[str, FileKind]] = {
    ".bib": "bibtex",
    ".ris": "ris",
    ".json": "csl-json",
    ".csv": "retraction-watch",
}
_ENTRY: Final = re.compile(r"@\w+[ \t]*[{(]")
_READERS: Final = {"bibtex": read_bibtex, "ris": read_ris, "csl-json": read_csl}
_LARGEST: Final = 1_000_000_000  # bytes; the list of all retractions is some 100 MB
_UNREAD: Final = "expert-opinion"  # the weakest design: nobody has read the work yet
_HEAD: Final = (
    "# Begun by claimwise evidence import. Read the work, enter design, scope and findings, then remove draft.\n"
)


class Duplicate(msgspec.Struct, frozen=True, kw_only=True):
    """A work of the file that is left because it is ``key`` of the library, or of an entry added before it."""

    title: str
    line: int
    key: str
    reason: str


class Import(msgspec.Struct, frozen=True, kw_only=True):
    """What an import does: the references added under their new keys, duplicates left, problems told.

    ``before`` and ``text`` are the bibliography without and with the new entries. ``begun`` are the works whose study
    file is begun: those added, and duplicates that have none, such as after an import that was cut off. ``notices`` is
    set for a Retraction Watch file, and then nothing is added.
    """

    kind: FileKind
    before: str
    text: str
    added: tuple[Reference, ...] = ()
    begun: tuple[Reference, ...] = ()
    duplicates: tuple[Duplicate, ...] = ()
    problems: tuple[Problem, ...] = ()
    notices: Notices | None = None


def plan_import(path: Path, paths: LibraryPaths, *, today: dt.date) -> Import:
    """What importing the file would do; writes nothing.

    Raises UsageError for a file that is none of the kinds, LibraryError for a library that has problems itself,
    StorageError when the file cannot be read.
    """
    name = paths.name_of(paths.bibliography)
    text = read_bibfile(paths.bibliography, name=name)
    references, problems = parse_bibliography(text, name=name)
    if problems:
        raise LibraryError(*problems)
    given, faults = _read(path)
    kind = _kind_of(path, given)
    if kind == "retraction-watch":
        known = load_verifications(paths.verification, name=paths.name_of(paths.verification))
        notices = read_notices(given, file=path.name, references=references, known=known, today=today)
        return Import(kind=kind, before=text, text=text, notices=notices, problems=(*faults, *notices.problems))
    works = _READERS[kind](given, file=path.name)
    studies = _study_keys(paths)
    added, duplicates, unsound = _new_works(works, references, studies, path.name)
    grown = insert_entries(text, added)
    again, problems = parse_bibliography(grown, name=name)
    if problems or len(again) != len(references) + len(added):
        reason = str(problems[0]) if problems else "an entry is lost"
        raise UsageError(f"{path.name}: its works make no sound bibliography: {reason}; nothing was changed")
    told = (*faults, *works.problems, *unsound)
    wanted = {one.key for one in added} | {one.key for one in duplicates}
    return Import(
        kind=kind,
        before=text,
        text=grown,
        added=tuple(added),
        begun=tuple(again[key] for key in sorted(wanted & again.keys()) if key.lower() not in studies),
        duplicates=tuple(duplicates),
        problems=tuple(told),
    )


def save_import(plan: Import, paths: LibraryPaths, *, today: dt.date) -> None:
    """Writes what was planned: the bibliography, then the study files begun; or the verifications.

    Raises StorageError when the library cannot be written; what was written is then taken back. After a power cut the
    same import again begins the study files that are missing.
    """
    if plan.notices is not None:
        if plan.notices.changed:
            known = load_verifications(paths.verification, name=paths.name_of(paths.verification))
            save_verifications(paths.verification, {**known, **plan.notices.changed})
        return
    if plan.added:
        write_atomically(paths.bibliography, plan.text)
    begun: list[Path] = []
    try:
        for reference in plan.begun:
            study = paths.studies / f"{reference.key}.toml"
            write_atomically(study, _study(reference, today))
            begun.append(study)
    except StorageError:
        for study in begun:
            study.unlink(missing_ok=True)
        if plan.added:
            write_atomically(paths.bibliography, plan.before)
        raise


def _read(path: Path) -> tuple[str, list[Problem]]:
    """The file's text, and a line when it was not UTF-8."""
    try:
        data = read_bounded(path, largest=_LARGEST)
    except OSError as error:
        raise StorageError(f"{path}: cannot be read: {error.strerror}") from None
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16"), []
        except UnicodeDecodeError:
            raise UsageError(f"{path}: begins as UTF-16 but is not; save the file as UTF-8") from None
    if b"\0" in data:
        raise UsageError(f"{path}: is not text; give a BibTeX, RIS, CSL JSON or Retraction Watch CSV file")
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        said = "not UTF-8 text; the file was read as Windows-1252"
        return data.decode("cp1252", "replace"), [
            problem(path.name, line, said, "save it as UTF-8 if letters are wrong")
        ]


def _kind_of(path: Path, text: str) -> FileKind:
    """The kind of the file by its content, by its name where the content tells nothing."""
    start = text.lstrip()[:1]
    if start == "[":
        return "csl-json"
    if NEEDED[0] in text[:5_000].partition("\n")[0]:
        return "retraction-watch"
    first = next((line for line in text.splitlines() if TAG.match(line) or _ENTRY.search(line)), None)
    if first is not None:
        return "ris" if TAG.match(first) else "bibtex"
    kind = _SUFFIXES.get(path.suffix.lower())
    if kind is None:
        raise UsageError(f"{path}: is none of BibTeX, RIS, CSL JSON and Retraction Watch CSV; export it as one of them")
    return kind


def _study_keys(paths: LibraryPaths) -> set[str]:
    """Keys of study files, in lower case: also of those whose entry is missing."""
    return {path.stem.lower() for path in paths.studies.glob("*.toml")} if paths.studies.is_dir() else set()


def _new_works(
    works: Works, references: Mapping[str, Reference], taken: Iterable[str], file: str
) -> tuple[list[Reference], list[Duplicate], list[Problem]]:
    marks: dict[tuple[str, str], str] = {}
    for key, reference in references.items():
        marks.update(dict.fromkeys(_marks(reference), key))
    keys = {key.lower() for key in references} | set(taken)
    added: list[Reference] = []
    duplicates: list[Duplicate] = []
    for work in works.references:
        twin = next((mark for mark in _marks(work) if mark in marks), None)
        if twin is not None:
            reason = f"the same {twin[0]}"
            duplicates.append(Duplicate(title=work.title, line=work.line, key=marks[twin], reason=reason))
            continue
        reference = msgspec.structs.replace(work, key=new_key(work, keys))
        keys.add(reference.key.lower())
        marks.update(dict.fromkeys(_marks(reference), reference.key))
        added.append(reference)
    problems: list[Problem] = []
    if _fault(added):
        for reference in list(added):
            fault = _fault([reference])
            if fault:
                added.remove(reference)
                said = f"'{reference.title[:40]}' makes no sound entry and is left: {fault}"
                problems.append(problem(file, reference.line, said, "correct it or add it by hand"))
    return added, duplicates, problems


def _marks(reference: Reference) -> list[tuple[str, str]]:
    """What no two works of a library share, the surest first."""
    marks = [("DOI", reference.doi), ("PMID", reference.pmid), ("PMCID", reference.pmcid)]
    found = [(name, value) for name, value in marks if value]
    title = work_title(reference.title)
    return [*found, ("title and year", f"{title} {reference.year}")]


def _fault(added: Sequence[Reference]) -> str | None:
    """Why the entries would not read back as they should; ``None`` when they do."""
    read, problems = parse_bibliography(insert_entries("", added), name="")
    if problems:
        return problems[0].message
    return None if len(read) == len(added) else "an entry is lost"


def _study(reference: Reference, today: dt.date) -> str:
    complete = bool(reference.authors and reference.container and reference.year)
    doi = [f"doi = {json.dumps(reference.doi, ensure_ascii=False)}"] if reference.doi else []
    lines = [
        f'bibkey = "{reference.key}"',
        *doi,
        f'design = "{_UNREAD}"',
        'design_note = "not read yet"',
        f'citation = "{"complete" if complete else "incomplete"}"',
        'verified = "no"',
        f"curated = {today.isoformat()}",
        "draft = true",
    ]
    return _HEAD + "\n".join(lines) + "\n"
