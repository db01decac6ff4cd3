"""Libraries of a few records, built in a test, and the parts of the engine over a library."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from claims.collection import Collection, Manifest
from claims.considering import Considered, Considering
from claims.documents import Document, read_document
from claims.engine import forms_of, reader_of
from claims.extraction import Assertion, Extracted, extract
from claims.forms import Forms
from claims.frames import Frame
from claims.judged import Judged
from claims.judging import Judging
from claims.lexicon import Concept, Lexicon
from claims.partings import DOUBTFUL, PARTED
from claims.propositions import Distortion, Proposition, Scope, Wording
from claims.scorecard import Scorecard, load_scorecard
from claims.senses import load_senses
from claims.studied import Findings, Studied, load_designs
from claims.wordings import Wordings, wordings_of
from evidence.bibliography import Reference
from evidence.library import Library
from evidence.studies import Finding, Study, TimePoint

# Weights chosen by hand: verdicts that tests expect must not change when the packaged ones are fitted anew.
SCORECARD: Scorecard = load_scorecard(Path(__file__).parent / "scorecard.toml")
UNDECIDED: Scorecard = Scorecard(base=math.log((DOUBTFUL + PARTED) / (2 - DOUBTFUL - PARTED)))
_PLANTS = (
    *("acacia", "aster", "basil", "birch", "cedar", "clover", "dahlia", "daisy", "elder", "endive", "fennel", "fern"),
    *("ginger", "gorse", "hazel", "heather", "iris", "ivy", "jasmine", "juniper", "kale", "laurel", "lupin", "maple"),
    *("mint", "narcissus", "nettle", "oak", "olive", "peony", "poplar", "quince", "rowan", "sorrel", "thyme", "vetch"),
    *("willow", "yarrow"),
)
_DAY = dt.date(2026, 11, 22)


class Engine:
    """The engine over one library, with a door to each of its parts."""

    def __init__(self, collection: Collection, scorecard: Scorecard = SCORECARD) -> None:
        self.collection = collection
        self.reader = reader_of(collection)
        self.forms = Forms(forms_of(collection))
        self.findings = Findings(collection.library, collection.lexicon, load_designs())
        self.considering = Considering(self.forms, self.findings, collection.lexicon, load_senses(), scorecard)
        self.judging = Judging(collection, self.considering, self.reader)

    def extracted(self, text: str, name: str = "page.md") -> Extracted:
        return extract(page(text, name), self.reader)

    def claims(self, text: str, name: str = "page.md") -> tuple[Assertion, ...]:
        return self.extracted(text, name).assertions

    def frame(self, text: str) -> Frame:
        return self.reader.read(text)

    def considered(self, text: str) -> Considered:
        return self.considering.consider(self.frame(text))

    def meant(self, text: str) -> Studied | None:
        return self.findings.meant(self.frame(text))

    def wordings(self, topic: str) -> Wordings:
        return wordings_of(self.forms.topic(topic), self.forms, self.findings)

    def judged(self, text: str, name: str = "page.md") -> list[Judged]:
        found = (self.judging.judge(claim) for claim in self.claims(text, name))
        return [judged for judged in found if judged]

    def judge(self, text: str) -> Judged:
        """The judgement on a text that makes one claim."""
        (judged,) = self.judged(text)
        return judged


def page(text: str, name: str = "page.md") -> Document:
    return read_document(name, text.encode())


def concept(slot: str, *words: str, broader: tuple[str, ...] = ()) -> Concept:
    return Concept(slot=slot, label=words[0], synonyms=words, broader=broader)  # type: ignore[arg-type]


LEXICON = Lexicon(
    {
        "any-drug": concept("intervention", "medicine"),
        "ketamine": concept("intervention", "ketamine", broader=("any-drug",)),
        "sedative": concept("intervention", "midazolam", broader=("any-drug",)),
        "lithium": concept("intervention", "lithium", broader=("any-drug",)),
        "dummy": concept("intervention", "placebo", "dummy"),
        "any-route": concept("route", "by any route"),
        "iv": concept("route", "infusion", "IV", broader=("any-route",)),
        "nasal": concept("route", "spray", broader=("any-route",)),
        "low": concept("population", "depression"),
        "resistant": concept("population", "resistant depression", broader=("low",)),
        "symptoms": concept("outcome", "symptoms", "depressive symptoms"),
        "response": concept("outcome", "response", "respond", "responded", broader=("symptoms",)),
        "dizzy": concept("outcome", "dizziness", "dizzy", "felt dizzy"),
        "suicide": concept("outcome", "suicide risk"),
        "approval": concept("outcome", "approved", "licensed"),
        "body": concept("agency", "the Agency"),
        "scale": concept("measure", "MADRS"),
        "share": concept("aspect", "response rate"),
        "human": concept("species", "people"),
    }
)


def finding(study: str, number: int, summary: str, **fields: Any) -> Finding:
    given: dict[str, Any] = {
        "outcome": "response",
        "statistic": "proportion",
        "species": "human",
        "locator": "abstract",
        "verified": "yes",
    }
    return Finding(id=f"{study}.{number}", summary=summary, **{**given, **fields})


def after(low: float, unit: str, high: float | None = None) -> TimePoint:
    return TimePoint(low=low, high=low if high is None else high, unit=unit)  # type: ignore[arg-type]


def study(bibkey: str, *findings: Finding, **fields: Any) -> Study:
    given: dict[str, Any] = {
        "design": "rct",
        "masking": "double-blind",
        "intervention": ("ketamine",),
        "route": ("iv",),
        "population": ("resistant",),
        "comparator": ("sedative",),
        "verified": "yes",
        "curated": _DAY,
    }
    return Study(bibkey=bibkey, findings=findings, **{**given, **fields})


def reference(key: str, author: str, year: int) -> Reference:
    return Reference(key=key, kind="article", title=f"The work {key}", authors=(author,), year=year)


def proposition(
    key: str, statement: str, *wordings: str, bent: Iterable[Distortion] = (), **fields: Any
) -> Proposition:
    given: dict[str, Any] = {
        "category": "efficacy",
        "importance": 2,
        "certainty": "moderate",
        "reviewed": _DAY,
        "review_by": dt.date(2027, 11, 22),
        "scope": Scope(),
    }
    texts = tuple(Wording(text=text) for text in wordings)
    return Proposition(id=key, statement=statement, wordings=texts, distortions=tuple(bent), **{**given, **fields})


def bent(kind: str, verdict: str, *texts: str, missing: tuple[str, ...] = ()) -> Distortion:
    fields = {"kind": kind, "verdict": verdict, "missing": missing}
    return Distortion(change="bent", reason=f"bent by {kind}", texts=texts, **fields)  # type: ignore[arg-type]


def others() -> list[Proposition]:
    """Propositions on quite other matters: where there are few forms, every word is too common to find any by."""
    return [proposition(f"other-{name}", f"Every {name} needs water, light and a little room.") for name in _PLANTS]


def tiny(*records: Study | Proposition, references: Iterable[Reference] = (), lexicon: Lexicon = LEXICON) -> Collection:
    """A library of these records, and nothing else."""
    library = Library(
        references={one.key: one for one in references},
        studies={one.bibkey: one for one in records if isinstance(one, Study)},
    )
    return Collection(
        manifest=Manifest(name="tiny", title="A tiny library", licence="CC0-1.0"),
        library=library,
        lexicon=lexicon,
        propositions={one.id: one for one in records if isinstance(one, Proposition)},
        sources={},
    )
