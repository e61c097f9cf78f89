"""Real Ray workers that sleep: our schedule beside what a user would write instead, on the same workers.

Nothing is drawn but a small labelled card. The bound is made of what the takes really took.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from math import exp
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

from ...agents.director import plan_brief
from ...core.brief import Brief, DepartmentBrief, Make, TaskBrief
from ...core.crew import Crew, CriticSpec, MakerSpec
from ...core.errors import SetupError
from ...core.history import History
from ...core.plan import Plan, Task
from ...core.ports import Workers
from ...core.settings import Settings
from ...core.take import Recipe
from ...core.timing import chain_seconds
from ...graphs.floor import LIVE_PER_WORKER
from ...graphs.forecast import outlook
from ...graphs.learning import recall, remember
from ...graphs.planning import read_brief
from ...graphs.studio import open_studio
from ...tools.clock import SystemClock
from ...tools.journal import SqliteJournal
from ..staging import run_all as run_plan
from ..staging import staged
from .forecasting import Told
from .rivals import RIVALS, Rival
from .work import LAB, MAKER, Ran, ran, run_all, shots, staged_tasks

CASTLE: Final = Path(__file__).parents[2] / "briefs" / "fantasy_castle.yaml"
_KINDS = ("existence", "count", "attribute", "relation", "position", "time", "weather", "shot", "absence", "technical")
_POST: tuple[Make, ...] = ("composite", "grade", "crop", "upscale")
_LOOKING: Final = 4
"""Places for the panel's workers, beside the makers' own."""


def castle(seed: int) -> Ran:
    """Run the Fantasy Castle on 30 workers, 2 s a take, now and then 9 s, about three takes in ten refused."""
    crew = _crew(_maker(MAKER, ("still",), 25, 2.0), _maker("post", _POST, 5, 2.0), passes=0.93)
    return asyncio.run(_castle(plan_brief(read_brief(CASTLE), crew, seed=seed), crew))


async def _castle(plan: Plan, crew: Crew) -> Ran:
    async with staged(plan, crew) as stage:
        await stage.workers.start([maker.name for maker in crew.makers])
        began = time.perf_counter()
        await run_plan(stage, plan)
        return _ran(plan.tasks, stage.journal.history, workers=30, makespan=time.perf_counter() - began)


def short_takes(count: int, *, workers: int = 8, seconds: float = 0.2) -> dict[str, Ran]:
    """Run shots of three takes each, ours and in every other way, one after another on the same Ray workers.

    Args:
        count: shots.
        workers: of one maker.
        seconds: of a take, on average; now and then nearly five times as long.

    Returns:
        Ours, `fcfs` and each rival, by name.
    """
    return asyncio.run(_short_takes(shots(count), workers, seconds))


async def _short_takes(tasks: Sequence[Task], workers: int, seconds: float) -> dict[str, Ran]:
    crew = _crew(_maker(MAKER, ("still",), workers, seconds), passes=1.0)
    hired = open_studio(Settings(home="ray", learn=False)).hire(crew)
    try:
        await hired.start([MAKER])
        by_chain = chain_seconds(tasks, lambda _: seconds)
        found = {
            "ours": await _ours(tasks, crew, hired, by_chain),
            "fcfs": await _ours(tasks, crew, hired, dict.fromkeys(by_chain, 0.0)),
        }
        for name, rival in RIVALS.items():
            found[name] = await _rival(rival, tasks, workers, hired)
        return found
    finally:
        await hired.close()


async def _ours(tasks: Sequence[Task], crew: Crew, hired: Workers, chain: dict[str, float]) -> Ran:
    workers = crew.makers[0].replicas_max
    async with staged_tasks(tasks, crew, hired, SqliteJournal.open(None, clock=SystemClock()), chain) as stage:
        began = time.perf_counter()
        await run_all(stage, tasks, live=LIVE_PER_WORKER * workers)
        return _ran(tasks, stage.journal.history, workers=workers, makespan=time.perf_counter() - began)


async def _rival(rival: Rival, tasks: Sequence[Task], workers: int, hired: Workers) -> Ran:
    """Run a rival on our workers; like ours it looks at every take, and unlike ours it keeps no journal."""
    takes: dict[str, list[float]] = {task.name: [] for task in tasks}
    by_name = {task.name: task for task in tasks}
    seeds = {task.name: number for number, task in enumerate(tasks)}

    async def call(name: str, number: int) -> None:
        made = await hired.make(MAKER, _recipe(seeds[name]), {}, token=name)
        await hired.look(made.data, by_name[name].requirements, (), {})
        takes[name].append(made.seconds)

    began = time.perf_counter()
    await rival(tasks, dict.fromkeys(by_name, (1.0,)), call, workers)
    return ran(tasks, takes, workers=workers, makespan=time.perf_counter() - began)


def _ran(tasks: Sequence[Task], history: History, *, workers: int, makespan: float) -> Ran:
    takes = {task.name: [take.seconds for take in history.tasks[task.name].takes] for task in tasks}
    return ran(tasks, takes, workers=workers, makespan=makespan)


def _crew(*makers: MakerSpec, passes: float) -> Crew:
    critic = CriticSpec(name="eye", kind="fake", checks=_KINDS, settings={"pass_rate": passes})
    return Crew(
        name="asleep",
        makers=makers,
        critics=(critic,),
        cores=sum(maker.replicas_max for maker in makers) + _LOOKING,
    )


def _maker(name: str, makes: tuple[Make, ...], workers: int, seconds: float) -> MakerSpec:
    return MakerSpec(
        name=name, kind="fake", makes=makes, usd=0.001, width=16, height=16, seconds=seconds, load_seconds=2.0,
        replicas_min=workers, replicas_max=workers, settings={"seconds": seconds, "tail": True},
    )  # fmt: skip


def _recipe(seed: int) -> Recipe:
    return Recipe(
        maker=MAKER, kind="fake", make="still", source="", revision="", weights_digest="", prompt="a castle",
        negative="", seed=seed, width=16, height=16, steps=1, guidance=1.0,
    )  # fmt: skip


def forecasts(count: int) -> list[Told]:
    """Forecast productions of makers whose crew file is off, each after another one of the same makers was seen."""
    return [asyncio.run(_forecast(number)) for number in range(count)]


async def _forecast(number: int) -> Told:
    dice = Random(f"real/{number}")
    maker = _maker(MAKER, ("still",), dice.choice((2, 4)), 0.5)
    slept = {"seconds": 0.5 * exp(dice.gauss(0.0, 0.4)), "tail": True}
    crew = _crew(replace(maker, replicas_min=1, settings=slept), passes=dice.uniform(0.6, 0.95))
    keeper = open_studio(Settings(home="ray", learn=False)).hire(crew)
    try:
        await keeper.start([])  # keeps Ray up between the two
        with TemporaryDirectory() as scratch:
            history = Path(scratch) / "history.sqlite"
            await _observed(_plan(crew, dice.randint(30, 60), None, seed=1), crew, history)
            plan = _plan(crew, dice.randint(20, 60), history, seed=2)
            expected = await asyncio.to_thread(outlook, plan, crew)
            seconds, usd = await _observed(plan, crew, history)
        return Told(outlook=expected, seconds=seconds, usd=usd)
    finally:
        await keeper.close()


async def _observed(plan: Plan, crew: Crew, history: Path) -> tuple[float, float]:
    """Run a plan on real workers and remember how it went; give its seconds and what it cost."""
    async with staged(plan, crew) as stage:
        began = time.perf_counter()
        await run_plan(stage, plan)
        seconds = time.perf_counter() - began
        if why := await asyncio.to_thread(remember, history, stage, plan):
            raise SetupError(why)
        return seconds, stage.journal.bill().settled_usd


def _plan(crew: Crew, stills: int, history: Path | None, *, seed: int) -> Plan:
    tasks = {f"t{number:03d}": TaskBrief(department=LAB, prompt="one large red castle") for number in range(stills)}
    departments = {LAB: DepartmentBrief(workers=stills)}
    brief = Brief(title=f"of seed {seed}", budget_usd=50.0, departments=departments, tasks=tasks)
    return plan_brief(brief, crew, seed=seed, track_record=recall(history, brief, crew))
