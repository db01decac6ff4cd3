"""The commands, one module a group; each has ``register(app, finish)``. Only ``cli.py`` imports this package.

Imports inside commands are on purpose: ``--help`` and the reading commands must not load what they do not use. Of the
command that a command line names only its own module is loaded.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import typer

    from claims.commands.outcome import Finish

# The module of each command, in the order of the help.
COMMANDS: Final[Mapping[str, str]] = {
    "check": "checking",
    "corpus": "corpus",
    "config": "settings",
    "baseline": "settings",
    "citations": "citing",
    "report": "listing",
    "conflicts": "listing",
    "search": "listing",
    "show": "listing",
    "where-used": "listing",
    "serve": "serving",
    "rule": "rules",
    "evidence": "evidence",
    "library": "library",
    "evaluate": "evaluating",
    "init": "authoring",
}


def register(app: typer.Typer, finish: Finish, named: str | None = None) -> None:
    """Adds the command ``named`` and those of its module to ``app``, or every command if it is none of them.

    ``finish`` prints what a command returns.
    """
    of = COMMANDS.get(named or "")
    for module in [of] if of else dict.fromkeys(COMMANDS.values()):
        importlib.import_module(f"claims.commands.{module}").register(app, finish)
