"""Live progress: what is done counts, however many sessions it took; only this one's pace is extrapolated."""

import asyncio
import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from callsheet.apps.progress import LiveProgress, Tally
from callsheet.core.fact import CallSent, Entry, Fact, LeaseTaken, TakePublished
from callsheet.graphs.desk import Standing, look, plan, produce

HERE = Path(__file__).parents[1]
BRIEF, CREW = HERE / "small_brief.yaml", HERE / "fake_crew.toml"
PLAN = plan(BRIEF, crew=CREW)


def entry(fact: Fact) -> Entry:
    return Entry(seq=1, at="2026-01-01T00:00:00+00:00", fact=fact)


def accepted(task: str) -> Entry:
    return entry(
        TakePublished(task=task, take=f"{task}/t01", digest="sha256:" + "0" * 64, version=1, accepted_by="gate")
    )


@pytest.fixture
def standing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Standing:
    """A production that an earlier session ended."""
    monkeypatch.setenv("CALLSHEET_HOME", "inprocess")
    asyncio.run(produce(BRIEF, out=tmp_path / "castle", crew=CREW))
    return asyncio.run(look(tmp_path / "castle"))


def test_what_earlier_sessions_did_counts_but_does_not_set_the_pace(standing: Standing) -> None:
    tally = Tally(standing.plan)
    tally.resume(standing)
    assert tally.ended == {task.name for task in standing.plan.tasks}
    assert tally.micros == round(standing.bill.settled_usd * 1_000_000)
    assert tally.takes.total() == sum(len(record.takes) for record in standing.history.tasks.values())
    assert not tally.calling
    assert tally.seconds_left(60) is None


def test_time_left_is_what_the_open_tasks_take_at_this_sessions_pace() -> None:
    tally = Tally(replace(PLAN, tasks=PLAN.tasks[:4]), ended={PLAN.tasks[0].name})
    tally.hear(accepted(PLAN.tasks[1].name))
    assert tally.seconds_left(10) == pytest.approx(20)


def test_a_task_that_is_done_again_is_open() -> None:
    tally = Tally(PLAN)
    tally.hear(accepted("keep"))
    tally.hear(entry(CallSent(key="k", task="keep", token="t")))
    assert not tally.ended


def test_the_table_comes_up_with_the_first_entry_whatever_it_is_and_after_a_stop_again() -> None:
    screen = io.StringIO()
    progress = LiveProgress(PLAN, Console(file=screen, force_terminal=True, width=100))
    for _ in range(2):
        progress.hear(entry(LeaseTaken(epoch=2, holder="process 7")))
        progress.stop()
        assert "architecture" in screen.getvalue()
        screen.seek(0)
        screen.truncate()
