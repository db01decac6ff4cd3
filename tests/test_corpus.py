"""``claimwise corpus``: every document once, whatever it is stored in and whatever is killed on the way."""

from __future__ import annotations

import errno
import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import filelock
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.collection import Collection, load_collection
from claims.corpus.batches import Opened, check_batch
from claims.corpus.pages import Page
from claims.corpus.topic import TopicWords
from claims.documents import read_document
from claims.engine import Judge
from evidence.paths import library_paths
from tests.conftest import SMALL, Invoke, edit
from tests.corpus_pages import warc_record, write_crawl
from tests.processes import below, command_of, parts_in

pa = pytest.importorskip("pyarrow", reason="needs pyarrow (extra corpus)")
pq = pytest.importorskip("pyarrow.parquet")

ROOT = Path(__file__).parent.parent
APPROVED = "Ketamine is FDA approved for depression."
NOT_APPROVED = "The FDA has not approved ketamine for depression."
OFF = "Bread needs flour, water, salt and time. " * 20
PAGES = [
    {"url": "https://a.example/1", "text": f"{APPROVED} {NOT_APPROVED}"},
    {"url": "https://a.example/2", "html": f"<html><body><p>{OFF}</p><p>{NOT_APPROVED}</p></body></html>"},
    {"url": "https://a.example/3", "markdown": f"# Bread\n\n{OFF}"},
    {"url": "https://a.example/4", "text": OFF},
]


@pytest.fixture(scope="module")
def subject() -> str:
    return 'subject = ["ketamine"]\n'


@pytest.fixture
def corpus(library: Path, subject: str, tmp_path: Path, claimwise: Invoke, monkeypatch: pytest.MonkeyPatch) -> Invoke:
    """Runs ``corpus`` in an empty folder against the small library, which here says what it is about."""
    with (library / "library.toml").open("a", encoding="utf-8") as file:
        file.write(subject)
    claimwise("library", "build", "--library", library)
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return lambda *words, **options: claimwise("corpus", *words, "--library", library, **options)


def write_pages(path: Path, pages: list[dict[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{json.dumps(page)}\n" for page in pages), encoding="utf-8")
    return path


def rows(output: str, table: str) -> list[dict[str, Any]]:
    paths = sorted(Path(output, table).glob("*.parquet"))
    return [row for path in paths for row in pq.ParquetFile(path).read().to_pylist()]


def files(output: str) -> dict[str, bytes]:
    return {f"{p.parent.name}/{p.name}": p.read_bytes() for p in sorted(Path(output).glob("*/part-*"))}


def test_pages_become_two_tables(corpus: Invoke) -> None:
    write_pages(Path("pages.jsonl"), PAGES)
    result = corpus("pages.jsonl", "--output", "out")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines()[0] == "4 documents: 2 ok, 2 no-topic"
    documents = rows("out", "documents")
    assert [(row["document_id"][-1], row["status"], row["claims"]) for row in documents] == [
        ("1", "ok", 2),
        ("2", "ok", documents[1]["claims"]),
        ("3", "no-topic", 0),
        ("4", "no-topic", 0),
    ]
    assert {row["reason"] for row in documents[2:]} == {"never names the library's subject; nothing in it was judged"}
    first = rows("out", "claims")[0]
    assert (first["text"], first["start"], first["end"], first["claim"]) == (APPROVED, 0, len(APPROVED), 1)
    assert (first["verdict"], first["rules"][0], first["severity"]) == ("contradicted", "EV002", "error")
    assert first["evidence"] == ["FDA2023CompoundedKetamine.1"]


def test_claims_are_those_of_check(corpus: Invoke, claimwise: Invoke, library: Path) -> None:
    for number, text in enumerate((f"# A\n\n{APPROVED}\n", f"# B\n\n{OFF}\n\n{NOT_APPROVED} {APPROVED}\n")):
        Path("site").mkdir(exist_ok=True)
        Path(f"site/{number}.md").write_text(text, encoding="utf-8")
    corpus("site", "--output", "out")
    checked = json.loads(claimwise("check", "site", "--library", library, "--format", "json").stdout)["documents"]
    fields = ("start", "end", "line", "column", "text", "verdict", "category", "proposition", "reason", "suggestion")
    expected = [(d["path"], *(c[f] for f in fields)) for d in checked for c in d["claims"]]
    assert [(row["document_id"], *(row[f] for f in fields)) for row in rows("out", "claims")] == expected
    assert len(expected) >= 3


def test_every_container_gives_the_same_claims(corpus: Invoke) -> None:
    write_pages(Path("a.jsonl"), PAGES)
    Path("b.jsonl.gz").write_bytes(gzip.compress(Path("a.jsonl").read_bytes()))
    names = ("url", "text", "html", "markdown")
    table = pa.table({name: pa.array([page.get(name) for page in PAGES], pa.string()) for name in names})
    pq.write_table(table, "c.parquet")
    found = []
    for name in ("a.jsonl", "b.jsonl.gz", "c.parquet"):
        assert corpus(name, "--output", f"out-{name}").exit_code == 0
        found.append((rows(f"out-{name}", "documents"), rows(f"out-{name}", "claims")))
    assert found[0] == found[1] == found[2]


def test_web_archives_are_read(corpus: Invoke) -> None:
    write_warc(Path("crawl.warc.gz"))
    assert corpus("crawl.warc.gz", "--output", "out").exit_code == 0
    assert [(row["document_id"], row["status"], row["claims"]) for row in rows("out", "documents")] == [
        ("https://a.example/page", "ok", 1),
        ("https://a.example/latin", "ok", 1),
        ("https://a.example/wet", "ok", 1),
    ]
    assert "naïve" in rows("out", "claims")[1]["text"]


def write_warc(path: Path) -> None:
    """A page, one in another encoding, one that was not found, a picture, and a page as text."""
    pytest.importorskip("warcio", reason="needs warcio (extra corpus)")
    page = f"<html><body><p>{NOT_APPROVED}</p></body></html>".encode()
    latin = page.replace(b"The FDA", "As of naïve pages, the FDA".encode("latin-1"))
    answers = (
        ("page", "200 OK", "text/html; charset=utf-8", page),
        ("latin", "200 OK", "text/html; charset=iso-8859-1", latin),
        ("gone", "404 Not Found", "text/html", page),
        ("picture", "200 OK", "image/png", b"\x89PNG"),
    )
    records = [warc_record("warcinfo", "", "application/warc-fields", b"software: test\r\n")]
    for name, status, kind, body in answers:
        http = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n\r\n".encode() + body
        records.append(warc_record("response", f"https://a.example/{name}", "application/http; msgtype=response", http))
    records.append(warc_record("conversion", "https://a.example/wet", "text/plain", NOT_APPROVED.encode()))
    path.write_bytes(b"".join(map(gzip.compress, records)))


@pytest.mark.parametrize("jobs", [1, 3])
def test_part_files_do_not_depend_on_the_number_of_processes(corpus: Invoke, jobs: int) -> None:
    write_crawl(Path("crawl"), 40, files=2)
    corpus("crawl", "--output", "alone", "--part-size", 7)
    corpus("crawl", "--output", "many", "--part-size", 7, "--jobs", jobs)
    assert files("alone") == files("many")
    assert len(rows("many", "documents")) >= 40


def test_an_id_counts_once_and_first(corpus: Invoke) -> None:
    repeated = [{"id": "x", "text": APPROVED}, {"id": "y", "text": OFF}, {"id": "x", "text": OFF}]
    write_pages(Path("in/1.jsonl"), repeated)
    write_pages(Path("in/2.jsonl"), [{"id": "y", "text": APPROVED}, {"id": "z", "text": APPROVED}])
    result = corpus("in", "--output", "out", "--part-size", 2)
    assert "2 records left out: an earlier one has the same id" in result.stdout
    assert [(row["document_id"], row["status"]) for row in rows("out", "documents")] == [
        ("x", "ok"),
        ("y", "no-topic"),
        ("z", "ok"),
    ]
    assert [row["document_id"] for row in rows("out", "claims")] == ["x", "z"]
    before = files("out")
    assert corpus("in", "--output", "out", "--part-size", 2).stdout == result.stdout
    assert files("out") == before


def test_damaged_records_are_told_and_the_others_are_read(corpus: Invoke) -> None:
    good = json.dumps(PAGES[0])
    Path("in").mkdir()
    Path("in/a.jsonl").write_text(f'{good}\n{{"text": \n\n[1]\n{{"id": "empty"}}\n', encoding="utf-8")
    Path("in/b.jsonl.gz").write_bytes(gzip.compress(good.replace("/1", "/9").encode() * 50)[:-20])
    Path("in/c.parquet").write_bytes(b"PAR1 and no more")
    pq.write_table(pa.table({"words": ["x"]}), "in/d.parquet")
    result = corpus("in", "--output", "out")
    assert result.exit_code == 2
    assert result.stderr == "claimwise: 6 documents could not be checked; reasons stand in out/documents\n"
    told = {row["document_id"]: row["reason"] for row in rows("out", "documents") if row["status"] == "unreadable"}
    assert told["in/a.jsonl#2"].startswith("line 2 is not JSON: ")
    assert told["in/a.jsonl#4"] == "line 4 is no JSON object; write one {…} a line"
    assert told["empty"] == "record 5 has no text; it needs one of html, markdown, text, content, raw_content"
    assert told["in/b.jsonl.gz#1"].startswith("the file cannot be read beyond here: ")
    assert told["in/c.parquet#1"].startswith("the file cannot be read beyond here: ")
    assert told["in/d.parquet#1"].startswith("has no column of text")


def test_poisoned_documents_cost_their_own_row_only(corpus: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("claims.corpus.running.CHECKER", ("tests.worker_tasks", "frail_checker"))
    texts = [NOT_APPROVED, f"KILL {APPROVED}", f"CHANCE {NOT_APPROVED}", f"HANG {APPROVED}", NOT_APPROVED]
    write_pages(Path("in.jsonl"), [{"id": str(at), "text": text} for at, text in enumerate(texts)])
    result = corpus("in.jsonl", "--output", "out", "--time-limit", "3")
    assert result.exit_code == 2
    assert [(row["status"], row["claims"], row["reason"]) for row in rows("out", "documents")] == [
        ("ok", 1, None),
        ("died", 0, "ended the process that read it, twice (killed by SIGKILL)"),
        ("ok", 1, None),
        ("timed-out", 0, "took longer than 3 s: given up"),
        ("ok", 1, None),
    ]


# What a run may go on with.


def test_a_run_that_is_complete_is_not_done_again(corpus: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    write_pages(Path("in.jsonl"), PAGES)
    first = corpus("in.jsonl", "--output", "out")
    monkeypatch.setattr("claims.corpus.running.CHECKER", ("tests.worker_tasks", "impossible"))
    assert corpus("in.jsonl", "--output", "out").stdout == first.stdout


@pytest.mark.parametrize(
    ("change", "words", "told"),
    [
        (lambda _: None, ("--part-size", "3"), "out: was begun with --part-size 500, not 3; give the same or"),
        (lambda _: None, ("--time-limit", "9"), "out: was begun with --time-limit 120, not 9; give the same or"),
        (
            lambda library: edit(library / "library.toml", "A small library", "Another library"),
            (),
            "; give the same library or choose another --output",
        ),
        (
            lambda _: write_pages(Path("in.jsonl"), PAGES[:2]),
            (),
            "over other inputs: in.jsonl has changed; give the same",
        ),
        (lambda _: Path("out/manifest.json").write_text("{"), (), "out/manifest.json: cannot be read"),
    ],
)
def test_a_restart_with_anything_else_is_refused(
    corpus: Invoke, library: Path, change: Callable[[Path], object], words: tuple[str, ...], told: str
) -> None:
    write_pages(Path("in.jsonl"), PAGES)
    assert corpus("in.jsonl", "--output", "out").exit_code == 0
    before = files("out")
    change(library)
    result = corpus("in.jsonl", "--output", "out", *words)
    assert result.exit_code in (2, 3)
    assert told in result.stderr
    assert result.stderr.count("\n") == 1 + result.stderr.count("building the library")
    assert files("out") == before


def test_folders_that_are_something_else_are_left_alone(corpus: Invoke) -> None:
    write_pages(Path("in/pages.jsonl"), PAGES)
    Path("photos").mkdir()
    Path("photos/cat.png").write_bytes(b"x")
    assert "photos: holds cat.png and no corpus run" in corpus("in", "--output", "photos").stderr
    assert "in/out: lies in in, which is read" in corpus("in", "--output", "in/out").stderr
    assert [path.name for path in Path("photos").iterdir() if path.name != ".lock"] == ["cat.png"]
    assert "missing: No such file" in corpus("missing", "--output", "out").stderr
    assert "photos: holds no Parquet" in corpus("photos", "--output", "out").stderr


def test_a_second_run_beside_the_first_is_refused(corpus: Invoke) -> None:
    write_pages(Path("in.jsonl"), PAGES)
    Path("out").mkdir()
    with filelock.FileLock("out/.lock"):
        result = corpus("in.jsonl", "--output", "out")
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr == (
        "claimwise: out: another run is writing here; wait for its end or choose another --output\n"
    )


@pytest.mark.parametrize("at", [3, 6, 8])
def test_a_full_disk_stops_the_run_and_a_restart_finishes_it(
    corpus: Invoke, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    write_pages(Path("in.jsonl"), PAGES)
    corpus("in.jsonl", "--output", "whole", "--part-size", 1)
    real, left = os.fsync, [at]

    def full(descriptor: int) -> None:
        left[0] -= 1
        if left[0] <= 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(descriptor)

    monkeypatch.setattr("claims.corpus.tables.os.fsync", full)
    result = corpus("in.jsonl", "--output", "out", "--part-size", 1)
    assert result.exit_code == 2
    assert result.stderr.endswith("cannot be written: No space left on device; make room and run again\n")
    assert result.stderr.count("\n") == 1
    assert not list(Path("out").rglob(".*.tmp"))
    monkeypatch.setattr("claims.corpus.tables.os.fsync", real)
    assert corpus("in.jsonl", "--output", "out", "--part-size", 1).exit_code == 0
    assert files("out") == files("whole")


@pytest.mark.parametrize("victim", ["worker", "driver"])
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc to find the processes of a run")
def test_a_kill_in_the_middle_loses_and_doubles_nothing(corpus: Invoke, library: Path, victim: str) -> None:
    write_crawl(Path("crawl"), 300, files=3)
    corpus("crawl", "--output", "whole", "--part-size", 10)
    command = (sys.executable, str(ROOT / "cli.py"), "corpus", "crawl", "--output", "out", "--part-size", "10")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.Popen((*command, "--jobs", "2", "--library", str(library)), env=environment, stdout=-3, stderr=-3)
    while parts_in(Path("out")) < 2:
        time.sleep(0.01)
    children = [pid for pid in below(run.pid) if "worker_process" in command_of(pid)]
    assert children
    os.kill(run.pid if victim == "driver" else children[0], signal.SIGKILL)
    run.wait(timeout=120)
    if victim == "driver":
        assert 0 < parts_in(Path("out")) < 30
        corpus("crawl", "--output", "out", "--part-size", 10, "--jobs", 2)
    assert files("out") == files("whole")


def test_what_is_missing_is_named_with_what_to_install(corpus: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    write_pages(Path("in.jsonl"), PAGES)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    result = corpus("in.jsonl", "--output", "out")
    assert result.exit_code == 3
    assert result.stderr.endswith('pip install "claimwise[corpus]"\n')


# The pure part.


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory, subject: str) -> Opened:
    folder = tmp_path_factory.mktemp("opened") / "library"
    shutil.copytree(SMALL, folder)
    with (folder / "library.toml").open("a", encoding="utf-8") as file:
        file.write(subject)
    collection = load_collection(library_paths(folder))
    return Opened.of(collection, Judge(collection))


def test_the_rows_of_a_page_do_not_depend_on_its_batch(opened: Opened) -> None:
    pages = [Page(id=str(at), body=text.encode()) for at, text in enumerate((APPROVED, OFF, NOT_APPROVED, APPROVED))]
    together = check_batch(pages, opened)
    assert together == [check_batch([page], opened)[0] for page in pages]
    assert check_batch(reversed(pages), opened) == together[::-1]


SPLIT = st.lists(st.sampled_from(["<b>", "</b>", "&shy;", "\u00ad", "<!-- x -->"]), max_size=2).map("".join)


@given(
    word=st.sampled_from(["ketamine", "Ketamine", "KETAMINE"]),
    at=st.integers(1, 7),
    mark=SPLIT,
    around=st.text(max_size=30),
)
def test_a_page_whose_reader_finds_the_subject_is_never_dropped(
    opened: Opened, word: str, at: int, mark: str, around: str
) -> None:
    body = f"<p>{around.replace(chr(0), '')} {word[:at]}{mark}{word[at:]} helps.</p>".encode("utf-8", "replace")
    if opened.judge.names_subject(read_document("page.html", body)):
        assert opened.topic.may_be_in(body)


def test_a_library_without_a_subject_has_every_page_read(small: Collection) -> None:
    assert TopicWords(small.manifest, small.lexicon).may_be_in(b"Bread and butter.")
