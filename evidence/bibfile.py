"""A bibliography file as text: cut into its blocks, and with an entry inserted while all else stays byte for byte.

The blocks of a file joined are the file again, whatever is in it. What entries mean is in ``bibliography.py``.
"""

from __future__ import annotations

import bisect
import itertools
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import msgspec

from evidence.bibliography import Reference, render_bibtex
from evidence.files import read_bounded
from evidence.problems import LibraryError, Problem, UsageError

BlockKind = Literal["entry", "string", "preamble", "comment", "text", "broken"]

_START = re.compile(r"@(\w+)[ \t]*([{(])")
# As in bibtexparser, which reads these files: a brace after a backslash is text, and inside a block only an @ at
# the start of a line is the next block.
_MARK = re.compile(r"(?<!\\)[{}]|^[ \t]*@\w+[ \t]*[{(]", re.MULTILINE)
_PAREN_MARK = re.compile(r"(?<!\\)[{})\"]|^[ \t]*@\w+[ \t]*[{(]", re.MULTILINE)
_ENTRY_KEY = re.compile(r"[{(]\s*([^\s,{}=\"]+)\s*,")


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of the file. ``text`` is the file from ``start`` on; ``line`` is 1-based.

    ``name`` is the word after ``@`` in lower case and ``key`` the entry's key, each empty where there is none.
    ``broken`` is a block that is never closed; it ends where the next one starts. ``text`` is what is between blocks.
    """

    kind: BlockKind
    text: str
    start: int
    line: int
    name: str = ""
    key: str = ""

    @property
    def end(self) -> int:
        """The offset after the last character."""
        return self.start + len(self.text)


def split_blocks(text: str) -> tuple[Block, ...]:
    """The blocks of a BibTeX file in order; their texts joined are ``text``. Never raises; takes linear time."""
    blocks: list[Block] = []
    position, line = 0, 1

    def add(kind: BlockKind, end: int, *, name: str = "", key: str = "") -> None:
        nonlocal position, line
        piece = text[position:end]
        blocks.append(Block(kind=kind, text=piece, start=position, line=line, name=name, key=key))
        position, line = end, line + piece.count("\n")

    searched = 0
    while found := _START.search(text, searched):
        before = text[max(position, text.rfind("\n", searched, found.start()) + 1) : found.start()]
        if before.lstrip().startswith("%"):  # an entry that a person has commented out
            searched = _end_of_line(text, found.end())
            continue
        if found.start() > position:
            add("text", found.start())
        end, closed = _end_of_block(text, found.end(), found.group(2))
        name = found.group(1).lower()
        key = ""
        if name not in {"string", "preamble", "comment"}:
            match = _ENTRY_KEY.match(text, found.end() - 1)
            key = match.group(1) if match else ""
        add(_kind(name, closed), end, name=name, key=key)
        searched = position
    if position < len(text):
        add("text", len(text))
    return tuple(blocks)


def _kind(name: str, closed: bool) -> BlockKind:
    if not closed:
        return "broken"
    if name == "string":
        return "string"
    if name == "preamble":
        return "preamble"
    return "comment" if name == "comment" else "entry"


def _end_of_block(text: str, position: int, opened_by: str) -> tuple[int, bool]:
    """Where the block opened just before ``position`` ends, and whether it is closed there."""
    depth, quoted = 0, False
    closer, marks = ("}", _MARK) if opened_by == "{" else (")", _PAREN_MARK)
    for mark in marks.finditer(text, position):
        sign = mark.group()
        if len(sign) > 1:  # the next block: this one was never closed
            return mark.start(), False
        if sign == "{":
            depth += 1
        elif sign == '"':
            quoted ^= depth == 0
        elif depth == 0 and sign == closer and not quoted:
            return mark.end(), True
        elif sign == "}" and depth:
            depth -= 1
    return len(text), False


def insert_entry(text: str, reference: Reference) -> str:
    """``text`` with the reference as a canonical entry at its place by key; everything else stays byte for byte.

    Keys are in alphabetical order, case aside. Where a file is in another order the entry goes before the first
    greater key. Raises UsageError when the key, case aside, is in the file already.
    """
    return insert_entries(text, (reference,))


def insert_entries(text: str, references: Iterable[Reference]) -> str:
    """As ``insert_entry`` for several references at once, in time linear in the file."""
    newline = line_ends(text)
    keyed = [block for block in split_blocks(text) if block.key]
    taken = {block.key.lower(): block for block in keyed}
    # Of an unsorted file the greatest key so far, so that the first greater one can be searched for.
    greatest = list(itertools.accumulate((block.key.lower() for block in keyed), max))
    waiting: dict[int, list[str]] = {}
    for reference in sorted(references, key=lambda reference: reference.key.lower()):
        key = reference.key.lower()
        if key in taken:
            there = taken[key]
            raise UsageError(f"the bibliography has the key {there.key} already (line {there.line}); choose another")
        entry = render_bibtex(reference).replace("\n", newline)
        waiting.setdefault(bisect.bisect_right(greatest, key), []).append(entry)
    parts: list[str] = []
    done = 0
    for index, entries in sorted(waiting.items()):
        place = _place(text, keyed, index)
        parts.append(text[done:place])
        new = (newline * 2).join(entries)
        if index == 0 and keyed:
            parts.append(new + newline * 2)
        else:
            parts.append(_gap("x" if keyed else text, newline) + new)
        done = place
    rest = text[done:]
    return "".join(parts) + (rest if rest or not waiting else newline)


def _place(text: str, keyed: list[Block], index: int) -> int:
    """Where entries go that belong before the entry ``index``."""
    if not keyed:
        return len(text)
    if index == 0:
        return keyed[0].start
    # After the entry before it, not before the entry after it: a comment there belongs to that entry.
    end = keyed[index - 1].end
    place = _end_of_line(text, end)
    return end if index < len(keyed) and keyed[index].start < place else place  # two entries may share a line


def _end_of_line(text: str, position: int) -> int:
    """The end of the line of ``position``, before its line break."""
    end = text.find("\n", position)
    end = len(text) if end < 0 else end
    return max(position, end - 1 if text[end - 1 : end] == "\r" else end)


def _gap(before: str, newline: str) -> str:
    """The line ends that part a new entry from what is before it: one empty line."""
    if not before.strip("\ufeff"):
        return ""
    if before.endswith("\n"):
        return "" if before.endswith(("\n\n", "\n\r\n")) else newline
    return newline * 2


def line_ends(text: str) -> str:
    """The line end that most lines of the text have."""
    return "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"


def read_bibfile(path: Path, *, name: str | None = None) -> str:
    """The file's text with its own line ends. Raises LibraryError when it cannot be read or is not UTF-8."""
    shown = name or str(path)
    try:
        return read_bounded(path).decode("utf-8")
    except UnicodeDecodeError as error:
        message, cure = f"not UTF-8 text (byte {error.start})", "save the file as UTF-8"
    except OSError as error:
        message, cure = f"cannot be read: {error.strerror}", "check the path and its rights"
    raise LibraryError(Problem(file=shown, code="bibliography", message=message, cure=cure))
