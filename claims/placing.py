"""The conflicts of a run with the place of each claim, and with the works behind it that are not current.

A large site has as many conflicts as it has places that part, so each is put together when it is asked for.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, overload

import msgspec

from claims.repeats import Claims
from claims.report import SEVERITIES, ConflictEnd, ReportedConflict, by_severity, conflict_end
from claims.standing import DECISIVE
from claims.verdicts import conflict_code

if TYPE_CHECKING:
    from claims.checked_claims import CheckedClaim
    from claims.checked_documents import CheckedDocument
    from claims.collection import Collection
    from claims.conflict_places import ConflictsAtPlaces
    from claims.conflicts import Conflict


class ClaimsById:
    """The claims of documents by their ids, each found when it is asked for."""

    def __init__(self, documents: Iterable[CheckedDocument]) -> None:
        self._by_name: dict[str, tuple[CheckedDocument, Claims]] = {}
        self._alone: dict[str, tuple[CheckedDocument, CheckedClaim]] = {}
        for document in documents:
            if isinstance(document.claims, Claims):
                self._by_name[document.claims.name] = document, document.claims
            else:
                self._alone.update((claim.id, (document, claim)) for claim in document.claims)

    def get(self, claim_id: str) -> tuple[CheckedDocument, CheckedClaim] | None:
        """A claim with its document; ``None`` for one that is not among them."""
        known = self._alone.get(claim_id)
        if known is None:
            document, claims = self._by_name.get(name_of(claim_id), (None, None))
            claim = claims.numbered(claim_id) if claims is not None else None
            known = (document, claim) if document is not None and claim is not None else None
        return known


def name_of(claim_id: str) -> str:
    """The name of the document that a read claim is of."""
    return claim_id.rpartition("-c")[0]


class Reported(Sequence[ReportedConflict]):
    """The conflicts of a check as they are reported. ``chosen`` are those of ``found`` that are among them, by number;
    ``old`` says of each of these whether it is in the baseline."""

    def __init__(
        self,
        found: ConflictsAtPlaces,
        claims: ClaimsById,
        collection: Collection,
        chosen: Sequence[int] | None = None,
        old: bytearray | None = None,
    ) -> None:
        self._found = found
        self._claims = claims
        self._collection = collection
        self._chosen = range(len(found)) if chosen is None else chosen
        self._old = old

    def __len__(self) -> int:
        return len(self._chosen)

    @overload
    def __getitem__(self, at: int) -> ReportedConflict: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[ReportedConflict, ...]: ...
    def __getitem__(self, at: int | slice) -> ReportedConflict | tuple[ReportedConflict, ...]:
        if isinstance(at, slice):
            return tuple(map(self.__getitem__, range(*at.indices(len(self)))))
        conflict = self._found[self._chosen[at]]
        return ReportedConflict(
            id=conflict.id,
            kind=conflict.kind,
            topic=conflict.topic,
            severity=conflict.severity,
            claims=tuple(map(self._end, conflict.claims)),
            says=conflict.says,
            explanation=conflict.explanation,
            code=conflict_code(conflict.kind),
            status="baseline" if self._old and self._old[at] else "new",
        )

    def _end(self, claim_id: str) -> ConflictEnd:
        known = self._claims.get(claim_id)
        if known is None:  # of a registered source: it stands in the source's own file
            claim = self._collection.claims[claim_id]
            return conflict_end(claim, self._collection.sources[claim.source].file, self._collection)
        document, checked = known
        return ConflictEnd(
            path=document.path, id=claim_id, start=checked.start, end=checked.end, rests_on=_not_current(checked)
        )

    def compared(self) -> Iterator[tuple[Conflict, int]]:
        """The conflicts as they were compared, each with how many of these tell it."""
        return self._found.compared(self._chosen)

    @property
    def old(self) -> int:
        """How many are in the baseline."""
        return sum(self._old or ())

    def only(self, wanted: Callable[[ReportedConflict], bool]) -> Reported:
        """Those of which ``wanted`` holds."""
        chosen = array("I", (number for number, conflict in zip(self._chosen, self, strict=True) if wanted(conflict)))
        return self if len(chosen) == len(self) else Reported(self._found, self._claims, self._collection, chosen)

    def marked(self, old: Iterable[bool]) -> Reported:
        """The same, with those in the baseline marked."""
        return Reported(self._found, self._claims, self._collection, self._chosen, bytearray(old))

    def links(self) -> _Links:
        """Which of them each claim is in."""
        return _Links(self._found, self._chosen)


class _Links:
    """The conflicts that claims are in, by the names of the documents."""

    def __init__(self, found: ConflictsAtPlaces, chosen: Iterable[int]) -> None:
        self._found = found
        self._touching: dict[str, array[int]] = {}
        for number in chosen:
            for name in dict.fromkeys(map(name_of, found.claims(number))):
                self._touching.setdefault(name, array("I")).append(number)

    def __contains__(self, name: str) -> bool:
        return name in self._touching

    def __call__(self, name: str) -> dict[str, tuple[str, ...]]:
        """The conflicts of each claim of a document that is in one, by the claim's id."""
        linked: dict[str, list[str]] = {}
        for number in self._touching.get(name, ()):
            for claim_id in self._found.claims(number):
                if name_of(claim_id) == name:
                    linked.setdefault(claim_id, []).append(self._found.name(number))
        return {claim_id: tuple(names) for claim_id, names in linked.items()}


def linked(documents: Iterable[CheckedDocument], conflicts: Sequence[ReportedConflict]) -> tuple[CheckedDocument, ...]:
    """The documents with claims that name their conflicts, and no others; where claims are tuples they name them."""
    if not isinstance(conflicts, Reported):
        names = {conflict.id for conflict in conflicts}
        return tuple(msgspec.structs.replace(d, claims=_naming_only(d.claims, names)) for d in documents)
    links = conflicts.links()
    return tuple(msgspec.structs.replace(d, claims=_linked(d.claims, links)) for d in documents)


def _naming_only(claims: Sequence[CheckedClaim], names: set[str]) -> tuple[CheckedClaim, ...]:
    return tuple(
        msgspec.structs.replace(claim, conflicts=tuple(filter(names.__contains__, claim.conflicts))) for claim in claims
    )


def _linked(claims: Sequence[CheckedClaim], links: _Links) -> Sequence[CheckedClaim]:
    if isinstance(claims, Claims):
        return claims.linked(links if claims.name in links else None)
    named = {name: links(name) for name in {name_of(claim.id) for claim in claims}}
    return tuple(
        msgspec.structs.replace(claim, conflicts=named[name_of(claim.id)].get(claim.id, ())) for claim in claims
    )


def severities(conflicts: Sequence[ReportedConflict]) -> dict[str, int]:
    """How many conflicts there are of each severity, gravest first."""
    if not isinstance(conflicts, Reported):
        return by_severity(conflicts)
    counted: Counter[int] = Counter()
    for conflict, number in conflicts.compared():
        counted[conflict.severity] += number
    return {str(level): counted[level] for level in SEVERITIES}


def old_among(conflicts: Sequence[ReportedConflict]) -> int:
    """How many conflicts are not new."""
    return conflicts.old if isinstance(conflicts, Reported) else sum(c.status != "new" for c in conflicts)


def codes_of_conflicts(conflicts: Sequence[ReportedConflict]) -> frozenset[str]:
    """The rules of conflicts."""
    if isinstance(conflicts, Reported):
        return frozenset(code for conflict, _ in conflicts.compared() if (code := conflict_code(conflict.kind)))
    return frozenset(conflict.code for conflict in conflicts if conflict.code)


def only(
    conflicts: Sequence[ReportedConflict], wanted: Callable[[ReportedConflict], bool]
) -> Sequence[ReportedConflict]:
    """The conflicts of which ``wanted`` holds."""
    return conflicts.only(wanted) if isinstance(conflicts, Reported) else tuple(filter(wanted, conflicts))


def marked(conflicts: Sequence[ReportedConflict], old: Iterable[bool]) -> Sequence[ReportedConflict]:
    """The conflicts with those in the baseline marked, of which ``old`` says one by one whether they are."""
    if isinstance(conflicts, Reported):
        return conflicts.marked(old)
    return tuple(
        msgspec.structs.replace(conflict, status="baseline") if is_old else conflict
        for conflict, is_old in zip(conflicts, old, strict=True)
    )


def _not_current(claim: CheckedClaim) -> tuple[str, ...]:
    if not claim.rests_on_evidence:
        return ()
    told = (f"{i.reference} {i.standing}" for i in claim.evidence if i.standing and i.stance in DECISIVE)
    return tuple(dict.fromkeys(told))
