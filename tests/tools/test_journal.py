"""The journal's promises, in memory and on disk, from one process and from two."""

import asyncio
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from callsheet.core.call import CallReserved
from callsheet.core.decision import Note
from callsheet.core.errors import BudgetExceeded, Bug, DiskBroken, LeaseLost, OutputError, StaleDecision
from callsheet.core.fact import LeaseTaken, NoteMade, TakeMade
from callsheet.core.history import History
from callsheet.core.money import to_micros, to_usd
from callsheet.core.ports import Clock, Journal
from callsheet.evals.conformance import PRICE, check_journal, decided, made, planned, reserved, sent, voided
from callsheet.tools import journal as journal_module
from callsheet.tools.clock import SystemClock
from callsheet.tools.journal import SqliteJournal
from callsheet.tools.tables import Mode

Open = Callable[..., SqliteJournal]
CLOCK: Clock = SystemClock()


@pytest.fixture
async def open_journal(tmp_path: Path) -> AsyncIterator[Open]:
    opened: list[SqliteJournal] = []

    def _open(
        path: Path | None = tmp_path / "inner" / "journal.db", *, budget_usd: float = 0.0, mode: Mode = "create"
    ) -> SqliteJournal:
        opened.append(SqliteJournal.open(path, clock=CLOCK, budget_usd=budget_usd, mode=mode))
        return opened[-1]

    yield _open
    for one in opened:
        await one.close()


async def driving(journal: SqliteJournal, holder: str = "me") -> SqliteJournal:
    await journal.take_lease(holder)
    return journal


async def test_a_journal_in_memory_keeps_every_promise(open_journal: Open) -> None:
    async def make() -> Journal:
        return open_journal(None)

    await check_journal(make)


async def test_a_journal_on_disk_keeps_every_promise(open_journal: Open, tmp_path: Path) -> None:
    number = iter(range(100))

    async def make() -> Journal:
        return await driving(open_journal(tmp_path / str(next(number)) / "journal.db"))

    await check_journal(make)


async def test_a_reopened_journal_tells_the_same_history_and_the_same_bill(open_journal: Open) -> None:
    first = await driving(open_journal())
    await first.record(planned(1.0), reserved(1), sent(1), made(1), reserved(2), sent(2), reserved(3), voided(3))
    await first.record(decided("Ada"))
    await first.close()
    second = open_journal()
    assert second.history == first.history
    assert second.bill() == first.bill()
    assert History.of(second.history.entries) == second.history


async def test_calls_whose_driver_is_gone_are_unknown_until_they_are_taken_over(open_journal: Open) -> None:
    first = await driving(open_journal())
    await first.record(planned(1.0), reserved(1), sent(1), reserved(2))
    assert first.bill().unknown_usd == 0
    await first.close()
    second = await driving(open_journal())
    assert to_micros(second.bill().unknown_usd) == PRICE
    await second.record(reserved(1, token="second"))
    assert second.bill().unknown_usd == 0
    assert to_micros(second.bill().reserved_usd) == 2 * PRICE


async def test_a_second_driver_is_refused_and_told_who_drives(open_journal: Open) -> None:
    await driving(open_journal(), "pid 1 on studio")
    with pytest.raises(LeaseLost, match="pid 1 on studio"):
        await open_journal().take_lease("pid 2 on studio")


async def test_the_lease_is_free_again_after_close_and_the_epoch_grows(open_journal: Open) -> None:
    first = open_journal()
    assert await first.take_lease("one") == 1
    await first.close()
    assert await open_journal().take_lease("two") == 2


async def test_who_does_not_drive_may_decide_note_and_ingest_but_not_work(open_journal: Open) -> None:
    driver = await driving(open_journal())
    await driver.record(planned(1.0), reserved(1), made(1))
    visitor = open_journal(mode="write")
    await visitor.record(decided("Ada"), NoteMade(note=Note(about="task1", text="colder", by="Ada")))
    ingested = made(2)
    ingested = TakeMade(task="task2", key="", token="", micros=0, take=ingested.take)
    await visitor.record(ingested)
    with pytest.raises(LeaseLost, match="me"):
        await visitor.record(reserved(3))


async def test_refresh_gives_what_others_wrote_once_and_in_order(open_journal: Open) -> None:
    driver = await driving(open_journal())
    await driver.record(planned(1.0), reserved(1), made(1))
    visitor = open_journal(mode="write")
    await visitor.record(decided("Ada"))
    await driver.record(reserved(2))
    assert [one.fact for one in await driver.refresh()] == [decided("Ada")]
    assert await driver.refresh() == ()
    assert [one.seq for one in driver.history.entries] == list(range(1, 7))
    assert driver.history.tasks["task1"].decisions[0].by == "Ada"


async def test_a_decision_already_taken_elsewhere_is_stale_and_says_who_took_it(open_journal: Open) -> None:
    driver = await driving(open_journal())
    await driver.record(planned(1.0), reserved(1), made(1))
    await open_journal(mode="write").record(decided("Ada"))
    with pytest.raises(StaleDecision, match="Ada already decided 'approve'"):
        await driver.record(decided("Bo"))


async def test_two_files_cannot_become_the_same_take(open_journal: Open) -> None:
    journal = await driving(open_journal())
    await journal.record(planned(1.0), reserved(1), made(1))
    twin = TakeMade(task="task1", key="", token="", micros=0, take=made(1).take)
    with pytest.raises(StaleDecision, match="task1/t01"):
        await journal.record(twin)


async def test_a_reader_sees_a_running_production_and_cannot_write(open_journal: Open) -> None:
    driver = await driving(open_journal())
    await driver.record(planned(1.0))
    reader = open_journal(mode="read")
    assert reader.history.planned == planned(1.0)
    await driver.record(reserved(1))
    assert [one.fact.event for one in await reader.refresh()] == ["call_reserved"]
    with pytest.raises(Bug, match="for reading"):
        await reader.record(decided("Ada"))


@pytest.mark.parametrize("mode", ["read", "write"])
def test_a_missing_journal_is_not_made_by_looking_at_it(open_journal: Open, tmp_path: Path, mode: str) -> None:
    with pytest.raises(OutputError, match="no production here"):
        open_journal(tmp_path / "nowhere" / "journal.db", mode=mode)
    assert not (tmp_path / "nowhere").exists()


async def test_after_the_disk_failed_nothing_more_is_asked_of_it(
    open_journal: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An fsync that failed may have lost what was written before: to try again would be to trust it."""
    journal = await driving(open_journal())
    await journal.record(planned(1.0))
    failed = sqlite3.OperationalError("disk I/O error")
    failed.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC

    def fail(*_: object) -> None:
        raise OperationalError("COMMIT", None, failed)

    with monkeypatch.context() as broken:
        broken.setattr(journal_module, "write_entries", fail)
        with pytest.raises(DiskBroken, match="the disk failed under"):
            await journal.record(reserved(1))
    with pytest.raises(DiskBroken, match="look at the disk"):
        await journal.record(reserved(2))
    assert not journal.history.calls


def test_a_file_that_is_no_journal_is_refused_and_left_alone(open_journal: Open, tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    path.write_bytes(b"my diary, not yours" * 500)
    with pytest.raises(OutputError, match="damaged"):
        open_journal(path)
    assert path.read_bytes() == b"my diary, not yours" * 500


async def test_a_fact_that_could_not_be_read_back_is_never_written(open_journal: Open) -> None:
    journal = open_journal(None)
    with pytest.raises(Bug, match="could not be read back"):
        await journal.record(planned(float("nan")))
    assert journal.history.entries == []


async def test_a_lease_cannot_be_recorded_by_hand(open_journal: Open) -> None:
    with pytest.raises(Bug, match="take_lease"):
        await open_journal(None).record(LeaseTaken(epoch=7, holder="me"))


async def test_settling_more_than_was_reserved_is_refused(open_journal: Open) -> None:
    journal = open_journal(None)
    await journal.record(planned(1.0), reserved(1))
    with pytest.raises(Bug, match="reserved 1000 micros and would settle 1001"):
        await journal.record(made(1, micros=1001))


async def test_settling_less_than_was_reserved_frees_the_rest(open_journal: Open) -> None:
    journal = open_journal(None)
    await journal.record(planned(to_usd(PRICE)), reserved(1), made(1, micros=400))
    assert to_micros(journal.bill().left_usd) == 600


async def test_a_lowered_budget_stops_new_calls_and_lets_the_open_ones_end(open_journal: Open) -> None:
    journal = open_journal(None)
    await journal.record(planned(1.0), reserved(1), reserved(2))
    await journal.record(planned(to_usd(PRICE)))
    with pytest.raises(BudgetExceeded):
        await journal.record(reserved(3))
    await journal.record(made(1))
    await journal.record(reserved(2, token="second"))
    await journal.record(made(2, token="second"))
    assert to_micros(journal.bill().settled_usd) == 2 * PRICE


async def test_without_a_plan_only_the_opening_budget_can_be_spent(open_journal: Open) -> None:
    with pytest.raises(BudgetExceeded):
        await open_journal(None).record(reserved(1))
    await open_journal(None, budget_usd=to_usd(PRICE)).record(reserved(1))


async def test_a_closed_journal_refuses_and_closing_again_is_harmless(open_journal: Open) -> None:
    journal = open_journal(None)
    await journal.close()
    await journal.close()
    with pytest.raises(Bug, match="closed"):
        await journal.record(planned(1.0))


async def test_close_writes_what_waits(open_journal: Open) -> None:
    journal = await driving(open_journal())
    await journal.record(planned(1.0))
    waiting = [asyncio.ensure_future(journal.record(reserved(number))) for number in range(50)]
    await asyncio.sleep(0)
    await journal.close()
    await asyncio.gather(*waiting)
    assert len(open_journal().history.calls) == 50


async def test_a_cancelled_record_harms_nobody(open_journal: Open) -> None:
    journal = await driving(open_journal())
    await journal.record(planned(1.0))
    tasks = [asyncio.ensure_future(journal.record(reserved(number))) for number in range(40)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await journal.refresh()
    assert {f"call{number}" for number in range(1, 40, 2)} <= set(journal.history.calls)
    assert journal.history == History.of(journal.history.entries)


@pytest.mark.parametrize("where", ["memory", "disk"])
def test_64_threads_with_their_own_event_loops_cannot_overspend_one_unit(tmp_path: Path, where: str) -> None:
    path = tmp_path / "journal.db" if where == "disk" else None
    journal = SqliteJournal.open(path, clock=CLOCK)
    asyncio.run(journal.take_lease("me"))
    asyncio.run(journal.record(planned(to_usd(PRICE))))
    start, won = threading.Barrier(64), list[int]()

    def reach(number: int) -> None:
        start.wait()
        try:
            asyncio.run(journal.record(reserved(number)))
        except BudgetExceeded:
            return
        won.append(number)

    threads = [threading.Thread(target=reach, args=(number,)) for number in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert to_micros(journal.bill().reserved_usd) == PRICE
    asyncio.run(journal.close())


VISITORS = """
import asyncio, os, sys, time
from pathlib import Path
from callsheet.core.errors import StaleDecision
from callsheet.evals.conformance import decided
from callsheet.tools import journal as journal_module
from callsheet.tools.clock import SystemClock
from callsheet.tools.journal import SqliteJournal

async def decide(journal, who):
    try:
        await journal.record(decided(who))
    except StaleDecision:
        return
    print(who, flush=True)

async def visit(name):
    journal = SqliteJournal.open(Path(sys.argv[1]), clock=SystemClock(), mode="write")
    await asyncio.sleep(start - time.monotonic())
    await asyncio.gather(*(decide(journal, f"person {name}.{number}") for number in range(8)))
    await journal.close()

start = time.monotonic() + 0.5
children = []
for name in range(4):
    children.append(os.fork())
    if not children[-1]:
        asyncio.run(visit(name))
        os._exit(0)
assert [os.waitpid(child, 0)[1] for child in children] == [0] * 4
"""


@pytest.mark.slow
async def test_of_32_decisions_from_4_processes_exactly_one_counts(open_journal: Open, tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    driver = await driving(open_journal(path))
    await driver.record(planned(1.0), reserved(1), made(1))
    command = [sys.executable, "-c", VISITORS, str(path)]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=120, check=True)
    won = done.stdout.splitlines()
    await driver.refresh()
    assert len(won) == 1
    assert [taken.by for taken in driver.history.tasks["task1"].decisions] == won


async def test_a_hundred_callers_share_their_commits(open_journal: Open, capsys: pytest.CaptureFixture[str]) -> None:
    journal = await driving(open_journal())
    await journal.record(planned(10.0))
    limit, count = asyncio.Semaphore(100), 1000

    async def one(fact: CallReserved) -> None:
        async with limit:
            await journal.record(fact)

    begun = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number in range(count):
            group.create_task(one(reserved(number)))
    seconds = time.perf_counter() - begun
    with capsys.disabled():
        print(f"\njournal: {count / seconds:.0f} durable records a second, 100 in flight")
    assert len(journal.history.calls) == count


async def test_a_fact_and_its_money_are_one_transaction_that_takes_the_write_lock_first(open_journal: Open) -> None:
    journal = await driving(open_journal())
    await journal.record(planned(1.0))
    said: list[str] = []
    journal._connection.connection.driver_connection.set_trace_callback(said.append)  # type: ignore[union-attr]
    await journal.record(reserved(1), sent(1))
    await journal.record(made(1))
    journal._connection.connection.driver_connection.set_trace_callback(None)  # type: ignore[union-attr]
    spoken = [one.split("(")[0].split(" SET")[0].strip() for one in said]
    begun = [at for at, one in enumerate(spoken) if one.startswith("BEGIN")]
    ended = [at for at, one in enumerate(spoken) if one == "COMMIT"]
    assert [spoken[at] for at in begun] == ["BEGIN IMMEDIATE"] * 2
    for first, last in zip(begun, ended, strict=True):
        written = spoken[first:last]
        assert any(one.startswith("INSERT INTO entry") for one in written)
        assert any(one.startswith("UPDATE purse") for one in written)
        assert any("call" in one for one in written if one.startswith(("INSERT INTO", "UPDATE")))


class Astray:
    """A clock that steps back a day with every look at it."""

    def __init__(self) -> None:
        self._day = 28

    def now(self) -> str:
        self._day = max(1, self._day - 1)
        return f"2026-11-{self._day:02d}T12:00:00.000Z"

    def seconds(self) -> float:
        return 0.0


async def test_a_clock_that_steps_back_changes_neither_order_nor_money_nor_who_drives(tmp_path: Path) -> None:
    path, clock = tmp_path / "journal.db", Astray()
    for session in range(3):
        journal = SqliteJournal.open(path, clock=clock)
        assert await journal.take_lease(f"session {session}") == session + 1
        if not session:
            await journal.record(planned(1.0))
        await journal.record(reserved(session), sent(session))
        await journal.record(made(session))
        await journal.close()
    again = SqliteJournal.open(path, clock=clock, mode="read")
    assert [one.seq for one in again.history.entries] == list(range(1, 14))
    times = [one.at for one in again.history.entries]
    assert times == sorted(times, reverse=True)
    assert again.history.epoch == 3
    assert to_micros(again.bill().settled_usd) == 3 * PRICE
    await again.close()
