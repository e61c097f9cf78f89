"""Which scenes there are, and where their subjects stand."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final

from .vocabulary import COLOURS, GROUNDS, KINDS, SIDES, SIZES, TIMES, WEATHERS, Colour, Kind, Scene, Side, Size

ASPECTS: Final[dict[Kind, float]] = {
    "castle": 1.1,
    "tower": 0.46,
    "house": 1.0,
    "tree": 0.74,
    "knight": 0.62,
    "wizard": 0.62,
    "ship": 1.05,
    "dragon": 1.2,
}
"""Width over height of each kind."""

_HEIGHTS: Final[dict[Size, tuple[float, float, float]]] = {"small": (0.33, 0.28, 0.25), "large": (0.64, 0.50, 0.44)}
_GAP: Final = 0.025
_SIDE_WIDTH: Final = 0.56
_CENTRES: Final[dict[Side, float]] = {"left": 0.25, "center": 0.5, "right": 0.75}


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """One subject in the frame: base centre, width and height as fractions of the frame, y down."""

    kind: Kind
    colour: Colour
    x: float
    y: float
    width: float
    height: float
    is_mirrored: bool


def subject_size(kind: Kind, count: int, size: Size) -> tuple[float, float]:
    """Give width and height of each of `count` subjects, small enough for all to stand side by side."""
    room = 0.94 if size == "large" else 0.66
    height = min(_HEIGHTS[size][count - 1], ((room - _GAP * (count - 1)) / count) / ASPECTS[kind])
    return height * ASPECTS[kind], height


def sides(kind: Kind, count: int, size: Size) -> tuple[Side, ...]:
    """List the sides this group can be on; one too wide for half the frame is always in the center.

    >>> sides("castle", 3, "large")
    ('center',)
    """
    width, _ = subject_size(kind, count, size)
    return SIDES if width * count + _GAP * (count - 1) <= _SIDE_WIDTH or count == 1 else ("center",)


def random_scene(rng: random.Random) -> Scene:
    """Draw a scene: about 12 % empty plates, 15 % with two kinds, 10 % in the studio."""
    ground = "studio" if rng.random() < 0.1 else rng.choice(GROUNDS[:-1])
    time, weather = rng.choice(TIMES), rng.choice(WEATHERS)
    if ground == "studio":
        time, weather = "day", "clear"
    if ground != "studio" and rng.random() < 0.13:
        return Scene(kind=None, ground=ground, time=time, weather=weather)
    kind, colour, size = rng.choice(KINDS), rng.choice(COLOURS), rng.choice(SIZES)
    if rng.random() < 0.17:
        other = rng.choice([k for k in KINDS if k != kind])
        other_colour = rng.choice(COLOURS if rng.random() < 0.2 else [c for c in COLOURS if c != colour])
        return Scene(
            kind=kind,
            colour=colour,
            size=size,
            ground=ground,
            time=time,
            weather=weather,
            other_kind=other,
            other_colour=other_colour,
        )
    count = rng.choice((1, 1, 2, 3))
    side = rng.choice(sides(kind, count, size))
    return Scene(kind=kind, colour=colour, count=count, size=size, side=side, ground=ground, time=time, weather=weather)


def layout(scene: Scene, rng: random.Random) -> tuple[Placed, ...]:
    """Place a scene's subjects, with jitter that never changes what the caption says."""
    if scene.kind is None:
        return ()
    if scene.other_kind is not None:
        return _pair(scene, rng)
    width, height = subject_size(scene.kind, scene.count, scene.size)
    scale = rng.uniform(0.9, 1.06) if scene.count == 1 else rng.uniform(0.9, 1.0)
    width, height = width * scale, height * scale
    group = width * scene.count + _GAP * (scene.count - 1)
    centre = _CENTRES[scene.side] + rng.uniform(-0.04, 0.04)
    centre = min(max(centre, group / 2 + 0.01), 0.99 - group / 2) if group < 0.98 else 0.5
    base = _base(scene.size, rng)
    return tuple(
        Placed(
            kind=scene.kind,
            colour=scene.colour,
            x=centre - group / 2 + width / 2 + i * (width + _GAP),
            y=base + rng.uniform(-0.012, 0.012),
            width=width * rng.uniform(0.95, 1.0),
            height=height * rng.uniform(0.94, 1.03),
            is_mirrored=rng.random() < 0.5,
        )
        for i in range(scene.count)
    )


def _pair(scene: Scene, rng: random.Random) -> tuple[Placed, ...]:
    assert scene.kind is not None
    assert scene.other_kind is not None
    base = _base(scene.size, rng)
    placed: list[Placed] = []
    pairs: tuple[tuple[Kind, Colour, float], ...] = (
        (scene.kind, scene.colour, 0.26),
        (scene.other_kind, scene.other_colour, 0.74),
    )
    for kind, colour, centre in pairs:
        height = min(0.52 if scene.size == "large" else 0.29, 0.46 / ASPECTS[kind]) * rng.uniform(0.92, 1.0)
        width = height * ASPECTS[kind]
        placed.append(
            Placed(
                kind=kind,
                colour=colour,
                x=centre + rng.uniform(-0.02, 0.02),
                y=base + rng.uniform(-0.015, 0.015),
                width=width,
                height=height,
                is_mirrored=rng.random() < 0.5,
            )
        )
    return tuple(placed)


def _base(size: Size, rng: random.Random) -> float:
    return rng.uniform(0.86, 0.92) if size == "large" else rng.uniform(0.78, 0.84)
