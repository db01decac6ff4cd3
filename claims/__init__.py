"""What documents say, and how that stands. Public names only; each is loaded when it is first used.

``check`` checks a text or a file against a library and returns a ``CheckResult`` (docs/api.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from claims.api import check
    from claims.checked_claims import CheckedClaim
    from claims.checked_documents import CheckedDocument
    from claims.checking import CheckResult

__all__ = ["CheckResult", "CheckedClaim", "CheckedDocument", "check"]
_FROM = {
    "CheckResult": "claims.checking",
    "CheckedClaim": "claims.checked_claims",
    "CheckedDocument": "claims.checked_documents",
    "check": "claims.api",
}


def __getattr__(name: str) -> object:
    """The public name, imported now: importing ``claims`` must cost nothing to the commands that check nothing."""
    if name not in __all__:
        raise AttributeError(f"module 'claims' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(_FROM[name]), name)
