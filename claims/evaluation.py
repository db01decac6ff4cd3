"""How well claims are found and judged: what was read against what careful readers labelled.

A label is found when a read claim overlaps it by at least ``OVERLAP`` of the shorter of the two. Verdicts agree
strictly, or leniently when the label allows the verdict as an alternative. Pure: values in, measures out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

OVERLAP: Final = 0.3
PROBLEMS: Final = frozenset({"overstated", "contradicted", "vague", "unsupported"})
GRAVE: Final = frozenset({"overstated", "contradicted"})


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """What a careful reader says of a passage; verdict ``none`` means that it makes no claim."""

    start: int
    end: int
    verdict: str
    also: tuple[str, ...] = ()
    importance: int = 1


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What was read: a passage and its verdict."""

    start: int
    end: int
    verdict: str


class Measures(msgspec.Struct, frozen=True, kw_only=True):
    """Counts over one or more documents; rates are properties and 0 where nothing was counted.

    ``confusion`` holds (label, verdict) pairs; a label that nothing overlaps has the verdict ``missed``.
    """

    found: int = 0
    labels: int = 0
    stray: int = 0
    strict: int = 0
    lenient: int = 0
    problems: int = 0
    caught: int = 0
    flags: int = 0
    right_flags: int = 0
    grave: int = 0
    grave_passed: int = 0
    confusion: tuple[tuple[str, str, int], ...] = ()

    @property
    def precision(self) -> float:
        return _rate(self.found, self.found + self.stray)

    @property
    def recall(self) -> float:
        return _rate(self.found, self.labels)

    @property
    def f1(self) -> float:
        return _rate(2 * self.precision * self.recall, self.precision + self.recall)


def measure(documents: Iterable[tuple[Sequence[Label], Sequence[Judged]]]) -> Measures:
    """The measures over documents given as (labels, what was read)."""
    counts: Counter[str] = Counter()
    confusion: Counter[tuple[str, str]] = Counter()
    for labels, judged in documents:
        wanted = [label for label in labels if label.verdict != "none"]
        for label in wanted:
            read = _best(label, judged)
            confusion[label.verdict, read.verdict if read else "missed"] += 1
            counts.update(_of_label(label, read))
        for one in judged:
            hit = [label for label in wanted if _shared(label, one) > 0]
            counts["stray"] += not hit
            if one.verdict in PROBLEMS - {"unsupported"}:
                counts["flags"] += 1
                counts["right_flags"] += any({label.verdict, *label.also} & PROBLEMS for label in hit)
    pairs = tuple((label, verdict, n) for (label, verdict), n in sorted(confusion.items(), key=lambda c: (-c[1], c[0])))
    return Measures(**counts, confusion=pairs)


def _of_label(label: Label, read: Judged | None) -> dict[str, int]:
    verdict = read.verdict if read else None
    problem, grave = label.verdict in PROBLEMS, label.verdict in GRAVE and label.importance == 3
    return {
        "labels": 1,
        "found": read is not None,
        "strict": verdict == label.verdict,
        "lenient": verdict in (label.verdict, *label.also),
        "problems": problem,
        "caught": problem and verdict in PROBLEMS,
        "grave": grave,
        "grave_passed": grave and verdict == "supported",
    }


def _best(label: Label, judged: Sequence[Judged]) -> Judged | None:
    """The read claim that overlaps the label most, if it overlaps enough."""
    best = max(judged, key=lambda one: _shared(label, one), default=None)
    if best is None:
        return None
    shorter = min(label.end - label.start, best.end - best.start)
    return best if _shared(label, best) >= max(1, OVERLAP * shorter) else None


def _shared(label: Label, one: Judged) -> int:
    return min(label.end, one.end) - max(label.start, one.start)


def _rate(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
