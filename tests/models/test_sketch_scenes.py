"""The renderer, its scenes and its captions."""

import random

import numpy as np
import pytest

from callsheet.models.sketch.painter import paint, paint_samples
from callsheet.models.sketch.questions import ask, swapped
from callsheet.models.sketch.scene import layout, random_scene, sides
from callsheet.models.sketch.shapes import COLOUR_RGB
from callsheet.models.sketch.spoil import spoiled_sample
from callsheet.models.sketch.vocabulary import (
    COLOURS,
    CONDITIONS,
    GROUNDS,
    KINDS,
    WORDS,
    Scene,
    caption,
    complete_caption,
    number,
    unknown,
    words,
)


def scenes(count: int = 300) -> list[Scene]:
    return [random_scene(random.Random(seed)) for seed in range(count)]


def test_the_same_scene_and_seed_paint_the_same_bytes() -> None:
    scene = Scene(kind="dragon", colour="green", time="dusk", weather="rain")
    assert paint(scene, 3).tobytes() == paint(scene, 3).tobytes()
    assert paint(scene, 3).tobytes() != paint(scene, 4).tobytes()


def test_pictures_come_in_the_size_asked_for() -> None:
    assert paint(Scene(kind="ship"), 0, size_px=128).size == (128, 128)


def test_a_range_of_seeds_paints_what_each_seed_paints_alone() -> None:
    together, _, _ = paint_samples(range(5, 8))
    alone, _, _ = paint_samples(range(6, 7))
    assert np.array_equal(together[1], alone[0])


def test_every_caption_uses_known_words_only() -> None:
    rng = random.Random(0)
    assert not [text for scene in scenes() for text in (caption(scene, rng), complete_caption(scene)) if unknown(text)]


def test_a_complete_caption_says_everything_about_its_scene() -> None:
    for scene in scenes(100):
        said = words(complete_caption(scene))
        expected: set[str] = set()
        if scene.has_sky:
            expected |= {scene.time, scene.weather}
        if scene.kind is not None:
            expected |= {scene.colour, scene.size}
        if scene.kind is not None and scene.other_kind is None:
            expected |= {number(scene.count), scene.side}
        if scene.other_kind is not None:
            expected |= {scene.kind or "", scene.other_kind, scene.other_colour, "left"}
        assert expected <= set(said)


def test_a_varied_caption_never_says_what_is_not_there() -> None:
    rng = random.Random(1)
    for scene in scenes(200):
        said = set(words(caption(scene, rng)))
        hues = {scene.colour, scene.other_colour} if scene.other_kind else {scene.colour}
        assert not said & (set(COLOURS) - hues)


def test_a_group_too_wide_for_half_the_frame_is_always_in_the_center() -> None:
    assert sides("castle", 3, "large") == ("center",)
    assert "left" in sides("knight", 1, "large")


@pytest.mark.parametrize("scene", scenes(60))
def test_subjects_stand_inside_the_frame_on_the_side_they_are_said_to(scene: Scene) -> None:
    placed = layout(scene, random.Random(0))
    if not placed:
        return
    assert all(p.x - p.width / 2 > -0.12 and p.x + p.width / 2 < 1.12 and p.y - p.height > 0 for p in placed)
    if scene.other_kind is not None:
        assert placed[0].x < 0.4
        assert placed[1].x > 0.6
        return
    middle = sum(p.x for p in placed) / len(placed)
    assert {"left": middle < 0.42, "center": 0.4 < middle < 0.6, "right": middle > 0.58}[scene.side]


def test_the_studio_backdrop_is_one_flat_grey() -> None:
    pixels = np.asarray(paint(Scene(kind="knight", colour="red", ground="studio"), 0))
    assert (pixels[0] == pixels[0, 0]).all()
    assert len(set(pixels[0, 0].tolist())) == 1


@pytest.mark.parametrize("colour", COLOURS)
def test_a_subject_is_painted_in_its_colour(colour: str) -> None:
    scene = Scene(kind="ship", colour=colour, ground="studio")  # type: ignore[arg-type]
    pixels = np.asarray(paint(scene, 1)).reshape(-1, 3).astype(int)
    distance = np.abs(pixels - np.array(COLOUR_RGB[colour])).max(1)  # type: ignore[index]
    assert (distance < 24).sum() > 40


def test_every_question_has_one_true_phrase_and_known_words() -> None:
    rng = random.Random(2)
    known = frozenset((*WORDS, *CONDITIONS))
    for scene in scenes(200):
        for question in ask(scene, "whole", rng):
            assert len(set(question.phrases)) == len(question.phrases) > 1
            assert not [phrase for phrase in question.phrases if unknown(phrase, known)]


def test_a_hard_negative_differs_from_its_scene() -> None:
    rng = random.Random(3)
    assert all(swapped(scene, rng) != scene for scene in scenes(200))


def test_spoiling_changes_the_picture_and_keeps_its_size() -> None:
    picture, scene, condition = spoiled_sample(9)
    assert picture.shape == (64, 64, 3)
    assert scene.kind in KINDS
    assert scene.ground in GROUNDS
    assert condition in ("broken", "melted")
