"""Compares a written reference with one known work: title, authors, journal, year, volume and pages.

Each part is ``match``, ``near`` (a year off by one), ``other`` or ``absent``. A title that differs in one word of
weight is another title, however alike the two look.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, Literal

import msgspec
from rapidfuzz import fuzz

from evidence.known_works import LONG_TITLE, SMALL_WORDS, Known

if TYPE_CHECKING:
    from evidence.words import Word
    from evidence.written import Written

Part = Literal["match", "near", "other", "absent"]

# Words of a reference that are neither its title nor its journal.
_NOISE_TEXT: Final = (
    "accessed ahead al and article at available by doi ed edition editor editors eds epub et first from html http "
    "https in issue journal last no number of on online org p page pages pdf pmc pmcid pmid pp press print "
    "published publisher retrieved suppl supplement text the updated url vol volume web www com gov jan january "
    "feb february mar march apr april may jun june jul july aug august sep sept september oct october nov "
    "november dec december spring summer autumn fall winter"
)
_NOISE: Final = frozenset(_NOISE_TEXT.split())
_PLACE: Final = re.compile(r"\b(\d{1,4})\s?(?:\([^()\s]{1,12}\)\s?)?[:,]\s?(?:pp?\.?\s?)?([a-z]{0,3}\d{2,7})", re.I)
_ENDING: Final = re.compile(r"[.?!()\[\]\"“”|]|\s['‘’]|['‘’][\s,]")
_DIGITS: Final = re.compile(r"\d")
_YEAR: Final = re.compile(r"(?:18|19|20)\d\d")
_SAME_TITLE: Final = 0.93
_NEAR_TITLE: Final = 0.85
_ALIKE: Final = 0.72
_SPELT: Final = 85.0  # how alike two spellings of one word are, of 100
_TITLE_LEFT: Final = 4  # words that are neither authors nor journal: a title
_WEIGHTS: Final[Mapping[str, float]] = {"author": 0.12, "journal": 0.12, "year": 0.12, "place": 0.04}
_WORTH: Final[Mapping[Part, float]] = {"match": 1.0, "near": 0.7, "absent": 0.5, "other": 0.0}


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """How a written reference stands to a work. ``fits``: it is the work; ``may_fit``: perhaps."""

    key: str
    title: float  # likeness of the titles, 0 to 1; 0 where the reference tells none
    parts: dict[str, Part]
    score: float
    fits: bool
    may_fit: bool
    reason: str
    titled: bool = True  # whether the reference has words that can only be a title

    def parts_from(self, other: Comparison) -> bool:
        """Whether the words are of another work, this being the comparison without title and ``other`` that with it."""
        told = [part for part in self.parts.values() if part != "absent"]
        if other.title >= _ALIKE:
            return False
        return self.titled or "other" in told

    def differing(self, other: Comparison) -> str:
        """What differs, in words; ``other`` is the comparison by title."""
        names = [name for name, part in self.parts.items() if part == "other" and name != "place"]
        if self.titled and other.title < _ALIKE:
            names.insert(0, "title")
        verb = "differ" if len(names) > 1 else "differs"
        return f"the {' and '.join(names) or 'wording'} {verb}"


def compare_titled(written: Written, known: Known) -> Comparison:
    """The comparison by title first."""
    words = written.words
    title, span = 0.0, (0, 0)
    best: tuple[str, ...] = ()
    breaks = _breaks(words, known)
    for form in known.titles:
        likeness, place = _find_title(form, words, breaks)
        if likeness >= _ALIKE and _goes_on_elsewhere(written, place, known.titles[0]):
            likeness = _ALIKE - 0.01
        worth = likeness if form == known.titles[0] else likeness * 0.98
        if worth > title:
            title, span, best = worth, place, form
    parts = _parts(written, known, span)
    agreed = sum(part in ("match", "near") for name, part in parts.items() if name != "place")
    other = [name for name, part in parts.items() if part == "other" and name != "place"]
    placed = parts["place"] == "match"
    fits, may_fit = False, False
    if title >= _SAME_TITLE * 0.98:
        fits = not other and (agreed >= 1 or len(best) >= LONG_TITLE)
        fits = fits or (other in (["author"], ["journal"]) and agreed == 2 and placed)
        may_fit = not fits and (agreed >= 1 or len(best) >= LONG_TITLE)
    elif title >= _NEAR_TITLE:
        fits = not other and (agreed == 3 or (agreed == 2 and (placed or title >= 0.9)))
        may_fit = not fits and not other and agreed >= 2
    elif title >= _ALIKE:
        fits = not other and agreed == 3 and placed
        may_fit = not fits and not other and agreed == 3
    return Comparison(
        key=known.key,
        title=title,
        parts=parts,
        score=round(_score(title, parts), 3),
        fits=fits,
        may_fit=may_fit,
        reason=_reason("title", parts, other),
    )


def compare_cited(written: Written, known: Known) -> Comparison:
    """The comparison of a reference that tells no title: authors, journal, year, volume and pages."""
    parts = _parts(written, known, (0, 0))
    left = _left_over(written.words, known, (0, 0))
    titled = len(left) >= _TITLE_LEFT
    agreed = {name for name, part in parts.items() if part in ("match", "near")}
    told = {name for name, part in parts.items() if part == "other"}
    few = not left or (
        "journal" in agreed and (parts["place"] == "match" or (len(left) == 1 and not known.is_corporate))
    )
    by_author = {"author", "year"} <= agreed and few
    by_place = {"journal", "year", "place"} <= agreed
    fits = not titled and not told and (by_author or by_place)
    return Comparison(
        key=known.key,
        title=0.0,
        parts=parts,
        score=round(_score(0.75, parts), 3),
        fits=fits,
        may_fit=False,
        reason=_reason("", parts, []),
        titled=titled,
    )


def _breaks(words: Sequence[Word], known: Known) -> frozenset[int]:
    """The words before which a title ends even without a mark: where the journal or a year begins or ends."""
    years = [index for index, word in enumerate(words) if _YEAR.fullmatch(word.text)]
    return frozenset((*(known.journal_in(words) or ()), *years, *(index + 1 for index in years)))


def _find_title(title: tuple[str, ...], words: Sequence[Word], breaks: frozenset[int]) -> tuple[float, tuple[int, int]]:
    """How like the title is to the nearest run of words that may be a title, and that run."""
    if not words:
        return 0.0, (0, 0)
    wanted, texts = " ".join(title), [word.folded for word in words]
    whole = " ".join(texts)
    if len(wanted) > len(whole):
        first, last = 0, len(words)
    else:
        found = fuzz.partial_ratio_alignment(wanted, whole)
        assert found is not None, "no cut-off is set"
        first = whole.count(" ", 0, found.dest_start + 1)
        last = max(first + 1, whole.count(" ", 0, max(0, found.dest_end - 1)) + 1)
        first, last = _widened(words, first, last, breaks)
    run = texts[first:last]
    likeness = fuzz.ratio(wanted, " ".join(run)) / 100
    if likeness >= _ALIKE and not _same_words(title, run):
        likeness = min(likeness, _ALIKE - 0.01)
    return likeness, (first, last)


def _widened(words: Sequence[Word], first: int, last: int, breaks: frozenset[int]) -> tuple[int, int]:
    """The run with the words that its phrase begins and goes on with."""
    while first > 0 and words[first].close and first not in breaks:
        first -= 1
    while last < len(words) and words[last].close and last not in breaks:
        last += 1
    return first, last


def _goes_on_elsewhere(written: Written, run: tuple[int, int], title: Sequence[str]) -> bool:
    """Whether a subtitle follows the run that is not the title's own, as in the reports of different years."""
    words, last = written.words, run[1]
    if last >= len(words) or ":" not in written.masked[words[last - 1].end : words[last].start]:
        return False
    end = last + 1
    while end < len(words) and not _ENDING.search(written.masked, words[end - 1].end, words[end].start):
        end += 1
    return bool(list(_missing([word.folded for word in words[last:end]], title)))


def _same_words(left: Sequence[str], right: Sequence[str]) -> bool:
    """Whether every word of weight on one side stands on the other, spelling aside; figures must be the same."""
    return not [*_missing(left, right), *_missing(right, left)]


def _missing(left: Sequence[str], right: Sequence[str]) -> Iterator[str]:
    there = set(right)
    for word in left:
        if word in there or (word in SMALL_WORDS and not _DIGITS.search(word)):
            continue
        alike = not _DIGITS.search(word) and any(
            other[0] == word[0] and fuzz.ratio(word, other) >= _SPELT for other in there
        )
        if not alike:
            yield word


def _parts(written: Written, known: Known, title: tuple[int, int]) -> dict[str, Part]:
    words = written.words
    before, after = words[: title[0]], words[title[1] :]
    outside = [*before, *after]
    place = (words[title[0]].start, words[title[1] - 1].end) if title[1] else (0, 0)
    return {
        "author": _author(before if title[1] else outside, outside, known),
        "journal": _journal(before, after, known),
        "year": _year(written.years(place), known),
        "place": _place(written.masked, place, known),
    }


def _author(before: Sequence[Word], outside: Sequence[Word], known: Known) -> Part:
    family = known.family
    if not family:
        return "absent"
    texts = [word.folded for word in outside]
    if any(tuple(texts[i : i + len(family)]) == family for i in range(len(texts))):
        return "match"
    told = [w for w in before if len(w.text) > 1 and w.text[0].isupper() and w.folded not in _NOISE]
    found = known.journal_in(before)
    if found:
        told = [w for w in told if w not in before[found[0] : found[1]]]
    return "other" if told else "absent"


def _journal(before: Sequence[Word], after: Sequence[Word], known: Known) -> Part:
    if known.journal_in(after) or known.journal_in(before):
        return "match"
    if known.reference.kind != "article" or not known.reference.container:
        return "absent"  # how a page or report was published is told in too many ways
    return "other" if _left_over(after, known, None) else "absent"


def _left_over(words: Sequence[Word], known: Known, journal: tuple[int, int] | None) -> list[Word]:
    """The words that are neither authors nor the work's journal, nor what every reference holds."""
    found = known.journal_in(words) if journal is not None else None
    own = set(range(*found)) if found else set()
    left = []
    for index, word in enumerate(words):
        initials = index + 1 < len(words) and words[index + 1].text.isupper() and len(words[index + 1].text) <= 3
        plain = len(word.folded) > 2 and not _DIGITS.search(word.folded) and word.folded not in _NOISE
        if plain and index not in own and word.folded not in known.author_words and not (initials and word.close):
            left.append(word)
    return [word for word in left if not (word.text.isupper() and len(word.text) <= 3)]


def _year(told: tuple[int, ...], known: Known) -> Part:
    year = known.reference.year
    if not told or year is None:
        return "absent"
    if year in told:
        return "match"
    return "near" if any(abs(year - other) == 1 for other in told) else "other"


def _place(text: str, title: tuple[int, int], known: Known) -> Part:
    """Volume and first page; ``match`` needs both where both are known."""
    volume = known.reference.volume
    first_page = known.first_page
    if not volume and not first_page:
        return "absent"
    outside = f"{text[: title[0]]} | {text[title[1] :]}".lower()
    numbers = set(re.findall(r"[a-z]{0,4}\d+[a-z]?\d*", outside))
    told = [mark in numbers for mark in (volume and volume.lower(), first_page) if mark]
    if all(told) and (first_page or len(told) > 1):
        return "match"
    return "other" if not any(told) and _PLACE.search(outside) else "absent"


def _score(title: float, parts: Mapping[str, Part]) -> float:
    return 0.6 * title + sum(weight * _WORTH[parts[name]] for name, weight in _WEIGHTS.items())


def _reason(first: str, parts: Mapping[str, Part], other: Sequence[str]) -> str:
    names = {"author": "authors", "journal": "journal", "year": "year", "place": "volume and page"}
    agreed = [first] if first else []
    agreed += [names[name] for name, part in parts.items() if part == "match"]
    near = ["the year is off by one"] if parts["year"] == "near" else []
    differ = [f"another {name}" if name != "author" else "other authors" for name in other]
    return "; ".join([f"by {', '.join(agreed)}" if agreed else "", *near, *differ]).strip("; ")
