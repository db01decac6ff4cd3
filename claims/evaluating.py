"""Reads and judges labelled documents and pairs, and gathers how far that agrees with the labels.

Without ``blind`` a registered source is judged by its curated claims, as ``check`` does it; so a claim list made by
somebody else measures the curation, and with ``blind`` the checker.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import TYPE_CHECKING, Final

import msgspec

from claims.checking import check_documents, read_by
from claims.documents import read_document
from claims.evaluation import (
    NOTHING,
    ConflictMeasures,
    Disagreement,
    Judged,
    Label,
    Measures,
    PairMeasures,
    Text,
    disagreements,
    measure,
    measure_conflicts,
    measure_pairs,
)
from claims.labelled import LabelledDocument, LabelledSet
from claims.standing import claim_as_it_stands

if TYPE_CHECKING:
    from claims.collection import Collection
    from claims.documents import Document
    from claims.engine import Judge
    from claims.sources import Claim

SCHEMA: Final = "claimwise/evaluation/1"


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """The measures over everything labelled, and each case in which reading and label part."""

    library: dict[str, str]
    blind: bool
    measures: Measures
    by_document: dict[str, Measures]
    pairs: PairMeasures
    conflicts: ConflictMeasures
    disagreements: tuple[Disagreement, ...]


def evaluate(
    labelled: LabelledSet, collection: Collection, judge: Judge, *, library_hash: str, blind: bool
) -> Evaluation:
    """Judges every document and every sentence of a pair and measures it against its labels."""
    curated = {} if blind else {source.sha256: source.claims for source in collection.sources.values()}
    texts = []
    for item in labelled.documents:
        claims = curated.get(item.document.sha256)
        judged = (
            _read(item.document, judge) if claims is None else tuple(_curated(claim, collection) for claim in claims)
        )
        document = item.document
        texts.append(
            Text(
                name=document.path,
                text=document.text,
                words=len(document.text.split()),
                labels=item.labels,
                judged=judged,
            )
        )
    members = [
        msgspec.structs.replace(m, judged=_read(read_document("sentence.txt", m.sentence.encode()), judge))
        for m in labelled.members
    ]
    conflicts, wrong = ConflictMeasures(), list[Disagreement]()
    if labelled.conflicts:
        conflicts, wrong = _conflicts(labelled, collection, judge, library_hash=library_hash, blind=blind)
    return Evaluation(
        library={"name": collection.manifest.name, "hash": library_hash, **read_by(judge.network)},
        blind=blind,
        measures=_measured(texts),
        by_document={text.name: _measured([text]) for text in texts},
        pairs=measure_pairs(members),
        conflicts=conflicts,
        disagreements=(*disagreements(texts, members), *wrong),
    )


def of_sources(collection: Collection, texts: Mapping[str, str]) -> tuple[LabelledDocument, ...]:
    """The registered sources with their curated claims as labels; ``texts`` by source id."""
    return tuple(
        LabelledDocument(
            document=read_document(source.file, texts[source.id].encode()),
            labels=tuple(
                Label(
                    start=c.start,
                    end=c.end,
                    verdict=claim_as_it_stands(c, collection.library).verdict,
                    also=c.also,
                    importance=c.importance,
                    id=c.id,
                )
                for c in source.claims
            ),
        )
        for source in collection.sources.values()
    )


def _curated(claim: Claim, collection: Collection) -> Judged:
    stands = claim_as_it_stands(claim, collection.library)
    return Judged(start=claim.start, end=claim.end, verdict=stands.verdict, reason=stands.reason)


def _read(document: Document, judge: Judge) -> tuple[Judged, ...]:
    """What the checker reads; what it could not judge counts as not read."""
    return tuple(
        Judged(
            start=read.assertion.start,
            end=read.assertion.end,
            verdict=read.judgement.verdict,
            reason=read.judgement.reason,
        )
        for read in judge.read(document)
        if read.judgement.unchecked is None
    )


def _conflicts(
    labelled: LabelledSet, collection: Collection, judge: Judge, *, library_hash: str, blind: bool
) -> tuple[ConflictMeasures, list[Disagreement]]:
    """Checks all labelled documents together and looks for the labelled pairs among the conflicts reported."""
    documents = [item.document for item in labelled.documents]
    result = check_documents(documents, collection, judge, library_hash=library_hash, blind=blind)
    labels: dict[str, list[Label]] = {}
    passages: dict[str, str] = {}
    for item in labelled.documents:
        labels.setdefault(item.document.path, []).extend(item.labels)
        passages |= {label.id: item.document.text[label.start : label.end] for label in item.labels}
    reported: dict[frozenset[str], str] = {}
    baseless = 0
    for conflict in result.conflicts:
        ends = [[one for one in labels[e.path] if one.start < e.end and e.start < one.end] for e in conflict.claims]
        baseless += all(end and all(one.verdict == "supported" for one in end) for end in ends)
        for left, right in combinations(ends, 2):
            reported |= {frozenset((a.id, b.id)): conflict.explanation for a in left for b in right}
    wrong = []
    for label in labelled.conflicts:
        explanation = reported.get(frozenset((label.a, label.b)))
        if (explanation is None) == (label.kind != NOTHING):
            sides = [" ".join(passages.get(end, f"no label {end}").split()) for end in (label.a, label.b)]
            wrong.append(
                Disagreement(
                    kind="conflict",
                    label=f"{label.a} and {label.b}",
                    document="",
                    start=0,
                    end=0,
                    expected=(NOTHING if label.kind == NOTHING else f"conflict ({label.kind})",),
                    got=NOTHING if explanation is None else "conflict",
                    passage=" | ".join(sides),
                    reason=explanation or "",
                )
            )
    return measure_conflicts(labelled.conflicts, reported, count=len(result.conflicts), baseless=baseless), wrong


def _measured(texts: Iterable[Text]) -> Measures:
    given = list(texts)
    return measure([(text.labels, text.judged) for text in given], words=sum(text.words for text in given))
