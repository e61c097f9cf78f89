"""What every maker still has to do, told to the workers: a line that sees only the calls in it hires too few."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from ..core.plan import Task
from ..core.ports import Foresighted
from .stage import Stage


class Foresight:
    """The seconds of work that is still to come, by the maker who will be asked first; kept up as tasks end.

    Where the workers cannot use it, nothing is counted.
    """

    def __init__(self, stage: Stage, seconds_of: Callable[[Task], float]) -> None:
        self._stage, self._seconds_of = stage, seconds_of
        self._workers = stage.workers if isinstance(stage.workers, Foresighted) else None
        self._coming: dict[str, tuple[str, float]] = {}
        self._sums: defaultdict[str, float] = defaultdict(float)

    def expect(self, tasks: Iterable[Task]) -> None:
        """Count tasks in that are not done; those that are counted already, anew."""
        if self._workers is None:
            return
        for task in tasks:
            self._count_out(task.name)
            if maker := self._stage.expected(task).maker:
                self._coming[task.name] = maker, (seconds := self._seconds_of(task))
                self._sums[maker] += seconds
        self._workers.foresee(self._sums)

    def ended(self, name: str) -> None:
        """Count a task out; again is harmless."""
        if self._workers and name in self._coming:
            self._count_out(name)
            self._workers.foresee(self._sums)

    def _count_out(self, name: str) -> None:
        maker, seconds = self._coming.pop(name, ("", 0.0))
        if maker:
            self._sums[maker] = max(0.0, self._sums[maker] - seconds)
