"""How fast workers have been, and how fast another one will be: nominal seconds of work done in a second."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, log
from typing import Final

_FADES: Final = 0.98
"""What each call leaves of the weight of those before it."""

_PRIOR_CALLS: Final = 2.0
"""As how many calls an expectation counts beside what is measured."""


@dataclass(slots=True)
class Meter:
    """Work done over the time it took, later calls counting more than earlier ones."""

    _work: float = 0.0
    _seconds: float = 0.0

    def note(self, work_seconds: float, seconds: float) -> None:
        """Count a call: its nominal seconds, and how many it took."""
        self._work = _FADES * self._work + work_seconds
        self._seconds = _FADES * self._seconds + seconds

    def speed(self, expected: float, take_seconds: float) -> float:
        """Give the speed, drawn towards what was expected as long as little is measured.

        >>> meter = Meter()
        >>> meter.speed(3.0, take_seconds=10)
        3.0
        >>> meter.note(10, 10)
        >>> meter.speed(3.0, take_seconds=10)
        1.8
        """
        prior = _PRIOR_CALLS * take_seconds
        return round((prior + self._work) / (prior / expected + self._seconds), 9)


@dataclass(slots=True)
class Speeds:
    """What every line did on every kind of machine."""

    _meters: dict[tuple[str, str], Meter] = field(default_factory=dict)
    _expected: dict[tuple[str, str], float] = field(default_factory=dict)
    _known: dict[tuple[str, str], float] = field(default_factory=dict)

    def note(self, line: str, kind: str, work_seconds: float, seconds: float, *, take_seconds: float) -> None:
        """Count a call."""
        expected = self._expected.setdefault((line, kind), self.expected(line, kind))
        meter = self._meters.setdefault((line, kind), Meter())
        meter.note(work_seconds, seconds)
        self._known[line, kind] = meter.speed(expected, take_seconds)

    def expected(self, line: str, kind: str) -> float:
        """Say how fast a new worker will be."""
        return predicted_speed(self._known, line, kind)


def predicted_speed(known: Mapping[tuple[str, str], float], line: str, kind: str) -> float:
    """Say how fast a line will be on a kind of machine, from what is known of it elsewhere and of others there.

    Args:
        known: measured speeds by (line, kind of machine); 1 is the crew file's nominal speed.
        line: whose speed.
        kind: on what.

    >>> known = {("a", "fast"): 3.0, ("a", "slow"): 1.0, ("b", "fast"): 6.0}
    >>> round(predicted_speed(known, "b", "slow"), 6)
    2.0
    >>> predicted_speed(known, "c", "slow")
    1.0
    >>> predicted_speed({}, "a", "fast")
    1.0
    """
    if (line, kind) in known:
        return known[line, kind]
    mine = {at: speed for (of, at), speed in known.items() if of == line}
    others = {of: speed for (of, at), speed in known.items() if at == kind}
    by_comparison = [mine[at] * others[of] / known[of, at] for at in mine for of in others if (of, at) in known]
    return _mean(by_comparison or list(mine.values()) or list(others.values()))


def leaves_it(seconds: float, faster: Sequence[tuple[float, float]], waiting: int) -> bool:
    """Decide whether an idle worker leaves what waits to faster ones: whether they will be through with it sooner.

    Args:
        seconds: how long the idle worker would take for one call.
        faster: for each faster worker, the seconds until it is free and the seconds it takes for a call.
        waiting: how many calls wait.

    >>> leaves_it(30, [(2, 10), (5, 10)], waiting=4)
    True
    >>> leaves_it(30, [(2, 10), (5, 10)], waiting=5)
    False
    """
    able = sum(max(0, int((seconds - free_in) / each)) for free_in, each in faster)
    return able >= waiting


def _mean(speeds: Sequence[float]) -> float:
    return exp(sum(log(speed) for speed in speeds) / len(speeds)) if speeds else 1.0
