"""Where a reader finds what a rule means: the address of its page where a project names one, else the command.

Pure. The setting ``rule-url`` is an address with ``{code}`` in it; what is not one is told, so that no finding carries
an address that leads nowhere or that a page would run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import msgspec

from claims.placing import codes_of_conflicts
from claims.repeats import kinds_of
from claims.verdicts import RULES

if TYPE_CHECKING:
    from claims.checked_claims import CheckedClaim
    from claims.checked_documents import CheckedDocument
    from claims.checking import CheckResult
    from claims.report import Report, ReportedClaim, ReportedDocument

CODE: Final = "{code}"
_BY_CODE: Final = {rule.code: rule for rule in RULES}
_SCHEMES: Final = frozenset({"http", "https"})
# The characters of RFC 3986; anything else is written percent-encoded.
_FOREIGN: Final = re.compile(r"[^A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]")


class RuleLinks(msgspec.Struct, frozen=True, kw_only=True):
    """``pattern`` is the setting ``rule-url``, ``None`` where a project has none."""

    pattern: str | None = None

    def url(self, code: str) -> str | None:
        """The address of a rule's page; ``None`` without a setting."""
        return None if self.pattern is None else self.pattern.replace(CODE, code)

    def way(self, code: str) -> str:
        """The address of a rule's page, else the command that prints it."""
        return self.url(code) or command(code)


class RuleEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that occurs in a result, for a reader who does not know the code."""

    name: str
    checks: str
    command: str
    url: str | None


def command(code: str) -> str:
    """The command that prints the rule's page."""
    return f"claimwise rule {code}"


def checks(code: str) -> str:
    """What a rule checks, in half a sentence. Raises KeyError for an unknown code."""
    return _BY_CODE[code].checks


def codes_in(result: CheckResult | Report) -> tuple[str, ...]:
    """The codes of all claims, conflicts and remarks of a result, sorted."""
    documents: Iterable[CheckedDocument | ReportedDocument] = result.documents
    found: set[str] = set()
    for document in documents:
        claims: Sequence[CheckedClaim | ReportedClaim] = document.claims
        found |= {hit.code for claim, _ in kinds_of(claims) for hit in claim.rules}
    found |= codes_of_conflicts(result.conflicts)
    found |= {remark.code for document in result.documents for remark in getattr(document, "remarks", ())}
    return tuple(sorted(found))


def entries(codes: Iterable[str], links: RuleLinks) -> dict[str, RuleEntry]:
    """What is told of each rule, by code."""
    return {
        code: RuleEntry(
            name=_BY_CODE[code].name, checks=_BY_CODE[code].checks, command=command(code), url=links.url(code)
        )
        for code in codes
    }


def unfit(pattern: str) -> str | None:
    """What is wrong with a value of ``rule-url``, in words that go behind "rule-url"; ``None`` for one that fits."""
    if CODE not in pattern:
        return f"must contain {CODE}, where the code of the rule is put in"
    filled = pattern.replace(CODE, "EV003")
    foreign = _FOREIGN.search(filled)
    if foreign:
        return f"may hold no {foreign[0]!r}; write it percent-encoded, and nothing but {CODE} in braces"
    try:
        parts = urlsplit(filled)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "is no address"
    if parts.scheme not in _SCHEMES or not host:
        return f"must be an address such as https://example.org/rules/{CODE} (http or https)"
    if CODE in urlsplit(pattern).netloc or "@" in parts.netloc:
        return f"must name its host plainly, with {CODE} behind it and without a user"
    return None
