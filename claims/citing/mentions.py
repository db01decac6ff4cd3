"""Works mentioned by journal and year only: "a 2013 trial in the American Journal of Psychiatry", "The Lancet (2020)".

A journal is one of the bibliography's, or a name that says it is one ("Journal of …").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from evidence.later import compiled_later

A_YEAR: Final = compiled_later(r"(?<![\d–-])(?:19|20)\d\d(?![\d–-])")
_STUDY: Final = compiled_later(
    r"\b(?:trials?|stud(?:y|ies)|reviews?|meta-?analys[ie]s|papers?|articles?|reports?|analys[ie]s|published|surveys?)\b",
    re.IGNORECASE,
)
_AFTER: Final = compiled_later(r",?\s?(?:\(|in\s|\[)?\s?((?:19|20)\d\d)[)\]]?")
_NAMED: Final = (
    r"(?:[A-Z][\w&’'-]{1,30}\s){0,3}(?:Journal|Annals|Archives)\sof\s(?:the\s)?[A-Z][\w&’'-]{1,30}"
    r"(?:\s(?:and\s|of\s|&\s)?[A-Z][\w&’'-]{1,30}){0,4}"
)
_REACH: Final = 90  # characters between the journal and the year
_LONGEST_SINGLE: Final = 12


class Mention(NamedTuple):
    """A mention in a text: its place, the journal as written, the year."""

    start: int
    end: int
    journal: str
    year: int


class Journals:
    """Finds the journals of a bibliography in running text."""

    def __init__(self, journals: Iterable[str]) -> None:
        plain = {name.removeprefix("The ") for name in journals if "," not in name}
        known = "|".join(re.escape(name) for name in sorted(plain, key=lambda name: (-len(name), name)))
        self._named = (*sorted(plain), "Journal", "Annals", "Archives")
        self._pattern = compiled_later(rf"(?<![\w-])(?:[Tt]he\s)?({_NAMED}{'|' if known else ''}{known})(?![\w-])")

    def find(self, sentence: str) -> Iterator[Mention]:
        """The mentions of a sentence; a journal without a year near it, or without a word for a study, is none."""
        years = list(A_YEAR.finditer(sentence))
        if not years or not any(name in sentence for name in self._named):  # there are many names
            return
        for found in self._pattern.finditer(sentence):
            journal = found.group(1)
            follows = re.match(r"\s(?!(?:In|The|A)\b)[A-Z]", sentence[found.end() : found.end() + 5])
            if follows:
                continue  # the name goes on, so it is another journal's
            after = _AFTER.match(sentence, found.end())
            if after and (
                "(" in after.group() or "[" in after.group() or "," in after.group() or " in " in after.group()
            ):
                if "(" in after.group() or _STUDY.search(sentence):
                    yield Mention(found.start(), after.end(), journal, int(after.group(1)))
                continue
            near = min(years, key=lambda year: _apart(year.start(), year.end(), found.start(), found.end()))
            first, last = min(near.start(), found.start()), max(near.end(), found.end())
            between = sentence[min(near.end(), found.end()) : max(near.start(), found.start())]
            if len(between) <= _REACH and _STUDY.search(sentence, first, min(len(sentence), last + 30)):
                yield Mention(first, last, journal, int(near.group()))


def _apart(start: int, end: int, other_start: int, other_end: int) -> int:
    return max(other_start - end, start - other_end)
