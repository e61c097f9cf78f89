"""How much longer productions of a crew last than they are played through, as its earlier ones showed.

What is not played: the cluster and the panel come up before the first take, which costs the same however much there is
to do; looking, the driver and whoever shares the cores make every take a little longer. So there is one figure in
seconds and one that multiplies.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from statistics import fmean, variance
from typing import Final

from ..core.track_record import Missed

DAILY_ERROR: Final = 0.05
"""In log-seconds: how far apart two days are on the same machines."""
_USUAL: Final = 0.3
"""In log-seconds: how far plays of crews nobody has seen were off; a single noisy production is believed less."""
_START_ERROR: Final = 0.3
"""Of the start, as a share of it, while one production was seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lag:
    """What is added to a play; the errors are standard deviations, for the next production."""

    start_seconds: float = 0.0
    start_error: float = 0.0
    log_stretch: float = 0.0
    """Of the takes' seconds."""
    stretch_error: float = 0.0


def lag_of(missed: Sequence[Missed]) -> Lag:
    """Sum up what earlier forecasts left out; nothing while there was none.

    Each counts by how little of it may be luck, and all of them against a guess that nothing is left out.

    >>> lag_of([])
    Lag(start_seconds=0.0, start_error=0.0, log_stretch=0.0, stretch_error=0.0)
    >>> quarter = Missed(start_seconds=4.0, stretch=1.25, noise=0.0)
    >>> one, ten = lag_of([quarter]), lag_of([quarter] * 10)
    >>> round(one.log_stretch, 2), round(one.stretch_error, 2), round(ten.stretch_error, 2)
    (0.22, 0.07, 0.05)
    """
    if not missed:
        return Lag()
    logs = [log(one.stretch) for one in missed]
    weights = [1 / (DAILY_ERROR**2 + one.noise**2) for one in missed]
    weight = sum(weights) + _USUAL**-2
    luck = fmean(one.noise**2 for one in missed)
    apart = max(DAILY_ERROR**2, _variance(logs) - luck)
    starts = [one.start_seconds for one in missed]
    return Lag(
        start_seconds=fmean(starts),
        start_error=max(_START_ERROR * abs(fmean(starts)) / len(starts), _variance(starts) ** 0.5),
        log_stretch=sum(part * one for part, one in zip(weights, logs, strict=True)) / weight,
        stretch_error=(apart + 1 / weight) ** 0.5,
    )


def _variance(values: Sequence[float]) -> float:
    return variance(values) if len(values) > 1 else 0.0
