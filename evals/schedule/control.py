"""What the control plane costs: tiny tasks on workers that take no time, every fact on disk, on one core.

`python -m callsheet.evals.schedule.control --tasks 20000 [--ray]` prints one JSON object; `measured` runs that in a
process of its own, so that memory and CPU are this production's alone.
"""

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from ...core.crew import Crew, CriticSpec, MakerSpec
from ...core.plan import Department
from ...core.ports import Workers
from ...core.settings import Settings
from ...graphs.collecting import collected_seldom
from ...graphs.floor import Floor
from ...graphs.studio import open_studio
from ...models.simulated import Pace, SimulatedWorkers
from ...tools.clock import SystemClock
from ...tools.journal import SqliteJournal
from .work import LAB, MAKER, SECONDS, STEPS, crew_of, shots, staged_tasks

_WORKERS = 100
_RAY_WORKERS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What so many tasks cost the process that drives them."""

    tasks: int
    steps: int
    """Runs of task-graph nodes, their facts durable: one to enter a task, four a take (route, make, inspect, move)."""
    seconds: float
    """From the first task's start to the last one's end."""
    cpu_seconds: float
    """Of this process, all threads."""
    rss_mib: float
    """The most memory it ever had resident."""
    db_mib: float
    """The journal with its write-ahead log."""

    @property
    def steps_per_s(self) -> float:
        """Durable steps a second."""
        return self.steps / self.seconds

    @property
    def cpu_per_step(self) -> float:
        """Seconds of CPU for one step."""
        return self.cpu_seconds / self.steps


def measured(tasks: int, *, ray: bool = False) -> Cost:
    """Measure in a new process on one core, which Ray's own processes share."""
    command = [sys.executable, "-m", __spec__.name, "--tasks", str(tasks), *(["--ray"] if ray else [])]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return Cost(**json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    """Measure one production and print what it cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, required=True)
    parser.add_argument("--ray", action="store_true")
    arguments = parser.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    print(json.dumps(asdict(asyncio.run(_cost(arguments.tasks, ray=arguments.ray)))))


async def _cost(count: int, *, ray: bool) -> Cost:
    """Run tasks and say what they cost, the workers up before the clock starts."""
    tasks = shots(-(-count // STEPS))[:count]
    crew, workers = _hired(ray=ray)
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "journal.db"
        journal = SqliteJournal.open(path, clock=SystemClock())
        try:
            async with staged_tasks(tasks, crew, workers, journal, {}) as stage:
                await workers.start([MAKER])
                began, cpu = time.perf_counter(), time.process_time()
                with collected_seldom():
                    await Floor(stage, [Department(name=LAB, workers=count, share=1.0)], lambda _: SECONDS).run()
                seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
                takes = sum(len(record.takes) for record in journal.history.tasks.values())
                db = sum(file.stat().st_size for file in path.parent.iterdir())
        finally:
            await workers.close()
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return Cost(
        tasks=count,
        steps=count + 4 * takes,
        seconds=seconds,
        cpu_seconds=cpu,
        rss_mib=rss / 2**10,
        db_mib=db / 2**20,
    )


def _hired(*, ray: bool) -> tuple[Crew, Workers]:
    if not ray:
        crew = crew_of(_WORKERS)
        return crew, SimulatedWorkers(crew, Pace(seconds=lambda _nominal, _key: 0.0))
    maker = MakerSpec(
        name=MAKER, kind="fake", makes=("still",), usd=0.001, width=8, height=8,
        replicas_min=_RAY_WORKERS, replicas_max=_RAY_WORKERS,
    )  # fmt: skip
    critic = CriticSpec(name="eye", kind="fake", checks=("existence",), settings={"pass_rate": Pace().passes})
    crew = Crew(name="fake", makers=(maker,), critics=(critic,), cores=_RAY_WORKERS)
    return crew, open_studio(Settings(home="ray", learn=False)).hire(crew)


if __name__ == "__main__":
    main()
