"""The schedule runs a DAG without barriers."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.core.plan import Task
from callsheet.graphs.schedule import Outcome, chain_seconds, run_schedule


def task(name: str, *inputs: str, department: str = "d") -> Task:
    return Task(name=name, department=department, make="still", inputs=inputs)


async def run(tasks: list[Task], run_task: object = None, **changes: object) -> tuple[dict[str, Outcome], list[str]]:
    started: list[str] = []

    async def accept(name: str) -> Outcome:
        started.append(name)
        await asyncio.sleep(0)
        return "accepted"

    chain = chain_seconds(tasks, lambda _: 1.0)
    options = {"rooms": {"d": 100}, "chain": chain} | changes
    outcomes = await run_schedule(tasks, run_task or accept, **options)  # type: ignore[arg-type]
    return outcomes, started


async def test_a_task_starts_only_when_its_inputs_have_ended() -> None:
    outcomes, started = await run([task("comp", "a", "b"), task("a"), task("b")])
    assert started[-1] == "comp"
    assert set(outcomes.values()) == {"accepted"}


async def test_the_longest_remaining_chain_starts_first() -> None:
    tasks = [task("short"), task("long"), task("middle", "long"), task("end", "middle")]
    _, started = await run(tasks, rooms={"d": 1})
    assert started == ["long", "middle", "short", "end"] or started[0] == "long"


async def test_a_slow_branch_holds_nobody_up() -> None:
    done: list[str] = []

    async def timed(name: str) -> Outcome:
        await asyncio.sleep(0.3 if name == "slow" else 0.01)
        done.append(name)
        return "accepted"

    await run([task("slow"), task("a"), task("b", "a"), task("c", "b")], timed)
    assert done == ["a", "b", "c", "slow"]


async def test_a_department_never_has_more_live_tasks_than_it_has_workers() -> None:
    live, most = 0, 0

    async def count(_: str) -> Outcome:
        nonlocal live, most
        live += 1
        most = max(most, live)
        await asyncio.sleep(0.001)
        live -= 1
        return "accepted"

    await run([task(f"t{number}") for number in range(30)], count, rooms={"d": 4})
    assert most == 4


async def test_what_waits_for_a_person_holds_back_only_what_needs_it() -> None:
    async def wait_on_a(name: str) -> Outcome:
        return "waiting" if name == "a" else "accepted"

    outcomes, _ = await run([task("a"), task("b"), task("needs_a", "a"), task("needs_b", "b")], wait_on_a)
    assert outcomes == {"a": "waiting", "b": "accepted", "needs_a": "waiting", "needs_b": "accepted"}


async def test_a_task_that_raises_stops_the_production() -> None:
    async def fail(name: str) -> Outcome:
        raise ValueError(name)

    with pytest.raises(ExceptionGroup):
        await run([task("a"), task("b")], fail)


@st.composite
def dags(draw: st.DrawFn) -> list[Task]:
    count = draw(st.integers(1, 25))
    return [
        task(f"t{n}", *draw(st.sets(st.sampled_from([f"t{m}" for m in range(n)]), max_size=4)) if n else ())
        for n in range(count)
    ]


@settings(max_examples=60, deadline=None)
@given(dags(), st.integers(1, 5))
def test_every_task_of_any_dag_runs_once_and_after_its_inputs(tasks: list[Task], rooms: int) -> None:
    outcomes, started = asyncio.run(run(tasks, rooms={"d": rooms}))
    assert sorted(started) == sorted(one.name for one in tasks)
    assert all(started.index(one.name) > started.index(name) for one in tasks for name in one.inputs)
    assert len(outcomes) == len(tasks)
