"""The pages of what is claimed: claim, proposition, conflict, source. Each turns a collection and an id into a page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from claims.report import evidence_item
from claims.standing import claim_as_it_stands, lost_support
from claims.web.charts import Figure, build_charts, carried_figure, claimed_figure
from claims.web.evidence_pages import figures_of
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
    path_of,
    search_path,
    shown,
)
from evidence.studies import amount

if TYPE_CHECKING:
    from claims.collection import Collection
    from claims.propositions import EvidenceLink, Position, Proposition, Scope
    from claims.sources import Claim


def claim_page(collection: Collection, key: str) -> Page:
    """The page of a curated claim, with its verdict as the works behind it stand today."""
    claim = collection.claims[key]
    source = collection.sources[claim.source]
    stands = claim_as_it_stands(claim, collection.library)
    was = f"{claim.verdict} when it was curated" if stands.verdict != claim.verdict else None
    rules = (
        link("rule", hit.code, hit.code, note=hit.message.removesuffix(f": {stands.reason}")) for hit in stands.rules
    )
    fields = (
        field("Why", stands.reason, was),
        field("A careful reader could also say", ", ".join(claim.also)),
        field("Rules", *rules),
        field("Missing", ", ".join(stands.missing)),
        field("Better", stands.suggestion),
        field(
            "Source",
            link("source", source.id, source.title),
            f"characters {claim.start} to {claim.end}, begins “{claim.anchor}”",
        ),
        field(
            "Category",
            Text(text=claim.category, href=search_path(kind="claim", category=claim.category)),
            f"importance {claim.importance}",
            claim.scope,
        ),
        *_scope(collection, claim.slots),
        field("Wording", f"{claim.certainty}, {claim.polarity}"),
        field("Figures", *(_figure(collection, q.aspect, amount(q.low, q.high, q.unit)) for q in claim.quantities)),
        field("Positions", *_positions(collection, claim.positions)),
        field("Cites", *(link("reference", cited) for cited in claim.references)),
        field("Curator’s note", claim.note),
    )
    propositions = tuple(
        link("proposition", p, collection.propositions[p].statement, badge="decides" if n == 0 else None)
        for n, p in enumerate(claim.propositions)
    )
    parting = tuple(
        link("conflict", c.id, c.explanation, badge=c.kind) for c in collection.conflicts if key in c.claims
    )
    return Page(
        label="claim",
        key=key,
        title=claim.paraphrase,
        badges=(stands.verdict,),
        fields=filled(fields),
        sections=shown(
            (
                Section(id="propositions", title="Propositions", texts=propositions),
                Section(
                    id="figures",
                    title="What is claimed and what was found",
                    charts=build_charts(_compared(collection, [claim], claim.propositions[:1], claim.evidence)),
                ),
                _evidence(collection, claim.evidence),
                Section(id="conflicts", title="Conflicts", texts=parting),
            )
        ),
    )


def proposition_page(collection: Collection, key: str) -> Page:
    """The page of a proposition: what the evidence carries, the findings, the wordings, the claims it decides."""
    p = collection.propositions[key]
    judged = [claim for claim in collection.claims.values() if key in claim.propositions[:1]]
    gone = lost_support(p, collection.library)
    fields = (
        field("Support", "every work that supports it was retracted" if gone else None),
        field("Stands", f"{p.polarity}, certainty {p.certainty}, importance {p.importance}"),
        field("Category", Text(text=p.category, href=search_path(kind="proposition", category=p.category))),
        field("In force", _in_force(p)),
        *_scope(collection, p.scope),
        field(
            "Carries",
            *(
                _figure(
                    collection,
                    v.aspect,
                    amount(v.low, v.high, v.unit) + (f" at {v.time}" if v.time else ""),
                    note=v.note,
                )
                for v in p.values
            ),
        ),
        field("Positions", *_positions(collection, p.positions)),
        field("A wording needs", ", ".join(p.requires)),
        field("Note", p.note),
        field("Reviewed", f"{p.reviewed}, next by {p.review_by}"),
    )
    bent = tuple(
        (Text(text=d.kind), Text(text=d.change), Text(badge=d.verdict), Text(text=d.reason)) for d in p.distortions
    )
    return Page(
        label="proposition",
        key=key,
        title=p.statement,
        badges=("unsupported",) if gone else (),
        fields=filled(fields),
        sections=shown(
            (
                Section(
                    id="figures",
                    title="Figures",
                    note="What the evidence carries, what the studies found, what the registered sources claim.",
                    charts=build_charts(_compared(collection, judged, (key,), p.evidence)),
                ),
                _evidence(collection, p.evidence),
                Section(
                    id="wordings",
                    title="Wordings that copy may print",
                    texts=tuple(Text(text=w.text) for w in p.wordings),
                ),
                Section(
                    id="bent",
                    title="How it gets bent",
                    table=Table(head=("Kind", "Change", "Verdict", "Why"), rows=bent),
                ),
                Section(id="claims", title="Claims it decides", table=_claims(collection, judged)),
            )
        ),
    )


def conflict_page(collection: Collection, key: str) -> Page:
    """The page of a conflict: its claims side by side, with what each says."""
    conflict = next(c for c in collection.conflicts if c.id == key)
    claims = [collection.claims[claim] for claim in conflict.claims]
    says = conflict.says or ("",) * len(claims)
    rows = tuple(
        (
            link("claim", claim.id),
            Text(text=claim.paraphrase),
            Text(text=said),
            Text(badge=claim_as_it_stands(claim, collection.library).verdict),
            link("source", claim.source, collection.sources[claim.source].title),
        )
        for claim, said in zip(claims, says, strict=True)
    )
    topic = (
        link("proposition", conflict.topic)
        if conflict.topic in collection.propositions
        else concept_links(collection, [conflict.topic])[0]
    )
    figures = [figure for claim in claims for figure in _claimed(collection, claim, {conflict.topic})]
    return Page(
        label="conflict",
        key=key,
        title=conflict.explanation,
        badges=(conflict.kind,),
        fields=filled(
            (
                field("Question", conflict.question),
                field("Topic", topic),
                field("Severity", f"{conflict.severity} of 3"),
                field("Seen by", "comparison of the claims" if conflict.computed else "a curator"),
            )
        ),
        sections=shown(
            (
                Section(
                    id="sides",
                    title="The claims",
                    table=Table(head=("Claim", "In short", "Says", "Verdict", "Source"), rows=rows),
                ),
                Section(id="figures", title="Figures", charts=build_charts(figures)),
            )
        ),
    )


def source_page(collection: Collection, key: str) -> Page:
    """The page of a registered source with all its claims."""
    source = collection.sources[key]
    listed = tuple(link("reference", item.reference, note=f"item {item.number}") for item in source.references)
    return Page(
        label="source",
        key=key,
        title=source.title,
        fields=filled(
            (
                field("Publisher", source.publisher),
                field("Date", str(source.date) if source.date else "not given", source.date_note),
                field("Text", f"{source.file}, {source.words:,} words", f"SHA-256 {source.sha256}"),
                field("Curated", str(source.curated)),
            )
        ),
        sections=shown(
            (
                Section(id="claims", title="Claims", table=_claims(collection, source.claims)),
                Section(id="references", title="Its reference list", texts=listed),
            )
        ),
    )


def _claims(collection: Collection, claims: Iterable[Claim]) -> Table:
    rows = tuple(
        (
            link("claim", claim.id),
            Text(text=claim.paraphrase),
            Text(badge=claim_as_it_stands(claim, collection.library).verdict),
            Text(text=claim.category),
            Text(text=str(claim.importance)),
        )
        for claim in claims
    )
    return Table(head=("Claim", "In short", "Verdict", "Category", "Importance"), rows=rows)


def _evidence(collection: Collection, links: Iterable[EvidenceLink]) -> Section:
    rows = []
    for one in links:
        item = evidence_item(collection, one.finding, one.stance)
        rows.append(
            (
                link("finding", item.finding),
                Text(text=item.summary),
                Text(badge=item.stance),
                link(
                    "reference",
                    item.reference,
                    collection.library.references[item.reference].short,
                    badge=item.standing.state if item.standing else None,
                ),
                Text(text=f"level {item.level}" if item.level.isdigit() else item.level),
                Text(text=item.locator),
            )
        )
    head = ("Finding", "Result", "Stance", "Study", "Evidence", "Stands in")
    return Section(id="evidence", title="Evidence", table=Table(head=head, rows=tuple(rows)))


def _compared(
    collection: Collection, claims: Iterable[Claim], topics: Iterable[str], evidence: Iterable[EvidenceLink]
) -> list[Figure]:
    """What topics carry, what findings say and what claims state of the same aspects."""
    values = [(topic, value) for topic in topics for value in collection.propositions[topic].values]
    label = collection.lexicon.label
    figures = [
        carried_figure(v, label=f"Carried: {label(v.aspect)}", href=path_of("proposition", topic))
        for topic, v in values
    ]
    figures += [
        figure for one in evidence for figure in figures_of(collection, collection.library.findings[one.finding])
    ]
    aspects = {value.aspect for _, value in values}
    return figures + [figure for claim in claims for figure in _claimed(collection, claim, aspects)]


def _claimed(collection: Collection, claim: Claim, aspects: set[str]) -> list[Figure]:
    figures = (
        claimed_figure(
            quantity,
            label=f"Claim {claim.id}",
            href=path_of("claim", claim.id),
            badge=claim_as_it_stands(claim, collection.library).verdict,
            note=claim.paraphrase,
        )
        for quantity in claim.quantities
        if quantity.aspect in aspects
    )
    return [figure for figure in figures if figure]


def _scope(collection: Collection, scope: Scope) -> list[Field]:
    return [field(slot.capitalize(), *concept_links(collection, concepts)) for slot, concepts in scope.items()]


def _positions(collection: Collection, positions: Iterable[Position]) -> list[Text]:
    return [_figure(collection, one.aspect, one.value.replace("-", " ")) for one in positions]


def _figure(collection: Collection, aspect: str, told: str, *, note: str | None = None) -> Text:
    text = f"{collection.lexicon.label(aspect)}: {told}"
    return link("concept", aspect, text, note=note) if aspect in collection.lexicon else Text(text=text, note=note)


def _in_force(p: Proposition) -> str | None:
    if not (p.valid_from or p.valid_until):
        return None
    return f"from {p.valid_from or 'the beginning'} to {p.valid_until or 'now'}"
