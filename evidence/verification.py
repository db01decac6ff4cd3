"""``verification.toml``: what was found when references were asked about, one dated record a work.

A record says that a work agrees with the bibliography, or how it does not: corrected, retracted, under an expression
of concern, another title or year, not found. A work that could not be asked about has no new record, so that an
outage never looks like an answer. Asking belongs to the lookup side; this module reads and writes the file.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, Literal

from evidence.files import write_atomically
from evidence.identifiers import standard_doi
from evidence.problems import LibraryError, Problem
from evidence.records import Record, convert, line_of, parse_toml, read_text

VerificationState = Literal["agrees", "corrected", "concern", "retracted", "mismatch", "not-found"]
NoticeKind = Literal["correction", "concern", "retraction", "withdrawal", "reinstatement"]
_HEAD: Final = "# What was found when the references were verified; written by claimwise, one record a work.\n"


class Notice(Record, frozen=True, kw_only=True):
    """A notice about a work. ``date`` and ``doi`` (the notice's own) are ``None`` where nobody tells them.

    ``source`` is who told of it, such as ``crossref`` or ``retraction-watch``.
    """

    kind: NoticeKind
    date: dt.date | None = None
    doi: str | None = None
    source: str


class Verification(Record, frozen=True, kw_only=True):
    """What was found about the work with the bib key ``key`` on the day ``checked``.

    ``sources`` are the services that answered. ``details`` says in words what differs; ``None`` when nothing does.
    """

    key: str
    checked: dt.date
    state: VerificationState
    sources: tuple[str, ...]
    details: str | None = None
    notices: tuple[Notice, ...] = ()


class _VerificationFile(Record, frozen=True, kw_only=True):
    verifications: tuple[Verification, ...] = ()


def load_verifications(path: Path, *, name: str | None = None) -> dict[str, Verification]:
    """The records by bib key, sorted; none when there is no such file: then nothing was verified yet.

    ``name`` is the file's name in problems. Raises LibraryError with file and line of everything wrong.
    """
    if not path.exists():
        return {}
    shown = name or str(path)
    text = read_text(path, name=shown)
    file = convert(parse_toml(text, name=shown), _VerificationFile, text=text, name=shown)
    problems: list[Problem] = []
    found: dict[str, Verification] = {}
    for position, verification in enumerate(file.verifications):
        at = f".verifications[{position}]"
        faults = [*_faults(verification)]
        if verification.key in found:
            faults.append((".key", f"{verification.key} has two records", "keep the later one"))
        for place, message, cure in faults:
            problems.append(_problem(shown, line_of(text, at + place), message, cure))
        found[verification.key] = verification
    if problems:
        raise LibraryError(*problems)
    return dict(sorted(found.items()))


def save_verifications(path: Path, verifications: Mapping[str, Verification]) -> None:
    """Writes all records in order of their keys, at once or not at all; what was read is written back byte for byte.

    Raises LibraryError, with nothing written, for a record that could not be read back, StorageError when the place
    cannot be written.
    """
    ordered = [verifications[key] for key in sorted(verifications)]
    problems = [
        _problem(str(path), 0, f"{verification.key}: {message}", cure)
        for verification in ordered
        for _, message, cure in _faults(verification)
    ]
    if problems:
        raise LibraryError(*problems)
    write_atomically(path, _HEAD + "".join(_rendered(verification) for verification in ordered))


def _faults(verification: Verification) -> Iterator[tuple[str, str, str]]:
    """Where in the record, what is wrong, what to do."""
    if not verification.key:
        yield ".key", "the key is empty", "give the key of the bibliography's entry"
    if not verification.sources:
        yield ".sources", "no source was asked", "name who answered; a work that nobody answered for has no record"
    for position, notice in enumerate(verification.notices):
        if notice.doi is not None and standard_doi(notice.doi) is None:
            yield f".notices[{position}].doi", f"'{notice.doi}' is no DOI", "correct or remove it"


def _rendered(verification: Verification) -> str:
    lines = [
        "[[verifications]]",
        f"key = {_quoted(verification.key)}",
        f"checked = {verification.checked.isoformat()}",
        f"state = {_quoted(verification.state)}",
        f"sources = [{', '.join(map(_quoted, verification.sources))}]",
    ]
    if verification.details is not None:
        lines.append(f"details = {_quoted(verification.details)}")
    for notice in verification.notices:
        lines += ["", "[[verifications.notices]]", f"kind = {_quoted(notice.kind)}"]
        lines += [f"date = {notice.date.isoformat()}"] if notice.date else []
        lines += [f"doi = {_quoted(notice.doi)}"] if notice.doi is not None else []
        lines.append(f"source = {_quoted(notice.source)}")
    return "\n" + "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A TOML string. JSON escapes as TOML does, except that TOML wants DEL escaped and knows no lone surrogate."""
    clean = text.encode("utf-8", "replace").decode("utf-8")
    return json.dumps(clean, ensure_ascii=False).replace("\x7f", "\\u007f")


def _problem(file: str, line: int, message: str, cure: str) -> Problem:
    return Problem(file=file, line=line, code="verification", message=message, cure=cure)
