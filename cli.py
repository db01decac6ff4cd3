"""The ``claimwise`` command: parse, call one function, hand to a reporter, exit. Nothing is computed here.

Imports inside commands are on purpose: ``--help`` and the reading commands must not load what they do not use.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Literal, TextIO

import typer

app = typer.Typer(
    name="claimwise",
    help="An evidence library and literature-claim checker.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)
evidence_app = typer.Typer(help="Studies and their findings.", rich_markup_mode=None)
library_app = typer.Typer(help="The library itself: check, status, build, export.", rich_markup_mode=None)
app.add_typer(evidence_app, name="evidence")
app.add_typer(library_app, name="library")

# Every control character but tab, line feed and the start of a colour sequence.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f]|\x1b(?!\[[\d;]*m)")

ReportFormat = Literal["table", "json", "markdown", "csv"]
FormatOption = Annotated[ReportFormat, typer.Option("--format", help="Output format.")]
ListFormatOption = Annotated[Literal["table", "json"], typer.Option("--format", help="Output format.")]
TodayOption = Annotated[
    str | None, typer.Option("--today", help="Date that decides which reviews are due (YYYY-MM-DD).")
]
LibraryOption = Annotated[
    Path | None,
    typer.Option(
        "--library", envvar="CLAIMWISE_LIBRARY", help="Folder of another library (default: the packaged one)."
    ),
]
VerdictOption = Annotated[list[str] | None, typer.Option("--verdict", help="Only this verdict; may be repeated.")]
CategoryOption = Annotated[list[str] | None, typer.Option("--category", help="Only this category; may be repeated.")]
SourceOption = Annotated[list[str] | None, typer.Option("--source", help="Only this source id; may be repeated.")]
ImportanceOption = Annotated[
    int, typer.Option("--importance", min=1, max=3, help="Only claims of at least this importance.")
]
TextsOption = Annotated[
    Path | None, typer.Option("--sources", help="Folder of the source texts: quote them, check anchors.")
]


@app.callback(invoke_without_command=True)
def main(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    if version:
        from evidence import __version__

        typer.echo(f"claimwise {__version__}")
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command()
def report(
    verdict: VerdictOption = None,
    category: CategoryOption = None,
    importance: ImportanceOption = 1,
    source: SourceOption = None,
    details: Annotated[bool, typer.Option("--details", help="Print every claim, not only the gravest.")] = False,
    sources: TextsOption = None,
    format: FormatOption = "table",
    library: LibraryOption = None,
) -> None:
    """The audit of the registered source texts: every claim with its verdict, evidence and conflicts."""
    with _errors():
        from claims.query import meta, read_collection
        from claims.report import CATEGORIES, VERDICTS, ReportFilters, build_report
        from claims.reporters.registry import REPORTERS
        from claims.session import open_library, require_known, this_screen
        from claims.sources import read_texts

        connection = open_library(library)
        collection = read_collection(connection)
        filters = ReportFilters(
            verdicts=require_known("verdict", verdict, VERDICTS),
            categories=require_known("category", category, CATEGORIES),
            sources=require_known("source", source, collection.sources),
            importance=importance,
        )
        wanted = [s for key, s in collection.sources.items() if key in (source or collection.sources)]
        texts = read_texts(wanted, sources) if sources else None
        built = build_report(collection, library_hash=meta(connection)["hash"], filters=filters, texts=texts)
        whole = details or filters != ReportFilters(sources=filters.sources)
        _print(REPORTERS[format][whole](built, this_screen()))


@app.command()
def conflicts(
    severity: Annotated[
        int, typer.Option("--severity", min=1, max=3, help="Only conflicts of at least this severity.")
    ] = 1,
    kind: Annotated[str | None, typer.Option("--kind", help="Only this kind, such as schedule or regulatory.")] = None,
    source: SourceOption = None,
    format: FormatOption = "table",
    library: LibraryOption = None,
) -> None:
    """Claims of the sources that cannot all hold, within a text and between texts."""
    with _errors():
        from claims.conflict_list import KINDS, list_conflicts, render_conflicts
        from claims.query import meta, read_collection
        from claims.session import open_library, require_known, this_screen

        connection = open_library(library)
        collection = read_collection(connection)
        require_known("kind", None if kind is None else [kind], KINDS)
        chosen = require_known("source", source, collection.sources)
        listed = list_conflicts(collection, meta(connection)["hash"], severity=severity, kind=kind, sources=chosen)
        _print(render_conflicts(listed, collection, format, this_screen()))


@app.command()
def search(
    text: Annotated[str, typer.Argument(help="Words to look for; may be empty when filters are given.")] = "",
    kind: Annotated[list[str] | None, typer.Option("--kind", help="Only this kind of record; may be repeated.")] = None,
    verdict: VerdictOption = None,
    category: CategoryOption = None,
    source: SourceOption = None,
    importance: ImportanceOption = 1,
    slot: Annotated[
        list[str] | None,
        typer.Option("--slot", help="SLOT=CONCEPT, such as route=nasal or population=trd; may be repeated."),
    ] = None,
    reference: Annotated[
        str | None, typer.Option("--reference", help="Only records that rest on this bib key.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=100_000, help="At most this many hits.")] = 20,
    format: ListFormatOption = "table",
    library: LibraryOption = None,
) -> None:
    """Full text over claims, propositions, findings, references and conflicts, with filters."""
    with _errors():
        from claims.report import CATEGORIES, VERDICTS
        from claims.reporters.hits import render_found
        from claims.search import KINDS, Filters, parse_slots
        from claims.search import search as run
        from claims.session import open_library, require_known, this_screen

        filters = Filters(
            kinds=require_known("kind", kind, KINDS),
            verdicts=require_known("verdict", verdict, VERDICTS),
            categories=require_known("category", category, CATEGORIES),
            sources=tuple(source or ()),
            reference=reference,
            slots=parse_slots(slot or []),
            importance=importance,
        )
        found = run(open_library(library), text, filters, limit=limit)
        _print(render_found(found, text, format, this_screen()))


@evidence_app.command("show")
@app.command()
def show(
    id: Annotated[
        str, typer.Argument(help="Id of a claim, proposition, finding, reference, conflict, source or concept.")
    ],
    format: ListFormatOption = "table",
    library: LibraryOption = None,
) -> None:
    """One record with everything linked to it."""
    with _errors():
        from claims.query import links_to, read_collection, record, title
        from claims.reporters.as_json import to_json
        from claims.reporters.records import render_record
        from claims.session import open_library, require_kind, this_screen

        connection = open_library(library)
        kind = require_kind(connection, id)
        used_by = links_to(connection, kind, id)
        named = [(link, title(connection, link.kind, link.owner)) for link in used_by]
        if format == "json":
            _print(to_json({"kind": kind, "record": record(connection, kind, id), "named_by": used_by}))
        else:
            _print(render_record(read_collection(connection), kind, id, named, this_screen()))


@app.command("where-used")
def where_used(
    id: Annotated[str, typer.Argument(help="Id of a reference, proposition, finding or claim.")],
    format: ListFormatOption = "table",
    library: LibraryOption = None,
) -> None:
    """Everything that rests on a record, directly or through findings and propositions."""
    with _errors():
        from claims.query import title
        from claims.query import where_used as find
        from claims.reporters.as_json import to_json
        from claims.reporters.records import render_users
        from claims.session import open_library, require_kind, this_screen

        connection = open_library(library)
        kind = require_kind(connection, id)
        links = find(connection, kind, id)
        if format == "json":
            _print(to_json({"kind": kind, "id": id, "used_by": links}))
        else:
            named = [(link, title(connection, link.kind, link.owner)) for link in links]
            _print(render_users(kind, id, title(connection, kind, id), named, this_screen()))


@evidence_app.command("list")
def evidence_list(
    design: Annotated[str | None, typer.Option("--design", help="Only this design, such as rct.")] = None,
    level: Annotated[
        str | None, typer.Option("--level", help="Only this evidence level, such as 1 or official.")
    ] = None,
    format: FormatOption = "table",
    library: LibraryOption = None,
) -> None:
    """All studies: design, level, people, findings, and how often each is used."""
    with _errors():
        from claims.query import read_collection
        from claims.reporters.evidence import render_studies, study_rows
        from claims.session import open_library, this_screen

        rows = study_rows(read_collection(open_library(library)), design=design, level=level)
        _print(render_studies(rows, format, this_screen()))


@evidence_app.command("table")
def evidence_table(
    outcome: Annotated[str | None, typer.Option("--outcome", help="Outcome concept, such as response.")] = None,
    intervention: Annotated[
        str | None, typer.Option("--intervention", help="Intervention concept, such as esketamine.")
    ] = None,
    route: Annotated[str | None, typer.Option("--route", help="Route concept, such as iv.")] = None,
    population: Annotated[str | None, typer.Option("--population", help="Population concept, such as trd.")] = None,
    species: Annotated[str | None, typer.Option("--species", help="Species concept, such as human.")] = None,
    format: FormatOption = "table",
    library: LibraryOption = None,
) -> None:
    """Findings as an evidence table: study, design, n, population, comparator, time point, effect, interval."""
    with _errors():
        from claims.evidence_table import evidence_table as build
        from claims.query import read_collection
        from claims.reporters.evidence import render_findings
        from claims.session import open_library, this_screen

        rows = build(
            read_collection(open_library(library)),
            outcome=outcome,
            intervention=intervention,
            route=route,
            population=population,
            species=species,
        )
        _print(render_findings(rows, format, this_screen()))


@library_app.command("check")
def library_check(
    sources: TextsOption = None,
    today: TodayOption = None,
    format: ListFormatOption = "table",
    library: LibraryOption = None,
) -> None:
    """Every cross-check of the library's files; each failure with file, line and cure."""
    with _errors():
        from claims.checks import check_library
        from claims.reporters.problems import render_problems
        from claims.session import library_paths, parse_day

        problems = check_library(library_paths(library), today=parse_day(today), texts=sources)
        try:
            _print(render_problems(problems, format, with_texts=sources is not None))
        finally:  # also when the reader of a pipe has gone
            if problems:
                raise typer.Exit(4)


@library_app.command("status")
def library_status(
    today: TodayOption = None,
    format: ListFormatOption = "table",
    library: LibraryOption = None,
) -> None:
    """Counts, coverage, reviews that are due, figures not verified at the source."""
    with _errors():
        from claims.query import meta, read_collection
        from claims.reporters.status import render_status
        from claims.session import open_library, parse_day, this_screen
        from claims.status import library_status as build

        connection = open_library(library)
        status = build(read_collection(connection), library_hash=meta(connection)["hash"], today=parse_day(today))
        _print(render_status(status, format, this_screen()))


@library_app.command("build")
def library_build(
    output: Annotated[
        Path | None, typer.Option("--output", help="Write the SQLite file here instead of the cache.")
    ] = None,
    library: LibraryOption = None,
) -> None:
    """Build the SQLite snapshot from the text files, whether or not it is up to date."""
    with _errors():
        from claims.session import library_paths, show_progress
        from claims.snapshot import ensure_snapshot, write_to

        build = partial(write_to, output) if output else partial(ensure_snapshot, rebuild=True)
        _print(f"built {build(paths=library_paths(library), progress=show_progress)}")


@library_app.command("export")
def library_export(
    format: Annotated[Literal["csv", "json", "bibtex", "ris"], typer.Option("--format", help="Output format.")],
    table: Annotated[
        Literal["claims", "propositions", "findings", "references", "conflicts"],
        typer.Option("--table", help="Which table, for csv."),
    ] = "claims",
    output: Annotated[
        Path | None, typer.Option("--output", help="Write to this file instead of standard output.")
    ] = None,
    library: LibraryOption = None,
) -> None:
    """The library for other programs."""
    with _errors():
        from claims.export import export, save
        from claims.query import read_collection
        from claims.session import open_library

        text = export(read_collection(open_library(library)), kind=format, table=table)
        _print(save(output, text) if output else text)


def run() -> None:
    """Entry point of the installed command."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by the caller
            setattr(sys, name, _nowhere())
        getattr(sys, name).reconfigure(encoding="utf-8", errors="replace")
    try:
        code = app(prog_name="claimwise", standalone_mode=False)
        sys.stdout.flush()
        raise SystemExit(code)
    except (KeyboardInterrupt, typer.Abort):
        raise SystemExit(130) from None
    except typer.TyperException as error:
        _complain(error.format_message())
        raise SystemExit(3) from None  # Typer's own code for usage is 2, which here means "incomplete"
    except OSError as error:
        sys.stdout = _nowhere()
        _complain(f"the output cannot be written: {error.strerror}")
        raise SystemExit(2) from None


@contextmanager
def _errors() -> Iterator[None]:
    """Turns the errors a user can cause into one line each and the exit code that fits."""
    try:
        yield
    except typer.TyperException:
        raise
    except BrokenPipeError:  # the reader of the pipe has gone; what it did not read, it did not want
        sys.stdout = _nowhere()
        raise typer.Exit(0) from None
    except Exception as error:
        from claims.session import explain

        told = explain(error)
        if told is None:
            raise
        for line in told.lines:
            _complain(line)
        raise typer.Exit(told.exit_code) from None


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123


def _complain(message: str) -> None:
    typer.echo(f"claimwise: {_CONTROL.sub(' ', ' '.join(message.split()))}", err=True)


def _print(text: str) -> None:
    """Text to standard output; control characters of a record never reach the terminal, our own colours do."""
    typer.echo(_CONTROL.sub(" ", text))


if __name__ == "__main__":
    run()
