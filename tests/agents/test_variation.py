"""A variation that joins a plan is what the plan would have had, had the brief asked for it."""

from dataclasses import replace
from pathlib import Path

import pytest

from callsheet.agents.briefs import decode_brief
from callsheet.agents.director import plan_brief
from callsheet.agents.variation import plan_variation
from callsheet.core.brief import Brief, DepartmentBrief, Entity, TaskBrief
from callsheet.core.errors import BriefError, BudgetExceeded, UnknownName
from callsheet.core.money import to_micros
from callsheet.models.catalog import load_crew

HERE = Path(__file__).parents[2]
CASTLE = HERE / "briefs" / "fantasy_castle.yaml"
CREW = load_crew(HERE / "tests" / "fake_crew.toml")
BRIEF = decode_brief(CASTLE.read_bytes(), CASTLE.name)
PLAN = plan_brief(BRIEF, CREW, seed=7)


@pytest.mark.parametrize("name", ["keep_near", "ships", "edda_vigil", "standoff", "grass_plate"])
def test_new_cells_are_asked_for_what_the_brief_would_have_asked_them_for(name: str) -> None:
    addition = plan_variation(PLAN, BRIEF, CREW, name, {"time": ["dawn", "night"], "seed": 2}, left_usd=1.0)
    varied = replace(BRIEF.tasks[name], vary={"time": ["dawn", "night"], "seed": 2})
    # Beside the brief's own tasks, whose cells others are made from, under another name.
    whole = plan_brief(replace(BRIEF, tasks={**BRIEF.tasks, "twin": varied}), CREW, seed=7)
    twins = [task for task in whole.tasks if task.name.startswith("twin__")]
    assert [task.name.removeprefix(name) for task in addition.tasks] == [
        task.name.removeprefix("twin") for task in twins
    ]
    bare = [replace(task, name="", envelope_usd=0.0) for task in addition.tasks]
    assert bare == [replace(task, name="", envelope_usd=0.0) for task in twins]


def test_a_variation_keeps_to_its_entitys_reference() -> None:
    brief = Brief(
        title="t",
        departments={"d": DepartmentBrief()},
        entities={
            "keep": Entity(kind="place", is_="a red castle", reference="first"),
            "watch": Entity(kind="place", is_="two white towers", reference="other"),
        },
        tasks={
            "first": TaskBrief(department="d", entity="keep", prompt="one large red castle"),
            "other": TaskBrief(department="d", entity="watch", prompt="two white towers"),
            "again": TaskBrief(department="d", entity="keep", prompt="one small red castle"),
        },
    )
    plan = plan_brief(brief, CREW)
    for like in ("again", "first"):
        (task,) = plan_variation(plan, brief, CREW, like, {"time": ["dawn"]}, left_usd=1.0).tasks
        assert task.inputs == ("first",)


def test_its_envelopes_never_exceed_what_is_left() -> None:
    for left in (0.03, 0.05, 5.0):
        addition = plan_variation(PLAN, BRIEF, CREW, "keep_near", {"seed": 9}, left_usd=left)
        assert sum(to_micros(task.envelope_usd) for task in addition.tasks) <= to_micros(left)
        assert all(task.envelope_usd >= 0.002 for task in addition.tasks)


def test_it_is_refused_where_not_one_take_of_each_can_be_paid() -> None:
    with pytest.raises(BudgetExceeded):
        plan_variation(PLAN, BRIEF, CREW, "keep_near", {"seed": 9}, left_usd=0.01)


def test_the_same_variation_is_planned_the_same_way_twice() -> None:
    first, second = (
        plan_variation(PLAN, BRIEF, CREW, "sea_plate__dawn_fog", {"weather": ["rain"]}, left_usd=1.0) for _ in range(2)
    )
    assert first == second
    assert [task.name for task in first.tasks] == ["sea_plate__dawn_rain"]


def test_what_the_brief_lacks_or_has_already_is_refused() -> None:
    with pytest.raises(UnknownName, match="keep_near"):
        plan_variation(PLAN, BRIEF, CREW, "keep_nea", {"seed": 1}, left_usd=1.0)
    with pytest.raises(BriefError, match="planned already"):
        plan_variation(PLAN, BRIEF, CREW, "sea_plate", {"time": ["dawn"], "weather": ["fog"]}, left_usd=1.0)
    with pytest.raises(BriefError, match="--vary"):
        plan_variation(PLAN, BRIEF, CREW, "keep_near", {}, left_usd=1.0)
