"""Identifiers of works in one standard form: DOI, PMID, PMCID, NCT number.

``standard_*`` takes what a file or a person writes and returns the standard form, or ``None`` when it is not such an
identifier. Nothing is looked up.
"""

from __future__ import annotations

import re

# https://www.crossref.org/blog/dois-and-matching-regular-expressions/ (2015): prefix 10.<4-9 digits>, then a suffix.
_DOI = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/\S+)$", re.IGNORECASE)
_PMID = re.compile(r"^(?:pmid:?\s*)?([1-9]\d{0,8})$", re.IGNORECASE)
_PMCID = re.compile(r"^(?:pmc)?(\d{4,9})$", re.IGNORECASE)
_NCT = re.compile(r"^nct(\d{8})$", re.IGNORECASE)


def standard_doi(text: str) -> str | None:
    """``10.1176/appi.ajp.1`` in lower case (DOIs are case-insensitive), or ``None``."""
    found = _DOI.match(text.strip())
    return found.group(1).rstrip(".,;").lower() if found else None


def standard_pmid(text: str) -> str | None:
    """The digits of a PubMed id, or ``None``."""
    found = _PMID.match(text.strip())
    return found.group(1) if found else None


def standard_pmcid(text: str) -> str | None:
    """``PMC`` and digits, or ``None``."""
    found = _PMCID.match(text.strip())
    return f"PMC{found.group(1)}" if found else None


def standard_nct(text: str) -> str | None:
    """``NCT`` and eight digits, or ``None``."""
    found = _NCT.match(text.strip())
    return f"NCT{found.group(1)}" if found else None
