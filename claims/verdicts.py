"""The rules behind a verdict: stable codes, what each is about, and which of them a curated claim falls under.

A curated claim names its faults and what is missing in plain words; here they become rule codes. The checker for new
copy uses the same codes, so a code means the same in both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final, Literal, get_args

import msgspec

if TYPE_CHECKING:
    from claims.propositions import Verdict
    from claims.sources import Claim
    from evidence.vocabulary import Status

Severity = Literal["error", "warning", "note"]
FailOn = Literal["contradicted", "overstated", "vague", "unsupported", "never"]
# Gravest first; a threshold takes in all before it.
GRAVITY: Final[tuple[Verdict, ...]] = ("contradicted", "overstated", "vague", "unsupported")


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule: its code never changes and is never given to another rule."""

    code: str
    name: str
    checks: str


class RuleHit(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that a claim falls under, with the message for this claim."""

    code: str
    message: str
    severity: Severity


# Every code. The pages are in ``claims/data/rules``; codes, names and what they check stand here as well so that a
# check reads no page, and a test holds the two together.
RULES: Final[tuple[Rule, ...]] = (
    Rule(code="EV001", name="no-evidence", checks="nothing in the library decides the claim"),
    Rule(code="EV002", name="contradicted", checks="the evidence, a label or a regulator says otherwise"),
    Rule(code="EV003", name="number", checks="the figure lies beyond what the evidence carries"),
    Rule(code="EV004", name="duration", checks="the benefit or effect is said to last longer than shown"),
    Rule(code="EV005", name="onset", checks="the effect is said to begin earlier than shown"),
    Rule(code="EV006", name="population", checks="the claim speaks of more people than were studied"),
    Rule(code="EV007", name="route", checks="a fact about one route is told of another"),
    Rule(code="EV008", name="certainty", checks="the wording is surer than the evidence"),
    Rule(code="EV009", name="causation", checks="an association or a theory is told as cause"),
    Rule(code="EV010", name="species", checks="an animal or laboratory result is told of people"),
    Rule(code="EV011", name="outcome", checks="one outcome is told as another"),
    Rule(code="EV012", name="single-study", checks="one small or uncontrolled study is told as settled"),
    Rule(code="EV013", name="comparator", checks="the comparison is dropped or is another than the one studied"),
    Rule(code="EV014", name="time", checks="the time point is dropped or is another than the one measured"),
    Rule(code="EV015", name="drug", checks="a fact about one drug or product is told of another"),
    Rule(code="EV016", name="polarity", checks="the claim says the opposite of what was found"),
    Rule(code="EV017", name="attribution", checks="a detail of a named study, label or decision is wrong"),
    Rule(code="EV018", name="generalised", checks="what holds of some is told of all or of every case"),
    Rule(code="EV019", name="dated", checks="a fact has changed since"),
    Rule(code="EV020", name="regulatory", checks="a regulator's decision is told wrongly"),
    Rule(code="VG001", name="missing-number", checks="a strength or frequency word stands without a figure"),
    Rule(code="VG002", name="missing-population", checks="the claim does not say of whom"),
    Rule(code="VG003", name="missing-time", checks="the claim does not say when or for how long"),
    Rule(code="VG004", name="missing-comparator", checks="the claim does not say compared with what"),
    Rule(code="VG005", name="missing-source", checks="the claim leans on studies or experts it does not name"),
    Rule(
        code="VG006", name="missing-detail", checks="the claim leaves open which outcome, route or definition it means"
    ),
    Rule(
        code="CF001", name="numeric-conflict", checks="two claims give figures for one question that cannot both hold"
    ),
    Rule(code="CF002", name="polarity-conflict", checks="one claim affirms what another denies"),
    Rule(
        code="CF003",
        name="schedule-conflict",
        checks="two claims give doses, numbers of sessions or intervals that cannot both hold",
    ),
    Rule(
        code="CF004",
        name="duration-conflict",
        checks="two claims give lengths of time for one thing that cannot both hold",
    ),
    Rule(
        code="CF005",
        name="definition-conflict",
        checks="two claims define or delimit one thing in ways that cannot both hold",
    ),
    Rule(code="CF006", name="regulatory-conflict", checks="two claims differ on what a regulator decided"),
    Rule(code="CF007", name="coverage-conflict", checks="two claims differ on who pays for the treatment"),
    Rule(code="CF008", name="mechanism-conflict", checks="two claims explain the effect in ways that cannot both hold"),
    Rule(code="RF001", name="unresolved-citation", checks="a citation cannot be told from others or leads nowhere"),
    Rule(code="RF002", name="uncarried-citation", checks="the cited study does not carry the claim it is attached to"),
    Rule(code="RF003", name="retracted-work", checks="a work that the verdict rests on was retracted"),
    Rule(code="RF004", name="corrected-work", checks="a work that the verdict rests on was corrected"),
    Rule(
        code="RF005",
        name="expression-of-concern",
        checks="a work that the verdict rests on is under an expression of concern",
    ),
    Rule(code="RF006", name="identifier-mismatch", checks="an identifier is of one work and the words are another's"),
    Rule(code="RF007", name="unknown-work", checks="the cited work is not in the library"),
    Rule(code="RF008", name="uncited-figure", checks="the claim gives a figure and cites nothing"),
    Rule(code="PR001", name="absolute-safety", checks="an absolute that no treatment can keep"),
    Rule(code="PR002", name="praise", checks="praise or a promise that no evidence could settle"),
    Rule(
        code="PR003",
        name="unapproved-use",
        checks="a use that no regulator approved is offered without saying so",
    ),
    Rule(code="PR004", name="no-risk-told", checks="a benefit is told and no risk with it"),
    Rule(code="PR005", name="testimonial", checks="a patient's story or an in-house count is offered as evidence"),
    Rule(code="PR006", name="borrowed-approval", checks="an approval is told of another drug, form or use"),
    Rule(code="CK001", name="unreadable", checks="the file could not be read, so nothing in it was checked"),
    Rule(code="CK002", name="unjudged", checks="the claim is on the subject, and no rule can judge it"),
    Rule(
        code="CK003",
        name="too-large",
        checks="the text is too long, too large or too deeply nested to be checked",
    ),
    Rule(code="CK004", name="unused-ignore", checks="a comment ignores a rule under which no claim here falls"),
    Rule(
        code="CK005",
        name="invalid-ignore",
        checks="a comment that would ignore a rule has expired, gives no reason or names no rule, so it does nothing",
    ),
)
_BY_NAME: Final = {rule.name: rule for rule in RULES}
_BY_CODE: Final = {rule.code: rule for rule in RULES}
_MISSING_RULE: Final = {
    "number": "missing-number",
    "denominator": "missing-number",
    "population": "missing-population",
    "time": "missing-time",
    "comparator": "missing-comparator",
    "control": "missing-comparator",
    "source": "missing-source",
}
_FAULT_RULE: Final = {"absolute": "absolute-safety"}
_VERDICT_SEVERITY: Final[dict[str, Severity]] = {
    "contradicted": "error",
    "overstated": "error",
    "unsupported": "warning",
    "vague": "warning",
    "promotional": "note",
    "supported": "note",
}


_STANDING_RULE: Final[dict[Status, str]] = {"retracted": "RF003", "corrected": "RF004", "concern": "RF005"}
_STANDING_SEVERITY: Final[dict[Status, Severity]] = {"retracted": "warning", "corrected": "note", "concern": "warning"}


def standing_hit(state: Status, told: str) -> RuleHit:
    """The rule about a work that was retracted, corrected or is under an expression of concern; ``told`` names it."""
    rule = _BY_CODE[_STANDING_RULE[state]]
    return RuleHit(code=rule.code, message=f"{rule.checks}: {told}", severity=_STANDING_SEVERITY[state])


_CITING_SEVERITY: Final[dict[str, Severity]] = {
    "RF001": "warning",
    "RF002": "warning",
    "RF006": "warning",
    "RF007": "note",
    "RF008": "warning",  # off unless asked for, and then to be seen
}


def citing_hit(code: str, told: str) -> RuleHit:
    """A rule on citing with what is told of this claim. Raises KeyError for any other code."""
    return RuleHit(code=code, message=f"{_BY_CODE[code].checks}: {told}", severity=_CITING_SEVERITY[code])


def rule_name(code: str) -> str:
    """The name of the rule with this code. Raises KeyError for an unknown one."""
    return _BY_CODE[code].name


def gravest(hits: Sequence[RuleHit]) -> str | None:
    """The code of the gravest rule, the first of equals; ``None`` without one."""
    order = list(get_args(Severity))
    return min(hits, key=lambda hit: order.index(hit.severity)).code if hits else None


def conflict_code(kind: str) -> str | None:
    """The code of a kind of conflict, ``None`` for a kind that has no rule."""
    rule = _BY_NAME.get(f"{kind}-conflict")
    return rule.code if rule else None


def severity_of(claim: Claim) -> Severity:
    """How much a claim's verdict weighs: facts about one clinic are only noted, they are the clinic's to show."""
    if claim.verdict == "unsupported" and claim.scope == "clinic-specific":
        return "note"
    return _VERDICT_SEVERITY[claim.verdict]


def rule_hits(claim: Claim) -> tuple[RuleHit, ...]:
    """The rules a curated claim falls under, in the order of their codes; none for a supported claim."""
    return hits_for(
        claim.verdict, faults=claim.faults, missing=claim.missing, reason=claim.reason, severity=severity_of(claim)
    )


def hits_for(
    verdict: str, *, faults: Iterable[str], missing: Iterable[str], reason: str, severity: Severity | None
) -> tuple[RuleHit, ...]:
    """The rules behind a verdict with these faults and missing parts; ``severity`` ``None`` means the verdict's own."""
    names: set[str] = set()
    if verdict in ("overstated", "contradicted"):
        names |= {_FAULT_RULE.get(fault, fault) for fault in faults}
        names |= {"contradicted"} if verdict == "contradicted" else set()
        names |= set() if names else {_MISSING_RULE.get(item, "missing-detail") for item in missing}
    elif verdict == "vague":
        names |= {_MISSING_RULE.get(item, "missing-detail") for item in missing}
    elif verdict == "unsupported":
        names.add("no-evidence")
    elif verdict == "promotional":
        names.add("praise")
    weight = severity or _VERDICT_SEVERITY[verdict]
    rules = sorted((_BY_NAME[name] for name in names), key=lambda rule: rule.code)
    return tuple(RuleHit(code=rule.code, message=f"{rule.checks}: {reason}", severity=weight) for rule in rules)
