"""How far apart two pictures are that should be one: the same bytes, near, or different."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .pictures import open_picture

_WINDOW: Final = 8
_STEP: Final = 4
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2

_NEAR_SSIM: Final = 0.95
_NEAR_LEVELS: Final = 4.0
"""Beyond that a person sees it side by side (our judgement, not a measurement)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """What lies between a picture and the one made again from its record."""

    kind: Literal["same", "near", "different"]
    """`same` is byte for byte; `near` may be the same pixels in other bytes."""
    mean_levels: float
    """Mean absolute difference of a channel, of 255."""
    largest_levels: int
    ssim: float
    """Structural similarity of the lightness, 1 for the same picture."""


SAME: Final = Drift(kind="same", mean_levels=0.0, largest_levels=0, ssim=1.0)


def drift_between(then: bytes, now: bytes) -> Drift:
    """Say how far a picture is from the one that should be it.

    A picture of another size is different, however alike it looks: it is compared at the size of the first.

    Raises:
        NotAPicture: one of them is none.
    """
    if then == now:
        return SAME
    first, second = open_picture(then, "the take").convert("RGB"), open_picture(now, "its replay").convert("RGB")
    resized = second.resize(first.size, Image.Resampling.BILINEAR)
    ones, others = np.asarray(first, np.float32), np.asarray(resized, np.float32)
    apart = np.abs(ones - others)
    mean, alike = float(apart.mean()), ssim(_lightness(ones), _lightness(others))
    is_near = first.size == second.size and mean <= _NEAR_LEVELS and alike >= _NEAR_SSIM
    return Drift(
        kind="near" if is_near else "different",
        mean_levels=round(mean, 4),
        largest_levels=round(float(apart.max())),
        ssim=round(alike, 6),
    )


def ssim(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Structural similarity of two grey pictures, averaged over 8 x 8 windows 4 pixels apart.

    Args:
        one: (height, width) in [0, 255].
        other: of the same shape.

    Returns:
        In [-1, 1]; 1 only for the same picture.

    Source: Wang, Bovik, Sheikh, Simoncelli 2004, "Image Quality Assessment: From Error Visibility to Structural
    Similarity", eq. 13, with flat windows in place of its Gaussian ones.
    """
    x, y = _windows(one), _windows(other)  # (n, 64)
    mean_x, mean_y = x.mean(1), y.mean(1)  # (n,)
    var_x, var_y = x.var(1), y.var(1)
    covariance = (x * y).mean(1) - mean_x * mean_y
    alike = (2 * mean_x * mean_y + _C1) * (2 * covariance + _C2)
    return float((alike / ((mean_x**2 + mean_y**2 + _C1) * (var_x + var_y + _C2))).mean())


def _windows(grey: NDArray[np.float32]) -> NDArray[np.float64]:
    """Cut a picture into windows; one smaller than a window is one window."""
    height, width = (min(_WINDOW, side) for side in grey.shape)
    cut = np.lib.stride_tricks.sliding_window_view(grey.astype(np.float64), (height, width))
    return cut[::_STEP, ::_STEP].reshape(-1, height * width)


def _lightness(levels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Weigh the channels as ITU-R BT.601 does."""
    return np.asarray(levels @ np.array([0.299, 0.587, 0.114], np.float32), np.float32)
