"""How the library's own wordings came out, whole and with a detail changed, as text or JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from claims.reporters.as_json import to_json

if TYPE_CHECKING:
    from claims.metamorphosis import Metamorphosis

SCHEMA: Final = "claimwise/metamorphosis/1"


def render_metamorphosis(found: Metamorphosis, form: str, *, listed: bool) -> str:
    """The score by change; each failure too with ``listed`` (JSON always holds them)."""
    if form == "json":
        return to_json({"schema": SCHEMA, "share": round(found.share, 4), **msgspec.structs.asdict(found)})
    total, right = sum(found.judged.values()), sum(found.right.values())
    lines = [f"{right} of {total} cases right ({found.share:.1%})", ""]
    for change, judged in found.judged.items():
        fitting = "" if change in ("none", "dress") else f", {found.fitting[change]} for a fitting reason"
        lines.append(f"{change:13}{found.right.get(change, 0):5} of {judged:5} right{fitting}")
    if listed:
        for failure in found.failures:
            verdicts = ", ".join(failure.verdicts) or "no claim"
            lines += ["", f"{failure.change} of {failure.of}: {verdicts}", f"    {failure.text}"]
    return "\n".join(lines)
