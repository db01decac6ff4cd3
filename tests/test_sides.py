"""Which of two treatments is put before the other, and whether the findings have it so."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.sides import SideBook, Sides, load_sides
from evidence.problems import LibraryError
from tests.tiny import Engine, finding, study, tiny

ENGINE = Engine(
    tiny(
        study(
            "Larch2020",
            finding(
                "Larch2020", 1, "More responded to ketamine than to midazolam",
                direction="favours-intervention", value=64, unit="%", comparator_value=28,
            ),
            finding("Larch2020", 2, "Dizziness was as common with both", outcome="dizzy", direction="no-difference"),
        ),
    )
)  # fmt: skip
SIDES = Sides(ENGINE.findings, ENGINE.collection.lexicon)
KETAMINE, MIDAZOLAM = ("ketamine",), ("sedative",)


def sides(text: str) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    return list(ENGINE.frame(text).sides)


def compared(text: str, *topic: str) -> set[str]:
    frame = ENGINE.frame(text)
    found, _ = SIDES.compared(frame.sides, frame.slots.get("outcome", ()), topic or ("Larch2020.1",))
    return {name.removeprefix("sides-") for name, value in found.items() if value}


@pytest.mark.parametrize(
    "text",
    [
        "Ketamine beat midazolam.",
        "The trial put ketamine ahead of midazolam.",
        "Midazolam was outperformed by ketamine.",
        "Midazolam fell short of ketamine.",
        "Compared with midazolam, ketamine was the better drug.",
        "Set beside midazolam, ketamine did not lag, it won.",
    ],
)
def test_words_put_one_treatment_ahead_of_the_other(text: str) -> None:
    assert sides(text) == [("ahead", KETAMINE, MIDAZOLAM)]


@pytest.mark.parametrize(
    "text",
    [
        "More people responded to ketamine than to midazolam.",
        "Response was likelier with ketamine than with midazolam.",
        "Response came twice as often with ketamine as with midazolam.",
        "Response was rarer with midazolam than with ketamine.",
        "Against midazolam, ketamine brought more response.",
    ],
)
def test_words_give_one_treatment_the_larger_figure(text: str) -> None:
    assert sides(text) == [("more", KETAMINE, MIDAZOLAM)]


@pytest.mark.parametrize(
    "text",
    [
        "Ketamine did not beat midazolam.",
        "Ketamine was given after midazolam.",
        "Ketamine worked; midazolam is a sedative.",
        "More people respond to ketamine.",
        "Ketamine beat placebo pills of every kind that anybody could think of in all those years, and so of course midazolam.",
    ],
)
def test_nothing_is_put_before_anything_where_the_words_do_not_say_so(text: str) -> None:
    assert [side for side in sides(text) if {side[1], side[2]} == {KETAMINE, MIDAZOLAM}] == []


def test_what_is_no_better_is_level() -> None:
    assert sides("Ketamine was no better than midazolam.") == [("level", KETAMINE, MIDAZOLAM)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("For response ketamine beat midazolam.", {"as-found"}),
        ("For response midazolam beat ketamine.", {"exchanged"}),
        ("More responded to ketamine than to midazolam.", {"as-found"}),
        ("More responded to midazolam than to ketamine.", {"exchanged"}),
        ("For response ketamine was level with midazolam.", {"level"}),
        ("For response ketamine beat lithium.", set()),
        ("Ketamine beat midazolam.", set()),  # at what is not said
    ],
)
def test_what_a_claim_puts_first_is_held_against_the_findings(text: str, found: set[str]) -> None:
    assert compared(text) == found


def test_sides_that_are_exchanged_are_told_with_the_finding() -> None:
    judged = ENGINE.judge("For response midazolam beat ketamine.")
    assert judged.verdict == "contradicted"
    assert judged.reason == "which of the two comes first is not as found: More responded to ketamine than to midazolam"
    assert judged.faults == ("polarity", "comparator")


def test_a_difference_where_none_was_seen_is_told_and_none_is_as_found() -> None:
    assert compared("Ketamine was dizzier than midazolam.", "Larch2020.2") == set()
    assert compared("Dizziness was commoner with ketamine than with midazolam.", "Larch2020.2") == {"level"}
    assert compared("Dizziness with ketamine was no different from midazolam.", "Larch2020.2") == {"as-found"}


@given(
    st.lists(
        st.sampled_from(["A", "B", "beat", "better than", "more", "than", "as", ",", ";", "beside", "behind"]),
        max_size=14,
    )
)
def test_of_two_names_at_most_one_comes_first(words: list[str]) -> None:
    text = " ".join(words)
    named = [(i, i + 1, (text[i],)) for i in range(len(text)) if text[i] in "AB"]
    for relation, first, second in load_sides().find(text.lower(), named, lambda *_: 1):
        assert relation in ("ahead", "more", "level") and first != second


@pytest.mark.parametrize("words", ['["beat", ""]', '[" "]', "[]"])
def test_a_kind_of_side_without_a_word_is_refused_with_its_file(words: str, tmp_path: Path) -> None:
    file = tmp_path / "sides.toml"
    kinds = {name: f'["{name}"]' for name in SideBook.__struct_fields__} | {"behind": words}
    file.write_text("".join(f"{name} = {told}\n" for name, told in kinds.items()), "utf-8")
    with pytest.raises(LibraryError) as error:
        load_sides(file)
    assert "sides.toml: " in str(error.value) and "'behind' has a place without a word" in str(error.value)
