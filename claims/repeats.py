"""The claims of a document in little room: a claim that copy repeats is held once, with the places where it stands.

A site of a hundred megabytes makes a million claims of a few thousand kinds. Each claim is made when it is asked for.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, TypeVar, overload

import msgspec

from claims.documents import line_starts

if TYPE_CHECKING:
    from claims.checked_claims import CheckedClaim

C = TypeVar("C")
_MARK: Final = "-c"  # between the name of a document and the number of a claim

_Spot = tuple[int, int, int]
Links = Mapping[str, tuple[str, ...]]  # the conflicts of the claims of a document, by the claims' ids


def claim_mark(number: int) -> str:
    """The end of a claim's id; the name of its document stands before it."""
    return f"{_MARK}{number:02}"


class Kind:
    """A claim without its name and place, and how far its passage reaches: characters, line ends, and characters after
    the last of them. Two are the same only if they are one object."""

    __slots__ = ("claim", "last", "length", "lines")

    def __init__(self, claim: CheckedClaim) -> None:
        starts = line_starts(claim.text)
        self.claim = claim
        self.length = len(claim.text)
        self.lines = len(starts) - 1
        self.last = self.length - starts[-1]


class Claims(Sequence["CheckedClaim"]):
    """The claims of one document, in page order. ``numbers`` are those of their ids, from 1; ``None`` for all there
    are. ``places`` are offset, line and column of each."""

    __slots__ = ("_kinds", "_links", "_numbers", "_places", "name")

    def __init__(
        self,
        kinds: Sequence[Kind],
        places: array[int],
        *,
        name: str = "",
        links: Callable[[str], Links] | None = None,
        numbers: Sequence[int] | None = None,
    ) -> None:
        self.name = name
        self._kinds = kinds
        self._places = places
        self._links = links
        self._numbers = range(1, len(kinds) + 1) if numbers is None else numbers

    def __len__(self) -> int:
        return len(self._kinds)

    def __iter__(self) -> Iterator[CheckedClaim]:
        links = self._links(self.name) if self._links else {}
        for number, kind, place in self._all():
            yield self._claim(number, kind, place, links)

    def _all(self) -> Iterator[tuple[int, Kind, _Spot]]:
        places = iter(self._places)
        return zip(self._numbers, self._kinds, zip(places, places, places, strict=True), strict=True)

    def where(self, wanted: Callable[[CheckedClaim], bool]) -> Iterator[CheckedClaim]:
        """The claims of which ``wanted`` holds; it is asked once for each kind, so it may not look at name or place."""
        links = self._links(self.name) if self._links else {}
        admitted = {kind for kind in set(self._kinds) if wanted(kind.claim)}
        for number, kind, place in self._all():
            if kind in admitted:
                yield self._claim(number, kind, place, links)

    def chosen(self, wanted: Callable[[CheckedClaim], bool]) -> Claims:
        """Only the claims of which ``wanted`` holds, which may not look at name or place."""
        admitted = {kind for kind in set(self._kinds) if wanted(kind.claim)}
        numbers, kinds, places = array("I"), [], array("I")
        for number, kind, place in self._all():
            if kind in admitted:
                numbers.append(number)
                kinds.append(kind)
                places.extend(place)
        return Claims(kinds, places, name=self.name, links=self._links, numbers=numbers)

    @overload
    def __getitem__(self, at: int) -> CheckedClaim: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[CheckedClaim, ...]: ...
    def __getitem__(self, at: int | slice) -> CheckedClaim | tuple[CheckedClaim, ...]:
        if isinstance(at, slice):
            return tuple(self[index] for index in range(*at.indices(len(self))))
        kind, number = self._kinds[at], self._numbers[at]
        first = 3 * (at if at >= 0 else at + len(self))
        start, line, column = self._places[first : first + 3]
        return self._claim(number, kind, (start, line, column), self._links(self.name) if self._links else {})

    def _claim(self, number: int, kind: Kind, place: _Spot, links: Links) -> CheckedClaim:
        start, line, column = place
        claim_id = f"{self.name}-c{number:02}"
        return msgspec.structs.replace(
            kind.claim,
            id=claim_id,
            start=start,
            end=start + kind.length,
            line=line,
            column=column,
            end_line=line + kind.lines,
            end_column=kind.last + 1 if kind.lines else column + kind.last,
            conflicts=links.get(claim_id, ()),
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Claims | tuple) and len(self) == len(other) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(tuple(self))

    @property
    def kinds(self) -> Counter[Kind]:
        """How often each kind occurs."""
        return Counter(self._kinds)

    def called(self, name: str) -> Claims:
        """The same claims of a document of another name."""
        return Claims(self._kinds, self._places, name=name, links=self._links, numbers=self._numbers)

    def linked(self, links: Callable[[str], Links] | None) -> Claims:
        """The same claims with the conflicts that ``links`` tells by the document's name."""
        return Claims(self._kinds, self._places, name=self.name, links=links, numbers=self._numbers)

    def numbered(self, claim_id: str) -> CheckedClaim | None:
        """The claim of an id, without its conflicts; ``None`` where there is none."""
        name, _, written = claim_id.rpartition(_MARK)
        number = int(written) if name == self.name and written.isdecimal() else 0
        at = number - 1 if isinstance(self._numbers, range) else bisect_left(self._numbers, number)
        if not 0 <= at < len(self) or self._numbers[at] != number:
            return None
        start, line, column = self._places[3 * at : 3 * at + 3]
        return self._claim(number, self._kinds[at], (start, line, column), {})

    def altered(self, alter: Callable[[Kind], Kind]) -> Claims:
        """The claims with each kind as ``alter`` gives it; these claims where that changes none."""
        new = {kind: alter(kind) for kind in set(self._kinds)}
        if all(kind is other for kind, other in new.items()):
            return self
        kinds = list(map(new.__getitem__, self._kinds))
        return Claims(kinds, self._places, name=self.name, links=self._links, numbers=self._numbers)

    def replaced(self, claims: Mapping[int, CheckedClaim]) -> Claims:
        """The claims with some, by their indexes, in place of those that are there."""
        if not claims:
            return self
        kinds = list(self._kinds)
        for at, claim in claims.items():
            kinds[at] = Kind(claim)
        return Claims(kinds, self._places, name=self.name, links=self._links, numbers=self._numbers)


def kinds_among(documents: Iterable[Sequence[CheckedClaim]]) -> Iterator[tuple[CheckedClaim, int]]:
    """As ``kinds_of``, for the claims of several documents together."""
    counted: Counter[Kind] = Counter()
    for claims in documents:
        if isinstance(claims, Claims):
            counted.update(claims.kinds)
        else:
            yield from kinds_of(claims)
    yield from ((kind.claim, number) for kind, number in counted.items())


def kinds_of(claims: Sequence[C]) -> Iterable[tuple[C, int]]:
    """Claims that stand for all, whose name and place mean nothing, each with how many it stands for."""
    if isinstance(claims, Claims):
        return ((kind.claim, number) for kind, number in claims.kinds.items())  # type: ignore[misc]
    return ((claim, 1) for claim in claims)


def where(
    claims: Sequence[CheckedClaim], wanted: Callable[[CheckedClaim], bool], *, linked: bool = True
) -> Iterator[CheckedClaim]:
    """The claims of which ``wanted`` holds, which may not look at name or place; not ``linked``: they need not name
    their conflicts."""
    if not isinstance(claims, Claims):
        return filter(wanted, claims)
    return (claims if linked else claims.linked(None)).where(wanted)


def chosen(claims: Sequence[CheckedClaim], wanted: Callable[[CheckedClaim], bool]) -> Sequence[CheckedClaim]:
    """Only the claims of which ``wanted`` holds, which may not look at name or place."""
    return claims.chosen(wanted) if isinstance(claims, Claims) else tuple(filter(wanted, claims))


def altered(claims: Sequence[CheckedClaim], alter: Callable[[Kind], Kind]) -> Sequence[CheckedClaim]:
    """The claims as ``alter`` gives them, which may not look at name or place."""
    if isinstance(claims, Claims):
        return claims.altered(alter)
    return tuple(alter(Kind(claim)).claim for claim in claims)


def replaced(claims: Sequence[CheckedClaim], new: Mapping[int, CheckedClaim]) -> Sequence[CheckedClaim]:
    """The claims with some, by their indexes, in place of those that are there."""
    if isinstance(claims, Claims):
        return claims.replaced(new)
    return tuple(new.get(at, claim) for at, claim in enumerate(claims)) if new else claims
