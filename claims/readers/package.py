"""A Word file as the zip archive of XML parts that it is, opened so that hostile ones cost nothing.

Sizes are read from the directory before anything is unpacked, parts with a document type are refused unparsed, and
nothing outside the archive is ever looked at.
"""

from __future__ import annotations

import io
import posixpath
import shutil
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING, Final, NamedTuple

from claims.documents import BinaryFile

if TYPE_CHECKING:
    from lxml import etree

NEEDED: Final = 'Word documents are read with lxml, which is not installed; run: pip install "claimwise[docx]"'
_LARGEST_PART: Final = 24_000_000  # bytes of one XML part; a book of 500 pages has some 10 million
_LARGEST_WHOLE: Final = 500_000_000  # bytes of all parts, pictures too
_CHUNK: Final = 1 << 20
_MOST_PARTS: Final = 10_000
_OLE: Final = b"\xd0\xcf\x11\xe0"
_DOCTYPES: Final = tuple("<!DOCTYPE".encode(name) for name in ("utf-8", "utf-16-le", "utf-16-be"))
_BROKEN: Final = (
    zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, OSError, RuntimeError, ValueError,
    struct.error,
)  # fmt: skip
DAMAGED: Final = "a damaged or incomplete Word file; open it in Word and save it again"
CONTENT_TYPES: Final = "[Content_Types].xml"


class Relation(NamedTuple):
    """What a part refers to: ``kind`` is the last word of its type, ``target`` a part's name or an address."""

    id: str
    kind: str
    target: str
    external: bool


class Package:
    """The parts of a file. Raises BinaryFile, in one line, for what is no Word file or not safe to read."""

    def __init__(self, raw: bytes) -> None:
        if raw.startswith(_OLE):
            raise BinaryFile("an encrypted Word file or an old .doc; save it as .docx without a password")
        if not raw:
            raise BinaryFile("an empty file, not a Word document")
        try:
            self.archive = zipfile.ZipFile(io.BytesIO(raw))
            entries = self.archive.infolist()
        except _BROKEN:
            raise BinaryFile(DAMAGED) from None
        if len(entries) > _MOST_PARTS or sum(entry.file_size for entry in entries) > _LARGEST_WHOLE:
            raise BinaryFile(f"unpacks to more than {_LARGEST_WHOLE // 1_000_000} MB or {_MOST_PARTS} parts; not read")
        self._entries = {entry.filename: entry for entry in entries}
        if len(self._entries) < len(entries):  # another program may show the one that was not read
            raise BinaryFile("holds a part twice; open it in Word and save it again")
        mains = [relation.target for relation in self.relations("") if relation.kind == "officeDocument"]
        self.main = next((name for name in (*mains, "word/document.xml") if name in self._entries), "")
        if not self.main:
            raise BinaryFile("holds no Word document; save it as .docx again")

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def part(self, name: str) -> etree._Element | None:
        """The root of an XML part; ``None`` when there is no part of that name."""
        if name not in self._entries:
            return None
        return _parse(name, self.read(name))

    def read(self, name: str) -> bytes:
        """The bytes of a part of text."""
        entry = self._entries[name]
        if entry.file_size > _LARGEST_PART:
            raise BinaryFile(f"its part {name} unpacks to more than {_LARGEST_PART // 1_000_000} MB; not read")
        try:
            with self.archive.open(entry) as part:
                return part.read(_LARGEST_PART + 1)
        except _BROKEN:
            raise BinaryFile(DAMAGED) from None

    def copy(self, entry: zipfile.ZipInfo, target: zipfile.ZipFile) -> None:
        """Writes a part into another archive as it is, piece by piece."""
        try:
            with self.archive.open(entry) as source, target.open(entry.filename, "w") as copied:
                shutil.copyfileobj(source, copied, _CHUNK)
        except _BROKEN:
            raise BinaryFile(DAMAGED) from None

    def relations(self, name: str) -> list[Relation]:
        """What the part of this name refers to; the empty name is the file itself."""
        folder = posixpath.dirname(name)
        root = self.part(relations_name(name))
        found = []
        for element in root if root is not None else ():
            external = element.get("TargetMode") == "External"
            target = element.get("Target") or ""
            if not external:
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            kind = (element.get("Type") or "").rsplit("/", 1)[-1]
            found.append(Relation(element.get("Id") or "", kind, target, external))
        return found


def relations_name(name: str) -> str:
    """The name of the part that says what ``name`` refers to."""
    folder, file = posixpath.split(name)
    return posixpath.join(folder, "_rels", f"{file}.rels")


def _parse(name: str, raw: bytes) -> etree._Element:
    try:
        from lxml import etree
    except ImportError:
        raise BinaryFile(NEEDED) from None

    if any(mark in raw for mark in _DOCTYPES):
        raise BinaryFile(f"its part {name} declares a document type, which no Word file does; not read")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError):
        raise BinaryFile(f"its part {name} is no well-formed XML; open the file in Word and save it again") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise BinaryFile(f"its part {name} declares a document type, which no Word file does; not read")
    return root
