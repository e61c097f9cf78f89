"""Who needs whose picture: names in a brief checked and resolved to cells, cycles refused."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from graphlib import CycleError, TopologicalSorter

from ...core.brief import Brief
from ...core.errors import BriefError
from .matrix import Cell, cell_for


def near(name: str, known: Iterable[str]) -> str:
    """Say what a wrong name may have meant.

    >>> near("casle", ["castle", "keep"])
    'did you mean castle?'
    """
    names = list(known)
    found = get_close_matches(name, names, n=3)
    return f"did you mean {', '.join(found)}?" if found else f"known: {', '.join(names[:20]) or 'none'}"


def check_names(brief: Brief) -> None:
    """Refuse names nobody declared, and tasks that lack what their kind needs.

    Raises:
        BriefError: the place, what is wrong there, and names like it.
    """
    for name, task in brief.tasks.items():
        place = f"tasks.{name}"
        if brief.departments and task.department not in brief.departments:
            what = f"no department named {task.department!r}"
            raise BriefError(f"{place}.department", what, near(task.department, brief.departments))
        if task.entity is not None and task.entity not in brief.entities:
            raise BriefError(f"{place}.entity", f"no entity named {task.entity!r}", near(task.entity, brief.entities))
        if task.shot is not None and brief.shots and task.shot not in brief.shots:
            raise BriefError(f"{place}.shot", f"no shot named {task.shot!r}", near(task.shot, brief.shots))
        _check_inputs(brief, name)


def _check_inputs(brief: Brief, name: str) -> None:
    task, place = brief.tasks[name], f"tasks.{name}"
    if task.make == "still":
        if task.layers or task.input:
            field = "layers" if task.layers else "input"
            raise BriefError(
                f"{place}.{field}", "a still takes no pictures in", "make it a composite, grade, crop or upscale"
            )
        if not task.prompt.strip() and task.entity is None:
            raise BriefError(f"{place}.prompt", "says nothing to show", "write a prompt, or name an entity")
    elif task.make == "composite":
        if len(task.layers) < 2:
            raise BriefError(
                f"{place}.layers", f"{len(task.layers)} of them", "name two tasks or more, background first"
            )
        if task.input is not None:
            raise BriefError(f"{place}.input", "a composite has layers, not an input", "add it to `layers`")
    elif task.input is None:
        raise BriefError(f"{place}.input", f"nothing to {task.make}", "name the task whose picture it works on")
    elif task.layers:
        raise BriefError(f"{place}.layers", f"a {task.make} works on one picture", "name it as `input`")
    if task.box is not None and not _is_box(task.box):
        what = f"{list(task.box)} is no box inside the picture"
        raise BriefError(
            f"{place}.box", what, "give left, top, right, bottom between 0 and 1, left < right, top < bottom"
        )


def _is_box(box: tuple[float, float, float, float]) -> bool:
    left, top, right, bottom = box
    return 0 <= left < right <= 1 and 0 <= top < bottom <= 1


def resolve(reference: str, place: str, cells: Mapping[str, Cell], brief: Brief) -> str:
    """Find the cell a reference means; a varied task stands for its cell nearest to the look.

    Raises:
        BriefError: no task or cell has that name.
    """
    if reference in cells:
        return reference
    if reference in brief.tasks:
        return cell_for(reference, cells, brief)
    raise BriefError(place, f"no task named {reference!r}", near(reference, dict.fromkeys([*brief.tasks, *cells])))


def inputs_of(brief: Brief, cells: Mapping[str, Cell]) -> dict[str, tuple[str, ...]]:
    """Give for every cell the cells whose pictures it needs, in order of use.

    Raises:
        BriefError: a reference leads nowhere, or tasks wait for each other in a circle.
    """
    means: dict[str, str] = {}
    inputs: dict[str, tuple[str, ...]] = {}
    for name, cell in cells.items():
        found = []
        for field, references in (("layers", cell.task.layers), ("input", (cell.task.input,))):
            for reference in references:
                if reference is not None:
                    if reference not in means:
                        means[reference] = resolve(reference, f"tasks.{cell.of}.{field}", cells, brief)
                    found.append(means[reference])
        inputs[name] = tuple(found)
    for entity, reference in references_of(brief, cells).items():
        inputs |= {
            name: (reference,)
            for name, cell in cells.items()
            if cell.task.make == "still" and cell.task.entity == entity and name != reference
        }
    _refuse_cycles(inputs)
    return inputs


def references_of(brief: Brief, cells: Mapping[str, Cell]) -> dict[str, str]:
    """Give for every entity with a reference the task whose picture that is: a still of that very entity.

    As it is of the entity itself, no two references can wait for each other.

    Raises:
        BriefError: there is no such task, it is no still, it shows something else, or it is many.
    """
    return {
        name: _reference(name, entity.reference, brief, cells)
        for name, entity in brief.entities.items()
        if entity.reference is not None
    }


def _reference(entity: str, said: str, brief: Brief, cells: Mapping[str, Cell]) -> str:
    place, own = f"entities.{entity}.reference", [name for name, one in cells.items() if one.task.entity == entity]
    if said in brief.tasks and said not in cells:
        several = [name for name, cell in cells.items() if cell.of == said]
        what = f"{said!r} is {len(several)} variations, and a reference is one picture"
        raise BriefError(place, what, f"name one of them: {', '.join(several[:5])}")
    if said not in cells:
        raise BriefError(place, f"no task named {said!r}", near(said, own or cells))
    task = cells[said].task
    if task.make != "still":
        raise BriefError(place, f"{said!r} is a {task.make}", "name a still of the entity")
    if task.entity != entity:
        what = f"{said!r} shows {task.entity!r}" if task.entity else f"{said!r} names no entity"
        raise BriefError(place, what, f"write `entity: {entity}` there, or name a still that has it")
    return said


def _refuse_cycles(inputs: Mapping[str, tuple[str, ...]]) -> None:
    try:
        TopologicalSorter(inputs).prepare()
    except CycleError as error:
        loop = list(reversed(error.args[1]))
        raise BriefError(
            f"tasks.{loop[0]}", f"these wait for each other: {' -> '.join(loop)}", "take one of the references out"
        ) from None
