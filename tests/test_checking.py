"""From words to verdict on the small library: tagging, cues, extraction, matching, judging."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.collection import Collection
from claims.cues import load_cues
from claims.documents import read_document
from claims.extraction import Assertion, extract
from claims.judging import Judgement, judge
from claims.lexicon import Concept, Lexicon
from claims.matching import Matcher
from claims.tagging import Tagger, fold

CUES = load_cues()


def concept(slot: str, *words: str, broader: tuple[str, ...] = ()) -> Concept:
    return Concept(slot=slot, label=words[0], synonyms=words, broader=broader)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger(
        Lexicon(
            {
                "drug": concept("intervention", "ketamine", "ketamine infusion"),
                "iv": concept("route", "infusion", "IV"),
                "sleep": concept("outcome", "sleepiness"),
                "mood": concept("outcome", "mood", "depressed mood"),
                "risk": concept("outcome", "suicide risk"),
            }
        ),
        CUES,
    )


@pytest.fixture
def read(small: Collection) -> Reader:
    return Reader(small)


class Reader:
    """Reads and judges a text against a collection."""

    def __init__(self, collection: Collection) -> None:
        self.tagger = Tagger(collection.lexicon, CUES)
        self.matcher = Matcher(collection.propositions, collection.lexicon)
        self.lexicon = collection.lexicon

    def assertions(self, text: str, name: str = "page.md") -> tuple[Assertion, ...]:
        return extract(read_document(name, text.encode()), self.tagger).assertions

    def judged(self, text: str) -> list[Judgement]:
        found = [judge(a, self.matcher.best(a), self.lexicon) for a in self.assertions(text)]
        return [judgement for judgement in found if judgement]


# Tagging


def test_a_word_may_name_concepts_of_two_slots(tagger: Tagger) -> None:
    tags = tagger.tag("A ketamine infusion lifts mood.")
    assert [(m.slot, m.concepts, m.word) for m in tags.mentions] == [
        ("intervention", ("drug",), "ketamine infusion"),
        ("route", ("iv",), "infusion"),
        ("outcome", ("mood",), "mood"),
    ]


def test_the_longest_mention_of_a_slot_wins(tagger: Tagger) -> None:
    (mention,) = tagger.tag("Depressed mood").mentions
    assert (mention.start, mention.end) == (0, 14)


@pytest.mark.parametrize("text", ["IV", "iv.", "(IV)", "IV-based", "by IV\u2013infusion"])
def test_mentions_ignore_case_dashes_and_brackets(tagger: Tagger, text: str) -> None:
    assert any(m.concepts == ("iv",) for m in tagger.tag(text).mentions)


@pytest.mark.parametrize("text", ["moody", "ivory", "native", "mood2"])
def test_parts_of_words_are_no_mentions(tagger: Tagger, text: str) -> None:
    assert tagger.tag(text).mentions == ()


def test_a_simple_plural_is_found(tagger: Tagger) -> None:
    assert tagger.tag("Infusions").mentions[0].concepts == ("iv",)


@given(st.text())
def test_folding_moves_no_offset(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.lists(st.sampled_from(["ketamine", "infusion", "mood", "not", "and", "İ", "ß", "–", "\n", "."]), max_size=30))
def test_every_mention_is_where_it_says(words: list[str]) -> None:
    tagger = Tagger(
        Lexicon({"drug": concept("intervention", "ketamine infusion"), "mood": concept("outcome", "mood")}), CUES
    )
    text = " ".join(words)
    for mention in tagger.tag(text).mentions:
        assert " ".join(fold(text[mention.start : mention.end]).split()) in (mention.word, f"{mention.word}s")


# Extraction


def test_spans_point_into_the_file(read: Reader) -> None:
    text = "# Series\n\nFirst *response* words here. A series takes three weeks, and the FDA has approved ketamine.\n"
    spans = [text[a.start : a.end] for a in read.assertions(text)]
    assert spans == ["First *response* words here.", "A series takes three weeks", "the FDA has approved ketamine."]


def test_a_sentence_that_says_two_things_is_cut(read: Reader) -> None:
    first, second = read.assertions("Ketamine eases symptoms and takes a series of visits.")
    assert (first.slots.outcome, second.slots.outcome) == (("depressive-symptoms",), ("schedule",))


def test_a_list_of_one_outcome_is_not_cut(read: Reader) -> None:
    assert len(read.assertions("People with depression and their families respond well to ketamine.")) == 1


def test_the_drug_is_carried_from_the_heading_and_the_sentence_before(read: Reader) -> None:
    text = "## Ketamine\n\nIt eases symptoms.\n\n## Placebo\n\nIt eases symptoms. Many people respond.\n"
    assert [a.slots.intervention for a in read.assertions(text)] == [("ketamine",), ("placebo",), ("placebo",)]
    assert all("intervention" not in a.stated for a in read.assertions(text))


@pytest.mark.parametrize(
    "text",
    [
        "Does ketamine ease symptoms?",
        "# Ketamine eases symptoms",
        "> Ketamine eases symptoms, she wrote.",
        "Myth: ketamine eases symptoms at once.",
        "Some clinics claim that ketamine eases symptoms.",
        "`ketamine eases symptoms`",
        "<!-- Ketamine eases symptoms. -->",
    ],
)
def test_what_is_not_asserted_makes_no_claim(read: Reader, text: str) -> None:
    assert read.assertions(text) == ()


def test_a_table_cell_takes_the_words_of_its_row_and_column(read: Reader) -> None:
    text = "| Option | Response |\n|---|---|\n| Ketamine | 64% after a day |\n"
    cell = next(a for a in read.assertions(text) if "64" in a.text)
    assert (cell.slots.intervention, cell.slots.outcome) == (("ketamine",), ("response",))


@pytest.mark.parametrize(
    ("text", "polarity", "certainty"),
    [
        ("Ketamine eases symptoms.", "affirms", "plain"),
        ("Ketamine may ease symptoms.", "affirms", "hedged"),
        ("Ketamine is proven to ease symptoms.", "affirms", "strong"),
        ("Ketamine always eases symptoms.", "affirms", "absolute"),
        ("Ketamine does not ease symptoms.", "denies", "plain"),
        ("Ketamine has not been shown to ease symptoms.", "denies", "plain"),
        ("Not only does ketamine ease symptoms, it is cheap.", "affirms", "plain"),
        ("Ketamine is not cheap, but it eases symptoms.", "affirms", "plain"),
    ],
)
def test_how_a_claim_is_meant(read: Reader, text: str, polarity: str, certainty: str) -> None:
    assertion = next(a for a in read.assertions(text) if "depressive-symptoms" in a.slots.outcome)
    assert (assertion.polarity, assertion.certainty) == (polarity, certainty)


# Judging


@pytest.mark.parametrize(
    ("text", "verdict", "fault"),
    [
        (
            "About 64% of people with resistant depression respond to a ketamine infusion within a day.",
            "supported",
            None,
        ),
        (
            "About 95% of people with resistant depression respond to a ketamine infusion within a day.",
            "overstated",
            "number",
        ),
        (
            "About 64% of people with depression respond to a ketamine infusion within a day.",
            "overstated",
            "population",
        ),
        (
            "About 64% of people with resistant depression respond to a ketamine spray within a day.",
            "overstated",
            "route",
        ),
        (
            "All people with resistant depression always respond to a ketamine infusion within a day.",
            "overstated",
            "absolute",
        ),
        ("The FDA has not approved ketamine for depression.", "supported", None),
        ("The FDA has approved ketamine for depression.", "contradicted", "polarity"),
    ],
)
def test_each_comparison_that_fails_decides_the_verdict(
    read: Reader, text: str, verdict: str, fault: str | None
) -> None:
    (judgement,) = read.judged(text)
    assert judgement.verdict == verdict, judgement
    assert (fault in judgement.faults) if fault else not judgement.faults
    assert bool(judgement.rules) == (verdict != "supported")


def test_a_figure_without_its_qualifiers_lists_what_is_missing(read: Reader) -> None:
    (judgement,) = read.judged("About 64% respond to ketamine.")
    assert (judgement.verdict, judgement.missing) == ("overstated", ("population", "time"))


def test_a_failed_claim_is_offered_a_wording_that_the_evidence_carries(read: Reader) -> None:
    (judgement,) = read.judged("The FDA has approved ketamine for depression.")
    assert judgement.suggestion == "Ketamine is not approved by the FDA for depression."


def test_what_nothing_bears_on_is_unsupported_not_clean(read: Reader) -> None:
    (judgement,) = read.judged("A ketamine series takes five to eight weeks.")
    assert (judgement.verdict, judgement.rules[0].code) == ("unsupported", "EV001")


@pytest.mark.parametrize("wording", ["response-24h", "not-approved"])
def test_every_allowed_wording_is_supported(read: Reader, small: Collection, wording: str) -> None:
    for allowed in small.propositions[wording].wordings:
        assert [j.verdict for j in read.judged(allowed.text)] == ["supported"]
