"""The pictures a look refers to: read beside the brief, wished for, compared with."""

from pathlib import Path

import pytest

from callsheet.core.errors import BriefError
from callsheet.core.settings import Settings
from callsheet.core.take import Score
from callsheet.graphs.desk import check_production, plan, produce
from callsheet.graphs.folder import Folder
from callsheet.models.sketch.painter import paint
from callsheet.models.sketch.vocabulary import Scene
from callsheet.tools.assets import AssetStore

BRIEF = """
title: castle
budget_usd: 1
deliver: [stills]
look: {{references: [{references}]}}
quality: {{rounds: 0}}
tasks:
  keep: {{department: art, prompt: a red castle on grass at dusk}}
{more}
"""
GRADE = "  keep_grade: {department: post, make: grade, input: keep}"


def write(folder: Path, *references: str, more: str = "") -> Path:
    folder.mkdir(exist_ok=True)
    paint(Scene(kind="tower", time="dusk"), 1).save(folder / "dusk.png")
    file = folder / "brief.yaml"
    file.write_text(BRIEF.format(references=", ".join(references), more=more))
    return file


def wishes(brief: Path) -> dict[str, list[str]]:
    return {task.name: [one.id for one in task.requirements if "references" in one.id] for task in plan(brief).tasks}


def test_what_is_finished_last_is_wished_in_the_style_of_the_references(tmp_path: Path) -> None:
    assert wishes(write(tmp_path, "dusk.png")) == {"keep": ["style:references"]}
    assert wishes(write(tmp_path, "dusk.png", more=GRADE)) == {"keep": [], "keep_grade": ["style:references"]}
    assert wishes(write(tmp_path)) == {"keep": []}


def test_a_composite_is_wished_in_the_style_and_its_layers_are_not(tmp_path: Path) -> None:
    more = """  plate: {department: art, prompt: an empty snow field at dusk}
  comp: {department: post, make: composite, layers: [plate, keep]}"""
    found = wishes(write(tmp_path, "dusk.png", more=more))
    assert found == {"keep": [], "plate": [], "comp": ["style:references"]}


def test_a_reference_without_brackets_is_told_to_be_a_list(tmp_path: Path) -> None:
    file = write(tmp_path, "dusk.png")
    file.write_text(file.read_text().replace("[dusk.png]", "dusk.png"))
    with pytest.raises(BriefError, match=r"a list, like \[one, two\]"):
        plan(file)


def test_a_picture_keeps_its_name_wherever_it_lies_and_another_is_another_brief(tmp_path: Path) -> None:
    here, there = (write(tmp_path / name, "dusk.png") for name in ("here", "there"))
    assert plan(here).brief_digest == plan(there).brief_digest
    paint(Scene(kind="tower", time="night"), 1).save(there.parent / "dusk.png")
    assert plan(here).brief_digest != plan(there).brief_digest


@pytest.mark.parametrize(
    ("reference", "what"),
    [
        ('"a\\0.png"', "control character"),
        ("../dusk.png", "outside"),
        ("/etc/passwd", "outside"),
        ("none.png", "cannot be read"),
        ("brief.yaml", "no PNG"),
    ],
)
def test_a_reference_that_is_none_is_refused_before_anything_is_spent(
    tmp_path: Path, reference: str, what: str
) -> None:
    with pytest.raises(BriefError, match=what):
        plan(write(tmp_path / "inner", reference))


async def test_a_take_is_compared_with_the_references_and_they_stay_with_the_production(tmp_path: Path) -> None:
    brief = write(tmp_path, "dusk.png")
    production = await produce(
        brief, out=tmp_path / "out", seed=7, settings=Settings(home="inprocess", workers=1, learn=False)
    )
    opinions = [one for scored in production.history.scores.values() for one in scored]
    (score,) = (one for one in opinions if isinstance(one, Score) and one.requirement == "style:references")
    assert score.value > 0.2
    (digest,) = (one.value for one in production.plan.tasks[0].requirements if one.id == "style:references")
    assert AssetStore(Folder(tmp_path / "out").assets).get(digest)
    assert check_production(tmp_path / "out") == ()
    AssetStore(Folder(tmp_path / "out").assets).path_of(digest).unlink()
    assert [one.where for one in check_production(tmp_path / "out")] == ["a reference of the look"]
