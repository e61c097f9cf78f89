"""The schedule: a task starts the moment its inputs exist and its department has room; the longest chain goes first.

No barriers, and no idea what a task is: the function that runs one is an argument.
"""

import asyncio
import contextvars
import heapq
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ..core.plan import Task

RunTask = Callable[[str], Awaitable[None]]


def chain_seconds(tasks: Sequence[Task], seconds_of: Callable[[Task], float]) -> dict[str, float]:
    """Give for each task the seconds of the longest chain that starts with it.

    Args:
        tasks: a DAG, in any order.
        seconds_of: expected seconds of one task, revisions counted in.
    """
    children: dict[str, list[str]] = {task.name: [] for task in tasks}
    waits = {task.name: len(set(task.inputs)) for task in tasks}
    for task in tasks:
        for name in set(task.inputs):
            children[name].append(task.name)
    order = [name for name, count in waits.items() if not count]
    for name in order:
        for child in children[name]:
            waits[child] -= 1
            if not waits[child]:
                order.append(child)
    own = {task.name: seconds_of(task) for task in tasks}
    chain: dict[str, float] = {}
    for name in reversed(order):
        chain[name] = own[name] + max((chain[child] for child in children[name]), default=0.0)
    return chain


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
        rooms: how many tasks of each department may be live at once.
        chain: priority of each task, highest first (`chain_seconds`).
        live: how many tasks may be live at once in all.
    """
    floor = _Floor(tasks=tasks, run_task=run_task, rooms=dict(rooms), chain=chain, live=live)
    async with asyncio.TaskGroup() as group:
        floor.start(group)


@dataclass(slots=True, kw_only=True)
class _Floor:
    tasks: Sequence[Task]
    run_task: RunTask
    rooms: dict[str, int]
    chain: Mapping[str, float]
    live: int
    _ready: dict[str, list[tuple[float, int, str]]] = field(default_factory=dict)
    """Per department, a heap of what could start now."""
    _waits: dict[str, int] = field(default_factory=dict)
    _children: dict[str, list[str]] = field(default_factory=dict)
    _by_name: dict[str, tuple[int, Task]] = field(default_factory=dict)

    def start(self, group: asyncio.TaskGroup) -> None:
        self._by_name = {task.name: (place, task) for place, task in enumerate(self.tasks)}
        self._ready = {task.department: [] for task in self.tasks}
        self._waits = {task.name: len(set(task.inputs)) for task in self.tasks}
        self._children = {task.name: [] for task in self.tasks}
        for task in self.tasks:
            for name in set(task.inputs):
                self._children[name].append(task.name)
        for task in self.tasks:
            if not self._waits[task.name]:
                self._make_ready(task.name)
        self._fill(group)

    def _make_ready(self, name: str) -> None:
        place, task = self._by_name[name]
        heapq.heappush(self._ready[task.department], (-self.chain[name], place, name))

    def _fill(self, group: asyncio.TaskGroup) -> None:
        """Start what there is room for, the longest chain first over all departments."""
        while self.live > 0:
            heaps = [heap for name, heap in self._ready.items() if heap and self.rooms.get(name, 1) > 0]
            if not heaps:
                return
            _, _, name = heapq.heappop(min(heaps, key=lambda heap: heap[0]))
            self.live -= 1
            department = self._by_name[name][1].department
            self.rooms[department] = self.rooms.get(department, 1) - 1
            # A fresh context: a graph run started from inside another must not inherit its configuration.
            group.create_task(self._run(name, department, group), context=contextvars.Context())

    async def _run(self, name: str, department: str, group: asyncio.TaskGroup) -> None:
        await self.run_task(name)
        self.live += 1
        self.rooms[department] += 1
        for child in self._children[name]:
            self._waits[child] -= 1
            if not self._waits[child]:
                self._make_ready(child)
        self._fill(group)
