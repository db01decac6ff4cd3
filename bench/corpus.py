"""A corpus run over generated pages: the same tables from processes and from Spark, whatever is killed; and how fast.

    python bench/corpus.py --pages 20000
    python bench/corpus.py --pages 2000 --engine local

Each run is the command itself in a process of its own. One run goes undisturbed; in the others a Python worker is
killed in the middle, or the driver is killed and the command given again. All must leave the same tables, byte for
byte. Then it measures what docs/scale.md reckons with: pages a second of one core, on and off the subject, and bytes
written for a page. Needs the extras ``corpus`` and, for ``--engine spark``, ``spark`` and Java.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from claims.corpus.batches import check_batch, open_snapshot  # noqa: E402
from claims.corpus.records import page_of, read_warc  # noqa: E402
from tests.corpus_pages import make_pages, warc_record, write_crawl  # noqa: E402
from tests.processes import below, command_of, parts_in  # noqa: E402

CLAIMWISE = (sys.executable, str(ROOT / "cli.py"))
WORKERS = {"local": "worker_process", "spark": "pyspark"}
SEED = 6


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=20_000)
    parser.add_argument("--files", type=int, default=16)
    parser.add_argument("--part-size", type=int, default=250)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--share", type=float, default=0.05, help="part of the pages that names the subject")
    parser.add_argument("--engine", choices=["local", "both"], default="both")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        crawl = write_crawl(folder / "crawl", options.pages, files=options.files, seed=SEED, share=options.share)
        size = sum(path.stat().st_size for path in crawl.iterdir())
        print(f"{options.pages:,} pages in {options.files} files, {size / 1e6:.1f} MB as stored\n", flush=True)
        bench = Bench(crawl, folder, options.jobs, options.part_size)
        engines = ["local"] if options.engine == "local" else ["local", "spark"]
        same = [
            bench.run(f"{engine}, {how}", engine, how)
            for engine in engines
            for how in ("plain", "killed worker", "killed driver")
        ]
        measure(folder / "local-plain")
    print("\nall runs left the same tables" if all(same) else "\nTHE TABLES DIFFER")
    return 0 if all(same) else 1


class Bench:
    """Runs over one crawl, the first of which the others are held against."""

    def __init__(self, crawl: Path, folder: Path, jobs: int, part_size: int) -> None:
        self._crawl, self._folder, self._jobs, self._part_size = crawl, folder, jobs, part_size
        self._first = ""
        self.environment = {**os.environ, "CLAIMWISE_CACHE": str(folder / "cache"), "PYTHONPATH": str(ROOT)}
        subprocess.run([*CLAIMWISE, "library", "build"], env=self.environment, check=True, stdout=subprocess.DEVNULL)

    def run(self, title: str, engine: str, how: str) -> bool:
        """Runs to the end, prints a line; whether the tables are those of the first run."""
        output = self._folder / f"{engine}-{how.rsplit(maxsplit=1)[-1]}"
        began = time.perf_counter()
        killed = 0
        process = self._start(engine, output)
        if how != "plain":
            wait_for(lambda: parts_in(output) >= 3 or process.poll() is not None)
            victim = process.pid if how == "killed driver" else worker_below(process.pid, WORKERS[engine])
            if process.poll() is None and victim:
                os.kill(victim, signal.SIGKILL)
                killed = victim
        if how == "killed driver":
            process.wait()
            at_kill = parts_in(output)
            process = self._start(engine, output)
        text, _ = process.communicate()
        digest = digest_of(output)
        self._first = self._first or digest
        extra = f", {at_kill} parts were there" if how == "killed driver" else ""
        note = f"  killed process {killed}{extra}" if killed else ("" if how == "plain" else "  NOTHING WAS KILLED")
        print(
            f"{title:24} {time.perf_counter() - began:7.1f} s  exit {process.returncode}  {digest[:12]}{note}",
            flush=True,
        )
        if how == "plain":
            print("".join(f"    {line}\n" for line in text.splitlines()[:2]), end="")
        return digest == self._first and process.returncode in (0, 2) and (how == "plain" or killed > 0)

    def _start(self, engine: str, output: Path) -> subprocess.Popen[str]:
        words = (
            "--output",
            str(output),
            "--engine",
            engine,
            "--jobs",
            str(self._jobs),
            "--part-size",
            str(self._part_size),
        )
        return subprocess.Popen(
            [*CLAIMWISE, "corpus", str(self._crawl), *words],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )


def wait_for(condition: Callable[[], bool]) -> None:
    while not condition():
        time.sleep(0.05)


def digest_of(output: Path) -> str:
    """Of all parts of both tables."""
    digest = hashlib.sha256()
    for path in sorted((*output.glob("documents/*.parquet"), *output.glob("claims/*.parquet"))):
        digest.update(f"{path.parent.name}/{path.name}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def worker_below(pid: int, word: str) -> int:
    """The youngest process below ``pid`` whose command line has this word; 0 when there is none."""
    found = [child for child in below(pid) if word in command_of(child)]
    return max(found, default=0)


def measure(output: Path) -> None:
    """Prints what one core does in a second, and what is written."""
    print(f"\n{'pages':28} {'count':>6} {'MB':>6} {'s of CPU':>9} {'pages/s':>9} {'MB/s':>7}")
    for title, wanted, count in (
        ("off the subject", 0.0, 2000),
        ("on the subject, all new", 1.0, 150),
        ("on the subject, a crawl", 1.0, 2000),
    ):
        library = open_snapshot(output / "library.sqlite")
        pages = [page_of(page, "x", at) for at, page in enumerate(make_pages(count, seed=SEED + 1, share=wanted))]
        began = time.process_time()
        check_batch(pages, library)
        spent = time.process_time() - began
        size = sum(len(page.body) for page in pages) / 1e6
        print(f"{title:28} {count:6} {size:6.1f} {spent:9.2f} {count / spent:9.0f} {size / spent:7.2f}")
    archive = output / "pages.warc.gz"
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    bodies = [page["html"].encode() for page in make_pages(4000, seed=SEED, share=0.0) if "html" in page]
    kind = "application/http; msgtype=response"
    records = [warc_record("response", f"https://a.example/{at}", kind, http + body) for at, body in enumerate(bodies)]
    archive.write_bytes(b"".join(map(gzip.compress, records)))
    began = time.process_time()
    read = sum(1 for _ in read_warc(archive, "pages"))
    spent, size = time.process_time() - began, sum(map(len, bodies)) / 1e6
    print(f"{'reading web archives':28} {read:6} {size:6.1f} {spent:9.2f} {read / spent:9.0f} {size / spent:7.2f}")
    counted = json.loads((output / "summary.json").read_bytes())
    print()
    for table in ("documents", "claims"):
        size = sum(path.stat().st_size for path in (output / table).iterdir())
        print(f"{table} table: {size / counted[table]:.0f} bytes a row, {counted[table]:,} rows")
    print(f"snapshot of the library: {(output / 'library.sqlite').stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    sys.exit(main())
