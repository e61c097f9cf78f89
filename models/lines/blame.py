"""Whose fault it was: a place that spoils three tasks in a row is left, a task that spoils three workers is refused.

What a task was spoilt by is not asked again for it while there are others; if those spoil it too, it was the task.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from ...core.errors import MakerFailed

_STRIKES: Final = 3
_ENOUGH: Final = 2
"""Places that spoil a task until it is taken to be the task's own fault."""


@dataclass(slots=True)
class Blame:
    """What went wrong in one line, by worker, by place and by task."""

    line: str
    _tasks_of: dict[str, set[str]] = field(default_factory=dict)
    """Tasks spoilt in a row, by worker and by place."""
    _lost_by: dict[str, set[str]] = field(default_factory=dict)
    """Workers lost, by task."""
    _spoilt_by: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Workers, each with its place, that broke, hung or refused it, by task."""

    def went_well(self, worker: str, place: str) -> None:
        """Forget what a worker and its place spoilt before."""
        self._tasks_of.pop(worker, None)
        self._tasks_of.pop(place, None)

    def spoilt(self, task: str, worker: str, place: str) -> None:
        """Count a call that broke, hung or was refused as if by the worker's fault."""
        for culprit in (worker, place):
            self._tasks_of.setdefault(culprit, set()).add(task)
        if task:
            self._spoilt_by.setdefault(task, []).append((worker, place))

    def avoided(self, task: str) -> frozenset[str]:
        """Name the workers and places that a task had better not meet again."""
        return frozenset(name for by in self._spoilt_by.get(task, ()) for name in by if name)

    def is_its_own_fault(self, task: str) -> bool:
        """Whether a task was spoilt on two places, or by two workers where places have no names; then nobody is blamed.

        Workers that were lost with it do not count: that may be chance, and three of them are told apart by `refusal`.

        >>> blame = Blame("sketch")
        >>> blame.spoilt("a", "sketch/1", "node-7")
        >>> blame.spoilt("a", "sketch/2", "node-7")
        >>> blame.is_its_own_fault("a")
        False
        >>> blame.spoilt("a", "sketch/3", "node-8")
        >>> blame.is_its_own_fault("a"), blame.is_bad("node-7")
        (True, False)
        """
        lost = self._lost_by.get(task, ())
        if len({place or worker for worker, place in self._spoilt_by.get(task, ()) if worker not in lost}) < _ENOUGH:
            return False
        for tasks in self._tasks_of.values():
            tasks.discard(task)
        return True

    def forgive(self, tasks: Collection[str]) -> bool:
        """Hold what became of these tasks against nobody, for it is not known yet whose fault it was; say if it was."""
        was_held = any(not spoilt.isdisjoint(tasks) for spoilt in self._tasks_of.values())
        for spoilt in self._tasks_of.values():
            spoilt.difference_update(tasks)
        return was_held

    def failed_to_start(self, place: str) -> None:
        """Count a worker that would not start."""
        spoilt = self._tasks_of.setdefault(place, set())
        spoilt.add(f"start {len(spoilt)}")

    def lost(self, task: str, worker: str, place: str) -> None:
        """Count a worker that a task's call took along."""
        self.spoilt(task, worker, place)
        self._lost_by.setdefault(task, set()).add(worker)

    def is_bad(self, culprit: str) -> bool:
        """Whether a worker, or a place with a name, spoilt three different tasks in a row.

        >>> blame = Blame("sketch")
        >>> for task in ("a", "b", "b"):
        ...     blame.spoilt(task, "sketch/1", "node-7")
        >>> blame.is_bad("node-7")
        False
        >>> blame.spoilt("c", "sketch/2", "node-7")
        >>> blame.is_bad("sketch/2"), blame.is_bad("node-7")
        (False, True)
        """
        return bool(culprit) and len(self._tasks_of.get(culprit, ())) >= _STRIKES

    def is_suspect(self, task: str) -> bool:
        """Whether a task took a worker along: then it goes alone, so that no other task is blamed with it."""
        return task in self._lost_by

    def refusal(self, task: str) -> MakerFailed | None:
        """Give why a task is not tried again, if it took three workers along."""
        workers = self._lost_by.get(task, set()) if task else set[str]()
        if len(workers) < _STRIKES:
            return None
        what = f"this work took down {len(workers)} workers ({', '.join(sorted(workers))})"
        return MakerFailed(self.line, f"{what}; reword the task, or have another maker do it")
