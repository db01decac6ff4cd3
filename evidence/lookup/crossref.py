"""Crossref: the record of a DOI, with the notices that others have registered about the work.

Unknown DOIs come as a plain-text 404; a DOI of another registration agency does so too, and is told apart.
"""

from __future__ import annotations

import datetime as dt
from typing import Final
from urllib.parse import quote

import msgspec

from evidence.identifiers import standard_doi
from evidence.lookup.desk import Desk
from evidence.lookup.outcomes import Found, NotFound, Unavailable
from evidence.lookup.settings import CROSSREF
from evidence.lookup.works import Work, WorkOutcome, corporate, person, plain, standard_pages, title_and_mark
from evidence.verification import Notice, NoticeKind

_SHOWN: Final = 60  # letters of a name that a service sends
_ABSENT: Final = b"resource not found"
_KINDS: Final = {
    "journal-article": "article",
    "proceedings-article": "incollection",
    "book": "book",
    "monograph": "book",
    "edited-book": "book",
    "reference-book": "book",
    "book-chapter": "incollection",
    "report": "techreport",
    "dissertation": "phdthesis",
}
_NOTICES: Final[dict[str, NoticeKind]] = {
    "retraction": "retraction",
    "partial_retraction": "retraction",
    "withdrawal": "withdrawal",
    "removal": "withdrawal",
    "expression_of_concern": "concern",
    "correction": "correction",
    "corrigendum": "correction",
    "erratum": "correction",
    "reinstatement": "reinstatement",
}
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class _Date(msgspec.Struct, frozen=True, kw_only=True):
    parts: list[list[int | None]] = msgspec.field(default_factory=list, name="date-parts")


class _Author(msgspec.Struct, frozen=True, kw_only=True):
    given: str | None = None
    family: str | None = None
    name: str | None = None


class _Update(msgspec.Struct, frozen=True, kw_only=True):
    doi: str | None = msgspec.field(default=None, name="DOI")
    type: str | None = None
    source: str | None = None
    updated: _Date | None = None


class _Message(msgspec.Struct, frozen=True, kw_only=True):
    doi: str = msgspec.field(name="DOI")
    type: str | None = None
    title: list[str | None] | None = None
    subtitle: list[str | None] | None = None
    container: list[str | None] | None = msgspec.field(default=None, name="container-title")
    publisher: str | None = None
    volume: str | None = None
    issue: str | None = None
    page: str | None = None
    number: str | None = msgspec.field(default=None, name="article-number")
    author: list[_Author] | None = None
    issued: _Date | None = None
    online: _Date | None = msgspec.field(default=None, name="published-online")
    printed: _Date | None = msgspec.field(default=None, name="published-print")
    updated_by: list[_Update] | None = msgspec.field(default=None, name="updated-by")
    update_to: list[_Update] | None = msgspec.field(default=None, name="update-to")
    abstract: str | None = None


class _Reply(msgspec.Struct, frozen=True, kw_only=True):
    message: _Message


class _Agency(msgspec.Struct, frozen=True, kw_only=True):
    id: str


class _AgencyMessage(msgspec.Struct, frozen=True, kw_only=True):
    agency: _Agency


class _AgencyReply(msgspec.Struct, frozen=True, kw_only=True):
    message: _AgencyMessage


def find_work(desk: Desk, doi: str) -> WorkOutcome:
    """The work that Crossref knows under this DOI (standard form)."""
    path = f"works/{quote(doi, safe='')}"
    reply = desk.ask(CROSSREF, path, shape=_Reply, absent=_is_absence)
    if isinstance(reply, Found):
        return Found(service=CROSSREF, value=_work(reply.value.message), as_of=reply.as_of)
    if isinstance(reply, NotFound):
        agency = desk.ask(CROSSREF, f"{path}/agency", shape=_AgencyReply, absent=_is_absence)
        if isinstance(agency, Unavailable):
            return agency
        if isinstance(agency, Found) and agency.value.message.agency.id != "crossref":
            name = (plain(agency.value.message.agency.id) or "another agency")[:_SHOWN]
            return Unavailable(service=CROSSREF, reason=f"does not keep this DOI: it is registered with {name}")
    return reply


def _is_absence(body: bytes) -> bool:
    return body.strip().lower().startswith(_ABSENT)


def _work(message: _Message) -> Work:
    heading = ": ".join(part for part in ((message.title or [""])[0], (message.subtitle or [""])[0]) if part)
    title, mark = title_and_mark(heading)
    kind = _KINDS.get(message.type or "", "misc")
    notices = [notice for update in message.updated_by or () if (notice := _notice(update))]
    if mark and not any(notice.kind in ("retraction", "withdrawal") for notice in notices):
        notices.append(Notice(kind=_NOTICES[mark], source="crossref title"))
    authors = (corporate(a.name) if a.name else person(a.family, a.given) for a in message.author or ())
    years = tuple(sorted({d.year for x in (message.issued, message.online, message.printed) if (d := _date(x))}))
    issued = _date(message.printed) or _date(message.issued) or _date(message.online)
    container = plain((message.container or [""])[0]) or (None if kind == "article" else plain(message.publisher))
    return Work(
        service=CROSSREF,
        doi=standard_doi(message.doi),
        title=title,
        authors=tuple(author for author in authors if author),
        container=container,
        year=issued.year if issued else None,
        years=years,
        month=_MONTHS[issued.month - 1] if issued and _has_month(message) else None,
        volume=plain(message.volume),
        number=plain(message.issue),
        pages=standard_pages(message.page) or plain(message.number),
        kind=kind,
        types=tuple(t for t in (plain(message.type),) if t),
        notices=tuple(sorted(notices, key=lambda n: (n.date or dt.date.min, n.kind, n.source))),
        notice_of=bool(message.update_to),
        abstract=plain(message.abstract),
    )


def _notice(update: _Update) -> Notice | None:
    kind = _NOTICES.get((update.type or "").lower().replace("-", "_").replace(" ", "_"))
    if kind is None:
        return None
    doi = standard_doi(update.doi or "")
    return Notice(kind=kind, date=_date(update.updated), doi=doi, source=(plain(update.source) or "crossref")[:_SHOWN])


def _has_month(message: _Message) -> bool:
    date = message.printed or message.issued or message.online
    return bool(date and date.parts and len(date.parts[0]) > 1)


def _date(date: _Date | None) -> dt.date | None:
    """The day; the first of the month or year where no more is known."""
    try:
        year, month, day = (*(part or 1 for part in date.parts[0]), 1, 1)[:3] if date and date.parts[0] else (0, 1, 1)
        return dt.date(year, month, day) if year >= 1000 else None
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
