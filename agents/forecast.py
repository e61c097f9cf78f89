"""What a plan will take, before it runs: expected takes, money and time on the crew's nominal figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Final

from ..core.crew import Crew, MakerSpec
from ..core.plan import Department, Forecast, Task
from ..core.timing import chain_seconds
from .planning.envelopes import makers_for
from .planning.odds import Odds
from .reviser import TRIES_PER_RUNG
from .router import first_choice

FIRST_PASS: Final[Mapping[str, float]] = {"sketch": 0.35, "diffusers": 0.6, "fake": 0.9, "post": 1.0}
"""Nominal chance that one take passes its gate, by kind of maker, where its crew file gives no rates."""
_OTHERS: Final = 0.6


def forecast(
    tasks: Sequence[Task], crew: Crew, departments: Sequence[Department], odds: Odds | None = None
) -> Forecast:
    """Forecast a plan by list scheduling: a task starts when its inputs are there and a place and a core are free.

    Pure and deterministic; 10,000 tasks take well under a second.
    """
    odds = odds or Odds()
    prefers = {one.name: one.prefers for one in departments}
    cast = {task.name: expected(task, crew, prefers.get(task.department, ()), odds) for task in tasks}
    seconds = {name: one.seconds for name, one in cast.items()}
    chain = chain_seconds(tasks, lambda task: seconds[task.name])
    return Forecast(
        tasks=len(tasks),
        takes=round(sum(one.takes for one in cast.values()), 1),
        usd=round(sum(one.usd for one in cast.values()), 6),
        usd_worst=round(sum(task.envelope_usd for task in tasks), 6),
        seconds=round(_wall(tasks, seconds, chain, crew, departments), 1),
        critical_path_seconds=round(max(chain.values(), default=0.0), 1),
        basis=_basis(crew, odds),
    )


Rungs = tuple[tuple[MakerSpec, float], ...]


@dataclass(frozen=True, slots=True)
class Expected:
    """What one task will take on average."""

    maker: str = ""
    """Who is asked first; empty where nobody can make it."""
    takes: float = 0.0
    usd: float = 0.0
    seconds: float = 0.0


def expected(task: Task, crew: Crew, prefers: Sequence[str], odds: Odds) -> Expected:
    """Say what a task will take, given who is asked first."""
    return climbed(rungs_of(task, crew, prefers, odds), task.gate.rounds)


def rungs_of(task: Task, crew: Crew, prefers: Sequence[str], odds: Odds) -> Rungs:
    """List who may be asked for a task, from whoever makes its first take upwards, with the chance that one passes."""
    able = makers_for(task.make, crew)
    if not able:
        return ()
    start = able.index(first_choice(task, able, prefers, odds)[0])
    return tuple((maker, chance_to_pass(task, maker, odds)) for maker in able[start:])


def climbed(rungs: Rungs, rounds: int) -> Expected:
    """Go up the ladder as the reviser would: every take is needed only where all before it failed."""
    if not rungs:
        return Expected()
    takes, usd, seconds, needed = 0.0, 0.0, 0.0, 1.0
    for attempt in range(rounds + 1):
        maker, chance = rungs[min(attempt // TRIES_PER_RUNG, len(rungs) - 1)]
        takes += needed
        usd += needed * (maker.usd or 0.0)
        seconds += needed * maker.seconds
        needed *= 1 - chance
    return Expected(rungs[0][0].name, takes, usd, seconds)


def chance_to_pass(task: Task, maker: MakerSpec, odds: Odds) -> float:
    """Give the chance that a first take passes: as known, else as is usual for the kind of maker."""
    known = odds.chance(task, maker)
    return FIRST_PASS.get(maker.kind, _OTHERS) if known is None else known


def _basis(crew: Crew, odds: Odds) -> str:
    kinds = {maker.kind for maker in crew.makers if not maker.passes}
    chances = [f"{kind} {FIRST_PASS.get(kind, _OTHERS):.0%}" for kind in sorted(kinds)]
    chances += [f"{maker.name} as measured" for maker in crew.makers if maker.passes]
    chances += [f"and {odds.record.takes} takes of this studio"] if odds.record and odds.record.takes else []
    return (
        f"the crew file's nominal prices and seconds on {crew.cores} workers; nominal chance that a take passes: "
        f"{', '.join(chances)}; left out: looking, and writing the package"
    )


def _waiting(tasks: Sequence[Task]) -> tuple[dict[str, int], dict[str, list[str]]]:
    missing = {task.name: len(set(task.inputs)) for task in tasks}
    feeds: dict[str, list[str]] = {task.name: [] for task in tasks}
    for task in tasks:
        for name in dict.fromkeys(task.inputs):
            feeds[name].append(task.name)
    return missing, feeds


def _wall(
    tasks: Sequence[Task],
    seconds: Mapping[str, float],
    chain: Mapping[str, float],
    crew: Crew,
    departments: Sequence[Department],
) -> float:
    missing, feeds = _waiting(tasks)
    home = {task.name: task.department for task in tasks}
    free = {one.name: one.workers for one in departments}
    ready: dict[str, list[tuple[float, str]]] = {one.name: [] for one in departments}
    for name, count in missing.items():
        if not count:
            heappush(ready[home[name]], (-chain[name], name))
    running: list[tuple[float, str]] = []
    now, cores = 0.0, crew.cores
    places = sum(free.values())
    while True:
        while cores and places > len(running):
            # Who has places of its own left goes before who borrows, as on the floor.
            open_now = [(free[one] <= 0, queue[0], one) for one, queue in ready.items() if queue]
            if not open_now:
                break
            _, (_, name), department = min(open_now)
            heappop(ready[department])
            free[department] -= 1
            cores -= 1
            heappush(running, (now + seconds[name], name))
        if not running:
            return now
        now, name = heappop(running)
        free[home[name]] += 1
        cores += 1
        for after in feeds[name]:
            missing[after] -= 1
            if not missing[after]:
                heappush(ready[home[after]], (-chain[after], after))
