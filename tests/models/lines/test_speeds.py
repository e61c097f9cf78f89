"""How fast workers are, and who leaves what to whom."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsheet.models.lines.speeds import Meter, Speeds, leaves_it

FASTER = st.lists(st.tuples(st.floats(0, 100), st.floats(0.1, 30)), max_size=6)


def test_a_worker_is_taken_to_be_as_fast_as_expected_until_it_shows_otherwise() -> None:
    meter = Meter()
    assert meter.speed(2.0, 10) == 2.0
    for _ in range(60):
        meter.note(10, 30)
    assert meter.speed(2.0, 10) == pytest.approx(1 / 3, rel=0.1)


def test_what_a_line_does_on_one_machine_tells_how_fast_another_line_will_be_there() -> None:
    speeds = Speeds()
    for _ in range(100):
        speeds.note("a", "fast", 10, 10, take_seconds=10)
        speeds.note("a", "slow", 10, 30, take_seconds=10)
        speeds.note("b", "fast", 10, 5, take_seconds=10)
    assert speeds.expected("b", "slow") == pytest.approx(2 / 3, rel=0.1)


@given(st.floats(0.1, 100), FASTER, st.integers(1, 20))
def test_nothing_is_left_to_nobody_and_more_waiting_is_never_left_sooner(
    seconds: float, faster: list[tuple[float, float]], waiting: int
) -> None:
    assert not leaves_it(seconds, [], waiting)
    if leaves_it(seconds, faster, waiting + 1):
        assert leaves_it(seconds, faster, waiting)


@given(st.floats(0.1, 100), FASTER, st.integers(1, 20))
def test_what_is_left_to_faster_workers_is_done_by_them_sooner(
    seconds: float, faster: list[tuple[float, float]], waiting: int
) -> None:
    if leaves_it(seconds, faster, waiting):
        free = sorted(faster)
        for _ in range(waiting):  # each call to whoever would be through with it first
            done, each = min((free_in + each, each) for free_in, each in free)
            assert done <= seconds + 1e-6
            free.remove((done - each, each) if (done - each, each) in free else min(free, key=sum))
            free.append((done, each))
