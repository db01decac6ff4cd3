"""Builds the wheel, installs it into a fresh environment away from the checkout, and uses it there.

Run by ``make smoke``. Catches what tests in the checkout cannot: files missing from the wheel, development-only imports.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        away = Path(folder)
        run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", away, ROOT)
        (wheel,) = away.glob("claimwise-*.whl")
        names = zipfile.ZipFile(wheel).namelist()
        assert "evidence/references.bib" in names, "the wheel carries no bibliography"
        for name in ("templates/base.html", "templates/record.html", "static/style.css", "static/filter.js"):
            assert f"claims/web/{name}" in names, f"the wheel carries no {name} of the web page"
        for name in ("env.py", "versions/v0001_library.py", "versions/v0002_results.py"):
            assert f"claims/database/migrations/{name}" in names, f"the wheel carries no migration script {name}"
        for name in ("network.onnx", "network.toml", "pieces.txt"):
            assert f"claims/data/entailment/{name}" in names, f"the wheel carries no {name}"
        assert not any(name.startswith(("tests/", "bench/", "docs/")) for name in names), (
            "the wheel carries development files"
        )
        home = away / "env"
        venv.create(home, with_pip=True)
        python = home / "bin" / "python"
        run(
            python,
            "-m",
            "pip",
            "install",
            "-q",
            "--disable-pip-version-check",
            "--require-hashes",
            "-r",
            ROOT / "requirements.txt",
        )
        run(python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps", wheel)
        os.environ["CLAIMWISE_CACHE"] = str(away / "cache")
        claimwise = home / "bin" / "claimwise"
        assert "Commands:" in run(claimwise, "--help", cwd=away)
        report = json.loads(run(claimwise, "report", "--format", "json", cwd=away))
        assert len(report["documents"]) == 5
        assert report["summary"]["claims"] > 400
        assert "hits" in run(claimwise, "search", "suicidality", cwd=away)
        assert "clean" in run(claimwise, "library", "check", "--today", "2026-11-22", cwd=away)
        shared = "sqlite:///shared.db"
        assert "built" in run(claimwise, "library", "build", "--database", shared, cwd=away)
        assert "up to date" in run(claimwise, "library", "migrate", "--database", shared, cwd=away)
        assert "hits" in run(claimwise, "search", "suicidality", "--database", shared, cwd=away)
        assert "started" in run(claimwise, "init", "mine", cwd=away)
        assert "clean" in run(claimwise, "library", "check", "--library", "mine", "--sources", "mine/texts", cwd=away)
        print(f"{wheel.name}: installed away from the checkout, reports {report['summary']['claims']} claims")  # noqa: T201


def run(*command: object, cwd: Path = ROOT) -> str:
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


if __name__ == "__main__":
    main()
