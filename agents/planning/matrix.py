"""Variation matrices: one task of the brief, one cell for every combination of its axes."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from math import prod

from ...core.brief import Brief, Look, TaskBrief
from ...core.errors import BriefError
from ..language.atoms import Reading
from ..reading import read

MOST_TASKS = 100_000
_SEED = "seed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One task to be, with what its matrix sets."""

    name: str
    of: str
    """The task of the brief it comes from."""
    task: TaskBrief
    axes: Mapping[str, str] = field(default_factory=dict)
    instead_of: "Cell | None" = None
    """The cell of a matrix whose place it takes: references to the matrix may still mean it."""


def cells_in(brief: Brief) -> int:
    """Count the cells of every matrix of a brief, without making them.

    Raises:
        BriefError: a matrix is malformed, or there are more cells than a production can hold.
    """
    total = sum(_size(name, task) for name, task in brief.tasks.items())
    if total > MOST_TASKS:
        raise BriefError("tasks", f"{total:,} tasks", f"plan at most {MOST_TASKS:,}: shorten `vary`")
    return total


def _size(name: str, task: TaskBrief) -> int:
    for axis, values in task.vary.items():
        place = f"tasks.{name}.vary.{axis}"
        if task.make != "still":
            raise BriefError(place, f"a {task.make} has no prompt to vary", "vary the stills it is made of")
        if isinstance(values, int) != (axis == _SEED):
            shape = "a number, as in `seed: 10`" if axis == _SEED else "a list of words, as in `time: [dawn, dusk]`"
            raise BriefError(place, f"{values!r} does not fit this axis", f"give {shape}")
        if isinstance(values, int) and values < 1:
            raise BriefError(place, f"{values} seeds", "ask for 1 or more")
        if isinstance(values, list):
            _check_words(place, values)
    return prod(values if isinstance(values, int) else len(values) for values in task.vary.values())


def _check_words(place: str, values: list[str]) -> None:
    if not values or not all(_slug(value) for value in values):
        raise BriefError(place, f"{values!r} leaves a cell without a name", "give at least one word for each")
    slugs = [_slug(value) for value in values]
    twice = next((value for value, slug in zip(values, slugs, strict=True) if slugs.count(slug) > 1), None)
    if twice is not None:
        raise BriefError(
            place, f"{twice!r} stands there twice", "name each value once: every cell is a task of its own"
        )


def expand(brief: Brief) -> dict[str, Cell]:
    """Give every cell of a brief by name, in the brief's order; one written out as a task stands in its matrix's place.

    Raises:
        BriefError: two cells would have the same name.
    """
    instead, cells = written_out(brief), dict[str, Cell]()
    for name, task in brief.tasks.items():
        for cell in () if name in instead else _cells_of(name, task):
            if cell.name in cells:
                what = f"its cell {cell.name!r} is named like another task"
                raise BriefError(f"tasks.{name}.vary", what, "rename one of the two tasks")
            cells[cell.name] = _written(cell, brief) if cell.name in instead else cell
    return cells


def _written(cell: Cell, brief: Brief) -> Cell:
    return Cell(name=cell.name, of=cell.name, task=brief.tasks[cell.name], instead_of=cell)


def written_out(brief: Brief) -> frozenset[str]:
    """Name the tasks that say in full what one cell of another task's matrix shows, under that cell's name.

    Only a still takes a still's place: whoever works on the cell's picture gets another one, not another kind of thing.
    """
    named = defaultdict[str, set[str]](set)
    for name, task in brief.tasks.items():
        of = name.rpartition("__")[0]
        if of in brief.tasks and brief.tasks[of].vary and not task.vary and task.make == "still":
            named[of].add(name)
    return frozenset(
        cell.name for of, names in named.items() for cell in _cells_of(of, brief.tasks[of]) if cell.name in names
    )


def _cells_of(name: str, task: TaskBrief) -> Iterator[Cell]:
    if not task.vary:
        yield Cell(name=name, of=name, task=task)
        return
    words = {axis: values for axis, values in task.vary.items() if isinstance(values, list)}
    seeds = task.vary.get(_SEED)
    bare = replace(task, vary={})
    for chosen in product(*words.values()):
        suffix = "_".join(_slug(value) for value in chosen)
        axes = dict(zip(words, chosen, strict=True))
        if not isinstance(seeds, int):
            yield Cell(name=f"{name}__{suffix}", of=name, task=bare, axes=axes)
            continue
        for number in range(1, seeds + 1):
            full = "_".join(part for part in (suffix, f"s{number:02d}") if part)
            yield Cell(name=f"{name}__{full}", of=name, task=bare, axes=axes)


def _slug(value: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", value.lower()).strip("_")


def cell_for(reference: str, cells: Mapping[str, Cell], brief: Brief) -> str:
    """Say which cell a reference to a varied task means: the one nearest to its own prompt, then to the look."""
    task = brief.tasks[reference]
    own = read(task.prompt)
    planned = {name: cell.instead_of or cell for name, cell in cells.items()}
    # Of equals `max` keeps the first, which is the first in the brief's order.
    return max(
        (name for name, cell in planned.items() if cell.of == reference),
        key=lambda name: _likeness(planned[name], own, brief.look),
    )


def _likeness(cell: Cell, own: Reading, look: Look) -> int:
    likeness = 0
    for axis, value in cell.axes.items():
        said = {atom.value for atom in own.atoms} | {atom.other for atom in own.of("relation")}
        asked = {"time": look.time, "weather": look.weather, "shot_size": look.shot_size, "shot": look.shot_size}.get(
            axis
        )
        means = {value, *(atom.value for atom in read(f"a view of it at {value}").of("time"))}
        likeness += 2 * bool(means & said) or bool(asked in means)
    return likeness
