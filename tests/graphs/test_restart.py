"""Same tasks and same orders, same result, however often the driver is lost in between."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.agents.director import plan_brief
from callsheet.core.brief import Brief, DepartmentBrief, TaskBrief
from callsheet.core.canonical import digest_of, to_json
from callsheet.core.crew import Crew, CriticSpec, MakerSpec
from callsheet.core.decision import Order
from callsheet.core.fact import Fact, Greenlit, LeaseTaken, OrderGiven, ProductionPlanned, TasksAdded
from callsheet.core.history import History
from callsheet.core.plan import Addition, Gate, Task
from callsheet.graphs.floor import Floor
from callsheet.graphs.production import ProductionNodes
from callsheet.graphs.stage import Stage
from callsheet.models.simulated import Pace, SimulatedWorkers
from callsheet.tools.assets import MemoryStore
from callsheet.tools.clock import SystemClock
from callsheet.tools.journal import SqliteJournal
from callsheet.tools.virtual_time import VirtualLoop, run_virtually

CREW = Crew(
    name="simulated",
    makers=(MakerSpec(name="simulated", kind="simulated", makes=("still",), usd=0.001, seconds=20.0),),
    critics=(CriticSpec(name="eye", kind="fake", checks=()),),
    cores=2,
)
PLAN = plan_brief(
    Brief(
        title="t",
        departments={"lab": DepartmentBrief(workers=2)},
        tasks={f"t{number}": TaskBrief(department="lab", prompt="a castle", rounds=3) for number in range(9)},
    ),
    CREW,
)
ADDITION = Addition(
    tasks=(Task(name="more", department="lab", make="still", prompt="a tower", envelope_usd=1.0, gate=Gate()),),
    preflight=(),
)
NAMES = tuple(task.name for task in PLAN.tasks)


async def _nothing() -> None:
    return None


class Production:
    """One production in a folder, driven as often as it takes."""

    def __init__(self, folder: Path) -> None:
        self.path, self.store = folder / "journal.db", MemoryStore()
        self.history = History()

    def drive(self, *given: tuple[float, Fact], killed_at: float | None = None) -> None:
        """Drive it on, to its end or until the driver is killed, while facts are written at their times."""
        self.history = run_virtually(lambda loop: self._drive(loop, given, killed_at))[0]

    async def _drive(
        self, loop: VirtualLoop, given: tuple[tuple[float, Fact], ...], killed_at: float | None
    ) -> History:
        journal = SqliteJournal.open(self.path, clock=SystemClock())
        other = SqliteJournal.open(self.path, clock=SystemClock(), mode="write")
        loop.wait_for_real(lambda: journal.is_writing or other.is_writing)
        await journal.take_lease("test")
        if not journal.history.planned:
            planned = ProductionPlanned(
                title="t", brief_digest="", plan_digest="p", crew_digest="", seed=0, budget_usd=10, tasks=len(NAMES)
            )
            await journal.record(planned, Greenlit(plan_digest="p", by="test"))
        tasks = {task.name: task for task in PLAN.tasks}
        tasks |= {task.name: task for _ in journal.history.additions for task in ADDITION.tasks}
        workers = SimulatedWorkers(CREW, Pace())
        stage = Stage(
            production="test", seed=0, tasks=tasks, crew=CREW, journal=journal, store=self.store, workers=workers
        )

        async def speak() -> None:
            for at, fact in sorted(given, key=lambda one: one[0]):
                await asyncio.sleep(max(0.0, at - loop.time()))
                await other.record(fact)

        speaking = asyncio.ensure_future(speak())
        floor = Floor(stage, PLAN.departments, lambda task: stage.expected(task).seconds)
        nodes = ProductionNodes(stage=stage, plan=PLAN, floor=floor, deliver_package=_nothing)
        driving = asyncio.ensure_future(nodes.produce({}))
        await asyncio.wait([driving], timeout=killed_at)
        driving.cancel()
        await asyncio.wait([driving])
        await speaking
        await other.close()
        await journal.close()
        return journal.history


def said(kind: str, names: tuple[str, ...]) -> OrderGiven:
    return OrderGiven(order=Order(kind=kind, what="", tasks=names, by="Ada"))  # type: ignore[arg-type]


def accepted(history: History) -> dict[str, str]:
    return {name: record.accepted.digest for name, record in history.tasks.items() if record.accepted}


def calm(added: TasksAdded) -> History:
    with TemporaryDirectory() as folder:
        production = Production(Path(folder))
        production.store.put(to_json(ADDITION).encode())
        production.drive((1.0, added))
        return production.history


ADDED = TasksAdded(tasks=("more",), addition_digest=digest_of(ADDITION), like="t0", by="Ada")
CALM = calm(ADDED)
ORDERS = st.lists(
    st.tuples(
        st.floats(0, 60),
        st.sampled_from(["pause", "resume", "prioritise"]),
        st.sets(st.sampled_from(NAMES), min_size=1).map(sorted).map(tuple),
    ),
    max_size=4,
)


@settings(max_examples=6, deadline=None)
@given(ORDERS, st.lists(st.floats(0.5, 60), max_size=3), st.floats(0, 60))
def test_orders_and_lost_drivers_change_when_things_are_made_and_nothing_else(
    orders: list[tuple[float, str, tuple[str, ...]]], kills: list[float], added_at: float
) -> None:
    with TemporaryDirectory() as folder:
        production = Production(Path(folder))
        production.store.put(to_json(ADDITION).encode())
        given = [(at, said(kind, names)) for at, kind, names in orders]
        production.drive((added_at, ADDED), *given, killed_at=kills[0] if kills else 30.0)
        for at in kills[1:]:
            production.drive(killed_at=at)
        production.drive((0.0, said("resume", (*NAMES, "more"))))
        production.drive()
        assert accepted(production.history) == accepted(CALM)
        assert len(accepted(CALM)) == len(NAMES) + 1
        paid = [call.key for call in production.history.calls.values() if call.state == "settled"]
        assert sorted(paid) == sorted(call.key for call in CALM.calls.values() if call.state == "settled")


def test_what_is_paused_stays_paused_through_a_restart_and_what_is_cancelled_stays_cancelled(tmp_path: Path) -> None:
    production = Production(tmp_path)
    production.drive((0.0, said("pause", NAMES[:4])), (0.0, said("cancel", NAMES[4:])), killed_at=15.0)
    before = {name: len(record.takes) for name, record in production.history.tasks.items()}
    production.drive()
    records = production.history.tasks
    assert sum(isinstance(entry.fact, LeaseTaken) for entry in production.history.entries) == 2
    assert all(records[name].paused for name in NAMES[:4])
    assert sum(records[name].accepted is None for name in NAMES[:4]) >= 2  # what had begun ended before the kill
    causes = {record.unfinished.cause for name in NAMES[4:] if (record := records[name]).unfinished}
    assert causes == {"cancelled"}
    assert {name: len(record.takes) for name, record in records.items()} == before
