"""What the studio has seen of its makers: the evidence the router learns from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How a task's first take did at one kind of requirement."""

    work: str
    """Names the paid work: the same work is the same evidence, in whichever folder and however often it is done."""
    maker: str
    """The maker's identity, not its name alone."""
    kind: str
    score: float
    """The least its must-haves of that kind were given, in [0, 1]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many first takes of a maker were seen with a kind of requirement, and how many had it at a floor or above."""

    maker: str
    """Its name in the crew of the plan."""
    kind: str
    """As pass rates name it: a kind of requirement, `ground` or `emptiness`."""
    floor: float
    seen: int
    passed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Paced:
    """How long takes of a maker lasted."""

    maker: str
    """Its name in the crew of the plan; its identity where one production's takes are told."""
    takes: int
    seconds: float
    """Worker seconds of a take, on average."""
    squares: float
    """The mean of their squares."""
    load_seconds: float | None = None
    """Of one load, on average; None where none was timed."""

    @classmethod
    def of(cls, maker: str, took: Sequence[float], load_seconds: float | None = None) -> Self:
        """Sum up how long takes lasted, at least one."""
        squares = sum(one**2 for one in took) / len(took)
        return cls(
            maker=maker, takes=len(took), seconds=sum(took) / len(took), squares=squares, load_seconds=load_seconds
        )

    @property
    def spread(self) -> float:
        """Standard deviation as a share of the mean.

        >>> Paced(maker="m", takes=2, seconds=2.0, squares=5.0).spread
        0.5
        """
        return max(0.0, self.squares - self.seconds**2) ** 0.5 / self.seconds if self.seconds else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """What the forecast of one production left out, found by playing it through again with what it showed."""

    start_seconds: float
    """Until its first take was asked for, beyond loading the makers; below 0 where that was over sooner."""
    stretch: float
    """The seconds from then on, over those played."""
    noise: float
    """Standard deviation of the logarithm of `stretch` by luck alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackRecord:
    """What the studio had seen of a crew's makers, through that crew's critics, when a plan was made."""

    takes: int = 0
    """First takes it rests on."""
    tallies: tuple[Tally, ...] = ()
    paces: tuple[Paced, ...] = ()
    """How long the crew's makers took, each that was seen."""
    missed: tuple[Missed, ...] = ()
    """What forecasts of this crew left out, by production, the newest last."""
    fault: str = ""
    """Why the studio's history could not be read; it counts as empty then, and nothing is tried out."""
