"""Other checkers of prose, installed in a place of their own, that run over the same files in the same run.

They look for other things; they are beside us because people know how fast they feel. One that cannot be installed is
named and left out.
"""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from measuring import Command

# The newest proselint reads with compiled patterns; the last one before it kept what it found in files, here emptied.
PYTHON_PEERS = {
    "proselint": "proselint==0.16.0",
    "proselint-0.14": "proselint==0.14.0",
    "codespell": "codespell==2.4.3",
}
NODE_PEERS = ("textlint@15.8.0", "textlint-rule-write-good@2.0.0", "textlint-rule-common-misspellings@1.0.1")


class Peer(NamedTuple):
    """A checker: ``over`` makes the command that reads these files."""

    name: str
    version: str
    over: Callable[[Iterable[str]], Command]


def install(folder: Path) -> tuple[list[Peer], list[str]]:
    """The peers that can be had, and why others cannot. ``folder`` is kept between runs."""
    peers: list[Peer] = []
    missing: list[str] = []
    for name, wanted in PYTHON_PEERS.items():
        try:
            peers.append(_python_peer(name, wanted, folder))
        except (OSError, subprocess.CalledProcessError) as error:
            missing.append(f"{name}: {wanted} could not be installed ({type(error).__name__})")
    try:
        peers.append(_textlint(folder / "node"))
    except FileNotFoundError:
        missing.append("textlint: there is no Node")
    except (OSError, subprocess.CalledProcessError) as error:
        missing.append(f"textlint: could not be installed ({type(error).__name__})")
    return peers, missing


def _python_peer(name: str, wanted: str, folder: Path) -> Peer:
    place = folder / name
    program = place / "bin" / wanted.partition("==")[0]
    if not program.exists():
        _quietly(sys.executable, "-m", "venv", str(place))
        _quietly(str(place / "bin" / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check", wanted)
    kept = folder / f"{name}-kept"
    environment = {**_plain(), "XDG_CACHE_HOME": str(kept)}
    words = ("check",) if name == "proselint" else ()

    def over(files: Iterable[str]) -> Command:
        emptied = functools.partial(shutil.rmtree, kept, ignore_errors=True)
        return Command((str(program), *words, *files), environment, fine=(0, 1, 65), before=emptied)

    return Peer(name, wanted.partition("==")[2], over)


def _textlint(folder: Path) -> Peer:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise FileNotFoundError("node")
    program = folder / "node_modules" / "textlint" / "bin" / "textlint.js"
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _quietly(npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), *NODE_PEERS)
    version = json.loads((program.parent.parent / "package.json").read_text(encoding="utf-8"))["version"]
    rules = ("--no-textlintrc", "--rule", "write-good", "--rule", "common-misspellings")
    rules += ("--rules-base-directory", str(folder / "node_modules"))

    def over(files: Iterable[str]) -> Command:
        return Command((node, str(program), *rules, *files), _plain(), fine=(0, 1))

    return Peer("textlint", version, over)


def _plain() -> dict[str, str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    return {**environment, "NO_COLOR": "1"}


def _quietly(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
