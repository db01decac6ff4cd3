"""The ``claimwise`` command: parse, call one function, hand to a reporter, exit. Nothing is computed here.

Imports inside commands are on purpose: ``--help`` and the reading commands must not load what they do not use.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer

if TYPE_CHECKING:
    import sqlite3

    from claims.reporters.layout import Screen
    from evidence.paths import LibraryPaths

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

_PROBLEMS_SHOWN = 20

ReportFormat = Literal["table", "json", "markdown", "csv"]
TableFormat = Literal["table", "json", "markdown", "csv"]
ListFormat = Literal["table", "json"]
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
    format: Annotated[ReportFormat, typer.Option("--format", help="Output format.")] = "table",
    library: LibraryOption = None,
) -> None:
    """The audit of the registered source texts: every claim with its verdict, evidence and conflicts."""
    with _errors():
        from claims.query import meta, read_collection
        from claims.report import ReportFilters, build_report
        from claims.reporters import REPORTERS
        from claims.sources import read_source_text

        connection = _open(library)
        collection = read_collection(connection)
        _known("source", source, collection.sources)
        _known_words(verdict, category)
        filters = ReportFilters(
            verdicts=tuple(verdict or ()),
            categories=tuple(category or ()),
            sources=tuple(source or ()),
            importance=importance,
        )
        texts = {key: read_source_text(s, sources) for key, s in collection.sources.items()} if sources else None
        built = build_report(collection, library_hash=meta(connection)["hash"], filters=filters, texts=texts)
        overview, full = REPORTERS[format]
        chosen = full if details or filters != ReportFilters(sources=filters.sources) else overview
        _print(chosen(built, _screen()))


@app.command()
def conflicts(
    severity: Annotated[
        int, typer.Option("--severity", min=1, max=3, help="Only conflicts of at least this severity.")
    ] = 1,
    kind: Annotated[str | None, typer.Option("--kind", help="Only this kind, such as schedule or regulatory.")] = None,
    source: SourceOption = None,
    format: Annotated[TableFormat, typer.Option("--format", help="Output format.")] = "table",
    library: LibraryOption = None,
) -> None:
    """Claims of the sources that cannot all hold, within a text and between texts."""
    with _errors():
        from claims.conflict_list import KINDS, list_conflicts, render_conflicts
        from claims.query import meta, read_collection

        connection = _open(library)
        collection = read_collection(connection)
        _known("source", source, collection.sources)
        _known("kind", [kind] if kind else None, KINDS)
        listed = list_conflicts(
            collection, meta(connection)["hash"], severity=severity, kind=kind, sources=tuple(source or ())
        )
        _print(render_conflicts(listed, collection, format, _screen()))


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
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most this many hits.")] = 20,
    format: Annotated[ListFormat, typer.Option("--format", help="Output format.")] = "table",
    library: LibraryOption = None,
) -> None:
    """Full text over claims, propositions, findings, references and conflicts, with filters."""
    with _errors():
        from claims.reporters.hits import render_found
        from claims.search import KINDS, Filters, parse_slots
        from claims.search import search as run

        _known_words(verdict, category)
        _known("kind", kind, KINDS)
        filters = Filters(
            kinds=tuple(kind or ()),
            verdicts=tuple(verdict or ()),
            categories=tuple(category or ()),
            sources=tuple(source or ()),
            reference=reference,
            slots=parse_slots(slot or []),
            importance=importance,
        )
        found = run(_open(library), text, filters, limit=limit)
        _print(render_found(found, text, format, _screen()))


@app.command()
def show(
    id: Annotated[
        str, typer.Argument(help="Id of a claim, proposition, finding, reference, conflict, source or concept.")
    ],
    format: Annotated[ListFormat, typer.Option("--format", help="Output format.")] = "table",
    library: LibraryOption = None,
) -> None:
    """One record with everything linked to it."""
    with _errors():
        from claims.query import links_to, read_collection, record
        from claims.reporters.as_json import to_json
        from claims.reporters.records import render_record

        connection = _open(library)
        kind = _kind(connection, id)
        used_by = links_to(connection, kind, id)
        if format == "json":
            _print(to_json({"kind": kind, "record": record(connection, kind, id), "named_by": used_by}))
        else:
            _print(render_record(read_collection(connection), kind, id, used_by, _screen()))


@app.command("where-used")
def where_used(
    id: Annotated[str, typer.Argument(help="Id of a reference, proposition, finding or claim.")],
    format: Annotated[ListFormat, typer.Option("--format", help="Output format.")] = "table",
    library: LibraryOption = None,
) -> None:
    """Everything that rests on a record, directly or through findings and propositions."""
    with _errors():
        from claims.query import read_collection
        from claims.query import where_used as find
        from claims.reporters.as_json import to_json
        from claims.reporters.records import render_users

        connection = _open(library)
        kind = _kind(connection, id)
        links = find(connection, kind, id)
        if format == "json":
            _print(to_json({"kind": kind, "id": id, "used_by": links}))
        else:
            _print(render_users(read_collection(connection), kind, id, links, _screen()))


@evidence_app.command("list")
def evidence_list(
    design: Annotated[str | None, typer.Option("--design", help="Only this design, such as rct.")] = None,
    level: Annotated[
        str | None, typer.Option("--level", help="Only this evidence level, such as 1 or official.")
    ] = None,
    format: Annotated[TableFormat, typer.Option("--format", help="Output format.")] = "table",
    library: LibraryOption = None,
) -> None:
    """All studies: design, level, people, findings, and how often each is used."""
    with _errors():
        from claims.query import read_collection
        from claims.reporters.evidence import render_studies, study_rows

        rows = study_rows(read_collection(_open(library)), design=design, level=level)
        _print(render_studies(rows, format, _screen()))


@evidence_app.command("show")
def evidence_show(
    id: Annotated[str, typer.Argument(help="A bib key or a finding id.")],
    format: Annotated[ListFormat, typer.Option("--format", help="Output format.")] = "table",
    library: LibraryOption = None,
) -> None:
    """One study with all its findings, or one finding."""
    show(id=id, format=format, library=library)


@evidence_app.command("table")
def evidence_table(
    outcome: Annotated[str | None, typer.Option("--outcome", help="Outcome concept, such as response.")] = None,
    intervention: Annotated[
        str | None, typer.Option("--intervention", help="Intervention concept, such as esketamine.")
    ] = None,
    route: Annotated[str | None, typer.Option("--route", help="Route concept, such as iv.")] = None,
    population: Annotated[str | None, typer.Option("--population", help="Population concept, such as trd.")] = None,
    species: Annotated[str | None, typer.Option("--species", help="Species concept, such as human.")] = None,
    format: Annotated[TableFormat, typer.Option("--format", help="Output format.")] = "table",
    library: LibraryOption = None,
) -> None:
    """Findings as an evidence table: study, design, n, population, comparator, time point, effect, interval."""
    with _errors():
        from claims.evidence_table import evidence_table as build
        from claims.query import read_collection
        from claims.reporters.evidence import render_findings

        rows = build(
            read_collection(_open(library)),
            outcome=outcome,
            intervention=intervention,
            route=route,
            population=population,
            species=species,
        )
        _print(render_findings(rows, format, _screen()))


@library_app.command("check")
def library_check(
    sources: TextsOption = None,
    today: Annotated[
        str | None, typer.Option("--today", help="Date that decides which reviews are due (YYYY-MM-DD).")
    ] = None,
    format: Annotated[ListFormat, typer.Option("--format", help="Output format.")] = "table",
    library: LibraryOption = None,
) -> None:
    """Every cross-check of the library's files; each failure with file, line and cure."""
    with _errors():
        from claims.checks import check_collection
        from claims.collection import load_collection
        from claims.reporters.as_json import to_json
        from claims.reporters.layout import plural

        paths = _paths(library)
        if sources is not None and not sources.is_dir():
            _fail(f"{sources}: no such folder; --sources takes the folder of the source texts")
        collection = load_collection(paths)
        problems = check_collection(collection, paths, today=_day(today), texts=sources)
        if format == "json":
            _print(to_json({"schema": "claimwise/problems/1", "problems": problems}))
        else:
            for problem in problems:
                _print(str(problem))
            held = "with the source texts" if sources else "without the source texts (--sources DIR checks the anchors)"
            _print(f"{plural(len(problems), 'problem')}" if problems else f"the library is clean, checked {held}")
        if problems:
            raise typer.Exit(4)


@library_app.command("status")
def library_status(
    today: Annotated[
        str | None, typer.Option("--today", help="Date that decides which reviews are due (YYYY-MM-DD).")
    ] = None,
    format: Annotated[ListFormat, typer.Option("--format", help="Output format.")] = "table",
    library: LibraryOption = None,
) -> None:
    """Counts, coverage, reviews that are due, figures not verified at the source."""
    with _errors():
        from claims.query import meta, read_collection
        from claims.reporters.status import render_status
        from claims.status import library_status as build

        connection = _open(library)
        status = build(read_collection(connection), library_hash=meta(connection)["hash"], today=_day(today))
        _print(render_status(status, format, _screen()))


@library_app.command("build")
def library_build(
    output: Annotated[
        Path | None, typer.Option("--output", help="Write the SQLite file here instead of the cache.")
    ] = None,
    library: LibraryOption = None,
) -> None:
    """Build the SQLite snapshot from the text files, whether or not it is up to date."""
    with _errors():
        from claims.snapshot import ensure_snapshot, write_to

        paths = _paths(library)
        built = (
            write_to(output, paths, progress=_progress)
            if output
            else ensure_snapshot(paths, progress=_progress, rebuild=True)
        )
        _print(f"built {built}")


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
        from claims.export import export
        from claims.query import read_collection

        text = export(read_collection(_open(library)), kind=format, table=table)
        if output is None:
            _print(text)
        else:
            from evidence.files import write_atomically

            write_atomically(output, f"{text}\n")
            _print(f"wrote {output}")


def run() -> None:
    """Entry point of the installed command."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        raise SystemExit(app(prog_name="claimwise", standalone_mode=False))
    except (KeyboardInterrupt, typer.Abort):
        raise SystemExit(130) from None
    except typer.TyperException as error:
        typer.echo(f"claimwise: {error.format_message()}", err=True)
        raise SystemExit(3) from None  # Typer's own code for usage is 2, which here means "incomplete"


@contextmanager
def _errors() -> Iterator[None]:
    """Turns the errors a user can cause into one line each and the exit code that fits."""
    from evidence.problems import ClaimwiseError, LibraryError

    try:
        yield
    except LibraryError as error:
        for problem in error.problems[:_PROBLEMS_SHOWN]:
            typer.echo(f"claimwise: {problem}", err=True)
        if len(error.problems) > _PROBLEMS_SHOWN:
            more = len(error.problems) - _PROBLEMS_SHOWN
            typer.echo(f"claimwise: … and {more} more; 'claimwise library check --format json' lists all", err=True)
        raise typer.Exit(error.exit_code) from None
    except ClaimwiseError as error:
        _fail(str(error), error.exit_code)
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - the reader of the pipe has gone
        raise typer.Exit(0) from None


def _fail(message: str, code: int = 3) -> NoReturn:
    typer.echo(f"claimwise: {message}", err=True)
    raise typer.Exit(code)


def _print(text: str) -> None:
    typer.echo(text)


def _paths(library: Path | None) -> LibraryPaths:
    from evidence.paths import library_paths

    return library_paths(library)


def _open(library: Path | None) -> sqlite3.Connection:
    from claims.snapshot import open_snapshot

    return open_snapshot(_paths(library), progress=_progress)


def _progress(step: str) -> None:
    """Shown while a snapshot is built: each step on a terminal, one line elsewhere."""
    if sys.stderr.isatty():
        typer.echo(f"\r\x1b[2Kbuilding the library: {step} …", err=True, nl=False)
        if step == "done":
            typer.echo("\r\x1b[2K", err=True, nl=False)
    elif step == "reading the library's files":
        typer.echo("building the library snapshot (once after each change of its files)", err=True)


def _screen() -> Screen:
    import shutil

    from claims.reporters.layout import Screen

    colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
    return Screen(width=shutil.get_terminal_size((100, 24)).columns, colour=colour)


def _kind(connection: sqlite3.Connection, key: str) -> str:
    from claims.query import close_ids, kind_of

    kind = kind_of(connection, key)
    if kind is None:
        near = close_ids(connection, key)
        _fail(
            f"no record has the id '{key}'"
            + (f"; did you mean {', '.join(near)}?" if near else "; 'claimwise search' finds ids")
        )
    return kind


def _known(what: str, given: list[str] | None, known: Any) -> None:
    for word in given or ():
        if word not in known:
            _fail(f"unknown {what} '{word}'; use one of {', '.join(known)}")


def _known_words(verdicts: list[str] | None, categories: list[str] | None) -> None:
    from claims.report import CATEGORIES, VERDICTS

    _known("verdict", verdicts, VERDICTS)
    _known("category", categories, CATEGORIES)


def _day(text: str | None) -> Any:
    import datetime as dt

    try:
        return dt.date.fromisoformat(text) if text else dt.datetime.now(dt.UTC).date()
    except ValueError:
        _fail(f"'{text}' is not a date; write it as YYYY-MM-DD")


if __name__ == "__main__":
    run()
