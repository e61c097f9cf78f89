"""What a journal may forget: tries that came to nothing and were made again. All else stays as long as the production.

A provider that is away for hours, and a supervisor that starts the production again and again, would otherwise have it
grow with time and not with work. Money, takes, scores, verdicts, decisions, notes, machines, leases and late results
are never forgotten. Nor is what a folder was told last in each session, for the time it took is told by that.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from sqlalchemy import Connection, delete, insert

from ..core.call import CallReserved, CallSent, CallUnknown, CallVoided
from ..core.crash import passing
from ..core.errors import Bug
from ..core.fact import WORK_FACTS, Entry, LeaseTaken, TaskUnfinished
from ..core.history import History
from ..core.rent import Meter
from ..core.timing import sessions
from . import tables
from .ledger import Purse

_WORTH: Final = 256
"""Entries below which nobody would notice."""
_WORTH_SHARE: Final = 0.1


def is_worthwhile(superseded: int, entries: int) -> bool:
    """Say whether forgetting so many entries repays writing the journal anew.

    >>> is_worthwhile(300, 1000), is_worthwhile(300, 100_000), is_worthwhile(5, 10)
    (True, False, False)
    """
    return superseded >= max(_WORTH, _WORTH_SHARE * entries)


def may_be_worthwhile(entries: Sequence[Entry]) -> bool:
    """Say at a glance whether it is worth finding out what is superseded."""
    return 3 * sum(isinstance(one.fact, CallVoided | TaskUnfinished) for one in entries) >= _WORTH


def superseded(entries: Sequence[Entry]) -> frozenset[int]:
    """List by number the entries that say nothing any more.

    Those are the reservation, the sending and the voiding of a try after which the same call was reserved again, and
    the word that a task could not go on for a cause in the world where the task's next word is the same.
    """
    kept = set(_kept(entries))
    groups = (*_void_tries(entries), *_repeated_ends(entries))
    return frozenset(seq for group in groups if kept.isdisjoint(group) for seq in group)


def compact(connection: Connection, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Remove what is superseded, inside a transaction, and give what stays.

    Raises:
        Bug: without it the production would be another; nothing was removed.
    """
    going = superseded(entries)
    staying = tuple(one for one in entries if one.seq not in going)
    if not going:
        return staying
    if _told_by(entries, connection) != _told_by(staying, connection):
        raise Bug(f"{len(going)} entries that were held for superseded change what the journal says")
    passing("before_compaction")
    for first, last in _runs(sorted(going)):
        connection.execute(delete(tables.entry).where(tables.entry.c.seq.between(first, last)))
    missing = sorted(set(range(1, staying[-1].seq + 1)) - {one.seq for one in staying})
    connection.execute(delete(tables.gone))
    connection.execute(insert(tables.gone), [{"first": first, "last": last} for first, last in _runs(missing)])
    return staying


def _void_tries(entries: Sequence[Entry]) -> Iterator[Sequence[int]]:
    """List the tries that ended without a charge and were made again, each with all it wrote."""
    opened: dict[str, list[int]] = {}
    closed: dict[str, list[int]] = {}
    for one in entries:
        match one.fact:
            case CallReserved(key=key):
                if key in closed:
                    yield closed.pop(key)
                opened[key] = [one.seq]
            case CallSent(key=key) if key in opened:
                opened[key].append(one.seq)
            case CallVoided(key=key) if key in opened:
                closed[key] = [*opened.pop(key), one.seq]
            case CallUnknown(key=key):
                opened.pop(key, None)
            case _:
                pass


def _repeated_ends(entries: Sequence[Entry]) -> Iterator[Sequence[int]]:
    """List how tasks ended for a cause in the world, where they did so again and nothing became of them in between."""
    ended: dict[str, Entry] = {}
    for one in entries:
        match one.fact:
            case TaskUnfinished(task=task, cause="world") as fact:
                before = ended.get(task)
                if before is not None and replace(fact, why="") == _without_why(before):
                    yield (before.seq,)
                ended[task] = one
            case CallReserved() | CallSent() | CallVoided():
                pass
            case fact:
                ended.pop(str(getattr(fact, "task", "")), None)


def _without_why(entry: Entry) -> object:
    return replace(entry.fact, why="") if isinstance(entry.fact, TaskUnfinished) else entry.fact


def _kept(entries: Sequence[Entry]) -> Iterator[int]:
    """List the first call of all and the last work of every session, by which the time is told."""
    last = next((one.seq for one in entries if isinstance(one.fact, CallReserved)), 0)
    yield last
    for one in entries:
        if isinstance(one.fact, LeaseTaken):
            yield last
        elif isinstance(one.fact, WORK_FACTS):
            last = one.seq
    yield last


def _told_by(entries: Sequence[Entry], connection: Connection) -> tuple[object, ...]:
    """Give all that anybody reads off a journal, for comparison."""
    history, purse = History.of(entries), Purse(budget=tables.opening_budget(connection))
    for one in entries:
        purse.add(one.fact, one.at)
    told = [(one.seq, one.at, one.fact) for one in entries[history.put :] if not isinstance(one.fact, _TRIES)]
    times = sessions(history)
    meter = Meter.of(entries)
    history.entries, history.put = [], 0
    purse.spent = {scope: micros for scope, micros in purse.spent.items() if micros}
    return history, purse, meter, times, told


_TRIES = (CallReserved, CallSent, CallVoided, TaskUnfinished)


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Give sorted numbers as runs without a gap.

    >>> list(_runs([1, 2, 3, 7, 9, 10]))
    [(1, 3), (7, 7), (9, 10)]
    """
    if not numbers:
        return
    first = numbers[0]
    for before, after in pairwise(numbers):
        if after != before + 1:
            yield first, before
            first = after
    yield first, numbers[-1]
