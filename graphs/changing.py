"""Changing what is asked for, from any process: priced first, then recorded; whoever drives the production hears."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..agents.forecast import expected
from ..agents.planning.odds import Odds
from ..core.brief import Brief
from ..core.canonical import to_json
from ..core.change import Change
from ..core.crew import Crew
from ..core.decision import Decision, Note, Order
from ..core.errors import NothingToDo, StaleDecision
from ..core.fact import DecisionTaken, Fact, NoteMade, OrderGiven, PlanChanged
from ..core.plan import Plan, Task
from ..core.settings import Settings
from .amendments import amended_brief
from .deciding import Standing, opened
from .planning import refuse_blocked
from .waits import in_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What some tasks will take once more, by the makers asked first and the chance that their takes pass."""

    tasks: tuple[str, ...]
    usd: float
    """Expected, revisions counted in."""
    most_usd: float
    """What their envelopes allow; never more."""
    seconds: float
    """Of workers, one after another."""


def brief_of(standing: Standing) -> Brief:
    """Give the brief as it is by now: the director's own, or what the newest change made of it. Blocking."""
    return amended_brief(standing.plan.brief_digest, standing.history, standing.store)


def price_of(tasks: Sequence[Task], plan: Plan, crew: Crew) -> Price:
    """Say what a round of these tasks will take; nothing is spent. Pure."""
    odds = Odds(seed=plan.seed, record=plan.track_record)
    prefers = {one.name: one.prefers for one in plan.departments}
    cast = [expected(task, crew, prefers.get(task.department, ()), odds) for task in tasks]
    return Price(
        tasks=tuple(task.name for task in tasks),
        usd=round(sum(one.usd for one in cast), 6),
        most_usd=round(sum(task.envelope_usd for task in tasks), 6),
        seconds=round(sum(one.seconds for one in cast), 1),
    )


async def change(
    folder: str | Path,
    proposed: Change,
    *,
    by: str,
    about: str = "",
    note: str = "",
    seen: Mapping[str, int],
    hold: Sequence[str] = (),
    action: Literal["modify", "escalate"] = "modify",
    settings: Settings | None = None,
) -> PlanChanged:
    """Record a change a person agreed to: its tasks are done again as they are from now on.

    Args:
        folder: of the production.
        proposed: what they agreed to.
        by: the person's name.
        about: what it is about, as it was said.
        note: what was asked for, in the person's words.
        seen: how many decisions each of its tasks had when it was proposed.
        hold: tasks made from these that shall not follow yet: they are paused.
        action: what was decided about each task: `escalate` where it only goes to another maker.
        settings: as in `produce`.

    Raises:
        NothingToDo: it changes no task.
        StaleDecision: somebody changed the plan, or decided about one of its tasks, in the meantime.
        SetupError: a task cannot be made with this crew as it would be. In all cases nothing was recorded.
    """
    if not proposed.tasks:
        raise NothingToDo("nothing becomes different", "say what should be")
    refuse_blocked(proposed.preflight)
    async with opened(folder, settings, mode="write") as (standing, journal):
        names = tuple(task.name for task in proposed.tasks)
        _refuse_stale(names, seen, standing)
        digest = await asyncio.to_thread(standing.store.put, to_json(proposed).encode())
        number = len(standing.history.changes) + 1
        changed = PlanChanged(number=number, tasks=names, change_digest=digest, about=about, by=by, note=note)
        facts: list[Fact] = [changed, *(_decided(name, standing, action, by, note) for name in names)]
        if note:
            facts.append(NoteMade(note=Note(about=about, text=note, by=by)))
        if hold:
            why = f"waits for your word: made from {', '.join(names[:3])}"
            facts.append(OrderGiven(order=Order(kind="pause", what=in_words(hold), tasks=tuple(hold), by=by, note=why)))
        await journal.record(*facts)
        return changed


def _decided(name: str, standing: Standing, action: Literal["modify", "escalate"], by: str, note: str) -> DecisionTaken:
    record = standing.history.tasks[name]
    digest = record.standing_take.digest if record.standing_take else ""
    taken = Decision(task=name, digest=digest, round=len(record.decisions), action=action, by=by, note=note)
    return DecisionTaken(task=name, decision=taken)


def _refuse_stale(names: Sequence[str], seen: Mapping[str, int], standing: Standing) -> None:
    for name in names:
        decisions = standing.task(name)[1].decisions
        if len(decisions) != seen.get(name, 0):
            last = decisions[-1]
            raise StaleDecision(name, f"{last.by} decided {last.action!r} in the meantime")
