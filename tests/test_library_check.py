"""`library check`: clean on a sound library, and a line with file, place and cure for each defect planted."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import TEXTS, Invoke, edit

TODAY = "2026-11-22"
BIB = "references.bib"
MURROUGH = "studies/Murrough2013a.toml"
PROPOSITIONS = "propositions/all.toml"
A = "sources/a.toml"
B = "sources/b.toml"


def test_the_small_library_is_clean(claimwise: Invoke, library: Path) -> None:
    result = claimwise("library", "check", "--library", library, "--sources", TEXTS, "--today", TODAY)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "clean" in result.stdout


DEFECTS = [
    # file to damage, what stands there, what is planted, file named, what is said
    (BIB, "@article{Zarate2006,", "@article{Zarate2007,", MURROUGH.replace("Murrough2013a", "Zarate2006"), "no entry in references.bib"),
    (BIB, "@article{Zarate2006,", "@article{Zarate2007,", BIB, "Zarate2007 has no study file"),
    (BIB, "10.1001/archpsyc", "10.1002/archpsyc", "studies/Zarate2006.toml", "differs from 10.1002/archpsyc.63.8.856"),
    (BIB, "@techreport", "@article{Murrough2013a,\n  title = {Twin},\n}\n\n@techreport", BIB, "key Murrough2013a is used twice"),
    (MURROUGH, 'outcome = "response"', 'outcome = "respnse"', MURROUGH, "unknown outcome concept 'respnse'"),
    (MURROUGH, 'population = ["trd"]', 'population = ["iv"]', MURROUGH, "'iv' is a concept of slot route, not of population"),
    (MURROUGH, "value = 64.0", "value = 640", MURROUGH, "outside the range of unit %"),
    (MURROUGH, 'verified = "yes"', 'verified = "sure"', MURROUGH, "'sure' is not a word of the vocabulary of 'verified'"),
    (PROPOSITIONS, "Murrough2013a.1", "Murrough2013a.9", PROPOSITIONS, "proposition response-24h: unknown finding Murrough2013a.9"),
    (PROPOSITIONS, 'route = ["iv"]', 'route = ["i.v."]', PROPOSITIONS, "unknown route concept 'i.v.'"),
    (PROPOSITIONS, 'value = "not-approved"', 'value = "denied"', PROPOSITIONS, "'denied' is no position of approval-status"),
    (PROPOSITIONS, "review_by = 2027-11-22", "review_by = 2026-11-21", PROPOSITIONS, "review_by is not after reviewed"),
    (PROPOSITIONS, "reviewed = 2026-11-22\nreview_by = 2027-11-22", "reviewed = 2025-11-22\nreview_by = 2026-11-21", PROPOSITIONS, "its review was due on 2026-11-21"),
    (PROPOSITIONS, "low = 50\nhigh = 71", "low = 71\nhigh = 50", PROPOSITIONS, "low 71 is above high 50"),
    (A, 'stance = "supports"', 'stance = "context"', A, "claim a-001: is supported, but no sound finding supports it"),
    (B, 'faults = ["regulatory"]', "faults = []", B, "claim b-003: is contradicted, but names no fault"),
    (B, 'verdict = "overstated"\nfaults = ["number", "population"]\nmissing = ["population"]', 'verdict = "vague"', B, "claim b-001: is vague, but does not say what is missing"),
    (B, 'references = ["Murrough2013a"]', 'references = ["Murrough2014"]', B, "claim b-001: unknown reference Murrough2014"),
    (B, 'propositions = ["not-approved"]', 'propositions = ["approved"]', B, "claim b-003: unknown proposition approved"),
    (B, "low = 90", "low = 190", B, "response-rate: 190 is outside the range of %"),
    (A, 'reference = "Zarate2006"', 'reference = "Zarate2005"', A, "item 1 names the unknown reference Zarate2005"),
    (A, "end = 100", "end = 101", A, "claim a-001: its passage has another hash"),
    ("lexicon/slots.toml", 'broader = ["depression"]', 'broader = ["sadness"]', "lexicon/slots.toml", "broader concept sadness does not exist"),
    (MURROUGH, "[[findings]]", "[[findings]", MURROUGH, "not valid TOML"),
    (MURROUGH, "value = 64.0", "value = nan", MURROUGH, "'nan' is not a finite number"),
    (MURROUGH, "n = 73", f"n = {10**30}", MURROUGH, "in 'n'"),
    (MURROUGH, "n = 73", "n = " + "[" * 20_000, MURROUGH, "nested too deeply"),
    (PROPOSITIONS, 'id = "not-approved"', 'id = "iv"', PROPOSITIONS.split("/", maxsplit=1)[0], "proposition iv has the id of a concept"),
    (A, 'id = "a-002"', 'id = "b-009"', A, "claim b-009 stands in source a"),
    (A, "start = 18", "start = -18", A, "in 'start'"),
    ("lexicon/slots.toml", 'any-route = {slot = "route", label = "any route"}', 'any-route = {slot = "route", label = "any route", broader = ["iv"]}', "lexicon/slots.toml", "are each a kind of the other"),
    ("lexicon/aspects.toml", 'ignore = ["population"]', 'ignore = ["populace"]', "lexicon/aspects.toml", "ignore names 'populace'"),
    ("library.toml", 'licence = "CC-BY-4.0"', "", "library.toml", "missing required field `licence`"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "named", "says"), DEFECTS, ids=[d[4] for d in DEFECTS])
def test_each_planted_defect_is_found(
    claimwise: Invoke, library: Path, file: str, old: str, new: str, named: str, says: str
) -> None:
    edit(library / file, old, new)
    result = claimwise("library", "check", "--library", library, "--sources", TEXTS, "--today", TODAY)
    assert result.exit_code == 4, result.output
    lines = [line for line in result.stdout.splitlines() if says in line]
    assert lines, result.output
    assert any(named in line for line in lines), lines
    assert "Traceback" not in result.output
    assert all("(" in line and line.endswith(")") for line in lines), "a problem without a cure"


def test_a_reference_that_nobody_uses_is_named(claimwise: Invoke, library: Path) -> None:
    edit(library / BIB, "@techreport", "@misc{Extra2020,\n  title = {Extra},\n}\n\n@techreport")
    (library / "studies" / "Extra2020.toml").write_text(
        'bibkey = "Extra2020"\ndesign = "news"\nverified = "no"\ncurated = 2026-11-22\n', encoding="utf-8"
    )
    result = claimwise("library", "check", "--library", library, "--today", TODAY)
    assert result.exit_code == 4
    assert "reference Extra2020 has no finding and nothing names it" in result.stdout


def test_a_contradiction_may_rest_on_a_regulatory_fact_alone(claimwise: Invoke, library: Path) -> None:
    edit(
        library / B,
        'finding = "FDA2023CompoundedKetamine.1"\nstance = "opposes"',
        'finding = "FDA2023CompoundedKetamine.1"\nstance = "context"',
    )
    assert claimwise("library", "check", "--library", library, "--today", TODAY).exit_code == 0
    edit(library / PROPOSITIONS, 'category = "regulatory"', 'category = "safety"')
    result = claimwise("library", "check", "--library", library, "--today", TODAY)
    assert "no finding or regulatory fact opposes it" in result.stdout


def test_a_supporting_finding_of_a_retracted_study_does_not_count(claimwise: Invoke, library: Path) -> None:
    edit(library / MURROUGH, 'verified = "yes"\ncurated', 'status = "retracted"\nverified = "yes"\ncurated')
    result = claimwise("library", "check", "--library", library, "--today", TODAY)
    assert "claim a-001: is supported, but no sound finding supports it" in result.stdout


def test_every_file_problem_is_listed_not_only_the_first(claimwise: Invoke, library: Path) -> None:
    edit(library / MURROUGH, "value = 64.0", "value = 640")
    edit(library / "studies/Zarate2006.toml", 'design = "rct-crossover"', 'design = "crossover"')
    edit(library / BIB, "year    = {2006}", "year    = {06}")
    result = claimwise("library", "check", "--library", library)
    for part in ("640 is outside", "'crossover' is not a word", "year '06' is not a year"):
        assert part in result.stdout


def test_a_changed_source_text_is_named(claimwise: Invoke, library: Path, tmp_path: Path) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    for name in ("page-a.txt", "page-b.txt"):
        (texts / name).write_bytes((TEXTS / name).read_bytes())
    (texts / "page-a.txt").write_bytes((TEXTS / "page-a.txt").read_bytes() + b"More.")
    result = claimwise("library", "check", "--library", library, "--sources", texts, "--today", TODAY)
    assert result.exit_code == 4
    assert "page-a.txt: the text differs from the one source a was curated on" in result.stdout


def test_a_missing_source_text_is_named(claimwise: Invoke, library: Path, tmp_path: Path) -> None:
    result = claimwise("library", "check", "--library", library, "--sources", tmp_path, "--today", TODAY)
    assert result.exit_code == 4
    assert "page-a.txt: cannot be read: No such file or directory" in result.stdout


def test_the_packaged_library_is_clean(claimwise: Invoke) -> None:
    result = claimwise("library", "check", "--today", TODAY)
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("name", ["studies", "lexicon", "propositions", "sources"])
def test_a_missing_folder_is_no_empty_library(claimwise: Invoke, library: Path, name: str) -> None:
    (library / name).rename(library / "elsewhere")
    result = claimwise("library", "check", "--library", library)
    assert result.exit_code == 4
    assert f"{name}: the folder is missing" in result.stdout


def test_a_folder_in_place_of_a_file_is_named(claimwise: Invoke, library: Path) -> None:
    (library / "conflicts.toml").mkdir()
    result = claimwise("library", "check", "--library", library)
    assert "conflicts.toml: not a regular file" in result.stdout


def test_an_empty_library_can_be_built_and_asked(claimwise: Invoke, tmp_path: Path) -> None:
    (tmp_path / "library.toml").write_text('name = "n"\ntitle = "t"\nlicence = "x"\n', encoding="utf-8")
    (tmp_path / "references.bib").write_text("", encoding="utf-8")
    for name in ("studies", "lexicon", "propositions", "sources"):
        (tmp_path / name).mkdir()
    assert claimwise("report", "--library", tmp_path).exit_code == 0
    assert "0 hits" in claimwise("search", "anything", "--library", tmp_path).stdout
