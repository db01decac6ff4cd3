"""Input that no writer meant to give: one clear line, the right exit code, the rest of the run done, and no hang."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from claims.checked_claims import Weighed
from claims.reporters.tallies import for_and_against, in_words
from claims.scorecard import load_scorecard
from evidence.studies import amount
from tests.conftest import SMALL, Invoke

APPROVED = "Ketamine is FDA approved for depression. "
DEEP = 2_000

pytestmark = pytest.mark.usefixtures("fixed_weights")


@pytest.fixture
def check(claimwise: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Invoke:
    """Runs ``check`` in an empty folder against the small library, which is built already."""
    claimwise("library", "build", "--library", SMALL)
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return lambda *arguments, **options: claimwise("check", *arguments, "--library", SMALL, **options)


@pytest.mark.parametrize("raw", [b"", b"\xef\xbb\xbf", b" \n\t\r\n "])
@pytest.mark.parametrize("name", ["a.md", "a.html", "a.txt"])
def test_a_file_without_a_word_makes_no_claim(check: Invoke, name: str, raw: bytes) -> None:
    Path(name).write_bytes(raw)
    result = check(name)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "1 document, 0 words, 0 claims" in result.stdout


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (APPROVED.encode("utf-16"), 1),
        (APPROVED.encode("utf-16-le"), 2),
        (APPROVED.encode("utf-32"), 2),
        (("ケタミン治療。" * 30).encode("shift_jis"), 2),
        (bytes(range(1, 256)) * 10, 2),
        (f"\ufeff# Offer\r\n\r\n{APPROVED}\r\n".encode(), 1),
        (f"Offer\r\r{APPROVED}\r".encode(), 1),
    ],
)
def test_other_encodings_are_read_or_named(check: Invoke, raw: bytes, code: int) -> None:
    Path("a.md").write_bytes(raw)
    result = check("a.md")
    assert result.exit_code == code
    assert len(result.stderr.splitlines()) == (code == 2)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.html", "<div>" * DEEP + APPROVED),
        ("a.html", "<ul><li>" * DEEP + APPROVED),
        ("a.html", f"<body><p>{APPROVED}<table><tr><td>{APPROVED}<a href='x"),
        ("a.html", f"<p>{APPROVED}<!-- open"),
        ("a.html", f"<p {'a=b ' * DEEP}>{APPROVED}"),
        ("a.md", "- " * DEEP + APPROVED),
        ("a.md", "<div>\n\n" * DEEP + APPROVED),
        ("a.txt", "\n" * DEEP + APPROVED),
    ],
)
def test_deep_and_truncated_pages_are_read(check: Invoke, name: str, text: str) -> None:
    Path(name).write_text(text, encoding="utf-8")
    assert check(name).exit_code == 1


@pytest.mark.parametrize("mark", ["[", "*", "(", ">", "`", "1", "&amp;", "<", "a-", "e.g. ", "5 mg ", "\u0301"])
@pytest.mark.parametrize("name", ["a.md", "a.html", "a.txt"])
def test_no_run_of_marks_makes_a_traceback(check: Invoke, name: str, mark: str) -> None:
    Path(name).write_text(mark * DEEP + APPROVED, encoding="utf-8")
    result = check(name, "--all", "--explain")
    assert result.exit_code in (0, 1, 2)
    assert result.exception is None or isinstance(result.exception, SystemExit)


def test_a_line_of_megabytes_is_named_and_costs_seconds(check: Invoke) -> None:
    Path("a.txt").write_text("word " * 400_000, encoding="utf-8")
    begun = time.monotonic()
    result = check("a.txt", "--format", "compact")
    assert time.monotonic() - begun < 20
    assert (result.exit_code, result.stdout[:20]) == (2, "a.txt:1:1: unchecked")


def test_a_pipe_in_a_folder_is_named_and_not_waited_for(check: Invoke) -> None:
    os.mkfifo("wait.md")
    Path("good.md").write_text(APPROVED, encoding="utf-8")
    for given in (".", "wait.md"):
        result = check(given, "good.md")
        assert result.exit_code == 1
        assert result.stderr == "claimwise: wait.md: a pipe or socket, not a file; use - for standard input\n"


def test_an_empty_name_is_named(check: Invoke) -> None:
    Path("good.md").write_text(APPROVED, encoding="utf-8")
    result = check("", "good.md", "--format", "compact")
    assert (result.exit_code, result.stderr) == (1, "claimwise: '': no file has an empty name\n")
    assert result.stdout.count("\n") == 2


def test_loops_of_links_end(check: Invoke) -> None:
    Path("a").mkdir()
    Path("a/page.md").write_text(APPROVED, encoding="utf-8")
    Path("a/up").symlink_to("..")
    Path("a/self.md").symlink_to("self.md")
    result = check(".", "--format", "compact")
    assert result.stdout.count("contradicted") == 1
    assert len(result.stderr.splitlines()) == 1


def test_odd_names_stay_on_one_line(check: Invoke) -> None:
    name = "a\nb\x1b[31m\r.md"
    Path(name).write_text(APPROVED, encoding="utf-8")
    assert len(check(".", "--format", "compact").stdout.splitlines()) == 1
    assert check(".").stdout.startswith("a b [31m .md")
    assert json.loads(check(".", "--format", "json").stdout)["documents"][0]["path"] == name


def test_a_passage_of_html_is_shown_as_it_reads(check: Invoke) -> None:
    Path("a.html").write_text("<p>Ketamine is <b>FDA&nbsp;approved</b> for depression.</p>", encoding="utf-8")
    assert "“Ketamine is FDA approved for depression.”" in check("a.html").stdout


def test_the_tally_is_told_in_words_and_in_json(check: Invoke) -> None:
    Path("a.md").write_text(APPROVED, encoding="utf-8")
    told = check("a.md", "--explain").stdout
    assert "    support " in told
    assert "speaks against it: " in told
    (claim,) = json.loads(check("a.md", "--format", "json").stdout)["documents"][0]["claims"]
    assert 0 <= claim["support"] <= 1
    assert {"comparison", "weight"} == set(claim["tally"][0]) == set(Weighed.__struct_fields__)


def test_tally_phrases_are_gathered() -> None:
    tally = [("bent", -1.0), ("nearest-bent", -0.5), ("likely-other-route", -0.2), ("covered", 0.4), ("new-one", 0.1)]
    assert for_and_against(tally) == (
        ["what the allowed wordings say too", "new one"],
        ["likeness to bent wordings", "another route than in any known wording"],
    )
    assert in_words("intervention-other") == "another treatment than the evidence"
    assert in_words("cue-weasel") == "words of vagueness"
    assert in_words("result-time") == "a figure that was found for another time point"


def test_all_that_the_packaged_card_asks_for_has_a_phrase() -> None:
    card = load_scorecard()
    assert [name for name in (*card.names, *card.weights) if in_words(name) == name.replace("-", " ")] == []


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.229979466, "per-week", "0.23 per week"),
        (-0.0, None, "0"),
        (1234.56789, None, "1,234.57"),
        (0.0004, None, "0.0004"),
        (1e300, "%", "1e+300%"),
        (float("inf"), "%", "inf%"),
    ],
)
def test_figures_have_no_needless_digits(value: float, unit: str | None, text: str) -> None:
    assert amount(value, value, unit) == text
