"""Scenes redrawn so strongly that a generator's own mistakes of shape come in, and how far each kept its shape."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .painter import paint_placed, paint_plate
from .pipeline import SketchPipeline
from .redraw import redrawn
from .scene import Placed, layout, random_scene
from .vocabulary import Scene, caption

Pixels = NDArray[np.uint8]
KEPT: Final = 0.8
"""Faithfulness above which a subject has its shape: by looking, most can be named."""

LOST: Final = 0.5
"""Faithfulness below which it has none: by looking, hardly any can be named."""


@dataclass(frozen=True, slots=True)
class Faithful:
    """Redrawn scenes with subjects, and how faithful each is."""

    pictures: Pixels
    """(n, side, side, 3)."""
    scenes: tuple[Scene, ...]
    faithfulness: NDArray[np.float32]
    """(n,) in [-1, 1]: of the least faithful subject."""


def redrawn_strongly(pipeline: SketchPipeline, seeds: range, *, seed: int) -> Faithful:
    """Paint a scene for every seed, a pair for the even ones; redraw it with its caption and measure what it kept."""
    painted = [_painted(one, pipeline.size_px) for one in seeds]
    rng = random.Random(seed)
    pictures, plates = np.stack([one[0] for one in painted]), np.stack([one[1] for one in painted])
    scenes = tuple(one[2] for one in painted)
    drawn, _ = redrawn(pipeline, pictures, [caption(one, rng) for one in scenes], between=(0.5, 0.95), seed=seed)
    kept = [
        min(faithfulness(*three, subject) for subject in one[3])
        for one, three in zip(painted, zip(pictures, plates, drawn, strict=True), strict=True)
    ]
    return Faithful(drawn, scenes, np.asarray(kept, np.float32))


def _painted(seed: int, size_px: int) -> tuple[Pixels, Pixels, Scene, tuple[Placed, ...]]:
    """Paint a scene with and without its subjects."""
    rng = random.Random(seed)
    scene = random_scene(rng)
    while scene.kind is None or (scene.other_kind is not None) != (seed % 2 == 0):
        scene = random_scene(rng)
    placed = layout(scene, rng)
    again = random.Random()
    again.setstate(rng.getstate())
    picture = np.array(paint_placed(scene, placed, rng, size_px))
    return picture, np.array(paint_plate(scene, placed, again, size_px)), scene, placed


def faithfulness(picture: Pixels, plate: Pixels, drawn: Pixels, subject: Placed) -> float:
    """Say how far a redrawn subject has the shape it was painted with.

    Args:
        picture: (side, side, 3), as painted.
        plate: the same without its subjects.
        drawn: the same redrawn.
        subject: where it stands.

    Returns:
        In [-1, 1]: the correlation, within the subject's box and a margin, of what the subject adds to the plate and
        what was drawn there.
    """
    side = picture.shape[0]
    left, right = (round((subject.x + half * subject.width) * side) for half in (-0.6, 0.6))
    top, bottom = round((subject.y - 1.15 * subject.height) * side), round((subject.y + 0.04) * side)
    box = (slice(max(0, top), bottom), slice(max(0, left), right))
    added, found = ((each[box].astype(float) - plate[box]) for each in (picture, drawn))
    added, found = added - added.mean((0, 1)), found - found.mean((0, 1))
    return float((added * found).sum() / np.sqrt((added**2).sum() * (found**2).sum() + 1e-9))
