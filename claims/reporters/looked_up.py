"""What services told, for people and as JSON: references verified, works added, candidate works."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from claims.reporters.as_json import to_json
from claims.reporters.layout import Screen, plural

if TYPE_CHECKING:
    from claims.candidates import Candidate, Question
    from evidence.lookup.adding import Added
    from evidence.lookup.verification_run import VerifiedRow

# Gravest first; the words people read.
_STATES: Final = {
    "retracted": "retracted",
    "mismatch": "another work, or the services part",
    "not-found": "not found",
    "concern": "under an expression of concern",
    "corrected": "corrected",
    "not-asked": "could not be asked",
    "no-identifier": "without DOI and PMID, not asked",
    "agrees": "agrees",
}
_QUIET: Final = frozenset({"agrees", "no-identifier"})


def render_verified(rows: Sequence[VerifiedRow], form: str, screen: Screen) -> str:
    """Each reference that needs a look with what was found, gravest first, then the counts."""
    counts = Counter[str](row.state for row in rows)
    summary = {state: counts[state] for state in _STATES if counts[state]}
    if form == "json":
        return to_json({"schema": "claimwise/verified/1", "references": rows, "summary": summary})
    lines: list[str] = []
    for state, words in _STATES.items():
        for row in (row for row in rows if row.state == state):
            if state in _QUIET and not row.unavailable:
                continue
            known = ", as the study file says" if row.known else ""
            day = f" ({row.checked}{', in an earlier run' if row.earlier else ''})" if row.checked else ""
            style = "error" if row.is_problem else "dim"
            lines.append(f"{screen.style(row.key, 'bold')}  {screen.style(words + known, style)}{day}")
            lines += [screen.wrap(text, indent=4, first="    ") for text in (row.details, *row.unavailable) if text]
    total = ", ".join(f"{count} {_STATES[state]}" for state, count in summary.items())
    return "\n".join([*lines, *([""] if lines else []), f"{plural(len(rows), 'reference')}: {total or 'none'}"])


def render_added(results: Sequence[Added], form: str, screen: Screen) -> str:
    """Each identifier with what came of it."""
    if form == "json":
        return to_json({"schema": "claimwise/added/1", "results": results})
    lines: list[str] = []
    for one in results:
        match one.state:
            case "added":
                lines.append(f"{one.asked}: added as {screen.style(one.key or '', 'bold')}")
            case "present":
                lines.append(f"{one.asked}: already in the library as {one.key}; nothing was changed")
            case "not-found":
                lines.append(f"{one.asked}: not found; nothing was changed")
            case _:
                lines.append(f"{one.asked}: could not be asked; nothing was changed")
        notes = (one.citation, *map(str, one.disagreements), *one.remarks, *map(str, one.unavailable))
        lines += [screen.wrap(text, indent=4, first="    ") for text in notes if text]
    return "\n".join(lines)


def render_candidates(question: Question, found: Sequence[Candidate], form: str, screen: Screen) -> str:
    """The candidates, best first, each with why."""
    if form == "json":
        fields = {"question": question.text, "concepts": question.concepts, "candidates": found}
        return to_json({"schema": "claimwise/candidates/1", **fields})
    if not found:
        return "no candidate work was found"
    lines = [screen.wrap(f"works that may bear on: {question.text}")]
    for place, one in enumerate(found, 1):
        people = (
            one.authors[0].split(",")[0].strip("{}") + (" et al." if len(one.authors) > 1 else "")
            if one.authors
            else ""
        )
        head = " ".join(part for part in (people, str(one.year or "")) if part)
        mark = f"doi:{one.doi}" if one.doi else f"PMID {one.pmid}" if one.pmid else "no identifier"
        lines += [
            "",
            screen.wrap(f"{place}. {one.title}", indent=4),
            screen.wrap(", ".join(part for part in (head, one.container, mark) if part), indent=4, first="    "),
            *(screen.style(screen.wrap(f"- {reason}", indent=6, first="    "), "dim") for reason in one.why),
        ]
    return "\n".join(lines)
