"""Variations of a task that is planned already, planned by the same rules as its plan was. Pure and deterministic."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from ..core.brief import Brief, TaskBrief
from ..core.crew import Crew
from ..core.errors import BriefError, UnknownName
from ..core.names import names_to_offer
from ..core.plan import Addition, Plan
from .director import plan_brief
from .planning.envelopes import allot, need_of
from .planning.invention import fill
from .planning.matrix import Cell, expand
from .planning.wording import BACKDROP, on_backdrop

_PLENTY_USD = 1e6
"""The matrix is planned as if money were no matter; its envelopes are then allotted from what is left."""


def plan_variation(
    plan: Plan, brief: Brief, crew: Crew, like: str, vary: Mapping[str, list[str] | int], *, left_usd: float
) -> Addition:
    """Plan new cells of a still's matrix.

    Args:
        plan: what is planned so far.
        brief: what it was planned from.
        crew: who is hired.
        like: a still of the brief, or one cell of its matrix, whose other axes the new cells keep.
        vary: the new cells' axes, as in a brief.
        left_usd: what they may cost together.

    Raises:
        UnknownName: the brief has no such task.
        BriefError: it is no still, `vary` makes no sense, or a cell of it is planned already.
        BudgetExceeded: there is not enough for one take of each.
    """
    whole = fill(brief).brief
    cells = expand(whole)
    of, axes = _origin(like, whole, cells)
    if not vary:
        raise BriefError("--vary", "says nothing", "name what differs, as in `--vary time=dawn,dusk`")
    key = next(name for name in ("new", "new_one", "new_two") if name not in whole.tasks)
    varied = replace(whole.tasks[of], vary={**axes, **vary})
    is_laid_over = any(BACKDROP in task.prompt for task in plan.tasks if task.name in (of, like))
    if varied.prompt and is_laid_over and set(vary) <= {"seed"}:  # a time or weather of its own needs its own backdrop
        varied = replace(varied, prompt=on_backdrop(varied.prompt))
    planned = plan_brief(
        _alone(key, varied, whole, cells),
        crew,
        seed=plan.seed,
        budget_usd=_PLENTY_USD,
        track_record=plan.track_record,
    )
    known = {task.name for task in plan.tasks}
    names: dict[str, str] = {}
    for task in planned.tasks:
        if task.name.startswith(f"{key}__"):
            names[task.name] = _free(of + task.name.removeprefix(key), {*known, *names.values()})
    _refuse_known(names.values(), known)
    tasks = [replace(task, name=names[task.name]) for task in planned.tasks if task.name in names]
    needs = [need_of(task.department, task.make, task.gate.rounds, crew) for task in tasks]
    envelopes = allot(needs, {task.department: 1.0 for task in tasks}, left_usd)
    return Addition(
        tasks=tuple(replace(task, envelope_usd=usd) for task, usd in zip(tasks, envelopes, strict=True)),
        preflight=tuple(replace(one, task=names[one.task]) for one in planned.preflight if one.task in names),
    )


def _origin(like: str, brief: Brief, cells: Mapping[str, Cell]) -> tuple[str, dict[str, list[str] | int]]:
    """Find the task of the brief a name comes from, and the axes it stands for."""
    if like in brief.tasks:
        return like, {}
    if like in cells:
        return cells[like].of, {axis: [value] for axis, value in cells[like].axes.items()}
    raise UnknownName("task of the brief", like, names_to_offer(like, [*brief.tasks, *cells]))


def _alone(key: str, task: TaskBrief, brief: Brief, cells: Mapping[str, Cell]) -> Brief:
    """Ask for one task by itself, with nothing but the picture its entity must look like."""
    tasks, entities = {key: task}, dict(brief.entities)
    for name, entity in entities.items():
        reference = entity.reference or ""
        if name == task.entity and reference in cells:
            of = cells[reference].of
            tasks = {of: brief.tasks[of], **tasks}
        else:
            entities[name] = replace(entity, reference=None)
    return replace(brief, tasks=tasks, entities=entities, shots={}, deadline=None)


def _free(name: str, taken: Collection[str]) -> str:
    """Count on where a seed of that number is there already: more seeds are others."""
    found = re.fullmatch(r"(?P<stem>.*_s)(?P<number>\d{2,})", name)
    if found is None:
        return name
    number = int(found["number"])
    while f"{found['stem']}{number:02d}" in taken:
        number += 1
    return f"{found['stem']}{number:02d}"


def _refuse_known(names: Iterable[str], known: Collection[str]) -> None:
    for name in names:
        if name in known:
            raise BriefError("--vary", f"{name!r} is planned already", "retake it, or vary something else")
