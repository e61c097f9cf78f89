"""From a wish to a proposal: what would be done, on exactly which pictures, for how much. Nothing is done here."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ...agents.redirecting.changing import relooked, rerouted, revised
from ...agents.redirecting.stale import downstream
from ...agents.redirecting.unpaintable import unpaintable
from ...core.brief import MOST_BUDGET_USD
from ...core.canonical import digest_of_bytes, to_json
from ...core.change import Change
from ...core.errors import NothingToDo
from ...core.plan import Task
from ...core.proposal import (
    Act,
    Amend,
    BringIn,
    Decide,
    Instruct,
    Jot,
    Pack,
    Proposal,
    Roll,
    SetBudget,
    Vary,
)
from ...core.wish import (
    About,
    Approve,
    Budget,
    Command,
    Deliver,
    Greenlight,
    Ingest,
    MoreLike,
    Omit,
    Options,
    Reject,
    Remark,
    Reroute,
    Retake,
    Revise,
    Wish,
)
from ...tools.pictures import read_picture
from ..approvals import take_named
from ..changing import price_of
from ..deciding import noted_alike
from ..ordering import added_like, tasks_meant, unclaimed_usd
from ..waits import in_words
from .answers import price_in_words
from .likeness import close_to
from .regions import kept_elsewhere
from .view import View


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What one wish comes to."""

    acts: tuple[Act, ...]
    says: tuple[str, ...]
    redone: tuple[Task, ...] = ()
    """Tasks, as they would be, that a new round is made of."""
    notices: tuple[str, ...] = ()


async def propose(view: View, wishes: Sequence[Wish]) -> Proposal:
    """Say what would be done about wishes that spend or decide, together.

    Raises:
        SetupError: one of them cannot be, and why; nothing is proposed then.
    """
    parts = [await _part(view, wish) for wish in wishes]
    redone = {task.name: task for part in parts for task in part.redone}
    price = price_of(tuple(redone.values()), view.plan, view.crew)
    says = [line for part in parts for line in part.says]
    notices = [line for part in parts for line in part.notices]
    if redone:
        says.append(f"to be made: {price_in_words(price)}")
        left = view.bill.left_usd
        if price.usd > left:
            notices.append(f"that is more than the {left:.4f} USD left: raise the budget, or it ends unfinished")
    return Proposal(
        acts=tuple(act for part in parts for act in part.acts),
        says=tuple(says),
        tasks=price.tasks,
        usd=price.usd,
        most_usd=price.most_usd,
        notices=tuple(dict.fromkeys(notices)),
    )


async def _part(view: View, wish: Wish) -> _Part:  # noqa: PLR0911, PLR0912 - one line per wish
    match wish:
        case Greenlight():
            return await asyncio.to_thread(_roll, view)
        case Revise(about=about, text=text):
            return await asyncio.to_thread(_revise, view, about, text)
        case Reroute(about=about, maker=maker):
            return await asyncio.to_thread(_reroute, view, about, maker)
        case MoreLike(about=about, take=number, text=text):
            return await asyncio.to_thread(_more_like, view, about, number, text)
        case Retake(about=about):
            return _decide(view, _stills_of(view, about), "retake", f"once more, with another seed: {about.says}")
        case Approve(about=about, take=number):
            return _approve(view, about, number)
        case Reject(about=about, text=text):
            return _decide(view, view.tasks(about.tasks), "reject", f"sent back: {about.says}", note=text)
        case Omit(about=about):
            return _decide(view, view.tasks(about.tasks), "omit", f"left out: {about.says}")
        case Options():
            return _options(view, wish)
        case Remark(about=about, text=text):
            return _remark(view, about, text)
        case Ingest(about=about, file=file):
            return await asyncio.to_thread(_bring_in, view, about, file)
        case Budget(usd=usd, is_more=is_more):
            return _budget(view, usd + view.bill.budget_usd * is_more)
        case Command(kind=kind, about=about):
            return _instruct(view, kind, about)
        case Deliver():
            return _pack(view)
        case _:
            raise NothingToDo(f"{wish.verb} decides nothing", "ask for it by itself")


def _roll(view: View) -> _Part:
    planned = view.history.planned
    act = Roll(plan_digest=planned.plan_digest if planned else "")
    if view.history.is_greenlit:
        return _Part(acts=(act,), says=("the crew goes on with what is left to do",))
    found = view.outlook()
    says = (
        f"{len(view.plan.tasks)} tasks are made: about {found.usd.middle:.4f} USD ({found.usd.low:.4f} to "
        f"{found.usd.high:.4f}), {found.seconds.middle:.0f} s with {found.workers} workers; never more than "
        f"{view.bill.budget_usd:.2f} USD"
    )
    weak = [one.task for one in view.plan.preflight if one.state == "degraded"]
    notices = (f"nobody can fully check {in_words(weak)}",) if weak else ()
    return _Part(acts=(act,), says=(says,), notices=notices)


def _approved(view: View) -> frozenset[str]:
    """Name the tasks a person approved as they are."""
    records = view.history.tasks.items()
    return frozenset(
        name
        for name, one in records
        if (one.approval and one.approval.action == "approve") or (one.accepted and one.accepted.is_by_person)
    )


def _pack(view: View) -> _Part:
    if not view.history.is_greenlit:  # whoever runs it to its package makes what is not made, too
        raise NothingToDo("the plan has no greenlight, so there is nothing to pack", "say `go` first")
    return _Part(acts=(Pack(),), says=("the package is written from what there is",))


def _revise(view: View, about: About, text: str) -> _Part:
    if why := unpaintable(text, about=about.says):
        raise NothingToDo(why, "say what its pictures should show, or note it for later")
    if about.says and len(about.tasks) < len(view.plan.tasks):
        names = [task.name for task in _stills_of(view, about)]
        change = revised(view.plan, view.brief, view.crew, tasks=names, text=text, approved=_approved(view))
        if len(names) == 1:
            change = kept_elsewhere(view, change, view.plan.task(names[0]), text)
    else:
        change = relooked(view.plan, view.brief, view.crew, text, approved=_approved(view))
    return _amend(view, change, about, text)


def _reroute(view: View, about: About, maker: str) -> _Part:
    names = [task.name for task in _stills_of(view, about)]
    change = rerouted(view.plan, view.brief, view.crew, tasks=names, maker=maker)
    return _amend(view, change, about, f"by {maker}" if maker else "by a stronger maker", action="escalate")


def _more_like(view: View, about: About, number: int, text: str) -> _Part:
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
) -> _Part:
    """Show a change: what becomes different, and what was made from it and would follow."""
    if not change.tasks:
        why = " ".join(change.notices).rstrip(".") or f"{note!r} changes nothing about {about.says or 'it'}"
        raise NothingToDo(why, "say what should be different, as in `darker, at night`")
    names = [task.name for task in change.tasks]
    follows = [task for task in view.plan.tasks if task.name in set(downstream(names, view.plan)) - set(names)]
    made = [task for task in follows if view.history.tasks[task.name].takes]
    held = [task.name for task in made if task.name in _approved(view)]
    made = [task for task in made if task.name not in {*held, *downstream(held, view.plan)}]
    seen = {name: len(view.history.tasks[name].decisions) for name in names}
    digest = view.store.put(to_json(change).encode())
    says = [_difference(one.task, one.what, one.before, one.after) for one in change.differences[:12]]
    if (more := len(change.differences) - 12) > 0:
        says.append(f"and {more} more differences")
    redone = [*change.tasks, *made]
    if made:
        says.append(f"made from it, and made anew with it: {in_words([task.name for task in made])}")
    if held:
        says.append(f"you approved {in_words(held)}: held as it is until you say `resume {held[0]}`")
    act = Amend(
        change_digest=digest, seen=seen, about=_place(view, about), note=note, hold=tuple(held), action=action
    )  # fmt: skip
    return _Part(
        acts=(act,),
        says=tuple(says),
        redone=tuple(redone),
        notices=change.notices,
    )


def _difference(task: str, what: str, before: str, after: str) -> str:
    if before and after:
        return f"{task}: {what}: {before} -> {after}"
    return f"{task}: {what}: no longer {before}" if before else f"{task}: {what}: {after}"


def _stills_of(view: View, about: About) -> list[Task]:
    """Give the tasks that another seed or other words change: the stills meant, else those the meant are made from.

    The same inputs give the same composite, so asking it again would change nothing.
    """
    tasks = {task.name: task for task in view.plan.tasks}
    named = [tasks[name] for name in about.tasks if name in tasks]
    stills = [task for task in named if task.make == "still"]
    waiting, seen = [task for task in named if task.make != "still"] if not stills else [], set[str]()
    while waiting:
        for name in waiting.pop().inputs:
            if name not in seen:
                seen.add(name)
                (stills if tasks[name].make == "still" else waiting).append(tasks[name])
    if not stills:
        raise NothingToDo(f"nothing of {about.says or 'it'} is painted", "name a still, or what it is made from")
    return stills


def _decide(
    view: View, tasks: Sequence[Task], action: Literal["reject", "retake", "omit"], says: str, *, note: str = ""
) -> _Part:
    acts: list[Act] = []
    for task in tasks:
        record = view.history.tasks[task.name]
        standing = record.standing_take
        if action == "reject" and standing is None:
            raise NothingToDo(f"{task.name} has no take to send back", "wait for one")
        digest = standing.digest if standing else ""
        acts.append(Decide(task=task.name, action=action, digest=digest, round=len(record.decisions), note=note))
    names = [task.name for task in tasks]
    redone = [task for task in view.plan.tasks if task.name in {*names, *downstream(names, view.plan)}]
    is_again = action != "omit"
    return _Part(
        acts=tuple(acts),
        says=(f"{says.removesuffix(': ')} ({in_words(names)})",),
        redone=tuple(task for task in redone if is_again and view.history.tasks[task.name].takes),
    )


def _approve(view: View, about: About, number: int | None) -> _Part:
    acts: list[Act] = []
    says: list[str] = []
    for task in view.tasks(about.tasks):
        record = view.history.tasks[task.name]
        take = take_named(record, task.name, str(number)) if number else record.standing_take
        if take is None:
            says.append(f"{task.name} has no take yet and is left as it is")
            continue
        acts.append(Decide(task=task.name, action="approve", digest=take.digest, round=len(record.decisions)))
        verdict = record.verdicts.get(take.id)
        doubts = "" if verdict is None or verdict.passed else f", which fails: {verdict.findings[0].says}"
        says.append(f"approve {take.id}{doubts}: {view.picture_of(take)}")
    if not acts:
        raise NothingToDo(f"{about.says or 'that'} has no take to approve", "wait for one")
    return _Part(acts=tuple(acts), says=tuple(says))


def _options(view: View, wish: Options) -> _Part:
    vary: Mapping[str, tuple[str, ...] | int] = {**wish.vary} if wish.vary else {}
    seeds = {"seed": wish.count} if wish.count > 1 or not vary else {}
    origins = [_origin(view, task.name) for task in view.tasks(wish.about.tasks)]
    acts = tuple(Vary(like=like, vary={**vary, **seeds}, seen=len(added_like(like, view.history))) for like in origins)
    cells = wish.count
    for values in wish.vary.values():
        cells *= len(values)
    tasks = view.tasks(wish.about.tasks)
    price = price_of(tasks, view.plan, view.crew)
    what = in_words([task.name for task in tasks])
    needs, spare = price.usd * cells, unclaimed_usd(view.standing)
    if needs > spare:
        fix = "raise the budget, or ask for fewer"
        raise NothingToDo(f"{cells} more of {what} cost about {needs:.4f} USD, and {spare:.4f} are to spare", fix)
    return _Part(acts=acts, says=(f"{cells} more of {what}: about {needs:.4f} USD, of {spare:.4f} to spare",))


def _origin(view: View, name: str) -> str:
    """Name what a task is a variation of, where it joined as one: a variation of a variation varies the same."""
    return next((one.like for one in reversed(view.history.additions) if name in one.tasks), name)


def _bring_in(view: View, about: About, file: str) -> _Part:
    tasks = view.tasks(about.tasks)
    if len(tasks) != 1:
        raise NothingToDo(f"{about.says or 'that'} is {len(tasks)} tasks", "name the one the file is for")
    digest = digest_of_bytes(read_picture(Path(file)))
    act = BringIn(task=tasks[0].name, file=str(Path(file).absolute()), digest=digest)
    follows = [name for name in downstream([tasks[0].name], view.plan) if view.history.tasks[name].takes]
    says = [f"{file} becomes a take of {tasks[0].name}, judged like any other"]
    redone = [task for task in view.plan.tasks if task.name in follows]
    if follows:
        says.append(f"made from it, and made anew with it: {in_words(follows)}")
    return _Part(acts=(act,), says=tuple(says), redone=tuple(redone))


def _remark(view: View, about: About, text: str) -> _Part:
    place = _place(view, about)
    act = Jot(about=place, text=text, seen=len(noted_alike(place, text, view.history)))
    return _Part(acts=(act,), says=(f"noted about {about.says}: {text}",))


def _budget(view: View, usd: float) -> _Part:
    spent = view.bill.settled_usd
    if usd > MOST_BUDGET_USD:
        raise NothingToDo(f"{usd:,.2f} USD is more than a budget can be", f"name at most {MOST_BUDGET_USD:,}")
    if usd <= spent:
        raise NothingToDo(f"{spent:.4f} USD are spent already, so {usd:.2f} cannot be the budget", "name a larger one")
    says = f"the budget becomes {usd:.2f} USD instead of {view.bill.budget_usd:.2f}; {spent:.4f} are spent"
    act = SetBudget(usd=round(usd, 6), instead_of_usd=view.bill.budget_usd)
    return _Part(acts=(act,), says=(says,))


def _instruct(view: View, kind: Literal["pause", "resume", "cancel", "prioritise"], about: About) -> _Part:
    named = about.tasks if about.says else ()
    tasks = tasks_meant(view.standing, kind, about.says, named)
    words = {"pause": "paused", "resume": "goes on", "cancel": "cancelled", "prioritise": "goes first"}
    act = Instruct(order=kind, about=about.says, tasks=tasks)
    return _Part(acts=(act,), says=(f"{about.says or 'everything'}: {words[kind]} ({in_words(list(tasks))})",))


def _place(view: View, about: About) -> str:
    """Give a name of the plan for what was meant: one task, a department, or empty for the whole."""
    if len(about.tasks) == 1:
        return about.tasks[0]
    for shot in view.plan.shots:
        of_shot = {task.name for task in view.plan.tasks if task.shot == shot.code or task.name == shot.from_task}
        if of_shot == set(about.tasks):
            return shot.code
    return about.department if about.department in {one.name for one in view.plan.departments} else ""
