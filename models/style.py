"""How alike two pictures are in style, whatever they show: their colours, and how their detail is spread."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .frame import Pixels, to_pixels
from .likeness import directions
from .oklab import Lab, to_lab

_SIDE_PX: Final = 64
"""Pictures are compared at this side: style is not in the single pixel."""

_COLOURS: Final = 0.06
"""Distance of colours at which they count as 1/e alike."""

_DETAIL: Final = 0.7
"""Mean difference of the octaves' log contrasts at which detail counts as 1/e alike: a factor of two an octave."""

_OCTAVES: Final = 4
_LEVELS: Final = (np.arange(64, dtype=np.float32) + 0.5) / 64


def style_likeness(one: Image.Image, other: Image.Image) -> float:
    """Say how alike two pictures are in style, in (0, 1]: the geometric mean of their colours' and details' likeness.

    Colours: exp(-d / 0.06) of the sliced Wasserstein distance of all pixels in OKLab. Detail: exp(-d / 0.7) of the mean
    difference in log contrast over four octaves. Not calibrated on anybody's decisions: it ranks.

    Source: Bonneel et al. 2015 for the distance; Burt and Adelson 1983 for the octaves.
    """
    first, second = _small(one), _small(other)
    colours = np.abs(_spread(to_lab(first)) - _spread(to_lab(second))).mean()
    detail = np.abs(_contrasts(first) - _contrasts(second)).mean()
    return float(np.exp(-(colours / _COLOURS + detail / _DETAIL) / 2))


def _small(picture: Image.Image) -> Pixels:
    return to_pixels(picture.convert("RGB").resize((_SIDE_PX, _SIDE_PX), Image.Resampling.BOX))


def _spread(lab: Lab) -> NDArray[np.float32]:
    """Give the quantiles of a picture's colours along fixed directions: (64, 24)."""
    return np.asarray(np.quantile(lab.reshape(-1, 3) @ directions(24).T, _LEVELS, axis=0), np.float32)


def _contrasts(pixels: Pixels) -> NDArray[np.float32]:
    """Give the log contrast of each octave of lightness, finest first: (4,)."""
    level = to_lab(pixels)[..., 0]
    found: list[float] = []
    for _ in range(_OCTAVES):
        height, width = level.shape
        coarse = level.reshape(height // 2, 2, width // 2, 2).mean((1, 3))
        found.append(float(np.log(np.std(level - np.kron(coarse, np.ones((2, 2)))) + 1e-3)))
        level = coarse
    return np.asarray(found, np.float32)
