"""Segmentation finds what stands before the backdrop, and draws masks of it."""

import random
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from callsheet.models.frame import as_png
from callsheet.models.segmentation import repair_mask, subject_mask
from callsheet.models.sketch.painter import paint, paint_placed
from callsheet.models.sketch.scene import layout
from callsheet.models.sketch.vocabulary import Scene

KNIGHT = Scene(kind="knight", colour="blue", side="left", ground="grass", time="day", weather="clear")


def mask_of(picture: Image.Image, region: str) -> np.ndarray:
    data = repair_mask(as_png(picture), region)
    assert data is not None
    return np.asarray(Image.open(BytesIO(data))) > 127


@pytest.mark.parametrize("time", ["dawn", "day", "dusk", "night"])
@pytest.mark.parametrize("weather", ["clear", "fog", "rain", "snowfall"])
def test_a_subject_lies_inside_its_mask_in_any_light_and_weather(time: str, weather: str) -> None:
    scene = Scene(kind="castle", colour="red", ground="rock", time=time, weather=weather)
    for seed in range(4):
        rng = random.Random(seed)
        placed = layout(scene, rng)
        mask = mask_of(paint_placed(scene, placed, rng), "subject")
        one = placed[0]
        left, right = int((one.x - one.width / 2) * 64), int((one.x + one.width / 2) * 64)
        top, bottom = int((one.y - one.height) * 64), int(one.y * 64)
        assert mask[top:bottom, left:right].mean() > 0.85


def test_subject_and_backdrop_masks_overlap_only_in_a_seam() -> None:
    picture = paint(KNIGHT, 3)
    subject, backdrop = mask_of(picture, "subject"), mask_of(picture, "backdrop")
    assert (subject | backdrop).all()
    assert (subject & backdrop).mean() < 0.15


def test_an_empty_picture_has_no_region_to_repair() -> None:
    assert repair_mask(as_png(Image.new("RGB", (64, 64), "#808080")), "subject") is None


def test_the_side_a_subject_stands_on_is_the_side_its_mask_lies_on() -> None:
    columns = np.nonzero(subject_mask(paint(KNIGHT, 3)).any(0))[0]
    assert columns.mean() < 110
