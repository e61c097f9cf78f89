"""Time that leaps."""

import asyncio
import time
from threading import Thread

import pytest

from callsheet.tools.virtual_time import VirtualLoop, run_virtually


def test_a_day_of_sleep_takes_no_time() -> None:
    async def sleep(_: VirtualLoop) -> None:
        await asyncio.sleep(86_400)

    began = time.monotonic()
    _, seconds = run_virtually(sleep)
    assert seconds == pytest.approx(86_400)
    assert time.monotonic() - began < 5


def test_sleepers_wake_in_the_order_of_their_alarms() -> None:
    async def race(loop: VirtualLoop) -> list[tuple[int, float]]:
        woken: list[tuple[int, float]] = []

        async def sleeper(number: int, seconds: float) -> None:
            await asyncio.sleep(seconds)
            woken.append((number, loop.time()))

        await asyncio.gather(*(sleeper(number, 10.0 - number) for number in range(5)))
        return woken

    woken, seconds = run_virtually(race)
    assert [number for number, _ in woken] == [4, 3, 2, 1, 0]
    assert seconds == pytest.approx(10.0)


def test_work_on_a_thread_takes_no_virtual_time_and_is_waited_for() -> None:
    async def work(loop: VirtualLoop) -> float:
        async with asyncio.timeout(1):
            await asyncio.to_thread(time.sleep, 0.05)
        return loop.time()

    assert run_virtually(work)[0] == pytest.approx(0.0)


def test_no_time_passes_between_the_end_of_a_threads_work_and_its_answer() -> None:
    async def work(loop: VirtualLoop) -> float:
        alarm = asyncio.ensure_future(asyncio.sleep(1000))
        for _ in range(2000):
            await asyncio.to_thread(int)
        now = loop.time()
        alarm.cancel()
        return now

    assert run_virtually(work)[0] == pytest.approx(0.0)


def test_a_deadline_passes_like_any_other_time() -> None:
    async def hang(_: VirtualLoop) -> None:
        async with asyncio.timeout(3600):
            await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        run_virtually(hang)


def test_the_clock_stands_while_something_else_is_at_work() -> None:
    async def both(loop: VirtualLoop) -> float:
        answer: asyncio.Future[None] = loop.create_future()
        at_work = True

        def finish() -> None:
            nonlocal at_work
            time.sleep(0.05)
            at_work = False
            loop.call_soon_threadsafe(answer.set_result, None)

        loop.wait_for_real(lambda: at_work)
        alarm = asyncio.ensure_future(asyncio.sleep(10))
        Thread(target=finish).start()
        await answer
        now = loop.time()
        await alarm
        return now

    at, seconds = run_virtually(both)
    assert at == pytest.approx(0.0)
    assert seconds == pytest.approx(10.0)
