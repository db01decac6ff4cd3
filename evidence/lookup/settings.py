"""Where the services are, who asks, and where answers are kept: from environment variables, checked before use.

An address of a person is sent only when the user sets one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

from evidence.files import cache_folder
from evidence.problems import UsageError

CROSSREF: Final = "Crossref"
PUBMED: Final = "PubMed"
OPENALEX: Final = "OpenAlex"
_BASES: Final = {
    CROSSREF: ("CLAIMWISE_CROSSREF_URL", "https://api.crossref.org"),
    PUBMED: ("CLAIMWISE_PUBMED_URL", "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"),
    OPENALEX: ("CLAIMWISE_OPENALEX_URL", "https://api.openalex.org"),
}
_CONTACT: Final = "CLAIMWISE_CONTACT"
_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,253}")


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """``bases``: each service's base address, without a final slash. ``contact`` is ``None`` unless opted in."""

    bases: dict[str, str]
    contact: str | None = None
    offline: bool = False
    cache: Path


def read_settings(environment: Mapping[str, str], *, offline: bool = False) -> Settings:
    """The settings of this run. Raises UsageError for an address that is none, StorageError without a cache folder."""
    bases = {
        service: _base(variable, environment.get(variable) or default)
        for service, (variable, default) in _BASES.items()
    }
    contact = environment.get(_CONTACT) or None
    if contact is not None and not _ADDRESS.fullmatch(contact):
        raise UsageError(f"{_CONTACT}: '{contact}' is not an e-mail address; correct it or leave it unset")
    return Settings(bases=bases, contact=contact, offline=offline, cache=cache_folder() / "lookup")


def _base(variable: str, text: str) -> str:
    try:
        parts = urlsplit(text)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        sound = False
    else:
        sound = sound and not (parts.username or parts.password or parts.query or parts.fragment)
        sound = sound and text.isprintable() and " " not in text
    if not sound:
        raise UsageError(f"{variable}: '{text}' is not a base address; write it as https://host/path")
    return text.rstrip("/")
