"""What a journal forgets, and that without it nothing it is asked about is told otherwise."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from callsheet.core.fact import Entry, Fact, LeaseTaken, TakePublished, TaskUnfinished
from callsheet.core.history import History
from callsheet.core.money import to_micros
from callsheet.core.timing import sessions
from callsheet.evals.conformance import PRICE, decided, made, planned, reserved, sent, voided
from callsheet.tools import compacting
from callsheet.tools.clock import SystemClock
from callsheet.tools.compacting import superseded
from callsheet.tools.journal import SqliteJournal


def away(task: str = "task1", why: str = "the service is away") -> TaskUnfinished:
    return TaskUnfinished(task=task, why=why, cause="world")


def told(*facts: Fact) -> list[Entry]:
    return [
        Entry(seq=seq, at=f"2026-11-21T12:00:{seq:02d}+00:00", fact=fact) for seq, fact in enumerate(facts, start=1)
    ]


def lease(epoch: int) -> LeaseTaken:
    return LeaseTaken(epoch=epoch, holder="me")


def test_a_try_without_a_charge_is_superseded_by_the_next_but_for_the_first_call_of_all() -> None:
    first = (reserved(1), sent(1), voided(1))
    second = (reserved(1, token="b"), sent(1, token="b"), voided(1, token="b"))
    third = (reserved(1, token="c"), sent(1, token="c"), made(1, token="c"))
    assert superseded(told(lease(1), planned(1.0), *first, *second, *third)) == {6, 7, 8}


def test_a_call_that_was_out_when_its_driver_ended_is_kept_for_whoever_reconciles() -> None:
    again = (reserved(1, token="b"), sent(1, token="b"), made(1, token="b"))
    assert not superseded(told(lease(1), planned(1.0), reserved(1), sent(1), lease(2), *again))


def test_the_last_try_of_a_task_stays() -> None:
    assert not superseded(told(lease(1), planned(1.0), reserved(2), reserved(1), sent(1), voided(1), away()))


def test_a_task_that_could_not_go_on_is_told_of_once_until_something_becomes_of_it() -> None:
    ends = (away(), lease(2), away(why="still away"), reserved(2), lease(3), away(), reserved(2, token="b"))
    entries = told(lease(1), planned(1.0), reserved(2), *ends)
    assert superseded(entries) == {6}  # the fourth was the last word of its session


def test_how_it_ended_before_it_was_made_or_decided_about_stays() -> None:
    between = (reserved(1), made(1), decided("Ada"))
    entries = told(lease(1), planned(1.0), away(), *between, away(), reserved(2))
    assert not superseded(entries)


def test_the_last_work_of_a_session_stays_so_that_its_time_is_told_as_before() -> None:
    tries = [(reserved(1, token=one), sent(1, token=one), voided(1, token=one)) for one in "abc"]
    entries = told(lease(1), planned(1.0), *tries[0], *tries[1], lease(2), *tries[2], away())
    left = [one for one in entries if one.seq not in superseded(entries)]
    assert sessions(History.of(left)) == sessions(History.of(entries))


def size_of(path: Path) -> int:
    return path.stat().st_size


async def many_tries(path: Path, count: int) -> SqliteJournal:
    journal = SqliteJournal.open(path, clock=SystemClock())
    await journal.take_lease("me")
    if journal.history.planned is None:
        await journal.record(planned(1.0))
    first = len(journal.history.entries)
    tries = [
        (reserved(1, token=f"try{one}"), sent(1, token=f"try{one}"), voided(1, token=f"try{one}"))
        for one in range(first, first + count)
    ]
    await journal.record(*(fact for one in tries for fact in one))
    return journal


async def test_an_outage_of_any_length_leaves_a_journal_of_the_same_length(tmp_path: Path) -> None:
    path, lengths = tmp_path / "journal.db", []
    for _ in range(4):
        await (await many_tries(path, 100)).close()
        journal = SqliteJournal.open(path, clock=SystemClock())
        await journal.take_lease("me")
        lengths.append(len(journal.history.entries))
        assert journal.history == History.of(journal.history.entries)
        assert journal.bill().reserved_usd == 0
        await journal.close()
    assert lengths[-1] - lengths[0] < 30  # the leases and the last word of each session
    assert size_of(path) < 400_000


async def test_after_a_compaction_work_goes_on_and_others_read_the_same(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    await (await many_tries(path, 120)).close()
    visitor = SqliteJournal.open(path, clock=SystemClock(), mode="read")  # has read what will be forgotten
    driver = SqliteJournal.open(path, clock=SystemClock())
    await driver.take_lease("me")
    before = driver.history.entries[-1].seq
    (entry, _) = await driver.record(reserved(1, token="last"), made(1, token="last"))
    published = TakePublished(task="task1", take="task1/t01", digest="sha256:x", version=1, accepted_by="gate")
    await driver.record(published)
    assert entry.seq == before + 1
    await visitor.refresh()
    assert visitor.bill() == driver.bill()
    assert to_micros(driver.bill().settled_usd) == PRICE
    assert visitor.history.tasks == driver.history.tasks
    await visitor.close()
    await driver.close()


async def test_what_would_change_the_history_is_never_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "journal.db"
    journal = await many_tries(path, 120)
    await journal.record(reserved(1, token="last"), made(1, token="last"))
    await journal.close()
    monkeypatch.setattr(compacting, "superseded", lambda entries: frozenset(one.seq for one in entries[-300:]))
    with closing(sqlite3.connect(path)) as raw:
        before = raw.execute("SELECT count(*) FROM entry").fetchone()
        journal = SqliteJournal.open(path, clock=SystemClock())
        with pytest.raises(Exception, match="held for superseded change what the journal says"):
            await journal.take_lease("me")
        await journal.close()
        after = raw.execute("SELECT count(*) FROM entry").fetchone()
    assert after[0] == before[0] + 1  # the lease
