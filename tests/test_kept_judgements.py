"""Judgements kept between runs: the same as anew, never from another library, scorecard or code, and no harm done by
whatever the cache folder is like."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from claims import kept_judgements, kept_results
from claims.collection import Collection, load_collection
from claims.documents import Document, read_document
from claims.engine import Examined, Judge, forms_of
from claims.judged import Judged
from claims.judging import Judging
from claims.kept_results import FILE_NAME, Kept, KeptResults, kept_for
from claims.snapshot import _code
from evidence.paths import library_paths
from tests.conftest import SMALL, TEXTS, Invoke, edit
from tests.tiny import SCORECARD

COLLECTION = load_collection(library_paths(SMALL))
FORMS = forms_of(COLLECTION)
RECORDS = st.dictionaries(st.binary(min_size=16, max_size=16), st.binary(max_size=200), max_size=30)
PAGES = {
    "a.md": "# Ketamine\n\nKetamine is FDA approved for depression. In a trial of 73 people 64% responded after 24 hours.\n",
    "b.md": "# Ketamine\n\nThe FDA has not approved ketamine for depression. It cures everyone, say the quokkas.\n",
}


def in_folder(folder: Path, about: str = "library 1") -> Kept:
    return Kept(KeptResults(folder), about)


def written(folder: Path, records: dict[bytes, bytes]) -> None:
    results = KeptResults(folder)
    for key, record in records.items():
        results.keep(key, record)
    results.write()


def keys(numbers: range) -> dict[bytes, bytes]:
    return {number.to_bytes(16, "big"): b"record %d" % number for number in numbers}


# What is kept, and where


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(RECORDS, max_size=4))
def test_what_was_written_last_is_read_by_the_next_run(tmp_path: Path, runs: list[dict[bytes, bytes]]) -> None:
    shutil.rmtree(tmp_path / "cache", ignore_errors=True)
    for records in runs:
        written(tmp_path / "cache", records)
    results = KeptResults(tmp_path / "cache")
    for key, record in {key: record for records in runs for key, record in records.items()}.items():
        assert results.get(key) == record
    assert results.get(b"no such key ....") is None


def test_a_run_with_nothing_new_writes_nothing(tmp_path: Path) -> None:
    written(tmp_path / "cache", {})
    assert not (tmp_path / "cache").exists()


def test_the_oldest_make_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_results, "_MOST", 100_000)
    noise = {number: os.urandom(2_000) for number in range(300)}
    for start in range(0, 300, 20):
        written(tmp_path, {number.to_bytes(16, "big"): noise[number] for number in range(start, start + 20)})
    assert (tmp_path / FILE_NAME).stat().st_size < 200_000
    results = KeptResults(tmp_path)
    left = [number for number in noise if results.get(number.to_bytes(16, "big")) == noise[number]]
    assert len(left) >= 20
    assert left == list(range(left[0], 300))


def test_a_long_run_writes_before_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_results, "_HELD", 10)
    results = KeptResults(tmp_path)
    for key, record in keys(range(25)).items():
        results.keep(key, record)
    assert len(results.handed_over()) == 5
    assert KeptResults(tmp_path).get((19).to_bytes(16, "big")) == b"record 19"


def test_only_the_user_can_read_the_file(tmp_path: Path) -> None:
    written(tmp_path, keys(range(3)))
    assert (tmp_path / FILE_NAME).stat().st_mode & 0o077 == 0


# Files and folders that are not as they should be


def foreign_database(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE kept (key BLOB, record BLOB)")
        connection.execute("INSERT INTO kept VALUES (?, ?)", ((1).to_bytes(16, "big"), b"not ours"))


def without_table(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("ALTER TABLE kept RENAME TO gone")


DAMAGES = {
    "without its table": without_table,
    "empty": lambda file: file.write_bytes(b""),
    "cut in half": lambda file: file.write_bytes(file.read_bytes()[: file.stat().st_size // 2]),
    "cut by a byte": lambda file: file.write_bytes(file.read_bytes()[:-1]),
    "another kind of file": lambda file: file.write_bytes(b"my notes\n" * 2_000),
    "zeros": lambda file: file.write_bytes(bytes(file.stat().st_size)),
    "pages overwritten": lambda file: file.write_bytes(file.read_bytes()[:4096] + b"\xaa" * 30_000),
    "another database": lambda file: (file.unlink(), foreign_database(file)),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_file_that_is_not_sound_is_read_past_and_begun_anew(tmp_path: Path, damage: str) -> None:
    known, more = keys(range(200)), keys(range(200, 300))
    written(tmp_path, known)
    DAMAGES[damage](tmp_path / FILE_NAME)
    results = KeptResults(tmp_path)
    assert all(results.get(key) in (None, record) for key, record in known.items())
    for key, record in more.items():
        results.keep(key, record)
    results.write()
    again = KeptResults(tmp_path)
    assert all(again.get(key) == record for key, record in more.items())
    assert all(again.get(key) in (None, record) for key, record in known.items())
    with sqlite3.connect(tmp_path / FILE_NAME) as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (kept_results._OURS,)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.data())
def test_changed_bytes_never_give_another_record(tmp_path: Path, data: st.DataObject) -> None:
    known = keys(range(60))
    (tmp_path / FILE_NAME).unlink(missing_ok=True)
    written(tmp_path, known)
    content = bytearray((tmp_path / FILE_NAME).read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    (tmp_path / FILE_NAME).write_bytes(content)
    results = KeptResults(tmp_path)
    assert all(results.get(key) in (None, record) for key, record in known.items())
    results.keep(b"one more key ...", b"record")
    results.write()


def test_a_record_under_another_key_is_not_passed_off(tmp_path: Path) -> None:
    written(tmp_path, keys(range(2)))
    with sqlite3.connect(tmp_path / FILE_NAME) as connection:
        connection.execute("UPDATE kept SET record = (SELECT record FROM kept WHERE number = 1)")
    results = KeptResults(tmp_path)
    assert [results.get(key) for key in keys(range(2))] == [b"record 0", None]
    with sqlite3.connect(tmp_path / FILE_NAME) as connection:
        connection.execute("UPDATE kept SET record = number")
    assert [KeptResults(tmp_path).get(key) for key in keys(range(2))] == [None, None]


def test_a_folder_in_the_place_of_the_file_is_no_harm(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()
    written(tmp_path, keys(range(2)))
    assert KeptResults(tmp_path).get((1).to_bytes(16, "big")) is None


def test_a_cache_folder_that_cannot_be_made_is_no_harm(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    written(tmp_path / "file" / "cache", keys(range(2)))
    assert (tmp_path / "file").read_text(encoding="utf-8") == "x"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_only_be_read_serves_what_it_has(tmp_path: Path) -> None:
    written(tmp_path, keys(range(2)))
    (tmp_path / FILE_NAME).chmod(0o400)
    tmp_path.chmod(0o500)
    try:
        written(tmp_path, keys(range(2, 4)))
        results = KeptResults(tmp_path)
        assert [results.get(key) for key in keys(range(4))] == [b"record 0", b"record 1", None, None]
    finally:
        tmp_path.chmod(0o700)


def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, keys(range(2)))
    connected = kept_results._connected

    def on_a_full_disk(file: Path, mode: str) -> sqlite3.Connection:
        connection = connected(file, mode)
        connection.execute("PRAGMA max_page_count = 4")
        return connection

    monkeypatch.setattr(kept_results, "_connected", on_a_full_disk)
    written(tmp_path, {number.to_bytes(16, "big"): os.urandom(5_000) for number in range(10, 20)})
    monkeypatch.undo()
    results = KeptResults(tmp_path)
    assert [results.get(number.to_bytes(16, "big")) for number in (0, 1, 10, 19)] == [
        b"record 0",
        b"record 1",
        None,
        None,
    ]


# Several processes

WRITER = """
import sys
from pathlib import Path
from claims.kept_results import KeptResults
for number in range(int(sys.argv[2]), int(sys.argv[2]) + 300):
    results = KeptResults(Path(sys.argv[1]))
    results.keep(number.to_bytes(16, "big"), b"record %d" % number)
    results.write()
"""


def test_processes_that_write_at_once_lose_nothing_of_each_other(tmp_path: Path) -> None:
    running = [subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), str(first)]) for first in (0, 300, 600)]
    assert [process.wait() for process in running] == [0, 0, 0]
    results = KeptResults(tmp_path)
    found = [results.get(key) for key in keys(range(900))]
    assert sum(record is not None for record in found) > 450  # one that waits too long for its turn gives up
    assert all(record in (None, b"record %d" % number) for number, record in enumerate(found))


def test_a_file_that_another_process_holds_is_waited_for_briefly(tmp_path: Path) -> None:
    written(tmp_path, keys(range(1)))
    holder = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    begin = time.monotonic()
    results = KeptResults(tmp_path)
    assert results.get((0).to_bytes(16, "big")) is None
    results.keep((1).to_bytes(16, "big"), b"record 1")
    results.write()
    assert time.monotonic() - begin < 5
    holder.execute("COMMIT")
    assert [KeptResults(tmp_path).get(key) for key in keys(range(2))] == [b"record 0", None]


KILLED = """
import os, signal, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA cache_size = 1")
connection.execute("BEGIN IMMEDIATE")
connection.execute("UPDATE kept SET record = zeroblob(3000)")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_process_began_is_undone(tmp_path: Path) -> None:
    known = keys(range(100))
    written(tmp_path, known)
    before = (tmp_path / FILE_NAME).read_bytes()
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / FILE_NAME)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert (tmp_path / FILE_NAME).read_bytes() != before
    half = KeptResults(tmp_path)
    assert all(half.get(key) in (None, record) for key, record in known.items())
    written(tmp_path, keys(range(100, 101)))
    results = KeptResults(tmp_path)
    assert all(results.get(key) == record for key, record in keys(range(101)).items())


# Judgements


@pytest.fixture
def unjudged(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The texts of the claims that are judged anew."""
    judged: list[str] = []
    judge = Judging.judge

    def noted(self: Judging, assertion: object) -> Judged | None:
        judged.append(assertion.text)  # type: ignore[attr-defined]
        return judge(self, assertion)  # type: ignore[arg-type]

    monkeypatch.setattr(Judging, "judge", noted)
    yield judged


def examined(document: Document, kept: Kept | None) -> Examined:
    judge = Judge(COLLECTION, FORMS, kept=kept)
    found = judge.examine(document)
    if kept:
        kept.results.write()
    return found


def documents() -> list[Document]:
    texts = {path.name: path.read_bytes() for path in TEXTS.iterdir()} | {n: t.encode() for n, t in PAGES.items()}
    return [read_document(name, raw) for name, raw in sorted(texts.items())]


def test_a_kept_judgement_is_the_one_that_was_made(tmp_path: Path, unjudged: list[str]) -> None:
    fresh = [examined(document, None) for document in documents()]
    assert [examined(document, in_folder(tmp_path)) for document in documents()] == fresh
    assert any(read.judgement.match for found in fresh for read in found.reads)
    unjudged.clear()
    again = [examined(document, in_folder(tmp_path)) for document in documents()]
    assert again == fresh
    assert repr(again) == repr(fresh)  # 0 and 0.0 are equal, and are not told alike
    assert unjudged == []


def test_all_of_a_judgement_is_kept() -> None:
    kept = set(kept_judgements._Kept.__struct_fields__)
    assert kept - {"matched"} == set(Judged.__struct_fields__) - {"match"}


def test_only_the_claim_that_was_edited_is_judged_anew(tmp_path: Path, unjudged: list[str]) -> None:
    examined(read_document("a.md", PAGES["a.md"].encode()), in_folder(tmp_path))
    unjudged.clear()
    examined(read_document("a.md", PAGES["a.md"].replace("64%", "65%").encode()), in_folder(tmp_path))
    assert unjudged == ["In a trial of 73 people 65% responded after 24 hours."]


def test_the_same_words_in_other_surroundings_are_another_claim(tmp_path: Path, unjudged: list[str]) -> None:
    said = "\n\nMost people respond to it.\n"
    examined(read_document("a.md", f"# Ketamine{said}".encode()), in_folder(tmp_path))
    unjudged.clear()
    examined(read_document("a.md", f"# Esketamine{said}".encode()), in_folder(tmp_path))
    assert unjudged == ["Most people respond to it."]


def test_the_order_of_features_is_part_of_a_claim(tmp_path: Path) -> None:
    """Sums of weights depend on it in the last digit."""
    judge = Judge(COLLECTION, FORMS, kept=in_folder(tmp_path))
    (claim, *_) = judge.claims(read_document("a.md", PAGES["a.md"].encode()))
    turned = dict(reversed(claim.frame.features.items()))
    other = replace(claim, frame=replace(claim.frame, features=turned))
    assert (other, turned) == (claim, claim.frame.features)
    assert judge.kept
    judge.kept.keep(claim, None)
    judge.kept.results.write()
    again = Judge(COLLECTION, FORMS, kept=in_folder(tmp_path)).kept
    assert again
    assert (again.known(claim), again.known(replace(claim, start=claim.start + 7))) == ((None,), (None,))
    assert again.known(other) is None


@pytest.mark.parametrize("record", [b"", b"\xc1", b"\x93\x01\x02\x03"])
def test_a_record_that_tells_no_judgement_is_judged_anew(tmp_path: Path, unjudged: list[str], record: bytes) -> None:
    (document, *_) = documents()
    fresh = examined(document, in_folder(tmp_path))
    with sqlite3.connect(tmp_path / FILE_NAME) as connection:
        for number, stored in connection.execute("SELECT number, record FROM kept").fetchall():
            told = stored[:8] + zlib.compress(record)
            connection.execute("UPDATE kept SET record = ? WHERE number = ?", (told, number))
    unjudged.clear()
    assert examined(document, in_folder(tmp_path)) == fresh
    assert unjudged


def test_another_library_or_code_is_judged_anew(tmp_path: Path, unjudged: list[str]) -> None:
    (document, *_) = documents()
    places = {
        kept_for(tmp_path / name, library).about
        for name in ("library-aa-11.sqlite", "library-aa-22.sqlite", "library-bb-11.sqlite")
        for library in ("aa", "bb")
    }
    assert len(places) == 6
    for about in places:
        unjudged.clear()
        examined(document, in_folder(tmp_path, about))
        assert unjudged


def test_another_scorecard_is_judged_anew(tmp_path: Path, unjudged: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    (document, *_) = documents()
    examined(document, in_folder(tmp_path))
    monkeypatch.setattr("claims.engine.load_scorecard", lambda: replace(SCORECARD, base=SCORECARD.base - 3))
    unjudged.clear()
    assert examined(document, in_folder(tmp_path)) == examined(document, None)
    assert unjudged


def test_every_module_that_judges_is_in_the_name_of_the_snapshot() -> None:
    code = (
        "import sys, claims.considering, claims.form_store, claims.judging, claims.query, claims.standing\n"
        "print(*(module.__file__ for name, module in sys.modules.items() if name.startswith(('claims', 'evidence'))))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    hashed = {module.resolve() for place in _code() if place.is_dir() for module in place.glob("*.py")}
    judging = {Path(name).resolve() for name in done.stdout.split()}
    assert len(judging) > 30
    assert judging <= hashed


KEYS = """
import sys
from pathlib import Path
from claims.collection import load_collection
from claims.scorecard import load_scorecard
from claims.documents import read_document
from claims.engine import reader_of
from claims.extraction import extract
from claims.kept_judgements import KeptJudgements
from claims.kept_results import Kept, KeptResults
from evidence.paths import library_paths
collection = load_collection(library_paths(Path(sys.argv[1])))
kept = KeptJudgements(Kept(KeptResults(Path(sys.argv[2])), "x"), (load_scorecard(), None), collection.propositions)
page = Path(sys.argv[3])
for claim in extract(read_document(page.name, page.read_bytes()), reader_of(collection)).assertions:
    print(kept._key(b"judgement", claim).hex())
"""


@pytest.mark.parametrize("page", sorted(TEXTS.iterdir()), ids=lambda path: path.name)
def test_a_claim_is_found_again_by_every_process(tmp_path: Path, page: Path) -> None:
    told = [
        subprocess.run(
            [sys.executable, "-c", KEYS, str(SMALL), str(tmp_path), str(page)],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout.split()
        for seed in ("1", "2")
    ]
    assert told[0]
    assert told[0] == told[1]


DATA = """
import sys
from pathlib import Path
opened = set()
sys.addaudithook(lambda event, told: opened.add(str(told[0])) if event == "open" else None)
from claims.collection import load_collection
from claims.documents import read_document
from claims.engine import Judge
from evidence.paths import library_paths
page = Path(sys.argv[2])
assert Judge(load_collection(library_paths(Path(sys.argv[1])))).examine(read_document(page.name, page.read_bytes())).reads
for name in opened:
    print(name)
"""


def test_every_data_file_that_judges_is_in_a_key(tmp_path: Path) -> None:
    """By the name of the snapshot, or as loaded (the scorecard); the one left only tells what of a page is no text."""
    done = subprocess.run(
        [sys.executable, "-c", DATA, str(SMALL), str(TEXTS / "page-b.txt")], check=True, capture_output=True, text=True
    )
    opened = {Path(name) for name in done.stdout.splitlines() if name.endswith(".toml")}
    packaged = {path.name for path in opened if SMALL not in path.parents}
    assert "scorecard.toml" in packaged
    assert packaged - {path.name for path in _code()} == {"scorecard.toml", "boilerplate.toml"}


def test_no_words_of_the_copy_are_kept(tmp_path: Path) -> None:
    for name, text in PAGES.items():
        examined(read_document(name, text.encode()), in_folder(tmp_path))
    with sqlite3.connect(tmp_path / FILE_NAME) as connection:
        records = [zlib.decompress(record[8:]) for (record,) in connection.execute("SELECT record FROM kept")]
    assert len(records) > 3
    for words in (b"quokka", b"cures everyone", b"In a trial of", b"a.md"):
        assert not [record for record in records if words in record]


def test_how_familiar_an_unnamed_subject_sounds_is_kept_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (
        "\n\n".join(f"The council mends road number {number} in the spring of the year." for number in range(30)) + "\n"
    )
    document = read_document("roads.md", text.encode())
    about = Collection(
        manifest=replace(COLLECTION.manifest, subject=("ketamine",)),
        library=COLLECTION.library,
        lexicon=COLLECTION.lexicon,
        propositions=COLLECTION.propositions,
        sources=COLLECTION.sources,
    )

    def seen() -> Examined:
        judge = Judge(about, FORMS, kept=in_folder(tmp_path))
        found = judge.examine(document)
        assert judge.kept
        judge.kept.results.write()
        return found

    first = seen()
    assert not first.on_subject
    monkeypatch.setattr(Judging, "likeness", None)
    assert seen() == first


# The command


@pytest.fixture
def site(claimwise: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    claimwise("library", "build", "--library", SMALL)
    monkeypatch.chdir(tmp_path)
    for name, text in PAGES.items():
        Path(name).write_text(text, encoding="utf-8")
    for path in TEXTS.iterdir():
        shutil.copy(path, path.name)
    return tmp_path


def kept_file() -> Path:
    return Path(os.environ["CLAIMWISE_CACHE"]) / FILE_NAME


@pytest.mark.parametrize(
    "words",
    [
        ("--format", "json", "--blind", "--against-sources"),
        ("--all", "--explain"),
        ("--format", "compact"),
        ("--format", "html"),
    ],
)
def test_output_is_the_same_with_and_without(
    site: Path, claimwise: Invoke, unjudged: list[str], words: tuple[str, ...]
) -> None:
    def checked(*more: str | int) -> tuple[str, str, int]:
        done = claimwise("check", ".", "--library", SMALL, "--select", "all", "--jobs", 1, *words, *more)
        return done.stdout, done.stderr, done.exit_code

    without = checked("--no-cache")
    assert not kept_file().exists()
    assert checked() == without
    unjudged.clear()
    assert checked() == without
    assert unjudged == []


def test_after_a_change_of_the_library_nothing_old_is_told(library: Path, site: Path, claimwise: Invoke) -> None:
    words = ("check", ".", "--library", library, "--blind", "--format", "json", "--all")
    before = claimwise(*words).stdout
    for file in (library / "propositions").iterdir():
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace('reason = "', 'reason = "As of today: '), encoding="utf-8")
    after = claimwise(*words).stdout
    assert after != before
    assert after == claimwise(*words, "--no-cache").stdout


def test_a_setting_switches_it_off(site: Path, claimwise: Invoke, unjudged: list[str]) -> None:
    words = ("check", "a.md", "--library", SMALL, "--jobs", 1)
    Path("claimwise.toml").write_text("cache = false\n", encoding="utf-8")
    for _ in range(2):
        unjudged.clear()
        claimwise(*words)
        assert unjudged
    assert not kept_file().exists()
    Path("claimwise.toml").write_text("cache = true\n", encoding="utf-8")
    claimwise(*words)
    assert kept_file().exists()


@pytest.mark.skipif(sys.platform != "linux", reason="documents are looked at in forked processes on Linux")
def test_what_forked_processes_judged_is_kept(
    site: Path, claimwise: Invoke, unjudged: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = [f"Ketamine is FDA approved for depression in {year}." for year in range(1980, 2020)]
    for number in range(3):
        words_of_its_own = [f"w{number}x{at}" for at in range(600)]
        Path(f"c{number}.md").write_text("\n\n".join([*said[number::3], *words_of_its_own]), encoding="utf-8")
    forks: list[int] = []
    fork = os.fork
    monkeypatch.setattr(os, "fork", lambda: (forks.append(1), fork())[1])
    monkeypatch.setattr("claims.forked.cores", lambda: 3)
    monkeypatch.setattr("claims.forked._is_safe", lambda: True)
    words = ("check", "c0.md", "c1.md", "c2.md", "a.md", "--library", SMALL, "--format", "json")
    first = claimwise(*words)
    assert forks
    assert len(unjudged) < 42  # the others were judged elsewhere
    unjudged.clear()
    forks.clear()
    assert claimwise(*words).stdout == first.stdout
    assert (unjudged, forks) == ([], [])  # where little is left to do, one process does it
    edit(Path("c1.md"), "in 1981", "in 1979")
    monkeypatch.setattr("claims.forked._JUDGED_BEFORE", 1)
    assert claimwise(*words).stdout == claimwise(*words, "--no-cache").stdout


def test_what_workers_judged_is_kept(site: Path, claimwise: Invoke, unjudged: list[str]) -> None:
    words = ("check", ".", "--library", SMALL, "--format", "json", "--blind")
    first = claimwise(*words, "--jobs", 2)
    assert unjudged == []
    assert claimwise(*words, "--jobs", 1).stdout == first.stdout
    assert unjudged == []


def test_a_cache_that_was_deleted_is_made_again(site: Path, claimwise: Invoke) -> None:
    words = ("check", "a.md", "--library", SMALL, "--format", "json")
    first = claimwise(*words)
    shutil.rmtree(os.environ["CLAIMWISE_CACHE"])
    claimwise("library", "build", "--library", SMALL)
    assert claimwise(*words).stdout == first.stdout
    assert kept_file().exists()
