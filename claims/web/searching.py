"""Search as a page: the filters of an address into hits, and the hits into a listing."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Final

import msgspec

from claims.propositions import SCOPE_SLOTS
from claims.query import kind_of
from claims.report import CATEGORIES, VERDICTS
from claims.reporters.layout import plural
from claims.search import KINDS, Filters, Found, search
from claims.web.filters import (
    Choice,
    Given,
    address,
    choice_of,
    concept_choice,
    kind_word,
    one_of,
    page_of,
    require_names,
    turned,
)
from claims.web.listings import PER_PAGE, Listing
from claims.web.views import Text, link, path_of
from evidence.problems import UsageError

if TYPE_CHECKING:
    from claims.collection import Collection

LONGEST_QUERY: Final = 300  # characters


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a search found on one page; ``found`` holds the hits of this page only."""

    text: str
    found: Found
    page: int


def run_search(collection: Collection, connection: sqlite3.Connection, given: Given) -> Answer:
    """The hits for the filters of an address. Raises UsageError for a name or word that is no filter."""
    require_names(
        given, ("q", "kind", "verdict", "category", "source", "importance", "reference", "page", *SCOPE_SLOTS)
    )
    text = given.get("q", "")
    if len(text) > LONGEST_QUERY:
        raise UsageError(f"the query has {len(text)} characters; write at most {LONGEST_QUERY}")
    filters = Filters(
        kinds=one_of("kind", given, KINDS),
        verdicts=one_of("verdict", given, VERDICTS),
        categories=one_of("category", given, CATEGORIES),
        sources=one_of("source", given, tuple(collection.sources)),
        reference=given.get("reference") or None,
        slots=tuple((slot, given[slot]) for slot in SCOPE_SLOTS if given.get(slot)),
        importance=int((*one_of("importance", given, ("1", "2", "3")), "1")[0]),
    )
    page = page_of(given)
    found = search(connection, text, filters, limit=page * PER_PAGE)
    hits = found.hits[(page - 1) * PER_PAGE :]
    return Answer(text=text, found=msgspec.structs.replace(found, hits=hits), page=page)


def search_listing(collection: Collection, connection: sqlite3.Connection, given: Given, answer: Answer) -> Listing:
    """A search as a page."""
    found = answer.found
    notices = [Text(text=f"Nothing has the word “{word}”; looked for “{used}”.") for word, used in found.mended.items()]
    if found.any_word:
        notices.append(Text(text="No record has all these words; these have some of them."))
    exact = kind_of(connection, answer.text.strip()) if answer.text.strip() else None
    if exact is not None:
        key = answer.text.strip()
        notices.append(Text(text=f"The {exact} {key}", href=path_of(exact, key)))
    first = (answer.page - 1) * PER_PAGE
    total = plural(found.total, "record")
    if found.total > PER_PAGE and found.hits:
        total += f", {first + 1} to {first + len(found.hits)} shown"
    used = {(row["slot"], row["concept"]) for row in connection.execute("SELECT DISTINCT slot, concept FROM scope")}
    slots = tuple(
        concept_choice(collection, slot, given, [concept for at, concept in used if at == slot]) for slot in SCOPE_SLOTS
    )
    sources = tuple((s.id, s.title) for s in collection.sources.values())
    return Listing(
        title="Search",
        lead="Words and filters hold together; words that are misspelt are mended.",
        json=address("/search.json", given),
        action="/search",
        query=answer.text,
        choices=(
            choice_of("kind", "Kind", given, KINDS),
            choice_of("verdict", "Verdict", given, VERDICTS),
            choice_of("category", "Category", given, sorted(CATEGORIES)),
            Choice(name="source", label="Source", chosen=given.get("source", ""), options=sources),
            Choice(
                name="importance",
                label="Importance",
                chosen=given.get("importance", ""),
                options=(("2", "2 and more"), ("3", "3")),
            ),
        ),
        more_choices=tuple(choice for choice in slots if choice.options),
        reference=given.get("reference", ""),
        notices=tuple(notices),
        entries=tuple(
            link(hit.kind, hit.id, hit.title, badge=hit.verdict, note=f"{kind_word(hit.kind)} {hit.id}")
            for hit in found.hits
        ),
        total=total,
        earlier=turned("/search", given, answer.page - 1) if answer.page > 1 else None,
        later=turned("/search", given, answer.page + 1) if answer.page * PER_PAGE < found.total else None,
    )
