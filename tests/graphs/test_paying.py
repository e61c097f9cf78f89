"""A paid call, whatever its service does: what is reserved, asked again, doubted and found out."""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from callsheet.agents.router import Route, route
from callsheet.core.call import CallReserved, CallSent, CallUnknown, CallVoided, ChargeReconciled
from callsheet.core.canonical import digest_of
from callsheet.core.crew import Crew, CriticSpec, MakerSpec
from callsheet.core.errors import (
    CallWithdrawn,
    ChargeUnknown,
    CrewError,
    MakerBroke,
    MakerFailed,
    ServiceBusy,
    ServiceRefused,
    StaleDecision,
    WorkerLost,
)
from callsheet.core.fact import Greenlit, ProductionPlanned, TakeMade
from callsheet.core.limits import CapsSet, SpendingHalted
from callsheet.core.money import Caps
from callsheet.core.plan import Department, Requirement, Task
from callsheet.core.take import Made, Opinion, Recipe, service_key
from callsheet.graphs.call import call_maker
from callsheet.graphs.doubts import left_open
from callsheet.graphs.floor import Floor
from callsheet.graphs.stage import Stage
from callsheet.graphs.task import task_graph
from callsheet.models.fake import FakeMaker
from callsheet.models.inprocess import InProcessWorkers
from callsheet.tools.assets import MemoryStore
from callsheet.tools.clock import SystemClock
from callsheet.tools.journal import SqliteJournal

from .conftest import still

FAR = MakerSpec(name="far", kind="fake", makes=("still",), usd=0.04, device="api")
PANEL = (CriticSpec(name="eye", kind="fake", checks=("existence",)),)


@dataclass
class Service:
    """Workers whose service answers as it is told, and draws when it is told nothing more."""

    crew: Crew
    faults: list[Exception]
    asked: list[str] = field(default_factory=list)
    """Tokens."""
    keys: list[str] = field(default_factory=list)
    """What it was told to know each purchase by."""
    on_asked: Callable[[], None] = lambda: None

    async def start(self, makers: Sequence[str]) -> None:
        pass

    async def make(
        self, maker: str, recipe: Recipe, ingredients: Mapping[str, bytes], *, token: str, urgency: float = 0.0
    ) -> Made:
        self.asked.append(token)
        self.keys.append(service_key(recipe))
        self.on_asked()
        if self.faults:
            raise self.faults.pop(0)
        return FakeMaker(self.crew.maker(maker)).make(recipe, ingredients)

    async def look(
        self,
        picture: bytes,
        requirements: Sequence[Requirement],
        earlier: Sequence[str],
        references: Mapping[str, bytes],
        *,
        urgency: float = 0.0,
    ) -> tuple[Opinion, ...]:
        return await InProcessWorkers(self.crew).look(picture, requirements, earlier, references)

    async def close(self) -> None:
        pass

    def describe(self) -> dict[str, int]:
        return {}


async def staged(
    *faults: Exception, maker: MakerSpec = FAR, journal: SqliteJournal | None = None, budget: float = 1.0
) -> tuple[Stage, Service]:
    crew = Crew(name="far", makers=(maker,), critics=PANEL)
    journal = journal or SqliteJournal.open(None, clock=SystemClock())
    planned = ProductionPlanned(
        title="t", brief_digest="b", plan_digest="p", crew_digest="c", seed=7, budget_usd=budget, tasks=1
    )
    await journal.record(planned, Greenlit(plan_digest="p", by="test"))
    task, service = still("keep", rounds=0), Service(crew, list(faults))
    stage = Stage(
        production="test",
        seed=7,
        tasks={task.name: task},
        crew=crew,
        journal=journal,
        store=MemoryStore(),
        workers=service,
    )
    return stage, service


async def run(stage: Stage) -> str:
    return (await task_graph(stage).ainvoke({"task": "keep"}))["step"]


def routed(stage: Stage) -> tuple[Task, Route]:
    task = stage.tasks["keep"]
    chosen = route(task, stage.crew, attempt=1, seed=7, inputs=(), moves=())
    assert chosen
    return task, chosen


def facts(stage: Stage, kind: type) -> list[object]:
    return [entry.fact for entry in stage.journal.history.entries if isinstance(entry.fact, kind)]


def cause(stage: Stage) -> str:
    unfinished = stage.journal.history.tasks["keep"].unfinished
    assert unfinished
    return unfinished.cause


async def test_what_a_service_knows_the_work_by_is_on_disk_before_it_is_asked(tmp_path: Path) -> None:
    journal = SqliteJournal.open(tmp_path / "journal.db", clock=SystemClock())
    await journal.take_lease("me")
    stage, service = await staged(journal=journal)
    kept: list[str] = []

    def read_from_outside() -> None:
        with sqlite3.connect(tmp_path / "journal.db") as other:
            kept.extend(body for (body,) in other.execute("SELECT body FROM entry ORDER BY seq"))

    service.on_asked = read_from_outside
    _, chosen = routed(stage)
    assert await run(stage) == "accepted"
    assert digest_of(chosen.recipe) in kept[-2]  # reserved, then sent
    assert '"call_sent"' in kept[-1]
    await journal.close()


async def test_a_call_goes_from_reserved_over_sent_to_settled() -> None:
    stage, _ = await staged()
    await run(stage)
    paid = [one for kind in (CallReserved, CallSent, TakeMade) for one in facts(stage, kind)]
    assert len(paid) == 3
    assert len({getattr(one, "token", "") for one in paid}) == 1
    bill = stage.journal.bill()
    assert (bill.settled_usd, bill.reserved_usd, bill.calls) == (0.04, 0.0, 1)


@pytest.mark.parametrize(
    ("fault", "asked", "ends_as"),
    [
        (WorkerLost("far/1", "it died"), 3, "unknown"),
        (MakerFailed("far", "500: it broke", retryable=True), 3, "world"),
        (ServiceBusy("far", "429: slow down", 1.0), 1, "world"),
        (ServiceRefused("far", "its account may spend no more"), 1, "world"),
        (ChargeUnknown("far", "no answer within 240 s"), 1, "unknown"),
        (MakerFailed("far", "it will not draw this"), 1, "maker"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
async def test_each_class_of_fault_has_its_own_budget_of_tries(fault: Exception, asked: int, ends_as: str) -> None:
    stage, service = await staged(*[fault] * 9)
    if isinstance(fault, WorkerLost):  # at a service that is a doubt, and not tried again
        asked = 1
    assert await run(stage) == "unfinished"
    assert (len(service.asked), cause(stage)) == (asked, ends_as)


async def test_tries_of_all_classes_together_are_no_more_than_a_call_may_have() -> None:
    own = replace(FAR, device="cpu")
    stage, service = await staged(
        WorkerLost("far/1", "it died"),
        MakerFailed("far", "it broke", retryable=True),
        WorkerLost("far/2", "it died"),
        maker=own,
    )
    assert await run(stage) == "unfinished"
    assert len(service.asked) == 3


async def test_a_lost_worker_of_our_own_charged_nobody_and_a_lost_service_may_have() -> None:
    stage, _ = await staged(WorkerLost("far/1", "it died"), maker=replace(FAR, device="cpu"))
    assert await run(stage) == "accepted"
    assert len(facts(stage, CallVoided)) == 1
    stage, _ = await staged(WorkerLost("far/1", "its answer was to another call"))
    assert await run(stage) == "unfinished"
    assert not facts(stage, CallVoided)
    assert stage.journal.bill().unknown_usd == 0.04


async def test_a_call_taken_back_from_the_line_was_never_out() -> None:
    stage, _ = await staged(CallWithdrawn("far", "paused by Ada"))
    assert await run(stage) == "accepted"
    assert len(facts(stage, CallVoided)) == 1
    assert stage.journal.bill().reserved_usd == 0


async def test_what_may_have_been_charged_is_not_sent_again_until_somebody_finds_out() -> None:
    stage, service = await staged(ChargeUnknown("far", "no answer within 240 s"))
    assert await run(stage) == "unfinished"
    assert await run(stage) == "unfinished"
    assert len(service.asked) == 1
    (doubt,) = stage.journal.history.doubts.values()
    call = doubt.call
    await stage.journal.record(
        ChargeReconciled(key=call.key, task=call.task, token=call.token, micros=0, by="Ada", why="not on the bill")
    )
    assert await run(stage) == "accepted"
    assert len(service.asked) == 2
    assert stage.journal.bill().settled_usd == 0.04


async def test_a_service_that_sells_work_once_is_asked_again_at_once_and_the_doubt_is_settled() -> None:
    maker = replace(FAR, settings={"sells_once": True})
    stage, service = await staged(ChargeUnknown("far", "no answer within 240 s"), maker=maker)
    assert await run(stage) == "accepted"
    assert len(service.asked) == 2
    assert not [one for one in stage.journal.history.doubts.values() if one.is_open]
    assert (stage.journal.bill().settled_usd, stage.journal.bill().reserved_usd) == (0.04, 0.0)


async def test_it_is_asked_no_more_often_than_a_call_may_be_tried() -> None:
    maker = replace(FAR, settings={"sells_once": True})
    stage, service = await staged(*[ChargeUnknown("far", "no answer")] * 9, maker=maker)
    assert await run(stage) == "unfinished"
    assert len(service.asked) == 3
    assert cause(stage) == "unknown"
    assert stage.journal.bill().unknown_usd == pytest.approx(0.12)


LOST, STRANGE, SPOILT = (ChargeUnknown("far", "of no use", answer=answer) for answer in ("", "strange", "spoilt"))


@pytest.mark.parametrize(
    ("faults", "purchases"),
    [
        ((LOST, LOST), (1, 1, 1)),
        ((SPOILT,), (1, 2)),
        ((SPOILT, SPOILT), (1, 2, 3)),
        ((SPOILT, LOST), (1, 2, 2)),
        ((LOST, SPOILT), (1, 1, 2)),
        ((STRANGE,), (1, 1)),  # a gateway's page, or a part: the service may have the picture
        ((STRANGE, STRANGE), (1, 1, 2)),
    ],
    ids=lambda value: "-".join(str(getattr(one, "answer", one)) or "lost" for one in value),
)
async def test_what_was_lost_is_asked_for_under_its_key_and_what_came_spoilt_is_bought_anew(
    faults: Sequence[Exception], purchases: Sequence[int]
) -> None:
    maker = replace(FAR, settings={"sells_once": True})
    stage, service = await staged(*faults, maker=maker)
    _, chosen = routed(stage)
    assert await run(stage) == "accepted"
    assert service.keys == [service_key(replace(chosen.recipe, bought_before=nth - 1)) for nth in purchases]
    bill, given_up = stage.journal.bill(), [nth for nth in purchases if nth != purchases[-1]]
    assert bill.settled_usd == 0.04
    assert bill.unknown_usd == bill.reserved_usd == pytest.approx(0.04 * len(given_up))
    keys = [one.key for one in facts(stage, CallReserved) if isinstance(one, CallReserved)]
    assert len(set(keys)) == len(set(purchases))  # in the ledger, too, each purchase is a call of its own


async def test_a_new_purchase_is_made_only_where_the_budget_has_its_price() -> None:
    maker = replace(FAR, settings={"sells_once": True})
    stage, service = await staged(SPOILT, maker=maker, budget=0.07)
    assert await run(stage) == "unfinished"
    assert len(service.asked) == 1
    assert cause(stage) == "money"
    assert stage.journal.bill().unknown_usd == 0.04


async def test_a_spoilt_answer_of_a_service_that_knows_no_keys_is_bought_anew_once_somebody_finds_out() -> None:
    stage, service = await staged(SPOILT)
    assert await run(stage) == "unfinished"
    (doubt,) = stage.journal.history.doubts.values()
    call = doubt.call
    await stage.journal.record(
        ChargeReconciled(key=call.key, task=call.task, token=call.token, micros=40_000, by="Ada", why="on the bill")
    )
    assert await run(stage) == "accepted"
    assert service.keys == [call.service_key, f"{call.service_key}/2"]
    assert stage.journal.bill().settled_usd == pytest.approx(0.08)


async def test_a_maker_that_breaks_on_a_services_answer_may_have_been_charged() -> None:
    stage, _ = await staged(MakerBroke("far", "it raised RemoteProtocolError: incomplete chunked read"))
    assert await run(stage) == "unfinished"
    assert (cause(stage), stage.journal.bill().unknown_usd) == ("unknown", 0.04)


async def test_a_call_without_a_price_is_not_made() -> None:
    stage, service = await staged()
    task, chosen = routed(stage)
    unpriced = replace(chosen, maker=replace(FAR, usd=None))
    with pytest.raises(CrewError, match=r"has no price.*nothing is bought at an unknown price"):
        await call_maker(stage, task, 1, unpriced)
    assert not service.asked
    assert not facts(stage, CallReserved)


async def test_a_maker_without_a_price_is_never_chosen() -> None:
    stage, service = await staged(maker=replace(FAR, usd=None))
    assert await run(stage) == "unfinished"
    assert not service.asked


async def test_the_picture_of_a_service_that_nobody_needs_any_more_is_paid_for() -> None:
    stage, service = await staged()
    task, chosen = routed(stage)
    await call_maker(stage, task, 1, chosen)
    brought = replace(stage.journal.history.tasks["keep"].takes[0], id="keep/t02", number=2, recipe=None)

    async def bring_in() -> None:
        await stage.journal.record(TakeMade(task="keep", key="", token="", micros=0, take=brought))

    class Meanwhile(Service):
        async def make(self, *args: object, **named: object) -> Made:
            await bring_in()
            return await super().make(*args, **named)  # type: ignore[arg-type]

    late = Meanwhile(stage.crew, [])
    with pytest.raises(StaleDecision, match="another take became"):
        await call_maker(replace(stage, workers=late), task, 2, replace(chosen, recipe=replace(chosen.recipe, seed=2)))
    assert stage.journal.bill().settled_usd == pytest.approx(0.08)
    assert stage.journal.bill().reserved_usd == 0
    assert len(service.asked) == 1


async def test_what_a_gone_driver_left_open_at_a_service_is_unknown_and_at_our_own_workers_void() -> None:
    stage, _ = await staged()
    task, chosen = routed(stage)
    call = CallReserved(
        key="a", task=task.name, department="d", maker="far", micros=40_000, token="t", recipe=chosen.recipe,
        service_key=digest_of(chosen.recipe),
    )  # fmt: skip
    own = replace(call, key="b", service_key="")
    await stage.journal.record(*(one for each in (call, own) for one in (each, sent(each))))
    left = left_open(stage.journal.history)
    assert [type(one) for one in left] == [CallUnknown, CallVoided]
    await stage.journal.record(*left)
    assert left_open(stage.journal.history) == []
    assert stage.journal.bill().unknown_usd == stage.journal.bill().reserved_usd == 0.04


def sent(call: CallReserved) -> CallSent:
    return CallSent(key=call.key, task=call.task, token=call.token)


@pytest.mark.parametrize(
    ("limit", "says"),
    [
        (CapsSet(caps=Caps(call_usd=0.01)), "allowed for one call"),
        (CapsSet(caps=Caps(day_usd=0.01)), "wait for the next day"),
        (SpendingHalted(by="Ada"), "spending was stopped by Ada"),
    ],
    ids=["call", "day", "stop"],
)
async def test_a_task_that_nothing_may_be_spent_on_ends_for_now_and_says_what_to_do(
    limit: CapsSet | SpendingHalted, says: str
) -> None:
    stage, service = await staged()
    await stage.journal.record(limit)
    assert await run(stage) == "unfinished"
    unfinished = stage.journal.history.tasks["keep"].unfinished
    assert unfinished
    assert says in unfinished.why
    assert cause(stage) == "world"
    assert not service.asked


async def test_a_stopped_machine_takes_back_what_waits_for_a_service_and_pays_for_what_is_out(tmp_path: Path) -> None:
    word = tmp_path / "stop"
    maker = replace(FAR, settings={"seconds": 0.3}, replicas_max=1)
    journal = SqliteJournal.open(None, clock=SystemClock(), stop_file=word)
    stage, _ = await staged(maker=maker, journal=journal)
    tasks = {f"keep{number}": still(f"keep{number}", rounds=0) for number in range(6)}
    stage = replace(stage, tasks=tasks, workers=InProcessWorkers(stage.crew), is_stopped=word.exists)
    floor = Floor(stage, [Department(name="architecture", workers=6, share=1.0)], lambda _: 0.3, 0.05)
    async with asyncio.TaskGroup() as group:
        group.create_task(floor.run())
        while not facts(stage, CallSent):  # noqa: ASYNC110 - a journal has no event to wait for
            await asyncio.sleep(0.01)
        word.touch()
    await stage.workers.close()
    bill = journal.bill()
    assert (bill.calls, bill.settled_usd, bill.reserved_usd) == (1, 0.04, 0.0)
    assert len(facts(stage, CallVoided)) == 5
    await journal.close()
