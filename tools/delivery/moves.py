"""Camera moves on a still: where the camera looks at each moment, and the frame it sees."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from ...core.brief import CameraMove

_ZOOM = 1.16
"""How much a push, a pull or a pan magnifies at its closest."""
_PLATE = 1.12
"""Plates are kept this much larger than the frame, about what the camera sees on average: sharp and free of shimmer."""
_DIFFERENCE = 24
"""Out of 255: a pixel that differs more than this from the ground belongs to what stands before it."""
_GROUND_ZOOM = 1.05

Pixels = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Where the camera looks: the middle as fractions of the picture, and how close it is; 1 sees all of it."""

    x: float = 0.5
    y: float = 0.5
    zoom: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """A still taken apart: what lies behind, what stands before it, and where that is."""

    ground: Image.Image
    front: Image.Image
    mask: Image.Image


def view(move: CameraMove, moment: float) -> View:
    """Say where the camera looks.

    Args:
        move: the shot's camera move; a parallax gives the view of its front layer.
        moment: 0 at the shot's first frame, 1 at its last.

    >>> view("slow push in", 0.0)
    View(x=0.5, y=0.5, zoom=1.0)
    """
    slack = (1 - 1 / _ZOOM) / 2
    match move:
        case "hold":
            return View()
        case "slow push in" | "parallax":
            return View(zoom=_ZOOM**moment)
        case "slow pull out":
            return View(zoom=_ZOOM ** (1 - moment))
        case "pan left":
            return View(x=0.5 + slack * (1 - 2 * moment), zoom=_ZOOM)
        case "pan right":
            return View(x=0.5 - slack * (1 - 2 * moment), zoom=_ZOOM)


def ground_view(moment: float) -> View:
    """Say where a parallax looks at what lies behind: the same way, from farther off."""
    return View(zoom=_GROUND_ZOOM**moment)


def plate(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Scale a picture to a plate for frames of this size; what does not fit the frame's aspect is cut off evenly."""
    width, height = (round(side * _PLATE) for side in size)
    factor = max(width / picture.width, height / picture.height)
    left, top = (picture.width - width / factor) / 2, (picture.height - height / factor) / 2
    box = (
        max(0.0, left),
        max(0.0, top),
        min(picture.width, left + width / factor),
        min(picture.height, top + height / factor),
    )
    return picture.resize((width, height), Image.Resampling.LANCZOS, box=box)


def see(picture: Image.Image, camera: View, size: tuple[int, int]) -> Image.Image:
    """Take one frame of a plate, to a fraction of a pixel, so that slow moves do not jitter."""
    width, height = picture.width / camera.zoom, picture.height / camera.zoom
    left, top = camera.x * picture.width - width / 2, camera.y * picture.height - height / 2
    box = max(0.0, left), max(0.0, top), min(picture.width, left + width), min(picture.height, top + height)
    return picture.resize(size, Image.Resampling.BICUBIC, box=box)


def see_layers(layers: Layers, moment: float, size: tuple[int, int]) -> Image.Image:
    """Take one frame of a parallax: the front comes closer faster than the ground."""
    near = view("parallax", moment)
    ground = see(layers.ground, ground_view(moment), size)
    return Image.composite(see(layers.front, near, size), ground, see(layers.mask, near, size))


def split_layers(picture: Image.Image, composite: Image.Image, ground: Image.Image) -> Layers | None:
    """Take a still apart along its composite; None when there is nothing, or nearly everything, before the ground.

    Args:
        picture: the still the shot shows: the composite, or a grade of it.
        composite: the composite, whose ground shows where nothing was put.
        ground: its bottom layer.
    """
    size = picture.size
    apart = np.abs(_pixels(composite, size) - _pixels(ground, size)).max(axis=2) > _DIFFERENCE
    mask = Image.fromarray((apart * 255).astype(np.uint8)).filter(ImageFilter.MedianFilter(3))
    share = float((np.asarray(mask) > 0).mean())
    if not 0.01 <= share <= 0.7:
        return None
    covered = np.asarray(mask.filter(ImageFilter.MaxFilter(5))) > 0
    filled = fill(_pixels(picture, size), ~covered)
    return Layers(ground=Image.fromarray(filled.round().clip(0, 255).astype(np.uint8)), front=picture, mask=mask)


def fill(pixels: Pixels, known: NDArray[np.bool_]) -> Pixels:
    """Fill unknown pixels smoothly from the known ones around them, coarse to fine (pull-push).

    Args:
        pixels: (h, w, 3) float32.
        known: (h, w); at least one pixel is known.
    """
    height, width = known.shape
    if known.all() or (height == 1 and width == 1):
        return pixels
    weight = known.astype(np.float32)[..., None]  # (h, w, 1)
    small = (max(1, (width + 1) // 2), max(1, (height + 1) // 2))
    shrunk = _resize(np.concatenate([pixels * weight, weight], axis=2), small, Image.Resampling.BOX)
    some = shrunk[..., 3] > 1e-6
    coarse = np.where(some[..., None], shrunk[..., :3] / np.maximum(shrunk[..., 3:], 1e-6), 0.0).astype(np.float32)
    grown = _resize(fill(coarse, some), (width, height), Image.Resampling.BILINEAR)
    return np.where(known[..., None], pixels, grown).astype(np.float32)


def _resize(pixels: Pixels, size: tuple[int, int], how: Image.Resampling) -> Pixels:
    planes = [Image.fromarray(pixels[..., number]).resize(size, how) for number in range(pixels.shape[2])]
    return np.stack([np.asarray(one, dtype=np.float32) for one in planes], axis=2)


def _pixels(picture: Image.Image, size: tuple[int, int]) -> Pixels:
    scaled = picture.convert("RGB")
    if scaled.size != size:
        scaled = scaled.resize(size, Image.Resampling.LANCZOS)
    return np.asarray(scaled, dtype=np.float32)
