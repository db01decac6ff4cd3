"""The formats of a report. A new one is a file in this folder and a line in ``REPORTERS``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from claims.report import Report
from claims.reporters import as_json, markdown, tabular, terminal
from claims.reporters.layout import Screen

Renderer = Callable[[Report, Screen], str]

# name -> (overview, every claim); most formats have one form only.
REPORTERS: Final[dict[str, tuple[Renderer, Renderer]]] = {
    "table": (terminal.render_overview, terminal.render_details),
    "json": (as_json.render, as_json.render),
    "markdown": (markdown.render, markdown.render),
    "csv": (tabular.render, tabular.render),
}
