"""Pages out of the records of one file: Parquet, JSON Lines, WARC, or plain files.

A damaged record, or the place where a file breaks off, becomes a page with a problem; what stands before it is read.
"""

from __future__ import annotations

import codecs
import gzip
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

import msgspec

from claims.corpus.pages import Page
from claims.inputs import LARGEST, LARGEST_LAID_OUT

IDS: Final = ("id", "document_id", "doc_id")
ADDRESSES: Final = ("url", "path")
BODIES: Final[Mapping[str, str]] = {
    "html": ".html",
    "markdown": ".md",
    "text": ".txt",
    "content": ".txt",
    "raw_content": ".txt",
}
_LINE: Final = 6 * LARGEST  # characters may be written as \uXXXX
_ROWS: Final = 128  # of a Parquet file held at once
_TYPES: Final[Mapping[str, str]] = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
}
_CHARSET: Final = re.compile(rb"""charset=["' ]{0,2}([\w:.-]{2,40})""", re.IGNORECASE)
_DAMAGE: Final = (OSError, EOFError, ValueError, zlib.error)


def read_jsonl(path: Path, name: str) -> Iterator[Page]:
    """The records of a JSON Lines file, gzipped or not; empty lines are none."""
    number = 0
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            for line in _lines(cast("BinaryIO", file)):
                number += 1
                if line is None:
                    yield _damaged(name, number, f"a line of more than {_LINE // 1_000_000} MB")
                elif line.strip():
                    yield _of_line(line, name, number)
    except _DAMAGE as error:
        yield _damaged(name, number + 1, f"the file cannot be read beyond here: {_why(error)}")


def _lines(file: BinaryIO) -> Iterator[bytes | None]:
    """The lines; ``None`` for one that is longer than any page can be."""
    while line := file.readline(_LINE):
        if len(line) < _LINE or line.endswith(b"\n"):
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = file.readline(_LINE)
        yield None


def _of_line(line: bytes, name: str, number: int) -> Page:
    try:
        record = msgspec.json.decode(line)
    except msgspec.DecodeError as error:
        return _damaged(name, number, f"line {number} is not JSON: {error}")
    if not isinstance(record, dict):
        return _damaged(name, number, f"line {number} is no JSON object; write one {{…}} a line")
    return page_of(record, name, number)


def page_of(record: Mapping[str, Any], name: str, number: int) -> Page:
    """The page of a record with the fields that ``docs/scale.md`` names; ``number`` counts from 1 in the file."""
    url = next((str(record[key]) for key in ADDRESSES if record.get(key)), None)
    own = next((str(record[key]) for key in IDS if record.get(key) not in (None, "")), None)
    key = own or url or f"{name}#{number}"
    for field, suffix in BODIES.items():
        body = record.get(field)
        if isinstance(body, str):
            body = body.encode("utf-8", "replace")
        if isinstance(body, bytes):
            return Page(id=key, url=url, suffix=suffix, body=body)
    return Page(id=key, url=url, problem=f"record {number} has no text; it needs one of {', '.join(BODIES)}")


def read_parquet(path: Path, name: str) -> Iterator[Page]:
    """The rows of a Parquet file; only the columns that are used are read."""
    import pyarrow.parquet as pq

    number = 0
    try:
        with pq.ParquetFile(path) as file:
            known = set(file.schema_arrow.names)
            columns = [column for column in (*IDS, *ADDRESSES, *BODIES) if column in known]
            if not known & BODIES.keys():
                yield _damaged(name, 1, f"has no column of text; it needs one of {', '.join(BODIES)}")
                return
            for batch in file.iter_batches(batch_size=_ROWS, columns=columns):
                for record in batch.to_pylist():
                    number += 1
                    yield page_of(record, name, number)
    except _DAMAGE as error:
        yield _damaged(name, number + 1, f"the file cannot be read beyond here: {_why(error)}")


def read_warc(path: Path, name: str) -> Iterator[Page]:
    """The documents of a WARC file: what was answered with status 200, converted or kept, and is text, PDF or Word."""
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    number = 0
    try:
        with path.open("rb") as file:
            for record in ArchiveIterator(file):
                suffix, kind = _kind(record)
                if suffix:
                    number += 1
                    url = record.rec_headers.get_header("WARC-Target-URI")
                    body = record.content_stream().read(LARGEST_LAID_OUT + 1)
                    text = _in_utf8(body, kind) if suffix in (".html", ".txt", ".md") else body
                    yield Page(id=url or f"{name}#{number}", url=url, suffix=suffix, body=text)
    except (*_DAMAGE, ArchiveLoadFailed) as error:
        yield _damaged(name, number + 1, f"the file cannot be read beyond here: {_why(error)}")


def _kind(record: Any) -> tuple[str | None, str]:
    """The suffix that fits a record, ``None`` for what is no document, and its content type as given."""
    if record.rec_type == "response":
        headers = record.http_headers
        if headers is None or headers.get_statuscode() != "200":
            return None, ""
    elif record.rec_type in ("conversion", "resource"):
        headers = record.rec_headers
    else:
        return None, ""
    kind = headers.get_header("Content-Type") or ""
    return _TYPES.get(kind.partition(";")[0].strip().lower()), kind


def _in_utf8(body: bytes, kind: str) -> bytes:
    """The text in UTF-8 if its header, or else its first bytes, name another encoding that is known."""
    named = _CHARSET.search(kind.encode("utf-8", "replace")) or _CHARSET.search(body[:2048])
    try:
        codec = codecs.lookup(named.group(1).decode("ascii", "replace") if named else "utf-8")
        return body if codec.name == "utf-8" else body.decode(codec.name, "replace").encode("utf-8", "replace")
    except (LookupError, ValueError):
        return body


def read_files(paths: Iterable[str], root: Path, prefix: str) -> Iterator[Page]:
    """Plain files below ``root``, each a page whose id is its path, led by ``prefix``."""
    for below in paths:
        file = root / below
        path = f"{prefix}{below}".encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        try:
            with file.open("rb") as stream:
                yield Page(id=path, url=path, suffix=file.suffix.lower(), body=stream.read(LARGEST_LAID_OUT + 1))
        except OSError as error:
            yield Page(id=path, url=path, problem=_why(error))


def _damaged(name: str, number: int, problem: str) -> Page:
    return Page(id=f"{name}#{number}", problem=problem)


def _why(error: BaseException) -> str:
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(str(text).split())[:200]
