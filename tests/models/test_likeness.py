"""Likeness of colours, against what is known of it."""

import numpy as np
import pytest

from callsheet.models.likeness import colour_likeness
from callsheet.models.oklab import Lab


def some(seed: int, count: int = 500) -> Lab:
    return np.random.default_rng(seed).uniform(0, 0.2, (count, 3)).astype(np.float32)


def test_it_is_one_for_the_same_colours_in_any_order() -> None:
    assert colour_likeness(some(1), some(1)[::-1]) == pytest.approx(1)


def test_it_is_the_same_both_ways() -> None:
    assert colour_likeness(some(1), some(2, 300)) == pytest.approx(colour_likeness(some(2, 300), some(1)))


def test_colours_moved_by_a_step_are_less_alike_the_larger_the_step() -> None:
    """A shift moves every sorted projection by its own projection, so the distance is linear in it."""
    step = np.array((0, 0.02, 0), np.float32)
    once, twice = (colour_likeness(some(1), some(1) + by * step) for by in (1, 2))
    assert twice == pytest.approx(once**2, rel=1e-3)


def test_lightness_counts_less_than_colour() -> None:
    lighter, redder = (
        colour_likeness(some(1), some(1) + np.array(by, np.float32)) for by in ((0.1, 0, 0), (0, 0.1, 0))
    )
    assert lighter > redder
