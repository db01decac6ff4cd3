"""The file of verifications: what is read is written back, what is wrong is told with its line."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence.problems import LibraryError, StorageError
from evidence.verification import Notice, Verification, load_verifications, save_verifications

_DAY = dt.date(2026, 11, 22)
_TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30)
_NOTICE = st.builds(
    Notice,
    kind=st.sampled_from(["correction", "concern", "retraction", "withdrawal", "reinstatement"]),
    date=st.none() | st.dates(min_value=dt.date(1900, 1, 1)),
    doi=st.none() | st.just("10.5555/notice"),
    source=_TEXT,
)
_VERIFICATION = st.builds(
    Verification,
    key=_TEXT,
    checked=st.dates(min_value=dt.date(1900, 1, 1)),
    state=st.sampled_from(["agrees", "corrected", "concern", "retracted", "mismatch", "not-found"]),
    sources=st.lists(_TEXT, min_size=1, max_size=3).map(tuple),
    details=st.none() | _TEXT,
    notices=st.lists(_NOTICE, max_size=3).map(tuple),
)


def retracted(key: str = "Murrough2013a") -> Verification:
    notice = Notice(kind="retraction", date=dt.date(2021, 3, 4), doi="10.5555/notice", source="crossref")
    return Verification(key=key, checked=_DAY, state="retracted", sources=("crossref",), notices=(notice,))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_VERIFICATION, max_size=4, unique_by=lambda one: one.key))
def test_what_is_written_is_read_back_and_written_back_byte_for_byte(
    tmp_path: Path, verifications: list[Verification]
) -> None:
    path = tmp_path / "verification.toml"
    save_verifications(path, {one.key: one for one in verifications})
    first = path.read_bytes()
    read = load_verifications(path)
    assert read == {one.key: one for one in verifications}
    save_verifications(path, read)
    assert path.read_bytes() == first


def test_the_order_of_the_mapping_does_not_matter_to_the_file(tmp_path: Path) -> None:
    one, two = retracted("A2001"), retracted("B2002")
    save_verifications(tmp_path / "first", {"A2001": one, "B2002": two})
    save_verifications(tmp_path / "second", {"B2002": two, "A2001": one})
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()


def test_without_a_file_nothing_was_verified(tmp_path: Path) -> None:
    assert load_verifications(tmp_path / "verification.toml") == {}


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ('state = "retracted"', 'state = "gone"', 6, "'gone' is not a word of the vocabulary of 'state'"),
        ('kind = "retraction"', 'kind = "rumour"', 10, "'rumour' is not a word of the vocabulary of 'kind'"),
        ("date = 2021-03-04", 'date = "spring"', 11, "in 'date'"),
        ('doi = "10.5555/notice"', 'doi = "unavailable"', 12, "'unavailable' is no DOI"),
        ('sources = ["crossref"]', "sources = []", 7, "no source was asked"),
        ('sources = ["crossref"]', 'sources = ["crossref"]\nby = "me"', 8, "unknown key 'by'"),
        ('key = "Murrough2013a"', 'key = ""', 4, "the key is empty"),
        ('key = "Murrough2013a"', "key = ", 4, "not valid TOML"),
    ],
)
def test_a_wrong_line_is_told_with_file_and_line(tmp_path: Path, old: str, new: str, line: int, said: str) -> None:
    path = tmp_path / "verification.toml"
    save_verifications(path, {"Murrough2013a": retracted()})
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(LibraryError) as raised:
        load_verifications(path, name="verification.toml")
    (problem,) = raised.value.problems
    assert (problem.file, problem.line) == ("verification.toml", line)
    assert said in problem.message
    assert problem.cure


def test_two_records_of_one_work_are_told(tmp_path: Path) -> None:
    path = tmp_path / "verification.toml"
    save_verifications(path, {"Murrough2013a": retracted()})
    text = path.read_text(encoding="utf-8")
    path.write_text(text + text[text.index("[[") :], encoding="utf-8")
    with pytest.raises(LibraryError, match="two records"):
        load_verifications(path)


def test_a_record_that_could_not_be_read_back_is_refused_and_the_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "verification.toml"
    save_verifications(path, {"Murrough2013a": retracted()})
    before = path.read_bytes()
    bad = Verification(key="X2001", checked=_DAY, state="agrees", sources=())
    with pytest.raises(LibraryError, match="X2001"):
        save_verifications(path, {"X2001": bad})
    assert path.read_bytes() == before


def test_a_place_that_cannot_be_written_is_one_line_and_leaves_no_draft(tmp_path: Path) -> None:
    folder = tmp_path / "verification.toml"
    folder.mkdir()
    with pytest.raises(StorageError, match=r"verification\.toml"):
        save_verifications(folder, {"Murrough2013a": retracted()})
    assert [path.name for path in tmp_path.iterdir()] == ["verification.toml"]
