"""Made-up productions for the schedule's benches: shots of three steps on workers that only take time."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..core.crew import Crew, CriticSpec, MakerSpec
from ..core.fact import Greenlit, ProductionPlanned
from ..core.plan import Gate, Requirement, Task
from ..graphs.schedule import chain_seconds, run_schedule
from ..graphs.stage import Stage
from ..graphs.task import task_graph
from ..models.simulated import Pace, SimulatedWorkers
from ..tools.assets import MemoryStore
from ..tools.clock import SystemClock
from ..tools.journal import SqliteJournal
from ..tools.virtual_time import VirtualLoop, run_virtually

STEPS = 3
SECONDS = 20.0
"""Nominal seconds of one take."""

_ASKED = (Requirement(id="existence:castle", kind="existence", subject="castle", value="", asks="a castle"),)
_LIVE_PER_WORKER = 3


def crew_of(workers: int) -> Crew:
    """Hire one maker for everything, as many at once as there are workers."""
    maker = MakerSpec(
        name="simulated", kind="simulated", makes=("still", "composite", "grade"), usd=0.001, seconds=SECONDS
    )
    return Crew(
        name="simulated", makers=(maker,), critics=(CriticSpec(name="eye", kind="fake", checks=()),), cores=workers
    )


def shots(count: int) -> tuple[Task, ...]:
    """Plan shots of three steps, each made from the one before; every step may need another take."""
    tasks: list[Task] = []
    for number in range(count):
        names = [f"sh{number:05d}_{step}" for step in range(STEPS)]
        for step, name in enumerate(names):
            tasks.append(
                Task(
                    name=name,
                    department="lab",
                    make="still",
                    prompt="a castle",
                    inputs=(names[step - 1],) if step else (),
                    requirements=_ASKED,
                    gate=Gate(rounds=6),
                    envelope_usd=1.0,
                )
            )
    return tuple(tasks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How one production went."""

    tasks: int
    takes: int
    makespan: float
    """Virtual seconds."""
    bound: float
    """Virtual seconds no schedule can beat: the longest chain of what its takes really took, or all work shared out."""
    steps: int
    """Runs of task-graph nodes: one to enter a task, four a take (route, make, inspect, move)."""

    @property
    def ratio(self) -> float:
        """Makespan over bound."""
        return self.makespan / self.bound


def run(tasks: Sequence[Task], *, workers: int, seed: int = 0, journal: Path | None = None) -> Ran:
    """Run the real scheduler, task graphs and journal on simulated workers in virtual time."""
    return run_virtually(lambda loop: _run(loop, tasks, workers, Pace(seed=seed), journal))[0]


async def _run(loop: VirtualLoop, tasks: Sequence[Task], workers: int, pace: Pace, path: Path | None) -> Ran:
    crew = crew_of(workers)
    hired = SimulatedWorkers(crew, pace)
    journal = SqliteJournal.open(path, clock=SystemClock())
    loop.wait_for_real(lambda: journal.is_writing)
    if path:
        await journal.take_lease("bench")
    planned = ProductionPlanned(
        title="bench", brief_digest="", plan_digest="", crew_digest="", seed=0, budget_usd=1e6, tasks=len(tasks)
    )
    await journal.record(planned, Greenlit(plan_digest="", by="bench"))
    chain = chain_seconds(tasks, lambda _: SECONDS)
    stage = Stage(
        production="bench",
        seed=0,
        tasks={task.name: task for task in tasks},
        crew=crew,
        journal=journal,
        store=MemoryStore(),
        workers=hired,
        chain=chain,
    )
    graph = task_graph(stage)

    async def run_task(name: str) -> None:
        await graph.ainvoke({"task": name}, {"recursion_limit": 80})

    began = loop.time()
    await run_schedule(tasks, run_task, rooms={"lab": len(tasks)}, chain=chain, live=_LIVE_PER_WORKER * workers)
    makespan = loop.time() - began
    records = journal.history.tasks
    took = {name: sum(take.seconds for take in record.takes) for name, record in records.items()}
    takes = sum(len(record.takes) for record in records.values())
    longest = max(chain_seconds(tasks, lambda task: took[task.name]).values())
    await journal.close()
    return Ran(
        tasks=len(tasks),
        takes=takes,
        makespan=makespan,
        bound=max(longest, hired.busy_seconds / workers),
        steps=len(tasks) + 4 * takes,
    )
