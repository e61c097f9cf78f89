"""Does a forecast come true? Productions whose true speeds and pass rates it does not know, in virtual time.

Each has a maker of its own: how fast it is, how its takes' times scatter and how often they pass is drawn anew. The
forecast knows the crew file, which is off, and what a studio would know: the takes of an earlier production.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp, log
from random import Random
from statistics import median
from typing import Final

from ...agents.forecast import forecast
from ...core.crew import Crew
from ...core.plan import Department, Outlook, Plan, Requirement, Task
from ...core.take import Opinion, Score
from ...core.timing import chain_seconds
from ...core.track_record import Paced, Tally, TrackRecord
from ...graphs.floor import most_live
from ...graphs.forecast import outlook
from ...models.lines.hand import Place
from ...models.simulated import Pace, share_of
from ...models.simulated_pool import Machines, SimulatedPool
from ...tools.clock import SystemClock
from ...tools.journal import SqliteJournal
from ...tools.virtual_time import VirtualLoop, run_virtually
from .work import LAB, MAKER, SECONDS, crew_of, run_all, shots, staged_tasks

_SEEN_TAKES: Final = 150
"""Takes of the earlier production."""
_WEIGHT: Final = 0.5
"""Takes of evidence that a pass rate counts for on one task: tasks that failed once tend to fail again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth(Pace):
    """How a maker really is."""

    factor: float
    """Its mean seconds over those of the crew file."""
    spread: float
    """Standard deviation of a take's seconds over their mean."""
    load_seconds: float

    async def look(self, picture: bytes, requirements: Sequence[Requirement]) -> tuple[Opinion, ...]:
        """Pass a take by the luck of its task, which is the same for all of its takes, and its own."""
        words, _, made_by = picture.decode().rpartition(":")
        luck = _beta_like(self.passes, Random(f"{self.seed}/{words}"))
        value = 0.99 if share_of(f"{self.seed}/{made_by}") < luck else 0.01
        return tuple(Score(requirement=one.id, critic="simulated", value=value) for one in requirements)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was forecast, and what happened."""

    outlook: Outlook
    seconds: float
    usd: float

    @property
    def error(self) -> float:
        """How far the middle of the forecast was from what happened, as a share of it."""
        return abs(self.outlook.seconds.middle - self.seconds) / self.seconds

    @property
    def is_covered(self) -> bool:
        """Whether it happened within the forecast's four fifths."""
        return self.outlook.seconds.low <= self.seconds <= self.outlook.seconds.high


def median_error(told: Sequence[Told]) -> float:
    """Give how far the middle of a forecast mostly was from what happened."""
    return median(one.error for one in told)


def coverage(told: Sequence[Told]) -> float:
    """Give how many happened within their forecast's four fifths."""
    return sum(one.is_covered for one in told) / len(told)


def tell_virtual(number: int, *, is_seen: bool = True) -> Told:
    """Forecast a virtual production, then run it with the real scheduler, task graphs, journal and lines of workers.

    Args:
        number: which one.
        is_seen: whether the studio has seen its maker before; otherwise there is only the crew file.
    """
    dice = Random(f"forecast/{number}")
    truth, crew = _truth(number, dice), _crew(dice.choice((4, 8, 16, 32)))
    plan = _plan(crew, shots(dice.randint(10, 60)), _record(truth, dice) if is_seen else None)
    seconds, usd = _happened(plan, crew, truth)
    return Told(outlook=outlook(plan, crew), seconds=seconds, usd=usd)


def _truth(number: int, dice: Random) -> Truth:
    return Truth(
        seed=number,
        factor=exp(dice.gauss(0.0, 0.3)),
        spread=dice.uniform(0.1, 0.8),
        passes=dice.betavariate(21, 9),
        load_seconds=20.0 * exp(dice.gauss(0.0, 0.3)),
    )


def _crew(workers: int) -> Crew:
    """Hire one maker on so many machines with a GPU each; its file says 0.7 of its takes pass."""
    crew = crew_of(workers)
    maker = replace(
        crew.makers[0],
        device="cuda",
        gpus=1.0,
        replicas_max=workers,
        load_seconds=20.0,
        passes={"existence": 0.7},
    )
    return replace(crew, makers=(maker,))


def _plan(crew: Crew, tasks: Sequence[Task], record: TrackRecord | None) -> Plan:
    named = tuple(replace(task, prompt=f"a castle, {task.name}") for task in tasks)
    departments = (Department(name=LAB, workers=len(named), share=1.0),)
    return Plan(
        title="virtual", brief_digest="", crew_digest="", seed=0, budget_usd=1e6, aspect="1:1", palette=(),
        departments=departments, tasks=named, shots=(), deliver=(), preflight=(),
        forecast=forecast(named, crew, departments), track_record=record,
    )  # fmt: skip


def _record(truth: Truth, dice: Random) -> TrackRecord:
    """Give what an earlier production told of the maker."""
    took = [_seconds(truth, SECONDS, dice) for _ in range(_SEEN_TAKES)]
    passed = sum(dice.random() < truth.passes for _ in took)
    pace = Paced.of(MAKER, took, truth.load_seconds * exp(dice.gauss(0.0, 0.1)))
    tally = Tally(maker=MAKER, kind="existence", floor=0.6, seen=len(took), passed=passed)
    return TrackRecord(takes=len(took), tallies=(tally,), paces=(pace,))


def _happened(plan: Plan, crew: Crew, truth: Truth) -> tuple[float, float]:
    pace = replace(truth, seconds=lambda nominal, key: _seconds(truth, nominal, Random(key)))
    places = {Place(name=f"machine-{at}", kind="gpu", size=1.0): 1.0 for at in range(crew.cores)}
    machines = Machines(speeds=places, load_seconds=truth.load_seconds)

    async def program(loop: VirtualLoop) -> float:
        journal = SqliteJournal.open(None, clock=SystemClock())
        loop.wait_for_real(lambda: journal.is_writing)
        workers = SimulatedPool(crew, pace, machines)
        chain = chain_seconds(plan.tasks, lambda _: SECONDS)
        async with staged_tasks(plan.tasks, crew, workers, journal, chain) as stage:
            await workers.start([MAKER])
            await run_all(stage, plan.tasks, live=most_live(crew))
            usd = journal.bill().settled_usd
        await workers.close()
        return usd

    usd, seconds = run_virtually(program)
    return seconds, usd


def _seconds(truth: Truth, nominal: float, dice: Random) -> float:
    sigma = log(1 + truth.spread**2) ** 0.5
    return nominal * truth.factor * exp(dice.gauss(-(sigma**2) / 2, sigma))


def _beta_like(mean: float, dice: Random) -> float:
    """Draw the luck of a task, around the maker's rate."""
    return dice.betavariate(_WEIGHT * mean, _WEIGHT * (1 - mean))
