"""OKLab, a space in which equal steps look equal, and the named colours a look can ask for."""

import numpy as np
from numpy.typing import NDArray

from .frame import Pixels

Lab = NDArray[np.float32]
"""(..., 3): lightness in [0, 1], green to red, blue to yellow."""

COLOURS = {
    "black": "#0b0b0d",
    "ink": "#10131c",
    "charcoal": "#2b2d31",
    "slate": "#3d4a5c",
    "graphite": "#45484d",
    "iron": "#5a5f66",
    "grey": "#808285",
    "silver": "#b9bec5",
    "ash": "#b5b0a8",
    "fog": "#c9ced2",
    "bone": "#e6dfce",
    "cream": "#f4ead2",
    "snow": "#f2f6fa",
    "white": "#ffffff",
    "midnight": "#141a3c",
    "navy": "#1c2a52",
    "indigo": "#352f6b",
    "violet": "#6a4c93",
    "purple": "#6b3fa0",
    "plum": "#5c2a4d",
    "lavender": "#b8a9d9",
    "blue": "#2f62b0",
    "steel": "#5f7f9e",
    "sky": "#8fc1e8",
    "ice": "#d3e8f3",
    "teal": "#1f6f78",
    "sea": "#2a708f",
    "turquoise": "#3fb8b0",
    "forest": "#23452f",
    "moss": "#5d6b3a",
    "olive": "#6b6b34",
    "green": "#3f8f4f",
    "sage": "#9cae8c",
    "mint": "#b4dcc4",
    "umber": "#4b3423",
    "brown": "#6e4a2f",
    "rust": "#9a4a26",
    "copper": "#b3683c",
    "bronze": "#8f6a35",
    "sand": "#d8bd8a",
    "straw": "#e3cf86",
    "gold": "#d9a531",
    "amber": "#e8992a",
    "honey": "#e9b44c",
    "yellow": "#f0d34a",
    "ember": "#d9541e",
    "orange": "#e27d2b",
    "coral": "#ec7a63",
    "red": "#b3312b",
    "blood": "#6e1418",
    "crimson": "#9e1b32",
    "rose": "#d97f92",
    "pink": "#eeb3bf",
    "dawn": "#f0bfae",
    "dusk": "#6b4a78",
    "night": "#171d3d",
}
"""Palette words, as sRGB."""

_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    np.float32,
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ],
    np.float32,
)
_FROM_LAB = np.linalg.inv(_TO_LAB)
_FROM_LMS = np.linalg.inv(_TO_LMS)


def to_lab(pixels: Pixels) -> Lab:
    """Turn sRGB into OKLab.

    Source: Ottosson 2020, "A perceptual color space for image processing", with its published matrices.
    """
    return np.asarray(np.cbrt(to_light(pixels) @ _TO_LMS.T) @ _TO_LAB.T, np.float32)


def from_lab(lab: Lab) -> Pixels:
    """Turn OKLab into sRGB, clipped to [0, 1]."""
    return from_light(((lab @ _FROM_LAB.T) ** 3) @ _FROM_LMS.T)


def to_light(pixels: Pixels) -> NDArray[np.float32]:
    """Turn sRGB values into linear light."""
    low = pixels <= 0.04045
    return np.where(low, pixels / 12.92, ((pixels + 0.055) / 1.055) ** 2.4).astype(np.float32)


def from_light(light: NDArray[np.float32]) -> Pixels:
    """Turn linear light into sRGB values, clipped to [0, 1]."""
    light = light.clip(0, 1)
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055).astype(np.float32)
