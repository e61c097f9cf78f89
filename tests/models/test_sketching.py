from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from callsheet.core.canonical import digest_of_bytes
from callsheet.core.crew import Crew, MakerSpec
from callsheet.core.errors import CrewError
from callsheet.core.take import Ingredient, Recipe
from callsheet.evals.conformance_models import check_maker
from callsheet.models.catalog import load_crew
from callsheet.models.frame import as_png, opened, to_pixels
from callsheet.models.hosting import build_maker
from callsheet.models.sketching import SketchMaker

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def crew() -> Crew:
    return load_crew(None)


@pytest.fixture(scope="module")
def maker(crew: Crew) -> object:
    return build_maker(crew.maker("sketch-s"))


def recipe(crew: Crew, prompt: str = "one large red castle on grass at day", **changes: object) -> Recipe:
    spec = crew.maker("sketch-s")
    fields = {"prompt": prompt, "negative": "", "seed": 3, "width": 64, "height": 64, "steps": 3, "guidance": 3.0}
    whose = {"maker": spec.name, "kind": spec.kind, "source": spec.source, "weights_digest": spec.weights_digest}
    return Recipe(make="still", revision="", **{**fields, **whose, **changes})


def test_the_embedded_crew_can_be_hired(crew: Crew) -> None:
    assert [maker.name for maker in crew.makers] == ["sketch-s", "sketch-l", "post"]
    assert {"castle", "red", "dusk"} <= set(crew.maker("sketch-s").words)
    assert all(maker.stand_in for maker in crew.makers if maker.kind == "sketch")
    assert not crew.maker("sketch-s").source.startswith("/")


def test_a_sketch_checkpoint_is_a_maker(crew: Crew, maker: SketchMaker) -> None:
    check_maker(maker, recipe(crew), {})


def test_words_it_was_not_taught_are_reported(crew: Crew, maker: SketchMaker) -> None:
    made = maker.make(recipe(crew, "a shiny red castle at teatime"), {})
    assert made.ignored_words == ("shiny", "teatime")


def test_a_masked_picture_changes_only_under_the_mask(crew: Crew, maker: SketchMaker) -> None:
    given = maker.make(recipe(crew), {}).data
    mask = Image.new("L", (64, 64), 0)
    ImageDraw.Draw(mask).rectangle((0, 0, 31, 63), fill=255)
    both = {digest_of_bytes(one): one for one in (given, as_png(mask))}
    roles = tuple(Ingredient(role=role, digest=digest) for role, digest in zip(("image", "mask"), both, strict=True))
    redrawn = maker.make(recipe(crew, "one large blue castle", ingredients=roles, settings={"strength": "0.9"}), both)
    before, after = (to_pixels(opened(one, "s")) for one in (given, redrawn.data))
    assert np.abs(before - after)[:, 33:].max() < 0.02
    assert np.abs(before - after)[:, :31].mean() > 0.01


def test_a_folder_that_is_not_there_is_a_crew_error(tmp_path: Path) -> None:
    spec = MakerSpec(name="s", kind="sketch", makes=("still",), source=str(tmp_path / "none"))
    with pytest.raises(CrewError, match="no checkpoint folder"):
        SketchMaker(spec)
