"""What the styles and the numbering of a Word file say of its paragraphs: heading, list item, bold, boilerplate."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from lxml import etree

# The same elements in the two standards of the format.
_NAMESPACES: Final = {
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main": "w",
    "http://purl.oclc.org/ooxml/wordprocessingml/main": "w",
    "http://schemas.openxmlformats.org/officeDocument/2006/math": "m",
    "http://purl.oclc.org/ooxml/officeDocument/math": "m",
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships": "r",
    "http://purl.oclc.org/ooxml/officeDocument/relationships": "r",
}
_OFF: Final = frozenset({"0", "false", "off", "none"})
_DEEPEST: Final = 20  # styles that rest on one another; more is a circle


@lru_cache(maxsize=1024)
def _short(tag: str) -> str:
    namespace, _, name = tag[1:].rpartition("}")
    return f"{_NAMESPACES.get(namespace, '?')}:{name}"


def tag_of(element: etree._Element) -> str:
    """The element's name as ``w:p``, whichever standard the file follows; empty for comments and the like."""
    return _short(element.tag) if isinstance(element.tag, str) else ""


def value(element: etree._Element | None, name: str = "val") -> str | None:
    """An attribute by its name without the namespace; ``None`` without element or attribute."""
    if element is None:
        return None
    return next((text for key, text in element.items() if key.rpartition("}")[2] == name), None)


def child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """The first element down a path of names such as ``w:pPr``, ``w:numPr``."""
    for name in path:
        if element is None:
            return None
        element = next((below for below in element if tag_of(below) == name), None)
    return element


def is_on(properties: etree._Element | None, name: str) -> bool:
    """Whether a property that is on by being there is on."""
    found = child(properties, name)
    return found is not None and value(found) not in _OFF


class _Style(NamedTuple):
    name: str
    base: str | None
    outline: int | None
    list_id: str | None
    bold: bool


class Styles:
    """The paragraph styles of a file, each with what it inherits."""

    def __init__(self, root: etree._Element | None) -> None:
        self._styles: dict[str, _Style] = {}
        for element in root if root is not None else ():
            key = value(element, "styleId")
            if tag_of(element) == "w:style" and key:
                paragraph = child(element, "w:pPr")
                self._styles[key] = _Style(
                    (value(child(element, "w:name")) or key).lower(),
                    value(child(element, "w:basedOn")),
                    _number(value(child(paragraph, "w:outlineLvl"))),
                    value(child(paragraph, "w:numPr", "w:numId")),
                    is_on(child(element, "w:rPr"), "w:b"),
                )

    def _chain(self, key: str | None) -> list[_Style]:
        found: list[_Style] = []
        while key in self._styles and len(found) < _DEEPEST:
            found.append(self._styles[key])
            key = found[-1].base
        return found

    def names(self, key: str | None) -> list[str]:
        """The style's name and those it rests on, in lower case; the key itself when the file does not define it."""
        return [style.name for style in self._chain(key)] or ([key.lower()] if key else [])

    def level(self, key: str | None, paragraph: etree._Element | None) -> int | None:
        """The level of a heading, 1 to 6; ``None`` for what is none."""
        own = _number(value(child(paragraph, "w:outlineLvl")))
        if own is not None:
            return min(own + 1, 6) if own < 9 else None
        for style in self._chain(key):
            if style.outline is not None:
                return min(style.outline + 1, 6) if style.outline < 9 else None
            if style.name == "title":
                return 1
            if style.name == "subtitle":
                return 2
        for name in self.names(key):
            if name.startswith("heading"):
                return max(1, min(_number(name.removeprefix("heading").strip()) or 1, 6))
        return None

    def list_id(self, key: str | None, paragraph: etree._Element | None) -> str | None:
        """The list that a paragraph belongs to, ``None`` for no list item; empty for a list without numbering."""
        own = value(child(paragraph, "w:numPr", "w:numId"))
        if own is not None:
            return own if own != "0" else None
        for style in self._chain(key):
            if style.list_id:
                return style.list_id
        return "" if any(name.startswith(("list bullet", "list number")) for name in self.names(key)) else None

    def bold(self, key: str | None) -> bool:
        """Whether the style makes its text bold."""
        return any(style.bold for style in self._chain(key))


class Numbering:
    """The lists of a file: which of them are numbered, and the number at which each stands."""

    def __init__(self, root: etree._Element | None) -> None:
        self._formats: dict[tuple[str, str], str] = {}
        self._counts: dict[tuple[str, str], int] = {}
        abstract: dict[str, etree._Element] = {}
        for element in root if root is not None else ():
            if tag_of(element) == "w:abstractNum":
                abstract[value(element, "abstractNumId") or ""] = element
        for element in root if root is not None else ():
            if tag_of(element) == "w:num":
                shape = abstract.get(value(child(element, "w:abstractNumId")) or "")
                for level in shape if shape is not None else ():
                    if tag_of(level) == "w:lvl":
                        place = (value(element, "numId") or "", value(level, "ilvl") or "0")
                        self._formats[place] = value(child(level, "w:numFmt")) or "bullet"

    def label(self, list_id: str, level: str) -> str:
        """What stands before the next item: its number, or a bullet."""
        place = (list_id, level)
        if self._formats.get(place, "bullet") in ("bullet", "none"):
            return "• "
        self._counts[place] = self._counts.get(place, 0) + 1
        for other in list(self._counts):
            if other[0] == list_id and other[1] > level:
                del self._counts[other]
        return f"{self._counts[place]}. "


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 4 else None
