"""Lays claims over the text of a document: segments with offsets into the file, cut where claims begin and end."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise
from typing import Final

import msgspec

from claims.documents import Document, Segment
from claims.reporters.html.views import Block, Group, Run

_FIRST_LEVEL: Final = 4  # the document itself is a heading of level 3
_LAST_LEVEL: Final = 6


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """Where claim ``n`` stands in the file, in code points; the end is exclusive."""

    n: int
    start: int
    end: int


class Marked(msgspec.Struct, frozen=True, kw_only=True):
    """The text with its claims, and what of the text each claim covers. Claims outside all segments are in no run."""

    groups: tuple[Group, ...]
    passages: dict[int, str]


def mark(document: Document, spans: Iterable[Span]) -> Marked:
    """The document's segments in the order of the file with the claims marked in them."""
    ordered = sorted(spans, key=lambda span: (span.start, span.end, span.n))
    starts = [span.start for span in ordered]
    longest = max((span.end - span.start for span in ordered), default=0)
    passages: dict[int, list[str]] = {}
    blocks: list[Block] = []
    level = _FIRST_LEVEL - 1
    for segment in sorted(document.segments, key=lambda s: s.begin if s.offsets else 0):
        if not segment.offsets or not segment.text:
            continue
        first, last = segment.begin, segment.end
        near = ordered[bisect_left(starts, first - longest) : bisect_left(starts, last)]
        inside = [(span.n, *place) for span in near if (place := _within(segment, span)) is not None]
        runs = cut(segment.text, inside, begun=passages.keys())
        for n, start, end in inside:
            passages.setdefault(n, []).append(segment.text[start:end])
        if segment.kind == "heading":
            level = min(_FIRST_LEVEL - 1 + (segment.level or 1), level + 1, _LAST_LEVEL)
        heads = [head for head in (segment.column_head, segment.row_head) if head and head != segment.text]
        blocks.append(
            Block(
                kind=segment.kind,
                runs=runs,
                level=level if segment.kind == "heading" else None,
                head=" · ".join(heads) if segment.kind == "table-cell" else "",
            )
        )
    return Marked(groups=grouped(blocks), passages={n: " ".join(parts) for n, parts in passages.items()})


def grouped(blocks: Iterable[Block]) -> tuple[Group, ...]:
    """Neighbours of one kind together."""
    return tuple(Group(kind=kind, blocks=tuple(found)) for kind, found in groupby(blocks, key=lambda b: b.kind))


def cut(text: str, places: Sequence[tuple[int, int, int]], *, begun: Iterable[int] = ()) -> tuple[Run, ...]:
    """The text as runs. ``places`` are (claim, start, end); where claims overlap, the shortest has the words.

    A claim whose words all belong to others still has a run, without text, where it starts. ``begun`` are claims that
    had their first run in an earlier segment.
    """
    seen = set(begun)
    by_length = sorted(places, key=lambda place: (place[2] - place[1], place[0]))
    bounds = sorted({0, len(text), *(edge for _, start, end in places for edge in (start, end))})
    owners = [next((n for n, a, b in by_length if a <= start and end <= b), None) for start, end in pairwise(bounds)]
    hidden = [(start, n) for n, start, _ in places if n not in owners and n not in seen]
    runs: list[Run] = []
    for (start, end), owner in zip(pairwise(bounds), owners, strict=True):
        runs += [Run(text="", claim=n, first=True) for at, n in hidden if at == start]
        runs.append(Run(text=text[start:end], claim=owner, first=owner is not None and owner not in seen))
        if owner is not None:
            seen.add(owner)
    return tuple(runs)


def _within(segment: Segment, span: Span) -> tuple[int, int] | None:
    """The part of the segment's text that the span covers; ``None`` when it covers nothing of it."""
    found: list[int] = []
    for (text_offset, place), (until, _) in pairwise(segment.offsets):
        source = segment.base + place
        start, end = max(span.start, source), min(span.end, source + until - text_offset)
        if start < end:
            found += (text_offset + start - source, text_offset + end - source)
    return (min(found), max(found)) if found else None
