"""Sizes that fit."""

from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from callsheet.models.fitting import covered, framed, nearest_size

sides = st.integers(8, 4096)
sizes = st.tuples(sides, sides)


@given(wanted=sizes)
def test_any_size_is_a_multiple_of_16_of_a_megapixel_and_at_most_3_to_1(wanted: tuple[int, int]) -> None:
    width, height = nearest_size(wanted, [])
    assert width % 16 == height % 16 == 0
    assert width * height > 0.97 * 1024 * 1024
    assert max(width, height) / min(width, height) < 3.06


@given(wanted=sizes, offered=st.lists(sizes, min_size=1, max_size=5))
def test_a_size_that_is_offered_is_taken(wanted: tuple[int, int], offered: list[tuple[int, int]]) -> None:
    assert nearest_size(wanted, offered) in offered
    assert nearest_size(wanted, [*offered, wanted]) == wanted


@given(inner=sizes, outer=sizes)
def test_a_frame_lies_inside_and_touches_two_sides(inner: tuple[int, int], outer: tuple[int, int]) -> None:
    frame = framed(inner, outer)
    assert frame.left >= 0
    assert frame.top >= 0
    assert frame.left + frame.width <= outer[0]
    assert frame.top + frame.height <= outer[1]
    assert frame.width == outer[0] or frame.height == outer[1]


def test_what_is_framed_and_cut_again_is_where_it_was() -> None:
    picture = Image.new("RGB", (64, 32), "red")
    picture.paste((0, 0, 255), (0, 0, 8, 32))
    frame = framed(picture.size, (256, 256))
    again = frame.cut(frame.fill(picture, "grey"), picture.size)
    assert again.getpixel((2, 16)) == (0, 0, 255)
    assert again.getpixel((40, 1))[0] > 200  # type: ignore[index]


def test_covering_keeps_the_middle() -> None:
    picture = Image.new("RGB", (300, 100), "red")
    picture.paste((0, 0, 255), (100, 0, 200, 100))
    assert covered(picture, (50, 50)).getpixel((25, 25)) == (0, 0, 255)
