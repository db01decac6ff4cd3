"""What the wordings of one topic allow, and in what each bent wording departs from them.

The words, signs, figures and years of all allowed wordings together are what a claim may say; what a bent wording says
beyond them is what gives it away.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final

import msgspec

from claims.features import by_slot
from claims.figures import comparable_units, inside
from claims.forms import Form, Forms, Topic
from claims.frames import CERTAINTY, Frame
from claims.propositions import Fault
from claims.tallies import Tally, packed, tally_of, unpacked
from evidence.vocabulary import HOURS_IN

if TYPE_CHECKING:
    from claims.quantities import Measured
    from claims.studied import Findings

QUALIFYING: Final = ("s:caveat", "s:may", "s:some")
_CORE: Final = 0.7  # a feature in this share of the allowed wordings belongs to the topic's core
_FEWEST: Final = 3  # wordings below which there is no telling what the core is
_NEAR_TIME: Final = 0.12
_NEAR: Final = 0.012
_ROUNDED: Final = 0.06
_SMALL: Final = 1.0  # below this a figure is rounded to its own size
_ABOUT: Final = 0.12
_AGE: Final = "age"
_UNCOUNTED: Final = frozenset({"ordinal", _AGE})
_UNTOLD_AT_ONE: Final = frozenset({"#", "trials"})  # as in "one trial"
_MILLIGRAMS: Final = {"g": 1000.0, "mg": 1.0}


def _senses(names: str) -> frozenset[str]:
    return frozenset(f"s:{name}" for name in names.split())


_STRENGTH: Final = _senses(
    "all none will proven most only permanent cure strong many severe rare few mild safe superior equal "
    "replace cause fast last approve cheap require optional common work"
)
_LASTING: Final = _senses(
    "permanent last fast fade slow repeated single all begin stop time hours days weeks months years none"
)
_SLOTS_OF_FAULT: Final[dict[str, frozenset[str]]] = {
    "drug": frozenset({"intervention", "route"}),
    "route": frozenset({"intervention", "route"}),
    "population": frozenset({"population"}),
    "number": frozenset({"n", "l"}),
    "polarity": frozenset({"s", "outcome"}),
    "outcome": frozenset({"outcome", "measure", "aspect", "s"}),
    "regulatory": frozenset({"agency", "s", "outcome", "intervention", "route", "population", "study", "y", "l"}),
    "attribution": frozenset({"agency", "s", "outcome", "intervention", "route", "population", "study", "y", "l"}),
    "comparator": frozenset({"intervention"}),
    "time": frozenset({"n", "y"}),
    "duration": frozenset({"n", "y"}),
    "onset": frozenset({"n", "y"}),
    "dated": frozenset({"n", "y"}),
    "causation": frozenset({"outcome", "s"}),
    "species": frozenset({"species", "population"}),
}
_SENSES_OF_FAULT: Final[dict[str, frozenset[str]]] = {
    "population": frozenset({"s:all", "s:most", "s:child"}),
    "number": frozenset("s:" + s for s in ["most", "few", "rare", "common", "all", "none", "many", "share", "only"]),
    "certainty": _STRENGTH,
    "absolute": _STRENGTH,
    "generalised": _STRENGTH,
    "single-study": _STRENGTH,
    "comparator": frozenset({"s:superior", "s:equal", "s:inferior", "s:alone", "s:replace"}),
    "time": _LASTING,
    "duration": _LASTING,
    "onset": _LASTING,
    "dated": _LASTING,
}
_OF_FIGURES: Final = frozenset({"number", "time", "duration", "onset", "dated"})


class Fit(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of a claim against a topic: ``fitting`` as carried; ``beyond`` of a unit that is carried, but outside,
    ``above`` of them over all that is carried; ``unknown`` of a unit the topic says nothing of. The same for years."""

    fitting: tuple[Measured, ...] = ()
    beyond: tuple[Measured, ...] = ()
    above: int = 0
    unknown: int = 0
    years: int = 0
    wrong_years: tuple[float, ...] = ()


class Bent(msgspec.Struct, frozen=True, kw_only=True):
    """A bent wording: what it says beyond the allowed ones, as (key, sign) with weight."""

    number: int
    fault: Fault
    tells: dict[tuple[str, int], float]
    figures_beyond: bool


class Allowance(msgspec.Struct, array_like=True):
    """What the allowed wordings of a topic say together; kept with them, for it is the same in every check.

    ``signs`` are those with which a feature occurs, 0 for both, ``qualified`` is the share of hedged wordings.
    ``figures`` and ``of_evidence`` are amounts by kind, ``around`` the features near each figure, in MessagePack, for
    they are seldom asked for. ``bent``: the form, its fault, what gives it away, whether its figures lie beyond.
    """

    allowed: list[int]
    signs: dict[str, int]
    core: list[str]
    surest: int
    kinds: list[str]
    qualified: float
    figures: dict[str, list[float]]
    years: list[float]
    around: bytes
    of_evidence: dict[str, list[float]]
    bent: list[tuple[int, Fault, list[str], bool]] = []
    tally: bytes = b""


class Figures:
    """The figures that one topic carries."""

    def __init__(self, topic: Topic, allowance: Allowance) -> None:
        self.topic = topic
        self._figures = allowance.figures
        self._years = allowance.years
        self._of_evidence = allowance.of_evidence

    def fit(self, frame: Frame) -> Fit:
        """How the figures of a frame stand to what the topic carries."""
        fitting: list[Measured] = []
        beyond: list[Measured] = []
        above = unknown = 0
        years = [float(int(m.low)) for m in frame.measured if m.kind in ("year", "date") and m.low]
        for figure in frame.measured:
            if figure.kind in ("year", "date") or (figure.kind in _UNCOUNTED and figure.unit not in HOURS_IN):
                continue
            group, values = scaled_values(figure)
            if not values or (group in _UNTOLD_AT_ONE and max(values) in (0.0, 1.0)):
                continue
            pool = self._figures.get(group, ())
            if self._fits(figure, group, values, pool):
                fitting.append(figure)
            elif pool:
                beyond.append(figure)
                above += max(values) > max(pool) * 1.05
            elif group != _AGE:  # which only says of whom, as the slot for people does
                unknown += 1
        return Fit(
            fitting=tuple(fitting),
            beyond=tuple(beyond),
            above=above,
            unknown=unknown,
            years=sum(year in self._years for year in years),
            wrong_years=tuple(y for y in years if self._years and y not in self._years),
        )

    def _fits(self, figure: Measured, group: str, values: list[float], pool: Collection[float]) -> bool:
        if all(any(near_values(value, known, group) for known in pool) for value in values):
            return True
        for carried in self.topic.values:
            if comparable_units(figure.unit, carried.unit) and inside(figure, carried):
                return True
            if carried.time and comparable_units(figure.unit, carried.time.unit) and inside(figure, carried.time):
                return True
        of_evidence = self._of_evidence.get(group, ())
        if all(any(near_values(value, known, group) for known in of_evidence) for value in values):
            return True
        return figure.approximate and any(abs(v - k) <= _ABOUT * max(v, k) for v in values for k in pool)


class Wordings(Figures):
    """The wordings of one topic; ``allowance`` is what they allow, worked out before."""

    def __init__(self, topic: Topic, forms: Forms, allowance: Allowance) -> None:
        super().__init__(topic, allowance)
        self._forms = forms
        self.allowed = allowance.allowed
        self.signs = allowance.signs
        self.core = tuple(allowance.core)
        self.surest = allowance.surest
        self.kinds = frozenset(allowance.kinds)
        self.qualified = allowance.qualified
        self._kept_tally = allowance.tally
        self._packed = allowance.around
        self._told = {told[0]: told[1:] for told in allowance.bent}
        self.bent_numbers = list(self._told)
        self._bents: dict[int, Bent] = {}
        self._names: dict[tuple[str, bool], frozenset[str]] = {}

    def relabels(self, key: str) -> bool:
        """Whether the allowed wordings name, under another number, what this label names, and never under its own."""
        kind = key[: key.rindex(":") + 1]
        return key not in self.signs and any(other.startswith(kind) for other in self.signs)

    @cached_property
    def tally(self) -> Tally:
        return unpacked(self._kept_tally)

    @cached_property
    def _said(self) -> dict[str, frozenset[str]]:
        return by_slot(self.signs)

    @cached_property
    def _around(self) -> dict[str, list[str]]:
        return msgspec.msgpack.decode(self._packed, type=dict[str, list[str]])

    @cached_property
    def core_weights(self) -> list[tuple[str, float]]:
        """The features at the core of the topic, and how telling each is."""
        return [(key, self._forms.rarity(key)) for key in self.core]

    @cached_property
    def core_weight(self) -> float:
        """How telling they are together."""
        return sum(weight for _, weight in self.core_weights)

    def names(self, slot: str, *, denied: bool = True) -> frozenset[str]:
        """The concepts of a slot that the scope or the allowed wordings name, if ``denied`` also what they only deny
        ("unlike the one, the other is approved")."""
        names = self._names.get((slot, denied))
        if names is None:
            of = "intervention" if slot == "comparator" else slot
            said = self._said.get(of, frozenset())
            told = said if denied else {name for name in said if self.signs[f"{of}:{name}"] >= 0}
            names = self._names[slot, denied] = frozenset(told).union(getattr(self.topic.scope, slot))
        return names

    def familiar(self, frame: Frame, rarity: Callable[[str], float]) -> float:
        """From 0 to 1: of the words around the claim's figures, how much the allowed wordings have around the same
        figures too, for the figure that has least; 1 when no figure is known."""
        least = 1.0
        for figure in frame.measured:
            known = self._around.get(_named(figure))
            near = frame.near(figure)
            if known is None or not near:
                continue
            whole = sum(rarity(key) for key in near)
            shared = sum(rarity(key) for key in near if key in known)
            least = min(least, shared / whole if whole else 1.0)
        return least

    def only_leaves_out(self, number: int) -> bool:
        """Whether a bent wording says nothing that the allowed ones do not say too."""
        _, tells, beyond = self._told[number]
        return not tells and not beyond

    def of_bent(self, number: int) -> Bent:
        """What gives a bent wording away."""
        known = self._bents.get(number)
        if known is None:
            fault, keys, beyond = self._told[number]
            tells = self._forms.lanes(number).signed(number, keys)
            known = self._bents[number] = Bent(number=number, fault=fault, tells=tells, figures_beyond=beyond)
        return known


def wordings_of(topic: Topic, forms: Forms, findings: Findings, without: frozenset[int] = frozenset()) -> Wordings:
    """The wordings of a topic, read. ``without`` leaves forms out, so that one can be judged as if it were unknown."""
    given = [(number, forms.form(number)) for number in forms.of_topic(topic.id) if number not in without]
    return Wordings(topic, forms, allowance_of(topic, given, findings))


def allowance_of(topic: Topic, given: Sequence[tuple[int, Form]], findings: Findings) -> Allowance:
    """What the wordings of a topic, with their numbers, allow."""
    known = [form for _, form in given if form.allowed]
    signs: dict[str, set[int]] = defaultdict(set)
    counts: Counter[str] = Counter()
    for form in known:
        for key in form.frame.features:
            signs[key].add(form.frame.sign(key))
            counts[key] += 1
    core = [key for key, n in sorted(counts.items()) if n >= max(2, _CORE * len(known)) and key[0] not in "nqy"]
    figures, years = _figures_of(topic, known)
    allowance = Allowance(
        allowed=[number for number, form in given if form.allowed],
        signs={key: sum(found) for key, found in signs.items()},
        core=core if len(known) >= _FEWEST else [],
        surest=max((CERTAINTY[form.frame.certainty] for form in known), default=CERTAINTY["plain"]),
        kinds=sorted(frozenset[str]().union(*(form.frame.kinds for form in known))),
        qualified=sum(qualified(form.frame) for form in known) / (len(known) or 1),
        figures={group: sorted(values) for group, values in figures.items()},
        years=sorted(years),
        around=msgspec.msgpack.encode({figure: sorted(keys) for figure, keys in _surroundings(known).items()}),
        of_evidence={group: sorted(values) for group, values in _evidence_figures(topic, findings).items()},
        tally=packed(tally_of((form.frame, form.verdict) for _, form in given)),
    )
    carried = Figures(topic, allowance)
    for number, form in given:
        if not form.allowed:
            fault, frame = form.fault or "generalised", form.frame
            tells = [
                key for key in frame.features if _tells_of(fault, key) and frame.sign(key) not in signs.get(key, ())
            ]
            allowance.bent.append((number, fault, tells, bool(carried.fit(frame).beyond)))
    return allowance


def bent_share(bent: Bent, frame: Frame, fit: Fit) -> float:
    """From 0 to 1, how much of what gives the bent wording away the claim has too."""
    if bent.fault in _OF_FIGURES and bent.figures_beyond:
        return 1.0 if fit.beyond else 0.0
    whole = sum(bent.tells.values())
    if not whole:
        return 1.0 if bent.figures_beyond else 0.0
    features = frame.features
    return sum(w for (key, sign), w in bent.tells.items() if key in features and frame.sign(key) == sign) / whole


def qualified(frame: Frame) -> bool:
    """Whether the wording hedges, or says on what kind of study it rests."""
    return "hedge" in frame.kinds or frame.has(*QUALIFYING)


def scaled_values(figure: Measured) -> tuple[str, list[float]]:
    """The figure's bounds in a unit shared by all of its kind, and the name of that kind; an age is no time."""
    group, scale = (_AGE, 1.0) if figure.kind == _AGE else scaled_unit(figure.unit)
    return group, [v * scale for v in (figure.low, figure.high) if v is not None]


def scaled_unit(unit: str | None) -> tuple[str, float]:
    """The kind of figures that a unit is of, and by what a value is multiplied for the unit shared by all of it."""
    if unit in HOURS_IN:
        return "time", HOURS_IN[unit]
    if unit in _MILLIGRAMS:
        return "mg", _MILLIGRAMS[unit]
    return ("%" if unit == "percentage-points" else unit or "#"), 1.0


def near_values(value: float, known: float, group: str) -> bool:
    """Whether two figures of one kind (``scaled_values``) are the same but for rounding."""
    largest = max(abs(value), abs(known))
    if largest < _SMALL:
        return abs(value - known) <= _ROUNDED * largest
    return abs(value - known) <= (_NEAR_TIME * largest if group == "time" else max(_ROUNDED, _NEAR * largest))


@lru_cache(maxsize=65536)
def _tells_of(fault: str, key: str) -> bool:
    slot = key.split(":", 1)[0]
    if slot == "q":
        return False
    slots, senses = _SLOTS_OF_FAULT.get(fault), _SENSES_OF_FAULT.get(fault, frozenset())
    return (slots is None and not senses) or slot in (slots or ()) or key in senses


def _figures_of(topic: Topic, forms: list[Form]) -> tuple[dict[str, frozenset[float]], frozenset[float]]:
    figures: dict[str, set[float]] = defaultdict(set)
    years = set(topic.years)
    for form in forms:
        for figure in form.frame.measured:
            if figure.kind in ("year", "date"):
                years |= {float(int(figure.low))} if figure.low else set()
            elif figure.kind not in _UNCOUNTED or figure.unit in HOURS_IN:
                group, values = scaled_values(figure)
                figures[group].update(values)
    for value in topic.values:
        group, scale = scaled_unit(value.unit)
        figures[group].update(v * scale for v in (value.low, value.high) if v is not None)
        if value.time:
            scale = HOURS_IN[value.time.unit]
            figures["time"].update(v * scale for v in (value.time.low, value.time.high) if v is not None)
    return {group: frozenset(values) for group, values in figures.items()}, frozenset(years)


def _named(figure: Measured) -> str:
    if figure.kind in ("year", "date"):
        return f"year {int(figure.low or 0)}"
    group, values = scaled_values(figure)
    return f"{group} {' '.join(f'{value:.4g}' for value in values)}"


def _surroundings(forms: list[Form]) -> dict[str, set[str]]:
    """For every figure of the allowed wordings the features around it."""
    around: dict[str, set[str]] = defaultdict(set)
    for form in forms:
        for figure in form.frame.measured:
            around[_named(figure)].update(form.frame.near(figure))
    return around


def _evidence_figures(topic: Topic, findings: Findings) -> dict[str, frozenset[float]]:
    figures: dict[str, set[float]] = defaultdict(set)
    for finding in topic.findings:
        for value in findings.values_of(finding):
            group, scale = scaled_unit(value.unit)
            figures[group].add(value.amount * scale)
        figures["time"].update(findings.times_of(finding))
    return {group: frozenset(values) for group, values in figures.items()}
