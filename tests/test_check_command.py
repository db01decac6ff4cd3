"""``claimwise check`` as a writer and as CI use it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from claims import inputs
from tests.conftest import SMALL, TEXTS, Invoke, edit
from tests.test_cli import EXPECTED

# What is expected of a verdict follows from the small library, not from the packaged weights.
pytestmark = pytest.mark.usefixtures("fixed_weights")

APPROVED = "Ketamine is FDA approved for depression.\n"
NOT_APPROVED = "The FDA has not approved ketamine for depression.\n"
GOLDEN = {
    "check.txt": ("page-a.txt", "page-b.txt"),
    "check-all.txt": ("page-b.txt", "--all", "--explain"),
    "check-against.txt": ("page-b.txt", "--against-sources", "--verdict", "contradicted"),
    "check-blind.txt": (".", "--blind", "--all"),
    "check-compact.txt": (".", "--format", "compact"),
    "check.md": (".", "--format", "markdown"),
    "check.json": ("page-b.txt", "--format", "json", "--against-sources"),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_output_is_as_recorded(
    claimwise: Invoke, name: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(TEXTS)
    claimwise("library", "build", "--library", SMALL)
    result = claimwise("check", *GOLDEN[name], "--library", SMALL)
    assert (result.exit_code, result.stderr) == (1, "")
    file = EXPECTED / name
    if request.config.getoption("--record"):
        file.write_text(result.stdout, encoding="utf-8")
    assert result.stdout == file.read_text(encoding="utf-8")


@pytest.fixture
def check(claimwise: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Invoke:
    """Runs ``check`` in an empty folder against the small library, which is built already."""
    claimwise("library", "build", "--library", SMALL)
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return lambda *arguments, **options: claimwise("check", *arguments, "--library", SMALL, **options)


def test_a_claim_that_a_regulator_refutes_is_found_in_new_copy(check: Invoke) -> None:
    Path("draft.md").write_text(f"# Offer\n\nHello there. {APPROVED}", encoding="utf-8")
    result = check("draft.md")
    assert result.exit_code == 1
    assert "  3:14  contradicted  EV002" in result.stdout
    assert f"“{APPROVED.strip()}”" in result.stdout
    assert "FDA2023CompoundedKetamine.1" in result.stdout
    assert "better  Ketamine is not approved by the FDA for depression." in result.stdout


def test_a_right_claim_is_clean_and_shown_on_request(check: Invoke) -> None:
    Path("draft.md").write_text(NOT_APPROVED, encoding="utf-8")
    assert check("draft.md").exit_code == 0
    assert "1:1" not in check("draft.md").stdout
    assert "  1:1  supported" in check("draft.md", "--all").stdout
    assert check("draft.md", "--format", "compact").stdout == ""


def test_folders_are_searched_and_hidden_ones_left_out(check: Invoke) -> None:
    for name in ("a.md", "sub/b.html", "sub/deep/c.TXT", ".git/d.md", "node_modules/e.md", "f.py", ".g.md"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(APPROVED, encoding="utf-8")
    documents = json.loads(check(".", "--format", "json").stdout)["documents"]
    assert [d["path"] for d in documents] == ["a.md", "sub/b.html", "sub/deep/c.TXT"]


def test_a_file_named_twice_is_checked_once(check: Invoke) -> None:
    Path("a.md").write_text(APPROVED, encoding="utf-8")
    assert check("a.md", ".", "./a.md", "--format", "compact").stdout.count("contradicted") == 1


def test_standard_input_is_read(check: Invoke) -> None:
    page = b"<p>Ketamine is <b>FDA approved</b> for depression.</p>"
    result = check("-", "--stdin-filename", "draft.html", "--format", "compact", stdin=page)
    assert (result.exit_code, result.stdout[:30]) == (1, "draft.html:1:4: contradicted E")
    assert json.loads(check("-", "--format", "json", stdin=b"").stdout)["documents"][0]["path"] == "stdin"


@pytest.mark.parametrize(
    ("name", "raw", "says"),
    [
        ("gone.md", None, "gone.md: no such file or folder"),
        ("odd\x1b[31m.md", None, "odd [31m.md: no such file or folder"),
        ("bin.txt", b"\0\1\2", "bin.txt: holds NUL bytes"),
        ("page.txt", b"%PDF-1.7", "page.txt: a PDF, not a text file"),
        ("win.txt", b"Caf\xe9 terrace.", "win.txt:1: not UTF-8: read as Windows-1252"),
        (
            "empty",
            b"",
            "empty: holds no file to check (looked for .docm, .docx, .htm, .html, .markdown, .md, .pdf, .txt)",
        ),
        ("locked", b"", "locked: holds no file to check"),
        ("x" * 300, None, "file name too long"),
        ("nul\0.md", None, "embedded null byte"),
    ],
)
@pytest.mark.parametrize("beside", [APPROVED, NOT_APPROVED])
def test_what_cannot_be_read_is_one_line_and_the_rest_is_checked(
    check: Invoke, name: str, raw: bytes | None, says: str, beside: str
) -> None:
    if name in ("empty", "locked"):
        Path(name).mkdir()
    elif raw is not None:
        Path(name).write_bytes(raw)
    Path("good.md").write_text(beside, encoding="utf-8")
    result = check(name, "good.md", "--all")
    assert "1:1" in result.stdout
    assert says in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert result.exit_code == (1 if beside is APPROVED else 2)


def test_a_name_that_is_no_text_can_be_checked(check: Invoke) -> None:
    Path("caf\udce9.md").write_text(APPROVED, encoding="utf-8")
    (document,) = json.loads(check(".", "--format", "json").stdout)["documents"]
    assert document["path"] == "caf\ufffd.md"


def test_a_file_that_is_too_large_is_refused(check: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inputs, "LARGEST", 2_000_000)
    Path("big.md").write_bytes(b"x" * 2_000_001)
    result = check("big.md")
    assert (result.exit_code, result.stderr) == (2, "claimwise: big.md: larger than 2 MB; split it\n")


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ((), 1),
        (("--fail-on", "contradicted"), 1),
        (("--fail-on", "never"), 0),
        (("--verdict", "vague"), 1),
        (("--format", "json"), 1),
    ],
)
def test_the_exit_code_does_not_depend_on_what_is_shown(check: Invoke, options: tuple[str, ...], code: int) -> None:
    Path("a.md").write_text(APPROVED, encoding="utf-8")
    assert check("a.md", *options).exit_code == code


def test_json_points_into_the_file_by_code_points(check: Invoke) -> None:
    text = f"\ufeffÄ 𝛼 café.\r\n\r\n{APPROVED}"
    Path("a.md").write_bytes(text.encode())
    result = json.loads(check("a.md", "--format", "json").stdout)
    (claim,) = result["documents"][0]["claims"]
    assert text[claim["start"] : claim["end"]] == claim["text"] == APPROVED.strip()
    assert (claim["line"], claim["column"]) == (3, 1)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("a.md", "--verdict", "fine"), "unknown verdict 'fine'"),
        (("a.md", "--fail-on", "any"), "'any' is not one of"),
        (("a.md", "--format", "pdf"), "'pdf' is not one of"),
        ((), "Missing argument 'PATH...'"),
    ],
)
def test_wrong_arguments_end_in_one_line_and_exit_3(check: Invoke, arguments: tuple[str, ...], says: str) -> None:
    command = [sys.executable, "-m", "cli", "check", *arguments, "--library", str(SMALL)]
    root = Path(__file__).parent.parent
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=root)
    assert (done.returncode, done.stdout) == (3, "")
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_an_invalid_library_exits_4(claimwise: Invoke, library: Path) -> None:
    (library / "studies" / "Zarate2006.toml").write_text("bibkey = ", encoding="utf-8")
    result = claimwise("check", "a.md", "--library", library)
    assert result.exit_code == 4
    assert "not valid TOML" in result.stderr


def test_no_document_can_steer_the_terminal(check: Invoke) -> None:
    Path("a.md").write_text("Ketamine is FDA \x1b]0;x\x07approved for depression.\n", encoding="utf-8")
    for form in ("text", "compact", "markdown"):
        assert "\x1b" not in check("a.md", "--all", "--format", form).stdout
    Path("b.md").write_text("Ketamine is FDA approved | for [depression](x) `now`.\n", encoding="utf-8")
    assert "approved \\| for" in check("b.md", "--format", "markdown").stdout


@pytest.mark.parametrize("width", [40, 80, 200])
def test_output_respects_the_width_of_the_terminal(check: Invoke, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    Path("a.md").write_text(f"{APPROVED}{NOT_APPROVED}", encoding="utf-8")
    lines = check("a.md", "--all", "--explain", "--against-sources").stdout.splitlines()
    assert max(len(line) for line in lines) <= max(width, 60)


def test_a_note_of_a_provider_is_counted_but_not_shown(claimwise: Invoke, library: Path, tmp_path: Path) -> None:
    edit(library / "sources" / "b.toml", 'category = "dosing"', 'category = "dosing"\nscope = "clinic-specific"')
    result = claimwise("check", TEXTS / "page-b.txt", "--library", library)
    assert "length of a course" not in result.stdout
    assert "1 of these noted only" in result.stdout


def test_a_reader_that_goes_away_does_not_hide_the_findings(claimwise: Invoke) -> None:
    claimwise("library", "build", "--library", SMALL)
    command = (
        f"{sys.executable} -m cli check {TEXTS} --format json --library {SMALL} | head -c 1; echo ${{PIPESTATUS[0]}}"
    )
    root = Path(__file__).parent.parent
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, cwd=root)
    assert (done.stdout, done.stderr) == ("{1\n", "")
