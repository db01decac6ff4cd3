"""The command that checks copy: ``check``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from claims.commands.options import (
    BlindOption,
    FailOnOption,
    IgnoreOption,
    LibraryOption,
    OutputOption,
    SelectOption,
    given,
)
from claims.commands.outcome import Finish, Outcome

if TYPE_CHECKING:
    from claims.config import Config
    from claims.jobs import Jobs
    from claims.snapshot import Reopened

CheckFormat = Literal[
    "text", "compact", "json", "markdown", "html", "sarif", "junit", "github", "gitlab", "rdjson", "csv"
]


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
    fail_on: FailOnOption = None,
    select: SelectOption = None,
    ignore: IgnoreOption = None,
    diff: Annotated[
        str | None,
        typer.Option("--diff", metavar="REV", help="Only lines changed since this branch or commit was left."),
    ] = None,
    baseline_file: Annotated[
        Path | None,
        typer.Option("--baseline", help="File of findings that may stay (default: .claimwise-baseline.json)."),
    ] = None,
    today: Annotated[
        str | None, typer.Option("--today", help="Date that decides which ignores have expired (YYYY-MM-DD).")
    ] = None,
    blind: BlindOption = False,
    against_sources: Annotated[
        bool, typer.Option("--against-sources", help="Also look for conflicts with the registered sources.")
    ] = False,
    stdin_filename: Annotated[
        str,
        typer.Option("--stdin-filename", help="Name of what stands on standard input; its suffix picks the reader."),
    ] = "stdin",
    annotate: Annotated[
        Path | None,
        typer.Option("--annotate", help="Also write a copy of the Word document with a comment at each finding."),
    ] = None,
    extracted: Annotated[
        bool, typer.Option("--extracted", help="Only print the text as it was read; offsets count in it.")
    ] = False,
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs",
            min=1,
            help="Processes that read and judge (default: as many as pay off); the output is the same for any number.",
        ),
    ] = None,
    store: Annotated[
        str | None,
        typer.Option("--store", metavar="URL", help="Also write documents, claims and evidence into this database."),
    ] = None,
    library: LibraryOption = None,
) -> Outcome:
    """Check copy: each claim with its verdict, the reason, the evidence and a wording that the evidence carries."""
    from claims.checking import check_documents
    from claims.engine import Judge
    from claims.forked import Forking
    from claims.form_store import StoredForms
    from claims.gate import exit_code, settle
    from claims.inputs import gather
    from claims.outputs import read_outputs
    from claims.project import baseline_of_project, changes, open_project
    from claims.query import meta, open_collection
    from claims.report import VERDICTS
    from claims.reporters.check_registry import CHECK_REPORTERS
    from claims.reporters.check_run import CheckRun
    from claims.reporters.checked import View
    from claims.reporters.layout import Screen
    from claims.selection import UNCITED_FIGURE
    from claims.session import (
        parse_day,
        require_known,
        standard_input,
        this_moment,
        this_screen,
    )
    from claims.storing import open_store
    from claims.word_copy import open_draft, write_annotated

    outputs = read_outputs(output, format, default="text", formats=CHECK_REPORTERS)
    view = View(verdicts=require_known("verdict", verdict, VERDICTS), everything=everything, explain=explain)
    config = open_project(paths, given(library, select, ignore, fail_on), stdin_name=stdin_filename)
    baseline, day = baseline_of_project(config, baseline_file), parse_day(today)
    changed = changes(diff, paths, config) if diff is not None else None
    processes = None if jobs in (None, 1) or extracted else _processes(config, jobs, blind=blind)
    inputs = gather(
        paths,
        stdin=standard_input(),
        stdin_name=stdin_filename,
        admits=config.admits,
        wanted=changed.has_file if changed else None,
        reading=processes.read if processes else None,
    )
    if extracted:
        return Outcome(inputs.only_text(), exit_code=2 if inputs.unreadable else 0, complaints=inputs.complaints())
    outputs.keep_off([*(document.path for document in inputs.documents), *inputs.unreadable])
    draft = open_draft(inputs, annotate) if annotate else None
    stored = open_store(store) if store is not None else None
    snapshot = _opened(config)
    collection = open_collection(snapshot)
    if processes:
        result = processes.result(collection, meta(snapshot)["hash"], inputs.unreadable, against=against_sources)
    else:
        result = check_documents(
            inputs.documents,
            collection,
            Judge(collection, StoredForms(snapshot), uncited_figures=config.wants(UNCITED_FIGURE)),
            library_hash=meta(snapshot)["hash"],
            blind=blind,
            against_sources=against_sources,
            unreadable=inputs.unreadable,
            looks=Forking(snapshot.reopen).look if jobs is None else None,
        )
    kept = stored(result, config, blind=blind, checked=this_moment()) if stored else None
    result = settle(result, inputs.documents, config, today=day, baseline=baseline, changed=changed)
    run = CheckRun(result, view, collection, this_screen(), {document.path: document for document in inputs.documents})
    run = run._replace(rules=config.rule_links)
    failed = outputs.write(lambda form: CHECK_REPORTERS[form](run._replace(screen=Screen())))
    complaints = [*inputs.complaints(), *result.off_subject(), *failed]
    if draft:
        from claims.reporters.word_comments import word_comments

        document = next(d for d in result.documents if d.path == draft.path)
        complaints.append(
            write_annotated(draft, word_comments(document, view, config.rule_links), written=this_moment())
        )
    if kept:
        complaints.append(kept.line)
    text = CHECK_REPORTERS[outputs.printed](run)
    incomplete = 2 if failed or (kept and not kept.whole) else 0
    return Outcome(text, exit_code=exit_code(result, config) or incomplete, complaints=tuple(complaints))


def _opened(config: Config) -> Reopened:
    from claims.session import library_snapshot
    from claims.snapshot import Reopened

    return Reopened(library_snapshot(config.library))


def _processes(config: Config, jobs: int, *, blind: bool) -> Jobs:
    from claims.jobs import Jobs
    from claims.selection import UNCITED_FIGURE
    from claims.session import library_snapshot

    return Jobs(library_snapshot(config.library), jobs, blind=blind, uncited_figures=config.wants(UNCITED_FIGURE))
