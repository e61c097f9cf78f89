"""The judge's own training pictures: scenes with spoiled subjects, and wear that leaves them whole."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.nn import functional

from ...models.sketch.painter import paint_placed
from ...models.sketch.scene import Placed, layout, random_scene
from ...models.sketch.vocabulary import COLOURS, KINDS, Scene

Pixels = NDArray[np.uint8]
_DAMAGES: Final = ("missing", "swirl", "chimera", "ghost", "shuffle", "blob", "blob")


def damaged_sample(seed: int, size_px: int = 64) -> tuple[Pixels, Scene]:
    """Paint a scene with a subject and spoil each of its subjects."""
    rng = random.Random(seed)
    scene = random_scene(rng)
    while scene.kind is None:
        scene = random_scene(rng)
    placed = layout(scene, rng)
    state = rng.getstate()

    def painted(subjects: tuple[Placed, ...]) -> Pixels:
        again = random.Random()
        again.setstate(state)
        return np.array(paint_placed(scene, subjects, again, size_px))

    picture, plate = painted(placed), painted(())
    damage = rng.choice(_DAMAGES)
    if damage == "ghost":
        share = rng.uniform(0.55, 0.8)
        picture = (picture * (1 - share) + plate * share).astype(np.uint8)
    chimera = picture
    if damage == "chimera":
        others = tuple(
            replace(p, kind=rng.choice([k for k in KINDS if k != p.kind]), colour=rng.choice((p.colour, *COLOURS)))
            for p in placed
        )
        chimera = painted(others)
    for subject in placed:
        x0, x1 = (round(min(1, max(0, subject.x + k * subject.width / 2)) * size_px) for k in (-1, 1))
        y0, y1 = (round(min(1, max(0, subject.y - k * subject.height)) * size_px) for k in (1, 0))
        if x1 - x0 > 2 and y1 - y0 > 2:
            _damage(picture, plate, chimera, (slice(y0, y1), slice(x0, x1)), damage=damage, rng=rng)
    return picture, scene


def _damage(
    picture: Pixels, plate: Pixels, chimera: Pixels, where: tuple[slice, slice], *, damage: str, rng: random.Random
) -> None:
    """Spoil one box of a picture in place."""
    box = picture[where]
    height, width = box.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width]
    match damage:
        case "missing":
            angle, offset = rng.uniform(0, 2 * np.pi), rng.uniform(-0.15, 0.15)
            gone = np.cos(angle) * (columns / width - 0.5) + np.sin(angle) * (rows / height - 0.5) > offset
            box[gone] = plate[where][gone]
        case "swirl":
            u, v = columns / width - 0.5, rows / height - 0.5
            turn = rng.choice((-1, 1)) * rng.uniform(1.8, 3.2) * np.exp(-4 * (u**2 + v**2))
            x = ((u * np.cos(turn) - v * np.sin(turn) + 0.5) * width).clip(0, width - 1).astype(int)
            y = ((u * np.sin(turn) + v * np.cos(turn) + 0.5) * height).clip(0, height - 1).astype(int)
            box[:] = box[y, x]
        case "chimera":
            top = rng.random() < 0.5
            half = (rows < height / 2) if top else (columns < width / 2)
            box[half] = chimera[where][half]
        case "shuffle":
            order = list(range(height))
            block = max(2, height // 4)
            chunks = [order[i : i + block] for i in range(0, height, block)]
            rng.shuffle(chunks)
            box[:] = np.roll(box[[row for chunk in chunks for row in chunk]], rng.randint(0, width // 3), axis=1)
        case "blob":
            u, v = 2 * columns / width - 1, 2 * rows / height - 1
            share = _softly((np.abs(box.astype(int) - plate[where]).sum(2) > 40) * 255.0, rng) / 255
            share = (1.5 * share * (1.25 - u**2 - v**2)).clip(0, 1)[..., None]
            hue = box[share[..., 0] > 0.5].mean(0) if (share > 0.5).any() else box.mean((0, 1))
            stains = np.random.default_rng(rng.getrandbits(32)).normal(0, rng.uniform(0, 40), box.shape[:2])
            blob = hue + _softly(stains * 3, rng)[..., None] + stains[..., None] / 3
            box[:] = (share * blob + (1 - share) * plate[where]).clip(0, 255).astype(np.uint8)
        case _:
            pass


def _softly(levels: NDArray[np.float64], rng: random.Random) -> NDArray[np.float64]:
    """Keep only the coarsest shape of a field (h, w): three to five cells a side."""
    height, width = levels.shape
    cells = (rng.randint(3, 5), rng.randint(3, 5))
    coarse = Image.fromarray(levels.astype(np.float32)).resize(cells, Image.Resampling.BOX)
    return np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC), np.float64)


def worn(pictures: Tensor, generator: torch.Generator) -> Tensor:
    """Wear whole pictures the way a generator's are worn, keeping what is in them.

    Args:
        pictures: (n, h, w, 3) uint8.
        generator: source of chance.

    Returns:
        (n, 3, h, w) float32 in [-1, 1].
    """
    x = pictures.permute(0, 3, 1, 2).float() / 127.5 - 1
    n, _, side, _ = x.shape

    def chance(share: float) -> Tensor:
        return (torch.rand(n, 1, 1, 1, generator=generator) < share).float()

    def noise(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator)

    bend = functional.interpolate(noise(n, 2, 6, 6), size=(side, side), mode="bicubic", align_corners=False)
    field = (chance(0.6) * 0.02 * torch.rand(n, 1, 1, 1, generator=generator) * 2 * bend).permute(0, 2, 3, 1)
    straight = functional.affine_grid(torch.eye(2, 3).expand(n, 2, 3), [n, 3, side, side], align_corners=False)
    x = functional.grid_sample(x, straight + field, padding_mode="border", align_corners=False)
    soft = functional.interpolate(
        functional.interpolate(x, scale_factor=0.6, mode="bilinear"), size=(side, side), mode="bilinear"
    )
    x = x + chance(0.4) * torch.rand(n, 1, 1, 1, generator=generator) * (soft - x)
    palette = torch.eye(3) + 0.06 * noise(n, 3, 3)
    x = torch.einsum("nij,njhw->nihw", palette, x) + 0.06 * noise(n, 3, 1, 1)
    stains = functional.interpolate(noise(n, 3, 8, 8), size=(side, side), mode="bilinear", align_corners=False)
    x = x + chance(0.5) * 0.08 * stains
    grain = functional.interpolate(noise(n, 3, side // 2, side // 2), size=(side, side))
    x = x + chance(0.5) * 0.06 * grain + chance(0.7) * 0.08 * noise(n, 3, side, side)
    return x.clamp(-1, 1)
