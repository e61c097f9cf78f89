"""From a wish to a proposal: what would be done, on exactly which pictures, for how much. Nothing is done here."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from ...agents.redirecting.stale import downstream
from ...core.brief import MOST_BUDGET_USD
from ...core.canonical import digest_of_bytes
from ...core.errors import NothingToDo
from ...core.plan import Task
from ...core.proposal import (
    Act,
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
from .amending import more_like, reroute, revise
from .answers import price_in_words
from .part import Part, place_of, stills_of
from .view import View


async def propose(view: View, wishes: Sequence[Wish]) -> Proposal:
    """Say what would be done about wishes that spend or decide, together.

    Raises:
        SetupError: one of them cannot be, and why; nothing is proposed then.
    """
    return await view.aside(lambda: _proposed(view, [_part(view, wish) for wish in wishes]))


def _proposed(view: View, parts: Sequence[Part]) -> Proposal:
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


def _part(view: View, wish: Wish) -> Part:  # noqa: PLR0911, PLR0912 - one line per wish
    match wish:
        case Greenlight():
            return _roll(view)
        case Revise(about=about, text=text):
            return revise(view, about, text)
        case Reroute(about=about, maker=maker):
            return reroute(view, about, maker)
        case MoreLike(about=about, take=number, text=text):
            return more_like(view, about, number, text)
        case Retake(about=about):
            return _decide(view, stills_of(view, about), "retake", f"once more, with another seed: {about.says}")
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
            return _bring_in(view, about, file)
        case Budget(usd=usd, is_more=is_more):
            return _budget(view, usd + view.bill.budget_usd * is_more)
        case Command(kind=kind, about=about):
            return _instruct(view, kind, about)
        case Deliver():
            return _pack(view)
        case _:
            raise NothingToDo(f"{wish.verb} decides nothing", "ask for it by itself")


def _roll(view: View) -> Part:
    planned = view.history.planned
    act = Roll(plan_digest=planned.plan_digest if planned else "")
    if view.history.is_greenlit:
        return Part(acts=(act,), says=("the crew goes on with what is left to do",))
    found = view.outlook()
    says = (
        f"{len(view.plan.tasks)} tasks are made: about {found.usd.middle:.4f} USD ({found.usd.low:.4f} to "
        f"{found.usd.high:.4f}), {found.seconds.middle:.0f} s with {found.workers} workers; never more than "
        f"{view.bill.budget_usd:.2f} USD"
    )
    weak = [one.task for one in view.plan.degraded]
    notices = (f"nobody can fully check {in_words(weak)}",) if weak else ()
    return Part(acts=(act,), says=(says,), notices=notices)


def _pack(view: View) -> Part:
    if not view.history.is_greenlit:  # whoever runs it to its package makes what is not made, too
        raise NothingToDo("the plan has no greenlight, so there is nothing to pack", "say `go` first")
    return Part(acts=(Pack(),), says=("the package is written from what there is",))


def _decide(
    view: View, tasks: Sequence[Task], action: Literal["reject", "retake", "omit"], says: str, *, note: str = ""
) -> Part:
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
    return Part(
        acts=tuple(acts),
        says=(f"{says.removesuffix(': ')} ({in_words(names)})",),
        redone=tuple(task for task in redone if is_again and view.history.tasks[task.name].takes),
    )


def _approve(view: View, about: About, number: int | None) -> Part:
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
    return Part(acts=tuple(acts), says=tuple(says))


def _options(view: View, wish: Options) -> Part:
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
    return Part(acts=acts, says=(f"{cells} more of {what}: about {needs:.4f} USD, of {spare:.4f} to spare",))


def _origin(view: View, name: str) -> str:
    """Name what a task is a variation of, where it joined as one: a variation of a variation varies the same."""
    return next((one.like for one in reversed(view.history.additions) if name in one.tasks), name)


def _bring_in(view: View, about: About, file: str) -> Part:
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
    return Part(acts=(act,), says=tuple(says), redone=tuple(redone))


def _remark(view: View, about: About, text: str) -> Part:
    place = place_of(view, about)
    act = Jot(about=place, text=text, seen=len(noted_alike(place, text, view.history)))
    return Part(acts=(act,), says=(f"noted about {about.says}: {text}",))


def _budget(view: View, usd: float) -> Part:
    spent = view.bill.settled_usd
    if usd > MOST_BUDGET_USD:
        raise NothingToDo(f"{usd:,.2f} USD is more than a budget can be", f"name at most {MOST_BUDGET_USD:,}")
    if usd <= spent:
        raise NothingToDo(f"{spent:.4f} USD are spent already, so {usd:.2f} cannot be the budget", "name a larger one")
    says = f"the budget becomes {usd:.2f} USD instead of {view.bill.budget_usd:.2f}; {spent:.4f} are spent"
    act = SetBudget(usd=round(usd, 6), instead_of_usd=view.bill.budget_usd)
    return Part(acts=(act,), says=(says,))


def _instruct(view: View, kind: Literal["pause", "resume", "cancel", "prioritise"], about: About) -> Part:
    named = about.tasks if about.says else ()
    tasks = tasks_meant(view.standing, kind, about.says, named)
    words = {"pause": "paused", "resume": "goes on", "cancel": "cancelled", "prioritise": "goes first"}
    act = Instruct(order=kind, about=about.says, tasks=tasks)
    return Part(acts=(act,), says=(f"{about.says or 'everything'}: {words[kind]} ({in_words(list(tasks))})",))
