"""What a command hands back: the text to print, lines for standard error, and the exit code.

Commands compute; ``cli.py`` prints and exits. So a command can be called and tested without a terminal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple


class Outcome(NamedTuple):
    """``complaints`` are told on standard error before the text is printed, one line each.

    ``text`` may be long, and then comes in pieces.
    """

    text: str | Iterable[str]
    exit_code: int = 0
    complaints: tuple[str, ...] = ()


# Wraps a command so that its outcome is printed and the errors a user can cause end in one line each.
Finish = Callable[[Callable[..., Outcome | str]], Callable[..., None]]
