"""Everything a library holds, as one value: evidence, lexicon, propositions, sources with claims, conflicts.

Loaded from text files (``load_collection``) or from a snapshot (``claims.snapshot``); both give equal values.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from claims.conflicts import Conflict, CuratedConflict, find_conflicts, load_conflicts
from claims.lexicon import Lexicon, load_lexicon
from claims.propositions import Place, Proposition, load_propositions
from claims.sources import Claim, Source, load_sources
from evidence.library import Library
from evidence.problems import LibraryError, Problem
from evidence.records import Record, load_record

if TYPE_CHECKING:
    from collections.abc import Callable

    from evidence.paths import LibraryPaths

T = TypeVar("T")


class Manifest(Record, frozen=True, kw_only=True):
    """What a library is called and under which licence its data stands (an SPDX id).

    ``subject`` names the concepts that a text must speak of before any of its sentences is judged; none: all texts.
    """

    name: str
    title: str
    licence: str
    subject: tuple[str, ...] = ()


class Collection:
    """A whole library. Immutable after construction."""

    def __init__(
        self,
        *,
        manifest: Manifest,
        library: Library,
        lexicon: Lexicon,
        propositions: Mapping[str, Proposition],
        sources: Mapping[str, Source],
        curated_conflicts: tuple[CuratedConflict, ...] = (),
        stored_conflicts: tuple[Conflict, ...] | None = None,
        places: Mapping[str, Place] | None = None,
    ) -> None:
        self.manifest = manifest
        self.library = library
        self.lexicon = lexicon
        self.propositions = propositions
        self.sources = dict(sources)
        self.curated_conflicts = curated_conflicts
        self.places = dict(places or {})
        self._stored_conflicts = stored_conflicts

    @cached_property
    def claims(self) -> dict[str, Claim]:
        """Every curated claim by id: sources in order of id, claims in page order."""
        return {claim.id: claim for source in self.sources.values() for claim in source.claims}

    @cached_property
    def conflicts(self) -> tuple[Conflict, ...]:
        """Conflicts within and between the sources: computed ones and curated ones, gravest first."""
        if self._stored_conflicts is not None:
            return self._stored_conflicts
        return find_conflicts(self.claims, self.lexicon, curated=self.curated_conflicts)


def load_collection(paths: LibraryPaths) -> Collection:
    """The library from its text files. Raises LibraryError with the problems of all files, not only the first."""
    problems: list[Problem] = []

    def attempt(load: Callable[[], T], empty: T) -> T:
        try:
            return load()
        except LibraryError as error:
            problems.extend(error.problems)
            return empty

    root = paths.root
    manifest = attempt(
        lambda: load_record(paths.manifest, Manifest, name=paths.name_of(paths.manifest)),
        Manifest(name="", title="", licence=""),
    )
    library = attempt(lambda: Library.load(paths), Library(references={}, studies={}))
    lexicon = attempt(lambda: load_lexicon(paths.lexicon, root=root), Lexicon({}))
    no_propositions: tuple[dict[str, Proposition], dict[str, Place]] = ({}, {})
    no_sources: tuple[dict[str, Source], dict[str, Place]] = ({}, {})
    no_conflicts: tuple[CuratedConflict, ...] = ()
    propositions, proposition_places = attempt(
        lambda: load_propositions(paths.propositions, root=root), no_propositions
    )
    sources, claim_places = attempt(lambda: load_sources(paths.sources, root=root), no_sources)
    curated = attempt(lambda: load_conflicts(paths.conflicts, root=root), no_conflicts)
    if problems:
        raise LibraryError(*problems)
    return Collection(
        manifest=manifest,
        library=library,
        lexicon=lexicon,
        propositions=propositions,
        sources=sources,
        curated_conflicts=curated,
        places={**proposition_places, **claim_places},
    )
