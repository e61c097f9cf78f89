"""What the framework costs: 200 variations through the whole product against a bare loop, takes per second.

Both run the same recipes on the same checkpoint with the same critics, warm, one process per core. The bare loop makes
and looks and nothing else; ours also plans, routes, reserves, journals, stores, judges and publishes. They run one
after the other, twice, and the better run of each counts.

`python -m callsheet.evals.bench_overhead --json [--quick]`
"""

import asyncio
import multiprocessing
import time
from collections.abc import Sequence
from dataclasses import replace
from multiprocessing.synchronize import Barrier
from pathlib import Path

from ..agents.router import route
from ..core.crew import Crew
from ..core.fact import TakeScored
from ..core.plan import Gate, Plan, Requirement, Task
from ..core.take import Recipe
from ..graphs.planning import call_sheet
from ..models.hosting import build_maker, build_panel
from .reporting import parse_bench_arguments, report, tell
from .staging import run_all, staged

BRIEF = Path(__file__).parents[1] / "briefs" / "lighting_variations.yaml"


def main() -> None:
    """Measure and report."""
    arguments = parse_bench_arguments(__doc__ or "")
    called = call_sheet(BRIEF, seed=arguments.seed, budget_usd=50.0)
    stills = [replace(task, gate=Gate(floor=0.01, rounds=0)) for task in called.plan.tasks if task.make == "still"]
    tasks = stills[:24] if arguments.quick else stills
    plan = replace(called.plan, tasks=tuple(tasks), shots=())
    work = [(_recipe(task, called.crew, plan), task.requirements) for task in tasks]
    bare, ours = [], []
    for turn in range(1 if arguments.quick else 2):
        bare.append(len(tasks) / run_bare(called.crew, work))
        ours.append(len(tasks) / asyncio.run(run_ours(called.crew, plan)))
        tell(f"turn {turn + 1}: bare {bare[-1]:.3f}, ours {ours[-1]:.3f} takes per second")
    report(
        "overhead",
        {
            "ratio": round(max(ours) / max(bare), 4),
            "ours_takes_per_second": round(max(ours), 4),
            "bare_takes_per_second": round(max(bare), 4),
            "takes": len(tasks),
            "processes": called.crew.cores,
        },
    )


def _recipe(task: Task, crew: Crew, plan: Plan) -> Recipe:
    choice = route(task, crew, attempt=1, seed=plan.seed, inputs=(), moves=(), aspect=plan.aspect)
    assert choice is not None
    return choice.recipe


def run_bare(crew: Crew, work: Sequence[tuple[Recipe, tuple[Requirement, ...]]]) -> float:
    """Give the seconds that one process per core takes for the work, models loaded and warmed before."""
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(crew.cores + 1)
    shares = [work[start :: crew.cores] for start in range(crew.cores)]
    processes = [context.Process(target=_bare_loop, args=(crew, share, barrier)) for share in shares]
    for process in processes:
        process.start()
    barrier.wait()
    began = time.perf_counter()
    for process in processes:
        process.join()
    if any(process.exitcode for process in processes):
        raise SystemExit("a process of the bare loop failed; its error is above")
    return time.perf_counter() - began


def _bare_loop(crew: Crew, work: Sequence[tuple[Recipe, tuple[Requirement, ...]]], barrier: Barrier) -> None:
    makers = {recipe.maker: build_maker(crew.maker(recipe.maker)) for recipe, _ in work}
    panel = build_panel(crew.critics)
    recipe, requirements = work[0]
    panel.look(makers[recipe.maker].make(recipe, {}).data, requirements, ())
    barrier.wait()
    for recipe, requirements in work:
        panel.look(makers[recipe.maker].make(recipe, {}).data, requirements, ())


async def run_ours(crew: Crew, plan: Plan) -> float:
    """Give the seconds that the production takes from greenlight to its last publish, the crew up and warmed before."""
    async with staged(plan, crew) as stage:
        warm = [_recipe(plan.tasks[0], crew, plan)] * crew.cores
        async with asyncio.TaskGroup() as group:
            made = [group.create_task(stage.workers.make(one.maker, one, {}, token="warm")) for one in warm]
        await stage.workers.look(made[0].result().data, plan.tasks[0].requirements, ())
        began = time.perf_counter()
        await run_all(stage, plan)
        seconds = time.perf_counter() - began
        looked_at = sum(1 for entry in stage.journal.history.entries if isinstance(entry.fact, TakeScored))
        assert looked_at == len(plan.tasks), "every take must have been looked at"
        return seconds


if __name__ == "__main__":
    main()
