"""The audit as JSON (schema ``claimwise/check/1``): the ``Report`` value as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from claims.report import Report
from claims.reporters.layout import Screen
from claims.rule_links import RuleLinks, codes_in, entries

if TYPE_CHECKING:
    from claims.checked_documents import CheckedDocument
    from claims.checking import CheckResult


def render(report: Report, screen: Screen) -> str:  # noqa: ARG001 - JSON has no width
    """Indented JSON with keys in the order of the schema."""
    return to_json({**msgspec.structs.asdict(report), "rules": entries(codes_in(report), RuleLinks())})


def check_as_json(result: CheckResult, links: RuleLinks) -> Iterator[str]:
    """A check, with a table of the rules that occur in it and where each is explained, in pieces: of a large site the
    claims are a hundred times as long as its text."""
    parts = {**msgspec.structs.asdict(result), "rules": entries(codes_in(result), links)}
    parts["documents"] = _array((_document(document) for document in result.documents), 1)
    parts["conflicts"] = _array((_member(conflict, 2) for conflict in result.conflicts), 1)
    return _object(parts, 0)


def _document(document: CheckedDocument) -> Iterator[str]:
    parts = msgspec.structs.asdict(document)
    return _object({**parts, "claims": _array((_member(claim, 4) for claim in document.claims), 3)}, 2)


def _object(parts: dict[str, object], depth: int) -> Iterator[str]:
    """A JSON object whose values are given, or come in pieces that are JSON already."""
    lead = "{"
    for key, value in parts.items():
        yield f'{lead}\n{"  " * (depth + 1)}"{key}": '
        yield from value if isinstance(value, Iterator) else _member(value, depth + 1)
        lead = ","
    yield f"\n{'  ' * depth}}}"


def _array(members: Iterable[Iterable[str]], depth: int) -> Iterator[str]:
    lead = "["
    for member in members:
        yield f"{lead}\n{'  ' * (depth + 1)}"
        yield from member
        lead = ","
    yield "[]" if lead == "[" else f"\n{'  ' * depth}]"


def _member(value: object, depth: int) -> tuple[str]:
    """One value, indented as it stands in the whole; a line break in JSON is never part of a text."""
    return (to_json(value).replace("\n", "\n" + "  " * depth),)


def to_json(value: object) -> str:
    """Any of our values as indented JSON; the same value gives the same bytes."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
