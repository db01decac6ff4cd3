"""What a fingerprint takes no notice of, and what it does."""

from __future__ import annotations

import textwrap
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.checked_claims import CheckedClaim
from claims.checking import check_documents
from claims.collection import Collection
from claims.documents import read_document
from claims.engine import Judge
from claims.fingerprints import LENGTH, claim_fingerprints, deciding_codes, fingerprint
from claims.verdicts import RuleHit

CLAIM = "Ketamine is FDA approved for depression."
WORDS = st.lists(st.text("abcxyz0189.%", min_size=1, max_size=12), min_size=1, max_size=20)
CODES = st.lists(st.sampled_from(["EV001", "EV002", "EV003", "VG001"]), max_size=4)


@given(WORDS, CODES, st.integers(1, 9), st.integers(5, 60))
def test_reflow_quotation_and_the_order_of_rules_change_nothing(
    words: list[str], codes: list[str], ordinal: int, width: int
) -> None:
    text = " ".join(words)
    mark = fingerprint(text, codes, ordinal)
    assert len(mark) == LENGTH
    for lines in (textwrap.wrap(text, width, break_on_hyphens=False, break_long_words=False), words):
        for glue in ("\n", "\r\n  ", "\n> ", "\n  > > ", "\t", " \n"):
            assert fingerprint(glue.join(lines), [*reversed(codes), *codes], ordinal) == mark


@given(WORDS, WORDS, CODES, CODES, st.integers(1, 3), st.integers(1, 3))
def test_other_words_rules_or_ordinals_give_another(
    words: list[str], others: list[str], codes: list[str], more: list[str], first: int, second: int
) -> None:
    same = words == others and set(codes) == set(more) and first == second
    assert (fingerprint(" ".join(words), codes, first) == fingerprint(" ".join(others), more, second)) is same


@given(st.text(), st.lists(st.text()))
def test_any_text_has_one(text: str, codes: list[str]) -> None:
    assert fingerprint(text, codes) == fingerprint(text, codes)


@pytest.mark.parametrize(
    "as_set",
    ["Ketamine is **FDA approved** for depression.", "Ketamine is <b class='x'>FDA approved</b> for\u00a0depression.",
     "KETAMINE is FDA ap\u00adproved for depression.", "\ufeffKetamine is _FDA_ approved for `depression`."],
)  # fmt: skip
def test_how_words_are_set_does_not_count(as_set: str) -> None:
    assert fingerprint(as_set, ["EV002"]) == fingerprint(CLAIM, ["EV002"])


@pytest.mark.parametrize(("one", "other"), [("p < 0.05", "p > 0.05"), ("-7 points", "7 points"), ("7.5%", "75%")])
def test_a_sign_or_a_point_counts(one: str, other: str) -> None:
    assert fingerprint(one, ["EV003"]) != fingerprint(other, ["EV003"])


def test_a_note_does_not_make_a_finding_new() -> None:
    error = RuleHit(code="EV002", message="no", severity="error")
    note = RuleHit(code="RF008", message="cites nothing", severity="note")
    assert deciding_codes((note, error)) == ("EV002",)
    assert deciding_codes((note,)) == ("RF008",)


@pytest.fixture
def claims(small: Collection, fixed_weights: None) -> Callable[[str], tuple[CheckedClaim, ...]]:
    """Reads the claims of a text as a check does."""
    judge = Judge(small)

    def read(text: str) -> tuple[CheckedClaim, ...]:
        result = check_documents([read_document("a.md", text.encode())], small, judge, library_hash="")
        return result.documents[0].claims

    return read


def test_lines_before_it_change_nothing_and_a_repetition_is_told_apart(
    claims: Callable[[str], tuple[CheckedClaim, ...]],
) -> None:
    (alone,) = claim_fingerprints(claims(CLAIM))
    assert tuple(claim_fingerprints(claims("Hello there.\n\n" * 10 + CLAIM))) == (alone,)
    assert tuple(claim_fingerprints(claims("- Ketamine is **FDA approved**\n  for depression."))) == (alone,)
    twice = tuple(claim_fingerprints(claims(f"{CLAIM}\n\nHello there.\n\n{CLAIM}")))
    assert len(set(twice)) == 2
    assert twice[0] == alone
    (claim,) = claims(CLAIM)
    moved = msgspec.structs.replace(claim, line=9, start=90, end=99, id="b-c07", conflicts=("x",))
    assert tuple(claim_fingerprints((moved,))) == (alone,)
