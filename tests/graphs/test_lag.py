"""By how much forecasts miss is learnt: real floors and lines in virtual time, with delays no forecast plays."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import exp
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsheet.agents.forecast import forecast
from callsheet.core.brief import Brief
from callsheet.core.crew import ClusterSpec, Crew
from callsheet.core.decision import Order
from callsheet.core.fact import Entry, Fact, LeaseTaken, OrderGiven, QuestionAsked, TaskRouted, TaskUnfinished
from callsheet.core.plan import Department, Outlook, Plan, Requirement
from callsheet.core.take import Opinion
from callsheet.core.track_record import Missed, TrackRecord
from callsheet.evals.schedule.work import LAB, MAKER, crew_of, shots, staged_tasks
from callsheet.graphs.floor import Floor
from callsheet.graphs.forecast import outlook
from callsheet.graphs.imagining import SoFar
from callsheet.graphs.lag import lag_of
from callsheet.graphs.learning import missed_by, paces_of, recall, remember, shown_by, workplace_of
from callsheet.graphs.stage import Stage
from callsheet.models.lines.hand import Place
from callsheet.models.simulated import Pace
from callsheet.models.simulated_pool import Machines, SimulatedPool
from callsheet.tools.journal import SqliteJournal
from callsheet.tools.virtual_time import VirtualLoop, run_virtually

WORKERS = 4
BRIEF = Brief(title="t", budget_usd=1.0)


def crew() -> Crew:
    hired = crew_of(WORKERS)
    maker = replace(hired.makers[0], gpus=1.0, device="cuda", replicas_max=WORKERS, passes={"existence": 1.0})
    return replace(hired, makers=(replace(maker, load_seconds=20.0),))


def planned(count: int, record: TrackRecord | None = None, seed: int = 0) -> Plan:
    tasks, departments = shots(count), (Department(name=LAB, workers=99, share=1.0),)
    return Plan(
        title="t", brief_digest="", crew_digest="", seed=seed, budget_usd=9.0, aspect="1:1", palette=(),
        departments=departments, tasks=tasks, shots=(), deliver=(), preflight=(),
        forecast=forecast(tasks, crew(), departments), track_record=record,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class LoopClock:
    """Tells the loop's time."""

    loop: VirtualLoop

    def now(self) -> str:
        return (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self.loop.time())).isoformat()

    def seconds(self) -> float:
        return self.loop.time()


@dataclass(frozen=True, slots=True, kw_only=True)
class LongLooks(Pace):
    """Takes its time to look."""

    look_seconds: float

    async def look(self, picture: bytes, requirements: Sequence[Requirement]) -> tuple[Opinion, ...]:
        await asyncio.sleep(self.look_seconds)
        return await Pace.look(self, picture, requirements)


def run(plan: Plan, *, start: float = 0.0, look: float = 0.0) -> tuple[Stage, float]:
    """Run a plan to its end; give its stage and the seconds it took.

    Args:
        plan: to run.
        start: seconds before the makers begin to load.
        look: seconds of every look.
    """
    hired = crew()

    async def program(loop: VirtualLoop) -> Stage:
        journal = SqliteJournal.open(None, clock=LoopClock(loop))
        loop.wait_for_real(lambda: journal.is_writing)
        machines = Machines(speeds={Place(name=f"m{n}", kind="gpu", size=1.0): 1.0 for n in range(WORKERS)})
        pace = LongLooks(seconds=lambda nominal, _: nominal, passes=1.0, look_seconds=look)
        pool = SimulatedPool(hired, pace, machines)
        async with staged_tasks(plan.tasks, hired, pool, journal, {}) as stage:
            await asyncio.sleep(start)
            await pool.start([MAKER])
            await Floor(stage, plan.departments, lambda task: stage.expected(task).seconds).run()
        await pool.close()
        return stage

    return run_virtually(program)


def missed(stage: Stage, plan: Plan) -> Missed | None:
    return missed_by(stage, plan, shown_by(stage, (), tuple(paces_of(stage))))


def expected(plan: Plan, so_far: SoFar | None = None) -> Outlook:
    return outlook(plan, crew(), so_far=so_far)


def test_a_production_that_took_longer_than_its_hindsight_makes_the_next_forecast_longer_and_truer(
    tmp_path: Path,
) -> None:
    history = tmp_path / "history.sqlite"
    stage, _ = run(planned(4), start=30.0, look=8.0)
    assert not remember(history, stage, planned(4))
    record = recall(history, BRIEF, crew())
    assert record
    next_plan = planned(4, record, seed=1)
    _, happened = run(next_plan, start=30.0, look=8.0)
    learnt, unlearnt = expected(next_plan), expected(replace(next_plan, track_record=replace(record, missed=())))
    assert learnt.seconds.middle > unlearnt.seconds.middle * 1.2
    assert learnt.seconds.middle == pytest.approx(happened, rel=0.1)
    assert unlearnt.seconds.middle < 0.85 * happened


def test_what_comes_before_the_first_take_is_told_from_what_makes_every_take_longer() -> None:
    plan = planned(4)
    late, slow = missed(run(plan, start=30.0)[0], plan), missed(run(plan, look=8.0)[0], plan)
    assert late
    assert slow
    assert (late.start_seconds, slow.start_seconds) == (pytest.approx(30.0, abs=0.1), pytest.approx(0.0, abs=0.1))
    assert late.stretch == pytest.approx(1.0, abs=0.05)
    assert slow.stretch > 1.2


def test_where_nothing_is_left_out_nothing_is_learnt() -> None:
    plan = planned(8)
    found = missed(run(plan)[0], plan)
    assert found
    lag = lag_of([found])
    assert (lag.start_seconds, lag.log_stretch) == (pytest.approx(0.0, abs=0.1), pytest.approx(0.0, abs=0.03))


AGAIN = (LeaseTaken(epoch=2, holder="another"), TaskRouted(task="sh00000_0", attempt=2, maker=MAKER, why=""))
ASKED = (QuestionAsked(task="sh00000_0", take="", digest="", round=1, question="well?"),)
ORDERED = (OrderGiven(order=Order(kind="pause", tasks=("sh00000_0",), what="sh00000_0", by="ada")),)
FAILED = (TaskUnfinished(task="sh00000_0", why="no machine", cause="world"),)


@pytest.mark.parametrize("facts", [AGAIN, ASKED, ORDERED, FAILED])
def test_a_production_that_was_interrupted_or_changed_by_people_or_the_world_tells_nothing(
    facts: Sequence[Fact],
) -> None:
    plan = planned(2)
    stage, _ = run(plan)
    history = stage.journal.history
    assert missed(stage, plan)
    if facts is FAILED:
        history.tasks["sh00000_0"].accepted = None
    for fact in facts:
        history.add(Entry(seq=len(history.entries) + 1, at="2026-01-02T00:00:00+00:00", fact=fact))
    assert missed(stage, plan) is None


def test_a_process_that_found_all_done_leaves_what_was_learnt(tmp_path: Path) -> None:
    history, plan = tmp_path / "history.sqlite", planned(2)
    stage, _ = run(plan, start=30.0)
    remember(history, stage, plan)
    before = recall(history, BRIEF, crew())
    idle = SimulatedPool(crew(), Pace(), Machines(speeds={}))
    remember(history, replace(stage, workers=idle), plan)
    assert recall(history, BRIEF, crew()) == before


def test_what_is_learnt_is_of_one_crew_on_so_many_cores_in_one_place() -> None:
    here = crew()
    elsewhere = replace(here, cluster=ClusterSpec(address="head:6379"))
    others = [elsewhere, replace(here, cores=8), replace(here, name="b")]
    assert len({workplace_of(one) for one in (here, *others)}) == 4


def test_what_runs_already_has_no_start_before_it_but_is_as_slow() -> None:
    def rest(*found: Missed) -> Outlook:
        return expected(planned(6, TrackRecord(missed=found)), so_far=SoFar(is_warm=True))

    late = Missed(start_seconds=500.0, stretch=1.0, noise=0.0)
    assert rest(late).seconds.high < rest().seconds.high + 100
    assert rest(replace(late, stretch=2.0)).seconds.middle > 1.5 * rest().seconds.middle


def test_the_more_the_lag_varied_the_wider_is_the_span() -> None:
    def width(*stretches: float) -> float:
        found = tuple(Missed(start_seconds=0.0, stretch=one, noise=0.02) for one in stretches)
        span = expected(planned(6, TrackRecord(missed=found))).seconds
        return span.high / span.low

    assert width(1.2, 1.2, 1.2) < width(0.7, 1.2, 2.0)


@given(st.lists(st.floats(0.3, 4.0), min_size=1, max_size=20), st.floats(0.0, 1.0))
def test_a_lag_lies_within_what_was_seen_and_no_lag_at_all(stretches: list[float], noise: float) -> None:
    lag = lag_of([Missed(start_seconds=1.0, stretch=one, noise=noise) for one in stretches])
    assert min(1.0, *stretches) - 1e-9 <= exp(lag.log_stretch) <= max(1.0, *stretches) + 1e-9
    assert lag.stretch_error > 0


@given(st.floats(0.3, 4.0), st.floats(0.05, 1.0))
def test_the_noisier_a_production_the_less_it_is_believed_and_the_less_sure_is_what_comes(
    stretch: float, noise: float
) -> None:
    clear, noisy = (lag_of([Missed(start_seconds=0.0, stretch=stretch, noise=one)]) for one in (noise / 2, noise))
    assert abs(noisy.log_stretch) <= abs(clear.log_stretch)
    assert noisy.stretch_error > clear.stretch_error
