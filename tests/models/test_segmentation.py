"""Segmentation finds what stands before the backdrop, and draws masks of it."""

import random
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageDraw

from callsheet.models.frame import as_png
from callsheet.models.segmentation import part_mask, repair_mask, subject_mask
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


def part_of(picture: Image.Image, *sides: str, is_backdrop: bool = False) -> np.ndarray:
    data = part_mask(as_png(picture), sides, is_backdrop=is_backdrop)
    assert data is not None
    return np.asarray(Image.open(BytesIO(data))) > 127


def test_the_part_on_one_side_is_the_thing_that_stands_there_whole() -> None:
    picture = Image.new("RGB", (128, 128), (200, 210, 230))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((16, 50, 50, 118), fill=(200, 30, 30))
    draw.rectangle((80, 40, 108, 118), fill=(30, 30, 200))
    left, sky = part_of(picture, "left"), part_of(picture, "top", is_backdrop=True)
    assert left[100, 30]
    assert not left[100, 95]
    assert sky[10, 64]
    assert not sky[124, 64]


def test_where_nothing_stands_there_is_no_part() -> None:
    assert part_mask(as_png(Image.new("RGB", (64, 64), "#808080")), ["left"], is_backdrop=False) is None
