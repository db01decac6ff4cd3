"""The command that checks copy: ``check``."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from claims.commands.options import BlindOption, LibraryOption, OutputOption
from claims.commands.outcome import Finish, Outcome

CheckFormat = Literal["text", "compact", "json", "markdown", "sarif", "junit", "github", "gitlab", "rdjson", "csv"]
Threshold = Literal["contradicted", "overstated", "vague", "unsupported", "never"]


def register(app: typer.Typer, finish: Finish) -> None:
    """Adds the command to ``app``."""
    app.command("check")(finish(check))


def check(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Files, folders (searched for readable files), - for stdin.")
    ],
    format: Annotated[CheckFormat | None, typer.Option("--format", help="Output format (default: text).")] = None,
    output: OutputOption = None,
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
    from claims.outputs import read_outputs
    from claims.query import meta, read_collection
    from claims.report import VERDICTS
    from claims.reporters.check_registry import CHECK_REPORTERS
    from claims.reporters.checked import View
    from claims.reporters.layout import Screen
    from claims.session import open_library, require_known, standard_input, this_screen

    outputs = read_outputs(output, format, default="text", formats=CHECK_REPORTERS)
    view = View(verdicts=require_known("verdict", verdict, VERDICTS), everything=everything, explain=explain)
    connection = open_library(library)
    collection = read_collection(connection)
    inputs = gather(paths, stdin=standard_input(), stdin_name=stdin_filename)
    outputs.keep_off([*(document.path for document in inputs.documents), *inputs.unreadable])
    result = check_documents(
        inputs.documents,
        collection,
        Judge(collection, StoredForms(connection)),
        library_hash=meta(connection)["hash"],
        blind=blind,
        against_sources=against_sources,
        unreadable=inputs.unreadable,
    )
    failed = outputs.write(lambda form: CHECK_REPORTERS[form](result, view, collection, Screen()))
    text = CHECK_REPORTERS[outputs.printed](result, view, collection, this_screen())
    return Outcome(
        text,
        exit_code=result.exit_code(fail_on) or (2 if failed else 0),
        complaints=(*inputs.complaints(), *result.off_subject(), *failed),
    )
