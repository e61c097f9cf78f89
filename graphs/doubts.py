"""Calls of services that nobody knows the end of: what becomes one, and what settles it unasked. Pure."""

from ..core.call import CallReserved, CallUnknown, CallVoided, ChargeReconciled, Doubt
from ..core.fact import Fact
from ..core.history import History

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


def charged_anyway(call: CallReserved, why: str) -> list[Fact]:
    """Pay for what a service made and nobody needs any more."""
    why = f"it was made and is not needed: {why}"
    return [
        CallUnknown(key=call.key, task=call.task, token=call.token, why=why),
        ChargeReconciled(key=call.key, task=call.task, token=call.token, micros=call.micros, by="service", why=why),
    ]
