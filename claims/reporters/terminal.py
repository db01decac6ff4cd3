"""The audit for a person at a terminal: what it adds up to, what matters most, then every claim asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from claims.conflicts import Disagreement
from claims.report import PROBLEM_VERDICTS, VERDICTS, EvidenceItem, Report, ReportedClaim, ReportedDocument
from claims.reporters.layout import Screen, clean, columns, plural, shorten
from claims.reporters.standing import said_of_works, stance_text
from claims.rule_links import RuleLinks, codes_in
from claims.verdicts import rule_name

_MOST_IMPORTANT = 4  # per document in the overview
_EVIDENCE_SHOWN = 2
_WIDE = 110
_GRAVITY = {"contradicted": 0, "overstated": 1, "unsupported": 2, "vague": 3}


def render_overview(report: Report, screen: Screen) -> str:
    """Counts per document and verdict, the gravest claims of each document, the conflicts by severity."""
    lines = [*_summary(report, screen), "", screen.style("What matters most", "heading")]
    for document in report.documents:
        grave = _gravest(document)
        if grave:
            lines += ["", screen.style(f"{document.source}  {clean(document.title)}", "bold")]
            for claim in grave[:_MOST_IMPORTANT]:
                lines += ["", *claim_lines(claim, screen)]
            more = len(grave) - _MOST_IMPORTANT
            if more > 0:
                lines += ["", f"  … and {more} more: claimwise report --source {document.source} --importance 3"]
    lines += ["", *_conflicts(report, screen)]
    return "\n".join([*lines, *_explained(report, screen)])


def render_details(report: Report, screen: Screen) -> str:
    """The summary and every claim of the report, in page order."""
    lines = _summary(report, screen)
    for document in report.documents:
        if document.claims:
            lines += ["", screen.style(f"{document.source}  {clean(document.title)}", "heading")]
        for claim in document.claims:
            lines += ["", *claim_lines(claim, screen)]
    return "\n".join([*lines, *_explained(report, screen)])


def _explained(report: Report, screen: Screen) -> list[str]:
    """Where the codes are explained; nothing without one."""
    told = f"what a rule means: {RuleLinks().way('CODE')}"
    return ["", screen.style(told, "dim")] if codes_in(report) else []


def claim_lines(claim: ReportedClaim, screen: Screen) -> list[str]:
    """One claim: verdict, what it says, why, the evidence with figure and citation, a better wording."""
    place = f":{claim.line}:{claim.column}" if claim.line else ""
    codes = ", ".join(f"{hit.code} {rule_name(hit.code)}" for hit in claim.rules)
    verdict = screen.style(claim.verdict, claim.verdict)
    head = f"  {screen.style(claim.id + place, 'bold')}  {verdict}  {screen.style(codes, 'dim')}"
    lines = [head.rstrip()]
    said = f"“{' '.join(claim.text.split())}”" if claim.text else claim.paraphrase
    lines.append(screen.wrap(said, indent=12, first="    says"))
    lines.append(screen.wrap(claim.reason, indent=12, first="    why"))
    works = said_of_works(claim.rules, claim.reason)
    lines += [screen.wrap(message, indent=12, first="    works") for message in works]
    if claim.missing:
        lines.append(screen.wrap(", ".join(claim.missing), indent=12, first="    missing"))
    for item in _telling(claim):
        lines.append(screen.wrap(f"{item.summary} [{stance_text(item)}]", indent=12, first="    study"))
        lines.append(screen.wrap(f"{item.finding}: {item.brief} ({item.locator})", indent=12))
    if claim.suggestion:
        lines.append(screen.wrap(claim.suggestion, indent=12, first="    better"))
    if claim.conflicts:
        lines.append(screen.wrap(plural(len(claim.conflicts), "conflict"), indent=12, first="    clash"))
    return lines


def severity_text(counts: dict[str, int]) -> str:
    """Conflict counts by severity in words."""
    return ", ".join(f"{counts[level]} of severity {level}" for level in ("3", "2", "1"))


def _telling(claim: ReportedClaim) -> list[EvidenceItem]:
    """The evidence to show first: what decides the verdict before context, sounder levels first."""
    wanted = (
        ("supports", "supports-in-part")
        if claim.verdict == "supported"
        else ("opposes", "supports-in-part", "supports")
    )
    rank = {stance: position for position, stance in enumerate((*wanted, "context"))}
    ordered = sorted(claim.evidence, key=lambda item: rank.get(item.stance, len(rank)))
    return ordered[:_EVIDENCE_SHOWN]


def _gravest(document: ReportedDocument) -> list[ReportedClaim]:
    problems = [
        c
        for c in document.claims
        if c.verdict in PROBLEM_VERDICTS and c.importance == 3 and c.scope != "clinic-specific"
    ]
    return sorted(problems, key=lambda c: (_GRAVITY[c.verdict], c.start))


def _summary(report: Report, screen: Screen) -> list[str]:
    summary = report.summary
    head = f"{plural(summary.claims, 'claim')} in {plural(len(report.documents), 'source')}"
    lines = [screen.style(head, "bold"), f"library {report.library['name']}, {report.library['hash'][:12]}", ""]
    lines += _count_table(report, screen)
    if summary.conflicts:
        by = severity_text(summary.disagreements_by_severity)
        pairs = plural(summary.conflicts, "pair")
        lines += ["", screen.wrap(f"{plural(summary.disagreements, 'conflict')} ({pairs} of claims): {by}")]
    if summary.unchecked:
        lines.append(screen.style(f"{summary.unchecked} could not be checked", "error"))
    return lines


def _count_table(report: Report, screen: Screen) -> list[str]:
    """Claims by document and verdict; documents become columns where verdicts would not fit side by side."""
    summary = report.summary
    ids = [document.source or document.path for document in report.documents]
    totals = [*(summary.verdicts[v] for v in VERDICTS), summary.claims]
    counts = {i: [*(summary.by_document[i][v] for v in VERDICTS), sum(summary.by_document[i].values())] for i in ids}
    heads = [*VERDICTS, "all"]
    if screen.width < _WIDE:
        rows = [["", *ids, "all"]]
        rows += [[head, *(str(counts[i][n]) for i in ids), str(totals[n])] for n, head in enumerate(heads)]
    else:
        rows = [["", *heads]]
        for document, i in zip(report.documents, ids, strict=True):
            rows.append([shorten(f"{i} {clean(document.title)}", 32), *(str(count) for count in counts[i])])
        rows.append(["all", *(str(total) for total in totals)])
    return columns(screen, rows, right=range(1, len(rows[0])))


def _conflicts(report: Report, screen: Screen) -> Iterator[str]:
    yield screen.style("Conflicts", "heading")
    topics: dict[tuple[int, str, str], list[Disagreement]] = {}
    for found in report.disagreements:
        topics.setdefault((found.severity, found.kind, found.question), []).append(found)
    for (severity, kind, question), gathered in topics.items():
        yield ""
        yield screen.wrap(f"severity {severity}  {kind}  {question}", indent=2, first="  ")
        yield from side_lines(gathered, screen)
    yield ""
    ways = "claimwise conflicts lists every pair; claimwise show ID shows what a claim or conflict rests on"
    yield screen.wrap(ways, indent=2)


def side_lines(gathered: Iterable[Disagreement], screen: Screen) -> Iterator[str]:
    """Each answer given to one question, with the claims that give it; curated ones as their explanation."""
    answers: dict[str, dict[str, None]] = {}
    for found in gathered:
        if not found.sides:
            yield screen.wrap(found.explanation, indent=4, first="    ")
        for side in found.sides:
            answers.setdefault(side.says, {}).update(dict.fromkeys(side.claims))
    for says, claims in answers.items():
        yield screen.wrap(f"{says}: {', '.join(sorted(claims))}", indent=8, first="    ")
