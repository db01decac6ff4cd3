"""``references.bib`` as references: every entry that cannot be used is a problem with its line, never lost.

Reads with bibtexparser 2 and keeps the file's own form (``canonical``) strict: key style, field order, no unknown
fields. Looking works up and rewriting the file belong elsewhere.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from evidence.identifiers import standard_doi, standard_pmcid, standard_pmid
from evidence.later import compiled_later
from evidence.problems import LibraryError, Problem
from evidence.records import Record, read_text

if TYPE_CHECKING:
    from bibtexparser.model import Block, Entry

# The order is the canonical order of fields in an entry.
FIELDS: Final = (
    "author",
    "title",
    "journal",
    "booktitle",
    "institution",
    "howpublished",
    "publisher",
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
TYPES: Final = ("article", "book", "incollection", "techreport", "misc", "online", "phdthesis", "unpublished")
_KEY = compiled_later(r"^[A-Za-z][A-Za-z0-9_-]*$")
_YEAR = compiled_later(r"^(1[89]|20)\d\d$")
_PROSE: Final = ("author", "title", "journal", "booktitle", "institution", "howpublished", "publisher", "note")
_AMPERSAND = compiled_later(r"(?<!\\)&")
_BRACE = compiled_later(r"[{}]")
_BACKSLASH = compiled_later(r"(?<!\\)\\+(?=[{}]|$)")
_NOT_WORD = compiled_later(r"[\W_]+")


class Reference(Record, frozen=True, kw_only=True):
    """One entry of the bibliography. Empty strings never stand for a missing field: that is ``None``.

    ``authors`` keeps the braces of a corporate name (``{Statistics Office}``); ``people`` is without them.
    """

    key: str
    kind: str
    title: str
    authors: tuple[str, ...] = ()
    more_authors: bool = False
    container: str | None = None
    year: int | None = None
    volume: str | None = None
    number: str | None = None
    pages: str | None = None
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    url: str | None = None
    month: str | None = None
    note: str | None = None
    line: int = 0

    @property
    def people(self) -> tuple[str, ...]:
        return tuple(_plain(author) for author in self.authors)

    @property
    def short(self) -> str:
        """``Murrough et al. 2013``; a corporate author stays whole; the key where no author was seen."""
        names = [family_name(author) for author in self.authors]
        if not names:
            return self.key
        if len(names) == 1 and not self.more_authors:
            head = names[0]
        elif len(names) == 2 and not self.more_authors:
            head = f"{names[0]} and {names[1]}"
        else:
            head = f"{names[0]} et al."
        return f"{head} {self.year}" if self.year else head

    @property
    def brief(self) -> str:
        """``Price et al. 2022, Molecular Psychiatry, doi:10.1038/…``: enough to find the work by."""
        place = self.container if self.container and self.container not in self.short else None
        return ", ".join(part for part in (self.short, place, self._mark) if part)

    @property
    def _mark(self) -> str:
        return f"doi:{self.doi}" if self.doi else f"PMID {self.pmid}" if self.pmid else ""

    @property
    def citation(self) -> str:
        """One line to cite the work by, ending in its identifier where one is known."""
        people = ", ".join(self.people[:3]) + (" et al" if self.more_authors or len(self.authors) > 3 else "")
        place = ", ".join(part for part in (self.container, str(self.year or "")) if part)
        volume = f";{self.volume}" + (f"({self.number})" if self.number else "") if self.volume else ""
        pages = f":{self.pages.replace('--', '–')}" if self.pages else ""
        mark = f" {self._mark}" if self._mark else ""
        head = f"{people.rstrip('.')}. " if people else ""
        return f"{head}{self.title.rstrip('.')}. {place}{volume}{pages}.{mark}"


def load_bibliography(path: Path, *, name: str = "references.bib") -> dict[str, Reference]:
    """The references by key, in file order. Raises LibraryError with every problem of the file."""
    references, problems = read_bibliography(path, name=name)
    if problems:
        raise LibraryError(*problems)
    return references


def read_bibliography(path: Path, *, name: str = "references.bib") -> tuple[dict[str, Reference], list[Problem]]:
    """The references that can be used, and every problem: failed blocks, bad fields, duplicate keys and works."""
    return parse_bibliography(read_text(path, name=name), name=name)


def parse_bibliography(text: str, *, name: str) -> tuple[dict[str, Reference], list[Problem]]:
    """As ``read_bibliography``, of the text of a file."""
    import logging

    from bibtexparser.entrypoint import parse_string  # 60 ms: only where text files are read
    from bibtexparser.model import Entry, ExplicitComment, ImplicitComment

    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # its warnings repeat what becomes a Problem
    library = parse_string(text)
    problems: list[Problem] = []
    references: dict[str, Reference] = {}
    for block in library.blocks:
        if isinstance(block, Entry):
            reference, faults = _reference(block)
            line = reference.line
            problems += [_problem(name, line, f"{reference.key}: {message}", cure) for message, cure in faults]
            references[reference.key] = reference
        elif not isinstance(block, (ExplicitComment, ImplicitComment)):
            problems.append(_block_problem(block, name))
    problems += _duplicates(references, name)
    return references, problems


def family_name(author: str) -> str:
    """The family name of ``Family, Given``; a corporate or single-word name as it is."""
    return _plain(author) if author.startswith("{") else author.split(",", maxsplit=1)[0].strip()


def work_title(title: str) -> str:
    """A title reduced to its words, without accents and case, to compare works by."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", title) if not unicodedata.combining(sign))
    return _NOT_WORD.sub(" ", plain.casefold()).strip()


def _reference(entry: Entry) -> tuple[Reference, list[tuple[str, str]]]:
    faults: list[tuple[str, str]] = []
    fields = {field.key: _plain(str(field.value)) for field in entry.fields}
    order = [FIELDS.index(key) if key in FIELDS else -1 for key in fields]
    for key, value in fields.items():
        if key not in FIELDS:
            faults.append((f"unknown field '{key}'", f"use one of {', '.join(FIELDS)}"))
        if not value:
            faults.append((f"field '{key}' is empty", "fill it or remove it"))
    if -1 not in order and order != sorted(order):
        faults.append(
            ("fields are not in canonical order", f"order them: {', '.join(f for f in FIELDS if f in fields)}")
        )
    if entry.entry_type not in TYPES:
        faults.append((f"unknown entry type '{entry.entry_type}'", f"use one of {', '.join(TYPES)}"))
    if not _KEY.match(entry.key):
        faults.append(("the key has characters other than letters, digits, _ and -", "rename it"))
    if "title" not in fields:
        faults.append(("has no title", "add the title"))
    if "year" in fields and not _YEAR.match(fields["year"]):
        faults.append((f"year '{fields['year']}' is not a year", "write four digits"))
    for field, standard in (("doi", standard_doi), ("pmid", standard_pmid), ("pmcid", standard_pmcid)):
        if field in fields and standard(fields[field]) is None:
            faults.append((f"{field} '{fields[field]}' is not a {field.upper()}", "correct or remove it"))
    author = next((str(field.value) for field in entry.fields if field.key == "author"), "")
    names = [name if name.startswith("{") else _plain(name) for name in split_names(author)]
    reference = Reference(
        key=entry.key,
        kind=entry.entry_type,
        title=fields.get("title", ""),
        authors=tuple(name for name in names if name != "others"),
        more_authors="others" in names,
        container=next(
            (fields[f] for f in ("journal", "booktitle", "institution", "howpublished", "publisher") if f in fields),
            None,
        ),
        year=int(fields["year"]) if _YEAR.match(fields.get("year", "")) else None,
        volume=fields.get("volume"),
        number=fields.get("number"),
        pages=fields.get("pages"),
        doi=standard_doi(fields.get("doi", "")),
        pmid=standard_pmid(fields.get("pmid", "")),
        pmcid=standard_pmcid(fields.get("pmcid", "")),
        url=fields.get("url"),
        month=fields.get("month"),
        note=fields.get("note"),
        line=(entry.start_line or 0) + 1,
    )
    return reference, faults


def split_names(author: str) -> list[str]:
    """The names of an author field: split at ``and`` outside braces, so that corporate names stay whole."""
    names: list[str] = []
    words: list[str] = []
    depth = 0
    for word in author.split():
        if word == "and" and depth == 0:
            names.append(" ".join(words))
            words = []
        else:
            words.append(word)
        depth += word.count("{") - word.count("}")
    return [name for name in (*names, " ".join(words)) if name]


def _plain(value: str) -> str:
    """A field's text without the braces that protect capitals."""
    return value.replace("{", "").replace("}", "").replace("\\&", "&").strip()


def _block_problem(block: Block, name: str) -> Problem:
    from bibtexparser.model import DuplicateBlockKeyBlock, DuplicateFieldKeyBlock

    line = (block.start_line or 0) + 1
    if isinstance(block, DuplicateBlockKeyBlock):
        return _problem(name, line, f"key {block.key} is used twice", "merge the two entries")
    if isinstance(block, DuplicateFieldKeyBlock):
        keys = ", ".join(sorted(block.duplicate_keys))
        return _problem(name, line, f"an entry has the field {keys} twice", "keep one")
    head = (block.raw or "").strip().splitlines()
    return _problem(
        name, line, f"an entry cannot be read: {head[0][:60] if head else ''}", "close its braces and quotes"
    )


def _duplicates(references: dict[str, Reference], name: str) -> Iterator[Problem]:
    seen: dict[tuple[str, str], Reference] = {}
    for reference in references.values():
        marks = [("key, apart from case,", reference.key.lower())]
        marks += [
            (kind, value)
            for kind, value in (("DOI", reference.doi), ("PMID", reference.pmid), ("PMCID", reference.pmcid))
            if value
        ]
        if reference.title:
            marks.append(("title and year", f"{work_title(reference.title)} {reference.year}"))
        for mark in marks:
            first = seen.setdefault(mark, reference)
            if first is not reference:
                message = f"{reference.key} has the same {mark[0]} as {first.key} (line {first.line})"
                yield _problem(name, reference.line, message, "merge the two entries")


def _problem(file: str, line: int, message: str, cure: str) -> Problem:
    return Problem(file=file, line=line, code="bibliography", message=message, cure=cure)


def render_bibtex(reference: Reference) -> str:
    """The reference as a canonical BibTeX entry: fields in the order of ``FIELDS``, one a line."""
    container = {"article": "journal", "techreport": "institution", "incollection": "booktitle", "book": "publisher"}
    author = " and ".join([*reference.authors, *(["others"] if reference.more_authors else [])])
    values = {
        "author": author,
        "title": f"{{{reference.title}}}",
        container.get(reference.kind, "howpublished"): reference.container,
        "year": reference.year,
        "month": reference.month,
        "volume": reference.volume,
        "number": reference.number,
        "pages": reference.pages,
        "doi": reference.doi,
        "pmid": reference.pmid,
        "pmcid": reference.pmcid,
        "url": reference.url,
        "note": reference.note,
    }
    present = [(name, values[name]) for name in FIELDS if values.get(name)]
    width = max((len(name) for name, _ in present), default=0)
    lines = [f"  {name.ljust(width)} = {{{_field_text(name, str(value))}}}," for name, value in present]
    return "\n".join([f"@{reference.kind}{{{reference.key},", *lines, "}"])


def _field_text(name: str, value: str) -> str:
    """A value that cannot break its entry: on one line, its braces in pairs, no backslash before the closing one."""
    value = _BACKSLASH.sub("", " ".join(value.split()))
    if name in _PROSE:
        value = _AMPERSAND.sub(r"\\&", value)
    if not _in_pairs(value):
        inner = value.replace("{", "").replace("}", "")
        value = f"{{{inner}}}" if name == "title" else inner
    return value


def _in_pairs(value: str) -> bool:
    depth = 0
    for mark in _BRACE.findall(value):
        depth += 1 if mark == "{" else -1
        if depth < 0:
            return False
    return depth == 0
