"""Citations found in documents, what each means, which claim it belongs to, and the rules on citing."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.checking import check_documents
from claims.citing import Citation, find_citations
from claims.citing.attached import attach
from claims.citing.linking import Bibliographer
from claims.citing.patterns import numbers_of
from claims.collection import Collection
from claims.documents import Document, read_document
from claims.engine import Judge
from evidence.library import Library
from tests.conftest import SMALL, Invoke
from tests.test_cli import EXPECTED

LIST = """
## References

1. Murrough JW, et al. Am J Psychiatry 2013;170:1134-42.
2. Zarate CA, et al. A randomized trial of an N-methyl-D-aspartate antagonist in treatment-resistant major depression. Arch Gen Psychiatry 2006.
3. Example A. An invented work about gardens in the winter months. J Imaginary Med 2031. doi:10.5555/gardens
"""
MURROUGH, ZARATE = "Murrough2013a", "Zarate2006"
GOLDEN = f"""# A page

Two in three responded after one infusion [1,2]. An invented effect [3]. It lasted a week (Zarate et al., 2006).
See [the trial](https://doi.org/10.1176/appi.ajp.2013.13030392) and (Nobody & Example, 2031).
{LIST}"""


@pytest.fixture(scope="module")
def bibliographer() -> Bibliographer:
    return Bibliographer(Library.open(SMALL))


Find = Callable[..., list[Citation]]


@pytest.fixture
def cited(bibliographer: Bibliographer) -> Find:
    def find(text: str, name: str = "page.md") -> list[Citation]:
        document = read_document(name, text.encode())
        found = find_citations(document, bibliographer)
        assert all(document.text[c.start : c.end] == c.text for c in found)
        return [citation for citation in found if citation.kind != "entry"]

    return find


def told(citations: list[Citation]) -> list[tuple[str, str, str | None]]:
    return [(citation.kind, citation.text, citation.reference) for citation in citations]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It helped [1].", [("number", "[1]", MURROUGH)]),
        ("It helped [1, 2].", [("number", "[1, 2]", MURROUGH), ("number", "[1, 2]", ZARATE)]),
        ("It helped [1–3].", [("number", "[1–3]", MURROUGH), ("number", "[1–3]", ZARATE), ("number", "[1–3]", None)]),
        ("It helped.¹", [("superscript", "¹", MURROUGH)]),
        ("It helped¹,² much.", [("superscript", "¹,²", MURROUGH), ("superscript", "¹,²", ZARATE)]),
        ("It helped.<sup>2</sup>", [("superscript", "<sup>2</sup>", ZARATE)]),
        ("It helped.^2^", [("superscript", "^2^", ZARATE)]),
        ("It helped [9].", [("number", "[9]", None)]),
    ],
)
def test_a_marker_means_its_entry_in_the_list(cited: Find, text: str, expected: list[object]) -> None:
    assert told(cited(f"{text}\n{LIST}")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It helped (Murrough et al., 2013).", [("author-year", "Murrough et al., 2013", MURROUGH)]),
        ("Murrough et al. (2013) saw it.", [("author-year", "Murrough et al. (2013)", MURROUGH)]),
        ("Murrough and colleagues (2013) saw it.", [("author-year", "Murrough and colleagues (2013)", MURROUGH)]),
        ("It helped (see Murrough et al. 2013; Zarate et al., 2006).", [("author-year", "Murrough et al. 2013", MURROUGH), ("author-year", "Zarate et al., 2006", ZARATE)]),
        ("It helped (Zarate & Singh et al., 2006).", [("author-year", "Zarate & Singh et al., 2006", ZARATE)]),
        ("It helped (Nobody & Example, 2031).", [("author-year", "Nobody & Example, 2031", None)]),
        ("The agency warned (FDA, 2023).", [("author-year", "FDA, 2023", "FDA2023CompoundedKetamine")]),
        ("It helped [@Murrough2013a; @Zarate2006, p. 3].", [("key", "@Murrough2013a", MURROUGH), ("key", "@Zarate2006", ZARATE)]),
        ("As @Zarate2006 shows.", [("key", "@Zarate2006", ZARATE)]),
        ("It helped [@Nobody2031].", [("key", "@Nobody2031", None)]),
        ("It helped, doi:10.1176/appi.ajp.2013.13030392.", [("identifier", "doi:10.1176/appi.ajp.2013.13030392", MURROUGH)]),
        ("It helped (PMID 23982301).", [("identifier", "PMID 23982301", MURROUGH)]),
        ("See [here](https://doi.org/10.1176/appi.ajp.2013.13030392).", [("link", "https://doi.org/10.1176/appi.ajp.2013.13030392", MURROUGH)]),
        ("See <https://pubmed.ncbi.nlm.nih.gov/23982301/>.", [("link", "https://pubmed.ncbi.nlm.nih.gov/23982301/", MURROUGH)]),
        ("See https://clinicaltrials.gov/study/NCT00000000 now.", [("link", "https://clinicaltrials.gov/study/NCT00000000", None)]),
        ("In a 2013 trial in the American Journal of Psychiatry, ketamine beat midazolam by 7.95 points on the MADRS.", [("mention", "2013 trial in the American Journal of Psychiatry", MURROUGH)]),
        ("The Journal of Imaginary Medicine (2031) had it.", [("mention", "The Journal of Imaginary Medicine (2031)", None)]),
    ],
)  # fmt: skip
def test_a_citation_in_running_text_is_found_and_resolved(cited: Find, text: str, expected: list[object]) -> None:
    assert told(cited(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "It was [sic] so [1].",
        "It began (see 2013) in spring (2013).",
        "In March (2013) and (May 2013) and (2013).",
        "An area of 10 m² and 10⁹ cells.",
        "Write to someone@example.org or @someone.",
        "In 2013 the American Journal of Psychiatry moved house.",
        "`[@Zarate2006]` and <!-- doi:10.1176/appi.ajp.2013.13030392 --> nothing.",
        "See https://www.example.org/2013/page.",
        "A box [x] and [12345] and a [2013] year.",
        "The Beatles (2013) played.",
    ],
)
def test_what_only_looks_like_a_citation_is_none(cited: Find, text: str) -> None:
    assert told(cited(text)) == []


def test_markdown_footnotes_that_name_works_cite_and_remarks_do_not(cited: Find) -> None:
    text = "It helped.[^1] It lasted.[^b]\n\n[^1]: Murrough JW, et al. Am J Psychiatry 2013.\n[^b]: In adults only.\n"
    assert told(cited(text)) == [("footnote", "[^1]", MURROUGH)]


def test_markdown_links_defined_at_the_end_cite(cited: Find) -> None:
    text = "It helped [1].\n\n[1]: https://doi.org/10.1176/appi.ajp.2013.13030392\n"
    assert told(cited(text)) == [("number", "[1]", MURROUGH)]


def test_html_markers_mean_the_items_of_the_ordered_list(cited: Find) -> None:
    text = (
        '<p>It helped.<sup><a href="#r2">2</a></sup> See <a href="https://doi.org/10.1176/appi.ajp.2013.13030392">'
        "10.1176/appi.ajp.2013.13030392</a>.</p><h2>References</h2><ol><li>Murrough JW, et al. Am J Psychiatry 2013.</li>"
        '<li id="r2">Zarate CA, et al. Arch Gen Psychiatry 2006.</li></ol>'
    )
    found = told(cited(text, "page.html"))
    assert found[0] == ("superscript", '<sup><a href="#r2">2</a></sup>', ZARATE)
    assert [(kind, reference) for kind, _, reference in found[1:]] == [("link", MURROUGH)]


def test_a_plain_text_list_in_brackets_is_read(cited: Find) -> None:
    text = "It helped a great many people in this trial [2].\n\nReferences\n\n[1] Murrough JW, et al. Am J Psychiatry 2013.\n\n[2] Zarate CA, et al. Arch Gen Psychiatry 2006.\n"
    assert told(cited(text, "page.txt")) == [("number", "[2]", ZARATE)]


def test_an_author_and_year_mean_the_entry_in_the_documents_own_list(bibliographer: Bibliographer) -> None:
    text = "It helped (Example, 2031) and (Example, 2032b).\n\n## References\n\n- Example A. A work about gardens. J Imaginary Med 2031. doi:10.1176/appi.ajp.2013.13030392\n"
    found = [c for c in find_citations(read_document("p.md", text.encode()), bibliographer) if c.kind != "entry"]
    assert [c.disagrees for c in found] == [True, False]
    assert "list" in found[0].reason


def test_entries_are_citations_too_and_an_invented_work_is_unresolved(bibliographer: Bibliographer) -> None:
    found = find_citations(read_document("page.md", f"Text.\n{LIST}".encode()), bibliographer)
    assert [(c.kind, c.status, c.reference) for c in found] == [
        ("entry", "resolved", MURROUGH),
        ("entry", "resolved", ZARATE),
        ("entry", "unresolved", None),
    ]
    assert found[2].doi == "10.5555/gardens"


@pytest.mark.parametrize(("written", "numbers"), [("1", "1"), ("2,3", "2 3"), ("4–6", "4 5 6"), ("1, 3-4;9", "1 3 4 9"), ("1-999", "1 999")])  # fmt: skip
def test_numbers_of_a_marker(written: str, numbers: str) -> None:
    assert numbers_of(written) == numbers.split()


def test_the_lists_of_the_registered_sources_resolve_as_curated(real: Collection) -> None:
    """The titles of text 003's list, as the bibliography's own; the text itself is not in the repository."""
    bibliographer = Bibliographer(real.library)
    keys = [
        "SAMHSA2021",
        "Zhdanava2021",
        "Oliver2022",
        "Daly2019",
        "Mandal2019",
        "Corriger2019",
        "Carboni2021",
        "Vice2023Enthea",
    ]
    works = [real.library.references[key] for key in keys]
    items = "\n".join(f"  {n}. {w.title}. ({w.year}). {w.container}." for n, w in enumerate(works, 1))
    document = read_document("list.txt", f"A page about something.\n\nUpdated\n{items}\n".encode())
    assert [c.reference for c in find_citations(document, bibliographer)] == keys


@settings(max_examples=80, deadline=None)
@given(st.text(alphabet="[]()@^¹2013, aAé.;–<sup>/#\n10.5555x", max_size=200))
def test_any_text_is_read_and_places_are_right(text: str) -> None:
    empty = Bibliographer(Library(references={}, studies={}))
    for name in ("p.md", "p.html", "p.txt"):
        document = read_document(name, text.encode())
        assert all(document.text[c.start : c.end] == c.text for c in find_citations(document, empty))


def test_a_long_document_of_odd_marks_is_read_soon(bibliographer: Bibliographer) -> None:
    start = time.perf_counter()
    for text in ("[" * 20_000, "(A, " * 20_000, "Aa Bb " * 20_000 + "(2013)", "<sup>" * 20_000, "[^" * 20_000):
        find_citations(read_document("p.txt", (text + LIST).encode()), bibliographer)
    assert time.perf_counter() - start < 6


def test_time_grows_linearly_with_the_document(bibliographer: Bibliographer) -> None:
    def spent(count: int) -> float:
        text = "It helped (Murrough et al., 2013) and lasted [1]. A 2006 trial saw it.\n\n" * count + LIST
        document = read_document("p.md", text.encode())
        start = time.perf_counter()
        assert len(find_citations(document, bibliographer)) >= 2 * count
        return time.perf_counter() - start

    spent(50)
    assert spent(1600) < 40 * max(spent(200), 0.01)


# Claims and their citations


def owners(text: str, *sentences: str) -> list[list[str]]:
    bibliographer = Bibliographer(Library(references={}, studies={}))
    document = read_document("p.md", (text + LIST).encode())
    citations = [c for c in find_citations(document, bibliographer) if c.kind != "entry"]
    starts = [text.index(sentence) for sentence in sentences]
    ends = [start + len(sentence) for start, sentence in zip(starts, sentences, strict=True)]
    owned = attach(document.text, citations, starts, ends)
    return [[c.text for c in owned.get(place, ())] for place in zip(starts, ends, strict=True)]


def test_a_marker_after_the_full_stop_belongs_to_the_sentence_before() -> None:
    text = "It helped. [1] It lasted.<sup>2</sup> It ended [3]."
    assert owners(text, "It helped.", "[1] It lasted.", "It ended [3].") == [["[1]"], ["<sup>2</sup>"], ["[3]"]]
    assert owners("It helped.[1][2] It lasted.", "It helped.", "It lasted.") == [["[1]", "[2]"], []]


def check(small: Collection, text: str) -> list[tuple[str, str, list[str]]]:
    document: Document = read_document("page.md", f"# Ketamine\n\n{text}\n{LIST}".encode())
    result = check_documents([document], small, Judge(small), library_hash="0")
    return [
        (claim.text.split()[0], claim.verdict, [hit.code for hit in claim.rules if hit.code.startswith("RF")])
        for claim in result.documents[0].claims
    ]


def test_a_cited_study_that_carries_the_claim_raises_nothing(small: Collection) -> None:
    ((_, _, rules),) = check(small, "With ketamine 64% responded after 24 hours, against 28% on midazolam [1].")
    assert rules == []


def test_a_cited_study_that_found_another_figure_does_not_carry_the_claim(small: Collection) -> None:
    ((_, _, rules),) = check(small, "With ketamine 91% responded after 24 hours, against 28% on midazolam [1].")
    assert rules == ["RF002"]


def test_a_work_that_the_library_does_not_have_is_named(small: Collection) -> None:
    ((_, _, rules),) = check(small, "With ketamine 64% responded after 24 hours, against 28% on midazolam [3].")
    assert rules == ["RF007"]


def test_a_marker_without_an_entry_is_unresolved(small: Collection) -> None:
    ((_, _, rules),) = check(small, "With ketamine 64% responded after 24 hours, against 28% on midazolam [9].")
    assert rules == ["RF001"]


def test_an_identifier_of_another_work_than_the_words_is_told(small: Collection) -> None:
    listed = LIST.replace("2013;170:1134-42.", "2013;170:1134-42. doi:10.1001/archpsyc.63.8.856")
    document = read_document("p.md", f"# Ketamine\n\nKetamine: 64% responded after 24 hours [1].\n{listed}".encode())
    result = check_documents([document], small, Judge(small), library_hash="0")
    assert [hit.code for hit in result.documents[0].claims[0].rules if hit.code.startswith("RF")] == ["RF006"]


def test_a_claim_without_a_citation_is_judged_as_before(small: Collection) -> None:
    ((_, _, rules),) = check(small, "With ketamine 64% responded after 24 hours, against 28% on midazolam.")
    assert rules == []


def test_a_figure_without_a_citation_is_told_only_where_it_is_wanted(small: Collection) -> None:
    document = read_document("p.md", b"With ketamine 64% responded after 24 hours.")
    (read,) = Judge(small).read(document)
    assert "RF008" not in [hit.code for hit in read.judgement.rules]
    (read,) = Judge(small, uncited_figures=True).read(document)
    assert ("RF008", "warning") in [(hit.code, hit.severity) for hit in read.judgement.rules]
    cited = read_document("p.md", f"With ketamine 64% responded after 24 hours [1].\n{LIST}".encode())
    (read, *_) = Judge(small, uncited_figures=True).read(cited)
    assert "RF008" not in [hit.code for hit in read.judgement.rules]


# The command


@pytest.mark.parametrize("name", ["citations.json", "citations.txt"])
def test_output_is_as_recorded(
    claimwise: Invoke, name: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("page.md").write_text(GOLDEN, encoding="utf-8")
    claimwise("library", "build", "--library", SMALL)
    form = "json" if name.endswith("json") else "text"
    result = claimwise("citations", "page.md", "--format", form, "--library", SMALL)
    assert (result.exit_code, result.stderr) == (0, "")
    file = EXPECTED / name
    if request.config.getoption("--record"):
        file.write_text(result.stdout, encoding="utf-8")
    assert result.stdout == file.read_text(encoding="utf-8")


def test_a_file_that_cannot_be_read_is_told_and_the_others_are_read(claimwise: Invoke, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("It helped (Murrough et al., 2013).", encoding="utf-8")
    result = claimwise("citations", tmp_path / "a.md", tmp_path / "b.md", "--format", "json", "--library", SMALL)
    assert result.exit_code == 2
    assert "no such file or folder" in result.stderr
    (document,) = json.loads(result.stdout)["documents"]
    assert document["citations"][0]["reference"] == MURROUGH


def test_standard_input_is_read_under_its_name(claimwise: Invoke) -> None:
    page = b"<p>See doi:10.1176/appi.ajp.2013.13030392</p>"
    arguments = ("citations", "-", "--stdin-filename", "p.html", "--format", "json", "--library", SMALL)
    (document,) = json.loads(claimwise(*arguments, stdin=page).stdout)["documents"]
    assert (document["path"], len(document["citations"])) == ("p.html", 1)


def test_people_and_route_that_the_cited_study_did_not_look_at_are_named(claimwise: Invoke) -> None:
    page = b"In adolescents 64% responded 24 hours after intranasal ketamine against 28% on midazolam (Murrough et al., 2013)."
    told = claimwise("check", "-", "--format", "compact", stdin=page).stdout
    assert "RF002" in told
    assert f"the group of people and the route are not as in {MURROUGH}" in told
