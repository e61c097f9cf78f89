"""What every maker still has to do, told to the workers: a line that sees only the calls in it hires too few."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from ..agents.planning.envelopes import makers_for
from ..agents.router import first_choice
from ..core.plan import Task
from ..core.ports import Foresighted
from .stage import Stage


class Foresight:
    """The seconds of work that is still to come, by the maker who will probably be asked; kept up as tasks end."""

    def __init__(self, stage: Stage, seconds_of: Callable[[Task], float]) -> None:
        self._stage, self._seconds_of = stage, seconds_of
        self._coming: dict[str, tuple[str, float]] = {}
        self._sums: defaultdict[str, float] = defaultdict(float)

    def expect(self, tasks: Iterable[Task]) -> None:
        """Count tasks in that are not done."""
        for task in tasks if isinstance(self._stage.workers, Foresighted) else ():
            if able := makers_for(task.make, self._stage.crew):
                prefers = self._stage.prefers.get(task.department, ())
                maker, seconds = first_choice(task, able, prefers, self._stage.odds)[0].name, self._seconds_of(task)
                self._coming[task.name] = maker, seconds
                self._sums[maker] += seconds
        self._tell()

    def ended(self, name: str) -> None:
        """Count a task out; again is harmless."""
        if name in self._coming:
            maker, seconds = self._coming.pop(name)
            self._sums[maker] = max(0.0, self._sums[maker] - seconds)
            self._tell()

    def _tell(self) -> None:
        if isinstance(self._stage.workers, Foresighted):
            self._stage.workers.foresee(self._sums)
