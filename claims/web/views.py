"""What a page shows, as values: texts with links, fields, tables, sections. Templates turn them into HTML.

Everything is plain text until a template escapes it, so nothing of a record can become markup. Also the addresses of
records, within the pages and outside.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from claims.web.charts import Chart

if TYPE_CHECKING:
    from claims.collection import Collection
    from evidence.bibliography import Reference

FOLDERS: Final[Mapping[str, str]] = {
    "claim": "claims",
    "proposition": "propositions",
    "finding": "findings",
    "reference": "studies",
    "study": "studies",
    "conflict": "conflicts",
    "source": "sources",
    "concept": "concepts",
    "rule": "rules",
}


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of text. ``href`` makes it a link; ``badge`` is a word set beside it, such as a verdict."""

    text: str = ""
    href: str | None = None
    badge: str | None = None
    note: str | None = None

    @property
    def is_outside(self) -> bool:
        """Whether the link leaves the library's pages."""
        return self.href is not None and not self.href.startswith(("/", "#"))


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """A name with what stands under it; fields without values are left out."""

    name: str
    values: tuple[Text, ...]


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of cells; the first cell names its row."""

    head: tuple[str, ...]
    rows: tuple[tuple[Text, ...], ...]


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a page under its own heading, with any of: a note, texts as a list, a table, charts."""

    id: str
    title: str
    note: str | None = None
    texts: tuple[Text, ...] = ()
    table: Table | None = None
    charts: tuple[Chart, ...] = ()


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """One record's page. ``badges`` are its verdict and standing; ``label`` is what kind of record it is."""

    label: str
    key: str
    title: str
    badges: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    sections: tuple[Section, ...] = ()


def path_of(kind: str, key: str) -> str:
    """The address of a record's page: ``/studies/Murrough2013a``."""
    return f"/{FOLDERS[kind]}/{quote(key, safe='')}"


def search_path(**filters: str) -> str:
    """The address of a search with these filters."""
    return f"/search?{urlencode(filters)}"


def link(kind: str, key: str, text: str | None = None, *, badge: str | None = None, note: str | None = None) -> Text:
    """A link to a record, by its id where no text is given."""
    return Text(text=key if text is None else text, href=path_of(kind, key), badge=badge, note=note)


def field(name: str, *values: Text | str | None) -> Field:
    """A field of those values that say something."""
    texts = (Text(text=value) if isinstance(value, str) else value for value in values if value is not None)
    return Field(name=name, values=tuple(text for text in texts if text.text or text.badge))


def filled(fields: Iterable[Field]) -> tuple[Field, ...]:
    """The fields that have values."""
    return tuple(one for one in fields if one.values)


def shown(sections: Iterable[Section]) -> tuple[Section, ...]:
    """The sections that have something to show."""
    return tuple(s for s in sections if s.texts or s.charts or (s.table and s.table.rows))


def concept_links(collection: Collection, ids: Iterable[str]) -> tuple[Text, ...]:
    """Links to concepts, by their labels; a word that is no concept stays a word."""
    return tuple(
        link("concept", key, collection.lexicon.label(key)) if key in collection.lexicon else Text(text=key)
        for key in ids
    )


def outside_links(reference: Reference) -> tuple[Text, ...]:
    """Where the work itself is found: DOI, PubMed, the entry's own address where that is a web address."""
    links = []
    if reference.doi:
        links.append(Text(text=f"doi:{reference.doi}", href=f"https://doi.org/{quote(reference.doi, safe='/')}"))
    if reference.pmid:
        href = f"https://pubmed.ncbi.nlm.nih.gov/{quote(reference.pmid, safe='')}/"
        links.append(Text(text=f"PMID {reference.pmid}", href=href))
    if reference.url and not reference.doi and _is_web(reference.url):
        links.append(Text(text=reference.url, href=reference.url))
    return tuple(links)


def _is_web(url: str) -> bool:
    try:
        return urlsplit(url).scheme in ("http", "https")
    except ValueError:
        return False
