"""Likeness in style: the light and air of a picture, not what stands in it."""

import random
from itertools import product

import numpy as np
import pytest
from PIL import Image, ImageFilter

from callsheet.models.sketch.painter import paint
from callsheet.models.sketch.vocabulary import COLOURS, KINDS, TIMES, WEATHERS, Scene, Time, Weather
from callsheet.models.style import style_likeness, style_of


def alike(one: Image.Image, other: Image.Image) -> float:
    return style_likeness(style_of(one), style_of(other))


NIGHT = paint(Scene(kind="castle", time="night", weather="fog"), 1)


def test_a_picture_is_in_its_own_style_and_likeness_goes_both_ways() -> None:
    other = paint(Scene(kind="ship", ground="sea", time="dusk"), 2)
    assert alike(NIGHT, NIGHT) == pytest.approx(1.0)
    assert alike(NIGHT, other) == pytest.approx(alike(other, NIGHT))
    assert 0 < alike(NIGHT, other) < 1


def test_size_and_aspect_of_a_picture_matter_little() -> None:
    assert alike(NIGHT, NIGHT.resize((512, 320), Image.Resampling.BICUBIC)) > 0.8


def test_any_subject_in_the_light_of_three_references_is_nearer_than_subjects_in_others() -> None:
    rng, shares = random.Random(4), []
    lights = list(product(TIMES, WEATHERS))
    for time, weather in lights[::3]:
        references = [any_scene(rng, time, weather) for _ in range(3)]
        near, far = (
            [max(alike(any_scene(rng, *light), one) for one in references) for light in which]
            for which in ([(time, weather)] * 4, [one for one in lights if one != (time, weather)])
        )
        shares.append(np.mean([one > other for one, other in product(near, far)]))
    assert np.mean(shares) >= 0.9  # 0.96 measured with twice as many


def any_scene(rng: random.Random, time: Time, weather: Weather) -> Image.Image:
    kind, ground = rng.choice(KINDS), rng.choice(("grass", "rock", "sand", "snow", "sea"))
    scene = Scene(kind=kind, colour=rng.choice(COLOURS), ground=ground, time=time, weather=weather)  # type: ignore[arg-type]
    return paint(scene, rng.getrandbits(30))


def test_softness_is_style_too() -> None:
    soft = NIGHT.filter(ImageFilter.GaussianBlur(4))
    assert alike(NIGHT, soft) < 0.8
