"""How busy every worker was: a fold over the journal's takes."""

from collections.abc import Sequence
from dataclasses import dataclass

from ...core.history import History
from ...core.timing import sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What one worker did, or all workers of one maker together."""

    name: str
    workers: int
    takes: int
    busy_seconds: float
    """Spent making; loading and looking left out."""
    utilisation: float
    """Busy seconds over wall time times workers, in [0, 1]: one that came late or left early has less."""


def maker_of(worker: str) -> str:
    """Give the maker a worker is a copy of.

    >>> maker_of("sketch-l/12"), maker_of("post")
    ('sketch-l', 'post')
    """
    return worker.rpartition("/")[0] or worker


def loads_of(history: History) -> tuple[Load, ...]:
    """Give every worker's load, in the order in which they made their first take; files people brought in are nobody's.

    Two sittings' workers of one name count as one.
    """
    wall = sum(one.seconds for one in sessions(history))
    takes = [take for record in history.tasks.values() for take in record.takes if take.origin != "ingested"]
    busy: dict[str, list[float]] = {}
    for take in takes:
        busy.setdefault(take.worker, []).append(take.seconds)
    return tuple(_load(name, 1, len(seconds), sum(seconds), wall) for name, seconds in busy.items())


def by_maker(loads: Sequence[Load], history: History) -> tuple[Load, ...]:
    """Sum loads up by maker, whoever was busiest first."""
    wall = sum(one.seconds for one in sessions(history))
    teams: dict[str, list[Load]] = {}
    for one in loads:
        teams.setdefault(maker_of(one.name), []).append(one)
    summed = [
        _load(name, len(team), sum(one.takes for one in team), sum(one.busy_seconds for one in team), wall)
        for name, team in teams.items()
    ]
    return tuple(sorted(summed, key=lambda one: (-one.busy_seconds, one.name)))


def _load(name: str, workers: int, takes: int, busy: float, wall: float) -> Load:
    share = min(1.0, busy / (wall * workers)) if wall else 0.0
    return Load(name=name, workers=workers, takes=takes, busy_seconds=round(busy, 6), utilisation=round(share, 4))
