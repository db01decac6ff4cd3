"""What a look over a bibliography finds: entries that are perhaps one work, and fields an entry of its type lacks.

Only told, never mended: whether two like titles are one work is for a curator to say.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from evidence.bibliography import Reference, family_name, work_title

_ALIKE: Final = 92.0  # of 100: a word more or less in a title of ten
_RAREST: Final = 4  # words of a title that find the titles to compare it with
_COMMON: Final = 60  # a word in more titles than this finds none
_DIGITS = re.compile(r"[0-9]+")

# What an entry of the type should have; a container is named as its field is.
_NEEDED: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "article": (("authors", "author"), ("container", "journal"), ("year", "year")),
    "book": (("authors", "author"), ("container", "publisher"), ("year", "year")),
    "incollection": (("authors", "author"), ("container", "booktitle"), ("year", "year")),
    "techreport": (("authors", "author"), ("container", "institution"), ("year", "year")),
    "phdthesis": (("authors", "author"), ("container", "institution"), ("year", "year")),
    "unpublished": (("authors", "author"), ("note", "note")),
    "online": (("url", "url"),),
    "misc": (("year", "year"),),
}


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """Two entries that are perhaps one work: the later one's key first, why, and the likeness of the titles (0-100)."""

    key: str
    other: str
    reason: str
    score: float
    line: int


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """An entry that lacks fields of its type. ``unmarked`` means that it has no DOI, PMID, PMCID or address either."""

    key: str
    kind: str
    missing: tuple[str, ...]
    unmarked: bool
    line: int


def find_alike(references: Mapping[str, Reference]) -> list[Pair]:
    """Pairs of entries with one title, or nearly one, that their identifiers do not make the same entry already.

    Titles are compared only when they share one of their rarest words, so that a large file takes little time.
    """
    from rapidfuzz import fuzz

    titles = {key: work_title(reference.title) for key, reference in references.items() if reference.title}
    pairs = []
    for first, second in _candidates(titles):
        score = fuzz.ratio(titles[first], titles[second], score_cutoff=_ALIKE)
        reason = _reason(references[first], references[second], titles) if score else None
        if reason:
            line = references[second].line
            pairs.append(Pair(key=second, other=first, reason=reason, score=round(score, 1), line=line))
    return sorted(pairs, key=lambda pair: (pair.line, pair.other))


def _candidates(titles: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    words = {key: sorted(set(title.split())) for key, title in titles.items()}
    counts = Counter(word for own in words.values() for word in own)
    holders: dict[str, list[str]] = defaultdict(list)
    seen: set[tuple[str, str]] = set()
    exact: dict[str, str] = {}
    for key, own in words.items():
        # Titles of common words only are still found when they are equal.
        first = exact.setdefault(titles[key], key)
        if first is not key:
            seen.add((first, key))
            yield first, key
        rare = sorted((word for word in own if counts[word] <= _COMMON), key=lambda word: (counts[word], word))
        for word in rare[:_RAREST]:
            for other in holders[word]:
                if (other, key) not in seen:
                    seen.add((other, key))
                    yield other, key
            holders[word].append(key)


def _reason(first: Reference, second: Reference, titles: Mapping[str, str]) -> str | None:
    mine, theirs = titles[first.key], titles[second.key]
    if _DIGITS.findall(mine) != _DIGITS.findall(theirs):
        return None  # part 1 and part 2, week 4 and week 8
    same_title = mine == theirs
    if first.year != second.year:
        if same_title:
            years = " and ".join(str(year or "no year") for year in (first.year, second.year))
            return f"the same title, but {years}: perhaps an edition or a preprint"
        if first.year and second.year and abs(first.year - second.year) > 1:
            return None
    if same_title:
        return "the same title and year"
    if _parted(first, second) or not _share_an_author(first, second):
        return None
    return "nearly the same title and an author in common"


def _parted(first: Reference, second: Reference) -> bool:
    """Whether identifiers say that the two are different works."""
    pairs = ((first.doi, second.doi), (first.pmid, second.pmid), (first.pmcid, second.pmcid))
    return any(mine and theirs and mine != theirs for mine, theirs in pairs)


def _share_an_author(first: Reference, second: Reference) -> bool:
    names = [{work_title(family_name(author)) for author in one.authors} for one in (first, second)]
    return not names[0] or not names[1] or bool(names[0] & names[1])


def find_gaps(references: Mapping[str, Reference]) -> list[Gap]:
    """Entries that lack a field their type should have, in file order. No identifier at all counts for an article."""
    gaps = []
    for key, reference in references.items():
        needed = _NEEDED.get(reference.kind, ())
        missing = tuple(field for attribute, field in needed if not getattr(reference, attribute))
        marks = (reference.doi, reference.pmid, reference.pmcid, reference.url)
        unmarked = not any(marks) and reference.kind == "article"
        if missing or unmarked:
            gaps.append(Gap(key=key, kind=reference.kind, missing=missing, unmarked=unmarked, line=reference.line))
    return gaps
