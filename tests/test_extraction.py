"""From a document to the claims it makes: what is left out, what is carried from context, where each claim stands."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.extraction import Assertion, extract
from tests.tiny import Engine, page, proposition, study, tiny

ENGINE = Engine(tiny(proposition("works", "Ketamine eases symptoms."), study("Larch2020")))


def texts(text: str, name: str = "page.md") -> list[str]:
    return [claim.text for claim in ENGINE.claims(text, name)]


def reasons(text: str) -> list[str]:
    return [left.reason for left in ENGINE.extracted(text).left_out]


# What makes no claim


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Does ketamine ease symptoms?", "a question"),
        ("“Does ketamine ease symptoms?”", "a question"),
        ("# Ketamine eases symptoms", "a heading"),
        ("> Ketamine eases symptoms, she wrote.", "a quotation"),
        ("Ketamine helps.", "too short to assert anything"),
        ("Myth: ketamine eases symptoms at once.", "reported or quoted, not asserted"),
        ("It is a myth that ketamine cures depression.", "reported or quoted, not asserted"),
        ("Some clinics claim that ketamine eases symptoms.", "reported or quoted, not asserted"),
        ("Ask your doctor whether ketamine eases symptoms.", "an instruction"),
        ("“Bring your list of medicine to the visit.”", "an instruction"),
        ("If you think that ketamine harms you, call the line at once.", "an instruction"),
        ("Larch A, Alder B: Ketamine and symptoms, 2020.", "a reference"),
        ("Larch et al., Ketamine for symptoms, 2020.", "a reference"),
        ("In this article we speak of ketamine and symptoms.", "about the text itself"),
    ],
)
def test_what_is_not_asserted_is_left_out_with_the_reason(text: str, reason: str) -> None:
    assert texts(text) == []
    assert reason in reasons(text)


@pytest.mark.parametrize("text", ["`ketamine eases symptoms now`", "<!-- Ketamine eases symptoms. -->"])
def test_code_and_comments_are_not_read(text: str) -> None:
    assert (texts(text), reasons(text)) == ([], [])


@pytest.mark.parametrize(
    "text",
    [
        "Ketamine eases symptoms.",
        "If you take ketamine, symptoms ease, call or no call.",
        "- Ketamine eases symptoms",
        "People ask whether ketamine eases symptoms, and it does.",
        "In 2020 ketamine eased symptoms.",
        "The medicine that you read about is ketamine.",
    ],
)
def test_what_is_asserted_is_a_claim(text: str) -> None:
    assert len(texts(text)) >= 1


def test_nothing_is_both_claimed_and_left_out() -> None:
    text = "# Why\n\nDoes it work? Ketamine eases symptoms. Ask us. Myth: it cures all. It may lower suicide risk.\n"
    extracted = ENGINE.extracted(text)
    spans = sorted((found.start, found.end) for found in (*extracted.assertions, *extracted.left_out))
    assert len(extracted.assertions) == 2
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))


# Sentences that say two things


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Ketamine reduces depressive symptoms and lowers suicide risk.", [("symptoms",), ("suicide",)]),
        ("Ketamine eases symptoms, but it can make people dizzy.", [("symptoms",), ("dizzy",)]),
        ("The Agency has approved the spray; many people feel dizzy on it.", [("approval",), ("dizzy",)]),
        ("Ketamine eases symptoms, which lowers suicide risk.", [("symptoms",), ("suicide",)]),
        ("Ketamine eases symptoms and can make people dizzy.", [("symptoms",), ("dizzy",)]),
        ("While ketamine eases symptoms, it can make people dizzy.", [("symptoms",), ("dizzy",)]),
        ("Although the Agency has approved the spray, many people feel dizzy on it.", [("approval",), ("dizzy",)]),
        ("Ketamine eases symptoms because it lowers suicide risk.", [("symptoms",), ("suicide",)]),
        ("Ketamine eases symptoms, as it lowers suicide risk.", [("symptoms",), ("suicide",)]),
        ("Ketamine eases symptoms, making people dizzy for hours.", [("symptoms",), ("dizzy",)]),
        ("Ketamine eases symptoms, thereby lowering suicide risk for weeks.", [("symptoms",), ("suicide",)]),
        ("Ketamine can ease symptoms, and many people are dizzy on it.", [("symptoms",), ("dizzy",)]),
    ],
)
def test_a_sentence_is_cut_where_it_says_two_things(text: str, parts: list[tuple[str, ...]]) -> None:
    assert [claim.slots.outcome for claim in ENGINE.claims(text)] == parts


@pytest.mark.parametrize(
    "text",
    [
        "Ketamine eases symptoms and depressive symptoms of all kinds.",
        "People with depression and their families respond well to ketamine.",
        "Ketamine works on symptoms and suicide risk.",
        "Ketamine eases symptoms but costs money.",
        "Ketamine eases symptoms because of its speed.",
        "Ketamine eases symptoms, making it worth the money.",
        "While in the chair, people feel dizzy.",
        "Ketamine eases symptoms, including suicide risk and dizziness.",
        "Ketamine eases symptoms so quickly, and that people feel dizzy.",
    ],
)
def test_a_list_is_not_cut(text: str) -> None:
    assert texts(text) == [text]


def test_conditions_in_a_list_are_claims_of_their_own_but_what_is_denied_of_all_is_one() -> None:
    listed = "Ketamine eases symptoms of these: depression, resistant depression and depression in old age."
    parts = ENGINE.claims(listed)
    assert [part.text for part in parts][1:] == ["resistant depression", "depression in old age."]
    assert all(part.slots.outcome == ("symptoms",) for part in parts)
    assert all(part.frame.features["intervention:ketamine"] > 0 for part in parts)
    denied = "Ketamine does not ease symptoms of these: depression, resistant depression, depression in old age."
    assert texts(denied) == [denied]
    assert len(texts("Ketamine eases symptoms of these: depression and pain.")) == 1


def test_the_second_part_keeps_the_drug_of_the_first() -> None:
    first, second = ENGINE.claims("Ketamine reduces depressive symptoms and lowers suicide risk.")
    assert (first.slots.intervention, second.slots.intervention) == (("ketamine",), ("ketamine",))
    assert "intervention" in first.stated
    assert "intervention" not in second.stated
    assert second.frame.features["intervention:ketamine"] < first.frame.features["intervention:ketamine"]


# Context


def test_an_item_of_one_word_claims_what_the_lead_of_its_list_says() -> None:
    led = "Ketamine eases symptoms. It can also make people the following:\n\n- Dizzy\n- Oranges\n"
    assert texts(led)[1:] == ["Dizzy"]
    assert ENGINE.claims(led)[1].slots.intervention == ("ketamine",)
    assert "Dizzy" not in texts("These are the words that we are fond of here:\n\n- Dizzy\n")
    assert "Dizzy" not in texts("Ask your doctor about symptoms:\n\n- Dizzy\n")
    assert texts(led.replace("- Dizzy", "Symptoms return in time.\n\n- Dizzy"))[1:] == ["Symptoms return in time."]


def test_a_brief_item_is_read_after_the_words_that_lead_to_it() -> None:
    led = "Ketamine has effects. The most common may include the following:\n\n- Dizziness\n- It eases symptoms of people.\n"
    _, dizzy, whole = ENGINE.claims(led)
    assert (dizzy.text, dizzy.in_full) == ("Dizziness", "The most common may include Dizziness")
    assert (whole.lead, whole.in_full) == ("", "It eases symptoms of people.")
    assert "hedge" in dizzy.frame.kinds
    assert led[dizzy.start : dizzy.end] == "Dizziness"


def test_what_is_denied_of_a_list_is_denied_of_its_items() -> None:
    _, dizzy = ENGINE.claims("Ketamine is a drug. It has not been shown to cause any of these:\n\n- Dizziness\n")
    assert "negation" in dizzy.frame.kinds


def test_a_sentence_that_its_list_ends_claims_nothing_alone() -> None:
    led = "Ketamine eases symptoms. It can also make people the following:\n\n- Dizzy\n"
    assert "It can also make people the following:" not in texts(led)
    assert texts("Ketamine eases symptoms in most people:\n\n- Dizzy\n")[0] == "Ketamine eases symptoms in most people:"


def test_a_pronoun_means_the_drug_of_the_sentence_before() -> None:
    *_, it = ENGINE.claims("Ketamine is an old drug. It is given as an infusion. It eases symptoms.")
    assert (it.slots.intervention, it.slots.route, it.stated) == (("ketamine",), ("iv",), {"outcome"})
    assert it.frame.features["intervention:ketamine"] > 0


def test_a_heading_carries_its_drug_until_the_next() -> None:
    text = "## Ketamine\n\nIt eases symptoms.\n\n## Lithium\n\nIt eases symptoms. People respond to it.\n"
    assert [claim.slots.intervention for claim in ENGINE.claims(text)] == [("ketamine",), ("lithium",), ("lithium",)]


def test_a_heading_that_names_no_drug_falls_back_on_the_first_of_the_page() -> None:
    text = "Ketamine eases symptoms.\n\n## Lithium\n\nIt eases symptoms.\n\n## Safety\n\nPeople may feel dizzy on it.\n"
    assert [claim.slots.intervention for claim in ENGINE.claims(text)][-1] == ("ketamine",)


def test_a_question_names_what_its_answer_is_about() -> None:
    (answer,) = ENGINE.claims("What does lithium do? It eases symptoms.")
    assert answer.slots.intervention == ("lithium",)


def test_a_claim_that_names_its_drug_borrows_none() -> None:
    *_, last = ENGINE.claims("Ketamine eases symptoms. Lithium eases symptoms too.")
    assert (last.slots.intervention, "intervention:ketamine" in last.frame.features) == (("lithium",), False)


def test_the_other_side_of_a_comparison_is_a_slot_of_its_own() -> None:
    (claim,) = ENGINE.claims("Ketamine eases symptoms better than midazolam.")
    assert claim.slots.comparator == ("sedative",)


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
def test_how_a_claim_is_meant(text: str, polarity: str, certainty: str) -> None:
    (claim,) = ENGINE.claims(text)
    assert (claim.polarity, claim.certainty) == (polarity, certainty)


# Tables


def cells(text: str) -> dict[str, Assertion]:
    return {claim.text: claim for claim in ENGINE.claims(text)}


def test_a_cell_claims_under_the_heads_of_its_row_and_column() -> None:
    table = "| Option | Response |\n|---|---|\n| Ketamine | 64% after a day |\n| Lithium | 30% after a month |\n"
    found = cells(table)
    assert set(found) == {"64% after a day", "30% after a month"}
    assert found["30% after a month"].slots.intervention == ("lithium",)
    assert found["64% after a day"].slots.outcome == ("response",)
    assert 0 < found["64% after a day"].frame.features["outcome:response"] < 1


def test_a_row_whose_head_says_what_is_claimed_claims_it_there() -> None:
    table = (
        "| What people told us | Share |\n|---|---|\n| Felt dizzy on ketamine | 94% |\n| Had fewer symptoms | 70% |\n"
    )
    found = cells(table)
    assert set(found) == {"Felt dizzy on ketamine", "Had fewer symptoms"}
    assert "n:94:%" in found["Felt dizzy on ketamine"].frame.features
    assert "n:70:%" not in found["Felt dizzy on ketamine"].frame.features


def test_heads_and_bare_figures_of_such_rows_are_left_out() -> None:
    table = "| What | Share |\n|---|---|\n| Felt dizzy on ketamine | 94% |\n"
    left = ENGINE.extracted(table).left_out
    assert {table[one.start : one.end] for one in left} == {"What", "Share", "94%"}
    assert {one.reason for one in left} == {"the head of a row or column, or its bare figure"}


# Places


def test_spans_point_into_the_file() -> None:
    text = "# Ketamine\n\nIt *eases* symptoms &amp; more. People feel dizzy, but the Agency has approved it.\r\n"
    spans = [text[claim.start : claim.end] for claim in ENGINE.claims(text)]
    assert spans == ["It *eases* symptoms &amp; more.", "People feel dizzy", "the Agency has approved it."]


PIECES = [
    "ketamine", "eases", "symptoms", "and", "lowers", "suicide risk", "dizzy", "but", "64%", "Does it?", "It works well.",
    "İstanbul", "ß", "\u2013", "\n", "\n\n", "- ", "## ", "| ", "> ", "*", "&amp;", ".", ";", "not", "\u00a0", "😀", "\t", "\r\n",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=40), st.sampled_from(["a.md", "a.txt", "a.html"]))
def test_every_claim_stands_where_it_says(pieces: list[str], name: str) -> None:
    document = page(" ".join(pieces), name)
    extracted = extract(document, ENGINE.reader)
    for claim in extracted.assertions:
        assert 0 <= claim.start < claim.end <= len(document.text)
        told = document.text[claim.start : claim.end]
        assert all(word in told for word in claim.text.split() if word.isalnum())
    for left in extracted.left_out:
        assert 0 <= left.start <= left.end <= len(document.text)


@given(
    st.lists(st.sampled_from(["Ketamine eases symptoms.", "People feel dizzy.", "Is it so?", "# Lithium"]), max_size=8)
)
def test_claims_come_in_page_order_and_reading_is_pure(paragraphs: list[str]) -> None:
    text = "\n\n".join(paragraphs)
    found = ENGINE.extracted(text)
    assert found == ENGINE.extracted(text)
    starts = [claim.start for claim in found.assertions]
    assert starts == sorted(starts)
    assert len(starts) == sum(not paragraph.startswith(("#", "Is")) for paragraph in paragraphs)


# Hostile text


@pytest.mark.parametrize(
    "piece",
    [
        "Ketamine does not ease symptoms. ",
        "- ketamine eases symptoms\n",
        "# Ketamine\n\nIt eases symptoms.\n\n",
        "| ketamine | 64% |\n",
        "Does it? ",
        "64% ",
        "of the ",
        "“",
        "not ",
        "because ",
        "symptoms and lowers suicide risk and eases dizziness ",
    ],
)
def test_time_grows_with_the_text(piece: str) -> None:
    def seconds(text: str) -> float:
        document = page(text)
        begun = time.perf_counter()
        for claim in extract(document, ENGINE.reader).assertions:
            ENGINE.judging.judge(claim)
        return time.perf_counter() - begun

    small = piece * (4_000 // len(piece))
    once = min(seconds(small) for _ in range(2))
    # Linear work takes eight times as long, work that grows with the square sixty-four times.
    assert min(seconds(small * 8) for _ in range(2)) < 30 * once + 0.4
