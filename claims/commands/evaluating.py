"""The command that measures: ``evaluate``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from claims.commands.options import BlindOption, LibraryOption, ModelOption
from claims.commands.outcome import Finish, Outcome


def register(app: typer.Typer, finish: Finish) -> None:
    """Adds the command to ``app``."""
    app.command("evaluate")(finish(evaluate))


def evaluate(
    labels: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="LABELS...", help="Files of labels (page.labels.json, claims.jsonl, pairs.jsonl), folders."
        ),
    ] = None,
    texts: Annotated[
        Path | None, typer.Option("--texts", help="Folder of the texts of claim lists (default: beside the list).")
    ] = None,
    sources: Annotated[
        Path | None,
        typer.Option("--sources", help="Folder of the source texts: measure against the registered sources' claims."),
    ] = None,
    blind: BlindOption = False,
    metamorphic: Annotated[
        int | None,
        typer.Option(
            "--metamorphic",
            metavar="N",
            min=1,
            help="Judge the library's own wordings, whole and with a detail changed: at most N cases of each change.",
        ),
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="List each disagreement.")] = False,
    format: Annotated[Literal["text", "json"], typer.Option("--format", help="Output format.")] = "text",
    model: ModelOption = None,
    library: LibraryOption = None,
) -> Outcome:
    """Measure the checker against labels: detection, verdicts, problems caught, false alarms, pairs."""
    import msgspec

    from claims.engine import Judge, network_if
    from claims.evaluating import evaluate as run
    from claims.evaluating import of_sources
    from claims.form_store import StoredForms
    from claims.labelled import read_labelled
    from claims.query import meta, read_collection
    from claims.reporters.evaluated import render_evaluation
    from claims.session import open_library, this_screen
    from claims.sources import read_texts
    from evidence.problems import UsageError

    if metamorphic is not None:
        return _metamorphic(metamorphic, listed=listed, format=format, library=library, model=bool(model))
    if not labels and sources is None:
        raise UsageError("nothing to measure against; name files of labels, or --sources DIR")
    connection = open_library(library)
    collection = read_collection(connection)
    labelled = read_labelled(labels or (), texts=texts)
    if sources is not None:
        own = of_sources(collection, read_texts(collection.sources.values(), sources))
        labelled = msgspec.structs.replace(labelled, documents=(*own, *labelled.documents))
    found = run(
        labelled,
        collection,
        Judge(collection, StoredForms(connection), network=network_if(bool(model))),
        library_hash=meta(connection)["hash"],
        blind=blind,
    )
    text = render_evaluation(found, format, this_screen(), listed=listed)
    skipped = tuple(f"{path}: left out, it holds no labels in a form that is known" for path in labelled.skipped)
    return Outcome(text, complaints=(*labelled.spoilt, *skipped), exit_code=2 if labelled.spoilt else 0)


def _metamorphic(each: int, *, listed: bool, format: str, library: str | None, model: bool) -> Outcome:
    from claims.engine import Judge, network_if
    from claims.form_store import StoredForms
    from claims.metamorphic import cases
    from claims.metamorphosis import judge_cases
    from claims.query import read_collection
    from claims.reporters.metamorphosis import render_metamorphosis
    from claims.session import open_library

    connection = open_library(library)
    collection = read_collection(connection)
    judge = Judge(collection, StoredForms(connection), network=network_if(model))
    found = judge_cases(cases(collection, judge.reader), judge, each=each)
    return Outcome(render_metamorphosis(found, format, listed=listed))
