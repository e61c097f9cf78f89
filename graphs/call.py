"""One paid call, from the reservation to the settled take, or to the doubt whether it was charged."""

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import replace
from itertools import count

import structlog

from ..agents.router import Route
from ..core.call import CallReserved, CallSent, CallUnknown, CallVoided, ResultDropped
from ..core.crash import passing
from ..core.errors import (
    BudgetExceeded,
    CallsheetError,
    CallWithdrawn,
    ChargeUnknown,
    CrewError,
    MakerBroke,
    MakerFailed,
    StaleDecision,
    WorkerLost,
)
from ..core.fact import TakeMade, TaskRouted
from ..core.money import to_micros, to_usd
from ..core.plan import Task
from ..core.take import Made, Take, service_key, take_id
from .doubts import bought_before, charged_anyway, sold_once
from .stage import Stage

log = structlog.get_logger()

_PROCESS = secrets.token_hex(8)
_tries = count(1)
"""Tokens name a try at some work: no two tries of any process have the same."""


async def call_maker(stage: Stage, task: Task, number: int, chosen: Route) -> None:
    """Reserve, send, store, settle: when this returns the take is a durable fact and is paid for once.

    Args:
        stage: the production.
        task: the job.
        number: which take of the task this will be.
        chosen: the router's choice.

    Raises:
        CrewError: the maker has no price; nothing was reserved or sent.
        BudgetExceeded: nothing was reserved or sent; so also where a cap or the word to stop stands in the way.
        WorkerLost, MakerFailed: the reservation is void again.
        ChargeUnknown: the service may have charged, so what was reserved counts until somebody finds out. Retryable
            where the service sells the same work once under its key.
        StaleDecision: somebody decided before it was reserved, and nothing was; or a file brought in meanwhile has
            this take's number, and what a service charged is charged.
    """
    chosen = _bought_anew(stage, chosen)
    call = _priced(stage, task, number, chosen)
    _check_rent(stage, call.micros)
    await stage.journal.record(
        *_routed(stage, task, number, chosen),
        call,
        CallSent(key=call.key, task=call.task, token=call.token),
        seen=[stage.journal.history.tasks[task.name].as_seen(task.name)],
    )
    passing("after_send")
    try:
        ingredients = await asyncio.to_thread(_ingredients, stage, chosen) if chosen.recipe.ingredients else {}
        made = await stage.workers.make(
            chosen.maker.name, chosen.recipe, ingredients, token=call.token, urgency=stage.urgency_of(task.name)
        )
    except (WorkerLost, MakerFailed) as error:
        if not _may_be_charged(call, error):
            await _free(stage, call, error)
            raise
        await _doubt(stage, call, error)
        raise ChargeUnknown(call.maker, error.what, _sells_once(chosen)) from error
    passing("after_receive")
    digest = await asyncio.to_thread(stage.store.put, made.data)
    stage.just_made[digest] = made.data
    take = _take(task, number, chosen, made, digest)
    paid = TakeMade(task=task.name, key=call.key, token=call.token, micros=call.micros, take=take)
    try:
        written = await stage.journal.record(paid)
    except StaleDecision as error:
        await stage.journal.record(*(charged_anyway(call, str(error)) if call.service_key else [_void(call, error)]))
        raise
    if any(isinstance(entry.fact, ResultDropped) for entry in written):
        raise WorkerLost(made.worker, "another try at the same work settled first")
    for fact in sold_once(stage.journal.history, call) if _sells_once(chosen) else ():
        await stage.journal.record(fact)  # each by itself: somebody may have found out about one meanwhile


def _bought_anew(stage: Stage, chosen: Route) -> Route:
    """Give the choice as it is to be bought: under another key than the purchases that brought nothing of use."""
    if not chosen.maker.is_service:
        return chosen
    before = bought_before(stage.journal.history, chosen.recipe)
    return replace(chosen, recipe=replace(chosen.recipe, bought_before=before))


def _priced(stage: Stage, task: Task, number: int, chosen: Route) -> CallReserved:
    """Draw up the reservation; raises `CrewError` where nobody said what the call costs."""
    maker = chosen.maker
    if maker.usd is None:
        raise CrewError(f"maker {maker.name!r}", "has no price", "give it `usd`: nothing is bought at an unknown price")
    return CallReserved(
        key=stage.key_of(task.name, number, chosen.recipe),
        task=task.name,
        department=task.department,
        maker=maker.name,
        micros=to_micros(maker.usd),
        token=f"{_PROCESS}-{next(_tries)}",
        recipe=chosen.recipe,
        service_key=service_key(chosen.recipe) if maker.is_service else "",
    )


def _sells_once(chosen: Route) -> bool:
    """Say whether the same work may be asked for again: its service sells it once under one key."""
    return bool(chosen.maker.settings.get("sells_once"))


def _may_be_charged(call: CallReserved, error: WorkerLost | MakerFailed) -> bool:
    """Say whether a call without a picture may cost something: it was out, and nobody told how it ended."""
    is_untold = isinstance(error, WorkerLost | MakerBroke) and not isinstance(error, CallWithdrawn)
    was_lost = bool(call.service_key) and is_untold
    return was_lost or isinstance(error, ChargeUnknown)


async def _doubt(stage: Stage, call: CallReserved, error: CallsheetError) -> None:
    log.warning("charge_unknown", task=call.task, maker=call.maker, usd=to_usd(call.micros), why=str(error))
    answer = error.answer if isinstance(error, ChargeUnknown) else ""
    doubt = CallUnknown(key=call.key, task=call.task, token=call.token, why=str(error), answer=answer)
    await stage.journal.record(doubt)


async def _free(stage: Stage, call: CallReserved, error: CallsheetError) -> None:
    tell = log.info if isinstance(error, CallWithdrawn) else log.warning
    tell("call_voided", task=call.task, maker=call.maker, why=str(error))
    await stage.journal.record(_void(call, error))


def _void(call: CallReserved, error: CallsheetError) -> CallVoided:
    return CallVoided(key=call.key, task=call.task, token=call.token, why=str(error))


def _check_rent(stage: Stage, micros: int) -> None:
    """Refuse to begin anything once calls and rented machines have reached the budget; raises `BudgetExceeded`.

    Rent cannot be reserved, for nobody knows how long a machine stays up: what is being made is still paid for, with
    the time until its machine is free.
    """
    rent = to_micros(stage.rent_usd())
    if not rent:
        return
    left = to_micros(stage.journal.bill().left_usd) - rent
    if left <= 0 or left < micros:
        raise BudgetExceeded(to_usd(micros), to_usd(left), to_usd(rent))


def _routed(stage: Stage, task: Task, number: int, chosen: Route) -> list[TaskRouted]:
    """Give the choice to journal, unless an earlier try at the same take did."""
    if number in stage.journal.history.tasks[task.name].routes:
        return []
    return [
        TaskRouted(
            task=task.name,
            attempt=number,
            maker=chosen.maker.name,
            why=chosen.why,
            turned_down=chosen.turned_down,
        )
    ]


def _ingredients(stage: Stage, chosen: Route) -> Mapping[str, bytes]:
    return {one.digest: stage.store.get(one.digest) for one in chosen.recipe.ingredients}


def _take(task: Task, number: int, chosen: Route, made: Made, digest: str) -> Take:
    return Take(
        id=take_id(task.name, number),
        task=task.name,
        number=number,
        recipe=chosen.recipe,
        digest=digest,
        width=made.width,
        height=made.height,
        fingerprint=made.fingerprint,
        usd=to_usd(to_micros(chosen.maker.usd or 0.0)),
        seconds=round(made.seconds, 4),
        worker=made.worker,
        software=made.software,
        ignored_words=made.ignored_words,
    )
