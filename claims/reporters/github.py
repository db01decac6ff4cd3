"""A check as workflow commands: annotations on the changed files of a pull request on GitHub.

GitHub shows ten annotations of a kind for each step and drops the others without a word, so the tenth says how many
more there are.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from claims.reporters.alerts import alerts, shown_path, unchecked, whole_message
from claims.reporters.layout import clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from claims.reporters.alerts import Alert
    from claims.reporters.check_run import CheckRun
    from claims.rule_links import RuleLinks

CAP: Final = 10
_COMMAND: Final = {"error": "error", "warning": "warning", "note": "notice"}


def render(run: CheckRun) -> str:
    """A command a line: what is new, gravest first; what could not be checked leads the warnings."""
    kinds: dict[str, list[str]] = {kind: [] for kind in _COMMAND.values()}
    for path, line, reason in unchecked(run.result):
        where = {"file": shown_path(path), "line": line, "title": "not checked"}
        kinds["warning"].append(_command("warning", where, reason))
    new = [alert for alert in alerts(run.result, run.view) if alert.status == "new"]
    for level, group in groupby(new, key=lambda alert: alert.level):
        kinds[_COMMAND[level]] += [_annotation(alert, run.rules) for alert in group]
    return "\n".join(line for kind, lines in kinds.items() for line in _capped(kind, lines))


def _annotation(alert: Alert, links: RuleLinks) -> str:
    spot = alert.spot
    where: dict[str, object] = {"file": shown_path(spot.path), "line": spot.line, "endLine": spot.end_line}
    if spot.line == spot.end_line:  # GitHub takes columns within one line only
        where |= {"col": spot.column, "endColumn": spot.end_column}
    return _command(_COMMAND[alert.level], {**where, "title": alert.title}, whole_message(alert, links))


def _capped(kind: str, lines: Sequence[str]) -> Sequence[str]:
    if len(lines) <= CAP:
        return lines
    more = len(lines) - (CAP - 1)
    told = f"{more} more of this kind are not shown here; 'claimwise check --format compact' lists all"
    return [*lines[: CAP - 1], _command(kind, {"title": f"{more} more"}, told)]


def _command(kind: str, properties: Mapping[str, object], message: str) -> str:
    told = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items() if value is not None)
    return f"::{kind} {told}::{_data(message)}"


def _data(text: str) -> str:
    """Text that cannot end its command and begin another."""
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return clean(escaped)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
