"""CSL JSON (Zotero, Pandoc, citation services) into references; each item is read on its own, so its line is known."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from evidence.bibliography import Reference
from evidence.identifiers import find_identifiers
from evidence.importing.works import OTHERS, Works, build_reference, corporate, problem
from evidence.problems import Problem

_KINDS: Final = {
    "article": "article",
    "article-journal": "article",
    "article-magazine": "article",
    "article-newspaper": "article",
    "journal-article": "article",
    "review": "article",
    "book": "book",
    "chapter": "incollection",
    "paper-conference": "incollection",
    "report": "techreport",
    "webpage": "online",
    "post-weblog": "online",
    "thesis": "phdthesis",
    "manuscript": "unpublished",
}
_FIELDS: Final = {
    "volume": "volume",
    "issue": "number",
    "page": "pages",
    "DOI": "doi",
    "PMID": "pmid",
    "PMCID": "pmcid",
    "URL": "url",
}
_SPACE: Final = " \t\r\n"
_LIST_CURE: Final = "give a list of works: [{...}, {...}]"


def read_csl(text: str, *, file: str) -> Works:
    """Every item that has a title. A file that is no list of works, or breaks off, is one line."""
    references: list[Reference] = []
    problems: list[Problem] = []
    for line, item in _items(text, file, problems):
        if not isinstance(item, dict):
            problems.append(problem(file, line, "an item is no work", 'each item is an object: {"title": ...}'))
            continue
        found, faults = _work(item, line, file)
        references += [found] if found else []
        problems += faults
    if not references and not problems:
        problems.append(problem(file, 1, "the list is empty", _LIST_CURE))
    return Works(references=tuple(references), problems=tuple(problems))


def _items(text: str, file: str, problems: list[Problem]) -> Iterator[tuple[int, Any]]:
    """The items of the list with their lines; what stops the reading goes to ``problems``."""
    decoder = json.JSONDecoder()
    position = _after_space(text, 1 if text.startswith("\ufeff") else 0)
    if text[position : position + 1] != "[":
        problems.append(problem(file, 1, "the file holds no list of works", _LIST_CURE))
        return
    position = _after_space(text, position + 1)
    line, counted = 1, 0
    while text[position : position + 1] not in {"]", ""}:
        line, counted = line + text.count("\n", counted, position), position
        try:
            item, position = decoder.raw_decode(text, position)
        except json.JSONDecodeError as error:
            problems.append(problem(file, error.lineno, f"not valid JSON: {error.msg}; the rest is left", "correct it"))
            return
        except (RecursionError, ValueError) as error:
            reason = "nested too deeply" if isinstance(error, RecursionError) else "a number of thousands of digits"
            problems.append(problem(file, line, f"not valid JSON: {reason}; the rest is left", "correct it"))
            return
        yield line, item
        position = _after_space(text, position)
        if text[position : position + 1] == ",":
            position = _after_space(text, position + 1)
        elif text[position : position + 1] != "]":
            break
    if text[position : position + 1] != "]":
        line += text.count("\n", counted, position)
        problems.append(problem(file, line, "the list breaks off or lacks a comma; the rest is left", "correct it"))


def _after_space(text: str, position: int) -> int:
    while position < len(text) and text[position] in _SPACE:
        position += 1
    return position


def _work(item: dict[str, Any], line: int, file: str) -> tuple[Reference | None, list[Problem]]:
    fields = {ours: _text(item.get(theirs)) for theirs, ours in _FIELDS.items()}
    fields["title"] = _text(item.get("title"))
    fields["container"] = _text(item.get("container-title")) or _text(item.get("publisher"))
    fields["year"] = _year(item.get("issued"))
    for one in find_identifiers(_text(item.get("note"))):  # where Zotero keeps what has no field of its own
        if one.kind in {"doi", "pmid", "pmcid"} and not fields[one.kind]:
            fields[one.kind] = one.value
    people = item.get("author")
    authors = [_author(one) for one in people if isinstance(one, dict)] if isinstance(people, list) else []
    label = _text(item.get("id"))
    kind = _KINDS.get(_text(item.get("type")), "misc")
    return build_reference(fields, kind=kind, authors=authors, label=label[:60], line=line, file=file)


def _text(value: object) -> str:
    """A text, the first of a list of texts, a number as text; anything else is none."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    return str(value)


def _year(value: object) -> str:
    """The year as text, empty where not told."""
    if not isinstance(value, dict):
        return _text(value)
    parts = value.get("date-parts")
    first = parts[0] if isinstance(parts, list) and parts else None
    if isinstance(first, list) and first:
        return _text(first[0])
    return _text(value.get("raw")) or _text(value.get("literal"))


def _author(name: dict[str, Any]) -> str:
    literal = _text(name.get("literal")) or _text(name.get("name"))
    if literal:
        return literal if literal.lower() in OTHERS else corporate(literal)
    particle = _text(name.get("non-dropping-particle")) or _text(name.get("dropping-particle"))
    family = " ".join(part for part in (particle, _text(name.get("family"))) if part)
    given = " ".join(part for part in (_text(name.get("given")), _text(name.get("suffix"))) if part)
    return f"{family}, {given}".strip(", ") if family else given
