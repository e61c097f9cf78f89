"""Briefs become plans."""

from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.agents.briefs import decode_brief, parse_brief
from callsheet.agents.director import plan_brief
from callsheet.core.canonical import to_json
from callsheet.core.crew import Crew, CriticSpec, MakerSpec
from callsheet.core.errors import BriefError, BudgetExceeded, SetupError
from callsheet.core.money import to_micros
from callsheet.core.plan import Plan, Requirement, Task

_TAUGHT = """
    a an the of on in at and one two three castle castles tower towers house houses tree trees knight knights wizard
    wizards ship ships dragon dragons red blue green gold purple white small large left center right grass rock sand
    snow sea plain backdrop empty field dawn day dusk night clear fog rain snowfall weather wide close shot whole broken
    melted
    """
WORDS = tuple(_TAUGHT.split())
CHECKS = ("existence", "count", "attribute", "relation", "position", "time", "weather", "shot", "absence")
CREW = Crew(
    name="test",
    makers=(
        MakerSpec(name="small", kind="sketch", makes=("still",), usd=0.002, seconds=0.4, words=WORDS),
        MakerSpec(name="large", kind="sketch", makes=("still",), usd=0.006, strength=2, words=WORDS),
        MakerSpec(name="post", kind="post", makes=("composite", "grade", "crop", "upscale"), usd=0.0005, seconds=0.1),
    ),
    critics=(
        CriticSpec(name="clip", kind="clip", checks=CHECKS, words=WORDS),
        CriticSpec(name="technical", kind="technical", checks=("technical",)),
    ),
)
BRIEFS = Path(__file__).parents[2] / "briefs"


def plan_of(yaml: str) -> Plan:
    return plan_brief(parse_brief(f"title: T\n{yaml}", "yaml"), CREW)


def still(prompt: str, more: str = "") -> Task:
    return plan_of(f"{more}\ntasks: {{a: {{department: d, prompt: '{prompt}'}}}}").task("a")


def required(task: Task, identity: str) -> Requirement:
    return next(one for one in task.requirements if one.id == identity)


@pytest.mark.parametrize("name", ["fantasy_castle.yaml", "lighting_variations.yaml", "one_line.txt"])
def test_our_own_briefs_pass_preflight_on_the_house_vocabulary(name: str) -> None:
    plan = plan_brief(decode_brief((BRIEFS / name).read_bytes(), name), CREW)
    assert [one for one in plan.preflight if one.state != "passed"] == []
    assert not plan.unknown_words


def test_the_castle_is_a_production_of_four_departments() -> None:
    plan = plan_brief(decode_brief((BRIEFS / "fantasy_castle.yaml").read_bytes(), "x.yaml"), CREW)
    staff = {one.name: one.workers for one in plan.departments}
    assert staff == {"architecture": 5, "environment": 8, "characters": 12, "post": 5}
    assert len(plan.tasks) >= 30
    assert len(plan.shots) >= 6
    crossing = [task for task in plan.tasks if any(plan.task(one).department != task.department for one in task.inputs)]
    assert {task.make for task in crossing} >= {"composite", "grade"}


def test_the_lighting_brief_is_two_hundred_variations() -> None:
    plan = plan_brief(decode_brief((BRIEFS / "lighting_variations.yaml").read_bytes(), "x.yaml"), CREW)
    assert len(plan.tasks) == len({task.name for task in plan.tasks}) == 200


def test_one_line_becomes_departments_tasks_and_at_least_three_shots_with_its_assumptions_said() -> None:
    plan = plan_brief(decode_brief((BRIEFS / "one_line.txt").read_bytes(), "one_line.txt"), CREW)
    assert {one.name for one in plan.departments} == {"architecture", "environment", "characters", "post"}
    assert len(plan.shots) >= 3
    assert {task.make for task in plan.tasks} == {"still", "composite", "grade"}
    assert any("entities" in one for one in plan.assumptions)
    assert any("palette" in one for one in plan.assumptions)


@settings(max_examples=25, deadline=None)
@given(st.text(min_size=1, max_size=120).filter(str.strip))
def test_any_sentence_gets_a_plan_or_a_setup_error(text: str) -> None:
    try:
        plan = plan_brief(parse_brief(text, "sentence"), CREW)
    except SetupError:
        return
    assert len(plan.shots) >= 3


def test_the_same_brief_crew_and_seed_give_the_same_plan() -> None:
    brief = decode_brief((BRIEFS / "fantasy_castle.yaml").read_bytes(), "x.yaml")
    assert to_json(plan_brief(brief, CREW, seed=7)) == to_json(plan_brief(brief, CREW, seed=7))


# -- requirements


def test_a_count_must_beat_its_neighbours() -> None:
    one = required(still("two red towers"), "count:tower=2")
    assert (one.asks, one.contrasts, one.must) == ("two towers", ("one tower", "three towers"), True)


def test_a_colour_must_beat_the_other_colours() -> None:
    one = required(still("two red towers"), "attribute:tower.colour=red")
    assert one.asks == "two red towers"
    assert "two blue towers" in one.contrasts
    assert "two red towers" not in one.contrasts


def test_a_thing_never_has_to_beat_another_thing_of_its_own_picture() -> None:
    one = required(still("a red castle left of a blue knight"), "existence:castle")
    assert one.asks == "a castle"
    assert "a knight" not in one.contrasts


def test_a_relation_must_beat_itself_turned_round() -> None:
    one = required(still("a red castle left of a blue knight"), "relation:castle left of knight")
    assert one.contrasts == ("a castle right of a knight", "a knight left of a castle")


def test_an_empty_plate_must_look_empty_on_its_ground() -> None:
    task = still("an empty snow field at dusk in fog")
    assert required(task, "existence:nothing").asks == "an empty field"
    assert required(task, "attribute:snow field.ground=snow").asks == "an empty snow field"


def test_what_a_prompt_forbids_is_asked_as_if_it_were_there() -> None:
    task = still("a castle without a dragon")
    assert (task.prompt, task.negative) == ("a castle", "dragon")  # image models draw what they are told not to
    one = required(task, "absence:dragon")
    assert (one.kind, one.asks) == ("absence", "a dragon")


def test_style_and_wholeness_are_wishes() -> None:
    task = still("a castle, oil painting")
    assert not required(task, "style=oil painting").must
    assert not required(task, "attribute:castle.form=whole").must


def test_quality_narrows_the_must_haves_but_never_the_technical_ones() -> None:
    task = still("two red towers at dusk", "quality: {must: [count]}")
    assert {one.kind for one in task.requirements if one.must} == {"count", "technical"}


def test_post_production_is_judged_technically_only_and_not_revised() -> None:
    plan = plan_of("tasks: {a: {department: d, prompt: a castle}, b: {department: d, make: upscale, input: a}}")
    task = plan.task("b")
    assert [one.id for one in task.requirements] == [
        f"technical:{name}" for name in ("size", "blank", "clipped", "banding", "seams")
    ]
    assert task.gate.rounds == 0
    assert task.settings == {"scale": "4"}


def test_a_grade_is_wished_the_palette_it_is_made_toward_and_other_work_is_not() -> None:
    plan = plan_of(
        "look: {palette: [slate, snow]}\n"
        "tasks: {a: {department: d, prompt: a castle}, b: {department: d, make: grade, input: a}}"
    )
    (palette,) = [one for one in plan.task("b").requirements if one.kind == "style"]
    assert (palette.id, palette.value, palette.must) == ("style:palette", "slate,snow", False)
    assert not [one for one in plan.task("a").requirements if one.kind == "style"]


def test_a_still_must_be_sound_and_is_only_wished_to_be_without_seams() -> None:
    asked = {one.id: one.must for one in still("a castle").requirements if one.kind == "technical"}
    assert [name for name, must in asked.items() if not must] == ["technical:seams"]
    assert {"technical:blurred", "technical:banding", "technical:borders"} <= set(asked)


# -- words


def test_the_look_fills_in_what_a_prompt_leaves_unsaid() -> None:
    task = still("a red castle at night", "look: {time: dusk, weather: fog, shot_size: wide}")
    assert task.prompt == "a wide shot of a red castle at night in fog"


def test_a_layer_over_others_is_put_on_a_plain_backdrop_without_the_look() -> None:
    plan = plan_of(
        "look: {time: dusk}\ntasks: {p: {department: d, prompt: an empty sea}, k: {department: d, prompt: a knight}, "
        "c: {department: d, make: composite, layers: [p, k]}}"
    )
    assert plan.task("p").prompt == "an empty sea at dusk"
    assert plan.task("k").prompt == "a knight on a plain backdrop"
    assert sum("plain backdrop" in one for one in plan.assumptions) == 1


def test_phrases_are_put_into_the_words_of_a_crew_that_knows_no_others() -> None:
    assert still("a red castle at sunset in mist").prompt == "a red castle at dusk in fog"


def test_an_entity_is_described_where_the_prompt_does_not_name_it() -> None:
    more = "entities: {keep: {kind: place, is: a red castle}}\n"
    plan = plan_of(
        f"{more}tasks: {{a: {{department: d, entity: keep, prompt: at dusk}}, b: {{department: d, entity: keep}}, "
        "c: {department: d, entity: keep, prompt: one small castle}}"
    )
    assert [task.prompt for task in plan.tasks] == ["a red castle at dusk", "a red castle", "one small castle"]


def test_words_nobody_can_read_are_kept_in_the_plan() -> None:
    assert still("a knight running confidently").unknown_words == ("confidently",)


# -- matrices and wiring


def test_a_matrix_replaces_what_the_prompt_says_and_names_its_cells() -> None:
    plan = plan_of(
        "tasks: {sea: {department: d, prompt: an empty sea at dusk in fog, "
        "vary: {time: [dawn, night], weather: [clear], seed: 2}}}"
    )
    assert [(task.name, task.prompt) for task in plan.tasks] == [
        ("sea__dawn_clear_s01", "an empty sea at dawn in clear weather"),
        ("sea__dawn_clear_s02", "an empty sea at dawn in clear weather"),
        ("sea__night_clear_s01", "an empty sea at night in clear weather"),
        ("sea__night_clear_s02", "an empty sea at night in clear weather"),
    ]


def test_a_matrix_fills_the_places_its_prompt_keeps_open() -> None:
    plan = plan_of("tasks: {a: {department: d, prompt: 'a {colour} castle', vary: {colour: [red, blue]}}}")
    assert [task.prompt for task in plan.tasks] == ["a red castle", "a blue castle"]


def test_a_varied_task_stands_for_the_cell_nearest_to_its_prompt_and_the_look() -> None:
    plan = plan_of(
        "look: {weather: fog}\ntasks: {s: {department: d, prompt: an empty sea at dusk, "
        "vary: {time: [dawn, dusk], weather: [clear, fog]}}, g: {department: d, make: grade, input: s}}"
    )
    assert plan.task("g").inputs == ("s__dusk_fog",)


@pytest.mark.parametrize(
    ("tasks", "place", "hint"),
    [
        ("a: {department: d, make: grade, input: casle}, castle: {department: d, prompt: x}", "a.input", "castle"),
        ("a: {department: d, make: composite, layers: [b, c]}, b: {department: d, prompt: x}", "a.layers", "'c'"),
        ("a: {department: d, make: composite, layers: [b]}, b: {department: d, prompt: x}", "a.layers", "two"),
        ("a: {department: d, make: grade}", "a.input", "nothing to grade"),
        ("a: {department: d}", "a.prompt", "prompt"),
        ("a: {department: d, entity: keep}", "a.entity", "'keep'"),
        ("a: {department: d, make: grade, input: b}, b: {department: d, make: crop, input: a}", "a", "a -> b -> a"),
        ("a: {department: d, prompt: a castle without a castle}", "a.prompt", "forbids"),
        ("a: {department: d, prompt: a castle, negative: castle}", "a.prompt", "forbids"),
        ("a: {department: d, prompt: a castle, vary: {time: [dawn, Dawn]}}", "a.vary.time", "twice"),
        ("a: {department: d, prompt: a castle, vary: {hat: [red]}}", "a.vary.hat", "{hat}"),
        ("a: {department: d, prompt: a castle, vary: {seed: 0}}", "a.vary.seed", "1 or more"),
        ("a: {department: d, make: crop, input: b, box: [1, 0, 0, 1]}, b: {department: d, prompt: x}", "a.box", "left"),
    ],
)
def test_a_task_that_makes_no_sense_is_refused_with_its_place(tasks: str, place: str, hint: str) -> None:
    with pytest.raises(BriefError) as caught:
        plan_of(f"tasks: {{{tasks}}}")
    assert caught.value.place == f"tasks.{place}"
    assert hint in str(caught.value)


def test_an_unknown_department_names_the_one_it_may_have_meant() -> None:
    with pytest.raises(BriefError, match=r"tasks.a.department: .*did you mean environment"):
        plan_of("departments: {environment: {}}\ntasks: {a: {department: enviroment, prompt: a castle}}")


def test_an_unknown_preferred_maker_names_the_ones_there_are() -> None:
    with pytest.raises(BriefError, match="sketch-xl") as refused:
        plan_of("departments: {d: {prefers: [sketch-xl]}}")
    assert refused.value.place == "departments.d.prefers"


def test_what_of_the_look_nobody_uses_is_said() -> None:
    plan = plan_of("look: {lens: 35mm}\ntasks: {sea: {department: d, prompt: an empty sea}}")
    assert any("lens" in sentence for sentence in plan.assumptions)


def test_a_shot_from_a_task_that_is_not_there_is_refused() -> None:
    with pytest.raises(BriefError, match=r"shots.sh010.from: no task named 'b'"):
        plan_of("tasks: {a: {department: d, prompt: a castle}}\nshots: {sh010: {from: b}}")


def test_a_deadline_that_is_no_time_is_refused() -> None:
    with pytest.raises(BriefError, match="deadline"):
        plan_of("deadline: soon\ntasks: {a: {department: d, prompt: a castle}}")
    with pytest.raises(BriefError, match="more than ten years"):
        plan_of(f"deadline: {'9' * 400}d\ntasks: {{a: {{department: d, prompt: a castle}}}}")


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), min_size=1, max_size=8))
def test_a_plan_never_has_a_cycle(edges: list[tuple[int, int]]) -> None:
    rows = [f"t{at}: {{department: d, make: composite, layers: [t{a}, t{b}]}}" for at, (a, b) in enumerate(edges)]
    rows += [f"t{at}: {{department: d, prompt: a castle}}" for at in range(len(edges), 8)]
    try:
        plan = plan_of(f"tasks: {{{', '.join(rows)}}}")
    except BriefError:
        return
    done: set[str] = set()
    while len(done) < len(plan.tasks):
        ready = {task.name for task in plan.tasks if task.name not in done and set(task.inputs) <= done}
        assert ready
        done |= ready


# -- money


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 5)), min_size=1, max_size=12),
    st.floats(0.002, 1.0),
    st.one_of(st.none(), st.tuples(*[st.floats(0, 1)] * 3)),
)
def test_envelopes_add_up_to_no_more_than_the_budget_and_afford_one_take_each(
    tasks: list[tuple[str, int]], budget: float, shares: tuple[float, float, float] | None
) -> None:
    rows = [f"t{at}: {{department: {team}, prompt: a castle, rounds: {n}}}" for at, (team, n) in enumerate(tasks)]
    said = shares or (None, None, None)
    teams = ", ".join(
        f"{team}: {{share: {share}}}" if share is not None else f"{team}: {{}}"
        for team, share in zip("abc", said, strict=True)
    )
    text = f"budget_usd: {budget}\ndepartments: {{{teams}}}\ntasks: {{{', '.join(rows)}}}"
    try:
        plan = plan_of(text)
    except BudgetExceeded:
        assert budget < 0.002 * len(tasks) + 1e-6
        return
    assert sum(to_micros(task.envelope_usd) for task in plan.tasks) <= to_micros(budget)
    for task in plan.tasks:
        assert 0.002 <= task.envelope_usd <= 0.006 * (task.gate.rounds + 1)


def test_a_huge_matrix_over_a_small_budget_is_refused_before_it_is_made() -> None:
    with pytest.raises(BudgetExceeded) as caught:
        plan_of("budget_usd: 5\ntasks: {a: {department: d, prompt: a castle, vary: {seed: 100000}}}")
    assert caught.value.needs_usd == 200.0


def test_the_time_to_plan_grows_in_proportion_to_the_cells() -> None:
    def seconds(cells: int) -> float:
        start = process_time()
        task = f"{{department: d, prompt: one large red castle on rock, vary: {{seed: {cells}}}}}"
        plan_of(f"budget_usd: 50\ntasks: {{a: {task}}}")
        return process_time() - start

    seconds(10)  # what is loaded once
    assert seconds(4000) < 10 * seconds(1000)


def test_no_plan_has_more_than_a_hundred_thousand_tasks() -> None:
    with pytest.raises(BriefError, match="100,000"):
        plan_of("budget_usd: 9000\ntasks: {a: {department: d, prompt: a castle, vary: {seed: 100001}}}")


def test_a_budget_at_the_door_replaces_the_briefs() -> None:
    brief = parse_brief("title: T\nbudget_usd: 9\ntasks: {a: {department: d, prompt: a castle}}", "yaml")
    assert plan_brief(brief, CREW, budget_usd=0.5).budget_usd == 0.5
    with pytest.raises(BriefError, match="budget_usd"):
        plan_brief(brief, CREW, budget_usd=-1)
