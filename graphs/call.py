"""One paid call, from the reservation to the settled take."""

import asyncio
import secrets
from collections.abc import Mapping
from itertools import count

import structlog

from ..agents.router import Route
from ..core.call import CallReserved, CallSent, CallVoided, ResultDropped
from ..core.crash import passing
from ..core.errors import BudgetExceeded, CallWithdrawn, ChargeUnknown, MakerFailed, StaleDecision, WorkerLost
from ..core.fact import TakeMade, TaskRouted
from ..core.money import to_micros, to_usd
from ..core.plan import Task
from ..core.take import Made, Take, take_id
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
        BudgetExceeded: nothing was reserved or sent.
        WorkerLost, MakerFailed: the reservation is void again.
        ChargeUnknown: the reservation stands as long as this process drives, for the service may have charged it.
        StaleDecision: a file brought in meanwhile has this take's number; the reservation is void again.
    """
    key, token = stage.key_of(task.name, number, chosen.recipe), f"{_PROCESS}-{next(_tries)}"
    micros = to_micros(chosen.maker.usd or 0.0)
    _check_rent(stage, micros)
    await stage.journal.record(
        *_routed(stage, task, number, chosen),
        CallReserved(
            key=key,
            task=task.name,
            department=task.department,
            maker=chosen.maker.name,
            micros=micros,
            token=token,
            recipe=chosen.recipe,
        ),
        CallSent(key=key, task=task.name, token=token),
    )
    passing("after_send")
    try:
        ingredients = await asyncio.to_thread(_ingredients, stage, chosen) if chosen.recipe.ingredients else {}
        made = await stage.workers.make(
            chosen.maker.name, chosen.recipe, ingredients, token=token, urgency=stage.urgency_of(task.name)
        )
    except ChargeUnknown as error:
        log.warning("charge_unknown", task=task.name, maker=chosen.maker.name, usd=to_usd(micros), why=str(error))
        raise
    except (WorkerLost, MakerFailed) as error:
        tell = log.info if isinstance(error, CallWithdrawn) else log.warning
        tell("call_voided", task=task.name, maker=chosen.maker.name, why=str(error))
        await stage.journal.record(CallVoided(key=key, task=task.name, token=token, why=str(error)))
        raise
    passing("after_receive")
    digest = await asyncio.to_thread(stage.store.put, made.data)
    stage.just_made[digest] = made.data
    take = _take(task, number, chosen, made, digest)
    try:
        written = await stage.journal.record(TakeMade(task=task.name, key=key, token=token, micros=micros, take=take))
    except StaleDecision as error:
        await stage.journal.record(CallVoided(key=key, task=task.name, token=token, why=str(error)))
        raise
    if any(isinstance(entry.fact, ResultDropped) for entry in written):
        raise WorkerLost(made.worker, "another try at the same work settled first")


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
