"""The command about the rules: ``rule``."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from claims.commands.outcome import Finish


def register(app: typer.Typer, finish: Finish) -> None:
    """Adds the command to ``app``."""
    app.command("rule")(finish(rule))


def rule(
    code: Annotated[
        str | None, typer.Argument(metavar="[CODE]", help="Code or name of a rule, such as EV003; all when left out.")
    ] = None,
    format: Annotated[Literal["table", "json", "markdown"], typer.Option("--format", help="Output format.")] = "table",
) -> str:
    """The rules behind the verdicts: all of them, or one with its reason, an example and what it does not see."""
    from claims.reporters.rules import render_rule, render_rules
    from claims.rules import find_rule, load_rules
    from claims.session import this_screen

    pages = load_rules()
    if code is None:
        return render_rules(pages, format, this_screen())
    return render_rule(find_rule(pages, code), format, this_screen())
