"""What a task's picture is held to: what its prompt says, its entity's reference, the look, and sound technique."""

from collections.abc import Sequence
from functools import lru_cache

from ...core.brief import Brief
from ...core.crew import Crew
from ...core.plan import Requirement
from .context import with_context
from .matrix import Cell
from .phrasing import continuity, requirements_of
from .standards import aesthetics_wish, palette_wish, references_wish, technical
from .wording import Worded


def checklist(
    cell: Cell, worded: Worded | None, inputs: Sequence[str], *, brief: Brief, crew: Crew, musts: tuple[str, ...] | None
) -> tuple[Requirement, ...]:
    """Write down a task's requirements.

    Args:
        cell: the task.
        worded: its prompt, read; None where it has none.
        inputs: the tasks it works from.
        brief: the whole of it.
        crew: who is hired.
        musts: kinds that are must-haves; None takes the director agent's own choice.
    """
    asked = _said(worded, musts) if worded else technical(deterministic=True)
    if cell.task.make == "grade":
        return (*palette_wish(brief.look.palette), *_of_the_look(brief, crew), *asked)
    if cell.task.make != "still":
        return asked
    is_graded = any(task.make == "grade" for task in brief.tasks.values())
    return (*asked, *_continuity(cell, inputs, musts), *(() if is_graded else _of_the_look(brief, crew)))


@lru_cache(maxsize=4096)
def _said(worded: Worded, musts: tuple[str, ...] | None) -> tuple[Requirement, ...]:
    return (*with_context(requirements_of(worded.reading, musts=musts), worded.prompt), *technical())


def _of_the_look(brief: Brief, crew: Crew) -> tuple[Requirement, ...]:
    """What is finished last is held to the look: the grades, or the stills where nothing is graded."""
    return (*references_wish(brief.look.references), *aesthetics_wish(crew))


def _continuity(cell: Cell, inputs: Sequence[str], musts: tuple[str, ...] | None) -> tuple[Requirement, ...]:
    """A still has no input but the reference of its entity."""
    if cell.task.entity is None:
        return ()
    return tuple(continuity(cell.task.entity, name, must="continuity" in (musts or ())) for name in inputs)
