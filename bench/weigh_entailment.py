"""Finds what the network's word counts beside the scorecard's, on claims that neither was fitted on, and prints what
the two tell by themselves and together.

Needs scikit-learn, and ``onnxruntime`` (the extra ``model``). The network is the one that ``fit_entailment.py export``
wrote; its weights are written back to it. The scorecard must be one that ``fit_scorecard.py`` fitted with ``--without``
for each of the files that the network was not fitted on:

    python bench/weigh_entailment.py --scorecard /tmp/card.toml

*Both* is fitted on the other files for each file that is printed, and for what is written on all.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
from fit_entailment import WITHOUT, Gathering, as_toml
from fit_scorecard import ALONE, PAGES, read_for
from pages import read_pages
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from claims.collection import load_collection
from claims.documents import Document
from claims.entailing import Entailing
from claims.entailment import FACTS_NAME, FOLDER, Entailed, Facts, OnnxEntailment
from claims.evaluation import NOTHING, PROBLEMS, Label
from claims.extraction import extract
from claims.propositions import Verdict
from claims.scorecard import load_scorecard
from evidence.paths import packaged_paths
from evidence.records import load_record

BOUNDS: Final = (0.6, 0.65, 0.7, 0.75, 0.8)
LEAST: Final = 1e-9
PENALTY: Final = 100.0  # of the regression: so many claims and three figures need none
PRAISE: Final = "promotional"


class Told(NamedTuple):
    """A label with what the comparisons and the network say of its claim."""

    file: str
    label: Label
    points: float
    fits: dict[Verdict, float]
    entailed: Entailed

    @property
    def carried(self) -> bool:
        return self.label.verdict == "supported"

    @property
    def may_be_carried(self) -> bool:
        return "supported" in self.label.also


class Weighing(Gathering):
    """Has each claim considered and read."""

    def __init__(self, network: OnnxEntailment, scorecard: Path) -> None:
        super().__init__(load_collection(packaged_paths()))
        self.considering.scorecard = load_scorecard(scorecard)
        self._network = network
        self._entailing = Entailing(self.collection, self.considering.forms, network)

    def told(self, files: Iterable[str]) -> Iterator[Told]:
        for self.file in files:
            for page in read_pages(PAGES / f"{self.file}.txt"):
                yield from self._alone(page) if self.file.startswith(ALONE) else self.rows([page], "page", 1.0)

    def _of(self, document: Document, labels: Iterable[Label], group: str, weight: float) -> Iterator[Any]:  # noqa: ARG002
        claims = extract(document, self.reader).assertions
        for label in labels:
            claim = read_for(label, claims) if label.verdict not in (NOTHING, PRAISE) else None
            considered = self.considering.consider(claim.frame) if claim else None
            if claim and considered and considered.topics:
                support = min(max(considered.support, LEAST), 1 - LEAST)
                entailed = self._network.read(claim.text, self._entailing.known(claim, considered.near))
                points = math.log(support / (1 - support))
                yield Told(self.file, label, points, dict(considered.fits), entailed)


def given(rows: Sequence[Told]) -> Any:
    return np.array([(row.points, row.entailed.carried) for row in rows])


def fitted(rows: Sequence[Told]) -> Any:
    return LogisticRegression(C=PENALTY).fit(given(rows), [row.carried for row in rows])


def of_file(name: str, rows: Sequence[Told], both: Any) -> str:
    """One line of the table: told rightly, area under the curve, and the verdict of what is not carried told rightly;
    each by comparisons, by network and by both."""
    carried = np.array([row.carried for row in rows])
    voices = (*given(rows).T, both)
    right = [f"{((voice > 0) == carried).mean():.3f}" for voice in voices]
    areas = [f"{roc_auc_score(carried, voice):.3f}" for voice in voices]
    wrong = [row for row in rows if row.label.verdict in PROBLEMS]
    counted = [0, 0, 0]
    for row in wrong:
        one, other = row.fits, row.entailed.verdicts
        for place, fit in enumerate((one, other, {verdict: one[verdict] + other[verdict] for verdict in one})):
            among = {verdict: value for verdict, value in fit.items() if verdict in PROBLEMS}
            counted[place] += max(among, key=among.__getitem__) == row.label.verdict
    verdicts = [f"{count / max(1, len(wrong)):.3f}" for count in counted]
    return f"{name:26} {len(rows):6}   {' '.join(right)}   {' '.join(areas)}   {' '.join(verdicts)}"


def of_bound(bound: float, rows: Sequence[Told], voice: Any) -> str:
    """What is called supported from a bound on: how many in 100 are right, and how many in 100 right ones are called
    so."""
    from_here = math.log(bound / (1 - bound))
    called = [row for row, points in zip(rows, voice, strict=True) if points >= from_here]
    right = sum(row.carried or row.may_be_carried for row in called)
    found = sum(row.carried for row in called) / sum(row.carried for row in rows)
    return f"{bound:.2f}  {100 * right / len(called):5.1f}  {100 * found:5.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scorecard", type=Path, required=True)
    parser.add_argument("--network", type=Path, default=FOLDER)
    parser.add_argument("--carries", type=float, help="support from which a claim is carried (default: as it was)")
    parser.add_argument("--without", default=",".join(WITHOUT))
    asked = parser.parse_args()
    facts = load_record(asked.network / FACTS_NAME, Facts, name=FACTS_NAME)
    files = asked.without.split(",")
    rows = list(Weighing(OnnxEntailment(asked.network, facts), asked.scorecard).told(files))
    print(f"{'each: comparisons, network, both':33}   {'told rightly':17}   {'area':17}   verdict right")
    together = np.zeros(len(rows))
    for file in files:
        here = [place for place, row in enumerate(rows) if row.file == file]
        some = [rows[place] for place in here]
        together[here] = fitted([row for row in rows if row.file != file]).decision_function(given(some))
        print(of_file(file, some, together[here]))
    for name, voice in (("comparisons", given(rows)[:, 0]), ("both", together)):
        print(f"{name}: from a support on, right, found")
        for bound in BOUNDS:
            print(of_bound(bound, rows, voice))
    weighing = fitted(rows)
    comparisons, network = (round(float(weight), 3) for weight in weighing.coef_[0])
    weights = {"base": round(float(weighing.intercept_[0]), 3), "comparisons": comparisons, "network": network}
    found = msgspec.structs.replace(facts, **weights, carries=asked.carries or facts.carries)
    (asked.network / FACTS_NAME).write_text(as_toml(found), "utf-8")
    print(f"written: {weights}, carries {found.carries}")


if __name__ == "__main__":
    main()
