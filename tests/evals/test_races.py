"""The bench of races: it holds real ones, and sees what must not be."""

import asyncio
import json
import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from callsheet.core.canonical import to_json
from callsheet.evals.bench_races import Tally, add_up, main
from callsheet.evals.conformance import PRICE, decided, planned, reserved
from callsheet.tools.clock import SystemClock
from callsheet.tools.journal import SqliteJournal


@pytest.mark.slow
def test_of_contenders_in_two_processes_one_has_each_effect(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--rounds", "2", "--contenders", "8", "--processes", "2"])
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told["claims"], told["decisions"], told["settled"], told["reconciled"]) == (2, 2, 2, 2)
    assert (told["reservations"], told["refused"]) == (10, 6)
    assert (told["double_effects"], told["over_budget"], told["looks_over_budget"]) == (0, 0, 0)
    assert told["looks"] > 0


def test_a_second_decision_and_a_reservation_beyond_the_budget_are_seen(tmp_path: Path) -> None:
    async def write() -> None:
        journal = SqliteJournal.open(tmp_path / "journal.db", clock=SystemClock())
        await journal.take_lease("me")
        await journal.record(planned(0.0), reserved(1, micros=0), decided("Ada"))
        await journal.close()

    asyncio.run(write())
    with sqlite3.connect(tmp_path / "journal.db") as forged:
        for seq, fact in ((5, decided("Bo")), (6, reserved(2, micros=PRICE))):
            forged.execute(
                "INSERT INTO entry (seq, at, event, task, body) VALUES (?, '', ?, '', ?)",
                (seq, fact.event, to_json(fact)),
            )
    tally = Tally()
    add_up(tmp_path / "journal.db", tally, Counter(), contenders=8)
    assert tally.over_budget == 1
    assert tally.double_effects > 0
