"""Keying: cut the subject of a picture off its backdrop, and lay it into another with its shadow."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from .frame import Pixels, to_pixels
from .oklab import Lab, to_lab

Alpha = NDArray[np.float32]
"""(height, width) in [0, 1]."""

Mask = NDArray[np.bool_]

_LOOKED_AT_PX = 256
_SURE = 0.06
"""OKLab distance from the backdrop at which a pixel belongs to the subject."""

_GRAIN = 0.015
"""Difference of a typical pixel from its neighbourhood, of 1, above which a picture counts as grainy."""

_SLOPE = 0.05
"""How far a horizon may rise or fall across the picture, as a share of its height."""

_AXES = np.array((0.8, 1.3, 1.3), np.float32)
"""Colour tells a subject from its backdrop better than lightness, which fog and shading change."""


def key(image: Image.Image) -> tuple[Alpha, Pixels]:
    """Cut out what stands before the backdrop.

    The backdrop is read row by row at the picture's sides, so a sky above a ground is one backdrop, and so is a plain
    wall. What differs from it, is big enough and stands on the ground is the subject; sun, clouds and tufts are not.

    Returns:
        Coverage with feathered edges, and the picture with the backdrop's colour taken out of those edges.
    """
    scale = _LOOKED_AT_PX / max(image.size)
    size = (max(8, round(image.width * scale)), max(8, round(image.height * scale)))
    seen = to_lab(to_pixels(_calmed(image.convert("RGB")).resize(size, Image.Resampling.BICUBIC)))
    differs = _difference(seen, _backdrop(seen))
    subject = _filled(_subjects(_opened(differs > _threshold(differs))))
    matte = Image.fromarray((subject * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(1.6))
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


def _calmed(image: Image.Image) -> Image.Image:
    """Take the grain out of a grainy picture, so that grain is not keyed; a clean one keeps its thin lines."""
    calm = image.filter(ImageFilter.MedianFilter(3))
    grain = float(np.median(np.abs(to_pixels(image) - to_pixels(calm))))
    if grain < _GRAIN:
        return image
    return calm.filter(ImageFilter.MedianFilter(3)).filter(ImageFilter.GaussianBlur(0.7))


def _backdrop(seen: Lab) -> Lab:
    """Guess each row's backdrop from the two sides of the picture: (height, 1, 3)."""
    margin = max(2, round(0.06 * seen.shape[1]))
    left, right = np.median(seen[:, :margin], axis=1), np.median(seen[:, -margin:], axis=1)
    agree = np.linalg.norm(left - right, axis=-1) < 0.05
    # Where the sides differ something stands at one of them: believe the side that changes less from row to row.
    unrest = [np.linalg.norm(np.diff(side, axis=0), axis=-1)[~agree[1:]].sum() for side in (left, right)]
    better = left if unrest[0] <= unrest[1] else right
    rows = np.where(agree[:, None], (left + right) / 2, better)
    return np.asarray(rows[:, None, :], np.float32)


def _difference(seen: Lab, rows: Lab) -> Alpha:
    """Measure how far each pixel is from the backdrop of its own row and of the rows a sloping horizon may mix in."""
    reach = round(_SLOPE * seen.shape[0])
    padded = np.pad(rows, ((reach, reach), (0, 0), (0, 0)), mode="edge")
    least = np.full(seen.shape[:2], np.inf, np.float32)
    for shift in range(0, 2 * reach + 1, 2):
        away = np.linalg.norm((seen - padded[shift : shift + len(seen)]) * _AXES, axis=-1)
        least = np.minimum(least, away)
    return least


def _threshold(differs: Alpha) -> float:
    """Rise above the backdrop's own texture, read at the sides."""
    margin = max(2, round(0.06 * differs.shape[1]))
    sides = np.concatenate([differs[:, :margin].ravel(), differs[:, -margin:].ravel()])
    return float(np.clip(3 * np.median(sides), _SURE, 0.16))


def _opened(mask: Mask) -> Mask:
    """Drop specks and hairs: rain, snow, stars, tufts."""
    image = Image.fromarray((mask * 255).astype(np.uint8))
    return np.asarray(image.filter(ImageFilter.MinFilter(5)).filter(ImageFilter.MaxFilter(7))) > 127


def _subjects(mask: Mask) -> Mask:
    """Keep the pieces that are large and reach down to where things stand; else the largest alone."""
    pieces = sorted(_pieces(mask), key=_area, reverse=True)
    standing = [piece for piece in pieces if piece[-1][0] > 0.7 * mask.shape[0]]
    result = np.zeros_like(mask)
    for piece in [one for one in standing if _area(one) >= 0.12 * _area(standing[0])] or pieces[:1]:
        for row, start, end in piece:
            result[row, start:end] = True
    return result


def _filled(mask: Mask) -> Mask:
    """Close holes: whatever backdrop colour is enclosed is a window, not a gap."""
    result = mask.copy()
    height, width = mask.shape
    for piece in _pieces(~mask):
        touches_frame = piece[0][0] == 0 or piece[-1][0] == height - 1
        if not touches_frame and all(start > 0 and end < width for _, start, end in piece):
            for row, start, end in piece:
                result[row, start:end] = True
    return result


Run = tuple[int, int, int]
"""A row, and where a stretch of set pixels starts and ends in it."""


def _area(piece: list[Run]) -> int:
    return sum(end - start for _, start, end in piece)


def _pieces(mask: Mask) -> list[list[Run]]:
    """Split a mask into its connected pieces, each a list of runs from top to bottom."""
    roots: dict[Run, Run] = {}

    def root(run: Run) -> Run:
        while roots[run] != run:
            roots[run] = roots[roots[run]]
            run = roots[run]
        return run

    above: list[Run] = []
    for row, edges in enumerate(np.diff(np.pad(mask, ((0, 0), (1, 1))).astype(np.int8), axis=1)):
        starts, ends = np.nonzero(edges == 1)[0].tolist(), np.nonzero(edges == -1)[0].tolist()
        runs = [(row, start, end) for start, end in zip(starts, ends, strict=True)]
        for run in runs:
            roots[run] = run
            for other in above:
                if other[1] < run[2] and run[1] < other[2]:
                    roots[root(run)] = root(other)
        above = runs
    pieces: dict[Run, list[Run]] = {}
    for run in roots:
        pieces.setdefault(root(run), []).append(run)
    return list(pieces.values())


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
