"""Whether a library that has not changed is known again without being read, and one that has is always read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from claims import snapshot, stamps
from claims.snapshot import ensure_snapshot
from claims.stamps import keep_stamp, listing, stamped, state_of
from evidence.paths import library_paths


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if all files had been written long ago."""
    monkeypatch.setattr(stamps, "_GRAIN", -(10**12))


def test_an_unchanged_library_is_not_read_again(library: Path, settled: None, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = library_paths(library)
    path = ensure_snapshot(paths)
    assert ensure_snapshot(paths) == path  # found sound by its bytes, and noted

    def read(_: object) -> str:
        raise AssertionError("read")

    monkeypatch.setattr(snapshot, "input_hash", read)
    monkeypatch.setattr(snapshot, "is_sound", read)
    assert ensure_snapshot(paths) == path


def test_a_file_changed_to_the_same_size_and_time_is_read(library: Path, settled: None) -> None:
    paths = library_paths(library)
    path = ensure_snapshot(paths)
    ensure_snapshot(paths)
    file = library / "library.toml"
    before = file.stat()
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('title = "A', 'title = "E', 1), encoding="utf-8")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (file.stat().st_size, file.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert ensure_snapshot(paths) != path


@pytest.mark.parametrize("change", ["add", "remove", "rename"])
def test_a_file_more_or_less_is_seen(library: Path, change: str) -> None:
    paths = library_paths(library)
    before = listing(paths, ())
    file = next((library / "studies").glob("*.toml"))
    if change == "add":
        (library / "lexicon" / "more.toml").write_text("", encoding="utf-8")
    elif change == "remove":
        file.unlink()
    else:
        file.rename(file.with_name(f"x-{file.name}"))
    assert listing(paths, ()).digest != before.digest


def test_a_damaged_snapshot_is_not_known_again(library: Path, settled: None) -> None:
    paths = library_paths(library)
    path = ensure_snapshot(paths)
    ensure_snapshot(paths)
    sound = path.read_bytes()
    path.write_bytes(sound[:-1] + b"x")
    assert ensure_snapshot(paths) == path
    assert path.read_bytes() == sound


def test_what_has_just_changed_is_not_noted(library: Path, tmp_path: Path) -> None:
    file = tmp_path / "library.sqlite"
    file.write_bytes(b"x")
    state = listing(library_paths(library), ())
    keep_stamp(tmp_path, state, file, state_of(file))
    assert stamped(tmp_path, state) is None


@pytest.mark.parametrize("text", ["", "one line", "a\nb\nc\n", "\0"])
def test_a_stamp_that_makes_no_sense_says_nothing(library: Path, tmp_path: Path, settled: None, text: str) -> None:
    file = tmp_path / "library.sqlite"
    file.write_bytes(b"x")
    state = listing(library_paths(library), ())
    keep_stamp(tmp_path, state, file, state_of(file))
    assert stamped(tmp_path, state) == file
    (stamp,) = tmp_path.glob("*.stamp")
    stamp.write_text(text, encoding="utf-8")
    assert stamped(tmp_path, state) is None
