"""Runs git and hands back what it prints: no shell, none of the user's settings that change output or run a program."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Final

from evidence.problems import StorageError

_TIMEOUT: Final = 120  # seconds
# What git sets for its hooks; with it a folder below would be taken for the whole repository.
_OF_HOOKS: Final = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")
# Settings of a user that would change what is printed, or run a program.
_PLAIN: Final = (
    "-c", "core.quotePath=false", "-c", "core.fsmonitor=false", "-c", "diff.noprefix=false",
    "-c", "diff.mnemonicPrefix=false",
)  # fmt: skip


def run_git(folder: Path, *arguments: str, option: str, must: bool = False, given: bytes | None = None) -> bytes:
    """What git prints in ``folder``; nothing when it fails, unless it ``must`` not. ``given`` is its standard input.

    ``option`` is what the user asked for. Raises StorageError without git, when it does not end, or fails and must not.
    """
    kept = {name: value for name, value in os.environ.items() if name not in _OF_HOOKS}
    environment = {**kept, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}
    try:
        done = subprocess.run(  # noqa: S603 - no shell; what a user names is checked before
            ["git", *_PLAIN, *arguments],  # noqa: S607 - the user's git
            cwd=folder,
            env=environment,
            input=given or b"",
            capture_output=True,
            timeout=_TIMEOUT,
            check=False,
        )
    except FileNotFoundError:
        raise StorageError(f"{option} needs git, which is not installed; install it or leave {option} out") from None
    except subprocess.TimeoutExpired:
        raise StorageError(f"git did not answer within {_TIMEOUT} seconds; leave {option} out") from None
    if done.returncode and must:
        reason = " ".join(done.stderr.decode("utf-8", "replace").split())[:200]
        raise StorageError(f"git cannot tell what {option} asks for: {reason}")
    return b"" if done.returncode else done.stdout


def is_shallow(folder: Path, *, option: str) -> bool:
    """Whether the clone holds only a part of the history."""
    return run_git(folder, "rev-parse", "--is-shallow-repository", option=option).strip() == b"true"
