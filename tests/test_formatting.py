"""The bibliography formatter: one form, nothing lost, and formatting twice is formatting once."""

from __future__ import annotations

import logging
import re
import time
from pathlib import Path

import pytest
from bibtexparser.entrypoint import parse_string
from hypothesis import given
from hypothesis import strategies as st

from evidence.bibfile import read_bibfile, split_blocks
from evidence.formatting import format_bibliography
from evidence.paths import LibraryPaths
from tests.conftest import SMALL, Invoke

WILD = """@STRING{jx = {J. Example}}
  @Article{ K1 , YEAR=2020, title="A {"}q{"} b", Journal = jx # " and", month=jan,
   custom = { a
    b }, author={Example, Ann}}
@misc(K2, title={(b)})

% @article{Old, title={kept}}
@comment{keep   me}
@preamble{ "x" }
@book{K4, title={x}, title={y}}
@book{K5, title={x} year={y}}
"""
TIDY = """@STRING{jx = {J. Example}}

@article{K1,
  author  = {Example, Ann},
  title   = {A {"}q{"} b},
  journal = jx # " and",
  year    = {2020},
  month   = jan,
  custom  = {a b},
}

@misc{K2,
  title = {(b)},
}

% @article{Old, title={kept}}
@comment{keep   me}

@preamble{ "x" }

@book{K4, title={x}, title={y}}

@book{K5, title={x} year={y}}
"""

values = st.text(alphabet='ab {}"%\\\u00a0#=@1\n', max_size=12)
fields = st.tuples(
    st.sampled_from(["title", "YEAR", "note", "x-y", " doi"]), values, st.sampled_from(["{}", '""', "  "])
)
entries = st.builds(
    lambda kind, key, rows: f"@{kind}{{{key}," + ",\n".join(f"{n} = {q[0]}{v}{q[1]}" for n, v, q in rows) + "}",
    st.sampled_from(["article", "MISC", "string", "comment"]),
    st.sampled_from(["A1", "b", "C:2"]),
    st.lists(fields, max_size=3),
)
files = st.lists(st.one_of(entries, st.sampled_from(["% note\n", "\n", "\r\n", "text", "\ufeff"])), max_size=5).map(
    "\n".join
)


def tidy(text: str) -> str:
    return format_bibliography(text, name="x.bib").text


def contents(text: str) -> list[tuple[str, str, dict[str, str]]]:
    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)
    return [
        (e.entry_type, e.key, {f.key.lower(): re.sub(r"[ \t\r\n]+", " ", str(f.value)).strip() for f in e.fields})
        for e in parse_string(text).entries
    ]


def test_a_wild_file_gets_one_form_and_what_cannot_be_read_stays_and_is_told() -> None:
    formatted = format_bibliography(WILD, name="x.bib")
    assert formatted.text == TIDY
    assert [str(problem).split(";")[0] for problem in formatted.left] == [
        "x.bib:10: K4 has the field title twice",
        "x.bib:11: K5 has no comma before 'year ='",
    ]


def test_what_entries_say_is_the_same_before_and_after() -> None:
    assert contents(tidy(WILD)) == contents(WILD)
    assert len(contents(WILD)) >= 2


@given(files)
def test_formatting_twice_is_formatting_once(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)


@given(files)
def test_no_character_but_space_braces_quotes_and_commas_is_lost_or_moved_between_blocks(text: str) -> None:
    def bare(text: str) -> list[str]:
        return [
            "".join(sorted(re.sub(r'[ \t\r\n{}()",]', "", block.text).lower()))
            for block in split_blocks(text)
            if block.text.strip("\ufeff \t\r\n")
        ]

    assert bare(tidy(text)) == bare(text)


def test_the_curated_bibliographies_are_in_form_already(packaged: LibraryPaths) -> None:
    for path in (packaged.bibliography, SMALL / "references.bib"):
        text = read_bibfile(path)
        assert format_bibliography(text, name="x").text == text


def test_windows_line_ends_stay() -> None:
    formatted = tidy(WILD.replace("\n", "\r\n"))
    assert formatted.count("\n") == formatted.count("\r\n")
    assert formatted.count("\r\n") == TIDY.count("\n")


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ("@misc{A, title = {open}", "A is never closed"),
        ("@misc{title = {x}}", "has no key"),
        ("@misc{A, title = }", "the field title without a value"),
        ("@misc{A, % note\n title = {x}}", "where the name of a field should be"),
        ("@misc{A, title}", "where a field and '=' should be"),
    ],
)
def test_each_reason_to_leave_an_entry(entry: str, says: str) -> None:
    formatted = format_bibliography(f"% top\n{entry}\n", name="x.bib")
    assert formatted.text == f"% top\n{entry}\n"
    (problem,) = formatted.left
    assert problem.line == 2
    assert says in problem.message


@pytest.mark.parametrize(
    "text", ["@a{k,t={" + "{" * 100_000 + "x" + "}" * 100_001 + "}", "@a{k,t={x}," * 20_000, '@a{k,t="' * 20_000]
)
def test_deep_and_long_entries_take_linear_time(text: str) -> None:
    begin = time.perf_counter()
    tidy(text)
    assert time.perf_counter() - begin < 3


def test_the_command_writes_the_file_and_check_only_says(tmp_path: Path, claimwise: Invoke) -> None:
    path = tmp_path / "x.bib"
    path.write_text(WILD.split("@book", maxsplit=1)[0], encoding="utf-8")
    checked = claimwise("evidence", "format", "--check", path)
    assert checked.exit_code == 1
    assert path.read_text(encoding="utf-8") == WILD.split("@book", maxsplit=1)[0]
    assert claimwise("evidence", "format", path).exit_code == 0
    assert path.read_text(encoding="utf-8") == TIDY.split("\n@book", maxsplit=1)[0]
    again = claimwise("evidence", "format", "--check", path)
    assert (again.exit_code, "in form" in again.stdout) == (0, True)


def test_the_command_formats_the_library_by_default_and_tells_what_it_left(library: Path, claimwise: Invoke) -> None:
    path = library / "references.bib"
    before = path.read_bytes()
    assert claimwise("evidence", "format", "--library", library).exit_code == 0
    assert path.read_bytes() == before
    path.write_bytes(before + b"\n@misc{Z,\n  title = {open\n")
    result = claimwise("evidence", "format", "--library", library)
    assert result.exit_code == 1
    assert "references.bib:28: Z is never closed" in result.stderr
    missing = claimwise("evidence", "format", library / "none.bib")
    assert (missing.exit_code, "none.bib: cannot be read" in missing.stderr) == (4, True)


def test_several_files_are_formatted_or_none_when_one_cannot_be_read(tmp_path: Path, claimwise: Invoke) -> None:
    wild, tidy_one = tmp_path / "wild.bib", tmp_path / "tidy.bib"
    wild.write_text("@misc{A, title={one}}\n", encoding="utf-8")
    tidy_one.write_text(tidy("@misc{B, title={two}}\n"), encoding="utf-8")
    before = wild.read_text(encoding="utf-8")
    failed = claimwise("evidence", "format", wild, tmp_path / "none.bib")
    assert (failed.exit_code, wild.read_text(encoding="utf-8")) == (4, before)
    checked = claimwise("evidence", "format", "--check", wild, tidy_one)
    assert checked.exit_code == 1
    assert "wild.bib: is not in form" in checked.stdout
    assert "tidy.bib: is in form" in checked.stdout
    assert claimwise("evidence", "format", wild, tidy_one).exit_code == 0
    assert claimwise("evidence", "format", "--check", wild, tidy_one).exit_code == 0
