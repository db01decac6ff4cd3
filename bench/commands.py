"""Times the commands as whole processes, beside the start of the interpreter in the same run, and checking as MB/s.

``make bench`` prints the tables of the README. Commands run in turn with each other, so that a slow moment of the
machine falls on all of them alike. Processor time is printed beside the time on the clock: on a busy machine only the
former tells the program from its neighbours. The code is compiled beforehand, as it is once installed.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
CLAIMWISE = (sys.executable, str(ROOT / "cli.py"))
TEXTS = ROOT / "tests" / "library" / "texts"
PAGES = ROOT / "tests" / "labelled" / "held-out"
ROUNDS = 7
SIZES = (1_000_000, 9_900_000)  # bytes; a file of 10 MB is the largest that is checked
_CHECK = ("check", "--blind", "--fail-on", "never", "--format", "compact")
SITE = [str(PAGES / f"page-{number}.md") for number in range(11, 16)]
# The limits are those the commands are designed for on a quiet two-core machine.
COMMANDS: dict[str, tuple[tuple[str, ...], float | None]] = {
    "python -c pass": ((sys.executable, "-c", "pass"), None),
    "claimwise --help": ((*CLAIMWISE, "--help"), 0.2),
    "claimwise search suicidality": ((*CLAIMWISE, "search", "suicidality"), 0.3),
    "claimwise show 003-040": ((*CLAIMWISE, "show", "003-040"), 0.3),
    "claimwise where-used Murrough2013a": ((*CLAIMWISE, "where-used", "Murrough2013a"), 0.3),
    "claimwise report": ((*CLAIMWISE, "report"), 0.5),
    "claimwise conflicts": ((*CLAIMWISE, "conflicts"), 0.5),
    "claimwise check page.txt": ((*CLAIMWISE, *_CHECK, str(TEXTS / "page-b.txt")), 0.5),
    "claimwise check five pages": ((*CLAIMWISE, *_CHECK, *SITE), 0.5),
}


class Spent(NamedTuple):
    """Seconds on the clock and of the processor."""

    wall: float
    cpu: float


def main(texts: list[str]) -> int:
    """Prints the tables. ``texts`` are repeated to measure MB/s; without any the five pages are."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "CLAIMWISE_CACHE": f"{folder}/cache",
            "PYTHONPATH": str(ROOT),
            "PYTHONPYCACHEPREFIX": f"{folder}/compiled",
        }
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        built = spend((*CLAIMWISE, "library", "build"), environment)
        print(f"library build: {built.wall:.2f} s ({built.cpu:.2f} s of processor time)\n")
        for command, _ in COMMANDS.values():
            spend(command, environment)  # compiles, and brings the files into memory
        times: dict[str, list[Spent]] = {name: [] for name in COMMANDS}
        for _ in range(ROUNDS):
            for name, (command, _limit) in COMMANDS.items():
                times[name].append(spend(command, environment))
        slow = table(times)
        throughput(texts or SITE, Path(folder), environment)
    print(f"\nslower than designed: {', '.join(slow)}" if slow else "\nall within their limits")
    return 1 if slow else 0


def table(times: dict[str, list[Spent]]) -> list[str]:
    """Prints how long each command took; hands back those whose median of processor time is over the limit."""
    base = statistics.median(spent.cpu for spent in times["python -c pass"])
    print(
        f"{'command':36} {'min s':>7} {'median s':>9} {'cpu min':>8} {'cpu median':>11} {'x python':>9} {'limit s':>8}"
    )
    slow = []
    for name, (_, limit) in COMMANDS.items():
        walls, cpus = [s.wall for s in times[name]], [s.cpu for s in times[name]]
        middle = statistics.median(cpus)
        print(
            f"{name:36} {min(walls):7.3f} {statistics.median(walls):9.3f} {min(cpus):8.3f} {middle:11.3f}"
            f" {middle / base:9.1f} {limit or '':>8}"
        )
        if limit and middle > limit:
            slow.append(name)
    return slow


def throughput(texts: list[str], folder: Path, environment: dict[str, str]) -> None:
    """Prints MB of text a second of processor time, start included: the texts repeated to each size, checked whole."""
    once = "\n\n".join(Path(text).read_text(encoding="utf-8") for text in texts)
    size = len(once.encode())
    print(f"\n{'texts repeated to':36} {'MB/s min':>9} {'median':>8} {'max':>8}   (processor time, one core)")
    rates: dict[int, list[float]] = {wanted: [] for wanted in (size, *SIZES)}
    for wanted in rates:
        (folder / f"{wanted}.md").write_text("\n\n".join([once] * max(1, wanted // (size + 2))), encoding="utf-8")
    for _ in range(5):
        for wanted, found in rates.items():
            path = folder / f"{wanted}.md"
            spent = spend((*CLAIMWISE, *_CHECK, str(path)), environment)
            found.append(path.stat().st_size / 1e6 / spent.cpu)
    for wanted, found in rates.items():
        shown = f"{wanted / 1e6:.2f} MB ({max(1, wanted // (size + 2))} times)"
        print(f"{shown:36} {min(found):9.3f} {statistics.median(found):8.3f} {max(found):8.3f}")


def spend(command: tuple[str, ...], environment: dict[str, str]) -> Spent:
    """Runs a command to its end."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wall, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    return Spent(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
