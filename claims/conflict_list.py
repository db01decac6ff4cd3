"""The conflicts of a library as a list: filtered, and rendered as table, JSON, Markdown or CSV."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, get_args

import msgspec

from claims.conflicts import Disagreement, disagreements
from claims.lexicon import ConflictKind
from claims.report import ReportedConflict, by_severity, report_conflict
from claims.reporters.as_json import to_json
from claims.reporters.layout import Screen, plural
from claims.reporters.markdown import table_row
from claims.reporters.standing import end_text
from claims.reporters.tabular import write_csv
from claims.reporters.terminal import severity_text

if TYPE_CHECKING:
    from claims.collection import Collection

SCHEMA: Final = "claimwise/conflicts/1"
KINDS: Final[tuple[str, ...]] = get_args(ConflictKind)


class ConflictList(msgspec.Struct, frozen=True, kw_only=True):
    """Conflicts, gravest first, with counts by severity and kind."""

    schema: str
    library: dict[str, str]
    conflicts: tuple[ReportedConflict, ...]
    disagreements: tuple[Disagreement, ...]
    summary: dict[str, dict[str, int]]


def list_conflicts(
    collection: Collection,
    library_hash: str,
    *,
    severity: int = 1,
    kind: str | None = None,
    sources: tuple[str, ...] = (),
) -> ConflictList:
    """Conflicts of at least ``severity``, of one kind and touching one of ``sources`` where given."""
    chosen = [
        conflict
        for conflict in collection.conflicts
        if conflict.severity >= severity
        and kind in (None, conflict.kind)
        and (not sources or any(collection.claims[c].source in sources for c in conflict.claims))
    ]
    return ConflictList(
        schema=SCHEMA,
        library={"name": collection.manifest.name, "hash": library_hash},
        conflicts=tuple(report_conflict(collection, conflict) for conflict in chosen),
        disagreements=disagreements(chosen),
        summary={
            "severity": by_severity(chosen),
            "kind": {k: sum(c.kind == k for c in chosen) for k in KINDS},
        },
    )


def render_conflicts(listed: ConflictList, collection: Collection, form: str, screen: Screen) -> str:
    """The list as text in the given format."""
    match form:
        case "json":
            return to_json(listed)
        case "csv":
            rows = [
                (c.id, c.kind, c.severity, c.topic, " ".join(e.id for e in c.claims), c.explanation)
                for c in listed.conflicts
            ]
            return write_csv(("id", "kind", "severity", "topic", "claims", "explanation"), rows)
        case "markdown":
            head = [table_row(["severity", "kind", "claims", "explanation"]), table_row(["---"] * 4)]
            body = [
                table_row([str(c.severity), c.kind, ", ".join(e.id + end_text(e) for e in c.claims), c.explanation])
                for c in listed.conflicts
            ]
            return "\n".join(head + body)
        case _:
            return "\n".join(_lines(listed, collection, screen))


def _lines(listed: ConflictList, collection: Collection, screen: Screen) -> Iterator[str]:
    counts = severity_text(by_severity(listed.disagreements))
    pairs = plural(len(listed.conflicts), "pair")
    yield screen.style(
        screen.wrap(f"{plural(len(listed.disagreements), 'conflict')} ({pairs} of claims): {counts}"), "bold"
    )
    works = {end.id: end_text(end) for conflict in listed.conflicts for end in conflict.claims}
    explained = {conflict.id: conflict.explanation for conflict in listed.conflicts}
    last = ""
    for found in listed.disagreements:
        head = f"severity {found.severity}  {found.kind}  {found.question or found.topic}"
        if head != last:
            yield ""
            yield screen.style(screen.wrap(head), "heading")
            last = head
        yield ""
        yield screen.style(f"  {found.conflicts[0]}", "dim")
        if not found.sides:
            yield screen.wrap(f"{found.conflicts[0]}: {explained[found.conflicts[0]]}", indent=4, first="  ")
        for side in found.sides:
            yield screen.wrap(side.says, indent=4, first="  ")
            for claim in side.claims:
                yield screen.wrap(collection.claims[claim].paraphrase + works[claim], indent=15, first=f"    {claim}")
