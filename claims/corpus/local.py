"""The parts of a corpus run, done by processes of this machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from claims.corpus.parts import Receipt, finish, open_parts
from claims.workers import in_turn

if TYPE_CHECKING:
    from claims.corpus.manifest import Manifest
    from claims.worker_process import Order


def run_here(
    output: Path, manifest: Manifest, done: dict[tuple[int, int], Receipt], order: Order, jobs: int
) -> Iterator[Receipt]:
    """Finishes what is not ``done`` yet, ``jobs`` parts at a time. Raises StorageError when the disk cannot be written.

    Inputs are read one after the other by the caller's thread, which takes a hundredth of the time that judging takes.
    """
    parts = (
        part
        for number, file in enumerate(manifest.inputs)
        for part in open_parts(number, file, manifest.part_size, done)
    )
    return in_turn(parts, lambda attendant, part: finish(part, attendant, output), order, jobs)
