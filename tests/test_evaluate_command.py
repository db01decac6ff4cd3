"""``claimwise evaluate``: labels in three forms, the measures, and what is wrong with a file of labels."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from claims.evaluation import Judged, Label, Member, Text, disagreements, measure, measure_pairs
from tests.conftest import SMALL, TEXTS, Invoke

# What is expected of a verdict follows from the small library, not from the packaged weights.
pytestmark = pytest.mark.usefixtures("fixed_weights")

PAGE = "Ketamine is FDA approved for depression. Do you like tea? We are simply the best.\n"


def labels_of(text: str, *items: tuple[str, str, list[str]]) -> dict[str, object]:
    labels = [
        {
            "id": f"L{n}",
            "start": text.index(words),
            "end": text.index(words) + len(words),
            "sentence": words,
            "category": "x",
            "expected_verdict": verdict,
            "also_ok": also,
            "importance": 3,
        }
        for n, (words, verdict, also) in enumerate(items, start=1)
    ]
    return {"doc": "x.md", "sha256": hashlib.sha256(text.encode()).hexdigest(), "labels": labels}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a labelled page, a claim list over the small library's texts, pairs, and something else."""
    labelled = labels_of(
        PAGE,
        ("Ketamine is FDA approved for depression.", "contradicted", []),
        ("Do you like tea?", "none", []),
        ("We are simply the best.", "promotional", []),
    )
    (tmp_path / "page-01.md").write_text(PAGE, encoding="utf-8")
    (tmp_path / "page-01.labels.json").write_text(json.dumps(labelled), encoding="utf-8")
    listed = [
        {"id": "s1", "doc": "page-b", "start": 104, "end": 143, "expected_verdict": "contradicted", "importance": 3},
        {
            "id": "s2",
            "doc": "page-b",
            "start": 32,
            "end": 66,
            "expected_verdict": "supported",
            "alt_verdicts": ["vague"],
        },
    ]
    (tmp_path / "claims.jsonl").write_text("\n".join(map(json.dumps, listed)) + "\n\n", encoding="utf-8")
    pairs = [
        {"pair_id": "p", "member": "a", "sentence": "Ketamine is FDA approved for depression.",
         "expected_verdict": "overstated", "also_ok": ["contradicted"]},
        {"pair_id": "p", "member": "b", "sentence": "The FDA has not approved ketamine for depression.",
         "expected_verdict": "supported"},
        {"pair_id": "q", "member": "a", "sentence": "Tea is warm.", "expected_verdict": "none"},
        {"pair_id": "q", "member": "b", "sentence": "Ketamine is FDA approved for depression.",
         "expected_verdict": "supported"},
    ]  # fmt: skip
    (tmp_path / "minimal-pairs.jsonl").write_text("\n".join(map(json.dumps, pairs)), encoding="utf-8")
    (tmp_path / "other.jsonl").write_text('{"a": 1}\n', encoding="utf-8")
    return tmp_path


def evaluated(claimwise: Invoke, *arguments: str | Path) -> dict[str, object]:
    result = claimwise("evaluate", *arguments, "--library", SMALL, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_a_folder_holds_labels_in_three_forms(claimwise: Invoke, folder: Path) -> None:
    claimwise("library", "build", "--library", SMALL)
    result = claimwise("evaluate", folder, "--texts", TEXTS, "--library", SMALL, "--format", "json")
    assert (
        result.stderr == f"claimwise: {folder / 'other.jsonl'}: left out, it holds no labels in a form that is known\n"
    )
    found = json.loads(result.stdout)
    assert found["schema"] == "claimwise/evaluation/1"
    assert [Path(name).name for name in found["by_document"]] == ["page-b.txt", "page-01.md"]
    assert found["measures"]["passages"] == 5
    assert found["measures"]["labels"] == 4
    assert (found["pairs"]["pairs"], found["pairs"]["right"], found["pairs"]["members_right"]) == (2, 1, 3)
    assert found["pairs"]["members_strict"] == 2


def test_a_page_of_labels_is_read_by_either_name(claimwise: Invoke, folder: Path) -> None:
    by_page = evaluated(claimwise, folder / "page-01.md")
    assert by_page == evaluated(claimwise, folder / "page-01.labels.json")
    assert by_page["measures"]["caught"] == by_page["measures"]["problems"] == 1


def test_curated_claims_are_used_unless_blind(claimwise: Invoke, folder: Path) -> None:
    arguments = (folder / "claims.jsonl", "--texts", TEXTS)
    seen = evaluated(claimwise, *arguments)
    assert seen["measures"]["confusion"] == [
        {"label": "contradicted", "got": "contradicted", "count": 1},
        {"label": "supported", "got": "overstated", "count": 1},
    ]
    assert seen["blind"] is False
    assert evaluated(claimwise, *arguments, "--blind")["blind"] is True


def test_the_registered_sources_agree_with_themselves(claimwise: Invoke) -> None:
    measures = evaluated(claimwise, "--sources", TEXTS)["measures"]
    assert (measures["f1"], measures["strict_rate"], measures["passages"]) == (1.0, 1.0, 7)


def test_each_disagreement_is_listed(claimwise: Invoke, folder: Path) -> None:
    result = claimwise("evaluate", folder, "--texts", TEXTS, "--library", SMALL, "--list")
    assert (
        "s2  expected supported (or vague), got overstated\n    “Nearly all respond to one infusion”\n" in result.stdout
    )
    assert "q/b  expected supported, got contradicted" in result.stdout
    assert "s1  expected" not in result.stdout


def test_the_text_says_what_is_measured(claimwise: Invoke) -> None:
    text = claimwise("evaluate", "--sources", TEXTS, "--library", SMALL).stdout
    for words in ("precision 1.000, recall 1.000, F1 1.000", "strict 1.000", "caught", "0 false, 0.00 per 1,000 words"):
        assert words in text


def test_labelled_conflicts_are_looked_for_among_all_documents(claimwise: Invoke, folder: Path) -> None:
    text = "The FDA has not approved ketamine for depression.\n"
    (folder / "page-02.md").write_text(text, encoding="utf-8")
    labelled = labels_of(text, ("The FDA has not approved ketamine for depression.", "supported", []))
    labelled["labels"][0]["id"] = "M1"  # type: ignore[index]
    (folder / "page-02.labels.json").write_text(json.dumps(labelled), encoding="utf-8")
    pairs = [{"a": "L1", "b": "M1", "kind": "regulatory"}, {"a": "M1", "b": "L2", "kind": "none"}]
    pairs += [{"a": "L1", "b": "L3", "kind": "numeric"}]
    (folder / "conflicts.jsonl").write_text("\n".join(map(json.dumps, pairs)), encoding="utf-8")
    found = evaluated(claimwise, folder / "page-01.md", folder / "page-02.md", folder / "conflicts.jsonl")
    assert found["conflicts"] == {"wanted": 2, "found": 1, "alike": 1, "confused": 0, "reported": 1, "baseless": 0}
    (missed,) = [one for one in found["disagreements"] if one["kind"] == "conflict"]
    assert (missed["label"], missed["expected"], missed["got"]) == ("L1 and L3", ["conflict (numeric)"], "none")


@pytest.mark.parametrize(
    ("damage", "code", "says"),
    [
        (lambda f: (f / "page-01.md").write_text("Another.", encoding="utf-8"), 2, "was made for another version"),
        (lambda f: (f / "page-01.md").unlink(), 2, "its page is not beside it (page-01.md, say)"),
        (lambda f: (f / "page-01.labels.json").write_text("{", encoding="utf-8"), 2, "not labels as expected"),
        (lambda f: (f / "page-01.labels.json").write_bytes(b"\xff\xfe"), 2, "not labels as expected"),
        (lambda f: (f / "claims.jsonl").write_text("[]\n", encoding="utf-8"), 2, "claims.jsonl:1: not labels"),
        (
            lambda f: (f / "claims.jsonl").write_text(
                '{"doc":"zz","start":0,"end":1,"expected_verdict":"vague"}', encoding="utf-8"
            ),
            2,
            "the text of document zz is not in",
        ),
        (
            lambda f: (f / "claims.jsonl").write_text(
                '{"id":"k","doc":"page-b","start":0,"end":9999,"expected_verdict":"vague"}', encoding="utf-8"
            ),
            2,
            "label k lies outside",
        ),
        (
            lambda f: (f / "claims.jsonl").write_text(
                '{"id":"k","doc":"page-b","start":0,"end":9,"expected_verdict":"fine"}', encoding="utf-8"
            ),
            2,
            "unknown verdict 'fine'",
        ),
    ],
)
def test_labels_that_do_not_fit_are_one_line_and_the_rest_is_measured(
    claimwise: Invoke, folder: Path, damage: object, code: int, says: str
) -> None:
    claimwise("library", "build", "--library", SMALL)
    damage(folder)  # type: ignore[operator]
    result = claimwise("evaluate", folder, "--texts", TEXTS, "--library", SMALL)
    assert result.exit_code == code
    spoilt, other = result.stderr.splitlines()
    assert says in spoilt
    assert "other.jsonl: left out" in other
    assert "pairs        1 of 2" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "nothing to measure against"),
        (("nowhere",), "nowhere: no such file or folder"),
        ((TEXTS,), "holds no labels (.labels.json or .jsonl files)"),
        (("--sources", "nowhere"), "nowhere: no such folder"),
    ],
)
def test_wrong_arguments_exit_3(claimwise: Invoke, arguments: tuple[str, ...], says: str) -> None:
    result = claimwise("evaluate", *arguments, "--library", SMALL)
    assert result.exit_code == 3
    assert says in result.stderr


# Measures


def test_praise_and_what_is_labelled_none_may_be_left_unread() -> None:
    labels = [
        Label(start=0, end=9, verdict="promotional"),
        Label(start=10, end=19, verdict="none"),
        Label(start=20, end=29, verdict="vague", also=("none",)),
        Label(start=30, end=39, verdict="vague"),
    ]
    got = measure([(labels, [])])
    assert (got.passages, got.labels, got.strict, got.lenient) == (4, 3, 1, 3)


def test_a_false_alarm_is_counted_by_the_words() -> None:
    label = Label(start=0, end=10, verdict="supported")
    judged = [Judged(start=0, end=10, verdict="contradicted"), Judged(start=50, end=60, verdict="unsupported")]
    got = measure([([label], judged)], words=500)
    assert (got.alarms, got.alarms_per_thousand_words) == (1, 2.0)


def test_a_pair_is_right_only_with_both_members() -> None:
    def member(pair: str, expected: str, *got: str) -> Member:
        judged = tuple(Judged(start=0, end=1, verdict=verdict) for verdict in got)
        return Member(pair=pair, name="a", sentence="x", verdict=expected, judged=judged)

    right = [member("p", "overstated", "supported", "overstated"), member("p", "none")]
    wrong = [member("q", "supported", "supported"), member("q", "contradicted", "supported")]
    got = measure_pairs([*right, *wrong])
    assert (got.pairs, got.right, got.members, got.members_right) == (2, 1, 4, 3)


def test_a_flag_on_unlabelled_words_is_listed_as_an_alarm() -> None:
    text = Text(
        name="p.md",
        text="Right words. Wrong alarm.",
        words=4,
        labels=(Label(start=0, end=12, verdict="supported", id="a"),),
        judged=(Judged(start=0, end=12, verdict="supported"), Judged(start=13, end=25, verdict="vague", reason="r")),
    )
    (found,) = disagreements([text])
    assert (found.kind, found.passage, found.got, found.reason) == ("alarm", "Wrong alarm.", "vague", "r")
