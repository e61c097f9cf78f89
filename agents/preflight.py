"""Before anything is spent: can each task be made and checked with this crew, and what would mend it."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from ..core.crew import Crew
from ..core.plan import Preflight, Requirement, Task
from .planning.contradictions import contradictions_in
from .planning.envelopes import makers_for
from .planning.wording import phrases_of, unknown_words

Panel = tuple[tuple[tuple[str, ...], frozenset[str]], ...]
"""For each critic, the kinds it checks and the words it was taught."""


def preflight(tasks: Sequence[Task], crew: Crew) -> tuple[Preflight, ...]:
    """Check every task: `passed`, `degraded` (it will run, but not as asked) or `blocked` (it cannot run).

    Args:
        tasks: with their must-haves as the brief wants them, before `demoted`.
        crew: who is hired.
    """
    panel = panel_of(crew)
    return tuple(_check(task, crew, panel) for task in tasks)


def _check(task: Task, crew: Crew, panel: Panel) -> Preflight:
    blocked = _blocked(task, crew)
    if blocked:
        return Preflight(task=task.name, state="blocked", why=blocked[0], fix=blocked[1])
    found = [
        *_contradictory(task),
        *_unread(task),
        *_undrawn(task, crew),
        *_in_words_only(task, crew),
        *_unchecked(task, panel),
    ]
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


def _contradictory(task: Task) -> list[tuple[str, str]]:
    return [(why, "take one of the two out, or make two tasks of it") for why in contradictions_in(task.requirements)]


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


def _in_words_only(task: Task, crew: Crew) -> list[tuple[str, str]]:
    without = [maker.name for maker in makers_for(task.make, crew) if not maker.references]
    if task.make != "still" or not task.inputs or not without:
        return []
    takes = "takes" if len(without) == 1 else "take"
    why = f"{', '.join(without)} {takes} no references: the look of {task.entity!r} is asked for in words only"
    return [(why, "add a maker with `references = true`, or look at the drift in the delivery")]


def _unchecked(task: Task, panel: Panel) -> list[tuple[str, str]]:
    unchecked = [one.asks or one.id for one in unchecked_musts(task.requirements, panel)]
    if not unchecked:
        return []
    why = f"no critic can check {_quoted(unchecked)}: a wish now, not a must-have"
    return [(why, "look at the picture yourself, or add a critic that checks it")]


def panel_of(crew: Crew) -> Panel:
    """Give what the crew's critics can tell."""
    return tuple((critic.checks, frozenset(critic.words)) for critic in crew.critics)


@lru_cache(maxsize=4096)
def unchecked_musts(requirements: tuple[Requirement, ...], panel: Panel) -> tuple[Requirement, ...]:
    """List the must-haves on which no critic has an opinion, or in whose phrases it meets words it was not taught."""
    return tuple(one for one in requirements if one.must and not any(_knows(one, *critic) for critic in panel))


def _knows(one: Requirement, checks: tuple[str, ...], words: frozenset[str]) -> bool:
    return one.kind in checks and not phrases_of((one.asks, *one.contrasts), words)


@lru_cache(maxsize=4096)
def demoted(requirements: tuple[Requirement, ...], panel: Panel) -> tuple[Requirement, ...]:
    """Turn must-haves that nobody can check into wishes; preflight says so for each, and greenlighting consents."""
    beyond = unchecked_musts(requirements, panel)
    return tuple(replace(one, must=False) if one in beyond else one for one in requirements) if beyond else requirements


def _quoted(words: Sequence[str]) -> str:
    shown = ", ".join(f"{word!r}" for word in words[:5])
    return shown if len(words) <= 5 else f"{shown} and {len(words) - 5} more"
