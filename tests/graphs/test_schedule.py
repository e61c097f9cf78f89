"""The schedule runs a DAG without barriers."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.core.plan import Requirement, Task
from callsheet.core.take import Made, Opinion, Recipe
from callsheet.core.timing import chain_seconds
from callsheet.graphs.schedule import run_schedule
from callsheet.graphs.task import task_graph
from callsheet.models.inprocess import InProcessWorkers

from .conftest import SetStage, composite, still


def task(name: str, *inputs: str, department: str = "d") -> Task:
    return Task(name=name, department=department, make="still", inputs=inputs)


async def run(tasks: list[Task], run_task: object = None, **changes: object) -> list[str]:
    started: list[str] = []

    async def note(name: str) -> None:
        started.append(name)
        await asyncio.sleep(0)

    options = {"rooms": {"d": 100}, "chain": chain_seconds(tasks, lambda _: 1.0)} | changes
    await run_schedule(tasks, run_task or note, **options)  # type: ignore[arg-type]
    return started


async def test_a_task_starts_only_when_its_inputs_have_ended() -> None:
    started = await run([task("comp", "a", "b"), task("a"), task("b")])
    assert started[-1] == "comp"
    assert len(started) == 3


async def test_the_longest_remaining_chain_starts_first() -> None:
    tasks = [task("short"), task("long"), task("middle", "long"), task("end", "middle")]
    started = await run(tasks, rooms={"d": 1})
    assert started[:2] == ["long", "middle"]


async def test_a_slow_branch_holds_nobody_up() -> None:
    done: list[str] = []

    async def timed(name: str) -> None:
        await asyncio.sleep(0.3 if name == "slow" else 0.01)
        done.append(name)

    await run([task("slow"), task("a"), task("b", "a"), task("c", "b")], timed)
    assert done == ["a", "b", "c", "slow"]


async def test_a_department_never_has_more_live_tasks_than_it_has_workers() -> None:
    live, most = 0, 0

    async def count(_: str) -> None:
        nonlocal live, most
        live += 1
        most = max(most, live)
        await asyncio.sleep(0.001)
        live -= 1

    await run([task(f"t{number}") for number in range(30)], count, rooms={"d": 4})
    assert most == 4


async def test_a_task_that_raises_stops_the_production() -> None:
    async def fail(name: str) -> None:
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
    started = asyncio.run(run(tasks, rooms={"d": rooms}))
    assert sorted(started) == sorted(one.name for one in tasks)
    assert all(started.index(one.name) > started.index(name) for one in tasks for name in one.inputs)


async def test_what_the_longest_chain_waits_for_is_asked_of_the_workers_most_urgently(set_stage: SetStage) -> None:
    stage = await set_stage(still("alone"), still("first"), composite("second", "first"))
    asked: dict[str, float] = {}

    class Noting(InProcessWorkers):
        async def make(
            self, maker: str, recipe: Recipe, ingredients: Mapping[str, bytes], *, token: str, urgency: float = 0.0
        ) -> Made:
            asked[f"make {len(asked)}"] = urgency
            return await super().make(maker, recipe, ingredients, token=token, urgency=urgency)

        async def look(
            self,
            picture: bytes,
            requirements: Sequence[Requirement],
            earlier: Sequence[str],
            references: Mapping[str, bytes],
            *,
            urgency: float = 0.0,
        ) -> tuple[Opinion, ...]:
            asked[f"look {len(asked)}"] = urgency
            return await super().look(picture, requirements, earlier, references, urgency=urgency)

    stage = replace(stage, workers=Noting(stage.crew), chain={"alone": 1.0, "first": 5.0, "second": 2.0})
    for name in ("first", "second", "alone"):
        await task_graph(stage).ainvoke({"task": name})
    assert list(asked.values()) == [5.0, 5.0, 2.0, 2.0, 1.0, 1.0]
