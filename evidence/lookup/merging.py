"""Several services' records of one work as one, each field with the service it came from.

The first service that fills a field gives it. Where others say something else that is listed; nothing is averaged.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

import msgspec
from rapidfuzz import fuzz

from evidence.bibliography import family_name
from evidence.lookup.settings import OPENALEX
from evidence.lookup.works import Work
from evidence.verification import Notice

_FIELDS: Final = (
    *("doi", "pmid", "pmcid", "title", "authors", "container", "year", "month"),
    *("volume", "number", "pages", "kind", "types", "abstract"),
)
# What is held against the other services: months, publication types and abstracts are each service's own.
_COMPARED: Final = ("doi", "pmid", "pmcid", "title", "authors", "container", "year", "volume", "number", "pages")
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_SAME_TITLE: Final = 90  # rapidfuzz ratio of the reduced titles
_PREFIX: Final = 20  # letters of a title that may stand without its subtitle


class Disagreement(msgspec.Struct, frozen=True, kw_only=True):
    """A field on which services part; ``values`` by service, in the order they were asked."""

    field: str
    values: dict[str, str]

    def __str__(self) -> str:
        return f"{self.field}: " + ", ".join(f"{service} has {value}" for service, value in self.values.items())


class Merged(msgspec.Struct, frozen=True, kw_only=True):
    """One work. ``sources`` names the service that each field of ``work`` came from."""

    work: Work
    sources: dict[str, str]
    disagreements: tuple[Disagreement, ...] = ()


def merge(works: Sequence[Work]) -> Merged:
    """The works, of which the first is the one to follow, as one. OpenAlex adds notices and nothing else.

    Raises ValueError when there is none to follow.
    """
    followed = [work for work in works if work.service != OPENALEX]
    if not followed:
        raise ValueError("no service to follow")
    values: dict[str, object] = {}
    sources: dict[str, str] = {}
    for field in _FIELDS:
        for work in followed:
            value = getattr(work, field)
            if value:
                values[field], sources[field] = value, work.service
                break
    notices: dict[Notice, None] = {}
    for work in works:
        notices |= dict.fromkeys(work.notices)
    values |= {
        "years": tuple(sorted({year for work in followed for year in work.years})),
        "types": tuple(dict.fromkeys(t for work in followed for t in work.types)),
        "notices": tuple(notices),
        "notice_of": any(work.notice_of for work in followed),
    }
    merged = msgspec.structs.replace(followed[0], **values)
    return Merged(work=merged, sources=sources, disagreements=tuple(_disagreements(followed)))


def same_title(first: str, second: str) -> bool:
    """Whether two titles are of one work: alike but for signs, accents, a slip, or a subtitle left out."""
    a, b = _reduced(first), _reduced(second)
    short, long = sorted((a, b), key=len)
    if len(short) >= _PREFIX and long.startswith(f"{short} "):
        return True
    return a == b or fuzz.ratio(a, b) >= _SAME_TITLE


def _disagreements(works: Sequence[Work]) -> list[Disagreement]:
    found = []
    for field in _COMPARED:
        held = [work for work in works if getattr(work, field)]
        if any(not _agree(field, held[0], other) for other in held[1:]):
            found.append(Disagreement(field=field, values={work.service: _shown(field, work) for work in held}))
    return found


def _agree(field: str, first: Work, second: Work) -> bool:
    match field:
        case "title":
            return same_title(first.title or "", second.title or "")
        case "year":
            return first.year in second.years or second.year in first.years or first.year == second.year
        case _:
            return _reduced(_shown(field, first)) == _reduced(_shown(field, second))


def _shown(field: str, work: Work) -> str:
    if field == "authors":
        return family_name(work.authors[0])
    value = str(getattr(work, field))
    return value.removeprefix("The ").removeprefix("the ") if field == "container" else value


def _reduced(text: str) -> str:
    """Letters and digits of any script without accents and case."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    reduced = _NOT_WORD.sub(" ", bare).strip()
    return reduced or bare
