"""Colour grade: pull a picture's shadows, mids and highlights toward the look's palette."""

from collections.abc import Sequence

import numpy as np

from .frame import Pixels
from .oklab import COLOURS, Lab, from_lab, to_lab


class UnknownColour(ValueError):
    """A palette word nobody knows."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word

    def __str__(self) -> str:
        return f"no palette colour named {self.word!r}; give #rrggbb, or one of: {', '.join(COLOURS)}"


def palette_of(words: Sequence[str]) -> Lab:
    """Turn palette words and #rrggbb values into OKLab (n, 3), darkest first; raises `UnknownColour`."""
    swatches = [_swatch(word.strip().lower()) for word in words]
    lab = to_lab(np.array(swatches, np.float32).reshape(-1, 3))
    return lab[np.argsort(lab[:, 0], kind="stable")]


def grade(pixels: Pixels, palette: Lab, *, strength: float, grain: float = 0.0, seed: int = 0) -> Pixels:
    """Grade a picture toward a palette.

    Every pixel is given the hue the palette has at its lightness, mixed with its own, so that a red roof under a slate
    and ember look stays the warmest thing in the frame. Contrast bends toward the palette's darkest and lightest.

    Args:
        pixels: the picture.
        palette: OKLab (n, 3), darkest first; at least one colour.
        strength: 0 leaves the picture alone, 1 leaves little but the palette.
        grain: film grain in [0, 1], strongest in the mids.
        seed: of the grain.
    """
    lab = to_lab(pixels)
    graded = lab.copy()
    light = _stretched(lab[..., 0], palette, 0.5 * strength)
    target = _hue_at(light, palette)
    # Saturated pixels keep more of themselves: they are what the picture is about.
    vivid = np.clip(np.linalg.norm(lab[..., 1:], axis=-1, keepdims=True) / 0.22, 0, 1)
    kept = lab[..., 1:] * (1 - strength * (0.55 - 0.25 * vivid))
    pull = strength * (0.8 - 0.35 * vivid)
    graded[..., 0] = light
    graded[..., 1:] = kept + pull * target
    if grain > 0:
        graded[..., 0] += _grain(light, grain, seed)
    return from_lab(graded)


def _swatch(word: str) -> tuple[float, float, float]:
    code = COLOURS.get(word, word)
    digits = code.removeprefix("#")
    if len(digits) != 6 or not code.startswith("#") or not set(digits) <= set("0123456789abcdef"):
        raise UnknownColour(word)
    red, green, blue = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return red, green, blue


def _stretched(light: Lab, palette: Lab, strength: float) -> Lab:
    """Move the picture's own darkest and lightest part of the way to the palette's."""
    low, high = np.percentile(light, (1, 99))
    if high - low < 0.05 or len(palette) < 2:
        return light
    goal_low = np.clip(palette[0, 0] - 0.1, 0.02, 0.35)
    goal_high = np.clip(palette[-1, 0], 0.75, 1.0)
    fitted = (light - low) / (high - low) * (goal_high - goal_low) + goal_low
    return np.asarray(light + strength * (fitted - light), np.float32)


def _hue_at(light: Lab, palette: Lab) -> Lab:
    """Give the palette's green-red and blue-yellow at each lightness, swatches spread from shadows to highlights."""
    if len(palette) == 1:
        return np.broadcast_to(palette[0, 1:], (*light.shape, 2))
    # Half by the swatches' own lightness, half evenly, so that two dark swatches still share the range.
    own, even = palette[:, 0], np.linspace(0.2, 0.9, len(palette))
    stops = (own + even) / 2
    return np.asarray(np.stack([np.interp(light, stops, palette[:, axis]) for axis in (1, 2)], axis=-1), np.float32)


def _grain(light: Lab, amount: float, seed: int) -> Lab:
    noise = np.random.default_rng(seed).normal(0, 1, light.shape)
    return np.asarray(noise * 0.06 * amount * np.sqrt((light * (1 - light)).clip(0) * 4), np.float32)
