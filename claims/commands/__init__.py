"""The commands, one module a group; each has ``register(app, finish)``. Only ``cli.py`` imports this package.

Imports inside commands are on purpose: ``--help`` and the reading commands must not load what they do not use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from claims.commands import (
    authoring,
    checking,
    citing,
    corpus,
    evaluating,
    evidence,
    library,
    listing,
    rules,
    serving,
    settings,
)

if TYPE_CHECKING:
    import typer

    from claims.commands.outcome import Finish

# In the order of the help.
GROUPS: Final = (checking, corpus, settings, citing, listing, serving, rules, evidence, library, evaluating, authoring)


def register(app: typer.Typer, finish: Finish) -> None:
    """Adds every command to ``app``; ``finish`` prints what a command returns."""
    for group in GROUPS:
        group.register(app, finish)
