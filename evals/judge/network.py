"""The judge's network: a plain CNN that reads a picture back into the scene it was painted from."""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from ...models.sketch.vocabulary import COLOURS, GROUNDS, KINDS, NUMBERS, SIDES, SIZES, TIMES, WEATHERS, Scene

HEADS: Final[dict[str, tuple[str, ...]]] = {
    "kind": (*KINDS, "none"),
    "colour": COLOURS,
    "count": NUMBERS,
    "side": SIDES,
    "size": SIZES,
    "ground": GROUNDS,
    "time": TIMES,
    "weather": WEATHERS,
    "whole": ("spoiled", "whole"),
    "pair": ("single", "pair"),
    "other_kind": KINDS,
    "other_colour": COLOURS,
}
"""What each head tells apart."""

UNASKED: Final = -100
INPUT_PX: Final = 64


class _Residual(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.second = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norms = nn.ModuleList([nn.BatchNorm2d(channels), nn.BatchNorm2d(channels)])

    def forward(self, x: Tensor) -> Tensor:
        """Add what two convolutions see."""
        y = functional.relu(self.norms[0](self.first(x)))
        return functional.relu(x + self.norms[1](self.second(y)))


def _down(inside: int, outside: int, kernel: int) -> nn.Sequential:
    conv = nn.Conv2d(inside, outside, kernel, stride=2, padding=kernel // 2, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outside), nn.ReLU())


class InverseRenderer(nn.Module):
    """Pictures (n, 3, 64, 64) in [-1, 1] to one row of logits a head."""

    def __init__(self) -> None:
        super().__init__()
        self.trunk = nn.Sequential(
            _down(3, 32, 5), _Residual(32), _down(32, 64, 3), _Residual(64), _down(64, 128, 3), _Residual(128)
        )  # (n, 128, 8, 8)
        self.squeeze = nn.Sequential(nn.Conv2d(128, 32, 1), nn.ReLU(), nn.Flatten())
        self.mix = nn.Sequential(nn.Linear(32 * 8 * 8, 256), nn.ReLU(), nn.Dropout(0.1))
        self.heads = nn.ModuleDict({name: nn.Linear(256, len(values)) for name, values in HEADS.items()})

    def forward(self, pictures: Tensor) -> dict[str, Tensor]:
        """Give every head's logits."""
        seen = self.mix(self.squeeze(self.trunk(pictures)))
        return {name: head(seen) for name, head in self.heads.items()}


def labels(scene: Scene, *, is_whole: bool) -> dict[str, int]:
    """Give each head's right answer, `UNASKED` where it has none.

    The shape and number of spoiled subjects is nobody's to say, so only their surroundings are asked.
    """
    answers = dict.fromkeys(HEADS, UNASKED)
    answers["ground"] = GROUNDS.index(scene.ground)
    if scene.has_sky:
        answers["time"], answers["weather"] = TIMES.index(scene.time), WEATHERS.index(scene.weather)
    if scene.kind is None:
        answers["kind"] = len(KINDS)
        return answers
    answers["whole"] = int(is_whole)
    if not is_whole:
        return answers
    answers["kind"], answers["colour"] = KINDS.index(scene.kind), COLOURS.index(scene.colour)
    answers["size"] = SIZES.index(scene.size)
    answers["pair"] = int(scene.other_kind is not None)
    if scene.other_kind is None:
        answers["count"], answers["side"] = scene.count - 1, SIDES.index(scene.side)
    else:
        answers["other_kind"] = KINDS.index(scene.other_kind)
        answers["other_colour"] = COLOURS.index(scene.other_colour)
    return answers


def reading_loss(logits: dict[str, Tensor], answers: dict[str, Tensor]) -> Tensor:
    """Sum of the heads' cross entropies over the pictures they are asked about."""
    losses = [
        functional.cross_entropy(
            logits[name], answers[name], ignore_index=UNASKED, label_smoothing=0.02, reduction="sum"
        )
        / max(1, int((answers[name] != UNASKED).sum()))
        for name in HEADS
    ]
    return torch.stack(losses).sum()
