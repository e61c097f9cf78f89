"""A machine on which everything fails at once, and takes more calls the faster it fails them; in virtual time."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from callsheet.core.errors import CallsheetError, MakerBroke, MakerFailed
from callsheet.models.lines.blame import Blame
from callsheet.models.lines.hand import Job, Place, Reply
from callsheet.models.lines.line import Line
from callsheet.models.lines.room import Room
from callsheet.models.lines.terms import Terms
from callsheet.tools.virtual_time import run_virtually

TAKE, FAIL_SECONDS = 10.0, 0.001
CUDA = MakerBroke("line", "it raised RuntimeError: CUDA error: unspecified launch failure")
FLAKY = MakerFailed("line", "told to fail", True)


@dataclass(eq=False)
class Machine:
    """A worker there; sound unless it has trouble with everything, or a task with it."""

    name: str
    trouble: CallsheetError | None
    did: list[str] = field(default_factory=list)
    is_gone: bool = False

    async def ready(self) -> None:
        """Nothing to load."""

    async def do(self, jobs: Sequence[Job[str]]) -> Sequence[Reply[str]]:
        (job,) = jobs
        self.did.append(job.asked)
        if self.trouble or job.asked.startswith("unsound"):
            await asyncio.sleep(FAIL_SECONDS)
            return [(job.token, self.trouble or CUDA)]
        await asyncio.sleep(TAKE)
        return [(job.token, self.name)]

    async def pulse(self) -> None:
        """Always."""

    def dismiss(self) -> None:
        self.is_gone = True


class Farm:
    """Machines with a worker each, one of them a black hole."""

    def __init__(self, machines: int, trouble: CallsheetError | None) -> None:
        self.hands: dict[str, list[Machine]] = {}
        self.hole = "m0" if trouble else ""

        def hire(name: str, place: Place) -> Machine:
            hand = Machine(name, trouble if place.name == self.hole else None)
            self.hands.setdefault(place.name, []).append(hand)
            return hand

        places = tuple(Place(name=f"m{number}", size=1.0) for number in range(machines))
        terms = Terms(
            at_most=machines, needs=1.0, call_seconds=1e6, start_seconds=1e6, take_seconds=TAKE, load_seconds=1.0
        )
        self.line = Line("line", hire, Room(places=places, of="GPUs"), terms)

    async def make(self, task: str) -> str:
        """Ask as the task graph does: three times where that may help."""
        for _ in range(2):
            try:
                return await self.line.call(task, token=task, task=task)
            except MakerFailed as error:
                if not error.retryable:
                    raise
        return await self.line.call(task, token=task, task=task)

    async def make_all(self, tasks: Sequence[str]) -> list[str | BaseException]:
        await self.line.open(len(self.line._room.places))
        found = await asyncio.gather(*[self.make(task) for task in tasks], return_exceptions=True)
        self.line.close()
        return found


@pytest.mark.parametrize("trouble", [CUDA, FLAKY])
@pytest.mark.parametrize("machines", [2, 3, 8])
def test_a_machine_that_fails_everything_in_a_millisecond_is_set_aside_after_three_and_no_task_is_lost(
    machines: int, trouble: CallsheetError
) -> None:
    async def run() -> Farm:
        farm = Farm(machines, trouble)
        answers = await farm.make_all([f"task {number}" for number in range(60)])
        assert [one for one in answers if isinstance(one, BaseException)] == []
        return farm

    farm, _ = run_virtually(lambda loop: run())
    spoilt = {task for hand in farm.hands["m0"] for task in hand.did}
    assert len(spoilt) <= 3
    assert all(hand.is_gone for hand in farm.hands["m0"])


def test_work_that_breaks_every_worker_is_its_own_fault_and_costs_no_machine_its_place() -> None:
    async def run() -> None:
        farm = Farm(3, None)
        tasks = [f"unsound {number}" for number in range(12)] + [f"task {number}" for number in range(12)]
        answers = await farm.make_all(tasks)
        assert [type(one) for one in answers] == [MakerBroke] * 12 + [str] * 12
        made = {
            place for place, hands in farm.hands.items() for hand in hands if any("task" in did for did in hand.did)
        }
        assert made == {"m0", "m1", "m2"}

    run_virtually(lambda loop: run())


def test_a_task_that_lost_a_worker_by_chance_is_not_given_up_for_meeting_the_hole_after_it() -> None:
    blame = Blame("line")
    blame.lost("task", "line/4", "m3")
    blame.spoilt("task", "line/1", "m0")
    assert not blame.is_its_own_fault("task")
    blame.spoilt("task", "line/2", "m1")
    assert blame.is_its_own_fault("task")


def test_a_lone_worker_is_not_asked_twice_for_what_it_broke_on() -> None:
    async def run() -> None:
        farm = Farm(1, None)
        (answer,) = await farm.make_all(["unsound"])
        assert isinstance(answer, MakerBroke)
        assert farm.hands["m0"][0].did == ["unsound"]

    run_virtually(lambda loop: run())
