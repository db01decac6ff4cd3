"""The command that begins a library: ``init``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from claims.commands.outcome import Finish


def register(app: typer.Typer, finish: Finish) -> None:
    """Adds the command to ``app``."""
    app.command("init")(finish(init))


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make; it may exist when it is empty.")],
) -> str:
    """Start a library of your own: a small complete one to change, file by file."""
    from shlex import quote

    from claims.starter import start_library

    written = [path.relative_to(folder).as_posix() for path in start_library(folder)]
    lines = [f"started a library in {folder}", "", *(f"  {name}" for name in written), ""]
    lines += [
        f"next: read {folder / 'README.md'}, then run",
        f"  claimwise library check --library {quote(str(folder))}",
    ]
    return "\n".join(lines)
