"""Turns the bytes of a file into a ``Document``: typed segments of running text, each mapped back to the file.

Everything downstream works on segment text and asks ``Segment.source_span`` once, when it reports a place. Nothing
here opens a file; a file that holds no text is refused, never read as empty.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left, bisect_right
from functools import cached_property
from itertools import accumulate
from pathlib import PurePath
from typing import Final, Literal, NamedTuple

import msgspec

from claims.memory import Memory
from evidence.problems import UsageError

SegmentKind = Literal[
    "prose", "heading", "list-item", "table-cell", "quotation", "code", "navigation", "reference", "footnote"
]

_BOM: Final = "\ufeff"
_LINE_END: Final = re.compile(r"\r\n|\n|\r")
# Controls that no text file has any use for; a few of them in bytes that are not UTF-8 mean another kind of file.
_CONTROLS: Final = re.compile(r"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_SIGNATURES: Final = (
    (b"%PDF-", "a PDF, not a text file; name it .pdf"),
    (b"PK\x03\x04", "a zip archive or an office document, not a text file; a Word document is read as .docx"),
    (b"\xd0\xcf\x11\xe0", "an old office document, not a text file; save it as .docx"),
    (b"{\\rtf", "RTF, not a text file; save it as text, Markdown, HTML or .docx"),
)


class BinaryFile(UsageError):  # noqa: N818 - named for what it is, as callers catch it beside other bad paths
    """The file holds no text that a reader of ours understands."""


class Unread(msgspec.Struct, frozen=True, kw_only=True):
    """What keeps the file from being checked in full. ``line`` is 1-based; 0 means the whole file."""

    reason: str
    line: int = 0


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """One run of text of one kind, with blanks collapsed and entities decoded.

    ``offsets`` pairs an offset in ``text`` with a code-point offset in the file; between two pairs both advance by
    one. Where text and file part ways an offset occurs twice: first with the place just after the character before,
    then with the place of the character that follows. The last pair is the end. Offsets in the file count from
    ``base``, so that copies of a segment share them. ``headings`` are those in force above the segment, outermost
    first. The two heads belong to table cells, ``level`` (1 to 6) to headings.
    """

    kind: SegmentKind
    text: str
    offsets: tuple[tuple[int, int], ...]
    headings: tuple[str, ...] = ()
    row_head: str | None = None
    column_head: str | None = None
    level: int | None = None
    base: int = 0

    @property
    def begin(self) -> int:
        """Where in the file the segment begins."""
        return self.base + self.offsets[0][1]

    @property
    def end(self) -> int:
        """Where in the file it ends."""
        return self.base + self.offsets[-1][1]

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """The span in the file of ``text[start:end]``; the end is just after the last character, entities whole."""
        text_offset, source = self.offsets[bisect_right(self.offsets, start, key=_first) - 1]
        first = self.base + source + start - text_offset
        if end <= start:
            return first, first
        at = bisect_left(self.offsets, end, key=_first)
        if at == len(self.offsets) or self.offsets[at][0] != end:
            at -= 1
        text_offset, source = self.offsets[at]
        return first, self.base + source + end - text_offset

    def shifted(self, by: int) -> Segment:
        """The same segment in a file that has ``by`` more code points before it."""
        return msgspec.structs.replace(self, base=self.base + by)


class Block(NamedTuple):
    """Segments that stand together in the file, whose places count from ``start``.

    ``kept``: the reader remembers them, so that the same text in the same surroundings has these very segments.
    """

    start: int
    segments: tuple[Segment, ...]
    kept: bool = False


class Place(NamedTuple):
    """Where in a laid-out file its extracted text stands from offset ``start`` on, such as "page 3"."""

    start: int
    label: str


class WrittenComment(msgspec.Struct, frozen=True, kw_only=True):
    """A comment that people left in a Word file, and the extracted text that it is about."""

    start: int
    end: int
    text: str


class Extracted(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader of bytes makes of a file: its text, segments that count in that text, and their places."""

    text: str
    segments: tuple[Segment, ...]
    places: tuple[Place, ...] = ()
    unread: tuple[Unread, ...] = ()
    comments: tuple[WrittenComment, ...] = ()


class Document(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A file as read. ``text`` is what the offsets count in: decoded, a byte-order mark and newlines as they stand.

    Of a Word or PDF file ``text`` is what was extracted, and ``places`` say, in order, where its parts stand.
    ``blocks`` are the segments as the reader of a text file found them, none in any other.
    """

    path: str
    sha256: str
    text: str
    segments: tuple[Segment, ...]
    unread: tuple[Unread, ...] = ()
    places: tuple[Place, ...] = ()
    comments: tuple[WrittenComment, ...] = ()
    blocks: tuple[Block, ...] = ()

    @property
    def parts(self) -> tuple[Block, ...]:
        """The segments in blocks, one of all where the reader made none."""
        return self.blocks or (Block(0, self.segments),)

    @cached_property
    def _line_starts(self) -> list[int]:
        return line_starts(self.text)

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of a code-point offset, both 1-based, the column in code points."""
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    def place(self, offset: int) -> str | None:
        """The page or paragraph of an offset; ``None`` for text files, where line and column say it."""
        index = bisect_right(self.places, offset, key=_start) - 1
        return self.places[index].label if index >= 0 else None


REMEMBERED: Final = 64_000  # characters of a document that is remembered: sites serve one page under several names
_READ: Final[Memory[tuple[str, str], Document]] = Memory(64)


def line_starts(text: str) -> list[int]:
    """The offset at which each line begins; ``\\r\\n``, ``\\n`` and ``\\r`` end lines."""
    if "\r" in text:
        return [0, *(found.end() for found in _LINE_END.finditer(text))]
    return [0, *accumulate(len(line) + 1 for line in text.split("\n")[:-1])]


def read_document(path_name: str, raw: bytes) -> Document:
    """The bytes of the file called ``path_name`` as a document; the name's suffix picks the reader.

    Raises BinaryFile for bytes that are no text, with a message of one line.
    """
    # Imported here because the readers build the values above, and only a check needs their parsers.
    from claims.readers import binary_reader_of, reader_of

    suffix = PurePath(path_name).suffix.lower()
    extract = binary_reader_of(suffix)
    sha256 = hashlib.sha256(raw).hexdigest()
    if extract is not None:
        try:
            found = extract(raw)
        except BinaryFile as error:
            raise BinaryFile(f"{path_name}: {error}") from None
        return Document(
            path=path_name,
            sha256=sha256,
            text=found.text,
            segments=found.segments,
            unread=found.unread,
            places=found.places,
            comments=found.comments,
        )
    known = _READ.get((suffix, sha256))
    if known is not None:
        return msgspec.structs.replace(known, path=path_name)
    text, unread = decode(path_name, raw)
    mark = len(_BOM) if text.startswith(_BOM) else 0
    blocks = reader_of(suffix)(text[mark:])
    if mark:
        blocks = [block._replace(start=block.start + mark) for block in blocks]
    segments = tuple(segment.shifted(start) if start else segment for start, found, _ in blocks for segment in found)
    small = len(text) <= REMEMBERED
    if small and not any(block.kept for block in blocks):
        blocks = [block._replace(kept=True) for block in blocks]
    document = Document(
        path=path_name, sha256=sha256, text=text, segments=segments, unread=unread, blocks=tuple(blocks)
    )
    return _READ.keep((suffix, sha256), document) if small else document


def decode(path_name: str, raw: bytes) -> tuple[str, tuple[Unread, ...]]:
    """The bytes as text, with a note if they are not UTF-8. A byte-order mark stays as code point 0."""
    for signature, what in _SIGNATURES:
        if raw.startswith(signature):
            raise BinaryFile(f"{path_name}: {what}")
    notes: tuple[Unread, ...] = ()
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            text = raw.decode("utf-16-le" if raw[0] == 0xFF else "utf-16-be")
        except UnicodeDecodeError:
            raise BinaryFile(f"{path_name}: begins as UTF-16 but is not; save the file as UTF-8") from None
    else:
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            text = _decode_windows(path_name, raw)
            line = len(_LINE_END.findall(text, 0, error.start)) + 1
            reason = "not UTF-8: read as Windows-1252, so offsets refer to the decoded text"
            notes = (Unread(reason=reason, line=line),)
    if "\0" in text:
        raise BinaryFile(f"{path_name}: holds NUL bytes, so it is not a text file; save it as UTF-8 text")
    return text, notes


def _decode_windows(path_name: str, raw: bytes) -> str:
    try:
        text = raw.decode("cp1252")
    except UnicodeDecodeError:
        raise BinaryFile(f"{path_name}: neither UTF-8 nor Windows-1252 text; save the file as UTF-8") from None
    if len(_CONTROLS.findall(text)) * 100 > len(text):
        raise BinaryFile(f"{path_name}: not a text file; save it as UTF-8 text")
    return text


def _first(pair: tuple[int, int]) -> int:
    return pair[0]


def _start(place: Place) -> int:
    return place.start
