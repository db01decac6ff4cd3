"""The results of a run as a page of tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

_BESIDE = {
    "processor": "check_is_x_of_it",
    "clock": "check_is_x_of_it_by_clock",
}  # ratios, by what they are of


def as_text(results: Mapping[str, Any]) -> str:
    """Markdown. Three figures in a cell are the least, the middle and the most of all rounds."""
    return "\n".join(_lines(results)) + "\n"


def _lines(results: Mapping[str, Any]) -> Iterator[str]:
    machine = results["machine"]
    yield f"# Benchmarks, {results['date']}{' (quick)' if results['quick'] else ''}\n"
    told = f"{machine['cores']} cores, {machine['memory_gib']} GiB, {machine['python']}"
    yield f"{machine['system']}, {machine['processor']}, {told}.  "
    yield ", ".join(f"{name} {version}" for name, version in results["versions"].items()) + "."
    yield from (f"Left out: {reason}." for reason in results["missing"])
    yield "Seconds are of the processor, of all processes of a command together; those of the clock are what one waits."
    yield "Three figures are least / median / most; ratios are taken round by round."
    yield from _wanted(results)
    if "start" in results:
        yield from _start(results["start"])
    if "throughput" in results:
        for kind, text in results["throughput"].items():
            yield from _throughput(kind, text)
    if "growth" in results:
        yield from _growth(results["growth"])


def _wanted(results: Mapping[str, Any]) -> Iterator[str]:
    """What the commands are meant to reach, and what they reached by the middle of all rounds."""
    rows: list[tuple[str, str, float, bool]] = []
    if "start" in results:
        commands = results["start"]["commands"]
        above = commands["claimwise --help"]["above_python_s"][1]
        rows.append(("--help, seconds above Python's start", "below 0.2", above, above < 0.2))
        for name in ("proselint, five pages", "proselint-0.14, five pages"):
            if name in commands:
                peer = name.partition(",")[0]
                for by, key in _BESIDE.items():
                    ratio = commands[name][key][1]
                    rows.append((f"check of five pages / {peer}, {by}", "below 0.6", ratio, ratio < 0.6))
                ratio = commands[name]["again_is_x_of_it"][1]
                rows.append((f"check again, a sentence edited / {peer}, processor", "below 0.55", ratio, ratio < 0.55))
        again = next(told["clock_s"][1] for name, told in commands.items() if " again, " in name)
        rows.append(("check again, a sentence edited, seconds of the clock", "below 0.5", again, again < 0.5))
    if "throughput" in results:
        rows += _wanted_speed(results["throughput"]["repeated"])
    if "growth" in results:
        last = results["growth"]["rows"][-1]
        for key, told in (("one_page", "one page, start counted"), ("each_page", "each further page")):
            ratio = last[f"{key}_x_smallest"][1]
            rows.append((f"{told}: {last['propositions']:,} propositions / 200", "at most 1.5", ratio, ratio <= 1.5))
    yield "\n## What is wanted\n"
    yield from _table(("", "wanted", "is", ""), ((a, b, f"{c:g}", "yes" if d else "**no**") for a, b, c, d in rows))


def _wanted_speed(text: Mapping[str, Any]) -> Iterator[tuple[str, str, float, bool]]:
    ours = [(row["checkers"].get("claimwise"), row["mb"]) for row in text["rows"]]
    best, mb = max((checker["mb_per_s"][1], mb) for checker, mb in ours if checker)
    yield f"MB/s a core on repeated text, at the best size ({mb:g} MB)", "at least 3", best, best >= 3
    for name in ("proselint", "proselint-0.14"):
        for mb, ratio in _times_as_fast(text, name)[-1:]:
            yield f"times as fast as {name}, at its largest size ({mb:g} MB)", "at least 10", ratio, ratio >= 10
    slope = text["exponents"]["claimwise"]
    if slope is not None:
        yield "exponent of time in text", "at most 1.05", slope, slope <= 1.05
    memory = {mb: checker["memory_mb"] for checker, mb in ours if checker and mb >= 1}
    if len(memory) > 1:
        first, last = min(memory), max(memory)
        ratio = round(memory[last] / memory[first], 2)
        yield f"memory: {last:g} MB of text / {first:g} MB", "at most 1.5", ratio, ratio <= 1.5


def _times_as_fast(text: Mapping[str, Any], name: str) -> list[tuple[float, float]]:
    """At each size that a checker was measured at, how many times as long as Claimwise it takes."""
    found = [(row["mb"], row["checkers"].get(name, {})) for row in text["rows"]]
    return [(mb, checker["x_claimwise"][1]) for mb, checker in found if "x_claimwise" in checker]


def _start(start: Mapping[str, Any]) -> Iterator[str]:
    build = start["build"]
    yield "\n## Start\n"
    yield "Judgements are kept between runs: *again* has those of an earlier run, every other check none.  "
    yield f"The packaged library is built in {build['cpu_s']} s with {build['memory_mb']:.0f} MB at the most.\n"
    yield from _table(
        ("command", "processor s", "clock s", "processor s above Python's start", "x Python's start", "MB",
         "check of five pages / this, processor", "the same, clock"),
        (
            (name, _three(c["cpu_s"]), _three(c["clock_s"]), _three(c["above_python_s"]), _three(c["x_python"]),
             f"{c['memory_mb']:.0f}", *(_three(c.get(key, ())) for key in _BESIDE.values()))
            for name, c in start["commands"].items()
        ),
    )  # fmt: skip


def _throughput(kind: str, text: Mapping[str, Any]) -> Iterator[str]:
    yield f"\n## Throughput: {kind} text\n"
    rows = (
        (f"{row['mb']:g}", name, _three(c["cpu_s"]), _three(c["mb_per_s"]), f"{c['memory_mb']:.0f}",
         _three(c["x_claimwise"]) if "x_claimwise" in c else "")
        for row in text["rows"]
        for name, c in row["checkers"].items()
    )  # fmt: skip
    yield from _table(("MB", "checker", "s", "MB/s a core", "MB of memory", "time / claimwise"), rows)
    yield ""
    yield from (
        f"At {row['mb']:g} MB not run: {', '.join(row['left_out'])}.  " for row in text["rows"] if row["left_out"]
    )
    names = dict.fromkeys(name for row in text["rows"] for name in row["checkers"] if name.startswith("proselint"))
    for name in names:
        told = (f"{ratio:g} at {mb:g} MB" for mb, ratio in _times_as_fast(text, name))
        yield f"Times as fast as {name}: {', '.join(told)}.  "
    yield "Exponents of time in size (1 is linear), from the second size on: " + _exponents(text["exponents"])


def _growth(growth: Mapping[str, Any]) -> Iterator[str]:
    yield "\n## Growth of the library\n"
    yield from _table(
        ("propositions", "build s", "build MB", "snapshot MB", "one page s", "/ smallest", "each further page ms",
         "/ smallest", "search s", "check MB"),
        (
            (f"{row['propositions']:,}", row["build"]["cpu_s"], f"{row['build']['memory_mb']:.0f}", row["snapshot_mb"],
             _three(row["one_page_cpu_s"]), _three(row["one_page_x_smallest"]), _three(row["each_page_cpu_ms"]),
             _three(row["each_page_x_smallest"]), _three(row["search_cpu_s"]), f"{row['memory_mb']:.0f}")
            for row in growth["rows"]
        ),
    )  # fmt: skip
    yield "\nExponents in the number of propositions (0 is flat, 1 linear): " + _exponents(growth["exponents"])


def _exponents(found: Mapping[str, float | None]) -> str:
    return ", ".join(f"{name} {value}" for name, value in found.items() if value is not None) + "."


def _three(values: Sequence[float]) -> str:
    return " / ".join(f"{value:g}" for value in values)


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    yield from (f"| {' | '.join(map(str, row))} |" for row in rows)
