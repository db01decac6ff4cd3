"""Evidence tables: findings of one outcome as rows a researcher can paste into a review."""

from __future__ import annotations

from collections.abc import Set
from typing import TYPE_CHECKING, Final

import msgspec

from evidence.problems import UsageError
from evidence.studies import amount, number_text

if TYPE_CHECKING:
    from claims.collection import Collection
    from evidence.studies import Finding, Study

COLUMNS: Final = (
    "study",
    "design",
    "level",
    "n",
    "population",
    "intervention",
    "comparator",
    "outcome",
    "time",
    "result",
    "comparator result",
    "interval",
    "p",
    "finding",
    "locator",
    "verified",
    "summary",
    "standing",
)


class EvidenceRow(msgspec.Struct, frozen=True, kw_only=True):
    """One finding as a table row; every cell is text, empty when the study did not give it.

    ``standing`` is empty while the work is current.
    """

    study: str
    design: str
    level: str
    n: str
    population: str
    intervention: str
    comparator: str
    outcome: str
    time: str
    result: str
    comparator_result: str
    interval: str
    p: str
    finding: str
    locator: str
    verified: str
    reference: str
    summary: str
    standing: str
    low: float | None
    high: float | None
    unit: str | None

    def cells(self) -> tuple[str, ...]:
        """The cells in the order of ``COLUMNS``."""
        return tuple(getattr(self, column.replace(" ", "_")) for column in COLUMNS)


def evidence_table(
    collection: Collection,
    *,
    outcome: str | None = None,
    intervention: str | None = None,
    route: str | None = None,
    population: str | None = None,
    species: str | None = None,
) -> list[EvidenceRow]:
    """Findings that match every given concept (narrower concepts too), soundest design first, then by study.

    Raises UsageError for an id that is no concept of its slot.
    """
    wanted = {
        "outcome": outcome,
        "intervention": intervention,
        "route": route,
        "population": population,
        "species": species,
    }
    filters = {slot: _narrower(collection, slot, concept) for slot, concept in wanted.items() if concept is not None}
    rows: list[tuple[str, str, int, EvidenceRow]] = []
    for study in collection.library.studies.values():
        for finding in study.findings:
            if all(_concepts(study, finding, slot) & allowed for slot, allowed in filters.items()):
                rows.append((study.level, study.bibkey.lower(), len(rows), _row(collection, study, finding)))
    return [row for *_, row in sorted(rows, key=lambda r: r[:3])]


def evidence_rows(collection: Collection, findings: Set[str]) -> list[EvidenceRow]:
    """These findings as rows, soundest design first, then by study. Ids that are no finding's are passed over."""
    known = collection.library
    chosen = [finding for key, finding in known.findings.items() if key in findings]
    rows = [_row(collection, known.studies[finding.key], finding) for finding in chosen]
    return sorted(rows, key=lambda row: (row.level, row.reference.lower()))


def _narrower(collection: Collection, slot: str, word: str) -> frozenset[str]:
    concept = collection.lexicon.resolve(slot, word)
    if concept is None:
        from rapidfuzz import process

        ids = list(collection.lexicon.of_slot(slot))
        near = [match for match, _, _ in process.extract(word, ids, limit=3, score_cutoff=50)]
        hint = f"; did you mean {', '.join(near)}?" if near else "; 'claimwise search --kind concept' lists them"
        raise UsageError(f"unknown {slot} '{word}'{hint}")
    return collection.lexicon.narrower(concept)


def _concepts(study: Study, finding: Finding, slot: str) -> set[str]:
    if slot in ("outcome", "species"):
        return {getattr(finding, slot)}
    return set(study.scope_of(finding, slot))


def _row(collection: Collection, study: Study, finding: Finding) -> EvidenceRow:
    def named(concepts: tuple[str, ...]) -> str:
        return ", ".join(collection.lexicon.label(c) for c in concepts)

    reference = collection.library.references[study.bibkey]
    standing = collection.library.not_current.get(study.bibkey)
    low, high = finding.bounds
    routes = named(study.scope_of(finding, "route"))
    drug = named(study.scope_of(finding, "intervention"))
    return EvidenceRow(
        study=reference.short,
        design=study.design + (f", {study.masking}" if study.masking else ""),
        level=study.level,
        n=number_text(study.n),
        population=named(study.scope_of(finding, "population")),
        intervention=f"{drug}, {routes}" if drug and routes else drug,
        comparator=named(study.scope_of(finding, "comparator")),
        outcome=collection.lexicon.label(finding.outcome),
        time=_time(finding),
        result=_result(collection, finding),
        comparator_result=amount(finding.comparator_value, finding.comparator_value, finding.unit),
        interval=interval_text(finding),
        p=f"p{finding.p if finding.p[:1] in '<>' else f'={finding.p}'}" if finding.p else "",
        finding=finding.id,
        locator=finding.locator,
        verified=finding.verified,
        reference=study.bibkey,
        summary=finding.summary,
        standing=str(standing) if standing else "",
        low=low,
        high=high,
        unit=finding.unit,
    )


_FROM: Final = {
    "dose": "after the dose",
    "last-dose": "after the last dose",
    "course-start": "from the start of the course",
    "course-end": "after the course",
    "randomisation": "after randomisation",
    "baseline": "from baseline",
    "birth": "of age",
    "event": "after the event",
}


def _time(finding: Finding) -> str:
    if finding.time is None:
        return ""
    tail = f" {_FROM[finding.time.origin]}" if finding.time.origin else ""
    if finding.time.low == finding.time.high == 0:
        return f"at once{tail}" if finding.time.origin != "course-end" else "end of the course"
    return f"{finding.time}{tail}"


def _result(collection: Collection, finding: Finding) -> str:
    """The result, named by its aspect where the outcome alone would not tell what the figure is."""
    text = result_text(finding)
    if text and finding.aspect and finding.unit != "%":
        return f"{collection.lexicon.label(finding.aspect)}: {text}"
    return text or "no figure"


_PLAIN_NUMBER: Final = frozenset({"ratio", "sd", "fold"})


def result_text(finding: Finding) -> str:
    """The result as printed: ``64%``, ``odds ratio 2.18``, ``2019-03-05``; empty for a statement."""
    if finding.date:
        return finding.date.isoformat()
    if finding.statistic == "date":
        return amount(*finding.bounds, None)
    if finding.unit in _PLAIN_NUMBER:
        number = amount(*finding.bounds, None)
        name = "ratio" if finding.statistic in ("proportion", "range") else finding.statistic.replace("-", " ")
        return f"{name} {number}" if number else ""
    return amount(*finding.bounds, finding.unit)


def interval_text(finding: Finding) -> str:
    """The confidence interval of the value and of the relative effect, as printed by the study."""
    parts = []
    if finding.ci:
        parts.append(
            f"{number_text(finding.ci.level)}% CI {number_text(finding.ci.low)} to {number_text(finding.ci.high)}"
        )
    if finding.effect:
        effect = finding.effect
        text = f"{effect.statistic.replace('-', ' ')} {number_text(effect.value)}"
        if effect.low is not None and effect.high is not None:
            text += f" (95% CI {number_text(effect.low)} to {number_text(effect.high)})"
        parts.append(text)
    return "; ".join(parts)
