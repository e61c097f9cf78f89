"""The look's critic measures colours, and leaves all else open."""

from itertools import pairwise
from math import exp

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from callsheet.core.crew import CriticSpec
from callsheet.core.plan import Requirement
from callsheet.core.take import Opinion, Score, Unscored
from callsheet.evals.conformance_models import check_critic
from callsheet.models.critics.look import LookCritic, palette_distance
from callsheet.models.frame import as_png, to_image, to_pixels
from callsheet.models.grading import grade, palette_of
from callsheet.models.oklab import COLOURS
from callsheet.models.sketch.painter import paint
from callsheet.models.sketch.vocabulary import TIMES, Scene

CRITIC = LookCritic(CriticSpec(name="look", kind="look", checks=("style",)))
CASTLE = paint(Scene(kind="castle"), 1)
PALETTES = (("slate", "ember", "snow"), ("midnight", "steel", "ice"), ("forest", "moss", "cream"), ("teal",))


def palette(*words: str) -> Requirement:
    return Requirement(id="style:palette", kind="style", subject="", value=",".join(words), must=False)


def look(picture: bytes, *words: str) -> Opinion:
    return CRITIC.look(picture, [palette(*words)], (), {})[0]


def score(picture: bytes, *words: str) -> float:
    opinion = look(picture, *words)
    assert isinstance(opinion, Score)
    return opinion.value


def test_it_is_a_critic() -> None:
    ink = Requirement(id="style=ink", kind="style", subject="", value="ink", asks="ink style", must=False)
    references = Requirement(id="style:references", kind="style", subject="", value="a.png", must=False)
    opinions = check_critic(CRITIC, as_png(CASTLE), [palette("slate", "snow"), ink, references])
    assert [type(one) for one in opinions] == [Score, Unscored, Unscored]


@pytest.mark.parametrize(("words", "reason"), [((), "no palette"), (("slate", "mauveish"), "'mauveish'")])
def test_a_palette_it_cannot_read_gets_no_opinion(words: tuple[str, ...], reason: str) -> None:
    opinion = look(as_png(CASTLE), *words)
    assert isinstance(opinion, Unscored)
    assert reason in opinion.reason


@pytest.mark.parametrize("word", list(COLOURS)[::6])
def test_a_picture_of_a_palette_colour_alone_scores_one(word: str) -> None:
    swatch = to_image(np.full((32, 32, 3), [int(COLOURS[word][at : at + 2], 16) / 255 for at in (1, 3, 5)], np.float32))
    assert score(as_png(swatch), "ink", word, "snow") == pytest.approx(1, abs=0.01)


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 10_000),
    st.sampled_from(TIMES),
    st.sampled_from([None, "castle", "dragon"]),
    st.sampled_from(PALETTES),
    st.sampled_from([0.35, 0.6, 1.0]),
)
def test_a_grade_toward_the_palette_raises_its_score(seed, time, kind, words, strength) -> None:  # type: ignore[no-untyped-def]
    picture = paint(Scene(kind=kind, ground="rock", time=time), seed)
    # Within two just noticeable differences a picture is in its palette; stretching its contrast may cost a hair.
    assume(score(as_png(picture), *words) < exp(-0.4))
    graded = to_image(grade(to_pixels(picture), palette_of(words), strength=strength))
    assert score(as_png(graded), *words) > score(as_png(picture), *words)


def test_the_mixtures_of_neighbouring_swatches_belong_to_the_palette() -> None:
    swatches = palette_of(["ink", "ember", "snow"])
    between = np.stack([(one + other) / 2 for one, other in pairwise(swatches)])
    assert palette_distance(between, swatches) == pytest.approx(np.zeros(2), abs=1e-6)
    assert palette_distance(between + np.float32([0, 0, 0.2]), swatches).min() > 0.1


@given(st.lists(st.floats(0, 1, width=32), min_size=3, max_size=3))
def test_another_swatch_beyond_either_end_never_takes_a_colour_further_away(values: list[float]) -> None:
    colour = np.array(values, np.float32)
    few, more = palette_of(["slate", "ember"]), palette_of(["slate", "ember", "snow"])
    assert palette_distance(colour, more) <= palette_distance(colour, few) + 1e-6
