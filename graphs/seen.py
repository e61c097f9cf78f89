"""What a production showed so far, as its director agent looks at it: off the journal, in the order of the plan."""

from collections.abc import Iterator

from ..agents.remedies import First, Last, Team
from ..agents.steering import in_order, looks, shares
from ..core.decision import Rewrite
from ..core.fact import (
    DecisionTaken,
    Fact,
    OrderGiven,
    QuestionAsked,
    TakeJudged,
    TakeMade,
    TakePublished,
    TaskUnfinished,
)
from ..core.money import to_micros
from ..core.plan import Task
from ..core.task_record import TaskRecord
from .stage import Stage


class Seen:
    """What the journal showed so far, kept up at the cost of what is new."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._read = 0
        self._micros, self._seconds = 0, 0.0
        self._judged, self._ended = set[str](), set[str]()
        self._order: dict[str, tuple[str, ...]] = {}
        self._places: dict[tuple[str, str], tuple[int, int]] = {}
        """By kind of point and department: how far the first tasks are done without a gap, and how many those are."""
        self._expected_seconds = 0.0
        self._tasks = 0

    @property
    def departments(self) -> tuple[str, ...]:
        """Name those that have tasks."""
        return tuple(self._order)

    def catch_up(self) -> None:
        """Take in what was written since the last time."""
        if self._tasks != len(self._stage.tasks):
            tasks = tuple(self._stage.tasks.values())
            self._order, self._tasks = in_order(tasks), len(tasks)
            self._places.clear()
            self._expected_seconds = sum(self._stage.expected(task).seconds for task in tasks)
        entries = self._stage.journal.history.entries
        for entry in entries[self._read :]:
            self._hear(entry.fact)
        self._read = len(entries)

    def points(self) -> Iterator[str]:
        """Name every point that is reached, in the order in which they are looked at."""
        for name in self._order:
            yield from (f"first:{name}:{size}" for size in looks(self._count("first", name, self._judged)))
            yield from (f"gate:{name}:{size}" for size in looks(self._count("gate", name, self._ended)))
        budget = to_micros(self._stage.journal.bill().budget_usd)
        yield from (f"tasks:{share}" for share in shares(len(self._ended) / max(1, self._tasks)))
        yield from (f"money:{share}" for share in shares(self._micros / budget if budget else 0.0))
        if self._expected_seconds:
            yield from (f"time:{share}" for share in shares(self._seconds / self._expected_seconds))

    def team(self, name: str, kind: str, count: int | None) -> Team:
        """Show a department: its first takes, or how its tasks ended, as far as a point goes; None is all there is."""
        history = self._stage.journal.history
        names = self._prefix(name, self._judged if kind == "first" else self._ended)[:count]
        ended = self._prefix(name, self._ended) if count is None else names if kind == "gate" else []
        records = {one: history.tasks[one] for one in self._order[name]}
        return Team(
            name=name,
            prefers=self._stage.prefers.get(name, ()),
            firsts=tuple(first for one in names if (first := _first(self._stage.tasks[one], records[one]))),
            ended=tuple(
                (self._stage.tasks[one], passed) for one in ended if (passed := _passed(records[one])) is not None
            ),
            lasts=tuple(last for one in ended if (last := _last(self._stage.tasks[one], records[one]))),
            reworded=tuple(passed for one in names for passed in _reworded(records[one])),
            waiting=tuple(self._stage.tasks[one] for one, record in records.items() if is_untouched(record)),
        )

    def _count(self, kind: str, name: str, done: set[str]) -> int:
        """Count a department's first tasks as `_prefix` does, at the cost of those that are new."""
        place, count = self._places.get((kind, name), (0, 0))
        names, tasks = self._order[name], self._stage.journal.history.tasks
        while place < len(names) and (names[place] in done or _is_out(tasks[names[place]])):
            count += names[place] in done
            place += 1
        self._places[kind, name] = place, count
        return count

    def _prefix(self, name: str, done: set[str]) -> list[str]:
        """Give a department's first tasks, as far as all are done; what people took out of the work is left out."""
        found = list[str]()
        for one in self._order[name]:
            if one in done:
                found.append(one)
            elif not _is_out(self._stage.journal.history.tasks[one]):
                break
        return found

    def _hear(self, fact: Fact) -> None:
        match fact:
            case TakeMade():
                self._micros += fact.micros
                self._seconds += fact.take.seconds
            case TakeJudged():
                self._judged.add(fact.task)
            case TakePublished() | TaskUnfinished() | QuestionAsked():
                self._ended.add(fact.task)
            case OrderGiven() | DecisionTaken():  # who was out of the work may be back
                self._places.clear()


def is_untouched(record: TaskRecord) -> bool:
    """Say whether nobody has begun a task, or decided about it."""
    return not (
        record.takes or record.routes or record.accepted or record.approval or record.decisions or _is_out(record)
    )


def _is_out(record: TaskRecord) -> bool:
    return record.is_omitted or record.cancelled is not None or record.paused is not None


def _first(task: Task, record: TaskRecord) -> First | None:
    first = next(iter(record.takes), None)
    if first is None or first.recipe is None or first.id not in record.verdicts:
        return None
    return First(task=task, maker=first.recipe.maker, verdict=record.verdicts[first.id])


def _last(task: Task, record: TaskRecord) -> Last | None:
    """Give the take of a task's last round, where it got that far."""
    made = [take for take in record.takes if take.recipe and take.id in record.verdicts]
    if not task.gate.rounds or len(made) <= task.gate.rounds or len(made) != len(record.takes):
        return None
    makers = [take.recipe.maker for take in made[: task.gate.rounds + 1] if take.recipe]
    return Last(
        task=task,
        maker=makers[-1],
        failures=makers[:-1].count(makers[-1]),
        is_passed=record.verdicts[made[task.gate.rounds].id].passed,
    )


def _passed(record: TaskRecord) -> bool | None:
    """Say whether a task that ended passed its gate; None where something else ended it."""
    if any(verdict.passed for verdict in record.verdicts.values()):
        return True
    return None if record.unfinished and record.unfinished.cause != "gate" else False


def _reworded(record: TaskRecord) -> Iterator[bool]:
    for before, after in zip(record.takes, record.takes[1:], strict=False):
        if isinstance(record.moves.get(before.id), Rewrite) and after.id in record.verdicts:
            yield record.verdicts[after.id].passed
