from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from callsheet.core.crew import CriticSpec, MakerSpec
from callsheet.core.errors import CallsheetError, MakerFailed, OutOfMemory, UnknownName
from callsheet.core.plan import Requirement
from callsheet.core.take import Made, Opinion, Recipe, Score, Unscored
from callsheet.models.fake import FakeMaker
from callsheet.models.hosting import Panel, Seat, build_critic, build_maker, build_panel, make_all, make_with

RECIPE = Recipe(
    maker="fake",
    kind="fake",
    make="still",
    source="",
    revision="",
    weights_digest="",
    prompt="a red castle",
    negative="",
    seed=1,
    width=64,
    height=64,
    steps=1,
    guidance=1.0,
)
COUNT = Requirement(id="count:castle=1", kind="count", subject="castle", value="1")
TIME = Requirement(id="time=dusk", kind="time", subject="", value="dusk")
STYLE = Requirement(id="style=x", kind="style", subject="", value="x")


def fake(name: str, *checks: str, **settings: str | float) -> CriticSpec:
    return CriticSpec(name=name, kind="fake", checks=checks, settings=settings)


def look(*critics: CriticSpec) -> tuple[Opinion, ...]:
    picture = FakeMaker(MakerSpec(name="fake", kind="fake", makes=("still",))).make(RECIPE, {}).data
    return build_panel(critics).look(picture, [COUNT, TIME, STYLE], (), {})


def test_each_requirement_goes_to_the_critics_that_check_its_kind() -> None:
    opinions = look(fake("a", "count", "time"), fake("b", "time"), fake("c", "style"))
    assert [(one.requirement, one.critic) for one in opinions] == [
        (COUNT.id, "a"),
        (TIME.id, "a"),
        (TIME.id, "b"),
        (STYLE.id, "c"),
    ]


def test_what_nobody_checks_is_unscored() -> None:
    opinions = look(fake("a", "count", "time"))
    assert opinions[-1] == Unscored(requirement=STYLE.id, critic="panel", reason="no critic of the crew checks style")


def test_a_critic_that_breaks_has_no_opinion_and_says_why() -> None:
    opinions = look(fake("a", "count", "time", "style", raise_on="castle"), fake("b", "count"))
    assert [type(one) for one in opinions] == [Unscored, Score, Unscored, Unscored]
    assert "told to break" in opinions[0].reason


def test_a_critic_that_answers_something_else_has_no_opinion() -> None:
    class Muddled:
        def spec(self) -> str:
            return "muddled"

        def look(
            self, picture: bytes, requirements: object, earlier: object, references: object
        ) -> tuple[Opinion, ...]:
            return (Score(requirement="something", critic="muddled", value=1.0),)

    panel = Panel(seats=(Seat(name="muddled", checks=("count",), critic=Muddled()),))
    (opinion,) = panel.look(b"", [COUNT], (), {})
    assert opinion.reason == "it did not answer what it was asked"


def test_the_panels_name_tells_its_critics_settings_apart() -> None:
    one, same, other = (build_panel([fake("a", "count", pass_rate=rate)]).spec() for rate in (0.5, 0.5, 0.6))
    assert one == same != other
    assert one.startswith("sha256:")


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(UnknownName):
        build_maker(MakerSpec(name="x", kind="nothing", makes=("still",)))
    with pytest.raises(UnknownName):
        build_critic(CriticSpec(name="x", kind="nothing", checks=()))


def test_whatever_goes_wrong_inside_a_maker_is_its_failure() -> None:
    class Broken:
        def make(self, recipe: Recipe, ingredients: object) -> Made:
            raise ZeroDivisionError("by zero")

    with pytest.raises(MakerFailed, match="it raised ZeroDivisionError: by zero"):
        make_with(Broken(), RECIPE, {})


THREE = [replace(RECIPE, prompt=prompt) for prompt in ("a castle", "a storm", "a tower")]


class Together:
    """Makes all or fails all, and tells what it was given."""

    def __init__(self, answers: Sequence[Made | CallsheetError] = (), breaks: Exception | None = None) -> None:
        self.answers, self.breaks, self.given = answers, breaks, [0]

    def make(self, recipe: Recipe, ingredients: Mapping[str, bytes]) -> Made:
        raise AssertionError("one by one")

    def make_many(
        self, recipes: Sequence[Recipe], ingredients: Sequence[Mapping[str, bytes]]
    ) -> Sequence[Made | CallsheetError]:
        self.given.append(len(recipes))
        if self.breaks:
            raise self.breaks
        return self.answers


def test_a_maker_that_makes_one_by_one_answers_each_recipe_in_order_and_a_refusal_harms_nobody_else() -> None:
    maker = FakeMaker(MakerSpec(name="fake", kind="fake", makes=("still",), settings={"fail_on": "storm"}))
    first, refused, last = make_all(maker, THREE, [{}] * 3)
    assert isinstance(refused, MakerFailed)
    assert isinstance(first, Made)
    assert isinstance(last, Made)
    assert (first.data, last.data) == (maker.make(THREE[0], {}).data, maker.make(THREE[2], {}).data)


def test_whatever_a_one_by_one_maker_raises_is_the_failure_of_that_recipe() -> None:
    class Broken:
        def make(self, recipe: Recipe, ingredients: object) -> Made:
            raise ZeroDivisionError("by zero")

    (answer,) = make_all(Broken(), THREE[:1], [{}])
    assert isinstance(answer, MakerFailed)
    assert "ZeroDivisionError" in answer.what


def test_a_maker_that_takes_batches_gets_them_whole() -> None:
    made = FakeMaker(MakerSpec(name="fake", kind="fake", makes=("still",))).make(RECIPE, {})
    answers = [made, MakerFailed("fake", "no"), made]
    maker = Together(answers)
    assert make_all(maker, THREE, [{}] * 3) == answers
    assert maker.given[-1] == 3


@pytest.mark.parametrize("breaks", [OutOfMemory("fake", "a batch of 3"), ZeroDivisionError("by zero")])
def test_what_a_batch_breaks_on_is_the_answer_to_each_of_its_recipes(breaks: Exception) -> None:
    answers = make_all(Together(breaks=breaks), THREE, [{}] * 3)
    assert len(answers) == 3
    assert all(isinstance(one, OutOfMemory if isinstance(breaks, OutOfMemory) else MakerFailed) for one in answers)


def test_a_batch_with_an_answer_missing_is_answered_by_nobody() -> None:
    answers = make_all(Together([]), THREE, [{}] * 3)
    assert [str(one) for one in answers] == ["maker 'fake' failed: it gave 0 answers to 3 recipes"] * 3
