"""The options that several commands share, so that each is named, described and checked in one way."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

if TYPE_CHECKING:
    from claims.config import Given

ReportFormat = Literal["table", "json", "markdown", "csv"]
FormatOption = Annotated[ReportFormat, typer.Option("--format", help="Output format.")]
OutputOption = Annotated[
    list[str] | None,
    typer.Option("--output", metavar="FORMAT=PATH", help="Also write this format to a file; may be repeated."),
]
PageFormat = Literal["table", "json", "markdown", "csv", "html"]
ListFormatOption = Annotated[Literal["table", "json"], typer.Option("--format", help="Output format.")]
TodayOption = Annotated[
    str | None, typer.Option("--today", help="Date that decides which reviews are due (YYYY-MM-DD).")
]
LIBRARY_VARIABLES: Final = ("CLAIMWISE_DATABASE", "CLAIMWISE_LIBRARY")
LibraryOption = Annotated[
    str | None,
    typer.Option(
        "--library",
        "--database",
        metavar="FOLDER|URL",
        envvar=list(LIBRARY_VARIABLES),
        help="Folder of another library, or address of the database that holds it (default: the packaged one).",
    ),
]
FolderOption = Annotated[
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
Threshold = Literal["contradicted", "overstated", "vague", "unsupported", "never"]
FailOnOption = Annotated[
    Threshold | None,
    typer.Option(
        "--fail-on",
        help="Exit 1 when a claim is this bad or worse (default: overstated); what is only noted never counts.",
    ),
]
SelectOption = Annotated[
    list[str] | None,
    typer.Option("--select", help="Only these rules: codes or families, such as EV003,CF; default, all. Repeatable."),
]
IgnoreOption = Annotated[
    list[str] | None, typer.Option("--ignore", help="Not these rules: codes or families. Repeatable.")
]
BlindOption = Annotated[
    bool,
    typer.Option("--blind", help="Judge registered sources as if they were unknown, without their curated claims."),
]
ModelOption = Annotated[
    bool | None,
    typer.Option(
        "--model/--no-model", help="Also have a network read each claim, which needs the extra 'model' (default: no)."
    ),
]


def given(
    library: str | None,
    select: list[str] | None,
    ignore: list[str] | None,
    fail_on: Threshold | None,
    model: bool | None = None,
) -> Given:
    """What these options say, to be held against the settings of the project."""
    from claims.config import Given
    from claims.project import words_of
    from claims.session import environment

    variables = [name for name in LIBRARY_VARIABLES if library is not None and environment().get(name) == library]
    return Given(
        library=library,
        library_origin=variables[0] if variables else "command line",
        select=words_of(select),
        ignore=words_of(ignore),
        fail_on=fail_on,
        model=model,
    )
