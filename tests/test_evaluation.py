from hypothesis import given
from hypothesis import strategies as st

from claims.evaluation import Judged, Label, measure

VERDICTS = st.sampled_from(["supported", "overstated", "vague", "contradicted", "unsupported", "promotional"])


def label(start: int, end: int, verdict: str, *also: str, importance: int = 1) -> Label:
    return Label(start=start, end=end, verdict=verdict, also=also, importance=importance)


def read(start: int, end: int, verdict: str) -> Judged:
    return Judged(start=start, end=end, verdict=verdict)


def test_agreement_is_strict_or_within_the_alternatives() -> None:
    labels = [label(0, 10, "supported"), label(10, 20, "vague", "overstated"), label(20, 30, "vague")]
    got = measure([(labels, [read(0, 10, "supported"), read(10, 20, "overstated"), read(20, 30, "supported")])])
    assert (got.found, got.strict, got.lenient) == (3, 1, 2)
    assert ("vague", "supported", 1) in got.confusion


def test_a_missed_label_and_a_stray_reading_cost_recall_and_precision() -> None:
    got = measure(
        [([label(0, 10, "supported"), label(50, 60, "vague")], [read(0, 10, "supported"), read(80, 90, "vague")])]
    )
    assert (got.precision, got.recall, got.f1) == (0.5, 0.5, 0.5)
    assert ("vague", "none", 1) in got.confusion


def test_a_touch_is_no_overlap() -> None:
    assert measure([([label(0, 100, "vague")], [read(99, 300, "vague")])]).found == 0
    assert measure([([label(0, 100, "vague")], [read(100, 300, "vague")])]).found == 0


def test_a_grave_problem_passed_as_supported_is_counted() -> None:
    labels = [label(0, 10, "contradicted", importance=3), label(10, 20, "contradicted", importance=2)]
    got = measure([(labels, [read(0, 10, "supported"), read(10, 20, "supported")])])
    assert (got.grave, got.grave_passed, got.problems, got.caught) == (1, 1, 2, 0)


def test_a_flag_on_a_sound_claim_is_wrong() -> None:
    got = measure(
        [([label(0, 10, "supported"), label(10, 20, "vague")], [read(0, 10, "overstated"), read(10, 20, "overstated")])]
    )
    assert (got.flags, got.right_flags) == (2, 1)


def test_passages_that_make_no_claim_are_not_looked_for() -> None:
    got = measure([([label(0, 10, "none")], [read(0, 10, "vague")])])
    assert (got.labels, got.stray) == (0, 1)


@given(st.lists(VERDICTS, min_size=1, max_size=20))
def test_reading_exactly_what_is_labelled_is_perfect(verdicts: list[str]) -> None:
    spans = [(10 * i, 10 * i + 10) for i in range(len(verdicts))]
    labels = [label(a, b, v, importance=3) for (a, b), v in zip(spans, verdicts, strict=True)]
    got = measure([(labels, [read(a, b, v) for (a, b), v in zip(spans, verdicts, strict=True)])])
    assert got.f1 == 1
    assert got.strict == got.lenient == got.found == got.labels
    assert (got.grave_passed, got.caught, got.right_flags) == (0, got.problems, got.flags)
