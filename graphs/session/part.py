"""What one wish comes to, and what its words mean on the plan."""

from dataclasses import dataclass

from ...core.errors import NothingToDo
from ...core.plan import Task
from ...core.proposal import Act
from ...core.wish import About
from .view import View


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one wish comes to."""

    acts: tuple[Act, ...]
    says: tuple[str, ...]
    redone: tuple[Task, ...] = ()
    """Tasks, as they would be, that a new round is made of."""
    notices: tuple[str, ...] = ()


def stills_of(view: View, about: About) -> list[Task]:
    """Give the tasks that another seed or other words change: the stills meant, else those the meant are made from.

    The same inputs give the same composite, so asking it again would change nothing.

    Raises:
        NothingToDo: nothing of it is painted.
    """
    tasks = {task.name: task for task in view.plan.tasks}
    named = [tasks[name] for name in about.tasks if name in tasks]
    stills = [task for task in named if task.make == "still"]
    waiting, seen = [task for task in named if task.make != "still"] if not stills else [], set[str]()
    while waiting:
        for name in waiting.pop().inputs:
            if name not in seen:
                seen.add(name)
                (stills if tasks[name].make == "still" else waiting).append(tasks[name])
    if not stills:
        raise NothingToDo(f"nothing of {about.says or 'it'} is painted", "name a still, or what it is made from")
    return stills


def place_of(view: View, about: About) -> str:
    """Give a name of the plan for what was meant: one task, a shot, a department, or empty for the whole."""
    if len(about.tasks) == 1:
        return about.tasks[0]
    for shot in view.plan.shots:
        of_shot = {task.name for task in view.plan.tasks if task.shot == shot.code or task.name == shot.from_task}
        if of_shot == set(about.tasks):
            return shot.code
    return about.department if about.department in {one.name for one in view.plan.departments} else ""
