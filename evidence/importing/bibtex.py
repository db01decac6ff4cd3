"""BibTeX and BibLaTeX files of other programs into references; entry types and field names are turned into ours."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from evidence.bibliography import Reference, split_names
from evidence.importing.latex import decode_latex
from evidence.importing.works import Works, build_reference, person, problem
from evidence.problems import Problem

if TYPE_CHECKING:
    from bibtexparser.model import Block

_KINDS: Final = {
    "article": "article",
    "book": "book",
    "proceedings": "book",
    "collection": "book",
    "inbook": "incollection",
    "incollection": "incollection",
    "inproceedings": "incollection",
    "conference": "incollection",
    "report": "techreport",
    "techreport": "techreport",
    "online": "online",
    "electronic": "online",
    "www": "online",
    "thesis": "phdthesis",
    "phdthesis": "phdthesis",
    "mastersthesis": "phdthesis",
    "unpublished": "unpublished",
}
_CONTAINERS: Final = (
    "journal",
    "journaltitle",
    "booktitle",
    "institution",
    "school",
    "organization",
    "howpublished",
    "publisher",
)
_RENAMED: Final = {"issue": "number", "date": "year", "page": "pages"}
_PROSE: Final = ("title", "container", "note")


def read_bibtex(text: str, *, file: str) -> Works:
    """Every entry that has a title; strings are put in, accents of prose decoded. What cannot be read is told."""
    from bibtexparser.entrypoint import parse_string
    from bibtexparser.model import DuplicateBlockKeyBlock, DuplicateFieldKeyBlock, Entry, ParsingFailedBlock

    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)
    library = parse_string(text.removeprefix("\ufeff"))
    references, problems = [], []
    for block in library.blocks:
        entry: Block | None = block
        if isinstance(block, (DuplicateBlockKeyBlock, DuplicateFieldKeyBlock)):
            entry = block.ignore_error_block
            if isinstance(block, DuplicateFieldKeyBlock):
                twice = ", ".join(sorted(block.duplicate_keys))
                line = (block.start_line or 0) + 1
                problems.append(
                    problem(file, line, f"an entry has the field {twice} twice; the first is used", "keep one")
                )
        elif isinstance(block, ParsingFailedBlock):
            problems.append(_unreadable(block, file))
        if isinstance(entry, Entry):
            fields: dict[str, str] = {}
            for field in entry.fields:
                value = str(field.value)
                # bibtexparser leaves the delimiters on in a block that it calls failed.
                fields.setdefault(field.key.lower(), value if entry is block else _undelimited(value))
            found, faults = _work(fields, entry.entry_type, entry.key, (entry.start_line or 0) + 1, file)
            references += [found] if found else []
            problems += faults
    if not library.blocks or (not references and not problems):
        problems.append(problem(file, 0, "no entry was found", "give a BibTeX, RIS or CSL JSON file with works"))
    return Works(references=tuple(references), problems=tuple(problems))


def _work(
    fields: dict[str, str], entry_type: str, label: str, line: int, file: str
) -> tuple[Reference | None, list[Problem]]:
    for theirs, ours in _RENAMED.items():
        if theirs in fields:
            fields.setdefault(ours, fields[theirs])
    fields["container"] = next((fields[name] for name in _CONTAINERS if fields.get(name)), "")
    eprint = fields.get("eprint", "")
    if fields.get("eprinttype", fields.get("archiveprefix", "")).lower() == "pubmed":
        fields.setdefault("pmid", eprint)
    for name in _PROSE:
        if name in fields:
            fields[name] = _unbraced(decode_latex(fields[name]))
    names = split_names(fields.get("author", ""))
    kind = _KINDS.get(entry_type.lower(), "misc")
    used = {name: _unescaped(value) if name == "url" else value for name, value in fields.items()}
    authors = [person(decode_latex(name)) for name in names]
    return build_reference(used, kind=kind, authors=authors, label=label, line=line, file=file)


def _undelimited(value: str) -> str:
    return value[1:-1] if value[:1] + value[-1:] in {"{}", '""'} else value


def _unbraced(value: str) -> str:
    return value.replace("{", "").replace("}", "")


def _unescaped(url: str) -> str:
    """An address without the LaTeX that some programs put around it; its percent signs stay."""
    bare = url.strip().removeprefix("\\url").strip("{} ")
    return bare.replace("\\_", "_").replace("\\%", "%").replace("\\&", "&").replace("\\#", "#").replace("\\~", "~")


def _unreadable(block: Block, file: str) -> Problem:
    head = (block.raw or "").strip().splitlines()
    line = (block.start_line or 0) + 1
    return problem(
        file, line, f"an entry cannot be read: {head[0][:60] if head else ''}", "close its braces and quotes"
    )
