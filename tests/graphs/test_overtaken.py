"""Another process decides between the driver's look at a task and what it writes of it: the person's word stands."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from callsheet.core.call import CallReserved
from callsheet.core.errors import MakerFailed, WorkerLost
from callsheet.core.fact import Entry, Fact, PlanChanged, QuestionAsked, TakePublished, TaskUnfinished
from callsheet.core.history import History
from callsheet.core.money import Bill
from callsheet.core.task_record import AsSeen, TaskRecord
from callsheet.graphs.stage import Stage
from callsheet.graphs.task import task_graph
from callsheet.tools.clock import SystemClock
from callsheet.tools.journal import SqliteJournal

from .conftest import SetStage, still
from .test_meanwhile import Meanwhile, brought_in, decides, interrupt, run

HOPELESS = {"pass_from": 99}


@dataclass
class Interrupted:
    """A journal; right before the first fact of a kind is written, something happens elsewhere."""

    journal: SqliteJournal
    kind: type[Fact]
    happens: Meanwhile
    stage: Stage | None = None

    @property
    def history(self) -> History:
        return self.journal.history

    async def record(self, *facts: Fact, seen: Sequence[AsSeen] = ()) -> tuple[Entry, ...]:
        if self.stage and any(isinstance(one, self.kind) for one in facts):
            stage, self.stage = self.stage, None
            await self.happens(stage)
        return await self.journal.record(*facts, seen=seen)

    async def refresh(self) -> tuple[Entry, ...]:
        return await self.journal.refresh()

    def bill(self) -> Bill:
        return self.journal.bill()


@asynccontextmanager
async def interrupted(
    set_stage: SetStage, folder: Path, kind: type[Fact], happens: Meanwhile, **setting: object
) -> AsyncIterator[Stage]:
    """Set a stage with one task, `keep`; what happens writes to a journal of another process."""
    path = folder / "journal.db"
    driver = SqliteJournal.open(path, clock=SystemClock(), budget_usd=10.0, mode="create")
    await driver.take_lease("driver")
    asks = bool(setting.pop("asks", False))
    rounds = setting.pop("rounds", 3)
    stage = await set_stage(still("keep", rounds=rounds, asks=asks), journal=driver, **setting)  # type: ignore[arg-type]
    other = SqliteJournal.open(path, clock=SystemClock(), mode="write")
    elsewhere = replace(stage, journal=other)
    stage = replace(stage, journal=Interrupted(driver, kind, happens, elsewhere))
    try:
        yield stage
    finally:
        await driver.close()
        await other.close()


def keep(stage: Stage) -> TaskRecord:
    return stage.journal.history.tasks["keep"]


def says(action: str) -> Meanwhile:
    """Decide about the first take."""

    async def decide(elsewhere: Stage) -> None:
        await elsewhere.journal.refresh()
        record = keep(elsewhere)
        digest = record.takes[0].digest if record.takes else ""
        await elsewhere.journal.record(decides("keep", action, digest=digest, nth=len(record.decisions)))

    return decide


async def test_a_retake_asked_for_as_the_gate_opens_is_made(set_stage: SetStage, tmp_path: Path) -> None:
    async with interrupted(set_stage, tmp_path, TakePublished, says("retake")) as stage:
        await run(stage, "keep")
        assert [one.take for one in keep(stage).publishes] == ["keep/t02"]


async def test_a_task_omitted_as_the_gate_opens_stays_out(set_stage: SetStage, tmp_path: Path) -> None:
    async with interrupted(set_stage, tmp_path, TakePublished, says("omit")) as stage:
        await run(stage, "keep")
        assert keep(stage).is_omitted
        assert not keep(stage).publishes


async def test_a_file_brought_in_as_the_gate_opens_is_the_one_it_opens_for(set_stage: SetStage, tmp_path: Path) -> None:
    async def bring(elsewhere: Stage) -> None:
        await elsewhere.journal.refresh()
        await elsewhere.journal.record(brought_in(elsewhere, "keep", 2))

    async with interrupted(set_stage, tmp_path, TakePublished, bring) as stage:
        await run(stage, "keep")
        assert [one.take for one in keep(stage).publishes] == ["keep/t02"]


async def test_a_retake_asked_for_as_a_task_is_given_up_is_made(set_stage: SetStage, tmp_path: Path) -> None:
    async with interrupted(set_stage, tmp_path, TaskUnfinished, says("retake"), critic=HOPELESS, rounds=0) as stage:
        await run(stage, "keep")
        assert len(keep(stage).takes) == 2
        assert keep(stage).unfinished


async def test_an_approval_that_crosses_the_question_answers_it(set_stage: SetStage, tmp_path: Path) -> None:
    happens = says("approve")
    async with interrupted(set_stage, tmp_path, QuestionAsked, happens, critic=HOPELESS, rounds=0, asks=True) as stage:
        await run(stage, "keep")
        assert [one.accepted_by for one in keep(stage).publishes] == ["person:ada"]
        assert keep(stage).question is None


async def test_an_approval_that_is_taken_back_before_it_is_carried_out_publishes_nothing(
    set_stage: SetStage, tmp_path: Path
) -> None:
    hopeless = {"critic": HOPELESS, "rounds": 0, "asks": True}
    async with interrupted(set_stage, tmp_path, TakePublished, says("reject"), **hopeless) as stage:
        await run(stage, "keep")
        first = keep(stage).takes[0]
        await stage.journal.record(decides("keep", "approve", digest=first.digest))
        await run(stage, "keep")
        assert not keep(stage).publishes
        assert len(keep(stage).takes) == 2


async def test_nothing_is_bought_for_a_task_as_it_no_longer_is(set_stage: SetStage, tmp_path: Path) -> None:
    async def change(elsewhere: Stage) -> None:
        await elsewhere.journal.record(
            PlanChanged(number=1, tasks=("keep",), change_digest="", about="", by="ada", note="in rain"),
            decides("keep", "modify"),
        )

    async with interrupted(set_stage, tmp_path, CallReserved, change) as stage:
        await task_graph(stage).ainvoke({"task": "keep"}, {"recursion_limit": 60})
        assert not stage.journal.history.calls
        stage.change([still("keep", prompt="a castle in rain")], 1)
        await run(stage, "keep")
        prompts = [one.recipe.prompt for one in keep(stage).takes if one.recipe]
        assert prompts == ["a castle in rain"]
        assert isinstance(stage.journal.history.entries[-1].fact, TakePublished)


async def test_a_retake_that_is_heard_while_a_call_fails_for_good_is_made(set_stage: SetStage) -> None:
    async def retake(stage: Stage) -> None:
        await stage.journal.record(decides("keep", "retake"))
        raise MakerFailed("small", "told to fail for good")

    stage = interrupt(await set_stage(still("keep")), retake, make=1)
    await run(stage, "keep")
    assert keep(stage).accepted


async def test_a_retake_that_is_heard_while_nobody_can_look_is_made(set_stage: SetStage) -> None:
    async def retake(stage: Stage) -> None:
        await stage.journal.record(decides("keep", "retake"))
        raise WorkerLost("panel", "told to be lost")

    stage = replace(interrupt(await set_stage(still("keep")), retake, look=1), call_tries=1)
    await run(stage, "keep")
    assert keep(stage).accepted
    assert len(keep(stage).takes) == 2
