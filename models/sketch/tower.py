"""The critic's eye: a small convolutional tower that keeps where things are.

Registered with timm under `TOWER`, so that open_clip builds it from the critic's config; import this module first.
A pooled tower of the same size is far slower to learn counts, sides and relations, for it averages the places away.
"""

from __future__ import annotations

from typing import Final

from timm.models import register_model
from torch import Tensor, nn

TOWER: Final = "callsheet_sketch_tower"
_CHANNELS: Final = (40, 80, 160)
_SQUEEZED: Final = 24
_HIDDEN: Final = 384


class SketchTower(nn.Module):
    """Pictures (n, 3, 64, 64) in [-1, 1] to embeddings (n, embed_dim)."""

    def __init__(self, embed_dim: int) -> None:
        super().__init__()
        inside = 12
        layers: list[nn.Module] = [nn.PixelUnshuffle(2)]
        for row, outside in enumerate(_CHANNELS):
            layers += [] if row == 0 else [nn.MaxPool2d(2)]
            layers += [*_convolution(inside, outside), *_convolution(outside, outside)]
            inside = outside
        self.trunk = nn.Sequential(*layers)  # (n, 160, 8, 8)
        self.places = nn.Sequential(nn.Conv2d(inside, _SQUEEZED, 1), nn.SiLU(), nn.Flatten())
        self.mix = nn.Sequential(nn.Linear(_SQUEEZED * 8 * 8, _HIDDEN), nn.SiLU(), nn.Linear(_HIDDEN, embed_dim))

    def forward(self, pictures: Tensor) -> Tensor:
        """Embed pictures."""
        embedded: Tensor = self.mix(self.places(self.trunk(pictures)))
        return embedded


def _convolution(inside: int, outside: int) -> tuple[nn.Module, ...]:
    return nn.Conv2d(inside, outside, 3, padding=1, bias=False), nn.BatchNorm2d(outside), nn.SiLU()


@register_model  # type: ignore[untyped-decorator]
def callsheet_sketch_tower(*, pretrained: bool = False, num_classes: int = 128, **_: object) -> SketchTower:
    """Build the tower the way timm asks for it; there are no pretrained weights but the critic's own."""
    if pretrained:
        raise ValueError("the sketch tower has no weights of its own: load the whole critic")
    return SketchTower(num_classes)
