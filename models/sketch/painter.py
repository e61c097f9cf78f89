"""Paints a scene: sky, ground, subjects and weather, in a flat storybook look."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from .scene import Placed, layout, random_scene
from .shapes import RGB, draw_subject
from .vocabulary import Ground, Scene, Time, Weather, caption

_SKY: Final[dict[Time, tuple[RGB, RGB]]] = {
    "dawn": ((150, 170, 226), (255, 214, 190)),
    "day": ((86, 158, 236), (206, 232, 250)),
    "dusk": ((78, 48, 118), (250, 128, 64)),
    "night": ((10, 14, 44), (44, 54, 104)),
}
_LIGHT: Final[dict[Time, RGB]] = {
    "dawn": (255, 226, 218),
    "day": (255, 255, 255),
    "dusk": (212, 150, 142),
    "night": (92, 104, 158),
}
_HAZE: Final[dict[Time, RGB]] = {
    "dawn": (232, 214, 216),
    "day": (216, 222, 228),
    "dusk": (170, 128, 132),
    "night": (70, 76, 104),
}
_GROUND: Final[dict[Ground, RGB]] = {
    "grass": (132, 186, 88),
    "rock": (132, 124, 122),
    "sand": (230, 206, 150),
    "snow": (238, 243, 250),
    "sea": (44, 112, 168),
    "studio": (206, 206, 206),
}
_STUDIO: Final[RGB] = (206, 206, 206)
_CANVAS: Final = 256


def paint(scene: Scene, seed: int, size_px: int = 64) -> Image.Image:
    """Paint a scene; the same scene and seed give the same bytes.

    Args:
        scene: what to paint.
        seed: places, jitters and shades it.
        size_px: the side of the square picture; it is drawn at 256 px and box-filtered down.
    """
    rng = random.Random(seed)
    return paint_placed(scene, layout(scene, rng), rng, size_px)


def paint_placed(scene: Scene, placed: tuple[Placed, ...], rng: random.Random, size_px: int = 64) -> Image.Image:
    """Paint a scene whose subjects are already placed."""
    return _painted(scene, placed, rng, size_px, draw=_subjects)


def paint_plate(scene: Scene, placed: tuple[Placed, ...], rng: random.Random, size_px: int = 64) -> Image.Image:
    """Paint the same picture without its subjects: the same sky, ground and weather to the flake."""

    def unseen(picture: Image.Image, placed: tuple[Placed, ...], light: RGB, rng: random.Random) -> None:
        _subjects(picture.copy(), placed, light, rng)

    return _painted(scene, placed, rng, size_px, draw=unseen)


_Draw = Callable[[Image.Image, tuple[Placed, ...], RGB, random.Random], None]


def _painted(scene: Scene, placed: tuple[Placed, ...], rng: random.Random, size_px: int, *, draw: _Draw) -> Image.Image:
    if not scene.has_sky:
        picture = Image.new("RGB", (_CANVAS, _CANVAS), _STUDIO)
        draw(picture, placed, (255, 255, 255), rng)
        return picture.resize((size_px, size_px), Image.Resampling.BOX)
    picture = _sky(scene.time, scene.weather).copy()
    pen = ImageDraw.Draw(picture)
    _lights(pen, scene, rng)
    light = _LIGHT[scene.time]
    _ground(pen, scene, light, rng)
    if scene.weather == "fog":
        haze = _HAZE[scene.time]
        picture = Image.composite(_plain(haze, _CANVAS), picture, _fog(_CANVAS))
        draw(picture, placed, light, rng)
        picture = Image.blend(picture, _plain(haze, _CANVAS), 0.3)
    else:
        draw(picture, placed, light, rng)
        _weather(pen, scene, rng)
    return picture.resize((size_px, size_px), Image.Resampling.BOX)


def paint_samples(seeds: range, size_px: int = 64) -> tuple[NDArray[np.uint8], list[Scene], list[str]]:
    """Paint one random scene a seed.

    Returns:
        Pictures (n, size_px, size_px, 3) uint8, their scenes, and one varied caption each.
    """
    pictures = np.empty((len(seeds), size_px, size_px, 3), np.uint8)
    scenes: list[Scene] = []
    captions: list[str] = []
    for row, seed in enumerate(seeds):
        rng = random.Random(seed)
        scene = random_scene(rng)
        pictures[row] = np.asarray(paint_placed(scene, layout(scene, rng), rng, size_px))
        scenes.append(scene)
        captions.append(caption(scene, rng))
    return pictures, scenes, captions


@cache
def _plain(colour: RGB, size_px: int) -> Image.Image:
    return Image.new("RGB", (size_px, size_px), colour)


@cache
def _fog(size_px: int) -> Image.Image:
    rows = np.linspace(0, 1, size_px)
    alpha = 0.38 + 0.34 * np.exp(-(((rows - 0.62) / 0.2) ** 2))
    return Image.fromarray(np.repeat((alpha * 255).astype(np.uint8)[:, None], size_px, 1))


@cache
def _sky(time: Time, weather: Weather) -> Image.Image:
    top, bottom = (np.array(c, np.float32) for c in _SKY[time])
    ramp = (np.linspace(0, 1, _CANVAS) / 0.7).clip(0, 1)[:, None]
    rows = top * (1 - ramp) + bottom * ramp
    veil = {"clear": 0.0, "fog": 0.2, "rain": 0.6, "snowfall": 0.45}[weather]
    shade = 0.62 if weather == "rain" else 1.0
    rows = rows * (1 - veil) + np.array(_HAZE[time], np.float32) * shade * veil
    return Image.fromarray(np.repeat(rows.astype(np.uint8)[:, None, :], _CANVAS, 1))


def _mix(a: RGB, b: RGB, share: float) -> RGB:
    r, g, blue = (int(x + (y - x) * share) for x, y in zip(a, b, strict=True))
    return r, g, blue


def _lit(colour: RGB, light: RGB, shade: float = 1.0) -> RGB:
    r, g, b = (min(255, int(c * k / 255 * shade)) for c, k in zip(colour, light, strict=True))
    return r, g, b


def _disc(draw: ImageDraw.ImageDraw, x: float, y: float, radius: float, fill: RGB) -> None:
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)


def _lights(draw: ImageDraw.ImageDraw, scene: Scene, rng: random.Random) -> None:
    if scene.weather in ("rain", "snowfall"):
        _clouds(draw, scene, rng, count=5)
        return
    if scene.time == "night":
        for _ in range(22):
            _disc(draw, rng.uniform(0, 256), rng.uniform(0, 150), rng.choice((2, 2, 3)), (220, 224, 250))
        x, y = rng.uniform(40, 216), rng.uniform(26, 50)
        _disc(draw, x, y, 17, (246, 240, 206))
        _disc(draw, x + 8, y - 4, 14, _mix(_SKY["night"][0], _SKY["night"][1], 0.25))
        return
    low = {"dawn": 140.0, "day": 34.0, "dusk": 148.0}[scene.time]
    x, y = rng.uniform(28, 228), low + rng.uniform(-12, 12)
    core: dict[Time, RGB] = {"dawn": (255, 244, 196), "day": (255, 238, 120), "dusk": (255, 92, 48)}
    glow = _mix(core[scene.time], _SKY[scene.time][1], 0.55)
    radius = {"dawn": 17.0, "day": 17.0, "dusk": 25.0}[scene.time]
    _disc(draw, x, y, radius + 9, glow)
    _disc(draw, x, y, radius, core[scene.time])
    if scene.time == "day":
        _clouds(draw, scene, rng, count=2)


def _clouds(draw: ImageDraw.ImageDraw, scene: Scene, rng: random.Random, *, count: int) -> None:
    tone = (
        (255, 255, 255) if count < 3 else _mix(_HAZE[scene.time], (0, 0, 0), 0.42 if scene.weather == "rain" else 0.12)
    )
    for i in range(count):
        x = rng.uniform(10, 246) if count < 3 else 256 * (i + rng.random()) / count
        y, width = rng.uniform(12, 62), rng.uniform(24, 40)
        for dx, dy, r in ((-0.6, 4, 0.36), (0, 0, 0.5), (0.6, 4, 0.36)):
            _disc(draw, x + dx * width, y + dy, r * width, tone)


def _ground(draw: ImageDraw.ImageDraw, scene: Scene, light: RGB, rng: random.Random) -> None:
    horizon = rng.uniform(166, 178)
    base = _GROUND[scene.ground]
    front, back = _lit(base, light), _lit(_mix(base, _HAZE["day"], 0.25), light)
    if scene.ground == "sea":
        draw.rectangle((0, horizon, 256, 256), fill=front)
        for _ in range(16):
            x, y = rng.uniform(-10, 250), rng.uniform(horizon + 6, 252)
            draw.line((x, y, x + rng.uniform(14, 34), y), fill=_lit((150, 200, 232), light), width=4)
        return
    hills = [(x, horizon - 10 * rng.random()) for x in range(0, 257, 64)]
    draw.polygon([(0, 256), *hills, (256, 256)], fill=back)
    draw.polygon([(0, 256), (0, horizon + 20), (256, horizon + 12 + 14 * rng.random()), (256, 256)], fill=front)
    mark = _lit(_mix(base, (0, 0, 0), 0.22), light)
    for _ in range(14 if scene.ground != "rock" else 9):
        x, y = rng.uniform(0, 256), rng.uniform(horizon + 22, 252)
        if scene.ground == "grass":
            draw.line((x - 4, y - 8, x, y, x + 5, y - 8), fill=mark, width=4)
        elif scene.ground == "rock":
            w, h = rng.uniform(10, 24), rng.uniform(6, 13)
            draw.polygon([(x - w, y), (x - w / 2, y - h), (x + w / 2, y - h * 0.8), (x + w, y)], fill=mark)
        elif scene.ground == "sand":
            draw.arc((x - 20, y - 5, x + 20, y + 9), 190, 350, fill=mark, width=4)
        else:
            draw.arc((x - 26, y - 6, x + 26, y + 14), 190, 350, fill=_lit((196, 212, 236), light), width=4)


def _subjects(picture: Image.Image, placed: tuple[Placed, ...], light: RGB, rng: random.Random) -> None:
    draw = ImageDraw.Draw(picture)
    for subject in placed:
        draw_subject(draw, subject, light, rng)


def _weather(draw: ImageDraw.ImageDraw, scene: Scene, rng: random.Random) -> None:
    if scene.weather == "rain":
        streak = _lit((206, 222, 246), _mix(_LIGHT[scene.time], (255, 255, 255), 0.45))
        for _ in range(46):
            x, y, length = rng.uniform(-10, 266), rng.uniform(-10, 250), rng.uniform(14, 24)
            draw.line((x, y, x - length * 0.35, y + length), fill=streak, width=3)
    elif scene.weather == "snowfall":
        flake = _lit((255, 255, 255), _mix(_LIGHT[scene.time], (255, 255, 255), 0.6))
        for _ in range(52):
            _disc(draw, rng.uniform(0, 256), rng.uniform(0, 256), rng.choice((3, 4, 4, 5)), flake)
