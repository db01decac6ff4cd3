"""A Retraction Watch CSV into verifications of the works it names; rows about other works are counted, not kept.

The columns are those of the file that Crossref distributes: one row a notice, reasons separated by semicolons.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Mapping
from typing import Final

import msgspec

from evidence.bibliography import Reference
from evidence.identifiers import standard_doi, standard_pmid
from evidence.importing.works import problem
from evidence.problems import Problem
from evidence.verification import Notice, NoticeKind, Verification, VerificationState

SOURCE: Final = "retraction-watch"
NEEDED: Final = ("OriginalPaperDOI", "OriginalPaperPubMedID", "RetractionNature", "RetractionDate")
_KINDS: Final[dict[str, NoticeKind]] = {
    "retraction": "retraction",
    "correction": "correction",
    "expression of concern": "concern",
    "reinstatement": "reinstatement",
}
_STATES: Final[dict[str, VerificationState]] = {
    "correction": "corrected",
    "concern": "concern",
    "retraction": "retracted",
    "withdrawal": "retracted",
}
_GRAVITY: Final[tuple[VerificationState, ...]] = (
    "agrees",
    "corrected",
    "not-found",
    "mismatch",
    "concern",
    "retracted",
)
_DATES: Final = ("%m/%d/%Y", "%Y-%m-%d", "%m/%d/%y")
_EARLY: Final = dt.date.min


class Notices(msgspec.Struct, frozen=True, kw_only=True):
    """What the file tells of the bibliography: new or changed records by bib key, the rows read, what was unusable."""

    changed: Mapping[str, Verification]
    rows: int
    problems: tuple[Problem, ...]


def read_notices(
    text: str,
    *,
    file: str,
    references: Mapping[str, Reference],
    known: Mapping[str, Verification],
    today: dt.date,
) -> Notices:
    """The notices about ``references``, joined with what is ``known``. ``today`` dates a work's first record.

    A record that exists keeps its date: that is the day the services were asked, and they were not asked now.
    """
    by_doi = {one.doi: key for key, one in references.items() if one.doi}
    by_pmid = {one.pmid: key for key, one in references.items() if one.pmid}
    found: dict[str, list[tuple[Notice, str]]] = {}
    problems: list[Problem] = []
    rows = 0
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    try:
        missing = [column for column in NEEDED if column not in (reader.fieldnames or ())]
        if missing:
            problems.append(
                problem(file, 1, f"has no column {', '.join(missing)}", "give the file as it is distributed")
            )
            return Notices(changed={}, rows=0, problems=tuple(problems))
        for row in reader:
            rows += 1
            doi = standard_doi(row["OriginalPaperDOI"] or "") or ""
            pmid = standard_pmid(row["OriginalPaperPubMedID"] or "") or ""
            key = by_doi.get(doi) or by_pmid.get(pmid)
            if key is None:
                continue
            if doi and pmid and by_pmid.get(pmid, key) != key:
                said = f"DOI {doi} is {key} but PMID {pmid} is {by_pmid[pmid]}; the notice is left"
                problems.append(problem(file, reader.line_num, said, "look the notice up and correct the bibliography"))
                continue
            notice = _notice(row, key, reader.line_num, file, problems)
            if notice:
                found.setdefault(key, []).append((notice, _reasons(row.get("Reason"))))
    except csv.Error as error:
        problems.append(problem(file, reader.line_num, f"not valid CSV: {error}; the rest is left", "correct the row"))
    joined = {key: _joined(key, notices, known.get(key), today) for key, notices in found.items()}
    changed = {key: record for key, record in sorted(joined.items()) if record != known.get(key)}
    return Notices(changed=changed, rows=rows, problems=tuple(problems))


def _notice(row: Mapping[str, str], key: str, line: int, file: str, problems: list[Problem]) -> Notice | None:
    nature = (row["RetractionNature"] or "").strip()
    kind = _KINDS.get(nature.lower())
    if kind is None:
        said = f"{key}: '{nature[:40]}' is no kind of notice; the row is left"
        problems.append(problem(file, line, said, f"use one of {', '.join(_KINDS)}"))
        return None
    given = (row["RetractionDate"] or "").strip()
    date = _date(given)
    if given and date is None:
        problems.append(problem(file, line, f"{key}: '{given[:20]}' is no date; the notice has none", "correct it"))
    return Notice(kind=kind, date=date, doi=standard_doi(row.get("RetractionDOI") or ""), source=SOURCE)


def _date(text: str) -> dt.date | None:
    day = text.partition(" ")[0]
    for form in _DATES:
        try:
            return dt.datetime.strptime(day, form).replace(tzinfo=dt.UTC).date()
        except ValueError:
            continue
    return None


def _reasons(text: str | None) -> str:
    return ", ".join(reason for part in (text or "").split(";") if (reason := " ".join(part.strip(" +").split())))


def _joined(key: str, found: list[tuple[Notice, str]], known: Verification | None, today: dt.date) -> Verification:
    """The record with the notices of the file: those of this source replaced, those of others kept."""
    others = tuple(notice for notice in known.notices if notice.source != SOURCE) if known else ()
    notices = sorted({notice for notice, _ in found}, key=lambda one: (one.date or _EARLY, one.kind, one.doi or ""))
    state = state_of((*others, *notices))
    if known and known.state not in {"agrees", "retracted", "concern", "corrected"}:
        state = max(state, known.state, key=_GRAVITY.index)
    reasons = "; ".join(dict.fromkeys(reason for _, reason in found if reason))
    said = f"{SOURCE}: {reasons}" if reasons else None
    kept = (
        [part for part in (known.details or "").split(" | ") if part and not part.startswith(SOURCE)] if known else []
    )
    return Verification(
        key=key,
        checked=known.checked if known else today,
        state=state,
        sources=tuple(sorted({*(known.sources if known else ()), SOURCE})),
        details=" | ".join([*kept, *([said] if said else [])]) or None,
        notices=(*others, *notices),
    )


def state_of(notices: tuple[Notice, ...]) -> VerificationState:
    """The gravest notice in force: a reinstatement ends the retractions and concerns before it."""
    lifted = max((one.date or _EARLY for one in notices if one.kind == "reinstatement"), default=None)
    states = [
        _STATES[one.kind]
        for one in notices
        if one.kind in _STATES and not (lifted and one.kind != "correction" and (one.date or _EARLY) <= lifted)
    ]
    return max(states, key=_GRAVITY.index, default="agrees")
