"""Simulated workers."""

from dataclasses import replace

import numpy as np
import pytest

from callsheet.core.errors import UnknownName
from callsheet.core.plan import Requirement
from callsheet.core.take import Recipe, Score
from callsheet.evals.schedule.work import SECONDS, crew_of
from callsheet.models.simulated import Pace, SimulatedWorkers, heavy_tail
from callsheet.tools.virtual_time import VirtualLoop, run_virtually

ASKED = Requirement(id="existence:castle", kind="existence", subject="castle", value="", asks="a castle")
RECIPE = Recipe(
    maker="simulated", kind="simulated", make="still", source="", revision="", weights_digest="", prompt="a castle",
    negative="", seed=1, width=64, height=64, steps=1, guidance=1.0,
)  # fmt: skip


def test_a_heavy_tail_has_the_nominal_mean_and_a_tail() -> None:
    drawn = [heavy_tail(10.0, str(key)) for key in range(4000)]
    assert np.mean(drawn) == pytest.approx(10.0, rel=0.05)
    assert max(drawn) > 4 * np.median(drawn)


def test_a_take_takes_its_time_and_says_that_nobody_drew_it() -> None:
    async def make(_: VirtualLoop) -> str:
        return (await SimulatedWorkers(crew_of(1), Pace()).make("simulated", RECIPE, {}, token="t")).worker

    worker, seconds = run_virtually(make)
    assert worker == "simulated"
    assert seconds in (pytest.approx(0.68 * SECONDS), pytest.approx(4.7 * SECONDS))


def test_the_share_of_takes_that_pass_is_the_one_asked_for() -> None:
    async def looks(_: VirtualLoop) -> list[float]:
        workers = SimulatedWorkers(crew_of(1), Pace(passes=0.7))
        found = [await workers.look(f"simulated {number}".encode(), [ASKED], (), {}) for number in range(2000)]
        return [one.value for (one,) in found if isinstance(one, Score)]

    values, _ = run_virtually(looks)
    assert np.mean([value > 0.5 for value in values]) == pytest.approx(0.7, abs=0.03)


def test_nobody_of_that_name_is_an_error() -> None:
    async def make(_: VirtualLoop) -> None:
        await SimulatedWorkers(crew_of(1), Pace()).make("nobody", replace(RECIPE, maker="nobody"), {}, token="t")

    with pytest.raises(UnknownName):
        run_virtually(make)
