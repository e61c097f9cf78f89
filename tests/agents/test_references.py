"""An entity's reference: its other stills wait for it, are given it, and are asked to look like it."""

from dataclasses import replace

import pytest

from callsheet.agents.briefs import parse_brief
from callsheet.agents.director import plan_brief
from callsheet.agents.router import route
from callsheet.core.crew import Crew, CriticSpec, MakerSpec
from callsheet.core.errors import BriefError
from callsheet.core.plan import Plan

MAKER = MakerSpec(name="small", kind="fake", makes=("still",), usd=0.002)
POST = MakerSpec(name="post", kind="post", makes=("grade",), usd=0.001)
EYE = CriticSpec(name="eye", kind="fake", checks=("existence", "attribute", "time", "technical", "continuity"))
CREW = Crew(name="test", makers=(MAKER, POST), critics=(EYE,))

BRIEF = """
title: T
{quality}
entities:
  edda: {{kind: character, is: a blue knight, reference: {reference}}}
  keep: {{kind: place, is: a red castle}}
tasks:
  near: {{department: d, entity: edda, prompt: a blue knight on snow}}
  far: {{department: d, entity: edda, prompt: a small blue knight}}
  dawns: {{department: d, entity: edda, prompt: a blue knight, vary: {{time: [dawn, dusk]}}}}
  walls: {{department: d, entity: keep, prompt: a red castle}}
  sea: {{department: d, prompt: an empty sea}}
  graded: {{department: d, make: grade, input: near, entity: edda}}
"""


def planned(reference: str = "near", quality: str = "", crew: Crew = CREW) -> Plan:
    return plan_brief(parse_brief(BRIEF.format(reference=reference, quality=quality), "yaml"), crew)


def test_every_other_still_of_the_entity_waits_for_its_reference_and_nothing_else_does() -> None:
    waits = {task.name: task.inputs for task in planned().tasks}
    assert waits == {
        "near": (),
        "far": ("near",),
        "dawns__dawn": ("near",),
        "dawns__dusk": ("near",),
        "walls": (),
        "sea": (),
        "graded": ("near",),
    }


def test_what_waits_for_a_reference_is_asked_to_look_like_it_as_a_wish_or_a_must_have_as_the_brief_says() -> None:
    asked = {task.name: [one for one in task.requirements if one.kind == "continuity"] for task in planned().tasks}
    assert [name for name, found in asked.items() if found] == ["far", "dawns__dawn", "dawns__dusk"]
    (one,) = asked["far"]
    assert (one.id, one.value, one.must) == ("continuity:edda", "near", False)
    strict = planned(quality="quality: {must: [existence, continuity]}")
    assert [one.must for one in strict.task("far").requirements if one.kind == "continuity"] == [True]


def test_one_variation_may_be_the_reference_of_the_others() -> None:
    waits = {task.name: task.inputs for task in planned("dawns__dusk").tasks}
    assert (waits["dawns__dusk"], waits["dawns__dawn"], waits["near"]) == ((), ("dawns__dusk",), ("dawns__dusk",))


@pytest.mark.parametrize(
    ("reference", "says"),
    [
        ("neer", "did you mean near?"),
        ("dawns", "name one of them: dawns__dawn, dawns__dusk"),
        ("graded", "'graded' is a grade"),
        ("walls", "'walls' shows 'keep'"),
        ("sea", "'sea' names no entity"),
    ],
)
def test_a_reference_that_is_no_one_still_of_the_entity_is_refused(reference: str, says: str) -> None:
    with pytest.raises(BriefError) as caught:
        planned(reference)
    assert "entities.edda.reference" in str(caught.value)
    assert says in str(caught.value)


def test_preflight_says_before_anything_is_spent_who_takes_no_references() -> None:
    found = {one.task: one for one in planned().preflight}
    assert (found["near"].state, found["far"].state) == ("passed", "degraded")
    assert "small takes no references: the look of 'edda' is asked for in words only" in found["far"].why
    able = replace(CREW, makers=(replace(MAKER, references=True), POST))
    assert {one.task: one.state for one in planned(crew=able).preflight}["far"] == "passed"


def test_only_a_maker_that_takes_references_is_handed_one() -> None:
    far = planned().task("far")
    for takes, handed in ((False, []), (True, [("reference", "sha256:near")])):
        crew = replace(CREW, makers=(replace(MAKER, references=takes), POST))
        choice = route(far, crew, attempt=1, seed=7, inputs=("sha256:near",), moves=())
        assert choice is not None
        assert [(one.role, one.digest) for one in choice.recipe.ingredients] == handed
