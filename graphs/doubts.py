"""Calls of services that nobody knows the end of: what becomes one, what settles it unasked, what to buy anew. Pure."""

from dataclasses import replace
from itertools import count

from ..core.call import CallReserved, CallUnknown, CallVoided, ChargeReconciled, Doubt
from ..core.fact import Fact
from ..core.history import History
from ..core.take import Recipe, service_key

_INTERRUPTED = "interrupted before its picture came back"


def open_doubts(history: History) -> list[Doubt]:
    """List the calls that may have been charged and that nobody has found out about, oldest first."""
    return [one for one in history.doubts.values() if one.is_open]


def left_open(history: History) -> list[Fact]:
    """Close what a driver that ended left open: its own workers charge nobody, a service may have charged."""
    facts: list[Fact] = []
    for call in history.calls.values():
        if call.state == "sent" and call.service_key:
            why = f"{_INTERRUPTED}: its service may have charged for it, and made again where it is still needed"
            facts.append(CallUnknown(key=call.key, task=call.task, token=call.token, why=why))
        elif call.state in ("reserved", "sent"):
            why = f"{_INTERRUPTED}: not charged, and made again where it is still needed"
            facts.append(CallVoided(key=call.key, task=call.task, token=call.token, why=why))
    return facts


def sold_once(history: History, call: CallReserved) -> list[ChargeReconciled]:
    """Settle earlier doubts about work that came now: for a service that sells it once under its key, however often."""
    why = "its service sold the work once under its key, and the take that came is charged"
    return [
        ChargeReconciled(key=one.call.key, task=one.call.task, token=one.call.token, micros=0, by="service", why=why)
        for one in open_doubts(history)
        if one.call.service_key == call.service_key
    ]


def bought_before(history: History, recipe: Recipe) -> int:
    """Count the purchases of a work that brought nothing of use, and would bring the same again under their keys.

    An answer that was lost is none: it is asked for again under its key, and paid for once.
    """
    return next(nth for nth in count() if not _is_useless(history, service_key(replace(recipe, bought_before=nth))))


def _is_useless(history: History, key: str) -> bool:
    """Say whether a purchase is given up: by the service's own word, or when even a second answer may be another's."""
    answers = [one.answer for one in history.doubts.values() if one.call.service_key == key]
    return "spoilt" in answers or answers.count("strange") > 1


def charged_anyway(call: CallReserved, why: str) -> list[Fact]:
    """Pay for what a service made and nobody needs any more."""
    why = f"it was made and is not needed: {why}"
    return [
        CallUnknown(key=call.key, task=call.task, token=call.token, why=why),
        ChargeReconciled(key=call.key, task=call.task, token=call.token, micros=call.micros, by="service", why=why),
    ]
