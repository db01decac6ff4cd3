"""The formats of a check. A new one is a file in this folder and a line in ``CHECK_REPORTERS``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from importlib import import_module
from typing import Final

from claims.reporters import checked
from claims.reporters.check_run import CheckRun

CheckReporter = Callable[[CheckRun], Iterable[str]]


def _for_people(form: str, run: CheckRun) -> Iterable[str]:
    return checked.render_check(run, form)


def _alone(module: str, run: CheckRun) -> Iterable[str]:
    """What a module of this folder renders; it is loaded when its format is asked for."""
    return (import_module(f"claims.reporters.{module}").render(run),)


def _html(run: CheckRun) -> Iterable[str]:
    from claims.reporters.html.rendering import render_check  # templates are loaded where they are asked for

    return (render_check(run.view.applied(run.result), run.documents, run.collection, run.rules),)


def _csv(run: CheckRun) -> Iterable[str]:
    from claims.reporters.checked_csv import pieces

    return pieces(run)


# Each gives the text in pieces; no sequence of control characters is cut in two.
CHECK_REPORTERS: Final[dict[str, CheckReporter]] = {
    **{form: partial(_for_people, form) for form in checked.FORMATS},
    "html": _html,
    "sarif": partial(_alone, "sarif"),
    "junit": partial(_alone, "junit"),
    "github": partial(_alone, "github"),
    "gitlab": partial(_alone, "gitlab"),
    "rdjson": partial(_alone, "rdjson"),
    "csv": _csv,
}
