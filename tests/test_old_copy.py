"""Old copy: a baseline for what was there, changed lines against a branch, and the story of a repository."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.baseline import Baseline, Entry, load_baseline, write_baseline
from claims.changed_lines import changed_since, parse_diff
from evidence.problems import StorageError, UsageError
from tests.conftest import SMALL, Invoke

APPROVED = "Ketamine is FDA approved for depression."
CURES = "Ketamine cures depression in everyone."
RIGHT = "The FDA has not approved ketamine for depression."
NAME = ".claimwise-baseline.json"


def git(*arguments: str, at: Path | None = None) -> str:
    identity = ("-c", "user.name=Ann Example", "-c", "user.email=ann@example.org", "-c", "commit.gpgsign=false")
    done = subprocess.run(
        ["git", *identity, "-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always", *arguments],
        cwd=at, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.strip()


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one committed page of old copy, as the working directory."""
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    folder = tmp_path / "project"
    (folder / "content").mkdir(parents=True)
    monkeypatch.chdir(folder)
    git("init")
    Path("content/old.md").write_text(f"# Offer\n\n{APPROVED}\n\n{CURES} {RIGHT}\n", encoding="utf-8")
    git("add", ".")
    git("commit", "-m", "old")
    return folder


@pytest.fixture
def run(claimwise: Invoke, project: Path, cache: Path, fixed_weights: None, monkeypatch: pytest.MonkeyPatch) -> Invoke:
    """A command in the project, against the small library, whose snapshot these tests share."""
    monkeypatch.setenv("CLAIMWISE_CACHE", str(cache))
    claimwise("library", "build", "--library", SMALL)
    return lambda *arguments, **options: claimwise(*arguments, "--library", SMALL, **options)


def problems(run: Invoke, *arguments: str) -> tuple[int, list[tuple[str, int, str]]]:
    """The exit code, and path, line and words of every claim that is new and more than noted."""
    result = run("check", *arguments, "--format", "json")
    found = [
        (document["path"], claim["line"], claim["text"])
        for document in json.loads(result.stdout)["documents"]
        for claim in document["claims"]
        if claim["status"] == "new" and claim["verdict"] in ("contradicted", "overstated", "vague", "unsupported")
    ]
    return result.exit_code, found


# The story


def test_a_repository_with_old_copy(run: Invoke) -> None:
    assert problems(run, "content")[0] == 1
    created = run("baseline", "create", "content", "--reason", "to be revised in spring", "--today", "2026-11-22")
    assert (created.exit_code, created.stdout) == (0, f"{NAME}: 3 findings recorded; commit the file\n")
    assert problems(run, "content") == (0, [])

    new = Path("content/new.md")
    new.write_text(f"{RIGHT}\n\nKetamine was approved by the FDA for depression.\n", encoding="utf-8")
    bad = ("content/new.md", 3, "Ketamine was approved by the FDA for depression.")
    assert problems(run, "content") == (1, [bad])
    text = run("check", "content").stdout
    assert "problems: 1 new, 2 in the baseline (--all lists them)" in text
    assert CURES not in text
    assert "status  baseline: to be revised in spring (2026-11-22)" in run("check", "content", "--all").stdout

    comment = "<!-- claimwise-ignore EV -- as the old leaflet said until=2027-01-01 -->"
    new.write_text(f"{RIGHT}\n\n{comment}\n{bad[2]}\n", encoding="utf-8")
    assert problems(run, "content", "--today", "2027-01-01") == (0, [])
    assert "1 ignored" in run("check", "content", "--today", "2027-01-01").stdout
    code, found = problems(run, "content", "--today", "2027-01-02")
    assert (code, [words for _, _, words in found]) == (1, [bad[2]])
    assert "CK005 invalid-ignore: it expired on 2027-01-01" in run("check", "content", "--today", "2027-01-02").stdout


# Baseline


def test_moved_lines_and_reflowed_paragraphs_stay_in_the_baseline(run: Invoke) -> None:
    run("baseline", "create", "content")
    reflowed = CURES.replace(" in ", "\n  in ")
    quoted = APPROVED.replace(" for ", " for\n> ")
    page = "\n".join(["Hello there."] * 10) + f"\n\n{RIGHT}\n{reflowed}\n\n> {quoted}\n"
    Path("content/old.md").write_text(page, encoding="utf-8")
    assert problems(run, "content") == (0, [])


def test_a_sentence_told_once_more_is_new(run: Invoke) -> None:
    run("baseline", "create", "content")
    Path("content/old.md").write_text(f"{APPROVED}\n\n{CURES}\n\n{APPROVED}\n", encoding="utf-8")
    code, found = problems(run, "content")
    assert (code, [words for _, _, words in found]) == (1, [APPROVED])


def test_update_drops_what_is_gone_and_adds_nothing(run: Invoke, project: Path) -> None:
    Path("content/other.md").write_text(f"{APPROVED}\n", encoding="utf-8")
    Path("side.md").write_text(f"{APPROVED}\n", encoding="utf-8")
    run("baseline", "create", ".")
    Path("content/old.md").write_text(f"{APPROVED}\n\n{APPROVED}\n", encoding="utf-8")
    Path("content/other.md").unlink()
    Path("side.md").write_text(f"{RIGHT}\n", encoding="utf-8")
    result = run("baseline", "update", "content")
    assert result.exit_code == 0
    *told, _ = result.stdout.splitlines()
    assert [line for line in told if ": CF" not in line] == [
        f"content/old.md: PR001 {CURES} …",
        "content/other.md: EV002 Ketamine is FDA approved for depression. …",
    ]
    baseline = load_baseline(project / NAME, name=NAME)
    assert baseline is not None
    assert [e.path for e in baseline.entries if e.code[:2] != "CF"] == ["content/old.md", "side.md"]
    before = Path(NAME).read_bytes()
    assert "0 dropped" in run("baseline", "update", "content").stdout
    assert Path(NAME).read_bytes() == before


def test_a_file_that_cannot_be_read_keeps_its_entries(run: Invoke) -> None:
    run("baseline", "create", ".")
    Path("content/old.md").write_bytes(b"\0\1")
    result = run("baseline", "update", ".")
    assert (result.exit_code, "0 dropped" in result.stdout) == (2, True)


def test_show_lists_the_entries_with_reason_and_date(run: Invoke, claimwise: Invoke) -> None:
    run("baseline", "create", ".", "--reason", "old", "--today", "2026-11-22")
    shown = claimwise("baseline", "show").stdout
    assert shown.splitlines()[0] == "content/old.md"
    assert "EV002" in shown
    assert "(old, 2026-11-22)" in shown
    (first, *_) = json.loads(claimwise("baseline", "show", "--format", "json").stdout)["entries"]
    assert (first["path"], first["code"], first["date"]) == ("content/old.md", "CF002", "2026-11-22")
    assert len(first["text"].split()) <= 6


def test_a_conflict_of_old_copy_is_in_the_baseline_and_a_new_one_is_not(run: Invoke) -> None:
    def told() -> list[str]:
        return [line for line in run("check", "content", "--format", "compact").stdout.splitlines() if "CF" in line]

    Path("content/old.md").write_text(f"{RIGHT}\n", encoding="utf-8")
    Path("content/offer.md").write_text(f"{APPROVED}\n", encoding="utf-8")
    assert told()
    run("baseline", "create", "content")
    assert told() == []
    assert "1 conflict: 1 of severity 3, 1 in the baseline" in run("check", "content").stdout
    (log,) = json.loads(run("check", "content", "--format", "sarif").stdout)["runs"]
    assert {result["baselineState"] for result in log["results"]} == {"unchanged"}
    assert any("CF" in line for line in run("check", "content", "--all", "--format", "compact").stdout.splitlines())

    Path("content/offer.md").write_text(f"Hello.\n\n\n{APPROVED}\n", encoding="utf-8")  # moved
    assert told() == []
    Path("content/more.md").write_text("The agency has not approved ketamine for depression.\n", encoding="utf-8")
    assert len(told()) == 1
    assert "more.md" in told()[0]


def test_a_conflict_stays_in_the_baseline_until_all_of_its_files_were_looked_at(run: Invoke, project: Path) -> None:
    Path("content/old.md").write_text(f"{RIGHT}\n", encoding="utf-8")
    Path("content/offer.md").write_text(f"{APPROVED}\n", encoding="utf-8")
    run("baseline", "create", "content")
    assert "0 dropped" in run("baseline", "update", "content/offer.md").stdout
    Path("content/old.md").unlink()
    assert "1 dropped" in run("baseline", "update", "content/offer.md").stdout
    baseline = load_baseline(project / NAME, name=NAME)
    assert baseline is not None
    assert [(entry.path, entry.code, entry.others) for entry in baseline.entries] == [("content/offer.md", "EV002", ())]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("create", "."), f"{NAME} is there already; 'claimwise baseline update' drops what is gone"),
        (("create", ".", "--reason", " "), "a baseline needs a reason"),
        (("update", "-"), "a baseline is of files; name the file instead of -"),
    ],
)
def test_what_a_baseline_refuses(run: Invoke, arguments: tuple[str, ...], says: str) -> None:
    run("baseline", "create", ".")
    before = Path(NAME).read_bytes()
    result = run("baseline", *arguments)
    assert (result.exit_code, len(result.stderr.splitlines())) == (3, 1)
    assert says in result.stderr
    assert Path(NAME).read_bytes() == before


def test_without_a_baseline_show_and_update_say_how_to_make_one(run: Invoke, claimwise: Invoke) -> None:
    for result in (claimwise("baseline", "show"), run("baseline", "update", ".")):
        assert (result.exit_code, result.stderr) == (
            3,
            f"claimwise: {NAME}: no baseline; 'claimwise baseline create PATH' makes one\n",
        )


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"schema": "claimwise/baseline/2", "entries": []}',
        b'{"schema": "claimwise/baseline/1", "entries": [{"path": "a.md"}]}',
        b'{"schema": "claimwise/baseline/1", "entrys": []}',
        b"<<<<<<< HEAD\n{}",
        b"[" * 100_000,
    ],
)
def test_a_damaged_baseline_is_one_line_and_exit_3(run: Invoke, raw: bytes) -> None:
    Path(NAME).write_bytes(raw)
    for arguments in (("check", "content"), ("baseline", "update", "content"), ("config",)):
        result = run(*arguments)
        assert (result.exit_code, result.stdout, len(result.stderr.splitlines())) == (3, "", 1)
        assert f"{NAME}: not a baseline: " in result.stderr
    assert Path(NAME).read_bytes() == raw


WORDS = st.text(min_size=1, max_size=20)


@given(st.lists(st.builds(Entry, path=WORDS, code=WORDS, text=WORDS, reason=WORDS, date=st.dates(), fingerprint=WORDS)))
def test_a_baseline_comes_back_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, entries: list[Entry]
) -> None:
    file = tmp_path_factory.getbasetemp() / "round-trip.json"
    baseline = Baseline(entries=tuple(entries))
    write_baseline(file, baseline)
    assert load_baseline(file, name="b") == baseline


def test_a_baseline_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / NAME
    entry = Entry(path="a", code="EV001", text="t", reason="r", date=dt.date(2026, 1, 1), fingerprint="f")
    write_baseline(file, Baseline(entries=(entry,)))
    before = file.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        write_baseline(file, Baseline())
    assert [path.name for path in tmp_path.iterdir()] == [NAME]
    assert file.read_bytes() == before


# Changed lines


def test_only_changed_lines_since_the_branch_was_left_count(run: Invoke, project: Path) -> None:
    git("checkout", "-b", "work")
    with Path("content/old.md").open("a", encoding="utf-8") as page:
        page.write("\nKetamine was approved by the FDA for depression.\n")
    git("commit", "-am", "work")
    git("checkout", "main")
    Path("content/late.md").write_text(f"{APPROVED}\n", encoding="utf-8")  # what others did is not the branch's
    git("add", ".")
    git("commit", "-m", "late")
    git("checkout", "work")
    Path("content/untracked.md").write_text(f"{APPROVED}\n", encoding="utf-8")
    code, found = problems(run, ".", "--diff", "main")
    assert code == 1
    assert [(path, line) for path, line, _ in found] == [("content/old.md", 7), ("content/untracked.md", 1)]


def test_a_renamed_file_counts_only_where_it_changed(run: Invoke, project: Path) -> None:
    odd = 'tab\there "and" ü.md'
    with Path("content/old.md").open("a", encoding="utf-8") as page:
        page.write("\nSome more lines of no account.\n" * 20)
    git("commit", "-am", "longer")
    git("mv", "content/old.md", f"content/{odd}")
    assert problems(run, "content", "--diff", "HEAD") == (0, [])
    moved = Path("content") / odd
    moved.write_text(moved.read_text(encoding="utf-8").replace(CURES, APPROVED), encoding="utf-8")
    code, found = problems(run, "content", "--diff", "HEAD")
    assert (code, {line for _, line, _ in found}) == (1, {5})


def test_a_changed_pdf_that_git_takes_for_text_counts_whole(run: Invoke, project: Path) -> None:
    pytest.importorskip("pypdfium2")
    pytest.importorskip("lxml")  # the maker of test files asks for it
    from tests.office import pdf

    page = Path("content/flyer.pdf")
    page.write_bytes(pdf([[(72, 700, 12, RIGHT)]]))
    git("add", ".")
    git("commit", "-m", "a flyer")
    assert problems(run, "content", "--diff", "HEAD") == (0, [])
    page.write_bytes(pdf([[(72, 700, 12, APPROVED)]]))
    assert problems(run, "content", "--diff", "HEAD") == (1, [(str(page), 1, APPROVED)])


def test_a_conflict_with_an_unchanged_line_is_shown_and_only_the_new_side_counts(run: Invoke) -> None:
    Path("content/old.md").write_text(f"{RIGHT}\n\n{CURES}\n\n{APPROVED}\n", encoding="utf-8")
    git("commit", "-am", "right first")
    text = Path("content/old.md").read_text(encoding="utf-8").replace(APPROVED, f"Indeed: {APPROVED}")
    Path("content/old.md").write_text(text, encoding="utf-8")
    result = json.loads(run("check", ".", "--diff", "HEAD", "--format", "json").stdout)
    statuses = {claim["line"]: claim["status"] for claim in result["documents"][0]["claims"]}
    assert result["conflicts"]
    assert statuses == {1: "unchanged", 5: "new"}
    assert run("check", ".", "--diff", "HEAD", "--format", "compact").exit_code == 1


@pytest.mark.parametrize(
    ("revision", "says"),
    [
        ("nowhere", "git knows no revision 'nowhere'"),
        ("--output=x", "'--output=x' is no revision"),
        ("", "'' is no revision"),
        ("main..work", "git knows no revision"),
    ],
)
def test_a_wrong_revision_is_one_line_and_exit_3(run: Invoke, revision: str, says: str) -> None:
    result = run("check", "content", f"--diff={revision}")
    assert (result.exit_code, result.stdout, len(result.stderr.splitlines())) == (3, "", 1)
    assert says in result.stderr
    assert not Path("x").exists()


def test_a_shallow_clone_is_told_and_exit_2(
    run: Invoke, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git("checkout", "-b", "work")
    git("commit", "--allow-empty", "-m", "more")
    git("checkout", "main")
    git("commit", "--allow-empty", "-m", "other")
    git("clone", "--depth", "1", "--no-single-branch", project.as_uri(), str(tmp_path / "shallow"))
    monkeypatch.chdir(tmp_path / "shallow")
    for revision in ("origin/work", "origin/main~1"):
        result = run("check", "content", "--diff", revision)
        assert (result.exit_code, result.stdout, len(result.stderr.splitlines())) == (2, "", 1)
        assert "the clone is shallow" in result.stderr
        assert "git fetch --unshallow" in result.stderr


def test_diff_needs_a_repository_and_files(run: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    piped = run("check", "-", "--diff", "HEAD", stdin=b"x")
    assert (piped.exit_code, "--diff compares files" in piped.stderr) == (3, True)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StorageError, match="needs git, which is not installed"):
        changed_since("HEAD", tmp_path)
    monkeypatch.undo()
    with pytest.raises(UsageError, match="not in a git repository"):
        changed_since("HEAD", tmp_path)


def test_settings_of_the_user_do_not_change_the_answer(project: Path) -> None:
    for key, value in {
        "diff.noprefix": "true", "diff.mnemonicPrefix": "true", "color.ui": "always", "diff.context": "5",
        "diff.interHunkContext": "9", "diff.external": "false", "diff.renames": "false", "core.quotePath": "true",
    }.items():  # fmt: skip
        git("config", key, value)
    page = Path("content/old.md")
    page.write_text(page.read_text(encoding="utf-8").replace("# Offer", "# An offer"), encoding="utf-8")
    Path("pic.md").write_bytes(b"\0binary")
    git("add", "pic.md")
    (project / "content" / "deep").mkdir()
    changed = changed_since("HEAD", project / "content" / "deep")
    assert changed.files == {str(page.resolve()): ((1, 1),), str(Path("pic.md").resolve()): None}


def test_a_diff_is_read_line_by_line() -> None:
    text = (
        "diff --git a/a.md b/a.md\nindex 1..2 100644\n--- a/a.md\n+++ b/a.md\n@@ -1 +1,2 @@ head\n-x\n+++ b/not.md\n+y\n"
        "@@ -9,2 +9,0 @@\n--- gone\n-z\n@@ -20 +18 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n"
        'diff --git "a/t\\tab.md" "b/t\\tab.md"\nnew file mode 100644\nBinary files /dev/null and "b/t\\tab.md" differ\n'
        "diff --git a/x y.md b/z.md\nsimilarity index 90%\nrename from x y.md\nrename to z.md\n"
    )
    assert list(parse_diff(text)) == [("a.md", ((1, 2), (9, 10), (18, 18))), ("t\tab.md", None), ("z.md", ())]


@given(st.text(alphabet='diff --git a/"\\+@-0,1\n ', max_size=200))
def test_any_diff_is_read_without_an_error(text: str) -> None:
    list(parse_diff(f"diff --git {text}"))


@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_a_baseline_that_is_no_file_is_refused_and_not_waited_for(run: Invoke, kind: str) -> None:
    if kind == "pipe":
        os.mkfifo(NAME)
    else:
        Path(NAME).symlink_to("/dev/zero")  # as a pull request could add it
    for command in (("check", "content"), ("baseline", "create", "content")):
        result = run(*command)
        assert (result.exit_code, len(result.stderr.splitlines())) == (3, 1)
        assert f"{NAME}: cannot be read: not a regular file" in result.stderr


def test_a_baseline_may_be_piped_in_by_the_shell(run: Invoke, tmp_path: Path) -> None:
    run("baseline", "create", "content")
    reader, writer = os.pipe()
    os.write(writer, Path(NAME).read_bytes())
    os.close(writer)
    Path(NAME).unlink()
    try:
        assert run("check", "content", "--baseline", f"/dev/fd/{reader}").exit_code == 0
    finally:
        os.close(reader)
