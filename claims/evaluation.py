"""How well claims are found and judged: what was read against what careful readers labelled.

A label is found when a read claim overlaps it by at least ``OVERLAP`` of the shorter of the two; a label that nothing
was read for has the verdict ``none``. Verdicts agree strictly, or leniently when the label allows the verdict as an
alternative. Pure: values in, measures out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Final, Literal

import msgspec

OVERLAP: Final = 0.3
NOTHING: Final = "none"
PROBLEMS: Final = frozenset({"overstated", "contradicted", "vague", "unsupported"})
GRAVE: Final = frozenset({"overstated", "contradicted"})
FLAGGED: Final = PROBLEMS - {"unsupported"}
# A sentence of a pair is judged by the worst that was read in it.
_GRAVITY: Final = ("contradicted", "overstated", "vague", "unsupported", "supported", "promotional")


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """What a careful reader says of a passage; verdict ``none`` means that it makes no claim."""

    start: int
    end: int
    verdict: str
    also: tuple[str, ...] = ()
    importance: int = 1
    id: str = ""

    def allows(self, verdict: str) -> bool:
        """Whether a reader could give this verdict; praise may as well be left unread."""
        praise = verdict == NOTHING and self.verdict == "promotional"
        return praise or verdict in (self.verdict, *self.also)


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What was read: a passage and its verdict."""

    start: int
    end: int
    verdict: str
    reason: str = ""


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """A document with its labels and what was read in it; ``words`` as its author would count them."""

    name: str
    text: str
    words: int
    labels: tuple[Label, ...]
    judged: tuple[Judged, ...]


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """One sentence of a minimal pair, and what was read in it when it stood alone."""

    pair: str
    name: str
    sentence: str
    verdict: str
    also: tuple[str, ...] = ()
    judged: tuple[Judged, ...] = ()

    @property
    def got(self) -> Judged:
        """The worst of what was read; verdict ``none`` when nothing was."""
        nothing = Judged(start=0, end=len(self.sentence), verdict=NOTHING)
        return min(self.judged, key=lambda one: _GRAVITY.index(one.verdict), default=nothing)

    @property
    def right(self) -> bool:
        return Label(start=0, end=0, verdict=self.verdict, also=self.also).allows(self.got.verdict)


class ConflictLabel(msgspec.Struct, frozen=True, kw_only=True):
    """Two labelled passages that a reader cannot reconcile; ``kind`` ``none``: they only look like it."""

    a: str
    b: str
    kind: str


class Disagreement(msgspec.Struct, frozen=True, kw_only=True):
    """A label and a reading that part. ``kind`` ``alarm``: a flag on words that no label calls a claim."""

    kind: Literal["verdict", "alarm", "pair", "conflict"]
    label: str
    document: str
    start: int
    end: int
    expected: tuple[str, ...]
    got: str
    passage: str
    reason: str


class Measures(msgspec.Struct, frozen=True, kw_only=True):
    """Counts over one or more documents; rates are properties and 0 where nothing was counted.

    ``labels`` are the passages that make a claim, ``passages`` all that were labelled; ``strict`` and ``lenient`` are
    counted over ``passages``, their ``found_`` partners over the claims found. ``flags`` are readings that say
    contradicted, overstated or vague. ``confusion`` holds (label, verdict) pairs with their number.
    """

    documents: int = 0
    words: int = 0
    passages: int = 0
    labels: int = 0
    found: int = 0
    stray: int = 0
    strict: int = 0
    lenient: int = 0
    found_strict: int = 0
    found_lenient: int = 0
    problems: int = 0
    caught: int = 0
    flags: int = 0
    right_flags: int = 0
    grave: int = 0
    grave_passed: int = 0
    confusion: tuple[tuple[str, str, int], ...] = ()

    @property
    def precision(self) -> float:
        return rate(self.found, self.found + self.stray)

    @property
    def recall(self) -> float:
        return rate(self.found, self.labels)

    @property
    def f1(self) -> float:
        return rate(2 * self.precision * self.recall, self.precision + self.recall)

    @property
    def alarms(self) -> int:
        """Flags that no reader would raise."""
        return self.flags - self.right_flags

    @property
    def alarms_per_thousand_words(self) -> float:
        return rate(1000 * self.alarms, self.words)


class PairMeasures(msgspec.Struct, frozen=True, kw_only=True):
    """Minimal pairs: a pair is right when each member has a verdict that its label allows."""

    pairs: int = 0
    right: int = 0
    members: int = 0
    members_right: int = 0
    members_strict: int = 0


class ConflictMeasures(msgspec.Struct, frozen=True, kw_only=True):
    """Conflicts against labelled pairs: ``wanted`` pairs and those ``found``, ``alike`` pairs and those ``confused``.

    ``reported`` are all conflicts that were reported, labelled or not; ``baseless`` those of them between passages that
    are both labelled supported, so that both hold.
    """

    wanted: int = 0
    found: int = 0
    alike: int = 0
    confused: int = 0
    reported: int = 0
    baseless: int = 0


def measure(documents: Iterable[tuple[Sequence[Label], Sequence[Judged]]], *, words: int = 0) -> Measures:
    """The measures over documents given as (labels, what was read), ``words`` long in all."""
    counts: Counter[str] = Counter()
    confusion: Counter[tuple[str, str]] = Counter()
    for labels, judged in documents:
        wanted = [label for label in labels if label.verdict != NOTHING]
        counts["documents"] += 1
        for label in labels:
            read = reading_of(label, judged)
            confusion[label.verdict, read.verdict if read else NOTHING] += 1
            counts.update(_of_label(label, read))
        for one in judged:
            hit = [label for label in wanted if _shared(label, one) > 0]
            counts["stray"] += not hit
            if one.verdict in FLAGGED:
                counts["flags"] += 1
                counts["right_flags"] += any(_may_be_flagged(label) for label in hit)
    pairs = tuple((label, verdict, n) for (label, verdict), n in sorted(confusion.items(), key=lambda c: (-c[1], c[0])))
    return Measures(**counts, words=words, confusion=pairs)


def measure_pairs(members: Iterable[Member]) -> PairMeasures:
    """How many pairs come out right."""
    pairs: dict[str, list[Member]] = {}
    for member in members:
        pairs.setdefault(member.pair, []).append(member)
    whole = [member for pair in pairs.values() for member in pair]
    return PairMeasures(
        pairs=len(pairs),
        right=sum(all(member.right for member in pair) for pair in pairs.values()),
        members=len(whole),
        members_right=sum(member.right for member in whole),
        members_strict=sum(member.got.verdict == member.verdict for member in whole),
    )


def measure_conflicts(
    labels: Iterable[ConflictLabel], reported: Collection[frozenset[str]], *, count: int, baseless: int = 0
) -> ConflictMeasures:
    """How many labelled pairs are among the ``reported`` pairs of label ids. ``count``: conflicts in all;
    ``baseless``: of them those between passages that both hold."""
    given = list(labels)
    wanted = [label for label in given if label.kind != NOTHING]
    alike = [label for label in given if label.kind == NOTHING]
    return ConflictMeasures(
        wanted=len(wanted),
        found=sum(frozenset((label.a, label.b)) in reported for label in wanted),
        alike=len(alike),
        confused=sum(frozenset((label.a, label.b)) in reported for label in alike),
        reported=count,
        baseless=baseless,
    )


def disagreements(texts: Iterable[Text], members: Iterable[Member] = ()) -> list[Disagreement]:
    """Every label whose verdict was not allowed, every false alarm, every wrong member of a pair, in page order."""
    found: list[Disagreement] = []
    for text in texts:
        here: list[Disagreement] = []
        for label in text.labels:
            read = reading_of(label, text.judged)
            verdict, reason = (read.verdict, read.reason) if read else (NOTHING, "no claim was read here")
            if not label.allows(verdict):
                expected = (label.verdict, *label.also)
                here.append(_parted("verdict", text, label.id, (label.start, label.end), expected, (verdict, reason)))
        wanted = [label for label in text.labels if label.verdict != NOTHING]
        for one in text.judged:
            if one.verdict in FLAGGED and not any(_shared(label, one) > 0 for label in wanted):
                span = (one.start, one.end)
                here.append(_parted("alarm", text, "", span, (NOTHING,), (one.verdict, one.reason)))
        found += sorted(here, key=lambda d: (d.start, d.end))
    for member in members:
        if not member.right:
            found.append(
                Disagreement(
                    kind="pair",
                    label=f"{member.pair}/{member.name}",
                    document="",
                    start=0,
                    end=len(member.sentence),
                    expected=(member.verdict, *member.also),
                    got=member.got.verdict,
                    passage=member.sentence,
                    reason=member.got.reason,
                )
            )
    return found


def reading_of(label: Label, judged: Sequence[Judged]) -> Judged | None:
    """The read claim that overlaps the label most, if it overlaps enough."""
    best = max(judged, key=lambda one: _shared(label, one), default=None)
    if best is None:
        return None
    shorter = min(label.end - label.start, best.end - best.start)
    return best if _shared(label, best) >= max(1, OVERLAP * shorter) else None


def rate(part: float, whole: float) -> float:
    """``part / whole``, 0 where there is no whole."""
    return part / whole if whole else 0.0


def _of_label(label: Label, read: Judged | None) -> dict[str, int]:
    verdict = read.verdict if read else NOTHING
    wanted = label.verdict != NOTHING
    found = wanted and read is not None
    problem, grave = label.verdict in PROBLEMS, label.verdict in GRAVE and label.importance == 3
    return {
        "passages": 1,
        "labels": wanted,
        "found": found,
        "strict": verdict == label.verdict,
        "lenient": label.allows(verdict),
        "found_strict": found and verdict == label.verdict,
        "found_lenient": found and label.allows(verdict),
        "problems": problem,
        "caught": problem and verdict in PROBLEMS,
        "grave": grave,
        "grave_passed": grave and verdict == "supported",
    }


def _may_be_flagged(label: Label) -> bool:
    return bool({label.verdict, *label.also} & PROBLEMS)


def _parted(
    kind: Literal["verdict", "alarm"],
    text: Text,
    label: str,
    span: tuple[int, int],
    expected: tuple[str, ...],
    got: tuple[str, str],
) -> Disagreement:
    start, end = span
    return Disagreement(
        kind=kind,
        label=label,
        document=text.name,
        start=start,
        end=end,
        expected=expected,
        got=got[0],
        passage=" ".join(text.text[start:end].split()),
        reason=got[1],
    )


def _shared(label: Label, one: Judged) -> int:
    return min(label.end, one.end) - max(label.start, one.start)
