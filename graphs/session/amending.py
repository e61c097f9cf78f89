"""From a note to a change that is proposed: what becomes different, what follows from it, what is held."""

from typing import Literal

from ...agents.redirecting.changing import relooked, rerouted, revised
from ...agents.redirecting.differing import in_sentences
from ...agents.redirecting.stale import downstream
from ...agents.redirecting.unpaintable import unpaintable
from ...core.canonical import to_json
from ...core.change import Change
from ...core.errors import NothingToDo
from ...core.proposal import Amend
from ...core.wish import About
from ..approvals import take_named
from ..waits import in_words
from .likeness import close_to
from .part import Part, place_of, stills_of
from .regions import kept_elsewhere
from .view import View

_MOST_DIFFERENCES = 12
"""Said one by one."""


def revise(view: View, about: About, text: str) -> Part:
    """Propose what a note asks for: of some tasks, or as the look of all. Blocking."""
    if why := unpaintable(text, about=about.says):
        raise NothingToDo(why, "say what its pictures should show, or note it for later")
    if about.says and len(about.tasks) < len(view.plan.tasks):
        names = [task.name for task in stills_of(view, about)]
        change = revised(view.plan, view.brief, view.crew, tasks=names, text=text, approved=_approved(view))
        if len(names) == 1:
            change = kept_elsewhere(view, change, view.plan.task(names[0]), text)
    else:
        change = relooked(view.plan, view.brief, view.crew, text, approved=_approved(view))
    return _amend(view, change, about, text)


def reroute(view: View, about: About, maker: str) -> Part:
    """Propose that somebody else makes it. Blocking."""
    names = [task.name for task in stills_of(view, about)]
    change = rerouted(view.plan, view.brief, view.crew, tasks=names, maker=maker)
    return _amend(view, change, about, f"by {maker}" if maker else "by a stronger maker", action="escalate")


def more_like(view: View, about: About, number: int, text: str) -> Part:
    """Propose another take close to one there is. Blocking."""
    tasks = view.tasks(about.tasks)
    if len(tasks) != 1:
        raise NothingToDo(f"{about.says or 'that'} is {len(tasks)} tasks", "name the one whose take you mean")
    take = take_named(view.history.tasks[tasks[0].name], tasks[0].name, str(number))
    change = Change(brief=view.brief, tasks=tuple(tasks))
    if text:
        names = [tasks[0].name]
        change = revised(view.plan, view.brief, view.crew, tasks=names, text=text, approved=_approved(view))
    return _amend(view, close_to(take, change, tasks[0], view.crew), about, text or f"more like {take.id}")


def _amend(
    view: View, change: Change, about: About, note: str, *, action: Literal["modify", "escalate"] = "modify"
) -> Part:
    """Show a change: what becomes different, and what was made from it and would follow."""
    if not change.tasks:
        why = " ".join(change.notices).rstrip(".") or f"{note!r} changes nothing about {about.says or 'it'}"
        raise NothingToDo(why, "say what should be different, as in `darker, at night`")
    names = [task.name for task in change.tasks]
    follows, approved = set(downstream(names, view.plan)), _approved(view)
    made = [task for task in view.plan.tasks if task.name in follows and view.history.tasks[task.name].takes]
    held = [task.name for task in made if task.name in approved]
    stay = {*held, *downstream(held, view.plan)}
    made = [task for task in made if task.name not in stay]
    says = list(in_sentences(change.differences[:_MOST_DIFFERENCES]))
    if (more := len(change.differences) - _MOST_DIFFERENCES) > 0:
        says.append(f"and {more} more differences")
    if made:
        says.append(f"made from it, and made anew with it: {in_words([task.name for task in made])}")
    if held:
        says.append(f"you approved {in_words(held)}: held as it is until you say `resume {held[0]}`")
    act = Amend(
        change_digest=view.store.put(to_json(change).encode()),
        seen={name: len(view.history.tasks[name].decisions) for name in names},
        about=place_of(view, about),
        note=note,
        hold=tuple(held),
        action=action,
    )
    return Part(acts=(act,), says=tuple(says), redone=(*change.tasks, *made), notices=change.notices)


def _approved(view: View) -> frozenset[str]:
    """Name the tasks a person approved as they are."""
    records = ((task.name, view.history.tasks[task.name]) for task in view.plan.tasks)
    return frozenset(
        name
        for name, one in records
        if (one.approval and one.approval.action == "approve") or (one.accepted and one.accepted.is_by_person)
    )
