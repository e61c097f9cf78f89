"""Made-up productions for the schedule's benches: shots of three tasks on workers that only take time."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from ...agents.router import seed_of
from ...core.crew import Crew, CriticSpec, MakerSpec
from ...core.fact import Greenlit, ProductionPlanned
from ...core.plan import Gate, Requirement, Task
from ...core.ports import Workers
from ...core.timing import chain_seconds
from ...graphs.floor import LIVE_PER_WORKER
from ...graphs.schedule import run_schedule
from ...graphs.stage import Stage
from ...graphs.task import task_graph
from ...models.simulated import Pace, SimulatedWorkers
from ...tools.assets import MemoryStore
from ...tools.clock import SystemClock
from ...tools.journal import SqliteJournal
from ...tools.virtual_time import VirtualLoop, run_virtually
from .rivals import Rival

STEPS: Final = 3
"""Tasks of a shot, each made from the one before."""

SECONDS: Final = 20.0
"""Nominal seconds of one take."""

LAB: Final = "lab"
MAKER: Final = "simulated"
_JOBS: Final = {"character": (), "plate": (), "comp": ("character", "plate"), "grade": ("comp",), "edit": ("grade",)}
"""The jobs of a shot, each with those it is made from."""
_ROUNDS: Final = 6
_ASKED = (Requirement(id="existence:castle", kind="existence", subject="castle", value="", asks="a castle"),)


def crew_of(workers: int) -> Crew:
    """Hire one maker for everything, as many at once as there are workers."""
    maker = MakerSpec(name=MAKER, kind="simulated", makes=("still",), usd=0.001, seconds=SECONDS)
    return Crew(
        name="simulated", makers=(maker,), critics=(CriticSpec(name="eye", kind="fake", checks=()),), cores=workers
    )


def shots(count: int) -> tuple[Task, ...]:
    """Plan shots of three tasks, each made from the one before; each may need another take."""
    return tuple(task for number in range(count) for task in _row(f"sh{number:05d}", ()))


def jobs(count: int) -> tuple[Task, ...]:
    """Plan so many jobs of three tasks each, five jobs a shot: character and plate, then composite, grade and edit."""
    planned: list[Task] = []
    for number in range(-(-count // len(_JOBS))):
        for name, sources in _JOBS.items():
            inputs = tuple(f"sh{number:05d}_{source}_{STEPS - 1}" for source in sources)
            planned += _row(f"sh{number:05d}_{name}", inputs)
    return tuple(planned[: count * STEPS])


def _row(name: str, inputs: tuple[str, ...]) -> list[Task]:
    """Plan tasks that follow one another, the first from these inputs."""
    return [
        Task(
            name=f"{name}_{step}",
            department=LAB,
            make="still",
            prompt="a castle",
            inputs=(f"{name}_{step - 1}",) if step else inputs,
            requirements=_ASKED,
            gate=Gate(rounds=_ROUNDS),
            envelope_usd=1.0,
        )
        for step in range(STEPS)
    ]


def takes_of(tasks: Sequence[Task], pace: Pace) -> dict[str, list[float]]:
    """Give the seconds of every take each task needs, whoever schedules them: seeds say how long, and which is good."""
    return {task.name: list(_seconds_until_good(task, pace)) for task in tasks}


def _seconds_until_good(task: Task, pace: Pace) -> Sequence[float]:
    seconds: list[float] = []
    for attempt in range(1, task.gate.rounds + 2):
        seed = seed_of(0, task.name, attempt)
        seconds.append(pace.seconds(SECONDS, pace.key_of(MAKER, seed)))
        if pace.is_good(MAKER, seed) or _is_flat(attempt):
            break
    return seconds


def _is_flat(attempt: int) -> bool:
    """Say whether the reviser gives up: of three takes that fail alike the last two brought nothing."""
    return attempt == 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How one production went."""

    tasks: int
    takes: int
    makespan: float
    """Virtual seconds."""
    bound: float
    """Virtual seconds no schedule can beat: the longest chain of what its takes really took, or all work shared out."""

    @property
    def steps(self) -> int:
        """Runs of task-graph nodes: one to enter a task, four a take (route, make, inspect, move)."""
        return self.tasks + 4 * self.takes

    @property
    def ratio(self) -> float:
        """Makespan over bound."""
        return self.makespan / self.bound


def ran(tasks: Sequence[Task], takes: Mapping[str, Sequence[float]], *, workers: int, makespan: float) -> Ran:
    """Hold a makespan against what no schedule can beat."""
    took = {name: sum(seconds) for name, seconds in takes.items()}
    longest = max(chain_seconds(tasks, lambda task: took[task.name]).values())
    count = sum(map(len, takes.values()))
    return Ran(tasks=len(tasks), takes=count, makespan=makespan, bound=max(longest, sum(took.values()) / workers))


Order = Literal["expected", "known", "arrival"]
"""Longest chain first, by the seconds tasks are expected to take or by those they really will take, which nobody can
know; or first come, first served."""


def run(
    tasks: Sequence[Task], *, workers: int, seed: int = 0, journal: Path | None = None, order: Order = "expected"
) -> Ran:
    """Run the real scheduler, task graphs and journal on simulated workers in virtual time.

    Args:
        tasks: from `shots`.
        workers: calls at once.
        seed: of the takes' seconds and luck.
        journal: a file; None keeps it in memory.
        order: who goes first.
    """
    return run_virtually(lambda loop: _run(loop, tasks, workers, Pace(seed=seed), path=journal, order=order))[0]


async def _run(
    loop: VirtualLoop, tasks: Sequence[Task], workers: int, pace: Pace, *, path: Path | None, order: Order
) -> Ran:
    crew = crew_of(workers)
    journal = SqliteJournal.open(path, clock=SystemClock())
    loop.wait_for_real(lambda: journal.is_writing)
    chain = _chain(tasks, pace, order)
    async with staged_tasks(tasks, crew, SimulatedWorkers(crew, pace), journal, chain) as stage:
        began = loop.time()
        await run_all(stage, tasks, live=LIVE_PER_WORKER * workers)
        makespan = loop.time() - began
        takes = {name: [take.seconds for take in one.takes] for name, one in stage.journal.history.tasks.items()}
    return ran(tasks, takes, workers=workers, makespan=makespan)


def _chain(tasks: Sequence[Task], pace: Pace, order: Order) -> dict[str, float]:
    match order:
        case "expected":
            return chain_seconds(tasks, lambda _: SECONDS)
        case "known":
            took = {name: sum(seconds) for name, seconds in takes_of(tasks, pace).items()}
            return chain_seconds(tasks, lambda task: took[task.name])
        case "arrival":
            return {task.name: 0.0 for task in tasks}


@asynccontextmanager
async def staged_tasks(
    tasks: Sequence[Task], crew: Crew, workers: Workers, journal: SqliteJournal, chain: dict[str, float]
) -> AsyncIterator[Stage]:
    """Open a greenlit production of these tasks, its pictures in memory; its journal is closed with it."""
    await journal.take_lease("bench")
    planned = ProductionPlanned(
        title="bench", brief_digest="", plan_digest="", crew_digest="", seed=0, budget_usd=1e6, tasks=len(tasks)
    )
    await journal.record(planned, Greenlit(plan_digest="", by="bench"))
    try:
        yield Stage(
            production="bench",
            seed=0,
            tasks={task.name: task for task in tasks},
            crew=crew,
            journal=journal,
            store=MemoryStore(),
            workers=workers,
            chain=chain,
        )
    finally:
        await journal.close()


async def run_all(stage: Stage, tasks: Sequence[Task], *, live: int) -> None:
    """Run every task by its own task graph, as the schedule says."""
    graph = task_graph(stage)

    async def run_task(name: str) -> None:
        await graph.ainvoke({"task": name}, {"recursion_limit": 80})

    await run_schedule(tasks, run_task, rooms={LAB: len(tasks)}, chain=stage.chain, live=live)


def run_rival(rival: Rival, tasks: Sequence[Task], *, workers: int, seed: int = 0) -> Ran:
    """Run what a user would write instead on the same takes, in virtual time."""
    takes = takes_of(tasks, Pace(seed=seed))

    async def program(loop: VirtualLoop) -> None:
        slots = asyncio.Semaphore(workers)

        async def call(task: str, number: int) -> None:
            async with slots:
                await asyncio.sleep(takes[task][number])

        await rival(tasks, takes, call, workers)

    _, makespan = run_virtually(program)
    return ran(tasks, takes, workers=workers, makespan=makespan)
