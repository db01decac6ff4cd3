"""A library's references verified one after the other, each result written before the next is asked for.

So a run that is cut off has lost nothing: the next one passes over what was checked since a date and goes on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Final, Literal

import msgspec

from evidence.library import Library
from evidence.lookup.desk import Desk
from evidence.lookup.verifying import Checked, verify
from evidence.paths import LibraryPaths
from evidence.problems import UsageError
from evidence.verification import (
    Notice,
    Verification,
    VerificationState,
    load_verifications,
    save_verifications,
)

RowState = VerificationState | Literal["not-asked", "no-identifier"]
# Which states a study's curated status already tells of.
_KNOWN: Final[dict[str, frozenset[str]]] = {
    "retracted": frozenset({"retracted", "concern", "corrected"}),
    "concern": frozenset({"concern", "corrected"}),
    "corrected": frozenset({"corrected"}),
}
_SOUND: Final = frozenset({"agrees", "not-asked", "no-identifier"})


class VerifiedRow(msgspec.Struct, frozen=True, kw_only=True):
    """How one reference came out. ``earlier`` rows were checked before this run and passed over.

    ``known`` says that the study's curated status tells of it already, so that it is no news. ``unavailable`` says who
    gave no answer and why, one line each.
    """

    key: str
    state: RowState
    checked: dt.date | None = None
    details: str | None = None
    sources: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()
    unavailable: tuple[str, ...] = ()
    earlier: bool = False
    known: bool = False

    @property
    def is_problem(self) -> bool:
        """Whether a curator has to act on it."""
        return self.state not in _SOUND and not self.known


def verify_library(
    paths: LibraryPaths,
    library: Library,
    desk: Desk,
    *,
    keys: Sequence[str] = (),
    since: dt.date | None = None,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> tuple[VerifiedRow, ...]:
    """The rows of the references named (all when none are), by key. ``since`` passes over those checked then or later.

    Raises UsageError for an unknown key, LibraryError for a verification file with faults, StorageError when it cannot
    be written.
    """
    for key in keys:
        if key not in library.references:
            raise UsageError(f"unknown reference '{key}'; 'claimwise search --kind reference' lists them")
    stored = load_verifications(paths.verification, name=paths.name_of(paths.verification))
    wanted = [library.references[key] for key in sorted(set(keys) or library.references)]
    rows: dict[str, VerifiedRow] = {}
    for reference in wanted:
        before = stored.get(reference.key)
        if since is not None and before is not None and before.checked >= since:
            rows[reference.key] = _row(library, Checked(key=reference.key, verification=before), earlier=True)
    asked = [reference for reference in wanted if reference.key not in rows]
    for done, checked in enumerate(verify(asked, desk), 1):
        if checked.verification is not None and checked.verification != stored.get(checked.key):
            stored[checked.key] = checked.verification
            save_verifications(paths.verification, stored)
        rows[checked.key] = _row(library, checked)
        progress(done, len(asked))
    return tuple(rows[key] for key in sorted(rows))


def _row(library: Library, checked: Checked, *, earlier: bool = False) -> VerifiedRow:
    told = tuple(str(outcome) for outcome in checked.unavailable)
    found: Verification | None = checked.verification
    if found is None:
        return VerifiedRow(key=checked.key, state="not-asked" if told else "no-identifier", unavailable=told)
    study = library.studies.get(checked.key)
    return VerifiedRow(
        key=checked.key,
        state=found.state,
        checked=found.checked,
        details=found.details,
        sources=found.sources,
        notices=found.notices,
        unavailable=told,
        earlier=earlier,
        known=study is not None and found.state in _KNOWN.get(study.status, ()),
    )
