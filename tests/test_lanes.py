"""The table of a topic's wordings: what is read back from it, and that likeness is the cosine of the weights."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.forms import Form, Forms, MemoryStore, Topic
from claims.frames import Frame
from claims.propositions import Scope

KEYS = [f"{slot}:{name}" for slot in ("w", "s", "outcome") for name in "abcd"]
FEATURES = st.dictionaries(st.sampled_from(KEYS), st.sampled_from([0.25, 0.45, 0.8, 1.0]), min_size=1, max_size=8)


@st.composite
def frames(draw: st.DrawFn) -> Frame:
    features = draw(FEATURES)
    keys = list(features)
    negated = draw(st.frozensets(st.sampled_from(keys)))
    return Frame(features=features, negated=negated, own=frozenset(keys[: draw(st.integers(1, len(keys)))]))


def forms_of(wordings: list[Frame]) -> Forms:
    forms = [Form(topic="t", kind="wording", verdict="supported", frame=frame) for frame in wordings]
    return Forms(MemoryStore([Topic(id="t", scope=Scope())], forms))


def cosine(forms: Forms, claim: Frame, wording: Frame) -> float:
    """Feature by feature; what one denies and the other says counts three tenths."""

    def weights(frame: Frame) -> dict[str, float]:
        return {key: weight * forms.scale(key) for key, weight in frame.features.items()}

    mine, theirs = weights(claim), weights(wording)
    shared = sum(
        mine[key] * theirs[key] * (1.0 if claim.sign(key) == wording.sign(key) else 0.3)
        for key in mine
        if key in theirs
    )
    return shared / math.hypot(*mine.values()) / math.hypot(*theirs.values())


@given(st.lists(frames(), min_size=1, max_size=8), frames())
def test_likeness_is_the_cosine_of_the_weights(wordings: list[Frame], claim: Frame) -> None:
    forms = forms_of(wordings)
    one_by_one, together = forms.vector(claim), forms.vector(claim)
    forms.liken_all(together, "t")
    for number, wording in enumerate(wordings):
        wanted = cosine(forms, claim, wording)
        assert forms.likeness(one_by_one, number) == pytest.approx(wanted)
        assert together.found[number] == pytest.approx(wanted)


@given(st.lists(frames(), min_size=1, max_size=8))
def test_what_a_form_has_is_read_back_in_its_order(wordings: list[Frame]) -> None:
    forms = forms_of(wordings)
    for number, frame in enumerate(wordings):
        known = forms.known(number)
        assert list(zip(known.weights, known.bases, strict=True)) == list(frame.features.items())
        assert known.negated == frame.negated
        assert list(known.own) == list(frame.features)[: len(frame.own)]
        signed = forms.lanes(number).signed(number, frame.features)
        assert signed == {(key, frame.sign(key)): weight for key, weight in known.weights.items()}
