"""Departments lend idle places and never lose their own; the schedule's tasks may be run again and joined."""

import asyncio
from collections.abc import Callable, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.core.plan import Task
from callsheet.core.timing import chain_seconds
from callsheet.graphs.schedule import Schedule, own_places, run_schedule

TEAMS = ("architecture", "environment", "characters", "post")


def task(name: str, *inputs: str, department: str = "post") -> Task:
    return Task(name=name, department=department, make="still", inputs=inputs)


@st.composite
def productions(draw: st.DrawFn) -> tuple[list[Task], dict[str, int], dict[str, int]]:
    """Give tasks in departments, the departments' shares, and for how many turns of the loop each task runs."""
    count = draw(st.integers(1, 30))
    tasks = [
        task(
            f"t{n}",
            *draw(st.sets(st.sampled_from([f"t{m}" for m in range(n)]), max_size=2)) if n else (),
            department=draw(st.sampled_from(TEAMS)),
        )
        for n in range(count)
    ]
    turns = {one.name: draw(st.integers(0, 6)) for one in tasks}
    return tasks, {name: draw(st.integers(1, 4)) for name in TEAMS}, turns


@settings(max_examples=60, deadline=None)
@given(productions())
def test_every_task_runs_once_and_no_more_are_live_than_there_are_places(
    production: tuple[list[Task], dict[str, int], dict[str, int]],
) -> None:
    tasks, rooms, turns = production
    started: list[str] = []
    live: list[int] = [0]

    async def run(name: str) -> None:
        started.append(name)
        live.append(live[-1] + 1)
        for _ in range(turns[name]):
            await asyncio.sleep(0)
        live.append(live[-1] - 1)

    asyncio.run(run_schedule(tasks, run, rooms=rooms, chain=chain_seconds(tasks, lambda _: 1.0)))
    assert sorted(started) == sorted(turns)
    assert max(live) <= sum(rooms.values())
    assert all(started.index(one.name) > started.index(name) for one in tasks for name in one.inputs)


@settings(max_examples=60, deadline=None)
@given(productions(), st.integers(1, 12))
def test_a_place_that_is_freed_goes_to_whoever_has_ready_work_and_places_of_its_own_before_anybody_borrows_it(
    production: tuple[list[Task], dict[str, int], dict[str, int]], live: int
) -> None:
    tasks, rooms, turns = production
    own = own_places(rooms, live)
    lent: list[tuple[str, str]] = []
    chain = chain_seconds(tasks, lambda _: 1.0)

    class Watched(Schedule):
        def _fill(self) -> None:
            """Look at every choice as it is made: whoever borrows does so only while nobody waits below its share."""
            before = {name: team.live for name, team in self._teams.items()}
            waiting = {name: len(team.ready) for name, team in self._teams.items()}
            super()._fill()
            took = {name: team.live - before[name] for name, team in self._teams.items()}
            borrowers = [name for name in took if took[name] and self._teams[name].live > own[name]]
            kept_waiting = [name for name in took if waiting[name] > took[name] and self._teams[name].live < own[name]]
            lent.extend((borrower, name) for borrower in borrowers for name in kept_waiting)
            assert self._live <= min(live, sum(rooms.values()))

    async def run(name: str) -> None:
        for _ in range(turns[name]):
            await asyncio.sleep(0)

    async def produce() -> None:
        async with asyncio.TaskGroup() as group:
            Watched(tasks, run, rooms=rooms, chain=chain, live=live).start(group)

    asyncio.run(produce())
    assert not lent


async def test_a_department_borrows_the_places_that_others_leave_idle() -> None:
    live, most = 0, 0

    async def count(_: str) -> None:
        nonlocal live, most
        live += 1
        most = max(most, live)
        await asyncio.sleep(0.001)
        live -= 1

    tasks = [task(f"t{number}") for number in range(30)]
    rooms = {"architecture": 5, "environment": 8, "characters": 12, "post": 5}
    await run_schedule(tasks, count, rooms=rooms, chain=dict.fromkeys((one.name for one in tasks), 1.0))
    assert most == 30


async def test_ten_thousand_ready_tasks_do_not_flood_a_small_cluster() -> None:
    live, most = 0, 0

    async def count(_: str) -> None:
        nonlocal live, most
        live += 1
        most = max(most, live)
        await asyncio.sleep(0)
        live -= 1

    tasks = [task(f"t{number}") for number in range(10_000)]
    rooms = {"post": 5_000, "architecture": 5_000}
    await run_schedule(tasks, count, rooms=rooms, chain=dict.fromkeys((one.name for one in tasks), 1.0), live=40)
    assert most == 40


async def _told(tasks: Sequence[Task], meanwhile: Callable[[Schedule], None], due: set[str] | None = None) -> list[str]:
    """Run tasks, and once all have ended do something to the schedule; give who ran, in order."""
    ran: list[str] = []

    async def note(name: str) -> bool:
        ran.append(name)
        await asyncio.sleep(0)
        return due is None or name in due

    async with asyncio.TaskGroup() as group:
        chain = chain_seconds([*tasks, task("more")], lambda _: 1.0)
        schedule = Schedule(tasks, note, rooms={"post": 2}, chain=chain)
        schedule.start(group)
        await schedule.idle()
        ran.clear()
        meanwhile(schedule)
        await schedule.idle()
    return ran


async def test_a_task_that_is_woken_runs_again_and_so_does_all_that_is_made_from_it() -> None:
    tasks = [task("keep"), task("comp", "keep"), task("grade", "comp"), task("other")]
    assert await _told(tasks, lambda schedule: schedule.wake(["keep"])) == ["keep", "comp", "grade"]


async def test_what_is_made_from_a_task_where_nothing_was_due_stays_at_rest() -> None:
    tasks = [task("keep"), task("comp", "keep"), task("grade", "comp")]
    assert await _told(tasks, lambda schedule: schedule.wake(["keep"]), {"keep"}) == ["keep", "comp"]


async def test_a_task_that_joins_runs() -> None:
    assert await _told([task("keep")], lambda schedule: schedule.add([task("more", "keep")])) == ["more"]


async def test_a_task_woken_while_it_runs_runs_once_more() -> None:
    ran: list[str] = []

    async def note(name: str) -> None:
        ran.append(name)
        if len(ran) == 1:
            schedule.wake(["keep"])

    async with asyncio.TaskGroup() as group:
        schedule = Schedule([task("keep")], note, rooms={}, chain={"keep": 1.0})
        schedule.start(group)
    assert ran == ["keep", "keep"]


async def test_what_is_ready_follows_a_change_of_the_order() -> None:
    ran: list[str] = []
    chain = {"first": 3.0, "long": 2.0, "urgent": 1.0}

    async def note(name: str) -> None:
        ran.append(name)
        chain["urgent"] = 9.0
        schedule.reorder()

    async with asyncio.TaskGroup() as group:
        schedule = Schedule([task(name) for name in chain], note, rooms={"post": 1}, chain=chain)
        schedule.start(group)
    assert ran == ["first", "urgent", "long"]
