"""The options that several commands share, so that each is named, described and checked in one way."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

ReportFormat = Literal["table", "json", "markdown", "csv"]
FormatOption = Annotated[ReportFormat, typer.Option("--format", help="Output format.")]
ReportFormatOption = Annotated[
    Literal["table", "json", "markdown", "csv", "html"], typer.Option("--format", help="Output format.")
]
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
BlindOption = Annotated[
    bool,
    typer.Option("--blind", help="Judge registered sources as if they were unknown, without their curated claims."),
]
