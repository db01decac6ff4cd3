"""What a read claim says, in the form in which curated claims are compared.

A figure takes its aspect from the proposition it was held against; slots that the claim leaves open are taken from that
proposition too, so that a figure for one drug, route or population never meets a figure for another.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from claims.conflicts import Severity, Stated
from claims.figures import scaled
from claims.pairing import Placed
from claims.propositions import SCOPE_SLOTS, Position, Scope, Verdict
from claims.sources import ClaimPolarity, Quantity
from evidence.vocabulary import HOURS_IN

if TYPE_CHECKING:
    from claims.collection import Collection
    from claims.engine import Read
    from claims.figures import PairedFigure
    from claims.judged import Match
    from claims.quantities import Measured

SURE: Final = frozenset({"supported", "overstated", "contradicted"})
_PHRASE: Final = 80
_SIMILAR: Final = 0.55  # of words, between claim and proposition
_DECISIVE: Final = ("outcome", "intervention", "agency", "route")
_TELLING: Final = frozenset({"outcome", "aspect", "measure", "s", "n"})  # feature slots that say something of a thing
_UNCOUNTED: Final = frozenset({"year", "date", "ordinal"})
_DATES: Final = frozenset({"year", "date", "age"})
_UNTOLD: Final = frozenset({*HOURS_IN, "sessions", None})  # units of figures that say when or of how many, not how much


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A read claim for comparison.

    ``propositions`` names the one it answers with yes or no: empty unless the two are close. ``judged_by`` is the one
    that decided its verdict. ``carried`` are the aspects for which the evidence carries its figure. ``moment`` is when
    its figures were measured, in hours; ``None`` when unsaid.
    ``placed`` is the claim among the topics it is near. ``statement`` is the same for claims that state the same in the
    same words and surroundings; empty when that is not known.
    """

    id: str
    paraphrase: str
    importance: Severity
    polarity: ClaimPolarity
    propositions: tuple[str, ...]
    slots: Scope
    quantities: tuple[Quantity, ...] = ()
    positions: tuple[Position, ...] = ()
    verdict: Verdict
    judged_by: str | None = None
    carried: frozenset[str] = frozenset()
    moment: tuple[float, float] | None = None
    placed: Placed | None = None
    statement: bytes = b""

    def called(self, claim_id: str) -> Said:
        """The same of another claim that states the same."""
        return msgspec.structs.replace(self, id=claim_id)


def said(claim_id: str, read: Read, collection: Collection) -> Said:
    """What the claim says for comparison with others; without a proposition it compares with nothing."""
    found = _said(claim_id, read, collection)
    content = msgspec.json.encode((read.assertion.text, found.called("")), order="deterministic")
    return msgspec.structs.replace(found, statement=hashlib.blake2b(content, digest_size=16).digest())


def _said(claim_id: str, read: Read, collection: Collection) -> Said:
    assertion, match = read.assertion, read.judgement.match
    known = read.judgement.proposition
    proposition = collection.propositions.get(known) if known and read.judgement.verdict in SURE else None
    figures = match.figures if match and proposition else ()
    return Said(
        id=claim_id,
        paraphrase=shorten_middle(" ".join(assertion.text.split()), _PHRASE),
        importance=proposition.importance if proposition else 1,
        polarity=assertion.polarity,
        propositions=(proposition.id,) if proposition and _close(match) else (),
        slots=_filled(assertion.slots, proposition.scope) if proposition else assertion.slots,
        quantities=_quantities(figures),
        positions=proposition.positions if proposition and read.judgement.verdict == "supported" else (),
        verdict=read.judgement.verdict,
        judged_by=proposition.id if proposition else None,
        placed=_placed(read),
        carried=frozenset(paired.aspect for paired in figures if paired.inside),
        moment=_moment(assertion.measured, match),
    )


def shorten_middle(text: str, width: int) -> str:
    """``text`` at most ``width`` long: beginning and end stay, an ellipsis stands for the middle."""
    if len(text) <= width:
        return text
    tail = width // 3
    return f"{text[: width - tail - 3].rstrip()} … {text[-tail:].lstrip()}"


def _filled(slots: Scope, scope: Scope) -> Scope:
    return Scope(**{slot: getattr(slots, slot) or getattr(scope, slot) for slot in SCOPE_SLOTS})


def _close(match: Match | None) -> bool:
    """Whether claim and proposition speak of the same thing, so that "yes" and "no" to it are answers to each other."""
    if match is None:
        return True
    same = all(match.relation(slot) in ("same", "narrower", "free") for slot in _DECISIVE)
    return same and not match.uncovered and match.similarity >= _SIMILAR


def _quantities(figures: Sequence[PairedFigure]) -> tuple[Quantity, ...]:
    """The figures with their aspects; where several answer one aspect, those outside may belong to something else."""
    counts = Counter(paired.aspect for paired in figures)
    sure = [paired for paired in figures if paired.inside or counts[paired.aspect] == 1]
    return tuple(_quantity(paired.figure, paired.aspect) for paired in sure)


def _quantity(figure: Measured, aspect: str) -> Quantity:
    bound = "about" if figure.approximate and figure.bound == "exact" else figure.bound
    return Quantity(aspect=aspect, low=figure.low, high=figure.high, unit=figure.unit, bound=bound)


def _moment(measured: Iterable[Measured], match: Match | None) -> tuple[float, float] | None:
    """When the claim's figures were measured: its times that answer no aspect themselves."""
    answering = {(p.figure.start, p.figure.end) for p in match.figures} if match else set()
    times = [m for m in measured if m.unit in HOURS_IN and (m.start, m.end) not in answering]
    bounds = [scaled(time, "h") for time in times]
    return (min(low for low, _ in bounds), max(high for _, high in bounds)) if bounds else None


def _placed(read: Read) -> Placed:
    assertion, judgement = read.assertion, read.judgement
    times = [_when(m) for m in assertion.measured if m.unit in HOURS_IN and m.kind not in _DATES]
    others = [m for m in assertion.measured if m.unit not in _UNTOLD and m.kind not in _UNCOUNTED]
    return Placed(
        id="",
        verdict=judgement.verdict,
        faults=judgement.faults,
        slots=assertion.slots,
        stated=assertion.stated,
        topics=judgement.topics,
        telling=any(key.partition(":")[0] in _TELLING for key in assertion.frame.own),
        figures=frozenset((_end(m.low, -math.inf), _end(m.high, math.inf), m.unit or "") for m in others),
        moment=(min(low for low, _ in times), max(high for _, high in times)) if times else None,
        frame=assertion.frame,
        support=judgement.support or 0.0,
    )


def _end(bound: float | None, open_end: float) -> float:
    return open_end if bound is None else bound


def _when(time: Measured) -> tuple[float, float]:
    """A time in hours; week 8 begins before its end, the first month long before."""
    low, high = scaled(time, "h")
    return (low - HOURS_IN[time.unit] / 2 if time.kind == "ordinal" and time.unit in HOURS_IN else low), high


def verdict_of(claim: Stated) -> str:
    """The verdict on a claim, empty for one that has none."""
    return str(getattr(claim, "verdict", ""))


def judged_by(claim: Stated) -> str | None:
    """The proposition that decided a claim's verdict."""
    if isinstance(claim, Said):
        return claim.judged_by
    return claim.propositions[0] if claim.propositions else None


class Once:
    """Tells claims of a document that repeat an earlier one; what a statement says is looked at once in a run."""

    def __init__(self) -> None:
        self._kinds: dict[bytes, int] = {}
        self._contents: dict[object, int] = {}

    def of(self, claims: Iterable[Stated]) -> Iterable[Stated]:
        """The claims of one document without those that say again what an earlier one says."""
        seen: dict[int, Stated] = {}
        for claim in claims:
            seen.setdefault(self._kind(claim), claim)
        return seen.values()

    def _kind(self, claim: Stated) -> int:
        statement: bytes = getattr(claim, "statement", b"")
        kind = self._kinds.get(statement) if statement else None
        if kind is None:
            kind = self._contents.setdefault(_content(claim), len(self._contents))
            if statement:
                self._kinds[statement] = kind
        return kind


def _content(claim: Stated) -> object:
    figures = tuple((q.aspect, q.low, q.high, q.unit, q.bound) for q in claim.quantities)
    positions = tuple((p.aspect, p.value) for p in claim.positions)
    moment = getattr(claim, "moment", None)
    placed = claim.placed if isinstance(claim, Said) else None
    near = (placed.topics, placed.faults, placed.figures, placed.moment) if placed else ()
    judged = (judged_by(claim), verdict_of(claim), claim.propositions[:1], claim.polarity, near)
    return (tuple(claim.slots.items()), figures, positions, judged, moment)
