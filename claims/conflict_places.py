"""What many places say alike is compared once: the claims of a run by what they state, and conflicts at every place.

Both take a few numbers for each place, so that a run over a large site needs little memory; ids and words are put
together when a conflict is asked for.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, overload

from claims.conflicts import Conflict, between
from claims.copies import nearest_pairs
from claims.memory import Memory
from claims.sayings import Once, Said

if TYPE_CHECKING:
    from claims.conflicts import Stated

PAGE: Final = 1 << 32  # claims of one document are nearer than those of any other
_NOWHERE: Final = (1 << 64) - 1  # the place of a conflict that a curator saw


class Copies:
    """The claims of a run by what they state. ``first`` holds by id the first claim of each statement.

    ``ids`` are those of the claims that do not say what they state, such as a curator's. Where a claim stands is a
    number, so that a million places take a few megabytes.
    """

    def __init__(self) -> None:
        self.first: dict[str, Stated] = {}
        self.ids: set[str] = set()
        self._by_statement: dict[bytes, str] = {}
        self._places: dict[str, array[int]] = {}
        self._pages: list[tuple[str, tuple[str, ...]]] = []  # the name of each, and the ends of its claims' ids
        self._known: Memory[int, tuple[tuple[Stated, ...], tuple[array[int], ...], tuple[str, ...]]] = Memory(64)
        self._once = Once()

    def add(self, claims: tuple[Stated, ...], name: str = "") -> None:
        """The claims of one more document, without those that say again what an earlier one of it says. Their ids
        follow on ``name``, which only registered sources do without."""
        known = self._known.get(id(claims)) if name else None
        if known is None:  # kept with the claims, so that no others can have their identity
            known = claims, *self._placed(self._once.of(claims), name)
            if name:
                self._known.keep(id(claims), known)
        self._add(name, known[1], known[2])

    def add_all(self, claims: Iterable[Stated]) -> None:
        """Claims that are no document's, every one."""
        self._add("", *self._placed(claims, ""))

    def _add(self, name: str, places: Iterable[array[int]], ends: tuple[str, ...]) -> None:
        for place, found in enumerate(places, len(self._pages) * PAGE):
            found.append(place)
        self._pages.append((name, ends))

    def _placed(self, claims: Iterable[Stated], name: str) -> tuple[tuple[array[int], ...], tuple[str, ...]]:
        """For each claim the places of what it states, and the end of its id."""
        places, ends = [], []
        for claim in claims:
            claim_id = name + claim.id
            statement: bytes = getattr(claim, "statement", b"")
            first = self._by_statement.setdefault(statement, claim_id) if statement else claim_id
            if not statement:
                self.ids.add(claim_id)
            if first not in self.first:
                self.first[first] = claim.called(claim_id) if isinstance(claim, Said) else claim
            places.append(self._places.setdefault(first, array("Q")))
            ends.append(claim.id)
        return tuple(places), tuple(ends)

    def pairs(self, left: str, right: str) -> Iterable[tuple[int, int]]:
        """Pairs of places of claims that state what these two do, the first of their statements."""
        return nearest_pairs(self._places[left], self._places[right])

    def forget(self) -> None:
        """Keeps only what tells the id of a place."""
        self.first, self._by_statement, self._places = {}, {}, {}
        self._known, self._once = Memory(1), Once()

    def claim(self, place: int) -> str:
        """The id of the claim at a place."""
        name, ends = self._pages[place // PAGE]
        return name + ends[place % PAGE]


class ConflictsAtPlaces(Sequence[Conflict]):
    """Conflicts, gravest first, then by kind, topic and claims; each is made when it is asked for."""

    def __init__(self, conflicts: Iterable[Conflict], copies: Copies) -> None:
        self._copies = copies
        self._found = sorted(conflicts, key=lambda c: (-c.severity, c.kind, c.topic))
        self._which, self._left, self._right = array("I"), array("Q"), array("Q")
        begin = 0
        for at, conflict in enumerate(self._found):
            following = self._found[at + 1] if at + 1 < len(self._found) else None
            if following is None or _group(following) != _group(conflict):
                self._add(range(begin, at + 1))
                begin = at + 1

    def _add(self, group: Iterable[int]) -> None:
        """Adds conflicts on one topic, at all their places, in the order of their claims."""
        told: list[tuple[tuple[str, ...], int, int, int]] = []
        for which in group:
            conflict = self._found[which]
            if not conflict.computed:
                told.append((conflict.claims, which, _NOWHERE, _NOWHERE))
                continue
            left, right = conflict.claims
            for one, other in self._copies.pairs(left, right):
                told.append(((self._copies.claim(one), self._copies.claim(other)), which, one, other))
        for _, which, one, other in sorted(told, key=lambda pair: pair[0]):
            self._which.append(which)
            self._left.append(one)
            self._right.append(other)

    def __len__(self) -> int:
        return len(self._which)

    @overload
    def __getitem__(self, at: int) -> Conflict: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Conflict, ...]: ...
    def __getitem__(self, at: int | slice) -> Conflict | tuple[Conflict, ...]:
        if isinstance(at, slice):
            return tuple(map(self.__getitem__, range(*at.indices(len(self)))))
        conflict = self._found[self._which[at]]
        if self._left[at] == _NOWHERE:
            return conflict
        return between(conflict, self._copies.claim(self._left[at]), self._copies.claim(self._right[at]))

    def compared(self, chosen: Iterable[int]) -> Iterator[tuple[Conflict, int]]:
        """The conflicts of which some are ``chosen``, as they were found between the first claims that state their
        sides, each with how many of those chosen tell it."""
        counted = Counter(map(self._which.__getitem__, chosen))
        return ((self._found[which], number) for which, number in counted.items())

    def claims(self, at: int) -> tuple[str, ...]:
        """The ids of the claims of a conflict."""
        if self._left[at] == _NOWHERE:
            return self._found[self._which[at]].claims
        return self._copies.claim(self._left[at]), self._copies.claim(self._right[at])

    def name(self, at: int) -> str:
        """The id of a conflict."""
        conflict = self._found[self._which[at]]
        left, right = self.claims(at)[:2]
        if self._left[at] == _NOWHERE or (left, right) == conflict.claims:
            return conflict.id
        return f"cf-{conflict.topic}-{left}-{right}"


def _group(conflict: Conflict) -> tuple[int, str, str]:
    return conflict.severity, conflict.kind, conflict.topic
