"""Long runs: productions of 35 hours on a virtual clock with everything that can happen to them, or a real soak.

A production must end as it would have ended undisturbed: the same pictures accepted, nothing acknowledged lost, every
take paid for once, the budget kept at every instant, and only what takes workers down left to a person.

`python -m callsheet.evals.bench_long --seeds 500 [--hours 35] [--first 0]`, or `--soak MINUTES`
"""

import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from math import inf
from pathlib import Path
from random import Random
from typing import Final

from ..core.fact import Entry, TakeMade
from ..core.history import History
from ..core.log import set_up_log
from ..graphs.collecting import collected_seldom
from ..graphs.desk import check_production
from ..tools.virtual_time import VirtualLoop, run_virtually
from .long_days import HOUR, PRICE_USD, Days, World, at_the_wheel, drive
from .reporting import bench_parser, report, tell
from .soaking import soak

_TAKE_OVER_SECONDS: Final = 30.0
_MOST_HOURS_OVER: Final = 80.0
"""A production may take so much longer than undisturbed: each of four kills costs what was being made, up to 14 h."""
_SLEEP_SECONDS: Final = 600.0
_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a folder of random name below it: the disk is not what is measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What is left of one production."""

    tasks: int
    takes: int
    accepted: dict[str, str]
    """The accepted picture of each task."""
    parked: frozenset[str]
    """Tasks left to a person for what they did to workers."""
    hours: float
    faults: Counter[str]
    broken: tuple[str, ...]
    """Promises that were not kept."""


def main() -> None:
    """Run what is asked for and report."""
    parser = bench_parser(__doc__ or "")
    parser.add_argument("--hours", type=float, default=35.0, help="virtual hours of one production")
    parser.add_argument("--seeds", type=int, default=500)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--soak", type=float, default=0.0, metavar="MINUTES", help="a real soak instead")
    arguments = parser.parse_args()
    set_up_log("error")
    if arguments.soak:
        report("soak", soak(arguments.soak, arguments.seed))
        return
    count = 3 if arguments.quick else arguments.seeds
    report("long", run_seeds(range(arguments.first, arguments.first + count), arguments.hours))


def run_seeds(seeds: range, hours: float) -> dict[str, object]:
    """Run a production for each seed, and once more undisturbed; sum up."""
    faults, violations, began = Counter[str](), dict[int, list[str]](), time.monotonic()
    tasks = takes = parked = 0
    virtual = 0.0
    for seed in seeds:
        days = Days.of(seed, hours)
        quiet = live_through(days.undisturbed())
        found = live_through(days, most_hours=quiet.hours + _MOST_HOURS_OVER)
        wrong = [*found.broken, *_differences(days, found, quiet)]
        if wrong:
            violations[seed] = wrong
            tell(f"seed {seed}: {wrong[:3]}")
        faults += found.faults
        tasks, takes, parked = tasks + found.tasks, takes + found.takes, parked + len(found.parked)
        virtual += found.hours
        if seed % 5 == 4:
            tell(f"{seed + 1 - seeds.start} seeds, {len(violations)} with violations, {time.monotonic() - began:.0f} s")
    return {
        "seeds": len(seeds),
        "first_seed": seeds.start,
        "hours": hours,
        "violations": sum(map(len, violations.values())),
        "violations_by_seed": {str(seed): wrong[:3] for seed, wrong in list(violations.items())[:5]},
        "virtual_hours": round(virtual),
        "tasks": tasks,
        "takes": takes,
        "parked": parked,
        "faults": dict(sorted(faults.items())),
    }


def _differences(days: Days, found: Outcome, quiet: Outcome) -> Iterator[str]:
    """Hold a production with ample money against the same one undisturbed."""
    if not days.is_ample:
        return
    lost = _behind(days, days.poison)
    for task in days.tasks:
        if task.name in lost:
            continue
        if (now := found.accepted.get(task.name)) != (then := quiet.accepted.get(task.name)):
            yield f"{task.name} ended with {now}, undisturbed with {then}"
    for name in found.parked - days.poison:
        yield f"{name} was parked and is sound"


def _behind(days: Days, names: frozenset[str]) -> set[str]:
    """Give tasks and all that are made from them; they come in order."""
    found = set(names)
    for task in days.tasks:
        if found.intersection(task.inputs):
            found.add(task.name)
    return found


def live_through(days: Days, *, most_hours: float = inf) -> Outcome:
    """Run one production to its end, on files in memory; one that has none within so many hours is stuck."""
    with ExitStack() as stack:
        home = _MEMORY if _MEMORY.is_dir() else None
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="callsheet-long-", dir=home)))
        stack.enter_context(collected_seldom())
        return run_virtually(lambda loop: _live(loop, days, folder, most_hours))[0]


async def _live(loop: VirtualLoop, days: Days, folder: Path, most_hours: float) -> Outcome:
    world = World(days=days, loop=loop, began=loop.time(), dice=Random(f"world/{days.seed}"))
    broken, seen = list[str](), list[Entry]()
    until = world.began + most_hours * HOUR
    kills = [*(world.began + at for at in days.kills), inf]
    history, has_ended = History(), False
    for kill_at in kills:
        async with at_the_wheel(days, folder, world, broken) as stage:
            history = stage.journal.history
            if history.entries[: len(seen)] != seen:
                broken.append("a driver found other facts than the last one left")
            running = asyncio.ensure_future(drive(stage))
            has_ended = await _watched(loop, world, running, min(kill_at, until))
            seen = list(history.entries)
        if has_ended or loop.time() >= until:
            break
        world.faults["drivers_killed"] += 1
        await asyncio.sleep(_TAKE_OVER_SECONDS)
    if not has_ended:
        broken.append(f"nothing ended within {most_hours:.0f} h")
    broken += await asyncio.to_thread(_promises, days, folder, history, world)
    return _outcome(days, history, world, broken, hours=(loop.time() - world.began) / HOUR)


async def _watched(loop: VirtualLoop, world: World, running: "asyncio.Future[None]", until: float) -> bool:
    """Let a driver run until it has ended or is killed; all stands still now and then. Says whether it has ended."""
    sleeps = [world.began + at for at in world.days.sleeps if world.began + at > loop.time()]
    for at in [*(one for one in sleeps if one < until), until]:
        await asyncio.wait({running}, timeout=None if at == inf else max(0.0, at - loop.time()))
        if running.done():
            break
        if at < until:
            world.faults["all_asleep"] += 1
            loop.leap(_SLEEP_SECONDS)
    if running.done():
        running.result()
        return True
    running.cancel()
    await asyncio.wait({running})
    return False


def _promises(days: Days, folder: Path, history: History, world: World) -> Iterator[str]:
    """Hold what is left against the promises that need no comparison."""
    for trouble in check_production(folder):
        yield f"fsck: {trouble.where}: {trouble.what}"
    paid = [entry.fact for entry in history.entries if isinstance(entry.fact, TakeMade)]
    if len({fact.key for fact in paid}) != len(paid):
        yield "a call was charged twice"
    if sum(world.made.values()) < len(paid):
        yield f"{len(paid)} takes were paid for and {sum(world.made.values())} were made"
    settled = sum(fact.micros for fact in paid)
    if settled != round(len(paid) * PRICE_USD * 1e6) or settled > round(days.budget_usd * 1e6):
        yield f"{settled} micro-dollars were paid for {len(paid)} takes, of {days.budget_usd} USD"
    for name, record in history.tasks.items():
        if record.question and days.is_ample:
            yield f"{name} still waits for an answer"
        if record.unfinished and record.unfinished.cause == "world":
            yield f"{name} was given up: {record.unfinished.why}"


def _outcome(days: Days, history: History, world: World, broken: list[str], *, hours: float) -> Outcome:
    tasks = history.tasks
    parked = (name for name, one in tasks.items() if one.unfinished and "took down 3 workers" in one.unfinished.why)
    return Outcome(
        tasks=len(days.tasks),
        takes=sum(len(record.takes) for record in tasks.values()),
        accepted={name: record.accepted.digest for name, record in tasks.items() if record.accepted},
        parked=frozenset(parked),
        hours=hours,
        faults=world.faults,
        broken=tuple(broken),
    )


if __name__ == "__main__":
    main()
