"""What a command that checks knows of the project it runs in: the settings, the baseline, what changed.

Reads the files that hold them; nothing is judged here.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from claims.baseline import Baseline, load_baseline
from claims.config import Config, Given, open_config, shown
from claims.inputs import STDIN
from evidence.problems import UsageError

if TYPE_CHECKING:
    from claims.changed_lines import Changed


def open_project(paths: Sequence[str], given: Given, *, stdin_name: str) -> Config:
    """What holds for these paths. Raises UsageError for settings that are wrong."""
    return open_config(common_folder(paths, stdin_name=stdin_name), given)


def baseline_of_project(config: Config, named: Path | None = None) -> Baseline | None:
    """The baseline ``named``, else the project's, ``None`` when that has none.

    Raises UsageError when it is damaged, or when the one that was named is not there.
    """
    path = named or config.baseline_file
    baseline = load_baseline(path, name=shown(path))
    if named and baseline is None:
        raise UsageError(f"{named}: no such baseline; 'claimwise baseline create' makes one")
    return baseline


def changes(revision: str, paths: Sequence[str], config: Config) -> Changed:
    """What changed since ``revision`` was left. Raises UsageError, StorageError."""
    from claims.changed_lines import changed_since

    if STDIN in paths:
        raise UsageError("--diff compares files; name the file instead of -")
    folder = common_folder(paths, stdin_name="")
    return changed_since(revision, folder if folder.is_dir() else config.root)


def common_folder(paths: Sequence[str], *, stdin_name: str) -> Path:
    """The folder that holds all that is checked; the working directory where the paths have none in common."""
    named = [stdin_name if path == STDIN else path for path in paths]
    try:
        places = [Path(os.path.abspath(name)) for name in named]  # noqa: PTH100 - links stay where they stand
        folders = [place if place.is_dir() else place.parent for place in places]
        return Path(os.path.commonpath(folders))
    except (OSError, ValueError):  # other drives; a name that no file can have
        return Path.cwd()


def words_of(given: Sequence[str] | None) -> tuple[str, ...] | None:
    """What an option that may be repeated and takes lists was given: ``EV003,VG`` as two words; ``None`` if nothing."""
    if given is None:
        return None
    return tuple(word.strip() for part in given for word in part.split(",") if word.strip())
