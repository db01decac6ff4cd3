"""Which rules a check reports and how grave each is: words such as ``EV003``, ``VG`` or ``all`` into sets of codes.

Pure. A rule that is not selected is not reported; a claim of which nothing else is said is marked as ignored.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Final

import msgspec

from claims.verdicts import GRAVITY, RULES, FailOn, Severity

if TYPE_CHECKING:
    from claims.checked_claims import CheckedClaim

ALL: Final = "all"
DEFAULT: Final = "default"
EVERY_CODE: Final = frozenset(rule.code for rule in RULES)
FAMILIES: Final = tuple(dict.fromkeys(rule.code[:2] for rule in RULES))
OFF_BY_DEFAULT: Final = frozenset({"RF008"})
DEFAULT_CODES: Final = EVERY_CODE - OFF_BY_DEFAULT
UNCITED_FIGURE: Final = "RF008"
UNUSED_IGNORE: Final = "CK004"
INVALID_IGNORE: Final = "CK005"
# What could not be checked is never clean, so these cannot be turned off.
_ALWAYS: Final = frozenset({"CK001", "CK003"})
_REFERENCES: Final = "RF"


class Ruling(msgspec.Struct, frozen=True, kw_only=True):
    """What is reported of one document: the codes, the severities set for some of them, and from when on it fails."""

    codes: frozenset[str] = DEFAULT_CODES
    severity: Mapping[str, Severity] = {}
    fail_on: FailOn = "overstated"

    def fails(self, claim: CheckedClaim) -> bool:
        """Whether a claim makes the check end with 1.

        A rule whose severity was set counts by that: ``error`` fails. Any other counts by the claim's verdict.
        """
        if claim.status != "new" or self.fail_on == "never":
            return False
        if any(self.severity.get(hit.code) == "error" for hit in claim.rules):
            return True
        grave = claim.verdict in GRAVITY[: GRAVITY.index(self.fail_on) + 1] and not claim.is_note
        decisive = [hit for hit in claim.rules if not hit.code.startswith(_REFERENCES)] or claim.rules
        lowered = bool(decisive) and all(hit.code in self.severity for hit in decisive)
        return grave and not lowered


def codes_of(words: Iterable[str]) -> frozenset[str]:
    """The codes that codes, families, ``default`` and ``all`` stand for; a family without what is off by default.

    Raises KeyError for any other word; ``unknown_word`` finds those before.
    """
    found: set[str] = set()
    for word in words:
        if word in EVERY_CODE:
            found.add(word)
        elif word == ALL:
            found |= EVERY_CODE
        elif word == DEFAULT:
            found |= DEFAULT_CODES
        elif word in FAMILIES:
            found |= {code for code in DEFAULT_CODES if code.startswith(word)}
        else:
            raise KeyError(word)
    return frozenset(found)


def selected(select: Iterable[str], ignore: Iterable[str]) -> frozenset[str]:
    """The codes to report: those selected, without those ignored, with those that cannot be turned off."""
    return (codes_of(select) - codes_of(ignore)) | _ALWAYS


def unknown_word(words: Iterable[str]) -> str | None:
    """What is wrong with the first word that names no rule, with the nearest that does; ``None`` if all name one."""
    known = (*sorted(EVERY_CODE), *FAMILIES, ALL, DEFAULT)
    for word in words:
        if word not in known:
            near = difflib.get_close_matches(word.strip().upper(), known, n=1)
            hint = f"did you mean '{near[0]}'?" if near else "'claimwise rule' lists the codes"
            return f"'{word}' is no rule and no family of rules; {hint}"
    return None


def weighed(claim: CheckedClaim, ruling: Ruling) -> CheckedClaim:
    """The claim with the rules that are reported, each as grave as was set."""
    if not claim.rules:
        return claim
    if not ruling.codes.issuperset([hit.code for hit in claim.rules]):
        claim = without(claim, EVERY_CODE - ruling.codes, status="ignored", why="the rule is not selected")
    if not any(hit.code in ruling.severity for hit in claim.rules):
        return claim
    hits = tuple(
        msgspec.structs.replace(hit, severity=ruling.severity[hit.code]) if hit.code in ruling.severity else hit
        for hit in claim.rules
    )
    return msgspec.structs.replace(claim, rules=hits)


def without(claim: CheckedClaim, codes: Collection[str], *, status: str, why: str) -> CheckedClaim:
    """The claim without these rules; with ``status`` and all its rules when nothing but notes would be left of it."""
    left = tuple(hit for hit in claim.rules if hit.code not in codes)
    if len(left) == len(claim.rules) or claim.status != "new":
        return claim
    if any(hit.severity != "note" for hit in left):
        return msgspec.structs.replace(claim, rules=left)
    if not claim.is_problem and not claim.is_warned:
        return msgspec.structs.replace(claim, rules=left)
    return msgspec.structs.replace(claim, status=status, status_reason=why)
