"""The audit as CSV: one row a claim."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from claims.report import Report
from claims.reporters.layout import Screen, clean
from claims.reporters.standing import whole_reason

# A number with its sign and unit ("-7.95 points") is none; the wide signs are those of East Asian keyboards.
_FORMULA = re.compile(r"\s*[=@＝＠＋－]|[\t\r\n]|\s*[+-](?!\d[\w., %]*$)")
_AT_ONCE: Final = 2_000  # rows
_COLUMNS = (
    "source",
    "id",
    "start",
    "end",
    "verdict",
    "importance",
    "category",
    "scope",
    "says",
    "reason",
    "rules",
    "missing",
    "proposition",
    "findings",
    "references",
    "suggestion",
    "conflicts",
)


def render(report: Report, screen: Screen) -> str:  # noqa: ARG001 - CSV has no width
    """All claims of the report, in page order."""
    rows = [
        (
            document.source,
            claim.id,
            claim.start,
            claim.end,
            claim.verdict,
            claim.importance,
            claim.category,
            claim.scope,
            claim.text or claim.paraphrase,
            whole_reason(claim.rules, claim.reason),
            " ".join(hit.code for hit in claim.rules),
            " ".join(claim.missing),
            claim.proposition or "",
            " ".join(f"{item.finding}:{item.stance}" for item in claim.evidence),
            " ".join(dict.fromkeys(item.reference for item in claim.evidence)),
            claim.suggestion or "",
            " ".join(claim.conflicts),
        )
        for document in report.documents
        for claim in document.claims
    ]
    return write_csv(_COLUMNS, rows)


def _cell(value: object) -> object:
    """The cell's value; text that a spreadsheet would run as a formula is led by an apostrophe."""
    if not isinstance(value, str):
        return "" if value is None else value
    return f"'{clean(value)}" if _FORMULA.match(value) else clean(value)


def write_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV (RFC 4180 quoting, LF line ends, no line end after the last row)."""
    return "".join(csv_pieces(header, rows))


def csv_pieces(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """As ``write_csv``, in pieces of many rows."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    left = iter(rows)
    lead = ""
    while True:
        written = out.tell()
        writer.writerows([_cell(cell) for cell in row] for row in islice(left, _AT_ONCE))
        if out.tell() == written and lead:
            return
        yield lead + out.getvalue().removesuffix("\n")
        lead = "\n"
        out.seek(0)
        out.truncate()
