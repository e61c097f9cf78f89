"""Ordering about a production, from any process: pause, resume, cancel, prioritise, add. Whoever drives it hears."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from ..agents.variation import plan_variation
from ..core.canonical import to_json
from ..core.crew import Crew
from ..core.decision import Order
from ..core.errors import BudgetAllotted, BudgetExceeded, NothingToDo, OutputError, StaleDecision
from ..core.fact import Fact, OrderGiven, TasksAdded
from ..core.history import History
from ..core.limits import SpendingAllowed
from ..core.rent import Meter
from ..core.settings import Settings, read_settings
from ..core.task_record import TaskRecord
from ..models.catalog import load_crew
from .changing import brief_of
from .deciding import Standing, opened
from .orders import meant, named
from .planning import refuse_blocked
from .standing import Step, current_takes, input_digests, left_usd
from .waits import in_words

OrderKind = Literal["pause", "resume", "cancel", "prioritise"]

_DONE: tuple[Step, ...] = ("accepted", "unfinished")
_MEANT: Final[Mapping[OrderKind, Callable[[TaskRecord, Step], bool]]] = {
    "pause": lambda record, step: step not in _DONE and not record.paused and not record.cancelled,
    "resume": lambda record, step: bool(record.paused or record.cancelled),
    "cancel": lambda record, step: step not in _DONE,
    "prioritise": lambda record, step: step not in _DONE,
}
"""Which tasks an order is about, of those its word means."""
_VOID: Final[Mapping[OrderKind, str]] = {
    "pause": "is left to pause",
    "resume": "is paused or cancelled",
    "cancel": "is left to cancel",
    "prioritise": "is left to do",
}


async def order(
    folder: str | Path,
    kind: OrderKind,
    what: str = "",
    *,
    by: str,
    names: Sequence[str] = (),
    note: str = "",
    settings: Settings | None = None,
) -> Order:
    """Record what a person orders; whoever drives the production follows within a second, and so does the next run.

    Args:
        folder: of the production.
        kind: `pause` has nothing new made, what runs ends; `resume` has paused and, where it is named, cancelled work
            go on, and with the whole production what was stopped from being spent; `cancel` ends what is not done with
            its best take; `prioritise` puts it and all it is made from ahead of everything else.
        what: a task, all variations of one, a shot or a department; empty for the whole production.
        by: the person's name.
        names: the tasks meant, where that is not what the word alone means.
        note: why, in the person's words.
        settings: as in `produce`.

    Raises:
        UnknownName, NothingToDo, OutputError: nothing was recorded.
    """
    async with opened(folder, settings, mode="write") as (standing, journal):
        lifted = _lifted(standing, kind, what, by=by, note=note)
        tasks = tasks_meant(standing, kind, what, names) if not lifted else _tasks_or_none(standing, kind, what, names)
        given = Order(kind=kind, what=what, tasks=tasks, by=by, note=note)
        await journal.record(*lifted, *([OrderGiven(order=given)] if tasks else []))
        return given


def _lifted(standing: Standing, kind: OrderKind, what: str, *, by: str, note: str) -> list[Fact]:
    """Have spending go on with the whole production, where it was stopped."""
    is_whole = kind == "resume" and not what
    return [SpendingAllowed(by=by, note=note)] if is_whole and standing.history.halted else []


def _tasks_or_none(standing: Standing, kind: OrderKind, what: str, names: Sequence[str]) -> tuple[str, ...]:
    try:
        return tasks_meant(standing, kind, what, names)
    except NothingToDo:
        return ()


def tasks_meant(standing: Standing, kind: OrderKind, what: str, names: Sequence[str] = ()) -> tuple[str, ...]:
    """List the tasks an order would be about; raises `NothingToDo` where there are none, `UnknownName` as `meant`."""
    named_ones = names or meant(what, standing.plan)
    tasks = tuple(name for name in named_ones if _is_meant(kind, what, name, standing))
    if not tasks:
        fix = "see `callsheet status` for what is in force"
        raise NothingToDo(f"nothing of {named(what)} {_VOID[kind]}", fix)
    return tasks


def _is_meant(kind: OrderKind, what: str, name: str, standing: Standing) -> bool:
    record = standing.history.tasks[name]
    if kind == "resume" and not what and record.cancelled:  # what was cancelled goes on only where it is named
        return False
    return _MEANT[kind](record, standing.step(name))


async def add(
    folder: str | Path,
    *,
    like: str,
    vary: Mapping[str, list[str] | int],
    by: str,
    crew: str | Path | None = None,
    note: str = "",
    seen: int | None = None,
    settings: Settings | None = None,
) -> TasksAdded:
    """Have variations of a still join the plan; whoever drives the production makes them, and so does the next run.

    They are paid for with what no other task of the production may still claim.

    Args:
        folder: of the production.
        like: a still of its brief, or one variation of it.
        vary: a word list per axis, and `seed` with a number of seeds, as in a brief.
        by: the person's name.
        crew: the crew file it is made with; None is the settings' or the embedded crew.
        note: why, in the person's words.
        seen: how often variations like it had joined when the person looked; None asks nobody.
        settings: as in `produce`.

    Raises:
        UnknownName, StaleDecision, BriefError, BudgetExceeded, OutputError, SetupError: nothing was recorded.
    """
    settings = settings or read_settings()
    hired = load_crew(Path(crew) if crew else settings.crew, cores=settings.workers)
    async with opened(folder, settings, mode="write") as (standing, journal):
        _check_crew(standing, hired)
        _refuse_stale(like, seen, standing.history)
        brief = await asyncio.to_thread(brief_of, standing)
        try:
            addition = plan_variation(standing.plan, brief, hired, like, vary, left_usd=unclaimed_usd(standing))
        except BudgetExceeded as error:
            raise _refused(error, standing) from None
        refuse_blocked(addition.preflight)
        digest = await asyncio.to_thread(standing.store.put, to_json(addition).encode())
        names = tuple(task.name for task in addition.tasks)
        added = TasksAdded(tasks=names, addition_digest=digest, like=like, by=by, note=note)
        await journal.record(added, *_paused_alike(standing, added))
        return added


def added_like(like: str, history: History) -> list[TasksAdded]:
    """List what joined as variations of one still, oldest first."""
    return [one for one in history.additions if one.like == like]


def _refuse_stale(like: str, seen: int | None, history: History) -> None:
    joined = added_like(like, history)
    if seen is not None and len(joined) > seen:
        raise StaleDecision(like, f"{joined[-1].by} added {in_words(joined[-1].tasks)} in the meantime")


def unclaimed_usd(standing: Standing) -> float:
    """Give what is neither spent nor reserved nor due for machines nor allotted to a task that has something to do."""
    return standing.bill.left_usd - allotted_usd(standing) - _rent_usd(standing.history)


def allotted_usd(standing: Standing) -> float:
    """Give what the tasks that have something to do may still spend."""
    claims = 0.0
    for task in standing.plan.tasks:
        if standing.step(task.name) not in _DONE:
            record, inputs = standing.history.tasks[task.name], input_digests(task, standing.history)
            claims += left_usd(task, record, current_takes(record, inputs))
    return claims


def _refused(error: BudgetExceeded, standing: Standing) -> BudgetExceeded:
    """Say where the money is, if what others were allotted would pay for it."""
    allotted = allotted_usd(standing)
    if error.needs_usd > error.left_usd + allotted:
        return error
    return BudgetAllotted(error.needs_usd, error.left_usd, allotted, standing.bill.budget_usd)


def _rent_usd(history: History) -> float:
    """Give what rented machines cost if they are given back now."""
    now = datetime.fromisoformat(history.entries[-1].at)
    return Meter.of(history.entries).usd(now, is_over=True)


def _paused_alike(standing: Standing, added: TasksAdded) -> list[Fact]:
    """What joins a team that is paused is paused with it."""
    pauses = [one.paused for name in meant(added.like, standing.plan) if (one := standing.history.tasks[name]).paused]
    if not pauses or pauses[0] is None:
        return []
    first = pauses[0]
    return [OrderGiven(order=Order(kind="pause", what=first.what, tasks=added.tasks, by=first.by, note=first.note))]


def _check_crew(standing: Standing, crew: Crew) -> None:
    if standing.plan.crew_digest != crew.identity():
        fix = "give that production's crew file with --crew"
        raise OutputError(str(standing.folder), "is made by another crew", fix)
