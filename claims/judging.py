"""The verdict on an assertion: computed from its match, comparison by comparison, each failure a rule with a code.

Precision first: ``supported`` needs every stated slot covered, every figure inside what is carried, and a wording no
surer than the evidence. What cannot be judged is unsupported, vague with what is missing, or unchecked; never clean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import msgspec

from claims.matching import Match, scaled
from claims.propositions import Carried, Proposition, Verdict
from claims.verdicts import RuleHit, hits_for
from evidence.studies import amount
from evidence.vocabulary import HOURS_IN

if TYPE_CHECKING:
    from claims.extraction import Assertion
    from claims.lexicon import Lexicon
    from claims.quantities import Measured

_TOLERANCE: Final = 0.05
_SLOT_FAULT: Final = {
    "population": "population",
    "route": "route",
    "intervention": "drug",
    "species": "species",
    "comparator": "comparator",
}
_CLOSE: Final = 0.5  # similarity below which agreement of slots alone does not carry a claim
_UNSURE: Final = frozenset({"low", "very-low", "moderate"})
_GRADES: Final = {"supported": 0, "vague": 1, "overstated": 2, "contradicted": 3}
Grade = Literal["supported", "vague", "overstated", "contradicted"]


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict with its reasons. ``match`` is ``None`` when nothing in the library bears on the claim."""

    verdict: Verdict
    reason: str
    faults: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    rules: tuple[RuleHit, ...] = ()
    suggestion: str | None = None
    match: Match | None = None


class _Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One comparison that failed."""

    grade: Grade
    faults: tuple[str, ...]
    missing: tuple[str, ...] = ()
    says: str


def judge(assertion: Assertion, match: Match | None, lexicon: Lexicon) -> Judgement | None:
    """The judgement on an assertion; ``None`` when it claims nothing that could be judged (context, greetings)."""
    if match is None:
        return _unmatched(assertion)
    failed = [
        *_polarity(assertion, match.proposition),
        *_figures(match, lexicon),
        *_slots(match, lexicon),
        *_wording(assertion, match),
    ]
    if not failed and (len(match.uncovered) > 1 or match.similarity < _CLOSE):
        return _verdict("unsupported", f"close to what is known, but not covered by it: {match.proposition.statement}")
    return _sum_up(failed, match)


def _unmatched(assertion: Assertion) -> Judgement | None:
    checkable = bool(assertion.slots.outcome) and (bool(assertion.slots.intervention) or bool(assertion.measured))
    if assertion.has("praise") and not assertion.measured:
        return _verdict("promotional", "praise that no evidence could settle")
    if not checkable:
        return None
    if assertion.has("clinic"):
        return _verdict("unsupported", "a fact about this provider, which only the provider can show")
    return _verdict("unsupported", "nothing in the library bears on it")


def _verdict(verdict: Verdict, reason: str) -> Judgement:
    rules = hits_for(verdict, faults=(), missing=(), reason=reason, severity=None)
    return Judgement(verdict=verdict, reason=reason, rules=rules)


def _polarity(assertion: Assertion, proposition: Proposition) -> list[_Finding]:
    denies = assertion.polarity == "denies"
    sure = assertion.certainty in ("strong", "absolute")
    match proposition.polarity:
        case "affirms" if denies:
            return [_Finding(grade="contradicted", faults=("polarity",), says="the claim denies what is shown")]
        case "denies" if not denies:
            return [_Finding(grade="contradicted", faults=("polarity",), says="the claim asserts what is not so")]
        case "not-shown" if not denies:
            grade: Grade = "contradicted" if sure else "overstated"
            return [_Finding(grade=grade, faults=("certainty",), says="it was looked for and has not been shown")]
        case "mixed" if not denies and assertion.certainty != "hedged":
            return [_Finding(grade="overstated", faults=("certainty",), says="the evidence is mixed")]
    return []


def _figures(match: Match, lexicon: Lexicon) -> list[_Finding]:
    failed: list[_Finding] = []
    for paired in match.figures:
        if paired.inside:
            continue
        figure = paired.figure
        carried = [v for v in match.proposition.values if v.aspect == paired.aspect]
        shown = " or ".join(amount(v.low, v.high, v.unit) for v in carried)
        says = f"{lexicon.label(paired.aspect)}: the evidence carries {shown}, not {_text(figure)}"
        wrong = match.proposition.certainty == "fact" or _below(figure, carried)
        grade: Grade = "contradicted" if wrong and all(_apart(figure, v) for v in carried) else "overstated"
        failed.append(_Finding(grade=grade, faults=("number",), says=says))
    return failed


def _slots(match: Match, lexicon: Lexicon) -> list[_Finding]:
    faults = {
        "population": "population",
        "route": "route",
        "intervention": "drug",
        "species": "species",
        "comparator": "comparator",
    }
    failed = []
    for comparison in match.comparisons:
        fault = faults.get(comparison.slot)
        wrong = comparison.relation == "other"
        if comparison.slot == "species":
            wrong = comparison.relation in ("other", "missing") and "human" not in comparison.carried
        if comparison.slot == "population" and comparison.relation == "broader" and match.figures:
            wrong = True
        if fault and wrong:
            carried = ", ".join(lexicon.label(c) for c in comparison.carried)
            failed.append(_Finding(grade="overstated", faults=(fault,), says=f"the evidence is about {carried}"))
    return failed


def _wording(assertion: Assertion, match: Match) -> list[_Finding]:
    proposition = match.proposition
    affirmed = assertion.polarity == "affirms"
    failed = []
    if assertion.has("absolute") and affirmed and proposition.certainty != "fact":
        failed.append(_Finding(grade="overstated", faults=("absolute",), says="the wording admits no exception"))
    elif assertion.certainty == "strong" and affirmed and proposition.certainty in _UNSURE:
        failed.append(
            _Finding(grade="overstated", faults=("certainty",), says="the wording is surer than the evidence")
        )
    if assertion.has("strength", "weasel", "praise") and not assertion.measured and not failed:
        failed.append(
            _Finding(
                grade="vague",
                faults=(),
                missing=("number",),
                says="a strength or frequency word stands without a figure",
            )
        )
    if match.figures:
        said = {c.slot for c in match.comparisons if c.relation in ("same", "narrower", "broader")}
        timed = any(figure.unit in HOURS_IN for figure in assertion.measured)
        slots = ("population", "comparator", "route")
        missing: list[str] = [q for q in proposition.requires if q in slots and q not in said]
        missing += ["time"] if "time" in proposition.requires and not timed else []
        if missing:
            says = f"the figure stands without its {' and '.join(missing)}"
            failed.append(_Finding(grade="overstated", faults=(), missing=tuple(missing), says=says))
    return failed


def _sum_up(failed: list[_Finding], match: Match) -> Judgement:
    grade: Grade = max((f.grade for f in failed), key=_GRADES.__getitem__, default="supported")
    decisive = [f for f in failed if f.grade == grade]
    faults = tuple(dict.fromkeys(fault for f in failed for fault in f.faults))
    missing = tuple(dict.fromkeys(m for f in failed for m in f.missing))
    reason = "; ".join(dict.fromkeys(f.says for f in decisive)) or f"covered: {match.proposition.statement}"
    wordings = match.proposition.wordings
    return Judgement(
        verdict=grade,
        reason=reason,
        faults=faults,
        missing=missing,
        rules=hits_for(grade, faults=faults, missing=missing, reason=reason, severity=None),
        suggestion=wordings[0].text if failed and wordings else None,
        match=match,
    )


def _apart(figure: Measured, value: Carried) -> bool:
    low, high = scaled(figure, value.unit)
    return (value.high is not None and low > value.high * (1 + _TOLERANCE)) or (
        value.low is not None and high < value.low * (1 - _TOLERANCE)
    )


def _below(figure: Measured, carried: list[Carried]) -> bool:
    """Whether the figure lies under everything carried: a wrong figure, not a boast."""
    return all(v.low is not None and scaled(figure, v.unit)[1] < v.low for v in carried)


def _text(figure: Measured) -> str:
    return amount(figure.low, figure.high, figure.unit)
