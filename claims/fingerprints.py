"""What makes a finding the same finding in the next run: its rules and its words, never the line it stands on.

Pure. A page may be reflowed, indented, quoted or moved, and its claims keep their fingerprints; the same claim told
twice in one document gets an ordinal, so that a third telling is new.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from claims.verdicts import conflict_code

if TYPE_CHECKING:
    from claims.checked_claims import CheckedClaim
    from claims.checking import CheckResult
    from claims.verdicts import RuleHit

LENGTH: Final = 16  # hexadecimal digits
_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]*>")
_QUOTED: Final = re.compile(r"^[ \t]*(?:>[ \t]*)+", re.MULTILINE)  # a quotation's marks move when it is reflowed
_UNSEEN: Final = {ord(char): None for char in "\u00ad\u200b\u200c\u200d\u2060\ufeff*_`\\"}


def fingerprint(text: str, codes: Iterable[str], ordinal: int = 1) -> str:
    """16 hexadecimal digits for a claim's words, the codes of its rules (in any order) and its ordinal from 1.

    Spaces, line ends, capitals, tags, emphasis and invisible characters of ``text`` do not count; every other does.
    """
    whole = "\n".join((" ".join(sorted(set(codes))), normal_text(text), str(ordinal)))
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:LENGTH]


def normal_text(text: str) -> str:
    """The words of a passage apart from how they are set on the page."""
    bare = _QUOTED.sub(" ", _TAG.sub(" ", text))
    return " ".join(unicodedata.normalize("NFKC", bare.translate(_UNSEEN)).casefold().split())


def deciding_codes(rules: Iterable[RuleHit]) -> tuple[str, ...]:
    """The codes that make a finding: what is only noted does not, unless all is only noted."""
    hits = tuple(rules)
    return tuple(hit.code for hit in hits if hit.severity != "note") or tuple(hit.code for hit in hits)


def conflict_fingerprints(result: CheckResult) -> Iterator[str]:
    """The fingerprint of each conflict, in the order of the result: its rule, its topic and the words of the claims
    that are among the documents; a repeated one gets the next ordinal."""
    claims = result.claims_by_id()
    told: Counter[str] = Counter()
    for conflict in result.conflicts:
        known = filter(None, (claims.get(end.id) for end in conflict.claims))
        words = " / ".join((conflict.topic, *sorted(claim.text for _, claim in known)))
        codes = (conflict_code(conflict.kind) or conflict.kind,)
        first = fingerprint(words, codes)
        told[first] += 1
        yield fingerprint(words, codes, told[first])


def claim_fingerprints(claims: Iterable[CheckedClaim]) -> Iterator[str]:
    """The fingerprint of each claim of one document, in the order given; a repeated one gets the next ordinal."""
    told: Counter[str] = Counter()
    known: dict[tuple[str, tuple[str, ...]], str] = {}
    for claim in claims:
        codes = deciding_codes(claim.rules)
        first = known.get((claim.text, codes))
        if first is None:
            first = known[claim.text, codes] = fingerprint(claim.text, codes)
        told[first] += 1
        yield first if told[first] == 1 else fingerprint(claim.text, codes, told[first])
