import asyncio
from collections.abc import Sequence

import pytest

from callsheet.core.errors import MakerFailed, WorkerLost
from callsheet.models.lines.hand import Place
from callsheet.models.lines.line import Line
from callsheet.models.lines.room import Room
from callsheet.models.lines.scripted import ScriptedHand, Work
from callsheet.models.lines.terms import Terms


def line(hands: Sequence[ScriptedHand], at_most: int = 2, slots: int = 2, **more: float) -> Line[Work, str]:
    coming = iter(hands)

    def hire(name: str, place: Place) -> ScriptedHand:
        hand = next(coming)
        hand.name = name
        return hand

    seconds = {"call_seconds": 5.0, "start_seconds": 5.0, "load_seconds": 0.0, "take_seconds": 0.001, **more}
    return Line("line", hire, Room(slots=slots), Terms(at_most=at_most, **seconds))


async def test_a_call_is_answered_by_a_worker_hired_for_it() -> None:
    one = line([ScriptedHand()])
    assert await one.call(Work(), token="a") == "line/1"
    assert one.size == 1


async def test_how_long_loading_took_is_known_once_somebody_has_loaded() -> None:
    one = line([ScriptedHand()])
    assert one.load_seconds is None
    await one.call(Work(), token="a")
    assert one.load_seconds is not None
    assert 0 <= one.load_seconds < 5.0


async def test_no_more_workers_than_allowed_are_hired_for_a_crowd() -> None:
    hands = [ScriptedHand() for number in range(5)]
    crowded = line(hands, at_most=2)
    await asyncio.gather(*[crowded.call(Work(0.002), token=str(n)) for n in range(40)])
    assert crowded.size == 2
    assert sum(len(hand.did) for hand in hands) == 40


async def test_calls_are_served_in_the_order_they_came() -> None:
    hand = ScriptedHand()
    single = line([hand], at_most=1)
    await asyncio.gather(*[single.call(Work(), token=str(n)) for n in range(20)])
    assert hand.did == [str(n) for n in range(20)]


async def test_the_most_urgent_call_that_waits_is_served_first() -> None:
    hand = ScriptedHand()
    single = line([hand], at_most=1)
    await single.open(1)
    asked = [("running", 0.0), ("late", 1.0), ("urgent", 9.0), ("later", 1.0)]
    await asyncio.gather(*[single.call(Work(), token=name, urgency=urgency) for name, urgency in asked])
    assert hand.did == ["running", "urgent", "late", "later"]


async def test_no_more_calls_run_at_once_than_there_are_slots() -> None:
    hands = [ScriptedHand(), ScriptedHand(), ScriptedHand()]
    crowded = line(hands, at_most=3, slots=2)
    await crowded.open(3)
    began = asyncio.get_running_loop().time()
    await asyncio.gather(*[crowded.call(Work(0.02), token=str(n)) for n in range(6)])
    assert asyncio.get_running_loop().time() - began > 0.055


async def test_a_worker_that_hangs_is_replaced_and_its_caller_told() -> None:
    hands = [ScriptedHand(), ScriptedHand()]
    impatient = line(hands, at_most=1, call_seconds=0.02)
    with pytest.raises(WorkerLost, match=r"line/1.*no answer within 0\.02 s"):
        await impatient.call(Work(30), token="a")
    assert hands[0].is_gone
    assert await impatient.call(Work(), token="b") == "line/2"


async def test_an_answer_with_another_calls_token_costs_the_worker_its_place() -> None:
    hands = [ScriptedHand(), ScriptedHand()]
    strict = line(hands, at_most=1)
    with pytest.raises(WorkerLost, match="another call's token"):
        await strict.call(Work(echo="stale"), token="a")
    assert hands[0].is_gone
    assert await strict.call(Work(), token="b") == "line/2"


async def test_a_refusal_is_raised_and_the_worker_keeps_its_place() -> None:
    one = line([ScriptedHand()])
    with pytest.raises(MakerFailed, match="no paint"):
        await one.call(Work(refusal=MakerFailed("line", "no paint")), token="a")
    assert await one.call(Work(), token="b") == "line/1"


async def test_a_worker_that_cannot_load_tells_everybody_who_waits() -> None:
    broken = line([ScriptedHand(trouble=MakerFailed("line", "no weights")) for _ in range(3)], at_most=1)
    results = await asyncio.gather(*[broken.call(Work(), token=str(n)) for n in range(3)], return_exceptions=True)
    assert [str(one) for one in results] == ["maker 'line' failed: no weights"] * 3


async def test_first_workers_are_spread_over_the_machines() -> None:
    places = [Place(name=f"m{number}", size=1.0) for number in range(3)]
    taken = list[Place]()

    def hire(name: str, place: Place) -> ScriptedHand:
        taken.append(place)
        return ScriptedHand(name=name)

    terms = Terms(at_most=3, needs=1.0, call_seconds=5.0, start_seconds=5.0)
    await Line("line", hire, Room(places=tuple(places)), terms).open(3)
    assert sorted(place.name for place in taken) == ["m0", "m1", "m2"]


async def test_a_first_worker_that_dies_while_it_loads_is_replaced_and_the_third_in_a_row_ends_it() -> None:
    dies = [ScriptedHand(trouble=WorkerLost("line", "killed")) for _ in range(3)]
    unlucky = line([*dies[:2], ScriptedHand()], at_most=1)
    await unlucky.open(1)
    assert await unlucky.call(Work(), token="a") == "line/3"
    with pytest.raises(ExceptionGroup) as doomed:
        await line(dies, at_most=1).open(1)
    assert "killed" in str(doomed.value.exceptions[0])


async def test_a_worker_that_loads_too_long_is_given_up() -> None:
    slow = line([ScriptedHand(load_seconds=30)], at_most=1, start_seconds=0.02)
    with pytest.raises(WorkerLost, match="did not load within"):
        await slow.call(Work(), token="a")


async def test_a_cancelled_caller_does_not_hand_its_busy_worker_to_the_next() -> None:
    hand = ScriptedHand()
    single = line([hand], at_most=1)
    first = asyncio.create_task(single.call(Work(0.05), token="a"))
    await asyncio.sleep(0.02)
    first.cancel()
    began = asyncio.get_running_loop().time()
    assert await single.call(Work(), token="b") == "line/1"
    assert asyncio.get_running_loop().time() - began > 0.02


async def test_a_caller_cancelled_in_the_queue_is_never_served() -> None:
    hand = ScriptedHand()
    single = line([hand], at_most=1)
    first = asyncio.create_task(single.call(Work(0.02), token="a"))
    await asyncio.sleep(0.01)
    queued = asyncio.create_task(single.call(Work(), token="b"))
    await asyncio.sleep(0)
    queued.cancel()
    await first
    assert await single.call(Work(), token="c") == "line/1"
    assert hand.did == ["a", "c"]


async def test_closing_sends_workers_home_and_tells_who_waits() -> None:
    hand = ScriptedHand()
    single = line([hand], at_most=1)
    busy = asyncio.create_task(single.call(Work(30), token="a"))
    await asyncio.sleep(0.01)
    queued = asyncio.create_task(single.call(Work(), token="b"))
    await asyncio.sleep(0)
    single.close()
    results = await asyncio.gather(busy, queued, return_exceptions=True)
    assert hand.is_gone
    assert [type(one) for one in results] == [WorkerLost, WorkerLost]
    with pytest.raises(WorkerLost, match="sent home"):
        await single.call(Work(), token="c")
