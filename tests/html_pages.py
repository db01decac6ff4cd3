"""Pages for the tests of the HTML report: checked with the small library, and how a page's elements are read back."""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser
from typing import NamedTuple

from claims.checking import check_documents
from claims.collection import Collection
from claims.documents import Document, read_document
from claims.engine import Examined
from claims.report import VERDICTS
from claims.reporters.html.rendering import render_check
from claims.rule_links import RuleLinks
from tests.test_check import Scripted

VOID = frozenset({"meta", "input", "br", "hr", "link", "img"})
COPY = """# An offer

supported by=response-24h aspect=response-rate: Two thirds of people respond within a day.
contradicted by=not-approved: Ketamine is FDA approved for depression.
overstated by=response-24h aspect=response-rate: In 90% of people it works within a day.
vague: It helps many people.
unsupported: Parking is free.
promotional: Amazing results.

supported by=response-24h: A last claim that stands far below the others.
"""


class Element(NamedTuple):
    """A start tag with what stands around it: the tags that are open, and its text up to the end tag."""

    tag: str
    attributes: dict[str, str]
    path: tuple[str, ...]
    text: str


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str], tuple[str, ...], list[str]]] = []
        self.open: list[int] = []
        self.unclosed: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        path = tuple(self.found[at][0] for at in self.open)
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"{tag} has an attribute twice"
        self.found.append((tag, {name: value or "" for name, value in attrs}, path, []))
        if tag not in VOID:
            self.open.append(len(self.found) - 1)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        last = self.found[self.open.pop()][0]
        assert last == tag, f"</{tag}> closes <{last}>"

    def handle_data(self, data: str) -> None:
        for at in self.open:
            self.found[at][3].append(data)


def elements(page: str) -> list[Element]:
    """The elements of a page. Fails when they are not nested as they should be."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    assert not reader.open
    return [Element(tag, attributes, path, "".join(texts)) for tag, attributes, path, texts in reader.found]


def with_class(found: list[Element], name: str) -> list[Element]:
    return [element for element in found if name in element.attributes.get("class", "").split()]


class Lines(Scripted):
    """As ``Scripted``, but a line that begins with no verdict is text without a claim."""

    def examine(self, document: Document) -> Examined:
        found, start = [], 0
        for line in document.text.splitlines(keepends=True):
            head, colon, words = line.rstrip("\n").partition(": ")
            verdict, *options = head.split() or [""]
            if colon and verdict in VERDICTS:
                found.append(self._read(verdict, options, words, start + len(head) + 2))
            start += len(line)
        return Examined(parts=((0, tuple(found), False),))


def page_of(collection: Collection, texts: Mapping[str, str]) -> str:
    """The page of a check of these texts, by path; the verdict before each line's colon is the line's verdict."""
    documents = {path: read_document(path, text.encode()) for path, text in texts.items()}
    result = check_documents(documents.values(), collection, Lines(collection), library_hash="0" * 64)
    return render_check(result, documents, collection, RuleLinks())
