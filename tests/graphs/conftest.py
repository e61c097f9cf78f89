"""A small stage with shipped fakes: a real journal in memory, real nodes, no cluster; and a production that ended."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import pytest

from callsheet.core.crew import Crew, CriticSpec, MakerSpec
from callsheet.core.fact import Greenlit, ProductionPlanned
from callsheet.core.plan import Gate, Requirement, Task
from callsheet.core.settings import Settings as HouseSettings
from callsheet.graphs import desk
from callsheet.graphs.stage import Stage
from callsheet.models.inprocess import InProcessWorkers
from callsheet.tools.assets import MemoryStore
from callsheet.tools.clock import SystemClock
from callsheet.tools.journal import SqliteJournal

Settings = Mapping[str, str | int | float | bool]
SetStage = Callable[..., Awaitable[Stage]]

HERE = Path(__file__).parents[1]
CASTLE = Requirement(id="existence:castle", kind="existence", subject="castle", value="", asks="a castle")


def still(name: str, *, prompt: str = "a castle", rounds: int = 3, envelope: float = 1.0, asks: bool = False) -> Task:
    return Task(
        name=name,
        department="architecture",
        make="still",
        prompt=prompt,
        requirements=(CASTLE,),
        gate=Gate(rounds=rounds, when_spent="ask" if asks else "deliver"),
        envelope_usd=envelope,
    )


def composite(name: str, *inputs: str) -> Task:
    return Task(name=name, department="post", make="composite", inputs=inputs, envelope_usd=1.0)


def fake_crew(critic: Settings | None = None, maker: Settings | None = None) -> Crew:
    return Crew(
        name="fake",
        makers=(
            MakerSpec(name="small", kind="fake", makes=("still",), usd=0.002, strength=1, settings=maker or {}),
            MakerSpec(name="large", kind="fake", makes=("still",), usd=0.006, strength=2),
            MakerSpec(name="post", kind="fake", makes=("composite", "grade"), usd=0.0005),
        ),
        critics=(CriticSpec(name="eye", kind="fake", checks=("existence", "count"), settings=critic or {}),),
    )


@pytest.fixture
def set_stage() -> SetStage:
    """Make stages; `budget`, `critic` and `maker` settings and a `journal` to drive as keyword arguments."""

    async def make(
        *tasks: Task,
        budget: float = 10.0,
        critic: Settings | None = None,
        maker: Settings | None = None,
        journal: SqliteJournal | None = None,
    ) -> Stage:
        crew = fake_crew(critic, maker)
        journal = journal or SqliteJournal.open(None, clock=SystemClock())
        await journal.record(
            ProductionPlanned(
                title="t",
                brief_digest="b",
                plan_digest="p",
                crew_digest="c",
                seed=7,
                budget_usd=budget,
                tasks=len(tasks),
            ),
            Greenlit(plan_digest="p", by="test"),
        )
        return Stage(
            production="test",
            seed=7,
            tasks={task.name: task for task in tasks},
            crew=crew,
            journal=journal,
            store=MemoryStore(),
            workers=InProcessWorkers(crew),
        )

    return make


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished production, for copying."""
    folder = tmp_path_factory.mktemp("finished") / "castle"
    settings = HouseSettings(home="inprocess", learn=False)
    brief, crew = HERE / "small_brief.yaml", HERE / "fake_crew.toml"
    asyncio.run(desk.produce(brief, out=folder, crew=crew, seed=7, settings=settings))
    return folder


@pytest.fixture
def castle(finished: Path, tmp_path: Path) -> Path:
    """A finished production of one's own."""
    return Path(shutil.copytree(finished, tmp_path / "castle"))
