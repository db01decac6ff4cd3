"""``make bench``: how fast the commands start, how fast text is checked, and what a larger library costs.

Everything is measured beside something else in the same run: the start of the interpreter, reading and decoding the
same text, other checkers of prose. Processor time is compared, not time on the clock, so that neighbours on the machine
do not count. A full run writes ``benchmarks/<date>.json`` and ``.md``; docs/benchmarks.md tells how to read them.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from measuring import FailedError
from peers import Peer, install
from report import as_text
from suites import Bench, growth, start, throughput

ROOT = Path(__file__).resolve().parent.parent
SUITES = {"start": start, "throughput": throughput, "growth": growth}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer rounds and smaller sizes, about three minutes")
    parser.add_argument("--only", choices=tuple(SUITES), action="append", help="this part; may be repeated")
    parser.add_argument("--sources", type=Path, help="a folder of texts to repeat, instead of the labelled pages")
    parser.add_argument("--no-peers", action="store_true", help="without other checkers")
    parser.add_argument("--largest", type=int, help="largest library (default: 20000 propositions)")
    parser.add_argument("--out", type=Path, help="folder for the results (default: benchmarks, none with --quick)")
    given = parser.parse_args()
    if given.sources and not given.sources.is_dir():
        parser.error(f"{given.sources}: no such folder; --sources takes a folder of texts")
    kept = Path(os.environ.get("CLAIMWISE_BENCH_CACHE") or Path.home() / ".cache" / "claimwise-bench")
    peers: list[Peer] = []
    missing: list[str] = []
    if not given.no_peers:
        say("installing the other checkers, once")
        kept.mkdir(parents=True, exist_ok=True)
        peers, missing = install(kept)
        if given.quick:  # it takes 15 s for 150 kB
            peers = [peer for peer in peers if peer.name != "proselint-0.14"]
    results: dict[str, Any] = {
        "date": f"{dt.datetime.now(dt.UTC):%Y-%m-%d}",
        "quick": given.quick,
        "machine": machine(),
        "versions": {"claimwise": version(), **{peer.name: peer.version for peer in peers}},
        "missing": missing,
    }
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(
            Path(folder), quick=given.quick, peers=peers, sources=given.sources, largest=given.largest, say=say
        )
        for name in given.only or SUITES:
            try:
                results[name] = SUITES[name](bench)
            except FailedError as error:
                print(f"bench: {name}: {error}", file=sys.stderr)
                return 1
    text = as_text(results)
    print(text)
    out = given.out or (None if given.quick or given.only else ROOT / "benchmarks")
    if out:
        out.mkdir(parents=True, exist_ok=True)
        (out / f"{results['date']}.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
        (out / f"{results['date']}.md").write_text(text, encoding="utf-8")
    return 0


def say(line: str) -> None:
    print(f"bench: {line} …", file=sys.stderr, flush=True)


def version() -> str:
    return subprocess.run(
        [sys.executable, "-c", "import evidence; print(evidence.__version__)"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.strip()  # fmt: skip


def machine() -> dict[str, str | int]:
    """What the figures depend on, without a name or a place."""
    model = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), model)
    except OSError:
        pass
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30 if hasattr(os, "sysconf") else 0
    return {
        "system": platform.system(),
        "processor": model,
        "cores": os.cpu_count() or 0,
        "memory_gib": round(gigabytes),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
    }


if __name__ == "__main__":
    sys.exit(main())
