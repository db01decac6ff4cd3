"""The formats of a check. A new one is a file in this folder and a line in ``CHECK_REPORTERS``."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from claims.reporters import checked, checked_csv, github, gitlab, rdjson, sarif
from claims.reporters.check_run import CheckRun

CheckReporter = Callable[[CheckRun], str]


def _for_people(form: str, run: CheckRun) -> str:
    return checked.render_check(run, form)


def _junit(run: CheckRun) -> str:
    from claims.reporters import junit  # XML is loaded where it is asked for

    return junit.render(run)


def _html(run: CheckRun) -> str:
    from claims.reporters.html.rendering import render_check  # templates are loaded where they are asked for

    return render_check(run.view.applied(run.result), run.documents, run.collection, run.rules)


CHECK_REPORTERS: Final[dict[str, CheckReporter]] = {
    **{form: partial(_for_people, form) for form in checked.FORMATS},
    "html": _html,
    "sarif": sarif.render,
    "junit": _junit,
    "github": github.render,
    "gitlab": gitlab.render,
    "rdjson": rdjson.render,
    "csv": checked_csv.render,
}
