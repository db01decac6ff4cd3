"""The audit as Markdown, to paste into a review or a ticket."""

from __future__ import annotations

from claims.report import VERDICTS, Report, ReportedClaim
from claims.reporters.layout import Screen, clean
from claims.reporters.standing import end_text, stance_text, whole_reason


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
            lines += [table_row(["claim", "verdict", "says", "why", "evidence", "better"]), table_row(["---"] * 6)]
            lines += [_claim(claim) for claim in document.claims]
    if report.conflicts:
        lines += [
            "",
            "## Conflicts",
            "",
            table_row(["severity", "kind", "claims", "explanation"]),
            table_row(["---"] * 4),
        ]
        for conflict in report.conflicts:
            lines.append(
                table_row(
                    [
                        str(conflict.severity),
                        conflict.kind,
                        ", ".join(end.id + end_text(end) for end in conflict.claims),
                        conflict.explanation,
                    ]
                )
            )
    return "\n".join(lines)


def _claim(claim: ReportedClaim) -> str:
    said = f"“{' '.join(claim.text.split())}”" if claim.text else claim.paraphrase
    evidence = "; ".join(f"{item.summary} ({item.reference}, {stance_text(item)})" for item in claim.evidence[:3])
    verdict = claim.verdict + (f" (missing: {', '.join(claim.missing)})" if claim.missing else "")
    return table_row(
        [claim.id, verdict, said, whole_reason(claim.rules, claim.reason), evidence, claim.suggestion or ""]
    )


def table_row(cells: list[str]) -> str:
    return "| " + " | ".join(cell if set(cell) <= {"-", ":"} else _escape(cell) for cell in cells) + " |"


def _escape(text: str) -> str:
    """Text that cannot leave its table cell or turn into a link, image or HTML."""
    out = clean(text).replace("\n", " ")
    for char in "\\|<>[]`*_":
        out = out.replace(char, f"\\{char}")
    return out
