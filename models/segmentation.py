"""Segmentation by arithmetic: what stands before the backdrop, piece by piece."""

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageFilter

from ..core.decision import Region
from .frame import as_png, decoded, to_pixels
from .oklab import Lab, to_lab

Mask = NDArray[np.bool_]
"""(height, width)."""

_Distance = NDArray[np.float32]
_LOOKED_AT_PX = 256
_SURE = 0.06
"""OKLab distance from the backdrop at which a pixel belongs to the subject."""

_GRAIN = 0.015
"""Difference of a typical pixel from its neighbourhood, of 1, above which a picture counts as grainy."""

_SLOPE = 0.05
"""How far a horizon may rise or fall across the picture, as a share of its height."""

_AXES = np.array((0.8, 1.3, 1.3), np.float32)
"""Colour tells a subject from its backdrop better than lightness, which fog and shading change."""

_MOST_SUBJECT = 0.7
"""Share of the picture above which what was found is no subject before a backdrop."""

_GROWN_PX: dict[Region, int] = {"subject": 25, "backdrop": 9}
"""Side of the square, at 256 px, by which the subject is grown before its own repair, or its backdrop's."""

Run = tuple[int, int, int]
"""A row, and where a stretch of set pixels starts and ends in it."""


def subject_mask(image: Image.Image) -> Mask:
    """Find what stands before the backdrop.

    The backdrop is read row by row at the picture's sides, so a sky above a ground is one backdrop, and so is a plain
    wall. What differs from it, is big enough and stands on the ground is the subject; sun, clouds and tufts are not.

    Returns:
        (height, width) of the picture scaled to 256 px on its longer side.
    """
    scale = _LOOKED_AT_PX / max(image.size)
    size = (max(8, round(image.width * scale)), max(8, round(image.height * scale)))
    seen = to_lab(to_pixels(_calmed(image.convert("RGB")).resize(size, Image.Resampling.BICUBIC)))
    differs = _difference(seen, _backdrop(seen))
    return _filled(_subjects(_opened(differs > _threshold(differs))))


def repair_mask(picture: bytes, region: Region) -> bytes | None:
    """Draw the mask for painting a region of a picture anew: white there, black where the picture stays.

    A subject's mask reaches a little beyond it, so that its old outline does not stay behind.

    Returns:
        A PNG of the picture's size; None where no subject is found, or where it fills nearly the whole picture.
    """
    image = decoded(picture)
    found = subject_mask(image)
    if not 0 < found.mean() < _MOST_SUBJECT:
        return None
    mask = Image.fromarray((found * 255).astype(np.uint8))
    grown = mask.filter(ImageFilter.MaxFilter(_GROWN_PX[region])).resize(image.size, Image.Resampling.NEAREST)
    return as_png(grown if region == "subject" else ImageChops.invert(grown))


def part_mask(picture: bytes, sides: Collection[str], *, is_backdrop: bool) -> bytes | None:
    """Draw the mask of a part somebody names: of what stands in the picture, or of its backdrop, what lies on a side.

    Of several things that stand apart, those on that side, whole; of one thing alone, the half of it.

    Args:
        picture: PNG.
        sides: any of left, right, top, bottom; others say nothing about where.
        is_backdrop: whether what things stand before is meant.

    Returns:
        As `repair_mask`; None where nothing is found there.
    """
    image = decoded(picture)
    found = subject_mask(image)
    there = _side(found.shape, sides)
    part = ~found & there if is_backdrop else _things_at(found, there)
    if not part.any():
        return None
    grown = Image.fromarray((part * 255).astype(np.uint8)).filter(
        ImageFilter.MaxFilter(_GROWN_PX["backdrop" if is_backdrop else "subject"])
    )
    return as_png(grown.resize(image.size, Image.Resampling.NEAREST))


def _side(shape: tuple[int, ...], sides: Collection[str]) -> Mask:
    height, width = shape
    rows, columns = np.indices((height, width))
    there = np.ones((height, width), bool)
    for side in sides:
        match side:
            case "left" | "right":
                there &= (columns < width / 2) == (side == "left")
            case "top" | "bottom":
                there &= (rows < height / 2) == (side == "top")
            case _:
                continue
    return there


def _things_at(found: Mask, there: Mask) -> Mask:
    things = [_mask_of(piece, found.shape) for piece in _pieces(found)]
    on_it = [thing for thing in things if (thing & there).sum() > thing.sum() / 2]
    return np.logical_or.reduce(on_it) if on_it and len(on_it) < len(things) else found & there


def _mask_of(piece: list[Run], shape: tuple[int, ...]) -> Mask:
    mask = np.zeros(shape, bool)
    for row, start, end in piece:
        mask[row, start:end] = True
    return mask


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


def _difference(seen: Lab, rows: Lab) -> _Distance:
    """Measure how far each pixel is from the backdrop of its own row and of the rows a sloping horizon may mix in."""
    reach = round(_SLOPE * seen.shape[0])
    padded = np.pad(rows, ((reach, reach), (0, 0), (0, 0)), mode="edge")
    least = np.full(seen.shape[:2], np.inf, np.float32)
    for shift in range(0, 2 * reach + 1, 2):
        away = np.linalg.norm((seen - padded[shift : shift + len(seen)]) * _AXES, axis=-1)
        least = np.minimum(least, away)
    return least


def _threshold(differs: _Distance) -> float:
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
