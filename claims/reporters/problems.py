"""The problems of a library as lines or JSON."""

from __future__ import annotations

from collections.abc import Sequence

from claims.reporters.as_json import to_json
from claims.reporters.layout import plural
from evidence.problems import Problem


def render_problems(problems: Sequence[Problem], form: str, *, with_texts: bool) -> str:
    """One line a problem and their number; a clean library says whether the anchors were held against the texts."""
    if form == "json":
        return to_json({"schema": "claimwise/problems/1", "problems": problems})
    if problems:
        return "\n".join([*(str(problem) for problem in problems), plural(len(problems), "problem")])
    held = "with the source texts" if with_texts else "without the source texts (--sources DIR checks the anchors)"
    return f"the library is clean, checked {held}"
