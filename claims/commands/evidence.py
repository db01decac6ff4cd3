"""The commands about studies: evidence list, show, table."""

from __future__ import annotations

from typing import Annotated

import typer

from claims.commands import bibliography
from claims.commands.listing import show
from claims.commands.options import (
    FormatOption,
    LibraryOption,
)
from claims.commands.outcome import Finish


def register(app: typer.Typer, finish: Finish) -> None:
    """Adds the group to ``app``."""
    group = typer.Typer(help="Studies and their findings.", rich_markup_mode=None)
    group.command("show")(finish(show))
    group.command("list")(finish(evidence_list))
    group.command("table")(finish(evidence_table))
    bibliography.register(group, finish)
    app.add_typer(group, name="evidence")


def evidence_list(
    design: Annotated[str | None, typer.Option("--design", help="Only this design, such as rct.")] = None,
    level: Annotated[
        str | None, typer.Option("--level", help="Only this evidence level, such as 1 or official.")
    ] = None,
    format: FormatOption = "table",
    library: LibraryOption = None,
) -> str:
    """All studies: design, level, people, findings, and how often each is used."""
    from claims.query import read_collection
    from claims.reporters.evidence import render_studies, study_rows
    from claims.session import open_library, this_screen

    rows = study_rows(read_collection(open_library(library)), design=design, level=level)
    return render_studies(rows, format, this_screen())


def evidence_table(
    outcome: Annotated[str | None, typer.Option("--outcome", help="Outcome concept, such as response.")] = None,
    intervention: Annotated[str | None, typer.Option("--intervention", help="Intervention concept, by its id.")] = None,
    route: Annotated[str | None, typer.Option("--route", help="Route concept, such as iv.")] = None,
    population: Annotated[str | None, typer.Option("--population", help="Population concept, by its id.")] = None,
    species: Annotated[str | None, typer.Option("--species", help="Species concept, such as human.")] = None,
    format: FormatOption = "table",
    library: LibraryOption = None,
) -> str:
    """Findings as an evidence table: study, design, n, population, comparator, time point, effect, interval."""
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
    return render_findings(rows, format, this_screen())
