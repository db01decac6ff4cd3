"""The commands about the library itself: check, status, build, migrate, export."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import typer

from claims.commands.options import (
    FolderOption,
    LibraryOption,
    ListFormatOption,
    TextsOption,
    TodayOption,
)
from claims.commands.outcome import Finish, Outcome

ExportFormat = Literal["csv", "csv-excel", "json", "bibtex", "ris", "csl", "claimreview", "annotations"]


def register(app: typer.Typer, finish: Finish) -> None:
    """Adds the group to ``app``."""
    group = typer.Typer(help="The library itself: check, status, build, migrate, export.", rich_markup_mode=None)
    group.command("check")(finish(library_check))
    group.command("status")(finish(library_status))
    group.command("build")(finish(library_build))
    group.command("migrate")(finish(library_migrate))
    group.command("export")(finish(library_export))
    app.add_typer(group, name="library")


def library_check(
    sources: TextsOption = None,
    today: TodayOption = None,
    format: ListFormatOption = "table",
    library: FolderOption = None,
) -> Outcome:
    """Every cross-check of the library's files; each failure with file, line and cure."""
    from claims.checks import check_library
    from claims.reporters.problems import render_problems
    from claims.session import library_paths, parse_day

    problems = check_library(library_paths(library), today=parse_day(today), texts=sources)
    text = render_problems(problems, format, with_texts=sources is not None)
    return Outcome(text, exit_code=4 if problems else 0)


def library_status(
    today: TodayOption = None,
    format: ListFormatOption = "table",
    library: LibraryOption = None,
) -> str:
    """Counts, coverage, reviews that are due, figures not verified at the source."""
    from claims.query import meta, read_collection
    from claims.reporters.status import render_status
    from claims.session import open_library, parse_day, this_screen
    from claims.status import library_status as build

    connection = open_library(library)
    status = build(read_collection(connection), library_hash=meta(connection)["hash"], today=parse_day(today))
    return render_status(status, format, this_screen())


def library_build(
    output: Annotated[
        Path | None, typer.Option("--output", help="Write the SQLite file here instead of the cache.")
    ] = None,
    database: Annotated[
        str | None,
        typer.Option("--database", metavar="URL", help="Put the library into this shared database instead."),
    ] = None,
    library: FolderOption = None,
) -> str:
    """Build the SQLite snapshot from the text files, whether or not it is up to date."""
    from claims.session import library_paths, show_progress
    from claims.snapshot import ensure_snapshot, write_to
    from evidence.problems import UsageError

    paths = library_paths(library)
    if database is not None:
        from claims.database.address import parse_address
        from claims.snapshot import write_to_database

        if output is not None:
            raise UsageError("--output names a file and --database a database; give one of them")
        address = parse_address(database)
        write_to_database(address, paths, progress=show_progress)
        return f"built {address}"
    build = partial(write_to, output) if output else partial(ensure_snapshot, rebuild=True)
    return f"built {build(paths=paths, progress=show_progress)}"


def library_migrate(
    database: Annotated[str, typer.Option("--database", metavar="URL", help="Address of the database.")],
) -> str:
    """Bring the tables of a shared database up to date with this version; an empty one is set up."""
    from claims.database.address import parse_address
    from claims.database.schema import migrate

    address = parse_address(database)
    before, after = migrate(address)
    if before == after:
        return f"{address}: schema {after} is up to date"
    return f"{address}: {'set up with' if before is None else f'brought from schema {before} to'} schema {after}"


def library_export(
    format: Annotated[ExportFormat, typer.Option("--format", help="Output format.")],
    table: Annotated[
        Literal["claims", "propositions", "findings", "references", "conflicts"],
        typer.Option("--table", help="Which table, for csv."),
    ] = "claims",
    output: Annotated[
        Path | None, typer.Option("--output", help="Write to this file instead of standard output.")
    ] = None,
    library: LibraryOption = None,
) -> str:
    """The library for other programs."""
    from claims.export import export, save
    from claims.query import read_collection
    from claims.session import open_library

    text = export(read_collection(open_library(library)), kind=format, table=table)
    return save(output, text) if output else text
