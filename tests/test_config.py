"""Settings of a project: found, read, overridden, and told with where they come from."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from claims.config import Config, Given, PerPath, Settings, find_config, load_settings, open_config
from claims.documents import read_document
from claims.globs import fits
from claims.selection import EVERY_CODE, Ruling, codes_of, selected
from claims.verdicts import RuleHit
from evidence.problems import UsageError
from tests.conftest import SMALL, Invoke
from tests.test_ignores import claim

APPROVED = "Ketamine is FDA approved for depression.\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty repository that is the working directory."""
    folder = tmp_path / "project"
    (folder / ".git").mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def run(claimwise: Invoke, project: Path, cache: Path, fixed_weights: None, monkeypatch: pytest.MonkeyPatch) -> Invoke:
    """A command in the project, against the small library, whose snapshot these tests share."""
    monkeypatch.setenv("CLAIMWISE_CACHE", str(cache))
    claimwise("library", "build", "--library", SMALL)
    return lambda *arguments, **options: claimwise(*arguments, "--library", SMALL, **options)


# Patterns


@pytest.mark.parametrize(
    ("path", "pattern", "fit"),
    [
        ("a.md", "*.md", True),
        ("deep/er/a.md", "*.md", True),
        ("deep/a.md", "/*.md", False),
        ("drafts/a.md", "drafts/", True),
        ("x/drafts/y/a.md", "drafts", True),
        ("x/drafts.md", "drafts", False),
        ("old/a.md", "old/**", True),
        ("old/x/y/a.md", "old/**/a.md", True),
        ("old/a.md", "old/**/a.md", True),
        ("new/old/a.md", "old/a.md", False),
        ("new/old/a.md", "**/old/a.md", True),
        ("page-1.html", "page-?.html", True),
        ("page-12.html", "page-?.html", False),
        ("A.md", "a.md", False),
        ("a.md", "./a.md", True),
    ],
)
def test_patterns_are_read_as_people_write_them(path: str, pattern: str, fit: bool) -> None:
    assert fits(path, pattern) is fit


def test_no_pattern_takes_long() -> None:
    assert not fits("/".join(["a" * 60] * 60), "/".join(["**", "*a*a*a*a*a*b"] * 30))


@drawn(st.lists(st.text(alphabet="abc.", min_size=1, max_size=4), min_size=1, max_size=5))
def test_every_path_fits_itself_and_what_is_above_it(parts: list[str]) -> None:
    parts = [part if part.strip(".") else f"x{part}" for part in parts]
    path = "/".join(parts)
    assert fits(path, f"/{path}")
    assert fits(f"{path}/below.md", f"/{path}/")
    assert fits(path, "**")


# Rules


def test_words_stand_for_codes() -> None:
    assert codes_of(["EV003"]) == {"EV003"}
    assert codes_of(["VG"]) == {code for code in EVERY_CODE if code.startswith("VG")}
    assert EVERY_CODE - codes_of(["default"]) == {"RF008"}
    assert "RF008" not in codes_of(["RF"])
    assert codes_of(["all"]) == EVERY_CODE


@drawn(st.sets(st.sampled_from([*sorted(EVERY_CODE), "EV", "CK", "all"])))
def test_what_could_not_be_checked_cannot_be_turned_off(words: set[str]) -> None:
    assert {"CK001", "CK003"} <= selected(["default"], words)
    assert selected(["all"], words) <= EVERY_CODE


# Files


def test_the_nearest_file_is_found_and_the_repository_ends_the_search(project: Path) -> None:
    (project.parent / "claimwise.toml").write_text("", encoding="utf-8")
    deep = project / "a" / "b"
    deep.mkdir(parents=True)
    assert find_config(deep) is None
    (project / "pyproject.toml").write_text("[tool.claimwise]\n", encoding="utf-8")
    assert find_config(deep) == project / "pyproject.toml"
    (project / "claimwise.toml").write_text("", encoding="utf-8")
    assert find_config(deep) == project / "claimwise.toml"
    (project / "a" / "pyproject.toml").write_text("[tool.other]\nclaimwise = 1\n", encoding="utf-8")
    assert find_config(deep) == project / "claimwise.toml"


def test_every_key_is_read_with_its_line(project: Path) -> None:
    file = project / "pyproject.toml"
    file.write_text(
        '[tool.claimwise]\nlibrary = "lib"\ninclude = ["*.md"]\nfail-on = "vague"\n\n'
        '[tool.claimwise.severity]\nEV003 = "note"\n\n[[tool.claimwise.per-path]]\npaths = ["old"]\nignore = ["VG"]\n',
        encoding="utf-8",
    )
    settings, origins = load_settings(file)
    assert settings == Settings(
        library="lib",
        include=("*.md",),
        fail_on="vague",
        severity={"EV003": "note"},
        per_path=(PerPath(paths=("old",), ignore=("VG",)),),
    )
    lines = {"library": 2, "include": 3, "fail-on": 4, "severity": 6, "per-path": 9}
    assert origins == {key: f"pyproject.toml:{line}" for key, line in lines.items()}
    assert open_config(project, Given()).library == project / "lib"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("\nignroe = []\n", "claimwise.toml:2: unknown key 'ignroe' (did you mean 'ignore'?)"),
        ("fail_on = 'never'\n", "claimwise.toml:1: unknown key 'fail_on' (did you mean 'fail-on'?)"),
        ("zzz = 1\n", "claimwise.toml:1: unknown key 'zzz' (use one of library, include,"),
        ("[[per-path]]\npaths = []\n[[per-path]]\npath = []\n", "claimwise.toml:4: unknown key 'path' (did you mean"),
        ("[[per-path]]\nignore = []\n", "missing required field `paths`"),
        ("ignore = ['EV0O3']\n", "claimwise.toml:1: 'EV0O3' is no rule and no family of rules; did you mean 'EV0"),
        ("[[per-path]]\npaths = []\nselect = ['ev']\n", "claimwise.toml:3: 'ev' is no rule and no family of rules"),
        ("[severity]\nXX = 'note'\n", "claimwise.toml:1: 'XX' is no rule"),
        ("[severity]\nEV003 = 'off'\n", "claimwise.toml:2: 'off' is no severity (use error, warning, note; to turn"),
        ("fail-on = 'all'\n", "claimwise.toml:1: 'all' is not a word of the vocabulary of 'fail-on'"),
        ("select = 'EV'\n", "claimwise.toml:1: expected `array`, got `str`"),
        ("select = [\n", "claimwise.toml:1: not valid TOML"),
    ],
)
def test_a_wrong_file_is_one_line_and_exit_3(run: Invoke, text: str, says: str) -> None:
    Path("claimwise.toml").write_text(text, encoding="utf-8")
    Path("a.md").write_text(APPROVED, encoding="utf-8")
    for command in ("check", "config"):
        result = run(command, "a.md")
        assert (result.exit_code, result.stdout) == (3, "")
        assert says in result.stderr
        assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(("kind", "says"), [("folder", "is no file"), ("link", "leads nowhere")])
def test_what_has_the_name_of_the_settings_and_is_no_file_is_told(project: Path, kind: str, says: str) -> None:
    file = project / "a" / "claimwise.toml"
    file.parent.mkdir(exist_ok=True)
    if kind == "folder":
        file.mkdir()
    else:
        file.symlink_to("elsewhere.toml")
    with pytest.raises(UsageError, match=rf"claimwise\.toml: {says}; expected a file of settings"):
        find_config(project / "a")


def test_a_damaged_pyproject_is_ours_to_tell_only_when_it_speaks_of_us(project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.claimwise-like\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"pyproject\.toml:1: not valid TOML"):
        open_config(project, Given())
    (project / "pyproject.toml").write_text("[tool.other\n# claimwise\n", encoding="utf-8")
    assert open_config(project, Given()).file is None


# What holds


def test_settings_for_paths_and_the_command_line_override(project: Path) -> None:
    settings = Settings(
        ignore=("VG",),
        severity={"EV": "warning", "EV003": "note"},
        per_path=(
            PerPath(paths=("old",), ignore=(), fail_on="contradicted"),
            PerPath(paths=("old/x",), severity={"EV003": "error"}),
        ),
    )
    config = Config(root=project, settings=settings)
    plain, old, deep = (config.ruling(str(project / name)) for name in ("a.md", "old/a.md", "old/x/a.md"))
    assert ("VG001" in plain.codes, plain.fail_on, plain.severity["EV003"]) == (False, "overstated", "note")
    assert ("VG001" in old.codes, old.fail_on, old.severity["EV001"]) == (True, "contradicted", "warning")
    assert (deep.fail_on, deep.severity["EV003"]) == ("contradicted", "error")
    given = Given(select=("CF",), fail_on="never")
    asked = Config(root=project, settings=settings, given=given).ruling(str(project / "old" / "a.md"))
    assert (asked.codes - {"CK001", "CK003"}, asked.fail_on) == (codes_of(["CF"]), "never")


def test_rules_that_are_not_selected_do_not_fail_and_are_counted(run: Invoke) -> None:
    Path("a.md").write_text(APPROVED, encoding="utf-8")
    result = run("check", "a.md", "--ignore", "EV")
    assert result.exit_code == 0
    assert "problems: 0 new, 1 ignored (--all lists them)" in result.stdout
    (claim,) = json.loads(run("check", "a.md", "--ignore", "EV", "--format", "json").stdout)["documents"][0]["claims"]
    assert (claim["status"], claim["status_reason"]) == ("ignored", "the rule is not selected")
    assert run("check", "a.md", "--select", "EV002").exit_code == 1
    assert run("check", "a.md", "--ignore", "EV002, EV020").exit_code == 0
    wrong = run("check", "a.md", "--select", "EV2")
    assert (wrong.exit_code, wrong.stderr.splitlines()) == (3, [wrong.stderr.strip()])


def test_the_severity_set_decides_what_fails(run: Invoke) -> None:
    Path("a.md").write_text(APPROVED, encoding="utf-8")
    Path("claimwise.toml").write_text('[severity]\nEV = "warning"\n', encoding="utf-8")
    result = run("check", "a.md")
    assert (result.exit_code, "contradicted" in result.stdout) == (0, True)
    Path("claimwise.toml").write_text('fail-on = "never"\n[severity]\nEV = "error"\n', encoding="utf-8")
    assert run("check", "a.md").exit_code == 0


@pytest.mark.parametrize(
    ("verdict", "codes", "severity", "fails"),
    [
        ("overstated", {"EV003": "error"}, {}, True),
        ("overstated", {"EV003": "error", "EV008": "error"}, {"EV008": "warning"}, True),
        ("overstated", {"EV008": "warning", "RF001": "warning"}, {"EV008": "warning"}, False),
        ("overstated", {}, {}, True),
        ("vague", {"VG001": "warning"}, {}, False),
        ("vague", {"VG001": "error"}, {"VG001": "error"}, True),
        ("promotional", {"PR002": "error"}, {"PR002": "error"}, True),
        ("supported", {"RF003": "error"}, {"RF003": "error"}, True),
        ("unsupported", {"RF003": "warning"}, {}, False),
    ],
)
def test_a_claim_fails_by_the_severity_set_else_by_its_verdict(
    verdict: str, codes: dict[str, str], severity: dict[str, str], fails: bool
) -> None:
    hits = tuple(RuleHit(code=code, message="m", severity=grade) for code, grade in codes.items())  # type: ignore[arg-type]
    page = read_document("a.md", b"One here.")
    one = msgspec.structs.replace(claim(page, "One here."), verdict=verdict, rules=hits)
    ruling = Ruling(severity=severity)  # type: ignore[arg-type]
    assert ruling.fails(one) is fails
    assert not msgspec.structs.replace(ruling, fail_on="never").fails(one)
    assert not ruling.fails(msgspec.structs.replace(one, status="baseline"))


def test_an_uncited_figure_is_told_when_it_is_selected(run: Invoke) -> None:
    Path("a.md").write_text("With ketamine 64% responded after 24 hours.\n", encoding="utf-8")
    assert "RF008" not in run("check", "a.md", "--all").stdout
    assert "RF008 uncited-figure" in run("check", "a.md", "--select", "default,RF008").stdout
    Path("claimwise.toml").write_text('select = ["default", "RF008"]\n', encoding="utf-8")
    assert "RF008 uncited-figure" in run("check", "a.md").stdout


def test_files_are_included_and_excluded(run: Invoke, project: Path) -> None:
    for name in ("a.md", "b.html", "drafts/c.md", "d.txt"):
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_text(APPROVED, encoding="utf-8")
    Path("claimwise.toml").write_text('include = ["*.md", "*.html"]\nexclude = ["drafts/"]\n', encoding="utf-8")
    documents = json.loads(run("check", ".", "--format", "json").stdout)["documents"]
    assert [d["path"] for d in documents] == ["a.md", "b.html"]
    named = run("check", "drafts/c.md")
    assert (named.exit_code, named.stderr) == (
        0,
        "claimwise: drafts/c.md: left out by the settings ('claimwise config' shows them)\n",
    )
    none = run("check", "drafts")
    assert none.exit_code == 2
    assert "drafts: holds no file that the settings let be checked (include, exclude)" in none.stderr
    piped = run("check", "-", "--stdin-filename", "drafts/x.md", stdin=APPROVED.encode())
    assert "drafts/x.md: left out" in piped.stderr


def test_the_library_of_the_file_is_used_and_the_option_beats_it(
    claimwise: Invoke, run: Invoke, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("a.md").write_text(APPROVED, encoding="utf-8")
    Path("claimwise.toml").write_text(f'library = "{SMALL.as_posix()}"\n', encoding="utf-8")
    assert "library small," in claimwise("check", "a.md").stdout
    Path("claimwise.toml").write_text('library = "nowhere"\n', encoding="utf-8")
    assert run("check", "a.md").exit_code == 1
    assert claimwise("check", "a.md").exit_code in (3, 4)
    monkeypatch.setenv("CLAIMWISE_LIBRARY", str(SMALL))
    assert "[CLAIMWISE_LIBRARY]" in claimwise("config").stdout


def test_config_says_what_holds_and_where_it_comes_from(run: Invoke) -> None:
    Path("claimwise.toml").write_text(
        'exclude = ["drafts/"]\nignore = ["VG"]\n\n[[per-path]]\npaths = ["old/**"]\nfail-on = "never"\n',
        encoding="utf-8",
    )
    told = json.loads(run("config", "--ignore", "CF", "--format", "json").stdout)
    assert (told["schema"], told["file"], told["baseline"]["entries"]) == ("claimwise/config/1", "claimwise.toml", None)
    settings = told["settings"]
    assert settings["exclude"] == {"value": ["drafts/"], "origin": "claimwise.toml:1"}
    assert settings["ignore"] == {"value": ["CF"], "origin": "command line"}
    assert settings["per-path"] == {
        "value": [{"paths": ["old/**"], "fail-on": "never"}],
        "origin": "claimwise.toml:4",
    }
    assert settings["fail-on"] == {"value": "overstated", "origin": "default"}
    assert settings["library"]["origin"] == "command line"
    lines = run("config").stdout.splitlines()
    assert "ignore     VG  [claimwise.toml:2]" in lines
    assert "per-path   old/**: fail-on never  [claimwise.toml:4]" in lines
