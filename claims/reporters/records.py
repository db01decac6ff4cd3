"""One record with everything linked to it, as text for ``show`` and ``where-used``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from claims.conflicts import Conflict
from claims.evidence_table import interval_text, result_text
from claims.lexicon import Concept
from claims.propositions import Proposition
from claims.query import Link
from claims.reporters.layout import Screen, clean, columns, plural
from claims.reporters.standing import said_of_works
from claims.resting import Passage
from claims.sources import Claim, Source
from claims.standing import Change, claim_as_it_stands
from evidence.bibliography import Reference
from evidence.standing import Standing
from evidence.studies import Finding, amount, number_text

if TYPE_CHECKING:
    from claims.collection import Collection

# A link, and the title of the record that names.
Named = tuple[Link, str]


def render_record(collection: Collection, kind: str, key: str, used_by: Sequence[Named], screen: Screen) -> str:
    """The record ``key`` of that kind. ``used_by`` are the records that name it directly, with their titles."""
    title, fields = _fields(collection, kind, key)
    lines = [f"{screen.style(key, 'bold')}  {screen.style(kind, 'dim')}", screen.wrap(title), ""]
    for name, value in fields:
        if value:
            lines.append(screen.wrap(value, indent=18, first=f"  {name}"))
    if used_by:
        lines += ["", screen.style("named by", "bold"), *_link_lines(used_by, screen)]
    return "\n".join(lines)


class Users(msgspec.Struct, frozen=True, kw_only=True):
    """What rests on a record. ``standing`` is ``None`` while its work is current; ``changed`` is what a retraction
    turned; ``passages`` are those of the pages that were checked, ``None`` when none were."""

    standing: Standing | None
    links: Sequence[Named]
    changed: tuple[Change, ...] = ()
    passages: tuple[Passage, ...] | None = None


def render_users(kind: str, key: str, title: str, users: Users, screen: Screen) -> str:
    """Everything that rests on a record: how many of each kind, then each with the link that leads to it."""
    owners: dict[str, set[str]] = {}
    for link, _ in users.links:
        owners.setdefault(link.kind, set()).add(link.owner)
    total = ", ".join(plural(len(ids), k) for k, ids in owners.items()) or "nothing in the library"
    lines = [f"{screen.style(key, 'bold')}  {screen.style(kind, 'dim')}", screen.wrap(title)]
    if users.standing:
        lines.append(screen.style(screen.wrap(standing_text(users.standing)), "error"))
    if users.changed:
        lines += ["", "no longer as curated"]
        lines += columns(screen, [(f"  {c.kind}", c.id, f"{c.was}, now {c.now}") for c in users.changed])
    lines += ["", f"used by {total}", *_link_lines(users.links, screen)]
    if users.passages is not None:
        lines += ["", f"{plural(len(users.passages), 'passage')} of the pages"]
        lines += [line for passage in users.passages for line in _passage_lines(passage, screen)]
    return "\n".join(lines)


def _passage_lines(passage: Passage, screen: Screen) -> Iterator[str]:
    at = passage.place or f"{passage.line}:{passage.column}"
    place = screen.style(clean(f"{passage.path}:{at}".replace("\n", " ")), "bold")
    yield f"  {place}  {screen.style(passage.verdict, passage.verdict)}  {' '.join(passage.rules)}".rstrip()
    yield screen.wrap(f"“{' '.join(passage.text.split())}”", indent=6, first="      ")
    yield screen.wrap(passage.reason, indent=6, first="      ")


def standing_text(standing: Standing) -> str:
    """All that is known of how a work stands: the notice, who told of it, when it was asked, the curator's note."""
    by = ", ".join(
        part
        for part in (
            str(standing),
            f"notice doi:{standing.doi}" if standing.doi else "",
            f"told by {standing.source}" if standing.source else "",
            f"verified {standing.checked}" if standing.checked else "",
        )
        if part
    )
    return f"{by}: {standing.note}" if standing.note else by


def _link_lines(links: Iterable[Named], screen: Screen) -> list[str]:
    lines: list[str] = []
    for link, title in links:
        owner = screen.style(link.owner, "bold")
        lines += [
            f"  {screen.style(link.kind, 'dim')}  {owner}  {link.relation} {link.target}",
            screen.wrap(title, indent=6, first="      "),
        ]
    return lines


def _fields(collection: Collection, kind: str, key: str) -> tuple[str, list[tuple[str, str]]]:
    match kind:
        case "claim":
            return _claim(collection, collection.claims[key])
        case "proposition":
            return _proposition(collection, collection.propositions[key])
        case "finding":
            return _finding(collection, collection.library.findings[key])
        case "reference":
            return _reference(collection, collection.library.references[key])
        case "conflict":
            return _conflict(collection, next(c for c in collection.conflicts if c.id == key))
        case "source":
            return _source(collection.sources[key])
        case _:
            return _concept(collection, key, collection.lexicon[key])


def _claim(collection: Collection, claim: Claim) -> tuple[str, list[tuple[str, str]]]:
    source = collection.sources[claim.source]
    stands = claim_as_it_stands(claim, collection.library)
    was = f", {claim.verdict} when it was curated" if stands.verdict != claim.verdict else ""
    fields = [
        (
            "verdict",
            f"{stands.verdict}{was}"
            + (f" (a careful reader could also say {', '.join(claim.also)})" if claim.also else ""),
        ),
        ("why", stands.reason),
        ("rules", ", ".join(f"{hit.code} {_rule_name(hit.message)}" for hit in stands.rules)),
        *(("works", message) for message in said_of_works(stands.rules, stands.reason)),
        ("missing", ", ".join(stands.missing)),
        ("better", stands.suggestion or ""),
        ("source", f"{source.id} {source.title}, characters {claim.start} to {claim.end}, begins “{claim.anchor}”"),
        ("category", f"{claim.category}, importance {claim.importance}, {claim.scope}"),
        *((slot, ", ".join(collection.lexicon.label(c) for c in concepts)) for slot, concepts in claim.slots.items()),
        ("wording", f"{claim.certainty}, {claim.polarity}"),
        *(
            ("figure", f"{collection.lexicon.label(q.aspect)}: {amount(q.low, q.high, q.unit)}")
            for q in claim.quantities
        ),
        *(("position", f"{collection.lexicon.label(p.aspect)}: {p.value}") for p in claim.positions),
        ("cites", ", ".join(claim.references)),
        *(("proposition", f"{p}: {collection.propositions[p].statement}") for p in claim.propositions),
        *((link.stance, _evidence(collection, link.finding)) for link in claim.evidence),
    ]
    fields += [("conflict", f"{c.id}: {c.explanation}") for c in collection.conflicts if claim.id in c.claims]
    return claim.paraphrase, fields


def _proposition(collection: Collection, p: Proposition) -> tuple[str, list[tuple[str, str]]]:
    fields = [
        ("standing", f"{p.polarity}, certainty {p.certainty}, importance {p.importance}, {p.category}"),
        (
            "in force",
            f"from {p.valid_from or 'the beginning'} to {p.valid_until or 'now'}"
            if p.valid_from or p.valid_until
            else "",
        ),
        *((slot, ", ".join(collection.lexicon.label(c) for c in concepts)) for slot, concepts in p.scope.items()),
        *(
            (
                "carries",
                f"{collection.lexicon.label(v.aspect)}: {amount(v.low, v.high, v.unit)}"
                + (f" at {v.time}" if v.time else "")
                + (f" ({v.note})" if v.note else ""),
            )
            for v in p.values
        ),
        *(("position", f"{collection.lexicon.label(x.aspect)}: {x.value}") for x in p.positions),
        ("needs", ", ".join(p.requires)),
        *(("wording", w.text) for w in p.wordings),
        *(("bent", f"{d.kind}: {d.change} — {d.verdict}: {d.reason}") for d in p.distortions),
        *((link.stance, _evidence(collection, link.finding)) for link in p.evidence),
        ("note", p.note or ""),
        ("reviewed", f"{p.reviewed}, next by {p.review_by}"),
    ]
    return p.statement, fields


def _finding(collection: Collection, finding: Finding) -> tuple[str, list[tuple[str, str]]]:
    study = collection.library.studies[finding.key]
    scope = [(s, study.scope_of(finding, s)) for s in ("intervention", "route", "population", "comparator")]
    fields = [
        (
            "outcome",
            collection.lexicon.label(finding.outcome)
            + (f" on {collection.lexicon.label(finding.measure)}" if finding.measure else ""),
        ),
        ("result", f"{result_text(finding)} ({finding.statistic})".strip()),
        ("comparator", amount(finding.comparator_value, finding.comparator_value, finding.unit)),
        ("interval", interval_text(finding)),
        ("p", finding.p or ""),
        ("time", str(finding.time) if finding.time else ""),
        ("direction", finding.direction or ""),
        *((slot, ", ".join(collection.lexicon.label(c) for c in concepts)) for slot, concepts in scope),
        ("species", collection.lexicon.label(finding.species)),
        ("stands in", f"{finding.locator}; verified: {finding.verified}"),
        ("note", finding.note or ""),
        ("study", f"{study.bibkey}: {collection.library.references[study.bibkey].citation}"),
    ]
    return finding.summary, fields


def _reference(collection: Collection, reference: Reference) -> tuple[str, list[tuple[str, str]]]:
    study = collection.library.studies[reference.key]
    dose = amount(study.dose.low, study.dose.high, study.dose.unit) if study.dose else ""
    sessions = amount(study.sessions.low, study.sessions.high, "sessions") if study.sessions else ""
    fields = [
        (
            "design",
            f"{study.design}" + (f", {study.masking}" if study.masking else "") + f"; evidence level {study.level}",
        ),
        ("", study.design_note or ""),
        ("people", number_text(study.n)),
        ("population", ", ".join(collection.lexicon.label(c) for c in study.population)),
        ("", study.population_note or ""),
        ("intervention", ", ".join(collection.lexicon.label(c) for c in (*study.intervention, *study.route))),
        ("regimen", "; ".join(part for part in (dose, sessions, study.regimen_note) if part)),
        ("comparator", ", ".join(collection.lexicon.label(c) for c in study.comparator)),
        ("funding", study.funding),
        *(("limitation", text) for text in study.limitations),
        ("status", standing_text(collection.library.standing(reference.key))),
        ("record", f"citation {study.citation}; verified: {study.verified}; entered {study.curated}"),
        ("note", study.note or ""),
        *(("finding", f"{f.id}: {f.summary} ({f.locator}, verified: {f.verified})") for f in study.findings),
    ]
    return reference.citation, fields


def _conflict(collection: Collection, conflict: Conflict) -> tuple[str, list[tuple[str, str]]]:
    fields = [
        ("kind", f"{conflict.kind}, severity {conflict.severity}, {'computed' if conflict.computed else 'curated'}"),
        ("topic", collection.lexicon.label(conflict.topic)),
    ]
    for claim_id in conflict.claims:
        claim = collection.claims[claim_id]
        verdict = claim_as_it_stands(claim, collection.library).verdict
        fields.append((claim_id, f"{claim.paraphrase} ({verdict}; {collection.sources[claim.source].title})"))
    return conflict.explanation, fields


def _source(source: Source) -> tuple[str, list[tuple[str, str]]]:
    return source.title, [
        ("publisher", source.publisher),
        ("date", f"{source.date or 'not given'}" + (f" ({source.date_note})" if source.date_note else "")),
        ("text", f"{source.file}, {source.words} words, sha256 {source.sha256}"),
        ("claims", str(len(source.claims))),
        *((f"item {item.number}", item.reference) for item in source.references),
    ]


def _concept(collection: Collection, key: str, concept: Concept) -> tuple[str, list[tuple[str, str]]]:
    return concept.label, [
        ("slot", concept.slot),
        ("words", ", ".join(concept.synonyms)),
        ("kind of", ", ".join(concept.broader)),
        ("kinds", ", ".join(sorted(collection.lexicon.narrower(key) - {key}))),
        ("MeSH", concept.mesh or ""),
        ("positions", ", ".join(concept.positions)),
    ]


def _evidence(collection: Collection, finding_id: str) -> str:
    finding = collection.library.findings[finding_id]
    work = collection.library.references[finding.key].short
    standing = collection.library.not_current.get(finding.key)
    told = f", {standing}" if standing else ""
    return f"{finding_id}: {finding.summary} — {work} ({finding.locator}{told})"


def _rule_name(message: str) -> str:
    return message.split(":", 1)[0]
