"""The aesthetic critic, on the house CLIP with a head the tests make."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

import callsheet
from callsheet.agents.director import plan_brief
from callsheet.core.brief import Brief
from callsheet.core.crew import CriticSpec
from callsheet.core.errors import CrewError
from callsheet.core.plan import Requirement
from callsheet.core.take import Score, Unscored
from callsheet.evals.conformance_models import check_critic
from callsheet.models.catalog import load_crew
from callsheet.models.critics.aesthetic import HEAD, AestheticCritic
from callsheet.models.frame import as_png
from callsheet.models.sketch.painter import paint
from callsheet.models.sketch.vocabulary import Scene

CLIP = Path(callsheet.__file__).parent / "models" / "sketch" / "weights" / "critic"
WISH = Requirement(id="aesthetics", kind="aesthetics", subject="", value="", must=False)
INK = Requirement(id="style=ink", kind="style", subject="", value="ink", asks="ink style", must=False)
PICTURE = as_png(paint(Scene(kind="castle"), 1))


def spec(folder: Path, *, bias: float = 5.5, rows: int = 1, width: int = 128) -> CriticSpec:
    shutil.copytree(CLIP, folder)
    save_file({"weight": torch.zeros(rows, width), "bias": torch.full((rows,), bias)}, folder / HEAD)
    return CriticSpec(name="taste", kind="aesthetic", checks=("aesthetics",), source=str(folder))


@pytest.mark.parametrize(("rating", "value"), [(1.0, 0.0), (5.5, 0.5), (10.0, 1.0), (30.0, 1.0), (-4.0, 0.0)])
def test_a_rating_from_one_to_ten_becomes_a_score(tmp_path: Path, rating: float, value: float) -> None:
    (opinion,) = AestheticCritic(spec(tmp_path / "clip", bias=rating)).look(PICTURE, [WISH], (), {})
    assert isinstance(opinion, Score)
    assert opinion.value == pytest.approx(value)


def test_it_is_a_critic_and_leaves_other_styles_open(tmp_path: Path) -> None:
    opinions = check_critic(AestheticCritic(spec(tmp_path / "clip")), PICTURE, [WISH, INK])
    assert [type(one) for one in opinions] == [Score, Unscored]


def test_a_head_that_is_none_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CrewError, match="one linear layer"):
        AestheticCritic(spec(tmp_path / "two", rows=2))
    with pytest.raises(CrewError, match=r"\(1, 768\)"):
        AestheticCritic(spec(tmp_path / "wide", width=768))
    spec(tmp_path / "damaged")
    (tmp_path / "damaged" / HEAD).write_bytes(b"no head")
    with pytest.raises(CrewError, match="is damaged"):
        AestheticCritic(CriticSpec(name="taste", kind="aesthetic", checks=(), source=str(tmp_path / "damaged")))
    bare = spec(tmp_path / "bare")
    (tmp_path / "bare" / HEAD).unlink()
    with pytest.raises(CrewError, match=HEAD):
        AestheticCritic(bare)


def test_a_crew_file_that_brings_one_keeps_the_house_critics_of_palette_and_technique(tmp_path: Path) -> None:
    spec(tmp_path / "clip")
    maker = '[[makers]]\nname = "m"\nkind = "fake"\nmakes = ["still"]\nusd = 0.01\n'
    critic = '[[critics]]\nname = "taste"\nkind = "aesthetic"\nchecks = ["aesthetics"]\n'
    (tmp_path / "crew.toml").write_text(f'name = "mine"\nextends = "house"\n{maker}{critic}source = "clip"\n')
    assert {"taste", "look", "technical"} <= {one.name for one in load_crew(tmp_path / "crew.toml").critics}
    (tmp_path / "crew.toml").write_text(f'name = "mine"\n{maker}{critic}')
    with pytest.raises(CrewError, match="source"):
        load_crew(tmp_path / "crew.toml")


def test_only_a_crew_with_such_a_critic_is_wished_pleasing_pictures() -> None:
    house = load_crew(None)
    taste = CriticSpec(name="taste", kind="aesthetic", checks=("aesthetics",))
    brief = Brief(title="keep", logline="a castle on grass at dusk", budget_usd=1)
    for crew, wished in ((house, False), (replace(house, critics=(*house.critics, taste)), True)):
        tasks = plan_brief(brief, crew).tasks
        assert any(one.id == WISH.id for task in tasks for one in task.requirements) == wished
