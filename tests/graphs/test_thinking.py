"""Language models on the payroll: money first, every answer kept, every mistake ends in a noun or in the rules."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from callsheet.agents.llm.critic import ask_critic, read_critic
from callsheet.agents.llm.director import ask_director, read_director
from callsheet.agents.llm.fault import Fault
from callsheet.agents.llm.notes import ask_notes, read_notes
from callsheet.agents.llm.reviser import ask_reviser, read_reviser
from callsheet.agents.llm.session import ask_session, read_session
from callsheet.core.brief import Brief, Look
from callsheet.core.call import ChargeReconciled
from callsheet.core.chat import Agent, Agents, Answer, Ask, Chat, ChatSpec, Turn
from callsheet.core.crew import Crew, CriticSpec, MakerSpec
from callsheet.core.errors import ChatFailed
from callsheet.core.fact import ProductionPlanned
from callsheet.core.plan import Requirement
from callsheet.core.take import Finding
from callsheet.core.thought import AnswerGiven, FellBack, ThoughtReserved, ThoughtUnknown, ThoughtVoided
from callsheet.core.wish import Unclear
from callsheet.graphs.thinking import Read, Thinker, exchanges_of
from callsheet.models.scripted_chat import MISTAKES, OffScript, ReplayedChat, ScriptedChat, Step, mistaken
from callsheet.tools.assets import MemoryStore
from callsheet.tools.clock import SystemClock
from callsheet.tools.journal import SqliteJournal

NAME = "scripted:test"
CHAT = ChatSpec(name=NAME, usd_per_million_in=1.0, usd_per_million_out=4.0, tokens_out=1000, sees=True)
CREW = Crew(
    name="fake",
    makers=(MakerSpec(name="small", kind="fake", makes=("still",), usd=0.01),
            MakerSpec(name="post", kind="post", makes=("composite", "grade"), usd=0.001)),
    critics=(CriticSpec(name="eye", kind="fake", checks=("existence", "count", "attribute", "time")),),
    chats=(CHAT,),
    agents=Agents(director=NAME, reviser=NAME, critic=NAME, notes=NAME, session=NAME, share=0.5),
)  # fmt: skip
BRIEF = Brief(logline="Two red towers above the sea at dusk.", budget_usd=2.0)
SHEET = json.dumps(
    {
        "title": "Towers",
        "departments": [{"name": "sets", "workers": 2}],
        "tasks": [
            {"name": "towers", "department": "sets", "prompt": "two red towers at dusk"},
            {"name": "sea", "department": "sets", "prompt": "an empty sea at dusk"},
        ],
        "shots": [{"name": "sq010_sh010", "from_task": "towers"}],
        "questions": [{"asks": "How tall are the towers?"}],
    }
)
PLAN = read_director(Answer(text=SHEET, tokens_in=1, tokens_out=1), BRIEF, CREW).plan  # type: ignore[union-attr]
TASK = PLAN.task("towers")
FINDING = Finding(requirement="count:tower=2", says="asked for two towers; it looks like three")
REPORT = "delivered: 2 of 2 tasks accepted, 3 takes made\ncost: 0.03 USD of 2.00"
CASTLE = Requirement(id="count:tower=2", kind="count", subject="tower", value="2", asks="two towers")
PICTURE = b"\x89PNG"

GOOD: dict[Agent, str] = {
    "director": SHEET,
    "reviser": '{"prompt": "two tall red towers at dusk"}',
    "critic": "yes",
    "notes": "All 2 tasks were delivered. One was made again. It cost 0.03 USD.",
    "session": json.dumps({"wishes": [{"verb": "revise", "about": {"tasks": ["towers"]}, "text": "darker"}]}),
}
ASKS: dict[Agent, tuple[Ask, Read[object]]] = {
    "director": (ask_director(BRIEF, CREW), lambda answer: read_director(answer, BRIEF, CREW)),
    "reviser": (
        ask_reviser(TASK, TASK.prompt, [FINDING], Look(time="dusk")),
        lambda answer: read_reviser(answer, TASK, Look(time="dusk")),
    ),
    "critic": (ask_critic(CASTLE, PICTURE, CHAT), lambda answer: read_critic(answer, CASTLE)),
    "notes": (ask_notes(REPORT), lambda answer: read_notes(answer, REPORT)),
    "session": (
        ask_session("make the towers darker", PLAN),
        lambda answer: read_session(answer, "make the towers darker", PLAN),
    ),
}


async def thinker(chat: Chat, *, budget: float = 2.0, crew: Crew = CREW) -> Thinker:
    journal = SqliteJournal.open(None, clock=SystemClock())
    await journal.record(
        ProductionPlanned(
            title="t", brief_digest="b", plan_digest="p", crew_digest="c", seed=7, budget_usd=budget, tasks=2
        )
    )
    return Thinker(
        production="test", crew=crew, journal=journal, store=MemoryStore(), budget_usd=budget, chats={NAME: chat}
    )


def facts(thinking: Thinker, kind: type) -> list:  # type: ignore[type-arg]
    return [one.fact for one in thinking.journal.history.entries if isinstance(one.fact, kind)]


def broken(agent: Agent, kind: str) -> Step:
    good = GOOD[agent]
    try:
        return mistaken(kind, good)
    except (ValueError, KeyError, TypeError):  # a mistake that JSON alone can have
        return Step(text="{}")


@pytest.mark.parametrize("agent", ASKS)
async def test_a_good_answer_becomes_a_noun_and_is_paid_for_exactly(agent: Agent) -> None:
    with ScriptedChat([Step(text=GOOD[agent], agent=agent)]) as chat:
        thinking = await thinker(chat)
        thought = await thinking.think(*ASKS[agent])
    assert thought.found is not None
    assert thought.usd == pytest.approx((400 * 1.0 + 100 * 4.0) / 1e6)
    bill = thinking.journal.bill()
    assert (bill.settled_usd, bill.reserved_usd) == (thought.usd, 0.0)
    paid = facts(thinking, AnswerGiven)[0]
    assert (paid.agent, paid.tokens_in, paid.tokens_out, paid.prompt) == (agent, 400, 100, ASKS[agent][0].prompt)


@pytest.mark.parametrize("kind", MISTAKES)
@pytest.mark.parametrize("agent", ASKS)
async def test_every_mistake_twice_ends_in_the_rules_or_in_a_sound_noun(agent: Agent, kind: str) -> None:
    chat = ScriptedChat([broken(agent, kind)] * 2)
    thinking = await thinker(chat)
    thought = await thinking.think(*ASKS[agent])
    assert len(chat.asked) <= 2
    bill = thinking.journal.bill()
    assert bill.reserved_usd == bill.unknown_usd
    assert (bill.unknown_usd > 0) is (kind == "timed_out")
    fell = facts(thinking, FellBack)
    if thought.found is None:
        assert [one.why for one in fell] == [thought.why]
        assert len(thought.why) > 10
        return
    assert not fell
    # What did no harm: words around the JSON, a name nobody checks, half a character in words, a missing quote.
    harmless = ("prose_around", "wrong_ids", "half_a_character", "truncated", "invalid_json")
    assert kind in harmless or broken(agent, kind).text == GOOD[agent] or is_only_unclear(thought.found)


def is_only_unclear(found: object) -> bool:
    return isinstance(found, tuple) and all(isinstance(one, Unclear) for one in found)


@pytest.mark.parametrize("kind", MISTAKES)
async def test_a_mistake_is_told_once_and_mended(kind: str) -> None:
    chat = ScriptedChat([broken("director", kind), Step(text=SHEET)])
    thinking = await thinker(chat)
    thought = await thinking.think(*ASKS["director"])
    if kind in ("refused", "timed_out", "rate_limited"):
        assert (thought.found, len(chat.asked)) == (None, 1)
    elif len(chat.asked) == 2:
        assert thought.found is not None
        assert "That answer cannot be used" in chat.asked[1].turns[-1].text


async def test_an_answer_that_is_kept_is_never_paid_for_again() -> None:
    with ScriptedChat([Step(text=SHEET)]) as chat:
        thinking = await thinker(chat)
        first = await thinking.think(*ASKS["director"])
        again = await thinking.think(*ASKS["director"])
    assert (again.found, again.usd) == (first.found, 0.0)
    assert thinking.journal.bill().calls == 1


async def test_what_cannot_have_run_is_free_and_what_may_have_is_unknown_until_somebody_finds_out() -> None:
    free = await thinker(ScriptedChat([Step(fails="overloaded")]))
    await free.think(*ASKS["director"])
    assert (free.journal.bill().settled_usd, len(facts(free, ThoughtVoided))) == (0.0, 1)
    lost = await thinker(ScriptedChat([Step(fails="unreachable")]))
    await lost.think(*ASKS["director"])
    reserved = facts(lost, ThoughtReserved)[0]
    bill = lost.journal.bill()
    assert (bill.settled_usd, bill.unknown_usd) == (0.0, pytest.approx(reserved.micros / 1e6))
    assert lost.journal.history.thinking_held_micros() == reserved.micros  # of its share, too
    found = ChargeReconciled(key=reserved.key, task="", token=reserved.token, micros=7, by="Ada", why="on the bill")
    await lost.journal.record(found)
    assert (lost.journal.bill().settled_usd, lost.journal.bill().reserved_usd) == (7e-6, 0.0)
    assert lost.journal.history.thinking_micros() == {"director": 7}
    assert "" not in lost.journal.history.tasks
    assert not lost.journal.history.paid_by_task()


async def test_a_void_question_may_be_asked_again_and_a_lost_one_is_another_call() -> None:
    chat = ScriptedChat([Step(fails="overloaded"), Step(fails="unreachable"), Step(text=SHEET)])
    thinking = await thinker(chat)
    for _ in range(3):
        thought = await thinking.think(*ASKS["director"])
    assert thought.found is not None
    assert len({one.key for kind in (ThoughtUnknown, AnswerGiven) for one in facts(thinking, kind)}) == 2


async def test_thinking_never_costs_more_than_its_share() -> None:
    crew = replace(CREW, agents=replace(CREW.agents, share=0.01))
    thinking = await thinker(ScriptedChat([]), budget=0.1, crew=crew)
    thought = await thinking.think(*ASKS["director"])
    assert "agents.share" in thought.why
    assert facts(thinking, FellBack)
    assert thinking.journal.bill().settled_usd == 0.0


async def test_many_who_think_at_once_stay_within_the_share() -> None:
    chat = ScriptedChat([Step(text="yes")] * 40)
    most = CHAT.most_micros(ASKS["critic"][0]) / 1e6
    thinking = await thinker(chat, budget=most * 6)  # half of it: three questions at a time
    asks = [ask_critic(replace(CASTLE, id=f"c{n}", asks=f"{n} towers"), PICTURE, CHAT) for n in range(30)]
    thoughts = await asyncio.gather(*(thinking.think(ask, lambda answer: read_critic(answer, CASTLE)) for ask in asks))
    bill = thinking.journal.bill()
    assert bill.settled_usd <= most * 3
    assert bill.reserved_usd == 0.0
    assert 3 <= sum(one.found is not None for one in thoughts) < 30


async def test_a_server_that_counts_more_than_can_be_is_paid_what_was_reserved() -> None:
    thinking = await thinker(ScriptedChat([Step(text=SHEET, tokens_in=10**12)]))
    await thinking.think(*ASKS["director"])
    paid, reserved = facts(thinking, AnswerGiven)[0], facts(thinking, ThoughtReserved)[0]
    assert paid.micros == reserved.micros
    assert paid.uncovered_micros > 0


async def test_who_is_cancelled_while_waiting_leaves_what_may_be_charged_unknown() -> None:
    class Slow:
        async def ask(self, ask: Ask) -> Answer:
            await asyncio.sleep(60)
            raise AssertionError

    thinking = await thinker(Slow())
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await thinking.think(*ASKS["director"])
    assert thinking.journal.bill().unknown_usd == thinking.journal.bill().reserved_usd > 0
    assert facts(thinking, ThoughtUnknown)[0].why == "given up while it was out"


async def test_what_a_dead_process_asked_is_unknown_once_its_time_is_over() -> None:
    thinking = await thinker(ScriptedChat([]))
    await thinking.journal.record(
        ThoughtReserved(key="k", agent="notes", chat=NAME, micros=500, token="dead", prompt="p", ask="a", seconds=60.0)
    )
    await thinking.settle_lost()
    assert not facts(thinking, ThoughtUnknown)
    await thinking.settle_lost(now=datetime.now(UTC) + timedelta(hours=1))
    bill = thinking.journal.bill()
    assert (bill.unknown_usd, bill.reserved_usd, bill.settled_usd) == (0.0005, 0.0005, 0.0)


async def test_a_session_can_be_gone_through_again_without_the_model() -> None:
    with ScriptedChat([Step(text="Sorry?"), Step(text=SHEET)]) as chat:
        first = await thinker(chat)
        planned = await first.think(*ASKS["director"])
    kept = await exchanges_of(first.journal.history, first.store)
    second = await thinker(ReplayedChat(kept))
    again = await second.think(*ASKS["director"])
    assert again.found == planned.found
    assert second.journal.bill().settled_usd == 0.0
    other = await second.think(*ASKS["notes"])
    assert (other.found, "never asked" in other.why) == (None, True)


async def test_keys_are_neither_sent_nor_kept() -> None:
    secret = "sk-proj-abcdefghijklmnopqrstuvwx"
    brief = replace(BRIEF, logline=f"{BRIEF.logline} My key is {secret}.")
    with ScriptedChat([Step(text="Sorry?"), Step(text=SHEET)]) as chat:
        thinking = await thinker(chat)
        await thinking.think(ask_director(brief, CREW), lambda answer: read_director(answer, brief, CREW))
    assert secret not in str(chat.asked)
    kept = await exchanges_of(thinking.journal.history, thinking.store)
    assert secret not in str(kept)
    assert "[secret]" in str(kept)


async def test_without_a_model_the_rules_do_and_nothing_is_journalled() -> None:
    thinking = await thinker(ScriptedChat([]), crew=replace(CREW, agents=Agents()))
    thought = await thinking.think(*ASKS["director"])
    assert (thought.found, thought.chat) == (None, "")
    assert len(thinking.journal.history.entries) == 1


async def test_a_broken_script_is_our_bug_and_not_a_fallback() -> None:
    thinking = await thinker(ScriptedChat([]))
    with pytest.raises(OffScript):
        await thinking.think(*ASKS["notes"])


async def test_a_price_is_told_before_anything_is_spent() -> None:
    thinking = await thinker(ScriptedChat([]))
    likely, most = thinking.price_usd(ASKS["director"][0])
    assert 0 < likely < most < 0.1
    assert thinking.journal.bill().reserved_usd == 0.0


def test_a_question_is_named_the_same_every_time_and_differently_when_it_differs() -> None:
    ask = ASKS["critic"][0]
    assert ask.digest() == ask_critic(CASTLE, PICTURE, CHAT).digest()
    assert ask.digest() != ask_critic(CASTLE, b"other", CHAT).digest()
    assert ask.digest() != replace(ask, turns=(Turn(who="we", text="x"),)).digest()


def test_a_fault_says_what_is_wrong() -> None:
    fault = read_director(Answer(text="{}", tokens_in=1, tokens_out=1), BRIEF, CREW)
    assert isinstance(fault, Fault)
    assert "tasks" in fault.says
    assert ChatFailed(NAME, "malformed", fault.says).retryable is False
