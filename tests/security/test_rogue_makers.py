"""What a maker hands over is a picture of the size it says, or it is that maker's failure and nobody is charged."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from callsheet.core.crew import MakerSpec
from callsheet.core.errors import CallsheetError, MakerFailed
from callsheet.core.take import Made, Recipe
from callsheet.evals.hostile import pictures
from callsheet.models.fake import FakeMaker
from callsheet.models.hosting import make_all, make_with

HONEST = FakeMaker(MakerSpec(name="m", kind="fake", makes=("still",), usd=1))
WORDS = {"kind": "fake", "make": "still", "source": "", "revision": "", "weights_digest": "", "negative": ""}
RECIPE = Recipe(maker="m", prompt="a castle", seed=1, width=64, height=64, steps=1, guidance=1.0, **WORDS)
GOOD = HONEST.make(RECIPE, {})
ROGUE = {
    **{name: replace(GOOD, data=data) for name, data in pictures.bombs().items()},
    **{name: replace(GOOD, data=data) for name, data in pictures.strangers()},
    "another size": replace(GOOD, width=65),
    "a size that is none": replace(GOOD, width=-64, height=-64),
}


class Rogue:
    """Hands over what it was given to."""

    def __init__(self, made: Made) -> None:
        self._made = made

    def make(self, recipe: Recipe, ingredients: Mapping[str, bytes]) -> Made:
        return self._made


class RogueInBatches(Rogue):
    """Hands over one good picture, and what it was given to."""

    def make_many(
        self, recipes: Sequence[Recipe], ingredients: Sequence[Mapping[str, bytes]]
    ) -> list[Made | CallsheetError]:
        return [GOOD, self._made]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ROGUE)
def test_what_is_no_picture_of_its_own_size_is_refused_alone_and_in_batches(name: str) -> None:
    with pytest.raises(MakerFailed):
        make_with(Rogue(ROGUE[name]), RECIPE, {})
    good, bad = make_all(RogueInBatches(ROGUE[name]), [RECIPE] * 2, [{}] * 2)
    assert good == GOOD
    assert isinstance(bad, MakerFailed)


def test_an_honest_maker_is_believed() -> None:
    assert make_with(Rogue(GOOD), RECIPE, {}) == GOOD
