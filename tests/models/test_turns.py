"""Who goes first."""

import asyncio

from callsheet.models.turns import Turns


async def served(turns: Turns, order: list[str], name: str, urgency: float) -> None:
    async with turns.taken(urgency):
        order.append(name)


async def test_the_most_urgent_goes_first_and_equals_in_the_order_they_came() -> None:
    turns, order = Turns(1), list[str]()
    await turns.acquire()
    async with asyncio.TaskGroup() as group:
        for name, urgency in (("a", 1.0), ("b", 5.0), ("c", 1.0), ("d", 9.0)):
            group.create_task(served(turns, order, name, urgency))
        await asyncio.sleep(0)
        turns.release()
    assert order == ["d", "b", "a", "c"]


async def test_whoever_gives_up_waiting_takes_no_place_along() -> None:
    turns, order = Turns(1), list[str]()
    await turns.acquire()
    gone = asyncio.create_task(served(turns, order, "gone", 9.0))
    stays = asyncio.create_task(served(turns, order, "stays", 1.0))
    await asyncio.sleep(0)
    gone.cancel()
    turns.release()
    await stays
    await asyncio.wait_for(turns.acquire(), 1)
    assert order == ["stays"]


async def test_a_place_given_to_one_who_is_cancelled_in_the_same_breath_goes_on() -> None:
    turns = Turns(1)
    await turns.acquire()
    gone = asyncio.create_task(turns.acquire(9.0))
    await asyncio.sleep(0)
    turns.release()
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    await asyncio.wait_for(turns.acquire(), 1)


async def test_no_more_are_in_than_there_are_places() -> None:
    turns, inside, most = Turns(3), 0, 0

    async def work() -> None:
        nonlocal inside, most
        async with turns.taken():
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    async with asyncio.TaskGroup() as group:
        for _ in range(20):
            group.create_task(work())
    assert most == 3
