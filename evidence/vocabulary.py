"""The closed vocabularies of study records, and what follows from their words.

Subject knowledge (drugs, diseases, scales) is not here: those are concept ids of the lexicon. These words are
about how research is done and reported, and hold for any field.
"""

from __future__ import annotations

import math
from typing import Final, Literal, get_args

Design = Literal[
    "meta-analysis-rct",
    "systematic-review",
    "pooled-rct",
    "rct",
    "rct-crossover",
    "nonrandomised-controlled",
    "cohort",
    "single-arm",
    "chart-review",
    "case-series",
    "case-report",
    "pharmacovigilance",
    "human-mechanistic",
    "preclinical",
    "survey",
    "statistics",
    "label",
    "regulatory",
    "guideline",
    "economic",
    "narrative-review",
    "expert-opinion",
    "manufacturer",
    "web-page",
    "news",
    "registry-record",
]
Masking = Literal["open", "single-blind", "double-blind"]
Status = Literal["current", "corrected", "retracted", "concern"]
Citation = Literal["complete", "incomplete"]
Verified = Literal["yes", "partly", "secondary-source", "derived", "direction-only", "no"]
Verdict = Literal["supported", "overstated", "vague", "contradicted", "unsupported", "promotional"]
Fault = Literal[
    "number",
    "population",
    "route",
    "drug",
    "time",
    "comparator",
    "certainty",
    "causation",
    "species",
    "outcome",
    "duration",
    "onset",
    "absolute",
    "single-study",
    "regulatory",
    "attribution",
    "polarity",
    "generalised",
    "dated",
]
Stance = Literal["supports", "supports-in-part", "opposes", "context"]
Direction = Literal[
    "favours-intervention",
    "favours-comparator",
    "no-difference",
    "increase",
    "decrease",
    "no-change",
    "mixed",
]
Statistic = Literal[
    "proportion",
    "count",
    "mean",
    "median",
    "mean-change",
    "mean-difference",
    "standardised-mean-difference",
    "odds-ratio",
    "risk-ratio",
    "hazard-ratio",
    "rate-ratio",
    "number-needed",
    "rate",
    "correlation",
    "time",
    "dose",
    "price",
    "date",
    "range",
    "statement",
]
TimeUnit = Literal["min", "h", "day", "week", "month", "year"]
TimeFrom = Literal["dose", "last-dose", "course-start", "course-end", "randomisation", "baseline", "birth", "event"]
Unit = Literal[
    "%",
    "percentage-points",
    "points",
    "sd",
    "ratio",
    "fold",
    "people",
    "trials",
    "events",
    "deaths",
    "sessions",
    "per-week",
    "per-100k",
    "min",
    "h",
    "day",
    "week",
    "month",
    "year",
    "mg",
    "mg/kg",
    "mg/kg/h",
    "g",
    "kg",
    "ng/mL",
    "mL",
    "L",
    "mL/min/kg",
    "L/kg",
    "umol/L",
    "mmHg",
    "bpm",
    "cm",
    "USD",
    "GBP",
    "CAD",
    "AUD",
    "EUR",
    "USD/QALY",
    "GBP/QALY",
    "CAD/QALY",
    "QALY",
]
EvidenceLevel = Literal["1", "2", "3", "4", "5", "official", "guidance", "secondary"]

# Levels 1-5 follow the Oxford Centre for Evidence-Based Medicine table of 2011; the last three are for documents
# that decide or report but are not studies.
LEVEL_OF_DESIGN: Final[dict[Design, EvidenceLevel]] = {
    "meta-analysis-rct": "1",
    "systematic-review": "2",
    "pooled-rct": "2",
    "rct": "2",
    "rct-crossover": "2",
    "nonrandomised-controlled": "3",
    "cohort": "3",
    "survey": "3",
    "single-arm": "4",
    "chart-review": "4",
    "case-series": "4",
    "case-report": "4",
    "pharmacovigilance": "4",
    "human-mechanistic": "4",
    "registry-record": "4",
    "preclinical": "5",
    "narrative-review": "5",
    "expert-opinion": "5",
    "economic": "5",
    "label": "official",
    "regulatory": "official",
    "statistics": "official",
    "guideline": "guidance",
    "manufacturer": "secondary",
    "web-page": "secondary",
    "news": "secondary",
}

HOURS_IN: Final[dict[TimeUnit, float]] = {
    "min": 1 / 60,
    "h": 1.0,
    "day": 24.0,
    "week": 168.0,
    "month": 730.5,  # a twelfth of 365.25 days
    "year": 8766.0,
}

# The range a plain amount of a unit can lie in. Differences and changes may be negative (see SIGNED).
_NEVER_NEGATIVE: Final = frozenset(get_args(Unit)) - {"points", "sd", "percentage-points", "mmHg", "bpm", "kg"}
SIGNED: Final[frozenset[Statistic]] = frozenset(
    {"mean-change", "mean-difference", "standardised-mean-difference", "correlation"}
)


def evidence_level(design: Design) -> EvidenceLevel:
    """The level of evidence that a design gives at best (OCEBM 2011; official, guidance, secondary for documents)."""
    return LEVEL_OF_DESIGN[design]


def in_range(value: float, *, unit: str, statistic: Statistic) -> bool:
    """Whether ``value`` can be an amount of ``unit`` reported as ``statistic``."""
    if not math.isfinite(value):
        return False
    if unit == "%" and statistic == "proportion":
        return 0 <= value <= 100
    if unit == "year" and statistic == "date":
        return 1800 <= value <= 2100
    if statistic in SIGNED:
        return True
    return unit not in _NEVER_NEGATIVE or value >= 0
