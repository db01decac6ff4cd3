from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.problems import LibraryError
from evidence.studies import amount, load_study
from evidence.vocabulary import LEVEL_OF_DESIGN, Design, evidence_level
from tests.conftest import SMALL, edit

STUDY = SMALL / "studies" / "Murrough2013a.toml"


@pytest.fixture
def study_file(tmp_path: Path) -> Path:
    path = tmp_path / "Murrough2013a.toml"
    path.write_text(STUDY.read_text(encoding="utf-8"), encoding="utf-8")
    return path


def fault(path: Path) -> str:
    with pytest.raises(LibraryError) as caught:
        load_study(path, name="Murrough2013a.toml")
    return str(caught.value.problems[0])


def test_a_finding_inherits_scope_from_its_study() -> None:
    study = load_study(STUDY)
    response = study.findings[0]
    assert study.level == "2"
    assert response.bounds == (64.0, 64.0)
    assert study.scope_of(response, "population") == ("trd",)
    assert study.scope_of(response, "comparator") == ("midazolam",)


def test_a_finding_may_say_that_it_holds_for_no_comparator(study_file: Path) -> None:
    edit(study_file, "comparator_value = 28.0", "comparator = []")
    study = load_study(study_file)
    assert study.scope_of(study.findings[0], "comparator") == ()
    assert study.scope_of(study.findings[1], "comparator") == ("midazolam",)


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ('design = "rct"', 'design = "RCT"', 3, "'RCT' is not a word of the vocabulary of 'design'"),
        ('masking = "double-blind"', 'blinding = "double"', 4, "unknown key 'blinding'"),
        ('unit = "%"', 'unit = "percent"', 22, "'percent' is not a word of the vocabulary of 'unit'"),
        ("value = 64.0", 'value = "64"', 21, "expected `float | null`, got `str` in 'value'"),
        ("value = 64.0", "value = 164.0", 17, "164 is outside the range of unit %"),
        ("value = 64.0", "value = 64.0\nlow = 60", 17, "has a value and an interval"),
        ("value = 64.0\nunit", "unit", 17, None),
        ('p = "<0.001"', 'p = "small"', 33, "p 'small' is not a p-value"),
        ('id = "Murrough2013a.2"', 'id = "Murrough2013a.1"', 0, "used twice"),
        ('id = "Murrough2013a.2"', 'id = "Zarate2006.2"', 33, "does not start with the study's bibkey"),
        ("low = -12.71", "low = 12.71", 33, "low bound is above its high"),
        ('outcome = "response"\n', "", 16, "missing required field `outcome`"),
        ("n = 73", "n = 73 people", 5, "not valid TOML"),
    ],
)
def test_each_fault_is_named_with_its_line(study_file: Path, old: str, new: str, line: int, says: str | None) -> None:
    edit(study_file, old, new)
    if says is None:  # a finding may give only its relative effect
        assert load_study(study_file).findings[0].value is None
        return
    message = fault(study_file)
    place = f"Murrough2013a.toml:{line}:" if line else "Murrough2013a.toml:"
    assert message.startswith(place), message
    assert says in message


def test_a_file_named_otherwise_than_its_bibkey_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "Other2013.toml"
    path.write_text(STUDY.read_text(encoding="utf-8"), encoding="utf-8")
    assert "differs from the file name" in fault(path)


def test_a_file_that_is_not_utf8_is_refused_in_one_line(study_file: Path) -> None:
    study_file.write_bytes(b'bibkey = "\xff"')
    assert "not UTF-8 text (byte 10)" in fault(study_file)


def test_every_design_has_an_evidence_level() -> None:
    from typing import get_args

    assert set(LEVEL_OF_DESIGN) == set(get_args(Design))
    assert evidence_level("meta-analysis-rct") == "1"
    assert evidence_level("chart-review") == "4"
    assert evidence_level("label") == "official"


@pytest.mark.parametrize(
    ("low", "high", "unit", "text"),
    [
        (64, 64, "%", "64%"),
        (2, 3, "week", "2 to 3 weeks"),
        (1, 1, "day", "1 day"),
        (None, 70, "%", "up to 70%"),
        (2, None, "h", "at least 2 h"),
        (21_000_000, 21_000_000, "people", "21,000,000 people"),
        (None, None, "%", ""),
    ],
)
def test_amounts_read_as_a_person_would_write_them(low: float, high: float, unit: str, text: str) -> None:
    assert amount(low, high, unit) == text


@given(st.floats(0, 100), st.floats(0, 100))
def test_an_amount_shows_both_bounds(a: float, b: float) -> None:
    low, high = sorted((a, b))
    text = amount(low, high, "%")
    assert text.endswith("%")
    assert ("to" in text) == (low != high)
