"""Another maker for a task, because the director says so. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from ...core.brief import Brief
from ...core.change import Change, Difference
from ...core.crew import Crew, MakerSpec
from ...core.errors import NothingToDo, UnknownName
from ...core.names import names_to_offer
from ...core.plan import Plan, Task
from ..planning.envelopes import makers_for
from ..planning.odds import Odds
from ..planning.wording import unknown_words
from ..router import first_choice
from .planning_again import listed


def rerouted(plan: Plan, brief: Brief, crew: Crew, tasks: Sequence[str], maker: str) -> Change:
    """Have tasks made by another maker first; what they must show stays as it is.

    Args:
        plan: as it is.
        brief: as it is; a change of makers is none of the brief.
        crew: who is hired.
        tasks: tasks of the plan.
        maker: its name in the crew; empty for the next stronger one than each task would be made by now.

    Raises:
        UnknownName: no such task, or nobody of that name on the crew.
        NothingToDo: nobody named, or nobody stronger, makes such a thing.
    """
    known = {task.name: task for task in plan.tasks}
    for name in tasks:
        if name not in known:
            raise UnknownName("task", name, names_to_offer(name, list(known)))
    if maker and maker not in (one.name for one in crew.makers):
        raise UnknownName("maker of the crew", maker, [one.name for one in crew.makers])
    changed, found, notices = [], [], list[str]()
    for task in plan.tasks:
        if task.name in tasks:
            now, chosen = _chosen(task, plan, crew, maker)
            notices += _notices(task, chosen)
            if chosen.name != task.maker or task.maker_why:
                changed.append(replace(task, maker=chosen.name, maker_why=""))
                found.append(Difference(task=task.name, what="maker", before=task.maker or now.name, after=chosen.name))
    names = [task.name for task in changed]
    return Change(
        brief=brief,
        tasks=tuple(changed),
        preflight=tuple(one for one in plan.preflight if one.task in names),
        differences=tuple(found),
        notices=tuple(dict.fromkeys(notices)),
    )


def _chosen(task: Task, plan: Plan, crew: Crew, name: str) -> tuple[MakerSpec, MakerSpec]:
    """Give who would make a task now and who is to."""
    able = [one for one in makers_for(task.make, crew) if task.start is None or one.repairs]
    if not able:
        raise NothingToDo(f"{task.name}: nobody on this crew makes a {task.make}", "add a maker to the crew file")
    prefers = next((one.prefers for one in plan.departments if one.name == task.department), ())
    now, _ = first_choice(task, able, prefers, Odds(seed=plan.seed, record=plan.track_record))
    if name:
        chosen = next((one for one in able if one.name == name), None)
        if chosen is None:
            doing = f"{task.name}: {name} does not make a {task.make}"
            doing = f"{doing} from a picture there is" if task.start and task.make == "still" else doing
            raise NothingToDo(doing, f"name one of {listed([one.name for one in able])}")
        return now, chosen
    stronger = [one for one in able if one.strength > now.strength]
    if not stronger:
        raise NothingToDo(
            f"{task.name}: nobody stronger than {now.name} makes a {task.make}", "add one to the crew file"
        )
    return now, min(stronger, key=lambda one: (one.strength, one.usd or 0.0))


def _notices(task: Task, chosen: MakerSpec) -> list[str]:
    said = []
    if strange := unknown_words(task.prompt, frozenset(chosen.words)):
        said.append(f"{task.name}: {chosen.name} does not know {listed(strange)} and leaves it out.")
    if (chosen.usd or 0.0) > task.envelope_usd:
        said.append(f"{task.name}: a take of {chosen.name} costs {chosen.usd or 0:.4f} USD, more than it may spend.")
    return said
