"""Studies and findings as tables: aligned text, JSON, Markdown, CSV."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, get_args

import msgspec

from claims.evidence_table import COLUMNS, EvidenceRow
from claims.reporters.as_json import to_json
from claims.reporters.layout import Screen, columns, plural
from claims.reporters.markdown import table_row
from claims.reporters.tabular import write_csv
from evidence.problems import UsageError
from evidence.vocabulary import Design, EvidenceLevel

if TYPE_CHECKING:
    from claims.collection import Collection

_STUDY_COLUMNS: Final = ("key", "design", "level", "n", "findings", "used", "status", "title")


class StudyRow(msgspec.Struct, frozen=True, kw_only=True):
    """``used`` counts the propositions and claims that rest on the study's findings."""

    key: str
    design: str
    level: str
    n: int | None
    findings: int
    used: int
    status: str
    title: str


def study_rows(collection: Collection, *, design: str | None, level: str | None) -> list[StudyRow]:
    """All studies by key, filtered. Raises UsageError for a word outside the vocabulary."""
    for what, given, known in (("design", design, get_args(Design)), ("level", level, get_args(EvidenceLevel))):
        if given is not None and given not in known:
            raise UsageError(f"unknown {what} '{given}'; use one of {', '.join(known)}")
    uses: Counter[str] = Counter()
    resting = [p.evidence for p in collection.propositions.values()] + [c.evidence for c in collection.claims.values()]
    for links in resting:
        uses.update({link.finding.rsplit(".", 1)[0] for link in links})
    return [
        StudyRow(
            key=study.bibkey,
            design=study.design,
            level=study.level,
            n=study.n,
            findings=len(study.findings),
            used=uses[study.bibkey],
            status=collection.library.standing(study.bibkey).state,
            title=collection.library.references[study.bibkey].title,
        )
        for study in collection.library.studies.values()
        if design in (None, study.design) and level in (None, study.level)
    ]


def render_studies(rows: Sequence[StudyRow], form: str, screen: Screen) -> str:
    """The studies in the given format."""
    if form == "json":
        return to_json({"schema": "claimwise/studies/1", "studies": rows})
    cells = [tuple("" if (v := getattr(row, c)) is None else str(v) for c in _STUDY_COLUMNS) for row in rows]
    if form == "csv":
        return write_csv(_STUDY_COLUMNS, cells)
    if form == "markdown":
        return "\n".join(table_row(list(row)) for row in (_STUDY_COLUMNS, ("---",) * len(_STUDY_COLUMNS), *cells))
    lines = columns(screen, [_STUDY_COLUMNS, *cells], right=(3, 4, 5))
    return "\n".join([screen.style(lines[0], "bold"), *lines[1:], "", plural(len(rows), "work")])


def render_findings(rows: Sequence[EvidenceRow], form: str, screen: Screen) -> str:
    """The evidence table in the given format; on a terminal one block a finding, so that nothing is cut off."""
    if form == "json":
        return to_json({"schema": "claimwise/evidence/1", "findings": rows})
    if form == "csv":
        return write_csv(COLUMNS, [row.cells() for row in rows])
    if form == "markdown":
        table = [table_row(list(COLUMNS)), table_row(["---"] * len(COLUMNS))]
        return "\n".join([*table, *(table_row(list(row.cells())) for row in rows)])
    lines = []
    for row in rows:
        against = f" against {row.comparator_result}" if row.comparator_result else ""
        versus = f"against {row.comparator}" if row.comparator and not against else ""
        named = f" ({row.comparator})" if against and row.comparator else ""
        effect = "; ".join(part for part in (f"{row.result}{against}{named}", versus, row.interval, row.p) if part)
        standing = f"  {screen.style(row.standing, 'error')}" if row.standing else ""
        people = f"n={row.n}, " if row.n else ""
        lines += [
            screen.wrap(f"{screen.style(row.study, 'bold')}  level {row.level}  {row.finding}{standing}"),
            screen.wrap(row.summary, indent=4, first="    "),
            screen.wrap(f"{people}{row.population}; {row.design}", indent=4, first="    "),
            screen.wrap("; ".join(part for part in (row.intervention, row.time) if part), indent=4, first="    "),
            screen.wrap(f"{row.outcome}: {effect}  [{row.locator}; {row.verified}]", indent=4, first="    "),
            "",
        ]
    return "\n".join([*lines, plural(len(rows), "finding")])
