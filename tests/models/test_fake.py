from dataclasses import replace

import pytest

from callsheet.core.crew import CriticSpec, MakerSpec
from callsheet.core.errors import MakerFailed
from callsheet.core.plan import Requirement
from callsheet.core.take import Recipe, Score, Unscored
from callsheet.evals.conformance_models import check_critic, check_maker
from callsheet.models.fake import FakeCritic, FakeMaker

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
    height=48,
    steps=1,
    guidance=1.0,
)
COUNT = Requirement(id="count:castle=1", kind="count", subject="castle", value="1")
TIME = Requirement(id="time=dusk", kind="time", subject="", value="dusk")


def maker(**settings: str | int | float) -> FakeMaker:
    return FakeMaker(MakerSpec(name="fake", kind="fake", makes=("still",), settings=settings))


def critic(**settings: str | int | float) -> FakeCritic:
    return FakeCritic(CriticSpec(name="eye", kind="fake", checks=("count", "time"), settings=settings))


def values(one: FakeCritic, seed: int = 1, earlier: tuple[str, ...] = (), prompt: str = "a castle") -> list[float]:
    picture = maker().make(replace(RECIPE, seed=seed, prompt=prompt), {}).data
    return [opinion.value for opinion in one.look(picture, [COUNT, TIME], earlier, {}) if isinstance(opinion, Score)]


def test_the_fake_is_a_maker() -> None:
    check_maker(maker(), RECIPE, {})


def test_the_fake_is_a_critic() -> None:
    check_critic(critic(pass_rate=0.5), maker().make(RECIPE, {}).data, [COUNT, TIME])


def test_it_fails_its_first_calls_when_told_to() -> None:
    failing = maker(fail_first=2)
    for _ in range(2):
        with pytest.raises(MakerFailed) as caught:
            failing.make(RECIPE, {})
        assert caught.value.retryable
    assert failing.make(RECIPE, {}).width == 64


def test_it_fails_for_good_on_a_word() -> None:
    with pytest.raises(MakerFailed) as caught:
        maker(fail_on="castle").make(RECIPE, {})
    assert not caught.value.retryable


def test_a_pass_rate_is_the_share_that_passes() -> None:
    passed = [value >= 0.5 for seed in range(60) for value in values(critic(pass_rate=0.7), seed)]
    assert 0.55 < sum(passed) / len(passed) < 0.85


def test_everything_passes_from_the_attempt_it_is_told() -> None:
    late = critic(pass_from=3)
    assert max(values(late, earlier=("0" * 16,))) < 0.5
    assert min(values(late, earlier=("0" * 16, "1" * 16))) > 0.5


def test_a_word_can_never_pass() -> None:
    assert max(values(critic(fail_on="dragon"), prompt="a dragon")) < 0.5
    assert min(values(critic(fail_on="dragon"))) > 0.5


def test_it_can_have_no_opinion_of_a_kind() -> None:
    picture = maker().make(RECIPE, {}).data
    assert isinstance(critic(unscored="time").look(picture, [TIME], (), {})[0], Unscored)
