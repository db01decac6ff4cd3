"""Publication types, as services give them, into the designs of study records: a first guess that a curator confirms.

Each type becomes the weakest design it may stand for, so that a record nobody has read yet never carries too much.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from evidence.vocabulary import Design

# In order of what decides where a work has several types.
_DESIGNS: Final[tuple[tuple[str, Design], ...]] = (
    ("practice guideline", "guideline"),
    ("guideline", "guideline"),
    ("meta-analysis", "systematic-review"),
    ("network meta-analysis", "systematic-review"),
    ("systematic review", "systematic-review"),
    ("randomized controlled trial", "rct"),
    ("pragmatic clinical trial", "nonrandomised-controlled"),
    ("controlled clinical trial", "nonrandomised-controlled"),
    ("observational study", "cohort"),
    ("clinical trial", "single-arm"),
    ("clinical trial, phase i", "single-arm"),
    ("clinical trial, phase ii", "single-arm"),
    ("clinical trial, phase iii", "single-arm"),
    ("clinical trial, phase iv", "single-arm"),
    ("case reports", "case-report"),
    ("review", "narrative-review"),
    ("editorial", "expert-opinion"),
    ("letter", "expert-opinion"),
    ("comment", "expert-opinion"),
    ("news", "news"),
)


def design_of(types: Sequence[str]) -> tuple[Design, str] | None:
    """The design and the type it is read from; ``None`` when no type tells one."""
    given = {text.lower(): text for text in types}
    return next(((design, given[name]) for name, design in _DESIGNS if name in given), None)
