"""Sizes a model offers and the one that is wanted: which comes nearest, and how a picture gets from one to another."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log, sqrt
from typing import Final

from PIL import Image

Size = tuple[int, int]
"""Width and height in pixels."""

_STEP_PX: Final = 16
_LEAST_AREA: Final = 1024 * 1024
_FURTHEST: Final = 3.0
"""How much longer one side may be than the other."""

_LANCZOS = Image.Resampling.LANCZOS


def nearest_size(wanted: Size, offered: Sequence[Size]) -> Size:
    """Choose among a model's sizes: the nearest shape first, then the nearest area.

    Args:
        wanted: what the recipe asks for.
        offered: what there is; empty stands for any size of at least a megapixel, in steps of 16 pixels, up to 3 to 1.

    >>> nearest_size((1280, 720), [(1024, 1024), (1536, 1024), (1024, 1536)])
    (1536, 1024)
    >>> nearest_size((320, 180), []), nearest_size((1536, 1024), [])
    ((1360, 768), (1536, 1024))
    """
    width, height = wanted
    if offered:
        return min(offered, key=lambda one: (round(_apart(one, wanted), 3), abs(one[0] * one[1] - width * height)))
    longest = max(1.0, sqrt(_LEAST_AREA / (width * height)))
    across, down = width * longest, height * longest
    across, down = max(across, down / _FURTHEST), max(down, across / _FURTHEST)
    return max(1, round(across / _STEP_PX)) * _STEP_PX, max(1, round(down / _STEP_PX)) * _STEP_PX


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Where a picture lies in a larger one of another shape."""

    size: Size
    """Of the larger one."""
    left: int
    top: int
    width: int
    height: int

    def fill(self, picture: Image.Image, ground: str) -> Image.Image:
        """Lay a picture in, on a plain ground."""
        whole = Image.new(picture.mode, self.size, ground)
        whole.paste(picture.resize((self.width, self.height), _LANCZOS), (self.left, self.top))
        return whole

    def cut(self, whole: Image.Image, size: Size) -> Image.Image:
        """Take the picture out again, in a size of its own; the whole may have come back larger or smaller."""
        across, down = whole.width / self.size[0], whole.height / self.size[1]
        box = (self.left * across, self.top * down, (self.left + self.width) * across, (self.top + self.height) * down)
        return whole.resize(size, _LANCZOS, box=box)


def framed(inner: Size, outer: Size) -> Frame:
    """Fit a picture into a size without cropping it, in the middle.

    >>> framed((640, 360), (1536, 1024))
    Frame(size=(1536, 1024), left=0, top=80, width=1536, height=864)
    """
    scale = min(outer[0] / inner[0], outer[1] / inner[1])
    width, height = min(outer[0], round(inner[0] * scale)), min(outer[1], round(inner[1] * scale))
    return Frame(size=outer, left=(outer[0] - width) // 2, top=(outer[1] - height) // 2, width=width, height=height)


def covered(picture: Image.Image, size: Size) -> Image.Image:
    """Crop a picture to the shape of a size, in the middle, and scale it to that size."""
    inner = framed(size, picture.size)
    box = (inner.left, inner.top, inner.left + inner.width, inner.top + inner.height)
    return picture.resize(size, _LANCZOS, box=box)


def said(made: Size, wanted: Size) -> str:
    """Say what was done to a picture of one size to give it another.

    >>> said((1024, 1024), (1024, 1024)), said((1536, 1024), (1280, 720))
    ('as it came', 'cropped from 1536x1024 to 1536x864, scaled to 1280x720')
    """
    if made == wanted:
        return "as it came"
    inner = framed(wanted, made)
    came, kept, now = (f"{one[0]}x{one[1]}" for one in (made, (inner.width, inner.height), wanted))
    steps = ([f"cropped from {came} to {kept}"] if kept != came else []) + ([f"scaled to {now}"] if kept != now else [])
    return ", ".join(steps)


def _apart(one: Size, other: Size) -> float:
    return abs(log(one[0] / one[1]) - log(other[0] / other[1]))
