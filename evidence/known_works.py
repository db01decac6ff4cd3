"""A work of the bibliography, its parts made ready to be compared with what people write."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final

from evidence.bibliography import family_name
from evidence.journals import find_journal, journal_forms
from evidence.words import Word, words_of

if TYPE_CHECKING:
    from evidence.bibliography import Reference

_TAIL: Final = re.compile(r"\s*[(\[][^)\]]*[)\]]\s*$")
_ALSO: Final = "also titled: "
LONG_TITLE: Final = 5  # words of a title that says enough to stand alone
_SMALL_TEXT: Final = "a an and as at by de for from in into is it its of on or the their to vs versus with via und des"
SMALL_WORDS: Final = frozenset(_SMALL_TEXT.split())


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
        if len(main_words) >= LONG_TITLE:
            forms.setdefault(main_words)
        return tuple(form for form in forms if form)

    @cached_property
    def title_words(self) -> frozenset[str]:
        """All words of weight of its titles."""
        return frozenset(word for title in self.titles for word in title) - SMALL_WORDS

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

    @cached_property
    def first_page(self) -> str:
        """The first page or the article's number, in lower case; empty where none is known."""
        return (self.reference.pages or "").split("-")[0].strip().lower()

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


def _ends_alike(mine: tuple[str, ...], told: tuple[str, ...]) -> bool:
    """Family names are the same, particles aside: ``Rot`` for ``aan het Rot``, not ``Popova`` for ``Popov``."""
    return mine[-len(told) :] == told or told[-len(mine) :] == mine
