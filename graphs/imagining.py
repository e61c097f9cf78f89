"""One run of a production as it may turn out: the real schedule and the real lines of workers on a virtual clock.

Nothing is made, asked or written. What is guessed (how long takes last, which of them pass) is an argument.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import exp, log, sqrt
from random import Random
from typing import Final

from ..agents.reviser import FLAT_ROUNDS, TRIES_PER_RUNG, chance_after
from ..core.crew import Crew, MakerSpec
from ..core.money import to_micros, to_usd
from ..core.plan import Department, Task
from ..core.timing import chain_seconds
from ..models.lines.hand import Job, Place, Reply
from ..models.lines.line import Line
from ..models.lines.room import Room
from ..models.lines.terms import Terms
from ..tools.virtual_time import run_virtually
from .floor import most_live
from .schedule import run_schedule

_FOREVER: Final = 1e12


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One task and who may be asked to make it."""

    task: Task
    ladder: tuple[MakerSpec, ...]
    """From whoever makes its first take upwards; empty where nobody can."""
    chances: tuple[float, ...]
    """Of a first take of each to pass, as far as anybody knows."""
    expected_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """How fast one maker is."""

    seconds: float
    """Of a take, on average."""
    spread: float
    """Standard deviation of its takes' seconds, as a share of their mean."""
    load_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """One way in which the world may be."""

    speeds: Mapping[str, Speed]
    """By maker."""
    luck: Mapping[str, float]
    """By maker, what is added to the log-odds of its takes to pass."""
    answer_seconds: float
    """How long a person takes to answer a question."""
    start_seconds: float = 0.0
    """Until the first take is asked for, beyond loading the makers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SoFar:
    """Where a production that runs already stands."""

    ended: frozenset[str] = frozenset()
    failed: Mapping[str, int] = field(default_factory=dict)
    """Takes of open tasks that did not pass."""
    is_warm: bool = False
    """Whether the models are loaded already."""


@dataclass(slots=True)
class Imagined:
    """How it turned out."""

    seconds: float = 0.0
    start_seconds: float = 0.0
    """Of these, until the first take was asked for."""
    micros: int = 0
    takes: int = 0
    questions: int = 0
    """Tasks that waited for a person."""
    machine_seconds: float = 0.0
    """Of rented machines, from boot to when they are given back."""

    @property
    def usd(self) -> float:
        """The price of its calls."""
        return to_usd(self.micros)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What is given: the work, who does it, and how far it has come."""

    parts: tuple[Part, ...]
    crew: Crew
    departments: tuple[Department, ...]
    so_far: SoFar = field(default_factory=SoFar)


def imagine(setting: Setting, guess: Guess, world: str) -> Imagined:
    """Play a production through once, always the same way: milliseconds for tens of tasks, seconds for ten thousand.

    Args:
        setting: the work and who does it.
        guess: how fast they are and how lucky.
        world: names the luck of every single take; another crew has the same in the same world.
    """
    found, seconds = run_virtually(lambda _: _Play(setting, guess, world).run())
    return replace(found, seconds=seconds)


class _Hand:
    """Loads and works by sleeping; what it is asked is for how long."""

    def __init__(self, name: str, load_seconds: float) -> None:
        self.name, self._load_seconds = name, load_seconds

    async def ready(self) -> None:
        await asyncio.sleep(self._load_seconds)

    async def do(self, jobs: Sequence[Job[float]]) -> Sequence[Reply[None]]:
        await asyncio.sleep(sum(job.asked for job in jobs))
        return [(job.token, None) for job in jobs]

    def dismiss(self) -> None:
        pass


class _Play:
    """One production, played through."""

    def __init__(self, setting: Setting, guess: Guess, world: str) -> None:
        crew, self._departments, self._so_far = setting.crew, setting.departments, setting.so_far
        self._parts = {part.task.name: part for part in setting.parts}
        self._crew, self._guess, self._world = crew, guess, world
        self._rented_since: dict[str, float] = {}
        self._rooms = {"cpu": Room(slots=crew.cores), "gpu": Room(places=_machines(crew), of="GPUs")}
        self._lines = {spec.name: self._line(spec) for spec in crew.makers}
        self._chain: dict[str, float] = {}
        self._found = Imagined()

    async def run(self) -> Imagined:
        tasks = [part.task for part in self._parts.values()]
        self._chain = chain_seconds(tasks, lambda task: self._parts[task.name].expected_seconds)
        open_parts = [part for name, part in self._parts.items() if name not in self._so_far.ended and part.ladder]
        first = sorted({part.ladder[0].name for part in open_parts})
        for part in open_parts:
            self._lines[part.ladder[0].name].foreseen_seconds += part.expected_seconds
        await asyncio.gather(*(self._lines[name].open(1) for name in first))
        if not self._so_far.is_warm:
            await asyncio.sleep(self._guess.start_seconds)
        self._found.start_seconds = asyncio.get_running_loop().time()
        rooms = {one.name: one.workers for one in self._departments}
        await run_schedule(tasks, self._run_task, rooms=rooms, chain=self._chain, live=most_live(self._crew))
        for line in self._lines.values():
            line.close()
        self._found.machine_seconds = self._machine_seconds()
        return self._found

    async def _run_task(self, name: str) -> None:
        part = self._parts[name]
        if name not in self._so_far.ended and part.ladder:
            await self._make(part)
            self._lines[part.ladder[0].name].foreseen_seconds -= part.expected_seconds

    async def _make(self, part: Part) -> None:
        name, tries = part.task.name, self._so_far.failed.get(part.task.name, 0)
        left, rounds = to_micros(part.task.envelope_usd), part.task.gate.rounds if part.task.make == "still" else 0
        while tries <= rounds and not _is_given_up(part, tries):
            maker, failures = _asked(part, tries)
            price = to_micros(maker.usd or 0.0)
            if price > left:
                break
            left -= price
            dice = Random(f"{self._world}/{name}/{tries}")  # a take is the same whoever makes it, and when
            await self._take(name, maker, dice)
            if dice.random() < self._chance(part, maker, failures):
                return
            tries += 1
        if part.task.gate.when_spent == "ask":
            self._found.questions += 1
            await asyncio.sleep(self._guess.answer_seconds)

    async def _take(self, name: str, maker: MakerSpec, dice: Random) -> None:
        speed = self._guess.speeds[maker.name]
        await self._lines[maker.name].call(_drawn(speed, dice), token=name, urgency=self._chain[name])
        self._found.takes += 1
        self._found.micros += to_micros(maker.usd or 0.0)

    def _chance(self, part: Part, maker: MakerSpec, failures: int) -> float:
        if part.task.make != "still":
            return 1.0
        told = part.chances[part.ladder.index(maker)]
        return chance_after(shifted(told, self._guess.luck.get(maker.name, 0.0)), failures)

    def _line(self, spec: MakerSpec) -> Line[float, None]:
        is_on_cores, speed = spec.device == "cpu", self._guess.speeds[spec.name]

        def hire(name: str, place: Place) -> _Hand:
            boot = 0.0 if spec.is_service else self._boot_seconds(place.name or name)
            return _Hand(name, 0.0 if self._so_far.is_warm else boot + speed.load_seconds)

        terms = Terms(
            at_least=spec.replicas_min,
            at_most=min(spec.replicas_max, self._crew.cores) if is_on_cores else spec.replicas_max,
            needs=0.0 if is_on_cores else spec.gpus,
            take_seconds=speed.seconds,
            load_seconds=speed.load_seconds,
            call_seconds=_FOREVER,
            start_seconds=_FOREVER,
            idle_seconds=_FOREVER,
        )
        return Line(spec.name, hire, self._rooms["cpu" if is_on_cores else "gpu"], terms)

    def _boot_seconds(self, machine: str) -> float:
        """Say how long a worker must wait for its machine: not at all where none is rented, or it is up."""
        if self._crew.machines is None or machine in self._rented_since:
            return 0.0
        self._rented_since[machine] = asyncio.get_running_loop().time()
        return self._crew.machines.boot_seconds

    def _machine_seconds(self) -> float:
        """Add up what machines are rented for: from the order to the end, and until they are given back."""
        if self._crew.machines is None:
            return 0.0
        until = asyncio.get_running_loop().time() + self._crew.machines.idle_seconds
        return sum(until - since for since in self._rented_since.values())


def shifted(chance: float, luck: float) -> float:
    """Move a chance by so much in log-odds; certainty stays certain.

    >>> round(shifted(0.5, 1.0), 3), shifted(1.0, -3.0)
    (0.731, 1.0)
    """
    if not 0 < chance < 1:
        return chance
    return 1 / (1 + exp(-(log(chance / (1 - chance)) + luck)))


def _asked(part: Part, tries: int) -> tuple[MakerSpec, int]:
    """Say who makes the next take, and how many of its own failed already."""
    rung = min(tries // TRIES_PER_RUNG, len(part.ladder) - 1)
    return part.ladder[rung], tries - rung * TRIES_PER_RUNG


def _is_given_up(part: Part, tries: int) -> bool:
    """Say whether the strongest maker's last takes brought nothing, as those of a task that is missed mostly do."""
    on_top = tries - (len(part.ladder) - 1) * TRIES_PER_RUNG
    return on_top > FLAT_ROUNDS


def _drawn(speed: Speed, dice: Random) -> float:
    """Draw how long a take lasts: a log-normal of the given mean and spread."""
    sigma = sqrt(log(1 + speed.spread**2))
    return speed.seconds * exp(dice.gauss(-(sigma**2) / 2, sigma))


def _machines(crew: Crew) -> tuple[Place, ...]:
    """Give every worker that runs at once a machine with one GPU."""
    return tuple(Place(name=f"machine-{number}", kind="gpu", size=1.0) for number in range(crew.cores))
