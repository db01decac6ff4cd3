"""A library in a shared database: the same answers as from its files, on SQLite and on PostgreSQL; schema versions."""

from __future__ import annotations

import datetime as dt
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.collection import Collection
from claims.database.address import Address, parse_address
from claims.database.connecting import open_engine
from claims.database.reading import reading
from claims.database.schema import HEAD, migrate
from claims.query import close_ids, kind_of, links_to, meta, read_collection, record, title, where_used
from claims.snapshot import connect, ensure_snapshot, open_snapshot, snapshot_of
from evidence.paths import library_paths
from evidence.problems import StorageError, UsageError
from tests.conftest import SMALL, TEXTS, Invoke, edit

COMMANDS = [
    ["search", "response"],
    ["search", "respons infusion", "--format", "json"],
    ["search", "--kind", "finding", "--limit", "5"],
    ["show", "Murrough2013a.1"],
    ["show", "Murrough2013a", "--format", "json"],
    ["where-used", "Murrough2013a"],
    ["where-used", "Murrough2013a", "--pages", str(TEXTS)],
    ["report", "--format", "json"],
    ["report", "--details"],
    ["conflicts"],
    ["conflicts", "--format", "csv"],
    ["library", "status", "--today", "2026-11-22", "--format", "json"],
    ["library", "export", "--format", "json"],
    ["evidence", "list"],
    ["evidence", "table", "--format", "csv"],
    ["citations", str(TEXTS)],
    ["check", str(TEXTS), "--format", "json", "--fail-on", "never"],
    ["check", str(TEXTS), "--blind", "--fail-on", "never"],
    ["evaluate", "--sources", str(TEXTS), "--blind"],
]
QUERIES = [
    *(
        f"SELECT * FROM {table} ORDER BY {key}"
        for table, key in {
            **dict.fromkeys(("concept", "proposition", "source", "figure", "claim", "conflict", "finding"), "id"),
            **dict.fromkeys(("reference", "study", "verification", "meta"), "key"),
            "wider": "concept, wider",
            "scope": "kind, owner, slot, concept",
            "link": "kind, owner, relation, target_kind, target",
        }.items()
    ),
    "SELECT label FROM concept ORDER BY label",
    "SELECT verdict, count(*) AS n FROM claim GROUP BY verdict ORDER BY n DESC, verdict",
    "SELECT study, max(low) FROM finding WHERE low IS NOT NULL GROUP BY study ORDER BY study",
    "SELECT r.key, count(l.owner) FROM reference r LEFT JOIN link l ON l.target = r.key GROUP BY r.key ORDER BY r.key",
    "SELECT id FROM proposition WHERE review_by < '2027-06-01' ORDER BY review_by, id",
    "SELECT DISTINCT owner FROM scope JOIN wider ON wider.concept = scope.concept ORDER BY owner",
]


def rows(address: str, query: str) -> list[tuple[Any, ...]]:
    """The rows of a query, with days and truth values as SQLite keeps them."""

    def plain(value: object) -> object:
        if isinstance(value, dt.datetime):
            return value.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
        return value.isoformat() if isinstance(value, dt.date) else int(value) if isinstance(value, bool) else value

    with open_engine(parse_address(address)).begin() as connection:
        return [tuple(plain(value) for value in row) for row in connection.exec_driver_sql(query)]


def values(collection: Collection) -> tuple[object, ...]:
    library = collection.library
    evidence = (library.references, library.studies, library.verifications, dict(collection.lexicon.concepts))
    return (collection.manifest, *evidence, collection.propositions, collection.sources, collection.conflicts)


def test_every_reading_command_gives_the_same_from_a_database(claimwise: Invoke, database: str) -> None:
    assert claimwise("library", "build", "--library", SMALL, "--database", database).exit_code == 0
    for command in COMMANDS:
        expected = claimwise(*command, "--library", SMALL)
        found = claimwise(*command, "--database", database)
        assert expected.exit_code == 0, (command, expected.stderr)
        assert (found.exit_code, found.stdout) == (0, expected.stdout), (command, found.stderr)


def test_the_copy_of_a_database_has_the_bytes_of_a_snapshot_of_the_files(claimwise: Invoke, database: str) -> None:
    claimwise("library", "build", "--library", SMALL, "--database", database)
    copied = snapshot_of(database)
    of_files = ensure_snapshot(library_paths(SMALL))
    assert copied != of_files
    assert copied.read_bytes() == of_files.read_bytes()


def test_both_databases_answer_the_same_queries_with_the_same_rows(
    claimwise: Invoke, tmp_path: Path, postgresql: Callable[[], str], real: Collection
) -> None:
    here, there = f"sqlite:///{tmp_path / 'a.db'}", postgresql()
    for address in (here, there):
        assert claimwise("library", "build", "--database", address).exit_code == 0
    counts = []
    for query in QUERIES:
        found = rows(here, query)
        assert found == rows(there, query), query
        counts.append(len(found))
    assert sum(counts) > 10_000
    assert 0 not in counts[-6:]
    with reading(parse_address(there)) as shared:
        assert values(read_collection(shared)) == values(real)


def test_the_questions_of_commands_have_the_same_answers_in_a_database(claimwise: Invoke, database: str) -> None:
    claimwise("library", "build", "--library", SMALL, "--database", database)
    local = open_snapshot(library_paths(SMALL))
    ids = [row[0] for row in local.execute("SELECT target FROM link UNION SELECT owner FROM link")]
    with reading(parse_address(database)) as shared:
        assert values(read_collection(shared)) == values(read_collection(local))
        assert meta(shared).items() >= meta(local).items()
        for key in (*ids, "no-such-id"):
            kind = kind_of(local, key)
            assert kind_of(shared, key) == kind
            if kind is not None:
                for question in (record, title, links_to, where_used):
                    assert question(shared, kind, key) == question(local, kind, key)
        assert close_ids(shared, "murough2013a.1") == close_ids(local, "murough2013a.1")


def test_a_changed_library_takes_the_place_of_the_older_state(claimwise: Invoke, library: Path, database: str) -> None:
    claimwise("library", "build", "--library", library, "--database", database)
    before = claimwise("show", "Murrough2013a.1", "--database", database).stdout
    edit(library / "studies/Murrough2013a.toml", "value = 64.0", "value = 63.0")
    claimwise("library", "build", "--library", library, "--database", database)
    after = claimwise("show", "Murrough2013a.1", "--database", database).stdout
    assert before != after
    assert after == claimwise("show", "Murrough2013a.1", "--library", library).stdout
    assert rows(database, "SELECT count(*) FROM finding") == [
        (len(read_collection(connect(snapshot_of(library))).library.findings),)
    ]


def test_a_build_that_is_cut_off_leaves_the_older_state(
    claimwise: Invoke, library: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    claimwise("library", "build", "--library", library, "--database", database)
    before = [rows(database, query) for query in QUERIES]
    edit(library / "studies/Murrough2013a.toml", "value = 64.0", "value = 63.0")
    with monkeypatch.context() as patch:

        def lost(*_: object) -> None:
            raise sqlite3.OperationalError("disk I/O error")

        patch.setattr("claims.storage._links", lost)
        result = claimwise("library", "build", "--library", library, "--database", database)
    assert result.exit_code == 2
    assert "disk I/O error" in result.stderr
    assert [rows(database, query) for query in QUERIES] == before


def test_a_database_holds_one_library(claimwise: Invoke, library: Path, database: str) -> None:
    claimwise("library", "build", "--library", library, "--database", database)
    edit(library / "library.toml", 'name = "small"', 'name = "other"')
    result = claimwise("library", "build", "--library", library, "--database", database)
    assert result.exit_code == 2
    assert "holds the library 'small'; use another database for 'other'" in result.stderr
    assert rows(database, "SELECT value FROM meta WHERE key = 'name'") == [("small",)]


def test_the_variable_and_the_settings_name_a_database_too(
    claimwise: Invoke, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    claimwise("library", "build", "--library", SMALL, "--database", database)
    expected = claimwise("evidence", "list", "--library", SMALL).stdout
    monkeypatch.setenv("CLAIMWISE_DATABASE", database)
    assert claimwise("evidence", "list").stdout == expected
    assert "[CLAIMWISE_DATABASE]" in claimwise("config", tmp_path).stdout
    monkeypatch.delenv("CLAIMWISE_DATABASE")
    (tmp_path / "claimwise.toml").write_text(f'library = "{database}"\n', encoding="utf-8")
    page = tmp_path / "page.md"
    page.write_text("Response rates were 64% after one infusion.\n", encoding="utf-8")
    result = claimwise("check", page, "--format", "json", "--fail-on", "never")
    assert '"name": "small"' in result.stdout, result.stderr


def test_reading_a_database_that_was_read_before_loads_no_orm(claimwise: Invoke, tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'shared.db'}"
    claimwise("library", "build", "--library", SMALL, "--database", address)
    claimwise("search", "response", "--database", address)
    code = (
        "import sys, cli\ntry: cli.run()\nexcept SystemExit: print(sorted({m.partition('.')[0] for m in sys.modules}))"
    )
    command = [sys.executable, "-c", code, "search", "response", "--database", address]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ.copy())
    loaded = done.stdout.splitlines()[-1]
    assert "'claims'" in loaded
    assert not re.search(r"'(sqlalchemy|sqlmodel|alembic|psycopg|pydantic)'", loaded)


# --- versions of the schema


def library_at_first_version(address: Address, collection: Collection) -> None:
    from claims.storage import write_tables

    assert migrate(address, "0001") == (None, "0001")
    with open_engine(address).begin() as connection:
        write_tables(connection, collection, "0123", lambda _: None)


def test_a_database_of_the_first_version_is_brought_up_to_date(
    claimwise: Invoke, database: str, small: Collection
) -> None:
    address = parse_address(database)
    library_at_first_version(address, small)
    before = [rows(database, query) for query in QUERIES]
    for command in (
        ["search", "response", "--database", database],
        ["check", TEXTS, "--library", SMALL, "--store", database],
        ["library", "build", "--library", SMALL, "--database", database],
    ):
        refused = claimwise(*command)
        assert refused.exit_code == 2
        assert f"has schema 0001 and this Claimwise needs {HEAD}; 'claimwise library migrate" in refused.stderr
    done = claimwise("library", "migrate", "--database", database)
    assert f"brought from schema 0001 to schema {HEAD}" in done.stdout
    assert [rows(database, query) for query in QUERIES] == before
    with reading(address) as connection:
        assert values(read_collection(connection)) == values(small)
    assert "2 documents stored" in claimwise("check", TEXTS, "--library", SMALL, "--store", database).stderr
    assert "up to date" in claimwise("library", "migrate", "--database", database).stdout


def test_the_migrated_schema_is_the_one_that_the_code_writes(database: str) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from sqlmodel import SQLModel

    import claims.storage  # noqa: F401 - its import declares the tables of the library
    from claims.database.schema import VERSION_TABLE
    from claims.database.tables import METADATA

    address = parse_address(database)
    migrate(address)
    with open_engine(address).begin() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, [SQLModel.metadata, METADATA]) == []


def test_the_newest_script_is_the_version_that_the_code_needs() -> None:
    from alembic.script import ScriptDirectory

    import claims.database

    scripts = ScriptDirectory(str(Path(claims.database.__file__).parent / "migrations"))
    assert scripts.get_heads() == [HEAD]
    assert scripts.get_bases() == ["0001"]


def test_a_database_of_a_newer_version_is_left_alone(claimwise: Invoke, database: str) -> None:
    claimwise("library", "build", "--library", SMALL, "--database", database)
    rows_before = rows(database, "SELECT count(*) FROM link")
    with open_engine(parse_address(database)).begin() as connection:
        connection.exec_driver_sql("UPDATE claimwise_version SET version_num = '9999'")
    for command in (
        ["search", "response", "--database", database],
        ["check", TEXTS, "--library", SMALL, "--store", database],
        ["library", "build", "--library", SMALL, "--database", database],
        ["library", "migrate", "--database", database],
    ):
        result = claimwise(*command)
        assert result.exit_code == 2
        assert f"has schema 9999 of a newer Claimwise; this one knows {HEAD}, upgrade it" in result.stderr
    assert rows(database, "SELECT count(*) FROM link") == rows_before


def test_a_migration_that_fails_leaves_the_schema_as_it_was(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from alembic import op

    address = parse_address(database)
    migrate(address, "0001")
    tables = len(schema_objects(database))
    create = op.create_table

    def failing(name: str, *columns: Any, **options: Any) -> Any:
        if name == "checked_rule":
            raise sqlite3.OperationalError("database or disk is full")
        return create(name, *columns, **options)

    with monkeypatch.context() as patch:
        patch.setattr(op, "create_table", failing)
        with pytest.raises(StorageError, match="database or disk is full"):
            migrate(address)
    assert len(schema_objects(database)) == tables
    assert migrate(address) == ("0001", HEAD)


def schema_objects(address: str) -> list[tuple[Any, ...]]:
    if address.startswith("sqlite"):
        return rows(address, "SELECT name FROM sqlite_master")
    return rows(address, "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace")


def test_two_that_set_up_a_database_at_once_do_it_once(database: str) -> None:
    command = [sys.executable, "-m", "cli", "library", "migrate", "--database", database]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    results = [process.communicate(timeout=120) for process in running]
    assert [process.returncode for process in running] == [0, 0], results
    assert sum("set up with schema" in out for out, _ in results) == 1


# --- bad input


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("mysql://me:geheim@h/db", "begins with 'mysql:' is no database that can be used; write sqlite:///FILE or"),
        ("sqlite:///:memory:", "in memory is gone"),
        ("sqlite:///no/such/folder/x.db", "the folder of the file does not exist"),
        ("postgresql+psycopg://me:geheim@127.0.0.1:1/db", "postgresql+psycopg://me:***@127.0.0.1:1/db: "),
        ("postgresql+psycopg://me:ge/heim@127.0.0.1/db", "is malformed"),
        ("postgresql+psycopg://me:geheim@127.0.0.1:1/db?no_such=1", "is malformed"),
        ("postgresql+psycopg://127.0.0.1:1/db?user=me&password=geheim", "password=***: "),
    ],
)
def test_an_address_that_cannot_be_used_is_told_in_one_line_without_its_password(
    claimwise: Invoke, address: str, told: str
) -> None:
    if address.startswith("postgresql"):
        pytest.importorskip("psycopg", reason="psycopg reads the addresses of PostgreSQL")
    for command in (
        ["library", "build", "--library", SMALL, "--database", address],
        ["check", TEXTS, "--library", SMALL, "--store", address],
        ["library", "migrate", "--database", address],
    ):
        result = claimwise(*command)
        assert result.exit_code in (2, 3), result.stdout
        lines = [line for line in result.stderr.splitlines() if line.startswith("claimwise: ")]
        assert len(lines) == 1
        assert told in lines[0]
        assert "heim" not in result.stderr + result.stdout


@pytest.mark.parametrize("command", [["library", "check"], ["library", "build"], ["evidence", "lint"]])
def test_what_needs_text_files_refuses_a_database(claimwise: Invoke, command: list[str]) -> None:
    result = claimwise(*command, "--library", "postgresql+psycopg://me:geheim@h/db")
    assert result.exit_code == 3
    assert "this needs a library's text files" in result.stderr
    assert "geheim" not in result.stderr


def test_settings_are_shown_without_the_password(claimwise: Invoke, tmp_path: Path) -> None:
    shown = claimwise("config", tmp_path, "--library", "postgresql+psycopg://me:geheim@h/db")
    assert "postgresql+psycopg://me:***@h/db" in shown.stdout
    assert "geheim" not in shown.stdout


def test_a_database_without_a_library_says_how_to_put_one_in(claimwise: Invoke, database: str) -> None:
    for state in (
        ("is empty", "holds no library") if database.startswith("post") else ("no such file", "holds no library")
    ):
        result = claimwise("search", "response", "--database", database)
        assert result.exit_code == 2
        assert state in result.stderr
        assert "claimwise library build --database" in result.stderr
        migrate(parse_address(database))


def test_the_tables_of_another_program_are_left_alone(claimwise: Invoke, database: str) -> None:
    with open_engine(parse_address(database)).begin() as connection:
        connection.exec_driver_sql("CREATE TABLE claim (id INTEGER)")
    for command in (["library", "build", "--library", SMALL], ["library", "migrate"], ["search", "response"]):
        result = claimwise(*command, "--database", database)
        assert result.exit_code == 2
        assert "holds tables that are not Claimwise's; use an empty database or schema" in result.stderr
    assert len(schema_objects(database)) == 1


def test_a_file_that_is_no_database_is_left_alone(claimwise: Invoke, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("These are notes, and more notes than a header has room for. " * 20, encoding="utf-8")
    before = path.read_bytes()
    result = claimwise("library", "build", "--library", SMALL, "--database", f"sqlite:///{path}")
    assert result.exit_code == 2
    assert "file is not a database" in result.stderr
    assert path.read_bytes() == before


def test_records_that_cannot_be_read_are_told_in_one_line(claimwise: Invoke, database: str) -> None:
    claimwise("library", "build", "--library", SMALL, "--database", database)
    with open_engine(parse_address(database)).begin() as connection:
        connection.exec_driver_sql("""UPDATE finding SET record = '{"id": 3}'""")
    result = claimwise("search", "response", "--database", database)
    assert result.exit_code == 2
    assert "its records are not as this Claimwise writes them" in result.stderr.splitlines()[-1]


def test_without_the_driver_one_line_says_what_to_install(claimwise: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    result = claimwise("search", "response", "--database", "postgresql+psycopg://me:geheim@h/db")
    assert result.exit_code == 3
    assert result.stderr.splitlines() == [
        'claimwise: a PostgreSQL database needs psycopg, which is not installed; pip install "claimwise[postgresql]"'
    ]


@given(user=st.text("abc%-_", max_size=8), password=st.text("xyz:/?#&%12=@", min_size=4, max_size=12))
def test_what_is_shown_of_an_address_never_holds_the_password(user: str, password: str) -> None:
    from urllib.parse import quote

    for written in (password, quote(password, safe="")):
        address = parse_address(f"postgresql+psycopg://{user}:{written}@host.example/db?sslmode=require")
        assert str(address) == f"postgresql+psycopg://{user}:***@host.example/db?sslmode=require"
        assert repr(address) == str(address)
        assert password not in address.without_secrets(f"no: {address.place} and {password}")


def test_an_address_that_is_none_is_not_repeated() -> None:
    with pytest.raises(UsageError) as caught:
        parse_address("me:geheim@host")
    assert "geheim" not in str(caught.value)
