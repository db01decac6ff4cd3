"""The commands about a project: ``config`` (what holds, and why) and ``baseline`` (findings that may stay for now)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from claims.commands.options import (
    BlindOption,
    FailOnOption,
    IgnoreOption,
    LibraryOption,
    ListFormatOption,
    SelectOption,
    given,
)
from claims.commands.outcome import Finish, Outcome

if TYPE_CHECKING:
    from claims.baseline import Baseline
    from claims.checking import CheckResult
    from claims.config import Config

PathsArgument = Annotated[
    list[str], typer.Argument(metavar="PATH...", help="Files, and folders that are searched for readable files.")
]
TodayOption = Annotated[
    str | None, typer.Option("--today", help="Date of new entries; decides which ignores have expired (YYYY-MM-DD).")
]
FolderArgument = Annotated[Path | None, typer.Argument(metavar="[PATH]", help="Any path of the project.")]


def register(app: typer.Typer, finish: Finish) -> None:
    """Adds the commands to ``app``."""
    app.command("config")(finish(config))
    group = typer.Typer(help="Findings that may stay for now: create, show, update.", rich_markup_mode=None)
    group.command("create")(finish(create))
    group.command("show")(finish(show))
    group.command("update")(finish(update))
    app.add_typer(group, name="baseline")


def config(
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="[PATH...]", help="What would be checked (default: this folder).")
    ] = None,
    fail_on: FailOnOption = None,
    select: SelectOption = None,
    ignore: IgnoreOption = None,
    format: ListFormatOption = "table",
    library: LibraryOption = None,
) -> str:
    """The settings that hold for these paths, and where each comes from."""
    from claims.project import baseline_of_project, open_project
    from claims.reporters.settings import render_config
    from claims.session import this_screen

    project = open_project(paths or ["."], given(library, select, ignore, fail_on), stdin_name="stdin")
    return render_config(project, baseline_of_project(project), format, this_screen())


def create(
    paths: PathsArgument,
    reason: Annotated[str, typer.Option("--reason", help="Why these may stay.")] = "there before the baseline",
    blind: BlindOption = False,
    select: SelectOption = None,
    ignore: IgnoreOption = None,
    today: TodayOption = None,
    library: LibraryOption = None,
) -> Outcome:
    """Records every present finding, so that from now on only new ones count."""
    from claims.baseline import baseline_of, write_baseline
    from claims.config import shown
    from claims.project import baseline_of_project, open_project
    from claims.reporters.layout import plural
    from claims.session import parse_day
    from evidence.problems import UsageError

    project = open_project(paths, given(library, select, ignore, None), stdin_name="stdin")
    name = shown(project.baseline_file)
    if not reason.strip():
        raise UsageError("a baseline needs a reason; leave --reason out for the usual one")
    if baseline_of_project(project) is not None:
        raise UsageError(f"{name} is there already; 'claimwise baseline update' drops what is gone, or delete it first")
    result, complaints = _checked(paths, project, blind=blind, today=today)
    made = baseline_of(result, project.relative, reason=" ".join(reason.split()), date=parse_day(today))
    write_baseline(project.baseline_file, made)
    text = f"{name}: {plural(len(made.entries), 'finding')} recorded; commit the file"
    return Outcome(text, exit_code=2 if result.summary.unchecked else 0, complaints=complaints)


def show(folder: FolderArgument = None, format: ListFormatOption = "table") -> str:
    """The findings of the baseline, with reason and date."""
    from claims.project import open_project
    from claims.reporters.settings import render_baseline
    from claims.session import this_screen

    project = open_project([str(folder or ".")], given(None, None, None, None), stdin_name="stdin")
    return render_baseline(_needed(project), format, this_screen())


def update(
    paths: PathsArgument,
    blind: BlindOption = False,
    select: SelectOption = None,
    ignore: IgnoreOption = None,
    today: TodayOption = None,
    library: LibraryOption = None,
) -> Outcome:
    """Drops the entries whose findings are gone from these files; nothing is added."""
    from claims.baseline import updated, write_baseline
    from claims.config import shown
    from claims.project import open_project
    from claims.reporters.layout import plural

    project = open_project(paths, given(library, select, ignore, None), stdin_name="stdin")
    present = _needed(project)
    result, complaints = _checked(paths, project, blind=blind, today=today)
    done = updated(present, result, project.relative, gone=lambda path: not (project.root / path).exists())
    if done.dropped:
        write_baseline(project.baseline_file, done.baseline)
    kept = plural(len(done.baseline.entries), "finding")
    lines = [f"{entry.path}: {entry.code} {entry.text} …" for entry in done.dropped]
    lines.append(f"{shown(project.baseline_file)}: {len(done.dropped)} dropped, {kept} left")
    return Outcome("\n".join(lines), exit_code=2 if result.summary.unchecked else 0, complaints=complaints)


def _needed(project: Config) -> Baseline:
    from claims.config import shown
    from claims.project import baseline_of_project
    from evidence.problems import UsageError

    baseline = baseline_of_project(project)
    if baseline is None:
        raise UsageError(f"{shown(project.baseline_file)}: no baseline; 'claimwise baseline create PATH' makes one")
    return baseline


def _checked(
    paths: list[str], project: Config, *, blind: bool, today: str | None
) -> tuple[CheckResult, tuple[str, ...]]:
    """The check of these paths as the project wants it, without the baseline; with what to complain of."""
    from claims.checking import check_documents
    from claims.engine import Judge, network_if
    from claims.form_store import StoredForms
    from claims.gate import settle
    from claims.ignores import ignores_of
    from claims.inputs import STDIN, gather
    from claims.query import meta, read_collection
    from claims.selection import UNCITED_FIGURE
    from claims.session import open_library, parse_day, standard_input
    from evidence.problems import UsageError

    if STDIN in paths:
        raise UsageError("a baseline is of files; name the file instead of -")
    day = parse_day(today)
    connection = open_library(project.library)
    collection = read_collection(connection)
    inputs = gather(paths, stdin=standard_input(), admits=project.admits)
    result = check_documents(
        inputs.documents,
        collection,
        Judge(
            collection,
            StoredForms(connection),
            uncited_figures=project.wants(UNCITED_FIGURE),
            network=network_if(project.model),
        ),
        library_hash=meta(connection)["hash"],
        blind=blind,
        unreadable=inputs.unreadable,
    )
    settled = settle(result, ignores_of(inputs.documents), project, today=day)
    return settled, (*inputs.complaints(), *settled.off_subject())
