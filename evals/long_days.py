"""A production of 35 hours on a virtual clock, and everything that can happen to it meanwhile, from one seed.

The real floor, task graphs, lines, journal and store, on simulated workers. Nothing here knows what must come of it:
`bench_long` holds what is left against the promises.
"""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from ..core.canonical import digest_of, to_json
from ..core.crew import Crew, CriticSpec, MakerSpec
from ..core.decision import Decision
from ..core.errors import DiskFull, MakerBroke, SetupError, WorkerLost
from ..core.fact import DecisionTaken, Entry, Fact, Greenlit, ProductionPlanned
from ..core.history import History
from ..core.money import Bill, to_micros
from ..core.plan import Department, Forecast, Gate, Plan, Requirement, Task
from ..core.take import Made, Opinion, Recipe
from ..core.task_record import AsSeen
from ..graphs.doubts import left_open
from ..graphs.floor import Floor
from ..graphs.stage import Stage
from ..graphs.supervising import PatientJournal, Supervisor
from ..models.lines.hand import Job, Place, Reply
from ..models.lines.line import Line
from ..models.lines.lined import Lined
from ..models.lines.room import Room
from ..models.lines.terms import Terms
from ..models.simulated import Pace, nothing_made
from ..tools.assets import AssetStore
from ..tools.journal import SqliteJournal
from ..tools.virtual_time import VirtualLoop

HOUR: Final = 3600.0
MAKER: Final = "simulated"
_TAKE_SECONDS: Final = 10_800.0
_BEAT_SECONDS: Final = 300.0
_LISTENS_EVERY_SECONDS: Final = 1800.0
_ASKED: Final = (Requirement(id="existence:castle", kind="existence", subject="castle", value="", asks="a castle"),)
DEPARTMENTS: Final = tuple(
    Department(name=name, workers=8, share=1 / 3) for name in ("architecture", "characters", "post")
)
_MOST_BLOWS: Final = 2
"""To the takes of one task: three make it poison."""
PRICE_USD: Final = 0.01
_EPOCH: Final = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """What will happen in one production; all of it drawn from the seed."""

    seed: int
    hours: float
    machines: int
    tasks: tuple[Task, ...]
    budget_usd: float
    poison: frozenset[str]
    """Tasks that take their worker down every time."""
    hole: tuple[float, float]
    """From when until when one machine breaks whatever it is given."""
    full: tuple[tuple[float, float], ...]
    """When the disk takes no fact; threads that wait would hold the virtual clock, so pictures are always taken."""
    kills: tuple[float, ...]
    """When the driver is killed; another takes over a little later."""
    sleeps: tuple[float, ...]
    """When all of it, driver and workers, stands still for ten minutes."""
    steps: tuple[tuple[float, float], ...]
    """When the wall clock is set, and by how many seconds."""
    is_quiet: bool = False
    """Whether nothing happens to workers either."""

    @classmethod
    def of(cls, seed: int, hours: float) -> "Days":
        """Draw the days of a seed."""
        dice, seconds = random.Random(f"days/{seed}"), hours * HOUR

        def windows(most: int, longest: float) -> tuple[tuple[float, float], ...]:
            starts = sorted(dice.uniform(0, 0.8 * seconds) for _ in range(dice.randint(0, most)))
            return tuple((start, start + dice.uniform(60, longest)) for start in starts)

        machines = dice.randint(3, 6)
        tasks = _tasks(dice, max(12, int(machines * seconds / _TAKE_SECONDS / 1.1)))
        whole = 3 * PRICE_USD * len(tasks)
        hole = dice.uniform(0, 0.6 * seconds)
        return cls(
            seed=seed,
            hours=hours,
            machines=machines,
            tasks=tasks,
            budget_usd=round(whole * dice.choice((1.0, 1.0, 0.2)), 4),
            poison=frozenset(task.name for task in dice.sample(tasks, dice.randint(0, 2))),
            hole=(hole, hole + dice.choice((0.0, 2 * HOUR))),
            full=windows(2, 2 * HOUR),
            kills=tuple(sorted(dice.uniform(0, 0.9 * seconds) for _ in range(dice.randint(0, 4)))),
            sleeps=tuple(sorted(dice.uniform(0, 0.9 * seconds) for _ in range(dice.randint(0, 2)))),
            steps=tuple((dice.uniform(0, seconds), dice.choice((-1, 1)) * dice.uniform(1, HOUR)) for _ in range(3)),
        )

    @property
    def is_ample(self) -> bool:
        """Whether its money lasts, so that it must end as it would have undisturbed."""
        return self.budget_usd > PRICE_USD * len(self.tasks)

    def undisturbed(self) -> "Days":
        """Give the same production on days on which nothing happens."""
        quiet: Days = Days(
            seed=self.seed, hours=self.hours, machines=self.machines, tasks=self.tasks, budget_usd=self.budget_usd,
            poison=frozenset(), hole=(0.0, 0.0), full=(), kills=(), sleeps=(), steps=(),
            is_quiet=True,
        )  # fmt: skip
        return quiet


def _tasks(dice: random.Random, count: int) -> tuple[Task, ...]:
    """Plan rows of up to four tasks, each made from the one before; some ask the director when they fail."""
    planned: list[Task] = []
    while len(planned) < count:
        row, inputs = len(planned), tuple[str, ...]()
        for step in range(dice.randint(1, 4)):
            name = f"sh{row:04d}_{step}"
            planned.append(
                Task(
                    name=name,
                    department=DEPARTMENTS[min(step, 2)].name,
                    make="still",
                    prompt=f"a castle, {name}",
                    inputs=inputs,
                    requirements=_ASKED,
                    gate=Gate(rounds=3, when_spent=dice.choice(("deliver", "deliver", "ask"))),
                    envelope_usd=1.0,
                )
            )
            inputs = (name,)
    return tuple(planned)


@dataclass(slots=True, eq=False)
class World:
    """What goes on outside, by the loop's clock, and what it did."""

    days: Days
    loop: asyncio.AbstractEventLoop
    began: float
    faults: Counter[str] = field(default_factory=Counter)
    blows: Counter[str] = field(default_factory=Counter)
    """By prompt."""
    made: Counter[str] = field(default_factory=Counter)
    """Takes workers really made, by recipe."""
    dice: random.Random = field(default_factory=random.Random)

    def is_within(self, windows: Sequence[tuple[float, float]]) -> bool:
        """Say whether now lies in one of these."""
        return any(start <= self.loop.time() - self.began < end for start, end in windows)

    def now(self) -> str:
        """Give the wall clock, which people set as they like; asked by the journal's own thread."""
        gone = self.loop.time() - self.began
        shift = sum(by for at, by in self.days.steps if at <= gone)
        return (_EPOCH + timedelta(seconds=gone + shift)).isoformat(timespec="milliseconds")

    def seconds(self) -> float:
        """Give a monotonic time."""
        return self.loop.time()


@dataclass(slots=True, eq=False)
class Hand:
    """A worker that works by sleeping, and to which things happen."""

    name: str
    place: Place
    world: World
    pace: Pace
    is_paused: bool = False
    is_gone: bool = False

    async def ready(self) -> None:
        """Load."""
        await asyncio.sleep(60.0)

    async def do(self, jobs: Sequence[Job[Recipe]]) -> Sequence[Reply[Made]]:
        """Make one take, unless something happens."""
        (job,) = jobs
        world, recipe = self.world, job.asked
        if self.place.name == "m0" and world.is_within([world.days.hole]):
            world.faults["black_hole"] += 1
            await asyncio.sleep(0.001)
            return [(job.token, MakerBroke(MAKER, "it raised RuntimeError: CUDA error"))]
        seconds = self.pace.take_seconds(_TAKE_SECONDS, recipe)
        if recipe.prompt.rpartition(" ")[2] in world.days.poison:
            world.faults["poison"] += 1
            await asyncio.sleep(seconds / 2)
            raise WorkerLost(self.name, "its process died")
        return [await self._made(job, seconds)]

    async def _made(self, job: Job[Recipe], seconds: float) -> Reply[Made]:
        world, blow = self.world, self._blow(job.asked.prompt)
        await asyncio.sleep(seconds / 2)
        match blow:
            case "dies":
                raise WorkerLost(self.name, "its process died")
            case "pauses":
                self.is_paused = True
                await asyncio.sleep(1e7)
            case "answers_another":
                return "stale", nothing_made(job.asked, seconds)
            case "late":
                self.is_paused = True
                await asyncio.sleep(4 * _BEAT_SECONDS)
                self.is_paused = False
        await asyncio.sleep(seconds / 2)
        world.made[digest_of(job.asked)] += 1
        return job.token, nothing_made(job.asked, seconds)

    def _blow(self, prompt: str) -> str:
        world = self.world
        if world.days.is_quiet or world.dice.random() > 0.08 or world.blows[prompt] >= _MOST_BLOWS:
            return ""
        world.blows[prompt] += 1
        blow = world.dice.choice(("dies", "pauses", "answers_another", "late"))
        world.faults[blow] += 1
        return blow

    async def pulse(self) -> None:
        """Answer, unless paused."""
        if self.is_gone:
            raise WorkerLost(self.name, "its process is gone")
        if self.is_paused:
            await asyncio.sleep(1e7)

    def dismiss(self) -> None:
        """End."""
        self.is_gone = True


class Workers(Lined[Recipe, Made]):
    """The machines of these days as one real line."""

    def __init__(self, world: World) -> None:
        self._world, self._pace = world, Pace(seed=world.days.seed, passes=0.75)
        places = tuple(Place(name=f"m{number}", kind="m", size=1.0) for number in range(world.days.machines))
        terms = Terms(
            at_most=len(places), needs=1.0, call_seconds=24 * HOUR, start_seconds=HOUR, idle_seconds=1e9,
            beat_seconds=_BEAT_SECONDS, take_seconds=_TAKE_SECONDS, load_seconds=60.0,
        )  # fmt: skip

        def hire(name: str, place: Place) -> Hand:
            return Hand(name=name, place=place, world=world, pace=self._pace)

        self._lines = {MAKER: Line(MAKER, hire, Room(places=places, of="GPUs"), terms)}

    async def start(self, makers: Sequence[str]) -> None:
        """Load nothing."""

    async def make(
        self, maker: str, recipe: Recipe, ingredients: Mapping[str, bytes], *, token: str, urgency: float = 0.0
    ) -> Made:
        """Have the next worker make a take."""
        return await self._line_of(maker).call(recipe, token=token, urgency=urgency, task=digest_of(recipe))

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

    async def close(self) -> None:
        """Send everybody home."""
        for line in self._lines.values():
            line.close()


@dataclass(slots=True, eq=False)
class Watched:
    """The journal: full when the days say so, and its purse is looked into after every write."""

    journal: SqliteJournal
    world: World
    broken: list[str]

    @property
    def history(self) -> History:
        """What the facts add up to."""
        return self.journal.history

    async def record(self, *facts: Fact, seen: Sequence[AsSeen] = ()) -> tuple[Entry, ...]:
        """Record, if there is room."""
        if self.world.is_within(self.world.days.full):
            self.world.faults["journal_full"] += 1
            raise DiskFull("/production", "No space left on device")
        entries = await self.journal.record(*facts, seen=seen)
        bill = self.journal.bill()
        if to_micros(bill.settled_usd) + to_micros(bill.reserved_usd) > to_micros(bill.budget_usd):
            self.broken.append(f"{bill.settled_usd} + {bill.reserved_usd} of {bill.budget_usd} USD is gone")
        return entries

    async def refresh(self) -> tuple[Entry, ...]:
        """Read."""
        return await self.journal.refresh()

    def bill(self) -> Bill:
        """Say where the money stands."""
        return self.journal.bill()


def crew_of(days: Days) -> Crew:
    """Hire the one maker of these days."""
    maker = MakerSpec(
        name=MAKER, kind="simulated", makes=("still",), usd=PRICE_USD, seconds=_TAKE_SECONDS,
        gpus=1.0, replicas_min=0, replicas_max=days.machines,
    )  # fmt: skip
    return Crew(name="days", makers=(maker,), critics=(CriticSpec(name="eye", kind="fake", checks=()),))


@asynccontextmanager
async def at_the_wheel(days: Days, folder: Path, world: World, broken: list[str]) -> AsyncIterator[Stage]:
    """Open the production to drive it; a new one is planned and greenlit first."""
    loop = asyncio.get_running_loop()
    journal = SqliteJournal.open(folder / ".callsheet" / "journal.db", clock=world)
    if isinstance(loop, VirtualLoop):
        loop.wait_for_real(lambda: journal.is_writing)
    workers, supervisor = Workers(world), Supervisor(clock=loop.time)
    store = AssetStore(folder / ".callsheet" / "assets")
    watched = Watched(journal, world, broken)
    try:
        await journal.take_lease(f"driver {len(journal.history.entries)}")
        if journal.history.planned is None:
            await _plan(days, journal, store)
        yield Stage(
            production="days",
            seed=days.seed,
            tasks={task.name: task for task in days.tasks},
            crew=crew_of(days),
            journal=PatientJournal(journal=watched, supervisor=supervisor),
            store=store,
            workers=workers,
            supervisor=supervisor,
        )
    finally:
        supervisor.close()
        await workers.close()
        await journal.close()


async def _plan(days: Days, journal: SqliteJournal, store: AssetStore) -> None:
    crew, forecast = (
        crew_of(days),
        Forecast(
            tasks=len(days.tasks), takes=0.0, usd=0.0, usd_worst=0.0, seconds=0.0, critical_path_seconds=0.0, basis=""
        ),
    )
    written = Plan(
        title=f"days {days.seed}", brief_digest=store.put(to_json(days.seed).encode()),
        crew_digest=store.put(to_json(crew).encode()), seed=days.seed,
        tasks=days.tasks, departments=DEPARTMENTS, budget_usd=days.budget_usd, forecast=forecast,
        aspect="1:1", palette=(), shots=(), deliver=(), preflight=(),
    )  # fmt: skip
    plan = store.put(to_json(written).encode())
    planned = ProductionPlanned(
        title=written.title, brief_digest=written.brief_digest, plan_digest=plan, crew_digest=written.crew_digest,
        seed=days.seed,
        budget_usd=days.budget_usd, tasks=len(days.tasks),
    )  # fmt: skip
    await journal.record(planned, Greenlit(plan_digest=plan, by="bench"))


async def drive(stage: Stage) -> None:
    """Do what a driver does: close what the last one left open, then run all there is; a director answers now and then.

    Ends when nothing is left to do.
    """
    if facts := left_open(stage.journal.history):
        await stage.journal.record(*facts)
    while True:
        floor = Floor(stage, DEPARTMENTS, lambda _: _TAKE_SECONDS, _LISTENS_EVERY_SECONDS)
        await floor.run()
        if not await _answer(stage):
            return


async def _answer(stage: Stage) -> int:
    """Answer every question, sometimes by having the task done again; give how many there were."""
    history = stage.journal.history
    questions = [record.question for record in history.tasks.values() if record.question]
    for asked in questions:
        again = asked.round == 0 and stage.seed % 2 == 0
        decision = Decision(
            task=asked.task, digest=asked.digest, round=asked.round, action="retake" if again else "approve", by="mara"
        )
        with suppress(SetupError):
            await stage.journal.record(DecisionTaken(task=asked.task, decision=decision))
    return len(questions)
