"""The network that reads claims: what it is given to read, what its word counts, and that it stays out unless asked."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims import check as check_text
from claims.collection import Collection
from claims.entailing import Entailing
from claims.entailment import (
    FACTS_NAME,
    FOLDER,
    NETWORK_NAME,
    PIECES_NAME,
    Entailed,
    Facts,
    Known,
    OnnxEntailment,
    laid_out,
    load_entailment,
)
from claims.judging import Judging
from claims.word_pieces import WordPieces
from evidence.problems import LibraryError, StorageError, UsageError
from evidence.records import load_record
from tests.conftest import SMALL, TEXTS, Invoke
from tests.tiny import Engine

VERDICTS = ("supported", "overstated", "contradicted", "vague", "unsupported", "promotional")
FACTS = Facts(
    name="a network",
    sha256="0" * 64,
    base=0.5,
    comparisons=0.5,
    network=2.0,
    carries=0.7,
    claim=5,
    wording=3,
    verdicts=VERDICTS,
)
NAMES = (
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "ket",
    "##amine",
    "eases",
    "mood",
    "not",
    "true",
    "false",
    ":",
    "%",
    "5",
    "##0",
    "é",
)
PIECES = WordPieces(NAMES)
FADES = "Most people relapse within two weeks of a single infusion."


def names(numbers: list[int]) -> list[str]:
    return [NAMES[number] for number in numbers]


class Saying:
    """A network that always says the same, and remembers what it was given."""

    def __init__(self, carried: float = 0.0, **verdicts: float) -> None:
        self.facts = FACTS
        self.given: list[tuple[str, Known]] = []
        self._said = Entailed(carried=carried, verdicts={**dict.fromkeys(VERDICTS, -2.0), **verdicts})

    def read(self, claim: str, known: Known) -> Entailed:
        self.given.append((claim, known))
        return self._said


def judging(engine: Engine, network: Saying) -> Judging:
    entailing = Entailing(engine.collection, engine.forms, network)
    return Judging(engine.collection, engine.considering, engine.reader, entailing)


# Pieces of words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ketamine eases mood", ["ket", "##amine", "eases", "mood"]),
        ("50%", ["5", "##0", "%"]),
        ("not:mood", ["not", ":", "mood"]),
        ("mood\u00a0\u200bnot", ["mood", "not"]),  # a space that does not break, and one that shows nothing
        ("K\u0301et", ["ket"]),  # without its accent
        ("é", ["[UNK]"]),
        ("moody", ["[UNK]"]),
        ("ket" * 40, ["[UNK]"]),
        ("", []),
    ],
)
def test_a_text_is_cut_into_the_longest_pieces(text: str, expected: list[str]) -> None:
    assert names(PIECES.of(text)) == expected


# As the ``tokenizers`` library 0.23.3 cut them with the pieces that the network began with, all of which are kept.
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Naïve café — 50–70 % “x” µg/kg ≥3",
            "naive cafe — 50 – 70 % “ x ” µ ##g / kg ≥ ##3",
        ),
        ("漢字ab $5+3=8^2`~| <b>", "漢 [UNK] ab $ 5 + 3 = 8 ^ 2 ` ~ | < b >"),
        ("esketamine wasn't re-approved", "es ##ke ##tam ##ine wasn ' t re - approved"),
    ],
)
def test_the_packaged_pieces_are_cut_as_the_network_was_fitted(text: str, expected: str) -> None:
    pieces = (FOLDER / PIECES_NAME).read_text("utf-8").split("\n")
    assert " ".join(pieces[number] for number in WordPieces(pieces).of(text)) == expected


@given(st.text())
def test_any_text_is_cut_into_pieces_that_are_known(text: str) -> None:
    assert all(0 <= number < len(NAMES) for number in PIECES.of(text))
    assert len(PIECES.of(text)) <= 2 * len(text) + 1


def test_the_claim_stands_first_and_the_allowed_wording_before_the_bent_one() -> None:
    known = Known(context="mood", allowed="Ketamine eases", bent="Ketamine eases not mood")
    numbers, sides = laid_out(PIECES, FACTS, "Ketamine eases mood mood not mood", known)
    said = ["[CLS]", "mood", ":", "ket", "##amine", "eases", "mood", "mood", "[SEP]"]  # five pieces of the claim
    beside = ["true", ":", "ket", "##amine", "eases", "false", ":", "ket", "##amine", "eases", "[SEP]"]
    assert names(numbers) == said + beside
    assert sides == [0] * len(said) + [1] * len(beside)


def test_where_no_wording_is_near_the_claim_stands_alone() -> None:
    assert names(laid_out(PIECES, FACTS, "mood", Known())[0]) == ["[CLS]", "mood", "[SEP]", "[SEP]"]


# What its word counts


def test_a_claim_is_read_beside_the_nearest_wording_of_either_kind(engine: Engine) -> None:
    network = Saying()
    (claim,) = engine.claims(FADES)
    judging(engine, network).judge(claim)
    ((text, known),) = network.given
    near = [engine.forms.form(number) for number in engine.considering.consider(claim.frame).near]
    proposition = engine.collection.propositions["effect-fades"]
    allowed = [proposition.statement, *(wording.text for wording in proposition.wordings)]
    assert text == claim.text
    assert next(form for form in near if form.allowed).topic == "effect-fades" and known.allowed in allowed
    assert (known.bent is None) == all(form.allowed for form in near)


def test_support_is_that_of_both_by_their_weights(engine: Engine) -> None:
    (claim,) = engine.claims(FADES)
    plain = engine.considering.consider(claim.frame)
    both = Entailing(engine.collection, engine.forms, Saying(carried=-1.5)).weighed(claim, plain)
    points = math.log(plain.support / (1 - plain.support))
    expected = FACTS.base + FACTS.comparisons * points + FACTS.network * -1.5
    assert both.support == pytest.approx(1 / (1 + math.exp(-expected)))
    assert both.read == pytest.approx(expected - points)
    assert both.topics == plain.topics


def test_a_network_turns_what_the_comparisons_alone_would_say(engine: Engine) -> None:
    (claim,) = engine.claims(FADES)
    alone = engine.judging.judge(claim)
    doubted = judging(engine, Saying(carried=-5.0)).judge(claim)
    trusted = judging(engine, Saying(carried=5.0)).judge(claim)
    assert alone and doubted and trusted
    assert alone.verdict == trusted.verdict == "supported" != doubted.verdict
    assert (doubted.support or 0) < (alone.support or 0) < (trusted.support or 0)


def test_what_it_added_is_told_first_among_what_weighed(engine: Engine) -> None:
    (claim,) = engine.claims(FADES)
    judged, alone = judging(engine, Saying(carried=-5.0)).judge(claim), engine.judging.judge(claim)
    assert judged and alone
    assert judged.tally[0][0] == "network" and judged.tally[0][1] < 0
    assert judged.tally[1:] == alone.tally


@pytest.mark.parametrize(
    "text",
    [
        "In one controlled trial 97% of people with treatment-resistant depression had responded a day after one infusion.",
        "In a randomised trial 97% of people with resistant depression responded to ketamine, against 28% on midazolam.",
    ],
)
def test_no_network_carries_an_allowed_wording_with_another_figure(engine: Engine, text: str) -> None:
    (claim,) = engine.claims(text)
    assert engine.considering.consider(claim.frame).departure
    judged = judging(engine, Saying(carried=50.0)).judge(claim)
    assert judged and judged.verdict == "overstated" and "97%" in judged.reason


def test_what_nothing_is_near_is_not_read(engine: Engine) -> None:
    network = Saying(carried=50.0)
    (claim,) = engine.claims("The museum on the hill opens at nine in winter.")
    judging(engine, network).judge(claim)
    assert network.given == []


# The packaged network


def facts() -> Facts:
    return load_record(FOLDER / FACTS_NAME, Facts, name=FACTS_NAME)


def test_the_packaged_network_says_the_same_each_time_and_in_every_place() -> None:
    known = Known(context="ketamine", allowed="About half responded after one infusion.", bent="All responded.")
    first, other = OnnxEntailment(FOLDER, facts()), OnnxEntailment(FOLDER, facts())
    before = first.read("Half of the patients responded.", known)
    first.read("Something else altogether is read in between.", Known())
    assert (
        before
        == first.read("Half of the patients responded.", known)
        == other.read("Half of the patients responded.", known)
    )
    assert sum(math.exp(one) for one in before.verdicts.values()) == pytest.approx(1)
    assert tuple(before.verdicts) == VERDICTS


def test_the_packaged_network_tells_allowed_from_bent_wordings_apart(real: Collection) -> None:
    network = load_entailment()
    right = total = 0
    for proposition in list(real.propositions.values())[::12]:
        bent = [text for distortion in proposition.distortions for text in distortion.texts]
        if proposition.wordings and len(bent) > 1:
            known = Known(allowed=proposition.statement, bent=bent[0])
            allowed = network.read(proposition.wordings[0].text, known).carried
            right += allowed > network.read(bent[1], known).carried
            total += 1
    assert total > 15
    assert right >= 0.85 * total


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda folder: (folder / NETWORK_NAME).unlink(), "network.onnx: the network cannot be read"),
        (lambda folder: (folder / PIECES_NAME).write_text("a\nb"), "holds another network than network.toml names"),
        (lambda folder: (folder / NETWORK_NAME).write_bytes(b"\0" * 99), "holds another network"),
    ],
)
def test_a_damaged_network_is_told_in_one_line(tmp_path: Path, damage: object, says: str) -> None:
    folder = tmp_path / "network"
    shutil.copytree(FOLDER, folder)
    assert callable(damage)
    damage(folder)
    with pytest.raises(StorageError, match=says) as told:
        OnnxEntailment(folder, facts()).read("A claim.", Known())
    assert "\n" not in str(told.value)


# In the commands

PAGE = "Ketamine infusions ease depression within a day for many. Most people relapse within two weeks of one.\n"


@pytest.fixture
def page(claimwise: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    claimwise("library", "build", "--library", SMALL)
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    (work / "page.md").write_text(PAGE, encoding="utf-8")
    return work


def read_by(claimwise: Invoke, *arguments: object) -> tuple[str | None, bool]:
    """The network that a check names, and whether any claim was read by one."""
    told = json.loads(claimwise("check", "page.md", "--format", "json", "--library", SMALL, *arguments).stdout)
    weighed = {one["comparison"] for doc in told["documents"] for claim in doc["claims"] for one in claim["tally"]}
    return told["library"].get("model"), "network" in weighed


def test_a_network_reads_only_when_asked(claimwise: Invoke, page: Path) -> None:
    named = f"{facts().name} {facts().sha256[:8]}"
    assert read_by(claimwise) == (None, False)
    assert read_by(claimwise, "--model") == (named, True)
    assert read_by(claimwise) == (None, False)  # although judgements are kept
    (page / "claimwise.toml").write_text("model = true\n", encoding="utf-8")
    assert read_by(claimwise) == (named, True)
    assert read_by(claimwise, "--no-model") == (None, False)
    assert "model" in claimwise("config").stdout


def test_every_number_of_processes_gives_the_same(claimwise: Invoke, page: Path) -> None:
    shutil.copy(TEXTS / "page-a.txt", page)
    arguments = ("check", ".", "--model", "--format", "json", "--no-cache", "--library", SMALL)
    assert claimwise(*arguments, "--jobs", 2).stdout == claimwise(*arguments, "--jobs", 1).stdout


def test_reports_name_the_network(claimwise: Invoke, page: Path) -> None:
    for form in ("text", "markdown", "html"):
        arguments = ("check", "page.md", "--library", SMALL, "--format", form)
        assert facts().name in claimwise(*arguments, "--model").stdout
        assert facts().name not in claimwise(*arguments).stdout
    explained = claimwise("check", "page.md", "--library", SMALL, "--model", "--explain", "--all").stdout
    assert "network that read it" in " ".join(explained.split())


def test_evaluation_names_the_network(claimwise: Invoke, page: Path) -> None:
    arguments = ("evaluate", "--sources", TEXTS, "--blind", "--library", SMALL)
    told = json.loads(claimwise(*arguments, "--model", "--format", "json").stdout)
    assert told["library"]["model"].startswith(facts().name)
    assert facts().name in claimwise(*arguments, "--model").stdout
    assert facts().name not in claimwise(*arguments).stdout


def test_python_asks_for_it_too(page: Path) -> None:
    assert "model" not in check_text(PAGE, library=SMALL).library
    assert check_text(PAGE, library=SMALL, model=True).library["model"].startswith(facts().name)


def test_without_the_extra_asking_for_it_is_one_line(
    claimwise: Invoke, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_entailment.cache_clear()
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    done = claimwise("check", "page.md", "--model", "--library", SMALL)
    assert (done.exit_code, done.stdout) == (UsageError.exit_code, "")
    assert done.stderr.startswith("claimwise: the network needs onnxruntime") and done.stderr.count("\n") == 1
    assert claimwise("check", "page.md", "--library", SMALL).exit_code in (0, 1)


def test_a_check_without_it_loads_nothing_of_it(page: Path) -> None:
    script = (
        "import sys, cli\n"
        f"sys.argv = ['claimwise', 'check', 'page.md', '--library', {str(SMALL)!r}, '--no-cache']\n"
        "try:\n    cli.run()\nexcept SystemExit:\n    pass\n"
        "print([name for name in sys.modules if name in ('onnxruntime', 'numpy') or 'entail' in name])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_facts_that_are_wrong_are_refused(tmp_path: Path) -> None:
    (tmp_path / FACTS_NAME).write_text('name = "x"\n', encoding="utf-8")
    with pytest.raises(LibraryError, match=r"network\.toml"):
        load_record(tmp_path / FACTS_NAME, Facts, name=FACTS_NAME)
    assert msgspec.structs.asdict(facts())["carries"] >= 0.6
