"""Takes judgements on claims that an earlier run judged from the cache, so that checking again costs reading only.

Never a stale answer, for judging is a pure function of the claim as read, the library, the scorecard and the code, and
each judgement is kept under a hash of all of them. *The claim*: all that was read of it but its place, the features in
their order (sums depend on it in the last digit), so that a claim that would be read otherwise today has another hash.
*The library and the code*: the hash of the library, and the name of the snapshot. That name has the hash of every
module and word list that judging uses (tests hold it against what judging loads), and in each run the snapshot is found
by the present state of these files, so that what is judged with a stale one is wrong with or without this. *The
scorecard*: the weights as they were loaded, and those of the network that read the claim, if one did, with its hash.
*The interpreter and the stemmer*: their versions. What is kept holds no words of the copy, but concepts, figures, ids
and what the library says.
"""

from __future__ import annotations

import contextlib
import hashlib
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

import msgspec
import Stemmer  # type: ignore[import-not-found]

from claims.comparisons import Comparison
from claims.figures import PairedFigure
from claims.judged import Judged, Match
from claims.pairing import Near
from claims.propositions import EvidenceLink, Fault, Qualifier, Verdict
from claims.verdicts import RuleHit

if TYPE_CHECKING:
    from claims.documents import Document
    from claims.entailment import Facts
    from claims.extraction import Assertion
    from claims.kept_results import Kept
    from claims.propositions import Proposition
    from claims.scorecard import Scorecard

_VERSION: Final = 1  # of what is kept here
_encode: Final = msgspec.msgpack.Encoder(order="deterministic").encode
_likeness: Final = msgspec.msgpack.Decoder(float)


class _Paired(msgspec.Struct, frozen=True, array_like=True):
    """A paired figure; the figure by its place among those of the claim."""

    place: int
    aspect: str
    inside: bool


class _Matched(msgspec.Struct, frozen=True, array_like=True):
    """What a match has beside the proposition and the comparisons of its judgement."""

    figures: tuple[_Paired, ...]
    similarity: float


class _Kept(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """A judgement, field by field, but for its match: reading that needs the whole type of a proposition."""

    verdict: Verdict
    reason: str
    faults: tuple[Fault, ...]
    missing: tuple[Qualifier, ...]
    rules: tuple[RuleHit, ...]
    suggestion: str | None
    proposition: str | None
    evidence: tuple[EvidenceLink, ...]
    comparisons: tuple[Comparison, ...]
    tally: tuple[tuple[str, float], ...]
    topics: tuple[Near, ...]
    support: float | None
    likeness: float
    unchecked: str | None
    matched: _Matched | None


_SAME: Final = tuple(name for name in Judged.__struct_fields__ if name != "match")
_judgement: Final = msgspec.msgpack.Decoder(_Kept | None)


class KeptJudgements:
    """Judgements against one library. ``results`` is where they are kept, ``by`` what weighed them."""

    def __init__(self, kept: Kept, by: tuple[Scorecard, Facts | None], propositions: Mapping[str, Proposition]) -> None:
        self.results = kept.results
        self._propositions = propositions
        told = (_VERSION, kept.about, *by, sys.version, Stemmer.version())
        self._state = hashlib.blake2b(_encode(told), digest_size=32).digest()

    def known(self, assertion: Assertion) -> tuple[Judged | None] | None:
        """The judgement that was kept on a claim; ``None`` when none was."""
        record = self.results.get(self._key(b"judgement", assertion)) if self.results.is_there else None
        if record is not None:
            with contextlib.suppress(msgspec.DecodeError, LookupError):  # of a version that forgot to say so
                return (self._whole(_judgement.decode(record), assertion),)
        return None

    def keep(self, assertion: Assertion, judged: Judged | None) -> None:
        """Keeps the judgement on a claim."""
        self.results.keep(self._key(b"judgement", assertion), _encode(_kept(judged, assertion)))

    def likeness(self, assertion: Assertion, measure: Callable[[Assertion], float]) -> float:
        """How like a claim is to the nearest known wording, as it was kept, else as ``measure`` finds it."""
        key = self._key(b"likeness", assertion)
        record = self.results.get(key)
        if record is not None:
            with contextlib.suppress(msgspec.DecodeError):
                return _likeness.decode(record)
        found = measure(assertion)
        self.results.keep(key, _encode(found))
        return found

    def has(self, document: Document) -> bool:
        """Whether the claims of a document were judged and kept, as far as can be told without reading it."""
        return self.results.get(self._hash(b"document", document.sha256.encode())) is not None

    def keep_all(self, document: Document) -> None:
        """Notes that the claims of a document are kept."""
        if not self.has(document):
            self.results.keep(self._hash(b"document", document.sha256.encode()), b"")

    def _key(self, what: bytes, assertion: Assertion) -> bytes:
        placed = msgspec.structs.replace(assertion, start=0, end=0, headings=())
        told = _encode((placed, tuple(assertion.frame.features), tuple(assertion.frame.slots)))
        return self._hash(what, told)

    def _hash(self, what: bytes, told: bytes) -> bytes:
        return hashlib.blake2b(told, digest_size=16, key=self._state, person=what).digest()

    def _whole(self, kept: _Kept | None, assertion: Assertion) -> Judged | None:
        """Raises LookupError where the claim or the library has not what is kept."""
        if kept is None:
            return None
        match = None
        if kept.matched:
            figures = (
                PairedFigure(figure=assertion.measured[p.place], aspect=p.aspect, inside=p.inside)
                for p in kept.matched.figures
            )
            match = Match(
                proposition=self._propositions[kept.proposition or ""],
                comparisons=kept.comparisons,
                figures=tuple(figures),
                similarity=kept.matched.similarity,
            )
        return Judged(**{name: getattr(kept, name) for name in _SAME}, match=match)


def _kept(judged: Judged | None, assertion: Assertion) -> _Kept | None:
    """What is kept of a judgement."""
    if judged is None:
        return None
    matched, match = None, judged.match
    if match:
        figures = (_Paired(assertion.measured.index(p.figure), p.aspect, p.inside) for p in match.figures)
        matched = _Matched(tuple(figures), match.similarity)
    return _Kept(**{name: getattr(judged, name) for name in _SAME}, matched=matched)
