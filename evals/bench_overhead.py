"""What the framework costs: 200 variations through the whole product against a bare loop, takes per second.

Both run the same recipes on the same checkpoint with the same critics, warm, one process per core. The bare loop makes
and looks and nothing else; ours also plans, routes, reserves, journals, stores, judges and publishes. They run one
after the other, twice, and the better run of each counts.

`python -m callsheet.evals.bench_overhead --json [--quick]`
"""

import asyncio
import multiprocessing
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from multiprocessing.synchronize import Barrier
from pathlib import Path

from ..agents.router import route
from ..core.canonical import digest_of
from ..core.crew import Crew
from ..core.fact import Greenlit, ProductionPlanned
from ..core.plan import Gate, Plan, Requirement, Task
from ..core.settings import Settings
from ..core.take import Recipe
from ..graphs.folder import Folder
from ..graphs.planning import call_sheet
from ..graphs.production import production_graph, run_production
from ..graphs.studio import open_studio, set_stage
from ..models.hosting import build_maker, build_panel
from .reporting import parse_bench_arguments, report, tell

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
    studio = open_studio(Settings(home="ray"))
    with tempfile.TemporaryDirectory() as scratch:
        folder = Folder(Path(scratch))
        journal, store = studio.open_journal(folder), studio.open_store(folder)
        await journal.take_lease(f"bench {os.getpid()}")
        workers = studio.hire(crew)
        try:
            await journal.record(_planned(plan), Greenlit(plan_digest=digest_of(plan), by="bench"))
            stage = set_stage(
                plan, crew, "bench", journal=journal, store=store, workers=workers, settings=studio.settings
            )
            warm = [_recipe(plan.tasks[0], crew, plan)] * crew.cores
            async with asyncio.TaskGroup() as group:
                made = [group.create_task(workers.make(one.maker, one, {}, token="warm")) for one in warm]
            await workers.look(made[0].result().data, plan.tasks[0].requirements, ())
            began = time.perf_counter()
            await run_production(production_graph(stage, plan, _deliver_nothing), _nobody)
            seconds = time.perf_counter() - began
            assert len(journal.history.scores) == len(plan.tasks), "every take must have been looked at"
            return seconds
        finally:
            await workers.close()
            await journal.close()


def _planned(plan: Plan) -> ProductionPlanned:
    return ProductionPlanned(
        title=plan.title,
        brief_digest=plan.brief_digest,
        plan_digest=digest_of(plan),
        crew_digest=plan.crew_digest,
        seed=plan.seed,
        budget_usd=plan.budget_usd,
        tasks=len(plan.tasks),
    )


async def _deliver_nothing() -> None:
    return None


async def _nobody() -> None:
    return None


if __name__ == "__main__":
    main()
