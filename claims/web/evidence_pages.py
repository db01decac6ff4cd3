"""The pages of evidence and words: study, finding, concept, rule. Each turns a collection and an id into a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from claims.evidence_table import interval_text, result_text
from claims.reporters.records import standing_text
from claims.standing import claim_as_it_stands
from claims.web.charts import Figure, build_charts, carried_figure, claimed_figure, finding_figures
from claims.web.views import (
    Field,
    Page,
    Section,
    Table,
    Text,
    concept_links,
    field,
    filled,
    link,
    outside_links,
    path_of,
    search_path,
    shown,
)
from evidence.studies import amount, number_text

if TYPE_CHECKING:
    from claims.collection import Collection
    from claims.rules import RulePage
    from evidence.studies import Finding, Study


def study_page(collection: Collection, key: str) -> Page:
    """The page of a reference with the study record curated for it, if any."""
    library = collection.library
    reference = library.references[key]
    study = library.studies.get(key)
    standing = library.standing(key)
    rows = tuple(
        (
            link("finding", finding.id),
            Text(text=finding.summary),
            *concept_links(collection, [finding.outcome]),
            Text(text=result_text(finding)),
            Text(text=interval_text(finding)),
            Text(text=str(finding.time) if finding.time else ""),
            Text(text=finding.locator, note=None if finding.verified == "yes" else f"verified: {finding.verified}"),
        )
        for finding in (study.findings if study else ())
    )
    drawn = [
        figure for finding in (study.findings if study else ()) for figure in figures_of(collection, finding, own=True)
    ]
    head = ("Finding", "Result in words", "Outcome", "Result", "Interval", "Time", "Stands in")
    return Page(
        label="study",
        key=key,
        title=reference.title,
        badges=() if standing.is_current else (standing.state,),
        fields=filled(
            (
                field("Citation", reference.citation),
                field("Found at", *outside_links(reference)),
                field("Status", standing_text(standing)),
                *(_study_fields(collection, study) if study else ()),
                field("Everything that rests on it", Text(text="search", href=search_path(reference=key))),
            )
        ),
        sections=shown(
            (
                Section(id="findings", title="Findings", table=Table(head=head, rows=rows)),
                Section(id="figures", title="Figures", charts=build_charts(drawn, least=1)),
            )
        ),
    )


def _study_fields(collection: Collection, study: Study) -> tuple[Field, ...]:
    dose = amount(study.dose.low, study.dose.high, study.dose.unit) if study.dose else None
    sessions = amount(study.sessions.low, study.sessions.high, "sessions") if study.sessions else None
    design = study.design.replace("-", " ") + (f", {study.masking}" if study.masking else "")
    return (
        field("Design", design, study.design_note),
        field("Evidence level", study.level),
        field("People", number_text(study.n)),
        field("Population", *concept_links(collection, study.population), study.population_note),
        field("Intervention", *concept_links(collection, study.intervention)),
        field("Route", *concept_links(collection, study.route)),
        field("Regimen", dose, sessions, study.regimen_note),
        field("Comparator", *concept_links(collection, study.comparator)),
        field("Funding", study.funding),
        field("Limitations", *study.limitations),
        field("Record", f"verified: {study.verified}; entered {study.curated}"),
        field("Note", study.note),
    )


def finding_page(collection: Collection, key: str) -> Page:
    """The page of one result of a study."""
    finding = collection.library.findings[key]
    study = collection.library.studies[finding.key]
    standing = collection.library.not_current.get(finding.key)
    scope = (
        field(slot.capitalize(), *concept_links(collection, study.scope_of(finding, slot)))
        for slot in ("intervention", "route", "population", "comparator")
    )
    return Page(
        label="finding",
        key=key,
        title=finding.summary,
        badges=(standing.state,) if standing else (),
        fields=filled(
            (
                field("Study", link("reference", finding.key, collection.library.references[finding.key].citation)),
                field("Status", standing_text(standing) if standing else None),
                field("Outcome", *concept_links(collection, [finding.outcome])),
                field("Measured with", *concept_links(collection, [finding.measure] if finding.measure else [])),
                field("Result", f"{result_text(finding)} ({finding.statistic.replace('-', ' ')})".strip()),
                field("Comparator’s result", amount(finding.comparator_value, finding.comparator_value, finding.unit)),
                field("Interval", interval_text(finding)),
                field("p", finding.p),
                field("Time", str(finding.time) if finding.time else None),
                field("Direction", (finding.direction or "").replace("-", " ")),
                *scope,
                field("Species", *concept_links(collection, [finding.species])),
                field("Stands in", finding.locator),
                field("Verified", finding.verified.replace("-", " ")),
                field("Note", finding.note),
            )
        ),
        sections=shown(
            (
                Section(
                    id="figures",
                    title="Figure",
                    charts=build_charts(figures_of(collection, finding, own=True), least=1),
                ),
            )
        ),
    )


def concept_page(collection: Collection, key: str) -> Page:
    """The page of a concept: its words, what is wider and narrower, what is said of it."""
    concept = collection.lexicon[key]
    slot = concept.slot
    searchable = slot not in ("measure", "aspect")
    used = tuple(
        Text(text=f"{kind}s", href=search_path(**{"kind": kind, slot: key}))
        for kind in (("claim", "proposition", "finding") if searchable else ())
    )
    table = Text(text="evidence table", href=f"/evidence?{slot}={key}")
    drawn = slot in ("outcome", "intervention", "route", "population", "species")
    return Page(
        label="concept",
        key=key,
        title=concept.label,
        badges=(concept.slot,),
        fields=filled(
            (
                field("Words", ", ".join(concept.synonyms)),
                field("Kind of", *concept_links(collection, concept.broader)),
                field("Kinds", *concept_links(collection, sorted(collection.lexicon.narrower(key) - {key}))),
                field("MeSH", concept.mesh),
                field("Answers", ", ".join(p.replace("-", " ") for p in concept.positions)),
                field("Unit", concept.unit),
                field("Note", concept.note),
                field("What is said of it", *used, table if drawn else None),
            )
        ),
        sections=shown(
            (
                Section(
                    id="figures",
                    title="Carried and claimed",
                    charts=build_charts(_figures_of_aspect(collection, key) if concept.slot == "aspect" else ()),
                ),
            )
        ),
    )


def rule_page(collection: Collection, rule: RulePage) -> Page:
    """The page of a rule. ``carried_by`` is a link where this library has that proposition."""
    carried = rule.carried_by
    better = (
        link("proposition", carried, rule.better)
        if carried is not None and carried in collection.propositions
        else Text(text=rule.better)
    )
    checks = f"{rule.checks[0].upper()}{rule.checks[1:]}."
    return Page(
        label="rule",
        key=rule.code,
        title=rule.name.replace("-", " ").capitalize(),
        badges=(rule.severity,),
        fields=filled(
            (
                field("Checks", checks),
                field("Why it matters", rule.why),
                field(
                    "Example",
                    Text(text=f"“{rule.example.text}”", badge=rule.example.verdict, note=rule.example.because),
                ),
                field("Better", better),
                field("Does not see", *rule.known_misses),
                field("Sources", *rule.sources),
            )
        ),
    )


def figures_of(collection: Collection, finding: Finding, *, own: bool = False) -> list[Figure]:
    """What of a finding can be drawn; on its ``own`` study's page the study is not named again."""
    study = collection.library.references[finding.key].short
    outcome = collection.lexicon.label(finding.aspect or finding.outcome)
    time = f" at {finding.time}" if finding.time else ""
    return finding_figures(
        finding,
        label=f"{outcome}{time}" if own else study,
        href=path_of("finding", finding.id),
        note=finding.summary if own else f"{outcome}{time}",
    )


def _figures_of_aspect(collection: Collection, aspect: str) -> list[Figure]:
    """What propositions carry of an aspect, and what claims state of it."""
    figures: list[Figure] = [
        carried_figure(value, label=f"Carried: {p.id}", href=path_of("proposition", p.id))
        for p in collection.propositions.values()
        for value in p.values
        if value.aspect == aspect
    ]
    for claim in collection.claims.values():
        for quantity in claim.quantities:
            if quantity.aspect == aspect:
                verdict = claim_as_it_stands(claim, collection.library).verdict
                href = path_of("claim", claim.id)
                drawn = claimed_figure(
                    quantity, label=f"Claim {claim.id}", href=href, badge=verdict, note=claim.paraphrase
                )
                figures += [drawn] if drawn else []
    return figures
