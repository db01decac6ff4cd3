"""The processes of a corpus run and how far it has come, for tests that kill one of them. Needs /proc."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path


def parts_in(output: Path) -> int:
    return len(list((output / "receipts").glob("part-*.json")))


def below(pid: int) -> Iterator[int]:
    """The processes that this one started, and theirs."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            parents.setdefault(parent, []).append(int(entry.name))
    queue = parents.get(pid, [])
    while queue:
        child = queue.pop()
        yield child
        queue += parents.get(child, [])


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        return ""
