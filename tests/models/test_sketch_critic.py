"""The critic in the box."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

import callsheet
from callsheet.models.sketch.critic import SketchCritic, load_critic, save_critic
from callsheet.models.sketch.painter import paint
from callsheet.models.sketch.vocabulary import Kind, Scene

WEIGHTS = Path(callsheet.__file__).parent / "models" / "sketch" / "weights" / "critic"


@pytest.fixture(scope="module")
def critic() -> Iterator[SketchCritic]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield load_critic(WEIGHTS)
    torch.set_num_threads(threads)


def share_right(critic: SketchCritic, scenes: list[Scene], phrases: list[str], truths: list[int]) -> float:
    pictures = [paint(scene, 30_000_000 + row) for row, scene in enumerate(scenes)]
    answers = critic.similarity(pictures, phrases).argmax(1)
    return float((answers == np.array(truths)).mean())


def test_it_tells_two_from_three_on_clean_renders(critic: SketchCritic) -> None:
    kinds: tuple[Kind, ...] = ("tower", "house", "tree", "ship")
    scenes = [Scene(kind=kind, count=count) for kind in kinds for count in (2, 3)]
    right = [
        share_right(critic, [scene], [f"two red {scene.kind}s", f"three red {scene.kind}s"], [scene.count - 2])
        for scene in scenes
    ]
    assert np.mean(right) >= 0.75


def test_it_tells_times_of_day_apart_on_clean_renders(critic: SketchCritic) -> None:
    times = ("dawn", "day", "dusk", "night")
    scenes = [Scene(kind="castle", time=time) for time in times]  # type: ignore[arg-type]
    assert share_right(critic, scenes, [f"at {time}" for time in times], [0, 1, 2, 3]) == 1.0


def test_cosines_come_one_a_picture_and_phrase(critic: SketchCritic) -> None:
    cosines = critic.similarity([paint(Scene(kind="ship"), 1)] * 2, ["a ship", "at sea", "in fog"])
    assert cosines.shape == (2, 3)
    assert cosines.dtype == np.float32
    assert np.abs(cosines).max() <= 1.0001


def test_a_picture_is_scored_alike_alone_and_in_company(critic: SketchCritic) -> None:
    pictures = [paint(Scene(kind="ship"), seed) for seed in range(3)]
    together = critic.similarity(pictures, ["a ship"])
    alone = critic.similarity(pictures[:1], ["a ship", "a castle"])
    assert together[0, 0] == pytest.approx(alone[0, 0], abs=1e-4)


def test_it_says_which_phrases_are_beyond_it(critic: SketchCritic) -> None:
    assert critic.known("two red towers at dusk")
    assert critic.known("a melted castle")
    assert not critic.known("a gothic castle")
    assert critic.unknown_words("a gothic castle") == ("gothic",)


def test_a_saved_copy_gives_the_same_cosines(critic: SketchCritic, tmp_path: Path) -> None:
    save_critic(critic, tmp_path)
    pictures, phrases = [paint(Scene(kind="ship"), 1)], ["a ship", "a castle"]
    assert np.array_equal(load_critic(tmp_path).similarity(pictures, phrases), critic.similarity(pictures, phrases))
