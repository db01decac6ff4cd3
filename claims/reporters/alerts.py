"""A check as a flat list of alerts, gravest first: what SARIF, JUnit, annotations and code quality files are made of.

An alert is a claim that falls under a rule, a conflict, or a remark on the document, with one place in one file. What
was accepted (``status`` ``baseline`` or ``ignored``) is in the list too, so that a format can mark it; each reporter
decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import PurePath
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import msgspec

from claims.fingerprints import claim_fingerprints, conflict_fingerprints, fingerprint
from claims.reporters.checked import View, question_of
from claims.reporters.layout import clean
from claims.reporters.standing import end_text, whole_reason
from claims.verdicts import Severity, conflict_code, rule_name

if TYPE_CHECKING:
    from claims.checked_claims import CheckedClaim
    from claims.checking import CheckResult
    from claims.report import ReportedConflict
    from claims.rule_links import RuleLinks
    from claims.verdicts import RuleHit

LEVELS: Final[tuple[Severity, ...]] = ("error", "warning", "note")
_CONFLICT_LEVEL: Final[dict[int, Severity]] = {3: "warning", 2: "warning", 1: "note"}
_ACCEPTED: Final = frozenset({"baseline", "ignored"})
_STATUSES: Final = _ACCEPTED | {"new"}
_WORKS_SHOWN: Final = 2
_ENDS: Final = frozenset(".!?")


class Spot(msgspec.Struct, frozen=True, kw_only=True):
    """A passage of a file: lines and columns are 1-based, columns count code points, the end is exclusive."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to look at. ``code`` is the gravest rule, ``codes`` are all.

    ``kind`` is the verdict, ``conflict``, or ``remark`` for what is said of the document itself.

    ``fingerprint`` is that of ``claims/fingerprints.py``. ``others`` are the further places of a conflict.
    """

    level: Severity
    code: str
    codes: tuple[str, ...]
    kind: str
    message: str
    spot: Spot
    claims: tuple[str, ...]
    fingerprint: str
    status: str = "new"
    others: tuple[Spot, ...] = ()

    @property
    def title(self) -> str:
        """``EV003 number``."""
        return f"{self.code} {rule_name(self.code)}"


def alerts(result: CheckResult, view: View) -> tuple[Alert, ...]:
    """What ``view`` shows of a check: new before accepted, then the gravest first, then by place."""
    found = [*_of_claims(result, view), *_of_conflicts(result), *_of_remarks(result)]
    return tuple(
        sorted(
            found,
            key=lambda a: (a.status != "new", LEVELS.index(a.level), a.spot.path, a.spot.line, a.spot.column, a.code),
        )
    )


def whole_message(alert: Alert, links: RuleLinks) -> str:
    """The message with where the rule is explained, for formats that have no place of their own for that."""
    ended = alert.message if alert.message[-1:] in _ENDS else f"{alert.message}."
    return f"{ended} Rule: {links.way(alert.code)}"


def unchecked(result: CheckResult) -> Iterator[tuple[str, int | None, str]]:
    """Path, line (``None``: the whole file) and reason of everything that could not be checked."""
    for document in result.documents:
        for note in document.unchecked:
            yield document.path, note.line, clean(note.reason.replace("\n", " "))


def uri(path: str) -> str:
    """The path as a URI reference, percent-encoded; an absolute path becomes a ``file:`` URI."""
    plain = PurePath(path)
    escaped = quote(plain.as_posix(), errors="replace")
    return f"file://{escaped}" if plain.is_absolute() else escaped


def shown_path(path: str) -> str:
    """The path as programs compare it: forward slashes, no ``./`` before it, no control characters."""
    return clean(PurePath(path).as_posix().replace("\n", " "))


def _of_claims(result: CheckResult, view: View) -> Iterator[Alert]:
    for document in result.documents:
        marks = claim_fingerprints(document.claims)
        for claim, mark in zip(document.claims, marks, strict=True):
            if not claim.rules or not _listed(claim, view):
                continue
            first = min(claim.rules, key=lambda hit: LEVELS.index(hit.severity))
            yield Alert(
                level=first.severity,
                code=first.code,
                codes=tuple(hit.code for hit in claim.rules),
                kind=claim.verdict,
                message=_told(claim, first),
                spot=_spot(document.path, claim),
                claims=(claim.id,),
                fingerprint=mark,
                status=claim.status,
            )


def _listed(claim: CheckedClaim, view: View) -> bool:
    """Whether the claim is an alert: what was accepted is, as if it were new, so that it can be marked and not
    dropped; what is there only as the other side of a conflict is not."""
    return claim.status in _STATUSES and view.shows(msgspec.structs.replace(claim, status="new"))


def _told(claim: CheckedClaim, first: RuleHit) -> str:
    """Verdict, reason, a work to cite and a better wording, on one line."""
    reason = whole_reason(claim.rules, claim.reason) or first.message
    place = f" ({claim.place})" if claim.place else ""  # in a Word or PDF file a line tells a person nothing
    parts = [f"{claim.verdict}{place}: {reason.rstrip('.')}."]
    works = list(dict.fromkeys(item.brief for item in claim.evidence if item.stance != "context"))[:_WORKS_SHOWN]
    if works:
        parts.append(f"See {'; '.join(works)}.")
    if claim.suggestion:
        parts.append(f"Better: {claim.suggestion}")
    return clean(" ".join(" ".join(parts).split()))


def _of_conflicts(result: CheckResult) -> Iterator[Alert]:
    claims = result.claims_by_id()
    for conflict, mark in zip(result.conflicts, conflict_fingerprints(result), strict=True):
        # A new claim is the place to look at, whichever side it is of.
        known = {side: found for side, end in enumerate(conflict.claims) if (found := claims.get(end.id))}
        sides = sorted(known, key=lambda side: known[side][1].status != "new")
        code = conflict_code(conflict.kind)
        if not sides or code is None:
            continue
        here = [(known[side][0].path, known[side][1]) for side in sides]
        statuses = {claim.status for _, claim in here}
        accepted = statuses & _ACCEPTED if conflict.status == "new" else {conflict.status}
        is_new = conflict.status == "new" and "new" in statuses
        spots = [_spot(path, claim) for path, claim in here]
        yield Alert(
            level=_CONFLICT_LEVEL[conflict.severity],
            code=code,
            codes=(code,),
            kind="conflict",
            message=_told_conflict(conflict, sides[0], here),
            spot=spots[0],
            claims=tuple(end.id for end in conflict.claims),
            fingerprint=mark,
            status=min(accepted) if accepted and not is_new else "new",
            others=tuple(spots[1:]),
        )


def _of_remarks(result: CheckResult) -> Iterator[Alert]:
    told: Counter[str] = Counter()
    for document in result.documents:
        for remark in document.remarks:
            mark = fingerprint(remark.message, (remark.code,))
            told[mark] += 1
            yield Alert(
                level=remark.severity,
                code=remark.code,
                codes=(remark.code,),
                kind="remark",
                message=clean(" ".join(remark.message.split())),
                spot=Spot(
                    path=document.path,
                    line=remark.line,
                    column=remark.column,
                    end_line=remark.line,
                    end_column=remark.column,
                ),
                claims=(),
                fingerprint=fingerprint(remark.message, (remark.code,), told[mark]),
            )


def _told_conflict(conflict: ReportedConflict, side: int, here: list[tuple[str, CheckedClaim]]) -> str:
    """What the claim on ``side``, the place of the alert, says against the other."""
    says = conflict.explanation
    if len(conflict.says) == 2 and len(conflict.claims) == 2:
        other = 1 - side
        where = conflict.claims[other].id
        if len(here) == 2:
            path, claim = here[1]
            where = f"{path}:{claim.place or claim.line}"
        says = f"{question_of(conflict)}: {conflict.says[side]} here, {conflict.says[other]} in {where}"
    works = "".join(dict.fromkeys(filter(None, map(end_text, conflict.claims))))
    return clean(" ".join(f"conflict: {says}{works}".split()))


def _spot(path: str, claim: CheckedClaim) -> Spot:
    return Spot(path=path, line=claim.line, column=claim.column, end_line=claim.end_line, end_column=claim.end_column)
