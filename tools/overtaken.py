"""Conclusions that a person overtook: drawn from a task as it was before they decided or brought a file in."""

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, select

from ..core.errors import StaleDecision
from ..core.take import take_id
from ..core.task_record import AsSeen
from . import tables
from .prepared import Prepared

_decision, _take = tables.decision.c, tables.take.c
_DECIDED = Prepared(
    select(_decision.by, _decision.action).where(
        (_decision.task == bindparam("of")) & (_decision.round == bindparam("nth"))
    )
)
_MADE = Prepared(select(_take.id).where(_take.id == bindparam("of")))


def refuse_overtaken(connection: Connection, seen: Iterable[AsSeen]) -> None:
    """Refuse what follows from looks at tasks that have gone on since; inside the transaction that would write it.

    Raises:
        StaleDecision: a task has a decision or a take that was not there when it was looked at.
    """
    for look in seen:
        if decided := _DECIDED.run(connection, {"of": look.task, "nth": look.decisions}).fetchone():
            by, action = decided
            raise StaleDecision(look.task, f"{by} decided {action!r} in the meantime")
        newer = take_id(look.task, look.takes + 1)
        if _MADE.run(connection, {"of": newer}).fetchone():
            raise StaleDecision(look.task, f"{newer} came in the meantime")
