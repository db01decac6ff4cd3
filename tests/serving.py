"""The command ``serve`` as a process of its own, for tests."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import SMALL

_ROOT = Path(__file__).parent.parent


@contextlib.contextmanager
def running(cache: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The small library served on a free port: the process, and the address it printed."""
    environment = {**os.environ, "CLAIMWISE_CACHE": str(cache), "PYTHONPATH": str(_ROOT)}
    command = [sys.executable, str(_ROOT / "cli.py"), "serve", "--port", "0", "--library", str(SMALL)]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            told = [next((line for line in process.stderr if "http://" in line), "")]
            found = re.search(r"http://\S+", told[0])
            assert found, "the command printed no address"
            yield process, found[0]
        finally:
            process.kill()
