"""Which of two treatments a claim puts before the other, and which of them the findings put there.

"A beat B" and "B beat A" share every word. So the order in which the two are named, and the words that put one before
the other (data, ``claims/data/sides.toml``, general English), are held against the direction of each finding that
compares the two. Words that say which has the larger figure are held against the figures.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from claims.faults import Misread
from claims.folding import fold
from claims.kept_records import load_kept_record
from claims.studied import scope_of
from evidence.problems import LibraryError, Problem
from evidence.records import Record

if TYPE_CHECKING:
    from claims.lexicon import Lexicon
    from claims.studied import Findings
    from evidence.studies import Finding

SIDES_FILE: Final = Path(__file__).parent / "data" / "sides.toml"
NAMES: Final = ("sides-as-found", "sides-exchanged", "sides-level")
_LONGEST: Final = 90  # characters between the two that are compared
_BEFORE: Final = 60  # characters before the first in which "more" may stand
_AFTER: Final = 90  # characters after the second in which "better" may stand
_THAN: Final = re.compile(r"\b(?:than|as)(?: [a-z-]+){0,4} ?$")
_CLAUSE: Final = re.compile(r"[;:.]")
_WORD: Final = re.compile(r"\w")
_FEW_WORDS: Final = r"(?: [a-z-]+){0,3} ?$"
_OF_SHARE: Final = frozenset({"proportion", "count"})  # of scores the lower may be the better
_OF_RATIO: Final = frozenset({"odds-ratio", "risk-ratio", "rate-ratio", "hazard-ratio"})

Relation = Literal["ahead", "more", "level"]
Side = tuple[Relation, tuple[str, ...], tuple[str, ...]]  # the first is put before the second
Placed = tuple[int, int, tuple[str, ...]]  # where a treatment is named, and as what


class SideBook(Record, frozen=True, kw_only=True):
    """The words that put one of two things before the other."""

    ahead: tuple[str, ...]
    behind: tuple[str, ...]
    more: tuple[str, ...]
    less: tuple[str, ...]
    better: tuple[str, ...]
    worse: tuple[str, ...]
    beside: tuple[str, ...]
    level: tuple[str, ...]


class _Words:
    """Words by kind, the longest that stands at a place going first."""

    def __init__(self, **kinds: Iterable[str]) -> None:
        self._kinds = {fold(word): kind for kind, words in kinds.items() for word in words}
        self.pattern = "|".join(re.escape(word) for word in sorted(self._kinds, key=lambda word: (-len(word), word)))
        self._found = re.compile(rf"\b(?:{self.pattern})\b")

    def last(self, folded: str, start: int, end: int, sign: Callable[[int, int], int]) -> str | None:
        """The kind of the last of the words between two places, unless it is negated."""
        last = None
        for match in self._found.finditer(folded, start, min(end, len(folded))):
            last = match
        if last is None or sign(last.start(), last.end()) < 0:
            return None
        return self._kinds[last.group()]


class SideWords:
    """Reads sides out of texts. Immutable after construction."""

    def __init__(self, book: SideBook) -> None:
        self._between = _Words(ahead=book.ahead, behind=book.behind, level=book.level)
        self._degree = _Words(ahead=book.more, behind=book.less)
        self._alone = _Words(ahead=book.better, behind=book.worse)
        self._beside = re.compile(rf"\b(?:{_Words(beside=book.beside).pattern}){_FEW_WORDS}")

    def find(self, folded: str, treatments: Sequence[Placed], sign: Callable[[int, int], int]) -> tuple[Side, ...]:
        """What a folded text puts before what, of treatments in the order in which it names them; ``sign`` is -1 for
        the place of words that are negated, which say nothing here."""
        found: dict[Side, None] = {}
        for one, other in pairwise(treatments):
            between = folded[one[1] : other[0]]
            if set(one[2]) & set(other[2]) or not 0 < len(between) <= _LONGEST or _CLAUSE.search(between):
                continue
            told = self._told(folded, one, other, sign)
            if told:
                relation, first = told
                pair = (one[2], other[2]) if first else (other[2], one[2])
                found[(relation, *pair)] = None
        return tuple(found)

    def _told(
        self, folded: str, one: Placed, other: Placed, sign: Callable[[int, int], int]
    ) -> tuple[Relation, bool] | None:
        """How two treatments named side by side are compared, and whether the first of them is put before."""
        if "," in folded[one[1] : other[0]] and self._beside.search(folded, max(0, one[0] - _BEFORE), one[0]):
            after = other[1], other[1] + _AFTER
            if said := self._alone.last(folded, *after, sign):
                return "ahead", said == "behind"
            said = self._degree.last(folded, *after, sign)
            return ("more", said == "behind") if said else None
        if said := self._between.last(folded, one[1], other[0], sign):
            return ("level", True) if said == "level" else ("ahead", said == "ahead")
        than = _THAN.search(folded, one[1], other[0])
        said = self._degree.last(folded, max(0, one[0] - _BEFORE), than.start(), sign) if than else None
        return ("more", said == "ahead") if said else None


class Sides:
    """The sides of findings, as claims are held against them."""

    def __init__(self, findings: Findings, lexicon: Lexicon) -> None:
        self._findings = findings
        self._lexicon = lexicon

    def compared(
        self, sides: Sequence[Side], outcomes: Sequence[str], topic: Iterable[str]
    ) -> tuple[dict[str, float], Misread | None]:
        """By name: whether a topic's findings on the ``outcomes`` of a claim have what it puts before what, whether
        they have it the other way round, and whether they saw no difference where the claim sees one or the reverse.
        Then the first finding that has it the other way round, if no other has it so."""
        found = dict.fromkeys(NAMES, 0.0)
        exchanged: Misread | None = None
        for name in topic if sides else ():
            finding, study = self._findings.finding(name)
            if not self._share(outcomes, (finding.outcome,)):
                continue
            own, other = scope_of(finding, study, "intervention"), scope_of(finding, study, "comparator")
            for relation, first, second in sides:
                turned = self._turned(first, second, own, other)
                put = _put(relation, finding)
                if turned is None or put is None:
                    continue
                if relation == "level" or put == 0:
                    found["sides-level" if put else "sides-as-found" if relation == "level" else "sides-level"] = 1.0
                elif (put > 0) != turned:
                    found["sides-as-found"] = 1.0
                else:
                    found["sides-exchanged"] = 1.0
                    exchanged = exchanged or Misread(name, "order")
        return found, None if found["sides-as-found"] else exchanged

    def _turned(
        self, first: Sequence[str], second: Sequence[str], own: Sequence[str], other: Sequence[str]
    ) -> bool | None:
        """Whether a claim names the two sides of a finding the other way round; ``None`` if they are not its sides."""
        straight = self._share(first, own) and self._share(second, other)
        turned = self._share(first, other) and self._share(second, own)
        return None if straight == turned else turned

    def _share(self, left: Iterable[str], right: Iterable[str]) -> bool:
        return any(self._lexicon.related(a, b) for a in left for b in right)


def _put(relation: Relation, finding: Finding) -> int | None:
    """1 if a finding puts its treatment before what it was compared with, -1 if the reverse, 0 if it saw no difference;
    ``None`` if it does not say."""
    direction = finding.direction
    if direction in ("no-difference", "no-change"):
        return 0
    if relation == "more":
        if finding.statistic in _OF_SHARE and finding.value is not None and finding.comparator_value is not None:
            return (finding.value > finding.comparator_value) - (finding.value < finding.comparator_value)
        if finding.statistic in _OF_RATIO and finding.value is not None:
            return (finding.value > 1) - (finding.value < 1)
        if direction in ("increase", "decrease"):
            return 1 if direction == "increase" else -1
        return None  # more of what is bad, or of what is good
    if direction in ("favours-intervention", "favours-comparator"):
        return 1 if direction == "favours-intervention" else -1
    return None


@lru_cache(maxsize=4)
def load_sides(path: Path = SIDES_FILE) -> SideWords:
    """The words that put sides. Raises LibraryError when the file is wrong or gives a place without a word."""
    book = load_kept_record(path, SideBook, name=path.name)
    for kind in SideBook.__struct_fields__:
        words: tuple[str, ...] = getattr(book, kind)
        if not words or not all(_WORD.search(word) for word in words):
            problem = Problem(
                file=path.name,
                code="side",
                message=f"'{kind}' has a place without a word",
                cure="put words into it, or take the empty place away",
            )
            raise LibraryError(problem)
    return SideWords(book)
