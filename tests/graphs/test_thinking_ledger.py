"""Thinking in a production's own journal: proved by fsck, shared with the process that drives, told in the bill."""

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from callsheet.agents.aggregator import aggregate
from callsheet.agents.director import plan_brief
from callsheet.agents.llm.notes import ask_notes, read_notes
from callsheet.core.brief import Brief
from callsheet.core.canonical import digest_of, to_json
from callsheet.core.chat import Agents, Answer, Ask, ChatSpec
from callsheet.core.crew import Crew, CriticSpec, MakerSpec
from callsheet.core.errors import BudgetExceeded
from callsheet.core.fact import Greenlit, ProductionPlanned
from callsheet.core.thought import AnswerGiven, ThoughtReserved
from callsheet.graphs.desk import reconcile
from callsheet.graphs.thinking import Thinker
from callsheet.models.scripted_chat import ScriptedChat, Step
from callsheet.tools.asset_home import open_assets
from callsheet.tools.clock import SystemClock
from callsheet.tools.fsck import check_production
from callsheet.tools.journal import SqliteJournal

NAME = "scripted:test"
CREW = Crew(
    name="fake",
    makers=(MakerSpec(name="small", kind="fake", makes=("still",), usd=0.01),),
    critics=(CriticSpec(name="eye", kind="fake", checks=("existence",)),),
    chats=(ChatSpec(name=NAME, usd_per_million_in=1.0, usd_per_million_out=4.0, tokens_out=1000),),
    agents=Agents(notes=NAME, share=0.5),
)
BRIEF = Brief(title="T", logline="a castle", budget_usd=1.0)
GOOD = "A castle was made. Nothing was hard. All is done."


async def ask(folder: Path, chat: ScriptedChat, report: str = "no figures") -> float:
    journal = SqliteJournal.open(folder / ".callsheet" / "journal.db", clock=SystemClock())
    try:
        thinking = Thinker(
            production="test",
            crew=CREW,
            journal=journal,
            store=open_assets(folder / ".callsheet"),
            budget_usd=1.0,
            chats={NAME: chat},
        )
        return (await thinking.think(ask_notes(report), lambda answer: read_notes(answer, report))).usd
    finally:
        await journal.close()


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    """A planned production whose driver still runs, and a question asked meanwhile by another process."""
    path = tmp_path / ".callsheet" / "journal.db"
    store = open_assets(tmp_path / ".callsheet")
    plan = plan_brief(BRIEF, CREW)
    driver = SqliteJournal.open(path, clock=SystemClock())
    await driver.take_lease("the driver")
    store.put(to_json(BRIEF).encode())
    planned = ProductionPlanned(
        title=plan.title,
        brief_digest=digest_of(BRIEF),
        plan_digest=store.put(to_json(plan).encode()),
        crew_digest=CREW.identity(),
        seed=0,
        budget_usd=1.0,
        tasks=len(plan.tasks),
    )
    await driver.record(planned, Greenlit(plan_digest=planned.plan_digest, by="test"))
    with ScriptedChat([Step(text="Sorry?"), Step(text=GOOD)]) as chat:
        assert await ask(tmp_path, chat) > 0
    await driver.close()
    return tmp_path


async def test_a_question_of_another_process_is_money_of_the_same_purse(folder: Path) -> None:
    assert check_production(folder) == ()
    journal = SqliteJournal.open(folder / ".callsheet" / "journal.db", clock=SystemClock())
    assert journal.bill().settled_usd == pytest.approx(2 * 0.0008)
    assert journal.bill().calls == 2
    await journal.close()


def test_a_lost_answer_is_found_missing(folder: Path) -> None:
    with closing(sqlite3.connect(folder / ".callsheet" / "journal.db")) as raw:
        body = raw.execute("SELECT body FROM entry WHERE event = 'answer_given'").fetchone()[0]
    digest = json.loads(body)["exchange"]
    kept = next(one for one in (folder / ".callsheet").rglob("*") if one.name in digest and len(one.name) > 30)
    kept.unlink()
    assert any("what the notes was told" in one.where or "missing" in one.what for one in check_production(folder))


def test_a_charge_nobody_reserved_is_found(folder: Path) -> None:
    with closing(sqlite3.connect(folder / ".callsheet" / "journal.db")) as raw, raw:
        seq, body = raw.execute("SELECT seq, body FROM entry WHERE event = 'answer_given'").fetchone()
        changed = json.loads(body) | {"micros": 10**9}
        raw.execute("UPDATE entry SET body = ? WHERE seq = ?", (json.dumps(changed), seq))
    assert any("an answer to the notes settles" in one.what for one in check_production(folder))


async def test_the_bill_of_a_delivery_tells_what_thinking_cost(folder: Path) -> None:
    journal = SqliteJournal.open(folder / ".callsheet" / "journal.db", clock=SystemClock())
    totals = aggregate(plan_brief(BRIEF, CREW), journal.history, CREW, production="test").totals
    await journal.close()
    assert totals.thinking is not None
    assert (totals.thinking.asked, totals.thinking.tokens_in) == (2, 800)
    assert totals.thinking.usd_by_agent == {"notes": pytest.approx(0.0016)}
    assert totals.usd == pytest.approx(0.0016)


async def test_money_set_aside_for_a_thought_is_refused_beyond_the_budget_and_settled_at_most_once() -> None:
    journal = SqliteJournal.open(None, clock=SystemClock(), budget_usd=0.001)
    reserved = ThoughtReserved(
        key="k", agent="notes", chat=NAME, micros=900, token="t", prompt="p", ask="a", seconds=1.0
    )
    await journal.record(reserved)
    with pytest.raises(BudgetExceeded):
        await journal.record(
            ThoughtReserved(key="l", agent="notes", chat=NAME, micros=200, token="u", prompt="p", ask="b", seconds=1.0)
        )
    answer = AnswerGiven(
        key="k",
        agent="notes",
        chat=NAME,
        model="m",
        token="t",
        prompt="p",
        ask="a",
        tokens_in=1,
        tokens_out=1,
        micros=5,
        stop="end",
    )
    await journal.record(answer)
    again = await journal.record(answer)
    assert [one.fact.event for one in again] == ["result_dropped"]
    assert journal.bill().settled_usd == pytest.approx(5e-6)
    await journal.close()


async def test_a_question_whose_answer_was_lost_is_reconciled_by_a_persons_word_and_by_no_meter(folder: Path) -> None:
    with ScriptedChat([Step(fails="unreachable")]) as chat:
        await ask(folder, chat, "another report")
    assert check_production(folder) == ()
    meter = folder / "meter.jsonl"
    meter.write_text('{"key": "sha256:other", "usd": 0.04}')
    by_meter = await reconcile(folder, by="Ada", meter=meter, is_complete=True)
    assert [one.about for one in by_meter.unknown] == ["direction"]
    said = await reconcile(folder, by="Ada", charges={"direction": 0.0005})
    assert ([one.micros for one in said.reconciled], said.unknown) == ([500], ())
    assert check_production(folder) == ()
    journal = SqliteJournal.open(folder / ".callsheet" / "journal.db", clock=SystemClock())
    totals = aggregate(plan_brief(BRIEF, CREW), journal.history, CREW, production="test").totals
    bill = journal.bill()
    await journal.close()
    assert (bill.settled_usd, bill.reserved_usd) == (pytest.approx(2 * 0.0008 + 0.0005), 0.0)
    assert totals.thinking is not None
    assert totals.usd == totals.thinking.usd == pytest.approx(bill.settled_usd)


async def test_two_processes_that_ask_the_same_at_once_both_pay_and_both_hear(folder: Path) -> None:
    both: asyncio.Barrier = asyncio.Barrier(2)

    class Waiting(ScriptedChat):
        async def ask(self, ask: Ask) -> Answer:
            await both.wait()
            return await super().ask(ask)

    chats = [Waiting([Step(text=GOOD)]) for _ in range(2)]
    paid = await asyncio.gather(*(ask(folder, chat, "another report") for chat in chats))
    assert paid == [pytest.approx(0.0008)] * 2
    assert check_production(folder) == ()
