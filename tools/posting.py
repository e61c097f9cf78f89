"""What each fact does to the journal's tables, and which are refused; always inside one transaction."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import singledispatch
from typing import NamedTuple

from sqlalchemy import BindParameter, Connection, Integer, bindparam, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from ..core.call import CallReserved, CallSent, CallUnknown, CallVoided, ResultDropped
from ..core.canonical import to_json
from ..core.errors import BudgetExceeded, Bug, CallsheetError, LeaseLost, StaleDecision
from ..core.fact import (
    WORK_FACTS,
    DecisionTaken,
    Entry,
    Fact,
    LeaseTaken,
    PlanChanged,
    ProductionPlanned,
    TakeMade,
    TakePublished,
)
from ..core.money import to_micros, to_usd
from ..core.thought import AnswerGiven, ThoughtReserved, ThoughtUnknown, ThoughtVoided
from . import tables
from .claims import ForeignResult, concerns, follow
from .prepared import Prepared, Values, run_plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the transaction knows about the process that writes."""

    drives: bool
    """It holds the newest lease."""
    production: str
    """Its folder, for messages."""
    stop: str = ""
    """Who stopped all spending on this machine; empty where nobody did."""


_call, _purse, _decision = tables.call.c, tables.purse.c, tables.decision.c
_key = _call.key == bindparam("of")
_more: BindParameter[int] = bindparam("more", type_=Integer)
_fits = _purse.settled + _purse.reserved + _more <= _purse.budget

_READ_CALL = Prepared(select(_call.token, _call.micros, _call.state).where(_key))
_ADD_CALL = Prepared(insert(tables.call))
_RENEW_CALL = Prepared(
    update(tables.call)
    .where(_key)
    .values(state="reserved", micros=bindparam("micros"), token=bindparam("token"), maker=bindparam("maker"))
)
_SEND_CALL = Prepared(
    update(tables.call)
    .where(_key & (_call.token == bindparam("its")) & (_call.state == "reserved"))
    .values(state="sent")
)
_VOID_CALL = Prepared(update(tables.call).where(_key).values(state="void"))
_SETTLE_CALL = Prepared(update(tables.call).where(_key).values(state="settled", micros=bindparam("micros")))
_SET_BUDGET = Prepared(update(tables.purse).values(budget=bindparam("micros")))
# Giving money back is always allowed, even where a lowered budget is already exceeded.
_RESERVE = Prepared(update(tables.purse).where(or_(_fits, _more <= 0)).values(reserved=_purse.reserved + _more))
_SPEND = Prepared(
    update(tables.purse).values(
        settled=_purse.settled + bindparam("micros"), reserved=_purse.reserved - bindparam("free")
    )
)
_LEFT = Prepared(select(_purse.budget - _purse.settled - _purse.reserved))
_ADD_TAKE = Prepared(insert(tables.take))
_AT_ROUND = (_decision.task == bindparam("of")) & (_decision.round == bindparam("nth"))
_READ_DECISION = Prepared(select(_decision.by, _decision.action, _decision.digest).where(_AT_ROUND))
_ADD_DECISION = Prepared(insert(tables.decision))
_ADD_PUBLISH = Prepared(insert(tables.publish))
_ADD_LEASE = Prepared(insert(tables.lease))
_ADD_ENTRY = Prepared(insert(tables.entry))
_NEWEST_LEASE = Prepared(
    select(tables.lease.c.epoch, tables.lease.c.holder).order_by(tables.lease.c.epoch.desc()).limit(1)
)


def post(
    connection: Connection, facts: tuple[Fact, ...], *, after: int, at: str, standing: Standing
) -> tuple[Entry, ...]:
    """Do to the tables what one request's facts ask: all of it, or nothing.

    Args:
        connection: inside a transaction that holds the write lock.
        facts: in order.
        after: the newest sequence number.
        at: the wall clock, for people.
        standing: who writes.

    Returns:
        The entries this makes, for `write_entries`: one for each fact, or a single `ResultDropped` for a result whose
        token is not its call's.

    Raises:
        BudgetExceeded, StaleDecision, LeaseLost, Bug: refused, and nothing of the request was done.
    """
    _check_lease(connection, facts, standing)
    try:
        with _Savepoint(connection) if any(map(_changes_tables, facts)) else nullcontext():
            for fact in facts:
                _apply(fact, connection)
                follow(fact, connection, at=at, stop=standing.stop)
    except ForeignResult as foreign:
        facts = (foreign.dropped,)
    return tuple(Entry(seq=seq, at=at, fact=fact) for seq, fact in enumerate(facts, after + 1))


def write_entries(connection: Connection, entries: Sequence[Entry]) -> None:
    """Write the entries of a whole transaction."""
    if entries:
        _ADD_ENTRY.run_each(connection, [_row_of(one) for one in entries])


def newest_lease(connection: Connection) -> tuple[int, str]:
    """Give the newest epoch and its holder; 0 and nobody when there never was one."""
    row = _NEWEST_LEASE.run(connection, {}).fetchone()
    return (row[0], row[1]) if row else (0, "nobody")


class _Savepoint:
    """Undoes one request without its neighbours in the transaction.

    Plain statements, and only for our own refusals: SQLite may roll everything back by itself when the disk is full,
    and SQLAlchemy's nested transaction would then hide that error behind a missing savepoint.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        run_plain(self._connection, "SAVEPOINT request")

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, (CallsheetError, ForeignResult)):
            run_plain(self._connection, "ROLLBACK TO request")
        if error is None or isinstance(error, (CallsheetError, ForeignResult)):
            run_plain(self._connection, "RELEASE request")


def _check_lease(connection: Connection, facts: tuple[Fact, ...], standing: Standing) -> None:
    if not standing.drives and any(isinstance(fact, WORK_FACTS) and not _is_ingested(fact) for fact in facts):
        raise LeaseLost(standing.production, newest_lease(connection)[1])


def _is_ingested(fact: Fact) -> bool:
    return isinstance(fact, TakeMade) and not fact.key


def _row_of(one: Entry) -> dict[str, str | int]:
    task = str(getattr(one.fact, "task", ""))
    return {"seq": one.seq, "at": one.at, "event": one.fact.event, "task": task, "body": to_json(one.fact)}


def _changes_tables(fact: Fact) -> bool:
    return _apply.dispatch(type(fact)) is not _apply.dispatch(object) or concerns(fact)


@singledispatch
def _apply(fact: Fact, connection: Connection) -> None:
    """Change the tables as a fact asks; most facts ask nothing."""


@_apply.register
def _(fact: ProductionPlanned, connection: Connection) -> None:
    _SET_BUDGET.run(connection, {"micros": to_micros(fact.budget_usd)})


@_apply.register
def _(fact: CallReserved, connection: Connection) -> None:
    _reserve(fact, fact.maker, connection)


@_apply.register
def _(fact: ThoughtReserved, connection: Connection) -> None:
    _reserve(fact, fact.chat, connection)
    _SEND_CALL.run(connection, {"of": fact.key, "its": fact.token})


def _reserve(fact: CallReserved | ThoughtReserved, whom: str, connection: Connection) -> None:
    if fact.micros < 0:
        raise Bug(f"call {fact.key!r} of {fact.task!r} was reserved for {fact.micros} micros")
    row = _read_call(connection, fact.key)
    if row and row.state == "settled":
        raise Bug(f"call {fact.key!r} of {fact.task!r} is already paid for; what it brought is in the journal")
    if row and row.state != "void" and row.token == fact.token:
        raise Bug(f"call {fact.key!r} of {fact.task!r} is already reserved under token {fact.token!r}")
    earlier = row.micros if row and row.state != "void" else 0
    if _RESERVE.run(connection, {"more": fact.micros - earlier}).rowcount != 1:
        raise BudgetExceeded(to_usd(fact.micros), to_usd(_LEFT.run(connection, {}).fetchone()[0]))
    terms: Values = {"micros": fact.micros, "token": fact.token, "maker": whom}
    if row:
        _RENEW_CALL.run(connection, {"of": fact.key, **terms})
    else:
        whose: Values = {"key": fact.key, "task": fact.task, "department": fact.department}
        _ADD_CALL.run(connection, {**whose, **terms, "state": "reserved"})


@_apply.register
def _(fact: CallSent, connection: Connection) -> None:
    if _SEND_CALL.run(connection, {"of": fact.key, "its": fact.token}).rowcount != 1:
        raise Bug(f"call {fact.key!r} of {fact.task!r} was sent without being reserved under token {fact.token!r}")


@_apply.register(CallVoided)
@_apply.register(ThoughtVoided)
def _(fact: CallVoided | ThoughtVoided, connection: Connection) -> None:
    reserved = _open_call(connection, fact)
    _VOID_CALL.run(connection, {"of": fact.key})
    _SPEND.run(connection, {"micros": 0, "free": reserved})


@_apply.register(CallUnknown)
@_apply.register(ThoughtUnknown)
def _(fact: CallUnknown | ThoughtUnknown, connection: Connection) -> None:
    """What was reserved stays held, by the try and no longer by the call, which may be made again."""
    _open_call(connection, fact)
    _VOID_CALL.run(connection, {"of": fact.key})


@_apply.register
def _(fact: AnswerGiven, connection: Connection) -> None:
    _settle(fact, connection)


@_apply.register
def _(fact: TakeMade, connection: Connection) -> None:
    if fact.key:
        _settle(fact, connection)
    elif fact.micros:
        raise Bug(f"take {fact.take.id!r} was charged without a call")
    try:
        _ADD_TAKE.run(connection, {"id": fact.take.id, "task": fact.task, "digest": fact.take.digest})
    except IntegrityError:
        raise StaleDecision(fact.task, f"another take became {fact.take.id!r} in the meantime") from None


@_apply.register
def _(fact: DecisionTaken, connection: Connection) -> None:
    taken = fact.decision
    first = _READ_DECISION.run(connection, {"of": fact.task, "nth": taken.round}).fetchone()
    if first:
        by, action, digest = first
        about = digest[:19] or "the whole task"
        raise StaleDecision(fact.task, f"{by} already decided {action!r} about {about} in round {taken.round}")
    row: Values = {
        "task": fact.task,
        "round": taken.round,
        "digest": taken.digest,
        "action": taken.action,
        "by": taken.by,
    }
    _ADD_DECISION.run(connection, row)


@_apply.register
def _(fact: PlanChanged, connection: Connection) -> None:
    """A change decides about the plan as a whole, once for each number."""
    first = _READ_DECISION.run(connection, {"of": "", "nth": fact.number}).fetchone()
    if first:
        raise StaleDecision("the plan", f"{first[0]} changed it in the meantime")
    row: Values = {"task": "", "round": fact.number, "digest": fact.change_digest, "action": "change", "by": fact.by}
    _ADD_DECISION.run(connection, row)


@_apply.register
def _(fact: TakePublished, connection: Connection) -> None:
    row: Values = {"task": fact.task, "version": fact.version, "take": fact.take, "digest": fact.digest}
    try:
        _ADD_PUBLISH.run(connection, row)
    except IntegrityError:
        raise Bug(f"{fact.task!r} already published a v{fact.version:03d}") from None


@_apply.register
def _(fact: LeaseTaken, connection: Connection) -> None:
    _ADD_LEASE.run(connection, {"epoch": fact.epoch, "holder": fact.holder})


class _Call(NamedTuple):
    """A row of the call table, as far as it decides anything."""

    token: str
    micros: int
    state: str


def _read_call(connection: Connection, key: str) -> _Call | None:
    row = _READ_CALL.run(connection, {"of": key}).fetchone()
    return _Call(*row) if row else None


def _settle(fact: TakeMade | AnswerGiven, connection: Connection) -> None:
    reserved = _open_call(connection, fact)
    if not 0 <= fact.micros <= reserved:
        raise Bug(f"call {fact.key!r} reserved {reserved} micros and would settle {fact.micros}")
    _SETTLE_CALL.run(connection, {"of": fact.key, "micros": fact.micros})
    _SPEND.run(connection, {"micros": fact.micros, "free": reserved})


def _open_call(
    connection: Connection, fact: TakeMade | CallVoided | CallUnknown | AnswerGiven | ThoughtVoided | ThoughtUnknown
) -> int:
    """Give what is reserved for a fact's call; a call that is not open under its token drops the fact."""
    row = _read_call(connection, fact.key)
    if row and row.state in ("reserved", "sent") and row.token == fact.token:
        return row.micros
    if not row:
        why = "nobody reserved this call"
    elif row.token != fact.token:
        why = f"the call now belongs to token {row.token!r}"
    else:
        why = f"the call is already {row.state}"
    raise ForeignResult(ResultDropped(key=fact.key, task=fact.task, token=fact.token, why=why))
