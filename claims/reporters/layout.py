"""Plain-text building blocks: colour that can be off, wrapping to a width, aligned columns.

Own code instead of a terminal library because ``search`` and ``show`` must answer before one is imported.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

import msgspec

MIN_WIDTH: Final = 40
MAX_WIDTH: Final = 120
_AT_ONCE: Final = 2_000  # lines
_SGR: Final = {
    "bold": "1",
    "dim": "2",
    "supported": "32",
    "overstated": "33",
    "vague": "35",
    "contradicted": "31;1",
    "unsupported": "36",
    "promotional": "2",
    "error": "31",
    "heading": "1;4",
}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Screen(msgspec.Struct, frozen=True, kw_only=True):
    """What the output goes to: its width in columns, and whether it shows colour."""

    width: int = 80
    colour: bool = False

    def style(self, text: str, name: str) -> str:
        """``text`` in the named style; unchanged when colour is off or the style is unknown."""
        code = _SGR.get(name)
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and code else text

    def wrap(self, text: str, *, indent: int = 0, first: str = "") -> str:
        """``text`` wrapped to the width, each line indented; ``first`` replaces the first line's indent."""
        return textwrap.fill(
            clean(text),
            width=max(MIN_WIDTH, min(self.width, MAX_WIDTH)),
            initial_indent=first.ljust(indent),
            subsequent_indent=" " * indent,
            break_long_words=False,
            break_on_hyphens=False,
        )


def clean(text: str) -> str:
    """Text without control characters, so that no record can steer a terminal."""
    return _CONTROL.sub(" ", text)


def joined(lines: Iterable[str]) -> Iterator[str]:
    """Lines as one text, in pieces of many lines."""
    left = iter(lines)
    piece = "\n".join(islice(left, _AT_ONCE))
    yield piece
    while some := list(islice(left, _AT_ONCE)):
        yield "\n" + "\n".join(some)


def columns(screen: Screen, rows: Sequence[Sequence[str]], *, right: Iterable[int] = ()) -> list[str]:
    """Rows as aligned columns; those in ``right`` are right-aligned, the last is not padded."""
    if not rows:
        return []
    numeric = set(right)
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(widths[i]) if i in numeric else cell if i == len(row) - 1 else cell.ljust(widths[i])
            for i, cell in enumerate(row)
        ]
        lines.append(shorten("  ".join(cells).rstrip(), max(screen.width, MIN_WIDTH)))
    return lines


def shorten(text: str, width: int) -> str:
    """``text`` cut at ``width`` with an ellipsis."""
    return text if len(text) <= width else f"{text[: max(1, width - 1)].rstrip()}…"


def library_told(library: Mapping[str, str]) -> str:
    """Which library a result comes from, and the network that read the claims, if one did."""
    by = f"; read by {library['model']}" if "model" in library else ""
    return f"library {library['name']}, {library['hash'][:12]}{by}"


def plural(count: int, noun: str) -> str:
    """``1 claim``, ``2 claims``, ``1,200 claims``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
