"""The parts of a corpus run, and tables of pages, checked by Apache Spark. Needs pyspark, pandas, pyarrow and Java.

The snapshot goes to each worker once, as a file of the Spark context. On a worker the documents are judged in a process
of their own, so that one that hangs or crashes costs its row and not the task.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from claims.corpus.inputs import InputFile
from claims.corpus.pages import ClaimRow
from claims.corpus.parts import Receipt, finish, is_finished, open_parts, read_receipts, settled
from claims.corpus.records import ADDRESSES, BODIES, IDS, page_of
from claims.corpus.tables import CLAIMS, COLUMNS, DOCUMENTS
from claims.worker_process import Order
from claims.workers import Attendant
from evidence.problems import ClaimwiseError, StorageError, UsageError

if TYPE_CHECKING:
    import pandas as pd
    from pyspark.sql import DataFrame, SparkSession

    from claims.corpus.manifest import Manifest

TRIES: Final = 4  # of a task, also on one machine, where Spark would not try again
_LOOPBACK: Final = "127.0.0.1"


def open_session(jobs: int, master: str | None) -> SparkSession:
    """A Spark session: the one that is running, that of ``spark-submit``, of ``master``, or one on this machine.

    Raises UsageError when Spark cannot be started.
    """
    for name in ("pyspark", "pandas", "pyarrow"):
        if find_spec(name) is None:
            raise UsageError(f'--engine spark needs {name}: pip install "claimwise[spark]"')
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        raise UsageError("--engine spark needs Java 17 or newer: install it, or set JAVA_HOME")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    here = master is None and "PYSPARK_GATEWAY_PORT" not in os.environ  # which spark-submit sets
    if here:
        os.environ.setdefault("SPARK_LOCAL_IP", _LOOPBACK)
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("claimwise corpus").config("spark.log.level", "ERROR")
    if here:
        builder = builder.master(f"local[{jobs},{TRIES}]").config("spark.ui.enabled", "false")
        builder = builder.config("spark.executorEnv.PYTHONPATH", str(Path(__file__).resolve().parents[2]))
        builder = builder.config("spark.driver.bindAddress", _LOOPBACK).config("spark.driver.host", _LOOPBACK)
    elif master is not None:
        builder = builder.master(master)
    builder = builder.config("spark.ui.showConsoleProgress", str(sys.stderr.isatty()).lower())
    try:
        return builder.getOrCreate()
    except (PySparkException, OSError) as error:
        reason = " ".join(str(error).split())[:200]
        raise UsageError(f"Spark cannot be started: {reason}; is Java 17 or newer installed?") from None


def run_on_spark(
    session: SparkSession, output: Path, manifest: Manifest, done: dict[tuple[int, int], Receipt], order: Order
) -> None:
    """Finishes what is not ``done`` yet: each input is a task, and each writes its parts itself.

    A task that is tried again goes on after the last part that it finished. Raises StorageError.
    """
    from pyspark.errors import PySparkException

    inputs = enumerate(manifest.inputs)
    rows = [(number, msgspec.json.encode(file).decode()) for number, file in inputs if not is_finished(number, done)]
    if not rows:
        return
    frame = session.sparkContext.parallelize(rows, len(rows)).toDF("number int, input string")
    work = _finisher(str(output), manifest.part_size, _shipped(session, order))
    try:
        problems = [row["problem"] for row in frame.mapInPandas(work, "problem string").collect()]
    except PySparkException as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        raise StorageError(f"Spark gave up: {lines[0][:300]}; run again to go on") from None
    if problems:
        raise StorageError(problems[0])


def find_repeats_on_spark(session: SparkSession, output: Path) -> dict[str, list[str]]:
    """What ``parts.find_repeats`` finds, without any machine holding all ids."""
    from pyspark.sql import Window
    from pyspark.sql import functions as f

    documents = session.read.parquet((output / DOCUMENTS).as_uri()).select(
        "document_id", f.regexp_extract(f.input_file_name(), r"(part-\d+-\d+)\.parquet$", 1).alias("part")
    )
    place = f.row_number().over(Window.partitionBy("document_id").orderBy("part"))
    later = documents.withColumn("place", place).where("place > 1").groupBy("part")
    found = later.agg(f.sort_array(f.collect_list("document_id")).alias("ids")).collect()
    return {row["part"]: list(row["ids"]) for row in found}


def check_frame(pages: DataFrame, snapshot: Path, *, seconds: float = 120) -> DataFrame:
    """A row for each row of a table of pages: the columns of the documents table, and ``found``, an array of claims.

    ``pages`` has the columns that a Parquet input has (docs/scale.md). Lazy, as every transformation of Spark;
    ids that repeat stay, as rows of their own.
    """
    order = Order(module="claims.corpus.batches", name="make_checker", arguments=(str(snapshot),), seconds=seconds)
    claims = ", ".join(f"`{name}`: {kind}" for name, kind in COLUMNS[CLAIMS].items())
    columns = ", ".join(f"`{name}` {kind}" for name, kind in COLUMNS[DOCUMENTS].items())
    wanted = [name for name in (*IDS, *ADDRESSES, *BODIES) if name in pages.columns]
    if not set(wanted) & BODIES.keys():
        raise UsageError(f"the table has no column of text; it needs one of {', '.join(BODIES)}")
    work = _checker(_shipped(pages.sparkSession, order))
    return pages.select(*wanted).mapInPandas(work, f"{columns}, found array<struct<{claims}>>")


def _shipped(session: SparkSession, order: Order) -> Order:
    """The order as it is on a worker: its snapshot is there under its name alone."""
    snapshot = Path(str(order.arguments[0]))
    session.sparkContext.addFile(str(snapshot))
    return msgspec.structs.replace(order, arguments=(snapshot.name,))


def _attendant(order: Order) -> Attendant:
    """On a worker: what keeps the process that judges, with the snapshot at its place there."""
    from pyspark import SparkFiles

    return _kept(order.module, order.name, SparkFiles.get(str(order.arguments[0])), order.seconds)


@lru_cache(maxsize=1)
def _kept(module: str, name: str, snapshot: str, seconds: float | None) -> Attendant:
    """One for all tasks of a worker, so that the library is opened once; it ends when the worker does."""
    return Attendant(Order(module=module, name=name, arguments=(snapshot,), seconds=seconds))


def _finisher(output: str, size: int, order: Order) -> Callable[[Iterator[pd.DataFrame]], Iterator[pd.DataFrame]]:
    """What a task does with its inputs: finishes their parts, and hands back a line for each that it could not."""

    def work(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        import pandas as pd

        attendant = _attendant(order)
        for frame in frames:
            for number, text in zip(frame["number"], frame["input"], strict=True):
                file = msgspec.json.decode(text, type=InputFile)
                try:
                    for part in open_parts(number, file, size, read_receipts(Path(output), number)):
                        finish(part, attendant, Path(output))
                except ClaimwiseError as error:
                    yield pd.DataFrame({"problem": [str(error)]})

    return work


def _checker(order: Order) -> Callable[[Iterator[pd.DataFrame]], Iterator[pd.DataFrame]]:
    """What a task does with the pages of a table."""

    def work(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        import pandas as pd

        attendant = _attendant(order)
        for frame in frames:
            pages = [page_of(record, "row", at) for at, record in enumerate(_records(frame), start=1)]
            checked = list(map(settled, pages, attendant.answers(pages)))
            table = [
                {**msgspec.structs.asdict(page.document), "found": [_plain(claim) for claim in page.claims]}
                for page in checked
            ]
            yield pd.DataFrame(table, columns=[*COLUMNS[DOCUMENTS], "found"], dtype=object)

    return work


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame, with ``None`` where it has nothing."""
    records: list[dict[str, Any]] = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return records


def _plain(claim: ClaimRow) -> dict[str, object]:
    fields = msgspec.structs.asdict(claim)
    return {name: list(value) if isinstance(value, tuple) else value for name, value in fields.items()}
