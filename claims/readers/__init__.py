"""Readers: the text of one file format as segments. A new one is a file here and a line in a tuple below."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from claims.documents import Extracted, Segment
from claims.readers.html import read_html
from claims.readers.markdown import read_markdown
from claims.readers.pdf import read_pdf
from claims.readers.plain import read_plain
from claims.readers.word import read_docx

TextReader = Callable[[str], list[Segment]]
BinaryReader = Callable[[bytes], Extracted]


class Reader(NamedTuple):
    """The suffixes (lower case, with the dot) whose files ``read`` understands as decoded text."""

    suffixes: tuple[str, ...]
    read: TextReader


class Extractor(NamedTuple):
    """The suffixes whose bytes ``read`` turns into extracted text and segments that count in that text."""

    suffixes: tuple[str, ...]
    read: BinaryReader


READERS: Final[tuple[Reader, ...]] = (
    Reader((".md", ".markdown"), read_markdown),
    Reader((".html", ".htm"), read_html),
    Reader((".txt",), read_plain),
)

EXTRACTORS: Final[tuple[Extractor, ...]] = (
    Extractor((".docx", ".docm"), read_docx),
    Extractor((".pdf",), read_pdf),
)


def reader_of(suffix: str) -> TextReader:
    """The reader of a suffix; a suffix that nobody claims is read as plain text."""
    return next((reader.read for reader in READERS if suffix in reader.suffixes), read_plain)


def binary_reader_of(suffix: str) -> BinaryReader | None:
    """The reader of the bytes of a suffix; ``None`` when files of this suffix are decoded as text."""
    return next((extractor.read for extractor in EXTRACTORS if suffix in extractor.suffixes), None)
