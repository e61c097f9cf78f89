"""A cell of a matrix written out as a task takes the cell's place."""

from dataclasses import replace

import pytest

from callsheet.agents.briefs import parse_brief
from callsheet.agents.director import plan_brief
from callsheet.agents.planning.matrix import expand, written_out
from callsheet.core.brief import Brief, TaskBrief
from callsheet.core.errors import BriefError

from .test_director import CREW

BRIEF = parse_brief(
    """
    title: T
    look: {time: dusk, palette: [slate]}
    budget_usd: 1
    tasks:
      plate: {department: sets, prompt: an empty sea, vary: {time: [dawn, dusk], weather: [clear, fog]}}
      comp: {department: post, make: composite, layers: [plate, knight]}
      knight: {department: cast, prompt: one large blue knight on the left, vary: {seed: 2}}
    """.replace("[plate, knight]", "[plate, knight__s01]"),
    "yaml",
)


def written(name: str, prompt: str, **more: object) -> Brief:
    return replace(BRIEF, tasks={**BRIEF.tasks, name: replace(TaskBrief(department="sets", prompt=prompt), **more)})


def test_it_stands_where_the_cell_stood_and_says_its_own_words() -> None:
    before = plan_brief(BRIEF, CREW)
    after = plan_brief(written("plate__dawn_fog", "an empty sand field at night in rain"), CREW)
    assert [task.name for task in after.tasks] == [task.name for task in before.tasks]
    assert after.task("plate__dawn_fog").prompt == "an empty sand field at night in rain"


def test_every_other_task_stays_as_it_was() -> None:
    before = plan_brief(BRIEF, CREW)
    after = plan_brief(written("plate__dusk_clear", "an empty sand field at night in rain"), CREW)
    others = [replace(task, envelope_usd=0) for task in before.tasks if task.name != "plate__dusk_clear"]
    assert others == [replace(task, envelope_usd=0) for task in after.tasks if task.name != "plate__dusk_clear"]


def test_a_reference_to_the_matrix_still_means_the_cell_it_meant() -> None:
    assert plan_brief(BRIEF, CREW).task("comp").inputs[0] == "plate__dusk_clear"
    after = plan_brief(written("plate__dusk_clear", "an empty sand field at night in rain"), CREW)
    assert after.task("comp").inputs[0] == "plate__dusk_clear"


def test_a_seed_written_out_does_not_lend_its_words_to_its_sisters() -> None:
    plan = plan_brief(written("knight__s02", "one small gold knight on sand at dawn in fog"), CREW)
    assert "blue" in plan.task("knight__s01").prompt
    assert "gold" in plan.task("knight__s02").prompt


def test_it_may_stand_before_its_matrix_in_the_brief() -> None:
    tasks = {"plate__dawn_fog": TaskBrief(department="sets", prompt="an empty sand field"), **BRIEF.tasks}
    assert list(expand(replace(BRIEF, tasks=tasks))) == list(expand(BRIEF))


def test_it_costs_no_more_than_the_cell_did() -> None:
    least = replace(BRIEF, budget_usd=0.0135)
    plan_brief(least, CREW)
    plan_brief(replace(written("plate__dawn_fog", "an empty sand field"), budget_usd=0.0135), CREW)


def test_another_kind_of_task_under_a_cells_name_is_refused() -> None:
    brief = written("plate__dawn_fog", "", make="grade", input="comp")
    assert not written_out(brief)
    with pytest.raises(BriefError, match="'plate__dawn_fog' is named like another task"):
        expand(brief)


def test_two_cells_of_one_name_are_refused() -> None:
    vary = {"time": ["a b", "a"], "colour": ["c", "b c"]}
    brief = replace(BRIEF, tasks={"x": TaskBrief(department="d", prompt="a {time} {colour} castle", vary=vary)})
    with pytest.raises(BriefError, match="named like another task"):
        expand(brief)
