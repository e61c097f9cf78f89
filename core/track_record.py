"""What the studio has seen of its makers: the evidence the router learns from."""

from dataclasses import dataclass


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
class TrackRecord:
    """What the studio had seen of a crew's makers, through that crew's critics, when a plan was made."""

    takes: int = 0
    """First takes it rests on."""
    tallies: tuple[Tally, ...] = ()
    fault: str = ""
    """Why the studio's history could not be read; it counts as empty then, and nothing is tried out."""
