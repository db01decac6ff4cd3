"""The command for very many documents: ``corpus``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from claims.commands.options import LibraryOption
from claims.commands.outcome import Finish, Outcome


def register(app: typer.Typer, finish: Finish) -> None:
    """Adds the command to ``app``."""
    app.command("corpus")(finish(corpus))


def corpus(
    inputs: Annotated[
        list[str],
        typer.Argument(metavar="INPUT...", help="Parquet, JSON Lines and WARC files, pages, or folders of them."),
    ],
    output: Annotated[Path, typer.Option("--output", help="Folder for the tables; a run that was cut off goes on.")],
    engine: Annotated[
        Literal["local", "spark"], typer.Option("--engine", help="Processes of this machine, or Apache Spark.")
    ] = "local",
    jobs: Annotated[int, typer.Option("--jobs", min=1, help="Documents judged at a time on this machine.")] = 1,
    part_size: Annotated[
        int, typer.Option("--part-size", min=1, help="Documents that are written, and lost when cut off, together.")
    ] = 500,
    time_limit: Annotated[
        float, typer.Option("--time-limit", min=0.1, help="Seconds that one document may take.")
    ] = 120,
    master: Annotated[
        str | None, typer.Option("--master", help="Spark's master (default: spark-submit's, else this machine).")
    ] = None,
    library: LibraryOption = None,
) -> Outcome:
    """Check a crawl or an archive: claims and documents as Parquet tables, restartable, each document once."""
    from claims.corpus.running import Settings, run_corpus
    from claims.query import meta
    from claims.reporters.corpus import render_summary
    from claims.reporters.layout import plural
    from claims.session import library_snapshot, show_tally
    from claims.snapshot import connect

    settings = Settings(engine=engine, jobs=jobs, part_size=part_size, seconds=time_limit, master=master)
    snapshot = library_snapshot(library)
    about = meta(connect(snapshot))
    summary = run_corpus(
        inputs,
        output,
        snapshot,
        (about["name"], about["hash"]),
        settings,
        progress=lambda n: show_tally("documents", n),
    )
    left = f"{plural(summary.unchecked, 'document')} could not be checked; reasons stand in {output}/documents"
    complaints = (left,) if summary.unchecked else ()
    return Outcome(render_summary(summary, str(output)), exit_code=2 if complaints else 0, complaints=complaints)
