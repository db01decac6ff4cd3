"""A check as JUnit XML: a suite for each document, with a test case for the document and one for each alert."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from claims.reporters.alerts import Alert, alerts, shown_path, unchecked, whole_message

if TYPE_CHECKING:
    from claims.reporters.check_run import CheckRun
    from claims.rule_links import RuleLinks

# What XML 1.0 cannot hold, not even escaped.
_NO_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(run: CheckRun) -> str:
    """Alerts of severity error and warning are failures, notes pass, what was accepted is skipped, what could not be
    checked is an error."""
    found = alerts(run.result, run.view)
    root = Element("testsuites", name="claimwise")
    for document in run.result.documents:
        reasons = [f"line {line}: {reason}" if line else reason
                   for path, line, reason in unchecked(run.result) if path == document.path]  # fmt: skip
        suite = SubElement(root, "testsuite", name=_text(shown_path(document.path)))
        case = SubElement(suite, "testcase", classname=suite.attrib["name"], name="the document can be checked")
        if reasons:
            SubElement(case, "error", type="unchecked", message=_text(reasons[0])).text = _text("\n".join(reasons))
        for alert in sorted(found, key=lambda a: (a.spot.line, a.spot.column, a.code)):
            if alert.spot.path == document.path:
                _case(suite, alert, run.rules)
        _count(suite)
    _count(root)
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}'


def _case(suite: Element, alert: Alert, links: RuleLinks) -> None:
    path, spot = suite.attrib["name"], alert.spot
    name = f"{spot.line}:{spot.column} {alert.kind} {','.join(alert.codes)}"
    case = SubElement(suite, "testcase", classname=path, name=name, file=path, line=str(spot.line))
    message, whole = _text(alert.message), _text(whole_message(alert, links))
    if alert.status != "new":
        SubElement(case, "skipped", message=f"{alert.status}: {message}")
    elif alert.level == "note":
        SubElement(case, "system-out").text = whole
    else:
        failure = SubElement(case, "failure", type=alert.title, message=message)
        failure.text = f"{path}:{spot.line}:{spot.column}: {whole}"


def _count(element: Element) -> None:
    """Sets the counts that readers of JUnit files show."""
    kinds = {"tests": "testcase", "failures": "failure", "errors": "error", "skipped": "skipped"}
    for name, tag in kinds.items():
        element.set(name, str(sum(1 for _ in element.iter(tag))))


def _text(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)
