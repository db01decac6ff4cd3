"""What the HTML page shows, as values: documents as blocks of marked text, claims as cards, conflicts, evidence.

Numbers (``n``) are those of the page: they make the ids of its elements, so that no name of a file or record does.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from claims.documents import SegmentKind
from claims.reporters.html.charts import Chart


class View(msgspec.Struct, frozen=True, kw_only=True):
    """A value that a template shows."""


class Run(View, frozen=True, kw_only=True):
    """A stretch of text; ``claim`` is the number of the claim it belongs to, ``None`` for text between claims.

    ``first`` is the stretch that leads to the claim's card. Its text is empty where others cover all of its words.
    """

    text: str
    claim: int | None = None
    first: bool = False


class Block(View, frozen=True, kw_only=True):
    """A paragraph, heading, item or cell. ``level`` is the rank of a heading on the page, ``head`` a cell's heads."""

    kind: SegmentKind
    runs: tuple[Run, ...]
    level: int | None = None
    head: str = ""


class Group(View, frozen=True, kw_only=True):
    """Neighbouring blocks of one kind: the items of a list, the cells of a table."""

    kind: SegmentKind
    blocks: tuple[Block, ...]


class Citation(View, frozen=True, kw_only=True):
    """A work as cited; ``link`` is its address at doi.org, ``None`` for a work without a DOI."""

    text: str
    link: str | None


class Proof(View, frozen=True, kw_only=True):
    """A finding at a claim. ``standing`` is empty while the work is current."""

    finding: str
    stance: str
    summary: str
    citation: Citation
    locator: str
    level: str
    verified: str
    standing: str


class Slot(View, frozen=True, kw_only=True):
    """One slot of a claim beside that of its proposition, in words; empty where nothing is said."""

    name: str
    claimed: str
    carried: str
    relation: str


class Rule(View, frozen=True, kw_only=True):
    code: str
    name: str
    message: str
    severity: str
    url: str | None = None


class RuleText(View, frozen=True, kw_only=True):
    """The page of a rule. ``better_quoted`` tells a wording from advice; ``deserves`` is empty without a verdict."""

    code: str
    name: str
    checks: str
    why: str
    example: str
    deserves: str
    because: str
    better: str
    better_quoted: bool
    misses: tuple[str, ...]
    sources: tuple[str, ...]
    url: str | None


class Remark(View, frozen=True, kw_only=True):
    """What is said of a document itself."""

    place: str
    code: str
    message: str


class Card(View, frozen=True, kw_only=True):
    """A claim with everything that is said of it.

    ``importance`` is 1 to 3, 0 where nothing in the library says; ``severity`` that of its gravest rule, or ``none``.
    ``place`` is empty without the text at hand. ``says`` is the passage, or the paraphrase where ``quoted`` is false.
    ``proof`` is the evidence that tells most, ``more_proof`` the rest.
    """

    n: int
    id: str
    verdict: str
    also: tuple[str, ...]
    category: str
    importance: int
    severity: str
    status: str
    place: str
    says: str
    quoted: bool
    reason: str
    works: tuple[str, ...]
    rules: tuple[Rule, ...]
    missing: tuple[str, ...]
    suggestion: str
    proof: tuple[Proof, ...]
    more_proof: tuple[Proof, ...]
    slots: tuple[Slot, ...]
    figures: tuple[str, ...]
    read_as: str
    statement: str
    statement_note: str
    conflicts: tuple[int, ...]


class Page(View, frozen=True, kw_only=True):
    """One document with its cards in page order. ``counts`` follows the order of the verdicts."""

    n: int
    name: str
    path: str
    sha256: str
    about: str
    groups: tuple[Group, ...]
    quoted: bool
    cards: tuple[Card, ...]
    counts: tuple[tuple[str, int], ...]
    unchecked: tuple[str, ...]
    on_subject: bool
    remarks: tuple[Remark, ...] = ()


class Passage(View, frozen=True, kw_only=True):
    """A claim at one side of a conflict; ``claim`` is ``None`` for one of a source that is not on the page."""

    claim: int | None
    where: str
    verdict: str
    says: str
    quoted: bool
    rests_on: str


class Side(View, frozen=True, kw_only=True):
    """One answer to a question, with the passages that give it; ``says`` is empty when the passages say it all."""

    says: str
    passages: tuple[Passage, ...]


class Clash(View, frozen=True, kw_only=True):
    n: int
    severity: int
    kind: str
    code: str | None
    question: str
    sides: tuple[Side, ...]


class Finding(View, frozen=True, kw_only=True):
    """A row of the evidence table; ``claims`` are the numbers and names of the claims that it bears on."""

    n: int
    finding: str
    summary: str
    citation: Citation
    design: str
    scope: tuple[str, ...]
    outcome: str
    result: tuple[str, ...]
    where: str
    standing: str
    claims: tuple[tuple[int, str], ...]


Kind = Literal["check", "audit"]


class Report(View, frozen=True, kw_only=True):
    """The whole page."""

    kind: Kind
    library: str
    library_hash: str
    model: str | None
    words: int | None
    counts: tuple[tuple[str, int], ...]
    pages: tuple[Page, ...]
    clashes: tuple[Clash, ...]
    charts: tuple[Chart, ...]
    findings: tuple[Finding, ...]
    rules: tuple[RuleText, ...]

    @property
    def cards(self) -> tuple[Card, ...]:
        return tuple(card for page in self.pages for card in page.cards)

    @property
    def categories(self) -> tuple[str, ...]:
        return tuple(sorted({card.category for card in self.cards if card.category}))

    @property
    def unchecked(self) -> int:
        return sum(len(page.unchecked) for page in self.pages)

    @property
    def remarks(self) -> int:
        return sum(len(page.remarks) for page in self.pages)
