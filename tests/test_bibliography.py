from pathlib import Path

import msgspec
import pytest

from evidence.bibliography import load_bibliography, read_bibliography, render_bibtex
from evidence.problems import LibraryError
from tests.conftest import SMALL

ENTRY = "@article{A2020,\n  title = {First},\n  year = {2020},\n}\n"


def problems_of(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "x.bib"
    path.write_text(text, encoding="utf-8")
    return [str(problem) for problem in read_bibliography(path, name="x.bib")[1]]


def test_reads_every_field_of_an_entry() -> None:
    reference = load_bibliography(SMALL / "references.bib")["Murrough2013a"]
    assert reference.authors == ("Murrough, James W.", "Iosifescu, Dan V.", "Chang, Lee C.")
    assert (reference.more_authors, reference.year, reference.volume, reference.pmid) == (True, 2013, "170", "23982301")
    assert reference.doi == "10.1176/appi.ajp.2013.13030392"
    assert reference.short == "Murrough et al. 2013"


def test_a_corporate_author_with_and_in_its_name_stays_whole() -> None:
    reference = load_bibliography(SMALL / "references.bib")["FDA2023CompoundedKetamine"]
    assert reference.people == ("U.S. Food and Drug Administration",)
    assert reference.short == "U.S. Food and Drug Administration 2023"


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (ENTRY + ENTRY, 5, "key A2020 is used twice"),
        (ENTRY + ENTRY.replace("A2020", "a2020").replace("First", "Second"), 5, "same key, apart from case,"),
        (ENTRY + ENTRY.replace("A2020", "B2020"), 5, "same title and year as A2020 (line 1)"),
        (ENTRY + "@article{B,\n  title = {never closed\n\n" + ENTRY.replace("A2020", "C"), 5, "cannot be read"),
        (ENTRY.replace("year = {2020}", "year = {2020},\n  year = {2021}"), 1, "the field year twice"),
        (ENTRY.replace("2020}", "MMXX}"), 1, "year 'MMXX' is not a year"),
        (ENTRY.replace("  year", "  doi = {12.3/x},\n  year"), 1, "'12.3/x' is not a DOI"),
        (ENTRY.replace("  year", "  jurnal = {X},\n  year"), 1, "unknown field 'jurnal'"),
        (ENTRY.replace("title = {First},", ""), 1, "has no title"),
        ("@article{A,\n  year = {2020},\n  title = {T},\n}\n", 1, "not in canonical order"),
        (ENTRY.replace("@article", "@artcle"), 1, "unknown entry type 'artcle'"),
    ],
)
def test_each_fault_is_named_with_its_line(tmp_path: Path, text: str, line: int, says: str) -> None:
    found = problems_of(tmp_path, text)
    assert any(f"x.bib:{line}:" in problem and says in problem for problem in found), found


def test_the_same_doi_in_other_case_is_a_duplicate_work(tmp_path: Path) -> None:
    first = ENTRY.replace("  year", "  year = {2020},\n  doi = {10.1000/ABC},\n  note").replace("{2020},\n}", "{x},\n}")
    second = first.replace("A2020", "B2020").replace("First", "Other").replace("ABC", "abc")
    assert any("same DOI as A2020" in problem for problem in problems_of(tmp_path, first + second))


def test_load_refuses_a_file_with_problems(tmp_path: Path) -> None:
    path = tmp_path / "x.bib"
    path.write_text(ENTRY + ENTRY, encoding="utf-8")
    with pytest.raises(LibraryError, match="used twice"):
        load_bibliography(path)


def test_an_exported_entry_reads_back_as_the_same_reference(tmp_path: Path) -> None:
    for reference in load_bibliography(SMALL / "references.bib").values():
        path = tmp_path / "y.bib"
        path.write_text(render_bibtex(reference), encoding="utf-8")
        (again,) = load_bibliography(path).values()
        assert msgspec.structs.replace(again, line=0) == msgspec.structs.replace(reference, line=0)


def test_an_export_keeps_corporate_names_and_notes(tmp_path: Path) -> None:
    path = tmp_path / "x.bib"
    entry = "@techreport{A2020,\n  author = {{Board of Physicians, Nurses and Others}},\n  title = {T},\n  note = {draft},\n}\n"
    path.write_text(entry, encoding="utf-8")
    (reference,) = load_bibliography(path).values()
    assert reference.people == ("Board of Physicians, Nurses and Others",)
    assert "{{Board of Physicians, Nurses and Others}}" in render_bibtex(reference)
    assert "{draft}" in render_bibtex(reference)
