"""One change of the look reaches every task that depends on it, and says why it reaches no other."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.agents.briefs import decode_brief
from callsheet.agents.director import plan_brief
from callsheet.agents.looks.edit import LookEdit
from callsheet.agents.looks.library import NAMED
from callsheet.agents.redirecting.changing import relooked, rerouted
from callsheet.agents.redirecting.stale import approved_downstream, downstream
from callsheet.agents.variation import plan_variation
from callsheet.core.errors import BriefError, NothingToDo, UnknownName
from callsheet.models.catalog import load_crew

from .test_revising import BRIEF, FEW, FEW_PLAN, OPEN, PLAN, carried_out

HERE = Path(__file__).parents[3]
GRADES = [task.name for task in PLAN.tasks if task.make == "grade"]
WORDS = [
    "colder",
    "at night",
    "in rain",
    "in a noir look",
    "golden hour",
    "less fog",
    "more grain",
    "a wide shot",
    "rim light",
]


def test_colder_is_one_change_that_reaches_every_grade_not_approved() -> None:
    change = relooked(PLAN, BRIEF, OPEN, "make everything colder", approved={"sh010_grade"})
    assert [task.name for task in change.tasks] == [name for name in GRADES if name != "sh010_grade"]
    assert change.brief.look.palette == NAMED["cold"].palette
    assert {one.what for one in change.differences} == {"look", "requirement"}
    said = "\n".join(change.notices)
    assert f"Reaches 7 of 38 tasks: {', '.join(GRADES[1:])}." in said
    assert "Left as they are, for a person approved them: sh010_grade." in said
    assert "a palette, grain or lens is no word of a prompt: it is the grades' to show: sea_plate__dawn_clear" in said


def test_a_time_reaches_the_prompts_that_say_none_of_their_own() -> None:
    change = relooked(PLAN, BRIEF, OPEN, "everything at night")
    assert [task.name for task in change.tasks] == ["rock_plate", "vhar_near"]
    assert all("at night" in task.prompt for task in change.tasks)
    said = "\n".join(change.notices)
    assert "Not touched, for their prompts say their own time: sea_plate__dawn_clear" in said
    assert "Not touched, for they are laid over other pictures and made on a plain backdrop: keep_near" in said


def test_a_named_look_may_be_given_by_its_fields() -> None:
    change = relooked(PLAN, BRIEF, OPEN, LookEdit(palette=("#000000", "#ffffff"), grain=0.3))
    assert {task.name for task in change.tasks} == set(GRADES)
    assert {(task.settings["palette"], task.settings["grain"]) for task in change.tasks} == {("#000000,#ffffff", "0.3")}


def test_the_frame_of_pictures_already_made_stays() -> None:
    change = relooked(PLAN, BRIEF, OPEN, "16:9")
    assert change.tasks == ()
    assert change.brief == BRIEF
    assert any("The frame stays 1:1" in one for one in change.notices)


@pytest.mark.parametrize(
    ("note", "says"),
    [
        ("at dawn, at night", "the time to be 'dawn' and 'night'"),
        ("colder, warmer", "the palette to be"),
        ("in clear weather, in rain", "no picture shows both"),
    ],
)
def test_what_no_look_can_have_both_of_is_refused(note: str, says: str) -> None:
    with pytest.raises(BriefError, match=says):
        relooked(PLAN, BRIEF, OPEN, note)


def test_a_word_beside_a_named_look_changes_one_field_of_it() -> None:
    change = relooked(PLAN, BRIEF, OPEN, "the noir look, but at dawn")
    assert (change.brief.look.time, change.brief.look.palette) == ("dawn", NAMED["noir"].palette)


def test_words_that_say_nothing_of_the_look_are_handed_back() -> None:
    change = relooked(PLAN, BRIEF, OPEN, "two more dragons")
    assert change.tasks == ()
    assert any("'two dragons' says nothing of the look" in one for one in change.notices)


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(st.sampled_from(WORDS), st.sets(st.sampled_from([task.name for task in FEW_PLAN.tasks])))
def test_what_a_person_approved_is_never_touched_and_twice_is_once(note: str, approved: set[str]) -> None:
    change = relooked(FEW_PLAN, FEW, OPEN, note, approved=approved)
    assert approved.isdisjoint(task.name for task in change.tasks)
    again = relooked(carried_out(FEW_PLAN, change), change.brief, OPEN, note, approved=approved)
    assert again.tasks == ()
    assert again.brief == change.brief


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(st.sampled_from(WORDS))
def test_only_what_depends_on_the_look_is_touched_and_only_as_it_would_be_planned(note: str) -> None:
    change = relooked(FEW_PLAN, FEW, OPEN, note)
    planned = plan_brief(change.brief, OPEN, seed=3)
    now = carried_out(FEW_PLAN, change)
    for task in now.tasks:
        assert replace(planned.task(task.name), envelope_usd=0) == replace(task, envelope_usd=0)


@pytest.mark.parametrize("vary", [{"seed": 2}, {"weather": ["rain"]}])
def test_a_task_that_joined_later_is_reached_like_the_one_it_is_like(vary: dict[str, list[str] | int]) -> None:
    addition = plan_variation(PLAN, BRIEF, OPEN, "rock_plate", vary, left_usd=1.0)
    plan = replace(PLAN, tasks=(*PLAN.tasks, *addition.tasks), preflight=(*PLAN.preflight, *addition.preflight))
    change = relooked(plan, BRIEF, OPEN, "at night")
    for task in addition.tasks:
        assert next(one for one in change.tasks if one.name == task.name).prompt == task.prompt.replace("dusk", "night")
        assert task.name in change.brief.tasks


def test_a_look_without_a_palette_of_its_own_keeps_the_one_it_was_given() -> None:
    brief = decode_brief(b"A red castle and a blue knight on a snow field at dusk in fog.", "one.txt")
    plan = plan_brief(brief, OPEN)
    change = relooked(plan, brief, OPEN, "in rain")
    assert change.brief.look.palette == plan.palette


# -- who makes it


def test_a_task_is_made_by_whom_the_director_names_and_by_nothing_else_changed() -> None:
    change = rerouted(PLAN, BRIEF, OPEN, ["edda"], "large")
    assert change.tasks == (replace(PLAN.task("edda"), maker="large"),)
    assert [(one.what, one.before, one.after) for one in change.differences] == [("maker", "small", "large")]
    assert change.brief == BRIEF
    again = rerouted(carried_out(PLAN, change), BRIEF, OPEN, ["edda"], "large")
    assert again.tasks == ()


def test_no_name_means_the_next_stronger_one() -> None:
    change = rerouted(PLAN, BRIEF, OPEN, ["edda", "ships"], "")
    assert {task.maker for task in change.tasks} == {"large"}
    with pytest.raises(NothingToDo, match="nobody stronger than large"):
        rerouted(carried_out(PLAN, change), BRIEF, OPEN, ["edda"], "")


def test_who_cannot_make_it_or_is_not_hired_is_refused() -> None:
    with pytest.raises(UnknownName, match="large"):
        rerouted(PLAN, BRIEF, OPEN, ["edda"], "larg")
    with pytest.raises(NothingToDo, match="post does not make a still"):
        rerouted(PLAN, BRIEF, OPEN, ["edda"], "post")
    with pytest.raises(UnknownName, match="edda"):
        rerouted(PLAN, BRIEF, OPEN, ["eda"], "large")


def test_a_maker_that_lacks_a_word_is_named_with_it() -> None:
    strange = replace(
        OPEN, makers=tuple(replace(one, words=("a", "castle")) if one.name == "large" else one for one in OPEN.makers)
    )
    change = rerouted(PLAN, BRIEF, strange, ["edda"], "large")
    assert any("large does not know" in one and "knight" in one for one in change.notices)


def test_a_crew_file_of_ours_takes_the_same_changes() -> None:
    house = load_crew(HERE / "models" / "crew.toml")
    plan = plan_brief(BRIEF, house, seed=7)
    change = relooked(plan, BRIEF, house, "in a noir look, less fog")
    assert all("lighting" not in task.prompt for task in change.tasks)
    assert any("no words for it" in one for one in change.notices)


# -- what follows


def test_what_was_made_from_a_changed_picture_comes_after_all_it_is_made_from() -> None:
    assert downstream(["edda"], PLAN) == ("sh030_comp", "sh080_comp", "sh030_grade", "sh080_grade", "poster")
    assert downstream(["poster"], PLAN) == ()
    assert approved_downstream(["edda"], PLAN, {"poster", "houses"}) == ("poster",)
