"""The state of a library as text or JSON."""

from __future__ import annotations

from claims.reporters.as_json import to_json
from claims.reporters.layout import Screen, columns, plural
from claims.status import SOON_DAYS, LibraryStatus

_SHOWN = 10


def render_status(status: LibraryStatus, form: str, screen: Screen) -> str:
    """Counts first, then coverage, due reviews and unverified figures."""
    if form == "json":
        return to_json({"schema": "claimwise/status/1", "status": status})
    lines = [screen.style(f"{status.name}  {status.hash[:12]}", "bold"), ""]
    for title, counts in (
        ("holds", status.counts),
        ("propositions by category", status.propositions_by_category),
        ("findings by evidence level", status.findings_by_level),
        ("identifiers", status.identifiers),
        ("coverage", status.coverage),
    ):
        lines += [screen.style(title, "bold"), *columns(screen, [(f"  {k}", f"{v:,}") for k, v in counts.items()]), ""]
    lines.append(screen.style(f"reviews due within {SOON_DAYS} days", "bold"))
    lines += [f"  {d.review_by}  {d.proposition}{'  OVERDUE' if d.overdue else ''}" for d in status.due[:_SHOWN]] or [
        "  none"
    ]
    if len(status.due) > _SHOWN:
        lines.append(f"  … and {len(status.due) - _SHOWN} more (--format json lists all)")
    lines += ["", screen.style("figures not seen in the work itself", "bold")]
    for kind, ids in status.unverified.items():
        lines.append(
            screen.wrap(
                f"{plural(len(ids), 'finding')}: {', '.join(ids[:4])}{' …' if len(ids) > 4 else ''}",
                indent=20,
                first=f"  {kind}",
            )
        )
    if status.not_current:
        lines += ["", screen.style("corrected, retracted or under concern", "bold")]
        lines += [f"  {key}  {state}" for key, state in status.not_current.items()]
    return "\n".join(lines)
