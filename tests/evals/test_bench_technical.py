"""The technical bench counts alarms and finds what was damaged."""

import random

import numpy as np
import pytest

from callsheet.evals.bench_technical import measure
from callsheet.evals.faults import FAULTS, Damage
from callsheet.models.sketch.painter import paint
from callsheet.models.sketch.vocabulary import Scene

CASTLE = np.asarray(paint(Scene(kind="castle", ground="rock", time="dusk"), 4))
DAMAGES = [(f"{check}-{name}", damage) for check, damages in FAULTS.items() for name, damage in damages.items()]


@pytest.mark.parametrize("damage", [damage for _, damage in DAMAGES], ids=[name for name, _ in DAMAGES])
def test_a_fault_changes_a_picture_and_not_its_size_the_same_way_every_time(damage: Damage) -> None:
    spoiled = damage(CASTLE, random.Random(1))
    assert (spoiled.shape, spoiled.dtype) == (CASTLE.shape, CASTLE.dtype)
    assert (spoiled != CASTLE).any()
    assert (damage(CASTLE, random.Random(1)) == spoiled).all()


def test_rates_are_counted_by_check_set_and_damage() -> None:
    found = measure({"clean_64": [CASTLE], "clean_256": [CASTLE], "takes": [CASTLE]}, damaged=1, seed=0)
    assert found["false_alarms"] == {check: {"clean_64": 0, "clean_256": 0, "takes": 0} for check in FAULTS}
    assert found["detections"]["borders"]["frame_1_in_16"]["takes"] == 1  # type: ignore[index]
