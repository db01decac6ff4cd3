"""The commands that list and show: report, conflicts, search, show, where-used."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from claims.commands.options import (
    CategoryOption,
    FormatOption,
    ImportanceOption,
    LibraryOption,
    ListFormatOption,
    OutputOption,
    PageFormat,
    SourceOption,
    TextsOption,
    VerdictOption,
)
from claims.commands.outcome import Finish, Outcome

if TYPE_CHECKING:
    import sqlite3

    from claims.collection import Collection
    from claims.reporters.layout import Screen
    from claims.resting import Passage


_HTML: Final = "html"


def register(app: typer.Typer, finish: Finish) -> None:
    """Adds the commands to ``app``."""
    for name, command in (("report", report), ("conflicts", conflicts), ("search", search), ("show", show)):
        app.command(name)(finish(command))
    app.command("where-used")(finish(where_used))


def report(
    verdict: VerdictOption = None,
    category: CategoryOption = None,
    importance: ImportanceOption = 1,
    source: SourceOption = None,
    details: Annotated[bool, typer.Option("--details", help="Print every claim, not only the gravest.")] = False,
    sources: TextsOption = None,
    format: Annotated[PageFormat | None, typer.Option("--format", help="Output format (default: table).")] = None,
    output: OutputOption = None,
    library: LibraryOption = None,
) -> Outcome:
    """The audit of the registered source texts: every claim with its verdict, evidence and conflicts."""
    from claims.outputs import read_outputs
    from claims.query import meta, read_collection
    from claims.report import CATEGORIES, VERDICTS, ReportFilters, build_report
    from claims.reporters.layout import Screen
    from claims.reporters.registry import REPORTERS
    from claims.session import open_library, require_known, this_screen
    from claims.sources import read_texts

    outputs = read_outputs(output, format, default="table", formats=(*REPORTERS, _HTML))
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
    if sources:
        outputs.keep_off(str(sources / source.file) for source in wanted)
    built = build_report(collection, library_hash=meta(connection)["hash"], filters=filters, texts=texts)
    whole = details or filters != ReportFilters(sources=filters.sources)

    def render(form: str, screen: Screen) -> str:
        if form != _HTML:
            return REPORTERS[form][whole](built, screen)
        from claims.documents import read_document
        from claims.reporters.html.rendering import render_report

        names = {s.id: s.file for s in wanted}
        read = {names[key]: read_document(names[key], text.encode()) for key, text in (texts or {}).items()}
        return render_report(built, read, collection)

    failed = outputs.write(lambda form: (render(form, Screen()),))
    text = render(outputs.printed, this_screen())
    return Outcome(text, exit_code=2 if failed else 0, complaints=failed)


def conflicts(
    severity: Annotated[
        int, typer.Option("--severity", min=1, max=3, help="Only conflicts of at least this severity.")
    ] = 1,
    kind: Annotated[str | None, typer.Option("--kind", help="Only this kind, such as schedule or regulatory.")] = None,
    source: SourceOption = None,
    format: FormatOption = "table",
    library: LibraryOption = None,
) -> str:
    """Claims of the sources that cannot all hold, within a text and between texts."""
    from claims.conflict_list import KINDS, list_conflicts, render_conflicts
    from claims.query import meta, read_collection
    from claims.session import open_library, require_known, this_screen

    connection = open_library(library)
    collection = read_collection(connection)
    require_known("kind", None if kind is None else [kind], KINDS)
    chosen = require_known("source", source, collection.sources)
    listed = list_conflicts(collection, meta(connection)["hash"], severity=severity, kind=kind, sources=chosen)
    return render_conflicts(listed, collection, format, this_screen())


def search(
    text: Annotated[str, typer.Argument(help="Words to look for; may be empty when filters are given.")] = "",
    kind: Annotated[list[str] | None, typer.Option("--kind", help="Only this kind of record; may be repeated.")] = None,
    verdict: VerdictOption = None,
    category: CategoryOption = None,
    source: SourceOption = None,
    importance: ImportanceOption = 1,
    slot: Annotated[
        list[str] | None,
        typer.Option("--slot", help="SLOT=CONCEPT, such as route=oral; may be repeated."),
    ] = None,
    reference: Annotated[
        str | None, typer.Option("--reference", help="Only records that rest on this bib key.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=100_000, help="At most this many hits.")] = 20,
    format: ListFormatOption = "table",
    library: LibraryOption = None,
) -> str:
    """Full text over claims, propositions, findings, references and conflicts, with filters."""
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
    return render_found(found, text, format, this_screen())


def show(
    id: Annotated[
        str, typer.Argument(help="Id of a claim, proposition, finding, reference, conflict, source or concept.")
    ],
    history: Annotated[
        bool, typer.Option("--history", help="Also how its text in the library's files changed, as git keeps it.")
    ] = False,
    format: ListFormatOption = "table",
    library: LibraryOption = None,
) -> str:
    """One record with everything linked to it."""
    from claims.history import history_of
    from claims.query import links_to, open_collection, record, title
    from claims.reporters.as_json import to_json
    from claims.reporters.history import render_history
    from claims.reporters.records import render_record
    from claims.session import library_paths, open_library, require_kind, this_screen

    connection = open_library(library)
    kind = require_kind(connection, id)
    past = history_of(library_paths(None if library is None else Path(library)), kind, id) if history else None
    used_by = links_to(connection, kind, id)
    named = [(link, title(connection, link.kind, link.owner)) for link in used_by]
    if format == "json":
        return to_json({"kind": kind, "record": record(connection, kind, id), "named_by": used_by, "history": past})
    text = render_record(open_collection(connection), kind, id, named, this_screen())
    return f"{text}\n\n{render_history(past, this_screen())}" if past else text


def where_used(
    id: Annotated[str, typer.Argument(help="Id of a reference, proposition, finding or claim.")],
    pages: Annotated[
        list[str] | None,
        typer.Option(
            "--pages", metavar="PATH", help="Check this file or folder too and name its passages; may be repeated."
        ),
    ] = None,
    format: ListFormatOption = "table",
    library: LibraryOption = None,
) -> Outcome:
    """Everything that rests on a record, directly or through findings and propositions, and how its work stands."""
    from claims.query import read_collection, title
    from claims.query import where_used as find
    from claims.reporters.as_json import to_json
    from claims.reporters.records import Users, render_users
    from claims.session import open_library, require_kind, this_screen
    from claims.standing import changes, standing_of_record

    connection = open_library(library)
    kind = require_kind(connection, id)
    links = find(connection, kind, id)
    collection = read_collection(connection)
    standing = standing_of_record(collection, kind, id)
    changed = changes(collection, [(kind, id), *((link.kind, link.owner) for link in links)])
    passages, unread = _passages_on(connection, collection, kind, id, pages) if pages else (None, ())
    if format == "json":
        parts = {"standing": standing, "used_by": links, "changed": changed, "pages": passages}
        text = to_json({"kind": kind, "id": id, **parts})
    else:
        named = [(link, title(connection, link.kind, link.owner)) for link in links]
        users = Users(standing=standing, links=named, changed=changed, passages=passages)
        text = render_users(kind, id, title(connection, kind, id), users, this_screen())
    return Outcome(text, exit_code=2 if unread else 0, complaints=unread)


def _passages_on(
    connection: sqlite3.Connection, collection: Collection, kind: str, key: str, pages: list[str]
) -> tuple[tuple[Passage, ...], tuple[str, ...]]:
    """The passages of the pages that rest on the record, and what could not be read."""
    from claims.checking import check_documents
    from claims.engine import Judge
    from claims.form_store import StoredForms
    from claims.inputs import gather
    from claims.query import meta
    from claims.resting import require_restable, resting_passages
    from claims.session import standard_input

    require_restable(kind, key)
    inputs = gather(pages, stdin=standard_input())
    result = check_documents(
        inputs.documents,
        collection,
        Judge(collection, StoredForms(connection)),
        library_hash=meta(connection)["hash"],
        unreadable=inputs.unreadable,
    )
    return resting_passages(result, kind, key), tuple(inputs.complaints())
