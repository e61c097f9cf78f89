"""What a production does while a disk is full, a store is away or a service cannot be reached: it waits."""

import asyncio
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from callsheet.core.call import CallReserved
from callsheet.core.decision import Note
from callsheet.core.errors import DiskFull, StoreAway
from callsheet.core.fact import Entry, Fact, NoteMade
from callsheet.core.history import History
from callsheet.core.money import Bill
from callsheet.core.outage import OutageBegan, OutageEnded
from callsheet.core.ports import Journal
from callsheet.core.task_record import AsSeen
from callsheet.graphs.board import Board
from callsheet.graphs.stage import Stage
from callsheet.graphs.supervising import PatientJournal, PatientStore, Supervisor, supervised
from callsheet.graphs.task import task_graph
from callsheet.graphs.waits import waits_of
from callsheet.tools.assets import MemoryStore

from .conftest import SetStage, still

FULL = DiskFull("/out", "No space left on device")
AWAY = StoreAway("s3://studio", "connection refused")


@dataclass
class Closing:
    """A store that takes nothing while `trouble` is set."""

    trouble: Exception | None = None
    kept: MemoryStore = field(default_factory=MemoryStore)
    asked: threading.Event = field(default_factory=threading.Event)

    def put(self, data: bytes) -> str:
        if self.trouble:
            self.asked.set()
            raise self.trouble
        return self.kept.put(data)

    def get(self, digest: str) -> bytes:
        return self.kept.get(digest)


@dataclass
class Filling:
    """A journal whose disk is full while `is_full`."""

    journal: Journal
    is_full: bool = False
    refused: list[str] = field(default_factory=list)

    @property
    def history(self) -> History:
        return self.journal.history

    async def record(self, *facts: Fact, seen: Sequence[AsSeen] = ()) -> tuple[Entry, ...]:
        if self.is_full:
            self.refused += [fact.event for fact in facts]
            raise FULL
        return await self.journal.record(*facts, seen=seen)

    async def refresh(self) -> tuple[Entry, ...]:
        return await self.journal.refresh()

    def bill(self) -> Bill:
        return self.journal.bill()


async def run_tasks(stage: Stage) -> None:
    graph = task_graph(stage)
    async with asyncio.TaskGroup() as group:
        for name in stage.tasks:
            group.create_task(graph.ainvoke({"task": name}))


@pytest.mark.parametrize("trouble", [FULL, AWAY])
async def test_pictures_made_while_nothing_can_be_stored_are_kept_and_paid_for_once(
    set_stage: SetStage, trouble: Exception
) -> None:
    stage, store = await set_stage(still("keep"), still("tower")), Closing(trouble)
    async with supervised(stage.journal, store) as parts:
        held = replace_parts(stage, parts.journal, parts.store, parts.supervisor)
        running = asyncio.create_task(run_tasks(held))
        await asyncio.to_thread(store.asked.wait, 10)
        await asyncio.sleep(0.8)
        assert not running.done()
        store.trouble = None
        await running
    history = stage.journal.history
    assert all(record.accepted and not record.unfinished for record in history.tasks.values())
    reserved = [entry.fact for entry in history.entries if isinstance(entry.fact, CallReserved)]
    assert len(reserved) == sum(len(record.takes) for record in history.tasks.values())
    told = [entry.fact for entry in history.entries if isinstance(entry.fact, OutageBegan | OutageEnded)]
    assert [type(one) for one in told] == [OutageBegan, OutageEnded]
    assert told[0].what == str(trouble)


def replace_parts(stage: Stage, journal: Journal, store: object, supervisor: Supervisor) -> Stage:
    return Stage(
        production=stage.production,
        seed=stage.seed,
        tasks=stage.tasks,
        crew=stage.crew,
        journal=journal,
        store=store,  # type: ignore[arg-type]
        workers=stage.workers,
        supervisor=supervisor,
    )


async def test_nothing_new_is_reserved_while_the_disk_is_full(set_stage: SetStage) -> None:
    stage, supervisor = await set_stage(still("keep")), Supervisor()
    store = Closing(FULL)
    held = PatientStore(store=store, supervisor=supervisor)
    journal = PatientJournal(journal=stage.journal, supervisor=supervisor)
    writing = asyncio.create_task(asyncio.to_thread(held.put, b"a picture"))
    await asyncio.to_thread(store.asked.wait, 10)
    running = asyncio.create_task(run_tasks(replace_parts(stage, journal, store, supervisor)))
    await asyncio.sleep(0.7)
    assert stage.journal.history.calls == {}
    board = Board(stage.tasks, (), stage.journal.history, lambda _: 1.0)
    assert "room on the disk" in waits_of(board, world=supervisor.waits)[0].says
    store.trouble = None
    await writing
    await running
    assert stage.journal.history.tasks["keep"].accepted
    assert supervisor.waits == ()


async def test_a_full_journal_takes_every_fact_once_there_is_room_and_then_says_that_it_was_full(
    set_stage: SetStage,
) -> None:
    stage = await set_stage(still("keep"))
    full = Filling(stage.journal, is_full=True)
    note = NoteMade(note=Note(by="mara", about="keep", text="hello"))
    async with supervised(full, MemoryStore()) as parts:
        writing = asyncio.create_task(parts.journal.record(note))
        await asyncio.sleep(0.8)
        assert not writing.done()
        full.is_full = False
        (entry,) = await writing
        assert entry.fact == note
    assert "note_made" in full.refused
    events = [one.fact.event for one in stage.journal.history.entries]
    assert sorted(events[-3:]) == ["note_made", "outage_began", "outage_ended"]
    assert events.count("note_made") == 1


async def test_patience_ends_with_the_error_it_began_with() -> None:
    store = Closing(FULL)
    held = PatientStore(store=store, supervisor=Supervisor(patience_seconds=0.2))
    with pytest.raises(DiskFull, match="No space left"):
        await asyncio.to_thread(held.put, b"a picture")


async def test_a_production_that_ends_frees_whoever_is_held_up(set_stage: SetStage) -> None:
    stage, store = await set_stage(still("keep")), Closing(AWAY)
    began = time.monotonic()
    async with supervised(stage.journal, store) as parts:
        running = asyncio.create_task(asyncio.to_thread(parts.store.put, b"a picture"))
        await asyncio.to_thread(store.asked.wait, 10)
        running.cancel()
    await asyncio.get_running_loop().shutdown_default_executor()
    assert time.monotonic() - began < 5


def test_a_service_that_is_away_is_told_once_however_often_it_is_looked_at() -> None:
    supervisor = Supervisor(clock=iter(range(100)).__next__)
    for _ in range(3):
        supervisor.look_at({"gpt": "connection refused"})
    (wait,) = supervisor.waits
    assert wait.says.startswith("waits for a service that cannot be reached: maker 'gpt': connection refused (")
    supervisor.look_at({})
    assert [type(one) for one in supervisor.news()] == [OutageBegan, OutageEnded]
    assert supervisor.news() == []


async def test_a_service_that_is_away_holds_up_nobody_else(set_stage: SetStage) -> None:
    supervisor = Supervisor()
    supervisor.look_at({"gpt": "connection refused"})
    async with asyncio.timeout(1):
        await supervisor.clear()
