"""The snapshot: equal to its files, rebuilt when stale or damaged, never half-written, safe when several start at once."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from claims.collection import Collection, load_collection
from claims.query import open_collection, read_collection
from claims.snapshot import connect, ensure_snapshot, open_snapshot
from evidence.files import cache_folder
from evidence.paths import library_paths
from evidence.problems import LibraryError, StorageError
from tests.conftest import SMALL, Invoke, edit


def values(collection: Collection) -> tuple[object, ...]:
    library = collection.library
    return (
        collection.manifest,
        library.references,
        library.studies,
        dict(collection.lexicon.concepts),
        collection.propositions,
        collection.sources,
        collection.conflicts,
    )


def test_what_is_read_from_the_snapshot_equals_the_files(small: Collection) -> None:
    assert values(read_collection(open_snapshot(library_paths(SMALL)))) == values(small)


def test_the_packaged_library_survives_the_round_trip(real: Collection) -> None:
    assert values(read_collection(open_snapshot(library_paths()))) == values(real)


def test_the_same_files_give_the_same_bytes(library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = ensure_snapshot(library_paths(library)).read_bytes()
    twin = tmp_path / "elsewhere" / "library"
    shutil.copytree(library, twin)
    monkeypatch.setenv("CLAIMWISE_CACHE", str(tmp_path / "other"))
    assert ensure_snapshot(library_paths(twin)).read_bytes() == first


def test_a_changed_file_means_a_new_snapshot(library: Path) -> None:
    before = ensure_snapshot(library_paths(library))
    edit(library / "studies/Murrough2013a.toml", "value = 64.0", "value = 63.0")
    after = ensure_snapshot(library_paths(library))
    assert before != after
    assert read_collection(connect(after)).library.findings["Murrough2013a.1"].value == 63.0


@pytest.mark.parametrize("damage", [b"", b"not a database", None], ids=["empty", "foreign bytes", "one byte flipped"])
def test_a_damaged_snapshot_is_rebuilt(library: Path, damage: bytes | None) -> None:
    path = ensure_snapshot(library_paths(library))
    good = path.read_bytes()
    flipped = bytearray(good)
    flipped[len(good) // 2] ^= 1
    path.write_bytes(bytes(flipped) if damage is None else damage)
    assert ensure_snapshot(library_paths(library)).read_bytes() == good


def test_a_foreign_database_in_its_place_is_rebuilt(library: Path) -> None:
    path = ensure_snapshot(library_paths(library))
    good = path.read_bytes()
    path.unlink()
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE meta (key TEXT, value TEXT)")
    other.close()
    assert ensure_snapshot(library_paths(library)).read_bytes() == good


def test_a_sound_snapshot_is_not_built_again(library: Path) -> None:
    path = ensure_snapshot(library_paths(library))
    stamp = path.stat().st_mtime_ns
    assert ensure_snapshot(library_paths(library)).stat().st_mtime_ns == stamp


def test_drafts_of_an_interrupted_build_are_removed(library: Path) -> None:
    cache_folder().mkdir(parents=True, exist_ok=True)
    draft = cache_folder() / "library-0123.sqlite.4711.tmp"
    draft.write_bytes(b"half")
    ensure_snapshot(library_paths(library))
    assert not draft.exists()


def test_a_build_that_is_killed_leaves_no_snapshot_behind(library: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; import claims.storage as s; from claims.snapshot import ensure_snapshot;"
        "from evidence.paths import library_paths\n"
        "def die(*a): os._exit(9)\n"
        "s.Path.replace = die\n"
        "ensure_snapshot(library_paths(Path(sys.argv[1])))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(library)], check=False, env=os.environ.copy())
    assert done.returncode == 9
    assert list(cache_folder().glob("library-*.sqlite")) == []
    assert values(read_collection(open_snapshot(library_paths(library))))
    assert list(cache_folder().glob("*.tmp")) == []


def test_several_processes_may_start_at_once(library: Path) -> None:
    command = [sys.executable, "-m", "cli", "search", "response", "--library", str(library), "--format", "json"]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(4)]
    results = [process.communicate(timeout=120) for process in running]
    assert [process.returncode for process in running] == [0] * 4, results
    assert len({out for out, _ in results}) == 1
    assert len(list(cache_folder().glob("library-*.sqlite"))) == 1


def test_only_a_few_old_snapshots_are_kept(library: Path) -> None:
    for value in range(60, 68):
        edit(
            library / "studies/Murrough2013a.toml", f"value = {value if value > 60 else 64}.0", f"value = {value + 1}.0"
        )
        ensure_snapshot(library_paths(library))
    assert len(list(cache_folder().glob("library-*.sqlite"))) == 4


def test_a_failed_write_leaves_the_older_file(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import claims.storage

    paths = library_paths(library)
    collection = load_collection(paths)
    target = library / "out.sqlite"
    target.write_bytes(b"older")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(StorageError, match="No space left on device"):
        claims.storage.write_snapshot(collection, target, inputs="x")
    assert target.read_bytes() == b"older"
    assert list(library.glob("*.tmp")) == []


def test_a_full_disk_ends_in_one_line(claimwise: Invoke, library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import claims.storage

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(claims.storage, "_write", full)
    result = claimwise("report", "--library", library)
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1].endswith("cannot write the snapshot: database or disk is full")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a cache path that no one can create")
def test_a_cache_folder_that_cannot_be_used_ends_in_one_line(
    claimwise: Invoke, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAIMWISE_CACHE", "/dev/full/cache")  # root may write to a read-only folder, but not here
    result = claimwise("report", "--library", library)
    assert result.exit_code == 2
    assert "the cache folder cannot be used" in result.stderr
    assert "set CLAIMWISE_CACHE" in result.stderr


def test_a_library_with_dangling_ids_is_not_built(library: Path) -> None:
    edit(library / "propositions/all.toml", "Murrough2013a.1", "Murrough2013a.9")
    with pytest.raises(LibraryError, match="unknown finding"):
        ensure_snapshot(library_paths(library))
    assert list(cache_folder().glob("library-*.sqlite")) == []


def test_a_name_with_signs_of_a_url_is_only_a_name(claimwise: Invoke, library: Path, tmp_path: Path) -> None:
    for name in ("a?b.sqlite", "x%41.sqlite"):
        assert claimwise("library", "build", "--library", library, "--output", tmp_path / name).exit_code == 0
        assert read_collection(connect(tmp_path / name)).manifest.name == "small"
    assert sorted(p.name for p in tmp_path.glob("*.sqlite*")) == ["a?b.sqlite", "x%41.sqlite"]


def test_files_that_change_while_another_builds_are_read_again(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from claims import snapshot

    load, study = snapshot._load, library / "studies/Murrough2013a.toml"
    seen: list[float | None] = []

    def load_while_edited(*arguments: object) -> Collection:
        collection = load(*arguments)  # type: ignore[arg-type]
        seen.append(collection.library.findings["Murrough2013a.1"].value)
        if len(seen) == 1:
            edit(study, "value = 64.0", "value = 63.0")
        return collection

    monkeypatch.setattr(snapshot, "_load", load_while_edited)
    path = ensure_snapshot(library_paths(library))
    assert seen == [64.0, 63.0]
    assert read_collection(connect(path)).library.findings["Murrough2013a.1"].value == 63.0


def test_build_never_overwrites_a_foreign_file(claimwise: Invoke, library: Path, tmp_path: Path) -> None:
    target = tmp_path / "notes.sqlite"
    target.write_bytes(b"my notes")
    result = claimwise("library", "build", "--library", library, "--output", target)
    assert (result.exit_code, target.read_bytes()) == (2, b"my notes")
    assert "is no Claimwise database" in result.stderr
    target.unlink()
    for _ in range(2):  # the second time over a file of ours
        assert claimwise("library", "build", "--library", library, "--output", target).exit_code == 0
    assert read_collection(connect(target)).manifest.name == "small"


def test_a_snapshot_that_was_touched_but_not_changed_is_sound(library: Path) -> None:
    path = ensure_snapshot(library_paths(library))
    os.utime(path, (1, 1))
    stamp = path.stat().st_mtime_ns
    assert ensure_snapshot(library_paths(library)).stat().st_mtime_ns == stamp  # not built again


def test_what_is_read_as_it_is_asked_for_is_what_is_read_at_once(real: Collection) -> None:
    connection = open_snapshot(library_paths())
    opened, whole = open_collection(connection).library, read_collection(connection).library
    key, finding = "Murrough2013a", "Murrough2013a.1"
    assert opened.studies[key] == whole.studies[key]
    assert opened.findings[finding] == whole.findings[finding]
    assert opened.references.get("unheard") is None
    assert "unheard" not in opened.findings
    assert len(opened.references) == len(whole.references)
    assert opened.not_current == whole.not_current
    assert opened.journals == whole.journals
    assert values(open_collection(connection)) == values(real)
    assert list(opened.findings) == list(whole.findings)
