"""The corpus command on Apache Spark: the tables of a local run, also when a worker or the driver is killed."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import SMALL
from tests.corpus_pages import write_crawl
from tests.processes import below, command_of, parts_in

ROOT = Path(__file__).parent.parent
MISSING = [name for name in ("pyspark", "pandas", "pyarrow") if importlib.util.find_spec(name) is None]
if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
    MISSING.append("java")
pytestmark = [
    pytest.mark.skipif(bool(MISSING), reason=f"Spark is not here: {', '.join(MISSING)} (make spark)"),
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc to find the processes of a run"),
]

Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Start:
    """Starts ``corpus`` over a small crawl in a process of its own."""
    monkeypatch.chdir(tmp_path)
    write_crawl(Path("crawl"), 120, files=3)
    command = (sys.executable, str(ROOT / "cli.py"), "corpus", "crawl", "--part-size", "10", "--library", str(SMALL))

    def begin(output: str, *words: str) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        return subprocess.Popen((*command, "--output", output, *words), env=environment, stdout=-3, stderr=-3)

    return begin


def files(output: str) -> dict[str, bytes]:
    return {f"{p.parent.name}/{p.name}": p.read_bytes() for p in sorted(Path(output).glob("*/part-*"))}


def test_spark_leaves_the_tables_of_a_local_run_whatever_is_killed(start: Start) -> None:
    assert start("whole").wait() == 2  # one line of the crawl is broken
    run = start("out", "--engine", "spark", "--jobs", "2")
    while parts_in(Path("out")) < 1:
        assert run.poll() is None
        time.sleep(0.02)
    workers = [pid for pid in below(run.pid) if "pyspark" in command_of(pid)]
    os.kill(max(workers), signal.SIGKILL)
    while parts_in(Path("out")) < 3:
        assert run.poll() is None
        time.sleep(0.02)
    started = list(below(run.pid))
    run.kill()
    run.wait()
    assert not files("out").keys() >= files("whole").keys()
    deadline = time.monotonic() + 60
    while any(map(command_of, started)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(map(command_of, started)), "processes outlive the driver"
    assert start("out", "--engine", "spark", "--jobs", "2").wait() == 2
    assert files("out") == files("whole")


def test_a_table_of_pages_is_checked_in_place(start: Start, tmp_path: Path) -> None:
    assert start("whole").wait() == 2
    program = tmp_path / "program.py"
    program.write_text(
        "from pathlib import Path\n"
        "from claims.corpus.spark import check_frame, open_session\n"
        "session = open_session(1, None)\n"
        "rows = [('a', 'Ketamine is FDA approved for depression.'), ('b', None)]\n"
        "pages = session.createDataFrame(rows, 'id string, text string')\n"
        "for row in check_frame(pages, Path('whole/library.sqlite')).collect():\n"
        "    print(row['document_id'], row['status'], [claim['verdict'] for claim in row['found']])\n",
        encoding="utf-8",
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, str(program)], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["a ok ['contradicted']", "b unreadable []"]
