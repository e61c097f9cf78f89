"""Keying: cut the subject of a picture off its backdrop, and lay it into another with its shadow."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from .frame import Pixels, to_pixels
from .segmentation import subject_mask

Alpha = NDArray[np.float32]
"""(height, width) in [0, 1]."""


def key(image: Image.Image) -> tuple[Alpha, Pixels]:
    """Cut out the subjects, as `subject_mask` finds them.

    Returns:
        Coverage with feathered edges, and the picture with the backdrop's colour taken out of those edges.
    """
    matte = Image.fromarray((subject_mask(image) * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(1.6))
    coverage = np.asarray(matte.resize(image.size, Image.Resampling.BICUBIC), np.float32) / np.float32(255)
    alpha = _smooth((coverage - 0.42) / 0.38)
    return alpha, _despilled(to_pixels(image), alpha)


def relit(pixels: Pixels, alpha: Alpha, plate: Pixels, strength: float) -> Pixels:
    """Tint a subject by the plate's light: part of the way to the plate's average colour over its own backdrop's."""
    outside = pixels[alpha < 0.05]
    if len(outside) < 16:
        return pixels
    ratio = (plate.mean((0, 1)) + 0.04) / (outside.mean(0) + 0.04)
    return np.asarray((pixels * (1 + strength * (ratio.clip(0.35, 1.5) - 1))).clip(0, 1), np.float32)


def lay(plate: Pixels, pixels: Pixels, alpha: Alpha, *, shadow: float) -> Pixels:
    """Lay a subject over a plate, with a soft dark contact at its feet."""
    dark = shadow * _contact(alpha) * (1 - alpha)
    shaded = plate * (1 - dark[..., None])
    return np.asarray(shaded * (1 - alpha[..., None]) + pixels * alpha[..., None], np.float32)


def _despilled(pixels: Pixels, alpha: Alpha) -> Pixels:
    """Give half-covered pixels the colour of the nearest covered ones, so that no rim of the backdrop comes along."""
    inside = np.asarray(alpha > 0.95, np.float32)
    weight, spread = inside, pixels * inside[..., None]
    for _ in range(3):
        weight, spread = _blurred(weight) + inside, _blurred(spread) + pixels * inside[..., None]
    near = spread / np.maximum(weight, 1e-4)[..., None]
    use = np.where((inside < 1) & (weight > 1e-3), 1 - alpha, 0)[..., None]
    return np.asarray(pixels * (1 - use) + near * use, np.float32)


def _blurred(values: NDArray[np.float32]) -> NDArray[np.float32]:
    padded = np.pad(values, [(1, 1), (1, 1)] + [(0, 0)] * (values.ndim - 2), mode="edge")
    height, width = values.shape[:2]
    shifted = [padded[row : row + height, column : column + width] for row in range(3) for column in range(3)]
    return np.asarray(np.mean(shifted, axis=0), np.float32)


def _contact(alpha: Alpha) -> Alpha:
    """Darken the ground where columns of the subject meet it: an ellipse of soft shade under each foot."""
    height, width = alpha.shape
    covered = alpha > 0.5
    if not covered.any():
        return np.zeros_like(alpha)
    rows = np.arange(height)[:, None]
    feet = np.where(covered.any(0), height - 1 - covered[::-1].argmax(0), -height)
    touching = feet > feet.max() - 0.1 * height
    depth = (rows - feet[None, :]) / (0.03 * height + 1)
    shade = np.where(touching[None, :], np.exp(-np.square(depth)), 0)
    soft = Image.fromarray((shade * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.014 * width + 0.6))
    return np.asarray(soft, np.float32) / np.float32(255)


def _smooth(values: Alpha) -> Alpha:
    clipped = values.clip(0, 1)
    return np.asarray(clipped * clipped * (3 - 2 * clipped), np.float32)
