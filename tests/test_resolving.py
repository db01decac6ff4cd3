"""Written references resolved against the bibliography: six styles, works that are not there, identifiers, look-alikes."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.collection import Collection
from evidence.bibliography import Reference
from evidence.journals import find_journal, journal_forms
from evidence.resolving import Resolver
from evidence.words import words_of
from tests.written_references import INVENTED, WRITTEN


@pytest.fixture(scope="module")
def resolver(real: Collection) -> Resolver:
    return Resolver(real.library.references)


def work(key: str, **fields: object) -> Reference:
    told = {"kind": "article", "title": f"A title for {key}", "container": "Journal of Examples", "year": 2031}
    return Reference(key=key, **{**told, **fields})  # type: ignore[arg-type]


def over(*references: Reference) -> Resolver:
    return Resolver({reference.key: reference for reference in references})


def test_sixty_references_in_six_styles_resolve_and_none_to_the_wrong_work(resolver: Resolver) -> None:
    assert [len(style) for style in WRITTEN.values()] == [10] * 6
    found = {key: resolver.resolve(text) for style in WRITTEN.values() for key, text in style.items()}
    wrong = {key: got.reference for key, got in found.items() if got.reference not in (key, None)}
    missed = {key: got.reason for key, got in found.items() if got.reference is None}
    assert not wrong
    assert len(missed) <= 3, missed


@pytest.mark.parametrize("text", INVENTED)
def test_a_work_that_is_not_in_the_library_stays_unresolved(resolver: Resolver, text: str) -> None:
    assert (resolver.resolve(text).status, resolver.resolve(text).reference) == ("unresolved", None)


def test_no_work_resolves_when_it_is_taken_out_of_the_bibliography(real: Collection) -> None:
    references = real.library.references
    for style in WRITTEN.values():
        for key, text in list(style.items())[::3]:
            rest = Resolver({k: reference for k, reference in references.items() if k != key})
            assert rest.resolve(text).reference is None, text


@pytest.mark.parametrize(
    "text",
    ["doi:10.1176/APPI.AJP.2013.13030392", "https://doi.org/10.1176/appi.ajp.2013.13030392", "PMID: 23982301"],
)
def test_an_identifier_decides(resolver: Resolver, text: str) -> None:
    found = resolver.resolve(text)
    assert (found.reference, found.score) == ("Murrough2013a", 1.0)
    assert found.pmid == "23982301"


def test_an_identifier_of_another_work_than_the_words_is_ambiguous(resolver: Resolver) -> None:
    found = resolver.resolve("Anand A, et al. N Engl J Med 2023. doi:10.1176/appi.ajp.2013.13030392")
    assert (found.status, found.disagrees, set(found.candidates)) == (
        "ambiguous",
        True,
        {"Murrough2013a", "Anand2023"},
    )


def test_an_identifier_with_words_of_no_known_work_is_ambiguous(resolver: Resolver) -> None:
    text = "Example A. An invented history of imaginary gardens in winter. J Imaginary Med 1999. doi:10.1176/appi.ajp.2013.13030392"
    found = resolver.resolve(text)
    assert (found.status, found.disagrees, found.candidates) == ("ambiguous", True, ("Murrough2013a",))


def test_an_unknown_identifier_with_the_words_of_a_work_that_has_another_is_ambiguous(resolver: Resolver) -> None:
    found = resolver.resolve("Anand A, et al. N Engl J Med 2023. doi:10.5555/nothing")
    assert (found.status, found.disagrees) == ("ambiguous", True)
    assert "10.5555/nothing" in found.reason


@pytest.mark.parametrize(
    ("fields", "text", "reason"),
    [
        ({}, "Example A. A long title about gardens in winter. J Examples 2025.", "another year"),
        ({}, "Example A. A long title about gardens in winter. J Fables 2031.", "another journal"),
        ({}, "Nobody N. A long title about gardens in winter. J Examples 2031.", "other authors"),
    ],
)
def test_the_same_title_with_another_detail_is_ambiguous_and_says_which(
    fields: dict[str, object], text: str, reason: str
) -> None:
    library = over(work("One", title="A long title about gardens in winter", authors=("Example, Ann",), **fields))
    found = library.resolve(text)
    assert (found.status, found.candidates) == ("ambiguous", ("One",))
    assert reason in found.reason


def test_a_title_that_differs_in_one_word_of_weight_is_another_title() -> None:
    library = over(
        work("One", title="Effects of gardening on unipolar sadness in older people", authors=("Example, Ann",))
    )
    text = "Example A. Effects of gardening on bipolar sadness in older people. J Examples 2031."
    assert library.resolve(text).status == "unresolved"
    assert library.resolve(text.replace("bipolar", "unipolar")).reference == "One"
    assert library.resolve(text.replace("bipolar", "unipolr")).reference == "One"


def test_reports_of_two_years_with_one_title_are_told_apart_by_the_subtitle() -> None:
    library = over(*(work(f"Y{y}", title=f"Counts of things by month: Nowhere, {y}", year=y + 1) for y in (2030, 2031)))
    assert library.resolve("Counts of things by month: Nowhere, 2031. Journal of Examples, 2032").reference == "Y2031"
    assert library.resolve("Counts of things by month: Nowhere, 2029. Journal of Examples, 2030").reference is None


def test_two_works_of_one_author_and_year_are_told_apart_by_the_journal_else_ambiguous() -> None:
    library = over(
        work("A", authors=("Example, Ann", "Nobody, Bob")),
        work("B", authors=("Example, Ann", "Someone, Cy"), container="Annals of Fables"),
    )
    assert library.resolve("Example A, et al. Ann Fables 2031.").reference == "B"
    both = library.by_authors(["Example"], 2031, others=True)
    assert (both.status, set(both.candidates)) == ("ambiguous", {"A", "B"})
    assert library.by_authors(["Example", "Nobody"], 2031, others=False).reference == "A"
    assert library.by_authors(["Example", "Else"], 2031, others=False).status == "unresolved"


def test_what_the_sentence_says_tells_two_works_of_one_author_and_year_apart() -> None:
    both = [work(k, authors=("Example, Ann",), more_authors=True) for k in ("A", "B")]
    others = [work(f"Z{n}", title=f"Number {n}") for n in range(30)]
    about = {"A": "tulips bloom in March", "B": "roses bloom in June"}
    library = Resolver({r.key: r for r in [*both, *others]}, about)
    assert library.by_authors(["Example"], 2031, others=True, context="the tulips were early").reference == "A"
    assert library.by_authors(["Example"], 2031, others=True, context="the roses were late").reference == "B"


@pytest.mark.parametrize(
    ("written", "journal"),
    [
        ("Am J Psychiatry", "American Journal of Psychiatry"),
        ("AJP", "American Journal of Psychiatry"),
        ("Am. J. Psychiatry", "American Journal of Psychiatry"),
        ("N Engl J Med", "New England Journal of Medicine"),
        ("NEJM", "New England Journal of Medicine"),
        ("Int J Neuropsychopharmacol", "International Journal of Neuropsychopharmacology"),
        ("The Lancet", "Lancet"),
        ("JAMA Netw Open", "JAMA Network Open"),
        ("Proc Natl Acad Sci U S A", "Proceedings of the National Academy of Sciences of the United States of America"),
    ],
)
def test_an_abbreviated_journal_is_recognised(written: str, journal: str) -> None:
    assert find_journal(words_of(f"A title. {written} 2031"), journal_forms(journal))


@pytest.mark.parametrize(
    ("written", "journal"),
    [
        ("JAMA Psychiatry", "JAMA"),
        ("Lancet Psychiatry", "The Lancet"),
        ("Br J Psychiatry", "American Journal of Psychiatry"),
        ("Am J Geriatr Psychiatry", "American Journal of Psychiatry"),
        ("American Journal of Psychiatry", "Journal of Psychiatry"),
    ],
)
def test_another_journal_is_not_taken_for_it(written: str, journal: str) -> None:
    assert not find_journal(words_of(f"A title. {written} 2031"), journal_forms(journal))


def test_accents_and_case_do_not_matter() -> None:
    library = over(work("One", title="Über die Gärten im Winter und im Sommer", authors=("Müller, Ann",)))
    assert library.resolve("MULLER A. Uber die Garten im Winter und im Sommer. J Examples 2031").reference == "One"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_answered_and_a_score_lies_between_0_and_1(text: str) -> None:
    found = over(work("One"), work("Two", authors=("Example, Ann",))).resolve(text)
    assert 0.0 <= found.score <= 1.0
    assert (found.reference is not None) == (found.status == "resolved")


def test_a_long_text_is_answered_soon(resolver: Resolver) -> None:
    start = time.perf_counter()
    resolver.resolve("ketamine for depression, " * 100_000)
    resolver.resolve("(" * 100_000 + "10." * 100_000)
    assert time.perf_counter() - start < 2
