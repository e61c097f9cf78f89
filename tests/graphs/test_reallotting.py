"""A task that ended for want of money gets what others left over; the real floor, nodes and journal decide it."""

import asyncio
from dataclasses import replace

import pytest

from callsheet.core.decision import Order
from callsheet.core.fact import MoneyMoved, OrderGiven, ProductionPlanned, TakeMade
from callsheet.core.history import History
from callsheet.core.money import to_micros
from callsheet.core.plan import Department, Task
from callsheet.graphs.floor import Floor
from callsheet.graphs.reallotting import money_moves
from callsheet.graphs.stage import Stage
from callsheet.graphs.standing import envelope_micros, step_of

from .conftest import SetStage, composite, still

HOPELESS = {"fail_on": "hopeless"}


def rich(name: str, usd: float = 0.008) -> Task:
    return replace(still(name, envelope=usd), department="environment")


def poor(name: str, usd: float = 0.002, *, prompt: str = "a hopeless castle", rounds: int = 3) -> Task:
    return still(name, prompt=prompt, rounds=rounds, envelope=usd)


async def run(stage: Stage) -> Stage:
    names = dict.fromkeys(task.department for task in stage.tasks.values())
    await Floor(stage, [Department(name=name, workers=2, share=1 / len(names)) for name in names], lambda _: 1.0).run()
    return stage


def moves(stage: Stage) -> list[MoneyMoved]:
    return [entry.fact for entry in stage.journal.history.entries if isinstance(entry.fact, MoneyMoved)]


def envelopes(stage: Stage) -> dict[str, int]:
    return {name: envelope_micros(task, stage.journal.history.tasks[name]) for name, task in stage.tasks.items()}


def test_what_an_accepted_task_left_over_buys_more_takes_of_one_that_ran_out_of_money(set_stage: SetStage) -> None:
    async def produce() -> Stage:
        return await run(await set_stage(rich("plate"), poor("keep"), budget=0.010, critic=HOPELESS))

    stage = asyncio.run(produce())
    history = stage.journal.history
    assert [move.gave for move in moves(stage)] == [{"plate": 2000}, {"plate": 2000}, {"plate": 2000}]
    assert len(history.tasks["keep"].takes) == 4
    assert history.tasks["keep"].unfinished
    assert history.tasks["keep"].unfinished.cause == "gate"  # every round is used up now, and money would not help
    assert sum(envelopes(stage).values()) == 10_000
    assert to_micros(stage.journal.bill().settled_usd) == 10_000


def test_a_task_that_got_money_may_pass_with_it(set_stage: SetStage) -> None:
    async def produce() -> Stage:
        return await run(await set_stage(rich("plate"), poor("keep"), budget=0.010, critic={"pass_from": 2}))

    stage = asyncio.run(produce())
    assert step_of(stage.tasks["keep"], stage.journal.history) == "accepted"


def test_nothing_moves_where_nothing_is_left(set_stage: SetStage) -> None:
    async def produce() -> Stage:
        return await run(await set_stage(rich("plate", 0.002), poor("keep"), budget=0.004, critic=HOPELESS))

    stage = asyncio.run(produce())
    assert not moves(stage)
    assert stage.journal.history.tasks["keep"].unfinished


def test_money_is_not_taken_from_a_task_that_still_has_something_to_do(set_stage: SetStage) -> None:
    async def produce() -> Stage:
        stage = await set_stage(rich("plate"), poor("keep"), budget=0.010, critic=HOPELESS)
        await stage.journal.record(OrderGiven(order=Order(kind="pause", what="plate", tasks=("plate",), by="Ada")))
        return await run(stage)

    assert not moves(asyncio.run(produce()))


def test_what_a_task_cost_is_not_moved_even_where_a_person_had_it_done_again(set_stage: SetStage) -> None:
    """Two rounds of one envelope: the second was paid with what the budget had over."""

    async def produce() -> Stage:
        return await run(await set_stage(rich("plate", 0.004), poor("keep", 0.002), budget=0.006, critic=HOPELESS))

    stage = asyncio.run(produce())
    assert [(move.task, dict(move.gave)) for move in moves(stage)] == [("keep", {"plate": 2000})]
    assert envelopes(stage) == {"plate": 2000, "keep": 4000}


def test_what_was_made_from_the_best_take_so_far_is_made_anew_from_the_better_one(set_stage: SetStage) -> None:
    async def produce() -> Stage:
        tasks = (rich("plate"), poor("keep"), composite("comp", "plate", "keep"))
        return await run(await set_stage(*tasks, budget=1.1, critic={"pass_from": 2}))

    stage = asyncio.run(produce())
    history = stage.journal.history
    assert {step_of(task, history) for task in stage.tasks.values()} == {"accepted"}
    keep = history.tasks["keep"].accepted
    comp = history.tasks["comp"].standing_take
    assert keep
    assert comp
    assert comp.recipe
    assert keep.digest in {one.digest for one in comp.recipe.ingredients}


def test_a_driver_that_died_before_or_after_the_money_moved_goes_on_to_the_same_end(set_stage: SetStage) -> None:
    async def produce() -> list[tuple[Stage, list[str]]]:
        ends = []
        for dies_after in (None, 0, 1, 2):
            stage = await set_stage(rich("plate"), poor("keep"), poor("tower"), budget=0.012, critic=HOPELESS)
            if dies_after is not None:
                with pytest.raises(ExceptionGroup):
                    await run(replace(stage, journal=_Dying(stage.journal, dies_after)))  # type: ignore[arg-type]
            await run(stage)
            ends.append((stage, [str(move) for move in moves(stage)]))
        return ends

    (calm, moved), *others = asyncio.run(produce())
    assert moved
    for stage, again in others:
        assert again == moved
        assert envelopes(stage) == envelopes(calm)
        assert stage.journal.bill() == calm.journal.bill()


class _Dying:
    """A journal whose process dies as it writes that money moves: before it, or after so many times."""

    def __init__(self, journal: object, times: int) -> None:
        self._journal, self._left = journal, times

    def __getattr__(self, name: str) -> object:
        return getattr(self._journal, name)

    async def record(self, *facts: object, **seen: object) -> object:
        is_move = any(isinstance(fact, MoneyMoved) for fact in facts)
        if is_move and self._left == 0:
            raise RuntimeError("killed before the money moved")
        written = await self._journal.record(*facts, **seen)  # type: ignore[attr-defined]
        self._left -= is_move
        if is_move and self._left == 0:
            raise RuntimeError("killed after the money moved")
        return written


def test_another_budget_allots_anew(set_stage: SetStage) -> None:
    async def produce() -> Stage:
        stage = await run(await set_stage(rich("plate"), poor("keep"), budget=0.010, critic=HOPELESS))
        await stage.journal.record(
            ProductionPlanned(
                title="t", brief_digest="b", plan_digest="p", crew_digest="c", seed=7, budget_usd=1.0, tasks=2
            )
        )
        return stage

    stage = asyncio.run(produce())
    assert envelopes(stage) == {"plate": 8000, "keep": 2000}
    assert not stage.journal.history.money_moves


def test_the_same_journal_gives_the_same_moves(set_stage: SetStage) -> None:
    async def produce() -> Stage:
        return await run(await set_stage(rich("plate"), poor("keep"), poor("tower"), budget=0.012, critic=HOPELESS))

    stage = asyncio.run(produce())
    history = stage.journal.history
    assert not money_moves(stage)
    again = History.of(history.entries)
    assert again.money_moves == history.money_moves
    assert {name: record.moved_micros for name, record in again.tasks.items()} == {
        name: record.moved_micros for name, record in history.tasks.items()
    }
    assert sum(isinstance(entry.fact, TakeMade) for entry in history.entries) == 6
