"""Spoils painted scenes the way a generator does: melted, mixed and half-missing subjects."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .painter import paint_placed
from .scene import Placed, layout, random_scene
from .vocabulary import COLOURS, KINDS, Scene

Pixels = NDArray[np.uint8]
_GRID: Final = 5


def spoiled_sample(seed: int, size_px: int = 64) -> tuple[Pixels, Scene, Literal["broken", "melted"]]:
    """Paint the random scene of a seed that has a subject, spoil it, and say how it looks now.

    Returns:
        The picture (size_px, size_px, 3) uint8, its scene, and the condition of its subjects.
    """
    rng = random.Random(seed)
    scene = random_scene(rng)
    while scene.kind is None:
        scene = random_scene(rng)
    placed = layout(scene, rng)
    state = rng.getstate()
    whole = _paint(scene, placed, state, size_px)
    if rng.random() < 0.5:
        plate = _paint(scene, (), state, size_px)
        return _broken(whole, plate, rng.choice(placed), rng), scene, "broken"
    return _melted(whole, scene, placed, state, rng), scene, "melted"


def _paint(scene: Scene, placed: tuple[Placed, ...], state: object, size_px: int) -> Pixels:
    rng = random.Random()
    rng.setstate(state)  # type: ignore[arg-type]
    return np.array(paint_placed(scene, placed, rng, size_px))


def _bounds(placed: Placed, side: int) -> tuple[int, int, int, int]:
    """Give left, top, right, bottom of a subject in pixels."""
    left, right = placed.x - placed.width / 2, placed.x + placed.width / 2
    top, bottom = placed.y - placed.height, placed.y
    x0, y0, x1, y1 = (min(side, max(0, round(v * side))) for v in (left, top, right, bottom))
    return x0, y0, max(x1, x0 + 2), max(y1, y0 + 2)


def _broken(whole: Pixels, plate: Pixels, placed: Placed, rng: random.Random) -> Pixels:
    """Take part of a subject away, or pull it apart."""
    x0, y0, x1, y1 = _bounds(placed, whole.shape[0])
    picture = whole.copy()
    cut = rng.uniform(0.38, 0.62)
    x, y = round(x0 + (x1 - x0) * cut), round(y0 + (y1 - y0) * cut)
    match rng.choice(("left", "right", "top", "bottom", "holes", "apart")):
        case "left":
            picture[y0:y1, x0:x] = plate[y0:y1, x0:x]
        case "right":
            picture[y0:y1, x:x1] = plate[y0:y1, x:x1]
        case "top":
            picture[y0:y, x0:x1] = plate[y0:y, x0:x1]
        case "bottom":
            picture[y:y1, x0:x1] = plate[y:y1, x0:x1]
        case "holes":
            for _ in range(5):
                w, h = max(2, (x1 - x0) // 3), max(2, (y1 - y0) // 4)
                left, top = rng.randint(x0, max(x0, x1 - w)), rng.randint(y0, max(y0, y1 - h))
                picture[top : top + h, left : left + w] = plate[top : top + h, left : left + w]
        case _:
            shift = rng.choice((-1, 1)) * max(3, (x1 - x0) // 3)
            picture[y0:y] = np.roll(picture[y0:y], shift, axis=1)
    return picture


def _melted(whole: Pixels, scene: Scene, placed: tuple[Placed, ...], state: object, rng: random.Random) -> Pixels:
    """Warp the subjects, smear them, blend them with others, or grow blobs beside them."""
    side = whole.shape[0]
    match rng.choice(("warp", "warp", "smear", "blend", "blob")):
        case "warp":
            picture = warped(whole, rng, amount=rng.uniform(0.07, 0.13))
        case "smear":
            picture = whole.copy()
            for each in placed:
                x0, y0, x1, y1 = _bounds(each, side)
                for x in range(x0, x1):
                    picture[y0:y1, x] = np.roll(picture[y0:y1, x], rng.randint(0, max(1, (y1 - y0) // 2)), axis=0)
        case "blend":
            others = tuple(
                replace(each, kind=rng.choice([k for k in KINDS if k != each.kind]), colour=rng.choice(COLOURS))
                for each in placed
            )
            share = rng.uniform(0.35, 0.6)
            mixed = whole * (1 - share) + _paint(scene, others, state, side) * share
            picture = mixed.astype(np.uint8)
        case _:
            picture = warped(whole, rng, amount=0.05)
            x0, y0, x1, y1 = _bounds(placed[0], side)
            w, h = max(4, (x1 - x0) // 2), max(4, (y1 - y0) // 2)
            left, top = rng.randint(0, side - w), min(side - h, max(0, y1 - h - rng.randint(0, 8)))
            patch = Image.fromarray(whole[y0:y1, x0:x1]).resize((2, 2)).resize((w, h), Image.Resampling.BILINEAR)
            picture[top : top + h, left : left + w] = np.asarray(patch)
    if rng.random() < 0.3:
        small = Image.fromarray(picture).resize((side * 2 // 3, side * 2 // 3), Image.Resampling.BILINEAR)
        picture = np.array(small.resize((side, side), Image.Resampling.BILINEAR))
    return picture


def warped(picture: Pixels, rng: random.Random, *, amount: float) -> Pixels:
    """Bend a picture by a smooth random field whose largest shift is about `amount` of its side."""
    side = picture.shape[0]
    noise = np.random.default_rng(rng.getrandbits(32)).normal(size=(2, _GRID, _GRID)).astype(np.float32)
    field = [
        np.asarray(Image.fromarray(axis).resize((side, side), Image.Resampling.BICUBIC)) * amount * side
        for axis in noise
    ]
    rows, columns = np.mgrid[0:side, 0:side]
    y = (rows + field[0]).round().clip(0, side - 1).astype(int)
    x = (columns + field[1]).round().clip(0, side - 1).astype(int)
    bent: Pixels = picture[y, x]
    return bent
