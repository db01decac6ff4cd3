"""Runs commands as whole processes and tells what they spent: processor time, time on the clock, memory at its most.

Commands that are compared run in turn, forwards and then backwards, so that a slow moment of the machine falls on all
of them alike; ratios are taken within a round.
"""

from __future__ import annotations

import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

KIB_A_UNIT = 1 / 1024 if sys.platform == "darwin" else 1  # of what the system calls memory: bytes there, KiB here


class Command(NamedTuple):
    """What to run. ``fine`` are exit codes that mean it did its work; ``before`` is done before each run, uncounted."""

    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    fine: tuple[int, ...] = (0,)
    before: Callable[[], object] | None = None


class Spent(NamedTuple):
    """Seconds of the processor, seconds on the clock, and MB of memory at the most."""

    cpu: float
    wall: float
    memory: float


class FailedError(Exception):
    """A command that did not do its work; the message is the last line it said."""


def spend(command: Command) -> Spent:
    """Runs a command to its end. Raises FailedError when it cannot start or did not do its work."""
    if command.before:
        command.before()
    begin = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        try:
            process = subprocess.Popen(
                command.arguments, env=dict(command.environment), stdout=subprocess.DEVNULL, stderr=said
            )
        except OSError as error:
            raise FailedError(error.strerror) from None
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - begin
        if process.returncode not in command.fine:
            said.seek(0)
            lines = said.read().decode("utf-8", "replace").strip().splitlines()
            raise FailedError(f"exit code {process.returncode}: {lines[-1] if lines else 'it said nothing'}")
    return Spent(used.ru_utime + used.ru_stime, wall, used.ru_maxrss * KIB_A_UNIT / 1024)


def in_turn(commands: Mapping[str, Command], rounds: int) -> dict[str, list[Spent]]:
    """What each command spent in each round, after one run of each that does not count."""
    for command in commands.values():
        spend(command)
    spent: dict[str, list[Spent]] = {name: [] for name in commands}
    for number in range(rounds):
        names = list(commands) if number % 2 == 0 else list(reversed(commands))
        for name in names:
            spent[name].append(spend(commands[name]))
    return spent


def spread(values: Sequence[float]) -> list[float]:
    """The least, the middle and the most, to three digits that say something."""
    return [float(f"{value:.3g}") for value in (min(values), statistics.median(values), max(values))]


def times_as_much(left: Sequence[Spent], right: Sequence[Spent], *, by_clock: bool = False) -> list[float]:
    """The spread of the time of ``left`` over that of ``right``, round by round: of the processor, or on the clock."""
    pairs = zip(left, right, strict=True)
    return spread([a.wall / b.wall if by_clock else a.cpu / b.cpu for a, b in pairs])


def exponent(points: Sequence[tuple[float, float]]) -> float | None:
    """How cost grows with size: the slope of the least-squares line through the logarithms; 1 is linear."""
    if len(points) < 2:
        return None
    logs = [(math.log(size), math.log(cost)) for size, cost in points]
    return round(statistics.linear_regression(*zip(*logs, strict=True)).slope, 3)
