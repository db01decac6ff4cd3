"""Which claims a citation belongs to, and what is wrong with citing it there: the rules RF001, RF002, RF006 to RF008.

A citation is another way of naming a study: where the cited study bears on a claim, the claim is compared with that
study's findings. A marker after a full stop belongs to the sentence before it.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from operator import ge
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from claims.citing.linking import Bibliographer, Citation, find_citations
from claims.propositions import EvidenceLink
from claims.studied import PARTS
from claims.verdicts import RuleHit, citing_hit
from evidence.later import compiled_later

if TYPE_CHECKING:
    from claims.documents import Document
    from claims.extraction import Assertion, ToldAt
    from claims.frames import Frame
    from claims.judged import Judged
    from claims.lexicon import Lexicon
    from claims.studied import Findings
    from evidence.library import Library

_MARKERS: Final = frozenset({"number", "superscript", "footnote", "key"})
_BLANK: Final = compiled_later(r"(?:\s|<[^<>]{1,200}>|[\[(^])*\Z")
_CITED: Final = 0.8  # how much of a feature a study counts that is cited, not named
_LOOK_BACK: Final = 240  # characters of tags and markers between a sentence and its marker
_UNCOUNTED: Final = frozenset({"year", "date", "ordinal", "age"})


class Cited(NamedTuple):
    """The citations of a document's claims, by their places, the blocks that these stand in, and what they break."""

    attached: dict[tuple[int, int], tuple[Citation, ...]]
    blocks: frozenset[int]
    citing: Citing

    def in_block(self, number: int) -> bool:
        """Whether a claim of a block has to be looked at for what it cites."""
        return number in self.blocks or self.citing.wants_figures_cited

    def naming(self, assertion: Assertion, place: tuple[int, int]) -> Assertion:
        """The claim at a place with the studies that it cites."""
        studies = [c.reference for c in self.attached.get(place, ()) if c.reference]
        frame = self.citing.naming(assertion.frame, studies)
        return assertion if frame is assertion.frame else msgspec.structs.replace(assertion, frame=frame)

    def ruled(self, assertion: Assertion, place: tuple[int, int], judgement: Judged | None) -> Judged | None:
        """The judgement with the rules that the citations of the claim at a place fall under."""
        if judgement is None or judgement.unchecked is not None:
            return judgement
        citations = self.attached.get(place, ())
        if not citations and not self.citing.wants_figures_cited:
            return judgement
        judgement = self.citing.as_cited(assertion, judgement, citations)
        hits = self.citing.hits(assertion, judgement, citations)
        return msgspec.structs.replace(judgement, rules=(*judgement.rules, *hits)) if hits else judgement


class Citing:
    """Attaches citations to claims, for one library."""

    def __init__(
        self, library: Library, lexicon: Lexicon, findings: Findings, *, uncited_figures: bool = False
    ) -> None:
        self.wants_figures_cited = uncited_figures
        self._library = library
        self._lexicon = lexicon
        self._findings = findings

    @cached_property
    def _bibliographer(self) -> Bibliographer:
        return Bibliographer(self._library)

    def read(self, document: Document, told: Sequence[ToldAt]) -> Cited:
        """What the claims of a document cite."""
        citations = [c for c in find_citations(document, self._bibliographer) if c.kind != "entry"]
        if not citations:
            return Cited({}, frozenset(), self)
        spans = array("I"), array("I")
        for start, block, _ in told:
            for assertion in block.assertions:
                spans[0].append(start + assertion.start)
                spans[1].append(start + assertion.end)
        owned = attach(document.text, citations, *spans)
        begins = array("I", (start for start, _, _ in told))
        return Cited(owned, frozenset(bisect_right(begins, start) - 1 for start, _ in owned), self)

    def naming(self, frame: Frame, keys: Sequence[str]) -> Frame:
        """The frame with the cited studies that bear on it named."""
        bearing = [key for key in keys if key not in frame.studies and self._bears(frame, key)]
        if not bearing:
            return frame
        features = {**{f"study:{key}": _CITED for key in bearing}, **frame.features}
        return msgspec.structs.replace(
            frame, studies=tuple(dict.fromkeys((*frame.studies, *bearing))), features=features
        )

    def _bears(self, frame: Frame, key: str) -> bool:
        studied = self._findings.in_study(key, frame)
        return studied is not None and (studied.explained > 0 or self._same_outcome(frame, key))

    def _same_outcome(self, frame: Frame, key: str) -> bool:
        outcomes = frame.slots.get("outcome", ())
        found = {finding.outcome for finding in self._library.studies[key].findings}
        return any(self._lexicon.related(told, known) for told in outcomes for known in found)

    def as_cited(self, assertion: Assertion, judgement: Judged, citations: Sequence[Citation]) -> Judged:
        """The judgement, but for a claim called contradicted that tells the cited study's own figures as they are."""
        if judgement.verdict != "contradicted" or assertion.certainty not in ("plain", "hedged"):
            return judgement
        for key in dict.fromkeys(c.reference for c in citations if c.reference):
            studied = self._findings.in_study(key, assertion.frame)
            told = studied is not None and studied.explained > 0 and not studied.unexplained and not studied.parted
            if studied is None or not told or assertion.polarity != "affirms":
                continue
            finding = self._library.findings[studied.finding]
            if not any(self._lexicon.related(o, finding.outcome) for o in assertion.frame.slots.get("outcome", ())):
                continue
            return msgspec.structs.replace(
                judgement,
                verdict="supported",
                reason=f"as the cited study found: {finding.summary}",
                faults=(),
                missing=(),
                rules=(),
                suggestion=None,
                match=None,
                proposition=None,
                comparisons=(),
                evidence=(EvidenceLink(finding=finding.id, stance="supports"),),
            )
        return judgement

    def hits(self, assertion: Assertion, judgement: Judged, citations: Sequence[Citation]) -> tuple[RuleHit, ...]:
        """What a claim's citations break, in the order of the codes."""
        hits = {hit for citation in citations for hit in _misresolved(citation)}
        keys = [c.reference for c in citations if c.reference in self._library.studies]
        uncarried = [self._uncarried(assertion, judgement, key) for key in dict.fromkeys(keys) if key]
        if uncarried and all(uncarried):
            hits |= {citing_hit("RF002", reason) for reason in uncarried if reason}
        if self.wants_figures_cited and (hit := uncited(assertion, citations)):
            hits.add(hit)
        return tuple(sorted(hits, key=lambda hit: (hit.code, hit.message)))

    def _uncarried(self, assertion: Assertion, judgement: Judged, key: str) -> str | None:
        """Why the cited study does not carry the claim, ``None`` if it does or nothing speaks against it."""
        frame = assertion.frame
        studied = self._findings.in_study(key, frame)
        if studied is None:
            return None
        finding = self._library.findings[studied.finding]
        if studied.parted and (studied.explained or studied.unexplained):
            parts = " and ".join(PARTS[part] for part in studied.parted)
            return f"{parts} {'is' if len(studied.parted) == 1 else 'are'} not as in {key}: {finding.summary}"
        rests = any(link.finding.startswith(f"{key}.") for link in judgement.evidence)
        if judgement.verdict == "supported" and rests:
            return None
        if studied.unexplained and not studied.explained:
            return f"{key} reports no such figure; nearest: {finding.summary}"
        if frame.slots.get("outcome") and not studied.explained and not self._same_outcome(frame, key):
            return f"{key} reports nothing on this outcome; it reports: {finding.summary}"
        return None


def attach(
    text: str, citations: Sequence[Citation], starts: Sequence[int], ends: Sequence[int]
) -> dict[tuple[int, int], tuple[Citation, ...]]:
    """The citations of each claim, by its place in the file. ``starts`` and ``ends`` are the places of all claims."""
    if any(map(ge, starts, starts[1:])):
        ordered = sorted(zip(starts, ends, strict=True))
        starts, ends = [start for start, _ in ordered], [end for _, end in ordered]
    owned: dict[tuple[int, int], tuple[Citation, ...]] = {}
    anchors: dict[int, int] = {}
    for citation in citations:
        anchor = _anchor(text, citation, anchors)
        anchors[citation.end] = anchor
        index = bisect_right(starts, anchor) - 1
        if index < 0:
            continue
        if anchor <= ends[index]:
            place = (starts[index], ends[index])
            owned[place] = (*owned.get(place, ()), citation)
    return owned


def _anchor(text: str, citation: Citation, ends: dict[int, int]) -> int:
    """The place in the text that a citation stands at: for a marker the last character before it.

    ``ends`` maps where earlier citations end to their own places, as of two markers in a row both mean one sentence.
    """
    if citation.kind not in _MARKERS:
        return citation.start
    low = max(0, citation.start - _LOOK_BACK)
    blank = _BLANK.search(text, low, citation.start)
    at = blank.start() if blank else citation.start
    if at in ends:
        return ends[at]
    return max(0, at - 1)


def _misresolved(citation: Citation) -> list[RuleHit]:
    shown = " ".join(citation.text.split())[:80]
    if citation.disagrees:
        return [citing_hit("RF006", f"“{shown}”: {citation.reason}")]
    if citation.status == "ambiguous":
        return [citing_hit("RF001", f"“{shown}”: {citation.reason}")]
    if citation.status == "unresolved":
        code = "RF007" if citation.told and not citation.candidates else "RF001"
        return [citing_hit(code, f"“{shown}”: {citation.reason}")]
    return []


def uncited(assertion: Assertion, citations: Sequence[Citation]) -> RuleHit | None:
    """RF008: the claim gives a figure and cites nothing."""
    figures = [m for m in assertion.measured if m.kind not in _UNCOUNTED]
    if not figures or citations:
        return None
    return citing_hit("RF008", assertion.text)
