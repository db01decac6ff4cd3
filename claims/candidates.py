"""Works that may bear on a claim: the question put to the search services, and what they found, ranked with reasons.

Ranking counts what a candidate's title and abstract name of the question's concepts and words, then its design. It says
nothing about what a work shows: that is for whoever reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from claims.cues import load_cues
from claims.folding import fold
from claims.tagging import Tagger
from evidence.lookup.designs import design_of
from evidence.lookup.works import Work
from evidence.vocabulary import EvidenceLevel, evidence_level

if TYPE_CHECKING:
    from claims.collection import Collection
    from claims.propositions import Scope
    from evidence.bibliography import Reference

# In the order in which a search that finds nothing gives them up, last first.
_SLOTS: Final = ("intervention", "population", "outcome", "route", "comparator", "measure")
_SYNONYMS: Final = 6  # enough for the usual names; a query has a bounded length
_CONCEPTS: Final = 5
_WORD = re.compile(r"[^\W\d_][\w'-]{3,40}")
_SEVERAL = re.compile(r", | or |/")
_EMPTY_TEXT: Final = """
about after also been before from have into more most much that their them then there these they this those very were
what when where which while will with within without your
"""
_EMPTY: Final = frozenset(_EMPTY_TEXT.split())
_WORDS: Final = 20
_BY_LEVEL: Final[Mapping[EvidenceLevel, float]] = {"1": 0.5, "2": 0.4, "3": 0.25, "4": 0.15, "guidance": 0.3}


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for: the words of a claim, and its concepts by slot."""

    text: str
    concepts: dict[str, tuple[str, ...]]

    @property
    def words(self) -> tuple[str, ...]:
        """The words that carry meaning, folded, each once."""
        folded = (fold(word) for word in _WORD.findall(self.text))
        return tuple(dict.fromkeys(word for word in folded if word not in _EMPTY))[:_WORDS]


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One work, with why it stands where it does. ``key`` is its bib key where the library has it."""

    title: str
    doi: str | None = None
    pmid: str | None = None
    authors: tuple[str, ...] = ()
    container: str | None = None
    year: int | None = None
    design: str | None = None
    level: EvidenceLevel | None = None
    types: tuple[str, ...] = ()
    key: str | None = None
    retracted: bool = False
    score: float
    why: tuple[str, ...]
    services: tuple[str, ...]


def question_about(collection: Collection, given: str) -> Question:
    """The question behind a claim's id, a proposition's id or a text."""
    if given in collection.propositions:
        proposition = collection.propositions[given]
        return Question(text=proposition.statement, concepts=_of_scope(proposition.scope))
    if given in collection.claims:
        claim = collection.claims[given]
        return Question(text=claim.paraphrase, concepts=_of_scope(claim.slots))
    named = _named(_tagger(collection), given)
    return Question(text=given, concepts={slot: named[slot] for slot in _SLOTS if slot in named})


def queries(question: Question, collection: Collection) -> tuple[str, ...]:
    """The question in PubMed's language, from the narrowest to the widest."""
    groups = []
    for concepts in question.concepts.values():
        words = dict.fromkeys(word for concept in concepts[:_CONCEPTS] for word in _names(collection, concept))
        if words:
            groups.append("(" + " OR ".join(f'"{word}"[tiab]' for word in words) + ")")
    if not groups:
        return (" ".join(question.words),) if question.words else ()
    return tuple(" AND ".join(groups[:count]) for count in range(len(groups), 0, -1))


def plain_query(question: Question, collection: Collection) -> str:
    """The question as plain words: the labels of its concepts, else its own words."""
    labels = [collection.lexicon.label(c) for concepts in question.concepts.values() for c in concepts[:2]]
    return " ".join(dict.fromkeys(_bare(label) for label in labels)) if len(labels) > 1 else " ".join(question.words)


def rank(question: Question, found: Iterable[Work], collection: Collection, *, limit: int) -> tuple[Candidate, ...]:
    """The works as candidates, best first; records of one work are one candidate, notices about others are left out."""
    tagger = _tagger(collection)
    groups = [group for group in _grouped(found) if not any(work.notice_of for work in group)]
    candidates = [_candidate(question, group, collection, tagger) for group in groups if group[0].title]
    candidates.sort(key=lambda c: (-c.score, -(c.year or 0), c.title))
    return tuple(candidates[:limit])


def _candidate(question: Question, group: Sequence[Work], collection: Collection, tagger: Tagger) -> Candidate:
    first = group[0]
    text = " ".join(part for work in group for part in (work.title, work.abstract) if part)
    types = tuple(dict.fromkeys(kind for work in group for kind in work.types))
    told = design_of(types)
    level = evidence_level(told[0]) if told else None
    wanted = [concept for concepts in question.concepts.values() for concept in concepts]
    named = [concept for concepts in _named(tagger, text).values() for concept in concepts]
    shared = [w for w in wanted if any(w in collection.lexicon.wider(concept) for concept in named)]
    words = set(_WORD.findall(fold(text)))
    common = [word for word in question.words if word in words]
    retracted = any(n.kind in ("retraction", "withdrawal") for work in group for n in work.notices)
    key = _key(group, collection.library.references.values())
    score = 2 * len(shared) / max(1, len(wanted)) + len(common) / max(1, len(question.words))
    score += _BY_LEVEL.get(level, 0.0) if level else 0.0
    why = [
        f"names {', '.join(_bare(collection.lexicon.label(concept)) for concept in shared)}" if shared else "",
        f"shares the words {', '.join(common)}" if common else "",
        f"{told[0]}, level {level} (typed {told[1]})" if told else "no service tells its design",
        "has been retracted" if retracted else "",
        f"in the library as {key}" if key else "",
    ]
    return Candidate(
        title=first.title or "",
        doi=next((work.doi for work in group if work.doi), None),
        pmid=next((work.pmid for work in group if work.pmid), None),
        authors=first.authors,
        container=first.container,
        year=first.year,
        design=told[0] if told else None,
        level=level,
        types=types,
        key=key,
        retracted=retracted,
        score=round(score - (3 if retracted else 0), 3),
        why=tuple(reason for reason in why if reason),
        services=tuple(dict.fromkeys(work.service for work in group)),
    )


def _grouped(works: Iterable[Work]) -> list[list[Work]]:
    """Records of one work together, by DOI or PMID, in the order in which the works were first met."""
    places: dict[str, list[Work]] = {}
    groups: list[list[Work]] = []
    for work in works:
        marks = [mark for mark in (work.doi, work.pmid) if mark]
        group = next((places[mark] for mark in marks if mark in places), None)
        if group is None:
            group = []
            groups.append(group)
        group.append(work)
        for mark in marks:
            places.setdefault(mark, group)
    return groups


def _key(group: Sequence[Work], references: Iterable[Reference]) -> str | None:
    marks = {mark for work in group for mark in (work.doi, work.pmid) if mark}
    return next((r.key for r in references if marks & {r.doi, r.pmid}), None)


def _of_scope(scope: Scope) -> dict[str, tuple[str, ...]]:
    given = dict(scope.items())
    return {slot: given[slot] for slot in _SLOTS if slot in given}


def _tagger(collection: Collection) -> Tagger:
    return Tagger.of(collection.lexicon, load_cues())


def _named(tagger: Tagger, text: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for mention in tagger.tag(text).mentions:
        found.setdefault(mention.slot, {}).update(dict.fromkeys(mention.concepts))
    return {slot: tuple(concepts) for slot, concepts in found.items()}


def _names(collection: Collection, concept_id: str) -> Iterator[str]:
    """The words to search a concept by. A label may name several things ("rest or sleep, naps"); each is a word."""
    concept = collection.lexicon.concepts.get(concept_id)
    if concept is not None:
        words = (*_SEVERAL.split(concept.label), *concept.synonyms[: _SYNONYMS - 1])
        yield from (bare for word in words if (bare := _bare(word)))


def _bare(text: str) -> str:
    """A name without what a label adds in brackets, and without signs of a query language."""
    return " ".join(re.sub(r"\([^()]*\)|[\"\[\]():*]", " ", text).split())
