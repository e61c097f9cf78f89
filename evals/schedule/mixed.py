"""Which worker for which call: fast and slow machines, models that take long to load, and calls for each in turns.

Ours beside what a user would write instead, on the same simulated machines and the same calls.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Final

from ...core.crew import Crew, MakerSpec
from ...core.take import Recipe
from ...models.lines.hand import Job, Place
from ...models.lines.placement import URGENT
from ...models.simulated import Pace
from ...models.simulated_pool import Machines, SimulatedHand, SimulatedPool, batch_seconds
from ...tools.virtual_time import run_virtually

MODELS: Final = ("a", "b", "c")
SECONDS: Final = 10.0
"""Nominal seconds of one call, on a fast machine."""

LOAD_SECONDS: Final = 20.0

MIXED: Final = Machines(
    speeds={Place(name=f"fast-{number}", kind="fast", size=1.0): 1.0 for number in range(4)}
    | {Place(name=f"slow-{number}", kind="slow", size=1.0): 1 / 3 for number in range(8)},
    load_seconds=LOAD_SECONDS,
)

Way = Callable[[Sequence[Recipe], Pace, Machines], Coroutine[object, object, None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixed:
    """Makespans of the same calls, in virtual seconds."""

    ours: float
    equal_split: float
    fcfs: float
    own_model_first: float
    """First come, first served, but a worker takes the calls of the model it has before those of another."""
    bound: float
    """All work shared out by speed, and one load: nobody can be faster."""

    @property
    def gain_equal_split(self) -> float:
        """How many times faster ours is."""
        return self.equal_split / self.ours

    @property
    def gain_fcfs(self) -> float:
        """How many times faster ours is."""
        return self.fcfs / self.ours


def crew_of(machines: Machines, *, batch: int = 1) -> Crew:
    """Hire three models that could each fill every machine."""
    most = len(machines.speeds)
    makers = tuple(
        MakerSpec(
            name=name, kind="simulated", makes=("still",), usd=0.001, seconds=SECONDS,
            gpus=1.0, replicas_min=0, replicas_max=most, batch=batch,
        )
        for name in MODELS
    )  # fmt: skip
    return Crew(name="mixed", makers=makers, critics=(), cores=most)


def calls_in_turns(count: int) -> list[Recipe]:
    """Ask for the models in turns, each time another picture."""
    return [recipe_for(MODELS[number % len(MODELS)], number) for number in range(count)]


def recipe_for(maker: str, seed: int) -> Recipe:
    """Ask a model for a still."""
    return Recipe(
        maker=maker, kind="simulated", make="still", source="", revision="", weights_digest="",
        prompt="a castle", negative="", seed=seed, width=64, height=64, steps=1, guidance=1.0,
    )  # fmt: skip


def compare(count: int = 600, *, seed: int = 0, machines: Machines = MIXED) -> Mixed:
    """Run the same calls every way, in virtual time."""
    calls, pace = calls_in_turns(count), Pace(seed=seed)
    work = sum(pace.take_seconds(SECONDS, call) for call in calls)

    def seconds(way: Way) -> float:
        return run_virtually(lambda _: way(calls, pace, machines))[1]

    return Mixed(
        ours=seconds(ours),
        equal_split=seconds(equal_split),
        fcfs=seconds(first_come_first_served),
        own_model_first=seconds(own_model_first),
        bound=machines.load_seconds + work / sum(machines.speeds.values()),
    )


async def ours(calls: Sequence[Recipe], pace: Pace, machines: Machines) -> None:
    """Hand everything to the lines at once."""
    pool = SimulatedPool(crew_of(machines), pace, machines)
    async with asyncio.TaskGroup() as group:
        for number, call in enumerate(calls):
            group.create_task(pool.make(call.maker, call, {}, token=str(number)))
    await pool.close()


async def equal_split(calls: Sequence[Recipe], pace: Pace, machines: Machines) -> None:
    """Deal the calls out before the work begins, to every worker as many."""
    workers = [_Loader(speed, pace, machines) for speed in machines.speeds.values()]

    async def work(worker: _Loader, own: Sequence[Recipe]) -> None:
        for call in own:
            await worker.make(call)

    async with asyncio.TaskGroup() as group:
        for number, worker in enumerate(workers):
            group.create_task(work(worker, calls[number :: len(workers)]))


async def first_come_first_served(calls: Sequence[Recipe], pace: Pace, machines: Machines) -> None:
    """Have whoever is free take the next call, and load what it asks for."""
    await _serve(calls, pace, machines, lambda left, _: 0)


async def own_model_first(calls: Sequence[Recipe], pace: Pace, machines: Machines) -> None:
    """Have whoever is free take the next call for the model it has; only where there is none, load another."""
    await _serve(
        calls,
        pace,
        machines,
        lambda left, loaded: next((place for place, call in enumerate(left) if call.maker == loaded), 0),
    )


async def _serve(
    calls: Sequence[Recipe], pace: Pace, machines: Machines, choose: Callable[[Sequence[Recipe], str], int]
) -> None:
    left = list(calls)

    async def work(worker: _Loader) -> None:
        while left:
            await worker.make(left.pop(choose(left, worker.loaded)))

    async with asyncio.TaskGroup() as group:
        for speed in machines.speeds.values():  # the fast ones are asked first
            group.create_task(work(_Loader(speed, pace, machines)))


class _Loader:
    """A machine that loads whatever a call asks for."""

    def __init__(self, speed: float, pace: Pace, machines: Machines) -> None:
        self.loaded = ""
        self._hand = SimulatedHand(
            name="",
            speed=speed,
            load_seconds=machines.load_seconds,
            seconds_of=lambda recipe: pace.take_seconds(SECONDS, recipe),
        )

    async def make(self, call: Recipe) -> None:
        if call.maker != self.loaded:
            await self._hand.ready()
            self.loaded = call.maker
        await self._hand.do([Job("", call)])


def urgent_waits(*, asked: int = 60, seed: int = 0, machines: Machines = MIXED, batch: int = 1) -> list[float]:
    """Ask for urgent stills, one after another, while every worker is busy.

    Args:
        asked: how many.
        seed: of how long takes take.
        machines: the pool.
        batch: takes a worker does in one go.

    Returns:
        For each how long it waited for a worker, in gos: a take of a worker of average speed, or a whole batch of them.
    """
    return run_virtually(lambda _: _ask_urgently(asked, Pace(seed=seed), machines, batch))[0]


async def _ask_urgently(asked: int, pace: Pace, machines: Machines, batch: int) -> list[float]:
    pool = SimulatedPool(crew_of(machines, batch=batch), pace, machines)
    loop = asyncio.get_running_loop()
    go = batch_seconds([SECONDS * len(machines.speeds) / sum(machines.speeds.values())] * batch)
    crowd = [asyncio.create_task(pool.make(one.maker, one, {}, token="")) for one in calls_in_turns(40 * asked)]
    await asyncio.sleep(machines.load_seconds)
    waits = list[float]()
    for number in range(asked):
        await asyncio.sleep(1.7 * SECONDS)
        began, still = loop.time(), recipe_for(MODELS[number % len(MODELS)], -1 - number)
        made = await pool.make(still.maker, still, {}, token="", urgency=URGENT)
        waits.append((loop.time() - began - made.seconds) / go)
    for one in crowd:
        one.cancel()
    await pool.close()
    return waits
