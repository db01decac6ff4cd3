"""The values of a page as HTML: one file that loads nothing and runs nothing but its own script.

Every text goes through ``shown`` and is escaped by the template engine; the content security policy admits this
module's style and script by their hashes and nothing else, so what stands in a document cannot run.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from claims.reporters.html import views
from claims.reporters.html.building import page_of_check, page_of_report

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2 import Environment, Template

    from claims.checking import CheckResult
    from claims.collection import Collection
    from claims.documents import Document
    from claims.report import Report
    from claims.rule_links import RuleLinks

# Controls, what turns the direction of the text that follows, lone surrogates and what is no character at all.
_UNSHOWN: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
# What a page says of each verdict; the shapes are drawn in the template.
MEANINGS: Final = {
    "supported": "the evidence carries it as worded",
    "overstated": "the evidence points the same way, the claim goes further",
    "vague": "it cannot be checked as worded",
    "contradicted": "the evidence, a label or a regulator says otherwise",
    "unsupported": "nothing in the library bears on it",
    "promotional": "praise that no evidence could settle",
}


def render_check(result: CheckResult, texts: Mapping[str, Document], collection: Collection, links: RuleLinks) -> str:
    """The page of a check. ``texts`` holds the documents as they were read, by path."""
    return render(page_of_check(result, texts, collection, links))


def render_report(report: Report, texts: Mapping[str, Document], collection: Collection) -> str:
    """The page of an audit. ``texts`` holds the texts at hand, by the path of the source."""
    return render(page_of_report(report, texts, collection))


def render(report: views.Report) -> str:
    """The page as HTML text."""
    style, script = _asset("page.css"), _asset("page.js")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return _template().render(
        report=report,
        cards={card.n: card for card in report.cards},
        meanings=MEANINGS,
        policy=Markup(policy),  # noqa: S704 - our own text; quotes must stay as they are
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
    )


def shown(value: Any) -> Any:
    """Text without characters that a page must not hold, each replaced so that the reader sees there was one."""
    return _UNSHOWN.sub("\ufffd", value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _asset(name: str) -> str:
    return (files("claims.reporters.html") / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    environment: Environment = Environment(
        autoescape=True, undefined=StrictUndefined, finalize=shown, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_asset("page.html.jinja"))
