"""The commands that care for the bibliography: evidence format, lint, import."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from claims.commands.options import LibraryOption
from claims.commands.outcome import Finish, Outcome

BibOption = Annotated[
    Path | None, typer.Argument(metavar="[FILE]", help="A BibTeX file (default: the library's bibliography).")
]


def register(group: typer.Typer, finish: Finish) -> None:
    """Adds the commands to the ``evidence`` group."""
    group.command("format")(finish(evidence_format))


def evidence_format(
    file: BibOption = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 if the file would change.")] = False,
    library: LibraryOption = None,
) -> Outcome:
    """Bring a bibliography into one form: order and alignment of fields. Nothing is lost, entries keep their order."""
    from claims.session import library_paths
    from evidence.bibfile import read_bibfile
    from evidence.files import write_atomically
    from evidence.formatting import format_bibliography

    paths = None if file else library_paths(library)
    path = file or library_paths(library).bibliography
    name = paths.name_of(path) if paths else str(path)
    text = read_bibfile(path, name=name)
    formatted = format_bibliography(text, name=name)
    changed = formatted.text != text
    if changed and not check:
        write_atomically(path, formatted.text)
    said = (
        "is in form"
        if not changed
        else "is not in form; 'claimwise evidence format' mends it"
        if check
        else "formatted"
    )
    exit_code = 1 if formatted.left or (changed and check) else 0
    return Outcome(f"{name}: {said}", exit_code=exit_code, complaints=tuple(map(str, formatted.left)))
