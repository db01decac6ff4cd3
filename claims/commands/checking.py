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
    ModelOption,
    OutputOption,
    SelectOption,
    given,
)
from claims.commands.outcome import Finish, Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from claims.checking import CheckResult
    from claims.collection import Collection
    from claims.config import Config
    from claims.ignores import Ignore
    from claims.inputs import Inputs, Listing
    from claims.jobs import Jobs

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
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Judge every claim anew, and keep no judgement for the next check.")
    ] = False,
    store: Annotated[
        str | None,
        typer.Option("--store", metavar="URL", help="Also write documents, claims and evidence into this database."),
    ] = None,
    model: ModelOption = None,
    library: LibraryOption = None,
) -> Outcome:
    """Check copy: each claim with its verdict, the reason, the evidence and a wording that the evidence carries."""
    from claims.gate import exit_code, settle
    from claims.inputs import list_files
    from claims.outputs import read_outputs
    from claims.project import baseline_of_project, changes, open_project
    from claims.report import VERDICTS
    from claims.reporters.check_registry import CHECK_REPORTERS
    from claims.reporters.check_run import CheckRun
    from claims.reporters.checked import View
    from claims.reporters.layout import Screen
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
    config = open_project(paths, given(library, select, ignore, fail_on, model), stdin_name=stdin_filename)
    baseline, day = baseline_of_project(config, baseline_file), parse_day(today)
    changed = changes(diff, paths, config) if diff is not None else None
    keep = config.settings.cache and not no_cache
    processes = None if jobs in (None, 1) or extracted else _processes(config, jobs, blind=blind, keep=keep)
    listing = list_files(
        paths,
        stdin=standard_input(),
        stdin_name=stdin_filename,
        admits=config.admits,
        wanted=changed.has_file if changed else None,
    )
    # Documents are read one by one and let go, but for what needs all of them before or after the check.
    inputs = None
    if extracted or annotate or processes or outputs.has("html"):
        inputs = listing.read(processes.read if processes else None)
        if extracted:
            return Outcome(
                inputs.only_text(), exit_code=2 if listing.unreadable else 0, complaints=listing.complaints()
            )
    outputs.keep_off(listing.names())
    draft = open_draft(inputs, annotate) if annotate and inputs else None
    stored = open_store(store) if store is not None else None
    collection, result, ignores = _judged(
        listing, inputs, config, processes, blind=blind, against=against_sources, forking=jobs is None, keep=keep
    )
    kept = stored(result, config, blind=blind, checked=this_moment()) if stored else None
    result = settle(result, ignores, config, today=day, baseline=baseline, changed=changed)
    texts = {document.path: document for document in inputs.documents} if inputs else {}
    run = CheckRun(result, view, collection, this_screen(), texts, config.rule_links)
    failed = outputs.write(lambda form: CHECK_REPORTERS[form](run._replace(screen=Screen())))
    complaints = [*listing.complaints(), *result.off_subject(), *failed]
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


def _judged(
    listing: Listing,
    inputs: Inputs | None,
    config: Config,
    processes: Jobs | None,
    *,
    blind: bool,
    against: bool,
    forking: bool,
    keep: bool,
) -> tuple[Collection, CheckResult, dict[str, Sequence[Ignore]]]:
    """The library, the check, and the comments found on the way. What was not read before is read one by one."""
    from claims.checking import check_in_order
    from claims.engine import Judge, network_if
    from claims.forked import Forking
    from claims.form_store import StoredForms
    from claims.ignores import ignores_of, noting
    from claims.kept_results import kept_for
    from claims.query import meta, open_collection
    from claims.selection import UNCITED_FIGURE
    from claims.session import library_snapshot
    from claims.snapshot import Reopened

    network = network_if(config.model)
    place = library_snapshot(config.library)
    snapshot = Reopened(place)
    collection = open_collection(snapshot)
    library_hash = meta(snapshot)["hash"]
    if processes and inputs:
        result = processes.result(collection, library_hash, listing.unreadable, against=against, network=network)
        return collection, result, ignores_of(inputs.documents)
    kept = kept_for(place, library_hash) if keep else None
    judge = Judge(
        collection,
        StoredForms(snapshot),
        uncited_figures=config.wants(UNCITED_FIGURE),
        kept=kept,
        network=network,
    )
    ignores: dict[str, Sequence[Ignore]] = {}
    documents = sorted(inputs.documents, key=lambda d: d.path) if inputs else listing.read_in_order()
    result = check_in_order(
        noting(documents, ignores),
        collection,
        judge,
        library_hash=library_hash,
        blind=blind,
        against_sources=against,
        unreadable=listing.unreadable,
        looks=Forking(snapshot.reopen, kept=judge.kept).look if forking and listing.is_small() else None,
    )
    if kept:
        kept.results.write()
    return collection, result, ignores


def _processes(config: Config, jobs: int, *, blind: bool, keep: bool) -> Jobs:
    from claims.jobs import Jobs
    from claims.kept_results import KeptResults
    from claims.selection import UNCITED_FIGURE
    from claims.session import library_snapshot

    place = library_snapshot(config.library)
    return Jobs(
        place,
        jobs,
        blind=blind,
        uncited_figures=config.wants(UNCITED_FIGURE),
        model=config.model,
        kept=KeptResults(place.parent) if keep else None,
    )
