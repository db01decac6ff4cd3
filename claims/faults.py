"""Which fault a comparison that failed is, by the detail it failed in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from claims.propositions import Fault

# The details in which a claim can depart from an allowed wording, and how each is told.
DEPARTED_FAULT: Final[Mapping[str, Fault]] = {
    "intervention": "drug",
    "population": "population",
    "agency": "regulatory",
    "route": "route",
    "n": "number",
    "y": "attribution",
    "study": "attribution",
    "species": "species",
    "sign": "polarity",
    "certainty": "certainty",
}
DEPARTED: Final[Mapping[str, str]] = {
    "intervention": "the treatment",
    "population": "who it is about",
    "agency": "the agency",
    "route": "the route",
    "n": "the figure",
    "y": "the year",
    "study": "the study",
    "species": "the species",
    "sign": "what is denied",
    "certainty": "the certainty",
}
# In what a claim can part from the finding that it speaks of (``claims.studied.PARTS``).
PARTED_FAULT: Final[Mapping[str, Fault]] = {
    "arm": "attribution",
    "comparator": "comparator",
    "outcome": "outcome",
    "drug": "drug",
    "route": "route",
    "population": "population",
    "time": "time",
    "design": "attribution",
    "number": "number",
}


class Misread(NamedTuple):
    """A finding that a claim tells otherwise than it was found, and in what: a key of ``MISREAD``."""

    finding: str
    part: str


# In what a claim can tell a result otherwise than it was found, in words, and the faults.
MISREAD: Final[Mapping[str, str]] = {
    "outcome": "the outcome",
    "order": "which of the two comes first",
}
MISREAD_FAULTS: Final[Mapping[str, tuple[Fault, ...]]] = {
    "outcome": ("outcome", "number"),
    "order": ("polarity", "comparator"),
}
SLOT_FAULT: Final[Mapping[str, Fault]] = {
    "intervention": "drug",
    "route": "route",
    "population": "population",
    "comparator": "comparator",
    "species": "species",
    "outcome": "outcome",
    "agency": "regulatory",
}
