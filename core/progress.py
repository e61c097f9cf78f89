"""How far a production is, as people and programs are told while it runs."""

from dataclasses import dataclass
from typing import Literal

from .money import Bill


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineup:
    """The workers of one maker, or of the panel, and what waits in line for them."""

    maker: str
    up: int
    """Loaded."""
    busy: int
    loading: int
    waiting: int
    """Calls in line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamProgress:
    """Where the tasks of one department stand; every task is counted once."""

    department: str
    workers: int
    """Its places."""
    tasks: int
    accepted: int
    unfinished: int
    """Ended without a picture that passed; some of them never got one to work from."""
    live: int
    """A take is being made, or looked at."""
    ready: int
    """They could start, and wait for a place."""
    blocked: int
    """They wait for other tasks' pictures."""
    for_you: int
    """They wait for a person's answer."""
    paused: int
    takes: int
    refused: int

    @property
    def done(self) -> int:
        """How many have ended."""
        return self.accepted + self.unfinished


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Somebody who waits, and for whom."""

    kind: Literal["world", "you", "paused", "task", "worker", "loading", "stuck"]
    """What for: a disk, a store or a service that is away, a person's answer, a person's order, another task's picture,
    a free worker, a model that loads, or a picture that will not come."""
    tasks: int
    """How many tasks wait."""
    whom: str
    """The task, the maker or the person they wait for; empty where it is several."""
    says: str
    """All of it in a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLeft:
    """How long it will still take."""

    seconds: float
    low: float | None = None
    high: float | None = None
    """Four times in five it is between the two; None where nobody played it through."""
    basis: Literal["pace", "forecast"] = "pace"
    """The pace so far, or the rest of the plan played through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A production at one moment of a run."""

    event: Literal["progress"] = "progress"
    at: str
    """UTC."""
    elapsed_seconds: float
    """Since this run began to drive it."""
    teams: tuple[TeamProgress, ...]
    lineups: tuple[Lineup, ...]
    """Empty where the workers cannot tell."""
    bill: Bill
    left: TimeLeft | None
    """None until a task has ended in this run, and when nothing is left to do."""
    waits: tuple[Wait, ...]
    """Who waits for whom and why: people first, then what holds up most."""

    @property
    def done(self) -> int:
        """Tasks that have ended."""
        return sum(team.done for team in self.teams)

    @property
    def tasks(self) -> int:
        """Tasks in all."""
        return sum(team.tasks for team in self.teams)
