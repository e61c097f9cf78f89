"""The independent judge."""

import random
from collections.abc import Iterator

import numpy as np
import pytest
import torch

from callsheet.evals.judge import ANYTHING, Atom, Judge, Reading, atoms_of, holds, load_judge
from callsheet.evals.judge.damage import damaged_sample, worn
from callsheet.evals.judge.judge import WEIGHTS
from callsheet.models.sketch.painter import paint
from callsheet.models.sketch.scene import random_scene
from callsheet.models.sketch.vocabulary import Scene


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield load_judge()
    torch.set_num_threads(threads)


def reading(**changes: object) -> Reading:
    sure = {
        "kind": ("castle", 1.0),
        "colour": ("red", 1.0),
        "count": ("two", 1.0),
        "side": ("left", 1.0),
        "size": ("small", 1.0),
        "ground": ("snow", 1.0),
        "time": ("dusk", 1.0),
        "weather": ("fog", 1.0),
        "whole": 1.0,
        "pair": 0.0,
        "other_kind": ("knight", 1.0),
        "other_colour": ("blue", 1.0),
    }
    return Reading(**(sure | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("atom", "is_true"),
    [
        (Atom("existence", "castle"), True),
        (Atom("existence", "knight"), False),
        (Atom("absence", "knight"), True),
        (Atom("absence", ANYTHING), False),
        (Atom("count", "castle", "two"), True),
        (Atom("count", "castle", "three"), False),
        (Atom("attribute", "castle", "red"), True),
        (Atom("attribute", "ground", "snow"), True),
        (Atom("attribute", "ground", "sand"), False),
        (Atom("position", "castle", "left"), True),
        (Atom("time", "scene", "dusk"), True),
        (Atom("weather", "scene", "rain"), False),
        (Atom("shot", "scene", "wide"), True),
        (Atom("relation", "castle", "left of", "knight"), False),
    ],
)
def test_a_claim_is_borne_out_by_what_is_seen(atom: Atom, is_true: bool) -> None:
    assert holds(atom, reading()) is is_true


def test_a_pair_is_read_from_left_to_right() -> None:
    seen = reading(pair=1.0)
    assert holds(Atom("relation", "castle", "left of", "knight"), seen)
    assert holds(Atom("relation", "knight", "right of", "castle"), seen)
    assert not holds(Atom("relation", "knight", "left of", "castle"), seen)
    assert holds(Atom("attribute", "knight", "blue"), seen)
    assert holds(Atom("count", "knight", "one"), seen)
    assert holds(Atom("position", "knight", "right"), seen)


def test_a_subject_out_of_shape_does_not_exist() -> None:
    assert not holds(Atom("existence", "castle"), reading(whole=0.2))


def test_an_empty_picture_holds_nothing() -> None:
    empty = reading(kind=("none", 0.9))
    assert holds(Atom("absence", ANYTHING), empty)
    assert not holds(Atom("existence", "castle"), empty)


def test_nearly_every_claim_of_an_unseen_clean_render_holds(judge: Judge) -> None:
    scenes = [random_scene(random.Random(seed)) for seed in range(31_000_000, 31_000_060)]
    readings = judge.read_all([paint(scene, row) for row, scene in enumerate(scenes)])
    held = [holds(atom, seen) for scene, seen in zip(scenes, readings, strict=True) for atom in atoms_of(scene)]
    assert np.mean(held) >= 0.9


def test_a_right_picture_passes_whole_and_a_wrong_claim_fails_it(judge: Judge) -> None:
    scene = Scene(kind="castle", colour="red", count=1, time="day")
    picture = paint(scene, 8)
    assert judge.all_correct(picture, atoms_of(scene))
    assert not judge.all_correct(picture, [*atoms_of(scene)[:-1], Atom("time", "scene", "night")])


def test_wear_keeps_shape_and_range_and_repeats_by_seed() -> None:
    pictures = torch.zeros(2, 64, 64, 3, dtype=torch.uint8)
    first, again = (worn(pictures, torch.Generator().manual_seed(1)) for _ in range(2))
    assert first.shape == (2, 3, 64, 64)
    assert torch.equal(first, again)
    assert first.abs().max() <= 1


def test_damage_repeats_by_seed() -> None:
    assert np.array_equal(damaged_sample(4)[0], damaged_sample(4)[0])


def test_its_weights_are_small() -> None:
    assert WEIGHTS.stat().st_size <= 3_000_000
