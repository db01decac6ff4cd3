"""``check --jobs N``: documents read and judged in N processes, with the result of one.

Each worker opens the snapshot for itself. What a document is called and how it stands to others is settled by the
caller, from all of them together, so that it never depends on which worker had it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from claims.checking import CheckResult, compared, named_in_order
from claims.documents import Document
from claims.looking import Looked
from claims.worker_process import Order
from claims.workers import Lost, in_turn

if TYPE_CHECKING:
    from claims.collection import Collection
    from claims.entailment import Entailment
    from claims.inputs import Listed
    from claims.kept_results import KeptResults

LOOKER: Final = (__name__, "make_looker")
_BATCH: Final = 16  # documents that a worker is handed at once, fewer when there are few


class Jobs:
    """Reads files in processes, for ``gather``, and keeps what was seen in them for ``compared``.

    ``kept`` has judgements of earlier runs, and gets those of this one when all files are read.
    """

    def __init__(
        self,
        snapshot: Path,
        jobs: int,
        *,
        blind: bool,
        uncited_figures: bool,
        model: bool = False,
        kept: KeptResults | None = None,
    ) -> None:
        arguments = (str(snapshot), blind, uncited_figures, kept is not None, model)
        self._results = kept
        self._order = Order(module=LOOKER[0], name=LOOKER[1], arguments=arguments)
        self._jobs = jobs
        self.looked: list[Looked] = []

    def read(self, files: Sequence[Listed]) -> list[Document | str]:
        """A document for each file, or why there is none. Raises StorageError when no worker can be started."""
        size = max(1, min(_BATCH, len(files) // (4 * self._jobs)))
        batches = [range(at, min(at + size, len(files))) for at in range(0, len(files), size)]
        found: list[Document | str] = [""] * len(files)
        jobs = max(1, min(self._jobs, len(batches)))
        for batch, answers in in_turn(
            batches, lambda attendant, batch: (batch, attendant.answers([files[at] for at in batch])), self._order, jobs
        ):
            for at, answer in zip(batch, answers, strict=True):
                found[at] = self._taken(answer)
        if self._results:
            self._results.write()
        return found

    def result(
        self,
        collection: Collection,
        library_hash: str,
        unreadable: Mapping[str, str],
        *,
        against: bool,
        network: Entailment | None = None,
    ) -> CheckResult:
        """The check of all that was read. ``against``: conflicts with the registered sources too."""
        return compared(
            named_in_order(self.looked, collection),
            collection,
            library_hash=library_hash,
            against_sources=against,
            unreadable=unreadable,
            network=network.facts if network else None,
        )

    def _taken(self, answer: object) -> Document | str:
        match answer:
            case Lost(reason=reason) | str(reason):
                return reason
            case (Document() as document, Looked() as looked, list(news)):
                self.looked.append(looked)
                if self._results:
                    self._results.take(news)
                return document
        raise AssertionError(answer)


def make_looker(
    snapshot: str, blind: bool, uncited_figures: bool, keep: bool, model: bool
) -> Callable[[Listed], object]:
    """What a worker does with a file: the document, what was seen in it and what was judged anew for it, or why it
    cannot be read. ``keep``: judgements of earlier runs are used; ``model``: a network reads each claim, too."""
    from claims.engine import Judge, network_if
    from claims.form_store import StoredForms
    from claims.inputs import read_listed
    from claims.kept_results import kept_for
    from claims.looking import Looking
    from claims.query import meta, open_collection
    from claims.snapshot import connect

    connection = connect(Path(snapshot))
    collection = open_collection(connection)
    kept = kept_for(Path(snapshot), meta(connection)["hash"]) if keep else None
    network = network_if(model)
    judge = Judge(collection, StoredForms(connection), uncited_figures=uncited_figures, kept=kept, network=network)
    looking = Looking(collection, judge, blind=blind)

    def look(file: Listed) -> object:
        document = read_listed(file)
        if isinstance(document, str):
            return document
        looked = looking.look(document)
        # The blocks are of use only to who reads on.
        return msgspec.structs.replace(document, blocks=()), looked, kept.results.handed_over() if kept else []

    return look
