"""Data files kept in the cache: read again when they change, whatever the cache holds."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from claims import kept_records
from claims.kept_records import load_kept_record
from evidence.problems import LibraryError
from evidence.records import Record


class Weights(Record, frozen=True, kw_only=True):
    base: float
    weights: dict[str, float] = {}  # noqa: RUF012 - a default of msgspec


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLAIMWISE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "weights.toml"


def written(file: Path, text: str) -> None:
    """Written well before now, so that a later change shows in its times."""
    file.write_text(text, encoding="utf-8")
    past = time.time() - 100
    os.utime(file, (past, past))


def load(file: Path) -> Weights:
    return load_kept_record(file, Weights, name=file.name)


def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("claims.stamps._GRAIN", -10_000_000_000)


def test_a_file_is_parsed_once(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settled(monkeypatch)
    written(file, "base = 1.5\nweights = {a = 2.0}\n")
    first = load(file)
    monkeypatch.setattr(kept_records, "load_record", None)
    assert load(file) == first == Weights(base=1.5, weights={"a": 2.0})


def test_an_edited_file_is_read_anew(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settled(monkeypatch)
    written(file, "base = 1.5\n")
    load(file)
    file.write_text("base = 2.5\n", encoding="utf-8")
    assert load(file).base == 2.5


def test_a_file_changed_a_moment_ago_is_not_kept(file: Path, tmp_path: Path) -> None:
    file.write_text("base = 1.5\n", encoding="utf-8")
    load(file)
    assert not list((tmp_path / "cache").glob("*"))


@pytest.mark.parametrize("damage", [b"", b"x" * 10, b"\xc1"])
def test_a_damaged_cache_is_read_past(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: bytes
) -> None:
    settled(monkeypatch)
    written(file, "base = 1.5\n")
    load(file)
    (kept,) = (tmp_path / "cache").glob("*.record")
    kept.write_bytes(kept.read_bytes()[:64] + damage)
    assert load(file).base == 1.5


def test_a_wrong_file_is_told_and_not_kept(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settled(monkeypatch)
    written(file, "base = 1.5\nbass = 2\n")
    for _ in range(2):
        with pytest.raises(LibraryError, match="unknown key 'bass'"):
            load(file)
    assert not list((tmp_path / "cache").glob("*.record"))


def test_no_cache_folder_is_no_harm(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settled(monkeypatch)
    (tmp_path / "cache").write_text("a file", encoding="utf-8")
    written(file, "base = 1.5\n")
    assert load(file).base == 1.5
