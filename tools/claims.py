"""What each call holds of the money, what may be spent at most, and the word to stop; always inside one transaction.

Every reservation is a claim. It counts towards its department and its day until it is settled for less, void, or, where
nobody knows how its call ended, until somebody finds out.
"""

from collections.abc import Iterable, Mapping
from functools import singledispatch
from typing import Final

from sqlalchemy import BindParameter, Connection, Integer, bindparam, delete, insert, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from ..core.call import CallReserved, CallUnknown, CallVoided, ChargeReconciled, ResultDropped
from ..core.errors import Bug, CapReached, SpendingStopped
from ..core.fact import Fact, TakeMade
from ..core.limits import CapsSet, SpendingAllowed, SpendingHalted
from ..core.money import Caps, to_micros, to_usd
from ..core.thought import AnswerGiven, ThoughtReserved, ThoughtUnknown, ThoughtVoided
from . import tables
from .ledger import Claim, day_of
from .prepared import Prepared

_claim, _spent, _cap, _purse, _meta = tables.claim.c, tables.spent.c, tables.cap.c, tables.purse.c, tables.meta.c
_HALT: Final = "halted"
_its = (_claim.key == bindparam("of")) & (_claim.token == bindparam("its"))

_ADD = Prepared(insert(tables.claim))
_OPEN_OF = Prepared(
    select(_claim.token, _claim.task, _claim.department, _claim.day, _claim.micros).where(
        (_claim.key == bindparam("of")) & (_claim.state == "open")
    )
)
_READ = Prepared(select(_claim.state, _claim.task, _claim.department, _claim.day, _claim.micros).where(_its))
_DROP = Prepared(delete(tables.claim).where(_its))
_DOUBT = Prepared(update(tables.claim).where(_its).values(state="unknown"))
_more: BindParameter[int] = bindparam("more", type_=Integer)
_COUNT = Prepared(
    upsert(tables.spent)
    .values(scope=bindparam("scope"), micros=_more)
    .on_conflict_do_update(index_elements=[_spent.scope], set_={"micros": _spent.micros + _more})
)
_FORGET = Prepared(delete(tables.spent).where((_spent.scope == bindparam("of")) & (_spent.micros == 0)))
_SPENT = Prepared(select(_spent.micros).where(_spent.scope == bindparam("of")))
_CAPS = Prepared(
    select(_cap.scope, _cap.micros).where(
        or_(*(_cap.scope == scope for scope in ("call", "day", "production")), _cap.scope == bindparam("department"))
    )
)
_CLEAR_CAPS = Prepared(delete(tables.cap))
_ADD_CAP = Prepared(insert(tables.cap))
_COMMITTED = Prepared(select(_purse.settled + _purse.reserved))
_SETTLE = Prepared(
    update(tables.purse).values(
        settled=_purse.settled + bindparam("micros"), reserved=_purse.reserved - bindparam("free")
    )
)
_HALTED = Prepared(select(_meta.value).where(_meta.name == _HALT))
_LIFT = Prepared(delete(tables.meta).where(_meta.name == _HALT))
_STOP = Prepared(insert(tables.meta))


class ForeignResult(Exception):
    """A result came for a call that is not open under its token."""

    def __init__(self, dropped: ResultDropped) -> None:
        super().__init__(dropped)
        self.dropped = dropped


def concerns(fact: Fact) -> bool:
    """Say whether a fact changes what is held here."""
    return follow.dispatch(type(fact)) is not follow.dispatch(object)


@singledispatch
def follow(fact: Fact, connection: Connection, *, at: str, stop: str) -> None:
    """Hold, count and free what a fact asks, after the purse has; most facts ask nothing.

    Args:
        fact: what happened.
        connection: inside the transaction, and the request's own part of it.
        at: the wall clock, for the name of its day.
        stop: who stopped all spending on this machine; empty where nobody did.

    Raises:
        CapReached, SpendingStopped: nothing of the request may be done.
        ForeignResult: what it is about is known by now.
    """


@follow.register(CallReserved)
@follow.register(ThoughtReserved)
def _(fact: CallReserved | ThoughtReserved, connection: Connection, *, at: str, stop: str) -> None:
    for token, *held in _OPEN_OF.run(connection, {"of": fact.key}).fetchall():
        _let_go(connection, fact.key, token, _claim_of(held))
    claim = Claim(task=fact.task, department=fact.department, day=day_of(at), micros=fact.micros)
    if claim.micros:
        _refuse_stopped(connection, claim, stop)
    _refuse_beyond(connection, claim)
    _ADD.run(connection, {"key": fact.key, "token": fact.token, "state": "open", **_row(claim)})
    _count(connection, claim, claim.micros)


@follow.register(CallVoided)
@follow.register(ThoughtVoided)
def _(fact: CallVoided | ThoughtVoided, connection: Connection, *, at: str, stop: str) -> None:
    if held := _READ.run(connection, {"of": fact.key, "its": fact.token}).fetchone():
        _let_go(connection, fact.key, fact.token, _claim_of(held[1:]))


@follow.register(TakeMade)
@follow.register(AnswerGiven)
def _(fact: TakeMade | AnswerGiven, connection: Connection, *, at: str, stop: str) -> None:
    if fact.key and (held := _READ.run(connection, {"of": fact.key, "its": fact.token}).fetchone()):
        claim = _claim_of(held[1:])
        _let_go(connection, fact.key, fact.token, claim)
        _count(connection, claim, fact.micros)


@follow.register(CallUnknown)
@follow.register(ThoughtUnknown)
def _(fact: CallUnknown | ThoughtUnknown, connection: Connection, *, at: str, stop: str) -> None:
    _DOUBT.run(connection, {"of": fact.key, "its": fact.token})


@follow.register
def _(fact: ChargeReconciled, connection: Connection, *, at: str, stop: str) -> None:
    held = _READ.run(connection, {"of": fact.key, "its": fact.token}).fetchone()
    if not held or held[0] != "unknown":
        why = "nobody doubts this call's charge, or somebody found out first"
        raise ForeignResult(ResultDropped(key=fact.key, task=fact.task, token=fact.token, why=why))
    claim = _claim_of(held[1:])
    if not 0 <= fact.micros <= claim.micros:
        raise Bug(f"call {fact.key!r} holds {claim.micros} micros and would be reconciled to {fact.micros}")
    _let_go(connection, fact.key, fact.token, claim)
    _count(connection, claim, fact.micros)
    _SETTLE.run(connection, {"micros": fact.micros, "free": claim.micros})


@follow.register
def _(fact: CapsSet, connection: Connection, *, at: str, stop: str) -> None:
    _CLEAR_CAPS.run(connection, {})
    for scope, micros in caps_by_scope(fact.caps).items():
        _ADD_CAP.run(connection, {"scope": scope, "micros": micros})


@follow.register
def _(fact: SpendingHalted, connection: Connection, *, at: str, stop: str) -> None:
    _LIFT.run(connection, {})
    _STOP.run(connection, {"name": _HALT, "value": fact.by})


@follow.register
def _(fact: SpendingAllowed, connection: Connection, *, at: str, stop: str) -> None:
    _LIFT.run(connection, {})


def caps_by_scope(caps: Caps) -> dict[str, int]:
    """Give each cap that is set, in micro-dollars, by what it caps.

    >>> caps_by_scope(Caps(day_usd=2.0, departments_usd={"art": 0.5}))
    {'day': 2000000, 'department:art': 500000}
    """
    named = {"call": caps.call_usd, "day": caps.day_usd, "production": caps.production_usd}
    named |= {f"department:{name}": usd for name, usd in caps.departments_usd.items()}
    return {scope: to_micros(usd) for scope, usd in named.items() if usd is not None}


def _refuse_stopped(connection: Connection, claim: Claim, stop: str) -> None:
    halted = _HALTED.run(connection, {}).fetchone()
    if halted:
        raise SpendingStopped(to_usd(claim.micros), f"by {halted[0]}", "`callsheet resume DIR` has it go on")
    if stop:
        raise SpendingStopped(
            to_usd(claim.micros), f"on this machine by {stop}", "`callsheet stop --lift` has it go on"
        )


def _refuse_beyond(connection: Connection, claim: Claim) -> None:
    """Refuse what a cap does not cover; giving money back is always allowed, so nothing free is refused."""
    caps: dict[str, int] = dict(_CAPS.run(connection, {"department": f"department:{claim.department}"}).fetchall())
    if not caps or not claim.micros:
        return
    for scope, most in caps.items():
        before = _spent_on(connection, scope, claim)
        if before + claim.micros > most:
            raise CapReached(to_usd(claim.micros), to_usd(most - before), to_usd(most), scope, claim.day)


def _spent_on(connection: Connection, scope: str, claim: Claim) -> int:
    if scope == "call":
        return 0
    if scope == "production":  # the purse holds this claim already
        return int(_COMMITTED.run(connection, {}).fetchone()[0]) - claim.micros
    found = _SPENT.run(connection, {"of": f"day:{claim.day}" if scope == "day" else scope}).fetchone()
    return int(found[0]) if found else 0


def _let_go(connection: Connection, key: str, token: str, claim: Claim) -> None:
    _DROP.run(connection, {"of": key, "its": token})
    _count(connection, claim, -claim.micros)


def _count(connection: Connection, claim: Claim, micros: int) -> None:
    for scope in claim.scopes:
        _COUNT.run(connection, {"scope": scope, "more": micros})
        if micros < 0:
            _FORGET.run(connection, {"of": scope})


def _claim_of(held: Iterable[str | int]) -> Claim:
    task, department, day, micros = held
    return Claim(task=str(task), department=str(department), day=str(day), micros=int(micros))


def _row(claim: Claim) -> Mapping[str, str | int]:
    return {"task": claim.task, "department": claim.department, "day": claim.day, "micros": claim.micros}
