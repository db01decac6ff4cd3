"""What the full-text index holds of each record: a title, and the words by which a person would look for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from claims.collection import Collection
    from claims.propositions import Scope

# The first synonyms are the usual names; the many ways copy puts it would only blur the ranking.
_NAMES = 6
_WORD = re.compile(r"[^\W\d_]{4,}")


class SearchRow(NamedTuple):
    """One row of the index; ``kind`` is claim, proposition, finding, reference, concept or conflict."""

    kind: str
    id: str
    title: str
    body: str

    @property
    def words(self) -> set[str]:
        """The longer words of the row, in lower case, for suggestions on misspelt queries."""
        return {word.lower() for word in _WORD.findall(f"{self.title} {self.body}")}


def search_rows(collection: Collection) -> Iterator[SearchRow]:
    """Index rows of every record, in a fixed order."""
    library, lexicon = collection.library, collection.lexicon

    def named(concepts: Iterable[str]) -> str:
        known = [lexicon[c] for c in dict.fromkeys(concepts) if c in lexicon]
        return " ; ".join(word for concept in known for word in (concept.label, *concept.synonyms[:_NAMES]))

    def scoped(scope: Scope) -> str:
        return named(concept for _, concepts in scope.items() for concept in concepts)

    for claim in collection.claims.values():
        yield SearchRow("claim", claim.id, claim.paraphrase, f"{claim.reason} {claim.category} {scoped(claim.slots)}")
    for proposition in collection.propositions.values():
        body = " ".join((*(w.text for w in proposition.wordings), proposition.category, scoped(proposition.scope)))
        yield SearchRow("proposition", proposition.id, proposition.statement, body)
    for study in library.studies.values():
        for finding in study.findings:
            concepts = (finding.outcome, finding.measure or "", *study.scope_of(finding, "population"))
            concepts += (*study.scope_of(finding, "intervention"), *study.scope_of(finding, "route"))
            yield SearchRow("finding", finding.id, finding.summary, f"{finding.key} {named(concepts)}")
    for reference in library.references.values():
        identifiers = " ".join(filter(None, (reference.doi, reference.pmid, reference.pmcid)))
        people, place = " ".join(reference.people), f"{reference.container or ''} {reference.year or ''}"
        body = f"{reference.key} {people} {place} {identifiers}"
        yield SearchRow("reference", reference.key, reference.title, body)
    for key, concept in lexicon.concepts.items():
        yield SearchRow("concept", key, concept.label, f"{concept.slot} {' '.join(concept.synonyms)}")
    for conflict in collection.conflicts:
        yield SearchRow(
            "conflict", conflict.id, conflict.explanation, f"{conflict.kind} {lexicon.label(conflict.topic)}"
        )
