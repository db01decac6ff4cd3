"""Words that say contrary things of whatever they are said of: at which pole a text stands, and where wordings stand.

"The gap widened" and "the gap narrowed" share all but one word. The pairs are data (``claims/data/poles.toml``) and
know no subject. Where the allowed wordings of a topic stand at one pole and a claim at the other, or at the pole of
bent ones, that speaks against the claim.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

import Stemmer  # type: ignore[import-not-found]

from claims.folding import fold
from claims.kept_records import load_kept_record
from claims.spelling import american
from evidence.problems import LibraryError, Problem
from evidence.records import Record

POLES_FILE: Final = Path(__file__).parent / "data" / "poles.toml"
_WORD: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\d+")
_LONGEST: Final = 4  # words of a phrase
_BITS: Final = 12
_MOST: Final = (1 << _BITS) - 1
_HELD_BACK: Final = 0.5
_AT_MOST: Final = 4.0
_FIRST: Final = sum(1 << 2 * pair for pair in range(512))  # the first pole of every pair
_STEM: Final = Stemmer.Stemmer("english").stemWord

Poles = tuple[int, ...]


class PoleBook(Record, frozen=True, kw_only=True):
    """Pairs of poles, each the words that stand at it, with commas between."""

    poles: tuple[tuple[str, str], ...]


class PoleWords:
    """The words of all poles. Immutable after construction."""

    def __init__(self, book: PoleBook) -> None:
        self.book = book
        self._by_phrase: dict[str, list[int]] = {}
        self._first: set[str] = set()
        for number, pair in enumerate(book.poles):
            for side, words in enumerate(pair):
                for phrase in words.split(","):
                    stems = [_stemmed(word) for word in _WORD.findall(fold(phrase))]
                    self._first.add(stems[0])
                    places = self._by_phrase.setdefault(" ".join(stems), [])
                    places += [2 * number + side] if 2 * number + side not in places else []

    def find(self, folded: str, sign: Callable[[int, int], int]) -> Poles:
        """The poles at which a text stands, each as twice the number of its pair, and 1 more at the second; ``sign``
        is -1 for the place of words that are negated, which then stand at the other pole."""
        words = [(match.start(), match.end(), _stemmed(match.group())) for match in _WORD.finditer(folded)]
        found: set[int] = set()
        free = 0
        for at, (start, _, stem) in enumerate(words):
            if at < free or stem not in self._first:
                continue
            for count in range(min(_LONGEST, len(words) - at), 0, -1):
                known = self._by_phrase.get(" ".join(word for *_, word in words[at : at + count]))
                if known:
                    end = words[at + count - 1][1]
                    turned = sign(start, end) < 0
                    found.update(place ^ turned for place in known)
                    free = at + count
                    break
        return tuple(sorted(found))


def poles_in_one(poles: Poles) -> int:
    """The poles as bits of one number."""
    return sum(1 << pole for pole in poles)


def contrary_poles(one: int, other: int) -> int:
    """How many pairs have the two stand at contrary poles, each at one of them only."""
    return (_single(one) & _turned(_single(other))).bit_count()


def _single(poles: int) -> int:
    return poles & ~_turned(poles)


def _turned(poles: int) -> int:
    return (poles & _FIRST) << 1 | (poles >> 1) & _FIRST


def count_poles(wordings: Iterable[tuple[Poles, int]]) -> dict[int, int]:
    """How many wordings stand at each pole: the allowed (kind 0) in the lowest bits, then all others."""
    counts: dict[int, list[int]] = {}
    for poles, kind in wordings:
        for pole in poles:
            counts.setdefault(pole, [0, 0])[min(kind, 1)] += 1
    return {pole: min(fine, _MOST) | min(bent, _MOST) << _BITS for pole, (fine, bent) in counts.items()}


def against_poles(poles: Sequence[int], counts: Mapping[int, int]) -> dict[str, float]:
    """How the poles at which a claim stands lie to those of a topic's wordings: ``pole-against``, the most that the
    allowed ones stand at the contrary one, as a logarithm of odds; ``pole-for``, the most that they stand at its own;
    ``pole-bent``, the most that bent ones stand at its own rather than at the other; the sum, and how many count."""
    fine, bent = [], []
    standing = set(poles)
    for pole in poles:
        if pole ^ 1 in standing:
            continue  # a claim of both sides says nothing by this pair
        own, other = counts.get(pole, 0), counts.get(pole ^ 1, 0)
        if own or other:
            fine.append(_odds(own & _MOST, other & _MOST))
            bent.append(_odds(own >> _BITS, other >> _BITS))
    return {
        "pole-against": max((-value for value in fine if value < 0), default=0.0),
        "pole-for": max((value for value in fine if value > 0), default=0.0),
        "pole-bent": max((one - two for one, two in zip(bent, fine, strict=True)), default=0.0),
        "pole-sum": sum(fine),
        "poles": float(len(fine)),
    }


def _odds(own: int, other: int) -> float:
    odds = math.log((own + _HELD_BACK) / (other + _HELD_BACK))
    return max(-_AT_MOST, min(_AT_MOST, odds))


@lru_cache(maxsize=50_000)
def _stemmed(word: str) -> str:
    stemmed: str = _STEM(american(word))
    return stemmed


@lru_cache(maxsize=4)
def load_poles(path: Path = POLES_FILE) -> PoleWords:
    """The poles of a file. Raises LibraryError when the file is wrong or has a comma with no word before or after."""
    book = load_kept_record(path, PoleBook, name=path.name)
    for pair in book.poles:
        for words in pair:
            if not all(_WORD.search(phrase) for phrase in words.split(",")):
                problem = Problem(
                    file=path.name,
                    code="pole",
                    message=f"a pole has a place without a word: '{words}'",
                    cure="put a word between the commas, or take a comma away",
                )
                raise LibraryError(problem)
    return PoleWords(book)
