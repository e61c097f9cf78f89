"""What a redrawn subject kept of its shape."""

import random

import numpy as np
import pytest

from callsheet.models.sketch.faithful import KEPT, LOST, faithfulness
from callsheet.models.sketch.painter import paint_placed, paint_plate
from callsheet.models.sketch.scene import layout
from callsheet.models.sketch.vocabulary import WEATHERS, Scene, Weather


def painted(weather: Weather, *, plate: bool, kind: str = "dragon") -> np.ndarray:
    scene = Scene(kind=kind, size="small", weather=weather, side="left")  # type: ignore[arg-type]
    rng = random.Random(5)
    placed = layout(scene, rng)
    return np.asarray((paint_plate if plate else paint_placed)(scene, placed, rng, 64))


@pytest.mark.parametrize("weather", WEATHERS)
def test_a_plate_is_the_same_picture_but_for_its_subjects(weather: Weather) -> None:
    picture, plate = painted(weather, plate=False), painted(weather, plate=True)
    assert (picture != plate).any()
    assert (picture[:, 40:] == plate[:, 40:]).all()  # the dragon stands on the left


@pytest.mark.parametrize("weather", WEATHERS)
def test_a_subject_is_faithful_to_itself_and_an_empty_place_or_another_subject_is_not(weather: Weather) -> None:
    scene = Scene(kind="dragon", size="small", weather=weather, side="left")
    (subject,) = layout(scene, random.Random(5))
    picture, plate = painted(weather, plate=False), painted(weather, plate=True)
    assert faithfulness(picture, plate, picture, subject) > KEPT
    assert abs(faithfulness(picture, plate, plate, subject)) < LOST
    assert faithfulness(picture, plate, painted(weather, plate=False, kind="tower"), subject) < KEPT
