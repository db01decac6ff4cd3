"""Judges the cases that a library makes of its own wordings, and counts how many come out as they must.

A sentence whose words were only dressed anew must be supported; one with a detail changed must not be, and for a
reason that has to do with the change.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

import msgspec

from claims.documents import read_document
from claims.metamorphic import Case, Change
from claims.unclaiming import INSTRUCTION

if TYPE_CHECKING:
    from claims.engine import Examined, Judge, Read
    from claims.propositions import Fault

_SEED: Final = 1  # the sample is the same in every run
_REASONS: Final[Mapping[Change, frozenset[Fault]]] = {
    "figure": frozenset({"number", "attribution", "generalised", "polarity"}),
    "time": frozenset({"time", "duration", "onset", "number", "attribution", "polarity"}),
    "year": frozenset({"attribution", "dated", "time", "number", "regulatory", "polarity"}),
    "negation": frozenset({"polarity", "regulatory", "certainty", "attribution", "absolute", "outcome"}),
    "promise": frozenset({"absolute", "certainty", "generalised", "single-study", "polarity"}),
    "intervention": frozenset({"drug", "route", "comparator", "attribution", "regulatory", "polarity", "generalised"}),
    "population": frozenset({"population", "generalised", "attribution", "outcome", "polarity"}),
    "agency": frozenset({"regulatory", "attribution", "polarity"}),
}


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """A case that did not come out as it must, with the verdicts it got."""

    change: str
    of: str
    text: str
    verdicts: tuple[str, ...]


class Metamorphosis(msgspec.Struct, frozen=True, kw_only=True):
    """How many cases of each change were judged, came out right, and right for a fitting reason."""

    judged: dict[str, int]
    right: dict[str, int]
    fitting: dict[str, int]
    failures: tuple[Failure, ...]

    @property
    def share(self) -> float:
        """The share of all cases that came out right; 0 without cases."""
        return sum(self.right.values()) / (sum(self.judged.values()) or 1)


def judge_cases(cases: Iterable[Case], judge: Judge, *, each: int) -> Metamorphosis:
    """Judges at most ``each`` cases of every change, a fixed sample."""
    by_change: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        by_change[case.change].append(case)
    judged, right, fitting = Counter[str](), Counter[str](), Counter[str]()
    failures: list[Failure] = []
    for change, made in by_change.items():
        chosen = made if len(made) <= each else random.Random(_SEED).sample(made, each)  # noqa: S311 - no secret
        for case in chosen:
            seen = judge.examine(read_document("case.txt", case.text.encode()))
            reads = seen.reads
            judged[change] += 1
            if _is_right(case, seen):
                right[change] += 1
                fitting[change] += case.stands or _fits(case, reads)
            else:
                verdicts = tuple(read.judgement.verdict for read in reads)
                failures.append(Failure(change=change, of=case.of, text=case.text, verdicts=verdicts))
    return Metamorphosis(judged=dict(judged), right=dict(right), fitting=dict(fitting), failures=tuple(failures))


def _is_right(case: Case, seen: Examined) -> bool:
    """Whether a sentence came out as it must; one that tells the reader to do something claims nothing, so it is right
    that nothing is said of it."""
    verdicts = [read.judgement.verdict for read in seen.reads]
    if case.stands:
        instructs = bool(seen.left_out) and all(left.reason == INSTRUCTION for left in seen.left_out)
        return bool(verdicts or instructs) and all(verdict == "supported" for verdict in verdicts)
    return any(verdict != "supported" for verdict in verdicts) or not verdicts


def _fits(case: Case, reads: tuple[Read, ...]) -> bool:
    faults = {fault for read in reads for fault in read.judgement.faults}
    return not faults or not faults.isdisjoint(_REASONS[case.change])
