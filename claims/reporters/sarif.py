"""A check as SARIF 2.1.0, for code scanning: what was accepted is marked as suppressed and not dropped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from claims.reporters.alerts import Alert, Spot, alerts, unchecked, uri
from claims.reporters.as_json import to_json
from claims.reporters.layout import Screen
from claims.verdicts import rule_name
from evidence import __version__

if TYPE_CHECKING:
    from claims.reporters.check_run import CheckRun
    from claims.rule_links import RuleLinks
    from claims.rules import RulePage

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MOST: Final = 5_000  # results that GitHub keeps of a run
# The one that GitHub matches alerts by; the other is for whoever compares logs.
_FINGERPRINTS: Final = ("primaryLocationLineHash", "claimwise/v1")
_ROOT: Final = {"uriBaseId": "%SRCROOT%"}
_PLAIN: Final = Screen()


def render(run: CheckRun) -> str:
    """The log with one run. Columns count code points; results beyond ``MOST`` become one notification."""
    found = alerts(run.result, run.view)
    kept = found[:MOST]
    notes = [_notification(reason, path, line) for path, line, reason in unchecked(run.result)]
    complete = not notes
    if len(found) > MOST:
        notes.append(_notification(f"{len(found) - MOST} more results are left out, the least grave", None, None))
    codes = sorted({alert.code for alert in kept})
    has_baseline = any(alert.status == "baseline" for alert in kept)
    log = {
        "tool": {
            "driver": {
                "name": "claimwise",
                "version": __version__,
                "rules": _rules(codes, run.rules),
            }
        },
        "columnKind": "unicodeCodePoints",
        "newlineSequences": ["\r\n", "\n", "\r"],
        "invocations": [{"executionSuccessful": complete, "toolExecutionNotifications": notes}],
        "results": [_result(alert, codes, marks_baseline=has_baseline) for alert in kept],
        "properties": {"library": run.result.library},
    }
    return to_json({"$schema": SCHEMA, "version": "2.1.0", "runs": [log]})


def _result(alert: Alert, codes: Sequence[str], *, marks_baseline: bool) -> dict[str, Any]:
    marks = _fingerprints(alert)
    result: dict[str, Any] = {
        "ruleId": alert.code,
        "ruleIndex": codes.index(alert.code),
        "level": alert.level,
        "message": {"text": alert.message},
        "locations": [{"physicalLocation": _place(alert.spot)}],
        "partialFingerprints": marks,
        "suppressions": _suppressions(alert.status),
        "properties": {"kind": alert.kind, "rules": alert.codes, "claims": alert.claims},
    }
    if alert.others:
        result["relatedLocations"] = [
            {"id": number, "message": {"text": "the other claim"}, "physicalLocation": _place(spot)}
            for number, spot in enumerate(alert.others, start=1)
        ]
    if marks_baseline:
        result["baselineState"] = "unchanged" if alert.status == "baseline" else "new"
    return result


def _fingerprints(alert: Alert) -> dict[str, str]:
    return dict.fromkeys(_FINGERPRINTS, alert.fingerprint)


def _suppressions(status: str) -> list[dict[str, str]]:
    """None for what is new; a baseline stands outside the file, an ignore in it."""
    if status == "new":
        return []
    return [{"kind": "inSource" if status == "ignored" else "external", "status": "accepted"}]


def _place(spot: Spot) -> dict[str, Any]:
    region = {
        "startLine": spot.line,
        "startColumn": spot.column,
        "endLine": spot.end_line,
        "endColumn": spot.end_column,
    }
    return {"artifactLocation": _file(spot.path), "region": region}


def _file(path: str) -> dict[str, str]:
    where = uri(path)
    return {"uri": where} if where.startswith("file:") else {"uri": where, **_ROOT}


def _notification(reason: str, path: str | None, line: int | None) -> dict[str, Any]:
    note: dict[str, Any] = {"level": "warning", "message": {"text": reason}}
    if path is not None:
        place: dict[str, Any] = {"artifactLocation": _file(path)}
        if line:
            place["region"] = {"startLine": line}
        note["locations"] = [{"physicalLocation": place}]
    return note


def _rules(codes: Iterable[str], links: RuleLinks) -> list[dict[str, Any]]:
    from claims.rules import load_rules  # some fifty files, which no other format needs

    pages = {page.code: page for page in load_rules()}
    return [
        {
            **(_rule(pages[code]) if code in pages else {"id": code, "name": rule_name(code)}),
            **({"helpUri": url} if (url := links.url(code)) else {}),
        }
        for code in codes
    ]


def _rule(page: RulePage) -> dict[str, Any]:
    from claims.reporters.rules import render_rule

    checks = f"{page.checks[0].upper()}{page.checks[1:]}."
    return {
        "id": page.code,
        "name": page.name,
        "shortDescription": {"text": checks},
        "fullDescription": {"text": " ".join(page.why.split())},
        "help": {"text": render_rule(page, "table", _PLAIN), "markdown": render_rule(page, "markdown", _PLAIN)},
        "defaultConfiguration": {"level": page.severity},
        "properties": {"tags": [page.family]},
    }
