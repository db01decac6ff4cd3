"""Works and notices from other programs' files: what is new, what is left, and hostile files."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.bibliography import Reference, load_bibliography
from evidence.importing.bibtex import read_bibtex
from evidence.importing.csl import read_csl
from evidence.importing.latex import decode_latex
from evidence.importing.ris import read_ris
from evidence.importing.works import Works, new_key, person
from evidence.verification import load_verifications
from tests.conftest import Invoke

WATCH = "Record ID,RetractionDate,RetractionDOI,OriginalPaperDOI,OriginalPaperPubMedID,RetractionNature,Reason\n"
RIS = "TY  - JOUR\nTI  - A work\nAU  - Example, Ann\nPY  - 2019/03/01/\nER  - \n"


def one(works: Works) -> Reference:
    assert works.problems == ()
    (reference,) = works.references
    return reference


def lines(works: Works) -> list[str]:
    return [str(problem) for problem in works.problems]


def entry(**fields: str) -> str:
    return "@article{k,\n" + ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items()) + "\n}\n"


# --- BibTeX


def test_bibtex_fields_are_turned_into_ours() -> None:
    text = '@string{jx = {J. Example}}\n@ARTICLE{k, Title="A {DNA} caf{\\\'e}", AUTHOR={Ann Example and Ludwig van der Berg and {Board of A and B}}, journal=jx, date={2021-05-01}, issue=3, pages={12-19}}'
    found = one(read_bibtex(text, file="x.bib"))
    assert (found.kind, found.title, found.container, found.year) == ("article", "A DNA café", "J. Example", 2021)
    assert found.authors == ("Example, Ann", "van der Berg, Ludwig", "{Board of A and B}")
    assert (found.number, found.pages, found.line) == ("3", "12--19", 2)


def test_accents_are_decoded_in_prose_and_never_in_addresses() -> None:
    text = entry(
        title='50\\% of na{\\"\\i}ve',
        author='M{\\"u}ller, A.',
        doi="10.5555/A\\_b%20c",
        url="https://x.example/a%20b_c~d",
    )
    found = one(read_bibtex(text, file="x.bib"))
    assert (found.title, found.authors) == ("50% of naïve", ("Müller, A.",))
    assert found.doi == "10.5555/a_b%20c"
    assert found.url == "https://x.example/a%20b_c~d"


@pytest.mark.parametrize(
    ("latex", "plain"),
    [
        ("{\\'E}tude", "{É}tude"),
        ("\\'{e}", "é"),
        ("\\v{c}\\c c\\.z", "čçż"),
        ("{\\o}{\\ss}\\L{}", "{ø}{ß}Ł"),
        ("a--b---c", "a–b—c"),
        ("``q'' $\\alpha$~x", "“q” α x"),
        ("R\\&D 5\\% \\#1", "R&D 5% #1"),
        ("\\unknown{x} \\", "\\unknown{x} \\"),
    ],
)
def test_latex_as_characters(latex: str, plain: str) -> None:
    assert decode_latex(latex) == plain


def test_more_than_three_authors_are_others() -> None:
    found = one(read_bibtex(entry(title="T", author=" and ".join(f"Example{n}, A." for n in range(5))), file="x"))
    assert (len(found.authors), found.more_authors) == (3, True)
    assert one(read_bibtex(entry(title="T", author="Example, A. and others"), file="x")).more_authors


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("@article{k, author={Example, Ann}}", "x.bib:1: k has no title and is left"),
        ("% a\n@article{k, title={open\n", "x.bib:2: an entry cannot be read: @article{k, title={open"),
        (entry(title="T", doi="nonsense"), "x.bib:1: k has the DOI 'nonsense', which is none; it is left out"),
        (entry(title="T", year="soon"), "x.bib:1: k has the year 'soon', which is none; it is left out"),
        ("@misc{k, title={A}, title={B}}", "x.bib:1: an entry has the field title twice; the first is used"),
        ("nothing here", "x.bib: no entry was found"),
    ],
)
def test_what_bibtex_cannot_give_is_told_with_its_line(text: str, says: str) -> None:
    told = lines(read_bibtex(text, file="x.bib"))
    assert len(told) == 1
    assert told[0].startswith(says)


def test_an_entry_with_a_field_or_key_twice_is_read_as_any_other() -> None:
    works = read_bibtex(
        entry(title="First", author="{Board of A}", year="2001") * 2 + "@misc{d, title={{A}}, note={x}, note={y}}",
        file="x",
    )
    assert [(work.title, work.authors) for work in works.references] == [("First", ("{Board of A}",))] * 2 + [("A", ())]
    assert lines(works) == ["x:11: an entry has the field note twice; the first is used (keep one)"]


# --- RIS


def test_ris_with_the_usual_oddities() -> None:
    text = "\ufeffTY - CHAP\r\nT1 - A long\r\n  title\r\nA1 - Example, Ann, Jr\r\nAU  - Board of Examples\r\nY1 - 2018///\r\nSP  - 12\r\nEP  - 15\r\nT2  - A Book\r\nUR  - https://doi.org/10.5555/R.1\r\nC2  - PMC1234567\r\nAN  - 123456\r\nDB  - PubMed\r\nER  -\r\n"
    found = one(read_ris(text, file="x.ris"))
    assert (found.kind, found.title, found.container, found.year) == ("incollection", "A long title", "A Book", 2018)
    assert found.authors == ("{Board of Examples}", "Example, Jr Ann")
    assert (found.pages, found.doi, found.url, found.pmid, found.pmcid) == (
        "12--15",
        "10.5555/r.1",
        None,
        "123456",
        "PMC1234567",
    )


def test_a_ris_record_without_its_end_is_read_and_told() -> None:
    works = read_ris(RIS.replace("ER  - \n", "") + RIS.replace("A work", "Another"), file="x.ris")
    assert [work.title for work in works.references] == ["A work", "Another"]
    assert lines(works) == ["x.ris:1: a record has no ER; it is read as far as it goes (end it with 'ER  - ')"]


def test_text_outside_ris_records_is_told_once() -> None:
    assert lines(read_ris(f"hello\nthere\n{RIS}", file="x"))[0].startswith("x:1: 'hello' stands outside a record")
    assert lines(read_ris("", file="x"))[0].startswith("x: no record was found")


# --- CSL JSON


def test_csl_json_items() -> None:
    item = {
        "id": "http://zotero.org/1",
        "type": "article-journal",
        "title": "A <i>work</i>",
        "author": [{"family": "Berg", "given": "Max", "non-dropping-particle": "van"}, {"literal": "Board of A and B"}],
        "issued": {"date-parts": [["2020", 1]]},
        "container-title": ["J. Example"],
        "volume": 4,
        "note": "PMID: 123456\nPMCID: PMC1234567",
        "URL": "https://doi.org/10.5555/C",
        "DOI": "10.5555/C",
    }
    found = one(read_csl(json.dumps([item], indent=1), file="x.json"))
    assert (found.title, found.authors) == ("A work", ("van Berg, Max", "{Board of A and B}"))
    assert (found.year, found.volume, found.container, found.doi) == (2020, "4", "J. Example", "10.5555/c")
    assert (found.pmid, found.pmcid, found.url) == ("123456", "PMC1234567", None)


@pytest.mark.parametrize(
    ("text", "says", "read"),
    [
        ('{"title": "x"}', "x:1: the file holds no list of works", 0),
        ("null", "x:1: the file holds no list of works", 0),
        ("[]", "x:1: the list is empty", 0),
        ('[{"title": "A"},\n 3]', "x:2: an item is no work", 1),
        ('[{"title": "A"},\n{"title": ]', "x:2: not valid JSON: Expecting value; the rest is left", 1),
        ('[{"title": "A"}\n', "x:2: the list breaks off", 1),
        ('[{"title": "A"}\n{"title": "B"}]', "x:2: the list breaks off or lacks a comma", 1),
        ('[{"title": "A"},\n{"title": ' + "[" * 100_000, "x:2: not valid JSON: nested too deeply", 1),
        ('[{"title": ' + "9" * 5000 + "}]", "x:1: not valid JSON: a number of thousands of digits", 0),
        ('[{"type": "book"}]', "x:1: a record has no title and is left", 0),
    ],
)
def test_what_json_cannot_give_is_one_line(text: str, says: str, read: int) -> None:
    works = read_csl(text, file="x")
    assert len(works.references) == read
    (told,) = lines(works)
    assert told.startswith(says)


# --- names and keys


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Ann B. Example", "Example, Ann B."),
        ("Example, Ann", "Example, Ann"),
        ("Example, Jr, Ann", "Example, Ann Jr"),
        ("Ludwig van der Berg", "van der Berg, Ludwig"),
        ("{Board of A}", "{Board of A}"),
        ("Board", "Board"),
    ],
)
def test_names_are_family_first(given: str, expected: str) -> None:
    assert person(given) == expected


@pytest.mark.parametrize(
    ("author", "taken", "key"),
    [
        ("Example, Ann", (), "Example2020"),
        ("Example, Ann", ("example2020",), "Example2020b"),
        ("Example, Ann", ("example2020a", "example2020b"), "Example2020c"),
        ("van der Ørn, L.", (), "vanderOrn2020"),
        ("{Board of Clinical Examples}", (), "BCE2020"),
        ("O'Müller, L.", (), "OMuller2020"),
        ("", (), "Zebra2020"),
        ("李", (), "Zebra2020"),
    ],
)
def test_keys_are_family_and_year_in_plain_letters(author: str, taken: tuple[str, ...], key: str) -> None:
    work = Reference(key="", kind="article", title="Zebra studies", authors=(author,) if author else (), year=2020)
    assert new_key(work, set(taken)) == key


def test_keys_never_repeat_however_many_there_are() -> None:
    work = Reference(key="", kind="article", title="T", authors=("Example, Ann",), year=2020)
    taken: set[str] = set()
    for _ in range(300):
        key = new_key(work, taken).lower()
        assert key not in taken
        taken.add(key)


# --- the command


def test_new_works_are_added_and_the_library_stays_clean(library: Path, tmp_path: Path, claimwise: Invoke) -> None:
    given = tmp_path / "x.bib"
    given.write_text(
        entry(title="A new work on examples", author="Example, Ann", year="2021", doi="10.5555/N1")
        + entry(title="Other words", doi="https://doi.org/10.1176/APPI.ajp.2013.13030392").replace("{k", "{k2"),
        encoding="utf-8",
    )
    before = (library / "references.bib").read_text(encoding="utf-8")
    dry = claimwise("evidence", "import", given, "--library", library, "--dry-run")
    assert "would be added Example2021" in dry.stdout
    assert (library / "references.bib").read_text(encoding="utf-8") == before
    result = claimwise("evidence", "import", given, "--library", library)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "left Other words (line 7): the same DOI as Murrough2013a" in result.stdout
    after = (library / "references.bib").read_text(encoding="utf-8")
    start = after.index("@article{Example2021")
    assert after[:start] + after[after.index("}\n\n", start) + 3 :] == before
    assert claimwise("library", "check", "--library", library).exit_code == 0
    again = claimwise("evidence", "import", given, "--library", library)
    assert "0 works added, 2 duplicates left" in again.stdout
    assert (library / "references.bib").read_text(encoding="utf-8") == after


def test_the_json_answer_names_everything(library: Path, tmp_path: Path, claimwise: Invoke) -> None:
    given = tmp_path / "x.ris"
    given.write_text(
        RIS + RIS.replace("A work", "A work").replace("2019", "2019") + "TY  - BOOK\nER  - \n", encoding="utf-8"
    )
    result = claimwise("evidence", "import", given, "--library", library, "--format", "json", "--dry-run")
    answer = json.loads(result.stdout)
    assert (answer["schema"], answer["kind"], answer["dry_run"]) == ("claimwise/import/1", "ris", True)
    assert [work["key"] for work in answer["added"]] == ["Example2019"]
    assert [(left["line"], left["key"], left["reason"]) for left in answer["duplicates"]] == [
        (6, "Example2019", "the same title and year")
    ]
    assert [problem["line"] for problem in answer["problems"]] == [11]
    assert result.exit_code == 1


def test_a_retraction_watch_file_becomes_verifications(library: Path, tmp_path: Path, claimwise: Invoke) -> None:
    given = tmp_path / "watch.csv"
    given.write_text(
        "\ufeff"
        + WATCH
        + "1,7/26/2019 0:00,10.5555/notice,10.1176/APPI.AJP.2013.13030392,0,Retraction,+Concerns about Data;+Error;\n"
        + "2,1/2/2018 0:00,unavailable,unavailable,23982301,Correction,\n"
        + "3,1/2/2018 0:00,unavailable,10.5555/other,0,Retraction,\n"
        + "4,soon,unavailable,10.1001/archpsyc.63.8.856,0,Expression of concern,\n",
        encoding="utf-8",
    )
    result = claimwise("evidence", "import", given, "--library", library, "--today", "2026-11-22")
    assert "4 rows read; 2 verifications changed" in result.stdout
    assert "watch.csv:5: Zarate2006: 'soon' is no date" in result.stderr
    records = load_verifications(library / "verification.toml")
    assert {key: record.state for key, record in records.items()} == {
        "Murrough2013a": "retracted",
        "Zarate2006": "concern",
    }
    assert [(notice.kind, str(notice.date)) for notice in records["Murrough2013a"].notices] == [
        ("correction", "2018-01-02"),
        ("retraction", "2019-07-26"),
    ]
    assert records["Murrough2013a"].details == "retraction-watch: Concerns about Data, Error"
    stored = (library / "verification.toml").read_bytes()
    assert "0 verifications changed" in claimwise("evidence", "import", given, "--library", library).stdout
    assert (library / "verification.toml").read_bytes() == stored


def test_a_reinstated_work_is_no_longer_retracted(library: Path, tmp_path: Path, claimwise: Invoke) -> None:
    given = tmp_path / "watch.csv"
    row = "1,{},,10.1001/archpsyc.63.8.856,0,{},\n"
    given.write_text(
        WATCH + row.format("1/2/2018", "Retraction") + row.format("1/2/2019", "Reinstatement"), encoding="utf-8"
    )
    assert claimwise("evidence", "import", given, "--library", library).exit_code == 0
    assert load_verifications(library / "verification.toml")["Zarate2006"].state == "agrees"


def test_a_notice_whose_identifiers_name_two_works_is_left(library: Path, tmp_path: Path, claimwise: Invoke) -> None:
    given = tmp_path / "watch.csv"
    given.write_text(WATCH + "1,1/2/2018,,10.1001/archpsyc.63.8.856,23982301,Retraction,\n", encoding="utf-8")
    result = claimwise("evidence", "import", given, "--library", library)
    assert (result.exit_code, "PMID 23982301 is Murrough2013a; the notice is left" in result.stderr) == (1, True)
    assert not (library / "verification.toml").exists()


@pytest.mark.parametrize(
    ("data", "code", "says"),
    [
        (b"\x00\x01PNG", 3, "is not text"),
        (b"hello", 3, "is none of BibTeX, RIS, CSL JSON and Retraction Watch CSV"),
        (b"", 3, "is none of"),
        (b"@article{k, title={Caf\xe9 Example}}", 1, "x:1: not UTF-8 text; the file was read as Windows-1252"),
        (b"\xff\xfe@", 3, "begins as UTF-16 but is not"),
        ("@article{k, title={Café Example}}".encode("utf-16"), 0, ""),
        (b"[1, 2", 1, "x:1: an item is no work"),
    ],
)
def test_files_that_are_not_what_they_should_be(
    library: Path, tmp_path: Path, claimwise: Invoke, data: bytes, code: int, says: str
) -> None:
    given = tmp_path / "x"
    given.write_bytes(data)
    result = claimwise("evidence", "import", given, "--library", library)
    assert result.exit_code == code
    assert says in result.stderr
    assert "Traceback" not in result.stderr
    if b"Caf" in data.replace(b"\0", b""):
        assert "added CafeExample" in result.stdout or "added Caf" in result.stdout


def test_a_missing_file_and_a_library_with_problems_are_told(library: Path, tmp_path: Path, claimwise: Invoke) -> None:
    missing = claimwise("evidence", "import", tmp_path / "none.bib", "--library", library)
    assert (missing.exit_code, "none.bib: cannot be read" in missing.stderr) == (2, True)
    given = tmp_path / "x.ris"
    given.write_text(RIS, encoding="utf-8")
    with (library / "references.bib").open("a", encoding="utf-8") as file:
        file.write("@article{broken,\n")
    result = claimwise("evidence", "import", given, "--library", library)
    assert (result.exit_code, "references.bib:27: an entry cannot be read" in result.stderr) == (4, True)


def test_nothing_is_left_half_written_when_the_library_cannot_be_written(
    library: Path, tmp_path: Path, claimwise: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    from evidence.files import write_atomically
    from evidence.problems import StorageError

    def full(path: Path, text: str) -> None:
        if path.name == "Other2019.toml":
            raise StorageError(f"{path}: cannot be written: No space left on device")
        write_atomically(path, text)

    monkeypatch.setattr("evidence.importing.plan.write_atomically", full)
    given = tmp_path / "x.ris"
    given.write_text(RIS + RIS.replace("Example", "Other").replace("A work", "B"), encoding="utf-8")
    before = {path: path.read_bytes() for path in library.rglob("*") if path.is_file()}
    result = claimwise("evidence", "import", given, "--library", library)
    assert (result.exit_code, "No space left" in result.stderr) == (2, True)
    assert {path: path.read_bytes() for path in library.rglob("*") if path.is_file()} == before


def test_an_import_that_was_cut_off_is_completed_by_the_same_import(
    library: Path, tmp_path: Path, claimwise: Invoke
) -> None:
    given = tmp_path / "x.ris"
    given.write_text(RIS, encoding="utf-8")
    assert claimwise("evidence", "import", given, "--library", library).exit_code == 0
    whole = {path: path.read_bytes() for path in library.rglob("*") if path.is_file()}
    (library / "studies" / "Example2019.toml").unlink()
    assert claimwise("library", "check", "--library", library).exit_code == 4
    assert claimwise("evidence", "import", given, "--library", library).exit_code == 0
    assert {path: path.read_bytes() for path in library.rglob("*") if path.is_file()} == whole


# --- hostile


def test_a_file_of_twenty_megabytes_takes_seconds() -> None:
    abstract = "word " * 40_000
    text = "".join(f"@article{{k{n}, title={{T {n}}}, abstract={{{abstract}}}}}\n" for n in range(100))
    assert len(text) > 20_000_000
    begin = time.perf_counter()
    works = read_bibtex(text, file="x")
    assert time.perf_counter() - begin < 10
    assert (len(works.references), works.problems) == (100, ())


@pytest.mark.parametrize(
    "text",
    [
        "@article{a, title={" + "{" * 10_000 + "x" + "}" * 10_000 + "}}",
        "@article{a, title={x}, author={" + "{" * 10_000 + "y" + "}" * 10_000 + "}}",
        "@article{a, title={" + "\\'" * 50_000 + "x}}",
        "@article{a, title={" + "\\\\" * 50_000 + "x}}",
        "@article{a, title={x <i " + "<i " * 50_000 + "}}",
        "@article{a, title={x}, pages={" + "1 - " * 20_000 + "}}",
    ],
)
def test_deep_and_repeated_marks_take_linear_time(text: str) -> None:
    begin = time.perf_counter()
    works = read_bibtex(text, file="x")
    assert time.perf_counter() - begin < 3
    assert len(works.references) == 1


@given(st.text(alphabet='@{}[]":,=\\% TYERI-\n\r1a', max_size=80))
def test_no_text_makes_a_reader_fail(text: str) -> None:
    for reader in (read_bibtex, read_ris, read_csl):
        works = reader(text, file="x")
        assert works.references or works.problems


def test_imported_entries_read_back_as_they_were_made(library: Path, tmp_path: Path, claimwise: Invoke) -> None:
    given = tmp_path / "x.json"
    item = {
        "title": "A {brace} & 100% of \\x",
        "type": "book",
        "author": [{"family": "{", "given": "B and C"}],
        "publisher": "P & Q {",
        "note": "}",
    }
    given.write_text(json.dumps([item]), encoding="utf-8")
    result = claimwise("evidence", "import", given, "--library", library)
    assert result.exit_code == 0, result.stderr
    (key,) = set(load_bibliography(library / "references.bib")) - {
        "Murrough2013a",
        "Zarate2006",
        "FDA2023CompoundedKetamine",
    }
    assert load_bibliography(library / "references.bib")[key].title == "A brace & 100% of \\x"
