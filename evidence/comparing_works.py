"""Compares a written reference with one known work: title, authors, journal, year, volume and pages.

Each part is ``match``, ``near`` (a year off by one), ``other`` or ``absent``. A title that differs in one word of
weight is another title, however alike the two look.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal

import msgspec
from rapidfuzz import fuzz

from evidence.bibliography import family_name
from evidence.journals import find_journal, journal_forms
from evidence.words import Word, words_of

if TYPE_CHECKING:
    from evidence.bibliography import Reference
    from evidence.written import Written

Part = Literal["match", "near", "other", "absent"]

_TAIL: Final = re.compile(r"\s*[(\[][^)\]]*[)\]]\s*$")
_ALSO: Final = "also titled: "
_SMALL_TEXT: Final = "a an and as at by de for from in into is it its of on or the their to vs versus with via und des"
_SMALL: Final = frozenset(_SMALL_TEXT.split())
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
_SAME_TITLE: Final = 0.93
_NEAR_TITLE: Final = 0.85
_ALIKE: Final = 0.72
_SPELT: Final = 85.0  # how alike two spellings of one word are, of 100
_LONG: Final = 5  # words of a title that says enough to stand alone
_TITLE_LEFT: Final = 4  # words that are neither authors nor journal: a title
_WEIGHTS: Final[Mapping[str, float]] = {"author": 0.12, "journal": 0.12, "year": 0.12, "place": 0.04}
_WORTH: Final[Mapping[Part, float]] = {"match": 1.0, "near": 0.7, "absent": 0.5, "other": 0.0}


class Known:
    """A work of the bibliography, its parts made ready to be compared."""

    def __init__(self, reference: Reference) -> None:
        self.reference = reference

    @property
    def key(self) -> str:
        return self.reference.key

    @property
    def name(self) -> str:
        """How a reason names the work."""
        return f"{self.key} ({self.reference.short})" if self.reference.short != self.key else self.key

    @cached_property
    def titles(self) -> tuple[tuple[str, ...], ...]:
        """The title's words; without what stands in brackets at its end; another title on record (in the note, after
        ``also titled:``); the part before the colon."""
        title = self.reference.title
        shorter = _TAIL.sub("", title)
        main = shorter.split(": ")[0]
        other = self.reference.note or ""
        told = [title, shorter, *([other.split(_ALSO)[1]] if _ALSO in other else [])]
        forms = dict.fromkeys(tuple(w.folded for w in words_of(form)) for form in told)
        main_words = tuple(w.folded for w in words_of(main))
        if len(main_words) >= _LONG:
            forms.setdefault(main_words)
        return tuple(form for form in forms if form)

    @cached_property
    def title_words(self) -> frozenset[str]:
        """All words of weight of its titles."""
        return frozenset(word for title in self.titles for word in title) - _SMALL

    @cached_property
    def family(self) -> tuple[str, ...]:
        """The words of the first author's family name; empty when no author was seen."""
        return self._families[0] if self._families else ()

    @cached_property
    def _families(self) -> tuple[tuple[str, ...], ...]:
        names = (tuple(w.folded for w in words_of(family_name(author))) for author in self.reference.authors)
        return tuple(name for name in names if name)

    @cached_property
    def author_marks(self) -> frozenset[str]:
        """The words by which an index finds it: the first author's last name, the initials of a corporate one."""
        if not self.family:
            return frozenset()
        return frozenset({self.family[-1], *self._initials})

    @cached_property
    def _initials(self) -> frozenset[str]:
        if not self.is_corporate:
            return frozenset()
        letters = "".join(w.text[0] for w in words_of(self.reference.authors[0]) if w.text[0].isupper()).lower()
        return frozenset({letters, letters.removeprefix("us")}) - {""}

    @cached_property
    def is_corporate(self) -> bool:
        return bool(self.reference.authors) and self.reference.authors[0].startswith("{")

    @cached_property
    def _journal(self) -> tuple[tuple[str, ...], ...]:
        names = [self.reference.container] if self.reference.container else []
        names += [author.strip("{}") for author in self.reference.authors if author.startswith("{")]
        return tuple(form for name in names for form in journal_forms(name))

    def weight(self, weights: Mapping[str, float]) -> float:
        """What the words of its lightest title weigh; never 0."""
        return min((sum(weights.get(word, 0.0) for word in title) for title in self.titles), default=0.0) or 1.0

    def journal_in(self, words: Sequence[Word]) -> tuple[int, int] | None:
        """Where the words name its journal, or the body that published it."""
        return find_journal(words, self._journal)

    def is_in(self, words: Sequence[Word]) -> bool:
        """Whether the words are a name of its journal and nothing else."""
        found = self.journal_in(words)
        return found is not None and found[1] == len(words) and all(w.folded == "the" for w in words[: found[0]])

    def is_by(self, families: Sequence[tuple[str, ...]], *, others: bool) -> bool:
        """Whether its authors are as told: the first, the second where it is told, and more only with ``others``."""
        mine = self._families
        if mine and len(families) == 1 and families[0] and families[0][-1] in self._initials:
            return True
        if not mine or not families or not families[0] or not _ends_alike(mine[0], families[0]):
            return False
        known = len(mine)
        more = self.reference.more_authors
        if len(families) > 1 and (known > 1 or not more):
            return known >= len(families) and all(map(_ends_alike, mine[1:], families[1:])) and (others or not more)
        if others:
            return known > 1 or more
        return self.is_corporate or (known == 1 and not more) or len(families) > 1

    @cached_property
    def author_words(self) -> frozenset[str]:
        return frozenset(word for author in self.reference.authors for w in words_of(author) for word in (w.folded,))


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
    for form in known.titles:
        likeness, place = _find_title(form, words)
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
        fits = not other and (agreed >= 1 or len(best) >= _LONG)
        fits = fits or (other in (["author"], ["journal"]) and agreed == 2 and placed)
        may_fit = not fits and (agreed >= 1 or len(best) >= _LONG)
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


def _find_title(title: tuple[str, ...], words: Sequence[Word]) -> tuple[float, tuple[int, int]]:
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
        first, last = _widened(words, first, last)
    run = texts[first:last]
    likeness = fuzz.ratio(wanted, " ".join(run)) / 100
    if likeness >= _ALIKE and not _same_words(title, run):
        likeness = min(likeness, _ALIKE - 0.01)
    return likeness, (first, last)


def _widened(words: Sequence[Word], first: int, last: int) -> tuple[int, int]:
    """The run with the words that its phrase begins and goes on with."""
    while first > 0 and words[first].close:
        first -= 1
    while last < len(words) and words[last].close:
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
        if word in there or (word in _SMALL and not _DIGITS.search(word)):
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
    first_page = (known.reference.pages or "").split("-")[0].strip().lower()
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


def _ends_alike(mine: tuple[str, ...], told: tuple[str, ...]) -> bool:
    """Family names are the same, particles aside: ``Rot`` for ``aan het Rot``, not ``Popova`` for ``Popov``."""
    return mine[-len(told) :] == told or told[-len(mine) :] == mine
