"""The distance of two pictures that should be one, against a closed form and in the direction it must have."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from callsheet.core.errors import NotAPicture
from callsheet.tools.drift import drift_between, ssim

RNG = np.random.default_rng(7)
LEVELS = RNG.integers(0, 256, (32, 48, 3), np.uint8)


def png(levels: np.ndarray, text: str = "") -> bytes:
    file, info = BytesIO(), PngImagePlugin.PngInfo()
    if text:
        info.add_text("made-by", text)
    Image.fromarray(levels).save(file, "PNG", pnginfo=info)
    return file.getvalue()


def test_the_same_bytes_are_the_same() -> None:
    found = drift_between(png(LEVELS), png(LEVELS))
    assert (found.kind, found.mean_levels, found.largest_levels, found.ssim) == ("same", 0, 0, 1)


def test_the_same_pixels_in_other_bytes_are_near_at_no_distance() -> None:
    found = drift_between(png(LEVELS), png(LEVELS, "another version"))
    assert (found.kind, found.mean_levels, found.largest_levels, found.ssim) == ("near", 0, 0, 1)


def test_one_level_in_one_place_is_near() -> None:
    other = LEVELS.copy()
    other[3, 4, 1] ^= 1
    found = drift_between(png(LEVELS), png(other))
    assert (found.kind, found.largest_levels) == ("near", 1)
    assert found.mean_levels > 0


def test_another_picture_is_different_and_the_further_the_less_alike() -> None:
    alike = []
    for share in (0.05, 0.2, 1.0):
        noise = RNG.integers(0, 256, LEVELS.shape)
        other = np.asarray(LEVELS * (1 - share) + noise * share, np.uint8)
        alike.append(drift_between(png(LEVELS), png(other)))
    assert [one.ssim for one in alike] == sorted((one.ssim for one in alike), reverse=True)
    assert alike[-1].kind == "different"


def test_another_size_is_different() -> None:
    wide = np.asarray(Image.fromarray(LEVELS).resize((96, 64)))
    assert drift_between(png(LEVELS), png(wide)).kind == "different"


def test_of_flat_pictures_only_the_mean_is_compared() -> None:
    """With no variance eq. 13 is its first factor alone: (2 a b + C1) / (a² + b² + C1)."""
    a, b, c1 = 100.0, 140.0, (0.01 * 255) ** 2
    expected = (2 * a * b + c1) / (a * a + b * b + c1)
    assert ssim(np.full((16, 16), a, np.float32), np.full((16, 16), b, np.float32)) == pytest.approx(expected, rel=1e-6)


def test_what_is_no_picture_is_named() -> None:
    with pytest.raises(NotAPicture, match="its replay"):
        drift_between(png(LEVELS), b"not a picture")
