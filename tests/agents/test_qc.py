"""QC turns opinions into verdicts."""

from statistics import mean, pstdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsheet.agents.qc import judge, weakest
from callsheet.core.plan import Requirement
from callsheet.core.take import Score, Unscored

TWO = Requirement(id="count:tower=2", kind="count", subject="tower", value="2", asks="two towers")
DUSK = Requirement(id="time=dusk", kind="time", subject="", value="dusk", asks="at dusk")
WISH = Requirement(id="style=ink", kind="style", subject="", value="ink", asks="in ink", must=False)


def said(requirement: Requirement, value: float, critic: str = "clip", evidence: str = "") -> Score:
    return Score(requirement=requirement.id, critic=critic, value=value, evidence=evidence)


def test_a_take_passes_when_every_must_have_reaches_the_floor() -> None:
    assert judge("t", [TWO, DUSK], [said(TWO, 0.9), said(DUSK, 0.6)], floor=0.6).passed


def test_one_must_have_below_the_floor_fails_the_take_and_is_named_in_words() -> None:
    verdict = judge("t", [TWO, DUSK], [said(TWO, 0.2, evidence="looks like three towers"), said(DUSK, 0.9)], floor=0.6)
    assert not verdict.passed
    assert [one.says for one in verdict.findings] == ["asked for two towers; looks like three towers"]


def test_a_present_thing_that_was_forbidden_is_named_so() -> None:
    none = Requirement(id="absence:gold dragon", kind="absence", subject="dragon", value="gold", asks="a gold dragon")
    verdict = judge("t", [none], [said(none, 0.1, evidence="looks like a gold dragon, 0.90")], floor=0.6)
    assert verdict.findings[0].says == "asked for no gold dragon; looks like a gold dragon, 0.90"


def test_an_unscored_must_have_never_passes() -> None:
    opinions = [said(TWO, 0.99), Unscored(requirement=DUSK.id, critic="clip", reason="unknown word")]
    verdict = judge("t", [TWO, DUSK], opinions, floor=0.1)
    assert not verdict.passed
    assert verdict.unchecked == (DUSK.id,)


def test_a_failed_wish_does_not_fail_the_take_but_lowers_how_close_it_is() -> None:
    good = judge("t", [TWO, WISH], [said(TWO, 0.9), said(WISH, 0.9)], floor=0.6)
    poor = judge("t", [TWO, WISH], [said(TWO, 0.9), said(WISH, 0.1)], floor=0.6)
    assert good.passed
    assert poor.passed
    assert poor.close < good.close
    assert poor.right == good.right


def test_of_several_opinions_the_least_counts() -> None:
    opinions = [said(TWO, 0.95), said(TWO, 0.3, critic="second")]
    assert not judge("t", [TWO], opinions, floor=0.6).passed


@given(st.floats(0, 1), st.floats(0, 1))
def test_of_two_opinions_the_least_is_their_mean_minus_their_spread(one: float, other: float) -> None:
    found = weakest([TWO], [said(TWO, one), said(TWO, other, critic="second")])
    assert found == pytest.approx(mean([one, other]) - pstdev([one, other]), abs=1e-9)


@given(st.lists(st.floats(0, 1), min_size=3, max_size=5), st.floats(0, 1))
def test_one_of_many_critics_scoring_higher_never_lowers_what_counts(values: list[float], higher: float) -> None:
    raised = [max(values[0], higher), *values[1:]]
    before, after = ([said(TWO, v, critic=f"c{n}") for n, v in enumerate(some)] for some in (values, raised))
    assert (weakest([TWO], after) or 0) >= (weakest([TWO], before) or 0)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0.01, 0.99))
def test_a_higher_score_never_turns_a_pass_into_a_failure(low: float, high: float, floor: float) -> None:
    low, high = sorted((low, high))
    worse = judge("t", [TWO], [said(TWO, low)], floor=floor)
    better = judge("t", [TWO], [said(TWO, high)], floor=floor)
    assert better.passed >= worse.passed
    assert better.right >= worse.right
    assert 0 <= better.right <= 1
