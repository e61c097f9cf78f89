"""People decide, and bring files in, while a production runs; nothing breaks and their word stands."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from callsheet.core.decision import Decision
from callsheet.core.errors import WorkerLost
from callsheet.core.fact import DecisionTaken, LeaseTaken, ProductionPlanned, TakeMade
from callsheet.core.plan import Requirement
from callsheet.core.ports import Workers
from callsheet.core.take import Made, Opinion, Recipe, Take
from callsheet.graphs.approvals import approval_of
from callsheet.graphs.stage import Stage
from callsheet.graphs.standing import input_digests, where
from callsheet.graphs.task import task_graph

from .conftest import SetStage, composite, still

Meanwhile = Callable[[Stage], Awaitable[None]]


@dataclass
class Interrupted:
    """Workers during whose n-th call something happens."""

    workers: Workers
    during_look: int = 0
    during_make: int = 0
    happens: Callable[[], Awaitable[None]] | None = None

    async def start(self, makers: Sequence[str]) -> None:
        await self.workers.start(makers)

    async def make(
        self, maker: str, recipe: Recipe, ingredients: Mapping[str, bytes], *, token: str, urgency: float = 0.0
    ) -> Made:
        self.during_make -= 1
        if self.during_make == 0 and self.happens:
            await self.happens()
        return await self.workers.make(maker, recipe, ingredients, token=token, urgency=urgency)

    async def look(
        self,
        picture: bytes,
        requirements: Sequence[Requirement],
        earlier: Sequence[str],
        references: Mapping[str, bytes],
        *,
        urgency: float = 0.0,
    ) -> tuple[Opinion, ...]:
        self.during_look -= 1
        if self.during_look == 0 and self.happens:
            await self.happens()
        return await self.workers.look(picture, requirements, earlier, references, urgency=urgency)

    async def close(self) -> None:
        await self.workers.close()


def interrupt(stage: Stage, happens: Meanwhile, *, look: int = 0, make: int = 0) -> Stage:
    workers = Interrupted(stage.workers, during_look=look, during_make=make)
    staged = replace(stage, workers=workers)
    workers.happens = lambda: happens(staged)
    return staged


def decides(task: str, action: str, *, digest: str = "", nth: int = 0) -> DecisionTaken:
    return DecisionTaken(task=task, decision=Decision(task=task, digest=digest, round=nth, action=action, by="ada"))  # type: ignore[arg-type]


def brought_in(stage: Stage, task: str, number: int) -> TakeMade:
    digest = stage.store.put(stage.store.get(next(iter(stage.store.kept))) + b"by hand")  # type: ignore[attr-defined]
    take = Take(
        id=f"{task}/t{number:02d}",
        task=task,
        number=number,
        origin="ingested",
        recipe=None,
        digest=digest,
        width=64,
        height=64,
        usd=0,
        seconds=0,
        worker="",
    )
    return TakeMade(task=task, key="", token="", micros=0, take=take)


async def run(stage: Stage, *names: str) -> None:
    for name in names:
        task, history = stage.tasks[name], stage.journal.history
        while where(history.tasks[name], input_digests(task, history)) not in ("accepted", "unfinished", "waiting"):
            await task_graph(stage).ainvoke({"task": name}, {"recursion_limit": 60})


async def test_a_retake_during_a_look_starts_the_task_again(set_stage: SetStage) -> None:
    async def retake(stage: Stage) -> None:
        await stage.journal.record(decides("keep", "retake"))

    stage = interrupt(await set_stage(still("keep")), retake, look=1)
    await run(stage, "keep")
    record = stage.journal.history.tasks["keep"]
    assert record.accepted
    assert record.accepted.take == "keep/t02"


async def test_an_approval_during_a_look_stands_over_the_gate(set_stage: SetStage) -> None:
    async def approve_first(stage: Stage) -> None:
        first = stage.journal.history.tasks["keep"].takes[0]
        await stage.journal.record(decides("keep", "approve", digest=first.digest))

    stage = interrupt(await set_stage(still("keep"), critic={"pass_from": 2}), approve_first, look=2)
    await run(stage, "keep")
    accepted = stage.journal.history.tasks["keep"].accepted
    assert accepted
    assert (accepted.take, accepted.accepted_by) == ("keep/t01", "person:ada")


async def test_a_file_brought_in_during_a_make_takes_the_number_and_the_call_is_void(set_stage: SetStage) -> None:
    async def bring(stage: Stage) -> None:
        await stage.journal.record(brought_in(stage, "keep", 2))

    stage = interrupt(await set_stage(still("keep"), critic={"pass_from": 2}), bring, make=2)
    await run(stage, "keep")
    accepted = stage.journal.history.tasks["keep"].accepted
    assert accepted
    assert accepted.take == "keep/t02"
    assert stage.journal.bill().reserved_usd == 0
    assert stage.journal.bill().settled_usd == 0.002


async def test_a_file_brought_in_is_the_one_an_approval_means(set_stage: SetStage) -> None:
    stage = await set_stage(still("keep"))
    await run(stage, "keep")
    fact = brought_in(stage, "keep", 2)
    await stage.journal.record(fact)
    decision = approval_of(stage.journal.history.tasks["keep"], "keep", None, by="ada", note="")
    assert decision.digest == fact.take.digest


async def test_a_retake_of_an_input_while_its_composite_is_looked_at_remakes_both(set_stage: SetStage) -> None:
    async def retake(stage: Stage) -> None:
        await stage.journal.record(decides("keep", "retake"))

    stage = await set_stage(still("keep"), still("sea", prompt="a sea"), composite("comp", "sea", "keep"))
    await run(stage, "keep", "sea")
    stage = interrupt(stage, retake, look=1)
    await task_graph(stage).ainvoke({"task": "comp"})
    await run(stage, "keep", "comp")
    accepted = stage.journal.history.tasks["comp"].accepted
    assert accepted
    assert accepted.take == "comp/t02"


async def test_an_approved_composite_stands_until_its_inputs_change_again(set_stage: SetStage) -> None:
    stage = await set_stage(still("keep"), still("sea", prompt="a sea"), composite("comp", "sea", "keep"))
    await run(stage, "keep", "sea", "comp")
    first = stage.journal.history.tasks["comp"].takes[0]
    await stage.journal.record(decides("keep", "retake"))
    await run(stage, "keep")
    await stage.journal.record(decides("comp", "approve", digest=first.digest))
    await run(stage, "comp")
    accepted = stage.journal.history.tasks["comp"].accepted
    assert accepted
    assert (accepted.take, accepted.accepted_by) == ("comp/t01", "person:ada")
    await stage.journal.record(decides("keep", "retake", nth=1))
    await run(stage, "keep", "comp")
    assert stage.journal.history.tasks["comp"].accepted != accepted


async def test_an_omitted_task_stays_out_and_feeds_nothing(set_stage: SetStage) -> None:
    stage = await set_stage(still("keep"), still("sea", prompt="a sea"), composite("comp", "sea", "keep"))
    await run(stage, "keep", "sea", "comp")
    await stage.journal.record(decides("keep", "omit"))
    await run(stage, "keep")
    history = stage.journal.history
    assert where(history.tasks["keep"], ()) == "unfinished"
    assert where(history.tasks["comp"], input_digests(stage.tasks["comp"], history)) == "blocked"


async def test_more_money_opens_what_money_ended(set_stage: SetStage) -> None:
    stage = await set_stage(still("keep"), budget=0.001)
    await run(stage, "keep")
    unfinished = stage.journal.history.tasks["keep"].unfinished
    assert unfinished
    assert unfinished.cause == "money"
    await stage.journal.record(
        ProductionPlanned(title="t", brief_digest="b", plan_digest="p2", crew_digest="c", seed=7, budget_usd=1, tasks=1)
    )
    await run(stage, "keep")
    assert stage.journal.history.tasks["keep"].accepted


async def test_a_bigger_envelope_opens_what_a_spent_one_ended(set_stage: SetStage) -> None:
    stage = await set_stage(still("keep", envelope=0.002), critic={"pass_from": 9})
    await run(stage, "keep")
    record = stage.journal.history.tasks["keep"]
    assert record.unfinished
    assert record.unfinished.cause == "money"
    await stage.journal.record(
        ProductionPlanned(title="t", brief_digest="b", plan_digest="p2", crew_digest="c", seed=7, budget_usd=1, tasks=1)
    )
    await run(replace(stage, tasks={"keep": still("keep", envelope=1.0)}), "keep")
    assert len(record.takes) > 1


@dataclass
class Losing(Interrupted):
    """Workers whose first looks are lost."""

    losses_left: int = 0

    async def look(
        self,
        picture: bytes,
        requirements: Sequence[Requirement],
        earlier: Sequence[str],
        references: Mapping[str, bytes],
        *,
        urgency: float = 0.0,
    ) -> tuple[Opinion, ...]:
        self.losses_left -= 1
        if self.losses_left >= 0:
            raise WorkerLost("panel", "gone")
        return await self.workers.look(picture, requirements, earlier, references, urgency=urgency)


async def test_a_panel_that_is_lost_is_asked_again(set_stage: SetStage) -> None:
    stage = await set_stage(still("keep"))
    await run(replace(stage, workers=Losing(stage.workers, losses_left=2)), "keep")
    assert stage.journal.history.tasks["keep"].accepted


async def test_a_panel_that_stays_lost_ends_the_task_for_this_run_and_keeps_its_take(set_stage: SetStage) -> None:
    stage = await set_stage(still("keep"))
    await run(replace(stage, workers=Losing(stage.workers, losses_left=3)), "keep")
    record = stage.journal.history.tasks["keep"]
    assert record.unfinished
    assert record.unfinished.cause == "world"
    assert len(record.takes) == 1


async def test_what_a_lost_cluster_ended_is_tried_again_by_the_next_driver(set_stage: SetStage) -> None:
    stage = await set_stage(still("keep"), maker={"fail_first": 3})
    await run(stage, "keep")
    record = stage.journal.history.tasks["keep"]
    assert record.unfinished
    assert record.unfinished.cause == "world"
    stage.journal.history.add(replace(stage.journal.history.entries[-1], fact=LeaseTaken(epoch=2, holder="next")))
    await run(stage, "keep")
    assert record.accepted
