"""Which work of the bibliography a written reference means: by identifier, else by title, journal, year and authors.

A work that is not in the bibliography must come out unresolved, so likeness alone never resolves: what a reference says
and what the work is may not part. Where they do, or where two works fit, the answer is *ambiguous* with the reason.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from evidence.comparing_works import Comparison, compare_cited, compare_titled
from evidence.known_works import Known
from evidence.words import words_of
from evidence.written import Written

if TYPE_CHECKING:
    from evidence.bibliography import Reference
    from evidence.identifiers import IdentifierKind

Status = Literal["resolved", "ambiguous", "unresolved"]

_MARKS: Final[tuple[IdentifierKind, ...]] = ("doi", "pmid", "pmcid")
_TITLE_CANDIDATES: Final = 8
_COVERED: Final = 0.55  # share of a title's words, by weight, that a text must hold to be compared with it
_MOST_CANDIDATES: Final = 5
_SPEAKING: Final = 4  # letters of a word that can tell works apart
_RARE: Final = 0.27  # of 1, the weight of a word that one work has; what a quarter of the works share tells nothing
_TELLING: Final = 0.7  # what the words that point to one work must weigh
_AHEAD: Final = 2.0  # and how many times as much as those of the next
_SURELY: Final = 0.05  # how far the best work must be ahead of the next


class Resolution(msgspec.Struct, frozen=True, kw_only=True):
    """What a written reference means.

    ``reference`` is a bib key, ``None`` unless resolved. ``score`` runs from 0 to 1. ``candidates`` are bib keys, best
    first: of an ambiguous reference those it may mean, of a resolved one none. ``disagrees``: an identifier is of one
    work and the words are another's.
    """

    status: Status
    reference: str | None = None
    score: float = 0.0
    reason: str
    candidates: tuple[str, ...] = ()
    doi: str | None = None
    pmid: str | None = None
    disagrees: bool = False

    def because(self, score: float, reason: str) -> Resolution:
        """The same work, for another reason."""
        return msgspec.structs.replace(self, score=score, reason=reason)


class Resolver:
    """An index over a bibliography. Immutable; one look-up costs the same however long the bibliography is, but for
    the few works that share rare words with the text.

    ``about`` holds for a bib key what is known of the work beside its title; it tells two works of one author and year
    apart.
    """

    def __init__(self, references: Mapping[str, Reference], about: Mapping[str, str] | None = None) -> None:
        self._references = dict(references)
        self._about_texts = about or {}
        self._known = {key: Known(reference) for key, reference in references.items()}
        self._by_mark: dict[tuple[str, str], str] = {}
        for key, reference in references.items():
            for kind, value in (("doi", reference.doi), ("pmid", reference.pmid), ("pmcid", reference.pmcid)):
                if value:
                    self._by_mark.setdefault((kind, value), key)
        self._by_lower_key = {key.lower(): key for key in references}

    @cached_property
    def _postings(self) -> dict[str, list[str]]:
        postings: dict[str, list[str]] = defaultdict(list)
        for key, known in self._known.items():
            for word in known.title_words:
                postings[word].append(key)
        return dict(postings)

    @cached_property
    def _weights(self) -> dict[str, float]:
        total = max(2, len(self._known))
        return {word: math.log(1 + total / len(keys)) for word, keys in self._postings.items()}

    @cached_property
    def _lightest(self) -> dict[str, float]:
        return {key: known.weight(self._weights) for key, known in self._known.items()}

    @cached_property
    def _by_author(self) -> dict[tuple[str, int], list[str]]:
        index: dict[tuple[str, int], list[str]] = defaultdict(list)
        for key, known in self._known.items():
            for mark in known.author_marks if known.reference.year else ():
                index[mark, known.reference.year or 0].append(key)
        return dict(index)

    @cached_property
    def _by_page(self) -> dict[tuple[str, int], list[str]]:
        index: dict[tuple[str, int], list[str]] = defaultdict(list)
        for key, known in self._known.items():
            if known.first_page and known.reference.year:
                index[known.first_page, known.reference.year].append(key)
        return dict(index)

    @cached_property
    def _author_marks(self) -> set[str]:
        return {mark for known in self._known.values() for mark in known.author_marks}

    def knows_author(self, family: str) -> bool:
        """Whether any work's first author has this family name."""
        words = words_of(family)
        return bool(words) and words[-1].folded in self._author_marks

    def works_of(self, year: int, *, journal: str | None = None) -> tuple[str, ...]:
        """The works of a year, those of one journal where it is given."""
        return tuple(
            key for key in self._by_year.get(year, ()) if journal is None or self._known[key].is_in(words_of(journal))
        )

    @cached_property
    def _by_year(self) -> dict[int, list[str]]:
        index: dict[int, list[str]] = defaultdict(list)
        for key, known in self._known.items():
            if known.reference.year:
                index[known.reference.year].append(key)
        return dict(index)

    def by_key(self, key: str) -> Resolution:
        """A citation key: a bib key, or ``doi:…`` or ``pmid:…``."""
        written = Written(key.replace(":", ": ", 1)) if key.lower().startswith(("doi:", "pmid:", "pmcid:")) else None
        if written and written.is_identified:
            return self.resolve(key.replace(":", ": ", 1))
        if key in self._references:
            return self._resolved(key, 1.0, "by bib key")
        other = self._by_lower_key.get(key.lower())
        if other:
            return _ambiguous((other,), 0.8, f"the key is written {other} in the bibliography")
        return Resolution(status="unresolved", reason=f"no work has the key {key}")

    def resolve(self, text: str) -> Resolution:
        """What a written reference (an entry of a list, an identifier, a link) means."""
        written = Written(text)
        marks = [(kind, value) for kind in _MARKS for value in written.identifiers(kind)]
        hits = {self._by_mark[mark]: mark for mark in marks if mark in self._by_mark}
        if hits:
            found = self._by_identifier(written, hits)
        else:
            found = self._by_words(written)
            if marks:
                found = self._unknown_identifier(found, marks[0])
        doi, pmid = next(iter(written.identifiers("doi")), None), next(iter(written.identifiers("pmid")), None)
        return msgspec.structs.replace(found, doi=found.doi or doi, pmid=found.pmid or pmid)

    def _by_identifier(self, written: Written, hits: Mapping[str, tuple[str, str]]) -> Resolution:
        if len(hits) > 1:
            named = " and ".join(f"{_shown(mark)} is {key}" for key, mark in hits.items())
            return _ambiguous(tuple(hits), 0.5, f"the identifiers are of different works: {named}", disagrees=True)
        ((key, mark),) = hits.items()
        own = self._known[key]
        titled, cited = compare_titled(written, own), compare_cited(written, own)
        if titled.fits or cited.fits or not cited.parts_from(titled):
            return self._resolved(key, 1.0, f"by {_shown(mark)}")
        other = self._by_words(written)
        if other.reference == key:
            return self._resolved(key, 1.0, f"by {_shown(mark)}")
        if other.reference is not None:
            reason = f"{_shown(mark)} is {own.name}, but the words are those of {other.reference}"
            return _ambiguous((key, other.reference), 0.5, reason, disagrees=True)
        return _ambiguous((key,), 0.6, f"{_shown(mark)} is {own.name}, but {cited.differing(titled)}", disagrees=True)

    def _unknown_identifier(self, found: Resolution, mark: tuple[str, str]) -> Resolution:
        """What the words mean, where the identifier that stands with them is no known work's."""
        if found.reference is None:
            reason = f"{_shown(mark)} is not in the bibliography"
            tail = f"; {found.reason}" if found.candidates else ""
            return msgspec.structs.replace(found, reason=reason + tail)
        own = getattr(self._references[found.reference], mark[0])
        if own is None:
            return msgspec.structs.replace(found, reason=f"{found.reason}; {_shown(mark)} is not on record there")
        reason = f"the words are those of {found.reference}, but its {mark[0].upper()} is {own}, not {mark[1]}"
        return _ambiguous((found.reference,), 0.5, reason, disagrees=True)

    def _by_words(self, written: Written) -> Resolution:
        titled = [compare_titled(written, self._known[key]) for key in self._near_titles(written)]
        found = self._best([c for c in titled if c.fits], [c for c in titled if c.may_fit])
        if found is not None:
            return found
        cited = [compare_cited(written, self._known[key]) for key in self._near_authors(written)]
        found = self._best([c for c in cited if c.fits], [c for c in cited if c.may_fit])
        if found is not None:
            return found
        return Resolution(status="unresolved", reason="no work of the bibliography fits")

    def _best(self, fitting: Sequence[Comparison], near: Sequence[Comparison]) -> Resolution | None:
        if fitting:
            ranked = sorted(fitting, key=lambda c: (-c.score, c.key))
            tied = [c for c in ranked if c.score >= ranked[0].score - _SURELY]
            if len(tied) > 1:
                names = tuple(c.key for c in tied)
                return _ambiguous(names, ranked[0].score, f"{len(names)} works fit equally: {', '.join(names)}")
            return self._resolved(ranked[0].key, ranked[0].score, ranked[0].reason)
        if near:
            ranked = sorted(near, key=lambda c: (-c.score, c.key))
            return _ambiguous(tuple(c.key for c in ranked), ranked[0].score, ranked[0].reason)
        return None

    def _near_titles(self, written: Written) -> list[str]:
        held: dict[str, float] = defaultdict(float)
        for word in {word.folded for word in written.words}:
            for key in self._postings.get(word, ()):
                held[key] += self._weights[word]
        near = [key for key, weight in held.items() if weight >= _COVERED * self._lightest[key]]
        return sorted(near, key=lambda key: (-held[key], key))[:_TITLE_CANDIDATES]

    def _near_authors(self, written: Written) -> list[str]:
        years = written.years()
        names = {word.folded for word in written.words[:40]}
        indexes = (self._by_author, self._by_page)
        keys = [k for year in years for name in sorted(names) for index in indexes for k in index.get((name, year), ())]
        return list(dict.fromkeys(keys))

    def by_authors(self, families: Sequence[str], year: int, *, others: bool, context: str = "") -> Resolution:
        """A citation by author and year. ``others``: it says et al. ``context`` is what else the sentence says, to tell
        two works of one author and year apart."""
        if not families:
            return Resolution(status="unresolved", reason="no author is named")
        wanted = [tuple(word.folded for word in words_of(name)) for name in families]
        last = wanted[0][-1] if wanted[0] else ""
        keys = [k for k in self._by_author.get((last, year), ()) if self._known[k].is_by(wanted, others=others)]
        if not keys:
            near = list(self._by_author.get((last, year), ()))
            reason = f"no work of the bibliography is by {families[0]}, {year}"
            if near:
                reason = f"{near[0]} has the same first author and year, but other authors"
            if near and len(families) == 1:
                return _ambiguous(near, 0.5, reason)
            return Resolution(status="unresolved", reason=reason, candidates=tuple(near[:_MOST_CANDIDATES]))
        if len(keys) == 1:
            return self._resolved(keys[0], 0.85, "the only work of that author and year")
        return self._told_apart(keys, context, f"{len(keys)} works of that author and year")

    def by_journal(self, journal: str, year: int, context: str) -> Resolution:
        """A citation by journal and year only; it is resolved when what the sentence says points to one work."""
        keys = list(self.works_of(year, journal=journal))
        if not keys:
            return Resolution(status="unresolved", reason=f"no work of {journal}, {year} is in the bibliography")
        return self._told_apart(keys, context, f"{len(keys)} work{'s' * (len(keys) > 1)} of that journal and year")

    def _told_apart(self, keys: Sequence[str], context: str, what: str) -> Resolution:
        words = {word.folded for word in words_of(context)}
        ranked = sorted(((self._shared(key, words), key) for key in keys), key=lambda pair: (-pair[0], pair[1]))
        best = ranked[0][0]
        second = ranked[1][0] if len(ranked) > 1 else 0.0
        if best >= _TELLING and best >= _AHEAD * second:
            return self._resolved(ranked[0][1], 0.7, f"{what}; the sentence speaks of this one's subject")
        return _ambiguous(tuple(key for _, key in ranked), 0.5, f"{what}, and nothing tells which is meant")

    @cached_property
    def _about(self) -> dict[str, frozenset[str]]:
        """The words of each work's title and of what else is known of it."""
        return {
            key: known.title_words | {word.folded for word in words_of(self._about_texts.get(key, ""))}
            for key, known in self._known.items()
        }

    @cached_property
    def _rarity(self) -> dict[str, float]:
        counts = Counter(word for words in self._about.values() for word in words)
        total = math.log(1 + len(self._about))
        return {
            word: math.log(1 + len(self._about) / count) / total
            for word, count in counts.items()
            if len(word) >= _SPEAKING
        }

    def _shared(self, key: str, words: set[str]) -> float:
        """How much of a work's rarer words stand in a sentence."""
        shared = (self._rarity.get(word, 0.0) for word in self._about[key] & words)
        return sum(weight for weight in shared if weight > _RARE)

    def _resolved(self, key: str, score: float, reason: str) -> Resolution:
        reference = self._references[key]
        return Resolution(
            status="resolved",
            reference=key,
            score=round(score, 2),
            reason=reason,
            doi=reference.doi,
            pmid=reference.pmid,
        )


def _ambiguous(keys: Iterable[str], score: float, reason: str, *, disagrees: bool = False) -> Resolution:
    return Resolution(
        status="ambiguous",
        score=round(score, 2),
        reason=reason,
        candidates=tuple(keys)[:_MOST_CANDIDATES],
        disagrees=disagrees,
    )


def _shown(mark: tuple[str, str]) -> str:
    return f"doi:{mark[1]}" if mark[0] == "doi" else mark[1] if mark[0] == "pmcid" else f"PMID {mark[1]}"
