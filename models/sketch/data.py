"""Training pictures: painted once into uint8 shards on disk, captioned anew each time they are seen."""

from __future__ import annotations

import os
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .painter import paint_samples
from .scene import Placed, layout, random_scene
from .vocabulary import Scene, caption

GENERATOR_SEEDS: Final = 0
CRITIC_SEEDS: Final = 10_000_000
JUDGE_SEEDS: Final = 20_000_000
MEASURE_SEEDS: Final = 30_000_000
"""First seed of each user's scenes: nobody is measured on a scene that anybody was trained on."""

SUBJECT_WEIGHT: Final = 4.0
"""How much more a place inside a subject's box counts in training than one outside."""

_SHARD: Final = 2_000


@dataclass(frozen=True, slots=True)
class Scenes:
    """Painted scenes with what is in them."""

    pictures: NDArray[np.uint8]
    """(n, size, size, 3)."""
    scenes: tuple[Scene, ...]
    placed: tuple[tuple[Placed, ...], ...] = ()
    """Where their subjects stand; left out by who does not ask."""

    def __len__(self) -> int:
        return len(self.scenes)

    def captioned(
        self, rng: random.Random, size: int, grid: int
    ) -> tuple[NDArray[np.uint8], list[str], NDArray[np.float32]]:
        """Draw a batch with fresh captions and the places that count most (n, 1, grid, grid)."""
        rows = [rng.randrange(len(self)) for _ in range(size)]
        captions = [caption(self.scenes[row], rng) for row in rows]
        return self.pictures[rows], captions, np.stack([focus(self.placed[row], grid) for row in rows])


def focus(placed: tuple[Placed, ...], grid: int) -> NDArray[np.float32]:
    """Weigh the places of a picture: the boxes of its subjects count more than sky and ground, the mean is 1.

    A subject's shape covers a few per cent of a picture and is the hardest thing in it; unweighted, most of what is
    learned is where snowflakes fall, which nobody can know.

    Returns:
        (1, grid, grid) float32.
    """
    weights = np.ones((1, grid, grid), np.float32)
    for one in placed:
        left, right = (round((one.x + side * one.width / 2) * grid) for side in (-1, 1))
        top, bottom = round((one.y - one.height) * grid), round(one.y * grid)
        weights[0, max(0, top - 1) : bottom + 1, max(0, left - 1) : right + 1] = SUBJECT_WEIGHT
    return np.asarray(weights / weights.mean(), np.float32)


def staged(first_seed: int, count: int) -> tuple[tuple[Scene, ...], tuple[tuple[Placed, ...], ...]]:
    """Tell what is in the pictures of `paint_samples` and where, without painting them."""
    rngs = [random.Random(seed) for seed in range(first_seed, first_seed + count)]
    scenes = tuple(random_scene(rng) for rng in rngs)
    return scenes, tuple(layout(scene, rng) for scene, rng in zip(scenes, rngs, strict=True))


def paint_shards(folder: Path, first_seed: int, count: int, size_px: int) -> None:
    """Paint scenes into shards; those already there are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    for first in range(first_seed, first_seed + count, _SHARD):
        path = _path(folder, first, size_px)
        if path.exists():
            continue
        pictures, _, _ = paint_samples(range(first, first + _SHARD), size_px)
        part = path.with_suffix(f".{os.getpid()}.part")
        with part.open("wb") as file:
            np.save(file, pictures)
        part.replace(path)


def load_shards(folder: Path, first_seed: int, count: int, size_px: int) -> Scenes:
    """Load the shards that are painted so far, in seed order, up to the first gap."""
    parts: list[NDArray[np.uint8]] = []
    for first in range(first_seed, first_seed + count, _SHARD):
        path = _path(folder, first, size_px)
        if not path.exists():
            break
        parts.append(np.load(path))
    if not parts:
        return Scenes(np.empty((0, size_px, size_px, 3), np.uint8), ())
    pictures = np.concatenate(parts)
    return Scenes(pictures, *staged(first_seed, len(pictures)))


def _path(folder: Path, first_seed: int, size_px: int) -> Path:
    return folder / f"scenes-{size_px}px-{first_seed}.npy"
