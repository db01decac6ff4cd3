"""A check as a code quality report for GitLab merge requests: what is new; what was accepted is left out."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING, Final

from claims.fingerprints import fingerprint
from claims.reporters.alerts import alerts, shown_path, unchecked, whole_message
from claims.reporters.as_json import to_json

if TYPE_CHECKING:
    from claims.reporters.check_run import CheckRun

_SEVERITY: Final = {"error": "major", "warning": "minor", "note": "info"}


def render(run: CheckRun) -> str:
    """A JSON array; each fingerprint occurs once, as GitLab wants it."""
    issues = [
        _issue(path, line or 1, line or 1, f"not checked: {reason}", "unchecked", "info", fingerprint(reason, ()))
        for path, line, reason in unchecked(run.result)
    ]
    issues += [
        _issue(
            a.spot.path,
            a.spot.line,
            a.spot.end_line,
            whole_message(a, run.rules),
            a.title,
            _SEVERITY[a.level],
            a.fingerprint,
        )
        for a in alerts(run.result, run.view)
        if a.status == "new"
    ]
    seen: Counter[object] = Counter()
    for issue in issues:
        mark = issue["fingerprint"]
        seen[mark] += 1
        if seen[mark] > 1:
            issue["fingerprint"] = f"{mark}-{seen[mark]}"
    return to_json(issues)


def _issue(path: str, begin: int, end: int, told: str, check: str, severity: str, mark: str) -> dict[str, object]:
    whole = hashlib.sha256(f"{shown_path(path)}\n{mark}".encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return {
        "description": told,
        "check_name": check,
        "fingerprint": whole,
        "severity": severity,
        "location": {"path": shown_path(path), "lines": {"begin": begin, "end": end}},
    }
