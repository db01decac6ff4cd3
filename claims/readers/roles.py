"""Settles what a segment is from its words: boilerplate becomes navigation, entries of a bibliography references.

The words and patterns are data (``claims/data/boilerplate.toml``), the same for every format.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

import msgspec

from claims.documents import Segment
from claims.kept_records import load_kept_record
from evidence.records import Record

_FILE: Final = Path(__file__).resolve().parent.parent / "data" / "boilerplate.toml"
# A cell of one word says something together with its heads.
_TESTABLE: Final = frozenset({"prose", "heading", "list-item"})
_WORD: Final = re.compile(r"\w")
_EDGES: Final = " \t.:;,!?…>»›→↓↑<«‹←|·•-–—*+"
_LINE: Final = 200
# A paragraph of this many characters after a list shows that the page goes on: the list is no bibliography.
_GOES_ON: Final = 120


class Boilerplate(Record, frozen=True, kw_only=True):
    """The file's content. ``longest`` is the length in characters up to which ``contains`` counts."""

    whole: tuple[str, ...]
    contains: tuple[str, ...]
    longest: int
    patterns: tuple[str, ...]
    fragments: tuple[str, ...]
    labels: tuple[str, ...]
    reference_headings: tuple[str, ...]
    reference_patterns: tuple[str, ...]


class _Rules:
    def __init__(self, data: Boilerplate) -> None:
        self.whole = frozenset(phrase.casefold() for phrase in data.whole)
        self.contains = re.compile("|".join(re.escape(phrase.casefold()) for phrase in data.contains))
        self.longest = data.longest
        self.patterns = tuple(re.compile(pattern, re.IGNORECASE) for pattern in data.patterns)
        self.fragments = _any_of(data.fragments)
        self.labels = _any_of(data.labels)
        self.headings = frozenset(phrase.casefold() for phrase in data.reference_headings)
        self.reference = _any_of(data.reference_patterns)


def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


@cache
def _rules() -> _Rules:
    return _Rules(load_kept_record(_FILE, Boilerplate, name="claims/data/boilerplate.toml"))


@lru_cache(maxsize=4096)
def is_boilerplate(text: str) -> bool:
    """Whether a line says nothing about the page's subject: a notice, a number to call, a word to click."""
    rules = _rules()
    if len(text) > rules.longest:
        return False
    folded = text.casefold()
    if folded.strip(_EDGES) in rules.whole or rules.contains.search(folded):
        return True
    if len(text) > _LINE:
        return False
    if any(pattern.fullmatch(text) for pattern in rules.patterns):
        return True
    cut, found = rules.fragments.subn("", text)
    return found > 0 and not _WORD.search(rules.labels.sub("", cut))


@lru_cache(maxsize=4096)
def is_reference_heading(text: str) -> bool:
    """Whether the text names a bibliography and nothing else."""
    return len(text) <= _LINE and text.casefold().strip(_EDGES) in _rules().headings


def looks_cited(text: str) -> bool:
    """Whether the text has a mark of a bibliographic entry: a year in brackets, an identifier, volume and pages."""
    return _rules().reference.search(text, 0, 2000) is not None


def without_boilerplate(segments: list[Segment]) -> list[Segment]:
    """The segments with boilerplate marked as such."""
    return [
        msgspec.structs.replace(segment, kind="navigation", level=None)
        if segment.kind in _TESTABLE and is_boilerplate(segment.text)
        else segment
        for segment in segments
    ]


def without_references(segments: list[Segment]) -> list[Segment]:
    """The segments of a whole file with references marked as such."""
    settled = list(segments)
    for index in _reference_indices(segments):
        settled[index] = msgspec.structs.replace(segments[index], kind="reference")
    return settled


def _reference_indices(segments: Sequence[Segment]) -> set[int]:
    found = set()
    below = False
    for index, segment in enumerate(segments):
        if segment.kind in ("heading", "prose") and is_reference_heading(segment.text):
            below = True
        elif segment.kind == "heading":
            below = False
        elif below and (segment.kind == "list-item" or (segment.kind == "prose" and looks_cited(segment.text))):
            found.add(index)
    return found | _closing_list(segments)


def _closing_list(segments: Sequence[Segment]) -> set[int]:
    """The last list of the file, if nothing of weight follows it and most of its items look cited."""
    last = len(segments) - 1
    while last >= 0 and segments[last].kind != "list-item":
        if segments[last].kind in ("prose", "table-cell", "quotation") and len(segments[last].text) > _GOES_ON:
            return set()
        last -= 1
    first = last
    while first >= 0 and segments[first].kind == "list-item":
        first -= 1
    items = range(first + 1, last + 1)
    cited = sum(looks_cited(segments[index].text) for index in items)
    return set(items) if cited * 5 > len(items) * 3 else set()
