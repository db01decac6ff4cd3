"""Search results as lines a person can scan, or as JSON."""

from __future__ import annotations

from claims.reporters.as_json import to_json
from claims.reporters.layout import Screen, plural
from claims.search import Found


def render_found(found: Found, text: str, form: str, screen: Screen) -> str:
    """The hits with kind, id, verdict and title, and what was looked for when a word was mended."""
    if form == "json":
        return to_json({"schema": "claimwise/search/1", "query": text, **_fields(found)})
    lines = [screen.style(plural(found.total, "hit"), "bold")]
    lines += [f"nothing has the word '{given}'; looked for '{used}'" for given, used in found.mended.items()]
    if found.any_word:
        lines.append("no record has all these words; these have some of them")
    for hit in found.hits:
        verdict = f"  {screen.style(hit.verdict, hit.verdict)}" if hit.verdict else ""
        lines += [
            "",
            f"{screen.style(hit.kind, 'dim')}  {screen.style(hit.id, 'bold')}{verdict}",
            screen.wrap(hit.title, indent=4),
        ]
        lines[-1] = lines[-1] if lines[-1].startswith("    ") else f"    {lines[-1]}"
    if found.total > len(found.hits):
        lines += ["", f"… and {found.total - len(found.hits)} more (--limit)"]
    return "\n".join(lines)


def _fields(found: Found) -> dict[str, object]:
    return {"total": found.total, "mended": found.mended, "any_word": found.any_word, "hits": found.hits}
