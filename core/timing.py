"""When work happened and which chains of tasks set the pace: pure folds over tasks and history."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from .fact import WORK_FACTS, Entry, Greenlit, LeaseTaken, TakeMade
from .history import History
from .machines import MachineLeft, WorkerLeft
from .plan import Plan, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One stretch during which a process drove the production, from its lease or greenlight to its last work."""

    start: datetime
    end: datetime

    @property
    def seconds(self) -> float:
        """How long it lasted."""
        return (self.end - self.start).total_seconds()


def sessions(history: History) -> tuple[Session, ...]:
    """Give every driving session in order; what people did in between (notes, ingested files) stretches none."""
    found: list[Session] = []
    start: datetime | None = None
    end: datetime | None = None
    for entry in history.entries:
        if isinstance(entry.fact, LeaseTaken | Greenlit):
            if start and end:
                found.append(Session(start=start, end=end))
            start, end = datetime.fromisoformat(entry.at), None
        elif _is_driven(entry):
            end = datetime.fromisoformat(entry.at)
            start = start or end
    if start and end:
        found.append(Session(start=start, end=end))
    return tuple(found)


def _is_driven(entry: Entry) -> bool:
    is_ingested = isinstance(entry.fact, TakeMade) and not entry.fact.key
    return isinstance(entry.fact, WORK_FACTS) and not is_ingested and not isinstance(entry.fact, _CLEARING_UP)


_CLEARING_UP = (MachineLeft, WorkerLeft)


def making_seconds(history: History) -> dict[str, float]:
    """Give the worker seconds each task's takes took, by task."""
    return {name: sum(take.seconds for take in record.takes) for name, record in history.tasks.items()}


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


def slowest_chain(plan: Plan, seconds: Mapping[str, float]) -> tuple[str, ...]:
    """Give the chain of tasks, each an input of the next, whose seconds add up to the most.

    Args:
        plan: its tasks may come in any order, without cycles.
        seconds: what each task took; a task it lacks took none.
    """
    inputs = {task.name: task.inputs for task in plan.tasks}
    until: dict[str, float] = {}
    before: dict[str, str | None] = {}
    waiting = list(reversed(inputs))
    while waiting:
        name = waiting[-1]
        missing = [source for source in inputs[name] if source not in until]
        if name in until or missing:
            waiting.pop() if name in until else waiting.extend(missing)
            continue
        slowest = max(inputs[name], key=until.__getitem__, default=None)
        before[name] = slowest
        until[name] = seconds.get(name, 0.0) + (until[slowest] if slowest else 0.0)
        waiting.pop()
    chain: list[str] = []
    link = max(until, key=until.__getitem__, default=None)
    while link:
        chain.append(link)
        link = before[link]
    return tuple(reversed(chain))
