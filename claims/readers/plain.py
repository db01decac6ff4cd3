"""Plain text as segments: paragraphs, list items, and the short lines above them as headings.

Many plain pages carry one paragraph a line, others are wrapped by hand; each block is looked at to tell which.
"""

from __future__ import annotations

import itertools
from typing import Final, NamedTuple

from claims.documents import Block
from claims.readers.building import Collector, TextBuilder
from claims.readers.roles import is_boilerplate
from evidence.later import compiled_later

_LINE_END: Final = compiled_later(r"\r\n|\n|\r")
_BULLET: Final = compiled_later(r"(\s*)(?:[•‣◦▪●○∙·*–-]|\d{1,3}[.)])\s+(?=\S)")
_RULE: Final = compiled_later(r"[\s=_*~#+.·•–—|-]*")
_INDENT: Final = compiled_later(r"\s*")
_SENTENCE_INSIDE: Final = compiled_later(r"[^\W\d_]{3}[.!]\s")
_CLOSERS: Final = "\"'”’»)]"
# A hand-wrapped line is about this long, in characters; the last of a paragraph may be shorter.
_SHORTEST, _LONGEST, _TOO_LONG = 50, 100, 120
_HEADING_LENGTH, _HEADING_WORDS = 100, 16
# Where every line is a paragraph, only a line of this length shows that the one above it was its heading.
_FULL_LINE: Final = 60


class _Line(NamedTuple):
    text: str
    start: int
    end: int  # just after the line's end mark


class _Unit(NamedTuple):
    """What becomes one segment: its lines, the first cut after its bullet. ``alone`` is a block of one line."""

    lines: tuple[_Line, ...]
    item: bool
    alone: bool

    @property
    def length(self) -> int:
        return sum(len(line.text) for line in self.lines)


def read_plain(text: str) -> list[Block]:
    """The segments of plain text, as one block.

    No headings are nested: the first line of a file may be its title, no more.
    """
    units = [unit for block in _blocks(text) for unit in _units(block)]
    headings = _headings(units)
    collector, builder = Collector(), TextBuilder()
    for index, unit in enumerate(units):
        for line in unit.lines:
            builder.add(line.text, line.start)
            builder.blank(line.start + len(line.text), line.end)
        if headings[index]:
            collector.add(builder, "heading", level=2 if index else 1)
        else:
            collector.add(builder, "list-item" if unit.item else "prose")
    return [Block(0, tuple(collector.finish()))]


def _lines(text: str) -> list[_Line]:
    lines, start = [], 0
    for mark in _LINE_END.finditer(text):
        lines.append(_Line(text[start : mark.start()], start, mark.end()))
        start = mark.end()
    return [*lines, _Line(text[start:], start, len(text))]


def _blocks(text: str) -> list[list[_Line]]:
    """Runs of lines between lines that are blank or drawn with punctuation only."""
    blocks: list[list[_Line]] = [[]]
    for line in _lines(text):
        if not _RULE.fullmatch(line.text):
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    return [block for block in blocks if block]


def _units(block: list[_Line]) -> list[_Unit]:
    wrapped = _is_wrapped(block)
    groups: list[tuple[list[_Line], bool]] = []
    indent = 0
    for line in block:
        bullet = _BULLET.match(line.text)
        if bullet:
            indent = len(bullet.group(1))
            cut = _Line(line.text[bullet.end() :], line.start + bullet.end(), line.end)
            groups.append(([cut], True))
        elif groups and _continues(groups[-1], line, wrapped=wrapped, indent=indent):
            groups[-1][0].append(line)
        else:
            groups.append(([line], False))
    alone = len(block) == 1
    return [_Unit(tuple(lines), item, alone) for lines, item in groups]


def _continues(group: tuple[list[_Line], bool], line: _Line, *, wrapped: bool, indent: int) -> bool:
    lines, item = group
    if item:
        found = _INDENT.match(line.text)
        return (found is not None and found.end() > indent) or _is_soft(lines[-1].text, line.text)
    return wrapped


def _is_wrapped(block: list[_Line]) -> bool:
    """Whether most lines break where the width ran out, and at least one break falls inside a sentence."""
    texts = [line.text.strip() for line in block]
    if len(texts) < 2 or max(map(len, texts)) > _TOO_LONG:
        return False
    breaks = list(itertools.pairwise(texts))
    full = sum(_SHORTEST <= len(text) <= _LONGEST and not _ends_sentence(text) for text, _ in breaks)
    return full * 2 > len(breaks) and any(_is_soft(text, following) for text, following in breaks)


def _is_soft(text: str, following: str) -> bool:
    text, following = text.strip(), following.strip()
    return len(text) <= _LONGEST and len(text) >= _SHORTEST and not _ends_sentence(text) and following[:1].islower()


def _ends_sentence(text: str) -> bool:
    return text.rstrip(_CLOSERS).endswith((".", "!", "?", "…", ":"))


def _headings(units: list[_Unit]) -> list[bool]:
    """Which units are headings; decided from the end, as a heading may stand above a heading."""
    found = [False] * len(units)
    for index in range(len(units) - 2, -1, -1):
        unit, following = units[index], units[index + 1]
        longer = following.length > (unit.length if unit.alone else max(_FULL_LINE, unit.length * 3 // 2))
        found[index] = (following.item or found[index + 1] or longer) and _may_head(unit)
    return found


def _may_head(unit: _Unit) -> bool:
    """A short line that begins like a title and ends without punctuation; a question may head its answer."""
    text = unit.lines[0].text.strip()
    if unit.item or len(unit.lines) > 1 or len(text) > _HEADING_LENGTH or len(text.split()) > _HEADING_WORDS:
        return False
    if _SENTENCE_INSIDE.search(text):
        return False
    first = text.lstrip("\"'“‘«([¿¡")[:1]
    if not (first.isupper() or first.isdigit()) or text.rstrip(_CLOSERS).endswith((".", "!", ":", ";", ",", "…")):
        return False
    return not is_boilerplate(text)
