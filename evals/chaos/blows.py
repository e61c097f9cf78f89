"""What a production is put through, drawn from a seed: which blow falls when, and in what mood the provider is."""

from dataclasses import dataclass
from random import Random
from typing import Final, Literal, get_args

from ...core.crash import POINTS, Point
from .provider import Mood

Kind = Literal["kill", "point", "stop", "disk", "damage", "provider", "cluster"]
Then = Literal["waits", "taken_over", "killed"]
How = Literal["flipped", "cut", "gone"]
Part = Literal["worker", "node", "head"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
_WEIGHTS: Final = (45, 20, 10, 8, 7, 10, 0)
"""A cluster takes ten seconds to start, so it is hit only where that is asked for."""

RUN_SECONDS: Final = 1.3
"""About what an undisturbed run takes on a quick machine, from a forked process: no kill comes much later."""

_FRESH_SHARE: Final = 0.25
_RUN_ENTRIES: Final = 48
"""About what a run writes into its journal."""

_DEEPEST: Final = 8
_HOUR_SECONDS: Final = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Instant:
    """When a blow falls: so many seconds after a run has told of so many journal entries of its own."""

    entries: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """SIGKILL at an instant."""

    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class KillPart:
    """SIGKILL to a process of its Ray cluster: one of the workers, the node they are on, or the head that knows all."""

    part: Part
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class CrashAt:
    """SIGKILL at the n-th passing of a named point."""

    point: Point
    nth: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """SIGSTOP at an instant; another process is started meanwhile.

    `waits`: the other finds the lease held and goes away, the first goes on. `taken_over`: the lease is gone, as after
    a restored backup, so the other takes over, and the first wakes up as a zombie. `killed`: it is killed while it
    stands still.
    """

    at: Instant
    then: Then


@dataclass(frozen=True, slots=True, kw_only=True)
class FillDisk:
    """At an instant the disk is full but for so many bytes; a while later there is room again."""

    at: Instant
    left_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """Before a run, one file of the store is flipped, cut or gone; it is put back after the run."""

    how: How
    which: float
    """In [0, 1): where it lies in the list of files."""


Blow = Kill | KillPart | CrashAt | Stop | FillDisk | Damage


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """One run of the command, and what hits it."""

    blow: Blow
    is_fresh: bool = False
    """Whether an interpreter is started for it; otherwise it is forked from one that has the libraries loaded."""
    clock_step_seconds: float = 0.0
    """How far its wall clock is off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordeal:
    """One production's lot."""

    seed: str
    kind: Kind
    home: Literal["inprocess", "ray"]
    mood: Mood
    honours_keys: bool
    pass_rate: float
    """Of the critic: below 1, takes are made again."""
    budget_usd: float
    starts: tuple[Start, ...]
    is_fresh: bool = False
    """Whether an interpreter is started for every run, also for the one that nothing hits."""

    @property
    def is_tight(self) -> bool:
        """Whether not everything can be paid for that the critic would have made again."""
        return self.pass_rate < 1

    @property
    def needs_small_disk(self) -> bool:
        """Whether the production lies on a disk that can be filled."""
        return any(isinstance(start.blow, FillDisk) for start in self.starts)


def drawn_ordeal(seed: str, kind: Kind | None = None, turn: int = 0) -> Ordeal:
    """Draw what happens to a production; the same seed, kind and turn give the same ordeal.

    Args:
        seed: of this production.
        kind: what mainly happens; None draws that too.
        turn: which production of its kind it is, so that named points come in turn.

    >>> drawn_ordeal("7/3") == drawn_ordeal("7/3")
    True
    >>> [drawn_ordeal("7/0", "point", turn).starts[0].blow.point for turn in (0, 1)]
    ['before_reserve', 'after_reserve']
    """
    dice = Random(f"ordeal/{seed}")
    chosen = kind or dice.choices(KINDS, _WEIGHTS)[0]
    mood: Mood = dice.choices(("calm", "busy", "broken"), (65, 20, 15))[0]
    if chosen == "provider":
        mood = dice.choice(("busy", "broken"))
    starts = _starts(dice, chosen, turn)
    is_tight = dice.random() < 0.12 or any(
        isinstance(start.blow, CrashAt) and start.blow.point == "after_money_move" for start in starts
    )
    return Ordeal(
        seed=seed,
        kind=chosen,
        home="ray" if chosen == "cluster" else "inprocess",
        mood=mood,
        honours_keys=dice.random() < 0.5,
        pass_rate=0.9 if is_tight else 1.0,
        budget_usd=0.45 if is_tight else 5.0,
        starts=starts,
    )


def _starts(dice: Random, kind: Kind, turn: int) -> tuple[Start, ...]:  # noqa: PLR0911 - one case per kind
    match kind:
        case "kill":
            depth = dice.choices(range(_DEEPEST), (20, 18, 16, 14, 12, 9, 6, 5))[0]
            return (_killed(dice), *(_killed(dice, in_recovery=True) for _ in range(depth)))
        case "point":
            first = CrashAt(point=POINTS[turn % len(POINTS)], nth=1 + turn // len(POINTS) % 4)
            second = (_start(dice, CrashAt(point=dice.choice(POINTS))),) if dice.random() < 0.4 else ()
            return (_start(dice, first), *second)
        case "stop":
            then: Then = dice.choice(("waits", "taken_over", "taken_over", "killed"))
            return (_start(dice, Stop(at=_instant(dice), then=then)),)
        case "disk":
            left = dice.choice((0, 4096, 16384, 65536, 262144))
            return (_start(dice, FillDisk(at=_instant(dice), left_bytes=left)),)
        case "damage":
            how: How = dice.choice(("flipped", "cut", "gone"))
            return _killed(dice), _start(dice, Damage(how=how, which=dice.random()))
        case "provider":
            return ()
        case "cluster":
            return tuple(_start(dice, _on_cluster(dice)) for _ in range(dice.choice((1, 2))))


def _killed(dice: Random, *, in_recovery: bool = False) -> Start:
    return _start(dice, Kill(at=_instant(dice, in_recovery=in_recovery)))


def _on_cluster(dice: Random) -> Blow:
    at = Instant(entries=dice.randrange(1, _RUN_ENTRIES), seconds=dice.uniform(0, 0.3))
    part: Part | None = dice.choice(("worker", "worker", "node", "head", None))
    return KillPart(part=part, at=at) if part else Kill(at=at)


def _start(dice: Random, blow: Blow) -> Start:
    step = dice.choice((-_HOUR_SECONDS, _HOUR_SECONDS, -24 * _HOUR_SECONDS)) if dice.random() < 0.3 else 0.0
    return Start(blow=blow, is_fresh=dice.random() < _FRESH_SHARE, clock_step_seconds=step)


def _instant(dice: Random, *, in_recovery: bool = False) -> Instant:
    """Draw by the clock, which also hits what writes nothing, or by the journal, which hits work more often."""
    share = 0.5 if in_recovery else 1.0
    if dice.random() < 0.4:
        return Instant(seconds=dice.uniform(0, share * RUN_SECONDS))
    return Instant(entries=dice.randrange(round(share * _RUN_ENTRIES)), seconds=dice.uniform(0, 0.08))
