"""The commands as a person or a program uses them."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from claims.commands import COMMANDS as NAMES
from cli import application
from tests.conftest import SMALL, TEXTS, Invoke, edit

EXPECTED = Path(__file__).parent / "golden"
COMMANDS = {
    "report.txt": ("report",),
    "report-details.txt": ("report", "--details", "--sources", TEXTS),
    "report.md": ("report", "--format", "markdown"),
    "report.csv": ("report", "--format", "csv"),
    "report.json": ("report", "--format", "json", "--sources", TEXTS),
    "conflicts.txt": ("conflicts",),
    "conflicts.json": ("conflicts", "--format", "json"),
    "search.txt": ("search", "response"),
    "show-claim.txt": ("show", "b-001"),
    "show-proposition.txt": ("show", "response-24h"),
    "show-finding.txt": ("show", "Murrough2013a.1"),
    "show-reference.txt": ("show", "Murrough2013a"),
    "show-conflict.txt": ("show", "cf-course-length-a-002-b-002"),
    "where-used.txt": ("where-used", "Murrough2013a"),
    "evidence-list.txt": ("evidence", "list"),
    "evidence-table.txt": ("evidence", "table", "--outcome", "response"),
    "evidence-table.md": ("evidence", "table", "--format", "markdown"),
    "status.txt": ("library", "status", "--today", "2026-11-22"),
    "export.ris": ("library", "export", "--format", "ris"),
    "export.bib": ("library", "export", "--format", "bibtex"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_output_is_as_recorded(claimwise: Invoke, name: str, request: pytest.FixtureRequest) -> None:
    claimwise("library", "build", "--library", SMALL)
    result = claimwise(*COMMANDS[name], "--library", SMALL)
    assert (result.exit_code, result.stderr) == (0, "")
    file = EXPECTED / name
    if request.config.getoption("--record"):
        file.write_text(result.stdout, encoding="utf-8")
    assert result.stdout == file.read_text(encoding="utf-8")


def test_report_json_points_into_the_text_by_code_points(claimwise: Invoke) -> None:
    report = json.loads(claimwise("report", "--library", SMALL, "--sources", TEXTS, "--format", "json").stdout)
    assert report["schema"] == "claimwise/check/1"
    seen = 0
    for document in report["documents"]:
        text = (TEXTS / document["path"]).read_bytes().decode("utf-8")
        for claim in document["claims"]:
            assert text[claim["start"] : claim["end"]] == claim["text"]
            line = text.split("\n")[claim["line"] - 1]
            assert line[claim["column"] - 1 :].startswith(claim["text"].split("\n")[0])
            seen += 1
    assert seen == report["summary"]["claims"] == 7


def test_report_json_without_the_texts_holds_no_sentence_of_them(claimwise: Invoke) -> None:
    report = json.loads(claimwise("report", "--library", SMALL, "--format", "json").stdout)
    claims = [claim for document in report["documents"] for claim in document["claims"]]
    assert all(claim["text"] is None and claim["line"] is None for claim in claims)


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        (("--verdict", "supported"), ["a-001", "a-003"]),
        (("--verdict", "supported", "--verdict", "contradicted"), ["a-001", "a-003", "b-003"]),
        (("--category", "dosing"), ["a-002", "b-002"]),
        (("--importance", "3"), ["a-001", "a-003", "b-001", "b-003"]),
        (("--source", "b", "--importance", "2"), ["b-001", "b-002", "b-003"]),
    ],
)
def test_report_filters(claimwise: Invoke, options: tuple[str, ...], ids: list[str]) -> None:
    rows = csv.DictReader(io.StringIO(claimwise("report", "--library", SMALL, "--format", "csv", *options).stdout))
    assert [row["id"] for row in rows] == ids


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("report", "--verdict", "fine"), "unknown verdict 'fine'; use one of supported, overstated"),
        (("report", "--category", "luck"), "unknown category 'luck'"),
        (("report", "--source", "z"), "unknown source 'z'; use one of a, b"),
        (("report", "--format", "pdf"), "'pdf' is not one of"),
        (("report", "--sources", "nowhere"), "nowhere: no such folder"),
        (("report", "--nonsense"), "No such option: --nonsense"),
        (("conflicts", "--kind", "odd"), "unknown kind 'odd'"),
        (("search", "x", "--source", "z"), "unknown source 'z'; use one of a, b"),
        (("search", "x", "--slot", "route"), "'route' is not SLOT=CONCEPT"),
        (("search", "x", "--slot", "way=iv"), "unknown slot 'way'"),
        (("search", "x", "--slot", "route=nasel"), "unknown route 'nasel'; did you mean nasal?"),
        (("search", "x", "--reference", "Nobody1900"), "unknown reference 'Nobody1900'"),
        (("search", "???"), "has no word to search for"),
        (("show", "b-01"), "no record has the id 'b-01'; did you mean b-001"),
        (("show", "murrough2013A"), "did you mean Murrough2013a?"),
        (("evidence", "table", "--outcome", "respons"), "unknown outcome 'respons'; did you mean response"),
        (("evidence", "list", "--design", "trial"), "unknown design 'trial'"),
        (("library", "status", "--today", "soon"), "'soon' is not a date"),
        (("library", "check", "--sources", "nowhere"), "nowhere: no such folder"),
    ],
)
def test_wrong_arguments_end_in_one_line_and_exit_3(claimwise: Invoke, arguments: tuple[str, ...], says: str) -> None:
    claimwise("library", "build", "--library", SMALL)
    done = subprocess.run(
        [sys.executable, "-m", "cli", *arguments, "--library", str(SMALL)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 3, done
    assert done.stdout == ""
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(("folder", "says"), [("nowhere", "no such folder"), ("", "holds no library.toml")])
def test_a_folder_that_is_no_library_is_refused(claimwise: Invoke, tmp_path: Path, folder: str, says: str) -> None:
    result = claimwise("report", "--library", tmp_path / folder)
    assert result.exit_code == 3
    assert says in result.stderr


def test_an_invalid_library_exits_4_with_the_place(claimwise: Invoke, library: Path) -> None:
    (library / "studies" / "Zarate2006.toml").write_text("bibkey = ", encoding="utf-8")
    for arguments in (("report",), ("search", "x"), ("conflicts",), ("library", "build")):
        result = claimwise(*arguments, "--library", library)
        assert result.exit_code == 4
        assert "studies/Zarate2006.toml:1: not valid TOML" in result.stderr


def test_search_mends_a_misspelt_word_and_says_so(claimwise: Invoke) -> None:
    result = claimwise("search", "midazolan", "--library", SMALL)
    assert "nothing has the word 'midazolan'; looked for 'midazolam'" in result.stdout
    assert "Murrough2013a.1" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "ids"),
    [
        (("", "--slot", "population=depression", "--kind", "claim"), {"a-001", "a-003", "b-003", "b-004"}),
        (("", "--slot", "population=trd", "--kind", "claim"), {"a-001"}),
        (("", "--verdict", "contradicted"), {"b-003"}),
        (
            ("", "--slot", "comparator=placebo", "--kind", "finding"),
            {"Murrough2013a.1", "Murrough2013a.2", "Zarate2006.1", "Zarate2006.2", "Zarate2006.3"},
        ),
        (("", "--reference", "FDA2023CompoundedKetamine", "--kind", "claim"), {"a-003", "b-003"}),
        (("respond infusion", "--source", "b"), {"b-001"}),
    ],
)
def test_search_filters(claimwise: Invoke, arguments: tuple[str, ...], ids: set[str]) -> None:
    found = json.loads(claimwise("search", *arguments, "--library", SMALL, "--format", "json").stdout)
    assert {hit["id"] for hit in found["hits"]} == ids
    assert found["total"] == len(ids)


def test_search_takes_a_whole_question(claimwise: Invoke) -> None:
    found = json.loads(claimwise("search", "how long is a course?", "--library", SMALL, "--format", "json").stdout)
    assert {"a-002", "b-002"} <= {hit["id"] for hit in found["hits"]}
    assert not found["any_word"]


def test_search_says_when_no_record_has_all_the_words(claimwise: Invoke) -> None:
    result = claimwise("search", "midazolam approved", "--library", SMALL)
    assert "no record has all these words; these have some of them" in result.stdout


def test_concepts_can_be_found_and_named_by_their_words(claimwise: Invoke) -> None:
    assert "concept  trd" in claimwise("search", "resistant", "--kind", "concept", "--library", SMALL).stdout
    by_id = claimwise("evidence", "table", "--outcome", "response", "--library", SMALL).stdout
    assert claimwise("evidence", "table", "--outcome", "Response rate", "--library", SMALL).stdout == by_id


@pytest.mark.parametrize(("damage", "says"), [(b"More.", "differs from the one source a"), (None, "No such file")])
def test_a_report_on_a_text_that_changed_or_is_missing_is_incomplete(
    claimwise: Invoke, tmp_path: Path, damage: bytes | None, says: str
) -> None:
    for name in ("page-a.txt", "page-b.txt"):
        (tmp_path / name).write_bytes((TEXTS / name).read_bytes())
    page = tmp_path / "page-a.txt"
    page.unlink() if damage is None else page.write_bytes(page.read_bytes() + damage)
    result = claimwise("report", "--library", SMALL, "--sources", tmp_path)
    assert result.exit_code == 2
    assert says in result.stderr
    assert result.stdout == ""


def test_where_used_follows_findings_and_propositions(claimwise: Invoke) -> None:
    used = json.loads(claimwise("where-used", "Zarate2006", "--library", SMALL, "--format", "json").stdout)["used_by"]
    assert {(link["kind"], link["owner"]) for link in used} >= {
        ("finding", "Zarate2006.1"),
        ("proposition", "response-24h"),
        ("claim", "a-001"),
        ("conflict", "cf-response-rate-a-001-b-001"),
        ("source", "a"),
    }


def test_exports_are_complete(claimwise: Invoke, tmp_path: Path) -> None:
    whole = json.loads(claimwise("library", "export", "--format", "json", "--library", SMALL).stdout)
    assert [len(whole[k]) for k in ("references", "studies", "propositions", "sources", "conflicts")] == [3, 3, 5, 2, 3]
    for table, count in (("claims", 7), ("propositions", 5), ("findings", 6), ("references", 3), ("conflicts", 3)):
        target = tmp_path / f"{table}.csv"
        arguments = ("library", "export", "--format", "csv", "--table", table, "--output", target, "--library", SMALL)
        assert claimwise(*arguments).exit_code == 0
        assert len(list(csv.DictReader(io.StringIO(target.read_text(encoding="utf-8"))))) == count


def test_an_export_that_cannot_be_written_ends_in_one_line(claimwise: Invoke, tmp_path: Path) -> None:
    result = claimwise(
        "library", "export", "--format", "ris", "--output", tmp_path / "no" / "x.ris", "--library", SMALL
    )
    assert result.exit_code == 2
    assert "cannot be written: No such file or directory" in result.stderr


@pytest.mark.parametrize("width", [40, 80, 200])
def test_output_respects_the_width_of_the_terminal(
    claimwise: Invoke, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    claimwise("library", "build", "--library", SMALL)
    monkeypatch.setenv("COLUMNS", str(width))
    for arguments in (("report",), ("conflicts",), ("evidence", "list"), ("library", "status")):
        lines = claimwise(*arguments, "--library", SMALL).stdout.splitlines()
        assert max(len(line) for line in lines) <= max(width, 60), arguments


def test_no_record_can_steer_the_terminal(claimwise: Invoke, library: Path) -> None:
    edit(library / "lexicon" / "aspects.toml", "length of the course", "length\\u001b]0;x\\u0007 of the course")
    result = claimwise("conflicts", "--library", library)
    assert "length ]0;x  of the course" in result.stdout


def test_csv_cells_are_no_formulas(claimwise: Invoke, library: Path) -> None:
    edit(library / "sources" / "b.toml", 'paraphrase = "Nearly', 'paraphrase = "=HYPERLINK(1) Nearly')
    assert "'=HYPERLINK(1)" in claimwise("report", "--format", "csv", "--library", library).stdout
    assert "\n-7.95" not in claimwise("evidence", "table", "--format", "csv", "--library", library).stdout


def test_output_that_cannot_be_written_is_not_success(claimwise: Invoke) -> None:
    claimwise("library", "build", "--library", SMALL)
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "cli", "report", "--library", str(SMALL)]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "claimwise: the output cannot be written: No space left on device\n"


def test_an_export_follows_links_and_refuses_devices(claimwise: Invoke, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "real").write_text("old", encoding="utf-8")
    arguments = ("library", "export", "--format", "ris", "--library", SMALL, "--output")
    assert claimwise(*arguments, tmp_path / "link").exit_code == 0
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text(encoding="utf-8").startswith("TY  - ")
    for place in ("/dev/null", tmp_path):
        result = claimwise(*arguments, place)
        assert (result.exit_code, "is not a regular file" in result.stderr) == (2, True)


def test_a_report_does_not_quote_from_wrong_offsets(claimwise: Invoke, library: Path) -> None:
    edit(library / "sources" / "a.toml", "end = 100", "end = 90")
    result = claimwise("report", "--library", library, "--sources", TEXTS)
    assert result.exit_code == 2
    assert "1 of its claims do not fit the text" in result.stderr


def test_piped_output_has_no_colour(claimwise: Invoke) -> None:
    assert "\x1b" not in claimwise("report", "--library", SMALL).stdout


def test_reading_commands_load_neither_the_orm_nor_requests() -> None:
    subprocess.run(
        [sys.executable, "-m", "cli", "library", "build", "--library", str(SMALL)], check=True, capture_output=True
    )
    for arguments in (
        ["--help"],
        ["report"],
        ["search", "response"],
        ["show", "b-001"],
        ["conflicts"],
        ["check", str(TEXTS), "--blind", "--fail-on", "never"],
        ["evaluate", "--sources", str(TEXTS)],
    ):
        code = (
            "import sys, cli\n"
            f"sys.argv = ['claimwise', *{arguments!r}]\n"
            "try:\n    cli.run()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
            "heavy = {'sqlmodel', 'sqlalchemy', 'pydantic', 'requests', 'bibtexparser', 'rich'} & set(sys.modules)\n"
            "assert not heavy, heavy"
        )
        environment = {"CLAIMWISE_LIBRARY": str(SMALL)}
        import os

        done = subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, **environment}, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (arguments, done.stderr)


def test_version_and_bare_command(claimwise: Invoke) -> None:
    from evidence import __version__

    assert claimwise("--version").stdout == f"claimwise {__version__}\n"
    assert "Commands:" in claimwise().stdout


@pytest.mark.parametrize("at_once", [1, 7, 60, 10_000])
def test_what_is_printed_does_not_depend_on_how_much_is_printed_at_once(
    claimwise: Invoke, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    whole = claimwise("rule").stdout
    monkeypatch.setattr("cli._AT_ONCE", at_once)
    assert claimwise("rule").stdout == whole
    assert len(whole) > 1000


def test_every_command_is_found_by_its_name_alone() -> None:
    names = set(typer.main.get_command(application()).commands)  # type: ignore[attr-defined]
    assert names == set(NAMES)
    for name in names:
        assert name in typer.main.get_command(application(name)).commands  # type: ignore[attr-defined]
