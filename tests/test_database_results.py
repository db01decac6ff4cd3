"""``check --store``: what a run found, in SQL; nothing doubled, nothing lost, nothing half-written."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from claims.checked_claims import CheckedClaim
from claims.checked_documents import CheckedDocument
from claims.database import results
from claims.database.address import parse_address
from claims.database.connecting import open_engine
from claims.database.results import Run, Stored, store
from claims.database.schema import migrate
from claims.report import EvidenceItem
from claims.verdicts import RuleHit
from tests.conftest import SMALL, TEXTS, Invoke, edit
from tests.test_database import rows

TABLES = {
    "checked_document": "path, sha256",
    "checked_claim": "document, position",
    "checked_rule": "document, claim, position",
    "checked_evidence": "document, claim, position",
}
NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
RUN = Run(project="site", library="small", library_hash="ab" * 32, engine="1.0", settings=(), checked=NOON)


def claim(number: int, text: str = "It works for everybody.") -> CheckedClaim:
    evidence = EvidenceItem(
        finding=f"Study2020.{number}",
        reference="Study2020",
        stance="refutes",
        summary="",
        citation="",
        brief="",
        locator="",
        level="1",
        verified="abstract",
    )
    return CheckedClaim(
        id=f"page-c{number:02}",
        start=10 * number,
        end=10 * number + 9,
        line=number,
        column=1,
        end_line=number,
        end_column=10,
        text=f"{number} {text}",
        paraphrase=None,
        category="efficacy",
        proposition="P-1",
        slots={},
        quantities=(),
        certainty="certain",
        polarity="positive",
        verdict="overstated",
        reason="Not for everybody.",
        rules=(RuleHit(code="EV003", message="too much", severity="warning"),) * 2,
        missing=(),
        evidence=(evidence,),
        suggestion=None,
        comparisons=(),
        support=0.25,
    )


def page(path: str, text: str = "a", claims: int = 2) -> CheckedDocument:
    return CheckedDocument(
        path=path,
        sha256=(text.encode().hex() * 64)[:64],
        source=None,
        words=7,
        claims=tuple(claim(number) for number in range(1, claims + 1)),
    )


def everything(address: str) -> dict[str, list[tuple[Any, ...]]]:
    return {table: rows(address, f"SELECT * FROM {table} ORDER BY {order}") for table, order in TABLES.items()}


def states(address: str) -> list[tuple[Any, ...]]:
    """Path, first digits of the hash, and the day of supersession."""
    query = "SELECT path, sha256, superseded FROM checked_document ORDER BY path, sha256"
    return [(path, sha256[:2], moment and moment[:10]) for path, sha256, moment in rows(address, query)]


@pytest.fixture
def ready(database: str) -> str:
    """An empty database with the tables."""
    migrate(parse_address(database))
    return database


def put(address: str, *pages: CheckedDocument, batch: int = 100, **changes: Any) -> Stored:
    return store(pages, msgspec.structs.replace(RUN, **changes), parse_address(address), batch=batch)


def test_check_writes_documents_claims_verdicts_and_evidence(claimwise: Invoke, database: str) -> None:
    command = ["check", TEXTS, "--library", SMALL, "--format", "json", "--fail-on", "never"]
    plain = claimwise(*command)
    stored = claimwise(*command, "--store", database)
    assert stored.stdout == plain.stdout
    assert stored.exit_code == plain.exit_code == 0
    assert "2 documents stored, 0 there already" in stored.stderr
    result = msgspec.json.decode(stored.stdout)
    kept = everything(database)
    claims = [c for d in result["documents"] for c in d["claims"]]
    assert [row[3] for row in kept["checked_document"]] == [d["sha256"] for d in result["documents"]]
    assert sorted(row[12] for row in kept["checked_claim"]) == sorted(c["verdict"] for c in claims)
    assert sorted(row[3] for row in kept["checked_rule"]) == sorted(r["code"] for c in claims for r in c["rules"])
    assert sorted((row[3], row[4]) for row in kept["checked_evidence"]) == sorted(
        (e["finding"], e["stance"]) for c in claims for e in c["evidence"]
    )
    assert all(kept.values())


def test_both_databases_hold_the_same_rows_of_the_same_run(
    claimwise: Invoke, tmp_path: Path, postgresql: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claims.session.this_moment", lambda: NOON)
    here, there = f"sqlite:///{tmp_path / 'a.db'}", postgresql()
    for address in (here, there):
        claimwise("check", TEXTS, "--library", SMALL, "--store", address, "--blind")
    assert everything(here) == everything(there)
    assert everything(here)["checked_document"][0][12:] == ("2026-11-22 12:00:00.000000", None)


def test_checking_again_adds_nothing(claimwise: Invoke, database: str) -> None:
    claimwise("check", TEXTS, "--library", SMALL, "--store", database)
    before = everything(database)
    again = claimwise("check", TEXTS, "--library", SMALL, "--store", database)
    assert "0 documents stored, 2 there already" in again.stderr
    assert everything(database) == before


def test_selection_baseline_and_changed_lines_do_not_change_what_is_stored(claimwise: Invoke, database: str) -> None:
    claimwise("check", TEXTS, "--library", SMALL, "--blind", "--select", "EV003", "--store", database)
    selected = everything(database)
    assert {row[3] for row in selected["checked_rule"]} - {"EV003"}
    claimwise("check", TEXTS, "--library", SMALL, "--blind", "--store", database)
    assert everything(database) == selected


def test_a_changed_page_supersedes_the_older_one(ready: str) -> None:
    put(ready, page("a.md", "1"), page("b.md", "1"))
    later = NOON + dt.timedelta(days=1)
    assert put(ready, page("a.md", "2"), page("b.md", "1"), checked=later) == Stored(new=1, known=1, wanted=2)
    assert states(ready) == [("a.md", "31", "2026-11-23"), ("a.md", "32", None), ("b.md", "31", None)]
    assert len(everything(ready)["checked_claim"]) == 6


def test_a_page_that_goes_back_takes_up_its_older_rows(ready: str) -> None:
    for text in ("1", "2", "1"):
        put(ready, page("a.md", text))
    assert states(ready) == [("a.md", "31", None), ("a.md", "32", "2026-11-22")]
    assert len(everything(ready)["checked_claim"]) == 4


@pytest.mark.parametrize(
    "change", [{"library_hash": "cd" * 32}, {"engine": "1.1"}, {"settings": ("blind",)}], ids=lambda c: next(iter(c))
)
def test_another_library_engine_or_setting_is_another_judgement(ready: str, change: dict[str, Any]) -> None:
    put(ready, page("a.md"))
    assert put(ready, page("a.md"), **change).new == 1
    assert [state[2] for state in states(ready)].count(None) == 1
    assert len(states(ready)) == 2


def test_equal_pages_at_two_places_and_in_two_projects_are_kept_apart(ready: str) -> None:
    assert put(ready, page("a.md"), page("b.md")).new == 2
    assert put(ready, page("a.md"), project="other").new == 1
    assert [state[2] for state in states(ready)] == [None] * 3


def test_a_file_that_could_not_be_read_is_not_stored(ready: str) -> None:
    assert put(ready, msgspec.structs.replace(page("a.md", claims=0), sha256=None)).wanted == 0


def test_text_that_no_database_can_hold_is_stored_with_marks_in_its_place(ready: str) -> None:
    odd = msgspec.structs.replace(page("a\udcff.md"), claims=(claim(1, "zero \x00, half \ud83d, whole \U0001f600"),))
    assert put(ready, odd).failure is None
    assert put(ready, odd).known == 1
    kept = everything(ready)
    assert kept["checked_claim"][0][7] == "1 zero \ufffd, half \ufffd, whole \U0001f600"
    assert kept["checked_document"][0][2] == "a\ufffd.md"


def test_no_database_takes_two_current_states_of_a_page(ready: str) -> None:
    put(ready, page("a.md"))
    copy = "INSERT INTO checked_document SELECT 'x', project, path, 'other', library, library_hash, engine, settings, source, words, unchecked, on_subject, checked, superseded FROM checked_document"
    with (
        pytest.raises(Exception, match=r"(?i)unique"),
        open_engine(parse_address(ready)).begin() as connection,
    ):
        connection.exec_driver_sql(copy)


DASHBOARD = re.findall(
    r"```sql\n(.*?)```", (Path(__file__).parent.parent / "docs/database.md").read_text(encoding="utf-8"), re.DOTALL
)


def test_the_questions_of_the_page_on_databases_have_the_same_answers_in_both(
    claimwise: Invoke, library: Path, tmp_path: Path, postgresql: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = f"sqlite:///{tmp_path / 'a.db'}", postgresql()
    texts = shutil.copytree(TEXTS, tmp_path / "texts")
    for address in (here, there):
        claimwise("library", "build", "--library", library, "--database", address)
    for moment in (NOON, NOON + dt.timedelta(days=2)):
        monkeypatch.setattr("claims.session.this_moment", lambda moment=moment: moment)
        for address in (here, there):
            claimwise("check", texts, "--library", library, "--store", address)
        edit(texts / "page-a.txt", "\n", "\n\nIn one trial, response was 64% after one infusion.\n\n")
        edit(library / "studies/Murrough2013a.toml", "value = 64.0", "value = 63.0") if moment == NOON else None
    assert len(DASHBOARD) == 6
    for query in DASHBOARD:
        found = rows(here, query)
        assert found == rows(there, query), query
        assert found, query
    over_time = rows(here, DASHBOARD[1])
    assert {day for day, _, _ in over_time} == {"2026-11-22", "2026-11-24"}
    now = [(verdict, count) for day, verdict, count in over_time if day == "2026-11-24"]
    assert sorted(now) == sorted(rows(here, DASHBOARD[0]))


# --- what is cut off


PAGES = [page(f"{number:02}.md", str(number % 10)) for number in range(10)]


def test_a_connection_lost_in_mid_batch_leaves_whole_batches_and_a_restart_finishes(
    ready: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert, calls = results._insert, 0

    def losing(connection: Any, table: Any, entries: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == 11:  # the claims and rules of the third batch are written, the links are not
            if connection.dialect.name != "postgresql":
                raise sqlite3.OperationalError("disk I/O error")
            own = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
            with open_engine(parse_address(ready)).begin() as other:
                other.exec_driver_sql(f"SELECT pg_terminate_backend({own})")
        insert(connection, table, entries)

    with monkeypatch.context() as patch:
        patch.setattr(results, "_insert", losing)
        broken = put(ready, *PAGES, batch=3)
    assert broken.failure is not None
    assert (broken.new, broken.known, broken.wanted) == (6, 0, 10)
    line = broken.told(parse_address(ready))
    assert "6 of 10 documents are stored; run the same check again to store the rest" in line
    assert "\n" not in line
    assert [len(entries) for entries in everything(ready).values()] == [6, 12, 24, 12]
    assert put(ready, *PAGES, batch=3) == Stored(new=4, known=6, wanted=10)
    assert [len(entries) for entries in everything(ready).values()] == [10, 20, 40, 20]


def test_a_failed_store_makes_the_check_incomplete_and_still_reports(
    claimwise: Invoke, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(results, "_insert", full)
    result = claimwise("check", TEXTS, "--library", SMALL, "--store", database, "--fail-on", "never")
    assert result.exit_code == 2
    assert "page-a.txt" in result.stdout
    assert "database or disk is full; 0 of 2 documents are stored" in result.stderr


def test_a_run_that_is_killed_leaves_no_half_document(ready: str, tmp_path: Path) -> None:
    code = (
        "import os, sys, cli, claims.database.results as r\n"
        "insert, calls = r._insert, []\n"
        "def dying(*a):\n"
        "    calls.append(1)\n"
        "    if len(calls) == 7: os._exit(9)\n"
        "    insert(*a)\n"
        "r._insert, r.store.__kwdefaults__['batch'] = dying, 1\n"
        "cli.run()"
    )
    command = [sys.executable, "-c", code, "check", str(TEXTS), "--library", str(SMALL), "--store", ready]
    assert subprocess.run(command, check=False, capture_output=True, env=os.environ.copy()).returncode == 9
    kept = everything(ready)
    assert [row[2][-10:] for row in kept["checked_document"]] == ["page-a.txt"]
    assert kept["checked_evidence"]
    done = subprocess.run([*command[:1], "-m", "cli", *command[3:]], check=False, capture_output=True, text=True)
    assert "1 documents stored, 1 there already" in done.stderr


def test_runs_at_the_same_time_double_nothing(ready: str) -> None:
    found: list[Stored] = []
    starts = threading.Barrier(4)

    def run(pages: list[CheckedDocument]) -> None:
        starts.wait()
        found.append(put(ready, *pages, batch=2))

    changed = [page(entry.path, "x") for entry in PAGES]
    threads = [threading.Thread(target=run, args=(pages,)) for pages in (PAGES, PAGES, changed, PAGES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert [stored.failure for stored in found] == [None] * 4
    assert sum(stored.new for stored in found) == 20
    assert [len(entries) for entries in everything(ready).values()] == [20, 40, 80, 40]
    assert sum(superseded is None for _, _, superseded in states(ready)) == 10


def test_the_constraints_alone_keep_a_second_writer_from_doubling(ready: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two writers that see the same empty table, as without the lock: the later one adds nothing."""
    put(ready, *PAGES)
    before = everything(ready)
    with open_engine(parse_address(ready)).begin() as connection:
        for table in (results.DOCUMENT, results.CLAIM, results.RULE, results.EVIDENCE):
            stood = [dict(row._mapping) for row in connection.execute(table.select())]
            results._insert(connection, table, stood)
    assert everything(ready) == before
