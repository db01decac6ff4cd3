"""Readers: the text of one file format as segments. A new one is a file here, and a function and a line below.

A reader is loaded when the first file of its format is read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from claims.documents import Block, Extracted
from claims.readers.plain import read_plain

TextReader = Callable[[str], list[Block]]
BinaryReader = Callable[[bytes], Extracted]


class Reader(NamedTuple):
    """The suffixes (lower case, with the dot) whose files ``read`` understands as decoded text."""

    suffixes: tuple[str, ...]
    read: TextReader


class Extractor(NamedTuple):
    """The suffixes whose bytes ``read`` turns into extracted text and segments that count in that text."""

    suffixes: tuple[str, ...]
    read: BinaryReader


def _markdown(text: str) -> list[Block]:
    from claims.readers.markdown import read_markdown

    return read_markdown(text)


def _html(text: str) -> list[Block]:
    from claims.readers.html import read_html

    return read_html(text)


def _docx(raw: bytes) -> Extracted:
    from claims.readers.word import read_docx

    return read_docx(raw)


def _pdf(raw: bytes) -> Extracted:
    from claims.readers.pdf import read_pdf

    return read_pdf(raw)


READERS: Final[tuple[Reader, ...]] = (
    Reader((".md", ".markdown"), _markdown),
    Reader((".html", ".htm"), _html),
    Reader((".txt",), read_plain),
)

EXTRACTORS: Final[tuple[Extractor, ...]] = (
    Extractor((".docx", ".docm"), _docx),
    Extractor((".pdf",), _pdf),
)


def reader_of(suffix: str) -> TextReader:
    """The reader of a suffix; a suffix that nobody claims is read as plain text."""
    return next((reader.read for reader in READERS if suffix in reader.suffixes), read_plain)


def binary_reader_of(suffix: str) -> BinaryReader | None:
    """The reader of the bytes of a suffix; ``None`` when files of this suffix are decoded as text."""
    return next((extractor.read for extractor in EXTRACTORS if suffix in extractor.suffixes), None)
