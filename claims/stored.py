"""Records of a snapshot as mappings that read a record when it is asked for, and all of them when somebody goes through
all. So opening a library costs the same however large it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Final, Generic, TypeVar

import msgspec

from claims.memory import Memory
from evidence.bibliography import Reference
from evidence.library import Library
from evidence.standing import Standing
from evidence.studies import Finding, Study
from evidence.verification import Verification

if TYPE_CHECKING:
    from claims.query import Asked

T = TypeVar("T")
_REMEMBERED: Final = 20_000
_TOGETHER: Final = 100  # records asked for at once


class Stored(Mapping[str, T], Generic[T]):
    """Records by key, in the order of ``order``. ``whole`` completes a record that was read by itself."""

    def __init__(
        self,
        connection: Asked,
        kind: type[T],
        table: str,
        *,
        key: str = "id",
        order: str | None = None,
        whole: Callable[[str, T], T] | None = None,
    ) -> None:
        self._connection = connection
        self._decoder = msgspec.json.Decoder(kind)
        self._table, self._key, self._order = table, key, order or key
        self._complete = whole
        self._read: Memory[str, tuple[T | None]] = Memory(_REMEMBERED)  # a key that is none is remembered too

    @cached_property
    def _all(self) -> dict[str, T]:
        rows = self._connection.execute(f"SELECT {self._key}, record FROM {self._table} ORDER BY {self._order}")
        return {row[0]: self._decoded(row[0], row[1]) for row in rows.fetchall()}

    def _decoded(self, key: str, record: str) -> T:
        value = self._decoder.decode(record)
        return self._complete(key, value) if self._complete else value

    def __getitem__(self, key: str) -> T:
        known = self.get(key)
        if known is None:
            raise KeyError(key)
        return known

    def get(self, key: str, default: T | None = None) -> T | None:  # type: ignore[override]
        known = self._read.get(key)
        if known is None:
            query = f"SELECT record FROM {self._table} WHERE {self._key} = ?"
            row = self._connection.execute(query, (key,)).fetchone()
            known = self._read.keep(key, (self._decoded(key, row[0]) if row else None,))
        return default if known[0] is None else known[0]

    def bring(self, keys: Iterable[str]) -> None:
        """Reads together the records that will be asked for one by one: a query costs more than what it reads."""
        wanted = [key for key in dict.fromkeys(keys) if self._read.get(key) is None]
        for start in range(0, len(wanted), _TOGETHER):
            some = wanted[start : start + _TOGETHER]
            query = f"SELECT {self._key}, record FROM {self._table} WHERE {self._key} IN ({', '.join('?' * len(some))})"
            for key, record in self._connection.execute(query, some).fetchall():
                self._read.keep(key, (self._decoded(key, record),))

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self.get(key) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        count: int = self._connection.execute(f"SELECT count(*) FROM {self._table}").fetchone()[0]
        return count


class StoredLibrary(Library):
    """The evidence of a snapshot."""

    def __init__(self, connection: Asked) -> None:
        self._connection = connection
        self.references = Stored(connection, Reference, "reference", key="key")
        self.studies = Stored(connection, Study, "study", key="key", whole=self._with_findings)
        self._bare = Stored(connection, Study, "study", key="key")
        self.verifications = Stored(connection, Verification, "verification", key="key")
        self._findings = Stored(connection, Finding, "finding", order="position")
        self._finding = msgspec.json.Decoder(Finding)

    @property
    def findings(self) -> Mapping[str, Finding]:
        return self._findings

    def study_of(self, finding_id: str) -> Study:
        return self._bare[self.findings[finding_id].key]

    def bring(self, findings: Iterable[str]) -> None:
        wanted = list(findings)
        self._findings.bring(wanted)
        self._bare.bring(self._findings[finding].key for finding in wanted)

    @cached_property
    def not_current(self) -> Mapping[str, Standing]:
        rows = self._connection.execute(
            "SELECT key FROM study WHERE status != 'current' UNION"
            " SELECT key FROM verification WHERE state IN ('corrected', 'concern', 'retracted') ORDER BY key"
        )
        return self._standings(row[0] for row in rows.fetchall())

    @cached_property
    def journals(self) -> frozenset[str]:
        rows = self._connection.execute(
            "SELECT DISTINCT container FROM reference WHERE kind = 'article' AND container IS NOT NULL"
        )
        return frozenset(row[0] for row in rows)

    def _with_findings(self, key: str, study: Study) -> Study:
        rows = self._connection.execute("SELECT record FROM finding WHERE study = ? ORDER BY position", (key,))
        return msgspec.structs.replace(study, findings=tuple(self._finding.decode(row[0]) for row in rows.fetchall()))
