"""An evaluation as text or JSON: detection, agreement, what was caught and what passed, the confusion of verdicts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

import msgspec

from claims.evaluating import SCHEMA
from claims.evaluation import NOTHING, rate
from claims.report import VERDICTS
from claims.reporters.as_json import to_json
from claims.reporters.layout import Screen, clean, columns, library_told, plural

if TYPE_CHECKING:
    from claims.evaluating import Evaluation
    from claims.evaluation import ConflictMeasures, Measures, PairMeasures

_ORDER: Final = (*VERDICTS, NOTHING)
_SHORT: Final = {"supported": "supp", "overstated": "over", "contradicted": "contr", "unsupported": "unsup"}


def render_evaluation(evaluation: Evaluation, form: str, screen: Screen, *, listed: bool) -> str:
    """The measures; each disagreement too with ``listed`` (JSON always holds them)."""
    if form == "json":
        return to_json(_as_json(evaluation))
    return "\n".join(_lines(evaluation, screen, listed=listed))


def _as_json(evaluation: Evaluation) -> dict[str, object]:
    fields: dict[str, object] = {"schema": SCHEMA, **msgspec.structs.asdict(evaluation)}
    fields["measures"] = _with_rates(evaluation.measures)
    fields["by_document"] = {name: _with_rates(m) for name, m in evaluation.by_document.items()}
    return fields


def _with_rates(m: Measures) -> dict[str, object]:
    counts = msgspec.structs.asdict(m)
    counts["confusion"] = [{"label": label, "got": got, "count": n} for label, got, n in m.confusion]
    rates = {
        "precision": m.precision,
        "recall": m.recall,
        "f1": m.f1,
        "strict_rate": rate(m.strict, m.passages),
        "lenient_rate": rate(m.lenient, m.passages),
        "found_strict_rate": rate(m.found_strict, m.found),
        "found_lenient_rate": rate(m.found_lenient, m.found),
        "alarms": m.alarms,
        "alarms_per_thousand_words": m.alarms_per_thousand_words,
    }
    return {**counts, **{name: round(value, 4) for name, value in rates.items()}}


def _lines(evaluation: Evaluation, screen: Screen, *, listed: bool) -> Iterator[str]:
    how = "blind" if evaluation.blind else "registered sources by their curated claims"
    yield screen.style(f"{library_told(evaluation.library)}; {how}", "dim")
    if evaluation.measures.documents:
        yield ""
        yield from _measure_lines(evaluation.measures, screen)
        if len(evaluation.by_document) > 1:
            yield ""
            yield from _document_lines(evaluation, screen)
        yield ""
        yield from _confusion_lines(evaluation.measures, screen)
    if evaluation.pairs.pairs:
        yield ""
        yield from _pair_lines(evaluation.pairs, screen)
    if evaluation.conflicts.wanted or evaluation.conflicts.alike:
        yield ""
        yield from _conflict_lines(evaluation.conflicts, screen)
    if listed:
        yield ""
        yield from _listed(evaluation, screen)


def _measure_lines(m: Measures, screen: Screen) -> Iterator[str]:
    head = (
        f"{plural(m.passages, 'labelled passage')}, {m.labels:,} of them claims, in {plural(m.documents, 'document')}"
    )
    yield screen.style(f"{head}, {plural(m.words, 'word')}", "bold")
    yield f"found        precision {m.precision:.3f}, recall {m.recall:.3f}, F1 {m.f1:.3f}"
    yield f"verdicts     {_agreement(m.strict, m.lenient, m.passages)} of all passages"
    yield f"             {_agreement(m.found_strict, m.found_lenient, m.found)} of the claims found"
    yield f"problems     {_part(m.caught, m.problems)} caught"
    yield f"flags        {_part(m.right_flags, m.flags)} right"
    yield f"grave        {_part(m.grave_passed, m.grave)} of importance 3 passed as supported"
    yield f"alarms       {m.alarms} false, {m.alarms_per_thousand_words:.2f} per 1,000 words"


def _agreement(strict: int, lenient: int, whole: int) -> str:
    return f"strict {rate(strict, whole):.3f}, lenient {rate(lenient, whole):.3f}"


def _part(part: int, whole: int) -> str:
    return f"{part:,} of {whole:,} ({100 * rate(part, whole):.1f}%)"


def _document_lines(evaluation: Evaluation, screen: Screen) -> Iterator[str]:
    rows = [["F1", "strict", "lenient", "caught", "flags right", "grave passed", "document"]]
    for name, m in evaluation.by_document.items():
        rates = [f"{value:.3f}" for value in (m.f1, rate(m.strict, m.passages), rate(m.lenient, m.passages))]
        counts = [f"{m.caught}/{m.problems}", f"{m.right_flags}/{m.flags}", f"{m.grave_passed}/{m.grave}"]
        rows.append([*rates, *counts, clean(PurePath(name).name)])
    yield from columns(screen, rows, right=range(6))


def _confusion_lines(m: Measures, screen: Screen) -> Iterator[str]:
    counts = {(label, got): n for label, got, n in m.confusion}
    rows = [["label \\ got", *(_SHORT.get(verdict, verdict) for verdict in _ORDER)]]
    for label in _ORDER:
        if any((label, got) in counts for got in _ORDER):
            rows.append([label, *(str(counts.get((label, got), "·")) for got in _ORDER)])  # noqa: PERF401
    yield from columns(screen, rows, right=range(1, len(rows[0])))


def _pair_lines(pairs: PairMeasures, screen: Screen) -> Iterator[str]:
    yield screen.style(f"pairs        {_part(pairs.right, pairs.pairs)} right", "bold")
    members = f"{_part(pairs.members_right, pairs.members)} of their sentences right"
    yield f"             {members}, {pairs.members_strict:,} strictly"


def _conflict_lines(conflicts: ConflictMeasures, screen: Screen) -> Iterator[str]:
    yield screen.style(f"conflicts    {_part(conflicts.found, conflicts.wanted)} found", "bold")
    yield f"             {_part(conflicts.confused, conflicts.alike)} look-alikes taken for one"
    told = f", {conflicts.baseless:,} between passages labelled supported" if conflicts.baseless else ""
    yield f"             {conflicts.reported:,} reported in all{told}"


def _listed(evaluation: Evaluation, screen: Screen) -> Iterator[str]:
    yield screen.style(plural(len(evaluation.disagreements), "disagreement"), "heading")
    for one in evaluation.disagreements:
        expected, *also = one.expected
        allowed = f" (or {', '.join(also)})" if also else ""
        name = one.label or f"{clean(one.document)}, unlabelled"
        yield ""
        yield f"{screen.style(clean(name), 'bold')}  expected {expected}{allowed}, got {screen.style(one.got, one.got)}"
        yield screen.wrap(f"“{one.passage}”", indent=4, first="    ")
        if one.reason:
            yield screen.wrap(one.reason, indent=4, first="    ")
