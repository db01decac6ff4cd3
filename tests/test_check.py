"""Checking documents: what is reported of a claim, registered sources, conflicts, exit codes. No engine is needed."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.checking import FAIL_ON, CheckResult, check_documents
from claims.collection import Collection, load_collection
from claims.documents import Document, Unread, read_document
from claims.engine import Examined, Judged, Read
from claims.extraction import Assertion
from claims.figures import PairedFigure
from claims.frames import Frame
from claims.judged import Match
from claims.propositions import EvidenceLink, Scope
from claims.quantities import find_quantities
from claims.sayings import shorten_middle
from claims.verdicts import hits_for
from evidence.paths import library_paths
from tests.conftest import SMALL, TEXTS

# Claims told of here have no words of their own, so nothing but what they are said to be can decide.
pytestmark = pytest.mark.usefixtures("undecided")


class Scripted:
    """Stands for the engine: each line of a document that begins with a verdict is a claim with that verdict."""

    def __init__(self, collection: Collection) -> None:
        self.collection = collection
        self.opposite: dict[str, str] = {}
        self.network = None
        self.kept = None

    def examine(self, document: Document) -> Examined:
        found, start = [], 0
        for line in document.text.splitlines(keepends=True):
            head, _, words = line.rstrip().partition(": ")
            verdict, *options = head.split()
            if verdict != "skip":
                begin = start + len(head) + 2
                found.append(self._read(verdict, options, words, begin))
            start += len(line)
        return Examined(parts=((0, tuple(found), False),))

    def _read(self, verdict: str, options: list[str], words: str, start: int) -> Read:
        given = dict(option.split("=", 1) for option in options)
        proposition = self.collection.propositions.get(given.get("by", ""))
        measured = tuple(find_quantities(words))
        scope = proposition.scope if proposition else Scope()
        match = None
        if proposition and "aspect" in given:
            figures = tuple(
                PairedFigure(figure=m, aspect=given["aspect"], inside=verdict == "supported") for m in measured[:1]
            )
            match = Match(proposition=proposition, comparisons=(), figures=figures, similarity=1.0)
        assertion = Assertion(
            start=start,
            end=start + len(words),
            text=words,
            kind="prose",
            headings=(),
            slots=Scope(**{**msgspec.structs.asdict(scope), "route": (given["route"],)}) if "route" in given else scope,
            stated=frozenset(),
            measured=measured,
            cues=(),
            polarity="denies" if "denies" in given else "affirms",
            certainty="plain",
            frame=Frame(features={}),
        )
        judgement = Judged(
            verdict=verdict,
            reason="because",
            rules=hits_for(verdict, faults=("number",), missing=("time",), reason="x", severity=given.get("severity")),
            match=match,
            proposition=proposition.id if proposition else None,
            evidence=proposition.evidence if proposition else (),
            unchecked=given.get("unchecked"),
        )
        return Read(assertion=assertion, judgement=judgement)


@pytest.fixture(scope="module")
def collection() -> Collection:
    return load_collection(library_paths(SMALL))


def run(collection: Collection, *pages: tuple[str, str], **options: object) -> CheckResult:
    documents = [read_document(name, text.encode()) for name, text in pages]
    return check_documents(documents, collection, Scripted(collection), library_hash="0", **options)


def page_of(name: str) -> Document:
    return read_document(name, (TEXTS / name).read_bytes())


# Claims


def test_a_claim_is_reported_where_it_stands(collection: Collection) -> None:
    text = "skip: a\r\noverstated by=response-24h: Nearly äll respond.\r\n"
    result = run(collection, ("sub/my page.md", text))
    (claim,) = result.documents[0].claims
    assert text[claim.start : claim.end] == claim.text == "Nearly äll respond."
    assert (claim.line, claim.column, claim.end_line, claim.end_column) == (2, 29, 2, 48)
    assert (claim.id, claim.paraphrase, claim.status) == ("my-page-c01", None, "new")
    assert (claim.category, claim.proposition) == ("efficacy", "response-24h")
    assert claim.evidence[0].finding == "Murrough2013a.1"
    assert claim.evidence[0].citation


def test_ids_are_unique_and_do_not_depend_on_the_order_of_the_files(collection: Collection) -> None:
    pages = [(f"{folder}/index.md", "vague: Many.\nvague: Much.\n") for folder in "cab"]
    results = [run(collection, *order) for order in (pages, pages[::-1])]
    assert results[0] == results[1]
    ids = [claim.id for document in results[0].documents for claim in document.claims]
    assert ids == ["index-c01", "index-c02", "index.2-c01", "index.2-c02", "index.3-c01", "index.3-c02"]


def test_a_page_named_like_a_source_gets_ids_of_its_own(collection: Collection) -> None:
    (document,) = run(collection, ("a.md", "vague: Many.")).documents
    assert document.claims[0].id == "a.2-c01"


def test_what_could_not_be_judged_is_unchecked_and_never_clean(collection: Collection) -> None:
    result = run(collection, ("p.md", "supported: Fine.\nvague unchecked=too-long: Odd.\n"))
    (document,) = result.documents
    assert [claim.text for claim in document.claims] == ["Fine."]
    assert [(note.reason, note.line) for note in document.unchecked] == [("too-long", 2)]
    assert (result.summary.unchecked, result.exit_code()) == (1, 2)


def test_the_readers_notes_and_unreadable_files_are_unchecked(collection: Collection) -> None:
    odd = msgspec.structs.replace(read_document("p.md", b"supported: Fine."), unread=(Unread(reason="odd", line=3),))
    result = check_documents(
        [odd], collection, Scripted(collection), library_hash="0", unreadable={"gone.md": "no such file or folder"}
    )
    assert [(d.path, d.sha256 is None, len(d.unchecked)) for d in result.documents] == [
        ("gone.md", True, 1),
        ("p.md", False, 1),
    ]
    assert (result.summary.documents, result.summary.unchecked, result.exit_code()) == (1, 2, 2)


@pytest.mark.parametrize(
    ("verdict", "fails"),
    [
        ("contradicted", {"contradicted", "overstated", "vague", "unsupported"}),
        ("overstated", {"overstated", "vague", "unsupported"}),
        ("vague", {"vague", "unsupported"}),
        ("unsupported", {"unsupported"}),
        ("promotional", set()),
        ("supported", set()),
    ],
)
def test_the_exit_code_follows_the_threshold(collection: Collection, verdict: str, fails: set[str]) -> None:
    result = run(collection, ("p.md", f"{verdict}: Words."))
    assert {level for level in FAIL_ON if result.exit_code(level)} == fails


def test_notes_never_fail_and_findings_outrank_what_is_incomplete(collection: Collection) -> None:
    noted = run(collection, ("p.md", "unsupported severity=note: Our fee is low."))
    assert (noted.exit_code("unsupported"), noted.summary.notes) == (0, 1)
    worse = run(collection, ("p.md", "contradicted: No.\nvague unchecked=odd: Odd.\n"))
    assert worse.exit_code() == 1
    assert worse.exit_code("never") == 2


def test_the_summary_counts_every_verdict(collection: Collection) -> None:
    summary = run(collection, ("p.md", "vague: Many.\nsupported: One two three.\n")).summary
    assert (summary.documents, summary.claims) == (1, 2)
    assert summary.verdicts == {
        "supported": 1,
        "overstated": 0,
        "vague": 1,
        "contradicted": 0,
        "unsupported": 0,
        "promotional": 0,
    }


# Registered sources


def test_a_registered_source_is_known_by_its_bytes(collection: Collection) -> None:
    renamed = msgspec.structs.replace(page_of("page-b.txt"), path="renamed.txt")
    (document,) = check_documents([renamed], collection, Scripted(collection), library_hash="0").documents
    assert document.source == "b"
    assert [claim.id for claim in document.claims] == ["b-001", "b-002", "b-003", "b-004"]
    first = document.claims[0]
    assert (first.verdict, first.text) == ("overstated", "Nearly all respond to one infusion")
    assert first.paraphrase == "Nearly everyone responds to one infusion"
    assert (first.line, first.column) == (3, 1)


def test_a_changed_or_blind_source_is_read_anew(collection: Collection) -> None:
    page = read_document("page-b.txt", b"vague: " + (TEXTS / "page-b.txt").read_bytes().splitlines()[2])
    assert check_documents([page], collection, Scripted(collection), library_hash="0").documents[0].source is None

    class Nothing(Scripted):
        def examine(self, document: Document) -> Examined:
            return Examined()

    blind = check_documents([page_of("page-b.txt")], collection, Nothing(collection), library_hash="0", blind=True)
    assert (blind.documents[0].source, blind.documents[0].claims) == (None, ())


def test_two_registered_sources_show_the_conflicts_that_the_library_knows(collection: Collection) -> None:
    pages = [page_of("page-a.txt"), page_of("page-b.txt")]
    result = check_documents(pages, collection, Scripted(collection), library_hash="0")
    assert {conflict.id for conflict in result.conflicts} == {conflict.id for conflict in collection.conflicts}
    assert result.documents[0].claims[0].conflicts


# Conflicts

RESPONSE = "overstated by=response-24h aspect=response-rate"
CARRIED = "supported by=response-24h aspect=response-rate"


def test_figures_of_two_documents_conflict(collection: Collection) -> None:
    result = run(collection, ("p.md", f"{RESPONSE}: 90% respond."), ("q.md", f"{RESPONSE}: 20% respond."))
    (conflict,) = result.conflicts
    assert (conflict.kind, conflict.topic, conflict.says) == ("numeric", "response-rate", ("90%", "20%"))
    assert [(end.path, end.id) for end in conflict.claims] == [("p.md", "p-c01"), ("q.md", "q-c01")]
    assert [d.claims[0].conflicts for d in result.documents] == [(conflict.id,), (conflict.id,)]
    assert result.summary.conflicts == 1


def of_pages(collection: Collection, *texts: str) -> CheckResult:
    return run(collection, *((f"p{number:02}.md", text) for number, text in enumerate(texts)))


def test_two_statements_on_few_pages_conflict_on_every_pair_of_pages(collection: Collection) -> None:
    result = of_pages(collection, *[f"{RESPONSE}: 90% respond."] * 3, *[f"{RESPONSE}: 20% respond."] * 2)
    assert {conflict.claims[0].id for conflict in result.conflicts} == {"p00-c01", "p01-c01", "p02-c01"}
    assert len(result.conflicts) == 6


def test_two_statements_on_many_pages_conflict_once_a_page(collection: Collection) -> None:
    pages = [f"{RESPONSE}: 90% respond.", f"{RESPONSE}: 20% respond."] * 30
    result = of_pages(collection, *pages)
    assert all(document.claims[0].conflicts for document in result.documents)
    assert len(result.conflicts) <= len(pages)


def test_each_of_many_pages_that_contradict_themselves_conflicts_with_itself(collection: Collection) -> None:
    result = of_pages(collection, *[f"{RESPONSE}: 90% respond.\n{RESPONSE}: 20% respond."] * 30)
    assert len(result.conflicts) == 30
    for conflict in result.conflicts:
        left, right = conflict.claims
        assert left.path == right.path
        assert conflict.id == f"cf-response-rate-{left.id}-{right.id}"
        assert conflict.explanation.endswith(f": {left.id} says 90%, {right.id} says 20%")


@pytest.mark.parametrize(
    "other",
    [
        f"{RESPONSE} route=nasal: 20% respond.",
        f"{RESPONSE}: 92% respond.",
        "unsupported by=response-24h aspect=response-rate: 20% respond.",
        "supported: 20% respond.",
    ],
    ids=["another route", "nearly the same", "nothing bears on it", "no proposition"],
)
def test_what_can_hold_together_does_not_conflict(collection: Collection, other: str) -> None:
    assert run(collection, ("p.md", f"{RESPONSE}: 90% respond."), ("q.md", other)).conflicts == ()


def test_figures_at_different_times_do_not_conflict(collection: Collection) -> None:
    pages = [
        ("p.md", f"{RESPONSE}: 90% responded after one day."),
        ("q.md", f"{RESPONSE}: 20% responded after four weeks."),
    ]
    assert run(collection, *pages).conflicts == ()


def test_figures_that_the_evidence_carries_both_do_not_conflict(collection: Collection) -> None:
    assert run(collection, ("p.md", f"{CARRIED}: 71% respond."), ("q.md", f"{CARRIED}: 52% respond.")).conflicts == ()
    assert run(collection, ("p.md", f"{RESPONSE}: 71% respond."), ("q.md", f"{CARRIED}: 52% respond.")).conflicts


def test_what_one_proposition_supports_and_refutes_conflicts(collection: Collection) -> None:
    pages = ("p.md", "supported by=not-approved: Unapproved."), ("q.md", "contradicted by=not-approved: Licensed.")
    (conflict,) = run(collection, *pages).conflicts
    assert (conflict.kind, conflict.topic, conflict.says) == ("regulatory", "not-approved", ("so", "otherwise"))
    assert "The FDA has not approved ketamine for depression: " in conflict.explanation


def test_yes_against_no_on_one_proposition_conflicts_within_a_document(collection: Collection) -> None:
    yes, no = "contradicted by=not-approved", "supported by=not-approved denies=1"
    result = run(collection, ("p.md", f"{yes}: It is approved.\n{no}: It is not approved.\n"))
    assert [(c.kind, c.severity, c.says) for c in result.conflicts] == [("polarity", 3, ("yes", "no"))]
    unsure = "vague by=not-approved"
    assert run(collection, ("p.md", f"{unsure}: It is approved.\n{no}: It is not approved.\n")).conflicts == ()


def test_what_is_said_twice_conflicts_once(collection: Collection) -> None:
    often = f"{RESPONSE}: 90% respond.\n" * 50
    result = run(collection, ("p.md", often), ("q.md", f"{RESPONSE}: 20% respond.\n" * 50))
    assert len(result.conflicts) == 1


def test_registered_sources_are_compared_on_request_only(collection: Collection) -> None:
    page = ("p.md", f"{RESPONSE}: 20% respond.")
    assert run(collection, page).conflicts == ()
    result = run(collection, page, against_sources=True)
    assert {(c.claims[0].id, c.claims[1].id) for c in result.conflicts} == {("p-c01", "a-001"), ("p-c01", "b-001")}
    assert {c.claims[1].path for c in result.conflicts} == {"page-a.txt", "page-b.txt"}


def test_a_source_is_not_held_against_itself(collection: Collection) -> None:
    page = page_of("page-b.txt")
    result = check_documents([page], collection, Scripted(collection), library_hash="0", against_sources=True)
    assert all({end.path for end in c.claims} == {"page-a.txt", "page-b.txt"} for c in result.conflicts)


def test_evidence_is_named_by_its_stance(collection: Collection) -> None:
    (document,) = run(collection, ("p.md", "supported by=response-24h: Some.")).documents
    links = [EvidenceLink(finding=e.finding, stance=e.stance) for e in document.claims[0].evidence]
    assert tuple(links) == collection.propositions["response-24h"].evidence


# Shortening


@given(st.text(), st.integers(min_value=12, max_value=300))
def test_a_shortened_text_keeps_its_ends_and_fits(text: str, width: int) -> None:
    short = shorten_middle(text, width)
    assert len(short) <= max(width, 12)
    assert short == text or (" … " in short and text.startswith(short.split(" … ")[0]))


def test_a_document_on_another_subject_is_named_and_not_passed_over_in_silence(collection: Collection) -> None:
    class Elsewhere(Scripted):
        def examine(self, document: Document) -> Examined:
            return Examined(on_subject=False)

    page = read_document("falls.md", b"Vitamins help.")
    result = check_documents([page], collection, Elsewhere(collection), library_hash="0")
    assert result.off_subject() == ("falls.md: never speaks of the library's subject; nothing in it was judged",)
    judged = check_documents([page_of("page-a.txt")], collection, Scripted(collection), library_hash="0")
    assert judged.off_subject() == ()
