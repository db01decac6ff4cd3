"""The filters of a list: the names and words of an address, checked, and the form fields that offer them.

A name or a word that is no filter is told, never passed over, so that a program that asks for JSON is not given more
than it asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

import msgspec

from evidence.problems import UsageError

if TYPE_CHECKING:
    from claims.collection import Collection

_LAST_PAGE: Final = 2000

Given = Mapping[str, str]


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """A filter that takes one of several words; ``options`` are words with what to show for them."""

    name: str
    label: str
    chosen: str
    options: tuple[tuple[str, str], ...]


def kind_word(kind: str) -> str:
    """The kind of a record as pages call it."""
    return "study" if kind == "reference" else kind


def require_names(given: Given, known: Sequence[str]) -> None:
    """Raises UsageError for a name that is no filter of the page."""
    for name in given:
        if name not in known:
            raise UsageError(f"unknown filter '{_cut(name)}'; use one of {', '.join(known)}")


def one_of(name: str, given: Given, known: Sequence[str]) -> tuple[str, ...]:
    """The word given for a filter, none as an empty tuple. Raises UsageError for a word that is not ``known``."""
    word = given.get(name, "")
    if word and word not in known:
        raise UsageError(f"unknown {name} '{_cut(word)}'; use one of {', '.join(known)}")
    return (word,) if word else ()


def _cut(word: str) -> str:
    return word if len(word) <= 60 else f"{word[:60]}…"


def page_of(given: Given) -> int:
    """Which page is asked for, from 1. Raises UsageError for anything else."""
    text = given.get("page") or "1"
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= _LAST_PAGE):
        raise UsageError(f"'{_cut(text)}' is no page; write a number from 1 to {_LAST_PAGE}")
    return int(text)


def choice_of(name: str, label: str, given: Given, words: Iterable[str]) -> Choice:
    """A choice among words."""
    options = tuple((word, kind_word(word).replace("-", " ")) for word in words)
    return Choice(name=name, label=label, chosen=given.get(name, ""), options=options)


def concept_choice(collection: Collection, slot: str, given: Given, concepts: Iterable[str]) -> Choice:
    """Concepts that occur, and what they are kinds of, by label."""
    lexicon = collection.lexicon
    wide = {wider for concept in concepts for wider in lexicon.wider(concept)}
    options = sorted(((key, lexicon.label(key)) for key in wide), key=lambda option: option[1].lower())
    return Choice(name=slot, label=slot.capitalize(), chosen=given.get(slot, ""), options=tuple(options))


def address(path: str, given: Given) -> str:
    """The path with its filters."""
    kept = {name: word for name, word in given.items() if word}
    return f"{path}?{urlencode(kept)}" if kept else path


def turned(path: str, given: Given, page: int) -> str:
    """The same list, on another page."""
    return address(path, {**given, "page": str(page)})
