"""The commands that care for the bibliography: evidence format, lint, import."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from claims.commands.options import FolderOption, ListFormatOption, TodayOption
from claims.commands.outcome import Finish, Outcome

BibOption = Annotated[
    Path | None, typer.Argument(metavar="[FILE]", help="A BibTeX file (default: the library's bibliography).")
]


def register(group: typer.Typer, finish: Finish) -> None:
    """Adds the commands to the ``evidence`` group."""
    group.command("import")(finish(evidence_import))
    group.command("format")(finish(evidence_format))
    group.command("lint")(finish(evidence_lint))


def evidence_format(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE]...", help="BibTeX files (default: the library's bibliography)."),
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 if a file would change.")] = False,
    library: FolderOption = None,
) -> Outcome:
    """Bring bibliographies into one form: order and alignment of fields. Nothing is lost, entries keep their order."""
    from claims.session import library_paths
    from evidence.bibfile import read_bibfile
    from evidence.files import write_atomically
    from evidence.formatting import format_bibliography

    paths = None if files else library_paths(library)
    lines: list[str] = []
    left: list[str] = []
    to_write: dict[Path, str] = {}  # written when all files have been read, so that a bad one stops the rest in time
    for path in [paths.bibliography] if paths else dict.fromkeys(files or ()):
        name = paths.name_of(path) if paths else str(path)
        text = read_bibfile(path, name=name)
        formatted = format_bibliography(text, name=name)
        left += map(str, formatted.left)
        said = "is in form"
        if formatted.text != text:
            to_write[path] = formatted.text
            said = "is not in form; 'claimwise evidence format' mends it" if check else "formatted"
        lines.append(f"{name}: {said}")
    if not check:
        for path, text in to_write.items():
            write_atomically(path, text)
    exit_code = 1 if left or (to_write and check) else 0
    return Outcome("\n".join(lines), exit_code=exit_code, complaints=tuple(left))


def evidence_lint(
    file: BibOption = None,
    format: ListFormatOption = "table",
    library: FolderOption = None,
) -> Outcome:
    """List what a bibliography needs: problems, entries that are perhaps one work, fields that entries lack."""
    from claims.reporters.bibliography import render_lint
    from claims.session import library_paths
    from evidence.bibfile import read_bibfile
    from evidence.bibliography import parse_bibliography
    from evidence.duplicates import find_alike, find_gaps

    paths = None if file else library_paths(library)
    path = file or library_paths(library).bibliography
    name = paths.name_of(path) if paths else str(path)
    references, problems = parse_bibliography(read_bibfile(path, name=name), name=name)
    text = render_lint(name, problems, find_alike(references), find_gaps(references), format)
    return Outcome(text, exit_code=1 if problems else 0)


def evidence_import(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="BibTeX, RIS, CSL JSON or a Retraction Watch CSV.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done; write nothing.")] = False,
    today: TodayOption = None,
    format: ListFormatOption = "table",
    library: FolderOption = None,
) -> Outcome:
    """Take over works from a file of another program, or notices from a Retraction Watch CSV."""
    from claims.reporters.bibliography import render_import
    from claims.session import PROBLEMS_SHOWN, library_paths, parse_day
    from evidence.importing.plan import plan_import, save_import

    paths, day = library_paths(library), parse_day(today)
    plan = plan_import(file, paths, today=day)
    if not dry_run:
        save_import(plan, paths, today=day)
    told = [str(problem) for problem in plan.problems[:PROBLEMS_SHOWN]]
    if len(plan.problems) > PROBLEMS_SHOWN:
        told.append(f"… and {len(plan.problems) - PROBLEMS_SHOWN} more; --format json lists all")
    text = render_import(plan, file.name, format, dry_run=dry_run)
    return Outcome(text, exit_code=1 if plan.problems else 0, complaints=tuple(told))
