"""Doing what a person agreed to, once: every act is bound to what was shown.

What was done is refused the second time; an order, a greenlight and a package mean the same when they are said again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import assert_never

from ...core.canonical import digest_of_bytes, from_json
from ...core.change import Change
from ...core.errors import NothingToDo, StaleDecision
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
from ...core.settings import Settings
from ...tools.pictures import read_picture
from ..changing import change
from ..deciding import decide, ingest, note
from ..ordering import add, order
from .view import View

RunAct = Roll | Pack | SetBudget
"""What concerns the run itself."""
MakeWork = Callable[[RunAct], Awaitable[None]]
"""Carries it out."""


async def act_on(proposal: Proposal, view: View, *, by: str, settings: Settings, run: MakeWork) -> list[str]:
    """Do all that was proposed, in order, and say what became of each; one that is refused does not stop the others.

    Args:
        proposal: as it was shown.
        view: of the production.
        by: who agreed.
        settings: as in `produce`.
        run: carries out what concerns the run.
    """
    said: list[str] = []
    for place, one in enumerate(proposal.acts):
        try:
            said.append(await _act(_after(proposal.acts[:place], one), view, by, settings, run))
        except (StaleDecision, NothingToDo) as refusal:
            said.append(f"not done: {refusal}")
    return [line for line in said if line]


def _after(earlier: Sequence[Act], act: Act) -> Act:
    """Count in what acts of the same proposal add before it."""
    if not isinstance(act, Vary):
        return act
    return replace(act, seen=act.seen + sum(isinstance(one, Vary) and one.like == act.like for one in earlier))


async def _act(  # noqa: PLR0911 - one line per act
    one: Act, view: View, by: str, settings: Settings, run: MakeWork
) -> str:
    folder = view.folder.root
    match one:
        case Decide():
            task, record = view.standing.task(one.task)
            take = next((str(t.number) for t in record.takes if t.digest == one.digest), None)
            named = take if one.action == "approve" else None
            await decide(folder, task.name, one.action, by=by, take=named, note=one.note, round=one.round)
            return ""
        case Amend():
            return await _amend(one, view, by, settings)
        case Instruct():
            await order(folder, one.order, one.about, names=one.tasks, by=by, settings=settings)
            return ""
        case Vary():
            return await _vary(one, view, by, settings)
        case Jot():
            await note(folder, one.about, one.text, by=by, seen=one.seen, settings=settings)
            return ""
        case BringIn():
            return await _bring_in(one, view, settings)
        case SetBudget():
            _refuse_stale(one, view.bill.budget_usd)
            await run(one)
            return ""
        case Roll() | Pack():
            await run(one)
            return ""
        case other:
            assert_never(other)


async def _amend(one: Amend, view: View, by: str, settings: Settings) -> str:
    proposed: Change = from_json(Change, await asyncio.to_thread(view.store.get, one.change_digest))
    await change(
        view.folder.root, proposed, by=by, about=one.about, note=one.note, seen=one.seen, hold=one.hold,
        action=one.action, settings=settings,
    )  # fmt: skip
    return ""


async def _vary(one: Vary, view: View, by: str, settings: Settings) -> str:
    vary = {axis: values if isinstance(values, int) else list(values) for axis, values in one.vary.items()}
    added = await add(
        view.folder.root, like=one.like, vary=vary, by=by, crew=settings.crew, seen=one.seen, settings=settings
    )
    return f"joined: {', '.join(added.tasks)}"


def _refuse_stale(one: SetBudget, budget_usd: float) -> None:
    if budget_usd == one.usd:
        raise NothingToDo(f"the budget is {one.usd:.2f} USD already", "name another")
    if budget_usd != one.instead_of_usd:
        raise StaleDecision("the budget", f"it became {budget_usd:.2f} USD in the meantime")


async def _bring_in(one: BringIn, view: View, settings: Settings) -> str:
    """Bring a file in, unless that very picture is a take of the task already, or the file shows another by now."""
    if digest_of_bytes(await asyncio.to_thread(read_picture, Path(one.file))) != one.digest:
        raise StaleDecision(one.task, f"{one.file} became another picture in the meantime")
    record = view.history.tasks[one.task]
    if any(take.origin == "ingested" and take.digest == one.digest for take in record.takes):
        raise NothingToDo(f"{one.file} is a take of {one.task} already", "approve it, or name another file")
    take = await ingest(view.folder.root, one.file, one.task, settings)
    return f"{one.file} is {take.id}"
