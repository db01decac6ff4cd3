"""A corpus run from its inputs to the two tables and their summary; started again, it goes on where it was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from claims.corpus.inputs import find_inputs, require_readers
from claims.corpus.local import run_here
from claims.corpus.manifest import SCHEMA, SNAPSHOT, SUMMARY, Manifest, begin, held
from claims.corpus.pages import INCOMPLETE, STATUSES
from claims.corpus.parts import Receipt, drop_repeats, find_repeats, is_finished, read_receipts
from claims.corpus.tables import write_whole
from claims.report import VERDICTS
from claims.worker_process import Order
from evidence import __version__
from evidence.problems import StorageError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

Engine = Literal["local", "spark"]
Progress = Callable[[int], None]

CHECKER: Final = ("claims.corpus.batches", "make_checker")


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """How a run is done. ``seconds`` is the time one document may take; neither engine nor jobs change results."""

    engine: Engine = "local"
    jobs: int = 1
    part_size: int = 500
    seconds: float = 120
    master: str | None = None


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What a finished run found. ``repeated`` counts records whose document id an earlier one has."""

    schema: str
    library: dict[str, str]
    documents: int
    repeated: int
    words: int
    statuses: dict[str, int]
    claims: int
    verdicts: dict[str, int]

    @property
    def unchecked(self) -> int:
        """Documents that could not be read or judged."""
        return sum(self.statuses[status] for status in INCOMPLETE)


def run_corpus(
    given: Sequence[str],
    output: Path,
    snapshot: Path,
    library: tuple[str, str],
    settings: Settings,
    *,
    progress: Progress = lambda _: None,
) -> Summary:
    """Checks all documents of the inputs and leaves the tables in ``output``.

    ``snapshot`` is the library's, ``library`` its name and hash; ``progress`` is told how many documents are done.
    Raises UsageError, and StorageError when the run cannot go on now; started again it does.
    """
    inputs = find_inputs(given)
    require_readers(inputs)
    place = output.resolve()
    for word in given:
        if place.is_relative_to(Path(word).resolve()):
            raise UsageError(f"{output}: lies in {word}, which is read; choose a folder outside")
    manifest = Manifest(
        version=__version__,
        library=library[0],
        library_hash=library[1],
        part_size=settings.part_size,
        seconds=settings.seconds,
        inputs=inputs,
    )
    with held(output):
        begin(place, manifest, snapshot)
        done = read_receipts(place)
        module, name = CHECKER
        order = Order(module=module, name=name, arguments=(str(place / SNAPSHOT),), seconds=settings.seconds)
        if settings.engine == "spark":
            repeats = _on_spark(place, manifest, done, order, settings)
        else:
            finished = sum(receipt.records for receipt in done.values())
            for receipt in run_here(place, manifest, done, order, settings.jobs):
                finished += receipt.records
                progress(finished)
            repeats = find_repeats(place, read_receipts(place))
        return _end(place, manifest, repeats)


def _on_spark(
    output: Path, manifest: Manifest, done: dict[tuple[int, int], Receipt], order: Order, settings: Settings
) -> dict[str, list[str]]:
    from claims.corpus.spark import find_repeats_on_spark, open_session, run_on_spark

    session = open_session(settings.jobs, settings.master)
    try:
        run_on_spark(session, output, manifest, done, order)
        return find_repeats_on_spark(session, output)
    finally:
        session.stop()


def _end(output: Path, manifest: Manifest, repeats: dict[str, list[str]]) -> Summary:
    """Every id once, and the summary."""
    receipts = read_receipts(output)
    open_still = [file.name for number, file in enumerate(manifest.inputs) if not is_finished(number, receipts)]
    if open_still:
        raise StorageError(f"{output}: {open_still[0]} is not finished; run again to go on")
    summary = _summary(drop_repeats(output, receipts, repeats).values(), manifest)
    write_whole(output / SUMMARY, msgspec.json.format(msgspec.json.encode(summary), indent=1))
    return summary


def _summary(receipts: Iterable[Receipt], manifest: Manifest) -> Summary:
    statuses: Counter[str] = Counter()
    verdicts: Counter[str] = Counter()
    records = documents = words = 0
    for receipt in receipts:
        statuses.update(receipt.statuses)
        verdicts.update(receipt.verdicts)
        records += receipt.records
        documents += receipt.documents
        words += receipt.words
    return Summary(
        schema=SCHEMA,
        library={"name": manifest.library, "hash": manifest.library_hash},
        documents=documents,
        repeated=records - documents,
        words=words,
        statuses={status: statuses[status] for status in STATUSES},
        claims=verdicts.total(),
        verdicts={verdict: verdicts[verdict] for verdict in VERDICTS},
    )
