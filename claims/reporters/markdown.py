"""The audit as Markdown, to paste into a review or a ticket."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from claims.report import VERDICTS, Report, ReportedClaim
from claims.reporters.layout import Screen, clean
from claims.reporters.standing import end_text, stance_text, whole_reason
from claims.rule_links import RuleLinks, codes_in, entries

if TYPE_CHECKING:
    from claims.verdicts import RuleHit


def render(report: Report, screen: Screen) -> str:  # noqa: ARG001 - Markdown has no width
    """Summary table, then a table of claims for each document, then the conflicts."""
    lines = ["# Claim audit", "", f"Library {report.library['name']}, `{report.library['hash'][:12]}`", ""]
    lines += [table_row(["source", *VERDICTS, "all"]), table_row(["---", *["---:"] * (len(VERDICTS) + 1)])]
    for document in report.documents:
        counts = report.summary.by_document[document.source or document.path]
        label = f"{document.source} {document.title}"
        lines.append(table_row([label, *(str(counts[v]) for v in VERDICTS), str(len(document.claims))]))
    lines.append(table_row(["all", *(str(report.summary.verdicts[v]) for v in VERDICTS), str(report.summary.claims)]))
    for document in report.documents:
        if document.claims:
            lines += ["", f"## {document.source} {_escape(document.title)}", ""]
            head = ["claim", "verdict", "says", "why", "evidence", "better", "rules"]
            lines += [table_row(head), table_row(["---"] * len(head))]
            lines += [f"{_claim(claim)} {rule_cell(claim.rules, RuleLinks())} |" for claim in document.claims]
    if report.conflicts:
        lines += [
            "",
            "## Conflicts",
            "",
            table_row(["severity", "kind", "claims", "explanation", "rule"]),
            table_row(["---"] * 5),
        ]
        for conflict in report.conflicts:
            lines.append(
                table_row(
                    [
                        str(conflict.severity),
                        conflict.kind,
                        ", ".join(end.id + end_text(end) for end in conflict.claims),
                        conflict.explanation,
                        conflict.code or "",
                    ]
                )
            )
    return "\n".join([*lines, *rule_section(codes_in(report), RuleLinks())])


def _claim(claim: ReportedClaim) -> str:
    said = f"“{' '.join(claim.text.split())}”" if claim.text else claim.paraphrase
    evidence = "; ".join(f"{item.summary} ({item.reference}, {stance_text(item)})" for item in claim.evidence[:3])
    verdict = claim.verdict + (f" (missing: {', '.join(claim.missing)})" if claim.missing else "")
    return table_row(
        [claim.id, verdict, said, whole_reason(claim.rules, claim.reason), evidence, claim.suggestion or ""]
    )


def rule_cell(hits: Iterable[RuleHit], links: RuleLinks) -> str:
    """The codes of a claim, each linked to its page where there is one."""
    return ", ".join(rule_link(hit.code, links) for hit in hits)


def rule_link(code: str | None, links: RuleLinks) -> str:
    """A code, linked to its page where there is one; nothing for ``None``."""
    url = links.url(code) if code else None
    if url is None:
        return code or ""
    return f"[{code}]({url.replace('(', '%28').replace(')', '%29')})"


def rule_section(codes: Iterable[str], links: RuleLinks) -> list[str]:
    """What each rule checks and where its page is; nothing when there is none."""
    rows = [
        f"| {rule_link(code, links)} {table_row([entry.name, entry.checks])} `{entry.command}` |"
        for code, entry in entries(codes, links).items()
    ]
    head = [table_row(["rule", "name", "checks", "its page"]), table_row(["---"] * 4)]
    return ["", "## Rules", "", *head, *rows] if rows else []


def table_row(cells: list[str]) -> str:
    return "| " + " | ".join(cell if set(cell) <= {"-", ":"} else _escape(cell) for cell in cells) + " |"


def _escape(text: str) -> str:
    """Text that cannot leave its table cell or turn into a link, image or HTML."""
    out = clean(text).replace("\n", " ")
    for char in "\\|<>[]`*_":
        out = out.replace(char, f"\\{char}")
    return out
