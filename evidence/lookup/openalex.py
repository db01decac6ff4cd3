"""OpenAlex: a second opinion on retraction, and search. Its merged records are not used for any other field."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

import msgspec

from evidence.identifiers import standard_doi, standard_pmid
from evidence.lookup.desk import Desk, decode
from evidence.lookup.outcomes import Found, NotFound, Unavailable
from evidence.lookup.settings import OPENALEX
from evidence.lookup.works import Work, WorkOutcome, person, plain, title_and_mark
from evidence.verification import Notice

_FIELDS: Final = (
    "id,doi,title,type,publication_year,is_retracted,ids,authorships,primary_location,abstract_inverted_index"
)
_PUBMED_LINK: Final = "https://pubmed.ncbi.nlm.nih.gov/"
_WORDS: Final = 600


class _Author(msgspec.Struct, frozen=True, kw_only=True):
    name: str | None = msgspec.field(default=None, name="display_name")


class _Authorship(msgspec.Struct, frozen=True, kw_only=True):
    author: _Author | None = None


class _Place(msgspec.Struct, frozen=True, kw_only=True):
    source: _Author | None = None


class _Record(msgspec.Struct, frozen=True, kw_only=True):
    doi: str | None = None
    title: str | None = None
    type: str | None = None
    year: int | None = msgspec.field(default=None, name="publication_year")
    is_retracted: bool | None = None
    ids: dict[str, msgspec.Raw] | None = None
    authorships: list[_Authorship] | None = None
    place: _Place | None = msgspec.field(default=None, name="primary_location")
    abstract: dict[str, list[int]] | None = msgspec.field(default=None, name="abstract_inverted_index")


class _List(msgspec.Struct, frozen=True, kw_only=True):
    results: list[msgspec.Raw]


def find_work(desk: Desk, doi: str) -> WorkOutcome:
    """What OpenAlex has under this DOI (standard form)."""
    reply = desk.ask(
        OPENALEX, f"works/doi:{quote(doi, safe='')}", {"select": _FIELDS}, shape=_Record, absent=lambda _: True
    )
    if isinstance(reply, Found):
        return Found(service=OPENALEX, value=_work(reply.value), as_of=reply.as_of)
    return reply


def search(desk: Desk, text: str, *, limit: int) -> Found[tuple[Work, ...]] | NotFound | Unavailable:
    """Works that match the words, most relevant first."""
    parameters = {"search": text, "per_page": str(limit), "select": _FIELDS}
    reply = desk.ask(OPENALEX, "works", parameters, shape=_List, pool="list")
    if isinstance(reply, Found):
        # One odd record among many is passed over: this is a search, nothing is concluded from what is missing.
        records = (decode(bytes(raw), _Record) for raw in reply.value.results[:limit])
        works = tuple(_work(record) for record in records if record is not None)
        return Found(service=OPENALEX, value=works, as_of=reply.as_of)
    return reply


def _work(record: _Record) -> Work:
    title, _ = title_and_mark(record.title)
    names = (plain(one.author.name) for one in record.authorships or () if one.author)
    types = tuple(t for t in (plain(record.type),) if t)
    return Work(
        service=OPENALEX,
        doi=standard_doi(record.doi or ""),
        pmid=_pmid(record),
        title=title,
        authors=tuple(name for text in names if text and (name := _family_first(text))),
        container=plain(record.place.source.name) if record.place and record.place.source else None,
        year=record.year,
        years=(record.year,) if record.year else (),
        kind="article" if "article" in types else "misc",
        types=types,
        notices=(Notice(kind="retraction", source="openalex"),) if record.is_retracted else (),
        notice_of="retraction" in types or "erratum" in types,
        abstract=_abstract(record.abstract),
    )


def _pmid(record: _Record) -> str | None:
    raw = (record.ids or {}).get("pmid")
    text = bytes(raw).decode("utf-8", "replace").strip('"') if raw is not None else ""
    return standard_pmid(text.removeprefix(_PUBMED_LINK).strip("/"))


def _family_first(name: str) -> str | None:
    given, _, family = name.rpartition(" ")
    return person(family, given)


def _abstract(index: dict[str, list[int]] | None) -> str | None:
    """The words back in their order; OpenAlex sends each word with its places."""
    placed = sorted((place, word) for word, places in (index or {}).items() for place in places[:_WORDS])
    return plain(" ".join(word for _, word in placed[:_WORDS]))
