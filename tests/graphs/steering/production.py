"""A production that is steered: the real floor, nodes and journal on virtual time; takes pass as often as is said."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from callsheet.agents.director import plan_brief
from callsheet.core.brief import Brief, Delegation, DepartmentBrief, Quality, TaskBrief
from callsheet.core.call import CallVoided
from callsheet.core.canonical import to_json
from callsheet.core.crew import Crew, CriticSpec, MakerSpec
from callsheet.core.fact import Fact, Greenlit, ProductionPlanned
from callsheet.core.history import History
from callsheet.core.plan import Plan, Requirement
from callsheet.core.ports import Journal
from callsheet.core.take import Opinion, Score
from callsheet.graphs.amendments import amended
from callsheet.graphs.floor import Floor
from callsheet.graphs.stage import Stage
from callsheet.models.simulated import Pace, SimulatedWorkers, share_of
from callsheet.tools.assets import MemoryStore
from callsheet.tools.clock import SystemClock
from callsheet.tools.journal import SqliteJournal
from callsheet.tools.virtual_time import VirtualLoop, run_virtually

TOLD = {"existence": 0.9, "technical": 1.0}
"""What the crew file says of both makers."""


def maker(name: str, strength: int, usd: float) -> MakerSpec:
    return MakerSpec(
        name=name, kind="simulated", makes=("still",), usd=usd, seconds=20.0, strength=strength, passes=TOLD
    )


CREW = Crew(
    name="two",
    makers=(maker("draft", 1, 0.001), maker("fine", 2, 0.0011)),
    critics=(CriticSpec(name="eye", kind="fake", checks=("existence", "technical")),),
    cores=2,
)


def brief(policy: Delegation | None, *, tasks: int = 24, quality: Quality | None = None, budget: float = 5.0) -> Brief:
    return Brief(
        title="t",
        quality=quality or Quality(rounds=3),
        budget_usd=budget,
        departments={"cast": DepartmentBrief(workers=2)},
        tasks={f"t{number:02d}": TaskBrief(department="cast", prompt="a castle") for number in range(tasks)},
        delegate=policy,
    )


class Passing(SimulatedWorkers):
    """Takes of a maker pass as often as is said here, always the same ones."""

    def __init__(self, crew: Crew, rates: dict[str, float], luck: int = 0) -> None:
        uneven = Pace(seed=luck) if luck else Pace(seconds=lambda nominal, _: nominal)
        super().__init__(crew, uneven)
        self._rates = rates

    async def look(self, picture: bytes, requirements: object, *_: object, **__: object) -> tuple[Opinion, ...]:
        by, seed = picture.decode().split()[-2:]
        value = 0.99 if share_of(f"{by}/{seed}") < self._rates[by] else 0.01
        asked: tuple[Requirement, ...] = tuple(requirements)  # type: ignore[arg-type]
        return tuple(Score(requirement=one.id, critic="simulated", value=value) for one in asked)


Meanwhile = Callable[[Stage], Awaitable[None]]


class Production:
    """One production, driven as often as it takes; its journal lies in a file where there is one."""

    def __init__(
        self, asked: Brief, rates: dict[str, float], path: Path | None = None, crew: Crew = CREW, luck: int = 0
    ) -> None:
        self.luck = luck
        self.brief, self.rates, self.path, self.crew, self.store = asked, rates, path, crew, MemoryStore()
        self.plan: Plan = plan_brief(asked, crew)
        self.history = History()
        self.spent_usd = 0.0

    def drive(
        self, *, meanwhile: Meanwhile | None = None, wrap: Callable[[Journal], Journal] | None = None
    ) -> "Production":
        self.history = run_virtually(lambda loop: self._drive(loop, meanwhile, wrap))[0]
        return self

    async def _drive(
        self, loop: VirtualLoop, meanwhile: Meanwhile | None, wrap: Callable[[Journal], Journal] | None
    ) -> History:
        journal = SqliteJournal.open(self.path, clock=SystemClock())
        loop.wait_for_real(lambda: journal.is_writing)
        await journal.take_lease("test")
        if not journal.history.planned:
            self.store.put(to_json(self.brief).encode())
            digest = self.store.put(to_json(self.plan).encode())
            await journal.record(
                ProductionPlanned(
                    title="t",
                    brief_digest=self.plan.brief_digest,
                    plan_digest=digest,
                    crew_digest="",
                    seed=0,
                    budget_usd=self.brief.budget_usd,
                    tasks=len(self.plan.tasks),
                ),
                Greenlit(plan_digest=digest, by="test"),
            )
        self.stage = self._stage(wrap(journal) if wrap else journal)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._produce(self.stage))
                if meanwhile:
                    group.create_task(meanwhile(self.stage))  # type: ignore[arg-type]
        finally:
            self.spent_usd = journal.bill().settled_usd
            await journal.close()
        return journal.history

    async def _produce(self, stage: Stage) -> None:
        """Free what a driver that ended left open, as a production does, and run the floor."""
        left = [call for call in stage.journal.history.calls.values() if call.state in ("reserved", "sent")]
        voids = [CallVoided(key=call.key, task=call.task, token=call.token, why="interrupted") for call in left]
        if voids:
            await stage.journal.record(*voids)
        await Floor(stage, self.plan.departments, lambda _: 20.0, listens_every=5.0).run()

    def _stage(self, journal: Journal) -> Stage:
        return Stage(
            production="test",
            seed=0,
            tasks={task.name: task for task in amended(self.plan, journal.history, self.store).tasks},
            crew=self.crew,
            journal=journal,
            store=self.store,
            workers=Passing(self.crew, self.rates, self.luck),
            delegation=self.brief.delegate,
            changed={name: record.changed for name, record in journal.history.tasks.items()},
        )

    def facts(self, *kinds: type[Fact]) -> list[Fact]:
        return [entry.fact for entry in self.history.entries if isinstance(entry.fact, kinds)]

    def accepted(self) -> dict[str, str]:
        return {name: one.accepted.digest for name, one in self.history.tasks.items() if one.accepted}

    def makers(self) -> list[str]:
        records = (self.history.tasks[task.name] for task in self.plan.tasks)
        return [record.takes[0].recipe.maker for record in records if record.takes and record.takes[0].recipe]


AS_TOLD = {"draft": 0.9, "fine": 0.9}


WORSE = {"draft": 0.05, "fine": 0.9}
