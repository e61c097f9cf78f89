"""A pool that only takes time: the real lines in a real room, with hands that load and work on the virtual clock.

They say so: every picture is a line of text, every take's worker is called `simulated`.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ..core.canonical import digest_of
from ..core.crew import Crew, MakerSpec
from ..core.plan import Requirement
from ..core.ports import RentBook
from ..core.progress import Lineup
from ..core.take import Made, Opinion, Recipe
from .lines.hand import Hand, Job, Place, Reply
from .lines.line import Line
from .lines.lined import Lined
from .lines.room import Room
from .lines.terms import Terms
from .lines.told import ToldHand
from .simulated import Pace, nothing_made

_FURTHER: Final = 0.6
"""What each further recipe of a batch costs of the time it takes alone."""

_FOREVER_SECONDS: Final = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class Machines:
    """What a pool runs on."""

    speeds: Mapping[Place, float]
    """How fast each place really is; the pool has to find it out."""
    load_seconds: float = 20.0
    """Of any model, anywhere."""


@dataclass(slots=True, kw_only=True, eq=False)
class SimulatedHand:
    """Loads and works by sleeping."""

    name: str
    speed: float
    load_seconds: float
    seconds_of: Callable[[Recipe], float]
    """How long a recipe takes at speed 1."""
    busy_seconds: float = 0.0

    async def ready(self) -> None:
        """Take the time to load."""
        await asyncio.sleep(self.load_seconds)

    async def do(self, jobs: Sequence[Job[Recipe]]) -> Sequence[Reply[Made]]:
        """Take the time the takes take."""
        seconds = batch_seconds([self.seconds_of(job.asked) / self.speed for job in jobs])
        self.busy_seconds += seconds
        await asyncio.sleep(seconds)
        return [(job.token, nothing_made(job.asked, seconds / len(jobs))) for job in jobs]

    def dismiss(self) -> None:
        """Nothing to end."""


def batch_seconds(each: Sequence[float]) -> float:
    """Give how long takes take in one go: the longest its own time, each of the others a part of it.

    >>> batch_seconds([10.0]), batch_seconds([10.0, 10.0])
    (10.0, 16.0)
    """
    return max(each) + _FURTHER * (sum(each) - max(each))


class SimulatedPool(Lined[Recipe, Made]):
    """The crew's makers as lines that share some machines."""

    def __init__(self, crew: Crew, pace: Pace, machines: Machines) -> None:
        self._pace, self._machines = pace, machines
        self._room = Room(places=tuple(machines.speeds), of="GPUs")
        self._hands: list[SimulatedHand] = []
        self._book: RentBook | None = None
        self._lines = {spec.name: self._line(spec) for spec in crew.makers}

    @property
    def loads(self) -> int:
        """How many times a model was loaded."""
        return len(self._hands)

    @property
    def busy_seconds(self) -> float:
        """Worker seconds spent so far, loading left out."""
        return sum(hand.busy_seconds for hand in self._hands)

    def report_to(self, book: RentBook) -> None:
        """Tell a book what becomes of the machines; here they are there from the beginning to the end."""
        self._book = book

    async def start(self, makers: Sequence[str]) -> None:
        """Load one worker of each, side by side, as far as there is room."""
        if self._book:
            self._book.machines([place.name for place in self._machines.speeds])
        async with asyncio.TaskGroup() as group:
            for name in makers:
                group.create_task(self._line_of(name).open(1))

    async def make(
        self, maker: str, recipe: Recipe, ingredients: Mapping[str, bytes], *, token: str, urgency: float = 0.0
    ) -> Made:
        """Have the next worker of a maker take the time a take takes."""
        line = self._line_of(maker)
        return await line.call(recipe, token=token, urgency=urgency, task=digest_of(recipe), alike=maker)

    async def look(
        self,
        picture: bytes,
        requirements: Sequence[Requirement],
        earlier: Sequence[str],
        references: Mapping[str, bytes],
        *,
        urgency: float = 0.0,
    ) -> tuple[Opinion, ...]:
        """Pass a take, or fail all of it, by a hash of it."""
        return await self._pace.look(picture, requirements)

    def roll_call(self) -> tuple[Lineup, ...]:
        """Say who works and what waits in line."""
        return tuple(line.lineup for line in self._lines.values())

    def describe(self) -> dict[str, int]:
        """Say how many workers of each maker are up."""
        return {line.name: line.size for line in self._lines.values()}

    async def close(self) -> None:
        """Send everybody home."""
        for line in self._lines.values():
            line.close()

    def _line(self, spec: MakerSpec) -> Line[Recipe, Made]:
        def hire(name: str, place: Place) -> Hand[Recipe, Made]:
            hand = SimulatedHand(
                name=name,
                speed=self._machines.speeds[place],
                load_seconds=self._machines.load_seconds,
                seconds_of=lambda recipe: self._pace.take_seconds(spec.seconds, recipe),
            )
            self._hands.append(hand)
            return ToldHand(hand=hand, machine=place.name, book=self._book) if self._book else hand

        terms = Terms(
            at_least=spec.replicas_min,
            at_most=spec.replicas_max,
            needs=spec.gpus,
            call_seconds=_FOREVER_SECONDS,
            start_seconds=_FOREVER_SECONDS,
            take_seconds=spec.seconds,
            load_seconds=self._machines.load_seconds,
            batch=spec.batch,
        )
        return Line(spec.name, hire, self._room, terms)
