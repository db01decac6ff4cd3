"""The formats of a check. A new one is a file in this folder and a line in ``CHECK_REPORTERS``."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from claims.reporters import checked, checked_csv, github, gitlab, rdjson, sarif
from claims.reporters.layout import Screen

if TYPE_CHECKING:
    from claims.checking import CheckResult
    from claims.collection import Collection

CheckReporter = Callable[["CheckResult", checked.View, "Collection", Screen], str]


def _junit(result: CheckResult, view: checked.View, collection: Collection, screen: Screen) -> str:
    from claims.reporters import junit  # XML is loaded where it is asked for

    return junit.render(result, view, collection, screen)


def _people(form: str, result: CheckResult, view: checked.View, collection: Collection, screen: Screen) -> str:
    return checked.render_check(result, form, view, collection, screen)


CHECK_REPORTERS: Final[dict[str, CheckReporter]] = {
    **{form: partial(_people, form) for form in checked.FORMATS},
    "sarif": sarif.render,
    "junit": _junit,
    "github": github.render,
    "gitlab": gitlab.render,
    "rdjson": rdjson.render,
    "csv": checked_csv.render,
}
