"""Before anything is spent: can each task be made and checked with this crew, and what would mend it."""

from collections.abc import Sequence
from dataclasses import replace

from ..core.crew import Crew
from ..core.plan import Preflight, Requirement, Task
from .planning.envelopes import makers_for
from .planning.wording import phrases_of, unknown_words


def preflight(tasks: Sequence[Task], crew: Crew) -> tuple[Preflight, ...]:
    """Check every task: `passed`, `degraded` (it will run, but not as asked) or `blocked` (it cannot run).

    Args:
        tasks: with their must-haves as the brief wants them, before `demoted`.
        crew: who is hired.
    """
    return tuple(_check(task, crew) for task in tasks)


def _check(task: Task, crew: Crew) -> Preflight:
    blocked = _blocked(task, crew)
    if blocked:
        return Preflight(task=task.name, state="blocked", why=blocked[0], fix=blocked[1])
    found = [*_unread(task), *_undrawn(task, crew), *_unchecked(task, crew)]
    if not found:
        return Preflight(task=task.name, state="passed")
    return Preflight(
        task=task.name,
        state="degraded",
        why="; ".join(why for why, _ in found),
        fix="; ".join(dict.fromkeys(fix for _, fix in found)),
    )


def _blocked(task: Task, crew: Crew) -> tuple[str, str] | None:
    if makers_for(task.make, crew):
        return None
    unpriced = [maker.name for maker in crew.makers if task.make in maker.makes]
    if unpriced:
        return f"{', '.join(unpriced)} has no price", "give it `usd` in the crew file"
    return (
        f"nobody on crew {crew.name!r} makes a {task.make}",
        f"add a maker with makes = [{task.make!r}] to the crew file",
    )


def _unread(task: Task) -> list[tuple[str, str]]:
    if not task.unknown_words:
        return []
    return [
        (f"read no meaning in {_quoted(task.unknown_words)}", "say it in other words, or check the picture yourself")
    ]


def _undrawn(task: Task, crew: Crew) -> list[tuple[str, str]]:
    """Find words that no maker of the task was taught; the one that lacks fewest speaks for them."""
    lacking = [unknown_words(task.prompt, frozenset(maker.words)) for maker in makers_for(task.make, crew)]
    fewest = min(lacking, key=len, default=())
    if not fewest or task.make != "still":
        return []
    return [
        (f"the crew's makers do not know {_quoted(fewest)} and leave it out", "use words they know, or add a maker")
    ]


def _unchecked(task: Task, crew: Crew) -> list[tuple[str, str]]:
    unchecked = [one.asks or one.id for one in task.requirements if one.must and not is_checkable(one, crew)]
    if not unchecked:
        return []
    why = f"no critic can check {_quoted(unchecked)}: a wish now, not a must-have"
    return [(why, "look at the picture yourself, or add a critic that checks it")]


def is_checkable(one: Requirement, crew: Crew) -> bool:
    """Whether a critic of the crew has an opinion on such a requirement and knows all its words."""
    return any(
        one.kind in critic.checks and not phrases_of((one.asks, *one.contrasts), frozenset(critic.words))
        for critic in crew.critics
    )


def demoted(requirements: Sequence[Requirement], crew: Crew) -> tuple[Requirement, ...]:
    """Turn must-haves that nobody can check into wishes; preflight says so for each, and greenlighting consents."""
    return tuple(replace(one, must=False) if one.must and not is_checkable(one, crew) else one for one in requirements)


def _quoted(words: Sequence[str]) -> str:
    shown = ", ".join(f"{word!r}" for word in words[:5])
    return shown if len(words) <= 5 else f"{shown} and {len(words) - 5} more"
