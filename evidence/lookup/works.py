"""A work as a service describes it, in one form whatever the service; and the cleaning of what services send.

Text from a service is foreign: markup, entities and control characters are removed, so that it can stand in a
bibliography and on a terminal.
"""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Final

import msgspec

from evidence.lookup.outcomes import Found, NotFound, Unavailable
from evidence.verification import Notice

_TAG = re.compile(r"</?[A-Za-z][^<>]{0,200}>")
_STRUCK = re.compile(r"^\W*(retracted(?: article)?|withdrawn|temporary removal|removed)\s*[:.\]]+\s*", re.IGNORECASE)
_PAGES = re.compile(r"([A-Za-z]?)(\d{1,9})\s*[-–—]+\s*(?:\1)?(\d{1,9})")
_YEAR = re.compile(r"(?:1[89]|20)\d\d")
_TO_PLAIN: Final = {ord("{"): "(", ord("}"): ")", ord("\\"): "", ord("\u00ad"): "", ord("\u200b"): ""}
_LONGEST: Final = 2_000


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """What one service says of a work; ``None`` or empty where it says nothing.

    ``authors`` are "Family, Given"; a corporate author is in braces. ``kind`` is a BibTeX entry type. ``years`` are all
    years it was published in (online, in print), ``year`` the one to cite. ``types`` are publication types in the
    service's words. ``notice_of`` is true when the record is itself a notice about another work.
    """

    service: str
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    title: str | None = None
    authors: tuple[str, ...] = ()
    container: str | None = None
    year: int | None = None
    years: tuple[int, ...] = ()
    month: str | None = None
    volume: str | None = None
    number: str | None = None
    pages: str | None = None
    kind: str | None = None
    types: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()
    notice_of: bool = False
    abstract: str | None = None


# What asking a service for a work comes to.
WorkOutcome = Found[Work] | NotFound | Unavailable


def plain(text: str | None) -> str | None:
    """Text without markup, entities, control characters and what BibTeX reads as a sign; ``None`` when none is left."""
    if not text:
        return None
    bare = _TAG.sub("", html.unescape(_TAG.sub("", text)))
    kept = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in bare.translate(_TO_PLAIN))
    kept = "".join(c for c in kept if unicodedata.category(c) not in ("Cf", "Cs"))
    return " ".join(kept.split())[:_LONGEST].strip() or None


def title_and_mark(text: str | None) -> tuple[str | None, str | None]:
    """The title without a mark such as ``RETRACTED:``, and the kind of notice that the mark stands for."""
    title = plain(text)
    found = _STRUCK.match(title) if title else None
    if not title or not found:
        return title.rstrip(".") if title else None, None
    kind = "retraction" if found.group(1).lower().startswith("retracted") else "withdrawal"
    return title[found.end() :].rstrip(".") or title, kind


def standard_pages(text: str | None) -> str | None:
    """``1134--1142`` for ``1134-42`` and ``1134–1142``; anything else cleaned."""
    pages = plain(text)
    found = _PAGES.fullmatch(pages) if pages else None
    if not found:
        return pages
    letter, first, last = found.groups()
    if len(last) < len(first):
        last = first[: len(first) - len(last)] + last
    return f"{letter}{first}--{letter}{last}" if first != last else f"{letter}{first}"


def year_in(text: str | None) -> int | None:
    """The first year that a date names, such as that of ``2016 Nov 23``."""
    found = _YEAR.search(text or "")
    return int(found.group()) if found else None


def person(family: str | None, given: str | None) -> str | None:
    """``Family, Given``; a single name as it is."""
    names = [name for name in (plain(family), plain(given)) if name]
    return ", ".join(name.replace(",", " ") if not i else name for i, name in enumerate(names)) or None


def corporate(name: str | None) -> str | None:
    """A corporate author in braces, as BibTeX wants it."""
    cleaned = plain(name)
    return f"{{{cleaned}}}" if cleaned else None
