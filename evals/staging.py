"""What the benches put on: a brief of scenes, and a greenlit production on real workers in a scratch folder."""

import os
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from ..core.brief import Brief, DepartmentBrief, TaskBrief
from ..core.canonical import digest_of
from ..core.crew import Crew
from ..core.fact import Greenlit, ProductionPlanned
from ..core.plan import Plan
from ..core.settings import Settings
from ..graphs.collecting import collected_seldom
from ..graphs.folder import Folder
from ..graphs.production import production_graph, run_production
from ..graphs.stage import Stage
from ..graphs.studio import open_studio, set_stage
from ..models.sketch.vocabulary import Scene, complete_caption


def brief_of(scenes: Mapping[str, Scene], *, title: str, budget_usd: float, workers: int = 4) -> Brief:
    """Ask one department for a still of every scene, by task, in words that say all of it."""
    return Brief(
        title=title,
        budget_usd=budget_usd,
        departments={"lab": DepartmentBrief(workers=workers)},
        tasks={name: TaskBrief(department="lab", prompt=complete_caption(scene)) for name, scene in scenes.items()},
    )


@asynccontextmanager
async def staged(plan: Plan, crew: Crew) -> AsyncIterator[Stage]:
    """Open journal, store and Ray workers for a plan, greenlit; all of it is gone afterwards, and nothing is learnt."""
    studio = open_studio(Settings(home="ray", learn=False))
    with tempfile.TemporaryDirectory() as scratch, collected_seldom():
        folder = Folder(Path(scratch))
        journal, store = studio.open_journal(folder), studio.open_store(folder)
        await journal.take_lease(f"bench {os.getpid()}")
        planned = ProductionPlanned(
            title=plan.title,
            brief_digest=plan.brief_digest,
            plan_digest=digest_of(plan),
            crew_digest=plan.crew_digest,
            seed=plan.seed,
            budget_usd=plan.budget_usd,
            tasks=len(plan.tasks),
        )
        await journal.record(planned, Greenlit(plan_digest=planned.plan_digest, by="bench"))
        workers = studio.hire(crew)
        try:
            yield set_stage(
                plan, crew, "bench", journal=journal, store=store, workers=workers, settings=studio.settings
            )
        finally:
            await workers.close()
            await journal.close()


async def run_all(stage: Stage, plan: Plan) -> None:
    """Run every task of the plan to its end, without a package."""
    await run_production(production_graph(stage, plan, _deliver_nothing), _nobody)


async def _deliver_nothing() -> None:
    return None


async def _nobody() -> None:
    return None
