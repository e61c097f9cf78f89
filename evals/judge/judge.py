"""The independent judge: reads pictures, decides claims. Nothing in the product can import it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor

from ...core.canonical import digest_of, digest_of_bytes
from .atoms import SURE_OF_KIND, SURE_OF_SHAPE, Atom, Reading, holds
from .network import HEADS, INPUT_PX, InverseRenderer

WEIGHTS: Final = Path(__file__).parent / "weights" / "judge.safetensors"


@dataclass(frozen=True, slots=True)
class Judge:
    """A trained judge."""

    network: InverseRenderer

    @torch.no_grad()
    def read_all(self, images: list[Image.Image]) -> list[Reading]:
        """Read pictures of any size."""
        logits = self.network(to_input(images))
        shares = {name: logits[name].softmax(1).numpy() for name in HEADS}
        return [_reading({name: rows[row] for name, rows in shares.items()}) for row in range(len(images))]

    def read(self, image: Image.Image) -> Reading:
        """Read one picture."""
        return self.read_all([image])[0]

    def all_correct(self, image: Image.Image, atoms: Iterable[Atom]) -> bool:
        """Decide whether a picture bears out every claim."""
        seen = self.read(image)
        return all(holds(atom, seen) for atom in atoms)


def to_input(images: list[Image.Image]) -> Tensor:
    """Turn pictures into what the judge sees: (n, 3, 64, 64) float32 in [-1, 1]."""
    side = (INPUT_PX, INPUT_PX)
    pixels = np.stack([np.asarray(i.convert("RGB").resize(side, Image.Resampling.BOX)) for i in images])
    return torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 127.5 - 1


def load_judge(path: Path = WEIGHTS) -> Judge:
    """Load the judge."""
    network = InverseRenderer()
    network.load_state_dict(load_file(path))
    return Judge(network.eval())


def identity(path: Path = WEIGHTS) -> str:
    """Name the judge: by its weights and by how sure it must be."""
    return digest_of((digest_of_bytes(path.read_bytes()), f"{SURE_OF_KIND} {SURE_OF_SHAPE}"))


def save_judge(network: InverseRenderer, path: Path = WEIGHTS) -> None:
    """Save a network's weights in half precision."""
    path.parent.mkdir(parents=True, exist_ok=True)
    state = network.state_dict()
    halves = {k: (v.half() if v.is_floating_point() else v).contiguous().cpu() for k, v in state.items()}
    save_file(halves, path)


def _reading(shares: dict[str, np.ndarray[tuple[int], np.dtype[np.float32]]]) -> Reading:
    def best(name: str) -> tuple[str, float]:
        row = int(shares[name].argmax())
        return HEADS[name][row], float(shares[name][row])

    return Reading(
        kind=best("kind"),
        colour=best("colour"),
        count=best("count"),
        side=best("side"),
        size=best("size"),
        ground=best("ground"),
        time=best("time"),
        weather=best("weather"),
        whole=float(shares["whole"][1]),
        pair=float(shares["pair"][1]),
        other_kind=best("other_kind"),
        other_colour=best("other_colour"),
    )
