"""Lines on pages as running text: which of them make a paragraph, a heading or a list item, and which repeat.

Pure geometry and words. The order of lines is the file's own; columns are as the file gives them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from claims.documents import Place, Segment, SegmentKind
from claims.readers.building import Collector, TextBuilder

_BULLET: Final = re.compile(r"\s*(?:[•‣◦▪●○∙·–\uf0b7\uf0a7-]|\d{1,3}[.)])\s+(?=\S)")
_NUMBER: Final = re.compile(r"\d+")
_PAGE_NUMBER: Final = re.compile(r"\W*(?:page |p\. ?)?#(?: ?(?:of|/|\|) ?#)?\W*", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LAST_WORD: Final = re.compile(r"[^\W\d_]+(?=[-‐]$)")
_ENDS: Final = (".", "!", "?", ":", ".”", '."', ".)", "…")
_EDGE: Final = 3  # lines from the top or foot of a page among which running heads are
_SAME_PLACE: Final = 10  # points
_REPEATED: Final = 3  # pages on which a line must recur in a longer file
_BIGGER: Final = 1.15  # of the size of running text: a heading
_ALIKE: Final = 0.12  # part by which sizes of one paragraph may differ
_GAP: Final = 0.6  # of the size: room between two lines of a paragraph
_INDENT: Final = 0.8  # of the size: how far a first line is moved in
_HEADING_LENGTH, _HEADING_WORDS, _HEADING_LINES = 200, 16, 3
_BOLD_LEVEL: Final = 6


class Line(NamedTuple):
    """A line of a page; places in points from the left and from the foot, ``size`` the height of its characters."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float
    bold: bool
    hyphen: bool  # ends in a hyphen


class _Placed(NamedTuple):
    line: Line
    start: int
    page: int
    running: bool


def lay_out(pages: Sequence[Sequence[Line]]) -> tuple[str, tuple[Segment, ...], tuple[Place, ...]]:
    """The text of all pages, its segments, and where each page begins."""
    text, placed, places = _write(pages)
    body = _body_size(placed)
    levels = _levels(placed, body)
    words = Counter(word.lower() for line in placed for word in _WORD.findall(line.line.text))
    collector, builder = Collector(), TextBuilder()
    listed, list_id = False, 0
    for group in _paragraphs([line for line in placed if not line.running]):
        kind, level = _kind(group, levels, body)
        if kind == "list-item" and not listed:
            list_id = collector.new_list()
        listed = kind == "list-item"
        _build(builder, group, words, skip_bullet=listed)
        collector.add(builder, kind, level=level, list_id=list_id if listed else 0)
    for running in placed:
        if running.running:
            builder.add(running.line.text, running.start)
            collector.add(builder, "navigation")
    return text, tuple(collector.finish()), places


def _write(pages: Sequence[Sequence[Line]]) -> tuple[str, list[_Placed], tuple[Place, ...]]:
    running = _running(pages)
    parts: list[str] = []
    placed: list[_Placed] = []
    places: list[Place] = []
    length = 0
    for number, lines in enumerate(pages):
        if number:
            parts.append("\n")
            length += 1
        places.append(Place(length, f"page {number + 1}"))
        for index, line in enumerate(lines):
            placed.append(_Placed(line, length, number, (number, index) in running))
            parts.append(f"{line.text}\n")
            length += len(line.text) + 1
    return "".join(parts), placed, tuple(places)


def _running(pages: Sequence[Sequence[Line]]) -> set[tuple[int, int]]:
    """Page and index of the lines that recur at the head or foot of pages, and of page numbers.

    The first of them that is a sentence stays, as what it claims is claimed.
    """
    seen: dict[tuple[int, str], list[tuple[int, int]]] = {}
    found: set[tuple[int, int]] = set()
    for number, lines in enumerate(pages):
        order = sorted(range(len(lines)), key=lambda index: -lines[index].top)
        for index in (*order[:_EDGE], *order[_EDGE:][-_EDGE:]):
            key = _NUMBER.sub("#", " ".join(lines[index].text.lower().split()))
            if _PAGE_NUMBER.fullmatch(key):
                found.add((number, index))
            else:
                seen.setdefault((round(lines[index].top / _SAME_PLACE), key), []).append((number, index))
    for places in seen.values():
        count = len({page for page, _ in places})
        if count >= _REPEATED or (count == 2 and len(pages) <= _REPEATED):
            page, index = places[0]
            text = pages[page][index].text.strip()
            says = text.endswith((".", "!")) and text.count(" ") >= 4
            found.update(places[1:] if says else places)
    return found


def _body_size(placed: Sequence[_Placed]) -> float:
    """The size that most characters have."""
    sizes: Counter[float] = Counter()
    for line in placed:
        sizes[round(line.line.size * 2) / 2] += len(line.line.text)
    return max(sizes, key=lambda size: (sizes[size], -size), default=0.0)


def _levels(placed: Sequence[_Placed], body: float) -> dict[float, int]:
    """The level of a heading by its size, the biggest first."""
    sizes = {round(line.line.size * 2) / 2 for line in placed if line.line.size >= body * _BIGGER}
    return {size: min(rank, _BOLD_LEVEL - 1) for rank, size in enumerate(sorted(sizes, reverse=True), 1)}


def _paragraphs(lines: Sequence[_Placed]) -> Iterator[list[_Placed]]:
    group: list[_Placed] = []
    for line in lines:
        if group and not _continues(group, line):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _continues(group: Sequence[_Placed], placed: _Placed) -> bool:
    """Whether a line goes on with the paragraph."""
    last, line = group[-1].line, placed.line
    if abs(last.size - line.size) > _ALIKE * max(last.size, line.size):
        return False
    if placed.page == group[-1].page and min(last.top, line.top) - max(last.bottom, line.bottom) > line.size / 2:
        return -line.size < line.left - last.right < line.size  # on the same line, after a change of font
    if _BULLET.match(line.text) and not last.hyphen:
        return False
    if placed.page != group[-1].page or line.top > last.top:  # the next page or column
        return line.text[:1].islower() and not last.text.endswith(_ENDS)
    if last.bottom - line.top > _GAP * line.size:
        return False
    return not _begins(group, line)


def _begins(group: Sequence[_Placed], line: Line) -> bool:
    """Whether a line just below the paragraph begins another: moved in, less bold, or after a line that ends early."""
    last = group[-1].line
    item = _BULLET.match(group[0].line.text) is not None
    ended = last.text.endswith(_ENDS)
    if last.bold and not line.bold and len(group) == 1 and not line.text[:1].islower() and not ended and not item:
        return True
    if line.bold and not last.bold and ended:
        return True
    moved = line.left - (group[1].line.left if len(group) > 1 else last.left)
    if item:
        return line.left < group[0].line.left - _INDENT * line.size
    if moved > _INDENT * line.size and ended:
        return True
    right = max([line.right, *(other.line.right for other in group)])
    return ended and last.right < right - 0.15 * (right - last.left)


def _kind(group: Sequence[_Placed], levels: dict[float, int], body: float) -> tuple[SegmentKind, int | None]:
    text = " ".join(placed.line.text.strip() for placed in group)
    size = group[0].line.size
    title = len(text) <= _HEADING_LENGTH and len(group) <= _HEADING_LINES and not text.endswith((".", "!", ";", ","))
    if title and size >= body * _BIGGER:
        return "heading", levels[round(size * 2) / 2]
    if _BULLET.match(text):
        return "list-item", None
    if title and len(text.split()) <= _HEADING_WORDS and all(placed.line.bold for placed in group):
        return "heading", _BOLD_LEVEL
    return "prose", None


def _build(builder: TextBuilder, group: Sequence[_Placed], words: Counter[str], *, skip_bullet: bool) -> None:
    for index, (line, start, *_) in enumerate(group):
        text = line.text
        bullet = _BULLET.match(text) if skip_bullet and index == 0 else None
        cut = bullet.end() if bullet else 0
        following = group[index + 1].line.text if index + 1 < len(group) else ""
        if line.hyphen and following:
            end = len(text) - 1 if _is_cut(text, following, words) else len(text)
            builder.add(text[cut:end], start + cut)
        else:
            builder.add(text[cut:], start + cut)
            builder.blank(start + len(text), start + len(text) + 1)


def _is_cut(text: str, following: str, words: Counter[str]) -> bool:
    """Whether the hyphen at the end of a line only cuts a word, judged by the words of the whole text."""
    before, after = _LAST_WORD.search(text), _WORD.match(following.lstrip())
    if not before or not after or not after.group()[0].islower():
        return False
    left, right = before.group().lower(), after.group().lower()
    if words[left + right.split("-")[0]]:
        return True
    if words[f"{left}-{right}"]:
        return False
    return not (len(left) > 2 and len(right) > 2 and words[left] > 1 and words[right] > 1)
