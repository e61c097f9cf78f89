"""Technical faults done to sound pictures on purpose, to see whether the checks find them."""

import random
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Levels = NDArray[np.uint8]
"""(height, width, 3)."""

Damage = Callable[[Levels, random.Random], Levels]


def blurred(sigma_px: float) -> Damage:
    """Blur all of a picture."""
    return lambda levels, _: np.asarray(Image.fromarray(levels).filter(ImageFilter.GaussianBlur(sigma_px)))


def quantised(count: int) -> Damage:
    """Leave each channel so many levels."""
    step = 255 / (count - 1)
    return lambda levels, _: (np.round(np.round(levels / step) * step)).astype(np.uint8)


def barred(share: float, *, sides: int) -> Damage:
    """Paint bars of one noisy colour, each so much of the picture, on 1, 2 opposite or all 4 sides."""

    def paint(levels: Levels, rng: random.Random) -> Levels:
        turns = rng.randrange(4)
        picture = np.rot90(levels, turns).astype(np.int16)
        depth = max(1, round(share * len(picture)))
        noise = np.random.default_rng(rng.randrange(2**31))
        bar = np.array(rng.choice([(0, 0, 0), (255, 255, 255), (128, 128, 128), (236, 226, 204)]))
        for turn in {1: (0,), 2: (0, 2), 4: (0, 1, 2, 3)}[sides]:
            turned = np.rot90(picture, turn)
            turned[:depth] = bar + noise.normal(0, 1.5, turned[:depth].shape)
        return np.rot90(picture, -turns).clip(0, 255).astype(np.uint8)

    return paint


def slipped(share: float) -> Damage:
    """Move the right half down by so much of the height: tiles that do not meet."""

    def slip(levels: Levels, _: random.Random) -> Levels:
        picture, half = levels.copy(), levels.shape[1] // 2
        picture[:, half:] = np.roll(levels[:, half:], round(share * len(levels)), axis=0)
        return picture

    return slip


def uneven(brighter: int) -> Damage:
    """Make the right half so many levels brighter: tiles that were not matched."""

    def lift(levels: Levels, _: random.Random) -> Levels:
        picture = levels.astype(np.int16)
        picture[:, picture.shape[1] // 2 :] += brighter
        return picture.clip(0, 255).astype(np.uint8)

    return lift


FAULTS: dict[str, dict[str, Damage]] = {
    "blurred": {f"sigma_{sigma:g}px": blurred(sigma) for sigma in (1, 1.5, 2, 3)},
    "banding": {f"{count}_levels": quantised(count) for count in (8, 16, 32)},
    "borders": {
        "bar_1_in_32": barred(1 / 32, sides=1),
        "letterbox_1_in_8": barred(1 / 8, sides=2),
        "letterbox_3_in_10": barred(0.3, sides=2),
        "frame_1_in_16": barred(1 / 16, sides=4),
    },
    "seams": {
        "slipped_1_in_4": slipped(1 / 4),
        "slipped_1_in_8": slipped(1 / 8),
        "brighter_16": uneven(16),
        "brighter_10": uneven(10),
    },
}
"""By check, ways to earn its complaint, each named with its strength."""
