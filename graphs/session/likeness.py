"""Another take close to one there is: it begins from that picture instead of from nothing. Pure."""

from dataclasses import replace
from typing import Final

from ...agents.planning.envelopes import makers_for
from ...core.change import Change, Difference
from ...core.crew import Crew
from ...core.errors import NothingToDo
from ...core.plan import Start, Task
from ...core.take import Take

CLOSE: Final = 0.6
"""How far a take may go from the picture it is to be like: composition and colours stay, shapes are drawn anew."""


def close_to(take: Take, change: Change, task: Task, crew: Crew) -> Change:
    """Have a task begin from a take's picture.

    Args:
        take: the one it shall be like.
        change: what else becomes different about the task; nothing where it has no tasks.
        task: as planned so far.
        crew: who is hired.

    Raises:
        NothingToDo: nobody on the crew begins from a picture.
    """
    if task.make != "still" or not any(maker.repairs for maker in makers_for(task.make, crew)):
        fix = "ask for `once more`: another seed of the same words"
        raise NothingToDo(f"nobody on this crew makes a {task.make} from another picture", fix)
    become = next((one for one in change.tasks if one.name == task.name), task)
    told = Difference(task=task.name, what="source", before="", after=f"begins from {take.id}")
    notices = change.notices
    if take.recipe and take.recipe.prompt != become.prompt:
        notices = (
            *notices,
            f"{take.id} was drawn from other words, {take.recipe.prompt!r}; the new one keeps the present",
        )
    return replace(
        change,
        notices=notices,
        tasks=(replace(become, start=Start(picture=take.digest, strength=CLOSE)),),
        differences=(*change.differences, told),
    )
