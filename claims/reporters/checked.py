"""A check for people: what a writer works from at the terminal, one line a claim, Markdown; and JSON for programs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from html import unescape
from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from claims.placing import Reported, codes_of_conflicts, old_among, only
from claims.repeats import chosen, kinds_of, where
from claims.report import VERDICTS, EvidenceItem, ReportedConflict
from claims.reporters.as_json import check_as_json
from claims.reporters.layout import Screen, clean, columns, joined, library_told, plural
from claims.reporters.markdown import rule_cell, rule_link, rule_section, table_row
from claims.reporters.standing import end_text, said_of_works, stance_text, whole_reason
from claims.reporters.tallies import for_and_against
from claims.sayings import shorten_middle
from claims.verdicts import conflict_code, gravest, rule_name
from evidence.later import compiled_later

if TYPE_CHECKING:
    from claims.checked_claims import CheckedClaim
    from claims.checked_documents import CheckedDocument
    from claims.checking import CheckResult
    from claims.collection import Collection
    from claims.comparisons import Comparison
    from claims.placing import ClaimsById
    from claims.reporters.check_run import CheckRun
    from claims.sources import Claim

_PASSAGE: Final = 240  # characters of a passage that are shown
EVIDENCE_SHOWN: Final = 3
_SIDE: Final = 120
_TAG: Final = compiled_later(r"</?[a-zA-Z][^<>]*>|<!--.*?-->", re.DOTALL)
_SIDES_SHOWN: Final = 6  # passages that give one answer


class View(msgspec.Struct, frozen=True, kw_only=True):
    """What of a check to show. ``verdicts`` empty: every problem, or with ``everything`` every claim."""

    verdicts: tuple[str, ...] = ()
    everything: bool = False
    explain: bool = False

    def shows(self, claim: CheckedClaim) -> bool:
        if self.everything:
            return not self.verdicts or claim.verdict in self.verdicts
        if claim.status != "new":
            return False
        return claim.verdict in self.verdicts if self.verdicts else claim.is_problem or claim.is_warned

    def applied(self, result: CheckResult) -> CheckResult:
        """The check with only the verdicts asked for, all of it where none is; its counts stay those of all claims."""
        if not self.verdicts:
            return result
        documents = tuple(
            msgspec.structs.replace(document, claims=chosen(document.claims, self.shows))
            for document in result.documents
        )
        return msgspec.structs.replace(result, documents=documents)


class _Places(NamedTuple):
    """The claims of the run, and of the registered sources, by id: where each stands and what it says."""

    claims: ClaimsById
    curated: Mapping[str, Claim]

    def at(self, claim_id: str) -> str:
        """Where a claim stands; one of a source that was not checked is named."""
        known = self.claims.get(claim_id)
        if known is None:
            return f"source {self.curated[claim_id].source}, claim {claim_id}"
        document, claim = known
        return f"{document.path}:{claim.where}"

    def passage(self, claim_id: str) -> str:
        """What a claim says: a passage at hand in quotes, the paraphrase of a source that was not checked in
        brackets."""
        known = self.claims.get(claim_id)
        return f"“{_passage(known[1], _SIDE)}”" if known else f"({self.curated[claim_id].paraphrase})"


def render_check(run: CheckRun, form: str) -> Iterator[str]:
    """The check as text in the given format, in pieces. ``json`` holds every claim unless verdicts are asked for."""
    if form == "json":
        return check_as_json(run.view.applied(run.result), run.rules)
    return joined(_FORMS[form](run))


# Terminal


def _terminal(run: CheckRun) -> Iterator[str]:
    result, view, collection, screen = run.result, run.view, run.collection, run.screen
    places = _places(result, collection)
    for document in result.documents:
        shown = where(document.claims, view.shows)
        first = next(shown, None)
        if first is None and not document.unchecked and not document.remarks:
            continue
        yield screen.style(_line(document.path), "heading") + screen.style(_counted(document), "dim")
        for note in document.unchecked:
            line = f"{note.where}: " if note.where else ""
            yield screen.wrap(f"not checked: {line}{note.reason}", indent=4, first="  ")
        for remark in document.remarks:
            told = f"{remark.code} {rule_name(remark.code)}: {remark.message}"
            yield screen.wrap(told, indent=12, first=f"  {remark.line}:{remark.column}  ")
        for claim in chain([first] if first else (), shown):
            yield ""
            yield from _claim_lines(claim, run)
        yield ""
    conflicts = _open_conflicts(result, view)
    if conflicts:
        yield from _conflict_lines(conflicts, places, screen)
        yield ""
    yield from _summary_lines(result, view, screen)
    if _codes_shown(result, view):
        yield screen.style(f"what a rule means: {run.rules.way('CODE')}", "dim")
    yield screen.style(library_told(result.library), "dim")


def _counted(document: CheckedDocument) -> str:
    if document.sha256 is None:
        return ""
    known = f", registered source {document.source}" if document.source else ""
    return f"  {plural(document.words, 'word')}, {plural(len(document.claims), 'claim')}{known}"


def _claim_lines(claim: CheckedClaim, run: CheckRun) -> Iterator[str]:
    screen = run.screen
    codes = ", ".join(f"{hit.code} {rule_name(hit.code)}" for hit in claim.rules)
    place = screen.style(claim.where, "bold")
    note = "  (note)" if claim.is_note and claim.verdict not in ("promotional", "supported") else ""
    yield f"  {place}  {screen.style(claim.verdict, claim.verdict)}{note}  {screen.style(codes, 'dim')}".rstrip()
    if claim.status != "new":
        yield screen.wrap(f"{claim.status}: {claim.status_reason}", indent=12, first="    status")
    yield screen.wrap(f"“{_passage(claim, _PASSAGE)}”", indent=12, first="    says")
    yield screen.wrap(claim.reason, indent=12, first="    why")
    for message in said_of_works(claim.rules, claim.reason):
        yield screen.wrap(message, indent=12, first="    works")
    if claim.missing:
        yield screen.wrap(", ".join(claim.missing), indent=12, first="    missing")
    for item in telling(claim):
        yield screen.wrap(f"{item.summary} [{stance_text(item)}]", indent=12, first="    study")
        yield screen.wrap(f"{item.finding}: {item.brief} ({item.locator})", indent=12, first=" " * 12)
    if claim.suggestion:
        yield screen.wrap(claim.suggestion, indent=12, first="    better")
    if claim.conflicts:
        yield screen.wrap(f"{plural(len(claim.conflicts), 'conflict')}, listed below", indent=12, first="    clash")
    if run.view.explain:
        for number, hit in enumerate(claim.rules):
            yield screen.wrap(run.rules.way(hit.code), indent=12, first="" if number else "    rules")
        yield from _explained(claim, run.collection, screen)


def _explained(claim: CheckedClaim, collection: Collection, screen: Screen) -> Iterator[str]:
    """What the claim was read to say, and how that compares slot by slot."""
    label = collection.lexicon.label
    said = [f"{slot}: {', '.join(map(label, concepts))}" for slot, concepts in claim.slots.items()]
    yield screen.wrap("; ".join([*said, f"{claim.polarity}, {claim.certainty}"]), indent=12, first="    read as")
    proposition = collection.propositions.get(claim.proposition or "")
    if proposition:
        yield screen.wrap(f"{proposition.id}: {proposition.statement}", indent=12, first="    against")
    for comparison in claim.comparisons:
        if comparison.relation != "free":
            yield screen.wrap(_slot(comparison, label), indent=16, first=" " * 12)
    if claim.support is not None:
        yield screen.wrap(f"{claim.support:.2f} of 1", indent=12, first="    support")
    parts = for_and_against((weighed.comparison, weighed.weight) for weighed in claim.tally)
    for name, phrases in zip(("speaks for it", "speaks against it"), parts, strict=True):
        if phrases:
            yield screen.wrap(f"{name}: {'; '.join(phrases)}", indent=16, first=" " * 12)


def _slot(comparison: Comparison, label: Callable[[str], str]) -> str:
    """How one slot compares; what only the context says is told as such."""
    claimed, carried = (", ".join(map(label, side)) for side in (comparison.claimed, comparison.carried))
    if comparison.relation == "missing":
        taken = f", taken as {claimed}" if claimed else ""
        return f"{comparison.slot}: not said{taken} (the evidence: {carried})"
    if claimed == carried:
        return f"{comparison.slot}: {comparison.relation} ({carried})"
    return f"{comparison.slot}: {comparison.relation} ({claimed or 'from the context'}; the evidence: {carried})"


def _conflict_lines(conflicts: Iterable[ReportedConflict], places: _Places, screen: Screen) -> Iterator[str]:
    """Each question once, with the answers given to it and the passages that give them."""
    questions: dict[tuple[int, str, str], dict[str, dict[str, str]]] = {}
    pairs = 0
    for conflict in conflicts:
        pairs += 1
        answers = questions.setdefault((conflict.severity, conflict.kind, question_of(conflict)), {})
        for end, says in zip(conflict.claims, conflict.says or [""] * len(conflict.claims), strict=False):
            # An answer without a figure quotes its passage, which follows anyway.
            answers.setdefault("in words" if says.startswith("“") else says, {})[end.id] = end_text(end)
    told = f" ({plural(pairs, 'pair')} in {plural(len(questions), 'question')})" if pairs != len(questions) else ""
    yield screen.style(f"Conflicts{told}", "heading")
    for (severity, kind, question), answers in questions.items():
        yield ""
        head = "  ".join(filter(None, (f"severity {severity}", conflict_code(kind), kind)))
        yield screen.wrap(f"{head}  {question}", indent=4, first="  ")
        for answer, claims in answers.items():
            if answer:
                yield screen.wrap(f"{answer}:", indent=6, first="    ")
            for claim in list(claims)[:_SIDES_SHOWN]:
                told = f"{places.at(claim)} {places.passage(claim)}{claims[claim]}"
                yield screen.wrap(told, indent=10, first="      ")
            if len(claims) > _SIDES_SHOWN:
                yield f"          … and {len(claims) - _SIDES_SHOWN} more (--format compact lists every pair)"


def _summary_lines(result: CheckResult, view: View, screen: Screen) -> Iterator[str]:
    summary = result.summary
    head = [plural(summary.documents, "document"), plural(summary.words, "word"), plural(summary.claims, "claim")]
    yield screen.style(", ".join(head), "bold")
    yield from columns(screen, [(f"  {v}", str(n)) for v, n in summary.verdicts.items() if n], right=(1,))
    if summary.notes and not view.everything:
        yield f"  {summary.notes} of these noted only, for the clinic to show (--all lists them)"
    excused = [
        f"{summary.statuses['baseline']} in the baseline" if summary.statuses["baseline"] else "",
        f"{summary.statuses['ignored']} ignored" if summary.statuses["ignored"] else "",
    ]
    if any(excused):
        shown = "" if view.everything else " (--all lists them)"
        told = ", ".join([f"{summary.statuses['new']} new", *filter(None, excused)])
        yield f"problems: {told}{shown}"
    if summary.conflicts:
        by = ", ".join(f"{n} of severity {level}" for level, n in summary.conflicts_by_severity.items() if n)
        old = old_among(result.conflicts)
        told = f", {old} in the baseline" if old else ""
        yield f"{plural(summary.conflicts, 'conflict')}: {by}{told}"
    if summary.unchecked:
        yield screen.style(f"{summary.unchecked} could not be checked", "error")


# One line a claim


def _compact(run: CheckRun) -> Iterator[str]:
    result, view, places = run.result, run.view, _places(run.result, run.collection)
    known: dict[tuple[str, int, str], tuple[object, str]] = {}
    for document in result.documents:
        path = _line(document.path)
        for note in document.unchecked:
            yield f"{path}:{note.place or f'{note.line or 1}:1'}: unchecked {_line(note.reason)}"
        for remark in document.remarks:
            place = f"{path}:{remark.line}:{remark.column}"
            yield _line(f"{place}: {remark.severity} {remark.code} {remark.message}{_way(run, remark.code)}")
        for claim in where(document.claims, view.shows, linked=False):
            told = claim.verdict, id(claim.rules), claim.reason
            if told not in known:  # what pages repeat is told in the same words
                codes = ",".join(hit.code for hit in claim.rules)
                words = filter(None, (claim.verdict, codes, whole_reason(claim.rules, claim.reason)))
                # The rules are kept, so that no others can have their identity.
                known[told] = claim.rules, _line(" ".join(words) + _way(run, gravest(claim.rules)))
            yield f"{path}:{_line(claim.where)}: {known[told][1]}"
    for conflict in _open_conflicts(result, view):
        here, *others = (places.at(end.id) for end in conflict.claims)
        works = "".join(dict.fromkeys(filter(None, map(end_text, conflict.claims))))
        says = conflict.explanation
        if len(conflict.says) == 2:
            says = f"{question_of(conflict)}: {conflict.says[0]} here, {conflict.says[1]} there"
        name = " ".join(filter(None, ("conflict", conflict.code, conflict.kind)))
        yield _line(f"{here}: {name} with {', '.join(others)}: {says}{works}{_way(run, conflict.code)}")


def _way(run: CheckRun, code: str | None) -> str:
    """The end of a line: where the rule is explained."""
    return f" [{run.rules.way(code)}]" if code else ""


# Markdown


def _markdown(run: CheckRun) -> Iterator[str]:
    result, view, places = run.result, run.view, _places(run.result, run.collection)
    summary = result.summary
    by = f", read by {result.library['model']}" if "model" in result.library else ""
    told = f"Library {result.library['name']}, `{result.library['hash'][:12]}`{by}"
    yield from ("# Claim check", "", told, "")
    yield table_row(["document", "words", *VERDICTS, "all"])
    yield table_row(["---", *["---:"] * (len(VERDICTS) + 2)])
    for document in result.documents:
        verdicts: Counter[str] = Counter()
        for claim, number in kinds_of(document.claims):
            verdicts[claim.verdict] += number
        counts = [str(verdicts[verdict]) for verdict in VERDICTS]
        yield table_row([document.path, str(document.words), *counts, str(verdicts.total())])
    totals = [str(summary.verdicts[verdict]) for verdict in VERDICTS]
    yield table_row(["all", str(summary.words), *totals, str(summary.claims)])
    for document in result.documents:
        shown = where(document.claims, view.shows)
        first = next(shown, None)
        if first is not None:
            yield from ("", f"## {_plain(document.path)}", "")
            yield table_row(["place", "verdict", "says", "why", "evidence", "better", "rules"])
            yield table_row(["---"] * 7)
            for claim in chain((first,), shown):
                yield f"{_markdown_claim(claim)} {rule_cell(claim.rules, run.rules)} |"
        if document.unchecked:
            yield from ("", f"## {_plain(document.path)}: not checked", "")
            yield from (f"- {n.where}: {_plain(n.reason)}" if n.where else f"- {_plain(n.reason)}"
                        for n in document.unchecked)  # fmt: skip
        if document.remarks:
            yield from ("", f"## {_plain(document.path)}: comments that ignore nothing", "")
            yield from (
                f"- {r.line}:{r.column} {rule_link(r.code, run.rules)}: {_plain(r.message)}" for r in document.remarks
            )
    conflicts = _open_conflicts(result, view)
    if conflicts:
        yield from ("", "## Conflicts", "", table_row(["severity", "kind", "places", "explanation", "rule"]))
        yield table_row(["---"] * 5)
        for conflict in conflicts:
            at = ", ".join(places.at(end.id) + end_text(end) for end in conflict.claims)
            row = table_row([str(conflict.severity), conflict.kind, at, conflict.explanation])
            yield f"{row} {rule_link(conflict.code, run.rules)} |"
    yield from rule_section(_codes_shown(result, view), run.rules)


def _markdown_claim(claim: CheckedClaim) -> str:
    evidence = "; ".join(f"{item.summary} ({item.reference}, {stance_text(item)})" for item in telling(claim))
    verdict = claim.verdict + (f" (missing: {', '.join(claim.missing)})" if claim.missing else "")
    place, says = claim.where, f"“{_passage(claim, _PASSAGE)}”"
    return table_row([place, verdict, says, whole_reason(claim.rules, claim.reason), evidence, claim.suggestion or ""])


def _plain(text: str) -> str:
    """Text as it stands in a table row, so that a path or reason cannot turn into markup."""
    return table_row([text])[2:-2]


# Shared


def _open_conflicts(result: CheckResult, view: View) -> Sequence[ReportedConflict]:
    """The conflicts of which a side is new; with ``everything`` also those between claims that are excused."""
    if view.everything:
        return result.conflicts
    excused = any(claim.status != "new" for d in result.documents for claim, _ in kinds_of(d.claims))
    if isinstance(result.conflicts, Reported) and not excused and not old_among(result.conflicts):
        return result.conflicts  # each has a side that was checked
    claims = result.claims_by_id()

    def is_open(conflict: ReportedConflict) -> bool:
        known = (claims.get(end.id) for end in conflict.claims) if conflict.status == "new" else ()
        return any(found is not None and found[1].status == "new" for found in known)

    return only(result.conflicts, is_open)


def _codes_shown(result: CheckResult, view: View) -> list[str]:
    """The rules that a reader meets, each once."""
    kinds = (claim for document in result.documents for claim, _ in kinds_of(document.claims) if view.shows(claim))
    found = {hit.code for claim in kinds for hit in claim.rules}
    found |= codes_of_conflicts(_open_conflicts(result, view))
    return sorted(found | {remark.code for document in result.documents for remark in document.remarks})


def question_of(conflict: ReportedConflict) -> str:
    """What the claims answer differently; a curated conflict's explanation says it all."""
    return conflict.explanation.split(f": {conflict.claims[0].id} says ", 1)[0]


def _line(text: str) -> str:
    """Text that stays on one line, whatever the name of a file holds."""
    return clean(text.replace("\n", " "))


def _passage(claim: CheckedClaim, width: int) -> str:
    """The passage as a reader of the page sees it: without tags, entities decoded."""
    return shorten_middle(" ".join(unescape(_TAG.sub("", claim.text)).split()), width)


def telling(claim: CheckedClaim) -> list[EvidenceItem]:
    """The evidence of a claim that is shown first."""
    return most_telling(claim.verdict, claim.evidence)[:EVIDENCE_SHOWN]


def most_telling(verdict: str, evidence: Iterable[EvidenceItem]) -> list[EvidenceItem]:
    """The evidence that decides the verdict, before what is only context."""
    wanted = ["supports", "supports-in-part"]
    if verdict != "supported":
        wanted = ["opposes", "supports-in-part", "supports"]
    rank = {stance: position for position, stance in enumerate((*wanted, "context"))}
    return sorted(evidence, key=lambda item: rank.get(item.stance, len(rank)))


def _places(result: CheckResult, collection: Collection) -> _Places:
    return _Places(result.claims_by_id(), collection.claims)


_Form = Callable[["CheckRun"], Iterator[str]]
_FORMS: Final[dict[str, _Form]] = {"text": _terminal, "compact": _compact, "markdown": _markdown}
FORMATS: Final = ("text", "compact", "json", "markdown")
