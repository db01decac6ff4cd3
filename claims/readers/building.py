"""What every reader builds with: a segment's text with its map, and the segments of a file with their headings.

Readers say which characters stand where; blanks are collapsed and the map is kept here, once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

import msgspec

from claims.documents import Segment, SegmentKind
from claims.readers.roles import without_boilerplate, without_references

# Everything in running text that is not kept as it stands: blanks other than a single space, and characters without
# width (soft hyphen, zero-width space, word joiner, byte-order mark). Joiners stay, as emoji are made with them.
_ODD: Final = re.compile(r"[^\S ]\s*| \s+|[\u00ad\u200b\u2060\ufeff]+")
_REACH: Final = 400  # how far apart two characters of one text may stand, such as a quotation's line prefix
_WORD: Final = re.compile(r"\w")
_MARKER: Final = re.compile(r"[\[(]?\d{1,3}(?:\s?[,;–-]\s?\d{1,3})*[\])]?|[*†‡§]+")
_POWER: Final = re.compile(r"(?:^|[^\w])(?:10|[cdkm]?m)$")
_SUPERSCRIPTS: Final = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_SENTENCE_END: Final = (".", "!", "?", ".”", "!”", "?”", '."', '!"', '?"')


class _State(NamedTuple):
    parts: int
    length: int
    offsets: int
    end: int
    jump: bool
    blank: tuple[int, int] | None
    plain: bool


class TextBuilder:
    """Collects the text of one segment. Characters are added in the order of the file.

    ``linked`` says whether what is added now stands inside a link.
    """

    def __init__(self) -> None:
        self.linked = False
        self._reset()

    def _reset(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._offsets: list[tuple[int, int]] = []
        self._end = 0
        self._jump = False
        self._blank: tuple[int, int] | None = None
        self._plain = False
        self._links = False
        self._raised: _State | None = None

    def add(self, text: str, start: int) -> None:
        """Characters that stand in the file as they are, from offset ``start``."""
        at = 0
        for odd in _ODD.finditer(text):
            self._run(text[at : odd.start()], start + at)
            if odd.group()[0].isspace():
                self.blank(start + odd.start(), start + odd.end())
            at = odd.end()
        self._run(text[at:], start + at)

    def add_decoded(self, characters: str, start: int, end: int) -> None:
        """Characters that the file writes in another way, such as an entity, from ``start`` to ``end``."""
        for character in characters:
            if character.isspace():
                self.blank(start, end)
            elif not _ODD.match(character):
                self._put(character, start, end)

    def add_aligned(self, text: str, source: str, start: int) -> None:
        """Characters that stand in ``source`` (at offset ``start``) with other ones, such as escapes, between them."""
        at, gap = 0, False
        for character in text:
            if character.isspace():
                gap = True
                continue
            found = source.find(character, at, at + _REACH)
            place = at if found < 0 else found  # never seen to fail; then the place is right to within the source
            if gap:
                self.blank(start + at, start + place)
                gap = False
            at = place if found < 0 else found + 1
            self.add_decoded(character, start + place, start + at)
        if gap:
            self.blank(start + at, start + at)

    def blank(self, start: int, end: int) -> None:
        """A blank; it becomes one space if text stands before and after it."""
        self._blank = (self._blank[0] if self._blank else start, max(end, start))

    def raise_marker(self) -> None:
        """Begins superscript text, which may turn out to be a citation marker."""
        if self._raised is None:
            self._raised = _State(
                len(self._parts), self._length, len(self._offsets), self._end, self._jump, self._blank, self._plain
            )

    def lower_marker(self) -> None:
        """Ends superscript text: a citation marker is taken out, a power is kept in superscript digits."""
        state, self._raised = self._raised, None
        if state is None:
            return
        raised = "".join(self._parts[state.parts :])
        if not _MARKER.fullmatch(raised.strip()):
            return
        before = "".join(self._parts[max(0, state.parts - 3) : state.parts])
        if raised.isdigit() and state.blank is None and _POWER.search(before[-4:]):
            self._parts[state.parts :] = [raised.translate(_SUPERSCRIPTS)]
            return
        del self._parts[state.parts :], self._offsets[state.offsets :]
        _, self._length, _, self._end, self._jump, self._blank, self._plain = state

    @property
    def is_empty(self) -> bool:
        """Whether no text has been added since the last take."""
        return not self._length

    def take(self) -> tuple[str, tuple[tuple[int, int], ...], bool]:
        """The text, its map, and whether it is nothing but links; the builder is empty afterwards."""
        text = "".join(self._parts)
        offsets = (*self._offsets, (self._length, self._end)) if text else ()
        # A whole sentence is a statement even where all of it can be clicked.
        says = text.endswith(_SENTENCE_END) and text.count(" ") >= 4
        only_links = self._links and not self._plain and not says
        self._reset()
        return text, offsets, only_links

    def _run(self, text: str, start: int) -> None:
        if text.startswith(" "):
            self.blank(start, start + 1)
            text, start = text[1:], start + 1
        if text:
            body = text[:-1] if text.endswith(" ") else text
            self._put(body, start, start + len(body))
            if body is not text:
                self.blank(start + len(body), start + len(text))

    def _put(self, characters: str, start: int, end: int) -> None:
        if self._blank is not None:
            blank, self._blank = self._blank, None
            if self._length:
                self._join(" ", *blank)
        self._join(characters, start, end)
        if self.linked:
            self._links = True
        elif not self._plain and _WORD.search(characters):
            self._plain = True

    def _join(self, characters: str, start: int, end: int) -> None:
        if not self._length:
            self._offsets.append((0, start))
        elif self._jump or start != self._end:
            self._offsets.append((self._length, self._end))
            if start != self._end:
                self._offsets.append((self._length, start))
        self._parts.append(characters)
        self._length += len(characters)
        self._end = end
        self._jump = end - start != len(characters)


class Collector:
    """The segments of one file, with the headings in force and the lists that hold nothing but links.

    ``headings`` are those in force where it begins, with their levels.
    """

    def __init__(self, headings: Iterable[tuple[int, str]] = ()) -> None:
        self.segments: list[Segment] = []
        self._headings = list(headings)
        self._in_force = tuple(heading for _, heading in self._headings)
        self._list_count = 0
        self._lists: dict[int, list[tuple[int, bool]]] = {}

    def new_list(self) -> int:
        """An id for a list that begins; never 0."""
        self._list_count += 1
        return self._list_count

    def add(
        self,
        builder: TextBuilder,
        kind: SegmentKind,
        *,
        level: int | None = None,
        row_head: str | None = None,
        column_head: str | None = None,
        list_id: int = 0,
    ) -> str:
        """Takes the builder's text as a segment; blank text makes none. Returns the text.

        ``list_id`` tells the lists of a file apart; it counts for list items only.
        """
        text, offsets, only_links = builder.take()
        if not text:
            return ""
        if kind == "heading" and level is not None:
            while self._headings and self._headings[-1][0] >= level:
                self._headings.pop()
            self._in_force = tuple(heading for _, heading in self._headings)
        if kind == "list-item":
            self._lists.setdefault(list_id, []).append((len(self.segments), only_links))
        elif kind == "prose" and only_links:
            kind = "navigation"
        self.segments.append(
            Segment(
                kind=kind,
                text=text,
                offsets=offsets,
                headings=self._in_force,
                row_head=row_head,
                column_head=column_head,
                level=level if kind == "heading" else None,
            )
        )
        if kind == "heading" and level is not None:
            self._headings.append((level, text))
            self._in_force = (*self._in_force, text)
        return text

    def change(self, index: int, *, row_head: str | None, column_head: str | None) -> None:
        """Gives a segment its heads, which a table may reveal only at the end of a row."""
        self.segments[index] = msgspec.structs.replace(self.segments[index], row_head=row_head, column_head=column_head)

    @property
    def headings(self) -> tuple[tuple[int, str], ...]:
        """The headings in force, with their levels."""
        return tuple(self._headings)

    def finish(self) -> list[Segment]:
        """All segments in the order of the file; what is boilerplate or a reference is marked as such."""
        return without_references(self.block())

    def block(self) -> list[Segment]:
        """All segments in the order of the file; what is boilerplate by its words alone is marked as such."""
        for items in self._lists.values():
            if all(only_links for _, only_links in items):
                for index, _ in items:
                    self.segments[index] = msgspec.structs.replace(self.segments[index], kind="navigation")
        return without_boilerplate(sorted(self.segments, key=lambda segment: segment.begin))
