"""A work as another program has it, in our form: names turned round, identifiers standard, what is unusable told."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from typing import Final

import msgspec

from evidence.bibliography import Reference, family_name
from evidence.identifiers import standard_doi, standard_pmcid, standard_pmid
from evidence.problems import Problem

_YEAR = re.compile(r"(?<![0-9])(1[89]|20)[0-9]{2}(?![0-9])")
_RANGE = re.compile(r"(?<=[0-9A-Za-z])\s{0,3}(?:--?|–|—)\s{0,3}(?=[0-9A-Za-z])")
_MARKUP = re.compile(r"</?(?:i|b|em|strong|sub|sup|scp|span|inline-formula)(?: [^<>]{0,80})?/?>", re.IGNORECASE)
_NOT_LETTER = re.compile(r"[^A-Za-z]+")
_STROKES: Final = str.maketrans(
    {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "ß": "ss", "æ": "ae", "Æ": "Ae", "œ": "oe", "ı": "i"}
)
_USED: Final = (
    "title",
    "container",
    "year",
    "month",
    "volume",
    "number",
    "pages",
    "doi",
    "pmid",
    "pmcid",
    "url",
    "note",
)
OTHERS: Final = {"others", "et al", "et al."}
_AUTHORS: Final = 3  # as many as an entry of the bibliography names before "and others"


class Works(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader made of a file, and what it could not use. ``key`` is the file's own label or empty."""

    references: tuple[Reference, ...]
    problems: tuple[Problem, ...]


def build_reference(
    fields: Mapping[str, str], *, kind: str, authors: Sequence[str], label: str, line: int, file: str
) -> tuple[Reference | None, list[Problem]]:
    """The reference of a work whose ``fields`` are named as in BibTeX (``container`` for what it appeared in).

    ``None`` when it has no title; a field that cannot be used is left out and told.
    """
    values = {name: value for name in _USED if (value := tidy(fields.get(name, "")))}
    shown = label or (f"'{values['title'][:40]}'" if "title" in values else "a record")
    problems: list[Problem] = []

    def unusable(what: str, cure: str) -> None:
        problems.append(problem(file, line, f"{shown} {what}", cure))

    if "title" not in values:
        unusable("has no title and is left", "add the title")
        return None, problems
    standard: dict[str, str | None] = {}
    for name, reader in (("doi", standard_doi), ("pmid", standard_pmid), ("pmcid", standard_pmcid)):
        given = values.get(name)
        standard[name] = reader(given) if given else None
        if given and standard[name] is None:
            unusable(f"has the {name.upper()} '{given[:60]}', which is none; it is left out", "correct it")
    year = _YEAR.search(values.get("year", ""))
    if values.get("year") and not year:
        unusable(f"has the year '{values['year'][:20]}', which is none; it is left out", "write four digits")
    names = [_one_name(name) for name in map(tidy, authors) if name and name.lower() not in OTHERS]
    reference = Reference(
        key=label,
        kind=kind,
        title=values["title"].rstrip(".") if not values["title"].endswith("..") else values["title"],
        authors=tuple(names[:_AUTHORS]),
        more_authors=len(names) > _AUTHORS or len(names) < sum(1 for name in authors if tidy(name)),
        container=values.get("container"),
        year=int(year.group()) if year else None,
        month=values.get("month"),
        volume=values.get("volume"),
        number=values.get("number"),
        pages=_RANGE.sub("--", values["pages"]) if "pages" in values else None,
        doi=standard["doi"],
        pmid=standard["pmid"],
        pmcid=standard["pmcid"],
        # A link that only repeats the DOI says nothing of its own.
        url=None if standard_doi(values.get("url", "")) else values.get("url"),
        note=values.get("note"),
        line=line,
    )
    return reference, problems


def tidy(value: str) -> str:
    """A value on one line, without control characters and the mark-up of other programs' titles."""
    plain = "".join(sign if sign.isprintable() else " " for sign in _MARKUP.sub("", value))
    return unicodedata.normalize("NFC", " ".join(plain.split()))


def person(name: str) -> str:
    """``Family, Given`` of a name in either order; a corporate name in braces and a single word as they are."""
    name = " ".join(name.split())
    if name.startswith("{") and name.endswith("}"):
        return f"{{{name.strip('{}')}}}"
    name = name.replace("{", "").replace("}", "")
    if "," in name:
        family, *rest = (part.strip() for part in name.split(","))
        return f"{family}, {' '.join(reversed(rest))}".rstrip(", ")
    words = name.split()
    if len(words) < 2:
        return name
    # The family name begins at its particle: Ludwig van Beethoven.
    start = next((n for n, word in enumerate(words[1:-1], 1) if word[0].islower()), len(words) - 1)
    return f"{' '.join(words[start:])}, {' '.join(words[:start])}"


def corporate(name: str) -> str:
    """A corporate name, in the braces that keep it whole."""
    return f"{{{' '.join(name.replace('{', '').replace('}', '').split())}}}"


def _one_name(name: str) -> str:
    return corporate(name) if " and " in name and not name.startswith("{") else name


def new_key(reference: Reference, taken: Collection[str]) -> str:
    """``Family2013``; where ``taken`` (keys in lower case) has others of that name and year, the next letter."""
    first = (*reference.authors[:1], *reference.title.split(), "Work")
    head = next(stem for name in first if (stem := _stem(name)))
    stem = f"{head}{reference.year or ''}"
    low = stem.lower()
    if low not in taken and f"{low}a" not in taken:
        return stem
    letter = next((sign for sign in "bcdefghijklmnopqrstuvwxyz" if low + sign not in taken), None)
    if letter:
        return stem + letter
    return f"{stem}z{_free_number(f'{low}z', taken)}"


def _free_number(stem: str, taken: Collection[str]) -> int:
    """A number not used after ``stem``, found by doubling: of thousands of works, each is asked about a few times."""
    high = 1
    while f"{stem}{high}" in taken:
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if f"{stem}{middle}" in taken else (low, middle)
    return high


def _stem(author: str) -> str:
    name = family_name(author).translate(_STROKES)
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = [word for word in _NOT_LETTER.split(plain.replace("'", "")) if word]
    if author.startswith("{") and len(words) > 1:  # a corporate name by its initials
        initials = "".join(word[0] for word in words if word[0].isupper())
        if len(initials) > 1:
            return initials
    return "".join(words)


def problem(file: str, line: int, message: str, cure: str) -> Problem:
    """A line about the file that is imported."""
    return Problem(file=file, line=line, code="import", message=message, cure=cure)
