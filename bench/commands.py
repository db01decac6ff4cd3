"""Times the commands as whole processes, beside the start of the interpreter in the same run.

``make bench`` prints the table of the README. Each command runs ``ROUNDS`` times, in turn with the others so that a
slow moment of the machine falls on all of them alike; the table gives minimum and median.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 15
CLAIMWISE = Path(sys.executable).parent / "claimwise"
PAGE = Path(__file__).resolve().parent.parent / "tests" / "library" / "texts" / "page-b.txt"
# The limits are those the commands are designed for on a quiet two-core machine.
COMMANDS: dict[str, tuple[list[str], float | None]] = {
    "python -c pass": ([sys.executable, "-c", "pass"], None),
    "claimwise --help": ([str(CLAIMWISE), "--help"], 0.2),
    "claimwise search suicidality": ([str(CLAIMWISE), "search", "suicidality"], 0.3),
    "claimwise show 003-040": ([str(CLAIMWISE), "show", "003-040"], 0.3),
    "claimwise where-used Murrough2013a": ([str(CLAIMWISE), "where-used", "Murrough2013a"], 0.3),
    "claimwise report": ([str(CLAIMWISE), "report"], 0.5),
    "claimwise conflicts": ([str(CLAIMWISE), "conflicts"], 0.5),
    "claimwise check page.txt": ([str(CLAIMWISE), "check", str(PAGE), "--blind", "--fail-on", "never"], 0.5),
}


def main() -> int:
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "CLAIMWISE_CACHE": cache}
        started = time.perf_counter()
        subprocess.run([CLAIMWISE, "library", "build"], env=environment, check=True, capture_output=True)
        print(f"library build: {time.perf_counter() - started:.2f} s\n")
        times: dict[str, list[float]] = {name: [] for name in COMMANDS}
        for _ in range(ROUNDS):
            for name, (command, _limit) in COMMANDS.items():
                begin = time.perf_counter()
                subprocess.run(command, env=environment, check=True, capture_output=True)
                times[name].append(time.perf_counter() - begin)
    base = statistics.median(times["python -c pass"])
    print(f"{'command':36} {'min s':>7} {'median s':>9} {'x python':>9} {'limit s':>8}")
    slow = []
    for name, (_, limit) in COMMANDS.items():
        median = statistics.median(times[name])
        shown = f"{limit:.1f}" if limit else ""
        print(f"{name:36} {min(times[name]):7.3f} {median:9.3f} {median / base:9.1f} {shown:>8}")
        if limit and median > limit:
            slow.append(name)
    print(f"\nslower than designed: {', '.join(slow)}" if slow else "\nall within their limits")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
