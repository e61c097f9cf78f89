"""The schedule: a task starts the moment its inputs exist and there is a place for it; the longest chain goes first.

No barriers, and no idea what a task is: the function that runs one is an argument. A department's places are its own
whenever it has work. What it leaves idle others borrow and give back as their tasks end: nothing that runs is stopped.
"""

import asyncio
import contextvars
import heapq
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ..core.plan import Task

RunTask = Callable[[str], Awaitable[bool | None]]
"""Runs a task by name until nothing more can be done for it now; False says that nothing was due."""


def own_places(rooms: Mapping[str, int], live: int) -> dict[str, int]:
    """Say how many places each department can count on: its share, scaled down where all shares are more than `live`.

    >>> own_places({"architecture": 5, "environment": 8, "characters": 12, "post": 5}, 256)
    {'architecture': 5, 'environment': 8, 'characters': 12, 'post': 5}
    >>> own_places({"architecture": 500, "post": 100}, 60)
    {'architecture': 50, 'post': 10}
    """
    total = sum(rooms.values())
    return {name: room if total <= live else max(1, room * live // total) for name, room in rooms.items()}


async def run_schedule(
    tasks: Sequence[Task],
    run_task: RunTask,
    *,
    rooms: Mapping[str, int],
    chain: Mapping[str, float],
    live: int = 256,
) -> None:
    """Run a DAG of tasks: each once, when its inputs have ended, however they ended.

    The first exception of a task cancels the others and is raised.

    Args:
        tasks: the DAG.
        run_task: runs one task by name; returns when nothing more can be done for it now.
        rooms: each department's places; together they are all the places there are.
        chain: priority of each task, highest first (`core.timing.chain_seconds`).
        live: how many tasks may be live at once in all, however many places the departments have.
    """
    async with asyncio.TaskGroup() as group:
        Schedule(tasks, run_task, rooms=rooms, chain=chain, live=live).start(group)


@dataclass(slots=True, eq=False)
class _Team:
    """A department on the floor."""

    own: int
    live: int = 0
    ready: list[tuple[float, int, "_Job"]] = field(default_factory=list)
    """A heap of what could start now."""

    def turn(self) -> tuple[bool, tuple[float, int, "_Job"]]:
        """Order departments: who has places of its own left before who would borrow, then the longest chain."""
        return self.live >= self.own, self.ready[0]


@dataclass(slots=True, eq=False)
class _Job:
    """A task on the floor."""

    name: str
    team: _Team
    number: int
    state: Literal["asleep", "ready", "running", "resting"] = "asleep"
    waits: int = 0
    """Inputs that have never ended yet."""
    has_ended: bool = False
    is_wanted_again: bool = False
    """Something happened to it while it ran."""
    children: list["_Job"] = field(default_factory=list)


class Schedule:
    """A DAG of tasks being run: tasks may join, be run again and change places in the line meanwhile."""

    def __init__(
        self,
        tasks: Sequence[Task],
        run_task: RunTask,
        *,
        rooms: Mapping[str, int],
        chain: Mapping[str, float],
        live: int = 256,
    ) -> None:
        """Prepare to run; arguments as in `run_schedule`. `chain` is read anew for whatever becomes ready."""
        shares = dict.fromkeys((task.department for task in tasks), 1) | dict(rooms)
        self._teams = {name: _Team(own) for name, own in own_places(shares, live).items()}
        self._places = max(1, min(live, sum(shares.values())))
        self._run_task, self._chain = run_task, chain
        self._jobs: dict[str, _Job] = {}
        self._live = 0
        self._idle = asyncio.Event()
        self._group: asyncio.TaskGroup | None = None
        self._enlist(tasks)

    def start(self, group: asyncio.TaskGroup) -> None:
        """Start what can start, in a group that then holds whatever runs."""
        self._group = group
        self._fill()

    async def idle(self) -> None:
        """Wait until nothing runs and nothing is ready."""
        await self._idle.wait()

    def add(self, tasks: Sequence[Task]) -> None:
        """Take in tasks whose inputs are here already or come with them."""
        self._enlist(tasks)
        self._fill()

    def wake(self, names: Iterable[str]) -> None:
        """Run tasks again that were run before; those still to come are run anyway.

        Whoever works from their pictures is run again as well, once they have ended and something was due.
        """
        for name in names:
            self._wake(self._jobs[name])
        self._fill()

    def reorder(self) -> None:
        """Read `chain` anew for whatever is ready."""
        for team in self._teams.values():
            team.ready = [(-self._chain[job.name], number, job) for _, number, job in team.ready]
            heapq.heapify(team.ready)

    def _enlist(self, tasks: Sequence[Task]) -> None:
        for task in tasks:
            team = self._teams.setdefault(task.department, _Team(1))
            self._jobs[task.name] = _Job(task.name, team, len(self._jobs))
        for task in tasks:
            job = self._jobs[task.name]
            for name in set(task.inputs):
                self._jobs[name].children.append(job)
                job.waits += not self._jobs[name].has_ended
            if not job.waits:
                self._make_ready(job)

    def _make_ready(self, job: _Job) -> None:
        job.state = "ready"
        heapq.heappush(job.team.ready, (-self._chain[job.name], job.number, job))

    def _wake(self, job: _Job) -> None:
        if job.state == "resting":
            self._make_ready(job)
        job.is_wanted_again = job.state == "running"

    def _fill(self) -> None:
        """Start what there are places for."""
        assert self._group
        while self._live < self._places:
            team = min((one for one in self._teams.values() if one.ready), key=_Team.turn, default=None)
            if team is None:
                break
            _, _, job = heapq.heappop(team.ready)
            job.state = "running"
            team.live += 1
            self._live += 1
            self._idle.clear()
            # A fresh context: a graph run started from inside another must not inherit its configuration.
            self._group.create_task(self._run(job), context=contextvars.Context())
        if not self._live:
            self._idle.set()

    async def _run(self, job: _Job) -> None:
        was_due = await self._run_task(job.name)
        self._end(job, has_news=was_due is not False)
        self._fill()

    def _end(self, job: _Job, *, has_news: bool) -> None:
        job.state = "resting"
        job.team.live -= 1
        self._live -= 1
        for child in job.children:
            if not job.has_ended:
                child.waits -= 1
                if not child.waits:
                    self._make_ready(child)
            elif has_news:
                self._wake(child)
        job.has_ended = True
        if job.is_wanted_again:
            job.is_wanted_again = False
            self._make_ready(job)
