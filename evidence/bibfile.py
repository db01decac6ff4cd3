"""A bibliography file as text: cut into its blocks, and with an entry inserted while all else stays byte for byte.

The blocks of a file joined are the file again, whatever is in it. What entries mean is in ``bibliography.py``.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

import msgspec

from evidence.bibliography import Reference, render_bibtex
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
    newline = line_ends(text)
    entry = render_bibtex(reference).replace("\n", newline)
    keyed = [block for block in split_blocks(text) if block.key]
    key = reference.key.lower()
    for block in keyed:
        if block.key.lower() == key:
            raise UsageError(f"the bibliography has the key {block.key} already (line {block.line}); choose another")
    greater = next((index for index, block in enumerate(keyed) if block.key.lower() > key), len(keyed))
    if greater:
        # After the entry before it, not before the entry after it: a comment there belongs to that entry.
        place = _end_of_line(text, keyed[greater - 1].end)
        if greater < len(keyed) and keyed[greater].start < place:  # two entries on one line
            place = keyed[greater - 1].end
        return _insert_after(text, place, entry, newline)
    if keyed:
        start = keyed[0].start
        return text[:start] + entry + newline * 2 + text[start:]
    return _insert_after(text, len(text), entry, newline)


def _end_of_line(text: str, position: int) -> int:
    """The end of the line of ``position``, before its line break."""
    end = text.find("\n", position)
    end = len(text) if end < 0 else end
    return max(position, end - 1 if text[end - 1 : end] == "\r" else end)


def _insert_after(text: str, position: int, entry: str, newline: str) -> str:
    before, after = text[:position], text[position:]
    if not before.strip("\ufeff"):
        gap = ""
    elif before.endswith("\n"):
        gap = "" if before.endswith(("\n\n", "\n\r\n")) else newline
    else:
        gap = newline * 2
    return before + gap + entry + (after or newline)


def line_ends(text: str) -> str:
    """The line end that most lines of the text have."""
    return "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"


def read_bibfile(path: Path, *, name: str | None = None) -> str:
    """The file's text with its own line ends. Raises LibraryError when it cannot be read or is not UTF-8."""
    shown = name or str(path)
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        message, cure = f"not UTF-8 text (byte {error.start})", "save the file as UTF-8"
    except OSError as error:
        message, cure = f"cannot be read: {error.strerror}", "check the path and its rights"
    raise LibraryError(Problem(file=shown, code="bibliography", message=message, cure=cure))
