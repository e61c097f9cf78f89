"""Rates corrected for a judge's errors, against the truth that was blurred to make them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsheet.evals.judge.correction import Trust, corrected, corrected_losses, wilson

trusts = st.builds(Trust, st.floats(0.6, 1.0), st.floats(0.6, 1.0))


@given(st.floats(0, 1), trusts)
def test_a_blurred_rate_is_corrected_to_the_true_one(truth: float, trust: Trust) -> None:
    judged = truth * trust.sensitivity + (1 - truth) * (1 - trust.specificity)
    assert corrected(judged, trust) == pytest.approx(truth, abs=1e-5)


def test_losses_made_by_the_judge_alone_are_taken_away() -> None:
    dice, trust = np.random.default_rng(0), Trust(0.9, 0.8)
    before = dice.random(40_000) < 0.6  # and nothing is lost: what was right stays right
    after = before | (dice.random(40_000) < 0.2)
    judged = [
        [bool(dice.random() < (trust.sensitivity if one else 1 - trust.specificity)) for one in side]
        for side in (before, after)
    ]
    pairs = list(zip(*judged, strict=True))
    assert np.mean([a and not b for a, b in pairs]) > 0.05
    assert corrected_losses(pairs, trust) == pytest.approx(0.0, abs=0.01)


def test_true_losses_stay() -> None:
    assert corrected_losses([(True, False), (True, True), (False, False), (True, True)], Trust(1.0, 1.0)) == 0.25
    assert corrected_losses([], Trust(0.9, 0.9)) == 0.0


@given(st.integers(1, 500), st.data())
def test_an_interval_holds_its_rate(count: int, data: st.DataObject) -> None:
    rate = data.draw(st.integers(0, count)) / count
    low, high = wilson(rate, count)
    assert 0 <= low <= rate + 1e-4
    assert rate - 1e-4 <= high <= 1
