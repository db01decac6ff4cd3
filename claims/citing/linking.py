"""Puts a document's citations together: markers with the list they point to, each with the work that it means."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final

import msgspec

from claims.citing.entries import Entry, read_entries
from claims.citing.mentions import A_YEAR, Journals, Mention
from claims.citing.patterns import Found, Kind, by_part, in_part, in_segment, numbers_of, readable, shortcuts
from claims.memory import Memory
from claims.readers.roles import looks_cited
from claims.sentences import split_sentences
from evidence.later import compiled_later
from evidence.words import words_of
from evidence.written import Written

if TYPE_CHECKING:  # resolving is loaded when the first citation is found: most pages have none
    from claims.documents import Document
    from evidence.library import Library
    from evidence.resolving import Resolution, Resolver, Status

_ABOUT: Final = 300  # characters of a sentence before and after a citation that may tell two works apart
_SENTENCE_END: Final = compiled_later(r"[.!?][)\]”\"]?\s|\n\s*\n|[|]")
_HEAD: Final = 8  # words of an entry among which its first author stands
_NCT: Final = compiled_later(r"\bNCT\d{8}\b", re.IGNORECASE)
_REMEMBERED: Final = 8_192  # entries that are remembered, and segments with what they mention
_NOT_NAMES_TEXT: Final = (
    "january february march april may june july august september october november december spring summer autumn "
    "fall winter monday tuesday wednesday thursday friday saturday sunday table figure fig section chapter "
    "version since in on until see the a an as for by from after before during sic updated published copyright "
    "reviewed"
)
_NOT_NAMES: Final = frozenset(_NOT_NAMES_TEXT.split())


class Citation(msgspec.Struct, frozen=True, kw_only=True):
    """One citation. ``start`` and ``end`` are code points of the file; ``text`` is what stands between them.

    ``reference`` is a bib key, ``None`` unless resolved; ``candidates`` are bib keys it may mean. ``kind``: ``number``,
    ``superscript`` and ``footnote`` are markers, ``entry`` is a work in the document's own list, ``mention`` a journal
    and year. ``disagrees``: its identifier is of one work and its words are another's. ``told``: it tells of a work
    by itself or through the list, so that an unresolved one is a work that the library does not have.
    """

    text: str
    start: int
    end: int
    kind: Kind
    status: Status
    reference: str | None
    doi: str | None
    pmid: str | None
    score: float
    reason: str
    candidates: tuple[str, ...]
    disagrees: bool = False
    told: bool = True


class Bibliographer:
    """What the citations of any document are resolved with; each part is built when it is first needed."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._listed: Memory[str, Resolution] = Memory(_REMEMBERED)
        self._mentions: Memory[str, tuple[tuple[int, Mention, str], ...]] = Memory(_REMEMBERED)

    @cached_property
    def resolver(self) -> Resolver:
        """Finds the work that a citation means."""
        from evidence.resolving import Resolver

        studies = self._library.studies
        about = {key: " ".join(f.summary for f in study.findings) for key, study in studies.items()}
        return Resolver(self._library.references, about)

    def listed(self, written: str) -> Resolution:
        """The work that an entry of a list means; pages of a site have the same lists."""
        known = self._listed.get(written)
        return self._listed.keep(written, self.resolver.resolve(written)) if known is None else known

    @cached_property
    def journals(self) -> Journals:
        """The journals of the bibliography."""
        return Journals(self._library.journals)

    def mentions(self, text: str) -> Sequence[tuple[int, Mention, str]]:
        """The works that a text mentions by journal and year: where their sentence begins, and the sentence."""
        known = self._mentions.get(text)
        return self._mentions.keep(text, tuple(self._mentioned(text))) if known is None else known

    def _mentioned(self, text: str) -> Iterator[tuple[int, Mention, str]]:
        if A_YEAR.search(text):
            for start, end in split_sentences(text):
                for mention in self.journals.find(text[start:end]):
                    yield start, mention, text[start:end]

    @cached_property
    def trials(self) -> dict[str, set[str]]:
        """The studies that tell of each registered trial."""
        trials: dict[str, set[str]] = {}
        for key, study in self._library.studies.items():
            said = " ".join([*study.names, *(finding.summary for finding in study.findings)])
            for number in _NCT.findall(said):
                trials.setdefault(number.upper(), set()).add(key)
        return trials


def find_citations(document: Document, bibliographer: Bibliographer) -> tuple[Citation, ...]:
    """Everything the document cites, in the order of the file. Pure; time grows linearly with the document."""
    return tuple(_Linking(document, bibliographer).citations())


class _Linking:
    def __init__(self, document: Document, bibliographer: Bibliographer) -> None:
        self._document = document
        self._bibliographer = bibliographer
        self._entries = read_entries(document)
        self._by_label: dict[str, Entry] = {}
        for entry in self._entries:
            self._by_label.setdefault(entry.label, entry)
        self._by_family: dict[str, list[Entry]] = {}
        for entry in self._entries:
            for word in {word.folded for word in words_of(entry.written[:300])[:_HEAD]}:
                self._by_family.setdefault(word, []).append(entry)
        self._resolved: dict[int, Resolution] = {}
        self._listed = any(entry.sure for entry in self._entries)

    def citations(self) -> list[Citation]:
        spans = [(entry.start, entry.end) for entry in self._entries]
        found: list[Citation] = []
        for entry in self._entries:
            resolution = self._of_entry(entry)
            if entry.sure or (not entry.label.startswith("=") and self._is_work(entry, resolution)):
                found.append(self._citation("entry", entry.start, entry.end, resolution))
        taken = _Taken(spans)
        for candidate in self._candidates():
            if taken.covers(candidate.start, candidate.end):
                continue
            told = list(self._told(candidate))
            if told:
                taken.add(candidate.start, candidate.end)
                found += told
        found += self._mentions(taken)
        return sorted(found, key=lambda c: (c.start, c.end))

    def _candidates(self) -> Iterator[Found]:
        """Candidates by precedence: what stands in the file behind the words first."""
        labels = {label[1:] for label in self._by_label if label.startswith("=")}
        defined: list[Found] = []
        for start, part in by_part(self._document):
            for found in in_part(part):
                yield found._replace(start=start + found.start, end=start + found.end)
            defined += [
                found._replace(start=start + found.start, end=start + found.end) for found in shortcuts(part, labels)
            ]
        yield from defined
        for segment in readable(self._document):
            yield from in_segment(segment)

    def _told(self, found: Found) -> Iterator[Citation]:
        match found.kind:
            case "identifier" | "link":
                yield self._citation(found.kind, found.start, found.end, self._of_identifier(found.value))
            case "number" | "superscript" if not found.value.startswith("="):
                yield from self._markers(found)
            case "number" | "footnote":
                entry = self._by_label.get(found.value)
                if entry is not None and self._is_work(entry, self._of_entry(entry)):
                    yield self._citation(found.kind, found.start, found.end, self._through(entry))
            case "key":
                resolution = self._bibliographer.resolver.by_key(found.value)
                if resolution.status == "resolved" or found.bracketed:
                    yield self._citation("key", found.start, found.end, resolution, told=False)
            case "author-year":
                yield from self._author_year(found)

    def _markers(self, found: Found) -> Iterator[Citation]:
        if not self._listed:
            return
        numbers = numbers_of(found.value)
        if found.kind == "superscript" and not any(number in self._by_label for number in numbers):
            return  # a power
        for number in numbers:
            entry = self._by_label.get(number)
            if entry is not None:
                yield self._citation(found.kind, found.start, found.end, self._through(entry))
            elif int(number) <= 999:
                missing = _resolution(status="unresolved", reason=f"the list has no entry {number}")
                yield self._citation(found.kind, found.start, found.end, missing, told=False)

    def _author_year(self, found: Found) -> Iterator[Citation]:
        first = words_of(found.names[0]) if found.names else []
        if not first or first[0].folded in _NOT_NAMES or first[-1].folded in _NOT_NAMES:
            return
        listed = self._listed_works(found, first[-1].folded)
        if found.plain and not listed and not self._bibliographer.resolver.knows_author(found.names[0]):
            return
        if listed:
            resolution = self._among(listed)
        else:
            around = self._around(found)
            resolution = self._bibliographer.resolver.by_authors(
                found.names, int(found.value), others=found.others, context=around
            )
            if resolution.status != "resolved" and len(found.names) > 1:  # the last name may be a journal's
                told = self._bibliographer.resolver.resolve(self._document.text[found.start : found.end])
                resolution = told if told.status == "resolved" else resolution
        yield self._citation("author-year", found.start, found.end, resolution)

    def _listed_works(self, found: Found, family: str) -> list[Entry]:
        listed = [entry for entry in self._by_family.get(family, ()) if found.value in entry.written]
        lettered = [entry for entry in listed if found.letter and found.value + found.letter in entry.written]
        return lettered or listed

    def _among(self, listed: list[Entry]) -> Resolution:
        if len(listed) == 1:
            return self._through(listed[0])
        resolutions = [self._of_entry(entry) for entry in listed]
        keys = tuple(dict.fromkeys(r.reference for r in resolutions if r.reference))
        if len(keys) == 1 and all(r.reference for r in resolutions):
            return resolutions[0]
        reason = f"{len(listed)} works of the document's list have that author and year"
        return _resolution(status="ambiguous", score=0.5, reason=reason, candidates=keys)

    def _around(self, found: Found) -> str:
        """The rest of the sentence that a citation stands in."""
        text = self._document.text
        before, after = text[max(0, found.start - _ABOUT) : found.start], text[found.end : found.end + _ABOUT]
        ends = _SENTENCE_END.search(after)
        return f"{_SENTENCE_END.split(before)[-1]} {after[: ends.start()] if ends else after}"

    def _mentions(self, taken: _Taken) -> Iterator[Citation]:
        for segment in readable(self._document):
            for start, mention, sentence in self._bibliographer.mentions(segment.text):
                low, high = segment.source_span(start + mention.start, start + mention.end)
                if not taken.touches(low, high):
                    resolver = self._bibliographer.resolver
                    resolution = resolver.by_journal(mention.journal, mention.year, sentence)
                    yield self._citation("mention", low, high, resolution)

    def _of_identifier(self, value: str) -> Resolution:
        kind, _, number = value.partition(":")
        if kind != "nct":
            return self._bibliographer.resolver.resolve(f"{kind}: {number}")
        keys = tuple(sorted(self._bibliographer.trials.get(number, ())))
        if len(keys) == 1:
            return self._bibliographer.resolver.by_key(keys[0]).because(0.9, f"the study tells of {number}")
        if keys:
            return _resolution(
                status="ambiguous", score=0.5, reason=f"several studies tell of {number}", candidates=keys
            )
        return _resolution(status="unresolved", reason=f"{number} is no study's of the library")

    def _of_entry(self, entry: Entry) -> Resolution:
        known = self._resolved.get(entry.start)
        if known is None:
            known = self._resolved[entry.start] = self._bibliographer.listed(entry.written)
        return known

    def _through(self, entry: Entry) -> Resolution:
        resolution = self._of_entry(entry)
        label = entry.label.lstrip("^=")
        named = f"entry {label} of the list" if label.isdigit() else "its entry in the list"
        named = f"footnote {label}" if entry.label.startswith("^") else named
        return resolution.because(resolution.score, f"{named}: {resolution.reason}")

    def _is_work(self, entry: Entry, resolution: Resolution) -> bool:
        """Whether a footnote or link definition is of a work, not a remark."""
        if entry.sure or Written(entry.written).is_identified or resolution.status != "unresolved":
            return True
        return looks_cited(entry.written) and "http" not in entry.written

    def _citation(self, kind: Kind, start: int, end: int, resolution: Resolution, *, told: bool = True) -> Citation:
        return Citation(
            text=self._document.text[start:end],
            start=start,
            end=end,
            kind=kind,
            status=resolution.status,
            reference=resolution.reference,
            doi=resolution.doi,
            pmid=resolution.pmid,
            score=resolution.score,
            reason=resolution.reason,
            candidates=resolution.candidates,
            disagrees=resolution.disagrees,
            told=told,
        )


def _resolution(*, status: Status, reason: str, score: float = 0.0, candidates: tuple[str, ...] = ()) -> Resolution:
    from evidence.resolving import Resolution

    return Resolution(status=status, reason=reason, score=score, candidates=candidates)


class _Taken:
    """Places that are citations already, so that nothing is told twice; kept by blocks of the file."""

    _BLOCK: Final = 256

    def __init__(self, spans: list[tuple[int, int]]) -> None:
        self._blocks: dict[int, list[tuple[int, int]]] = {}
        for start, end in spans:
            self.add(start, end)

    def add(self, start: int, end: int) -> None:
        for block in range(start // self._BLOCK, end // self._BLOCK + 1):
            self._blocks.setdefault(block, []).append((start, end))

    def covers(self, start: int, end: int) -> bool:
        """Whether the place lies inside another, not being the same."""
        return any(
            low < end and start < high and (low, high) != (start, end)
            for block in range(start // self._BLOCK, end // self._BLOCK + 1)
            for low, high in self._blocks.get(block, ())
        )

    def touches(self, start: int, end: int) -> bool:
        """Whether any citation lies in or about the place."""
        return self.covers(start - 1, end + 1)
