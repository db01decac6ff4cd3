"""A network that reads a claim beside the nearest wordings of the library: how far it takes the claim to be carried.

An extra (``model``), and off unless asked for: what it gives is a number that no comparison explains. It is one voice
beside those of the scorecard, by the weights in ``claims/data/entailment/network.toml``, and told as one. Everything
that reads no network leaves this module alone, so that nothing of it is loaded.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import msgspec

from claims.propositions import Verdict
from claims.word_pieces import WordPieces
from evidence.problems import StorageError, UsageError
from evidence.records import Record, load_record

if TYPE_CHECKING:
    from collections.abc import Sequence

FOLDER: Final = Path(__file__).parent / "data" / "entailment"
FACTS_NAME: Final = "network.toml"
NETWORK_NAME: Final = "network.onnx"
PIECES_NAME: Final = "pieces.txt"
_TRUE: Final = "true :"
_FALSE: Final = "false :"
_INSTALL: Final = "install claimwise with the extra 'model', or do without --model and the setting"
_CURE: Final = "install claimwise anew"


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What a claim is read beside: the nearest wording that the library allows, and the nearest that it does not;
    ``None`` where none is near. ``context`` names what the claim speaks of without saying so."""

    context: str = ""
    allowed: str | None = None
    bent: str | None = None


class Entailed(msgspec.Struct, frozen=True, kw_only=True):
    """What the network says: above 0 that the claim is carried, and for each verdict the logarithm of how likely it
    is."""

    carried: float
    verdicts: Mapping[Verdict, float]


class Facts(Record, frozen=True, kw_only=True):
    """What goes with a network. Support is the logistic function of ``base``, ``comparisons`` times the points of the
    scorecard and ``network`` times what the network says. From ``carries`` on the evidence carries a claim.

    ``claim`` and ``wording`` are the most pieces of words that were read of each when the network was fitted;
    ``verdicts`` are those it tells, in its order; ``sha256`` is that of the network and then its pieces of words.
    """

    name: str
    sha256: str
    base: float
    comparisons: float
    network: float
    carries: float
    claim: int
    wording: int
    verdicts: tuple[Verdict, ...]


class Entailment(Protocol):
    """What reads claims beside wordings."""

    @property
    def facts(self) -> Facts: ...
    def read(self, claim: str, known: Known) -> Entailed: ...


def laid_out(pieces: WordPieces, facts: Facts, claim: str, known: Known) -> tuple[list[int], list[int]]:
    """A claim and what it is read beside as numbers of pieces of words, and for each whether it belongs to the
    latter."""
    context = pieces.of(f"{known.context} :") if known.context else []
    said = [pieces.first, *context, *pieces.of(claim)[: facts.claim], pieces.last]
    beside: list[int] = []
    for mark, wording in ((_TRUE, known.allowed), (_FALSE, known.bent)):
        if wording is not None:
            beside += [*pieces.of(mark), *pieces.of(wording)[: facts.wording]]
    beside.append(pieces.last)
    return said + beside, [0] * len(said) + [1] * len(beside)


def digest(network: bytes, pieces: bytes) -> str:
    """What a network with its pieces of words is known by."""
    return hashlib.sha256(network + pieces).hexdigest()


class OnnxEntailment:
    """The network of a folder. Opened when it first reads, so that processes which are forked off open their own."""

    def __init__(self, folder: Path, facts: Facts) -> None:
        self.facts = facts
        self._folder = folder
        self._opened: tuple[Any, WordPieces] | None = None

    def read(self, claim: str, known: Known) -> Entailed:
        """Raises UsageError without the extra, StorageError when a file of the network is missing or damaged."""
        session, pieces = self._opened = self._opened or self._open()
        numbers, sides = laid_out(pieces, self.facts, claim, known)
        given = session.run(None, {"pieces": [numbers], "sides": [sides], "there": [[True] * len(numbers)]})
        carried, *points = given[0][0].tolist()
        return Entailed(carried=carried, verdicts=dict(zip(self.facts.verdicts, _likelihoods(points), strict=True)))

    def _open(self) -> tuple[Any, WordPieces]:
        try:
            import onnxruntime as runtime
        except ImportError as error:
            raise UsageError(f"onnxruntime cannot be loaded: {error}; {_INSTALL}") from None
        try:
            network = (self._folder / NETWORK_NAME).read_bytes()
            pieces = (self._folder / PIECES_NAME).read_bytes()
        except OSError as error:
            raise StorageError(f"{error.filename}: the network cannot be read: {error.strerror}; {_CURE}") from None
        if digest(network, pieces) != self.facts.sha256:
            raise StorageError(f"{self._folder}: holds another network than {FACTS_NAME} names; {_CURE}")
        options = runtime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # processes share the work, threads would not
        options.log_severity_level = 3
        session = runtime.InferenceSession(network, options, ["CPUExecutionProvider"])
        return session, WordPieces(pieces.decode().split("\n"))


def _likelihoods(points: Sequence[float]) -> list[float]:
    """Logarithms of how likely each is, by its points."""
    most = max(points)
    whole = most + math.log(sum(math.exp(one - most) for one in points))
    return [one - whole for one in points]


@lru_cache(maxsize=1)
def load_entailment(folder: Path = FOLDER) -> OnnxEntailment:
    """The packaged network. Raises UsageError without the extra, LibraryError when its facts are wrong."""
    if find_spec("onnxruntime") is None:  # not imported yet: it starts threads, and processes may be forked off first
        raise UsageError(f"the network needs onnxruntime, which is not installed; {_INSTALL}")
    return OnnxEntailment(folder, load_record(folder / FACTS_NAME, Facts, name=FACTS_NAME))
