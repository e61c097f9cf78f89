"""A note about tasks becomes exactly the change it asks for."""

from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.agents.briefs import decode_brief, parse_brief
from callsheet.agents.director import plan_brief
from callsheet.agents.reading import read
from callsheet.agents.redirecting.changing import revised
from callsheet.agents.redirecting.differing import in_sentences
from callsheet.agents.variation import plan_variation
from callsheet.core.brief import Brief
from callsheet.core.canonical import from_json, to_json
from callsheet.core.change import Change
from callsheet.core.errors import BriefError, SetupError, UnknownName
from callsheet.core.plan import Plan
from callsheet.models.catalog import load_crew

from .told.frames import FRAMES
from .told.looks import LOOKS
from .told.note import Told
from .told.presence import PRESENCE
from .told.traits import TRAITS

HERE = Path(__file__).parents[3]
OPEN = load_crew(HERE / "tests" / "fake_crew.toml")
BRIEF = decode_brief((HERE / "briefs" / "fantasy_castle.yaml").read_bytes(), "fantasy_castle.yaml")
PLAN = plan_brief(BRIEF, OPEN, seed=7)
STILLS = [task.name for task in PLAN.tasks if task.make == "still"]
SEA = [name for name in STILLS if name.startswith("sea_plate__")]
TOLD = (*FRAMES, *TRAITS, *PRESENCE, *LOOKS)
NOTES = sorted({one.note for one in TOLD})
FEW = parse_brief(
    """
    title: T
    look: {palette: [slate, ember, snow], time: dusk, weather: fog}
    entities: {keep: {kind: place, is: a red castle}, ser_edda: {kind: character, is: a blue knight}}
    tasks:
      sea: {department: sets, prompt: an empty sea, vary: {time: [dawn, night], weather: [clear, fog]}}
      keep_far: {department: sets, entity: keep, prompt: one small red castle on the left}
      storm: {department: sets, entity: keep, prompt: one large red castle on rock at night in rain}
      edda: {department: cast, entity: ser_edda}
      standoff: {department: cast, prompt: a blue knight left of a green dragon on rock in clear weather}
      comp: {department: post, make: composite, layers: [sea, keep_far]}
      grade: {department: post, make: grade, input: comp}
    """,
    "yaml",
)
FEW_PLAN = plan_brief(FEW, OPEN, seed=3)
FEW_STILLS = [task.name for task in FEW_PLAN.tasks if task.make == "still"]


def carried_out(plan: Plan, change: Change) -> Plan:
    new = {task.name: task for task in change.tasks}
    return replace(plan, tasks=tuple(new.get(task.name, task) for task in plan.tasks))


@cache
def told(*tasks: str, text: str, approved: frozenset[str] = frozenset()) -> Change:
    return revised(PLAN, BRIEF, OPEN, tasks=tasks, text=text, approved=approved)


# -- what notes ask for


def test_there_are_notes_of_every_kind() -> None:
    assert len(TOLD) > 100


@pytest.mark.parametrize("one", TOLD, ids=[f"{one.task}: {one.note}" for one in TOLD])
def test_a_note_changes_what_it_asks_for_and_nothing_else(one: Told) -> None:
    change = told(one.task, text=one.note)
    assert [task.prompt for task in change.tasks] == ([one.prompt] if one.prompt else [])
    asks = tuple((each.before, each.after) for each in change.differences if each.what == "requirement")
    assert asks == one.asks
    negatives = [each.after for each in change.differences if each.what == "negative"]
    assert negatives == ([one.negative] if one.negative else [])


@pytest.mark.parametrize("one", TOLD, ids=[f"{one.task}: {one.note}" for one in TOLD])
def test_the_same_note_twice_changes_nothing_the_second_time(one: Told) -> None:
    first = told(one.task, text=one.note)
    again = revised(carried_out(PLAN, first), first.brief, OPEN, tasks=[one.task], text=one.note)
    assert again.tasks == ()
    assert again.brief == first.brief


@pytest.mark.parametrize("one", TOLD, ids=[f"{one.task}: {one.note}" for one in TOLD])
def test_the_tasks_of_a_change_are_what_its_brief_is_planned_as(one: Told) -> None:
    change = told(one.task, text=one.note)
    planned = plan_brief(change.brief, OPEN, seed=7)
    for task in change.tasks:
        assert replace(planned.task(task.name), envelope_usd=0) == replace(task, envelope_usd=0)
        assert task.envelope_usd == PLAN.task(task.name).envelope_usd
    assert from_json(Change, to_json(change)) == change


@pytest.mark.parametrize("one", TOLD, ids=[f"{one.task}: {one.note}" for one in TOLD])
def test_every_must_have_that_goes_is_among_the_differences(one: Told) -> None:
    change = told(one.task, text=one.note)
    said = {each.before for each in change.differences if each.what == "requirement"}
    for task in change.tasks:
        now = {each.id for each in task.requirements if each.must}
        for each in PLAN.task(task.name).requirements:
            assert (
                not each.must or each.id in now or each.asks in said or each.asks in {a.asks for a in task.requirements}
            )


@pytest.mark.slow
@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from(FEW_STILLS), min_size=1, max_size=4, unique=True), st.sampled_from(NOTES))
def test_a_change_never_touches_a_task_it_does_not_name(names: list[str], note: str) -> None:
    try:
        change = revised(FEW_PLAN, FEW, OPEN, tasks=names, text=note)
    except SetupError:
        return
    assert {task.name for task in change.tasks} <= set(names)
    planned = plan_brief(change.brief, OPEN, seed=3)
    for task in FEW_PLAN.tasks:
        if task.name not in names:
            assert replace(planned.task(task.name), envelope_usd=0) == replace(task, envelope_usd=0)


@pytest.mark.slow
@settings(max_examples=50, deadline=None)
@given(st.sampled_from(FEW_STILLS), st.lists(st.sampled_from(NOTES), min_size=2, max_size=3, unique=True))
def test_notes_one_after_the_other_leave_a_brief_that_plans_what_stands(name: str, notes: list[str]) -> None:
    plan, brief = FEW_PLAN, FEW
    for note in notes:
        try:
            change = revised(plan, brief, OPEN, tasks=[name], text=note)
        except SetupError:
            continue
        plan, brief = carried_out(plan, change), change.brief
        assert revised(plan, brief, OPEN, tasks=[name], text=note).tasks == ()
    planned = plan_brief(brief, OPEN, seed=3)
    assert replace(planned.task(name), envelope_usd=0) == replace(plan.task(name), envelope_usd=0)


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(st.sampled_from(FEW_STILLS), st.text(max_size=80))
def test_any_words_at_all_give_a_change_or_say_why_not(name: str, text: str) -> None:
    try:
        change = revised(FEW_PLAN, FEW, OPEN, tasks=[name], text=text)
    except SetupError:
        return
    assert {task.name for task in change.tasks} <= {name}


@pytest.mark.parametrize(
    ("note", "kind", "value"),
    [
        ("at night", "time", "night"),
        ("at dawn", "time", "dawn"),
        ("in rain", "weather", "rain"),
        ("foggy", "weather", "fog"),
        ("a wide shot", "shot", "wide"),
    ],
)
@pytest.mark.parametrize("name", STILLS)
def test_what_a_note_asks_of_the_frame_reads_back_from_every_prompt(
    name: str, note: str, kind: str, value: str
) -> None:
    change = told(name, text=note)
    prompt = change.tasks[0].prompt if change.tasks else PLAN.task(name).prompt
    assert [atom.value for atom in read(prompt).of(kind)] == [value]  # type: ignore[arg-type]


# -- matrices


def test_one_cell_of_a_matrix_is_written_out_and_the_others_stay() -> None:
    change = told("sea_plate__dusk_fog", text="at night")
    assert change.brief.tasks["sea_plate__dusk_fog"].prompt == "an empty sea at night in fog"
    assert change.brief.tasks["sea_plate"] == BRIEF.tasks["sea_plate"]
    assert [task.name for task in plan_brief(change.brief, OPEN, seed=7).tasks] == [task.name for task in PLAN.tasks]


def test_a_note_about_all_cells_changes_the_prompt_of_their_matrix() -> None:
    change = told(*SEA, text="as an oil painting")
    assert change.brief.tasks["sea_plate"].prompt == "an empty sea, as an oil painting"
    assert set(change.brief.tasks) == set(BRIEF.tasks)
    assert {task.name for task in change.tasks} == set(SEA)


def test_a_note_about_an_axis_of_all_cells_changes_only_those_it_says_something_of() -> None:
    change = told(*SEA, text="less fog on the plates")
    assert [task.name for task in change.tasks] == [name for name in SEA if name.endswith("_fog")]
    assert all("in light fog" in task.prompt for task in change.tasks)


def test_a_crew_that_knows_no_light_fog_is_asked_for_clear_weather() -> None:
    words = ("a", "at", "clear", "dawn", "fog", "in", "sea", "ships", "small", "three", "weather", "white")
    closed = replace(
        OPEN, makers=tuple(replace(one, words=words) if "still" in one.makes else one for one in OPEN.makers)
    )
    change = revised(plan_brief(BRIEF, closed, seed=7), BRIEF, closed, tasks=["ships"], text="less fog")
    assert change.tasks[0].prompt.endswith("in clear weather")
    assert any("knows no light fog" in one for one in change.notices)


def test_after_some_cells_were_written_out_a_note_about_all_reaches_all() -> None:
    first = told("sea_plate__dusk_fog", text="at night")
    plan = carried_out(PLAN, first)
    second = revised(plan, first.brief, OPEN, tasks=SEA, text="as an oil painting")
    assert {task.name for task in second.tasks} == set(SEA)
    assert "at night in fog" in next(task.prompt for task in second.tasks if task.name == "sea_plate__dusk_fog")


# -- tasks that joined later


@pytest.mark.parametrize("vary", [{"seed": 2}, {"time": ["dawn"]}, {"weather": ["rain"], "seed": 1}])
def test_a_task_that_joined_the_plan_is_changed_like_any_other(vary: dict[str, list[str] | int]) -> None:
    addition = plan_variation(PLAN, BRIEF, OPEN, "keep_storm", vary, left_usd=1.0)
    plan = replace(PLAN, tasks=(*PLAN.tasks, *addition.tasks), preflight=(*PLAN.preflight, *addition.preflight))
    name = addition.tasks[0].name
    change = revised(plan, BRIEF, OPEN, tasks=[name], text="make the castle white")
    (task,) = change.tasks
    assert task.prompt == plan.task(name).prompt.replace("red", "white")
    whole = {one.id for one in plan.task(name).requirements if "red" not in one.id}
    assert whole <= {one.id for one in task.requirements}
    assert {one.what for one in change.differences} == {"prompt", "requirement"}
    assert name in change.brief.tasks


# -- the cast


def test_a_note_about_every_still_of_an_entity_changes_its_description_too() -> None:
    change = told("edda", "edda_vigil", text="Edda must wear red")
    assert change.brief.entities["ser_edda"].is_ == "a red knight"
    assert [task.prompt.count("red knight") for task in change.tasks] == [1, 1]


def test_a_note_about_one_shot_of_an_entity_leaves_its_description() -> None:
    change = told("edda", text="Edda must wear red")
    assert change.brief.entities == BRIEF.entities
    assert any("ser_edda stays 'a blue knight', as in edda_vigil" in one for one in change.notices)


def test_a_name_means_its_own_entity_where_two_are_of_a_kind() -> None:
    brief = parse_brief(
        "title: T\nentities: {edda: {kind: character, is: a blue knight}, bran: {kind: character, is: a gold knight}}\n"
        "tasks: {one: {department: d, entity: edda, prompt: one blue knight}, "
        "two: {department: d, entity: bran, prompt: one gold knight}}",
        "yaml",
    )
    plan = plan_brief(brief, OPEN)
    change = revised(plan, brief, OPEN, tasks=["one", "two"], text="Edda must wear red")
    assert [task.name for task in change.tasks] == ["one"]


# -- what cannot be


@pytest.mark.parametrize(
    ("note", "says"),
    [
        ("at dawn, at night", "no picture shows both 'at dawn' and 'at night'"),
        ("in clear weather, in rain", "no picture shows both"),
        ("closer, a wide shot", "no picture shows both"),
        ("make it red, make it blue", "'red' and 'blue'"),
        ("add a tree, no trees", "'to be there' and 'not to be there'"),
        ("on the left, on the right", "no picture shows both"),
        ("remove the castle", "nothing would be left to show"),
    ],
)
def test_what_no_picture_can_show_is_refused(note: str, says: str) -> None:
    with pytest.raises(BriefError, match=says):
        told("keep_storm", text=note)


def test_a_note_takes_back_what_an_earlier_one_forbade_and_says_so() -> None:
    first = told("keep_storm", text="no trees")
    plan = carried_out(PLAN, first)
    second = revised(plan, first.brief, OPEN, tasks=["keep_storm"], text="add a tree")
    assert second.tasks[0].negative == ""
    assert any("asked to be without 'tree' before" in one for one in second.notices)


def test_a_note_that_names_nobody_of_the_plan_says_what_there_is() -> None:
    with pytest.raises(UnknownName, match="keep_near"):
        told("keep_nea", text="darker")


def test_a_prompt_beyond_what_a_brief_holds_is_refused() -> None:
    with pytest.raises(BriefError, match="letters long"):
        told("keep_storm", text=f"add {'a very tall tree and ' * 250}a bridge")


# -- what the director is told


def test_what_a_person_approved_is_named_before_it_is_opened_again() -> None:
    change = told("keep_near", text="a ruined castle", approved=frozenset({"keep_near", "sh050_grade"}))
    assert "keep_near: approved by a person, and opened again by this." in change.notices
    assert "sh050_grade: approved by a person, and made from what changes." in change.notices


def test_work_on_pictures_that_are_part_of_the_note_needs_no_words() -> None:
    change = told("edda", "sh030_comp", text="Edda must wear red")
    assert not any("sh030_comp" in one for one in change.notices)


def test_differences_are_said_as_a_director_reads_them() -> None:
    says = in_sentences(told("rock_plate", text="foggy").differences)
    assert "rock_plate: asked for in clear weather; now asks for in fog" in says


def test_a_layer_stays_on_its_plain_backdrop_whatever_light_it_is_asked_for() -> None:
    for note in ("at night", "in rain", "at dawn, in fog"):
        change = told("keep_near", text=note)
        assert change.tasks[0].prompt.endswith("on a plain backdrop")
    assert told("keep_near", text="on sand").tasks == ()


def test_who_a_person_had_it_made_by_stays() -> None:
    plan = replace(PLAN, tasks=tuple(replace(one, maker="large") if one.name == "edda" else one for one in PLAN.tasks))
    change = revised(plan, BRIEF, OPEN, tasks=["edda"], text="at night")
    assert change.tasks[0].maker == "large"


def test_a_one_line_brief_is_written_out_so_that_nothing_else_is_planned_otherwise() -> None:
    brief = Brief(logline="A red castle and a blue knight on a snow field at dusk in fog.")
    plan = plan_brief(brief, OPEN)
    change = revised(plan, brief, OPEN, tasks=["knight_key"], text="make the knight green")
    planned = plan_brief(change.brief, OPEN)
    same = [(old.name, new.name) for old, new in zip(plan.tasks, planned.tasks, strict=True)]
    assert all(old == new for old, new in same)
    assert [task.name for task in change.tasks] == ["knight_key"]
    assert all(first.name != second.name for first, second in pairwise(planned.tasks))
