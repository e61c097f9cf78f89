"""Preflight says what will not work, and how to mend it."""

from dataclasses import replace

from callsheet.agents.briefs import parse_brief
from callsheet.agents.director import plan_brief
from callsheet.core.crew import Crew, CriticSpec, MakerSpec
from callsheet.core.plan import Plan, Preflight

WORDS = ("a", "red", "castle", "on", "rock", "at", "dusk", "an", "empty", "field")
MAKER = MakerSpec(name="small", kind="sketch", makes=("still",), usd=0.002)
CLIP = CriticSpec(name="clip", kind="clip", checks=("existence", "attribute", "time"))
TECHNICAL = CriticSpec(name="technical", kind="technical", checks=("technical",))
CREW = Crew(name="test", makers=(MAKER,), critics=(CLIP, TECHNICAL))


def planned(prompt: str, crew: Crew = CREW, make: str = "still") -> Plan:
    rows = f"a: {{department: d, prompt: '{prompt}'}}"
    if make != "still":
        rows += f", b: {{department: d, make: {make}, input: a}}"
    return plan_brief(parse_brief(f"title: T\ntasks: {{{rows}}}", "yaml"), crew)


def checked(prompt: str, crew: Crew = CREW) -> Preflight:
    return planned(prompt, crew).preflight[0]


def test_a_task_that_can_be_made_and_checked_passes() -> None:
    assert checked("a red castle at dusk").state == "passed"


def test_words_a_maker_was_not_taught_degrade_its_task_and_are_named() -> None:
    crew = replace(CREW, makers=(replace(MAKER, words=WORDS),))
    found = checked("a gigantic red castle", crew)
    assert (found.state, "'gigantic'" in found.why, bool(found.fix)) == ("degraded", True, True)


def test_a_must_have_no_critic_checks_becomes_a_wish_and_is_named() -> None:
    plan = planned("two red castles")
    assert plan.preflight[0].state == "degraded"
    assert "'two castles'" in plan.preflight[0].why
    assert not next(one for one in plan.task("a").requirements if one.kind == "count").must


def test_a_must_have_beyond_a_critics_words_becomes_a_wish_and_is_named() -> None:
    words = (*WORDS, "tower", "house", "tree", "knight", "wizard", "ship", "dragon")
    crew = replace(CREW, critics=(replace(CLIP, words=words), TECHNICAL))
    plan = planned("a red castle on rock", crew)
    must = {one.id for one in plan.task("a").requirements if one.must and one.kind != "technical"}
    assert must == {"existence:castle"}
    assert "'a red castle'" in plan.preflight[0].why


def test_a_task_nobody_makes_is_blocked() -> None:
    found = planned("a castle", make="upscale").preflight[1]
    assert (found.state, "makes" in found.fix) == ("blocked", True)


def test_a_task_only_an_unpriced_maker_makes_is_blocked() -> None:
    found = checked("a castle", replace(CREW, makers=(replace(MAKER, usd=None),)))
    assert (found.state, "usd" in found.fix) == ("blocked", True)


def test_a_word_nobody_can_read_degrades_its_task() -> None:
    assert "'confidently'" in checked("a castle standing confidently").why
