"""A line whose service turns calls away."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

import pytest

from callsheet.core.errors import ServiceAway, ServiceBusy
from callsheet.models.lines.hand import Job, Place, Reply
from callsheet.models.lines.line import Line
from callsheet.models.lines.restraint import Restraint
from callsheet.models.lines.room import Room
from callsheet.models.lines.terms import Terms
from callsheet.tools.virtual_time import run_virtually


@dataclass(eq=False)
class Service:
    """Takes so many calls at once and turns the others away."""

    at_once: int
    retry_after: float = 20.0
    asked: list[tuple[str, float]] = field(default_factory=list)
    refused: int = 0
    busy: int = 0
    back_at: float = 0.0
    """When it can be reached again."""


@dataclass(eq=False)
class Caller:
    name: str
    service: Service

    async def ready(self) -> None:
        pass

    async def do(self, jobs: Sequence[Job[str]]) -> Sequence[Reply[str]]:
        (job,) = jobs
        service = self.service
        service.asked.append((job.token, asyncio.get_running_loop().time()))
        if asyncio.get_running_loop().time() < service.back_at:
            return [(job.token, ServiceAway("line", "connection refused", 10.0))]
        if service.busy >= service.at_once:
            await asyncio.sleep(0.1)
            service.refused += 1
            return [(job.token, ServiceBusy("line", "429", service.retry_after))]
        service.busy += 1
        await asyncio.sleep(10.0)
        service.busy -= 1
        return [(job.token, job.asked)]

    def dismiss(self) -> None:
        pass


def line(service: Service, patience: float = 1e6) -> Line[str, str]:
    def hire(name: str, place: Place) -> Caller:
        return Caller(name, service)

    seconds = {"call_seconds": 1e6, "start_seconds": 1e6, "load_seconds": 0.01, "idle_seconds": 1e6}
    return Line("line", hire, Room(), Terms(at_most=16, take_seconds=10.0, patience_seconds=patience, **seconds))


async def ask_all(service: Service, calls: int) -> list[str]:
    crowded = line(service)
    answers = await asyncio.gather(*[crowded.call(str(n), token=str(n)) for n in range(calls)])
    crowded.close()
    return list(answers)


def test_calls_that_are_turned_away_come_back_and_nobody_storms_the_service() -> None:
    service = Service(at_once=3)
    answers, seconds = run_virtually(lambda loop: ask_all(service, 60))
    assert answers == [str(n) for n in range(60)]
    assert service.refused <= 24  # 13 of the first 16, then one here and there as the line feels for the limit
    assert seconds < 1.6 * 60 * 10 / 3


def test_nothing_is_asked_before_the_service_said() -> None:
    service = Service(at_once=1)
    run_virtually(lambda loop: ask_all(service, 5))
    refused_at = service.asked[0][1] + 0.1
    assert not [at for _, at in service.asked if refused_at < at < refused_at + service.retry_after - 0.1]


def test_a_call_that_waited_for_too_long_is_told_so() -> None:
    async def ask() -> None:
        impatient = line(Service(at_once=0), patience=50.0)
        with pytest.raises(ServiceBusy, match="turned away: 429"):
            await impatient.call("a", token="a")
        impatient.close()

    _, seconds = run_virtually(lambda loop: ask())
    assert 35 < seconds < 50


def test_a_service_that_cannot_be_reached_for_hours_is_waited_for_and_no_call_is_given_up() -> None:
    service = Service(at_once=16, back_at=6 * 3600.0)

    async def ask() -> list[str]:
        lonely = line(service, patience=600.0)
        crowd = [asyncio.create_task(lonely.call(str(n), token=str(n))) for n in range(40)]
        await asyncio.sleep(3600.0)
        assert lonely.away == "connection refused"
        answers = await asyncio.gather(*crowd)
        assert lonely.away == ""
        lonely.close()
        return answers

    answers, seconds = run_virtually(lambda loop: ask())
    assert answers == [str(n) for n in range(40)]
    assert seconds < 6 * 3600 + 600
    assert len(service.asked) < 6 * 360 + 120  # about one probe every ten seconds


def test_an_unreachable_service_is_waited_for_as_long_as_is_said_and_no_longer() -> None:
    async def ask() -> None:
        lonely = line(Service(at_once=1, back_at=1e9))
        with pytest.raises(ServiceAway, match="cannot be reached: connection refused"):
            await lonely.call("a", token="a")
        lonely.close()

    _, seconds = run_virtually(lambda loop: ask())
    assert 86_000 < seconds <= 86_400


def waits(jitter: float, *, seed: int = 0, asked: float = 10.0, refusals: int = 8) -> list[float]:
    """Say how long a lone call waits after each of so many refusals in a row."""
    held, now, found = Restraint(jitter=jitter, chance=Random(seed)), 0.0, list[float]()
    for _ in range(refusals):
        until = held.turned_away(asked, running=1, now=now)
        found.append(until - now)
        now = until
    return found


def test_a_lone_call_that_is_turned_away_again_and_again_waits_twice_as_long_each_time_up_to_a_minute() -> None:
    assert waits(0.0) == [10.0, 10.0, 10.0, 20.0, 40.0, 60.0, 60.0, 60.0]


def test_an_answer_lets_the_next_refusal_wait_as_at_first() -> None:
    held, now = Restraint(jitter=0.0), 0.0
    for _ in range(6):
        now = held.turned_away(10.0, running=1, now=now)
    held.went_well()
    assert held.turned_away(10.0, running=1, now=now) - now == 10.0


def test_no_wait_is_shorter_than_the_service_asks_for_however_long_that_is() -> None:
    for seed in range(20):
        assert all(one >= 200.0 for one in waits(0.1, seed=seed, asked=200.0))
        assert all(10.0 <= one <= 66.0 for one in waits(0.1, seed=seed))


def test_two_productions_that_were_turned_away_at_once_do_not_come_back_at_once() -> None:
    first, second = waits(0.1, seed=1), waits(0.1, seed=2)
    assert not set(first) & set(second)
