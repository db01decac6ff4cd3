"""Fits a small transformer that reads a claim beside the nearest wording that the library allows and the nearest that
it does not, and prints how often it tells rightly whether the evidence carries a claim that it was not fitted on.

Needs scikit-learn and what ``entailment_net.py`` names. Steps, the first of six minutes, the second of forty:

    python bench/fit_entailment.py examples --sources DIR /tmp/examples.json
    python bench/fit_entailment.py fit /tmp/examples.json --minutes 40 --output /tmp/net.safetensors
    python bench/fit_entailment.py export /tmp/examples.json /tmp/net.safetensors
    python bench/weigh_entailment.py --scorecard CARD

A second ``fit`` with ``--start /tmp/net.safetensors --seed 2 --rate 1e-4`` goes on. Files of ``bench/pages`` named by
``--without`` and the held-out sets are never fitted on; these are what is printed. How far fitting gets in so many
minutes depends on the machine. ``export`` writes what ``check --model`` reads, without weights beside the scorecard:
these are found by the last step.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
import torch
from entailment_net import CARRIED, VERDICTS, Net, Read, base_pieces, batch, export, new_net, read_net
from fit_scorecard import ALONE, FITTING, PAGES, PROBLEMS, ROOT, Bench, read_for
from pages import read_pages
from sklearn.metrics import roc_auc_score
from torch.nn import functional

from claims.collection import load_collection
from claims.considering import NEAR
from claims.documents import Document
from claims.entailing import context_of
from claims.entailment import FACTS_NAME, FOLDER, NETWORK_NAME, PIECES_NAME, Facts, Known, digest, laid_out
from claims.evaluating import of_sources
from claims.evaluation import NOTHING, Label
from claims.extraction import extract
from claims.form_reading import texts_of
from claims.frames import Frame
from claims.labelled import LabelledDocument, read_labelled
from claims.sources import read_texts
from claims.word_pieces import WordPieces
from evidence.paths import packaged_paths

HELD_OUT: Final = ("held-out", "held-out-2", "held-out-3")
WITHOUT: Final = ("news", "questions", "plain-talk", "official", "pairs-on-findings-l-to-z")
SENTENCES: Final = "sentences"
WORDINGS: Final = "wordings"
DRAWN: Final = 24_000  # wordings of the library, each read beside the others
WEIGHTS: Final = {SENTENCES: 0.6, WORDINGS: 0.4, ALONE: 0.7}
AMBIGUOUS: Final = 0.4
OF_VERDICTS: Final = 0.3  # what telling the verdict counts beside telling whether the claim is carried
ROWS: Final = 32
WINDOW: Final = 1024  # examples of which those of like length are read together
WARMING: Final = 100  # steps
FREQUENT: Final = 8_000  # pieces of words that are kept whether any example has them or not: the first are frequent
FACTS: Final = Facts(
    name="all-MiniLM-L6-v2 fitted to claims",
    sha256="",
    base=0.0,
    comparisons=1.0,
    network=0.0,
    carries=0.8,
    claim=48,
    wording=40,
    verdicts=VERDICTS,
)


class Wording(NamedTuple):
    """A wording of the library, and whether it allows it."""

    text: str
    allowed: bool


class Example(msgspec.Struct, frozen=True, array_like=True):
    """A labelled claim; ``near`` are numbers of wordings, nearest first, ``file`` where its label stands."""

    file: str
    text: str
    context: str
    verdict: str
    also: tuple[str, ...]
    near: tuple[int, ...]

    @property
    def weight(self) -> float:
        allowed = {self.verdict, *self.also}
        torn = "supported" in allowed and not allowed.isdisjoint(PROBLEMS)
        of_file = ALONE if self.file.startswith(ALONE) else self.file
        return WEIGHTS.get(of_file, 1.0) * (AMBIGUOUS if torn else 1.0)


class Examples(msgspec.Struct, frozen=True):
    """All examples with the wordings that they name by number."""

    wordings: list[Wording]
    examples: list[Example]


class Gathering(Bench):
    """Gathers examples where the scorecard's bench would compare."""

    file = ""

    def all(self, sources: Path | None) -> Iterator[Example]:
        for path in sorted(PAGES.glob("*.txt")):
            self.file = path.stem
            for page in read_pages(path):
                yield from self._alone(page) if path.name.startswith(ALONE) else self.rows([page], "page", 1.0)
        for folder in (*sorted(FITTING.iterdir()), *(ROOT / "tests" / "labelled" / name for name in HELD_OUT)):
            self.file = folder.name
            labelled = read_labelled([folder])
            yield from self.rows(labelled.documents, "page", 1.0)
            yield from self.pair_rows(labelled)
        self.file = SENTENCES
        yield from self.sentence_rows()
        self.file = "sources"
        yield from self.rows(self._of_sources(sources), None, 1.0)
        yield from self._drawn()

    def _of_sources(self, folder: Path | None) -> Iterable[LabelledDocument]:
        if folder is None:
            return ()
        return of_sources(self.collection, read_texts(self.collection.sources.values(), folder))

    def _drawn(self) -> Iterator[Example]:
        known = list(self.texts())
        for number in sorted(random.Random(3).sample(range(len(known)), min(DRAWN, len(known)))):
            form = self.store.form(number)
            near = self._near(form.frame, frozenset({number}))
            if near:
                yield Example(WORDINGS, known[number], "", form.verdict, (), near)

    def texts(self) -> Iterator[str]:
        """The words of each form, in the order of their numbers."""
        topics = dict.fromkeys(form.topic for form in self.store.forms)
        return (text for topic in topics for text in texts_of(topic, self.collection))

    def _of(self, document: Document, labels: Iterable[Label], group: str, weight: float) -> Iterator[Any]:  # noqa: ARG002
        claims = extract(document, self.reader).assertions
        for label in labels:
            claim = read_for(label, claims) if label.verdict != NOTHING else None
            near = self._near(claim.frame) if claim else ()
            if claim and near:
                also = tuple(sorted(label.also))
                context = context_of(claim, self.collection.lexicon)
                yield Example(self.file, claim.text, context, label.verdict, also, near)

    def _near(self, frame: Frame, without: frozenset[int] = frozenset()) -> tuple[int, ...]:
        forms = self.considering.forms
        return tuple(number for _, number in forms.nearest(forms.vector(frame), limit=NEAR, without=without))


def gather(output: Path, sources: Path | None) -> None:
    """Writes the examples of everything that is labelled."""
    gathering = Gathering(load_collection(packaged_paths()))
    forms = gathering.store.forms
    wordings = [Wording(text, form.allowed) for text, form in zip(gathering.texts(), forms, strict=True)]
    found = Examples(wordings=wordings, examples=list(gathering.all(sources)))
    output.write_bytes(msgspec.json.encode(found))
    print(f"{len(found.examples):,} examples, {len(wordings):,} wordings")


class Fitting:
    """Examples as the network reads them, and the fit on them."""

    def __init__(self, known: Examples) -> None:
        self._wordings = known.wordings
        self._pieces = WordPieces(base_pieces())

    def read(self, example: Example) -> Read:
        near = [self._wordings[number] for number in example.near]
        first = {allowed: next((w.text for w in near if w.allowed == allowed), None) for allowed in (True, False)}
        known = Known(context=example.context, allowed=first[True], bent=first[False])
        return laid_out(self._pieces, FACTS, example.text, known)

    def fit(self, net: Net, examples: Sequence[Example], *, minutes: float, rate: float, seed: int) -> None:
        """Goes over the examples once, or as far as the minutes reach; what is learned a step falls to nothing."""
        reads = [self.read(example) for example in examples]
        steps = list(_batches([len(pieces) for pieces, _ in reads], random.Random(seed)))
        moved = [parameter for parameter in net.parameters() if parameter.requires_grad]
        moving = torch.optim.AdamW(moved, lr=rate, weight_decay=0.01)
        started = time.monotonic()
        net.train()
        for step, rows in enumerate(steps):
            gone = max(step / len(steps), (time.monotonic() - started) / 60 / minutes)
            if gone >= 1:
                break
            for group in moving.param_groups:
                group["lr"] = rate * min(1.0, (step + 1) / WARMING) * (1 - gone)
            loss = _loss(net(*batch([reads[row] for row in rows])), [examples[row] for row in rows])
            moving.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(moved, 1.0)
            moving.step()
            if step % 100 == 99:
                print(f"{step + 1} of {len(steps)} steps, loss {loss.item():.3f}", flush=True)

    def told(self, net: Net, examples: Sequence[Example]) -> Any:
        """What the network gives for each example."""
        reads = [self.read(example) for example in examples]
        order = sorted(range(len(reads)), key=lambda row: len(reads[row][0]))
        given = torch.zeros(len(reads), 1 + len(VERDICTS))
        net.eval()
        with torch.no_grad():
            for start in range(0, len(order), 2 * ROWS):
                rows = order[start : start + 2 * ROWS]
                given[rows] = net(*batch([reads[row] for row in rows]))
        return given


def _batches(lengths: Sequence[int], chance: random.Random) -> Iterator[list[int]]:
    """Rows to be read together, in an order by chance."""
    order = list(range(len(lengths)))
    chance.shuffle(order)
    for start in range(0, len(order), WINDOW):
        window = sorted(order[start : start + WINDOW], key=lambda row: lengths[row])
        steps = [window[at : at + ROWS] for at in range(0, len(window), ROWS)]
        chance.shuffle(steps)
        yield from steps


def _loss(given: Any, examples: Sequence[Example]) -> Any:
    carried = torch.tensor([float(example.verdict == "supported") for example in examples])
    verdicts = torch.tensor([VERDICTS.index(example.verdict) for example in examples])
    weights = torch.tensor([example.weight for example in examples])
    on_carried = functional.binary_cross_entropy_with_logits(given[:, CARRIED], carried, reduction="none")
    on_verdict = functional.cross_entropy(given[:, 1:], verdicts, reduction="none")
    return ((on_carried + OF_VERDICTS * on_verdict) * weights).mean()


def report(name: str, given: Any, examples: Sequence[Example]) -> str:
    """One line of the table."""
    rows = [row for row, example in enumerate(examples) if example.verdict != "promotional"]
    carried = [examples[row].verdict == "supported" for row in rows]
    points = given[rows, CARRIED].tolist()
    rightly = sum((point > 0) == one for point, one in zip(points, carried, strict=True)) / len(rows)
    wrong = [row for row, example in enumerate(examples) if example.verdict in PROBLEMS]
    named = given[wrong][:, 2:6].argmax(1).tolist()
    told = sum(VERDICTS[1 + place] == examples[row].verdict for row, place in zip(wrong, named, strict=True))
    area = roc_auc_score(carried, points)
    return f"{name:26} {len(rows):6} {rightly:13.3f} {area:6.3f} {told / max(1, len(wrong)):14.3f}"


def write(known: Examples, net: Net, folder: Path) -> None:
    """What ``check`` reads a network with: the pieces of words that examples and wordings have, and frequent ones."""
    pieces = base_pieces()
    cut = WordPieces(pieces)
    texts = [*(wording.text for wording in known.wordings), *(example.text for example in known.examples)]
    seen = {number for text in texts for number in cut.of(text)} | {cut.unknown, cut.first, cut.last}
    alone = {number for number, piece in enumerate(pieces) if len(piece.removeprefix("##")) == 1}
    kept = sorted({*seen, *alone, *range(FREQUENT)})
    folder.mkdir(parents=True, exist_ok=True)
    export(net, kept, folder / NETWORK_NAME)
    (folder / PIECES_NAME).write_text("\n".join(pieces[number] for number in kept), "utf-8")
    sha256 = digest((folder / NETWORK_NAME).read_bytes(), (folder / PIECES_NAME).read_bytes())
    (folder / FACTS_NAME).write_text(as_toml(msgspec.structs.replace(FACTS, sha256=sha256)), "utf-8")
    print(f"{len(kept):,} of {len(pieces):,} pieces of words, {(folder / NETWORK_NAME).stat().st_size:,} bytes")


def as_toml(facts: Facts) -> str:
    """The facts as they are kept."""
    told = (f"{name} = {msgspec.json.encode(value).decode()}" for name, value in msgspec.structs.asdict(facts).items())
    return "\n".join(("# Written by bench/fit_entailment.py and bench/weigh_entailment.py.", *told, ""))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    gathered = commands.add_parser("examples")
    gathered.add_argument("examples", type=Path)
    gathered.add_argument("--sources", type=Path)
    fitted = commands.add_parser("fit")
    fitted.add_argument("examples", type=Path)
    fitted.add_argument("--output", type=Path, required=True)
    fitted.add_argument("--start", type=Path)
    fitted.add_argument("--minutes", type=float, default=40.0)
    fitted.add_argument("--rate", type=float, default=1.5e-4)
    fitted.add_argument("--seed", type=int, default=1)
    fitted.add_argument("--without", default=",".join(WITHOUT))
    exported = commands.add_parser("export")
    exported.add_argument("examples", type=Path)
    exported.add_argument("start", type=Path)
    exported.add_argument("--output", type=Path, default=FOLDER)
    given = parser.parse_args()
    if given.command == "examples":
        gather(given.examples, given.sources)
        return
    for file in filter(None, (given.examples, given.start)):
        if not file.is_file():
            sys.exit(f"fit_entailment: {file}: no such file; an earlier step writes it")
    try:
        known = msgspec.json.decode(given.examples.read_bytes(), type=Examples)
    except msgspec.DecodeError as error:
        sys.exit(f"fit_entailment: {given.examples}: {error}; 'fit_entailment.py examples' writes it anew")
    if given.command == "export":
        write(known, read_net(given.start), given.output)
        return
    torch.manual_seed(given.seed)
    apart = (*filter(None, given.without.split(",")), *HELD_OUT)
    fitting, net = Fitting(known), read_net(given.start) if given.start else new_net()
    learned = [example for example in known.examples if example.file not in apart]
    fitting.fit(net, learned, minutes=given.minutes, rate=given.rate, seed=given.seed)
    net.save(given.output)
    print(f"{'not fitted on':26} {'claims':>6} {'told rightly':>13} {'area':>6} {'verdict right':>14}")
    for name in apart:
        some = [example for example in known.examples if example.file == name]
        if some:
            print(report(name, fitting.told(net, some), some))


if __name__ == "__main__":
    main()
