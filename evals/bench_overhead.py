"""What the framework costs: 200 variations through the whole product against a bare loop, takes per second.

Both run the same recipes on the same checkpoint with the same critics, warm, one maker per core. The bare loop makes
and looks and nothing else; ours also plans, routes, reserves, journals, stores, judges and publishes. They take turns,
a quarter of the work each time and each of them first in every other turn, so that a machine that slows down slows
both; the figure is over all turns. `speedup_2` is the whole product on two cores over the same on one of them, and
`bare_speedup_2` what the machine itself gives the bare loop.

`python -m callsheet.evals.bench_overhead --json [--quick]`
"""

import asyncio
import multiprocessing
import os
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
_PATIENCE_SECONDS = 600.0
"""A process of the bare loop that died would be waited for for ever."""


def main() -> None:
    """Measure and report."""
    arguments = parse_bench_arguments(__doc__ or "")
    called = call_sheet(BRIEF, seed=arguments.seed, budget_usd=50.0)
    stills = [replace(task, gate=Gate(floor=0.01, rounds=0)) for task in called.plan.tasks if task.make == "still"]
    shares = [stills[:16]] if arguments.quick else [stills[start::4] for start in range(4)]
    crew = _one_maker_per_core(called.crew)
    alone = _one_maker_per_core(replace(called.crew, cores=1))
    crews = {"bare": crew, "ours": crew, "bare alone": alone, "ours alone": alone}
    seconds = dict.fromkeys(crews, 0.0)
    for turn, share in enumerate(shares, start=1):
        for who in crews if turn % 2 else reversed(crews):
            took = _timed(who, crews[who], replace(called.plan, tasks=tuple(share), shots=()))
            seconds[who] += took
            tell(f"turn {turn}: {who}, {len(share) / took:.3f} takes per second")
    takes = sum(map(len, shares))
    report(
        "overhead",
        {
            "ratio": round(seconds["bare"] / seconds["ours"], 4),
            "ours_takes_per_second": round(takes / seconds["ours"], 4),
            "bare_takes_per_second": round(takes / seconds["bare"], 4),
            "speedup_2": round(seconds["ours alone"] / seconds["ours"], 4),
            "bare_speedup_2": round(seconds["bare alone"] / seconds["bare"], 4),
            "takes": takes,
            "processes": crew.cores,
        },
    )


def _timed(who: str, crew: Crew, plan: Plan) -> float:
    """Give the seconds of one way of working, everything of it on as many cores as its crew has."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(cores)[: crew.cores])
    try:
        return run_bare(crew, plan) if who.startswith("bare") else asyncio.run(run_ours(crew, plan))
    finally:
        os.sched_setaffinity(0, cores)


def _one_maker_per_core(crew: Crew) -> Crew:
    """Have every core's maker up before the clock starts; a crew hires its second one on demand."""
    return replace(crew, makers=tuple(replace(spec, replicas_min=crew.cores) for spec in crew.makers))


def _recipe(task: Task, crew: Crew, plan: Plan) -> Recipe:
    choice = route(task, crew, attempt=1, seed=plan.seed, inputs=(), moves=(), aspect=plan.aspect)
    assert choice is not None
    return choice.recipe


def run_bare(crew: Crew, plan: Plan) -> float:
    """Give the seconds that one process per core takes for the work, models loaded and warmed before."""
    work = [(_recipe(task, crew, plan), task.requirements) for task in plan.tasks]
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(crew.cores + 1)
    shares = [work[start :: crew.cores] for start in range(crew.cores)]
    processes = [context.Process(target=_bare_loop, args=(crew, share, barrier)) for share in shares]
    for process in processes:
        process.start()
    barrier.wait(_PATIENCE_SECONDS)
    began = time.perf_counter()
    barrier.wait(_PATIENCE_SECONDS)
    seconds = time.perf_counter() - began
    for process in processes:
        process.join()
    return seconds


def _bare_loop(crew: Crew, work: Sequence[tuple[Recipe, tuple[Requirement, ...]]], barrier: Barrier) -> None:
    makers = {recipe.maker: build_maker(crew.maker(recipe.maker)) for recipe, _ in work}
    panel = build_panel(crew.critics)
    recipe, requirements = work[0]
    panel.look(makers[recipe.maker].make(recipe, {}).data, requirements, (), {})
    barrier.wait(_PATIENCE_SECONDS)
    for recipe, requirements in work:
        panel.look(makers[recipe.maker].make(recipe, {}).data, requirements, (), {})
    barrier.wait(_PATIENCE_SECONDS)


async def run_ours(crew: Crew, plan: Plan) -> float:
    """Give the seconds that the production takes from greenlight to its last publish, the crew up and warmed before."""
    async with staged(plan, crew) as stage:
        first = _recipe(plan.tasks[0], crew, plan)
        await stage.workers.start([first.maker])
        warm = [first] * crew.cores
        async with asyncio.TaskGroup() as group:
            made = [group.create_task(stage.workers.make(one.maker, one, {}, token="warm")) for one in warm]
        await stage.workers.look(made[0].result().data, plan.tasks[0].requirements, (), {})
        began = time.perf_counter()
        await run_all(stage, plan)
        seconds = time.perf_counter() - began
        looked_at = sum(1 for entry in stage.journal.history.entries if isinstance(entry.fact, TakeScored))
        assert looked_at == len(plan.tasks), "every take must have been looked at"
        return seconds


if __name__ == "__main__":
    main()
