"""The mixed pool, beside what a user would write instead."""

from statistics import mean

import pytest

from callsheet.evals.schedule.mixed import compare, urgent_waits


@pytest.mark.slow
def test_ours_is_a_third_faster_than_an_equal_split_and_than_first_come_first_served() -> None:
    mixed = compare()
    assert mixed.gain_equal_split > 1.3
    assert mixed.gain_fcfs > 1.3
    assert mixed.bound <= mixed.ours < 1.25 * mixed.bound


@pytest.mark.parametrize("batch", [1, 4])
def test_an_urgent_still_waits_for_less_than_a_take_though_every_worker_is_busy(batch: int) -> None:
    waits = urgent_waits(asked=15, batch=batch)
    assert mean(waits) < 0.6
    assert sorted(waits)[-2] <= 1.0
