"""Finds what cites in running text and in the file behind it: identifiers, links, markers, keys, authors with a year.

Patterns find candidates; ``linking`` decides which of them cite. Places are code points of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from evidence.identifiers import find_identifiers
from evidence.later import compiled_later

if TYPE_CHECKING:
    from claims.documents import Document, Segment

Kind = Literal["identifier", "link", "number", "superscript", "footnote", "key", "author-year", "mention", "entry"]

_NUMBERS: Final = r"\d{1,3}(?:\s?[,;–-]\s?\d{1,3}){0,20}"
_BRACKETED: Final = compiled_later(rf"\[({_NUMBERS})\]")
_DIGIT: Final = "[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}"
_RAISED: Final = compiled_later(rf"(?:(?<=[^\W\d_][^\W\d_])|(?<=[.,;:!?)\]”\"’%])){_DIGIT}(?:[,⁻–˒]{_DIGIT}){{0,10}}")
_SUP: Final = compiled_later(r"<sup\b[^>]{0,200}>(.{1,400}?)</sup>", re.IGNORECASE | re.DOTALL)
_TAG: Final = compiled_later(r"<[^<>]{1,300}>")
_CARETS: Final = compiled_later(rf"\^\[?({_NUMBERS})\]?\^")
_FOOTNOTE: Final = compiled_later(r"\[\^([^\]\s]{1,40})\](?!:)")
_SHORTCUT: Final = compiled_later(r"\[([^\]\[^\n]{1,40})\](?![:(\[])")
_HIDDEN: Final = compiled_later(r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_KEYS: Final = compiled_later(r"(?<![\w.@])-?@\{?([A-Za-z0-9_][\w:./-]{0,120})")
_PARTICLE: Final = r"(?:(?:van|von|de|der|den|del|di|du|la|le|aan|het|ter|al|el|dos|da)\s){0,3}"
_NAME: Final = rf"{_PARTICLE}[A-ZÀ-ÖØ-ÞĀŁŚŞŠŻŽ][\w'’‐-]{{1,30}}(?:\s[A-ZÀ-ÖØ-ÞŁŚŠŽ][\w'’‐-]{{1,30}})?"
_OTHERS: Final = r"(?:,?\s(?:et\sal\b\.?|(?:and|&)\s(?:colleagues|others|co-workers)))"
_PAIR: Final = rf"(?:,?\s(?:and|&)\s{_NAME})"
_PERSONS: Final = rf"{_NAME}(?:,\s{_NAME}){{0,6}}{_PAIR}?{_OTHERS}?"
_YEAR: Final = r"(?:19|20)\d\d"
_A_YEAR: Final = compiled_later(_YEAR)
NARRATED: Final = compiled_later(
    rf"(?<![\w-])(?P<names>{_NAME}(?:{_PAIR}|{_OTHERS})?)(?:['’]s)?,?\s?[(\[](?P<year>{_YEAR})(?P<letter>[a-z]?)"
    r"(?:,\s?pp?\.\s?[\d–-]{1,9})?[)\]]"
)
AL_YEAR: Final = compiled_later(
    rf"(?<![\w-])(?P<names>{_NAME}{_OTHERS}),?\s(?:in\s)?(?P<year>{_YEAR})(?P<letter>[a-z]?)\b"
)
_GROUP: Final = compiled_later(rf"[(\[]([^()\[\]]{{2,400}}?{_YEAR}[^()\[\]]{{0,200}})[)\]]")
_LEAD: Final = compiled_later(
    r"\s*(?:see(?:\salso)?|e\.?g\.?|cf\.?|for\s(?:a\s)?review|reviewed\s(?:in|by)|also|in|by),?\s"
)
PART: Final = compiled_later(
    rf"(?P<names>{_PERSONS}|[A-Z][\w.&'’-]{{1,30}}(?:\s(?:of|for|and|the|[A-Z][\w.&'’-]{{1,30}})){{1,9}})"
    rf"(?P<comma>,)?\s(?P<year>{_YEAR})(?P<letter>[a-z]?)(?P<more>(?:,\s?(?:{_YEAR})?[a-z]?){{0,5}})"
    r"(?:[,:]\s?pp?\.\s?[\d–-]{1,9})?"
)
_MORE: Final = compiled_later(rf"({_YEAR})([a-z]?)|\b([a-z])\b")
_SPLIT_NAMES: Final = compiled_later(r",\s|,?\s(?:and|&)\s")
_OTHERS_END: Final = compiled_later(rf"{_OTHERS}$")
_REMEMBERED: Final = 4000  # characters of a part
_READ: Final = frozenset({"prose", "list-item", "table-cell", "quotation", "heading"})


class Found(NamedTuple):
    """A candidate. ``value`` is the identifier, link, number, label or key; of an author-year citation the year.

    ``names`` are family names, ``others``: it says et al. or more; ``plain``: a single name and a year, which may be
    anything ("Boston (2019)"). ``context`` is the text that it stands in.
    """

    kind: Kind
    start: int
    end: int
    value: str
    names: tuple[str, ...] = ()
    letter: str = ""
    others: bool = False
    plain: bool = False
    bracketed: bool = False
    context: str = ""


def readable(document: Document) -> list[Segment]:
    """The segments in which a text may cite."""
    return [segment for segment in document.segments if segment.kind in _READ]


def visible(document: Document) -> str:
    """The file's text with code, comments and scripts blanked; places do not move."""
    text = document.text
    if document.path.lower().endswith((".html", ".htm", ".md", ".markdown")):
        text = _HIDDEN.sub(lambda found: " " * len(found.group()), text)
    spans = sorted(s.source_span(0, len(s.text)) for s in document.segments if s.kind == "code")
    pieces, at = [], 0
    for start, end in spans:
        if start >= at:
            pieces += [text[at:start], " " * (end - start)]
            at = end
    return "".join([*pieces, text[at:]])


def in_file(text: str) -> Iterator[Found]:
    """What cites in the file behind the words: identifiers, links, raised numbers, footnote marks."""
    previous: Found | None = None
    for identifier in find_identifiers(text):
        start, end = identifier.start, identifier.end
        kind: Kind = "link" if "/" in text[start:end].split("10.", maxsplit=1)[0] else "identifier"
        this = Found(kind, start, end, f"{identifier.kind}:{identifier.value}")
        if previous is None or not _one_link(previous, this, text[previous.end : start]):
            yield this
        previous = this
    for found in _SUP.finditer(text):
        numbers = _TAG.sub("", found.group(1)).strip().strip("[]")
        if re.fullmatch(_NUMBERS, numbers):
            yield Found("superscript", found.start(), found.end(), numbers)
    for found in _CARETS.finditer(text):
        yield Found("superscript", found.start(), found.end(), found.group(1))
    for found in _FOOTNOTE.finditer(text):
        yield Found("footnote", found.start(), found.end(), f"^{found.group(1)}")


def shortcuts(text: str, labels: set[str]) -> Iterator[Found]:
    """Markdown's ``[label]`` for a link defined elsewhere under one of the labels."""
    if labels:
        for found in _SHORTCUT.finditer(text):
            if found.group(1) in labels:
                yield Found("number", found.start(), found.end(), f"={found.group(1)}")


def by_part(document: Document) -> Iterator[tuple[int, str]]:
    """The file's text as it may cite, in the parts that it was read in, each with its place."""
    text = visible(document)
    starts = [block.start for block in document.blocks[1:]]
    for start, end in pairwise([0, *starts, len(text)]):
        yield start, text[start:end]


def in_part(part: str) -> tuple[Found, ...]:
    """What ``in_file`` finds in a part of a file; parts of usual length are remembered, as pages repeat each other."""
    return _in_part(part) if len(part) <= _REMEMBERED else tuple(in_file(part))


@lru_cache(maxsize=8192)
def _in_part(part: str) -> tuple[Found, ...]:
    return tuple(in_file(part))


def in_segment(segment: Segment) -> Iterator[Found]:
    """What cites in running text: numbers in brackets, raised digits, keys, authors with a year."""
    for found in _in_text(segment.text):
        low, high = segment.source_span(found.start, found.end)
        yield found._replace(start=low, end=high)


@lru_cache(maxsize=4096)  # pages of a site repeat each other
def _in_text(text: str) -> tuple[Found, ...]:
    """What cites in a text, at its places there. What nothing can match is not tried."""
    found: list[Found] = []
    if "[" in text:
        marks = _BRACKETED.finditer(text)
        found += [Found("number", mark.start(), mark.end(), mark.group(1), context=text) for mark in marks]
    if not text.isascii():
        for mark in _RAISED.finditer(text):
            digits = mark.group().translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻˒", "0123456789-,"))
            found.append(Found("superscript", mark.start(), mark.end(), digits, context=text))
    if "@" in text:
        found += _keyed(text)
    if _A_YEAR.search(text):
        found += _dated(text)
    return tuple(found)


def _keyed(text: str) -> Iterator[Found]:
    for mark in _KEYS.finditer(text):
        key = mark.group(1).rstrip(".:/-")
        opened = text.rfind("[", 0, mark.start()) > text.rfind("]", 0, mark.start())
        end = mark.start(1) + len(key)
        bracketed = opened and "]" in text[end : end + 300]
        yield Found("key", mark.start(), end, key, bracketed=bracketed, context=text)


def _dated(text: str) -> Iterator[Found]:
    """Authors with a year: first those in brackets, then those that a sentence names."""
    grouped = [found for group in _GROUP.finditer(text) for found in _parts(text, group)]
    yield from grouped
    taken = [(found.start, found.end) for found in grouped]
    for pattern in (NARRATED, AL_YEAR):
        for mark in pattern.finditer(text):
            if any(start < mark.end() and mark.start() < end for start, end in taken):
                continue
            taken.append(mark.span())
            names, others = _names(mark.group("names"))
            yield Found(
                "author-year",
                mark.start(),
                mark.end(),
                mark.group("year"),
                names=names,
                letter=mark.group("letter"),
                others=others,
                plain=len(names) == 1 and not others,
                context=text,
            )


def _parts(text: str, group: re.Match[str]) -> Iterator[Found]:
    at = group.start(1)
    for piece in group.group(1).split(";"):
        lead = _LEAD.match(piece)
        first = at + (lead.end() if lead else len(piece) - len(piece.lstrip()))
        at += len(piece) + 1
        part = PART.fullmatch(text, first, at - 1 - (len(piece) - len(piece.rstrip())))
        if part is None:
            continue
        names, others = _names(part.group("names"))
        plain = len(names) == 1 and not others and not part.group("comma")
        years = [(part.group("year"), part.group("letter"))]
        for year, letter, alone in _MORE.findall(part.group("more")):
            years.append((year or years[-1][0], letter or alone))
        for year, letter in years:
            yield Found(
                "author-year",
                part.start(),
                part.end(),
                year,
                names=names,
                letter=letter,
                others=others,
                plain=plain,
                context=text,
            )


def _names(told: str) -> tuple[tuple[str, ...], bool]:
    others = _OTHERS_END.search(told) is not None
    plain = _OTHERS_END.sub("", told)
    return tuple(name.strip(" ,") for name in _SPLIT_NAMES.split(plain) if name.strip(" ,")), others


def _one_link(previous: Found, this: Found, between: str) -> bool:
    """Whether the two are the address and the text of one link."""
    near = len(between) < 80 and "\n" not in between and (">" in between or "](" in between)
    return near and previous.value == this.value


def numbers_of(value: str) -> list[str]:
    """``2,4–6`` as the numbers it stands for; a range of more than thirty is no range."""
    numbers: list[str] = []
    for piece in re.split(r"\s?[,;]\s?", value):
        ends = [int(number) for number in re.findall(r"\d+", piece)]
        if len(ends) == 2 and 0 < ends[1] - ends[0] <= 30:
            numbers += [str(number) for number in range(ends[0], ends[1] + 1)]
        else:
            numbers += [str(number) for number in ends]
    return list(dict.fromkeys(numbers))
