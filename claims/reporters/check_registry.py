"""The formats of a check. A new one is a file in this folder and a line in ``CHECK_REPORTERS``."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Final

from claims.reporters import checked
from claims.reporters.check_run import CheckRun

CheckReporter = Callable[[CheckRun], str]


def _for_people(form: str, run: CheckRun) -> str:
    return checked.render_check(run, form)


def _alone(module: str, run: CheckRun) -> str:
    """What a module of this folder renders; it is loaded when its format is asked for."""
    render: CheckReporter = import_module(f"claims.reporters.{module}").render
    return render(run)


def _html(run: CheckRun) -> str:
    from claims.reporters.html.rendering import render_check  # templates are loaded where they are asked for

    return render_check(run.view.applied(run.result), run.documents, run.collection, run.rules)


CHECK_REPORTERS: Final[dict[str, CheckReporter]] = {
    **{form: partial(_for_people, form) for form in checked.FORMATS},
    "html": _html,
    "sarif": partial(_alone, "sarif"),
    "junit": partial(_alone, "junit"),
    "github": partial(_alone, "github"),
    "gitlab": partial(_alone, "gitlab"),
    "rdjson": partial(_alone, "rdjson"),
    "csv": partial(_alone, "checked_csv"),
}
