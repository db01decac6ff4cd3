"""The command that checks copy: ``check``."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from claims.commands.options import BlindOption, LibraryOption
from claims.commands.outcome import Finish, Outcome

CheckFormat = Literal["text", "compact", "json", "markdown", "html"]
Threshold = Literal["contradicted", "overstated", "vague", "unsupported", "never"]


def register(app: typer.Typer, finish: Finish) -> None:
    """Adds the command to ``app``."""
    app.command("check")(finish(check))


def check(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Files, folders (searched for readable files), - for stdin.")
    ],
    format: Annotated[CheckFormat, typer.Option("--format", help="Output format.")] = "text",
    verdict: Annotated[
        list[str] | None, typer.Option("--verdict", help="Show only this verdict; may be repeated.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Show every claim, not only the problems.")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show what each claim was read to say and how it compares, slot by slot.")
    ] = False,
    fail_on: Annotated[
        Threshold,
        typer.Option("--fail-on", help="Exit 1 when a claim is this bad or worse; what is only noted never counts."),
    ] = "overstated",
    blind: BlindOption = False,
    against_sources: Annotated[
        bool, typer.Option("--against-sources", help="Also look for conflicts with the registered sources.")
    ] = False,
    stdin_filename: Annotated[
        str,
        typer.Option("--stdin-filename", help="Name of what stands on standard input; its suffix picks the reader."),
    ] = "stdin",
    library: LibraryOption = None,
) -> Outcome:
    """Check copy: each claim with its verdict, the reason, the evidence and a wording that the evidence carries."""
    from claims.checking import check_documents
    from claims.engine import Judge
    from claims.form_store import StoredForms
    from claims.inputs import gather
    from claims.query import meta, read_collection
    from claims.report import VERDICTS
    from claims.reporters.checked import View, render_check
    from claims.session import open_library, require_known, standard_input, this_screen

    view = View(verdicts=require_known("verdict", verdict, VERDICTS), everything=everything, explain=explain)
    connection = open_library(library)
    collection = read_collection(connection)
    inputs = gather(paths, stdin=standard_input(), stdin_name=stdin_filename)
    result = check_documents(
        inputs.documents,
        collection,
        Judge(collection, StoredForms(connection)),
        library_hash=meta(connection)["hash"],
        blind=blind,
        against_sources=against_sources,
        unreadable=inputs.unreadable,
    )
    if format == "html":
        from claims.reporters.html.rendering import render_check as render_page

        text = render_page(view.applied(result), {document.path: document for document in inputs.documents}, collection)
    else:
        text = render_check(result, format, view, collection, this_screen())
    return Outcome(text, exit_code=result.exit_code(fail_on), complaints=(*inputs.complaints(), *result.off_subject()))
