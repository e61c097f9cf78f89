"""The eight subjects, drawn as vector shapes in a unit box: u across from 0 to 1, v up from the base."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Final

from PIL import ImageDraw

from .scene import Placed
from .vocabulary import Colour, Kind

RGB = tuple[int, int, int]
Point = tuple[float, float]

COLOUR_RGB: Final[dict[Colour, RGB]] = {
    "red": (212, 48, 44),
    "blue": (48, 92, 214),
    "green": (30, 138, 62),
    "gold": (242, 182, 30),
    "purple": (142, 62, 186),
    "white": (246, 246, 248),
}
_INK: Final[RGB] = (38, 32, 48)
_WOOD: Final[RGB] = (112, 74, 46)
_SKIN: Final[RGB] = (236, 190, 152)
_STEEL: Final[RGB] = (176, 184, 196)
_GLOW: Final[RGB] = (255, 224, 120)


class Pen:
    """Draws in one subject's unit box, in that subject's colour and the light of the scene."""

    def __init__(self, draw: ImageDraw.ImageDraw, placed: Placed, light: RGB, rng: random.Random) -> None:
        self.rng = rng
        self._draw, self._placed = draw, placed
        self._light = tuple(0.45 + 0.55 * channel / 255 for channel in light)
        self._side = draw.im.size[0]
        self._outline = 2 if placed.height < 0.36 else 4
        base = COLOUR_RGB[placed.colour]
        shift = rng.uniform(-10, 10)
        self.base = self._lit(tuple(min(255, max(0, int(c + shift))) for c in base))
        self.dark = self._lit(tuple(int(c * 0.68) for c in base))
        self.pale = self._lit(tuple(int(c + (255 - c) * 0.35) for c in base))
        self.edge = self._lit(tuple(int(c * 0.36) for c in base))
        self.ink, self.wood, self.skin = self._lit(_INK), self._lit(_WOOD), self._lit(_SKIN)
        self.steel, self.glow = self._lit(_STEEL), _GLOW

    def _lit(self, colour: Sequence[int]) -> RGB:
        r, g, b = (int(c * k) for c, k in zip(colour, self._light, strict=True))
        return r, g, b

    def _at(self, point: Point) -> Point:
        u, v = point
        u = 1 - u if self._placed.is_mirrored else u
        x = self._placed.x + (u - 0.5) * self._placed.width
        y = self._placed.y - v * self._placed.height
        return x * self._side, y * self._side

    def shape(self, *points: Point, fill: RGB, is_outlined: bool = True) -> None:
        """Fill a polygon."""
        self._draw.polygon(
            [self._at(p) for p in points], fill=fill, outline=self.edge if is_outlined else None, width=self._outline
        )

    def box(self, left: float, bottom: float, right: float, top: float, *, fill: RGB, is_outlined: bool = True) -> None:
        """Fill a rectangle."""
        points = (left, bottom), (right, bottom), (right, top), (left, top)
        self.shape(*points, fill=fill, is_outlined=is_outlined)

    def oval(
        self, left: float, bottom: float, right: float, top: float, *, fill: RGB, is_outlined: bool = True
    ) -> None:
        """Fill an ellipse."""
        (x0, y0), (x1, y1) = self._at((left, top)), self._at((right, bottom))
        corners = (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
        self._draw.ellipse(corners, fill=fill, outline=self.edge if is_outlined else None, width=self._outline)

    def stroke(self, *points: Point, fill: RGB, width: float) -> None:
        """Draw a line; its width is a fraction of the subject's height."""
        pixels = max(4, int(width * self._placed.height * self._side))
        self._draw.line([self._at(p) for p in points], fill=fill, width=pixels, joint="curve")

    def battlement(self, left: float, right: float, bottom: float, *, teeth: int, fill: RGB, tall: float) -> None:
        """Draw a wall's toothed top."""
        step = (right - left) / (2 * teeth - 1)
        for i in range(teeth):
            x = left + 2 * i * step
            self.box(x, bottom - 0.01, x + step, bottom + tall, fill=fill)


def _castle(pen: Pen) -> None:
    wall = pen.rng.uniform(0.48, 0.56)
    keep = pen.rng.uniform(0.78, 0.88)
    pen.box(0.34, 0.2, 0.66, keep, fill=pen.pale)
    pen.battlement(0.34, 0.66, keep, teeth=3, fill=pen.pale, tall=0.1)
    pen.box(0.12, 0.0, 0.88, wall, fill=pen.base)
    pen.battlement(0.22, 0.78, wall, teeth=4, fill=pen.base, tall=0.07)
    side = pen.rng.uniform(0.66, 0.74)
    for left in (0.0, 0.76):
        pen.box(left, 0.0, left + 0.24, side, fill=pen.dark)
        pen.battlement(left - 0.02, left + 0.26, side, teeth=3, fill=pen.dark, tall=0.1)
        pen.box(left + 0.09, 0.42, left + 0.15, 0.56, fill=pen.ink, is_outlined=False)
    pen.oval(0.39, 0.1, 0.61, 0.38, fill=pen.ink, is_outlined=False)
    pen.box(0.39, 0.0, 0.61, 0.24, fill=pen.ink, is_outlined=False)
    pen.box(0.46, keep - 0.22, 0.54, keep - 0.08, fill=pen.ink, is_outlined=False)


def _tower(pen: Pen) -> None:
    top = pen.rng.uniform(0.6, 0.66)
    pen.shape((0.16, 0), (0.84, 0), (0.76, top), (0.24, top), fill=pen.base)
    pen.box(0.06, top - 0.02, 0.94, top + 0.12, fill=pen.pale)
    pen.shape((0.0, top + 0.12), (1.0, top + 0.12), (0.5, 0.98), fill=pen.dark)
    for height in (0.26, 0.44):
        pen.box(0.42, height, 0.58, height + 0.09, fill=pen.ink, is_outlined=False)
    pen.box(0.36, 0.0, 0.64, 0.15, fill=pen.ink, is_outlined=False)


def _house(pen: Pen) -> None:
    eaves = pen.rng.uniform(0.46, 0.54)
    pen.box(0.68, eaves, 0.82, 0.92, fill=pen.dark)
    pen.box(0.1, 0.0, 0.9, eaves, fill=pen.pale)
    pen.shape((0.0, eaves), (1.0, eaves), (0.5, 0.98), fill=pen.base)
    pen.box(0.4, 0.0, 0.6, 0.34, fill=pen.wood)
    for left in (0.18, 0.68):
        pen.box(left, 0.18, left + 0.15, 0.36, fill=pen.glow)


def _tree(pen: Pen) -> None:
    pen.shape((0.4, 0), (0.6, 0), (0.56, 0.5), (0.44, 0.5), fill=pen.wood)
    sway = pen.rng.uniform(-0.04, 0.04)
    pen.oval(0.0, 0.3, 0.62, 0.74, fill=pen.dark)
    pen.oval(0.38, 0.3, 1.0, 0.74, fill=pen.dark)
    pen.oval(0.14 + sway, 0.46, 0.86 + sway, 1.0, fill=pen.base)
    pen.oval(0.3 + sway, 0.68, 0.58 + sway, 0.9, fill=pen.pale, is_outlined=False)


def _knight(pen: Pen) -> None:
    pen.box(0.3, 0.0, 0.46, 0.3, fill=pen.steel)
    pen.box(0.54, 0.0, 0.7, 0.3, fill=pen.steel)
    pen.shape((0.24, 0.24), (0.76, 0.24), (0.7, 0.68), (0.3, 0.68), fill=pen.base)
    pen.stroke((0.88, 0.28), (0.88, 0.98), fill=pen.steel, width=0.055)
    pen.stroke((0.78, 0.44), (0.98, 0.44), fill=pen.wood, width=0.05)
    pen.stroke((0.7, 0.6), (0.88, 0.4), fill=pen.steel, width=0.09)
    pen.oval(0.32, 0.64, 0.68, 0.92, fill=pen.steel)
    pen.box(0.36, 0.75, 0.64, 0.81, fill=pen.ink, is_outlined=False)
    pen.shape((0.46, 0.9), (0.54, 0.9), (0.34, 1.0), fill=pen.base)
    drop = pen.rng.uniform(-0.04, 0.04)
    shield = ((0.0, 0.62), (0.4, 0.62), (0.4, 0.4), (0.2, 0.2), (0.0, 0.4))
    pen.shape(*[(u, v + drop) for u, v in shield], fill=pen.dark)
    pen.box(0.16, 0.34 + drop, 0.24, 0.56 + drop, fill=pen.pale, is_outlined=False)


def _wizard(pen: Pen) -> None:
    pen.stroke((0.9, 0.0), (0.9, 0.8), fill=pen.wood, width=0.045)
    pen.oval(0.8, 0.76, 1.0, 0.9, fill=pen.glow)
    pen.shape((0.08, 0.0), (0.78, 0.0), (0.58, 0.56), (0.3, 0.56), fill=pen.base)
    pen.shape((0.54, 0.52), (0.92, 0.4), (0.92, 0.3), (0.56, 0.34), fill=pen.dark)
    pen.oval(0.3, 0.48, 0.58, 0.68, fill=pen.skin)
    pen.shape((0.3, 0.54), (0.58, 0.54), (0.44, 0.24), fill=(232, 232, 236), is_outlined=False)
    tip = pen.rng.uniform(0.3, 0.58)
    pen.shape((0.24, 0.62), (0.64, 0.62), (tip, 1.0), fill=pen.dark)
    pen.box(0.14, 0.59, 0.74, 0.64, fill=pen.dark)


def _ship(pen: Pen) -> None:
    pen.stroke((0.48, 0.2), (0.48, 0.98), fill=pen.wood, width=0.04)
    fullness = pen.rng.uniform(0.0, 0.05)
    pen.shape((0.52, 0.34), (0.92 + fullness, 0.38), (0.52, 0.94), fill=pen.pale)
    pen.shape((0.44, 0.34), (0.1 - fullness, 0.38), (0.44, 0.84), fill=pen.pale)
    pen.shape((0.48, 0.99), (0.48, 0.9), (0.66, 0.945), fill=pen.base)
    pen.shape((0.0, 0.3), (1.0, 0.3), (0.84, 0.0), (0.18, 0.0), fill=pen.base)
    pen.shape((0.03, 0.24), (0.95, 0.24), (0.92, 0.16), (0.08, 0.16), fill=pen.dark, is_outlined=False)


def _dragon(pen: Pen) -> None:
    lift = pen.rng.uniform(-0.05, 0.03)
    pen.shape((0.3, 0.4), (0.02, 0.3), (0.0, 0.1), (0.06, 0.1), (0.1, 0.22), (0.34, 0.2), fill=pen.base)
    pen.shape(
        (0.5, 0.42), (0.2, 0.96 + lift), (0.34, 0.84), (0.46, 0.98 + lift), (0.5, 0.82), (0.66, 0.44), fill=pen.dark
    )
    pen.box(0.32, 0.0, 0.41, 0.24, fill=pen.base)
    pen.box(0.58, 0.0, 0.67, 0.24, fill=pen.base)
    pen.oval(0.24, 0.14, 0.76, 0.52, fill=pen.base)
    pen.oval(0.36, 0.16, 0.66, 0.32, fill=pen.pale, is_outlined=False)
    pen.shape((0.6, 0.42), (0.74, 0.34), (0.84, 0.72), (0.72, 0.76), fill=pen.base)
    pen.shape((0.68, 0.7), (0.78, 0.88), (0.86, 0.84), (1.0, 0.7), (0.98, 0.62), (0.78, 0.64), fill=pen.base)
    pen.oval(0.8, 0.72, 0.86, 0.8, fill=pen.glow, is_outlined=False)


_SHAPES: Final[dict[Kind, Callable[[Pen], None]]] = {
    "castle": _castle,
    "tower": _tower,
    "house": _house,
    "tree": _tree,
    "knight": _knight,
    "wizard": _wizard,
    "ship": _ship,
    "dragon": _dragon,
}


def draw_subject(draw: ImageDraw.ImageDraw, placed: Placed, light: RGB, rng: random.Random) -> None:
    """Draw one subject where it is placed, lit by the scene's light."""
    _SHAPES[placed.kind](Pen(draw, placed, light, rng))
