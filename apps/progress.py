"""Live progress in a terminal: departments, workers, money, time left, who waits for whom; elsewhere plain lines."""

import time
from collections.abc import Callable, Sequence
from typing import Final

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from ..core.call import CallUnknown, CallVoided
from ..core.canonical import to_plain
from ..core.course import CourseAsked, CourseCorrected
from ..core.fact import (
    Entry,
    MoneyMoved,
    OrderGiven,
    PlanChanged,
    QuestionAsked,
    TakeJudged,
    TakePublished,
    TasksAdded,
    TaskUnfinished,
)
from ..core.limits import SpendingAllowed, SpendingHalted
from ..core.machines import MachineLeft
from ..core.outage import OutageBegan, OutageEnded
from ..core.progress import Lineup, Progress, TeamProgress, TimeLeft
from ..core.thought import FellBack
from ..graphs.desk import InForce
from .tables import in_time_units

MOST_TEAMS: Final = 8
"""Rows of departments: where there are more, the busiest have one each and the others one together."""
MOST_MAKERS: Final = 6
MOST_WAITS: Final = 6
ROW_EVERY_SECONDS: Final = 5.0
_MOST_SHARE: Final = 0.01
"""Of the time that drawing may take."""
_MOST_ABSENT: Final = 4
_NAME_WIDTH: Final = 16
_BAR_WIDTH: Final = 10
_STYLES: Final = {"you": "yellow", "stuck": "yellow", "world": "red"}


def line_of(entry: Entry) -> str:  # noqa: PLR0911, PLR0912 - one sentence per fact
    """Say in a line what happened, where it is worth one; empty where it is not."""
    match entry.fact:
        case CallVoided(task=task, why=why) | CallUnknown(task=task, why=why):
            return f"{task}: {why}"
        case SpendingHalted(by=by):
            return f"spending is stopped by {by}"
        case SpendingAllowed(by=by):
            return f"spending goes on, by {by}"
        case TakeJudged() as fact if not fact.verdict.passed:
            return f"{fact.verdict.take} refused: {fact.verdict.findings[0].says}"
        case TakePublished() as fact:
            return f"{fact.take} accepted as v{fact.version:03d} by {fact.accepted_by}"
        case TaskUnfinished() as fact:
            return f"{fact.task} unfinished: {fact.why}"
        case QuestionAsked() as fact:
            return f"{fact.task} waits for you: {fact.question}"
        case OrderGiven(order=order):
            return InForce(order=order, tasks=order.tasks).says
        case TasksAdded() as fact:
            return f"added by {fact.by}: {', '.join(fact.tasks)}"
        case PlanChanged() as fact:
            return f"changed by {fact.by}: {', '.join(fact.tasks)}"
        case MoneyMoved() | CourseCorrected() | OutageBegan() | OutageEnded() as fact:
            return fact.says
        case CourseAsked() as fact:
            return f"asks you ({fact.point}): {fact.question}"
        case FellBack() as fact:
            return fact.says
        case MachineLeft(machine=machine, how="lost"):
            return f"machine {machine} was left up by an earlier run, and is gone now"
        case _:
            return ""


class LiveProgress:
    """A picture of the production that lives at the bottom of a terminal; plain lines where there is none."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._last_line = ""
        self._next_at = 0.0
        self._live = Live(console=console, auto_refresh=False, transient=True) if console.is_terminal else None

    def hear(self, entry: Entry) -> None:
        """Take in one journal entry."""
        line = line_of(entry)
        if line and self._live is None:
            self._console.print(line, soft_wrap=True)
        self._last_line = line or self._last_line

    def show(self, progress: Progress) -> None:
        """Draw how far it is, unless drawing takes so long that it is too soon again."""
        began = time.monotonic()
        if self._live is None or began < self._next_at:
            return
        if not self._live.is_started:
            self._live.start()
        self._live.update(drawn(progress, self._last_line), refresh=True)
        now = time.monotonic()
        self._next_at = now + (now - began) / _MOST_SHARE

    def stop(self) -> None:
        """Clear the picture; the next progress brings it back."""
        self._next_at = 0.0
        if self._live and self._live.is_started:
            self._live.stop()


def drawn(progress: Progress, last_line: str = "") -> RenderableType:
    """Lay progress out for a terminal of 80 columns or more."""
    parts: list[RenderableType] = [_teams(progress.teams), Text()]
    if progress.lineups:
        parts.append(Text(crew_in_words(progress.lineups)))
    parts.append(Text(f"{money_in_words(progress)}; {time_in_words(progress)}"))
    parts += [Text(one.says, style=_STYLES.get(one.kind, "")) for one in progress.waits[:MOST_WAITS]]
    parts.append(Text(last_line, style="dim", no_wrap=True, overflow="ellipsis"))
    return Group(*parts)


def _teams(teams: Sequence[TeamProgress]) -> Table:
    """Give a row to each of the departments that have most to do, in the plan's order, and one to the others."""
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False)
    is_held = any(one.for_you or one.paused for one in teams)
    table.add_column("department", no_wrap=True, overflow="ellipsis", max_width=_NAME_WIDTH)
    table.add_column("")
    for heading in ("done", "live", "ready", "waiting", *(("held",) if is_held else ()), "takes", "refused"):
        table.add_column(heading, justify="right", no_wrap=True)
    shown, others = _chosen(teams)
    rows = [(one.department, one) for one in shown]
    if others:
        rows.append((f"{len(others)} more", _summed(others)))
    if len(teams) > 1:
        rows.append(("all", _summed(teams)))
    for name, one in rows:
        cells = (one.live, one.ready, one.blocked, *((one.for_you + one.paused,) if is_held else ()))
        table.add_row(
            Text(name, style="bold" if name == "all" and len(teams) > 1 else ""),
            ProgressBar(total=max(one.tasks, 1), completed=one.done, width=_BAR_WIDTH),
            f"{one.done}/{one.tasks}",
            *(str(count or "") for count in (*cells, one.takes, one.refused)),
        )
    return table


def _chosen(teams: Sequence[TeamProgress]) -> tuple[Sequence[TeamProgress], Sequence[TeamProgress]]:
    if len(teams) <= MOST_TEAMS:
        return teams, ()
    busiest = sorted(teams, key=lambda one: (-one.live, one.done - one.tasks, one.department))[: MOST_TEAMS - 1]
    names = {one.department for one in busiest}
    chosen = [one for one in teams if one.department in names]
    return chosen, [one for one in teams if one.department not in names]


def _summed(teams: Sequence[TeamProgress]) -> TeamProgress:
    return TeamProgress(
        department="",
        workers=sum(one.workers for one in teams),
        tasks=sum(one.tasks for one in teams),
        accepted=sum(one.accepted for one in teams),
        unfinished=sum(one.unfinished for one in teams),
        live=sum(one.live for one in teams),
        ready=sum(one.ready for one in teams),
        blocked=sum(one.blocked for one in teams),
        for_you=sum(one.for_you for one in teams),
        paused=sum(one.paused for one in teams),
        takes=sum(one.takes for one in teams),
        refused=sum(one.refused for one in teams),
    )


def crew_in_words(lineups: Sequence[Lineup]) -> str:
    """Say how many workers are busy, which models are loaded, and for whom takes wait.

    >>> large = Lineup(maker="sketch-l", up=4, busy=3, loading=1, waiting=6)
    >>> crew_in_words([large, Lineup(maker="post", up=0, busy=0, loading=0, waiting=0)])
    '3 of 4 workers busy: sketch-l 3 of 4 (1 loading, 6 in line); not loaded: post'
    """
    up, absent = sum(one.up for one in lineups), [one.maker for one in lineups if not _is_here(one)]
    here = [one for one in lineups if _is_here(one)]
    busiest = sorted(here, key=lambda one: -(one.busy + one.loading + one.waiting))
    said = ", ".join(_line_in_words(one) for one in busiest[:MOST_MAKERS])
    said += f" and {len(here) - MOST_MAKERS} more models" if len(here) > MOST_MAKERS else ""
    said += f"; not loaded: {', '.join(absent)}" if 0 < len(absent) <= _MOST_ABSENT else ""
    busy = f"{sum(one.busy for one in lineups)} of {up} workers busy" if up else "no worker is up yet"
    return f"{busy}: {said}" if said else busy


def _is_here(one: Lineup) -> bool:
    return one.up > 0 or one.loading > 0 or one.waiting > 0


def _line_in_words(one: Lineup) -> str:
    aside = [f"{one.loading} loading"] if one.loading else []
    aside += [f"{one.waiting} in line"] if one.waiting else []
    working = f"{one.maker} {one.busy} of {one.up}" if one.up else one.maker
    return f"{working} ({', '.join(aside)})" if aside else working


def money_in_words(progress: Progress) -> str:
    """Say what is spent, set aside and left."""
    bill = progress.bill
    reserved = f", {bill.reserved_usd:.4f} reserved" if bill.reserved_usd else ""
    return f"{bill.settled_usd:.4f} USD spent{reserved}, {bill.left_usd:.4f} of {bill.budget_usd:.2f} left"


def time_in_words(progress: Progress) -> str:
    """Say how long it has taken, how long it will still take, and how that is known."""
    return f"{in_time_units(progress.elapsed_seconds)} gone, {_left_in_words(progress.left, progress)}"


def _left_in_words(left: TimeLeft | None, progress: Progress) -> str:
    match left:
        case None if any(one.live or one.ready or one.blocked for one in progress.teams):
            return "time left not known yet"
        case None if any(one.for_you or one.paused for one in progress.teams):
            return "nothing goes on until people decide"
        case None:
            return "all made; the package is written"
        case TimeLeft(basis="forecast", low=low, high=high, seconds=seconds):
            span = f"{in_time_units(low or 0.0)} to {in_time_units(high or 0.0)}"
            return f"about {in_time_units(seconds)} left (forecast: {span})"
        case TimeLeft(seconds=seconds):
            return f"about {in_time_units(seconds)} left at this pace"


class ProgressRows:
    """Progress for programs: an object now and then, when something changed, and one at the end."""

    def __init__(self, say: Callable[[object], None], every_seconds: float = ROW_EVERY_SECONDS) -> None:
        self._say, self._every_seconds = say, every_seconds
        self._said: Progress | None = None
        self._newest: Progress | None = None

    def show(self, progress: Progress) -> None:
        """Say it, unless something was said just now or it is the same as before."""
        said, self._newest = self._said, progress
        if said is None or progress.elapsed_seconds - said.elapsed_seconds >= self._every_seconds:
            self._say_newest()

    def stop(self) -> None:
        """Say what was told last, unless it was said."""
        self._say_newest()

    def _say_newest(self) -> None:
        newest = self._newest
        if newest and (self._said is None or _facts(self._said) != _facts(newest)):
            self._said = newest
            self._say(to_plain(newest))


def _facts(progress: Progress) -> tuple[object, ...]:
    return progress.teams, progress.lineups, progress.bill, progress.waits
