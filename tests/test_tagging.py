"""Finding concepts and cue words in a text, and how far each cue reaches."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.cues import CueRule, joined, load_cues, place_cues
from claims.folding import bounded, fold
from claims.lexicon import Lexicon
from claims.tagging import CueWord, Tagger
from tests.tiny import concept

CUES = load_cues()


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger.of(
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


@pytest.mark.parametrize("text", ["' ketamine '", "'' ketamine infusio", "ketamine", "''", "... ketamine", "?"])
def test_signs_and_the_end_of_a_text_hide_no_mention(tagger: Tagger, text: str) -> None:
    assert [m.word for m in tagger.tag(text).mentions] == ["ketamine"] * ("ketamine" in text)


@given(
    st.lists(
        st.sampled_from(["ketamine", "infusions", "depressed", "mood", "suicide", "risk", "'", ",", "of"]), max_size=9
    )
)
def test_every_synonym_that_stands_in_a_text_is_found(words: list[str]) -> None:
    tagger = Tagger.of(
        Lexicon({"a": concept("outcome", "depressed mood"), "b": concept("route", "mood", "ketamine infusion, of")}),
        CUES,
    )
    text = " ".join(words)
    found = {m.word for m in tagger.tag(text).mentions}
    pairs = list(pairwise(words))
    assert ("depressed mood" in found) == (("depressed", "mood") in pairs)
    assert ("mood" in found) == ("mood" in words)
    whole = ["ketamine", "infusions", ",", "of"]
    assert ("ketamine infusions , of" in found) == any(words[at : at + 4] == whole for at in range(len(words)))


def test_a_word_that_is_listed_only_inflected_is_found_as_it_stands() -> None:
    tagger = Tagger.of(Lexicon({"young": concept("population", "minors"), "mood": concept("outcome", "lift")}), CUES)
    assert [m.word for m in tagger.tag("Minor lifts in minors.").mentions] == ["lifts", "minors"]


def test_a_synonym_denies_only_what_it_negates() -> None:
    lexicon = Lexicon(
        {"ok": concept("outcome", "approved", "unapproved"), "us": concept("population", "united states")}
    )
    found = Tagger.of(lexicon, CUES).tag("Unapproved in the United States.").mentions
    assert [(m.concepts, m.denied) for m in found] == [(("ok",), ("ok",)), (("us",), ())]


@given(st.text())
def test_folding_moves_no_offset(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.lists(st.sampled_from(["ketamine", "infusion", "mood", "not", "and", "İ", "ß", "–", "\n", "."]), max_size=30))
def test_every_mention_is_where_it_says(words: list[str]) -> None:
    tagger = Tagger.of(
        Lexicon({"drug": concept("intervention", "ketamine infusion"), "mood": concept("outcome", "mood")}), CUES
    )
    text = " ".join(words)
    for mention in tagger.tag(text).mentions:
        assert fold(text[mention.start : mention.end]) == mention.word


@given(st.text(alphabet="ab1 -'", min_size=1), st.data())
def test_bounds_of_words_are_where_letters_end(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    inside = (start > 0 and (text[start - 1] + text[start]).isalnum()) or (
        end < len(text) and (text[end - 1] + text[end]).isalnum()
    )
    assert bounded(text, start, end) is not inside


# Cues


def reach(tagger: Tagger, text: str, kind: str) -> list[str]:
    """The words that the cues of a class speak of."""
    tags = tagger.tag(text)
    cues = place_cues(tags.cue_words, tags.stops, tags.near_stops, 0, len(text))
    return [text[cue.scope_start : cue.scope_end].strip() for cue in cues if cue.kind == kind]


@pytest.mark.parametrize(
    ("text", "reached"),
    [
        ("Mood is not better but sleep is good.", ["is not better"]),
        ("Mood did not change", ["not change"]),
        ("Mood was not lifted for long, and fell.", ["not lifted"]),
        ("Without sleep, mood falls.", ["Without sleep"]),
        ("It is not for sale in shops.", ["is not for sale"]),
        ("It is clear that mood lifts.", []),
        ("Not only mood lifts.", []),
    ],
)
def test_a_negation_reaches_forward_to_the_end_of_its_clause(tagger: Tagger, text: str, reached: list[str]) -> None:
    assert reach(tagger, text, "negation") == reached


def test_a_hedge_reaches_both_ways(tagger: Tagger) -> None:
    assert reach(tagger, "However mood perhaps lifts, but it is late.", "hedge") == ["However mood perhaps lifts,"]


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("Treatment without nausea adds risk", "nausea"),
        ("Treatment without nausea or dizziness adds risk", "nausea or dizziness"),
        ("Treatment without nausea, dizziness and fear adds risk", "nausea, dizziness"),
        ("Treatment without any of that adds risk", "any of that adds risk"),
    ],
)
def test_without_denies_what_it_names_and_what_is_joined_to_it(text: str, denied: str) -> None:
    spans = [(text.find(word), text.find(word) + len(word)) for word in ("nausea", "dizziness") if word in text]
    at = text.find("without")
    rule = CueRule(kind="negation", direction="forward", near=True, of_noun=True, words=("without",))
    found = CueWord(start=at, end=at + 7, word="without", rule=rule)
    cue = place_cues([found], [], [], 0, len(text), joined(text, spans))[0]
    assert text[cue.end : cue.scope_end].strip() == denied
