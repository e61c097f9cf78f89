"""Who drives a production, seen from another process: whether it lives, and how old its last news is."""

import os
import socket
from dataclasses import dataclass
from datetime import UTC, datetime

from ..core.call import CallReserved
from ..core.fact import WORK_FACTS, DeliveryWritten, LeaseTaken
from ..core.history import History

_HOLDER = "process {pid} on {host}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """The process that took the wheel last."""

    holder: str
    last_news_at: str
    """UTC: when it last wrote."""
    silent_seconds: float
    """How long ago that was."""
    is_alive: bool | None
    """None where that cannot be told from here: it runs on another machine."""


def holder_name() -> str:
    """Name this process as the one at the wheel."""
    return _HOLDER.format(pid=os.getpid(), host=socket.gethostname())


def driver_of(history: History, now: datetime | None = None) -> Driver | None:
    """Say who drives, or drove last; None where nobody ever did."""
    holder = last = ""
    for entry in history.entries:
        if isinstance(entry.fact, LeaseTaken):
            holder, last = entry.fact.holder, entry.at
        elif holder and isinstance(entry.fact, WORK_FACTS):
            last = entry.at
    if not holder:
        return None
    silent = ((now or datetime.now(UTC)) - datetime.fromisoformat(last)).total_seconds()
    return Driver(
        holder=holder, last_news_at=last, silent_seconds=round(max(0.0, silent), 1), is_alive=_is_alive(holder)
    )


def is_driven(history: History) -> bool | None:
    """Say whether a run is under way; None where that cannot be told from here.

    One that delivered has ended, unless it has called a maker since: whose director stays works on after a package.
    """
    has_called = False
    for entry in reversed(history.entries):
        match entry.fact:
            case CallReserved():
                has_called = True
            case DeliveryWritten() if not has_called:
                return False
            case LeaseTaken(holder=holder):
                return _is_alive(holder)
    return False


def _is_alive(holder: str) -> bool | None:
    words = holder.split()
    if len(words) != 4 or not words[1].isdigit() or words[3] != socket.gethostname():
        return None
    try:
        os.kill(int(words[1]), 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's process, which therefore is there
        return True
    return True
