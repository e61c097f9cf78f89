"""What a production will take, in time and money, and with how many workers: played through many times, then counted.

Each time another world is drawn from what is known: how fast makers are and how often their takes pass, from the crew
file and from what the studio has seen, each as uncertain as that leaves it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp, log
from random import Random
from statistics import median, stdev
from typing import Final

from ..agents.forecast import chance_to_pass, climbed, rungs_of
from ..agents.planning.odds import WORTH, Odds
from ..core.crew import Crew, MakerSpec
from ..core.plan import Outlook, Plan, Span, Task
from ..core.track_record import Paced, TrackRecord
from .imagining import Guess, Imagined, Part, Setting, SoFar, Speed, imagine
from .lag import DAILY_ERROR, lag_of

SIZES: Final = (1, 20, 100, 500)
"""Crews a director is told about."""

_BETWEEN: Final = (2, 5, 10, 50, 200)
"""Crews that are tried besides where a deadline is to be made."""

IN_TIME: Final = 0.9
"""How sure a crew must be to count as making a deadline."""

_MOST_TRIALS, _LEAST_TRIALS = 25, 5
_TAKES_PLAYED: Final = 2_000
"""Takes that are played through for one crew, shared out over its trials."""

_UNTOLD_SPREAD: Final = 0.3
"""Of takes' seconds, while nobody has timed any."""
_UNTOLD_ERROR: Final = 0.35
"""In log-seconds: how far a crew file's seconds may be off."""
_LOAD_ERROR: Final = 0.1
"""In log-seconds: how far apart two loads are."""
_Z: Final = 1.2816
"""Where a normal variable is exceeded once in ten."""
_UNTOLD_WORTH: Final = 6
"""Takes that a nominal chance to pass counts for."""


def outlook(
    plan: Plan,
    crew: Crew,
    *,
    workers: int | None = None,
    so_far: SoFar | None = None,
    answer_seconds: float = 900.0,
) -> Outlook:
    """Say what a plan will take.

    Pure and deterministic. Blocks for about half a second, a few for plans of thousands of tasks: call it off the event
    loop.

    Args:
        plan: with the track record it was made with.
        crew: who makes it.
        workers: how many run at once; None is the crew as it is.
        so_far: where it stands, if it runs.
        answer_seconds: how long a person takes to answer a question.
    """
    hired = crew if workers is None else sized(crew, workers)
    setting = Setting(parts=_parts(plan, hired), crew=hired, departments=plan.departments, so_far=so_far or SoFar())
    played = list[Imagined]()
    for world in _worlds(plan):
        guess = _guess(setting, plan.track_record, Random(world), answer_seconds)
        played.append(imagine(setting, guess, world))
    return _summed_up(played, hired, None if so_far else plan.deadline_seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hindsight:
    """What a plan would have been expected to take, had it been known what it showed."""

    start_seconds: float
    """Until its first take was asked for."""
    work_seconds: float
    """From then on."""
    noise: float
    """Standard deviation of the logarithm of that, by luck alone."""


def hindsight(plan: Plan, crew: Crew, shown: TrackRecord) -> Hindsight:
    """Play a plan through with what its own production showed: its makers' speeds and how often first takes passed.

    Who is asked first is as it was planned. Blocks as `outlook` does.
    """
    odds = Odds(seed=plan.seed, record=shown)
    parts = tuple(
        replace(part, chances=tuple(chance_to_pass(part.task, maker, odds) for maker in part.ladder))
        for part in _parts(plan, crew)
    )
    setting = Setting(parts=parts, crew=crew, departments=plan.departments)
    paces = {one.maker: one for one in shown.paces}
    speeds = {maker.name: _told_speed(maker, paces.get(maker.name)) for maker in crew.makers}
    guess = Guess(speeds=speeds, luck={}, answer_seconds=0.0)
    played = [imagine(setting, guess, world) for world in _worlds(plan)]
    logs = [log(max(1e-3, one.seconds - one.start_seconds)) for one in played]
    return Hindsight(
        start_seconds=median(one.start_seconds for one in played),
        work_seconds=exp(median(logs)),
        noise=stdev(logs),
    )


def _worlds(plan: Plan) -> Sequence[str]:
    """Name the worlds a plan is played in: the same for every crew, so that only the crews differ."""
    trials = int(min(_MOST_TRIALS, max(_LEAST_TRIALS, _TAKES_PLAYED / max(1.0, plan.forecast.takes))))
    return [f"{plan.seed}/{trial}" for trial in range(trials)]


def outlooks(plan: Plan, crew: Crew) -> tuple[Outlook, ...]:
    """Say what a plan will take with the crew as it is, with the usual sizes, and with more where there is a deadline.

    Workers beyond all places, or all tasks, have nothing to do: such crews share one outlook.
    """
    sizes = dict.fromkeys((crew.cores, *SIZES, *(_BETWEEN if plan.deadline_seconds is not None else ())))
    most = min(sum(department.workers for department in plan.departments), len(plan.tasks))
    found = list[Outlook]()
    for size in sorted(sizes):
        if found and found[-1].workers >= most:
            found.append(replace(found[-1], workers=size))
            continue
        workers = None if size == crew.cores else size
        found.append(outlook(plan, crew, workers=workers))
    return tuple(found)


def cheapest_in_time(outlooks: Sequence[Outlook]) -> Outlook | None:
    """Choose the cheapest crew that makes the deadline for almost sure; None when none does.

    Of crews that cost the same it is the smallest.
    """
    able = [one for one in outlooks if one.in_time is not None and one.in_time >= IN_TIME]
    return min(able, key=lambda one: (one.usd.middle, one.workers), default=None)


def sized(crew: Crew, workers: int) -> Crew:
    """Give the crew with so many workers, each maker on as many of them as there is work for."""
    makers = tuple(replace(maker, replicas_max=max(maker.replicas_max, workers)) for maker in crew.makers)
    return replace(crew, cores=workers, makers=makers)


def _parts(plan: Plan, crew: Crew) -> tuple[Part, ...]:
    odds = Odds(seed=plan.seed, record=plan.track_record)
    return tuple(_part(task, plan, crew, odds) for task in plan.tasks)


def _part(task: Task, plan: Plan, crew: Crew, odds: Odds) -> Part:
    prefers = next((one.prefers for one in plan.departments if one.name == task.department), ())
    rungs = rungs_of(task, crew, prefers, odds)
    return Part(
        task=task,
        ladder=tuple(maker for maker, _ in rungs),
        chances=tuple(chance for _, chance in rungs),
        expected_seconds=climbed(rungs, task.gate.rounds).seconds,
    )


def _guess(setting: Setting, record: TrackRecord | None, dice: Random, answer_seconds: float) -> Guess:
    paces = {one.maker: one for one in record.paces} if record else {}
    lag = lag_of(record.missed if record else ())
    speeds = {maker.name: _speed(maker, paces.get(maker.name), dice) for maker in setting.crew.makers}
    luck = {maker.name: _luck(maker, setting.parts, record, dice) for maker in setting.crew.makers}
    answer_seconds *= dice.expovariate(1.0)
    stretch = exp(dice.gauss(lag.log_stretch, lag.stretch_error))  # of all makers: they share what slows them
    return Guess(
        speeds={name: replace(speed, seconds=speed.seconds * stretch) for name, speed in speeds.items()},
        luck=luck,
        answer_seconds=answer_seconds,
        start_seconds=max(0.0, dice.gauss(lag.start_seconds, lag.start_error)),
    )


def _told_speed(maker: MakerSpec, pace: Paced | None) -> Speed:
    """Say how fast a maker is: as it was, or as its file says."""
    load_seconds = pace.load_seconds if pace and pace.load_seconds else maker.load_seconds
    if pace is None:
        return Speed(seconds=maker.seconds, spread=_UNTOLD_SPREAD, load_seconds=load_seconds)
    return Speed(seconds=pace.seconds, spread=pace.spread, load_seconds=load_seconds)


def _speed(maker: MakerSpec, pace: Paced | None, dice: Random) -> Speed:
    """Draw how fast a maker is: about as fast as is told; what its file says may be further off."""
    told, error = _told_speed(maker, pace), _UNTOLD_ERROR
    if pace:
        error = min(_UNTOLD_ERROR, (DAILY_ERROR**2 + pace.spread**2 / pace.takes) ** 0.5)
    load_error = _LOAD_ERROR if pace and pace.load_seconds else _UNTOLD_ERROR
    return replace(
        told,
        seconds=told.seconds * exp(dice.gauss(0.0, error)),
        load_seconds=told.load_seconds * exp(dice.gauss(0.0, load_error)),
    )


def _luck(maker: MakerSpec, parts: Sequence[Part], record: TrackRecord | None, dice: Random) -> float:
    """Draw how far the maker's chances are from what is believed, in log-odds: the less was seen, the farther."""
    told = [part.chances[part.ladder.index(maker)] for part in parts if maker in part.ladder]
    told = [chance for chance in told if 0 < chance < 1]
    if not told:
        return 0.0
    seen = max((one.seen for one in record.tallies if one.maker == maker.name), default=0) if record else 0
    worth = max(_UNTOLD_WORTH, seen + (WORTH if maker.passes else 0))
    mean = sum(told) / len(told)
    drawn = min(max(dice.betavariate(worth * mean, worth * (1 - mean)), 1e-3), 1 - 1e-3)
    return log(drawn / (1 - drawn)) - log(mean / (1 - mean))


def _summed_up(played: Sequence[Imagined], crew: Crew, deadline: float | None) -> Outlook:
    made_it = sum(one.seconds <= deadline for one in played) if deadline is not None else 0
    return Outlook(
        workers=crew.cores,
        seconds=_span([one.seconds for one in played]),
        usd=_span([one.usd + crew.rent_usd(one.machine_seconds) for one in played]),
        takes=_span([float(one.takes) for one in played]),
        questions=round(sum(one.questions for one in played) / len(played), 2),
        in_time=None if deadline is None else round(made_it / len(played), 2),
    )


def _span(values: Sequence[float]) -> Span:
    """Give the middle four fifths of where another of these would lie.

    Times and prices scatter by factors, so their logarithms are taken to be normal. So few are played that quantiles of
    the sample would be too narrow: this is the prediction interval, Student's t by its first two terms (Abramowitz and
    Stegun 26.7.5).
    """
    if min(values) <= 0:
        return Span(low=min(values), middle=median(values), high=max(values))
    logs = [log(value) for value in values]
    count, middle = len(logs), median(logs)
    scatter = stdev(logs) if count > 1 else 0.0
    reach = (_Z + (_Z**3 + _Z) / (4 * (count - 1))) * scatter * (1 + 1 / count) ** 0.5
    low, high = exp(middle - reach), exp(middle + reach)
    return Span(low=round(low, 6), middle=round(exp(middle), 6), high=round(high, 6))
