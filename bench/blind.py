"""Judges the registered source texts without their curated claims and prints how far that agrees with the curation.

``python bench/blind.py DIR`` with the folder of the texts. The figures say where the checker stands while it is built;
no command offers its verdicts yet.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from claims.collection import load_collection
from claims.cues import load_cues
from claims.documents import read_document
from claims.evaluation import Judged, Label, measure
from claims.extraction import extract
from claims.judging import judge
from claims.matching import Matcher
from claims.sources import read_texts
from claims.tagging import Tagger
from evidence import library_paths


def main(folder: Path) -> None:
    collection = load_collection(library_paths())
    texts = read_texts(collection.sources.values(), folder)
    tagger, matcher = Tagger(collection.lexicon, load_cues()), Matcher(collection.propositions, collection.lexicon)
    documents = []
    started = time.perf_counter()
    for source in collection.sources.values():
        read = []
        for found in extract(read_document(source.file, texts[source.id].encode()), tagger).assertions:
            judgement = judge(found, matcher.best(found), collection.lexicon)
            if judgement:
                read.append(Judged(start=found.start, end=found.end, verdict=judgement.verdict))
        labels = [
            Label(start=c.start, end=c.end, verdict=c.verdict, also=c.also, importance=c.importance)
            for c in source.claims
        ]
        documents.append((labels, read))
    seconds = time.perf_counter() - started
    m = measure(documents)
    print(f"{m.labels} labelled claims in {len(documents)} texts, judged in {seconds:.2f} s")
    print(f"found: precision {m.precision:.3f}, recall {m.recall:.3f}, F1 {m.f1:.3f}")
    print(f"verdict of those found: strict {m.strict / m.found:.3f}, lenient {m.lenient / m.found:.3f}")
    print(f"problems caught {m.caught} of {m.problems}; flags right {m.right_flags} of {m.flags}")
    print(f"grave problems passed as supported: {m.grave_passed} of {m.grave}")
    for label, verdict, count in m.confusion[:12]:
        print(f"  {count:4}  {label} read as {verdict}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
