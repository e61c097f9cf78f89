"""Whether another worker for a line pays: by the seconds until its work is done, with it and without it.

Work is counted in nominal seconds; a worker of speed 2 does two of them in a second.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, inf
from typing import Final

from .hand import Place

URGENT: Final = 1e6
"""Urgency is the seconds of the chain that waits for a call; from here on it is a person who waits."""

_PATIENCE: Final = 5.0
"""A line without a worker waits for at most this many loads, so that loading never takes more than a sixth of a
worker's time."""

_WORTH: Final = 0.9
"""Who gives a worker must be through a tenth sooner than who gets it: what is known of the future is an estimate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A line, as far as placement is concerned."""

    line: str
    work_seconds: float
    """Nominal seconds of the calls that wait and of what is left of those that run."""
    unmet: int
    """Calls that wait beyond those its idle and its loading workers will take."""
    take_seconds: float
    """Nominal seconds of one call."""
    load_seconds: float
    speed: float
    """Of its workers together, those that load counted in."""
    urgency: float = -inf
    """Of the most urgent call that waits."""
    foreseen_seconds: float = 0.0
    """Nominal seconds of all that is still to come, what waits and runs included; 0 where nobody foresees it."""
    waited_seconds: float = 0.0
    """How long that call has waited with nobody there."""

    @property
    def is_pressing(self) -> bool:
        """Whether somebody must be found at once: it has nobody, and its call is urgent or has waited for long."""
        waits_long = self.waited_seconds > _PATIENCE * self.load_seconds
        return self.speed <= 0 and self.unmet > 0 and (self.urgency >= URGENT or waits_long)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a worker could load."""

    place: Place
    speed: float
    """How fast the line would be there."""
    givers: tuple[tuple[Standing, float], ...] = ()
    """Lines that would lose an idle worker, and how fast it is; none where there is room anyway."""


def drain_seconds(line: Standing) -> float:
    """Give the seconds until all its work is done by the workers it has.

    >>> drain_seconds(Standing(line="a", work_seconds=60, unmet=5, take_seconds=10, load_seconds=20, speed=2))
    30.0
    """
    return _drained(line.work_seconds, line.speed)


def need(line: Standing) -> tuple[bool, bool, float]:
    """Sort lines by who should have the next worker, the neediest last: a person's call, long waiting, long queues."""
    return line.is_pressing and line.urgency >= URGENT, line.is_pressing, drain_seconds(line)


def helped_seconds(line: Standing, speed: float) -> float:
    """Give the same with one more worker that starts to load now, while the others work on.

    >>> helped_seconds(Standing(line="a", work_seconds=60, unmet=5, take_seconds=10, load_seconds=20, speed=1), 1)
    40.0
    """
    left = line.work_seconds - line.load_seconds * line.speed
    if line.speed > 0 and left <= 0:
        return drain_seconds(line)
    return line.load_seconds + _drained(max(0.0, left), line.speed + speed)


def pays(line: Standing, spot: Spot) -> bool:
    """Decide whether a worker at that spot would be worth its loading, and worth what others lose by it.

    It must do a call sooner than those there are would be through with all that is foreseen; and whoever gives a worker
    must be through, without it, sooner than the line would have been: so the later of the two gains, and the same swap
    back never pays. A line with nobody, whose call is urgent or has waited long, gets somebody whatever the others
    lose, unless they are in the same need.

    >>> cold = Standing(line="b", work_seconds=100, unmet=10, take_seconds=10, load_seconds=20, speed=0)
    >>> busy = Standing(line="a", work_seconds=100, unmet=10, take_seconds=10, load_seconds=20, speed=3)
    >>> pays(cold, Spot(place=Place(), speed=1, givers=((busy, 1),)))
    True
    >>> pays(cold, Spot(place=Place(), speed=1, givers=((busy, 3),)))
    False
    """
    until_all_is_done = _drained(max(line.work_seconds, line.foreseen_seconds), line.speed)
    if line.unmet <= 0 or line.load_seconds + line.take_seconds / spot.speed >= until_all_is_done:
        return False
    if any(giver.urgency >= max(URGENT, line.urgency) for giver, _ in spot.givers):
        return False
    return line.is_pressing or all(
        _drained(giver.work_seconds, giver.speed - speed) < _WORTH * drain_seconds(line) for giver, speed in spot.givers
    )


def cost_seconds(line: Standing, spot: Spot) -> float:
    """Give the seconds until the last of the lines concerned is through if a worker loads at that spot now."""
    givers = (_drained(giver.work_seconds, giver.speed - speed) for giver, speed in spot.givers)
    return max(helped_seconds(line, spot.speed), *givers, 0.0)


def best_spot(line: Standing, spots: Sequence[Spot]) -> Spot | None:
    """Choose where a line's next worker should load, if anywhere: free room first, then the cheapest swap.

    >>> here = Standing(line="a", work_seconds=60, unmet=5, take_seconds=10, load_seconds=20, speed=0)
    >>> best_spot(here, [Spot(place=Place(name="slow"), speed=1), Spot(place=Place(name="fast"), speed=3)]).place.name
    'fast'
    >>> best_spot(here, []) is None
    True
    """
    worth = [spot for spot in spots if pays(line, spot)]
    return min(worth, key=lambda spot: (bool(spot.givers), cost_seconds(line, spot)), default=None)


def workers_wanted(line: Standing, boot_seconds: float) -> int:
    """Say how many workers would each work for longer than their machine takes to boot and their model to load.

    >>> workers_wanted(Standing(line="a", work_seconds=3600, unmet=9, take_seconds=10, load_seconds=50, speed=0), 300)
    10
    """
    return ceil(line.work_seconds / (boot_seconds + line.load_seconds + line.take_seconds))


def _drained(work_seconds: float, speed: float) -> float:
    if work_seconds <= 0:
        return 0.0
    return work_seconds / speed if speed > 1e-9 else inf
