"""A document read and judged: the one door through which checking, evaluation and the public API use the engine.

Thin on purpose: what a sentence says is ``extraction``, what it is near to ``considering``, how it stands ``judging``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Final

import msgspec

from claims.citing.attached import Cited, Citing
from claims.considering import Considering
from claims.cues import load_cues
from claims.extraction import Assertion, LeftOut, Told, ToldAt, tell
from claims.form_reading import build_forms
from claims.forms import Forms, MemoryStore
from claims.frames import FrameReader
from claims.judged import Judged
from claims.judging import Judging
from claims.kept_judgements import KeptJudgements
from claims.memory import Memory
from claims.scorecard import load_scorecard
from claims.senses import Senses, load_senses
from claims.standing import judged_as_it_stands
from claims.studied import Findings, StudyNames, load_designs
from claims.study_index import LibraryIndex, StudyIndex
from claims.tagging import Tagger

if TYPE_CHECKING:
    from claims.collection import Collection
    from claims.documents import Document
    from claims.entailment import Entailment
    from claims.forms import Store
    from claims.frames import Frame
    from claims.kept_results import Kept

__all__ = ["Judge", "Judged", "Read", "network_if"]


_BRIEF: Final = 60  # words of a snippet, which need not name its subject
# In texts on the subject three sentences in five are as like to a known wording as this, in others at most a third.
_FAMILIAR: Final = 0.6
_HALF: Final = 0.48
_SAMPLE: Final = 40


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """A claim and its judgement."""

    assertion: Assertion
    judgement: Judged


Part = tuple[int, tuple[Read, ...], bool]


class Examined(msgspec.Struct, frozen=True, kw_only=True):
    """All that was read in a document. ``on_subject``: it speaks of what the library is about, so it was judged.

    ``parts`` are claims that stand together, each with the offset from which their places count and whether copies of
    them are the very same value; ``told`` is what was read, before it was judged.
    """

    parts: tuple[Part, ...] = ()
    told: tuple[ToldAt, ...] = ()
    on_subject: bool = True

    @property
    def reads(self) -> tuple[Read, ...]:
        """The claims in page order, each at its place in the file."""
        return tuple(
            Read(assertion=read.assertion.moved(start), judgement=read.judgement)
            for start, reads, _ in self.parts
            for read in reads
        )

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """What makes no claim or could not be read."""
        return tuple(left.moved(start) for start, told, _ in self.told for left in told.left_out)

    @property
    def unread(self) -> Iterator[LeftOut]:
        """What may well make a claim, but could not be read."""
        return (left.moved(start) for start, told, _ in self.told for left in told.left_out if left.unread)


def reader_of(collection: Collection, store: Store | None = None) -> FrameReader:
    """What reads texts with the words of one library; a snapshot's store has most of it ready."""
    kept = store.words() if store else None
    cues = load_cues()
    tagger = Tagger(kept.tags, cues) if kept else Tagger.of(collection.lexicon, cues)
    names = StudyNames(_index(collection, store), load_designs())
    return FrameReader(collection.lexicon, tagger, Senses(kept.senses) if kept else load_senses(), names)


def _index(collection: Collection, store: Store | None) -> StudyIndex:
    return (store.studies() if store else None) or LibraryIndex(collection.library)


def forms_of(collection: Collection) -> MemoryStore:
    """Every wording of a library, read and indexed: seconds for a large library."""
    read = list(build_forms(collection, reader_of(collection)))
    return MemoryStore([topic for topic, _ in read], [form for _, forms in read for form in forms])


def network_if(wanted: bool) -> Entailment | None:
    """The network that reads claims, if it is wanted. Raises UsageError without the extra."""
    if not wanted:
        return None
    from claims.entailment import load_entailment

    return load_entailment()


class Judge:
    """Reads documents against one library; reading is pure.

    ``store`` holds the library's forms, as a snapshot does; without it they are read anew, which takes seconds.
    ``uncited_figures``: claims that give a figure and cite nothing are told (RF008). ``kept`` has what earlier runs
    judged. ``network`` reads each claim, too; without one the comparisons alone weigh.
    """

    def __init__(
        self,
        collection: Collection,
        store: Store | None = None,
        *,
        uncited_figures: bool = False,
        kept: Kept | None = None,
        network: Entailment | None = None,
    ) -> None:
        self.reader = reader_of(collection, store)
        self.opposite = self.reader.senses.opposite  # the contrary of a sense, by its name
        self._lexicon = collection.lexicon
        self._manifest = collection.manifest
        self._library = collection.library
        forms = Forms(store or forms_of(collection))
        findings = Findings(collection.library, collection.lexicon, load_designs(), _index(collection, store))
        considering = Considering(forms, findings, collection.lexicon, self.reader.senses, load_scorecard())
        self._citing = Citing(collection.library, collection.lexicon, findings, uncited_figures=uncited_figures)
        entailing = None
        if network:
            from claims.entailing import Entailing

            entailing = Entailing(collection, forms, network)
        self._judging = Judging(collection, considering, self.reader, entailing)
        self.network = network.facts if network else None
        by = (considering.scorecard, self.network)
        self.kept = KeptJudgements(kept, by, collection.propositions) if kept else None
        self._judged: Memory[int, tuple[Frame, Judged | None]] = Memory()
        self._read: Memory[int, tuple[Told, tuple[Read, ...]]] = Memory()

    def read(self, document: Document) -> tuple[Read, ...]:
        """The document's claims with their judgements, in page order; none when it is no mere snippet and never names
        the subject."""
        return self.examine(document).reads

    def examine(self, document: Document) -> Examined:
        """The document's claims, and what of it makes none or could not be read."""
        told = tell(document, self.reader)
        if not self._is_on_subject(document, told):
            return Examined(told=tuple(told), on_subject=False)
        cited = self._citing.read(document, told)
        parts = tuple(
            (start, self._cited(start, block, cited), False)
            if cited.in_block(number)
            else (start, self._reads(block, kept=kept), kept)
            for number, (start, block, kept) in enumerate(told)
            if block.assertions
        )
        return Examined(parts=parts, told=tuple(told))

    def _reads(self, told: Told, *, kept: bool) -> tuple[Read, ...]:
        """The claims of a block with their judgements; its copies have the same."""
        _, reads = (kept and self._read.get(id(told))) or (None, None)
        if reads is None:
            judged = ((assertion, self.judgement(assertion)) for assertion in told.assertions)
            reads = tuple(Read(assertion=assertion, judgement=found) for assertion, found in judged if found)
            if kept:  # with what it was made of, so that no other can have its identity
                self._read.keep(id(told), (told, reads))
        return reads

    def _cited(self, start: int, told: Told, cited: Cited) -> tuple[Read, ...]:
        """The claims of a block that begins at ``start`` and cites."""
        reads = []
        for assertion in told.assertions:
            place = assertion.start + start, assertion.end + start
            naming = cited.naming(assertion, place)
            judgement = cited.ruled(naming, place, self.judgement(naming))
            if judgement:
                reads.append(Read(assertion=naming, judgement=judgement))
        return tuple(reads)

    def claims(self, document: Document) -> list[Assertion]:
        """The claims of a document that must be judged, one of each frame; none when it does not name the subject."""
        if self._manifest.subject and not self.names_subject(document):
            return []
        told = tell(document, self.reader)
        claims = {id(claim.frame): claim for _, block, _ in told for claim in block.assertions}.values()
        return [claim for claim in claims if not self._remembers(claim)]

    def _remembers(self, assertion: Assertion) -> bool:
        """Whether the judgement on a claim was kept; it is then remembered."""
        kept = self.kept.known(assertion) if self.kept else None
        if kept:
            self.remember(assertion, kept[0])
        return kept is not None

    def remember(self, assertion: Assertion, judgement: Judged | None) -> None:
        """Takes over the judgement on a claim that was made elsewhere."""
        self._judged.keep(id(assertion.frame), (assertion.frame, judgement))

    def judgement(self, assertion: Assertion) -> Judged | None:
        """The judgement on a claim. A sentence that was understood before has the same frame, hence the same one."""
        frame = assertion.frame
        known = self._judged.get(id(frame))
        if known is None:  # the frame is kept too, so that no other can have its identity
            known = self._judged.keep(id(frame), (frame, self._kept_or_anew(assertion)))
        return known[1]

    def _kept_or_anew(self, assertion: Assertion) -> Judged | None:
        kept = self.kept.known(assertion) if self.kept else None
        if kept:
            return kept[0]
        judgement = self._judging.judge(assertion)
        if judgement:
            judgement = judged_as_it_stands(judgement, self._library, named=assertion.frame.studies)
        if self.kept:
            self.kept.keep(assertion, judgement)
        return judgement

    def _likeness(self, assertion: Assertion) -> float:
        measure = self._judging.likeness
        return self.kept.likeness(assertion, measure) if self.kept else measure(assertion)

    def _is_on_subject(self, document: Document, told: Sequence[ToldAt]) -> bool:
        """Whether a document names what the library is about, or says what the library's wordings say without naming
        it; true for a snippet, and for a library that does not say what it is about."""
        if not self._manifest.subject or len(document.text.split(None, _BRIEF)) <= _BRIEF:
            return True
        if self.names_subject(document):
            return True
        seen = list(islice((assertion for _, block, _ in told for assertion in block.assertions), _SAMPLE))
        familiar = sum(self._likeness(assertion) >= _FAMILIAR for assertion in seen)
        return bool(seen) and familiar >= _HALF * len(seen)

    def names_subject(self, document: Document) -> bool:
        """Whether a document has a word for what the library is about."""
        subject = self._manifest.subject
        for segment in document.segments:
            for concepts in self.reader.concepts(segment.text).values():
                if any(wanted in self._lexicon.wider(concept) for concept in concepts for wanted in subject):
                    return True
        return False
