"""Who gets the room."""

from dataclasses import replace
from math import inf

from hypothesis import assume, given
from hypothesis import strategies as st

from callsheet.models.lines.hand import Place
from callsheet.models.lines.placement import (
    URGENT,
    Spot,
    Standing,
    best_spot,
    cost_seconds,
    drain_seconds,
    helped_seconds,
    pays,
)

SPEEDS = st.floats(0.1, 10)
LINES = st.builds(
    Standing,
    line=st.just("line"),
    work_seconds=st.floats(0, 1e4),
    unmet=st.integers(0, 50),
    take_seconds=st.floats(0.1, 60),
    load_seconds=st.floats(0.1, 120),
    speed=st.one_of(st.just(0.0), st.floats(0.1, 50)),
)


@given(LINES, LINES, SPEEDS, SPEEDS)
def test_a_swap_that_pays_has_the_last_line_through_sooner(
    line: Standing, giver: Standing, gained: float, lost: float
) -> None:
    giver = replace(giver, speed=giver.speed + lost)
    spot = Spot(place=Place(), speed=gained, givers=((giver, lost),))
    assume(pays(line, spot))
    before = max(drain_seconds(line), drain_seconds(giver))
    assert cost_seconds(line, spot) < before


@given(LINES, LINES, SPEEDS, SPEEDS)
def test_no_swap_pays_both_ways(line: Standing, giver: Standing, gained: float, lost: float) -> None:
    giver = replace(giver, speed=giver.speed + lost)
    assume(pays(line, Spot(place=Place(), speed=gained, givers=((giver, lost),))))
    poorer, richer = replace(giver, speed=giver.speed - lost, unmet=9), replace(line, speed=line.speed + gained)
    assert not pays(poorer, Spot(place=Place(), speed=lost, givers=((richer, gained),)))


@given(LINES, LINES, SPEEDS, SPEEDS, st.floats(0, 1e4))
def test_more_work_never_makes_a_swap_pay_less(
    line: Standing, giver: Standing, gained: float, lost: float, more: float
) -> None:
    spot = Spot(place=Place(), speed=gained, givers=((replace(giver, speed=giver.speed + lost), lost),))
    assume(pays(line, spot))
    assert pays(replace(line, work_seconds=line.work_seconds + more), spot)


@given(LINES, SPEEDS)
def test_a_loaded_worker_beats_one_that_must_load_unless_the_wait_is_longer_than_the_load(
    line: Standing, speed: float
) -> None:
    if drain_seconds(line) <= line.load_seconds:
        assert not pays(line, Spot(place=Place(), speed=speed))


@given(LINES, SPEEDS)
def test_another_worker_never_makes_a_line_slower_where_it_pays(line: Standing, speed: float) -> None:
    assume(pays(line, Spot(place=Place(), speed=speed)))
    assert helped_seconds(line, speed) < drain_seconds(line)


@given(LINES)
def test_nobody_is_hired_for_a_line_whose_calls_all_have_somebody(line: Standing) -> None:
    assert not pays(replace(line, unmet=0), Spot(place=Place(), speed=10))


@given(LINES, st.floats(0, 4), SPEEDS)
def test_an_urgent_call_with_nobody_gets_somebody_whatever_others_lose(
    giver: Standing, loads_waited: float, speed: float
) -> None:
    cold = Standing(line="cold", work_seconds=10, unmet=1, take_seconds=10, load_seconds=20, speed=0, urgency=URGENT)
    only = Spot(place=Place(), speed=speed, givers=((replace(giver, speed=speed), speed),))
    assert pays(cold, only)
    patient = replace(cold, urgency=0, waited_seconds=loads_waited * 20)
    assert pays(patient, only) == (giver.work_seconds <= 0)


def test_who_has_waited_for_many_loads_gets_somebody() -> None:
    cold = Standing(line="cold", work_seconds=10, unmet=1, take_seconds=10, load_seconds=20, speed=0)
    busy = Standing(line="busy", work_seconds=9000, unmet=90, take_seconds=10, load_seconds=20, speed=1)
    spot = Spot(place=Place(), speed=1, givers=((busy, 1.0),))
    assert [pays(replace(cold, waited_seconds=waited), spot) for waited in (0, 99, 101)] == [False, False, True]


def test_free_room_is_taken_before_anybody_is_swapped_and_the_fastest_of_it() -> None:
    line = Standing(line="a", work_seconds=600, unmet=60, take_seconds=10, load_seconds=20, speed=0)
    done = Standing(line="b", work_seconds=0, unmet=0, take_seconds=10, load_seconds=20, speed=3)
    spots = [
        Spot(place=Place(name="taken"), speed=9, givers=((done, 3.0),)),
        Spot(place=Place(name="slow"), speed=1),
        Spot(place=Place(name="fast"), speed=3),
    ]
    assert best_spot(line, spots) == spots[2]
    assert best_spot(line, spots[:1]) == spots[0]
    assert drain_seconds(line) == inf
