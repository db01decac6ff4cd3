"""The history of a record for people: a commit with what it changed, oldest first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import msgspec

from claims.reporters.layout import Screen, plural
from claims.sayings import shorten_middle

if TYPE_CHECKING:
    from claims.history import Change, FieldChange, History

_LONGEST: Final = 160  # characters of a value that are shown
_ITEMS: Final = 5  # of a list


def render_history(history: History, screen: Screen) -> str:
    """Every change with commit, day and author, then each field before and after."""
    lines = [screen.style("history", "bold")]
    for change in history.changes:
        lines += ["", screen.wrap(_head(change), indent=4, first="  ")]
        if change is history.changes[0] and all(field.was is None for field in change.fields):
            lines.append(f"    entered with {plural(len(change.fields), 'field')}")
            continue
        for field in change.fields:
            lines += [screen.wrap(told, indent=8, first="    ") for told in _told(field)]
    files = f"{plural(len(history.changes), 'change')} in {', '.join(history.files)}"
    lines += ["", screen.style(files, "dim")]
    if not history.complete:
        lines.append("the clone is shallow: what came before is not known (git fetch --unshallow)")
    return "\n".join(lines)


def _head(change: Change) -> str:
    if change.commit is None:
        return change.subject
    return f"{change.date}  {change.commit[:10]}  {change.subject} ({change.author})"


def _told(field: FieldChange) -> Iterator[str]:
    if isinstance(field.was, list | None) and isinstance(field.now, list | None):
        yield from _items(field.field, "without", field.was)
        yield from _items(field.field, "with", field.now)
    elif field.was is None:
        yield f"{field.field}: {_plain(field.now)}"
    else:
        now = "taken out" if field.now is None else _plain(field.now)
        yield f"{field.field}: {_plain(field.was)} → {now}"


def _items(field: str, word: str, items: list[object] | None) -> Iterator[str]:
    for item in (items or [])[:_ITEMS]:
        yield f"{field}, {word}: {_plain(item)}"
    if items and len(items) > _ITEMS:
        yield f"{field}, {word}: {len(items) - _ITEMS} more (--format json has all)"


def _plain(value: object) -> str:
    told = msgspec.json.encode(value).decode() if isinstance(value, dict | list | bool) else str(value)
    return shorten_middle(" ".join(told.split()), _LONGEST)
