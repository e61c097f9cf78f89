import pytest

from callsheet.core.crew import CriticSpec, MakerSpec
from callsheet.core.errors import MakerFailed, UnknownName
from callsheet.core.plan import Requirement
from callsheet.core.take import Made, Opinion, Recipe, Score, Unscored
from callsheet.models.fake import FakeMaker
from callsheet.models.hosting import Panel, Seat, build_critic, build_maker, build_panel, make_with

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
