"""Fixtures: a small library to change, and the packaged one."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from claims.collection import Collection, load_collection
from evidence.paths import LibraryPaths, library_paths, packaged_paths
from tests.tiny import SCORECARD, Engine

SMALL = Path(__file__).parent / "library"
TEXTS = SMALL / "texts"

Invoke = Callable[..., Result]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--record", action="store_true", help="write the golden files anew; read the difference before you commit it"
    )


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test has a cache of its own, and no library from the environment."""
    monkeypatch.setenv("CLAIMWISE_CACHE", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.delenv("CLAIMWISE_LIBRARY", raising=False)
    monkeypatch.setenv("COLUMNS", "100")


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A copy of the small library that a test may damage."""
    folder = tmp_path / "library"
    shutil.copytree(SMALL, folder)
    return folder


@pytest.fixture
def small() -> Collection:
    return load_collection(library_paths(SMALL))


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The engine over the small library, with weights that do not change."""
    return Engine(load_collection(library_paths(SMALL)))


@pytest.fixture
def fixed_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands and API judge with the weights of tests/scorecard.toml, so that fitting anew changes no expectation."""
    monkeypatch.setattr("claims.engine.load_scorecard", lambda: SCORECARD)


@pytest.fixture(scope="session")
def packaged() -> LibraryPaths:
    return packaged_paths()


@pytest.fixture(scope="session")
def real(packaged: LibraryPaths) -> Collection:
    """The packaged library, loaded once."""
    return load_collection(packaged)


@pytest.fixture
def claimwise() -> Invoke:
    """Runs a command line in this process; exit code, stdout and stderr apart."""
    from cli import app

    def invoke(*arguments: str | Path, stdin: bytes | None = None) -> Result:
        return CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin, prog_name="claimwise")

    return invoke


def edit(path: Path, old: str, new: str, count: int = 1) -> None:
    """Replaces text that must be there, so that a test cannot pass because nothing was planted."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path} does not contain {old!r}"
    path.write_text(text.replace(old, new, count), encoding="utf-8")
