"""The measures against pictures whose answer is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from callsheet.models.critics.measures import edge_widths, frame, planes_of, seam, staircase_share

RNG = np.random.default_rng(0)


def planes(levels):  # type: ignore[no-untyped-def]
    return planes_of(np.repeat(np.asarray(levels, np.uint8)[..., None], 3, axis=2))


def noisy(height: int = 64, width: int = 64) -> np.ndarray:
    return RNG.integers(60, 200, (height, width)).astype(np.uint8)


def test_a_clean_cut_is_one_pixel_wide() -> None:
    cut = np.zeros((64, 64), np.int16)
    cut[:, 20:] = 200
    assert edge_widths(cut) == pytest.approx(np.ones(64))


@pytest.mark.parametrize("sigma", [1.5, 2, 3])
def test_a_blurred_cut_is_as_wide_as_the_gaussian_says(sigma: float) -> None:
    cut = Image.new("L", (128, 128))
    cut.paste(255, (64, 0, 128, 128))
    widths = edge_widths(np.asarray(cut.filter(ImageFilter.GaussianBlur(sigma)), np.int16))
    # Rise over steepest slope of a blurred step is sigma * sqrt(2 pi); pixels average the slope, Pillow's box
    # approximation of the Gaussian bends it.
    assert np.median(widths) == pytest.approx(sigma * np.sqrt(2 * np.pi), rel=0.12)


def test_a_soft_gradient_of_the_sky_is_no_edge() -> None:
    assert edge_widths(np.full((16, 16), 90, np.int16) + np.arange(16, dtype=np.int16)).size == 0


def test_a_ramp_is_no_staircase_and_the_same_ramp_in_few_levels_is() -> None:
    ramp = np.repeat(np.linspace(20, 200, 64)[:, None], 64, axis=1)
    assert staircase_share(planes(ramp)) == 0
    assert staircase_share(planes(np.round(ramp / 16) * 16)) > 0.7


def test_noise_and_one_flat_colour_are_no_staircase() -> None:
    assert staircase_share(planes(noisy())) < 0.01
    assert staircase_share(planes(np.full((64, 64), 77))) == 0


@given(st.integers(8, 56), st.integers(8, 40))
def test_a_line_from_top_to_bottom_is_found_where_it_is(at: int, step: int) -> None:
    halves = np.repeat(np.linspace(60, 120, 64)[:, None], 64, axis=1)
    halves[:, at:] += step
    line = seam(planes(halves))
    assert line.runs == "from top to bottom"
    assert line.at == pytest.approx(at / 64, abs=1 / 64)
    assert line.jumps == 1


def test_one_line_from_side_to_side_may_be_the_horizon_and_two_may_not() -> None:
    sea = np.full((64, 64), 160)
    sea[40:] = 60
    assert seam(planes(sea)).jumps == 0
    sea[20:] -= 30
    assert seam(planes(sea)).jumps == 1


def test_a_flat_picture_has_neither_seam_nor_frame() -> None:
    flat = planes(np.full((64, 64), 90))
    assert seam(flat).jumps == 0
    assert frame(flat) is None


@pytest.mark.parametrize(("turns", "side"), list(enumerate(["top", "left", "bottom", "right"])))
def test_a_bar_is_found_on_its_side_with_its_depth(turns: int, side: str) -> None:
    picture = noisy()
    picture[:7] = 3
    band = frame(planes(np.rot90(picture, turns)))
    assert band is not None
    assert (band.side, band.depth_px, band.colour) == (side, 7, (3, 3, 3))
    assert band.jumps > 0.95


def test_a_frame_on_all_sides_is_ruled_off_along_its_shorter_inner_edge() -> None:
    picture = np.full((64, 64), 240, np.uint8)
    picture[5:-5, 5:-5] = noisy(54, 54)
    band = frame(planes(picture))
    assert band is not None
    assert band.jumps > 0.95


def test_a_deep_bar_counts_only_with_its_like_opposite() -> None:
    picture = noisy()
    picture[:19] = 3
    assert frame(planes(picture)) is None
    picture[-19:] = 3
    assert frame(planes(picture)) is not None


@pytest.mark.parametrize("size", [(16, 16), (1, 40), (40, 1), (3, 3)])
def test_the_smallest_pictures_are_measured_without_a_fault(size: tuple[int, int]) -> None:
    tiny = planes(noisy(*size))
    assert 0 <= staircase_share(tiny) <= 1
    assert 0 <= seam(tiny).jumps <= 1
    frame(tiny)
    edge_widths(tiny[0])
