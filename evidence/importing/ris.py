"""RIS files into references, with the oddities of those who write them: tags repeated, spaced otherwise, no end."""

from __future__ import annotations

import re
from typing import Final

from evidence.bibliography import Reference
from evidence.identifiers import standard_doi
from evidence.importing.works import Works, build_reference, corporate, person, problem
from evidence.problems import Problem

TAG = re.compile(r"^([A-Z][A-Z0-9])[ \t]{1,4}-(?:[ \t]|$)")
_KINDS: Final = {
    "JOUR": "article",
    "EJOUR": "article",
    "JFULL": "article",
    "MGZN": "article",
    "NEWS": "article",
    "ABST": "article",
    "INPR": "article",
    "BOOK": "book",
    "EBOOK": "book",
    "EDBOOK": "book",
    "CHAP": "incollection",
    "ECHAP": "incollection",
    "CONF": "incollection",
    "CPAPER": "incollection",
    "RPRT": "techreport",
    "GOVDOC": "techreport",
    "THES": "phdthesis",
    "UNPB": "unpublished",
    "ELEC": "online",
    "WEB": "online",
    "BLOG": "online",
}
# Our field: the tags that may hold it, the first that is there wins.
_FIELDS: Final = {
    "title": ("TI", "T1", "CT", "BT"),
    "container": ("JO", "JF", "T2", "JA", "J2", "PB"),
    "year": ("PY", "Y1", "DA"),
    "volume": ("VL",),
    "number": ("IS",),
    "doi": ("DO",),
    "url": ("UR", "L2"),
}
_AUTHORS: Final = ("AU", "A1")
_PMID_SOURCES: Final = ("pubmed", "medline", "nlm")

_Row = tuple[int, str, str]


def read_ris(text: str, *, file: str) -> Works:
    """Every record that has a title. A record without ``ER`` is read as far as it goes, and told."""
    references: list[Reference] = []
    problems: list[Problem] = []
    record: list[_Row] = []

    def close(ended: bool) -> None:
        if not record:
            return
        line = record[0][0]
        if not ended:
            problems.append(
                problem(file, line, "a record has no ER; it is read as far as it goes", "end it with 'ER  - '")
            )
        found, faults = _work(record, file)
        references.extend([found] if found else [])
        problems.extend(faults)
        record.clear()

    stray = False
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text.removeprefix("\ufeff")), 1):
        match = TAG.match(line)
        tag, value = (match.group(1), line[match.end() :].strip()) if match else ("", line.strip())
        if tag == "TY":
            close(ended=False)
            record.append((number, tag, value))
        elif tag == "ER":
            close(ended=True)
        elif tag and record:
            record.append((number, tag, value))
        elif value and record:  # a long value goes on in the next line
            record.append((number, "+", value))
        elif value and not stray:
            stray = True
            problems.append(
                problem(
                    file, number, f"'{value[:40]}' stands outside a record and is left", "begin a record with 'TY  - '"
                )
            )
    close(ended=False)
    if not references and not problems:
        problems.append(problem(file, 0, "no record was found", "begin a record with 'TY  - JOUR'"))
    return Works(references=tuple(references), problems=tuple(problems))


def _work(record: list[_Row], file: str) -> tuple[Reference | None, list[Problem]]:
    tags: dict[str, list[str]] = {}
    last: list[str] = []
    for _, tag, value in record:
        if tag == "+":
            if last:
                last[-1] = f"{last[-1]} {value}"
            continue
        last = tags.setdefault(tag, [])
        last.append(value)
    fields = {
        field: next((tags[tag][0] for tag in places if tags.get(tag, [""])[0]), "") for field, places in _FIELDS.items()
    }
    start, end = (tags.get(tag, [""])[0] for tag in ("SP", "EP"))
    fields["pages"] = f"{start}--{end}" if start and end and "-" not in start and start != end else start
    if not fields["doi"]:
        links = [value for tag in ("UR", "L2", "L3", "M3", "N1") for value in tags.get(tag, ()) if standard_doi(value)]
        fields["doi"] = links[0] if links else ""
    if tags.get("AN") and any(name in tags.get("DB", [""])[0].lower() for name in _PMID_SOURCES):
        fields["pmid"] = tags["AN"][0]
    pmc = next((value for value in tags.get("C2", ()) if value.upper().startswith("PMC")), None)
    if pmc:
        fields["pmcid"] = pmc
    authors = [_author(name) for tag in _AUTHORS for name in tags.get(tag, ())]
    line, _, kind = record[0]
    label = tags.get("ID", [""])[0]
    return build_reference(
        fields, kind=_KINDS.get(kind.upper(), "misc"), authors=authors, label=label, line=line, file=file
    )


def _author(name: str) -> str:
    """RIS writes people as ``Family, Given``; a name of several words without a comma is a corporate one."""
    return person(name) if "," in name or " " not in name.strip() else corporate(name)
