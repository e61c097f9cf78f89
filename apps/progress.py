"""Live progress: departments, tasks, money and time left, folded from the journal as it is written."""

import time
from collections import Counter
from dataclasses import dataclass, field

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from ..core.fact import (
    CallSent,
    CallVoided,
    DecisionTaken,
    Entry,
    OrderGiven,
    QuestionAsked,
    TakeJudged,
    TakeMade,
    TakePublished,
    TasksAdded,
    TaskUnfinished,
)
from ..core.money import to_usd
from ..core.plan import Plan
from ..graphs.desk import InForce, Standing
from .tables import state_of


@dataclass(slots=True)
class Tally:
    """What has happened so far, counted."""

    plan: Plan
    micros: int = 0
    takes: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    ended: set[str] = field(default_factory=set)
    ended_here: set[str] = field(default_factory=set)
    """Tasks that ended in this session: the only ones that tell its pace."""
    calling: set[str] = field(default_factory=set)
    departments: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.departments = {task.name: task.department for task in self.plan.tasks}

    def resume(self, standing: Standing) -> None:
        """Count what earlier sessions did; what they left in the works, or what is due again, is open."""
        for entry in standing.history.entries:
            self.hear(entry)
        self.ended = {task.name for task in standing.plan.tasks if state_of(standing, task.name) != "open"}
        self.ended_here.clear()
        self.calling.clear()

    def hear(self, entry: Entry) -> str:  # noqa: PLR0911 - one sentence per fact
        """Count one entry; give a line for people where it is worth one."""
        match entry.fact:
            case CallSent(task=task):
                self.calling.add(task)
                self._open(task)
            case DecisionTaken(task=task):
                self._open(task)
            case CallVoided(task=task, why=why):
                self.calling.discard(task)
                return f"{task}: {why}"
            case TakeMade() as fact:
                self.calling.discard(fact.task)
                self.micros += fact.micros
                self.takes[self.departments.get(fact.task, "")] += 1
            case TakeJudged() as fact if not fact.verdict.passed:
                self.refused[self.departments.get(fact.task, "")] += 1
                return f"{fact.verdict.take} refused: {fact.verdict.findings[0].says}"
            case TakePublished() as fact:
                self._end(fact.task)
                return f"{fact.take} accepted as v{fact.version:03d} by {fact.accepted_by}"
            case TaskUnfinished() as fact:
                self._end(fact.task)
                return f"{fact.task} unfinished: {fact.why}"
            case QuestionAsked() as fact:
                self._end(fact.task)
                return f"{fact.task} waits for you: {fact.question}"
            case OrderGiven(order=order):
                return InForce(order=order, tasks=order.tasks).says
            case TasksAdded() as fact:
                self._join(fact)
                return f"added by {fact.by}: {', '.join(fact.tasks)}"
        return ""

    def seconds_left(self, elapsed_seconds: float) -> float | None:
        """Extrapolate from the pace of this session; None until a task has ended in it."""
        if not self.ended_here:
            return None
        return elapsed_seconds / len(self.ended_here) * (len(self.departments) - len(self.ended))

    def _join(self, fact: TasksAdded) -> None:
        alike = (team for name, team in self.departments.items() if name.split("__")[0] == fact.like.split("__")[0])
        self.departments.update(dict.fromkeys(fact.tasks, next(alike, "")))

    def _end(self, task: str) -> None:
        self.ended.add(task)
        self.ended_here.add(task)

    def _open(self, task: str) -> None:
        self.ended.discard(task)
        self.ended_here.discard(task)


class LiveProgress:
    """A table that lives at the bottom of a terminal; plain lines where there is none."""

    def __init__(self, plan: Plan, console: Console, standing: Standing | None = None) -> None:
        self._tally = Tally(plan)
        if standing:
            self._tally.resume(standing)
        self._started_at = 0.0
        self._console = console
        self._live = Live(console=console, refresh_per_second=4, transient=True) if console.is_terminal else None

    def hear(self, entry: Entry) -> None:
        """Take in one journal entry."""
        line = self._tally.hear(entry)
        if self._live is None:
            if line:
                self._console.print(line, soft_wrap=True)
            return
        if not self._live.is_started:
            self._started_at = time.monotonic()
            self._live.start()
        self._live.update(self._render(line))

    def stop(self) -> None:
        """Clear the table; the next entry brings it back, with its clock at zero."""
        if self._live and self._live.is_started:
            self._live.stop()

    def _render(self, line: str) -> RenderableType:
        tally, plan = self._tally, self._tally.plan
        table = Table(box=None, padding=(0, 1))
        for heading in ("department", "", "tasks", "takes", "refused", "in the works"):
            table.add_column(heading, justify="left" if heading in ("department", "") else "right")
        for department in plan.departments:
            names = [name for name, team in tally.departments.items() if team == department.name]
            done = sum(1 for name in names if name in tally.ended)
            table.add_row(
                Text(department.name),
                ProgressBar(total=max(len(names), 1), completed=done, width=24),
                f"{done}/{len(names)}",
                str(tally.takes[department.name]),
                str(tally.refused[department.name]),
                str(sum(1 for name in names if name in tally.calling)),
            )
        left = tally.seconds_left(time.monotonic() - self._started_at)
        foot = (
            f"{to_usd(tally.micros):.4f} of {plan.budget_usd:.2f} USD, "
            f"{'about ' + format(left, '.0f') + ' s left' if left is not None else 'crew coming up'}"
        )
        return Group(table, Text(foot), Text(line, style="dim", no_wrap=True, overflow="ellipsis"))
