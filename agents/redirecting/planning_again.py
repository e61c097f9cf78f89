"""A brief planned once more beside the plan that runs: same seed, same odds, money left out of account."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from ...core.brief import Brief
from ...core.change import Change, Difference
from ...core.crew import Crew
from ...core.plan import Plan, Preflight, Task
from ..director import plan_brief
from .differing import differences
from .stale import approved_downstream

_PLENTY_USD = 1e7
"""Envelopes stay as they were allotted; what a change costs is somebody else's to settle."""

_PLANNED = (
    "department", "make", "prompt", "negative", "entity", "shot", "inputs", "settings", "requirements", "gate",
    "unknown_words",
)  # fmt: skip
"""What planning decides of a task."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """What a brief would be planned as now."""

    tasks: Mapping[str, Task]
    preflight: Mapping[str, Preflight]


def planned_again(brief: Brief, plan: Plan, crew: Crew) -> Again:
    """Plan a brief by the rules its plan was made by.

    Raises:
        BriefError: it contradicts itself.
    """
    planned = plan_brief(brief, crew, seed=plan.seed, budget_usd=_PLENTY_USD, track_record=plan.track_record)
    return Again(
        tasks={task.name: task for task in planned.tasks}, preflight={one.task: one for one in planned.preflight}
    )


def as_in(plan: Plan, task: Task) -> Task:
    """Give a planned task what planning does not decide: its envelope, and what a person said about making it."""
    return replace(plan.task(task.name), **{name: getattr(task, name) for name in _PLANNED})


def change_of(
    plan: Plan, brief: Brief, again: Again, names: Collection[str], *, notices: list[str], approved: Collection[str]
) -> Change:
    """Put a change together from the tasks that were to become different, where they do.

    A picture that a task was to begin from is given up: it was chosen for what was asked before.
    """
    told, tasks, found = list(notices), list[Task](), list[Difference]()
    for old in plan.tasks:
        if old.name not in names:
            continue
        new = as_in(plan, again.tasks[old.name])
        if new != old:
            tasks.append(replace(new, start=None))
            found += differences(old, tasks[-1])
    changed = [task.name for task in tasks]
    reopened = [name for name in changed if name in approved]
    if reopened:
        told.append(f"{listed(reopened)}: approved by a person, and opened again by this.")
    stale = approved_downstream(changed, plan, approved)
    if stale:
        told.append(f"{listed(stale)}: approved by a person, and made from what changes.")
    told += [f"{one.task}: {one.why}." for one in map(again.preflight.__getitem__, changed) if one.state != "passed"]
    return Change(
        brief=brief,
        tasks=tuple(tasks),
        preflight=tuple(again.preflight[name] for name in changed),
        differences=tuple(found),
        notices=tuple(dict.fromkeys(told)),
    )


def listed(names: Collection[str], most: int = 6) -> str:
    """Name tasks, the first few of many.

    >>> listed(["a", "b"]), listed([f"t{at}" for at in range(9)])
    ('a, b', 't0, t1, t2, t3, t4 and 4 more')
    """
    said = list(names)
    return ", ".join(said) if len(said) <= most else f"{', '.join(said[: most - 1])} and {len(said) - most + 1} more"
