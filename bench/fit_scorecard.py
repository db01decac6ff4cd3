"""Fits ``claims/data/scorecard.toml``: what each comparison of a claim with the library weighs.

Needs scikit-learn and numpy, which are no dependencies of the project. Reads labelled sets, pages whose sentences carry
their labels (``bench/pages``) and labelled sentences (``bench/sentences``: a record's id, a verdict and a sentence,
parted by tabs), has the library compare every claim with the topics near it (``Considering``), and fits over those
comparisons: boosted trees of points for the evidence carrying the claim, steps for which topic is meant, and a logistic
regression for the verdict when the evidence does not. Cases made from the library's wordings, and its bent wordings,
each judged as if it were unknown, steady them. docs/evaluation.md explains the card.

    python bench/fit_scorecard.py --sources DIR --output /tmp/scorecard.toml
    python bench/fit_scorecard.py --sources DIR --leave-one-out

The held-out pages are never fitted on. With ``--leave-one-out`` nothing is written: it prints how far the card alone
agrees with each registered source, and with the held-out pages, when it was fitted without them. Deterministic.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import msgspec
from pages import read_pages

from claims.collection import Collection, load_collection
from claims.considering import Considering, said
from claims.documents import Document, read_document
from claims.engine import forms_of, reader_of
from claims.evaluating import of_sources
from claims.evaluation import GRAVE, NOTHING, OVERLAP, PROBLEMS, Label, rate
from claims.extraction import Assertion, extract
from claims.forms import FINDING, Forms
from claims.frames import Frame, FrameReader
from claims.judging import CARRIES
from claims.labelled import LabelledDocument, LabelledSet, read_labelled
from claims.metamorphic import Case, cases
from claims.propositions import Verdict
from claims.scorecard import SCORECARD_FILE, Card, Scorecard, Steps, Tree, load_scorecard
from claims.senses import load_senses
from claims.sources import read_texts
from claims.studied import Findings, load_designs
from evidence.paths import packaged_paths
from evidence.problems import ClaimwiseError

if TYPE_CHECKING:
    from typing import TypeAlias

    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[Any]

try:
    import numpy as np
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler
except ImportError:
    sys.exit("fit_scorecard: needs scikit-learn and numpy, which are no dependencies: pip install scikit-learn")

ROOT: Final = Path(__file__).resolve().parent.parent
FITTING: Final = ROOT / "tests" / "labelled" / "fitting"
HELD_OUT: Final = ROOT / "tests" / "labelled" / "held-out"
SENTENCES: Final = ROOT / "bench" / "sentences"
PAGES: Final = ROOT / "bench" / "pages"
ALONE: Final = "pairs"  # begins the name of a file of sentences that stand alone
HEAD: Final = """\
# The points that the comparisons of a claim with the library give. The trees ask for comparisons by their number among
# the names, from 0, and give points for (above 0) or against the evidence carrying the claim; "meant" gives points for
# a topic being the one meant, the first up to the first value of "at", the last beyond the last; and "verdicts" has
# what each comparison weighs for each verdict when the evidence does not carry the claim. The comparisons are named in
# claims/comparisons.py; how the points were fitted is in docs/evaluation.md.
"""
PRAISE: Final = "promotional"
PRAISED: Final = 0.5  # weight of praise in the fit of verdicts
PAGE: Final = 1.0
PAIR: Final = 0.5
TOLD_BY_SOURCE: Final = 0.75  # in the fit of verdicts, unless ambiguous
SOURCE: Final = 0.8  # five texts hold as many claims as all pages, and less of what copy is like
AMBIGUOUS: Final = 0.4  # labels that a careful reader could give on either side
SENTENCE: Final = 0.2
TWIN: Final = 0.3  # a sentence of a pair in bench/pages
SENTENCE_OF_VERDICT: Final = 0.02  # in the fit of verdicts: most bent sentences are contradicted, more than in copy
BENT_WORDING: Final = 0.05  # in the fit of verdicts
CASE: Final = 0.15
ROUNDS: Final = 150  # each adds a tree
ENDS: Final = 31  # of a tree
TREE_RATE: Final = 0.08  # how much of what a tree could correct it does
ASKED: Final = 0.3  # share of the comparisons that a question is chosen from
MEANT_ROUNDS: Final = 600  # for the topic that is meant: each adds a step to one comparison
RATE: Final = 0.06  # the same for a step
FEWEST_ROWS: Final = 20  # on each side of a step
STEP_HELD_BACK: Final = 5.0
VERDICT_C: Final = 0.006  # the smaller, the more the weights are held back
OFTEN: Final = 8  # problems that a word stands in, from which it can tell a verdict
WORDINGS: Final = 4000
WORDINGS_SEED: Final = 5
CASES_OF_A_CHANGE: Final = 200
CASES_SEED: Final = 7
SAID: Final = ("word-", "sense-")
BENT: Final = tuple(f"bent-{verdict}" for verdict in sorted(PROBLEMS))
LEAST_VERDICT: Final = 0.005
LEAST_SAID: Final = 0.06  # of a word or sense


Related = dict[str, set[str]]  # by the id of a record, the topics that tell of it


class Near(NamedTuple):
    """A topic near a claim, the comparisons with it, and what tells whether it is the one that is meant."""

    topic: str
    values: dict[str, float]
    meaning: dict[str, float]


class Values(NamedTuple):
    """The comparisons with the topic that is meant; ``bent`` those with the nearest bent wording, by its verdict;
    ``said`` the words and senses of the claim; ``near`` all topics near it."""

    topic: dict[str, float]
    bent: dict[str, float]
    said: dict[str, float]
    near: tuple[Near, ...] = ()


class Row(NamedTuple):
    """A labelled claim as the library compares it; ``group`` is a source's file name, ``page`` or ``pair``."""

    group: str
    label: Label
    frame: Frame
    values: Values
    weight: float

    @property
    def problem(self) -> bool:
        return self.label.verdict in PROBLEMS

    @property
    def praise(self) -> bool:
        """Whether it is no claim to be weighed, but may be taken for one that the evidence does not carry."""
        return self.label.verdict == PRAISE

    @property
    def ambiguous(self) -> bool:
        allowed = {self.label.verdict, *self.label.also}
        return "supported" in allowed and not allowed.isdisjoint(PROBLEMS)


class Example(NamedTuple):
    """A sentence that the library itself gives, with its verdict."""

    values: Values
    verdict: str


class Ground(NamedTuple):
    """What every fit rests on beside labelled claims."""

    wordings: list[Example]
    cases: list[Example]


class Bench:
    """The library, and how claims compare with it."""

    def __init__(self, collection: Collection) -> None:
        self.collection = collection
        self.reader: FrameReader = reader_of(collection)
        self.store = forms_of(collection)
        findings = Findings(collection.library, collection.lexicon, load_designs())
        self.considering = Considering(Forms(self.store), findings, collection.lexicon, load_senses(), load_scorecard())

    def rows(self, documents: Iterable[LabelledDocument], group: str | None, weight: float) -> Iterator[Row]:
        """One for each label that a claim was read for; group ``None``: the name of the file."""
        for item in documents:
            yield from self._of(item.document, item.labels, group or Path(item.document.path).stem[:3], weight)

    def pair_rows(self, labelled: LabelledSet) -> Iterator[Row]:
        for member in labelled.members:
            label = Label(start=0, end=len(member.sentence), verdict=member.verdict, also=member.also, importance=3)
            yield from self._of(read_document("sentence.txt", member.sentence.encode()), (label,), "pair", PAIR)

    def sentence_rows(self) -> Iterator[Row]:
        for path in sorted(SENTENCES.glob("*.tsv")):
            for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
                record, verdict, text, *more = (*line.split("\t"), "", "")
                if verdict not in {"supported", *PROBLEMS} or not text or any(more):
                    raise ClaimwiseError(f"{path.name}:{number}: expected a record's id, a verdict and a sentence")
                label = Label(start=0, end=len(text), verdict=cast("Verdict", verdict), importance=3, id=record)
                yield from self._of(read_document("sentence.txt", text.encode()), (label,), "sentence", SENTENCE)

    def told_rows(self, without: Container[str] = ()) -> Iterator[Row]:
        """One for each claim of the pages that carry their labels, but of the files named in ``without``; sentences of
        pairs are read each for itself."""
        for path in sorted(path for path in PAGES.glob("*.txt") if path.stem not in without):
            for page in read_pages(path):
                if path.name.startswith(ALONE):
                    yield from self._alone(page)
                else:
                    yield from self.rows([page], "page", PAGE)

    def _alone(self, page: LabelledDocument) -> Iterator[Row]:
        for label in page.labels:
            text = page.document.text[label.start : label.end]
            own = msgspec.structs.replace(label, start=0, end=len(text))
            yield from self._of(read_document("sentence.txt", text.encode()), (own,), "alone", TWIN)

    def wordings(self) -> list[Example]:
        """Wordings of the library, each judged as if it were not known."""
        known = [n for n, form in enumerate(self.store.forms) if form.kind != "statement"]
        chosen = random.Random(WORDINGS_SEED).sample(known, min(WORDINGS, len(known)))
        found = []
        for number in chosen:
            form = self.store.form(number)
            values = self._values(form.frame, frozenset({number}))
            if values:
                found.append(Example(values, form.verdict))
        return found

    def cases(self) -> list[Example]:
        """Metamorphic cases, as many of each change."""
        of_change: dict[str, list[Case]] = {}
        for case in cases(self.collection, self.reader):
            of_change.setdefault(case.change, []).append(case)
        chance = random.Random(CASES_SEED)
        chosen = [c for many in of_change.values() for c in chance.sample(many, min(CASES_OF_A_CHANGE, len(many)))]
        found = []
        for case in chosen:
            values = self._values(self.reader.read(case.text))
            if values:
                found.append(Example(values, "supported" if case.stands else "overstated"))
        return found

    def verdicts(self, rows: Sequence[Row], scorecard: Scorecard) -> list[str]:
        """What this card alone says of each claim."""
        self.considering.scorecard = scorecard
        found = []
        for row in rows:
            considered = self.considering.consider(row.frame)
            found.append("supported" if considered.support >= CARRIES else str(considered.verdict))
        return found

    def _of(self, document: Document, labels: Iterable[Label], group: str, weight: float) -> Iterator[Row]:
        claims = extract(document, self.reader).assertions
        for label in labels:
            claim = read_for(label, claims) if label.verdict != NOTHING else None
            values = self._values(claim.frame) if claim else None
            if claim and values:
                yield Row(group, label, claim.frame, values, weight)

    def _values(self, frame: Frame, without: frozenset[int] = frozenset()) -> Values | None:
        """``None`` when nothing is near. As ``Considering`` itself looks a verdict up."""
        considered = self.considering.consider(frame, without=without)
        if not considered.topics:
            return None
        bent = dict.fromkeys(BENT, 0.0)
        closest = max(considered.topics, key=lambda topic: topic.values["bent"] if topic.bent else 0.0)
        if closest.bent is not None:
            name = f"bent-{self.store.form(closest.bent.number).verdict}"
            if name in bent:
                bent[name] = closest.values["bent"]
        meanings = self.considering.meanings(considered.topics, considered.studied)
        told = zip(considered.topics, meanings, strict=True)
        near = tuple(Near(t.topic, _telling(t.values), _telling(meaning)) for t, meaning in told)
        return Values(near[0].values, bent, said(frame), near)


def _telling(values: dict[str, float]) -> dict[str, float]:
    """Without what is 0."""
    return {name: value for name, value in values.items() if value}


def fit(rows: Sequence[Row], ground: Ground, related: Related) -> Scorecard:
    """The card that these labelled claims and the library's own sentences give."""
    card = Scorecard(base=0.0, meant=_meant(rows, related))
    rows = [row._replace(values=_as_meant(row.values, card)) for row in rows]
    ground = Ground(*([one._replace(values=_as_meant(one.values, card)) for one in part] for part in ground))
    base, names, trees = _support(rows, ground)
    return Scorecard(base=base, names=names, trees=trees, meant=card.meant, verdicts=_verdicts(rows, ground))


def related_of(collection: Collection) -> Related:
    """By record, the topics that tell of it: a proposition and the findings it rests on, a finding and what rests on
    it."""
    related: Related = {}
    for proposition in collection.propositions.values():
        related.setdefault(proposition.id, set()).add(proposition.id)
        for link in proposition.evidence:
            related[proposition.id].add(f"{FINDING}{link.finding}")
            related.setdefault(link.finding, set()).add(proposition.id)
    for finding in collection.library.findings:
        related.setdefault(finding, set()).add(f"{FINDING}{finding}")
    return related


def _meant(rows: Sequence[Row], related: Related) -> dict[str, Steps]:
    """What tells which of the topics near a claim is the one that its record names."""
    near: list[dict[str, float]] = []
    meant: list[bool] = []
    apart: set[str] = set()  # what is not the same for all topics of a claim
    for row in rows:
        known: set[str] = set().union(*(related.get(one.strip(), ()) for one in row.label.id.split(",")))
        here = [one.topic in known for one in row.values.near]
        if any(here) and not all(here):
            first = row.values.near[0].meaning
            apart |= {name for one in row.values.near for name, value in one.meaning.items() - first.items()}
            near += [one.meaning for one in row.values.near]
            meant += here
    names = sorted(apart)
    table = np.array([[one.get(name, 0.0) for name in names] for one in near], dtype=float)
    told = np.array(meant, dtype=int)
    return _steps(boosted(table, told, np.ones(len(meant)), rounds=MEANT_ROUNDS, rate=RATE, ends=2), names)


def _as_meant(values: Values, card: Scorecard) -> Values:
    return values._replace(topic=max(values.near, key=lambda one: card.meaning(one.meaning)).values)


def _support(rows: Sequence[Row], ground: Ground) -> tuple[float, tuple[str, ...], tuple[Tree, ...]]:
    rows = [row for row in rows if not row.praise]
    names = _names(rows)
    fine = [one.verdict == "supported" for one in ground.cases]
    balance = rate(len(fine) - sum(fine), sum(fine))  # both sides weigh the same in all
    table = _table([*(row.values for row in rows), *(one.values for one in ground.cases)], names)
    carried = np.array([*(not row.problem for row in rows), *fine], dtype=int)
    weights = [row.weight * (AMBIGUOUS if row.ambiguous else 1.0) for row in rows]
    weights += [CASE * (balance if one else 1.0) for one in fine]
    return trees_of(boosted(table, carried, np.array(weights), rounds=ROUNDS, rate=TREE_RATE, ends=ENDS), names)


def boosted(table: Floats, told: Floats, weights: Floats, *, rounds: int, rate: float, ends: int) -> Any:
    return HistGradientBoostingClassifier(
        max_iter=rounds,
        learning_rate=rate,
        max_leaf_nodes=ends,
        max_features=1.0 if ends == 2 else ASKED,
        l2_regularization=STEP_HELD_BACK,
        min_samples_leaf=FEWEST_ROWS,
        early_stopping=False,
        random_state=0,
    ).fit(table, told, sample_weight=weights)


def _names(rows: Sequence[Row]) -> list[str]:
    """The comparisons that tell anything of any claim."""
    return sorted(set().union(*(row.values.topic for row in rows)))


def trees_of(model: Any, names: Sequence[str]) -> tuple[float, tuple[str, ...], tuple[Tree, ...]]:
    """The base, the comparisons that any tree asks for, and the trees."""
    nodes = [tree.nodes for (tree,) in model._predictors]
    asked = sorted({names[node["feature_idx"]] for tree in nodes for node in tree if not node["is_leaf"]})
    number = {name: i for i, name in enumerate(asked)}
    base = float(model._baseline_prediction.item())
    return base, tuple(asked), tuple(_tree(tree, [number.get(name, -1) for name in names]) for tree in nodes)


def _tree(nodes: Any, numbers: Sequence[int]) -> Tree:
    """A tree as the card keeps it: what is given at a question is what its ends give, each as often as it is reached;
    at the first question nothing is, so that all of it is given by steps."""
    leaves = {i: -1 - k for k, i in enumerate(i for i, node in enumerate(nodes) if node["is_leaf"])}
    asks = {i: k for k, i in enumerate(i for i, node in enumerate(nodes) if not node["is_leaf"])}
    at = leaves | asks

    def given(i: int) -> float:
        if nodes[i]["is_leaf"]:
            return float(nodes[i]["value"])
        sides = (int(nodes[i]["left"]), int(nodes[i]["right"]))
        return sum(given(side) * float(nodes[side]["count"]) for side in sides) / float(nodes[i]["count"])

    return Tree(
        asks=tuple(numbers[int(nodes[i]["feature_idx"])] for i in asks),
        at=tuple(round(float(nodes[i]["num_threshold"]), 6) for i in asks),
        low=tuple(at[int(nodes[i]["left"])] for i in asks),
        high=tuple(at[int(nodes[i]["right"])] for i in asks),
        points=tuple(round(given(i), 4) for i in asks),
        ends=tuple(round(float(nodes[i]["value"]), 4) for i in leaves),
    )


def _steps(model: Any, names: Sequence[str]) -> dict[str, Steps]:
    """The steps of each comparison, which give a comparison of 0 no points."""
    found: dict[str, dict[float, tuple[float, float]]] = {}
    for (tree,) in model._predictors:
        root = tree.nodes[0]
        if root["is_leaf"]:
            continue
        low, high = (float(tree.nodes[root[side]]["value"]) for side in ("left", "right"))
        parts = found.setdefault(names[root["feature_idx"]], {})
        threshold = round(float(root["num_threshold"]), 6)
        before = parts.get(threshold, (0.0, 0.0))
        parts[threshold] = before[0] + low, before[1] + high
    steps: dict[str, Steps] = {}
    for name, parts in found.items():
        at = tuple(sorted(parts))
        points = [sum(parts[t][k > i] for i, t in enumerate(at)) for k in range(len(at) + 1)]
        nothing = points[bisect_left(at, 0.0)]
        steps[name] = Steps(at=at, points=tuple(round(p - nothing, 4) + 0.0 for p in points))
    return steps


def _for_verdict(row: Row) -> float:
    """The verdict on a problem is told better by the registered texts, where two readers settled it; to take a problem
    for praise is worse than the other way round."""
    if row.praise:
        return row.weight * PRAISED
    if row.group == "sentence":
        return SENTENCE_OF_VERDICT
    return TOLD_BY_SOURCE if row.weight == SOURCE and not row.ambiguous else row.weight


def _verdicts(rows: Sequence[Row], ground: Ground) -> dict[Verdict, Card]:
    """Which verdict fits a claim that the evidence does not carry. Here an ambiguous label weighs as any other."""
    problems = [row for row in rows if row.problem or row.praise]
    bent = [one for one in ground.wordings if one.verdict in PROBLEMS]
    often = Counter(name for row in problems if row.group != "sentence" for name in row.values.said)
    names = sorted((*_names(rows), *BENT, *(name for name, times in often.items() if times >= OFTEN)))
    table = _table([*(row.values for row in problems), *(one.values for one in bent)], names)
    said = np.array([*(row.label.verdict for row in problems), *(one.verdict for one in bent)])
    weights = np.array([*(_for_verdict(row) for row in problems), *(BENT_WORDING for _ in bent)])
    cards: dict[Verdict, Card] = {}
    for verdict, coefficients, base in zip(*_regression(table, said, weights, VERDICT_C), strict=True):
        cards[verdict.item()] = Card(base=float(base), weights=_kept(names, coefficients))
    return cards


def _regression(table: Floats, said: Floats, weights: Floats, strength: float) -> tuple[Floats, Floats, Floats]:
    """Classes, coefficients and bases of a logistic regression, on the scale of the values as they are."""
    scaler = StandardScaler().fit(table, sample_weight=weights)
    model = LogisticRegression(C=strength, max_iter=5000).fit(scaler.transform(table), said, sample_weight=weights)
    coefficients = model.coef_ / scaler.scale_
    bases: Floats = model.intercept_ - coefficients @ scaler.mean_
    return model.classes_, coefficients, bases


def _table(many: Sequence[Values], names: Sequence[str]) -> Floats:
    known = [{**one.topic, **one.bent, **one.said} for one in many]
    return np.array([[one.get(name, 0.0) for name in names] for one in known], dtype=float)


def _kept(names: Sequence[str], weights: Iterable[float]) -> dict[str, float]:
    return {
        n: round(float(w), 4)
        for n, w in zip(names, weights, strict=True)
        if abs(w) > (LEAST_SAID if n.startswith(SAID) else LEAST_VERDICT)
    }


def read_for(label: Label, claims: Sequence[Assertion]) -> Assertion | None:
    """The claim that overlaps the label most, the last of equals, if it overlaps enough."""
    best: Assertion | None = None
    most = 1
    for claim in claims:
        shared = min(label.end, claim.end) - max(label.start, claim.start)
        if shared >= most:
            best, most = claim, shared
    shorter = min(label.end - label.start, best.end - best.start) if best else 0
    return best if most >= OVERLAP * shorter else None


def written(card: Scorecard, head: str = HEAD) -> str:
    """The card as its file holds it, after what ``head`` says of it."""
    lines = [head + f"base = {card.base:.4f}"]
    lines.append(f"names = [{', '.join(map(_quoted, card.names))}]")
    lines += ["", "[meant]"]
    lines += [f"{_key(n)} = {{at = {list(s.at)}, points = {list(s.points)}}}" for n, s in sorted(card.meant.items())]
    for tree in card.trees:
        lines += ["", "[[trees]]", *(f"{name} = {list(getattr(tree, name))}" for name in tree.__struct_fields__)]
    for verdict, one in sorted(card.verdicts.items()):
        lines += ["", f"[verdicts.{verdict}]", f"base = {one.base:.4f}"]
        lines += [f"[verdicts.{verdict}.weights]", *_lines(one.weights)]
    return "\n".join(lines) + "\n"


def _lines(weights: dict[str, float]) -> Iterator[str]:
    return (f"{_key(name)} = {weight:.4f}" for name, weight in sorted(weights.items()))


def _quoted(name: str) -> str:
    return f'"{name}"'


def _key(name: str) -> str:
    """A name as a key of TOML: quoted unless it is plain."""
    return name if name.replace("-", "").isalnum() and name.isascii() else f'"{name}"'


def write(path: Path, text: str) -> None:
    """Replaces the file in one step: a reader sees the old card or the new one."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def agreement(name: str, rows: Sequence[Row], got: Sequence[str]) -> str:
    """One line of the table: rates over the claims that were found."""
    both = [(row, said) for row, said in zip(rows, got, strict=True) if not row.praise]
    caught = [said in PROBLEMS for row, said in both if row.problem]
    flags = [not {row.label.verdict, *row.label.also}.isdisjoint(PROBLEMS) for row, said in both if said in PROBLEMS]
    grave = [said == "supported" for row, said in both if row.label.verdict in GRAVE and row.label.importance == 3]
    strict = rate(sum(said == row.label.verdict for row, said in both), len(both))
    lenient = rate(sum(row.label.allows(said) for row, said in both), len(both))
    flagged = f"{rate(sum(caught), len(caught)):7.3f}  {rate(sum(flags), len(flags)):11.3f}"
    return f"{name:16} {len(both):6}  {strict:6.3f}  {lenient:7.3f}  {flagged}  {sum(grave):4}/{len(grave)}"


def leave_one_out(bench: Bench, fitting: list[Row], sources: list[Row], held_out: list[Row], ground: Ground) -> None:
    related = related_of(bench.collection)
    print(f"{'left out':16} claims  strict  lenient   caught  flags right  grave passed")
    together: list[tuple[Row, str]] = []
    for name in sorted({row.group for row in sources}):
        left = [row for row in sources if row.group == name]
        card = fit([*fitting, *(row for row in sources if row.group != name)], ground, related)
        got = bench.verdicts(left, card)
        together += zip(left, got, strict=True)
        print(agreement(f"source {name}", left, got), flush=True)
    if together:
        print(agreement("all sources", [row for row, _ in together], [said for _, said in together]))
    card = fit([*fitting, *sources], ground, related)
    for group in ("page", "pair"):
        left = [row for row in held_out if row.group == group]
        print(agreement(f"held-out {group}s", left, bench.verdicts(left, card)))


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _arguments(arguments)
    try:
        bench = Bench(load_collection(packaged_paths()))
        fitting, held_out = (_labelled(bench, paths) for paths in (asked.labels, [asked.held_out]))
        fitting += bench.sentence_rows()
        fitting += bench.told_rows(asked.without)
        sources: list[Row] = []
        if asked.sources:
            texts = read_texts(bench.collection.sources.values(), asked.sources)
            sources = list(bench.rows(of_sources(bench.collection, texts), None, SOURCE))
    except ClaimwiseError as error:
        print(f"fit_scorecard: {error}", file=sys.stderr)
        return 2
    counts = Counter(row.group for row in (*fitting, *sources))
    ground = Ground(bench.wordings(), bench.cases())
    print(f"claims: {', '.join(f'{n} {group}' for group, n in sorted(counts.items()))}")
    print(f"wordings: {len(ground.wordings)}, cases: {len(ground.cases)}")
    if asked.leave_one_out:
        leave_one_out(bench, fitting, sources, held_out, ground)
        return 0
    card = fit([*fitting, *sources], ground, related_of(bench.collection))
    write(asked.output, written(card))
    print(f"written: {asked.output}")
    return 0


def _labelled(bench: Bench, paths: Sequence[Path]) -> list[Row]:
    labelled = read_labelled(paths)
    return [*bench.rows(labelled.documents, "page", PAGE), *bench.pair_rows(labelled)]


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    add: Callable[..., Any] = parser.add_argument
    add("labels", nargs="*", type=Path, default=[FITTING], help="labelled sets to fit on (tests/labelled/fitting)")
    add("--held-out", type=Path, default=HELD_OUT, help="labelled set that is only measured, never fitted on")
    add("--sources", type=Path, help="folder of the texts of the registered sources; without it they are left out")
    add("--without", action="append", default=[], help="a file of bench/pages that is left out, without its ending")
    add("--output", type=Path, default=SCORECARD_FILE, help="the card to write (claims/data/scorecard.toml)")
    add("--leave-one-out", action="store_true", help="write nothing; print agreement with what was not fitted on")
    return parser.parse_args(given)


if __name__ == "__main__":
    sys.exit(main())
