"""The findings that were there before the check was: what is in the baseline is marked and does not fail a check.

Pure but for reading and writing the one file. An entry is a fingerprint of words and rules (``fingerprints``), so it
survives moved lines and reflowed paragraphs; a sentence told once more than the baseline has it is new.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Callable, Collection
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import msgspec

from claims.fingerprints import claim_fingerprints, conflict_fingerprints, deciding_codes
from claims.placing import marked
from claims.repeats import replaced
from evidence.files import read_bounded
from evidence.problems import UsageError
from evidence.records import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claims.checked_claims import CheckedClaim
    from claims.checked_documents import CheckedDocument
    from claims.checking import CheckResult
    from claims.report import ReportedConflict

SCHEMA: Final = "claimwise/baseline/1"
_WORDS: Final = 6
_CHARACTERS: Final = 80
_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]*>")
_CURE: Final = "restore it from version control, or delete it and run 'claimwise baseline create'"

Relative = Callable[[str], str]  # a document's path as the baseline names it


class Entry(Record, frozen=True, kw_only=True):
    """One finding that may stay. ``path`` counts from the baseline's folder, ``text`` is the first six words.

    ``others`` are the further files of a conflict.
    """

    path: str
    code: str
    text: str
    reason: str
    date: dt.date
    fingerprint: str
    others: tuple[str, ...] = ()


class Baseline(Record, frozen=True, kw_only=True, omit_defaults=False):
    schema: Literal["claimwise/baseline/1"] = SCHEMA
    entries: tuple[Entry, ...] = ()


class Updated(NamedTuple):
    baseline: Baseline
    dropped: tuple[Entry, ...]


def load_baseline(file: Path, *, name: str) -> Baseline | None:
    """The baseline of a file called ``name``, ``None`` when there is none. Raises UsageError when it is damaged."""
    try:
        raw = read_bounded(file)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(f"{name}: cannot be read: {error.strerror}; check the path and its rights") from None
    try:
        return msgspec.json.decode(raw, type=Baseline)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        reason = " ".join(str(error).split()) or "nested too deeply"
        raise UsageError(f"{name}: not a baseline: {reason[0].lower()}{reason[1:]}; {_CURE}") from None


def write_baseline(file: Path, baseline: Baseline) -> None:
    """Writes the baseline whole or not at all. Raises OSError."""
    text = msgspec.json.format(msgspec.json.encode(baseline), indent=2) + b"\n"
    import tempfile  # only who writes a baseline needs it

    handle, name = tempfile.mkstemp(prefix=f"{file.name}.", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as temporary:
            temporary.write(text)
        mode = file.stat().st_mode if file.exists() else 0o666 & ~_umask()
        Path(name).chmod(mode & 0o777)
        Path(name).replace(file)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def baseline_of(result: CheckResult, relative: Relative, *, reason: str, date: dt.date) -> Baseline:
    """A baseline of everything that is more than noted in a result and not ignored, and of its conflicts."""
    entries = [
        Entry(
            path=relative(document.path),
            code=next(iter(deciding_codes(claim.rules)), ""),
            text=_beginning(claim.text),
            reason=reason,
            date=date,
            fingerprint=mark,
        )
        for document in result.documents
        for claim, mark in _findings(document)
    ]
    entries += [
        Entry(
            path=paths[0],
            code=conflict.code or "",
            text=_beginning(f"{conflict.topic}: {' or '.join(conflict.says)}"),
            reason=reason,
            date=date,
            fingerprint=mark,
            others=paths[1:],
        )
        for conflict, paths, mark in _conflicts(result, relative)
    ]
    return _sorted(entries)


def with_baseline(result: CheckResult, baseline: Baseline, relative: Relative) -> CheckResult:
    """The result with the findings of the baseline marked."""
    known = {(entry.path, entry.fingerprint): entry for entry in baseline.entries}
    documents = []
    for document in result.documents:
        path = relative(document.path)
        entries = (
            (at, claim, known.get((path, mark)))
            for at, (claim, mark) in enumerate(zip(document.claims, claim_fingerprints(document.claims), strict=True))
            if _counts(claim)
        )
        claims = {at: _marked(claim, entry) for at, claim, entry in entries if entry is not None}
        documents.append(msgspec.structs.replace(document, claims=replaced(document.claims, claims)))
    old = ((paths[0], mark) in known for _, paths, mark in _conflicts(result, relative))
    conflicts = marked(result.conflicts, old)
    return msgspec.structs.replace(result, documents=tuple(documents), conflicts=conflicts)


def updated(baseline: Baseline, result: CheckResult, relative: Relative, *, gone: Callable[[str], bool]) -> Updated:
    """The baseline without what is no longer found in the documents of the result, and in files that are ``gone``.

    Entries of other files stay, and so do those of a file that could not be read. Nothing is added.
    """
    read = {relative(d.path): d for d in result.documents if d.sha256 is not None}
    kept: list[Entry] = []
    dropped: list[Entry] = []
    found = {(path, mark) for path, document in read.items() for _, mark in _findings(document)}
    found |= {(paths[0], mark) for _, paths, mark in _conflicts(result, relative)}
    for entry in baseline.entries:
        # A conflict is found only where all of its files are read.
        unread = any(path not in read and not gone(path) for path in (entry.path, *entry.others))
        stays = unread or (entry.path, entry.fingerprint) in found
        (kept if stays else dropped).append(entry)
    return Updated(_sorted(kept), tuple(dropped))


def _findings(document: CheckedDocument) -> Iterator[tuple[CheckedClaim, str]]:
    """The claims of which more than a note is made and that nothing excuses yet, with their fingerprints."""
    for claim, mark in zip(document.claims, claim_fingerprints(document.claims), strict=True):
        if _counts(claim):
            yield claim, mark


def _counts(claim: CheckedClaim) -> bool:
    return claim.status == "new" and (claim.is_problem or claim.is_warned)


def _conflicts(result: CheckResult, relative: Relative) -> Iterator[tuple[ReportedConflict, tuple[str, ...], str]]:
    """Each conflict with the files it stands in, in their order, and its fingerprint."""
    claims = result.claims_by_id()
    for conflict, mark in zip(result.conflicts, conflict_fingerprints(result), strict=True):
        here = sorted({relative(end.path) if claims.get(end.id) else end.path for end in conflict.claims})
        yield conflict, tuple(here), mark


def _marked(claim: CheckedClaim, entry: Entry) -> CheckedClaim:
    why = f"{entry.reason} ({entry.date.isoformat()})"
    return msgspec.structs.replace(claim, status="baseline", status_reason=why)


def _sorted(entries: Collection[Entry]) -> Baseline:
    ordered = sorted(entries, key=lambda e: (e.path, e.code, e.text, e.fingerprint))
    return Baseline(entries=tuple(ordered))


def _beginning(text: str) -> str:
    """The first words of a passage, by which a person knows it again."""
    return " ".join(unescape(_TAG.sub(" ", text)).split()[:_WORDS])[:_CHARACTERS]
