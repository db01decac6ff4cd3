"""The GitHub Action and the GitLab job, by running the shell of their steps as a runner would.

The steps are read from the files that users get, inputs are filled in as GitHub does, and ``claimwise`` on the path is
this checkout, or a stand-in that notes its arguments.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement

from tests.conftest import SMALL

ROOT = Path(__file__).parent.parent
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
JOB: dict[str, Any] = yaml.safe_load((ROOT / "ci" / "gitlab.yml").read_text(encoding="utf-8"))["claimwise"]
INSTALL, CHECK = ACTION["runs"]["steps"]

GOOD = "# The clinic\n\nThe FDA has not approved ketamine for depression.\n"
BAD = "# The clinic\n\nKetamine is FDA approved for depression.\n"

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")


class Runner:
    """A folder with the files that a runner hands to a step, and what stands on its path."""

    def __init__(self, folder: Path, cache: Path) -> None:
        self.cache = cache
        self.work, self.temp, self.bin = folder / "work", folder / "temp", folder / "bin"
        for made in (self.work, self.temp, self.bin):
            made.mkdir()
        self.files = {name: folder / name for name in ("GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STEP_SUMMARY")}
        for path in self.files.values():
            path.touch()

    def program(self, name: str, body: str) -> None:
        path = self.bin / name
        path.write_text(f"#!/bin/bash\n{body}\n", encoding="utf-8")
        path.chmod(0o755)

    def real(self) -> Runner:
        self.program("claimwise", f'PYTHONPATH="{ROOT}" exec "{sys.executable}" "{ROOT}/cli.py" "$@"')
        return self

    def noting(self, exit_code: int = 0) -> Runner:
        self.program("claimwise", f"printf '%s\\n' \"$@\" > '{self.temp}/arguments'; exit {exit_code}")
        return self

    @property
    def arguments(self) -> list[str]:
        return (self.temp / "arguments").read_text(encoding="utf-8").splitlines()

    def said(self, name: str) -> str:
        return self.files[name].read_text(encoding="utf-8")

    def bash(self, script: str, **variables: str) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("INPUT_", "GITHUB_"))}
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],  # as GitHub and GitLab call it
            cwd=self.work,
            env={
                **environment,
                **{name: str(path) for name, path in self.files.items()},
                "PATH": f"{self.bin}{os.pathsep}{os.environ['PATH']}",
                "RUNNER_TEMP": str(self.temp),
                "GITHUB_ACTION_PATH": str(ROOT),
                "CLAIMWISE_LIBRARY": str(SMALL),
                "CLAIMWISE_CACHE": str(self.cache),
                **variables,
            },
            capture_output=True,
            text=True,
            check=False,
        )

    def step(self, step: dict[str, Any], **inputs: str) -> subprocess.CompletedProcess[str]:
        """Runs a step of the action with ``inputs`` (``_`` for ``-``) and the defaults of the others."""
        values = {name: str(given.get("default", "")) for name, given in ACTION["inputs"].items()}
        values.update({name.replace("_", "-"): value for name, value in inputs.items()})
        return self.bash(step["run"], **{name: filled(text, values) for name, text in step["env"].items()})

    def job(self, **variables: str) -> subprocess.CompletedProcess[str]:
        """Runs the GitLab job: the two lists of commands in one shell, its variables unless others are given."""
        script = "\n".join([*JOB["before_script"], *JOB["script"]])
        values = {**JOB["variables"], "CI_PROJECT_DIR": str(self.work), **variables}
        return self.bash(script, **{name: str(value) for name, value in values.items() if name != "CLAIMWISE_CACHE"})


def filled(text: str, values: dict[str, str]) -> str:
    return re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda found: values[found[1]], text)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("snapshot")  # of the library, which no test here changes


@pytest.fixture
def runner(tmp_path: Path, cache: Path) -> Runner:
    return Runner(tmp_path, cache)


def test_every_input_is_used_and_none_stands_in_a_script_where_it_could_become_a_command() -> None:
    used = {
        name
        for step in (INSTALL, CHECK)
        for text in step["env"].values()
        for name in re.findall(r"inputs\.([\w-]+)", text)
    }
    assert used == set(ACTION["inputs"])
    assert not any("${{" in step["run"] for step in (INSTALL, CHECK))


def test_paths_with_blanks_options_and_files_reach_the_check_as_they_were_written(runner: Runner) -> None:
    runner.noting().step(
        CHECK,
        paths="content\nold pages/a b.md\n\n-odd.md\n",
        args="--fail-on vague\n  --select EV*",
        sarif_file="out/claims.sarif",
        baseline="known.json",
    )
    options = runner.arguments[: runner.arguments.index("--")]
    assert runner.arguments[len(options) + 1 :] == ["content", "old pages/a b.md", "-odd.md"]
    assert options[-4:] == ["--fail-on", "vague", "--select", "EV*"]
    assert options[options.index("--baseline") + 1] == "known.json"
    assert "sarif=out/claims.sarif" in options


def test_without_inputs_the_repository_is_checked_and_no_log_is_asked_for(runner: Runner) -> None:
    assert runner.noting().step(CHECK).returncode == 0
    assert runner.arguments[-2:] == ["--", "."]
    assert "--baseline" not in runner.arguments
    assert not any(argument.startswith("sarif=") for argument in runner.arguments)


@pytest.mark.parametrize("hostile", ["$(touch planted)", "`touch planted`", "; touch planted", "x' && touch planted '"])
def test_an_input_never_becomes_a_command(runner: Runner, hostile: str) -> None:
    runner.noting().step(CHECK, paths=hostile, args=hostile, sarif_file=hostile, baseline=hostile)
    assert runner.arguments[-1] == hostile
    assert not list(runner.work.iterdir())


@pytest.mark.parametrize("code", [0, 1, 2, 3, 4])
def test_the_exit_code_is_an_output_and_that_of_the_step(runner: Runner, code: int) -> None:
    assert runner.noting(code).step(CHECK).returncode == code
    assert runner.said("GITHUB_OUTPUT") == f"exit-code={code}\n"


def test_an_old_python_is_refused_with_what_to_do(runner: Runner) -> None:
    runner.program("python3", "exit 1")
    done = runner.step(INSTALL)
    assert done.returncode == 3
    assert "::error title=Claimwise::Python 3.11 or newer is needed" in done.stdout


def test_the_action_installs_what_is_pinned_and_puts_the_command_on_the_path(runner: Runner) -> None:
    log = runner.temp / "pip"
    pip = f"printf '%s ' \"$@\" >> '{log}'; echo >> '{log}'"
    runner.program("other", f'[ "$1" = -c ] && exit 0; mkdir -p "$3/bin"; cp "{runner.bin}/pip" "$3/bin/python"')
    runner.program("pip", pip)
    assert runner.step(INSTALL, python="other").returncode == 0
    first, second = log.read_text(encoding="utf-8").splitlines()
    assert f"--require-hashes -r {ROOT}/requirements.txt" in first
    assert "--no-deps" in second
    assert second.strip().endswith(str(ROOT))
    assert runner.said("GITHUB_PATH") == f"{runner.temp}/claimwise/bin\n"


@pytest.mark.parametrize(
    ("given", "wanted"), [("docx", ["docx"]), ("docx, pdf", ["docx", "pdf"]), ("pdf\ndocx", ["pdf", "docx"])]
)
def test_the_action_installs_what_word_and_pdf_need_when_asked_to_and_from_hashes(
    runner: Runner, given: str, wanted: list[str]
) -> None:
    log = runner.temp / "pip"
    pip = f"printf '%s ' \"$@\" >> '{log}'; echo >> '{log}'"
    runner.program("other", f'[ "$1" = -c ] && exit 0; mkdir -p "$3/bin"; cp "{runner.bin}/pip" "$3/bin/python"')
    runner.program("pip", pip)
    assert runner.step(INSTALL, python="other", extras=given).returncode == 0
    _, _, *more = log.read_text(encoding="utf-8").splitlines()
    files = [ROOT / f"requirements-{extra}.txt" for extra in wanted]
    assert [f"--require-hashes -r {file}" in line for file, line in zip(files, more, strict=True)] == [True] * len(more)
    assert all(file.is_file() for file in files)


def test_what_an_extra_installs_is_what_the_tests_run_with_and_within_its_range() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    tested = (ROOT / "requirements-dev.txt").read_text(encoding="utf-8")
    for extra in ("docx", "pdf"):
        pinned = (ROOT / f"requirements-{extra}.txt").read_text(encoding="utf-8")
        assert pinned.strip() in tested
        name, version = re.findall(r"^([\w-]+)==([\d.]+)", pinned, re.MULTILINE)[0]
        assert version in Requirement(extras[extra][0]).specifier
        assert Requirement(extras[extra][0]).name == name


@pytest.mark.parametrize("wrong", ["serve", "docx pptx", "../x", "$(touch planted)", "*"])
def test_the_action_refuses_an_extra_that_it_does_not_have(runner: Runner, wrong: str) -> None:
    done = runner.step(INSTALL, extras=wrong)
    assert (done.returncode, "the input extras takes docx and pdf" in done.stdout) == (3, True)
    assert not list(runner.work.iterdir())


def test_the_gitlab_job_says_what_to_set_when_it_is_not_told_what_to_install(runner: Runner) -> None:
    runner.noting().program("python", "exit 9")
    done = runner.job()
    assert (done.returncode, "set the variable CLAIMWISE_SOURCE" in done.stderr) == (3, True)


def test_the_gitlab_job_installs_its_source_and_hands_on_paths_and_options(runner: Runner) -> None:
    runner.noting().program("python", f"printf '%s\\n' \"$@\" > '{runner.temp}/pip'")
    done = runner.job(CLAIMWISE_SOURCE="./claimwise.whl", CLAIMWISE_PATHS="a b", CLAIMWISE_ARGS="--fail-on vague")
    assert done.returncode == 0
    assert (runner.temp / "pip").read_text(encoding="utf-8").splitlines()[-1] == "./claimwise.whl"
    assert runner.arguments[-5:] == ["--fail-on", "vague", "--", "a", "b"]


def test_the_action_annotates_bad_copy_writes_the_log_and_a_summary_and_fails(runner: Runner) -> None:
    (runner.work / "my pages").mkdir()
    (runner.work / "my pages" / "good.md").write_text(GOOD, encoding="utf-8")
    (runner.work / "my pages" / "bad.md").write_text(BAD, encoding="utf-8")
    done = runner.real().step(CHECK, paths="my pages", sarif_file="out/claims.sarif")
    assert done.returncode == 1, done.stderr
    assert "::error file=my pages/bad.md,line=3," in done.stdout
    assert runner.said("GITHUB_OUTPUT") == "exit-code=1\n"
    (run,) = json.loads((runner.work / "out" / "claims.sarif").read_text(encoding="utf-8"))["runs"]
    assert [result["ruleId"] for result in run["results"] if result["level"] == "error"]
    assert "my pages/bad.md" in runner.said("GITHUB_STEP_SUMMARY")


@pytest.mark.skipif(
    not (importlib.util.find_spec("lxml") and importlib.util.find_spec("pypdfium2")), reason="needs lxml and pypdfium2"
)
def test_word_and_pdf_in_a_folder_are_annotated_with_their_names(runner: Runner) -> None:
    from tests.office import docx, paragraph, pdf

    (runner.work / "leaflet.docx").write_bytes(docx(paragraph("Ketamine is FDA approved for depression.")))
    (runner.work / "flyer.pdf").write_bytes(pdf([[(72, 700, 12, "Ketamine is FDA approved for depression.")]]))
    done = runner.real().step(CHECK)
    assert done.returncode == 1, done.stderr
    assert "contradicted (paragraph 1): " in done.stdout
    assert "contradicted (page 1): " in done.stdout
    assert {"leaflet.docx", "flyer.pdf"} == set(re.findall(r"^::error file=([^,]+),", done.stdout, re.MULTILINE))


def test_the_action_passes_good_copy_and_what_only_the_threshold_lets_pass(runner: Runner) -> None:
    (runner.work / "page.md").write_text(GOOD, encoding="utf-8")
    assert runner.real().step(CHECK).returncode == 0
    (runner.work / "page.md").write_text(BAD, encoding="utf-8")
    assert runner.step(CHECK, args="--fail-on never").returncode == 0


def test_a_path_that_is_not_there_is_no_success(runner: Runner) -> None:
    done = runner.real().step(CHECK, paths="none.md")
    assert (done.returncode, "none.md" in done.stderr) == (2, True)
    assert runner.said("GITHUB_OUTPUT") == "exit-code=2\n"


def test_the_gitlab_job_leaves_a_code_quality_report_where_its_artifacts_are_looked_for(runner: Runner) -> None:
    (runner.work / "page.md").write_text(BAD, encoding="utf-8")
    runner.real().program("python", "exit 0")
    done = runner.job(CLAIMWISE_SOURCE="claimwise.whl")
    assert done.returncode == 1
    assert "page.md:3:1: contradicted" in done.stdout
    (finding,) = json.loads((runner.work / JOB["artifacts"]["reports"]["codequality"]).read_text(encoding="utf-8"))
    assert finding["location"]["path"] == "page.md"


def test_the_action_takes_a_baseline_and_refuses_one_that_is_not_there(runner: Runner) -> None:
    (runner.work / "page.md").write_text(BAD, encoding="utf-8")
    runner.real().bash("claimwise baseline create page.md && mv .claimwise-baseline.json known.json")
    assert runner.step(CHECK, baseline="known.json").returncode == 0
    missing = runner.step(CHECK, baseline="none.json")
    assert (missing.returncode, "none.json: no such baseline" in missing.stderr) == (3, True)
