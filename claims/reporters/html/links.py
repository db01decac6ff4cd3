"""Addresses a page leads to: works at doi.org. All others are those of rules (``rule_links.py``)."""

from __future__ import annotations

from urllib.parse import quote


def doi_link(doi: str | None) -> str | None:
    """The address of a work by its DOI, with every character that could end or change an address encoded."""
    return f"https://doi.org/{quote(doi, safe='/()._-:')}" if doi and doi.startswith("10.") else None
