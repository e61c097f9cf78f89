"""Who notices that a worker is dead, hung or paused, and when its work goes to another; in virtual time."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.core.errors import MakerFailed, WorkerLost
from callsheet.models.lines.hand import Job, Place, Reply
from callsheet.models.lines.line import Line
from callsheet.models.lines.pulse import BEATS, answer_in_time, until_lost
from callsheet.models.lines.room import Room
from callsheet.models.lines.terms import Terms
from callsheet.tools.virtual_time import VirtualLoop, run_virtually

BEAT, TAKE = 10.0, 7.0


@dataclass(eq=False)
class Beating:
    """A hand with a heart; from `stops_at` on it is paused, from `dies_at` on its process is gone."""

    name: str = ""
    stops_at: float = 1e9
    dies_at: float = 1e9
    goes_on_at: float = 1e9
    outlives_dismissal: float = 0.0
    dismissed_at: float | None = None
    did: list[str] = field(default_factory=list)

    async def ready(self) -> None:
        """Nothing to load."""

    async def do(self, jobs: Sequence[Job[float]]) -> Sequence[Reply[str]]:
        await asyncio.sleep(max(job.asked for job in jobs))
        await self.lives()
        self.did += [job.token for job in jobs]
        return [(job.token, self.name) for job in jobs]

    async def pulse(self) -> None:
        await self.lives()
        if self.dismissed_at is not None and now() >= self.dismissed_at + self.outlives_dismissal:
            raise WorkerLost(self.name, "its process is gone")

    async def lives(self) -> None:
        while self.stops_at <= now() < self.goes_on_at and self.dismissed_at is None:  # noqa: ASYNC110 - nobody tells it
            await asyncio.sleep(0.25)
        if now() >= self.dies_at:
            raise WorkerLost(self.name, "its process is gone")

    def dismiss(self) -> None:
        self.dismissed_at = now() if self.dismissed_at is None else self.dismissed_at


def now() -> float:
    return asyncio.get_running_loop().time()


def line(hands: Sequence[Beating], at_most: int = 1, places: Sequence[Place] = (Place(),)) -> Line[float, str]:
    coming = iter(hands)

    def hire(name: str, place: Place) -> Beating:
        hand = next(coming)
        hand.name = name
        return hand

    terms = Terms(
        at_most=at_most, call_seconds=1e5, start_seconds=60.0, load_seconds=0.0, take_seconds=TAKE, beat_seconds=BEAT
    )
    return Line("line", hire, Room(places=tuple(places)), terms)


@pytest.mark.parametrize("stops_at", [0.0, 1.0, 9.0, 10.0, 25.0, 44.4])
def test_a_worker_paused_in_the_middle_of_a_call_is_noticed_within_three_heartbeats(stops_at: float) -> None:
    async def run(_: VirtualLoop) -> float:
        one = line([Beating(stops_at=stops_at), Beating()])
        with pytest.raises(WorkerLost, match=r"line/1.*no sign of life for 30 s"):
            await one.call(60.0, token="a")
        return now()

    noticed, _ = run_virtually(run)
    assert noticed - stops_at <= BEATS * BEAT


def test_a_worker_that_dies_idle_is_replaced_before_anybody_is_sent_to_it() -> None:
    async def run(_: VirtualLoop) -> None:
        hands = [Beating(dies_at=20.0), Beating()]
        one = line(hands)
        await one.call(TAKE, token="a")
        await asyncio.sleep(30.0)
        assert one.size == 0
        assert await one.call(TAKE, token="b") == "line/2"

    run_virtually(run)


def test_a_worker_that_only_takes_long_keeps_its_place() -> None:
    async def run(_: VirtualLoop) -> str:
        return await line([Beating()]).call(3600.0, token="a")

    assert run_virtually(run)[0] == "line/1"


def test_a_pause_shorter_than_three_heartbeats_costs_nobody_anything() -> None:
    async def run(_: VirtualLoop) -> str:
        return await line([Beating(stops_at=5.0, goes_on_at=26.0)]).call(60.0, token="a")

    assert run_virtually(run)[0] == "line/1"


@pytest.mark.parametrize(("outlives", "waits"), [(0.0, 0.0), (4.0, 4.0), (1e6, BEAT)])
def test_lost_work_is_given_back_only_when_its_worker_is_dead_or_its_lease_and_a_margin_are_over(
    outlives: float, waits: float
) -> None:
    async def run(_: VirtualLoop) -> tuple[float, float]:
        hand = Beating(stops_at=0.0, outlives_dismissal=outlives)
        one = line([hand, Beating()])
        with pytest.raises(WorkerLost):
            await one.call(TAKE, token="a")
        assert hand.dismissed_at is not None
        return hand.dismissed_at, now()

    (dismissed, told), _ = run_virtually(run)
    assert waits - 1e-6 <= told - dismissed <= waits + 1.0


def test_what_a_paused_worker_answers_once_it_goes_on_reaches_nobody() -> None:
    async def run(_: VirtualLoop) -> None:
        slow = Beating(stops_at=1.0, goes_on_at=500.0)
        one = line([slow, Beating()])
        with pytest.raises(WorkerLost):
            await one.call(TAKE, token="a")
        assert await one.call(TAKE, token="b") == "line/2"
        await asyncio.sleep(600.0)
        assert slow.did == []

    run_virtually(run)


@pytest.mark.parametrize("at", [0.1, 9.9, 15.0, 20.0, 29.0])
@pytest.mark.parametrize("seconds", [14.0, 25.0, 33.0, 40.0, 3600.0])
def test_time_in_which_this_process_stood_still_is_held_against_no_worker(at: float, seconds: float) -> None:
    async def run(loop: VirtualLoop) -> str:
        one = line([Beating()])
        answer = asyncio.create_task(one.call(100.0, token="a"))
        await asyncio.sleep(at)
        loop.leap(seconds)  # as after SIGSTOP and SIGCONT, or a laptop's sleep
        return await answer

    assert run_virtually(run)[0] == "line/1"


def test_a_deadline_is_longer_by_the_time_in_which_this_process_stood_still() -> None:
    async def run(loop: VirtualLoop) -> str:
        async def work() -> str:
            for _ in range(15):  # it stood still with us
                await asyncio.sleep(1.0)
            return "done"

        answer = asyncio.create_task(answer_in_time(asyncio.ensure_future(work()), loop.create_future(), 20.0))
        await asyncio.sleep(10.0)
        loop.leap(3600.0)
        return await answer

    assert run_virtually(run)[0] == "done"


def test_a_hand_that_is_gone_is_noticed_by_its_next_pulse() -> None:
    async def run(_: VirtualLoop) -> float:
        lost = await until_lost(Beating(name="x", dies_at=3.0), BEAT)
        assert isinstance(lost, WorkerLost)
        return now()

    assert run_virtually(run)[0] <= BEAT


def test_work_that_hangs_three_workers_is_refused_and_the_line_goes_on() -> None:
    async def run(_: VirtualLoop) -> None:
        hands = [Beating(stops_at=float(number)) for number in (0, 31, 62)]
        one = line([*hands, Beating()])
        for token in ("a", "b"):
            with pytest.raises(WorkerLost):
                await one.call(TAKE, token=token, task="poison")
        with pytest.raises(MakerFailed, match="took down 3 workers"):
            await one.call(TAKE, token="c", task="poison")
        with pytest.raises(MakerFailed, match="took down 3 workers"):
            await one.call(TAKE, token="d", task="poison")
        assert await one.call(TAKE, token="e", task="sound") == "line/4"

    run_virtually(run)


@dataclass
class Silent:
    """A heart that never beats; says how often it was asked."""

    name: str = "line/1"
    asked: int = 0

    async def pulse(self) -> None:
        self.asked += 1
        assert self.asked < 100, f"asked for ever at {now()}"
        await asyncio.sleep(1e7)


@settings(max_examples=200, deadline=None)
@given(began=st.floats(0, 2e5), beat_seconds=st.floats(0.1, 60))
def test_silence_ends_after_three_beats_at_whatever_odd_time_it_began(began: float, beat_seconds: float) -> None:
    async def run(loop: VirtualLoop) -> float:
        await asyncio.sleep(began)
        asked = now()
        await until_lost(Silent(), beat_seconds)
        return now() - asked

    assert run_virtually(run)[0] == pytest.approx(BEATS * beat_seconds, rel=0.01)
