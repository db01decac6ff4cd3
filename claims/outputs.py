"""Several outputs of one run: ``--output FORMAT=PATH`` read, and the files written, each whole or not at all."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import Final

import msgspec

from evidence.files import write_atomically
from evidence.problems import StorageError, UsageError

STDOUT: Final = "-"
_NUL: Final = "\0"  # no file's name has one, and the system refuses to look for it


class Outputs(msgspec.Struct, frozen=True, kw_only=True):
    """``printed`` is the format of standard output, ``files`` the format of each file, in the order given."""

    printed: str
    files: tuple[tuple[str, Path], ...] = ()

    def has(self, form: str) -> bool:
        """Whether anything is written in this format."""
        return self.printed == form or any(form == other for other, _ in self.files)

    def keep_off(self, inputs: Iterable[str]) -> None:
        """Raises UsageError when a file to be written is one of the files that are read."""
        read = {os.path.realpath(path) for path in inputs if self.files and _NUL not in path}
        for form, path in self.files:
            if os.path.realpath(path) in read:
                raise UsageError(f"--output {form}={path}: is a file to be checked; choose another name")

    def write(self, render: Callable[[str], Iterable[str]]) -> tuple[str, ...]:
        """Renders and writes each file. Hands back a line for each that could not be written, and goes on."""
        failed = []
        for form, path in self.files:
            try:
                write_atomically(path, chain(render(form), "\n"))
            except StorageError as error:
                failed.append(str(error))
        return tuple(failed)


def read_outputs(
    given: Sequence[str] | None, printed: str | None, *, default: str, formats: Collection[str]
) -> Outputs:
    """The outputs asked for; ``printed`` is ``--format``, ``None`` when it was not given, ``default`` what holds then.

    Raises UsageError for what is no FORMAT=PATH, an unknown format, a path named twice, or two formats for stdout.
    """
    standard = [printed] if printed else []
    files: dict[str, tuple[str, Path]] = {}
    for word in given or ():
        form, mark, path = word.partition("=")
        if not mark or not path or _NUL in path:
            raise UsageError(f"--output takes FORMAT=PATH, such as json=claims.json; '{word}' is not of that form")
        if form not in formats:
            near = difflib.get_close_matches(form, formats, n=1)
            hint = f"did you mean {near[0]}?" if near else f"use one of {', '.join(formats)}"
            raise UsageError(f"--output {word}: there is no format '{form}'; {hint}")
        if path == STDOUT:
            standard.append(form)
            continue
        real = os.path.realpath(path)
        if real in files:
            raise UsageError(f"--output {word}: {path} is named twice; give each format a file of its own")
        files[real] = (form, Path(path))
    if len(standard) > 1:
        raise UsageError(f"{' and '.join(standard)} cannot both go to standard output; give one a file")
    return Outputs(printed=standard[0] if standard else default, files=tuple(files.values()))
