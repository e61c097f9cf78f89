"""Train the ear on the turns beside this: `python -m callsheet.evals.ear.train PRETRAINED [--out FOLDER]`.

`PRETRAINED` is the folder with `model.json` that `make ear` unpacks. Takes about ten minutes on one core.
"""

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy
from torch.nn.utils.rnn import pad_sequence

from ...agents.conversation.ear.network import MARKS, in_pieces
from ..reporting import tell
from .encoder import Network, scores
from .examples import ROOT, TURNS, UNKNOWN, Example, examples, joined

WEIGHTS: Final = ROOT / "agents" / "conversation" / "ear" / "weights"
EPOCHS: Final = 6
BATCH: Final = 32
RATE: Final = 5e-4
RATE_OF_HEADS: Final = 2e-3
FORGOTTEN: Final = 0.06
"""The share of words that are put out of sight in training, so that none is leant on."""
JOINED: Final = 0.25
"""The share of turns that go on with another: where a part ends is the hardest to hear."""
_MOST_PIECES: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some turns, padded to one length."""

    rows: Tensor
    mask: Tensor
    firsts: Tensor
    verbs: Tensor
    roles: Tensor
    begins: Tensor


def batch_of(found: Sequence[Example], forget: float, rng: random.Random) -> Batch:
    """Pad some turns; of each, some words are put out of sight."""
    cut = [
        in_pieces([text if text in MARKS or rng.random() >= forget else "<lost>" for text in one.texts])
        for one in found
    ]
    rows = [torch.tensor(rows[:_MOST_PIECES]) for rows, _ in cut]
    firsts = [torch.tensor([min(at, _MOST_PIECES - 1) for at in firsts]) for _, firsts in cut]
    padded = pad_sequence(rows, batch_first=True)
    lengths = torch.tensor([len(one) for one in rows])
    labels = (
        pad_sequence([torch.tensor(getattr(one, name)) for one in found], batch_first=True, padding_value=UNKNOWN)
        for name in ("verbs", "roles", "begins")
    )
    verbs, roles, begins = labels
    return Batch(
        rows=padded,
        mask=torch.arange(padded.shape[1])[None] < lengths[:, None],
        firsts=pad_sequence(firsts, batch_first=True),
        verbs=verbs,
        roles=roles,
        begins=begins,
    )


def train(found: Sequence[Example], pretrained: Path, *, seed: int = 0, epochs: int = EPOCHS) -> Network:
    """Tune the encoder and train its heads."""
    torch.manual_seed(seed)
    rng = random.Random(seed)
    network = Network(pretrained)
    encoder = [*network.pieces.parameters(), *network.layers.parameters()]
    heads = [one for name, one in network.named_parameters() if not name.startswith(("pieces", "layers"))]
    rates = [RATE, RATE_OF_HEADS]
    learner = torch.optim.AdamW([{"params": encoder}, {"params": heads}], weight_decay=0.01)
    steps = epochs * -(-len(found) // BATCH)
    pace = torch.optim.lr_scheduler.OneCycleLR(learner, max_lr=rates, total_steps=steps + 1, pct_start=0.15)
    for epoch in range(epochs):
        network.train()
        losses: list[float] = []
        for chosen in _batches(found, rng):
            loss = _loss(network, batch_of(chosen, FORGOTTEN, rng))
            learner.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            learner.step()
            pace.step()
            losses.append(loss.item())
        tell(f"epoch {epoch + 1} of {epochs}: loss {sum(losses) / len(losses):.3f}")
    return network.eval()


def _batches(found: Sequence[Example], rng: random.Random) -> Iterator[list[Example]]:
    """Give turns of about one length together, in any order."""
    turns = [joined(one, rng.choice(found), rng) if rng.random() < JOINED else one for one in found]
    order = sorted(turns, key=lambda one: len(one.texts) + rng.random() * 4)
    batches = [order[at : at + BATCH] for at in range(0, len(order), BATCH)]
    rng.shuffle(batches)
    yield from batches


def _loss(network: Network, batch: Batch) -> Tensor:
    verbs, roles, begins = network(batch.rows, batch.mask, batch.firsts)
    told = batch.begins != UNKNOWN
    loss = cross_entropy(verbs.flatten(0, 1), batch.verbs.flatten(), ignore_index=UNKNOWN, label_smoothing=0.05)
    loss = loss + binary_cross_entropy_with_logits(begins[told], batch.begins[told].float())
    if bool((batch.roles != UNKNOWN).any()):
        loss = loss + 0.5 * cross_entropy(roles.flatten(0, 1), batch.roles.flatten(), ignore_index=UNKNOWN)
    return loss


def write(network: Network, folder: Path) -> None:
    """Write what the ear reads: matrices as bytes, each row with the size of its unit; the rest in half precision."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors: dict[str, NDArray[np.generic]] = {}
    for name, tensor in network.named().items():
        values = tensor.detach().numpy().astype(np.float32)
        if values.ndim == 2 and name != "rates":
            unit = np.maximum(np.abs(values).max(axis=1, keepdims=True) / 127, 1e-8).astype(np.float32)
            tensors |= {name: np.round(values / unit).astype(np.int8), f"{name}/unit": unit}
        else:
            tensors[name] = values.astype(np.float32 if name == "rates" else np.float16)
    np.savez_compressed(folder / "ear.npz", allow_pickle=False, **tensors)


def write_pieces(pretrained: Path, folder: Path) -> None:
    """Write the pieces of words, which training itself reads."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = (f"{piece}\t{row}\t{score:.5f}" for piece, row, score in scores(pretrained))
    (folder / "pieces.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> int:
    """Train on every turn there is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pretrained", type=Path)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    arguments = parser.parse_args()
    write_pieces(arguments.pretrained, WEIGHTS)
    found = list(examples(sorted(TURNS.glob("*.jsonl"))))
    tell(f"{len(found)} turns")
    write(train(found, arguments.pretrained, epochs=arguments.epochs), arguments.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
