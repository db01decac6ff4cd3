"""Identifiers in the forms people write them, in one standard form."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.identifiers import (
    find_identifiers,
    parse_identifier,
    standard_arxiv,
    standard_doi,
    standard_nct,
    standard_pmcid,
    standard_pmid,
)

SICI = "10.5555/(sici)1234-5678(19980401)76:5<465::aid-xyz1>3.0.co;2-f"


def found(text: str) -> list[tuple[str, str]]:
    return [(one.kind, one.value) for one in find_identifiers(text)]


@pytest.mark.parametrize(
    ("written", "value", "span"),
    [
        ("See https://doi.org/10.5555/ABC.1.", "10.5555/abc.1", "https://doi.org/10.5555/ABC.1"),
        ("(doi:10.5555/s1-6736(06)68770-9).", "10.5555/s1-6736(06)68770-9", "doi:10.5555/s1-6736(06)68770-9"),
        ("<http://dx.doi.org/10.5555/x>", "10.5555/x", "http://dx.doi.org/10.5555/x"),
        ("DOI: 10.5555/x;", "10.5555/x", "DOI: 10.5555/x"),
        ("[here](https://doi.org/10.5555/x).**", "10.5555/x", "https://doi.org/10.5555/x"),
        ("a *10.5555/x_y* b", "10.5555/x_y", "10.5555/x_y"),
        ("see doi.org/10.5555/x now", "10.5555/x", "doi.org/10.5555/x"),
        ("“10.5555/x”", "10.5555/x", "10.5555/x"),
        ("https://e.example/doi/full/10.5555/x.1?af=R", "10.5555/x.1", "https://e.example/doi/full/10.5555/x.1?af=R"),
        ("https://e.example/articles/10.5555/x/full#h2", "10.5555/x", "https://e.example/articles/10.5555/x/full#h2"),
        ("https://e.example/pdf/10.5555/x-1.pdf", "10.5555/x-1", "https://e.example/pdf/10.5555/x-1.pdf"),
        ("e.example.org/article?id=10.5555/x&type=p", "10.5555/x", "e.example.org/article?id=10.5555/x&type=p"),
        ("10.5555.12/x", "10.5555.12/x", "10.5555.12/x"),
        (f"{SICI.upper()} said", SICI, SICI.upper()),
    ],
)
def test_a_doi_is_found_with_its_link_and_without_the_punctuation_after_it(written: str, value: str, span: str) -> None:
    (one,) = find_identifiers(written)
    assert (one.kind, one.value, written[one.start : one.end], one.oddity) == ("doi", value, span, None)


@pytest.mark.parametrize(
    ("written", "value", "says"),
    [
        ("https://doi.org/10.5555%2Fa%3Cb%3E", "10.5555/a<b>", "percent-encoding undone"),
        ("10.5555/100%x", "10.5555/100%x", "a '%' that encodes nothing"),
        ("10.5555/so\u00adft\u200b1", "10.5555/soft1", "invisible characters removed"),
        ("10.5555/\u0430bc", "10.5555/abc", "'а' (U+0430) read as 'a'"),
        ("10.5555/x\u20112", "10.5555/x-2", "typographic dash"),
        ("１０.5555/x", "10.5555/x", "'１' (U+FF11) read as '1'"),
        ("10.5555/a\\_b", "10.5555/a_b", "LaTeX escapes undone"),
        (SICI.replace("<", "&lt;").replace(">", "&gt;"), SICI, "'&lt;' read as '<'"),
    ],
)
def test_what_had_to_be_mended_is_said(written: str, value: str, says: str) -> None:
    (one,) = find_identifiers(f"x {written} y")
    assert one.value == value
    assert one.oddity is not None
    assert says in one.oddity
    assert (one.start, one.end) == (2, 2 + len(written))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("PMID: 23982301; PMCID: PMC4756722.", [("pmid", "23982301"), ("pmcid", "PMC4756722")]),
        ("pmid = {23982301},", [("pmid", "23982301")]),
        ("https://pubmed.ncbi.nlm.nih.gov/23982301/", [("pmid", "23982301")]),
        ("https://www.ncbi.nlm.nih.gov/pubmed/23982301", [("pmid", "23982301")]),
        ("https://www.ncbi.nlm.nih.gov/pmc/articles/PMC4756722/pdf", [("pmcid", "PMC4756722")]),
        ("pmc.ncbi.nlm.nih.gov/articles/pmc4756722", [("pmcid", "PMC4756722")]),
        ("https://europepmc.org/article/MED/23982301", [("pmid", "23982301")]),
        (
            "(NCT01627782), https://clinicaltrials.gov/ct2/show/NCT01627783",
            [("nct", "NCT01627782"), ("nct", "NCT01627783")],
        ),
        ("arXiv:2101.00001v2", [("arxiv", "2101.00001")]),
        ("https://arxiv.org/pdf/hep-th/9901001.pdf", [("arxiv", "hep-th/9901001")]),
        ("10.5555/a,10.5555/b; 10.5555/c", [("doi", "10.5555/a"), ("doi", "10.5555/b"), ("doi", "10.5555/c")]),
        ("https://x.example/10.5555/PMC4756722", [("doi", "10.5555/pmc4756722")]),
        ("NCT0162778 PMC123 PMID: 0 10.555/x 10.5555/ 110.5555/x v10.5555 2101.00001 PMID: 1234567890", []),
    ],
)
def test_each_kind_in_text_and_links(written: str, expected: list[tuple[str, str]]) -> None:
    assert found(written) == expected


def test_a_version_left_out_is_said() -> None:
    assert find_identifiers("arXiv:2101.00001v2")[0].oddity == "version v2 left out"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("23982301", ("pmid", "23982301")),
        (" https://doi.org/10.5555/X. ", ("doi", "10.5555/x")),
        ("<doi:10.5555/x>", ("doi", "10.5555/x")),
        ("PMC4756722", ("pmcid", "PMC4756722")),
        ("https://clinicaltrials.gov/study/NCT01627782?term=a", ("nct", "NCT01627782")),
        ("two 10.5555/x", None),
        ("10.5555/x 10.5555/y", None),
        ("Example 2020", None),
        ("", None),
    ],
)
def test_one_identifier_given_by_a_person(given: str, expected: tuple[str, str] | None) -> None:
    one = parse_identifier(given)
    assert (None if one is None else (one.kind, one.value)) == expected


def test_standard_forms() -> None:
    assert standard_doi(" doi: 10.5555/A ") == "10.5555/a"
    assert standard_doi("https://doi.org/10.5555%2FA") == "10.5555/a"
    assert standard_doi(SICI) == SICI
    assert [standard_doi(text) for text in ("12.3/x", "10.5555/x y", "10.5555/", "see 10.5555/x")] == [None] * 4
    assert [standard_pmid(text) for text in ("PMID 12", "012", "12a", "PMC1234")] == ["12", None, None, None]
    assert [standard_pmcid(text) for text in ("4756722", "pmc4756722", "PMC12")] == ["PMC4756722", "PMC4756722", None]
    assert [standard_nct(text) for text in ("nct01627782", "NCT1")] == ["NCT01627782", None]
    assert [standard_arxiv(text) for text in ("2101.00001v3", "math.GT/0309136", "x")] == [
        "2101.00001",
        "math.gt/0309136",
        None,
    ]


@given(st.text(alphabet="10.5/abPMCNTid:%<>()[]{} \u00ad\u0430\u200b2,;\\&=", max_size=60))
def test_any_text_gives_ordered_spans_and_a_stable_standard_form(text: str) -> None:
    last = 0
    for one in find_identifiers(text):
        assert last <= one.start < one.end <= len(text)
        last = one.end
        if one.kind == "doi":
            assert standard_doi(one.value) == one.value


@given(st.from_regex(r"\A10\.5555/[a-z0-9]{1,8}(\([0-9]{1,4}\))?[-.][a-z0-9]{1,8}\Z"))
def test_a_doi_comes_out_of_every_dress(doi: str) -> None:
    for dress in ("{}", "({}).", "https://doi.org/{}", "DOI:{},", "[1] {};", "<{}>", "**{}**"):
        assert found(dress.format(doi.upper())) == [("doi", doi)]


@pytest.mark.parametrize(
    "piece",
    [
        "10.5555/x)",
        "10.5555/",
        "10.5555/x,",
        "://",
        "arxiv:",
        "a-",
        "doi ",
        "\u00ad",
        "x.",
        "%41",
        "(",
        "pmid ",
        "http://a.b/",
        "a.bc/10.5555/x",
    ],
)
def test_hostile_text_takes_linear_time(piece: str) -> None:
    text = piece * (60_000 // len(piece))
    begin = time.perf_counter()
    find_identifiers(text)
    find_identifiers("10.5555/" + text)
    standard_doi("10.5555/" + text)
    assert time.perf_counter() - begin < 3
