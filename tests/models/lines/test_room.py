"""Lines that share machines, in virtual time."""

import asyncio
import random
from collections.abc import Coroutine, Sequence

import pytest

from callsheet.core.errors import CallsheetError, CrewError, MakerFailed, OutOfMemory, WorkerLost
from callsheet.models.lines.hand import Place
from callsheet.models.lines.line import Line
from callsheet.models.lines.placement import URGENT
from callsheet.models.lines.room import Room
from callsheet.models.lines.scripted import ScriptedHand, Work
from callsheet.models.lines.terms import Terms
from callsheet.tools.virtual_time import VirtualLoop, run_virtually

TAKE, LOAD = 10.0, 20.0


class Studio:
    """Some machines, and a line for each of some models."""

    def __init__(self, places: Sequence[Place], lines: str = "ab", *, slots: float = 1e9, **settings: float) -> None:
        self.room = Room(places=tuple(places), slots=slots, of="GPUs")
        self.hands: list[ScriptedHand] = []
        self.places: dict[str, str] = {}
        self.speeds: dict[str, float] = {}
        self.trouble: dict[str, Exception] = {}
        self.memory: int | None = None
        self.lines = {name: self._line(name, settings) for name in lines}

    def _line(self, line: str, settings: dict[str, float]) -> Line[Work, str]:
        def hire(name: str, place: Place) -> ScriptedHand:
            speed, trouble = self.speeds.get(place.name, 1.0), self.trouble.get(place.name)
            hand = ScriptedHand(name=name, speed=speed, load_seconds=LOAD, trouble=trouble, memory=self.memory)
            self.hands.append(hand)
            self.places[name] = place.name
            return hand

        figures = {
            "call_seconds": 1e5, "start_seconds": 1e5, "at_most": 8, "needs": 1.0, "take_seconds": TAKE,
            "load_seconds": LOAD,
        }  # fmt: skip
        return Line(line, hire, self.room, Terms(**(figures | settings)))

    async def ask(self, line: str, seconds: float = TAKE, *, token: str = "t", **more: object) -> str:
        work = {name: more.pop(name) for name in ("breaks", "refusal") if name in more}
        return await self.lines[line].call(Work(seconds, **work), token=token, **more)

    @property
    def sizes(self) -> dict[str, int]:
        return {name: line.size for name, line in self.lines.items()}


def machines(count: int, size: float = 1.0) -> list[Place]:
    return [Place(name=f"m{number}", size=size) for number in range(count)]


async def gathered(*asked: Coroutine[object, object, str]) -> list[str | BaseException]:
    return await asyncio.gather(*asked, return_exceptions=True)


def test_a_line_without_workers_gets_one_only_when_its_machine_has_nothing_better_to_do() -> None:
    order = list[str]()

    async def run(_: VirtualLoop) -> None:
        studio = Studio(machines(1))

        async def noted(line: str) -> None:
            await studio.ask(line)
            order.append(line)

        await asyncio.gather(*[noted(line) for line in "aabbaa"])
        assert studio.sizes == {"a": 0, "b": 1}
        assert len(studio.hands) == 2

    assert run_virtually(run)[1] == pytest.approx(6 * TAKE + 2 * LOAD)
    assert order == ["a", "a", "a", "a", "b", "b"]


def test_a_loaded_model_waits_for_its_own_worker_rather_than_load_again() -> None:
    async def run(_: VirtualLoop) -> None:
        studio = Studio(machines(2))
        await studio.ask("a")
        await studio.ask("b")
        await gathered(studio.ask("a"), studio.ask("a"))
        assert studio.sizes == {"a": 1, "b": 1}

    assert run_virtually(run)[1] == pytest.approx(2 * LOAD + 4 * TAKE)


def test_idle_machines_are_swapped_to_where_the_work_is() -> None:
    async def run(_: VirtualLoop) -> None:
        studio = Studio(machines(4))
        await gathered(*[studio.ask("a", TAKE) for _ in range(40)])
        assert studio.sizes == {"a": 4, "b": 0}
        await gathered(*[studio.ask("b", TAKE) for _ in range(40)])
        assert studio.sizes["b"] == 4

    run_virtually(run)


def test_an_urgent_call_waits_at_most_for_one_take_though_every_worker_is_busy() -> None:
    async def run(loop: VirtualLoop) -> None:
        studio = Studio(machines(1), batch=3)
        crowd = asyncio.gather(*[studio.ask("a", alike="same", urgency=100.0) for _ in range(30)])
        await asyncio.sleep(LOAD + 3.3 * TAKE)
        began = loop.time()
        await studio.ask("a", urgency=URGENT, alike="same")
        assert loop.time() - began <= 2 * TAKE
        assert studio.hands[0].batches[-1] == 1
        began = loop.time()
        await studio.ask("b", urgency=URGENT)
        assert loop.time() - began <= 2 * TAKE + LOAD
        await crowd

    run_virtually(run)


@pytest.mark.parametrize("seed", range(12))
def test_an_urgent_call_for_a_loaded_model_waits_for_at_most_one_take_of_its_workers(seed: int) -> None:
    dice = random.Random(seed)

    async def run(loop: VirtualLoop) -> None:
        studio = Studio(machines(dice.randint(1, 5)), "abc", batch=dice.choice([1, 3]))
        crowd = [
            asyncio.create_task(studio.ask(dice.choice("abc"), alike="s", urgency=dice.uniform(0, 900)))
            for _ in range(400)
        ]
        for _ in range(20):
            await asyncio.sleep(dice.uniform(0, 2 * TAKE))
            loaded = [line for line in studio.lines if studio.sizes[line]]
            began, line = loop.time(), dice.choice(loaded or ["a"])
            await studio.ask(line, urgency=URGENT)
            assert loop.time() - began <= (2 * TAKE if loaded else 2 * (LOAD + TAKE)) + 0.1
        for one in crowd:
            one.cancel()

    run_virtually(run)


def test_an_urgent_call_goes_before_less_urgent_ones_of_other_lines_that_wait_for_the_same_cores() -> None:
    done = list[str]()

    async def run(_: VirtualLoop) -> None:
        studio = Studio([Place()], slots=2, needs=0.0, at_most=2)
        await asyncio.gather(*[studio.lines[line].open(2) for line in "ab"])

        async def noted(line: str, name: str, urgency: float) -> None:
            await studio.ask(line, urgency=urgency)
            done.append(name)

        crowd = [asyncio.create_task(noted(line, f"{line}{number}", 1.0)) for number in range(4) for line in "ab"]
        await asyncio.sleep(0.3 * TAKE)
        await noted("b", "urgent", URGENT)
        await asyncio.gather(*crowd)

    run_virtually(run)
    assert done.index("urgent") <= 2


def test_alike_calls_go_in_one_go_up_to_the_batch_and_no_call_waits_long_for_company() -> None:
    async def run(loop: VirtualLoop) -> None:
        studio = Studio(machines(1), "a", batch=4)
        await gathered(*[studio.ask("a", alike=size) for size in ("s", "s", "l", "s", "s", "s")])
        assert sorted(studio.hands[0].batches) == [1, 1, 4]
        began = loop.time()
        await studio.ask("a", alike="s")
        assert loop.time() - began < TAKE + 0.01
        await gathered(studio.ask("a"), studio.ask("a"))
        assert studio.hands[0].batches[-2:] == [1, 1]

    run_virtually(run)


def test_out_of_memory_means_a_smaller_batch_then_another_worker_then_a_person() -> None:
    async def run(_: VirtualLoop) -> None:
        studio = Studio(machines(2), "a", batch=8, load_seconds=1e-3)
        studio.memory = 2
        answers = await gathered(*[studio.ask("a", alike="s", token=str(number)) for number in range(8)])
        assert all(isinstance(one, str) for one in answers)
        assert studio.hands[0].batches[0] == 8
        assert max(size for hand in studio.hands for size in hand.batches[2:]) <= 4
        studio = Studio(machines(2), "a", batch=2, load_seconds=1e-3)
        studio.memory = 0
        (answer,) = await gathered(studio.ask("a"))
        assert isinstance(answer, OutOfMemory)
        assert not answer.retryable
        assert "smaller picture" in str(answer)

    run_virtually(run)


def test_a_task_that_takes_three_workers_along_is_refused() -> None:
    async def run(_: VirtualLoop) -> None:
        studio = Studio(machines(4), "a")
        answers = [(await gathered(studio.ask("a", breaks=True, task="bad")))[0] for _ in range(4)]
        assert [type(one) for one in answers] == [WorkerLost, WorkerLost, MakerFailed, MakerFailed]
        assert "took down 3 workers (a/1, a/2, a/3)" in str(answers[3])
        assert len(studio.hands) == 3
        assert await studio.ask("a", task="good") == "a/4"

    run_virtually(run)


def test_a_machine_that_spoils_three_tasks_in_a_row_is_not_used_again() -> None:
    async def run(_: VirtualLoop) -> None:
        studio = Studio(machines(1), "a")
        for task in "xyz":
            await gathered(studio.ask("a", breaks=True, task=task))
        with pytest.raises(WorkerLost, match="three tasks in a row went wrong"):
            await studio.ask("a", task="w")
        studio.room.furnish(machines(2))
        assert studio.places[await studio.ask("a", task="w")] == "m1"

    run_virtually(run)


def test_a_machine_where_three_starts_fail_is_not_used_again() -> None:
    async def run(_: VirtualLoop) -> None:
        studio = Studio(machines(2), "a")
        studio.trouble["m0"] = WorkerLost("m0", "no driver")
        await gathered(*[studio.ask("a") for _ in range(300)])
        assert [studio.places[hand.name] for hand in studio.hands].count("m0") == 3

    run_virtually(run)


def test_a_worker_that_refuses_three_tasks_in_a_row_as_by_its_fault_is_sent_home() -> None:
    async def run(_: VirtualLoop) -> None:
        studio = Studio([Place()], "a", at_most=1)
        for task in "xyz":
            await gathered(studio.ask("a", refusal=MakerFailed("a", "no", True), task=task))
        assert studio.hands[0].is_gone
        assert await studio.ask("a", task="w") == "a/2"
        await gathered(*[studio.ask("a", refusal=MakerFailed("a", "cannot"), task=task) for task in "xyz"])
        assert studio.lines["a"].size == 1

    run_virtually(run)


def test_many_workers_start_at_once_for_a_long_queue_and_one_for_a_short_one() -> None:
    async def run(_: VirtualLoop) -> None:
        studio = Studio(machines(8), "a")
        crowd = asyncio.gather(*[studio.ask("a") for _ in range(80)])
        await asyncio.sleep(LOAD * 1.01)
        assert studio.sizes == {"a": 8}
        await crowd
        studio = Studio(machines(8), "a")
        await asyncio.gather(*[studio.ask("a") for _ in range(2)])
        assert studio.sizes == {"a": 1}

    run_virtually(run)


def test_idle_workers_go_home_after_a_while_but_for_those_who_must_stay() -> None:
    async def run(_: VirtualLoop) -> None:
        studio = Studio(machines(4), "a", at_least=1, idle_seconds=60)
        await asyncio.gather(*[studio.ask("a", 100) for _ in range(40)])
        assert studio.sizes == {"a": 4}
        await asyncio.sleep(50)
        assert studio.sizes == {"a": 4}
        await asyncio.sleep(60)
        assert studio.sizes == {"a": 1}
        assert await studio.ask("a")

    run_virtually(run)


def test_what_no_machine_has_room_for_is_refused_and_waits_where_machines_may_come() -> None:
    async def run(_: VirtualLoop) -> None:
        studio = Studio(machines(3, size=0.5), "a", start_seconds=100)
        with pytest.raises(CrewError, match=r"takes 1 GPUs, and the largest machine has 0\.5"):
            await studio.ask("a")
        studio.room.may_grow = True
        waits = asyncio.create_task(studio.ask("a"))
        await asyncio.sleep(90)
        studio.room.furnish(machines(1))
        assert await waits == "a/1"
        studio.room.furnish([])
        studio.lines["a"].close()

    run_virtually(run)


def test_who_takes_up_no_room_finds_some_anywhere() -> None:
    async def run(_: VirtualLoop) -> None:
        studio = Studio([Place(size=0.0)], "a", needs=0.0, at_most=2)
        await asyncio.gather(*[studio.ask("a") for _ in range(20)])
        assert studio.sizes == {"a": 2}

    run_virtually(run)


def test_the_fast_do_what_is_left_when_the_slow_would_take_longer() -> None:
    def finished(speed: float) -> float:
        async def run(_: VirtualLoop) -> None:
            studio = Studio(machines(2), "a")
            studio.speeds = {"m0": 1.0, "m1": speed}
            await studio.lines["a"].open(2)
            for _ in range(8):
                await gathered(studio.ask("a"), studio.ask("a"))
            await gathered(*[studio.ask("a") for _ in range(4)])

        return run_virtually(run)[1]

    assert finished(0.1) < finished(1.0) + 9 * 10 * TAKE


@pytest.mark.parametrize("seed", range(40))
def test_every_call_is_answered_whatever_happens_and_all_room_is_given_back(seed: int) -> None:
    dice = random.Random(seed)
    places = [Place(name=f"m{n}", kind=dice.choice("xy"), size=dice.choice([0.5, 1, 2])) for n in range(4)]

    async def run(_: VirtualLoop) -> None:
        studio = Studio(
            places, "abc"[: dice.randint(1, 3)], slots=dice.choice([1, 2, 100]), needs=dice.choice([0.25, 0.5, 1.0]),
            batch=dice.choice([1, 4]), at_most=dice.randint(1, 6), idle_seconds=dice.choice([1, 60]),
            call_seconds=dice.choice([30, 1e5]),
        )  # fmt: skip
        studio.memory = dice.choice([None, None, 2])
        studio.speeds = {place.name: dice.choice([1.0, 3.0]) for place in places}
        if dice.random() < 0.5:
            studio.trouble = {"m0": WorkerLost("m0", "it will not start")}

        async def ask(number: int) -> str:
            await asyncio.sleep(dice.choice([0, dice.uniform(0, 300)]))
            call = asyncio.create_task(
                studio.ask(
                    dice.choice(list(studio.lines)),
                    dice.choice([0, 5, 10, 100]),
                    token=str(number),
                    task=str(number % 17),
                    alike=dice.choice([None, "s"]),
                    urgency=dice.choice([0, 1, URGENT]),
                    breaks=dice.random() < 0.05,
                )
            )
            if dice.random() < 0.1:
                await asyncio.sleep(dice.uniform(0, 20))
                call.cancel()
            return await call

        async with asyncio.timeout(1e6):
            answers = await gathered(*[ask(number) for number in range(dice.randint(1, 60))])
        assert all(isinstance(one, str | CallsheetError | asyncio.CancelledError) for one in answers)
        for line in studio.lines.values():
            line.close()
        await asyncio.sleep(1)
        assert studio.room.free == {place: pytest.approx(place.size) for place in places}

    run_virtually(run)
