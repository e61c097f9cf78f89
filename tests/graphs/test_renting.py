"""Rented machines on the real floor, with the real lines and journal, on virtual time."""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from callsheet.core.crew import Crew, MachineSpec
from callsheet.core.fact import Fact, Greenlit, ProductionPlanned, TakeMade, TaskUnfinished
from callsheet.core.machines import MachineCame, MachineLeft, WorkerLeft, WorkerLoaded
from callsheet.core.plan import Department, Gate, Requirement, Task
from callsheet.core.ports import RentBook, Workers
from callsheet.core.rent import Meter
from callsheet.evals.schedule.work import crew_of
from callsheet.graphs.floor import Floor
from callsheet.graphs.renting import renting
from callsheet.graphs.stage import Stage
from callsheet.models.inprocess import InProcessWorkers
from callsheet.models.lines.hand import Place
from callsheet.models.lines.told import this_machine
from callsheet.models.simulated import Pace, SimulatedWorkers
from callsheet.models.simulated_pool import Machines, SimulatedPool
from callsheet.tools.assets import MemoryStore
from callsheet.tools.journal import SqliteJournal
from callsheet.tools.virtual_time import VirtualLoop, run_virtually

START = datetime(2026, 11, 20, 12, tzinfo=UTC)
TERMS = MachineSpec(usd_per_hour=3.6, boot_seconds=60.0, idle_seconds=100.0)
"""A thousandth of a dollar a second."""
ASKED = (Requirement(id="existence:castle", kind="existence", subject="castle", value="", asks="a castle"),)


@dataclass(slots=True)
class VirtualClock:
    """Tells the loop's time, and as much later as nobody drove."""

    loop: VirtualLoop
    later: float = 0.0

    def now(self) -> str:
        return (START + timedelta(seconds=self.loop.time() + self.later)).isoformat()

    def seconds(self) -> float:
        return self.loop.time()


def task(name: str, department: str) -> Task:
    return Task(
        name=name, department=department, make="still", prompt=name, requirements=ASKED, gate=Gate(), envelope_usd=1.0
    )


def pool(crew: Crew) -> Workers:
    places = {Place(name=f"m{number}"): 1.0 for number in range(1, crew.cores + 1)}
    machines = Machines(speeds=places, load_seconds=10.0)
    return SimulatedPool(crew, Pace(seconds=lambda nominal, _: nominal, passes=1.0), machines)


def produce(
    *tasks: Task,
    terms: MachineSpec | None = TERMS,
    budget: float = 1e3,
    hire: Callable[[Crew], Workers] = pool,
    path: Path | None = None,
    later: float = 0.0,
) -> SqliteJournal:
    """Run a floor on two rented machines to its end; gives the closed journal."""

    async def run(loop: VirtualLoop) -> SqliteJournal:
        crew = replace(crew_of(2), machines=terms)
        clock = VirtualClock(loop, later)
        journal = SqliteJournal.open(path, clock=clock)
        loop.wait_for_real(lambda: journal.is_writing)
        if path:
            await journal.take_lease("test")
        if journal.history.planned is None:
            planned = ProductionPlanned(
                title="t", brief_digest="", plan_digest="", crew_digest="", seed=0, budget_usd=budget, tasks=len(tasks)
            )
            await journal.record(planned, Greenlit(plan_digest="", by="test"))
        workers = hire(crew)
        async with renting(workers, crew, journal, clock) as rent_usd:
            stage = Stage(
                production="test",
                seed=0,
                tasks={one.name: one for one in tasks},
                crew=crew,
                journal=journal,
                store=MemoryStore(),
                workers=workers,
                rent_usd=rent_usd,
            )
            await workers.start([crew.makers[0].name])
            names = dict.fromkeys(one.department for one in tasks)
            teams = [Department(name=name, workers=2, share=1 / len(names)) for name in names]
            await Floor(stage, teams, lambda _: 20.0).run()
        await journal.close()
        return journal

    return run_virtually(run)[0]


def facts(journal: SqliteJournal, *kinds: type[Fact]) -> list[Fact]:
    return [entry.fact for entry in journal.history.entries if isinstance(entry.fact, kinds)]


TASKS = (task("keep", "sets"), task("tower", "sets"), task("edda", "cast"))


def test_machines_and_the_workers_on_them_are_journalled_from_the_first_to_the_last() -> None:
    journal = produce(*TASKS)
    came, left = facts(journal, MachineCame), facts(journal, MachineLeft)
    assert [one.machine for one in came if isinstance(one, MachineCame)] == ["m1", "m2"]
    assert [(one.machine, one.how) for one in left if isinstance(one, MachineLeft)] == [
        ("m1", "released"),
        ("m2", "released"),
    ]
    loaded, gone = facts(journal, WorkerLoaded), facts(journal, WorkerLeft)
    assert sorted(one.worker for one in loaded if isinstance(one, WorkerLoaded)) == sorted(
        one.worker for one in gone if isinstance(one, WorkerLeft)
    )
    assert all(one.seconds == pytest.approx(10.0, abs=0.1) for one in loaded if isinstance(one, WorkerLoaded))


def test_a_production_pays_for_its_machines_until_they_are_given_back_and_the_departments_share_all_of_it() -> None:
    journal = produce(*TASKS)
    end = datetime.fromisoformat(journal.history.entries[-1].at)
    rent = Meter.of(journal.history.entries).rent(end + timedelta(hours=1))
    assert rent
    on = (end - START).total_seconds()
    assert rent.usd == pytest.approx(2 * 0.001 * (on + 100), rel=0.02)
    assert sum(rent.usd_by_department.values()) == pytest.approx(rent.usd, abs=1e-9)
    assert rent.usd_by_department["sets"] == pytest.approx(2 * rent.usd_by_department["cast"], rel=0.01)


def test_where_the_crew_file_prices_no_machines_nothing_is_written_about_them() -> None:
    journal = produce(*TASKS, terms=None)
    assert not facts(journal, MachineCame, MachineLeft, WorkerLoaded, WorkerLeft)


def test_workers_that_cannot_tell_cost_nothing_by_the_hour() -> None:
    journal = produce(*TASKS, hire=lambda crew: SimulatedWorkers(crew, Pace(passes=1.0)))
    assert not facts(journal, MachineCame)
    assert len(facts(journal, TakeMade)) == 3


def test_nothing_new_is_begun_once_calls_and_machines_have_cost_the_budget() -> None:
    journal = produce(*(task(f"t{number}", "sets") for number in range(20)), budget=0.3)
    ended = [one for one in facts(journal, TaskUnfinished) if isinstance(one, TaskUnfinished)]
    made = facts(journal, TakeMade)
    assert made
    assert ended
    assert len(made) + len(ended) == 20
    assert all(one.cause == "money" and "the rented machines cost 0." in one.why for one in ended)
    assert journal.bill().reserved_usd == 0
    rent = Meter.of(journal.history.entries).usd(START + timedelta(days=1))
    assert rent == pytest.approx(0.3, abs=2 * 0.001 * 21)  # what was being made then is made, and paid for


def test_what_a_killed_driver_left_up_is_found_by_the_next_named_and_paid_for(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"

    class Killed(Exception):
        """Nobody cleans up."""

    async def begin(loop: VirtualLoop) -> None:
        clock = VirtualClock(loop)
        journal = SqliteJournal.open(path, clock=clock)
        loop.wait_for_real(lambda: journal.is_writing)
        await journal.take_lease("test")
        await journal.record(*(MachineCame(machine=name, usd_per_hour=3.6, idle_seconds=100) for name in ("m1", "m9")))
        await journal.close()

    run_virtually(begin)
    journal = produce(*TASKS, path=path, later=1100.0, budget=1.0)
    meter = Meter.of(journal.history.entries)
    assert meter.forgotten_usd() == {"m1": pytest.approx(1.0, rel=0.01)}
    lost = [one.machine for one in facts(journal, MachineLeft) if isinstance(one, MachineLeft) and one.how == "lost"]
    assert lost == ["m9"]
    m9 = next(stay for stay in meter.stays if stay.machine == "m9")
    assert m9.seconds(START + timedelta(days=1)) == pytest.approx(100.0, abs=1.0)


def test_machines_that_come_and_go_while_it_runs_are_paid_for_with_their_boot_and_no_longer() -> None:
    class Growing(SimulatedWorkers):
        def report_to(self, book: RentBook) -> None:
            self._book = book

        async def start(self, makers: Collection[str]) -> None:
            self._book.machines([])
            loop = asyncio.get_running_loop()
            loop.call_later(5, self._book.machines, ["m1"])
            loop.call_later(15, self._book.machines, [])

    journal = produce(*TASKS, hire=lambda crew: Growing(crew, Pace(seconds=lambda nominal, _: nominal, passes=1.0)))
    rent = Meter.of(journal.history.entries).rent(START + timedelta(days=1))
    assert rent
    assert rent.machine_seconds == pytest.approx(60 + 10, abs=0.5)
    assert [one.how for one in facts(journal, MachineLeft) if isinstance(one, MachineLeft)] == ["gone"]


def test_on_one_machine_that_is_rented_it_is_the_one_that_is_paid_for() -> None:
    told: list[Collection[str]] = []

    class Listens:
        machines = staticmethod(told.append)

    async def start() -> None:
        workers = InProcessWorkers(crew_of(1))
        workers.report_to(Listens())  # type: ignore[arg-type]
        await workers.start([])

    asyncio.run(start())
    assert told == [[this_machine()]]
    assert this_machine() == this_machine() != ""
