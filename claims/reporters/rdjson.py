"""A check in the Reviewdog Diagnostic Format: what is new; what was accepted is left out.

Places are lines: the format counts columns in bytes of UTF-8, and a check counts code points.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from claims.reporters.alerts import Spot, alerts, shown_path, unchecked, whole_message
from claims.reporters.as_json import to_json

if TYPE_CHECKING:
    from claims.reporters.check_run import CheckRun

_SEVERITY: Final = {"error": "ERROR", "warning": "WARNING", "note": "INFO"}


def render(run: CheckRun) -> str:
    """One ``DiagnosticResult``."""
    found: list[dict[str, Any]] = []
    for path, line, reason in unchecked(run.result):
        location: dict[str, Any] = {"path": shown_path(path)}
        if line:
            location["range"] = {"start": {"line": line}}
        found.append({"message": f"not checked: {reason}", "location": location, "severity": "WARNING"})
    for alert in alerts(run.result, run.view):
        if alert.status == "new":
            url = run.rules.url(alert.code)
            diagnostic: dict[str, Any] = {
                "message": alert.message if url else whole_message(alert, run.rules),
                "location": _location(alert.spot),
                "severity": _SEVERITY[alert.level],
                "code": {"value": alert.code, "url": url} if url else {"value": alert.code},
            }
            if alert.others:
                diagnostic["related_locations"] = [
                    {"message": "the other claim", "location": _location(spot)} for spot in alert.others
                ]
            found.append(diagnostic)
    return to_json({"source": {"name": "claimwise"}, "diagnostics": found})


def _location(spot: Spot) -> dict[str, Any]:
    return {"path": shown_path(spot.path), "range": {"start": {"line": spot.line}, "end": {"line": spot.end_line}}}
