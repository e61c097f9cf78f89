"""What rented machines cost adds up, whoever drove, and nobody's time is lost or counted twice."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.core.call import CallReserved
from callsheet.core.fact import Entry, Fact, LeaseTaken, TakeMade
from callsheet.core.machines import MachineCame, MachineLeft, WorkerLeft, WorkerLoaded
from callsheet.core.money import shared_out, to_micros
from callsheet.core.rent import NOBODY, Meter, Rent
from callsheet.core.take import Recipe, Take

START = datetime(2026, 11, 20, 12, tzinfo=UTC)
RECIPE = Recipe(
    maker="s", kind="sketch", make="still", source="", revision="", weights_digest="", prompt="", negative="",
    seed=1, width=8, height=8, steps=1, guidance=1.0,
)  # fmt: skip
HOUR = 3600.0


def told(*rows: tuple[float, Fact]) -> Meter:
    return Meter.of(
        Entry(seq=number, at=(START + timedelta(seconds=second)).isoformat(), fact=fact)
        for number, (second, fact) in enumerate(rows, 1)
    )


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def came(machine: str = "m1", *, was_there: bool = False, usd: float = 1.0) -> MachineCame:
    return MachineCame(
        machine=machine,
        usd_per_hour=usd,
        boot_seconds=0.0 if was_there else 120.0,
        idle_seconds=300.0,
        was_there=was_there,
    )


def take(number: int, worker: str, department: str, seconds: float) -> tuple[Fact, Fact]:
    key, name = f"call{number}", f"task{number}"
    reserved = CallReserved(key=key, task=name, department=department, maker="s", micros=1, token="t", recipe=RECIPE)
    made = Take(
        id=f"{name}/t01", task=name, number=1, recipe=RECIPE, digest="d", width=8, height=8, usd=0.0,
        seconds=seconds, worker=worker,
    )  # fmt: skip
    return reserved, TakeMade(task=name, key=key, token="t", micros=1, take=made)


def rent_of(meter: Meter, seconds: float, *, is_over: bool = False) -> Rent:
    rent = meter.rent(at(seconds), is_over=is_over)
    assert rent
    return rent


def test_where_nothing_was_rented_there_is_no_rent() -> None:
    assert Meter().rent(START) is None


def test_a_machine_is_paid_for_from_its_order_until_it_is_seen_to_go() -> None:
    meter = told((0, came()), (HOUR - 120, MachineLeft(machine="m1", how="gone")))
    assert rent_of(meter, 2 * HOUR).usd == 1.0
    assert not meter.up


def test_a_machine_that_is_left_to_its_cluster_is_paid_for_until_it_was_idle_for_as_long_as_is_agreed() -> None:
    meter = told((0, came()), (HOUR - 420, MachineLeft(machine="m1", how="released")))
    assert rent_of(meter, 2 * HOUR).usd == 1.0


def test_a_delivery_counts_in_the_last_idle_time_of_what_is_up() -> None:
    meter = told((0, came()))
    assert rent_of(meter, HOUR - 420, is_over=True).usd == 1.0
    assert rent_of(meter, HOUR - 120).usd == 1.0


def test_a_machine_that_was_there_before_us_is_paid_for_from_when_we_came() -> None:
    assert rent_of(told((0, came(was_there=True))), HOUR).usd == 1.0


def test_a_machine_whose_driver_was_killed_is_still_up() -> None:
    meter = told((0, came()), (60, WorkerLoaded(worker="s/1", machine="m1", seconds=20)))
    assert [stay.machine for stay in meter.up] == ["m1"]


def test_a_machine_that_was_never_given_back_is_paid_for_all_the_while_and_named() -> None:
    meter = told(
        (0, LeaseTaken(epoch=1, holder="a")),
        (0, came()),
        (780, WorkerLoaded(worker="s/1", machine="m1", seconds=20)),
        (HOUR, LeaseTaken(epoch=2, holder="b")),
        (HOUR, came(was_there=True)),
    )
    assert rent_of(meter, HOUR).usd == pytest.approx((HOUR + 120) / HOUR, abs=1e-6)
    assert meter.forgotten_usd() == {"m1": round((HOUR - 780 - 300) / HOUR, 6)}


def test_a_machine_that_went_while_nobody_drove_is_paid_for_until_it_was_idle_long_enough() -> None:
    meter = told(
        (0, LeaseTaken(epoch=1, holder="a")),
        (0, came()),
        (HOUR - 420, WorkerLoaded(worker="s/1", machine="m1", seconds=20)),
        (5 * HOUR, LeaseTaken(epoch=2, holder="b")),
        (5 * HOUR + 1, MachineLeft(machine="m1", how="lost")),
    )
    assert rent_of(meter, 6 * HOUR).usd == 1.0


def test_a_released_machine_that_is_still_up_much_later_was_forgotten() -> None:
    meter = told(
        (0, came(was_there=True)),
        (HOUR - 300, MachineLeft(machine="m1", how="released")),
        (3 * HOUR, LeaseTaken(epoch=2, holder="b")),
        (3 * HOUR, came(was_there=True)),
    )
    assert meter.forgotten_usd() == {"m1": 2.0}
    assert rent_of(meter, 3 * HOUR).usd == 3.0


def test_another_price_counts_from_when_it_is_told() -> None:
    meter = told((0, came(was_there=True)), (HOUR, came(was_there=True, usd=3.0)))
    assert rent_of(meter, 2 * HOUR).usd == 4.0


def test_a_machines_price_is_shared_out_by_the_seconds_its_workers_had_of_each_department() -> None:
    meter = told(
        (0, came(was_there=True)),
        (0, came("m2", was_there=True)),
        (10, WorkerLoaded(worker="s/1", machine="m1", seconds=10)),
        (10, WorkerLoaded(worker="s/2", machine="m2", seconds=10)),
        *((20.0, fact) for fact in take(1, "s/1", "sets", 30.0)),
        *((30.0, fact) for fact in take(2, "s/1", "cast", 10.0)),
        *((40.0, fact) for fact in take(3, "s/2", "cast", 5.0)),
    )
    assert rent_of(meter, HOUR).usd_by_department == {"cast": 1.25, "sets": 0.75}


def test_what_nobody_worked_on_is_everybodys_and_before_anybody_worked_it_is_nobodys() -> None:
    idle = told((0, came(was_there=True)))
    assert rent_of(idle, HOUR).usd_by_department == {NOBODY: 1.0}
    one_works = told(
        (0, came(was_there=True)),
        (0, came("m2", was_there=True)),
        (1, WorkerLoaded(worker="s/1", machine="m1", seconds=1)),
        *((9.0, fact) for fact in take(1, "s/1", "sets", 8.0)),
    )
    assert rent_of(one_works, HOUR).usd_by_department == {"sets": 2.0}


def test_a_workers_time_is_making_loading_or_idle() -> None:
    meter = told(
        (0, came(was_there=True)),
        (100, WorkerLoaded(worker="s/1", machine="m1", seconds=100)),
        *((800.0, fact) for fact in take(1, "s/1", "sets", 700.0)),
    )
    rent = rent_of(meter, 1000)
    assert (rent.busy, rent.loading, round(rent.idle, 4)) == (0.7, 0.1, 0.2)


def test_two_workers_on_one_machine_have_twice_its_time() -> None:
    meter = told(
        (0, came(was_there=True)),
        (0, WorkerLoaded(worker="s/1", machine="m1", seconds=0)),
        (0, WorkerLoaded(worker="s/2", machine="m1", seconds=0)),
        *((1000.0, fact) for fact in take(1, "s/1", "sets", 1000.0)),
        (1000, WorkerLeft(worker="s/1", machine="m1")),
        (1000, WorkerLoaded(worker="s/3", machine="m1", seconds=0)),
    )
    assert rent_of(meter, 1000).busy == 0.5


_MACHINES, _TEAMS = ("m1", "m2", "m3"), ("sets", "cast", "post")


@st.composite
def stories(draw: st.DrawFn) -> Sequence[tuple[float, Fact]]:
    """Give what may happen to machines, sense or not."""
    rows, now = list[tuple[float, Fact]](), 0.0
    for number in range(draw(st.integers(1, 25))):
        now += draw(st.floats(0, 500))
        machine, worker = draw(st.sampled_from(_MACHINES)), draw(st.sampled_from(("s/1", "s/2")))
        match draw(st.integers(0, 5)):
            case 0:
                rows.append((now, came(machine, was_there=draw(st.booleans()), usd=draw(st.sampled_from((0.0, 0.7))))))
            case 1:
                rows.append(
                    (now, MachineLeft(machine=machine, how=draw(st.sampled_from(("gone", "released", "lost")))))
                )
            case 2:
                rows.append((now, WorkerLoaded(worker=worker, machine=machine, seconds=draw(st.floats(0, 50)))))
            case 3:
                rows.append((now, WorkerLeft(worker=worker, machine=machine)))
            case 4:
                rows.append((now, LeaseTaken(epoch=number, holder="h")))
            case _:
                seconds, team = draw(st.floats(0, 100)), draw(st.sampled_from(_TEAMS))
                rows += [(now, fact) for fact in take(number, worker, team, seconds)]
    return rows


@settings(max_examples=60, deadline=None)
@given(stories())
def test_the_departments_parts_add_up_to_the_whole_and_it_only_ever_grows(rows: Sequence[tuple[float, Fact]]) -> None:
    meter, now = told(*rows), rows[-1][0]
    rent = meter.rent(at(now))
    if rent is None:
        return
    assert sum(map(to_micros, rent.usd_by_department.values())) == to_micros(rent.usd) == to_micros(meter.usd(at(now)))
    assert all(usd >= 0 for usd in rent.usd_by_department.values())
    assert 0 <= rent.busy + rent.loading <= 1.0001
    assert meter.usd(at(now + 100)) >= rent.usd
    assert rent_of(meter, now, is_over=True).usd >= rent.usd


@given(st.integers(0, 10**9), st.dictionaries(st.text(max_size=3), st.floats(0, 1e6), max_size=6))
def test_parts_of_an_amount_add_up_to_it_wherever_anything_weighs(micros: int, weights: dict[str, float]) -> None:
    parts = shared_out(micros, weights)
    assert parts.keys() == weights.keys()
    assert all(part >= 0 for part in parts.values())
    assert sum(parts.values()) == (micros if sum(weights.values()) else 0)
