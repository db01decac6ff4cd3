"""Fits ``claims/data/partings.toml``: what the comparisons of two claims weigh for these not both holding.

    python bench/fit_scorecard.py --without news --without official --without plain-talk --without questions \\
        --output card.toml
    python bench/fit_partings.py --scorecard card.toml

It learns from pairs of sentences of these four files of ``bench/pages`` that a reader judged (``bench/partings.txt``),
from pairs of right claims near one topic, which all hold, and from the labelled conflicts of
``tests/labelled/fitting``.
The scorecard must not know these pages, or their claims would be judged better than those of new copy are.
``--cross`` writes nothing, and prints how well pairs are told whose pages the fit did not know. Needs scikit-learn.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
import numpy as np
from fit_scorecard import FITTING, PAGES, Bench, boosted, read_for, trees_of, write, written
from pages import read_pages
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

from claims.collection import load_collection
from claims.engine import Read
from claims.evaluation import NOTHING, Label
from claims.extraction import Assertion, extract
from claims.judging import Judging
from claims.labelled import LabelledDocument, read_labelled
from claims.pairing import Placed
from claims.partings import DOUBTFUL, PARTED, PARTINGS_FILE, Partings
from claims.sayings import said
from claims.scorecard import SCORECARD_FILE, Scorecard, load_scorecard
from claims.senses import load_senses
from evidence.paths import packaged_paths
from evidence.problems import ClaimwiseError

HEAD: Final = """\
# The points that the comparisons of two read claims with each other give for these not both holding: trees that ask for
# comparisons by their number among the names, from 0. The comparisons are named in claims/partings.py; how the points
# were fitted is in docs/evaluation.md.
"""
LABELS: Final = Path(__file__).parent / "partings.txt"
FILES: Final = ("news", "official", "plain-talk", "questions")
TOGETHER: Final = 8  # pages between which right claims are paired
RIGHT: Final = 2500  # pairs of right claims
SEED: Final = 11
ROUNDS: Final = 120
RATE: Final = 0.06
ENDS: Final = 31
BOUNDS: Final = (DOUBTFUL, PARTED, 0.6)


class Told(NamedTuple):
    """A labelled claim as it is compared."""

    page: str
    label: Label
    placed: Placed


class Pair(NamedTuple):
    page: str
    kind: str
    values: dict[str, float]
    parted: bool


class Claims:
    """Reads and judges claims with one scorecard."""

    def __init__(self, scorecard: Scorecard) -> None:
        self.bench = Bench(load_collection(packaged_paths()))
        self.bench.considering.scorecard = scorecard
        self._judging = Judging(self.bench.collection, self.bench.considering, self.bench.reader)

    def placed(self, name: str, assertion: Assertion) -> Placed | None:
        judged = self._judging.judge(assertion)
        if judged is None or judged.unchecked is not None:
            return None
        placed = said(name, Read(assertion=assertion, judgement=judged), self.bench.collection).placed
        return msgspec.structs.replace(placed, id=name) if placed else None

    def told(self, page: LabelledDocument) -> Iterator[Told]:
        """The claims read where the page has labels, each once."""
        assertions = extract(page.document, self.bench.reader).assertions
        seen: set[int] = set()
        for label in page.labels:
            assertion = read_for(label, assertions) if label.verdict != NOTHING else None
            if assertion is not None and assertion.start not in seen:
                seen.add(assertion.start)
                placed = self.placed(f"{page.document.path}:{assertion.start}", assertion)
                if placed is not None:
                    yield Told(page.document.path, label, placed)


def marked(text: str) -> str:
    """The mark by which ``bench/partings.txt`` names a sentence."""
    return hashlib.blake2b(text.encode(), digest_size=5).hexdigest()


def judged_pairs(told: dict[str, Told], partings: Partings, path: Path = LABELS) -> Iterator[Pair]:
    """The pairs that a reader judged. ClaimwiseError for a line that is none; sentences no longer read are left out."""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        kind, *names = line.split()
        if kind not in ("conflict", "none") or len(names) != 2:
            raise ClaimwiseError(f"{path.name}:{number}: expected 'conflict' or 'none' and the marks of two sentences")
        if all(name in told for name in names):
            left, right = (told[name] for name in names)
            yield Pair(left.page, "judged", partings.values(left.placed, right.placed), kind == "conflict")


def right_pairs(told: Iterable[Told], partings: Partings) -> Iterator[Pair]:
    """Pairs of right claims near one topic, of a few pages each."""
    chance = random.Random(SEED)
    right = [one for one in told if one.label.verdict == "supported"]
    pages = sorted({one.page for one in right})
    chance.shuffle(pages)
    group = {page: number // TOGETHER for number, page in enumerate(pages)}
    near: dict[tuple[int, str], list[Told]] = {}
    for one in right:
        for topic in one.placed.topics[:3]:
            near.setdefault((group[one.page], topic.topic), []).append(one)
    found = {
        (left.placed.id, right.placed.id): (left, right)
        for many in near.values()
        for left, right in chance.sample(list(combinations(many, 2)), min(3, len(many) * (len(many) - 1) // 2))
    }
    for name in chance.sample(sorted(found), min(RIGHT, len(found))):
        left, right_one = found[name]
        yield Pair(left.page, "right", partings.values(left.placed, right_one.placed), parted=False)


def labelled_pairs(claims: Claims, partings: Partings, path: Path) -> Iterator[Pair]:
    """The conflicts and look-alikes that are labelled in a folder of sets."""
    for folder in sorted(p for p in path.iterdir() if p.is_dir()):
        labelled = read_labelled([folder])
        told = (
            {one.label.id: one for page in labelled.documents for one in claims.told(page)}
            if labelled.conflicts
            else {}
        )
        for label in labelled.conflicts:
            if label.a in told and label.b in told:
                left, right = told[label.a], told[label.b]
                yield Pair(left.page, folder.name, partings.values(left.placed, right.placed), label.kind != NOTHING)


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _arguments(arguments)
    try:
        claims = Claims(load_scorecard(asked.scorecard))
        told = [one for name in FILES for page in read_pages(PAGES / f"{name}.txt") for one in _of(claims, page)]
        partings = Partings(claims.bench.collection, Scorecard(base=0.0), load_senses().opposite)
        by_mark = dict(told)
        pairs = [*judged_pairs(by_mark, partings), *right_pairs(by_mark.values(), partings)]
        pairs += labelled_pairs(claims, partings, FITTING)
    except ClaimwiseError as error:
        print(f"fit_partings: {error}", file=sys.stderr)
        return 2
    names = sorted(set().union(*(pair.values for pair in pairs)))
    table = np.array([[pair.values.get(name, 0.0) for name in names] for pair in pairs])
    parted = np.array([pair.parted for pair in pairs], dtype=int)
    print(f"pairs: {len(pairs)}, of which {parted.sum()} cannot both hold; comparisons: {len(names)}")
    if asked.cross:
        cross(pairs, table, parted)
        return 0
    base, asks, trees = trees_of(_model(table, parted), names)
    write(asked.output, written(Scorecard(base=base, names=asks, trees=trees), HEAD))
    print(f"written: {asked.output}")
    return 0


def cross(pairs: Sequence[Pair], table: np.ndarray, parted: np.ndarray) -> None:
    """How well pairs are told by fits that did not know the page of the first of the two."""
    scores = np.zeros(len(pairs))
    for known, left in GroupKFold(5).split(table, parted, [pair.page for pair in pairs]):
        scores[left] = _model(table[known], parted[known]).predict_proba(table[left])[:, 1]
    kinds = np.array([pair.kind if pair.kind in ("judged", "right") else "labelled" for pair in pairs])
    print(f"told as parted, rightly + wrongly, from {', '.join(map(str, BOUNDS))} on")
    print("pairs     parted  area")
    for kind in ("judged", "right", "labelled"):
        here, truth = scores[kinds == kind], parted[kinds == kind].astype(bool)
        area = f"{roc_auc_score(truth, here):.3f}" if truth.any() else "    –"
        parts = (f"{(here[truth] >= at).sum()}+{(here[~truth] >= at).sum()}" for at in BOUNDS)
        print(f"{kind:9} {truth.sum():6}  {area}  {'  '.join(parts)}  of {truth.sum()}+{(~truth).sum()}")


def _model(table: np.ndarray, parted: np.ndarray) -> object:
    return boosted(table, parted, np.ones(len(parted)), rounds=ROUNDS, rate=RATE, ends=ENDS)


def _of(claims: Claims, page: LabelledDocument) -> Iterator[tuple[str, Told]]:
    for one in claims.told(page):
        yield marked(page.document.text[one.label.start : one.label.end]), one


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--scorecard", type=Path, default=SCORECARD_FILE, help="one that does not know the pages")
    parser.add_argument("--output", type=Path, default=PARTINGS_FILE, help="the card to write")
    parser.add_argument("--cross", action="store_true", help="write nothing; print how well left-out pairs are told")
    return parser.parse_args(given)


if __name__ == "__main__":
    sys.exit(main())
