"""A production that runs is watched: the real floor and lines of workers on virtual time."""

from dataclasses import replace
from math import inf
from pathlib import Path

import pytest

from callsheet.core.fact import Greenlit, ProductionPlanned
from callsheet.core.plan import Department, Plan, Task
from callsheet.core.progress import Progress
from callsheet.evals.schedule.work import crew_of, shots
from callsheet.graphs import watching
from callsheet.graphs.desk import plan as planned
from callsheet.graphs.floor import Floor
from callsheet.graphs.stage import Stage
from callsheet.graphs.watching import ProgressListener, watched
from callsheet.models.lines.hand import Place
from callsheet.models.simulated import Pace
from callsheet.models.simulated_pool import Machines, SimulatedPool
from callsheet.tools.assets import MemoryStore
from callsheet.tools.clock import SystemClock
from callsheet.tools.journal import SqliteJournal
from callsheet.tools.virtual_time import VirtualLoop, run_virtually

HERE = Path(__file__).parents[1]
PLAN = replace(
    planned(HERE / "small_brief.yaml", crew=HERE / "fake_crew.toml"),
    tasks=shots(12),
    departments=(Department(name="lab", workers=4, share=1.0),),
)


def run(listener: ProgressListener, plan: Plan = PLAN, *, workers: int = 4) -> tuple[Stage, float]:
    """Run a plan to its end on machines that share its makers; give the stage and the virtual seconds."""

    async def produce(loop: VirtualLoop) -> Stage:
        crew = crew_of(workers)
        crew = replace(crew, makers=(replace(crew.makers[0], gpus=1.0, replicas_max=workers),))
        machines = Machines(speeds={Place(name=f"m{n}", size=1.0): 1.0 for n in range(workers)}, load_seconds=30.0)
        journal = SqliteJournal.open(None, clock=SystemClock())
        loop.wait_for_real(lambda: journal.is_writing)
        start = ProductionPlanned(
            title="t", brief_digest="", plan_digest="", crew_digest="", seed=0, budget_usd=1e3, tasks=len(plan.tasks)
        )
        await journal.record(start, Greenlit(plan_digest="", by="test"))
        stage = Stage(
            production="test",
            seed=0,
            tasks={task.name: task for task in plan.tasks},
            crew=crew,
            journal=journal,
            store=MemoryStore(),
            workers=SimulatedPool(crew, Pace(seconds=lambda nominal, _: nominal, passes=1.0), machines),
        )
        async with watched(stage, plan, listener):
            await Floor(stage, plan.departments, _twenty).run()
        await stage.workers.close()
        await journal.close()
        return stage

    return run_virtually(produce)


def _twenty(_: Task) -> float:
    return 20.0


@pytest.fixture(scope="module")
def told() -> tuple[list[Progress], float]:
    """All that was told of one production, and how long it took."""
    found: list[Progress] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(watching, "WORTH_PLAYING_SECONDS", inf)
        _, seconds = run(found.append)
    return found, seconds


def test_at_every_moment_each_task_is_counted_once_and_no_more_are_busy_than_are_up(
    told: tuple[list[Progress], float],
) -> None:
    for one in told[0]:
        (team,) = one.teams
        places = (team.accepted, team.unfinished, team.live, team.ready, team.blocked, team.for_you, team.paused)
        assert sum(places) == team.tasks == 36
        assert all(line.busy <= line.up <= 4 for line in one.lineups)


def test_while_the_model_loads_the_takes_are_said_to_wait_for_it(told: tuple[list[Progress], float]) -> None:
    early = next(one for one in told[0] if 5 < one.elapsed_seconds < 25)
    assert "4 takes wait for a worker: 4 for simulated (loading)" in [one.says for one in early.waits]
    assert early.left is None


def test_in_the_middle_the_longest_chain_waits_for_a_take_that_is_made_and_every_worker_is_busy(
    told: tuple[list[Progress], float],
) -> None:
    middle = next(one for one in told[0] if 2 < one.done < 6)
    assert 0 < middle.lineups[0].busy == middle.lineups[0].up
    assert any(one.kind == "task" and "(take 1 being made)" in one.says for one in middle.waits)


def test_half_way_the_time_left_is_about_what_it_takes(told: tuple[list[Progress], float]) -> None:
    half = next(one for one in told[0] if one.done >= 18)
    assert half.left is not None
    assert half.left.basis == "pace"
    assert half.left.seconds == pytest.approx(told[1] - half.elapsed_seconds, rel=0.4)


def test_at_the_end_nothing_is_left_and_nobody_waits(told: tuple[list[Progress], float]) -> None:
    last = told[0][-1]
    assert (last.done, last.left, last.waits) == (36, None, ())
    assert last.bill.settled_usd == pytest.approx(0.036)


def test_where_much_is_left_the_rest_is_played_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "WORTH_PLAYING_SECONDS", 1.0)
    monkeypatch.setattr(watching, "_PLAYED_EVERY_SECONDS", 1e6)
    found: list[Progress] = []
    run(found.append, replace(PLAN, tasks=shots(12)[:24]))
    played = [one for one in found if one.left and one.left.basis == "forecast"]
    assert played
    for one in played:
        assert one.left is not None
        assert one.left.low is not None
        assert one.left.high is not None
        assert one.left.low <= one.left.seconds <= one.left.high


def test_a_listener_that_breaks_does_not_end_the_production() -> None:
    def breaks(_: Progress) -> None:
        raise ValueError("no screen")

    stage, _ = run(breaks)
    assert all(record.accepted for record in stage.journal.history.tasks.values())
