"""The router picks makers and writes recipes."""

from dataclasses import replace

from callsheet.agents.planning.envelopes import makers_for
from callsheet.agents.planning.odds import Odds
from callsheet.agents.router import first_choice, route, seed_of
from callsheet.core.crew import Crew, MakerSpec
from callsheet.core.decision import Escalate, Repair, Reseed, Rewrite
from callsheet.core.plan import Start, Task

SMALL = MakerSpec(name="small", kind="fake", makes=("still",), usd=0.002, strength=1, words=("a", "castle"))
LARGE = MakerSpec(name="large", kind="fake", makes=("still",), usd=0.006, strength=2, words=("a", "castle"))
FREE = MakerSpec(name="free", kind="fake", makes=("still",), usd=None)
POST = MakerSpec(name="post", kind="fake", makes=("composite", "grade"), usd=0.0005)
CREW = Crew(name="test", makers=(LARGE, SMALL, FREE, POST), critics=())
KEEP = Task(name="keep", department="architecture", make="still", prompt="a castle")


def test_the_cheapest_able_maker_is_chosen_and_the_others_are_turned_down_with_a_reason() -> None:
    choice = route(KEEP, CREW, attempt=1, seed=7, inputs=(), moves=())
    assert choice is not None
    assert choice.maker == SMALL
    assert {one.maker: one.why for one in choice.turned_down} == {
        "large": "dearer (0.0060 against 0.0020 USD); kept for escalation",
        "free": "has no price",
        "post": "does not make a still",
    }


def test_a_maker_without_a_price_is_never_called() -> None:
    assert FREE not in makers_for("still", CREW)


def test_a_maker_that_costs_nothing_has_a_known_price_of_a_pass() -> None:
    rates = {"existence": 0.5}
    gratis = replace(LARGE, name="gratis", usd=0.0, passes=rates)
    choice, why = first_choice(KEEP, [replace(SMALL, passes=rates), gratis], (), Odds())
    assert choice == gratis
    assert why.startswith("least expected price of a passed take (0.0000 USD")


def test_an_escalation_decides_who_makes_the_next_take() -> None:
    moves = (Reseed(why="x"), Escalate(maker="large", why="two tries"))
    choice = route(KEEP, CREW, attempt=3, seed=7, inputs=(), moves=moves)
    assert choice is not None
    assert choice.maker == LARGE


def test_a_department_is_asked_for_the_maker_it_prefers() -> None:
    choice = route(KEEP, CREW, attempt=1, seed=7, inputs=(), moves=(), prefers=("large",))
    assert choice is not None
    assert choice.maker == LARGE


def test_a_maker_that_is_preferred_but_beyond_the_money_left_is_not_asked() -> None:
    choice = route(KEEP, CREW, attempt=1, seed=7, inputs=(), moves=(), prefers=("large",), left_usd=0.003)
    assert choice is not None
    assert choice.maker == SMALL


def test_a_task_nobody_can_make_has_no_route() -> None:
    crop = Task(name="crop", department="post", make="crop")
    assert route(crop, CREW, attempt=1, seed=7, inputs=("sha256:x",), moves=()) is None


def test_the_same_attempt_has_the_same_recipe_and_another_attempt_another_seed() -> None:
    first = route(KEEP, CREW, attempt=1, seed=7, inputs=(), moves=())
    again = route(KEEP, CREW, attempt=1, seed=7, inputs=(), moves=())
    other = route(KEEP, CREW, attempt=2, seed=7, inputs=(), moves=())
    assert first == again
    assert first
    assert other
    assert first.recipe.seed != other.recipe.seed


def test_a_composite_names_its_layers_in_order() -> None:
    comp = Task(name="comp", department="post", make="composite", inputs=("a", "b"))
    choice = route(comp, CREW, attempt=1, seed=7, inputs=("sha256:1", "sha256:2"), moves=())
    assert choice is not None
    assert [(one.role, one.digest) for one in choice.recipe.ingredients] == [
        ("layer", "sha256:1"),
        ("layer", "sha256:2"),
    ]


def test_seeds_fit_in_31_bits() -> None:
    assert all(0 <= seed_of(seed, "keep", attempt) < 2**31 for seed in range(50) for attempt in range(1, 5))


def test_a_maker_that_draws_any_size_follows_the_aspect_of_the_look() -> None:
    wide = MakerSpec(
        name="wide", kind="fake", makes=("still",), usd=1, width=512, height=512, settings={"any_aspect": True}
    )
    choice = route(
        KEEP, Crew(name="t", makers=(wide,), critics=()), attempt=1, seed=7, inputs=(), moves=(), aspect="16:9"
    )
    assert choice is not None
    assert (choice.recipe.width, choice.recipe.height) == (704, 384)


def test_a_repair_works_from_the_picture_and_mask_of_its_move_and_the_next_seed_does_not() -> None:
    repair = Repair(take="t1", region="subject", why="not red", picture="sha256:p", mask="sha256:m")
    choice = route(KEEP, CREW, attempt=2, seed=7, inputs=(), moves=(repair,))
    assert choice is not None
    assert [(one.role, one.digest) for one in choice.recipe.ingredients] == [
        ("image", "sha256:p"),
        ("mask", "sha256:m"),
    ]
    after = route(KEEP, CREW, attempt=3, seed=7, inputs=(), moves=(repair, Reseed(why="still not red")))
    assert after is not None
    assert after.recipe.ingredients == ()


def test_a_rewritten_prompt_stays_for_the_takes_that_follow() -> None:
    moves = (Rewrite(prompt="a castle, on the left", why="x"), Reseed(why="y"))
    choice = route(KEEP, CREW, attempt=3, seed=7, inputs=(), moves=moves)
    assert choice is not None
    assert choice.recipe.prompt == "a castle, on the left"


def test_the_maker_a_person_asked_for_makes_the_first_take() -> None:
    choice = route(replace(KEEP, maker="large"), CREW, attempt=1, seed=7, inputs=(), moves=(), prefers=("small",))
    assert choice is not None
    assert (choice.maker, choice.why) == (LARGE, "you asked for it")


def test_a_task_that_starts_from_a_picture_goes_to_a_maker_that_repairs_and_keeps_what_is_outside_the_mask() -> None:
    painter = replace(LARGE, name="painter", repairs=True)
    crew = replace(CREW, makers=(SMALL, painter))
    task = replace(KEEP, start=Start(picture="sha256:p", mask="sha256:m", strength=0.6))
    for moves in ((), (Reseed(why="x"),)):
        choice = route(task, crew, attempt=2, seed=7, inputs=(), moves=moves)
        assert choice is not None
        assert choice.maker == painter
        assert {one.role: one.digest for one in choice.recipe.ingredients} == {"image": "sha256:p", "mask": "sha256:m"}
        assert choice.recipe.settings["strength"] == "0.6"
    assert route(task, replace(CREW, makers=(SMALL,)), attempt=2, seed=7, inputs=(), moves=()) is None
