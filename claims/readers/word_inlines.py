"""What stands in one paragraph of a Word file: its characters as the reader of the finished text would see them.

Inserted text is read and deleted text is not, fields show their result, comments and hidden text nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from claims.readers.word_styles import child, is_on, tag_of, value
from evidence.identifiers import find_identifiers

if TYPE_CHECKING:
    from lxml import etree

_THROUGH: Final = frozenset({
    "w:ins", "w:moveTo", "w:smartTag", "w:customXml", "w:sdt", "w:sdtContent", "w:fldSimple", "w:bdo", "w:dir",
    "w:rubyBase", "mc:Choice",
})  # fmt: skip
COMMENT_MARKS: Final = frozenset({"w:commentRangeStart", "w:commentRangeEnd"})
_SIGNS: Final = {"w:tab": "\t", "w:ptab": "\t", "w:br": "\n", "w:cr": "\n", "w:noBreakHyphen": "-"}
# Characters of the Symbol font, which Word writes by their number in it.
_SYMBOLS: Final = {
    "f0b1": "±", "f0a3": "≤", "f0b3": "≥", "f06d": "µ", "f061": "α", "f062": "β", "f044": "Δ", "f063": "χ",
    "f0b4": "×", "f0bb": "≈", "f0b7": "•", "f0ae": "→", "f0ad": "↑", "f0af": "↓",
}  # fmt: skip
_CONTROLS: Final = dict.fromkeys((*range(32), *range(127, 160), 8232, 8233), " ")


class Inline(NamedTuple):
    """Some characters. ``node`` is the element in the run that stands for them; a ``w:t`` has them one for one.

    A mark of a range may stand before and after ``holder``. ``shown`` is false for what only the extracted text has,
    such as the address of a link; ``note`` is the footnote that is called, ``comment`` the
    comment that begins or ends here.
    """

    text: str
    holder: etree._Element
    node: etree._Element | None = None
    raised: bool = False
    bold: bool = False
    linked: bool = False
    shown: bool = True
    note: tuple[str, str] | None = None
    comment: str | None = None


class Inlines:
    """The content of one paragraph: its characters in ``items``, its text boxes with the run that holds each."""

    def __init__(self, paragraph: etree._Element, links: Mapping[str, str]) -> None:
        self.items: list[Inline] = []
        self.boxes: list[tuple[etree._Element, etree._Element]] = []
        self._links = links
        self._walk(paragraph, linked=False)

    @property
    def text(self) -> str:
        """The characters that are shown."""
        return "".join(item.text for item in self.items if item.shown)

    def _walk(self, element: etree._Element, *, linked: bool) -> None:
        for below in element:
            tag = tag_of(below)
            if tag == "w:r":
                self._run(below, linked=linked)
            elif tag == "w:hyperlink":
                self._link(below)
            elif tag in _THROUGH:
                self._walk(below, linked=linked)
            elif tag in COMMENT_MARKS:
                self.items.append(Inline("", below, shown=False, comment=value(below, "id")))
            elif tag == "mc:AlternateContent":
                self._walk(chosen(below), linked=linked)
            elif tag in ("m:oMath", "m:oMathPara"):
                written = "".join(e.text or "" for e in below.iter() if tag_of(e) == "m:t")
                self.items.append(Inline(written.translate(_CONTROLS), below))

    def _link(self, link: etree._Element) -> None:
        self._walk(link, linked=True)
        address = self._links.get(value(link, "id") or "", "")
        if len(address) < 500 and any(True for _ in find_identifiers(address)):
            self.items.append(Inline(f" <{address.translate(_CONTROLS)}>", link, shown=False))

    def _run(self, run: etree._Element, *, linked: bool) -> None:
        properties = child(run, "w:rPr")
        if is_on(properties, "w:vanish"):
            return
        raised = value(child(properties, "w:vertAlign")) == "superscript" or _is_lifted(properties)
        bold = is_on(properties, "w:b")
        for below in run:
            tag = tag_of(below)
            if tag == "w:t":
                text = (below.text or "").translate(_CONTROLS)
                self.items.append(Inline(text, run, below, raised, bold, linked))
            elif tag in _SIGNS:
                self.items.append(Inline(_SIGNS[tag], run, below, raised, bold, linked))
            elif tag == "w:sym":
                self.items.append(Inline(_SYMBOLS.get((value(below, "char") or "").lower(), ""), run, below))
            elif tag in ("w:footnoteReference", "w:endnoteReference"):
                self.items.append(Inline("", run, below, shown=False, note=(tag[2:-9], value(below, "id") or "")))
            elif tag == "w:ruby":
                self._walk(below, linked=linked)
            elif tag in ("w:drawing", "w:pict", "w:object", "mc:AlternateContent"):
                self.boxes += ((box, run) for box in _boxes(below))


def _is_lifted(properties: etree._Element | None) -> bool:
    """Whether the text stands above the line, as LibreOffice writes superscript."""
    position = value(child(properties, "w:position")) or ""
    return position.isascii() and position.isdigit() and position.strip("0") != ""


def chosen(alternatives: etree._Element) -> etree._Element:
    """Of contents that are alternatives the one for present programs."""
    return next((below for below in alternatives if tag_of(below) == "mc:Choice"), alternatives)


def _boxes(element: etree._Element) -> Iterator[etree._Element]:
    """The text boxes in a drawing, outermost ones only."""
    pending = [element]
    while pending:
        current = pending.pop()
        tag = tag_of(current)
        if tag == "w:txbxContent":
            yield current
        elif tag == "mc:AlternateContent":
            pending.append(chosen(current)) if chosen(current) is not current else pending.extend(current)
        else:
            pending.extend(reversed(current))
