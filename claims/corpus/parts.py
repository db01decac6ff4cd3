"""A corpus run is done in parts: so many pages of one input, in order. A part is finished or it is not.

Its claims are written first, then its documents, then a receipt; only what has a receipt counts. What a part holds
follows from the input, the library and the settings alone, so whoever does it, and however often, writes the same.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from claims.corpus.pages import Checked, Page, Status, without_claims
from claims.corpus.tables import CLAIMS, DOCUMENTS, count_rows, read_table, table_of, write_table, write_whole
from claims.workers import Lost

if TYPE_CHECKING:
    import pyarrow as pa

    from claims.corpus.inputs import InputFile
    from claims.workers import Attendant

RECEIPTS: Final = "receipts"
_BATCH: Final = 64  # pages that a worker is handed at once


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """A finished part. ``records`` counts the pages read, ``documents`` those kept: an id counts once.

    ``last``: the input has no more. ``statuses`` and ``verdicts`` count documents and claims.
    """

    input: int
    part: int
    last: bool
    records: int
    documents: int
    words: int
    statuses: dict[str, int]
    verdicts: dict[str, int]

    @property
    def name(self) -> str:
        """The name that the part's files share."""
        return part_name(self.input, self.part)


class Part(NamedTuple):
    """A part to be done."""

    input: int
    part: int
    pages: list[Page]
    last: bool


def part_name(file: int, part: int) -> str:
    """The name that the files of a part share."""
    return f"part-{file:06}-{part:06}"


def read_receipts(output: Path, number: int | None = None) -> dict[tuple[int, int], Receipt]:
    """The finished parts, of one input or of all. A receipt that is damaged, or whose tables are gone, is none."""
    found = {}
    wanted = "part-*.json" if number is None else f"part-{number:06}-*.json"
    for path in sorted((output / RECEIPTS).glob(wanted)):
        with contextlib.suppress(OSError, msgspec.DecodeError):
            receipt = msgspec.json.decode(path.read_bytes(), type=Receipt)
            if path.stem == receipt.name and all(place.is_file() for place in _tables(output, receipt.name)):
                found[receipt.input, receipt.part] = receipt
    return found


def is_finished(number: int, done: dict[tuple[int, int], Receipt]) -> bool:
    """Whether all parts of an input are finished."""
    parts = sorted(part for file, part in done if file == number)
    return bool(parts) and parts == list(range(len(parts))) and done[number, parts[-1]].last


def open_parts(number: int, file: InputFile, size: int, done: dict[tuple[int, int], Receipt]) -> Iterator[Part]:
    """The parts of an input that are not finished, read one after the other."""
    if is_finished(number, done):
        return
    pages = file.pages()
    part = 0
    ahead = list(islice(pages, size))
    while True:
        here, ahead = ahead, list(islice(pages, size))
        if (number, part) not in done:
            yield Part(number, part, here, not ahead)
        part += 1
        if not ahead:
            return


def finish(part: Part, attendant: Attendant, output: Path) -> Receipt:
    """Checks the pages of a part and writes its tables and receipt. Raises StorageError when they cannot be written."""
    first: dict[str, Page] = {}
    for page in part.pages:
        first.setdefault(page.id, page)
    kept = list(first.values())
    checked: list[Checked] = []
    for at in range(0, len(kept), _BATCH):
        batch = kept[at : at + _BATCH]
        checked += map(settled, batch, attendant.answers(batch))
    documents = table_of(DOCUMENTS, [page.document for page in checked])
    claims = table_of(CLAIMS, [claim for page in checked for claim in page.claims])
    return write_part(output, part.input, part.part, documents, claims, last=part.last, records=len(part.pages))


def write_part(
    output: Path, number: int, part: int, documents: pa.Table, claims: pa.Table, *, last: bool, records: int
) -> Receipt:
    """Writes a part, the receipt last."""
    receipt = Receipt(
        input=number,
        part=part,
        last=last,
        records=records,
        documents=documents.num_rows,
        words=sum(words or 0 for words in documents["words"].to_pylist()),
        statuses=dict(sorted(Counter(documents["status"].to_pylist()).items())),
        verdicts=dict(sorted(Counter(claims["verdict"].to_pylist()).items())),
    )
    places = _tables(output, receipt.name)
    for place, table in zip(places, (claims, documents), strict=True):
        write_table(place, table)
    write_whole(output / RECEIPTS / f"{receipt.name}.json", msgspec.json.encode(receipt))
    return receipt


def find_repeats(output: Path, receipts: dict[tuple[int, int], Receipt]) -> dict[str, list[str]]:
    """For the name of each part the ids in it that an earlier one has. Keeps every id in memory."""
    seen: set[str] = set()
    found = {}
    for _, receipt in sorted(receipts.items()):
        ids = read_table(_tables(output, receipt.name)[1], ["document_id"])["document_id"].to_pylist()
        found[receipt.name] = sorted(seen.intersection(ids))
        seen.update(ids)
    return found


def drop_repeats(
    output: Path, receipts: dict[tuple[int, int], Receipt], repeats: dict[str, list[str]]
) -> dict[tuple[int, int], Receipt]:
    """Leaves each document id in the first part that has it, in the order of the inputs; hands back all receipts."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kept = dict(receipts)
    for key, receipt in sorted(receipts.items()):
        claims_path, documents_path = _tables(output, receipt.name)
        repeated = pa.array(repeats.get(receipt.name, ()), pa.string())
        if len(repeated) or count_rows(documents_path) != receipt.documents:  # the latter: cut off here before
            documents, claims = (
                table.filter(pc.invert(pc.is_in(table["document_id"], repeated)))
                for table in (read_table(documents_path), read_table(claims_path))
            )
            kept[key] = write_part(output, *key, documents, claims, last=receipt.last, records=receipt.records)
    return kept


def _tables(output: Path, name: str) -> tuple[Path, Path]:
    return output / CLAIMS / f"{name}.parquet", output / DOCUMENTS / f"{name}.parquet"


def settled(page: Page, answer: object) -> Checked:
    """What a worker answered for a page, or the page as one that has no answer."""
    match answer:
        case Checked():
            return answer
        case Lost(status=status, reason=reason):
            known: dict[str, Status] = {"died": "died", "timed-out": "timed-out"}
            return without_claims(page, known.get(status, "unreadable"), reason)
    raise AssertionError(answer)
