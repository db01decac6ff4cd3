"""A finished corpus run in a few lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from claims.reporters.layout import plural

if TYPE_CHECKING:
    from collections.abc import Mapping

    from claims.corpus.running import Summary


def render_summary(summary: Summary, output: str) -> str:
    """How many documents and claims, of which kinds, and where they are."""
    lines = [
        f"{plural(summary.documents, 'document')}: {_counts(summary.statuses)}",
        f"{plural(summary.claims, 'claim')}: {_counts(summary.verdicts)}",
    ]
    if summary.repeated:
        lines.append(f"{plural(summary.repeated, 'record')} left out: an earlier one has the same id")
    lines.append(f"{output}: documents/*.parquet, claims/*.parquet, summary.json")
    return "\n".join(lines)


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.items() if count) or "none"
