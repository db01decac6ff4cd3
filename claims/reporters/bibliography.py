"""What was found about a bibliography, and what an import does, for people and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from claims.reporters.as_json import to_json
from claims.reporters.layout import clean, plural
from evidence.problems import Problem

if TYPE_CHECKING:
    from evidence.duplicates import Gap, Pair
    from evidence.importing.plan import Import

_SHOWN: Final = 40  # titles are cut to this in lines for people


def render_lint(file: str, problems: Sequence[Problem], alike: Sequence[Pair], gaps: Sequence[Gap], form: str) -> str:
    """Problems first, then entries that are perhaps one work, then what entries lack, then the counts."""
    if form == "json":
        found = {"file": file, "problems": problems, "alike": alike, "missing": gaps}
        return to_json({"schema": "claimwise/bibliography/1", **found})
    lines = [str(problem) for problem in problems]
    lines += [f"{file}:{pair.line}: {pair.key} and {pair.other}: {pair.reason}" for pair in alike]
    for gap in gaps:
        lacks = [*gap.missing, *(["any identifier"] if gap.unmarked else [])]
        lines.append(f"{file}:{gap.line}: {gap.key} ({gap.kind}) lacks {', '.join(lacks)}")
    counts = [plural(len(problems), "problem"), f"{plural(len(alike), 'pair')} perhaps one work"]
    counts.append(f"{plural(len(gaps), 'entry')} with fields missing".replace("entrys", "entries"))
    return "\n".join([*lines, ", ".join(counts)])


def render_import(plan: Import, file: str, form: str, *, dry_run: bool) -> str:
    """Each work added with its key, each duplicate with the entry it repeats, or each notice; then the counts."""
    notices = plan.notices
    if form == "json":
        shape: dict[str, Any] = {
            "schema": "claimwise/import/1",
            "file": file,
            "kind": plan.kind,
            "dry_run": dry_run,
            "added": plan.added,
            "duplicates": plan.duplicates,
            "rows": notices.rows if notices else None,
            "verifications": list(notices.changed.values()) if notices else [],
            "problems": plan.problems,
        }
        return to_json(shape)
    would = "would be " if dry_run else ""
    if notices is not None:
        lines = [
            f"{key}: {record.state}, {', '.join(_notice(one.kind, one.date) for one in record.notices)}"
            for key, record in notices.changed.items()
        ]
        tail = f"{plural(notices.rows, 'row')} read; {plural(len(lines), 'verification')} {would}changed"
        return "\n".join([*lines, tail])
    lines = [f"{would}added {one.key}: {_cut(one.title)} (line {one.line})" for one in plan.added]
    lines += [f"left {_cut(one.title)} (line {one.line}): {one.reason} as {one.key}" for one in plan.duplicates]
    works = plural(len(plan.added), "work")
    return "\n".join([*lines, f"{works} {would}added, {plural(len(plan.duplicates), 'duplicate')} left"])


def _notice(kind: str, date: object) -> str:
    return f"{kind} of {date}" if date else kind


def _cut(title: str) -> str:
    text = clean(title)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
