"""The commands that say how the work goes on: pause, resume, cancel, prioritise, add."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from ..core.canonical import to_plain
from ..core.errors import BriefError
from ..graphs import desk
from .door import OK, say
from .tables import tasks_in_words

_SAYS: dict[desk.OrderKind, str] = {
    "pause": "Nothing new is made for {tasks} of {what}; what runs ends. `callsheet resume` goes on.",
    "resume": "Work goes on for {tasks} of {what}.",
    "cancel": "Nothing more is made for {tasks} of {what}; their best takes are kept.",
    "prioritise": "First come {tasks} of {what}, with all that is made for them.",
}


def give_order(folder: Path, kind: desk.OrderKind, what: str, *, by: str, note: str, as_json: bool) -> int:
    """Record an order and say what it means."""
    given = asyncio.run(desk.order(folder, kind, what, by=by, note=note))
    if as_json:
        say({"event": "order_given", "order": to_plain(given)})
    else:
        print(_SAYS[kind].format(tasks=tasks_in_words(len(given.tasks)), what=desk.named(what)))
        print(who_follows(folder, "follows within a second", is_driven=_is_driven(folder)))
    return OK


def add_tasks(
    folder: Path, *, like: str, vary: Sequence[str], by: str, crew: Path | None, note: str, as_json: bool
) -> int:
    """Have variations join the plan and name them."""
    added = asyncio.run(desk.add(folder, like=like, vary=_axes(vary), by=by, crew=crew, note=note))
    if as_json:
        say(to_plain(added))
    else:
        print(f"added: {', '.join(added.tasks)}")
        print(who_follows(folder, "makes them now", is_driven=_is_driven(folder)))
    return OK


def who_follows(folder: Path, does: str, *, is_driven: bool | None) -> str:
    """Say who will do what was ordered.

    Args:
        folder: of the production.
        does: what a run does about it.
        is_driven: whether a run is under way; None where that cannot be told.
    """
    again = f"run its brief again with --out {folder}"
    if is_driven:
        return f"The run that is under way {does}."
    if is_driven is None:
        return f"A run elsewhere {does}; if it has ended, {again}."
    return f"No run is under way: {again}."


def _is_driven(folder: Path) -> bool | None:
    return desk.is_driven(asyncio.run(desk.look(folder)).history)


def _axes(said: Sequence[str]) -> dict[str, list[str] | int]:
    """Read `time=dawn,dusk` and `seed=3` as a brief's `vary`."""
    axes: dict[str, list[str] | int] = {}
    for one in said:
        axis, _, values = (part.strip() for part in one.partition("="))
        if not axis or not values:
            raise BriefError(
                "--vary", f"{one!r} names no axis and values", "write it like `time=dawn,dusk` or `seed=3`"
            )
        axes[axis] = (
            int(values) if axis == "seed" and values.isdecimal() else [word.strip() for word in values.split(",")]
        )
    return axes
