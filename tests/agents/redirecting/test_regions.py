"""Which part of a picture a note is about."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsheet.agents.redirecting.regions import Region, region_of

CASTLE = ("castle", "tower", "knight")


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("the tower on the left", Region(subject="tower", sides=("left",))),
        ("make the knight red", Region(subject="knight")),
        ("the towers are too clean", Region(subject="tower")),
        ("the sky", Region(subject="sky", is_backdrop=True)),
        ("make the sky red", Region(subject="sky", is_backdrop=True)),
        ("the background is too busy", Region(is_backdrop=True)),
        ("only the backdrop", Region(is_backdrop=True)),
        ("the top right", Region(sides=("top", "right"))),
        ("darken the top right corner", Region(sides=("top", "right"))),
        ("in the bottom left corner of the frame", Region(sides=("bottom", "left"))),
        ("the subject", Region()),
        ("a bit of fog on the right", Region(sides=("right",))),
        ("the left side is too dark", Region(sides=("left",))),
        ("the clouds should be darker", Region(subject="cloud", is_backdrop=True)),
        ("the left of the castle", Region(subject="castle", sides=("left",))),
    ],
)
def test_a_part_is_read_from_a_note(text: str, region: Region) -> None:
    assert region_of(text, CASTLE) == region


@pytest.mark.parametrize("text", ["darker", "at night", "add a bridge", "more ruin", "a tower", "", "two towers"])
def test_a_note_about_the_whole_names_no_part(text: str) -> None:
    assert region_of(text, CASTLE) is None


@pytest.mark.parametrize(
    ("region", "says"),
    [
        (Region(subject="tower", sides=("left",)), "the tower, left"),
        (Region(is_backdrop=True), "the backdrop"),
        (Region(sides=("top", "right")), "the part, top, right"),
        (Region(), "the subject"),
    ],
)
def test_a_part_says_what_it_is(region: Region, says: str) -> None:
    assert region.says() == says


@given(st.text(max_size=80))
def test_any_words_are_read_without_an_error(text: str) -> None:
    found = region_of(text, CASTLE)
    assert found is None or found.says()
