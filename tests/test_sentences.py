"""Sentences: where they end in reports of studies, and that the spans fit the text."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.sentences import split_sentences


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


# A bar marks each place where a sentence ends.
CASES = [
    "Mood rose. | Sleep returned! | Was it the drip? | Perhaps.",
    "The dose was approx. 0.5 mg/kg. | It worked.",
    "Lee et al. (2013) saw it, and Moss et al. 2015 did not. | Moss et al. found less.",
    "Some drugs, e.g. sedatives, i.e. calming ones, were kept. | See e.g. the label.",
    "Drip vs. pill was tested. | The drip won.",
    "Protocol No. 5 was used, as in Fig. 2 and vol. 3. | Dr. Lee agreed.",
    "In the U.S. the rules differ. | In the U.S. (and elsewhere) they change. | In the U.S. 40 sites joined.",
    "It lasted 24 hrs. | After that it faded.",
    "Rest for 40 min. | Then go home.",
    "They had nausea, headache, etc. | Most of it passed.",
    "Doors open until 5 p.m. | The last visit is earlier.",
    "The visit is at 9 a.m. Monday. | Come early.",
    "It took 2 hrs. (range 1 to 3) to fade. | Effects such as nausea etc. are mild.",
    "The trial was positive.1 | A later study was not.2,3 | Nobody knows why.",
    "The trial was positive.¹ | A later study was not.[4] | Nobody knows why.",
    "The trial was positive. [1] | A later one was not.",
    "About 30%.2 | Nothing more is known.",
    "“It changed my life.”1 | So she said.",
    "The figure shows this (see Fig.1 Shown below). | Good.",
    "It fell by 3.5 points, from 20.1 to 16.6. | It then rose by 0.5.",
    "A dose of 0.5 mg/kg i.v. was given over 40 min. and repeated. | It helped.",
    "Two things matter: speed and safety; both were measured. | Neither was proven.",
    "He said, “It works.” | Then he left.",
    "Is it addictive? | No. | Ketchup is not either.",
    "No. 3 on the list is rest.",
    "1. Take a seat. | 2. Breathe.",
    "Visits are free… for now. | Ask first.",
    "See www.example.org for more. | It has details.",
    "Ω rose. | Émile agreed. | 😀 was shown.",
    "On Jan. 5 it opened. | Since Sept. 2019 it is closed.",
]


@pytest.mark.parametrize("case", CASES)
def test_sentences_end_where_a_reader_ends_them(case: str) -> None:
    assert sentences(case.replace(" | ", " ")) == case.split(" | ")


def test_no_text_has_no_sentences() -> None:
    assert split_sentences("") == split_sentences(" \n ") == []


def test_a_text_longer_than_one_window_is_split_alike() -> None:
    parts = [f"Sentence number {number} says that 0.5 mg/kg helped approx. 3.5 people in ten." for number in range(300)]
    assert sentences(" ".join(parts)) == parts


def test_a_sentence_longer_than_the_window_stays_whole() -> None:
    endless = "and so it went on " * 600 + "to its end."
    assert sentences(f"It began. {endless} It ended.") == ["It began.", endless, "It ended."]


PIECES = st.sampled_from(
    ["mood", "Mood", "0.5", "mg/kg", "e.g.", "et al.", "No.", "U.S.", "p.m.", "etc.", "it.", "it.1", "it.²", "it.[3]", "?", "!", "…", "“", "”",
     "(", ")", "'", '"', "é.", "É", "😀", "👩‍⚕️.", ":", ";", "1.", ".", "...", "它。", "\u00a0", "\n", "\r\n", "-"]
)  # fmt: skip
TEXTS = st.lists(st.tuples(PIECES, st.sampled_from([" ", "", "  "])), max_size=30).map(
    lambda parts: "".join(piece + gap for piece, gap in parts)
)


@given(text=TEXTS | st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_spans_are_ordered_apart_trimmed_and_complete(text: str) -> None:
    last = 0
    for start, end in split_sentences(text):
        assert last <= start < end <= len(text)
        assert not text[last:start].strip()
        assert text[start:end] == text[start:end].strip()
        last = end
    assert not text[last:].strip()


@given(text=TEXTS)
@settings(max_examples=300, deadline=None)
def test_a_decimal_number_is_never_split(text: str) -> None:
    spans = split_sentences(text)
    for number in re.finditer(r"\d\.\d", text):
        assert any(start <= number.start() and number.end() <= end for start, end in spans)


@pytest.mark.parametrize(
    "piece",
    [
        "!",
        "?",
        "“",
        "'",
        "`",
        "<?",
        "a.",
        "e.g. ",
        "No. ",
        "it.1 A",
        "[1] ",
        ".",
        " ",
        "1. ",
        "p.m. A",
        ")",
        "<",
        "&",
        "|",
        "*",
    ],
)
def test_time_grows_with_the_text(piece: str) -> None:
    small = piece * (20_000 // len(piece))

    def seconds(text: str) -> float:
        begun = time.perf_counter()
        split_sentences(text)
        return time.perf_counter() - begun

    once = min(seconds(small) for _ in range(2))
    # Linear work takes eight times as long, work that grows with the square sixty-four times.
    assert min(seconds(small * 8) for _ in range(2)) < 30 * once + 0.3
