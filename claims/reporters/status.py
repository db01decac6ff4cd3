"""The state of a library as text or JSON."""

from __future__ import annotations

from claims.reporters.as_json import to_json
from claims.reporters.layout import Screen, columns, plural
from claims.status import SOON_DAYS, Asked, LibraryStatus

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
    lines += ["", screen.style("references verified with the services", "bold"), *_asked(status.verification, screen)]
    if status.not_current:
        lines += ["", screen.style("corrected, retracted or under concern", "bold")]
        lines += columns(screen, [(f"  {key}", str(standing)) for key, standing in status.not_current.items()])
    return "\n".join(lines)


def _asked(asked: Asked, screen: Screen) -> list[str]:
    if asked.newest is None:
        return [f"  none yet of {plural(asked.never, 'reference')}; 'claimwise evidence verify' asks"]
    when = f"on {asked.newest}" if asked.oldest == asked.newest else f"from {asked.oldest} to {asked.newest}"
    lines = [f"  {plural(asked.references, 'reference')} {when}, {asked.never} never"]
    lines += columns(screen, [(f"  {state}", str(count)) for state, count in asked.by_state.items()])
    return lines + [screen.wrap(told, indent=20, first=f"  {key}") for key, told in asked.differing.items()]
