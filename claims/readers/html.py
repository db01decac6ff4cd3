"""HTML as segments: what a reader of the page sees, by the element it stands in.

Scripts, hidden elements and struck-out text are left out, whatever surrounds the page's content is navigation. Nesting
is kept on a list, never on Python's stack, and unclosed elements end where a browser would end them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from claims.documents import Block, SegmentKind
from claims.readers.building import Collector, TextBuilder
from claims.readers.markup import Token, add_decoded, tokens
from claims.readers.tables import Table

_LEVELS: Final = {f"h{level}": level for level in range(1, 7)}
_CELLS: Final = frozenset({"td", "th"})
_LISTS: Final = frozenset({"ul", "ol", "menu", "dir"})
# fmt: off
_BLOCKS: Final = frozenset({
    "address", "article", "aside", "blockquote", "body", "button", "caption", "center", "dd", "details", "dialog",
    "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
    "head", "header", "hgroup", "hr", "html", "legend", "li", "main", "menu", "nav", "ol", "option", "optgroup", "p",
    "pre", "section", "select", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
})
# fmt: on
_VOID: Final = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
)
_HIDDEN: Final = frozenset({"script", "style", "template", "svg", "noscript", "title", "textarea", "iframe"})
_AROUND: Final = frozenset({"nav", "footer", "aside", "button", "select"})
_STRUCK: Final = frozenset({"del", "s", "strike"})
_INLINE_KINDS: Final[Mapping[str, SegmentKind]] = {"code": "code", "samp": "code", "q": "quotation"}
_AROUND_ROLES: Final = frozenset({"navigation", "contentinfo", "search", "complementary"})
_NOTE_ROLES: Final = frozenset({"doc-endnotes", "doc-endnote", "doc-footnote"})
_SIMPLE: Final[Mapping[str, str]] = {
    **dict.fromkeys(_STRUCK, "hidden"),
    **dict.fromkeys(_LISTS, "list"),
    **dict.fromkeys(_CELLS, "cell"),
    "blockquote": "quotation",
    "pre": "code",
    "sup": "raised",
    "table": "table",
    "tr": "row",
}
_BY_EFFECT: Final[tuple[SegmentKind, ...]] = ("navigation", "code", "quotation")

# What a start tag closes, if it is open and no barrier lies between.
_CELL_BARRIERS: Final = ("td", "th", "caption", "table")
_ENDS_PARAGRAPH: Final = _BLOCKS - {"tr", "td", "th", "tbody", "thead", "tfoot", "button", "option"}
_ENDS_HEADING: Final = (
    frozenset({"p", "table", "section", "article", "blockquote", "pre", "dl", "hr"}) | _LISTS | set(_LEVELS)
)
_ENDS: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "li": (("li",), (*_LISTS, *_CELL_BARRIERS)),
    "dt": (("dt", "dd"), ("dl", *_CELL_BARRIERS)),
    "dd": (("dt", "dd"), ("dl", *_CELL_BARRIERS)),
    "tr": (("tr",), ("table",)),
    "td": (("td", "th"), ("tr", "table")),
    "th": (("td", "th"), ("tr", "table")),
    "thead": (("thead", "tbody", "tfoot", "caption"), ("table",)),
    "tbody": (("thead", "tbody", "tfoot", "caption"), ("table",)),
    "tfoot": (("thead", "tbody", "tfoot", "caption"), ("table",)),
    "a": (("a",), _CELL_BARRIERS),
    "option": (("option",), ("select",)),
}
_TABLE_PARTS: Final = frozenset({"table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th"})


class _Open(NamedTuple):
    """An open element: its effects count while it is open; ``block`` says that it bounds segments."""

    name: str
    effects: tuple[str, ...]
    block: bool


def read_html(text: str) -> list[Block]:
    """The segments of an HTML page or fragment."""
    collector = Collector()
    read_into(collector, text)
    return [Block(0, tuple(collector.finish()))]


def read_into(collector: Collector, text: str, *, base: int = 0, kind: SegmentKind = "prose") -> None:
    """Adds the segments of a fragment that stands at offset ``base``, where ``kind`` is what text is by default."""
    page = _Page(collector, text, base, kind)
    found = list(tokens(text))
    titled = _titled(found)
    for index, token in enumerate(found):
        if token.kind == "text":
            page.text(token)
        elif token.kind == "start":
            page.start(token, titled=index in titled)
        else:
            page.end(token.name)
    page.close(0)


def _titled(found: Sequence[Token]) -> set[int]:
    """The indices of headers and forms that hold the page's h1: they are no surroundings."""
    titled: set[int] = set()
    opened: dict[str, list[int]] = {"header": [], "form": []}
    for index, token in enumerate(found):
        if token.kind == "start" and token.name == "h1":
            for indices in opened.values():
                titled.update(indices)
                indices.clear()
        elif token.name in opened:
            indices = opened[token.name]
            if token.kind == "start":
                indices.append(index)
            elif indices:
                indices.pop()
    return titled


class _Page:
    """The state of one pass over a page. Looking up an open element takes the same time at any depth."""

    def __init__(self, collector: Collector, text: str, base: int, kind: SegmentKind) -> None:
        self._collector = collector
        self._text = text
        self._base = base
        self._kind_outside = kind
        self._open: list[_Open] = []
        self._places: dict[str, list[int]] = {}
        self._blocks: list[int] = []
        self._effects: Counter[str] = Counter()
        self._builder = TextBuilder()
        self._inline: list[tuple[TextBuilder, SegmentKind]] = []
        self._lists: list[int] = []
        self._tables: list[Table] = []
        self._broken = False
        self._hidden_from = -1

    def text(self, token: Token) -> None:
        """Text of the page; its place decides what it is when it ends."""
        if self._effects["hidden"]:
            return
        builder = self._inline[-1][0] if self._inline else self._builder
        builder.linked = self._effects["link"] > 0
        add_decoded(builder, self._text, token.start, token.end, base=self._base)
        if self._broken and not self._text[token.start : token.end].isspace():
            self._broken = False

    def start(self, token: Token, *, titled: bool) -> None:
        """A start tag; ``titled`` says that the element holds the page's h1."""
        name = token.name
        self._close_implied(name)
        if self._effects["hidden"]:  # counted only, so that its end is known
            if name not in _VOID:
                self._push(_Open(name, (), block=False))
            return
        if name in _VOID:
            self._void(token)
            return
        effects = self._effects_of(token, titled=titled)
        block = name in _BLOCKS and "hidden" not in effects
        if block:
            self._flush()
        self._push(_Open(name, effects, block))
        self._enter(token, effects)

    def end(self, name: str) -> None:
        """An end tag; one that ends nothing is ignored, and none reaches out of its table cell or list."""
        place = self._place(name)
        if place < 0:
            if name in ("p", "br"):
                self._flush()
            return
        if name in _TABLE_PARTS:
            barrier = -1 if name == "table" else self._place("table")
        elif self._open[place].block:
            barrier = self._furthest(_CELL_BARRIERS if name != "li" else (*_LISTS, *_CELL_BARRIERS))
        else:
            barrier = self._blocks[-1] if self._blocks else -1
        if place > barrier:
            self.close(place)

    def close(self, place: int) -> None:
        """Closes every open element from ``place`` on."""
        while len(self._open) > place:
            element = self._open[-1]
            if element.block:
                self._flush()
                self._blocks.pop()
            self._leave(element.effects)
            self._open.pop()
            self._places[element.name].pop()
            self._effects.subtract(element.effects)
            if len(self._open) <= self._hidden_from:
                self._hidden_from = -1
        if place == 0:
            self._flush()

    def _place(self, name: str) -> int:
        places = self._places.get(name)
        return places[-1] if places else -1

    def _furthest(self, names: Iterable[str]) -> int:
        return max(map(self._place, names))

    def _push(self, element: _Open) -> None:
        if element.block:
            self._blocks.append(len(self._open))
        self._places.setdefault(element.name, []).append(len(self._open))
        if "hidden" in element.effects:
            self._hidden_from = len(self._open)  # nothing in a hidden element has effects of its own
        self._open.append(element)
        self._effects.update(element.effects)

    def _close_implied(self, name: str) -> None:
        if name in _ENDS_PARAGRAPH:
            self._close_nearest(("p",), (*_CELL_BARRIERS, "button"))
        if name in _ENDS_HEADING:
            self._close_nearest(_LEVELS, _CELL_BARRIERS)
        if name in _ENDS:
            self._close_nearest(*_ENDS[name])

    def _close_nearest(self, names: Iterable[str], barriers: Iterable[str]) -> None:
        place = self._furthest(names)
        # What is hidden may end itself, but it does not part the sentence that it stands in.
        if place >= self._hidden_from and place > self._furthest(barriers):
            self.close(place)

    def _void(self, token: Token) -> None:
        if token.name == "hr" or (token.name == "br" and self._broken):  # two breaks in a row part paragraphs
            self._flush()
        elif token.name == "br":
            builder = self._inline[-1][0] if self._inline else self._builder
            builder.blank(self._base + token.start, self._base + token.end)
            self._broken = True

    def _effects_of(self, token: Token, *, titled: bool) -> tuple[str, ...]:
        """What the element does to the text in it, and what it opens that its end must close."""
        name, attributes = token.name, token.attributes
        if name in _HIDDEN or _is_hidden(attributes):
            return ("hidden",)
        effects = [effect for effect in (_SIMPLE.get(name),) if effect]
        role = attributes.get("role", "").lower()
        around = name in _AROUND or role in _AROUND_ROLES or (name in ("header", "form") and not titled)
        if around:
            effects.append("navigation")
        if role in _NOTE_ROLES or "footnotes" in attributes.get("class", "").lower().split():
            effects.append("footnote")
        if name == "a" and "href" in attributes:
            effects.append("link")
        if name in _INLINE_KINDS and self._may_stand_apart(_INLINE_KINDS[name]):
            effects.append("apart")
        if (name == "tr" or name in _CELLS) and not self._tables:
            return tuple(effect for effect in effects if effect not in ("row", "cell"))
        return tuple(effects)

    def _may_stand_apart(self, kind: SegmentKind) -> bool:
        return not self._effects["code"] and all(kind != inline for _, inline in self._inline)

    def _enter(self, token: Token, effects: tuple[str, ...]) -> None:
        attributes = token.attributes
        if "apart" in effects:
            outer = self._inline[-1][0] if self._inline else self._builder
            outer.blank(self._base + token.start, self._base + token.end)
            self._inline.append((TextBuilder(), _INLINE_KINDS[token.name]))
        if "raised" in effects and not self._inline:
            self._builder.raise_marker()
        if "list" in effects:
            self._lists.append(self._collector.new_list())
        if "table" in effects:
            self._tables.append(Table(self._collector, layout=attributes.get("role") in ("presentation", "none")))
        if "cell" in effects:
            in_head = self._place("thead") > self._place("table")
            self._tables[-1].start_cell(attributes, head=token.name == "th", in_head=in_head)

    def _leave(self, effects: tuple[str, ...]) -> None:
        if "apart" in effects:
            builder, kind = self._inline.pop()
            self._collector.add(builder, "navigation" if self._effects["navigation"] else kind)
        if "raised" in effects and not self._inline:
            self._builder.lower_marker()
        if "list" in effects:
            self._lists.pop()
        if "row" in effects or "table" in effects:
            self._tables[-1].end_row()
        if "table" in effects:
            self._tables.pop()

    def _flush(self) -> None:
        """Ends the segment at hand, and those that stand apart within it."""
        self._broken = False
        around = self._effects["navigation"] > 0
        for builder, inline in self._inline:
            if not builder.is_empty:
                self._collector.add(builder, "navigation" if around else inline)
        if self._builder.is_empty:
            self._builder.take()  # drops blanks
            return
        kind, level = self._kind()
        list_id = self._lists[-1] if self._lists else 0
        in_cell = bool(self._tables) and not self._tables[-1].layout and self._furthest(_CELLS) > self._place("table")
        if in_cell and kind not in ("heading", "navigation"):
            self._tables[-1].add(self._builder, kind, list_id=list_id)
        else:
            self._collector.add(self._builder, kind, level=level, list_id=list_id)

    def _kind(self) -> tuple[SegmentKind, int | None]:
        """What text is where the page stands now; the level for a heading."""
        for kind in _BY_EFFECT:
            if self._effects[kind]:
                return kind, None
        heading = self._furthest(_LEVELS)
        if heading >= 0:
            return "heading", _LEVELS[self._open[heading].name]
        if self._effects["footnote"]:
            return "footnote", None
        item, cell = self._place("li"), self._furthest(_CELLS)
        if item > cell:
            return "list-item", None
        if cell >= 0 and self._tables and not self._tables[-1].layout:
            return "table-cell", None
        return self._kind_outside, None


def _is_hidden(attributes: Mapping[str, str]) -> bool:
    if not attributes:
        return False
    style = "".join(attributes.get("style", "").lower().split())
    return "hidden" in attributes or attributes.get("aria-hidden", "").lower() == "true" or "display:none" in style
