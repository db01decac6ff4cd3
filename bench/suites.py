"""What is measured: the start of commands, the checking of text, and libraries of growing size."""

from __future__ import annotations

import os
import shutil
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from measuring import Command, FailedError, Spent, exponent, in_turn, spend, spread, times_as_much
from peers import Peer

ROOT = Path(__file__).resolve().parent.parent
CHECK = ("check", "--blind", "--fail-on", "never", "--format", "compact")
ANEW = (*CHECK, "--no-cache")  # nothing is taken from an earlier run
KEPT = "judgements.sqlite"  # what earlier runs judged, in the cache
FIVE = [str(ROOT / "tests" / "labelled" / "held-out" / f"page-{number}.md") for number in range(11, 16)]
FIRST = "claimwise check, five pages"
AGAIN = "claimwise check again, a sentence edited, five pages"
EDITED = ("page-13.md", "no more than three drips", "no more than two drips")  # a page, and what is edited in it
READ = "import sys; [open(path, encoding='utf-8').read() for path in sys.argv[1:]]"


class Bench(NamedTuple):
    """How to measure. ``folder`` is thrown away afterwards, ``largest`` the largest library."""

    folder: Path
    quick: bool
    peers: Sequence[Peer]
    sources: Path | None
    largest: int | None
    say: Callable[[str], None]

    def environment(self, cache: str = "cache") -> dict[str, str]:
        """Of Claimwise: compiled as it is when installed, and with a cache of its own."""
        told = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
        told |= {"CLAIMWISE_CACHE": str(self.folder / cache), "PYTHONPATH": str(ROOT)}
        return {**told, "PYTHONPYCACHEPREFIX": str(self.folder / "compiled")}

    def claimwise(self, *arguments: str, cache: str = "cache") -> Command:
        return Command((sys.executable, str(ROOT / "cli.py"), *arguments), self.environment(cache))

    def python(self, *arguments: str) -> Command:
        return Command((sys.executable, *arguments), self.environment())

    def over(self, files: Sequence[str], *, cache: str = "cache") -> dict[str, Command]:
        """Everybody on the same files."""
        commands = {
            "claimwise": self.claimwise(*ANEW, *files, cache=cache),
            "reading": self.python("-c", READ, *files),
        }
        return commands | {peer.name: peer.over(files) for peer in self.peers}


def start(bench: Bench) -> dict[str, Any]:
    """Commands as whole processes, each beside the start of the interpreter; the check also beside its peers."""
    bench.say("start of commands")
    built = spend(bench.claimwise("library", "build"))
    kept = bench.folder / "cache" / KEPT
    first = bench.claimwise(*CHECK, *FIVE)._replace(before=lambda: kept.unlink(missing_ok=True))
    commands = {
        "python -c pass": bench.python("-c", "pass"),
        "claimwise --help": bench.claimwise("--help"),
        "claimwise search": bench.claimwise("search", "suicidality"),
        "claimwise show": bench.claimwise("show", "003-040"),
        "claimwise report": bench.claimwise("report"),
        FIRST: first,
        "claimwise check --jobs 1, five pages": bench.claimwise(*CHECK, "--jobs", "1", *FIVE)._replace(
            before=first.before
        ),
        AGAIN: _again(bench, first),
        **{f"{peer.name}, five pages": peer.over(FIVE) for peer in bench.peers},
    }
    spent = in_turn(commands, 3 if bench.quick else 11)
    floor, ours = spent["python -c pass"], (spent[FIRST], spent[AGAIN])
    return {
        "build": told(built),
        "commands": {
            name: {
                "cpu_s": spread([s.cpu for s in times]),
                "clock_s": spread([s.wall for s in times]),
                "above_python_s": spread([s.cpu - f.cpu for s, f in zip(times, floor, strict=True)]),
                "x_python": times_as_much(times, floor),
                "memory_mb": round(max(s.memory for s in times), 1),
                **(_beside(*ours, times) if name.endswith("five pages") else {}),
            }
            for name, times in spent.items()
        },
    }


def _again(bench: Bench, first: Command) -> Command:
    """The five pages once more, one sentence edited since they were checked, in every run as if for the first time."""
    kept, before = bench.folder / "cache" / KEPT, bench.folder / "before.sqlite"
    pages = bench.folder / "edited"
    pages.mkdir()
    for page in FIVE:
        shutil.copy(page, pages)
    text = (pages / EDITED[0]).read_text(encoding="utf-8")
    if text.count(EDITED[1]) != 1:
        raise FailedError(f"{EDITED[0]}: has not the words {EDITED[1]!r} that are to be edited")
    (pages / EDITED[0]).write_text(text.replace(*EDITED[1:]), encoding="utf-8")
    spend(first)
    shutil.copy(kept, before)
    files = [str(pages / Path(page).name) for page in FIVE]
    return bench.claimwise(*CHECK, *files)._replace(before=lambda: shutil.copy(before, kept))


def _beside(first: Sequence[Spent], again: Sequence[Spent], times: Sequence[Spent]) -> dict[str, list[float]]:
    return {
        "check_is_x_of_it": times_as_much(first, times),
        "check_is_x_of_it_by_clock": times_as_much(first, times, by_clock=True),
        "again_is_x_of_it": times_as_much(again, times),
        "again_is_x_of_it_by_clock": times_as_much(again, times, by_clock=True),
    }


def throughput(bench: Bench) -> dict[str, Any]:
    """Text of growing size: MB a second and a core with the start counted, the most memory, and how time grows."""
    spend(bench.claimwise("library", "build"))
    sizes = (0.1, 1) if bench.quick else (0.1, 1, 10, 100)
    return {kind: _text(bench, kind, sizes) for kind in ("repeated", "varied")}


def _text(bench: Bench, kind: str, sizes: Iterable[float]) -> dict[str, Any]:
    # Seconds that one run may take, by checker. On text that repeats proselint is waited for at every size, about five
    # minutes at 100 MB, for only there Claimwise's start and first reading are a small part.
    patience = defaultdict(lambda: 5.0 if bench.quick else 45.0, {"claimwise": 60.0 if bench.quick else 180.0})
    if kind == "repeated" and not bench.quick:
        patience["proselint"] = 600.0
    last: dict[str, float] = {}
    rows: list[dict[str, Any]] = []
    for size in sizes:
        folder = bench.folder / f"{kind}-{size}"
        sources = ("--sources", str(bench.sources)) if bench.sources and kind == "repeated" else ()
        spend(bench.python(str(ROOT / "bench" / "texts.py"), kind, str(size), str(folder), *sources))
        files = sorted(map(str, folder.iterdir()))
        everybody = bench.over(files)
        patient = {name: c for name, c in everybody.items() if last.get(name, 0.0) * 10 <= patience[name]}
        bench.say(f"{kind} text, {size} MB: {', '.join(patient)}")
        spent = _in_turn_but_slow(patient, 3 if bench.quick else 5)
        megabytes = sum(Path(file).stat().st_size for file in files) / 1e6
        ours = spent.get("claimwise", [])
        rows.append(
            {
                "mb": round(megabytes, 2),
                "checkers": {
                    name: {
                        "cpu_s": spread([s.cpu for s in times]),
                        "mb_per_s": spread([megabytes / s.cpu for s in times]),
                        "memory_mb": round(max(s.memory for s in times), 1),
                        **({"x_claimwise": times_as_much(times[: len(ours)], ours[: len(times)])} if ours else {}),
                    }
                    for name, times in spent.items()
                },
                "left_out": [f"{name} (about {last[name] * 10:.0f} s)" for name in everybody if name not in patient],
            }
        )
        # One that was left out is left out of larger texts too.
        last = {name: min(s.cpu for s in spent[name]) if name in spent else last[name] * 10 for name in everybody}
    measured = {
        name: [(row["mb"], row["checkers"][name]["cpu_s"][1]) for row in rows if name in row["checkers"]]
        for name in bench.over(())
    }
    return {"rows": rows, "exponents": {name: exponent(found[1:]) for name, found in measured.items()}}


def _in_turn_but_slow(commands: Mapping[str, Command], rounds: int) -> dict[str, list[Spent]]:
    """In turn, and one that takes seconds only once or twice."""
    first = {name: spend(command) for name, command in commands.items()}
    quick = {name: commands[name] for name, spent in first.items() if spent.cpu < 4}
    spent = in_turn(quick, rounds) if quick else {}
    for name in commands.keys() - quick.keys():
        spent[name] = [first[name], *([spend(commands[name])] if first[name].cpu < 15 else [])]
    return {name: spent[name] for name in commands}


def growth(bench: Bench) -> dict[str, Any]:
    """Libraries of growing size: building them, and the same pages checked against each."""
    largest = bench.largest or (2_000 if bench.quick else 20_000)
    sizes = [size for size in (200, 2_000, 20_000, 200_000) if size <= max(200, largest)]
    rows: list[dict[str, Any]] = []
    commands: dict[str, Command] = {}
    for size in sizes:
        bench.say(f"library of {size:,} propositions")
        folder, cache = bench.folder / f"library-{size}", f"cache-{size}"
        spend(bench.python(str(ROOT / "bench" / "libraries.py"), str(size), str(folder)))
        library = ("--library", str(folder / "library"))
        built = spend(bench.claimwise("library", "build", *library, cache=cache))
        pages = [str(path) for path in sorted((folder / "pages").iterdir())]
        commands |= {
            f"{size} one": bench.claimwise(*ANEW, *library, pages[0], cache=cache),
            f"{size} all": bench.claimwise(*ANEW, *library, *pages, cache=cache),
            f"{size} search": bench.claimwise("search", "trials", *library, cache=cache),
        }
        on_disk = sum(path.stat().st_size for path in (bench.folder / cache).glob("*.sqlite"))
        rows.append({"propositions": size, "build": told(built), "snapshot_mb": round(on_disk / 1e6, 1)})
    bench.say("the same pages against each library")
    spent = in_turn(commands, 3 if bench.quick else 7)
    base = sizes[0]
    for row in rows:
        size = row["propositions"]
        row |= {
            "one_page_cpu_s": spread([s.cpu for s in spent[f"{size} one"]]),
            "one_page_x_smallest": times_as_much(spent[f"{size} one"], spent[f"{base} one"]),
            "each_page_cpu_ms": spread(_each(spent, size, len(pages))),
            "pages_x_smallest": times_as_much(spent[f"{size} all"], spent[f"{base} all"]),
            "each_page_x_smallest": spread(
                [a / b for a, b in zip(_each(spent, size, len(pages)), _each(spent, base, len(pages)), strict=True)]
            ),
            "search_cpu_s": spread([s.cpu for s in spent[f"{size} search"]]),
            "memory_mb": round(max(s.memory for s in spent[f"{size} all"]), 1),
        }
    points = {
        "build": [(row["propositions"], row["build"]["cpu_s"]) for row in rows],
        "one page, start counted": [(row["propositions"], row["one_page_cpu_s"][1]) for row in rows],
        "each further page": [(row["propositions"], row["each_page_cpu_ms"][1]) for row in rows],
        "memory of a check": [(row["propositions"], row["memory_mb"]) for row in rows],
    }
    return {"pages": len(pages), "rows": rows, "exponents": {name: exponent(found) for name, found in points.items()}}


def _each(spent: Mapping[str, Sequence[Spent]], size: int, pages: int) -> list[float]:
    """Milliseconds that a page costs when the start is paid."""
    rounds = zip(spent[f"{size} all"], spent[f"{size} one"], strict=True)
    return [max(0.01, 1000 * (whole.cpu - one.cpu) / (pages - 1)) for whole, one in rounds]


def told(spent: Spent) -> dict[str, float]:
    return {"cpu_s": round(spent.cpu, 2), "clock_s": round(spent.wall, 2), "memory_mb": round(spent.memory, 1)}
