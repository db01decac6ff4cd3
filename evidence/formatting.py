"""Brings the entries of a bibliography file into one form: order and alignment of fields, braces, one blank line.

Works on the file's own text, so that nothing is lost: comments, ``@string``, ``@preamble``, unknown fields and names of
strings stay, and a block that cannot be read stays as it is and is told. The order of entries is kept.
"""

from __future__ import annotations

import re

import msgspec

from evidence.bibfile import Block, line_ends, split_blocks
from evidence.bibliography import FIELDS
from evidence.problems import Problem

_HEAD = re.compile(r"@(\w+)[ \t]*[{(]\s*([^\s,{}=\"]+)\s*(?:,|(?=[})]\Z))")
_MARK = re.compile(r"(?<!\\)[{}\"]|[,=]")
_NAME = re.compile(r"[A-Za-z][\w:.+/-]*")
_BLANK = " \t\r\n"  # and no other space: a no-break space is part of a value
_SPACE = re.compile(f"[{_BLANK}]+")
_RANK = {name: rank for rank, name in enumerate(FIELDS)}


class Formatted(msgspec.Struct, frozen=True, kw_only=True):
    """The file in its one form, and what had to stay as it is, each with its line in the file as given."""

    text: str
    left: tuple[Problem, ...]


def format_bibliography(text: str, *, name: str) -> Formatted:
    """``text`` with its entries in canonical form; formatting the result again changes nothing. Never raises."""
    newline = line_ends(text)
    parts: list[str] = []
    left: list[Problem] = []
    for block in split_blocks(text):
        if block.kind == "entry":
            entry, reason = _format_entry(block)
            if reason:
                left.append(_left(name, block, reason))
            parts.append(entry.replace("\n", newline) if not reason else block.text)
        elif block.kind == "broken":
            left.append(_left(name, block, "is never closed"))
            parts.append(block.text)
        elif block.kind == "text" and not block.text.strip("\ufeff" + _BLANK):
            bom = "\ufeff" if "\ufeff" in block.text else ""
            parts.append(bom if block.start == 0 else newline * 2)
        else:
            parts.append(block.text)
    return Formatted(text=_ended("".join(parts), newline), left=tuple(left))


def _ended(text: str, newline: str) -> str:
    """The text with exactly one line end after a last entry; a comment at the end stays as it is."""
    ended = text.rstrip(_BLANK)
    return ended + newline if ended else ended


def split_fields(body: str) -> list[tuple[str, str]] | str:
    """The fields, name and value as written, in what stands after an entry's key; else why they cannot be read."""
    fields: list[tuple[str, str]] = []
    depth, quoted, start = 0, False, 0
    name: str | None = None
    for mark in _MARK.finditer(body):
        sign = mark.group()
        if sign == '"' and depth == 0:
            quoted = not quoted
        elif sign in "{}" and not quoted:
            depth += 1 if sign == "{" else -1
        elif depth or quoted or sign == '"' or sign in "{}":
            continue
        elif sign == "=" and name is None:
            name, start = body[start : mark.start()].strip(_BLANK), mark.end()
        elif sign == "=":
            last = body[start : mark.start()].split()[-1:]
            return f"has no comma before '{''.join(last)[-40:]} ='"
        elif sign == ",":
            if name is None:
                return _nameless(body[start : mark.start()])
            fields.append((name, body[start : mark.start()].strip(_BLANK)))
            name, start = None, mark.end()
    if depth or quoted:
        return "has a quote or brace that is never closed"
    if name is not None:
        fields.append((name, body[start:].strip(_BLANK)))
    elif body[start:].strip(_BLANK):
        return _nameless(body[start:])
    return fields


def _nameless(text: str) -> str:
    return f"has '{_SPACE.sub(' ', text).strip()[:40]}' where a field and '=' should be"


def _format_entry(block: Block) -> tuple[str, str | None]:
    """The entry in canonical form, or why it stays as it is."""
    head = _HEAD.match(block.text)
    if not head:
        return "", "has no key"
    fields = split_fields(block.text[head.end() : -1])
    if isinstance(fields, str):
        return "", fields
    values: dict[str, str] = {}
    for name, value in fields:
        field = name.lower()
        if not _NAME.fullmatch(name):
            return "", f"has '{_SPACE.sub(' ', name)[:40]}' where the name of a field should be"
        if field in values:
            return "", f"has the field {field} twice"
        if not value:
            return "", f"has the field {field} without a value"
        values[field] = _value(value)
    ordered = sorted(values, key=lambda field: _RANK.get(field, len(_RANK)))
    width = max(map(len, ordered), default=0)
    lines = [f"  {field.ljust(width)} = {values[field]}," for field in ordered]
    return "\n".join([f"@{head.group(1).lower()}{{{head.group(2)},", *lines, "}"]), None


def _value(written: str) -> str:
    """A value in braces; the name of a string, and strings joined with ``#``, as they are."""
    value = _SPACE.sub(" ", written)
    if value.isascii() and value.isdigit():
        return f"{{{value}}}"
    inner = value[1:-1]
    enclosed = len(value) > 1 and value[0] + value[-1] in {"{}", '""'}
    if not enclosed or not _is_one(inner, quoted=value[0] == '"'):
        return value
    # A backslash before the closing brace would take its meaning away.
    return value if inner.rstrip(_BLANK).endswith("\\") else f"{{{inner.strip(_BLANK)}}}"


def _is_one(inner: str, *, quoted: bool) -> bool:
    """Whether the text between two delimiters is one value: its braces pair, and no quote ends it before its end."""
    depth = 0
    for mark in _MARK.finditer(inner):
        sign = mark.group()
        if sign == '"' and quoted and depth == 0:
            return False
        if sign in "{}":
            depth += 1 if sign == "{" else -1
        if depth < 0:
            return False
    return depth == 0


def _left(file: str, block: Block, reason: str) -> Problem:
    what = f"{block.key or '@' + block.name} {reason}; left as it is"
    return Problem(file=file, line=block.line, code="bibliography", message=what, cure="correct the entry by hand")
