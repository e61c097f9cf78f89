"""Where in a brief the words of a planned task stand: its own entry, a matrix it shares, or nowhere yet."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ...core.brief import Brief, TaskBrief
from ...core.crew import Crew
from ...core.errors import BriefError
from ...core.plan import Plan, Task
from ..planning.matrix import Cell, expand
from ..planning.wording import asked_of, say_frame, without, word
from ..reading import read
from .asks import Ask, Frame, Ground, Style, Thinner

_LONGEST_NAME = 64
_AXES = {"time": {"time"}, "weather": {"weather"}, "shot": {"shot", "shot_size"}, "position": {"position", "side"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One entry of a brief, and the planned tasks that have their words from it."""

    name: str
    task: TaskBrief
    """As it would stand there: written out where it does not yet."""
    of: tuple[str, ...] = field(default=())
    """Planned tasks."""


def sites_of(names: Sequence[str], asks: Sequence[Ask], plan: Plan, brief: Brief, crew: Crew) -> tuple[Site, ...]:
    """Find where the words of stills stand that a note is about.

    A whole matrix is changed at its prompt, unless the note speaks of one of its axes; some of its cells, and tasks
    that joined the plan later, are written out.

    Args:
        names: stills of the plan, in its order.
        asks: what the note asks for.
        plan: as it is.
        brief: what it was planned from, filled.
        crew: who is hired.
    """
    cells = expand(brief)
    shared = defaultdict[str, list[str]](list)
    for name in names:
        shared[cells[name].of if name in cells else name].append(name)
    axes = touched_axes(asks)
    found: list[Site] = []
    for of, members in shared.items():
        if of not in brief.tasks:
            found.append(Site(name=of, task=joined(plan.task(of), brief, crew), of=(of,)))
        elif _is_whole(of, members, axes, brief, cells):
            found.append(Site(name=of, task=brief.tasks[of], of=tuple(members)))
        else:
            found += [Site(name=_checked(one), task=written(cells[one], brief), of=(one,)) for one in members]
    return tuple(found)


def _is_whole(of: str, members: Sequence[str], axes: frozenset[str], brief: Brief, cells: Mapping[str, Cell]) -> bool:
    """Whether an entry is changed as it stands: all its cells are meant, and none of its axes."""
    task = brief.tasks[of]
    if task.vary and (axes & set(task.vary) or "{" in task.prompt):
        return False
    return {name for name, cell in cells.items() if cell.of == of} <= set(members)


def touched_axes(asks: Sequence[Ask]) -> frozenset[str]:
    """Give the axes of a matrix that asks speak of.

    >>> sorted(touched_axes([Frame(kind="shot", value="wide", phrase="wide"), Ground(value="sand")]))
    ['ground', 'shot', 'shot_size']
    """
    found: set[str] = set()
    for ask in asks:
        match ask:
            case Frame():
                found |= _AXES[ask.kind]
            case Thinner():
                found.add("weather")
            case Ground():
                found.add("ground")
            case Style():
                found.add("style")
            case _:
                pass
    return frozenset(found)


def _checked(name: str) -> str:
    if len(name) > _LONGEST_NAME:
        what = f"the cell {name!r} has a name of {len(name)} letters and cannot be written out"
        raise BriefError("tasks", what, f"give its task a shorter name; {_LONGEST_NAME} letters are the most")
    return name


def written(cell: Cell, brief: Brief) -> TaskBrief:
    """Write a cell out: its axes said in its prompt, its entity left to be described as before."""
    bare = replace(cell.task, vary={})
    whole = asked_of(cell, brief)
    if bare.prompt.strip():
        own = asked_of(replace(cell, task=replace(bare, entity=None)), brief)
        if asked_of(Cell(name=cell.name, of=cell.name, task=replace(bare, prompt=own)), brief) == whole:
            return replace(bare, prompt=own)
    return replace(bare, prompt=whole)


def joined(task: Task, brief: Brief, crew: Crew) -> TaskBrief:
    """Write out a task that joined the plan later, so that it is planned as it was.

    Its words are those of the task it is a variation of where that gives the same prompt, so that the look still
    reaches it; else those it went to its maker with.
    """
    _checked(task.name)
    of, _, suffix = task.name.rpartition("__")
    cells = expand(brief)
    like = brief.tasks.get(of) or (cells[of].task if of in cells else None)
    for candidate in _like(cells.get(of), suffix, brief):
        cell = Cell(name=task.name, of=task.name, task=candidate)
        if word(cell, brief, crew, foreground=False).prompt == task.prompt:
            return candidate
    own = like.negative if like else ""
    denied = [one for one in task.negative.removeprefix(own).split(", ") if one]
    return TaskBrief(
        department=task.department,
        prompt=f"{task.prompt}{''.join(f' without {one}' for one in denied)}",
        negative=own,
        entity=task.entity,
        shot=task.shot,
        rounds=like.rounds if like else task.gate.rounds,
        gate=like.gate if like else None,
    )


def _like(origin: Cell | None, suffix: str, brief: Brief) -> Iterator[TaskBrief]:
    """Give what a variation may be, from its name: other seeds of the same words, then other times and weathers."""
    if origin is None or origin.task.make != "still":
        return
    same = written(origin, brief)
    yield same
    said = re.sub(r"(?:^|_)s\d\d+$", "", suffix).replace("_", " ").split()
    prompt = same.prompt
    for token in said:
        for kind in ("time", "weather"):
            phrase = f"a castle {'at' if kind == 'time' else 'in'} {token}{'' if kind == 'time' else ' weather'}"
            if read(phrase).of(kind) or (kind == "weather" and read(f"a castle in {token}").of(kind)):
                prompt = say_frame(without(prompt, kind), kind, token)
                break
    yield replace(same, prompt=prompt)
