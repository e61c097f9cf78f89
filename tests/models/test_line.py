import asyncio
from dataclasses import dataclass, field

import pytest

from callsheet.core.errors import MakerFailed, WorkerLost
from callsheet.models.line import Line, Reply
from callsheet.models.turns import Turns


@dataclass(eq=False)
class Hand:
    name: str
    is_gone: bool = False
    trouble: Exception | None = None
    load_seconds: float = 0.0
    did: list[str] = field(default_factory=list)

    async def ready(self) -> None:
        await asyncio.sleep(self.load_seconds)
        if self.trouble:
            raise self.trouble

    def dismiss(self) -> None:
        self.is_gone = True


def line(hands: list[Hand], at_most: int = 2, slots: int = 2, **more: float) -> Line[Hand]:
    coming = iter(hands)

    def hire(name: str) -> Hand:
        hand = next(coming)
        hand.name = name
        return hand

    seconds = {"call_seconds": 5.0, "start_seconds": 5.0, **more}
    return Line(name="line", hire=hire, at_most=at_most, slots=Turns(slots), **seconds)


def work(token: str, seconds: float = 0.0, echo: str | None = None, refusal: MakerFailed | None = None):
    async def ask(hand: Hand) -> Reply[str]:
        hand.did.append(token)
        await asyncio.sleep(seconds)
        return echo or token, refusal or hand.name

    return ask


async def test_a_call_is_answered_by_a_worker_hired_for_it() -> None:
    one = line([Hand("")])
    assert await one.call(work("a"), token="a") == "line/1"
    assert one.size == 1


async def test_no_more_workers_than_allowed_are_hired_for_a_crowd() -> None:
    hands = [Hand(str(number)) for number in range(5)]
    crowded = line(hands, at_most=2)
    await asyncio.gather(*[crowded.call(work(str(n), 0.002), token=str(n)) for n in range(40)])
    assert crowded.size == 2
    assert sum(len(hand.did) for hand in hands) == 40


async def test_calls_are_served_in_the_order_they_came() -> None:
    hand = Hand("")
    single = line([hand], at_most=1)
    await asyncio.gather(*[single.call(work(str(n)), token=str(n)) for n in range(20)])
    assert hand.did == [str(n) for n in range(20)]


async def test_the_most_urgent_call_that_waits_is_served_first() -> None:
    hand = Hand("")
    single = line([hand], at_most=1)
    await single.open(1)
    asked = [("running", 0.0), ("late", 1.0), ("urgent", 9.0), ("later", 1.0)]
    await asyncio.gather(*[single.call(work(name), token=name, urgency=urgency) for name, urgency in asked])
    assert hand.did == ["running", "urgent", "late", "later"]


async def test_no_more_calls_run_at_once_than_there_are_slots() -> None:
    running = most = 0

    async def ask(hand: Hand) -> Reply[None]:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.002)
        running -= 1
        return "t", None

    crowded = line([Hand(""), Hand(""), Hand("")], at_most=3, slots=2)
    await crowded.open(3)
    await asyncio.gather(*[crowded.call(ask, token="t") for _ in range(12)])
    assert most == 2


async def test_a_worker_that_hangs_is_replaced_and_its_caller_told() -> None:
    hands = [Hand(""), Hand("")]
    impatient = line(hands, at_most=1, call_seconds=0.02)
    with pytest.raises(WorkerLost, match=r"line/1.*no answer within 0\.02 s"):
        await impatient.call(work("a", 30), token="a")
    assert hands[0].is_gone
    assert await impatient.call(work("b"), token="b") == "line/2"


async def test_an_answer_with_another_calls_token_costs_the_worker_its_place() -> None:
    hands = [Hand(""), Hand("")]
    strict = line(hands, at_most=1)
    with pytest.raises(WorkerLost, match="another call's token"):
        await strict.call(work("a", echo="stale"), token="a")
    assert hands[0].is_gone
    assert await strict.call(work("b"), token="b") == "line/2"


async def test_a_refusal_is_raised_and_the_worker_keeps_its_place() -> None:
    one = line([Hand("")])
    with pytest.raises(MakerFailed, match="no paint"):
        await one.call(work("a", refusal=MakerFailed("line", "no paint")), token="a")
    assert await one.call(work("b"), token="b") == "line/1"


async def test_a_worker_that_cannot_load_tells_everybody_who_waits() -> None:
    broken = line([Hand("", trouble=MakerFailed("line", "no weights")) for _ in range(3)], at_most=1)
    results = await asyncio.gather(*[broken.call(work(str(n)), token=str(n)) for n in range(3)], return_exceptions=True)
    assert [str(one) for one in results] == ["maker 'line' failed: no weights"] * 3


async def test_a_worker_that_loads_too_long_is_given_up() -> None:
    slow = line([Hand("", load_seconds=30)], at_most=1, start_seconds=0.02)
    with pytest.raises(WorkerLost, match="did not load within"):
        await slow.call(work("a"), token="a")


async def test_a_cancelled_caller_does_not_hand_its_busy_worker_to_the_next() -> None:
    hand = Hand("")
    single = line([hand], at_most=1)
    first = asyncio.create_task(single.call(work("a", 0.05), token="a"))
    await asyncio.sleep(0.02)
    first.cancel()
    began = asyncio.get_running_loop().time()
    assert await single.call(work("b"), token="b") == "line/1"
    assert asyncio.get_running_loop().time() - began > 0.02


async def test_a_caller_cancelled_in_the_queue_is_never_served() -> None:
    hand = Hand("")
    single = line([hand], at_most=1)
    first = asyncio.create_task(single.call(work("a", 0.02), token="a"))
    await asyncio.sleep(0.01)
    queued = asyncio.create_task(single.call(work("b"), token="b"))
    await asyncio.sleep(0)
    queued.cancel()
    await first
    assert await single.call(work("c"), token="c") == "line/1"
    assert hand.did == ["a", "c"]


async def test_closing_sends_workers_home_and_tells_who_waits() -> None:
    hand = Hand("")
    single = line([hand], at_most=1)
    busy = asyncio.create_task(single.call(work("a", 30), token="a"))
    await asyncio.sleep(0.01)
    queued = asyncio.create_task(single.call(work("b"), token="b"))
    await asyncio.sleep(0)
    single.close()
    results = await asyncio.gather(busy, queued, return_exceptions=True)
    assert hand.is_gone
    assert [type(one) for one in results] == [WorkerLost, WorkerLost]
    with pytest.raises(WorkerLost, match="sent home"):
        await single.call(work("c"), token="c")
