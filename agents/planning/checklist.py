"""What a task's picture is held to: what its prompt says, its entity's reference, the look, and sound technique."""

from collections.abc import Sequence
from functools import lru_cache

from ...core.brief import Look
from ...core.crew import Crew
from ...core.plan import Requirement
from .context import with_context
from .matrix import Cell
from .phrasing import continuity, requirements_of
from .standards import aesthetics_wish, palette_wish, references_wish, technical
from .wording import Worded


def checklist(
    cell: Cell,
    worded: Worded | None,
    inputs: Sequence[str],
    *,
    look: Look,
    crew: Crew,
    musts: tuple[str, ...] | None,
    is_final: bool,
) -> tuple[Requirement, ...]:
    """Write down a task's requirements.

    Args:
        cell: the task.
        worded: its prompt, read; None where it has none.
        inputs: the tasks it works from.
        look: the production's.
        crew: who is hired.
        musts: kinds that are must-haves; None takes the director agent's own choice.
        is_final: whether no other picture is made from this one: then it is held to the look.
    """
    asked = _said(worded, musts) if worded else technical(deterministic=True)
    palette = palette_wish(look.palette) if cell.task.make == "grade" else ()
    continued = _continuity(cell, inputs, musts) if cell.task.make == "still" else ()
    held = (*references_wish(look.references), *aesthetics_wish(crew)) if is_final else ()
    return (*palette, *asked, *continued, *held)


@lru_cache(maxsize=4096)
def _said(worded: Worded, musts: tuple[str, ...] | None) -> tuple[Requirement, ...]:
    return (*with_context(requirements_of(worded.reading, musts=musts), worded.prompt), *technical())


def _continuity(cell: Cell, inputs: Sequence[str], musts: tuple[str, ...] | None) -> tuple[Requirement, ...]:
    """A still has no input but the reference of its entity."""
    if cell.task.entity is None:
        return ()
    return tuple(continuity(cell.task.entity, name, must="continuity" in (musts or ())) for name in inputs)
