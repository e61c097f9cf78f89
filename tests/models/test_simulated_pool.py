"""Simulated hands in real lines."""

import asyncio

import pytest

from callsheet.core.errors import UnknownName
from callsheet.evals.schedule.mixed import LOAD_SECONDS, MIXED, calls_in_turns, crew_of, recipe_for
from callsheet.models.simulated import Pace
from callsheet.models.simulated_pool import SimulatedPool
from callsheet.tools.virtual_time import VirtualLoop, run_virtually

STEADY = Pace(seconds=lambda nominal, _: nominal)


def pool_of(pace: Pace = STEADY, *, batch: int = 1) -> SimulatedPool:
    return SimulatedPool(crew_of(MIXED, batch=batch), pace, MIXED)


def test_a_first_take_waits_for_its_model_to_load_and_a_second_does_not() -> None:
    async def run(loop: VirtualLoop) -> list[float]:
        pool, ends = pool_of(), list[float]()
        for seed in (1, 2):
            made = await pool.make("a", recipe_for("a", seed), {}, token=str(seed))
            assert made.worker == "simulated"
            ends.append(loop.time())
        return ends

    first, second = run_virtually(run)[0]
    assert first == pytest.approx(LOAD_SECONDS + 10)
    assert second == pytest.approx(first + 10)


def test_workers_that_were_started_are_warm() -> None:
    async def run(loop: VirtualLoop) -> None:
        pool = pool_of()
        await pool.start(["a", "b"])
        assert pool.describe() == {"a": 1, "b": 1, "c": 0}
        began = loop.time()
        await pool.make("b", recipe_for("b", 1), {}, token="t")
        assert loop.time() - began == pytest.approx(10, rel=0.01) or loop.time() - began == pytest.approx(30, rel=0.01)

    run_virtually(run)


def test_the_pool_finds_out_who_is_fast() -> None:
    async def run(_: VirtualLoop) -> tuple[int, float]:
        pool = pool_of()
        calls = calls_in_turns(240)
        await asyncio.gather(*[pool.make(call.maker, call, {}, token="") for call in calls])
        await pool.close()
        return pool.loads, pool.busy_seconds

    (loads, busy), seconds = run_virtually(run)
    assert seconds < 1.15 * (LOAD_SECONDS + 2400 / sum(MIXED.speeds.values()))
    assert loads <= 3 * len(MIXED.speeds)
    assert busy < seconds * len(MIXED.speeds)


def test_the_same_seed_runs_the_same_way() -> None:
    async def run(_: VirtualLoop) -> None:
        pool = pool_of(Pace(seed=3))
        await asyncio.gather(*[pool.make(one.maker, one, {}, token="") for one in calls_in_turns(90)])

    assert run_virtually(run)[1] == run_virtually(run)[1]


def test_nobody_of_that_name_is_an_error() -> None:
    async def run(_: VirtualLoop) -> None:
        await pool_of().make("nobody", recipe_for("nobody", 1), {}, token="")

    with pytest.raises(UnknownName):
        run_virtually(run)
