"""How a work stands today: current, corrected, under an expression of concern, or retracted.

Two hands say so: the curator in the study file, and the dated record of asking the services (``verification.toml``).
The graver of the two holds. Retraction is a matter of the notice, so a record says by its state whether one counts: a
notice found under an identifier that leads to another work does not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import msgspec

from evidence.vocabulary import Status

if TYPE_CHECKING:
    from evidence.studies import Study
    from evidence.verification import NoticeKind, Verification, VerificationState

_GRAVITY: Final[Mapping[Status, int]] = {"current": 0, "corrected": 1, "concern": 2, "retracted": 3}
_SAID_BY: Final[Mapping[VerificationState, Status]] = {
    "agrees": "current",
    "mismatch": "current",
    "not-found": "current",
    "corrected": "corrected",
    "concern": "concern",
    "retracted": "retracted",
}
_NOTICES: Final[Mapping[Status, frozenset[NoticeKind]]] = {
    "current": frozenset(),
    "corrected": frozenset({"correction"}),
    "concern": frozenset({"concern"}),
    "retracted": frozenset({"retraction", "withdrawal"}),
}
_WORDS: Final[Mapping[Status, str]] = {
    "current": "current",
    "corrected": "corrected",
    "concern": "expression of concern",
    "retracted": "retracted",
}


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How a work stands; ``str`` gives ``retracted 2021-03-04``.

    ``date``, ``doi`` and ``source`` are those of the latest notice of that kind, ``None`` where no service told of one.
    ``checked`` is the day the services were last asked, ``None`` for never. ``note`` is what the curator says.
    """

    state: Status = "current"
    date: dt.date | None = None
    doi: str | None = None
    source: str | None = None
    checked: dt.date | None = None
    note: str | None = None

    @property
    def is_current(self) -> bool:
        return self.state == "current"

    @property
    def is_retracted(self) -> bool:
        return self.state == "retracted"

    def __str__(self) -> str:
        return f"{_WORDS[self.state]} {self.date}" if self.date else _WORDS[self.state]


def standing_of(study: Study | None, verification: Verification | None) -> Standing:
    """The graver of what the study file and the last verification say; current when neither says anything."""
    states: list[Status] = [study.status if study else "current"]
    states.append(_SAID_BY[verification.state] if verification else "current")
    state = max(states, key=_GRAVITY.__getitem__)
    notices = [notice for notice in verification.notices if notice.kind in _NOTICES[state]] if verification else []
    latest = max(notices, key=lambda notice: notice.date or dt.date.min, default=None)
    return Standing(
        state=state,
        date=latest.date if latest else None,
        doi=latest.doi if latest else None,
        source=latest.source if latest else None,
        checked=verification.checked if verification else None,
        note=study.status_note if study else None,
    )
