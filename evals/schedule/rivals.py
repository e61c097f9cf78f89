"""What a user would write instead, on the same takes and as many workers; only the order of things differs.

A `Call` is one take: the same coroutine for everybody, which waits for a free worker and takes the take's seconds.
"""

import asyncio
import operator
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Annotated, TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.types import Send

from ...core.plan import Task

Call = Callable[[str, int], Awaitable[None]]
"""Make the take of a task by its number, from 0, on a free worker."""

Takes = Mapping[str, Sequence[float]]
"""Seconds of every take each task needs."""

Rival = Callable[[Sequence[Task], Takes, Call, int], Awaitable[None]]
"""Runs tasks, given their takes, a call and the number of workers."""


class _Wave(TypedDict):
    made: Annotated[dict[str, int], operator.or_]
    """Takes made so far, by task."""


class _Take(TypedDict):
    task: str
    number: int


async def supersteps(tasks: Sequence[Task], takes: Takes, call: Call, workers: int) -> None:
    """Fan every take that is due out by `Send`; the next wave starts when all are back."""
    needed = {name: len(seconds) for name, seconds in takes.items()}

    def fan_out(state: _Wave) -> list[Send] | str:
        made = state["made"]
        due = [task for task in tasks if _is_due(task, made, needed)]
        return [Send("take", {"task": task.name, "number": made.get(task.name, 0)}) for task in due] or END

    async def take(state: _Take) -> _Wave:
        await call(state["task"], state["number"])
        return {"made": {state["task"]: state["number"] + 1}}

    graph = StateGraph(_Wave)
    graph.add_node("wave", lambda _: {})
    graph.add_node("take", take)
    graph.add_edge(START, "wave")
    graph.add_conditional_edges("wave", fan_out, ["take", END])
    graph.add_edge("take", "wave")
    await graph.compile().ainvoke({"made": {}}, {"recursion_limit": 10_000})


def _is_due(task: Task, made: Mapping[str, int], needed: Mapping[str, int]) -> bool:
    is_open = made.get(task.name, 0) < needed[task.name]
    return is_open and all(made.get(name, 0) == needed[name] for name in task.inputs)


async def level_by_level(tasks: Sequence[Task], takes: Takes, call: Call, workers: int) -> None:
    """Map over all tasks that wait for nothing, then over those that waited for them, and so on."""
    for level in levels(tasks):
        await asyncio.gather(*(_all_takes(name, takes, call) for name in level))


def levels(tasks: Sequence[Task]) -> list[list[str]]:
    """Sort tasks by how many lie before them on their longest way; inputs come before those who need them.

    >>> keep = Task(name="keep", department="d", make="still")
    >>> levels([keep, Task(name="lit", department="d", make="still", inputs=("keep",))])
    [['keep'], ['lit']]
    """
    depth: dict[str, int] = {}
    for task in tasks:
        depth[task.name] = 1 + max((depth[name] for name in task.inputs), default=-1)
    return [[name for name, at in depth.items() if at == level] for level in range(max(depth.values()) + 1)]


async def equal_split(tasks: Sequence[Task], takes: Takes, call: Call, workers: int) -> None:
    """Give every worker as many tasks, in turns, chains kept together; nobody helps anybody."""
    chains = _chains(tasks)
    hands = [[name for chain in chains[start::workers] for name in chain] for start in range(workers)]
    await asyncio.gather(*(_one_by_one(names, takes, call) for names in hands))


def _chains(tasks: Iterable[Task]) -> list[list[str]]:
    """Put tasks together that feed each other, each behind its inputs."""
    home: dict[str, list[str]] = {}
    for task in tasks:
        chains = list({id(home[name]): home[name] for name in task.inputs}.values())
        whole = [name for chain in chains for name in chain]
        whole.append(task.name)
        for name in whole:
            home[name] = whole
    return list({id(chain): chain for chain in home.values()}.values())


async def _one_by_one(names: Sequence[str], takes: Takes, call: Call) -> None:
    for name in names:
        await _all_takes(name, takes, call)


async def _all_takes(name: str, takes: Takes, call: Call) -> None:
    for number in range(len(takes[name])):
        await call(name, number)


RIVALS: Mapping[str, Rival] = {
    "supersteps": supersteps,
    "level_by_level": level_by_level,
    "equal_split": equal_split,
}
