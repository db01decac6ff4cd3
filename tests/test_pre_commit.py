"""The hooks as pre-commit runs them: a repository of copy, and this project as the repository of the hooks.

The environment that pre-commit builds takes its dependencies from the one the tests run in, so that nothing is
downloaded; the project itself is built and installed as it would be anywhere.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

import pytest
import yaml

from claims.inputs import known_suffixes
from claims.readers import EXTRACTORS
from tests.conftest import SMALL, Invoke

ROOT = Path(__file__).parent.parent
MANIFEST = ROOT / ".pre-commit-hooks.yaml"
PARTS = (
    "evidence",
    "claims",
    "cli.py",
    "references.bib",
    "pyproject.toml",
    "README.md",
    "LICENSE",
    "LICENSE-DATA",
    "LICENSE-MODEL",
)

needs_pre_commit = pytest.mark.skipif(
    importlib.util.find_spec("pre_commit") is None or shutil.which("git") is None, reason="needs pre-commit and git"
)


def hooks() -> dict[str, dict[str, object]]:
    return {str(hook["id"]): hook for hook in yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))}


def test_the_hook_takes_the_text_files_that_a_folder_is_searched_for() -> None:
    pattern = re.compile(str(hooks()["claimwise"]["files"]))
    needs_an_extra = {suffix for extractor in EXTRACTORS for suffix in extractor.suffixes}
    assert all(pattern.search(f"content/page{suffix}") for suffix in known_suffixes() - needs_an_extra)
    assert pattern.search("content/PAGE.MD")
    assert not pattern.search("content/page.py")


def test_the_hook_for_documents_takes_every_readable_file_with_the_extras_that_reading_them_needs() -> None:
    hook = hooks()["claimwise-documents"]
    pattern = re.compile(str(hook["files"]))
    assert all(pattern.search(f"content/page{suffix}") for suffix in known_suffixes())
    assert not pattern.search("content/page.py")
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert hook["additional_dependencies"] == [*extras["docx"], *extras["pdf"]]


class Repository:
    """A git repository of copy with hooks configured, run by pre-commit as ``git commit`` would."""

    def __init__(self, folder: Path, manifest: Path, environment: dict[str, str]) -> None:
        self.folder, self.manifest, self.environment = folder, manifest, environment
        folder.mkdir()
        git(folder, "init", "-q", "-b", "main")

    def stage(self, name: str, content: str | bytes) -> None:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        git(self.folder, "add", name)

    def configure(self, *hooks: str) -> None:
        head = git(self.manifest, "rev-parse", "HEAD").strip()
        lines = "".join(f"      - {hook}\n" for hook in hooks)
        self.stage(
            ".pre-commit-config.yaml", f"repos:\n  - repo: {self.manifest}\n    rev: {head}\n    hooks:\n{lines}"
        )

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "pre_commit", "run", "--color", "never", *arguments],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=Example", "-c", "user.email=example@example.org")
    return subprocess.run(["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def hook_source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This project as a repository of its own, whatever the state of the checkout."""
    folder = tmp_path_factory.mktemp("hooks") / "claimwise"
    folder.mkdir()
    for name in PARTS:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    shutil.copy(MANIFEST, folder / MANIFEST.name)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "as it stands")
    return folder


@pytest.fixture
def repository(hook_source: Path, tmp_path: Path) -> Repository:
    home = hook_source.parent / "pre-commit-home"  # one for all tests of the module: the environment is built once
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT"))},
        "PRE_COMMIT_HOME": str(home),
        "CLAIMWISE_CACHE": str(hook_source.parent / "cache"),
        "PYTHONPATH": sysconfig.get_paths()["purelib"],
        "PIP_NO_DEPS": "1",
        "PIP_NO_BUILD_ISOLATION": "0",  # pip reads this one the other way round
        "PIP_NO_INDEX": "1",
    }
    return Repository(tmp_path / "copy", hook_source, environment)


CHECK = f"{{id: claimwise, args: [--library, '{SMALL}']}}"
GOOD = "# The clinic\n\nThe FDA has not approved ketamine for depression.\n"
BAD = "# The clinic\n\nKetamine is FDA approved for depression.\n"


@needs_pre_commit
def test_a_commit_of_bad_copy_is_refused_with_the_place_and_good_copy_passes(repository: Repository) -> None:
    repository.configure(CHECK)
    repository.stage("content/page one.md", GOOD)
    passed = repository.run()
    assert passed.returncode == 0, passed.stdout + passed.stderr
    repository.stage("content/page two.md", BAD)
    refused = repository.run()
    assert refused.returncode == 1
    assert "exit code: 1" in refused.stdout
    assert "content/page two.md:3:1: contradicted EV002" in refused.stdout
    assert "conflict" in refused.stdout  # both files are seen by one run


@needs_pre_commit
def test_only_copy_is_handed_to_the_check(repository: Repository) -> None:
    repository.configure(CHECK)
    repository.stage("page.py", f'"""{BAD}"""\n')
    run = repository.run()
    assert (run.returncode, "Skipped" in run.stdout) == (0, True)


@needs_pre_commit
@pytest.mark.skipif(
    not (importlib.util.find_spec("lxml") and importlib.util.find_spec("pypdfium2")), reason="needs lxml and pypdfium2"
)
def test_word_and_pdf_are_checked_by_the_hook_for_documents_and_left_alone_by_the_other(repository: Repository) -> None:
    from tests.office import docx, paragraph, pdf

    repository.stage("leaflet.docx", docx(paragraph("Ketamine is FDA approved for depression.")))
    repository.stage("flyer.pdf", pdf([[(72, 700, 12, "Ketamine is FDA approved for depression.")]]))
    repository.configure(CHECK)
    assert "Skipped" in repository.run().stdout
    repository.configure(CHECK.replace("claimwise,", "claimwise-documents,"))
    refused = repository.run()
    assert refused.returncode == 1, refused.stdout + refused.stderr
    assert "leaflet.docx:paragraph 1: contradicted EV002" in refused.stdout
    assert "flyer.pdf:page 1: contradicted EV002" in refused.stdout


@needs_pre_commit
def test_the_library_hook_names_file_and_line_of_what_is_broken(repository: Repository) -> None:
    repository.configure("{id: claimwise-library, args: [--library, library, --today, '2026-11-22']}")
    shutil.copytree(SMALL, repository.folder / "library")
    git(repository.folder, "add", "library")
    passed = repository.run()
    assert passed.returncode == 0, passed.stdout + passed.stderr
    path = next((repository.folder / "library" / "studies").glob("*.toml"))
    repository.stage(f"library/studies/{path.name}", path.read_text(encoding="utf-8") + '\nmisspelt = "x"\n')
    refused = repository.run()
    assert refused.returncode == 1
    assert f"studies/{path.name}" in refused.stdout


@needs_pre_commit
def test_the_bibliography_hook_takes_several_files_and_refuses_the_one_out_of_form(repository: Repository) -> None:
    repository.configure("{id: claimwise-bib}")
    repository.stage("tidy.bib", "@misc{A,\n  title = {One},\n}\n")
    repository.stage("wild.bib", "@Misc{B,title={Two}}\n")
    refused = repository.run()
    assert refused.returncode == 1
    assert "wild.bib: is not in form" in refused.stdout
    assert "tidy.bib: is in form" in refused.stdout


@needs_pre_commit
def test_old_copy_is_let_through_a_new_sentence_is_not_and_an_ignore_holds_until_its_day(
    repository: Repository, claimwise: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    def passes_on(day: str) -> subprocess.CompletedProcess[str]:
        repository.configure(f"{{id: claimwise, args: [--library, '{SMALL}', --today, '{day}']}}")
        return repository.run("--all-files")

    repository.stage("page.md", BAD)
    monkeypatch.chdir(repository.folder)
    assert claimwise("baseline", "create", ".", "--library", SMALL).exit_code == 0
    git(repository.folder, "add", ".claimwise-baseline.json")
    passed = passes_on("2026-11-22")
    assert passed.returncode == 0, passed.stdout + passed.stderr

    new = "A series of ketamine infusions is FDA approved for depression."
    repository.stage("page.md", f"A line before.\n\n{BAD}\n{new}\n")
    refused = passes_on("2026-11-22")
    found = re.findall(
        r"^page\.md:(\d+):\d+: (?:contradicted|overstated|vague|unsupported) ", refused.stdout, re.MULTILINE
    )
    assert (refused.returncode, found) == (1, ["7"])

    codes = re.search(r"^page\.md:7:1: \w+ ([\w,]+)", refused.stdout, re.MULTILINE)
    assert codes
    ignore = f"<!-- claimwise-ignore {codes[1]} -- the agency is being asked until=2026-12-31 -->"
    repository.stage("page.md", f"A line before.\n\n{BAD}\n{ignore}\n{new}\n")
    assert passes_on("2026-12-31").returncode == 0
    expired = passes_on("2027-01-01")
    assert (expired.returncode, "CK005" in expired.stdout) == (1, True)
