"""Pages whose sentences carry their labels, written for this project: the scorecard is fitted on ``bench/pages``.

One file holds several pages. ``=== name (genre)`` begins a page; a line of a label, a tab and a sentence is a labelled
sentence; any other line is Markdown and has no label. Sentences on lines that follow each other are one paragraph,
unless a line begins an item of a list. A label is a verdict, the other verdicts that a careful reader could give,
an importance and the id of the record that decides it: ``supported/overstated 3 {peak-effect-24h}``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple, get_args

import msgspec

from claims.documents import read_document
from claims.evaluation import NOTHING, Label
from claims.labelled import LabelledDocument
from claims.propositions import Verdict
from evidence.problems import StorageError

_LABEL: Final = re.compile(r"(\w+)((?:/\w+)*)(?: ([123]))?(?: \{([^{}]*)\})?")
_VERDICTS: Final = frozenset({*get_args(Verdict), NOTHING})
_PAGE: Final = "==="
_ITEM: Final = "- "


class _Sentence(NamedTuple):
    text: str
    label: Label | None


def read_pages(path: Path) -> Iterator[LabelledDocument]:
    """The pages of a file in their order, the id of a label being that of its record; StorageError with file and line
    for a label that is none."""
    page: list[_Sentence] = []
    name = ""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if line.startswith(_PAGE):
            if page:
                yield _page(name, page)
            page = []
            name = f"{path.stem}-{number}.md"
            continue
        label, tab, text = line.rpartition("\t")
        page.append(_Sentence(text, _label(path, number, label) if tab else None))
    if page:
        yield _page(name, page)


def _label(path: Path, number: int, text: str) -> Label:
    found = _LABEL.fullmatch(text.strip())
    also = tuple(filter(None, found[2].split("/"))) if found else ()
    if not found or not {found[1], *also} <= _VERDICTS:
        raise StorageError(
            f"{path.name}:{number}: expected a verdict, then '/' with others, an importance, {{a record}}"
        )
    return Label(start=0, end=0, verdict=found[1], also=also, importance=int(found[3] or 1), id=found[4] or "")


def _page(name: str, sentences: list[_Sentence]) -> LabelledDocument:
    text = ""
    labels = []
    follows = False
    for one in sentences:
        item = one.text.startswith(_ITEM)
        if text:
            text += " " if follows and one.label and not item else "\n"
        start = len(text) + (len(_ITEM) if item else 0)
        text += one.text
        if one.label:
            labels.append(msgspec.structs.replace(one.label, start=start, end=len(text)))
        follows = one.label is not None
    return LabelledDocument(document=read_document(name, text.encode()), labels=tuple(labels))
