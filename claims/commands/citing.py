"""The command that says what documents cite: ``citations``."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from claims.commands.options import LibraryOption
from claims.commands.outcome import Finish, Outcome


def register(app: typer.Typer, finish: Finish) -> None:
    """Adds the command to ``app``."""
    app.command("citations")(finish(citations))


def citations(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Files, folders (searched for readable files), - for stdin.")
    ],
    format: Annotated[Literal["text", "json"], typer.Option("--format", help="Output format.")] = "text",
    stdin_filename: Annotated[
        str,
        typer.Option("--stdin-filename", help="Name of what stands on standard input; its suffix picks the reader."),
    ] = "stdin",
    library: LibraryOption = None,
) -> Outcome:
    """What documents cite, and which work of the library each citation means."""
    from claims.citing import find_citations
    from claims.citing.linking import Bibliographer
    from claims.inputs import gather
    from claims.query import read_collection
    from claims.reporters.citations import render_citations
    from claims.session import open_library, standard_input, this_screen

    collection = read_collection(open_library(library))
    inputs = gather(paths, stdin=standard_input(), stdin_name=stdin_filename)
    bibliographer = Bibliographer(collection.library)
    found = [(document, find_citations(document, bibliographer)) for document in inputs.documents]
    text = render_citations(sorted(found, key=lambda pair: pair[0].path), format, collection.library, this_screen())
    return Outcome(text, exit_code=2 if inputs.unreadable else 0, complaints=inputs.complaints())
