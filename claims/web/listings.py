"""The pages that list: the beginning, studies, evidence table, conflicts, rules. What is long comes in parts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

import msgspec

from claims.conflicts import disagreements
from claims.evidence_table import EvidenceRow, evidence_table
from claims.report import VERDICTS
from claims.reporters.evidence import study_rows
from claims.reporters.layout import plural
from claims.standing import claim_as_it_stands
from claims.web.charts import build_charts
from claims.web.evidence_pages import figures_of
from claims.web.filters import Choice, Given, address, choice_of, concept_choice, one_of, page_of, require_names, turned
from claims.web.views import Section, Table, Text, link, shown

if TYPE_CHECKING:
    from claims.collection import Collection
    from claims.rules import RulePage
    from claims.status import LibraryStatus

PER_PAGE: Final = 50
_EVIDENCE_SLOTS: Final = ("outcome", "intervention", "route", "population", "species")


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """A page of entries or tables under filters. ``json`` is the address of the same as JSON.

    ``query`` is ``None`` where no words can be searched for. ``earlier`` and ``later`` are addresses of other pages.
    """

    title: str
    lead: str
    json: str
    action: str
    query: str | None = None
    choices: tuple[Choice, ...] = ()
    more_choices: tuple[Choice, ...] = ()
    reference: str | None = None
    notices: tuple[Text, ...] = ()
    sections: tuple[Section, ...] = ()
    entries: tuple[Text, ...] = ()
    total: str = ""
    earlier: str | None = None
    later: str | None = None


def home(collection: Collection, status: LibraryStatus) -> Listing:
    """Where a visit begins: what the library holds, how the sources came out, what needs a look."""
    counts = status.counts
    library = collection.library
    held = tuple(
        Text(text=f"{counts[many]:,} {one if counts[many] == 1 else many}", href=href, note=note)
        for one, many, href, note in (
            ("study", "studies", "/studies", "what was read, with design, people and limitations"),
            ("finding", "findings", "/evidence", "results as an evidence table, with charts"),
            (
                "proposition",
                "propositions",
                "/search?kind=proposition",
                "what the evidence carries, and how it gets bent",
            ),
            ("claim", "claims", "/search?kind=claim", "what the registered sources say, with verdicts"),
            ("conflict", "conflicts", "/conflicts", "claims that cannot all hold"),
            ("concept", "concepts", "/search?kind=concept", "the words of the field"),
        )
    )
    rows = tuple(
        (
            link("source", source.id, source.title),
            *(
                Text(
                    text=str(number),
                    href=f"/search?{urlencode({'kind': 'claim', 'source': source.id, 'verdict': verdict})}"
                    if number
                    else None,
                )
                for verdict, number in _verdicts(collection, source.id).items()
            ),
        )
        for source in collection.sources.values()
    )
    fallen = tuple(
        link("reference", key, library.references[key].short, badge=standing.state, note=standing.note)
        for key, standing in library.not_current.items()
        if key in library.references
    )
    due = tuple(
        link("proposition", one.proposition, note=f"{'was due' if one.overdue else 'due'} {one.review_by}")
        for one in status.due
    )
    return Listing(
        title=collection.manifest.title,
        lead="Every claim of the registered sources, linked to the studies that bear on it.",
        json="/index.json",
        action="/search",
        query="",
        sections=shown(
            (
                Section(id="held", title="What it holds", texts=held),
                Section(
                    id="sources",
                    title="Registered sources",
                    note="Claims by verdict.",
                    table=Table(head=("Source", *(v.capitalize() for v in VERDICTS)), rows=rows),
                ),
                Section(id="fallen", title="Works that were corrected, retracted or are under concern", texts=fallen),
                Section(id="due", title="Reviews that are due", texts=due),
            )
        ),
    )


def _verdicts(collection: Collection, source: str) -> dict[str, int]:
    counts: dict[str, int] = dict.fromkeys(VERDICTS, 0)
    for claim in collection.sources[source].claims:
        counts[claim_as_it_stands(claim, collection.library).verdict] += 1
    return counts


def studies(collection: Collection, given: Given) -> Listing:
    """All studies, by design and level where asked."""
    require_names(given, ("design", "level"))
    rows = study_rows(collection, design=given.get("design") or None, level=given.get("level") or None)
    whole = study_rows(collection, design=None, level=None)
    table = tuple(
        (
            link("reference", row.key, collection.library.references[row.key].short),
            Text(text=row.title, badge=None if row.status == "current" else row.status),
            Text(text=row.design.replace("-", " ")),
            Text(text=row.level),
            Text(text="" if row.n is None else f"{row.n:,}"),
            Text(text=str(row.findings)),
            Text(text=str(row.used)),
        )
        for row in rows
    )
    head = ("Study", "Title", "Design", "Level", "People", "Findings", "Used")
    return Listing(
        title="Studies",
        lead="Used counts the propositions and claims that rest on a study.",
        json=address("/studies.json", given),
        action="/studies",
        choices=(
            choice_of("design", "Design", given, sorted({row.design for row in whole})),
            choice_of("level", "Evidence level", given, sorted({row.level for row in whole})),
        ),
        total=plural(len(rows), "work"),
        sections=shown((Section(id="list", title="All studies", table=Table(head=head, rows=table)),)),
    )


def evidence_rows(collection: Collection, given: Given) -> list[EvidenceRow]:
    """The rows of the evidence table for the filters of an address. Raises UsageError for what is no filter."""
    require_names(given, (*_EVIDENCE_SLOTS, "page"))
    slots = {slot: given.get(slot) or None for slot in _EVIDENCE_SLOTS}
    return evidence_table(collection, **slots)


def evidence(collection: Collection, given: Given, rows: Sequence[EvidenceRow]) -> Listing:
    """The evidence table; with charts where the filters leave few enough findings."""
    page = page_of(given)
    part = rows[(page - 1) * PER_PAGE : page * PER_PAGE]
    table = tuple(
        (
            link("finding", row.finding),
            link("reference", row.reference, row.study, badge=row.standing or None),
            Text(text=f"{row.design}, level {row.level}"),
            Text(text=row.n),
            Text(text=row.population),
            Text(text=row.intervention),
            Text(text=row.outcome, note=row.time or None),
            Text(
                text=row.result + (f" against {row.comparator_result}" if row.comparator_result else ""),
                note=row.comparator or None,
            ),
            Text(text="; ".join(text for text in (row.interval, row.p) if text)),
        )
        for row in part
    )
    head = ("Finding", "Study", "Design", "People", "Population", "Intervention", "Outcome", "Result", "Interval")
    filtered = any(given.get(slot) for slot in _EVIDENCE_SLOTS)
    drawn = (
        [f for row in part for f in figures_of(collection, collection.library.findings[row.finding])]
        if filtered
        else []
    )
    spoken = {slot: _spoken(collection, slot) for slot in _EVIDENCE_SLOTS}
    total = plural(len(rows), "finding")
    if len(rows) > PER_PAGE and part:
        total += f", {(page - 1) * PER_PAGE + 1} to {(page - 1) * PER_PAGE + len(part)} shown, soundest design first"
    return Listing(
        title="Evidence table",
        lead="One row a result. A filter takes narrower concepts in; charts appear with a filter.",
        json=address("/evidence.json", given),
        action="/evidence",
        choices=tuple(concept_choice(collection, slot, given, spoken[slot]) for slot in _EVIDENCE_SLOTS),
        total=total,
        sections=shown(
            (
                Section(id="charts", title="Figures of these findings", charts=build_charts(drawn)),
                Section(id="list", title="Findings", table=Table(head=head, rows=table)),
            )
        ),
        earlier=turned("/evidence", given, page - 1) if page > 1 else None,
        later=turned("/evidence", given, page + 1) if page * PER_PAGE < len(rows) else None,
    )


def _spoken(collection: Collection, slot: str) -> set[str]:
    """The concepts of a slot that findings have."""
    return {
        concept
        for study in collection.library.studies.values()
        for finding in study.findings
        for concept in ((getattr(finding, slot),) if slot in ("outcome", "species") else study.scope_of(finding, slot))
    }


def conflicts(collection: Collection, given: Given, kinds: Sequence[str]) -> Listing:
    """Conflicts gathered as a reader meets them: one entry a question, with its sides."""
    kind, severity = conflict_filters(given, kinds)
    chosen = [c for c in collection.conflicts if c.severity >= severity and kind in (None, c.kind)]
    gathered = disagreements(chosen)
    rows = tuple(
        (
            link("conflict", one.conflicts[0], one.question or collection.lexicon.label(one.topic)),
            Text(text=one.kind),
            Text(text=str(one.severity)),
            Text(text="; ".join(f"{', '.join(side.claims)}: {side.says}" for side in one.sides) or one.explanation),
            Text(text=str(len(one.conflicts))),
        )
        for one in gathered
    )
    head = ("Question", "Kind", "Severity", "Who says what", "Pairs")
    return Listing(
        title="Conflicts",
        lead="Claims that cannot all hold, gravest first.",
        json=address("/conflicts.json", given),
        action="/conflicts",
        choices=(
            choice_of("kind", "Kind", given, kinds),
            Choice(
                name="severity",
                label="Severity",
                chosen=given.get("severity", ""),
                options=(("2", "2 and more"), ("3", "3")),
            ),
        ),
        total=f"{plural(len(gathered), 'conflict')}, {plural(len(chosen), 'pair')} of claims",
        sections=shown((Section(id="list", title="All conflicts", table=Table(head=head, rows=rows)),)),
    )


def conflict_filters(given: Given, kinds: Sequence[str]) -> tuple[str | None, int]:
    """Kind and least severity. Raises UsageError for what is no filter."""
    require_names(given, ("kind", "severity"))
    kind = (*one_of("kind", given, kinds), None)[0]
    return kind, int((*one_of("severity", given, ("1", "2", "3")), "1")[0])


def rules(pages: Iterable[RulePage]) -> Listing:
    """All rules by code."""
    rows = tuple(
        (link("rule", page.code), Text(text=page.name), Text(badge=page.severity), Text(text=page.checks))
        for page in pages
    )
    return Listing(
        title="Rules",
        lead="What findings of a check fall under. A code never changes its meaning.",
        json="/rules.json",
        action="/rules",
        total=plural(len(rows), "rule"),
        sections=(
            Section(id="list", title="All rules", table=Table(head=("Code", "Name", "Severity", "Checks"), rows=rows)),
        ),
    )
