"""Blocks of a bibliography file, and inserting an entry while every other byte stays."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.bibfile import insert_entry, read_bibfile, split_blocks
from evidence.bibliography import Reference, load_bibliography, read_bibliography
from evidence.paths import LibraryPaths
from evidence.problems import LibraryError, UsageError
from tests.conftest import SMALL

NEW = Reference(key="Example2020", kind="article", title="An example", authors=("Example, Ann",), year=2020)
FILE = "% head\n\n@article{Alpha2001,\n  title = {{A}},\n}\n\n% of omega\n@misc{omega2002,\n  title = {{O}},\n}\n"

bibtex_like = st.text(alphabet='@{}()",=% \n\r\\aK1', max_size=120)


def with_title(title: str, **fields: str) -> Reference:
    return Reference(key="T1", kind="article", title=title, **fields)  # type: ignore[arg-type]


@given(bibtex_like)
def test_the_blocks_of_any_text_joined_are_the_text(text: str) -> None:
    blocks = split_blocks(text)
    assert "".join(block.text for block in blocks) == text
    assert [block.start for block in blocks] == [sum(len(b.text) for b in blocks[:n]) for n in range(len(blocks))]
    assert all(block.line == 1 + text.count("\n", 0, block.start) for block in blocks)


def test_blocks_are_told_apart() -> None:
    text = 'note\n@string{j = {J}}\n@Comment{x}\n@preamble{"p"}\n@Article{K1, title={a @ {b}}}\n% @article{Old, title={t}}\n@misc(K2, title={(b)})\n@book{K3,\n  title = {open\n@book{K4,}'
    found = [(block.kind, block.name, block.key) for block in split_blocks(text) if block.kind != "text"]
    assert found == [
        ("string", "string", ""),
        ("comment", "comment", ""),
        ("preamble", "preamble", ""),
        ("entry", "article", "K1"),
        ("entry", "misc", "K2"),
        ("broken", "book", "K3"),
        ("entry", "book", "K4"),
    ]


def test_an_entry_goes_to_its_place_by_key_and_the_rest_stays() -> None:
    grown = insert_entry(FILE, NEW)
    entry = "\n\n@article{Example2020,\n  author = {Example, Ann},\n  title  = {{An example}},\n  year   = {2020},\n}"
    assert grown.count(entry) == 1
    assert grown.replace(entry, "") == FILE
    assert [block.key for block in split_blocks(grown) if block.key] == ["Alpha2001", "Example2020", "omega2002"]
    assert "% of omega\n@misc{omega2002" in grown


@pytest.mark.parametrize("key", ["A", "Zzz", "murrough2013C", "Popova2019x"])
def test_the_real_file_stays_sorted_and_readable(packaged: LibraryPaths, tmp_path: Path, key: str) -> None:
    before = read_bibfile(packaged.bibliography)
    after = insert_entry(before, Reference(key=key, kind="misc", title="A title that is nowhere else"))
    path = tmp_path / "references.bib"
    path.write_text(after, encoding="utf-8")
    keys = list(load_bibliography(path))
    assert key in keys
    assert keys == sorted(keys, key=str.lower)
    assert [line for line in after.splitlines() if key not in line and "nowhere else" not in line][
        :3
    ] == before.splitlines()[:3]
    assert len(after) - len(before) == len(f"@misc{{{key},\n  title = {{{{A title that is nowhere else}}}},\n}}\n\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "@misc{k,\n  title = {{A}},\n}\n"),
        ("\ufeff", "\ufeff@misc{k,\n  title = {{A}},\n}\n"),
        ("% only a comment", "% only a comment\n\n@misc{k,\n  title = {{A}},\n}\n"),
        ("@misc{a,}", "@misc{a,}\n\n@misc{k,\n  title = {{A}},\n}\n"),
        ("@misc{a,} % note\n", "@misc{a,} % note\n\n@misc{k,\n  title = {{A}},\n}\n"),
        ("@misc{z,}", "@misc{k,\n  title = {{A}},\n}\n\n@misc{z,}"),
        ("@misc{a,} @misc{z,}\n", "@misc{a,}\n\n@misc{k,\n  title = {{A}},\n} @misc{z,}\n"),
    ],
)
def test_short_files_and_missing_final_line_ends(text: str, expected: str) -> None:
    assert insert_entry(text, Reference(key="k", kind="misc", title="A")) == expected


def test_windows_line_ends_stay_and_are_used() -> None:
    grown = insert_entry(FILE.replace("\n", "\r\n"), NEW)
    assert grown.count("\n") == grown.count("\r\n")
    assert grown.replace("\r\n", "\n") == insert_entry(FILE, NEW)


def test_a_key_that_is_there_in_other_case_is_refused() -> None:
    with pytest.raises(UsageError, match=r"key Alpha2001 already \(line 3\)"):
        insert_entry(FILE, Reference(key="ALPHA2001", kind="misc", title="A"))


@pytest.mark.parametrize(
    "title", ["open { brace", "shut } brace", "ends in \\", "two\nlines", "R&D and R\\&D", "}back{", "set \\{x", "@misc{x, y}"]
)
def test_no_title_can_break_the_entry_it_is_written_into(tmp_path: Path, title: str) -> None:
    path = tmp_path / "x.bib"
    path.write_text(insert_entry(FILE, with_title(title)), encoding="utf-8")
    references, problems = read_bibliography(path, name="x.bib")
    assert (list(references), problems) == (["Alpha2001", "omega2002", "T1"], [])


@given(st.text(alphabet='{}\\@&% \nab,="', max_size=30))
def test_any_title_and_note_reads_back_as_one_entry(title: str) -> None:
    grown = insert_entry("", with_title("T" + title, note="N" + title))
    assert [(block.kind, block.key) for block in split_blocks(grown) if block.text.strip()] == [("entry", "T1")]


def test_an_unreadable_file_is_told_by_name(tmp_path: Path) -> None:
    path = tmp_path / "x.bib"
    path.write_bytes(b"@misc{a, title = {\xff}}")
    with pytest.raises(LibraryError, match=r"x\.bib: not UTF-8 text \(byte 18\)"):
        read_bibfile(path)
    with pytest.raises(LibraryError, match="No such file"):
        read_bibfile(tmp_path / "none.bib", name="none.bib")


@pytest.mark.parametrize(
    "text",
    [
        "{" * 100_000,
        "@a{" * 100_000,
        "@a{\n" * 100_000,
        "% @a{" * 100_000,
        "@" * 100_000,
        " " * 100_000 + "@a{",
        '@a("' * 100_000,
    ],
)
def test_hostile_text_takes_linear_time(text: str) -> None:
    start = time.perf_counter()
    assert "".join(block.text for block in split_blocks(text)) == text
    assert time.perf_counter() - start < 5


def test_the_small_library_is_entries_only() -> None:
    kinds = {block.kind for block in split_blocks(read_bibfile(SMALL / "references.bib")) if block.text.strip()}
    assert kinds == {"entry"}
