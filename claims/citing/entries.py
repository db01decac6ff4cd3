"""The works a document lists: its reference list, numbered or not, its footnotes, and Markdown's link definitions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from claims.readers.roles import looks_cited
from evidence.later import compiled_later

if TYPE_CHECKING:
    from claims.documents import Document, Segment

_SUPERSCRIPT: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_LEADING: Final = compiled_later(r"\[(\d{1,3})\]:?\s+|(\d{1,3})[.)]\s+|([⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3})\s?(?=[^\W\d])")
_BRACKETED: Final = compiled_later(r"(?:(?<=\s)|\A)\[(\d{1,3})\]\s+(?=\w)")
_BEFORE: Final = compiled_later(r"(?:\[(\d{1,3})\]:?|(\d{1,3})[.)])[ \t]*\Z")
_LABEL: Final = compiled_later(r"\[\^([^\]\s]{1,40})\]:\s*\Z")
_DEFINITION: Final = compiled_later(
    r"^ {0,3}\[([^\]^\n]{1,40})\]:[ \t]*<?(https?://[^\s<>]+)>?([^\n]{0,300})$", re.MULTILINE
)
_LINK: Final = compiled_later(r"https?://[^\s<>\"')\]]{4,300}")
_ID: Final = compiled_later(r"\bid\s*=\s*[\"']?([^\"'\s>]{1,60})")
_LISTING: Final = frozenset({"footnote", "reference"})
_NUMBERED: Final = frozenset({"prose", "list-item"})  # where an entry begins with its number in brackets
_RAW_REACH: Final = 600  # how far behind an entry's words its link may stand


class Entry(NamedTuple):
    """One listed work. ``label`` is its number or name as markers tell it; ``place`` its order among all entries.

    ``written`` is what it is resolved by: its words, and the links that stand behind them. ``anchors`` are the ids of
    the elements around it. ``sure`` is false where it may be no work at all, such as a note at the foot of the page.
    """

    label: str
    start: int
    end: int
    written: str
    anchors: tuple[str, ...] = ()
    sure: bool = True


def read_entries(document: Document) -> list[Entry]:
    """All listed works in the order of the file."""
    may_list = (index for index, segment in enumerate(document.segments) if _may_list(segment))
    found = [entry for index in may_list for entry in _of_segment(document, index)]
    listed = [entry for entry in found if entry.sure]
    if _unnumbered(listed):
        numbers = {entry.start: str(number) for number, entry in enumerate(listed, 1)}
        found = [entry._replace(label=numbers.get(entry.start, entry.label)) for entry in found]
    taken = [(entry.start, entry.end) for entry in found]
    for defined in _definitions(document):
        if not any(start <= defined.start < end for start, end in taken):
            found.append(defined)
    return sorted(found, key=lambda entry: entry.start)


def _unnumbered(entries: list[Entry]) -> bool:
    """Whether the labels do not tell the entries apart, so that their order must: bullets, or ``1.`` before each."""
    labels = {entry.label for entry in entries}
    return bool(entries) and (labels == {""} or (len(entries) > 1 and len(labels) == 1))


def _may_list(segment: Segment) -> bool:
    return segment.kind in _LISTING or (segment.kind in _NUMBERED and segment.text.startswith("["))


def _of_segment(document: Document, index: int) -> Iterator[Entry]:
    segment = document.segments[index]
    start, end = segment.source_span(0, len(segment.text))
    if segment.kind == "footnote":
        label = _LABEL.search(document.text, max(0, start - 60), start)
        if label:
            yield Entry(f"^{label.group(1)}", start, end, _written(document, segment, index), sure=False)
        return
    leading = _LEADING.match(segment.text)
    if segment.kind != "reference" and not (
        segment.kind in _NUMBERED and leading and leading.group(1) and looks_cited(segment.text)
    ):
        return
    marks = list(_BRACKETED.finditer(segment.text))
    if len(marks) > 1:
        for mark, following in zip(marks, [*marks[1:], None], strict=True):
            last = following.start() if following else len(segment.text)
            text = segment.text[mark.end() : last].rstrip()
            low, high = segment.source_span(mark.end(), mark.end() + len(text))
            yield Entry(mark.group(1), low, high, text)
        return
    cut = leading.end() if leading else 0
    low, _ = segment.source_span(cut, len(segment.text))
    before = _BEFORE.search(document.text, max(0, start - 12), start)
    found = leading or before
    number = next((group for group in found.groups() if group), "") if found else ""
    anchors = tuple(_ID.findall(document.text, max(0, start - 200), start)[-2:])
    written = _written(document, segment, index)[cut:]
    yield Entry(number.translate(_SUPERSCRIPT).lstrip("0"), low, end, written, anchors)


def _written(document: Document, segment: Segment, index: int) -> str:
    """The segment's words, and the links to identifiers that stand among or behind them in the file."""
    start, end = segment.source_span(0, len(segment.text))
    following = document.segments[index + 1].begin if index + 1 < len(document.segments) else len(document.text)
    raw = document.text[start : min(max(end, following), end + _RAW_REACH)]
    links = [link for link in _LINK.findall(raw) if link not in segment.text]
    return " ".join([segment.text, *dict.fromkeys(links)])


def _definitions(document: Document) -> Iterator[Entry]:
    if document.path.lower().endswith((".md", ".markdown")) and "]:" in document.text:
        for found in _DEFINITION.finditer(document.text):
            label, link, title = found.groups()
            yield Entry(f"={label}", found.start(), found.end(), f"{title.strip()} {link}".strip(), sure=False)
