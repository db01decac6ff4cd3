"""Writes comments into a copy of a Word file, each anchored at the words it speaks of; the text stays as it is.

Only the parts that hold the body, the comments and what refers to them are written anew; all others are copied byte
for byte, comments that were there stay.
"""

from __future__ import annotations

import datetime as dt
import io
import posixpath
import zipfile
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, Final

import msgspec

from claims.readers.package import CONTENT_TYPES, Package, relations_name
from claims.readers.word import Piece, read_word
from claims.readers.word_styles import tag_of, value

if TYPE_CHECKING:
    from lxml import etree

AUTHOR: Final = "Claimwise"
INITIALS: Final = "CW"
_COMMENTS_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"
_RELATIONS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES: Final = "http://schemas.openxmlformats.org/package/2006/content-types"
_STRICT: Final = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_KINDS: Final = {
    True: "http://purl.oclc.org/ooxml/officeDocument/relationships/comments",
    False: "http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments",
}
_PRESERVE: Final = "{http://www.w3.org/XML/1998/namespace}space"
_CONTROLS: Final = dict.fromkeys((*range(32), *range(127, 160), 65534, 65535, *range(55296, 57344)), " ")


class Comment(msgspec.Struct, frozen=True, kw_only=True):
    """What to say of the extracted text from ``start`` to ``end``; a paragraph a line."""

    start: int
    end: int
    lines: tuple[str, ...]


def annotate(raw: bytes, comments: Sequence[Comment], *, written: dt.datetime) -> bytes:
    """The file with the comments in it. ``written`` is the time they are dated with.

    A comment on a footnote or text box stands where it is called or anchored, as Word allows none within. Raises
    BinaryFile for bytes that are no Word file.
    """
    word = read_word(raw)
    package = word.package
    namespace = word.body.tag[1:].partition("}")[0]
    changed: dict[str, bytes] = {}
    if comments:
        part, root = _comments_part(package, namespace, changed)
        first = 1 + max((int(i) for c in root if (i := value(c, "id")) and i.isdigit()), default=-1)
        anchors = _Anchors(word.pieces, namespace)
        anchors.cut({offset for comment in comments for offset in (comment.start, comment.end)})
        ordered = sorted(enumerate(comments, first), key=lambda pair: (pair[1].start, pair[1].end, pair[0]))
        for number, comment in ordered:
            root.append(_comment(namespace, number, comment.lines, written))
        for number, comment in reversed(ordered):  # so that marks at one place stand in the order of the comments
            anchors.mark(number, comment)
        changed[part] = _written(root)
        changed[package.main] = _written(word.body)
    return _rewritten(package, changed)


class _Anchors:
    """The pieces of a body, cut so that marks can stand where comments begin and end."""

    def __init__(self, pieces: Sequence[Piece], namespace: str) -> None:
        self._pieces = list(pieces)
        self._namespace = namespace

    def cut(self, offsets: set[int]) -> None:
        """Splits runs at the offsets. Later ones first, so that what comes before keeps its elements."""
        for offset in sorted(offsets, reverse=True):
            index = bisect_right(self._pieces, offset, key=_start) - 1
            if index < 0:
                continue
            piece = self._pieces[index]
            if piece.start < offset < piece.end:
                if piece.node is None or tag_of(piece.node) != "w:t":
                    continue
                index += 1
                self._pieces[index - 1 : index] = self._split_text(piece, offset)
            elif piece.start != offset:
                continue
            self._split_run(index)

    def _split_text(self, piece: Piece, offset: int) -> tuple[Piece, Piece]:
        node = piece.node
        assert node is not None
        text = node.text or ""
        rest = deepcopy(node)
        node.text, rest.text = text[: offset - piece.start], text[offset - piece.start :]
        for element in (node, rest):
            element.set(_PRESERVE, "preserve")
        rest.tail = None
        node.addnext(rest)
        return piece._replace(end=offset), Piece(offset, piece.end, piece.holder, rest)

    def _split_run(self, index: int) -> None:
        """Makes the piece the first of its run, if another piece stands before it there."""
        piece = self._pieces[index]
        run = piece.holder
        if index == 0 or self._pieces[index - 1].holder is not run or piece.node is None or tag_of(run) != "w:r":
            return
        rest = run.makeelement(run.tag, dict(run.attrib), nsmap=run.nsmap)
        properties = next((below for below in run if tag_of(below) == "w:rPr"), None)
        if properties is not None:
            rest.append(deepcopy(properties))
        for below in [piece.node, *piece.node.itersiblings()]:
            rest.append(below)
        run.addnext(rest)
        for at in range(index, len(self._pieces)):
            if self._pieces[at].holder is not run:
                break
            self._pieces[at] = self._pieces[at]._replace(holder=rest)

    def mark(self, number: int, comment: Comment) -> None:
        """Puts the marks of one comment around its words."""
        first = min(bisect_right(self._pieces, comment.start, key=_end), len(self._pieces) - 1)
        last = max(bisect_left(self._pieces, comment.end, key=_start) - 1, first)
        if first < 0:
            return
        begin, end = self._pieces[first].holder, self._pieces[last].holder
        reference = self._element(end, "r")
        reference.append(self._element(end, "commentReference", number))
        end.addnext(reference)
        end.addnext(self._element(end, "commentRangeEnd", number))
        begin.addprevious(self._element(begin, "commentRangeStart", number))

    def _element(self, near: etree._Element, name: str, number: int | None = None) -> etree._Element:
        attributes = {} if number is None else {f"{{{self._namespace}}}id": str(number)}
        made: etree._Element = near.makeelement(f"{{{self._namespace}}}{name}", attributes)
        return made


def _comments_part(package: Package, namespace: str, changed: dict[str, bytes]) -> tuple[str, etree._Element]:
    """The name and root of the part that holds comments; one that is new is entered where Word looks for it."""
    from lxml import etree

    for relation in package.relations(package.main):
        if relation.kind == "comments" and (root := package.part(relation.target)) is not None:
            return relation.target, root
    folder = posixpath.dirname(package.main)
    names = (posixpath.join(folder, f"comments{number}.xml") for number in ("", *range(2, 10_000)))
    name = next(name for name in names if name not in package)
    relations = package.part(relations_name(package.main))
    if relations is None:
        relations = etree.Element(f"{{{_RELATIONS}}}Relationships", nsmap={None: _RELATIONS})
    taken = {relation.get("Id") for relation in relations}
    key = next(key for n in range(1, len(taken) + 2) if (key := f"rIdClaimwise{n}") not in taken)
    etree.SubElement(
        relations,
        f"{{{_RELATIONS}}}Relationship",
        Id=key,
        Type=_KINDS[namespace == _STRICT],
        Target=posixpath.basename(name),
    )
    changed[relations_name(package.main)] = _written(relations)
    types = package.part(CONTENT_TYPES)
    if types is None:
        types = etree.Element(f"{{{_TYPES}}}Types", nsmap={None: _TYPES})
    etree.SubElement(types, f"{{{_TYPES}}}Override", PartName=f"/{name}", ContentType=_COMMENTS_TYPE)
    changed[CONTENT_TYPES] = _written(types)
    return name, etree.Element(f"{{{namespace}}}comments", nsmap={"w": namespace})


def _comment(namespace: str, number: int, lines: Sequence[str], written: dt.datetime) -> etree._Element:
    from lxml import etree

    comment = etree.Element(f"{{{namespace}}}comment", nsmap={"w": namespace})
    told = written.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    for name, text in (("id", str(number)), ("author", AUTHOR), ("date", told), ("initials", INITIALS)):
        comment.set(f"{{{namespace}}}{name}", text)
    for line in lines:
        paragraph = etree.SubElement(comment, f"{{{namespace}}}p")
        run = etree.SubElement(paragraph, f"{{{namespace}}}r")
        text = etree.SubElement(run, f"{{{namespace}}}t")
        text.text = line.translate(_CONTROLS)
        text.set(_PRESERVE, "preserve")
    return comment


def _written(element: etree._Element) -> bytes:
    from lxml import etree

    raw: bytes = etree.tostring(element.getroottree(), xml_declaration=True, encoding="UTF-8", standalone=True)
    return raw


def _rewritten(package: Package, changed: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as copy:
        for entry in package.archive.infolist():
            if entry.filename in changed:
                copy.writestr(entry.filename, changed[entry.filename])
            elif not entry.is_dir():
                package.copy(entry, copy)
        for name in changed.keys() - set(package.archive.namelist()):
            copy.writestr(name, changed[name])
    return made.getvalue()


def _start(piece: Piece) -> int:
    return piece.start


def _end(piece: Piece) -> int:
    return piece.end
